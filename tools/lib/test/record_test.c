// SPDX-License-Identifier: GPL-2.0
/* record_test.c owns records of other kernels, and what is no record at all. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

/**
 * struct spoil - something wrong
 * @name: what
 * @type: of the record
 * @head: put in place of the head, with what is not 0xffff
 * @levels: how many numbers it says to have
 * @id: its id
 */
struct spoil {
	const char *name;
	unsigned int type;
	struct ptree_head head;
	unsigned int levels;
	uint64_t id;
};

#define KEEP 0xffff
#define TASK PTREE_TYPE_TASK

static const struct spoil spoils[] = {
	{ "size 0", TASK, { 0, TASK, KEEP }, 1, 1 },
	{ "size 7", TASK, { 7, TASK, 7 }, 1, 1 },
	{ "shorter than its members", TASK, { 176, TASK, KEEP }, 0, 1 },
	{ "size no multiple of 8", TASK, { 188, TASK, KEEP }, 1, 1 },
	{ "members before its end", TASK, { KEEP, TASK, 0 }, 1, 1 },
	{ "fewer members than ever", TASK, { KEEP, TASK, 176 }, 1, 1 },
	{ "more numbers than fit", TASK, { KEEP, TASK, KEEP }, 200, 1 },
	{ "id 0", TASK, { KEEP, TASK, KEEP }, 1, 0 },
	{ "gone, too short", PTREE_TYPE_GONE, { 16, PTREE_TYPE_GONE, 16 } },
	{ "sync, too short", PTREE_TYPE_SYNC, { 8, PTREE_TYPE_SYNC, 8 } },
	{ "lost, too short", PTREE_TYPE_LOST, { 16, PTREE_TYPE_LOST, 16 } },
	{ "unknown, members beyond", 99, { 16, 99, 24 } },
	{ "unknown, no head", 99, { 16, 99, 0 } },
};

static void make(union wire *wire, const struct spoil *spoil)
{
	struct {
		struct ptree_task task;
		__s32 nspid[2];
	} task = { .task.id = spoil->id, .task.levels = 1 };

	if (spoil->type == PTREE_TYPE_TASK)
		wire_task(wire, &task.task, PTREE_TASK_FIXED);
	else
		wire_plain(wire, spoil->type, 5, 1);
	if (spoil->head.size != KEEP)
		wire->head.size = spoil->head.size;
	if (spoil->head.fixed != KEEP)
		wire->head.fixed = spoil->head.fixed;
	if (spoil->type == PTREE_TYPE_TASK)
		wire->task.levels = spoil->levels;
}

static void test_malformed(void)
{
	struct ptree_tree *tree;
	union wire wire;
	size_t i;

	if (!check(!ptree_tree_new(&tree, 0), "no tree"))
		return;
	wire_living(&wire, 1, 100, 0);
	check(!ptree_tree_apply(tree, &wire.head), "a good one");
	for (i = 0; i < sizeof(spoils) / sizeof(*spoils); i++) {
		make(&wire, &spoils[i]);
		check(ptree_tree_apply(tree, &wire.head) == -EBADMSG, "%s",
		      spoils[i].name);
		check(ptree_tree_size(tree) == 1 && !ptree_tree_seq(tree) &&
		      ptree_tree_find_pid(tree, 100),
		      "%s changed something", spoils[i].name);
	}
	/* A loss that was refused drops nothing. */
	wire_plain(&wire, PTREE_TYPE_SYNC, 9, 0);
	check(ptree_tree_apply(tree, &wire.head) == PTREE_EXACT, "exact");
	check(ptree_tree_size(tree) == 1, "dropped");
	ptree_tree_free(tree);
}

/* Bytes that lie behind what was read do not make a record whole. */
static void test_cut(void)
{
	union wire wire;
	size_t bytes;

	wire_living(&wire, 1, 100, 0);
	for (bytes = 0; bytes < wire.head.size; bytes++)
		check(ptree_record_check(&wire.head, bytes) == -EBADMSG,
		      "%zu bytes", bytes);
	check(!ptree_record_check(&wire.head, wire.head.size), "all bytes");
}

static void test_layouts(void)
{
	const unsigned int layouts[] = { PTREE_TASK_SIZE_VER0, PTREE_TASK_FIXED,
					 PTREE_TASK_FIXED + 8,
					 PTREE_TASK_FIXED + 320 };
	struct {
		struct ptree_task task;
		__s32 nspid[3];
	} task = { .task.id = 1,
		   .task.process_id = 1,
		   .task.levels = 3,
		   .task.comm = "0123456789abcde",
		   .nspid = { 7, 8, 9 } };
	struct ptree_task *copy;
	union wire wire;
	size_t i;

	for (i = 0; i < sizeof(layouts) / sizeof(*layouts); i++) {
		wire_task(&wire, &task.task, layouts[i]);
		/* It always ends in NUL, whatever is sent. */
		wire.task.comm[PTREE_COMM_SIZE - 1] = 'f';
		check(!ptree_record_check(&wire.head, sizeof(wire)), "refused");
		if (!check(!ptree_task_new(&copy, &wire.head), "no memory"))
			continue;
		check(!memcmp(copy->nspid, task.nspid, sizeof(task.nspid)),
		      "numbers, %u bytes of members", layouts[i]);
		check(!strcmp(copy->comm, "0123456789abcde"), "comm");
		check(copy->head.fixed == PTREE_TASK_FIXED, "members");
		check(copy->head.size % 8 == 0, "size");
		free(copy);
	}
}

#ifdef PTREE_TEST_LATER
/* This library knows a member that the kernel does not. */
static void test_older_kernel(void)
{
	struct ptree_task task = { .id = 1, .later = 5 };
	struct ptree_task *copy;
	union wire wire;

	check(PTREE_TASK_FIXED > PTREE_TASK_SIZE_VER0, "no later header");
	wire_task(&wire, &task, PTREE_TASK_SIZE_VER0);
	if (!check(!ptree_task_new(&copy, &wire.head), "no memory"))
		return;
	check(!copy->later, "%llu", copy->later);
	free(copy);
	wire_task(&wire, &task, PTREE_TASK_FIXED);
	if (!check(!ptree_task_new(&copy, &wire.head), "no memory"))
		return;
	check(copy->later == 5, "%llu", copy->later);
	free(copy);
}
#endif

const struct test record_tests[] = {
	{ "record: what is none is refused, and changes nothing",
	  test_malformed },
	{ "record: one that is cut is refused", test_cut },
	{ "record: the numbers are found behind any members", test_layouts },
#ifdef PTREE_TEST_LATER
	{ "record: members that the kernel does not know are zero",
	  test_older_kernel },
#endif
	{},
};
