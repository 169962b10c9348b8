// SPDX-License-Identifier: GPL-2.0
/*
 * fault_test.c owns memory that runs out: it is told, changes nothing, and
 * leaks nothing; the latter the leak sanitizer says when the tests end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

#define EVERY_MAX 60

static int apply_model(struct model *model, struct ptree_tree *tree,
		       uint64_t seq)
{
	struct model_task entry;
	union wire wire;
	int ret;

	memset(&entry, 0, sizeof(entry));
	entry.task.id = 1 + random_below(20);
	entry.task.process_id = 1 + random_below(20);
	entry.task.parent_id = random_below(20);
	entry.task.birth_id = random_below(20);
	entry.task.state = random_below(3);
	entry.task.seq = seq;
	entry.task.tid = random_below(30);
	wire_task(&wire, &entry.task, PTREE_TASK_FIXED);
	entry.task.head = wire.head;
	ret = ptree_tree_apply(tree, &wire.head);
	if (!ret)
		model_apply(model, &wire, &entry.task);
	return ret;
}

/* What was refused is not in the model, and may not be in the tree. */
static void fill_tree(unsigned int every)
{
	static struct model model;
	struct ptree_tree *tree;
	unsigned int refused = 0, i;
	int ret;

	memset(&model, 0, sizeof(model));
	model.keep_dead = true;
	if (!check(!ptree_tree_new(&tree, PTREE_WATCH_DEAD), "no tree"))
		return;
	random_seed(every);
	fake.refuse = every;
	for (i = 1; i < 300 && !test_failing(); i++) {
		ret = apply_model(&model, tree, i);
		refused += ret == -ENOMEM;
		check(!ret || ret == -ENOMEM, "%d", ret);
		model_compare(&model, tree);
	}
	check(refused, "every %u: nothing was refused", every);
	check(refused == fake.refused, "%u of %u were told", refused,
	      fake.refused);
	fake_reset();
	ptree_tree_free(tree);
}

static void test_tree(void)
{
	unsigned int every;

	for (every = 1; every <= EVERY_MAX && !test_failing(); every++)
		fill_tree(every);
}

static int ask_members(struct ptree *pt)
{
	struct ptree_list *list;
	int err;

	err = ptree_members(pt, PTREE_MEMBERS_SUBTREE, PTREE_QUERY_THREADS,
			    PTREE_SELECT_SELF, 0, &list);
	if (!err)
		ptree_list_free(list);
	return err;
}

static int ask_task(struct ptree *pt)
{
	struct ptree_task *task;
	int err;

	err = ptree_get(pt, PTREE_SELECT_SELF, 0, &task);
	if (!err)
		free(task);
	return err;
}

static int ask_ancestry(struct ptree *pt)
{
	struct ptree_list *list;
	int err;

	err = ptree_ancestry(pt, PTREE_ANCESTRY_REAL, PTREE_SELECT_SELF, 0,
			     &list);
	if (!err)
		ptree_list_free(list);
	return err;
}

static int ask_snapshot(struct ptree *pt)
{
	struct ptree_tree *tree;
	int err;

	err = ptree_snapshot(pt, PTREE_WATCH_THREADS, &tree);
	if (!err)
		ptree_tree_free(tree);
	return err;
}

static int ask_number(struct ptree *pt)
{
	int ret = ptree_number(pt, PTREE_NUMBER_PID, 1, 0, 0, NULL);

	return ret == 1 ? 0 : ret;
}

static int (*const questions[])(struct ptree *pt) = {
	ask_members, ask_task, ask_ancestry, ask_snapshot, ask_number,
};

#define QUESTIONS (sizeof(questions) / sizeof(*questions))

/* It fails if and only if something was refused, and says so. */
static void ask(struct ptree *pt, size_t which, unsigned int every)
{
	int err;

	fake.refused = 0;
	fake.refuse = every;
	err = questions[which](pt);
	fake.refuse = 0;
	check(err == (fake.refused ? -ENOMEM : 0),
	      "question %zu, every %u: %d, %u refused", which, every, err,
	      fake.refused);
}

static void test_proc(void)
{
	unsigned int every;
	struct ptree *pt;
	size_t i;

	if (!check(!ptree_open(&pt, NULL, PTREE_OPEN_PROC), "no door"))
		return;
	for (i = 0; i < QUESTIONS; i++) {
		for (every = 1; every <= EVERY_MAX; every += 7)
			ask(pt, i, every);
		ask(pt, i, 0);
	}
	ptree_close(pt);
}

static int one_task(unsigned long command, void *argument)
{
	struct ptree_query *query = argument;
	union wire wire;

	if (command == PTREE_IOC_WATCH)
		return -EBADF;
	wire_living(&wire, 1, 1, 0);
	memcpy((void *)(uintptr_t)query->buf, &wire, wire.head.size);
	query->used = wire.head.size;
	return 0;
}

static void test_device(void)
{
	struct ptree pt = { .door = &ptree_door_device };
	struct ptree_stream *stream;
	struct ptree *opened = NULL;
	struct ptree_tree *tree;
	unsigned int every;
	size_t i;

	fake.ioctl = one_task;
	for (every = 1; every <= 6; every++)
		for (i = 0; i < 3; i++)
			ask(&pt, i, every);
	fake.refuse = 1;
	check(ptree_watch(&pt, 0, 0, &stream) == -ENOMEM, "watch");
	check(ptree_snapshot(&pt, 0, &tree) == -ENOMEM, "snapshot");
	check(ptree_open(&opened, NULL, 0) == -ENOMEM, "open");
	check(ptree_tree_new(&tree, 0) == -ENOMEM, "tree");
	check(!opened, "a door");
}

const struct test fault_tests[] = {
	{ "fault: a tree without memory", test_tree },
	{ "fault: /proc without memory", test_proc },
	{ "fault: the device without memory", test_device },
	{},
};
