// SPDX-License-Identifier: GPL-2.0
/* ns.c owns `ptree ns`: pid namespaces as a tree. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "output.h"
#include "table.h"
#include "text.h"
#include "verb.h"

/**
 * struct space - a pid namespace
 * @inum: as /proc/PID/ns/pid numbers it
 * @level: how deep it is below the one whose numbers are shown, which is 0
 * @parent: inum of the one around it; 0 if that is outside, or not known
 * @init: its process 1, NULL if that is not to be seen
 * @processes: how many live in it, not counting those further inside
 * @threads: how many threads these have
 * @line: of the table
 */
struct space {
	uint32_t inum;
	int level;
	uint32_t parent;
	const struct ptree_task *init;
	size_t processes;
	size_t threads;
	struct libscols_line *line;
};

/**
 * struct spaces - all of a tree
 * @list: them, from the outside in
 * @length: how many
 * @hidden: how many processes do not tell where they are
 */
struct spaces {
	struct space *list;
	size_t length;
	size_t hidden;
};

/* Finding. */

static struct space *find(const struct spaces *spaces, uint32_t inum)
{
	size_t i;

	for (i = 0; i < spaces->length; i++)
		if (spaces->list[i].inum == inum)
			return &spaces->list[i];
	return NULL;
}

static struct space *find_or_add(struct spaces *spaces,
				 const struct ptree_task *process)
{
	struct space *space = find(spaces, process->pidns);
	struct space *list;

	if (space)
		return space;
	list = reallocarray(spaces->list, spaces->length + 1, sizeof(*list));
	if (!list)
		return NULL;
	spaces->list = list;
	space = &list[spaces->length++];
	*space = (struct space){
		.inum = process->pidns,
		.level = process->levels - 1,
	};
	return space;
}

/*
 * Who makes a namespace lives in the one around it, and so does, after him,
 * whoever becomes the parent of its init. Somebody who entered from further
 * out has a parent that is further out.
 */
static uint32_t find_around(const struct ptree_tree *tree,
			    const struct ptree_task *process)
{
	const struct ptree_task *at = process;
	size_t steps = ptree_tree_size(tree);

	while (at && at->levels >= process->levels && steps--)
		at = ptree_tree_parent(tree, at);
	return at && at->levels == process->levels - 1 ? at->pidns : 0;
}

static int add(struct spaces *spaces, const struct ptree_tree *tree,
	       const struct ptree_task *process)
{
	struct space *space;

	if (!process->pidns || !process->levels) {
		spaces->hidden++;
		return 0;
	}
	space = find_or_add(spaces, process);
	if (!space)
		return -ENOMEM;
	space->processes++;
	if (process->mask & PTREE_MASK_PROCESS)
		space->threads += process->threads;
	if (process->nspid[process->levels - 1] == 1)
		space->init = process;
	if (!space->parent && space->level)
		space->parent = find_around(tree, process);
	return 0;
}

static int by_level(const void *a, const void *b)
{
	const struct space *left = a, *right = b;

	if (left->level != right->level)
		return left->level - right->level;
	return left->inum < right->inum ? -1 : 1;
}

static int find_all(struct spaces *spaces, const struct ptree_tree *tree)
{
	const struct ptree_task *task = NULL;
	int err = 0;

	while (!err && (task = ptree_tree_next(tree, task)))
		if (task->id == task->process_id)
			err = add(spaces, tree, task);
	if (!err && spaces->length)
		qsort(spaces->list, spaces->length, sizeof(*spaces->list),
		      by_level);
	return err;
}

/* The table. */

enum { NS, LEVEL, INIT, USER, PROCESSES, THREADS, COMMAND, COLUMNS };

static const struct table_column columns[COLUMNS] = {
	[NS] = { "NS", SCOLS_FL_TREE },
	[LEVEL] = { "LEVEL", SCOLS_FL_RIGHT },
	[INIT] = { "INIT", SCOLS_FL_RIGHT },
	[USER] = { "USER", 0 },
	[PROCESSES] = { "PROCESSES", SCOLS_FL_RIGHT },
	[THREADS] = { "THREADS", SCOLS_FL_RIGHT },
	[COMMAND] = { "COMMAND", 0 },
};

static int fill_init(struct libscols_line *line, const struct ptree_task *init)
{
	if (!init)
		return scols_line_set_data(line, INIT, "-") ?:
		       scols_line_set_data(line, USER, "-") ?:
		       scols_line_set_data(line, COMMAND, "-");
	return table_number(line, INIT, init->tgid) ?:
	       table_task(line, USER, COMMAND, init);
}

