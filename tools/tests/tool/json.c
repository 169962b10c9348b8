// SPDX-License-Identifier: GPL-2.0
/*
 * json.c owns the records that golden/tasks.jsonl is made of: it puts them into
 * a tree and writes them as the tool does, one a line.
 */
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "json.h"

#define MASK_SEEN                                                      \
	(PTREE_MASK_NUMBERS | PTREE_MASK_TASK | PTREE_MASK_CRED |      \
	 PTREE_MASK_PROCESS | PTREE_MASK_BIRTH)
#define MASK_OWN    (MASK_SEEN | PTREE_MASK_SHARE | PTREE_MASK_EXIT)
#define MASK_THREAD (MASK_OWN & ~(PTREE_MASK_PROCESS | PTREE_MASK_BIRTH))
#define MASK_PROC                                                      \
	(PTREE_MASK_NUMBERS | PTREE_MASK_TASK | PTREE_MASK_CRED |      \
	 PTREE_MASK_PROCESS)

/**
 * struct sample - a record
 * @task: it; what fill() does not set
 * @nspid: its numbers further in
 */
struct sample {
	struct ptree_task task;
	int nspid[4];
};

#define NAMED(number, name) \
	{ .task = { .id = number, .mask = MASK_OWN, .comm = name } }

static const struct sample samples[] = {
	/* An ordinary process, a child of 1. */
	{ .task = { .id = 2, .mask = MASK_OWN, .comm = "bash", .letter = 'S',
		    .ppid = 1, .parent_id = 1, .birth_id = 1, .birth_pid = 1,
		    .pgid = 2, .sid = 2, .tty = 0x8803, .uid = 1000,
		    .euid = 0, .gid = 100, .egid = 5, .threads = 1,
		    .exec_count = 1, .start_ns = 123456789012345,
		    .flags = PTREE_TASK_SESSION_LEADER } },
	/* Names. */
	NAMED(3, "with space"),
	NAMED(4, "n\xc3\xa4me"),
	NAMED(5, "\xf0\x9f\x8c\xb3 tree"),
	NAMED(6, "\"quo\\ted\""),
	NAMED(7, "a\nb\tc\x1b[1m\x7f"),
	NAMED(8, "bad\xff\xfe"),
	NAMED(9, "cut shor\xf0\x9f\x8c"),
	NAMED(10, "over\xc0\xaflong"),
	NAMED(11, "sur\xed\xa0\x80rogate"),
	NAMED(12, "far\xf4\x90\x80\x80"),
	NAMED(13, "\x80"),
	NAMED(14, ""),
	NAMED(15, "c1\xc2\x9b[1m"),
	NAMED(16, "fffe\xef\xbf\xbd\xef\xbf\xbe"),
	/* How it ended: exit, signal, core; and a zombie. */
	{ .task = { .id = 20, .mask = MASK_OWN, .comm = "exit3", .letter = 'X',
		    .state = PTREE_STATE_DEAD, .exit_ns = 200000000000,
		    .exit_code = 3 << 8 } },
	{ .task = { .id = 21, .mask = MASK_OWN, .comm = "killed", .letter = 0,
		    .state = PTREE_STATE_DEAD, .exit_ns = 200000000001,
		    .exit_code = SIGKILL } },
	{ .task = { .id = 22, .mask = MASK_OWN, .comm = "dumped", .letter = 'X',
		    .state = PTREE_STATE_DEAD, .exit_ns = 200000000002,
		    .exit_code = SIGSEGV | 0x80 } },
	{ .task = { .id = 23, .mask = MASK_OWN, .comm = "zombie", .letter = 'Z',
		    .state = PTREE_STATE_ZOMBIE, .exit_ns = 200000000003,
		    .exit_code = 255 << 8 } },
	/* Another one's zombie: how it ended is not ours to see. */
	{ .task = { .id = 24, .mask = MASK_SEEN, .comm = "theirs",
		    .letter = 'Z', .state = PTREE_STATE_ZOMBIE } },
	/* A thread of 2; one whose leader is not known. */
	{ .task = { .id = 30, .process_id = 2, .mask = MASK_THREAD,
		    .comm = "worker", .letter = 'D', .tgid = 2, .uid = 1001,
		    .clone_flags = CLONE_VM | CLONE_THREAD } },
	{ .task = { .id = 31, .process_id = 999, .mask = MASK_THREAD,
		    .comm = "lonely", .letter = 'R', .tgid = 999 } },
	/* A kernel thread that is older than the module. */
	{ .task = { .id = 40, .mask = MASK_OWN, .comm = "kworker/0:0H",
		    .letter = 'I', .ppid = 2,
		    .flags = PTREE_TASK_KTHREAD | PTREE_TASK_SEEDED |
			     PTREE_TASK_INFERRED } },
	/* Reparented, a subreaper; truncated: only the number is forgotten. */
	{ .task = { .id = 41, .mask = MASK_OWN, .comm = "reaper", .ppid = 1,
		    .parent_id = 1, .birth_id = 39, .birth_pid = 39,
		    .reparented = 2, .flags = PTREE_TASK_SUBREAPER } },
	{ .task = { .id = 42, .mask = MASK_OWN, .comm = "truncated",
		    .birth_id = 17, .flags = PTREE_TASK_TRUNCATED } },
	/* In two more pid namespaces. */
	{ .task = { .id = 50, .mask = MASK_OWN, .comm = "inner",
		    .pidns = 4026532000, .levels = 3 },
	  .nspid = { 0, 12, 1 } },
	/* Of whom we may know only the number, and not even that. */
	{ .task = { .id = 60, .mask = PTREE_MASK_NUMBERS } },
	{ .task = { .id = 61, .mask = 0 } },
	/* As libptree makes it from /proc. */
	{ .task = { .id = 70, .mask = MASK_PROC, .comm = "from-proc",
		    .letter = 'S', .ppid = 1, .threads = 1 } },
	/* As large as can be; what no number can be is null. */
	{ .task = { .id = INT64_MAX, .mask = MASK_OWN, .comm = "123456789012345",
		    .seq = INT64_MAX, .parent_id = INT64_MAX - 1,
		    .birth_id = UINT64_MAX, .start_ns = INT64_MAX,
		    .clone_flags = INT64_MAX, .tid = INT32_MAX,
		    .tgid = INT32_MAX, .ppid = INT32_MAX, .pgid = INT32_MAX,
		    .sid = INT32_MAX, .birth_pid = INT32_MAX,
		    .tty = UINT32_MAX, .uid = UINT32_MAX, .gid = UINT32_MAX,
		    .euid = UINT32_MAX, .egid = UINT32_MAX,
		    .threads = UINT32_MAX, .exec_count = UINT32_MAX,
		    .reparented = UINT32_MAX, .pidns = UINT32_MAX,
		    .tracer = INT32_MAX, .levels = 2, .letter = 't' },
	  .nspid = { INT32_MAX, INT32_MAX } },
};

