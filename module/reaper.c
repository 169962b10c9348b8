// SPDX-License-Identifier: GPL-2.0
/*
 * reaper.c owns the rule by which the kernel chooses a new parent:
 * find_alive_thread(), find_child_reaper() and find_new_reaper() of
 * kernel/exit.c, the same text from 5.10 to 7.2.
 *
 *	1. a living thread of the same process
 *	2. the nearest ancestor that is a subreaper, if the father has ever had
 *	   one; the search ends where the pid namespace does
 *	3. the init of the father's pid namespace
 *
 * Context: everything here runs under the tree's lock.
 */
#include <linux/lockdep.h>

#include "compat.h"
#include "reaper.h"

static struct ptree_node *alive_thread(const struct ptree_process *process)
{
	struct ptree_node *node;

	list_for_each_entry(node, &process->threads, thread)
		if (!(node->flags & PTREE_N_EXITING))
			return node;
	return NULL;
}

/*
 * As find_child_reaper() leaves it: a thread of init reaps until it is past
 * exit_notify(), even while it exits, and the last of them to the end.
 */
static struct ptree_node *child_reaper(const struct ptree_process *init)
{
	struct ptree_node *node;

	list_for_each_entry(node, &init->threads, thread)
		if (node->state == PTREE_RUNNING)
			return node;
	return init->leader;
}

static u32 level(const struct ptree_process *process)
{
	return process->leader->pid->inner->ns->level;
}

/**
 * ptree_reaper - foretell who gets a father's children
 * @tree: the tree
 * @father: the node that exits
 *
 * Return: the node, or NULL when the namespace's init is not known.
 */
struct ptree_node *ptree_reaper(struct ptree *tree,
				const struct ptree_node *father)
{
	struct ptree_process *process = father->process;
	struct ptree_process *init = father->pid->inner->ns->init;
	struct ptree_node *reaper, *ancestor;

	lockdep_assert_held(&tree->lock);
	reaper = alive_thread(process);
	if (reaper)
		return reaper;
	if (process->flags & PTREE_P_HAS_SUBREAPER) {
		for (ancestor = process->parent;
		     ancestor && level(ancestor->process) == level(process);
		     ancestor = ancestor->process->parent) {
			if (!(ancestor->process->flags & PTREE_P_SUBREAPER))
				continue;
			reaper = alive_thread(ancestor->process);
			if (reaper)
				return reaper;
		}
	}
	return init ? child_reaper(init) : NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_reaper);