static int add_line(struct libscols_table *table, struct spaces *spaces,
		    struct space *space)
{
	struct space *parent = find(spaces, space->parent);
	char name[32];

	space->line = scols_table_new_line(table, parent ? parent->line : NULL);
	snprintf(name, sizeof(name), "pid:[%u]", space->inum);
	if (!space->line || scols_line_set_data(space->line, NS, name) ||
	    table_number(space->line, LEVEL, space->level) ||
	    table_number(space->line, PROCESSES, space->processes) ||
	    table_number(space->line, THREADS, space->threads) ||
	    fill_init(space->line, space->init))
		return -ENOMEM;
	return 0;
}

static int show_table(const struct output *output, struct spaces *spaces)
{
	struct libscols_table *table =
		table_new(columns, COLUMNS, output->noheadings);
	int err = table ? 0 : -ENOMEM;
	size_t i;

	for (i = 0; !err && i < spaces->length; i++)
		err = add_line(table, spaces, &spaces->list[i]);
	if (!err)
		err = scols_print_table(table);
	scols_unref_table(table);
	return err;
}

/* JSON. */

/* Around the outermost one is nothing to be seen; of others it is unknown. */
static json_t *parent_json(const struct space *space)
{
	if (!space->parent && space->level)
		return json_null();
	return json_number(space->parent);
}

static json_t *space_json(const struct space *space)
{
	const struct ptree_task *init = space->init;

	return json_pack("{s:o,s:o,s:i,s:o,s:o,s:o,s:o}", "ns",
			 json_number(space->inum), "parent",
			 parent_json(space), "level", space->level, "init_id",
			 init ? json_number(init->id) : json_null(), "init_pid",
			 init ? json_integer(init->tgid) : json_null(),
			 "processes", json_number(space->processes), "threads",
			 json_number(space->threads));
}

static int show_jsonl(const struct spaces *spaces)
{
	int err = 0;
	size_t i;

	for (i = 0; !err && i < spaces->length; i++)
		err = json_line(stdout, space_json(&spaces->list[i]));
	return err;
}

static int show_json(const struct spaces *spaces, uint64_t seq,
		     bool best_effort)
{
	struct json_document document;
	size_t i;
	int err;

	err = json_begin(&document, stdout, "namespaces", seq, best_effort);
	for (i = 0; !err && i < spaces->length; i++)
		err = json_row(&document, space_json(&spaces->list[i]));
	return err ?: json_end(&document);
}

/* The verb. */

static int parse(struct output *output, const struct verb *verb, int argc,
		 char **argv)
{
	int end = output_parse(output, verb, argc, argv);

	if (!end && optind < argc) {
		complain("ns takes no operand: \"%s\"", argv[optind]);
		end = END_USAGE;
	}
	return end;
}

static int show(const struct output *output, struct spaces *spaces,
		uint64_t seq, bool best_effort)
{
	if (output->jsonl)
		return show_jsonl(spaces);
	if (output->json)
		return show_json(spaces, seq, best_effort);
	return spaces->length ? show_table(output, spaces) : 0;
}

static int answer(const struct output *output, struct ptree *pt)
{
	struct spaces spaces = {};
	struct ptree_tree *tree;
	int end, err;

	err = ptree_snapshot(pt, 0, &tree);
	if (err)
		return fail(err, "the tree");
	err = find_all(&spaces, tree);
	if (!err)
		err = show(output, &spaces, ptree_tree_seq(tree),
			   ptree_best_effort(pt));
	end = spaces.length ? END_FOUND : END_NONE;
	if (err) {
		end = fail(err, "standard output");
	} else if (spaces.hidden) {
		complain("processes that do not tell in which namespace they are: %zu",
			 spaces.hidden);
		end = END_PARTIAL;
	}
	free(spaces.list);
	ptree_tree_free(tree);
	return end;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	struct output output = {};
	struct ptree *pt;
	int end = parse(&output, verb, argc, argv);

	if (!end)
		end = door_open(&pt, output.quiet ? DOOR_QUIET : 0);
	if (end)
		return end;
	end = answer(&output, pt);
	ptree_close(pt);
	return end;
}

const struct verb verb_ns = {
	.name = "ns",
	.operands = "",
	.help = "Show pid namespaces as a tree, with their init processes",
	.options = output_options,
	.run = run,
};
