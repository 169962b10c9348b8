// SPDX-License-Identifier: GPL-2.0
/* device_test.c owns asking a device that answers as one may. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test.h"

static unsigned int calls;
static unsigned int tasks;

static size_t write_tasks(unsigned char *buffer)
{
	union wire wire;
	size_t at = 0;
	unsigned int i;

	for (i = 1; i <= tasks; i++) {
		wire_living(&wire, i, 100 + i, i - 1);
		if (buffer)
			memcpy(buffer + at, &wire, wire.head.size);
		at += wire.head.size;
	}
	return at;
}

/* There are more at each call, until there are 3000. */
static int growing(unsigned long command, void *argument)
{
	struct ptree_query *query = argument;

	if (command != PTREE_IOC_MEMBERS || query->what != 2 ||
	    query->flags != PTREE_QUERY_THREADS || query->select != 1 ||
	    query->value != 42)
		return -EINVAL;
	calls++;
	if (tasks < 3000)
		tasks += 1000;
	query->used = write_tasks(NULL);
	query->nr = tasks;
	query->seq = 88;
	if (query->used > query->size)
		return -ENOSPC;
	write_tasks((unsigned char *)(uintptr_t)query->buf);
	return 0;
}

static int members(struct ptree_list **list)
{
	struct ptree pt = { .door = &ptree_door_device };

	calls = 0;
	return ptree_members(&pt, 2, PTREE_QUERY_THREADS, 1, 42, list);
}

static void test_grows(void)
{
	const struct ptree_task *task = NULL;
	struct ptree_list *list;
	unsigned int i;

	tasks = 0;
	fake.ioctl = growing;
	if (!check(!members(&list), "refused"))
		return;
	check(calls > 1, "one call was enough");
	check(ptree_list_length(list) == 3000, "%zu", ptree_list_length(list));
	check(ptree_list_seq(list) == 88, "seq");
	for (i = 1; i <= 3000; i++) {
		task = ptree_list_next(list, task);
		if (!check(task && task->id == i, "%u", i))
			break;
	}
	check(!ptree_list_next(list, task), "no more");
	ptree_list_free(list);
}

static int never_enough(unsigned long command, void *argument)
{
	struct ptree_query *query = argument;

	(void)command;
	calls++;
	query->used = query->size + 8;
	return -ENOSPC;
}

static int busy(unsigned long command, void *argument)
{
	(void)command;
	(void)argument;
	calls++;
	return -EAGAIN;
}

static int busy_at_first(unsigned long command, void *argument)
{
	const int answers[] = { -EINTR, -EAGAIN, -EINTR };

	if (calls < 3)
		return answers[calls++];
	return growing(command, argument);
}

static void test_patience(void)
{
	struct ptree_list *list;

	fake.ioctl = never_enough;
	check(members(&list) == -ENOSPC, "never enough");
	check(calls > 1 && calls < 100, "%u calls", calls);
	fake.ioctl = busy;
	check(members(&list) == -EAGAIN, "busy");
	check(calls > 1 && calls < 100, "%u calls", calls);
	fake.ioctl = busy_at_first;
	if (check(!members(&list), "busy at first"))
		ptree_list_free(list);
}

static int garbage(unsigned long command, void *argument)
{
	struct ptree_query *query = argument;

	(void)command;
	memset((void *)(uintptr_t)query->buf, 0xff, 64);
	query->used = 64;
	return 0;
}

/* Nothing is wrong with what is there, but that it should be more. */
static int beyond(unsigned long command, void *argument)
{
	struct ptree_query *query = argument;
	struct ptree_head *head = (struct ptree_head *)(uintptr_t)query->buf;
	size_t i;

	(void)command;
	for (i = 0; i < query->size / sizeof(*head); i++)
		head[i] = (struct ptree_head){ 8, 77, 8 };
	query->used = query->size + 64;
	return 0;
}

static int nothing(unsigned long command, void *argument)
{
	(void)command;
	(void)argument;
	return 0;
}

static void test_malformed(void)
{
	struct ptree pt = { .door = &ptree_door_device };
	struct ptree_list *list;
	struct ptree_task *task;

	fake.ioctl = garbage;
	check(members(&list) == -EBADMSG, "garbage");
	check(ptree_get(&pt, 0, 0, &task) == -EBADMSG, "garbage");
	fake.ioctl = beyond;
	check(members(&list) == -EBADMSG, "more than there is room for");
	fake.ioctl = nothing;
	check(ptree_get(&pt, 0, 0, &task) == -EBADMSG, "nobody");
}

static int translates(unsigned long command, void *argument)
{
	struct ptree_translate *translate = argument;

	if (command != PTREE_IOC_TRANSLATE || translate->flags ||
	    translate->type != PTREE_NUMBER_SID || translate->nr != 5 ||
	    translate->from != 6 || translate->to != 7)
		return -EINVAL;
	translate->result = 99;
	translate->id = 1234;
	return 0;
}

static void test_number(void)
{
	struct ptree pt = { .door = &ptree_door_device };
	uint64_t id = 0;

	fake.ioctl = translates;
	check(ptree_number(&pt, PTREE_NUMBER_SID, 5, 6, 7, &id) == 99, "99");
	check(id == 1234, "id");
	check(ptree_number(&pt, PTREE_NUMBER_SID, 5, 6, 7, NULL) == 99, "99");
	check(ptree_number(&pt, PTREE_NUMBER_PID, 5, 6, 7, NULL) == -EINVAL,
	      "refused");
}

/* The watch of a snapshot: a tree, and then no end. */
static int whole_tree;

static int watches(unsigned long command, void *argument)
{
	struct ptree_watch *watch = argument;

	if (command != PTREE_IOC_WATCH || watch->since ||
	    watch->flags != PTREE_WATCH_THREADS)
		return -EINVAL;
	return dup(whole_tree);
}

static void send_tree(int fd, bool whole)
{
	unsigned char buffer[4096];
	union wire sync;

	tasks = 10;
	check(write(fd, buffer, write_tasks(buffer)) > 0, "write");
	wire_plain(&sync, PTREE_TYPE_SYNC, 66, 0);
	if (whole)
		check(write(fd, &sync, sync.head.size) > 0, "write");
}

static void test_snapshot(void)
{
	struct ptree pt = { .door = &ptree_door_device };
	struct ptree_tree *tree;
	int ends[2];

	if (!check(!socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), "socket"))
		return;
	fake.ioctl = watches;
	whole_tree = ends[0];
	send_tree(ends[1], true);
	check(ptree_snapshot(&pt, PTREE_WATCH_NONBLOCK, &tree) == -EINVAL,
	      "flags");
	if (check(!ptree_snapshot(&pt, PTREE_WATCH_THREADS, &tree), "none")) {
		check(ptree_tree_size(tree) == 10, "10");
		check(ptree_tree_seq(tree) == 66, "66");
		ptree_tree_free(tree);
	}
	send_tree(ends[1], false);
	close(ends[1]);
	check(ptree_snapshot(&pt, PTREE_WATCH_THREADS, &tree) == -EBADMSG,
	      "half a tree");
	close(ends[0]);
}

const struct test device_tests[] = {
	{ "device: a buffer that grows with the answer", test_grows },
	{ "device: asked again, but not for ever", test_patience },
	{ "device: an answer that is none", test_malformed },
	{ "device: a number in another namespace", test_number },
	{ "device: a snapshot is a whole tree", test_snapshot },
	{},
};
