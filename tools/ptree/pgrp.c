// SPDX-License-Identifier: GPL-2.0
/* pgrp.c owns which processes are in which group, and which group is orphaned. */
#include <errno.h>
#include <stdlib.h>

#include "pgrp.h"

#define ROOT_PIDNS 0xEFFFFFFCU /* PROC_PID_INIT_INO */

static int by_group(const void *a, const void *b)
{
	const struct ptree_task *left = *(const struct ptree_task **)a;
	const struct ptree_task *right = *(const struct ptree_task **)b;

	if (left->sid != right->sid)
		return left->sid < right->sid ? -1 : 1;
	if (left->pgid != right->pgid)
		return left->pgid < right->pgid ? -1 : 1;
	return left->id < right->id ? -1 : left->id > right->id;
}

static size_t collect(struct pgrps *pgrps, const struct ptree_tree *tree)
{
	const struct ptree_task *task = NULL;
	size_t length = 0;

	while ((task = ptree_tree_next(tree, task))) {
		if (task->id != task->process_id)
			continue;
		if (task->mask & PTREE_MASK_PROCESS)
			pgrps->members[length++] = task;
		else
			pgrps->hidden++;
	}
	qsort(pgrps->members, length, sizeof(*pgrps->members), by_group);
	return length;
}

static bool is_first_init(const struct ptree_task *process)
{
	return process->tgid == 1 && process->pidns == ROOT_PIDNS;
}

/* It exited with all its threads. */
static bool has_exited(const struct ptree_task *process)
{
	return process->state != PTREE_STATE_RUNNING && process->threads <= 1;
}

/*
 * What a member says of its group, as will_become_orphaned_pgrp() of
 * kernel/exit.c asks it: ORPHANED_NO when its parent is in the same session but
 * another group. A session is the descendants of whoever began it, so that a
 * parent outside of the namespace is in none that is inside.
 */
static enum orphaned ask_member(const struct ptree_tree *tree,
				const struct ptree_task *member)
{
	const struct ptree_task *parent = ptree_tree_parent(tree, member);

	if (has_exited(member))
		return ORPHANED_YES;
	if (!parent || !(parent->mask & PTREE_MASK_PROCESS))
		return member->ppid ? ORPHANED_UNKNOWN : ORPHANED_YES;
	if (is_first_init(parent))
		return ORPHANED_YES;
	return parent->pgid != member->pgid && parent->sid == member->sid ?
		       ORPHANED_NO :
		       ORPHANED_YES;
}

static enum orphaned ask_all(const struct ptree_tree *tree,
			     const struct pgrp *pgrp)
{
	enum orphaned answer = ORPHANED_YES, one;
	size_t i;

	/* Many can be outside, and they all look like one. */
	if (!pgrp->pgid || !pgrp->sid)
		return ORPHANED_UNKNOWN;
	for (i = 0; i < pgrp->length; i++) {
		one = ask_member(tree, pgrp->members[i]);
		if (one == ORPHANED_NO)
			return ORPHANED_NO;
		if (one == ORPHANED_UNKNOWN)
			answer = ORPHANED_UNKNOWN;
	}
	return answer;
}

static void look_at(struct pgrp *pgrp, const struct ptree_tree *tree)
{
	const struct ptree_task *member;
	size_t i;

	for (i = 0; i < pgrp->length; i++) {
		member = pgrp->members[i];
		if (member->tgid == pgrp->pgid)
			pgrp->leader = member;
		if (member->flags & PTREE_TASK_FOREGROUND)
			pgrp->foreground = true;
	}
	pgrp->orphaned = ask_all(tree, pgrp);
}

static bool belongs(const struct pgrp *pgrp, const struct ptree_task *member)
{
	return pgrp->pgid == member->pgid && pgrp->sid == member->sid;
}

static void split(struct pgrps *pgrps, size_t length)
{
	struct pgrp *pgrp = NULL;
	size_t i;

	for (i = 0; i < length; i++) {
		const struct ptree_task *member = pgrps->members[i];

		if (!pgrp || !belongs(pgrp, member)) {
			pgrp = &pgrps->list[pgrps->length++];
			pgrp->pgid = member->pgid;
			pgrp->sid = member->sid;
			pgrp->members = &pgrps->members[i];
		}
		pgrp->length++;
	}
}

int pgrps_find(struct pgrps *pgrps, const struct ptree_tree *tree)
{
	size_t size = ptree_tree_size(tree) + 1, i;

	*pgrps = (struct pgrps){
		.list = calloc(size, sizeof(*pgrps->list)),
		.members = calloc(size, sizeof(*pgrps->members)),
	};
	if (!pgrps->list || !pgrps->members)
		return -ENOMEM;
	split(pgrps, collect(pgrps, tree));
	for (i = 0; i < pgrps->length; i++)
		look_at(&pgrps->list[i], tree);
	return 0;
}

void pgrps_free(struct pgrps *pgrps)
{
	free(pgrps->list);
	free(pgrps->members);
}

size_t pgrps_session(const struct pgrps *pgrps, size_t first)
{
	size_t end = first;

	while (end < pgrps->length &&
	       pgrps->list[end].sid == pgrps->list[first].sid)
		end++;
	return end;
}
