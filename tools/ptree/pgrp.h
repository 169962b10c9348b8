/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pgrp.h: the kernel's other two trees. A session has process groups, and these
 * have processes; all of it is read off one snapshot.
 */
#ifndef PTREE_PGRP_H
#define PTREE_PGRP_H

#include <stdbool.h>
#include <stddef.h>
#include <libptree.h>

/* Whether nobody outside of a process group can resume it. */
enum orphaned {
	ORPHANED_NO,
	ORPHANED_YES,
	ORPHANED_UNKNOWN, /* that hangs on somebody who is not to be seen */
};

/**
 * struct pgrp - a process group
 * @pgid: its number; 0 is the kernel's own, and all that are outside
 * @sid: of the session it is in
 * @members: its processes in order of their ids; records are the tree's
 * @length: how many
 * @leader: the one that it is named after, NULL if that lives no more
 * @foreground: it has the terminal
 * @orphaned: whether it is
 */
struct pgrp {
	int pgid;
	int sid;
	const struct ptree_task **members;
	size_t length;
	const struct ptree_task *leader;
	bool foreground;
	enum orphaned orphaned;
};

/**
 * struct pgrps - all process groups of a tree
 * @list: them, in order of sessions, then of their own numbers
 * @length: how many
 * @members: the processes in all of them
 * @hidden: how many processes do not tell in which they are
 */
struct pgrps {
	struct pgrp *list;
	size_t length;
	const struct ptree_task **members;
	size_t hidden;
};

/**
 * pgrps_find() - find them
 * @pgrps: filled in; to be given to pgrps_free() in any case
 * @tree: of living processes
 *
 * Return: 0 or -ENOMEM.
 */
int pgrps_find(struct pgrps *pgrps, const struct ptree_tree *tree);

/**
 * pgrps_free() - give them back
 * @pgrps: from pgrps_find()
 */
void pgrps_free(struct pgrps *pgrps);

/**
 * pgrps_session() - where a session ends
 * @pgrps: all
 * @first: the index of its first group
 *
 * Return: the index behind its last one.
 */
size_t pgrps_session(const struct pgrps *pgrps, size_t first);

#endif