#define SAMPLES (sizeof(samples) / sizeof(*samples))

/* What most have in common, unless the sample has something else. */
static void fill(struct sample *sample)
{
	struct ptree_task *task = &sample->task;

	task->head.type = PTREE_TYPE_TASK;
	task->head.fixed = sizeof(*task);
	task->process_id = task->process_id ?: task->id;
	if (!(task->mask & PTREE_MASK_NUMBERS))
		return;
	task->tid = task->tid ?: (int)task->id;
	task->tgid = task->tgid ?: task->tid;
	if (task->mask != MASK_PROC)
		task->seq = task->seq ?: 1000 + task->id;
	if (!(task->mask & PTREE_MASK_TASK))
		return;
	task->levels = task->levels ?: 1;
	task->pidns = task->pidns ?: 4026531836;
	sample->nspid[0] = task->tid;
	if (!task->letter && task->state == PTREE_STATE_RUNNING)
		task->letter = 'S';
}

static int add(struct ptree_tree *tree, const struct sample *from)
{
	struct sample sample = *from;
	size_t inner;

	fill(&sample);
	inner = (sample.task.levels * sizeof(int) + 7) & ~7UL;
	sample.task.head.size = sizeof(sample.task) + inner;
	return ptree_tree_apply(tree, &sample.task.head);
}

int main(void)
{
	const struct ptree_task *task = NULL;
	struct ptree_tree *tree;
	size_t i;
	int err;

	err = ptree_tree_new(&tree, PTREE_WATCH_DEAD);
	for (i = 0; !err && i < SAMPLES; i++)
		err = add(tree, &samples[i]);
	while (!err && (task = ptree_tree_next(tree, task)))
		err = json_line(stdout, json_task(tree, task));
	if (!err)
		err = fflush(stdout);
	if (err)
		fprintf(stderr, "test-json: %s\n", strerror(-err));
	ptree_tree_free(tree);
	return err ? 1 : 0;
}
