// SPDX-License-Identifier: GPL-2.0
/*
 * draw.c owns the drawing's layout. There are two: side by side, where the
 * first child is on its parent's line,
 *
 *	a-+-b---c
 *	  `-d
 *
 * and one below the other, where arguments and contexts take the line's rest.
 */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmdline.h"
#include "draw.h"
#include "nstype.h"

/**
 * struct level - an ancestor of the node that is being drawn
 * @width: columns from its beginning to where its children branch off
 * @more: siblings of it follow
 */
struct level {
	int width;
	bool more;
};

/**
 * struct drawing - a drawing being made
 * @pt: to make sure of what is read from /proc
 * @look: how
 * @line: where
 * @levels: the node that is being drawn and its ancestors, the top first
 * @depth: how many ancestors it has
 * @room: for how many levels there is memory
 * @closing: how many brackets it is in
 * @cmdline: its arguments
 * @uid: of the top's parent, for the sake of argument
 * @now: CLOCK_BOOTTIME in ns
 */
struct drawing {
	struct ptree *pt;
	const struct look *look;
	struct line line;
	struct level *levels;
	size_t depth;
	size_t room;
	unsigned int closing;
	struct cmdline cmdline;
	uint32_t uid;
	uint64_t now;
};

static bool wants(const struct drawing *drawing, unsigned int flags)
{
	return drawing->look->flags & flags;
}

static bool below(const struct drawing *drawing)
{
	return wants(drawing, DRAW_ARGUMENTS | DRAW_CONTEXTS);
}

static int make_room(struct drawing *drawing)
{
	size_t room = drawing->room ? 2 * drawing->room : 64;
	struct level *levels;

	if (drawing->depth < drawing->room)
		return 0;
	levels = reallocarray(drawing->levels, room, sizeof(*levels));
	if (!levels)
		return -ENOMEM;
	drawing->levels = levels;
	drawing->room = room;
	return 0;
}

static void draw_branches(struct drawing *drawing, const struct node *node)
{
	size_t i;

	for (i = 0; i < drawing->depth; i++) {
		line_blanks(&drawing->line, drawing->levels[i].width + 1);
		if (i + 1 == drawing->depth)
			line_shape(&drawing->line, node->next ? "tq" : "mq");
		else
			line_shape(&drawing->line,
				   drawing->levels[i + 1].more ? "x " : "  ");
	}
}

/* What is told in parentheses; arguments take the place of the first one. */
static void draw_separator(struct drawing *drawing, int *items)
{
	line_text(&drawing->line, (*items)++ ? "," : "(");
}

static void draw_user(struct drawing *drawing, const struct node *node,
		      int *items)
{
	struct passwd *user = getpwuid(node->uid);

	draw_separator(drawing, items);
	if (user)
		line_escaped(&drawing->line, user->pw_name);
	else
		line_number(&drawing->line, node->uid);
}

static void draw_namespaces(struct drawing *drawing, const struct node *node,
			    int *items)
{
	const struct node *parent = node->parent;
	int type;

	for (type = 0; parent && type < NSTYPES; type++) {
		if (!node->inodes[type] || !parent->inodes[type] ||
		    node->inodes[type] == parent->inodes[type])
			continue;
		draw_separator(drawing, items);
		line_text(&drawing->line, nstype_name(type));
	}
}

static void draw_context(struct drawing *drawing, const struct node *node,
			 int *items)
{
	char path[48], context[4096];
	size_t length = 0;
	FILE *file;

	draw_separator(drawing, items);
	snprintf(path, sizeof(path), "/proc/%d/attr/current", node->pid);
	file = node->dead ? NULL : fopen(path, "re");
	if (file) {
		length = fread(context, 1, sizeof(context) - 1, file);
		fclose(file);
	}
	context[length] = 0;
	context[strcspn(context, "\n")] = 0;
	line_text(&drawing->line, "`");
	line_escaped(&drawing->line, context);
	line_text(&drawing->line, "'");
}

static uint32_t uid_above(const struct drawing *drawing,
			  const struct node *node)
{
	return drawing->depth ? node->parent->uid : drawing->uid;
}

static void draw_items(struct drawing *drawing, const struct node *node,
		       int *items)
{
	if (wants(drawing, DRAW_PIDS)) {
		draw_separator(drawing, items);
		line_number(&drawing->line, node->pid);
	}
	if (wants(drawing, DRAW_PGIDS)) {
		draw_separator(drawing, items);
		line_number(&drawing->line, node->pgid);
	}
	if (wants(drawing, DRAW_UIDS) &&
	    uid_above(drawing, node) != node->uid)
		draw_user(drawing, node, items);
	if (wants(drawing, DRAW_NAMESPACES))
		draw_namespaces(drawing, node, items);
	if (wants(drawing, DRAW_CONTEXTS))
		draw_context(drawing, node, items);
	if (node->truncated) {
		draw_separator(drawing, items);
		line_text(&drawing->line, "truncated");
	}
}

static void draw_arguments(struct drawing *drawing)
{
	struct line *line = &drawing->line;
	const char *argument = NULL;
	int width;

	while ((argument = cmdline_next(&drawing->cmdline, argument))) {
		line_text(line, " ");
		width = line->column + 1 + line_escaped_width(argument);
		if (line->width && width > line->width - 4) {
			line_text(line, "...");
			return;
		}
		line_escaped(line, argument);
	}
}

