// SPDX-License-Identifier: GPL-2.0
/* tree_test.c owns what a tree makes of records that belong together. */
#include <errno.h>
#include <stdlib.h>

#include "test.h"

static int apply_living(struct ptree_tree *tree, uint64_t id, uint64_t parent)
{
	union wire wire;

	wire_living(&wire, id, 1000 + id, parent);
	return ptree_tree_apply(tree, &wire.head);
}

static int apply_plain(struct ptree_tree *tree, unsigned int type, uint64_t seq)
{
	union wire wire;

	wire_plain(&wire, type, seq, seq);
	return ptree_tree_apply(tree, &wire.head);
}

static int apply_dead(struct ptree_tree *tree, uint64_t id, uint64_t birth)
{
	union wire wire;

	wire_living(&wire, id, 1000 + id, 0);
	wire.task.birth_id = birth;
	wire.task.state = PTREE_STATE_DEAD;
	return ptree_tree_apply(tree, &wire.head);
}

static bool has(const struct ptree_tree *tree, uint64_t id)
{
	return ptree_tree_find(tree, id);
}

/* Until the walk has ended again, what was there stays. */
static void test_lost(void)
{
	struct ptree_tree *tree;

	if (!check(!ptree_tree_new(&tree, 0), "no tree"))
		return;
	apply_living(tree, 1, 0);
	apply_living(tree, 2, 1);
	apply_plain(tree, PTREE_TYPE_LOST, 2);
	apply_living(tree, 3, 1);
	apply_plain(tree, PTREE_TYPE_LOST, 3);
	apply_living(tree, 1, 0);
	check(has(tree, 2) && has(tree, 3), "dropped before the end");
	check(apply_plain(tree, PTREE_TYPE_SYNC, 4) == PTREE_EXACT, "exact");
	check(has(tree, 1), "1 was told of twice");
	check(!has(tree, 2), "2 was not told of after the first loss");
	check(!has(tree, 3), "3 was not told of after the second one");
	apply_plain(tree, PTREE_TYPE_SYNC, 5);
	check(ptree_tree_size(tree) == 1 && ptree_tree_seq(tree) == 5, "5");
	ptree_tree_free(tree);
}

static void test_any_order(void)
{
	const struct ptree_task *child;
	struct ptree_tree *tree;

	if (!check(!ptree_tree_new(&tree, 0), "no tree"))
		return;
	apply_living(tree, 3, 1);
	child = ptree_tree_find_pid(tree, 1003);
	check(child && !ptree_tree_parent(tree, child), "no parent yet");
	apply_living(tree, 2, 1);
	apply_living(tree, 1, 0);
	child = ptree_tree_find_pid(tree, 1003);
	check(ptree_tree_parent(tree, child) == ptree_tree_find(tree, 1),
	      "the parent came later");
	child = ptree_tree_child(tree, ptree_tree_find(tree, 1), NULL);
	check(child && child->id == 2, "the older child first");
	child = ptree_tree_child(tree, ptree_tree_find(tree, 1), child);
	check(child && child->id == 3, "then the younger one");
	check(!ptree_tree_child(tree, NULL, NULL), "nobody's child");
	ptree_tree_free(tree);
}

/* 2 was a thread of 1; it executes a program, and becomes the leader as 1. */
static void test_exec_by_thread(void)
{
	const struct ptree_task *leader, *thread;
	struct ptree_tree *tree;
	union wire wire;

	if (!check(!ptree_tree_new(&tree, 0), "no tree"))
		return;
	apply_living(tree, 1, 0);
	wire_living(&wire, 2, 1002, 0);
	wire.task.process_id = 1;
	ptree_tree_apply(tree, &wire.head);
	leader = ptree_tree_find(tree, 1);
	thread = ptree_tree_thread(tree, leader, NULL);
	check(thread && thread->id == 2, "a thread");
	check(ptree_tree_process(tree, thread) == leader, "of the process");
	check(!ptree_tree_thread(tree, leader, thread), "the only one");

	wire.task.id = 1;
	wire.task.seq = 5;
	wire.task.tid = 1001;
	wire.task.exec_count = 1;
	ptree_tree_apply(tree, &wire.head);
	wire.task.id = 2;
	wire.task.tid = 1002;
	wire.task.state = PTREE_STATE_DEAD;
	ptree_tree_apply(tree, &wire.head);
	leader = ptree_tree_find_pid(tree, 1001);
	check(leader && leader->id == 1 && leader->exec_count == 1, "leader");
	check(!ptree_tree_thread(tree, leader, NULL), "no thread is left");
	check(!ptree_tree_find_pid(tree, 1002), "its number is free");
	ptree_tree_free(tree);
}

