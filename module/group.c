// SPDX-License-Identifier: GPL-2.0
/*
 * group.c owns membership: which processes are in which process group and
 * which session. A group is its pid: it has that number for as long as it has
 * members, whether or not the process the number was given to still lives.
 *
 * Context: everything here runs under the tree's lock.
 */
#include <linux/lockdep.h>

#include "compat.h"
#include "group.h"
#include "pidns.h"

/**
 * ptree_group_join - make a process a member
 * @tree: the tree
 * @process: who; leaves the group of that type it is in
 * @type: process group or session
 * @pid: the group's pid
 *
 * As change_pid() of kernel/pid.c.
 *
 * Return: whether that changed anything.
 */
bool ptree_group_join(struct ptree *tree, struct ptree_process *process,
		      enum ptree_group_type type, struct ptree_pid *pid)
{
	struct ptree_pid *old = process->group[type];

	lockdep_assert_held(&tree->lock);
	if (old == pid)
		return false;
	ptree_pid_get(pid);
	ptree_pid_link(pid);
	if (old) {
		ptree_group_leave(tree, process, type);
		ptree_pid_put(tree, old);
	}
	process->group[type] = pid;
	hlist_add_head(&process->member[type], &pid->members[type]);
	return true;
}

/**
 * ptree_group_leave - take a process out of its group
 * @tree: the tree
 * @process: who; still knows afterwards which group it was in
 * @type: process group or session
 */
void ptree_group_leave(struct ptree *tree, struct ptree_process *process,
		       enum ptree_group_type type)
{
	lockdep_assert_held(&tree->lock);
	if (hlist_unhashed(&process->member[type]))
		return;
	hlist_del_init(&process->member[type]);
	ptree_pid_unlink(tree, process->group[type]);
}

/**
 * ptree_group_leader - the process that a group or session is named after
 * @pid: the group's pid
 *
 * Return: the process, NULL when it has died or its number names a thread now.
 */
struct ptree_process *ptree_group_leader(const struct ptree_pid *pid)
{
	struct ptree_node *node = pid->node;

	return node && node->process->leader == node ? node->process : NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_group_leader);

/**
 * ptree_group_orphaned - whether nobody outside can resume a process group
 * @tree: the tree
 * @pgrp: the process group's pid
 *
 * As will_become_orphaned_pgrp() of kernel/exit.c: no member's parent is in
 * the same session but another process group. Members that have exited whole
 * don't count, nor do children of the first init.
 *
 * Return: true if so; a group without members is orphaned.
 */
bool ptree_group_orphaned(struct ptree *tree, const struct ptree_pid *pgrp)
{
	struct ptree_ns *root = ptree_ns_find(tree, PTREE_ROOT_NS);
	struct ptree_process *process, *parent;

	ptree_for_each_member(process, pgrp, PTREE_PGRP) {
		if (process->leader->state != PTREE_RUNNING &&
		    process->nr_threads == 1)
			continue;
		if (!process->parent)
			continue;
		parent = process->parent->process;
		if (root && parent == root->init)
			continue;
		if (parent->group[PTREE_PGRP] != pgrp &&
		    parent->group[PTREE_SESSION] ==
			    process->group[PTREE_SESSION])
			return false;
	}
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_group_orphaned);
