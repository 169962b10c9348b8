// SPDX-License-Identifier: GPL-2.0
/*
 * proc.c owns the door to /proc: best effort. Nothing there tells who gave
 * birth to whom, who is dead, or that something changed.
 */
#include <errno.h>

#include "proc.h"

static int proc_info(struct ptree *pt, struct ptree_info *info)
{
	(void)pt;
	(void)info;
	return -EOPNOTSUPP;
}

static int proc_audit(struct ptree *pt, struct ptree_audit *audit)
{
	(void)pt;
	(void)audit;
	return -EOPNOTSUPP;
}

static int proc_watch(struct ptree *pt, unsigned int flags, uint64_t since)
{
	(void)pt;
	(void)flags;
	(void)since;
	return -EOPNOTSUPP;
}

/* Begins to read into a tree of its own. */
static int begin(struct ptree_scan *scan, struct ptree *pt)
{
	struct ptree_tree *tree;
	int err;

	err = ptree_tree_new(&tree, 0);
	if (err)
		return err;
	err = ptree_scan_begin(scan, pt, tree);
	if (err)
		ptree_tree_free(tree);
	return err;
}

static void end(struct ptree_scan *scan)
{
	ptree_scan_end(scan);
	ptree_tree_free(scan->tree);
}

static int proc_get(struct ptree *pt, unsigned int select, uint64_t value,
		    struct ptree_task **task)
{
	struct ptree_scan scan;
	uint64_t id;
	int err;

	err = begin(&scan, pt);
	if (err)
		return err;
	err = ptree_scan_select(&scan, select, value, &id);
	if (!err)
		err = ptree_task_new(task,
				     &ptree_tree_find(scan.tree, id)->head);
	end(&scan);
	return err;
}

/*
 * A number that was given to somebody else meanwhile can make a circle; then
 * there are more ancestors than tasks.
 */
static int add_ancestors(const struct ptree_tree *tree, uint64_t id,
			 struct ptree_list *list)
{
	const struct ptree_task *task = ptree_tree_find(tree, id);
	int err = 0;

	for (task = ptree_tree_process(tree, task); task && !err;
	     task = ptree_tree_parent(tree, task)) {
		if (list->length == tree->size)
			return -EAGAIN;
		err = ptree_list_add(list, &task->head);
	}
	return err;
}

static int proc_ancestry(struct ptree *pt, unsigned int what,
			 unsigned int select, uint64_t value,
			 struct ptree_list *list)
{
	struct ptree_scan scan;
	uint64_t id;
	int err;

	if (what > PTREE_ANCESTRY_BIRTH)
		return -EINVAL;
	if (what == PTREE_ANCESTRY_BIRTH)
		return -EOPNOTSUPP;
	err = begin(&scan, pt);
	if (err)
		return err;
	err = ptree_scan_select(&scan, select, value, &id);
	if (!err)
		err = add_ancestors(scan.tree, id, list);
	end(&scan);
	return err;
}

static bool descends(const struct ptree_tree *tree,
		     const struct ptree_task *process, uint64_t ancestor)
{
	size_t steps = tree->size;

	while (process && process->id != ancestor && steps--)
		process = ptree_tree_parent(tree, process);
	return process && process->id == ancestor;
}

/* One whose namespace nobody tells us is left out. */
static int inside(struct ptree *pt, const struct ptree_task *process,
		  const struct ptree_task *of)
{
	int level;

	if (of->levels == 1)
		return true;
	level = ptree_numbers_level(pt, process, of->pidns);
	return level == -ENOMEM || level == -EMFILE ? level : level >= 0;
}

/* A group of 0 is outside: nobody knows whether two are the same one. */
static bool same_group(int group, int other, bool same_process)
{
	return group == other && (group || same_process);
}

static int belongs(const struct ptree_scan *scan, unsigned int what,
		   const struct ptree_task *process,
		   const struct ptree_task *of)
{
	switch (what) {
	case PTREE_MEMBERS_SUBTREE:
		return descends(scan->tree, process, of->id);
	case PTREE_MEMBERS_PGRP:
		return same_group(process->pgid, of->pgid, process == of);
	case PTREE_MEMBERS_SESSION:
		return same_group(process->sid, of->sid, process == of);
	default:
		return inside(scan->pt, process, of);
	}
}

static int add_members(const struct ptree_scan *scan, unsigned int what,
		       bool threads, uint64_t id, struct ptree_list *list)
{
	const struct ptree_tree *tree = scan->tree;
	const struct ptree_task *of, *process, *task;
	int ret = 0;

	of = ptree_tree_process(tree, ptree_tree_find(tree, id));
	if (!of)
		return -ESRCH;
	for (task = ptree_tree_next(tree, NULL); task && ret >= 0;
	     task = ptree_tree_next(tree, task)) {
		process = ptree_tree_process(tree, task);
		if (!process || (process != task && !threads))
			continue;
		ret = belongs(scan, what, process, of);
		if (ret > 0)
			ret = ptree_list_add(list, &task->head);
	}
	return ret < 0 ? ret : 0;
}

static int check_members(unsigned int what, unsigned int flags)
{
	if (what > PTREE_MEMBERS_NAMESPACE ||
	    flags & ~(PTREE_QUERY_THREADS | PTREE_QUERY_DEAD))
		return -EINVAL;
	if (what == PTREE_MEMBERS_BIRTH_SUBTREE || flags & PTREE_QUERY_DEAD)
		return -EOPNOTSUPP;
	return 0;
}

static int proc_members(struct ptree *pt, unsigned int what, unsigned int flags,
			unsigned int select, uint64_t value,
			struct ptree_list *list)
{
	bool threads = flags & PTREE_QUERY_THREADS;
	struct ptree_scan scan;
	uint64_t id;
	int err;

	err = check_members(what, flags);
	if (err)
		return err;
	err = begin(&scan, pt);
	if (err)
		return err;
	err = ptree_scan_all(&scan, threads);
	if (!err)
		err = ptree_scan_select(&scan, select, value, &id);
	if (!err)
		err = add_members(&scan, what, threads, id, list);
	end(&scan);
	return err;
}

static int proc_number(struct ptree *pt, unsigned int type, int nr,
		       uint32_t from, uint32_t to, uint64_t *id)
{
	struct ptree_scan scan;
	int ret;

	if (type >= PTREE_PROC_TYPES)
		return -EINVAL;
	ret = begin(&scan, pt);
	if (ret)
		return ret;
	ret = ptree_scan_all(&scan, type == PTREE_NUMBER_PID);
	if (!ret)
		ret = ptree_scan_translate(&scan, type, nr, from, to, id);
	end(&scan);
	return ret;
}

static int proc_snapshot(struct ptree *pt, unsigned int flags,
			 struct ptree_tree *tree)
{
	struct ptree_scan scan;
	int err;

	if (flags & PTREE_WATCH_DEAD)
		return -EOPNOTSUPP;
	err = ptree_scan_begin(&scan, pt, tree);
	if (err)
		return err;
	err = ptree_scan_all(&scan, flags & PTREE_WATCH_THREADS);
	ptree_scan_end(&scan);
	return err;
}

const struct ptree_door ptree_door_proc = {
	.info = proc_info,
	.audit = proc_audit,
	.get = proc_get,
	.ancestry = proc_ancestry,
	.members = proc_members,
	.number = proc_number,
	.watch = proc_watch,
	.snapshot = proc_snapshot,
};