/* The death of the first is told of after the birth of the second. */
static void test_number_twice(void)
{
	struct ptree_tree *tree;
	union wire wire;

	if (!check(!ptree_tree_new(&tree, PTREE_WATCH_DEAD), "no tree"))
		return;
	wire_living(&wire, 5, 77, 0);
	wire.task.seq = 9;
	ptree_tree_apply(tree, &wire.head);
	wire_living(&wire, 8, 77, 0);
	wire.task.seq = 4;
	ptree_tree_apply(tree, &wire.head);
	check(ptree_tree_find_pid(tree, 77) == ptree_tree_find(tree, 5),
	      "not the one that changed last");
	wire_living(&wire, 5, 77, 0);
	wire.task.seq = 10;
	wire.task.state = PTREE_STATE_DEAD;
	ptree_tree_apply(tree, &wire.head);
	check(ptree_tree_find_pid(tree, 77) == ptree_tree_find(tree, 8),
	      "not the one that lives");
	check(has(tree, 5), "the dead one is kept");
	check(!ptree_tree_find_pid(tree, 0) && !ptree_tree_find_pid(tree, -1),
	      "no numbers");
	ptree_tree_free(tree);
}

/* sh(1)---sh(2,dead)---sh(3,dead)---daemon(4), and others that died. */
static void test_history(void)
{
	struct ptree_tree *tree;
	uint64_t id;

	if (!check(!ptree_tree_new(&tree, PTREE_WATCH_DEAD), "no tree"))
		return;
	ptree_tree_keep(tree, 2);
	apply_dead(tree, 2, 1);
	apply_dead(tree, 3, 2);
	for (id = 10; id < 20; id++)
		apply_dead(tree, id, 1);
	apply_living(tree, 4, 3);
	apply_living(tree, 1, 0);
	check(ptree_tree_size(tree) == 14, "bounded before all was told");
	apply_plain(tree, PTREE_TYPE_SYNC, 1);
	check(has(tree, 1) && has(tree, 4), "the living");
	check(has(tree, 2) && has(tree, 3), "the birth chain of 4");
	check(has(tree, 18) && has(tree, 19) && ptree_tree_size(tree) == 6,
	      "the two newest of the others");
	apply_dead(tree, 4, 3);
	apply_plain(tree, PTREE_TYPE_SYNC, 2);
	check(has(tree, 3) && has(tree, 2) && ptree_tree_size(tree) == 3,
	      "they became history last");
	ptree_tree_keep(tree, 0);
	check(has(tree, 1) && ptree_tree_size(tree) == 1, "at once");
	ptree_tree_free(tree);
}

/* Each gives birth to the next one and dies: what is needed is bounded too. */
static void test_endless_chain(void)
{
	struct ptree_tree *tree;
	uint64_t id;

	if (!check(!ptree_tree_new(&tree, PTREE_WATCH_DEAD), "no tree"))
		return;
	for (id = 1; id <= 10000; id++) {
		apply_living(tree, id, id - 1);
		apply_dead(tree, id - 1 ? id - 1 : 99999, id - 2);
		apply_plain(tree, PTREE_TYPE_SYNC, id);
	}
	check(ptree_tree_size(tree) == 4096 + 1 + 1 + 1, "%zu kept",
	      ptree_tree_size(tree));
	check(has(tree, 10000) && has(tree, 9999) && has(tree, 99999),
	      "the newest, and the one that is not needed");
	ptree_tree_free(tree);
}

static void test_large(void)
{
	const struct ptree_task *task;
	struct ptree_tree *tree;
	uint64_t id;

	if (!check(!ptree_tree_new(&tree, 0), "no tree"))
		return;
	for (id = 30000; id; id--)
		apply_living(tree, id, id / 2);
	for (id = 1; id <= 30000; id++)
		apply_living(tree, id, 1);
	check(ptree_tree_size(tree) == 30000, "%zu", ptree_tree_size(tree));
	task = NULL;
	for (id = 1; id <= 30000; id++) {
		task = ptree_tree_next(tree, task);
		if (!check(task && task->id == id, "%llu",
			   (unsigned long long)id))
			break;
	}
	check(!ptree_tree_next(tree, task), "no more");
	ptree_tree_free(tree);
}

static void test_flags(void)
{
	struct ptree_tree *tree = NULL;

	check(ptree_tree_new(&tree, PTREE_WATCH_THREADS) == -EINVAL, "flags");
	check(!tree, "no tree");
	ptree_tree_free(NULL);
}

const struct test tree_tests[] = {
	{ "tree: a loss, and another one in the walk after it", test_lost },
	{ "tree: children before their parent", test_any_order },
	{ "tree: a thread takes the leader's id", test_exec_by_thread },
	{ "tree: two of one number", test_number_twice },
	{ "tree: which of the dead are kept", test_history },
	{ "tree: an endless chain of births is bounded", test_endless_chain },
	{ "tree: 30000 tasks", test_large },
	{ "tree: flags", test_flags },
	{},
};
