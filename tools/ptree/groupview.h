/* SPDX-License-Identifier: GPL-2.0 */
/* groupview.h: what `ptree sessions` and `ptree groups` have in common. */
#ifndef PTREE_GROUPVIEW_H
#define PTREE_GROUPVIEW_H

#include <jansson.h>
#include <libsmartcols/libsmartcols.h>

#include "output.h"
#include "pgrp.h"
#include "verb.h"

/**
 * struct groupview - groups, and how to show them
 * @pt: the door
 * @tree: the processes
 * @pgrps: their groups
 * @pids: processes that are asked for
 * @length: how many; 0 for all
 * @output: in which form
 * @shown: how many were
 */
struct groupview {
	struct ptree *pt;
	struct ptree_tree *tree;
	struct pgrps pgrps;
	int *pids;
	size_t length;
	struct output output;
	size_t shown;
};

/**
 * struct groupview_kind - what is shown
 * @name: of the list in JSON
 * @end: where the one that begins with a group ends
 * @line: adds it to a table, with all that is in it
 * @json: makes it an object
 */
struct groupview_kind {
	const char *name;
	size_t (*end)(const struct pgrps *pgrps, size_t first);
	int (*line)(struct libscols_table *table, const struct pgrps *pgrps,
		    size_t first, size_t end);
	json_t *(*json)(const struct pgrps *pgrps, size_t first, size_t end);
};

/**
 * groupview_run() - all that the verb does
 * @verb: which
 * @kind: what it shows
 * @argc: as main() has it
 * @argv: likewise
 *
 * Return: END_*.
 */
int groupview_run(const struct verb *verb, const struct groupview_kind *kind,
		  int argc, char **argv);

/**
 * groupview_line() - add a line that is no process
 * @table: where to
 * @parent: below which one, or NULL
 * @name: "group" or "session"
 * @number: its number
 * @leader: the process it is named after, or NULL if that lives no more
 * @tty: its terminal, 0 for none
 * @marks: what else there is to say
 *
 * Return: the line, or NULL when out of memory.
 */
struct libscols_line *groupview_line(struct libscols_table *table,
				     struct libscols_line *parent,
				     const char *name, int number,
				     const struct ptree_task *leader,
				     uint32_t tty, const char *marks);

/**
 * groupview_pgrp_line() - add a process group and its members
 * @table: where to
 * @parent: below which line, or NULL
 * @pgrp: the group
 *
 * Return: 0 or -ENOMEM.
 */
int groupview_pgrp_line(struct libscols_table *table,
			struct libscols_line *parent, const struct pgrp *pgrp);

/**
 * groupview_pgrp_json() - a process group as an object
 * @pgrp: the group
 *
 * Return: a new reference, or NULL when out of memory.
 */
json_t *groupview_pgrp_json(const struct pgrp *pgrp);

/**
 * groupview_tty() - the terminal of a group
 * @pgrp: the group
 *
 * Return: as in a record; 0 for none.
 */
uint32_t groupview_tty(const struct pgrp *pgrp);

#endif
