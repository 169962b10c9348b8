// SPDX-License-Identifier: GPL-2.0
/* groupview.c owns showing groups of processes: as a table, or as JSON. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "groupview.h"
#include "json.h"
#include "table.h"
#include "text.h"

/* The table. */

enum { NAME, TTY, USER, STAT, COMMAND, MARKS, COLUMNS };

static const struct table_column columns[COLUMNS] = {
	[NAME] = { "NUMBER", SCOLS_FL_TREE },
	[TTY] = { "TTY", 0 },
	[USER] = { "USER", 0 },
	[STAT] = { "STAT", 0 },
	[COMMAND] = { "COMMAND", 0 },
	[MARKS] = { "MARKS", 0 },
};

struct libscols_line *groupview_line(struct libscols_table *table,
				     struct libscols_line *parent,
				     const char *name, int number,
				     const struct ptree_task *leader,
				     uint32_t tty, const char *marks)
{
	struct libscols_line *line = scols_table_new_line(table, parent);
	char text[32], terminal[TEXT_TTY_SIZE];

	snprintf(text, sizeof(text), "%s %d", name, number);
	if (!line || scols_line_set_data(line, NAME, text) ||
	    scols_line_set_data(line, TTY, text_tty(terminal, tty)) ||
	    scols_line_set_data(line, MARKS, marks) ||
	    (leader && table_task(line, USER, COMMAND, leader)))
		return NULL;
	return line;
}

static int process_line(struct libscols_table *table,
			struct libscols_line *parent,
			const struct ptree_task *process)
{
	struct libscols_line *line = scols_table_new_line(table, parent);
	char stat[TEXT_STAT_SIZE], tty[TEXT_TTY_SIZE];

	if (!line || table_number(line, NAME, process->tgid) ||
	    scols_line_set_data(line, TTY, text_tty(tty, process->tty)) ||
	    scols_line_set_data(line, STAT, text_stat(stat, NULL, process)) ||
	    table_task(line, USER, COMMAND, process))
		return -ENOMEM;
	return 0;
}

static const char *pgrp_marks(char *buffer, const struct pgrp *pgrp)
{
	static const char *const orphaned[] = {
		[ORPHANED_NO] = "",
		[ORPHANED_YES] = " orphaned",
		[ORPHANED_UNKNOWN] = " orphaned?",
	};
	const char *leader = pgrp->leader || !pgrp->pgid ? "" : " leaderless";

	sprintf(buffer, "%s%s%s", pgrp->foreground ? " foreground" : "",
		orphaned[pgrp->orphaned], leader);
	return *buffer ? buffer + 1 : buffer;
}

int groupview_pgrp_line(struct libscols_table *table,
			struct libscols_line *parent, const struct pgrp *pgrp)
{
	struct libscols_line *line;
	char marks[64];
	size_t i;
	int err = 0;

	line = groupview_line(table, parent, "group", pgrp->pgid, pgrp->leader,
			      groupview_tty(pgrp), pgrp_marks(marks, pgrp));
	if (!line)
		return -ENOMEM;
	for (i = 0; i < pgrp->length && !err; i++)
		err = process_line(table, line, pgrp->members[i]);
	return err;
}

/* JSON. */

static json_t *member_json(const struct ptree_task *member)
{
	size_t length = strnlen(member->comm, PTREE_COMM_SIZE);

	return json_pack("{s:o,s:i,s:o}", "id", json_number(member->id), "pid",
			 member->tgid, "comm",
			 json_name(member->comm, length));
}

static json_t *members_json(const struct pgrp *pgrp)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; array && i < pgrp->length; i++) {
		json_t *member = member_json(pgrp->members[i]);

		if (!json_array_append_new(array, member))
			continue;
		json_decref(array);
		array = NULL;
	}
	return array;
}

json_t *groupview_pgrp_json(const struct pgrp *pgrp)
{
	json_t *orphaned = pgrp->orphaned == ORPHANED_UNKNOWN ?
				   json_null() :
				   json_boolean(pgrp->orphaned);

	return json_pack("{s:i,s:i,s:o,s:I,s:b,s:o,s:o}", "pgid", pgrp->pgid,
			 "sid", pgrp->sid, "leader_id",
			 json_number(pgrp->leader ? pgrp->leader->id : 0),
			 "tty", (json_int_t)groupview_tty(pgrp), "foreground",
			 pgrp->foreground, "orphaned", orphaned, "members",
			 members_json(pgrp));
}