static const char *style(const struct drawing *drawing, const struct node *node)
{
	const struct colour *colour = &drawing->look->colour;

	if (node->dead)
		return colour->dim ? COLOUR_DIM : NULL;
	if (colour->age && node->task)
		return colour_age(node->task->start_ns, drawing->now);
	return NULL;
}

/* Without arguments, as zombies and the kernel's threads are: in parentheses. */
static bool bare(const struct drawing *drawing, const struct node *node)
{
	return wants(drawing, DRAW_ARGUMENTS) && !drawing->cmdline.length &&
	       node->task && !node->thread;
}

static void draw_node(struct drawing *drawing, const struct node *node)
{
	bool bold = node->highlit && drawing->look->colour.bold;
	int items = wants(drawing, DRAW_ARGUMENTS);
	const char *colour = style(drawing, node);
	struct line *line = &drawing->line;

	line_style(line, colour);
	line_style(line, bold ? COLOUR_BOLD : NULL);
	if (bare(drawing, node))
		line_text(line, "(");
	line_escaped(line, node->name);
	draw_items(drawing, node, &items);
	if (bare(drawing, node) || (!wants(drawing, DRAW_ARGUMENTS) && items))
		line_text(line, ")");
	line_style(line, bold ? COLOUR_NONE : NULL);
	draw_arguments(drawing);
	line_style(line, colour ? COLOUR_NONE : NULL);
}

static void close_line(struct drawing *drawing)
{
	unsigned int i;

	for (i = 0; i < drawing->closing; i++)
		line_text(&drawing->line, "]");
	line_end(&drawing->line);
}

/* A name of one letter, or none, leaves no place for a branch below it. */
static int width_below(const struct drawing *drawing, const struct node *node)
{
	return wants(drawing, DRAW_ARGUMENTS) -
	       (line_escaped_width(node->name) <= 1);
}

static bool is_full(const struct line *line)
{
	return line->width && line->column + 1 >= line->width;
}

/* Returns whether its children follow. */
static bool end_node(struct drawing *drawing, const struct node *node,
		     int begin)
{
	struct level *level = &drawing->levels[drawing->depth];
	struct line *line = &drawing->line;

	level->more = node->next;
	level->width = below(drawing) ? width_below(drawing, node) :
					line->column - begin;
	if (below(drawing) || !node->child) {
		close_line(drawing);
		return node->child;
	}
	if (is_full(line)) {
		line_shape(line, "qwq");
		line_text(line, "+");
		line_end(line);
		return false;
	}
	line_shape(line, node->child->next ? "qwq" : "qqq");
	return true;
}

static int draw_line(struct drawing *drawing, const struct node *node,
		     bool *descend)
{
	struct line *line = &drawing->line;
	int begin, err;

	err = make_room(drawing);
	if (err)
		return err;
	drawing->cmdline.length = 0;
	if (wants(drawing, DRAW_ARGUMENTS) && node->task && !node->thread)
		err = cmdline_read(&drawing->cmdline, drawing->pt, node->task);
	if (err)
		return err;
	if (!line->column)
		draw_branches(drawing, node);
	begin = line->column;
	if (node->repeat > 1) {
		drawing->closing++;
		line_number(line, node->repeat);
		line_text(line, "*[");
	}
	draw_node(drawing, node);
	*descend = end_node(drawing, node, begin);
	return 0;
}

static void leave(struct drawing *drawing, const struct node *node)
{
	if (node->repeat > 1)
		drawing->closing--;
}

/* The next node to draw, with @depth and @closing made right for it. */
static const struct node *advance(struct drawing *drawing,
				  const struct node *top,
				  const struct node *node, bool descend)
{
	if (descend) {
		drawing->depth++;
		return node->child;
	}
	while (node != top) {
		leave(drawing, node);
		if (node->next)
			return node->next;
		node = node->parent;
		drawing->depth--;
	}
	leave(drawing, top);
	return NULL;
}

/* A top has siblings in the forest, but not in the drawing. */
static int draw_tree(struct drawing *drawing, struct node *top)
{
	struct node *next = top->next;
	const struct node *node = top;
	bool descend = false;
	int err = 0;

	top->next = NULL;
	drawing->depth = 0;
	drawing->closing = 0;
	while (node && !err) {
		err = draw_line(drawing, node, &descend);
		if (!err)
			node = advance(drawing, top, node, descend);
	}
	top->next = next;
	return err;
}

static uint64_t boottime(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

int draw(struct ptree *pt, const struct grove *grove, uint32_t uid, bool gap,
	 const struct look *look)
{
	struct drawing drawing = {
		.pt = pt,
		.look = look,
		.line = {
			.file = stdout,
			.width = look->width,
			.charset = look->charset,
		},
		.uid = uid,
		.now = boottime(),
	};
	int err = 0;
	size_t i;

	for (i = 0; i < grove->length && !err; i++) {
		if (i && gap)
			putchar('\n');
		err = draw_tree(&drawing, grove->nodes[i]);
	}
	cmdline_free(&drawing.cmdline);
	free(drawing.levels);
	return err;
}