uint32_t groupview_tty(const struct pgrp *pgrp)
{
	size_t i;

	for (i = 0; i < pgrp->length; i++)
		if (pgrp->members[i]->tty)
			return pgrp->members[i]->tty;
	return 0;
}

/* The command line. */

static int set_operands(struct groupview *view, int argc, char **argv)
{
	unsigned int uid;
	int i, kind;

	view->pids = calloc(argc + 1, sizeof(*view->pids));
	if (!view->pids)
		return fail(-ENOMEM, "operands");
	for (i = 0; i < argc; i++) {
		kind = operand_parse(argv[i], false, &view->pids[i], &uid);
		if (kind <= 0)
			return operand_end(kind);
	}
	view->length = argc;
	return END_FOUND;
}

static int parse(struct groupview *view, const struct verb *verb, int argc,
		 char **argv)
{
	int end = output_parse(&view->output, verb, argc, argv);

	return end ?: set_operands(view, argc - optind, argv + optind);
}

/* Showing. */

static bool has_member(const struct pgrp *pgrp, int pid)
{
	size_t i;

	for (i = 0; i < pgrp->length; i++)
		if (pgrp->members[i]->tgid == pid)
			return true;
	return false;
}

static bool is_wanted(const struct groupview *view, size_t first, size_t end)
{
	size_t i, at;

	for (i = 0; i < view->length; i++)
		for (at = first; at < end; at++)
			if (has_member(&view->pgrps.list[at], view->pids[i]))
				return true;
	return !view->length;
}

/* The next one that is asked for; false at the end. */
static bool next(const struct groupview *view,
		 const struct groupview_kind *kind, size_t *first, size_t *end)
{
	while (*end < view->pgrps.length) {
		*first = *end;
		*end = kind->end(&view->pgrps, *first);
		if (is_wanted(view, *first, *end))
			return true;
	}
	return false;
}

static int show_table(struct groupview *view, const struct groupview_kind *kind)
{
	struct libscols_table *table =
		table_new(columns, COLUMNS, view->output.noheadings);
	size_t first, end = 0;
	int err = table ? 0 : -ENOMEM;

	while (!err && next(view, kind, &first, &end)) {
		err = kind->line(table, &view->pgrps, first, end);
		view->shown++;
	}
	if (!err && view->shown)
		err = scols_print_table(table);
	scols_unref_table(table);
	return err;
}

static int show_jsonl(struct groupview *view, const struct groupview_kind *kind)
{
	size_t first, end = 0;
	int err = 0;

	while (!err && next(view, kind, &first, &end)) {
		err = json_line(stdout, kind->json(&view->pgrps, first, end));
		view->shown++;
	}
	return err;
}

static int show_json(struct groupview *view, const struct groupview_kind *kind)
{
	struct json_document document;
	size_t first, end = 0;
	int err;

	err = json_begin(&document, stdout, kind->name,
			 ptree_tree_seq(view->tree),
			 ptree_best_effort(view->pt));
	while (!err && next(view, kind, &first, &end)) {
		err = json_row(&document,
			       kind->json(&view->pgrps, first, end));
		view->shown++;
	}
	return err ?: json_end(&document);
}

static int show(struct groupview *view, const struct groupview_kind *kind)
{
	if (view->output.jsonl)
		return show_jsonl(view, kind);
	if (view->output.json)
		return show_json(view, kind);
	return show_table(view, kind);
}

static int answer(struct groupview *view, const struct groupview_kind *kind)
{
	int err = ptree_snapshot(view->pt, 0, &view->tree);

	err = err ?: pgrps_find(&view->pgrps, view->tree);
	if (err)
		return fail(err, "the tree");
	err = show(view, kind);
	if (err)
		return fail(err, "standard output");
	if (view->pgrps.hidden) {
		complain("processes that do not tell in which group they are: %zu",
			 view->pgrps.hidden);
		return END_PARTIAL;
	}
	return view->shown ? END_FOUND : END_NONE;
}

int groupview_run(const struct verb *verb, const struct groupview_kind *kind,
		  int argc, char **argv)
{
	struct groupview view = {};
	int end = parse(&view, verb, argc, argv);

	if (!end)
		end = door_open(&view.pt, view.output.quiet ? DOOR_QUIET : 0);
	if (!end)
		end = answer(&view, kind);
	pgrps_free(&view.pgrps);
	ptree_tree_free(view.tree);
	ptree_close(view.pt);
	free(view.pids);
	return end;
}
