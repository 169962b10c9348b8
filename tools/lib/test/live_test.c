// SPDX-License-Identifier: GPL-2.0
/*
 * live_test.c owns the module as it is, if it is: through its device all that
 * /proc tells is the same, and more.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#define TRIES 20
#define TICK_NS 10000000

static struct ptree *open_door(unsigned int flags)
{
	struct ptree *pt = NULL;
	int err = ptree_open(&pt, NULL, flags);

	if (err && access("/dev/ptree", F_OK))
		test_skip("no /dev/ptree");
	else
		check(!err, "door %u: %d", flags, err);
	return pt;
}

static void *thread(void *ready)
{
	__atomic_store_n((int *)ready, 1, __ATOMIC_RELEASE);
	pause();
	return NULL;
}

/* A session, a thread, and a zombie of its own. */
static void live(int ready)
{
	static int started;
	pthread_t handle;
	siginfo_t info;
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	prctl(PR_SET_NAME, "a) b\n");
	pthread_create(&handle, NULL, thread, &started);
	while (!__atomic_load_n(&started, __ATOMIC_ACQUIRE))
		sched_yield();
	pid = fork();
	if (!pid)
		_exit(3);
	waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
	if (write(ready, "", 1) == 1)
		pause();
	_exit(1);
}

static pid_t spawn(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (!check(!pipe(ready), "pipe"))
		return -1;
	pid = fork();
	if (!pid)
		live(ready[1]);
	close(ready[1]);
	check(read(ready[0], &byte, 1) == 1, "child");
	close(ready[0]);
	return pid;
}

static int tid_of(const struct ptree_task *task)
{
	return task ? task->tid : 0;
}

#define FLAGS                                                                 \
	(PTREE_TASK_LEADER | PTREE_TASK_KTHREAD | PTREE_TASK_SESSION_LEADER | \
	 PTREE_TASK_FOREGROUND)

/* What is not the same, NULL when all is. */
static const char *difference(const struct ptree_task *a,
			      const struct ptree_task *b)
{
	if (a->tgid != b->tgid || a->levels != b->levels ||
	    memcmp(a->nspid, b->nspid, a->levels * sizeof(__s32)))
		return "numbers";
	if (a->ppid != b->ppid || a->pgid != b->pgid || a->sid != b->sid)
		return "kin";
	if (a->uid != b->uid || a->gid != b->gid || a->euid != b->euid ||
	    a->egid != b->egid)
		return "users";
	if (a->state != b->state || (a->flags & FLAGS) != (b->flags & FLAGS))
		return "state";
	if (a->pidns != b->pidns)
		return "pidns";
	if (a->tty != b->tty)
		return "tty";
	if (a->tracer != b->tracer)
		return "tracer";
	if (a->start_ns - b->start_ns >= TICK_NS)
		return "start";
	/* Kernel threads are renamed by what they do, in /proc alone. */
	if (!(a->flags & PTREE_TASK_KTHREAD) && strcmp(a->comm, b->comm))
		return "comm";
	return NULL;
}

/* What is wrong with the first that is not the same, NULL when all are. */
static const char *compare(const struct ptree_tree *ours,
			   const struct ptree_tree *proc, int *tid)
{
	const struct ptree_task *task = NULL, *other;
	const char *wrong;

	*tid = 0;
	if (ptree_tree_size(ours) != ptree_tree_size(proc))
		return "size";
	while ((task = ptree_tree_next(ours, task))) {
		*tid = task->tid;
		other = ptree_tree_find_pid(proc, task->tid);
		if (!other)
			return "not in /proc";
		wrong = difference(task, other);
		if (wrong)
			return wrong;
		if (tid_of(ptree_tree_parent(ours, task)) !=
		    tid_of(ptree_tree_parent(proc, other)))
			return "parent";
		if (tid_of(ptree_tree_process(ours, task)) !=
		    tid_of(ptree_tree_process(proc, other)))
			return "process";
	}
	return NULL;
}

static const char *compare_once(struct ptree *device, struct ptree *proc,
				int *tid)
{
	struct ptree_tree *ours = NULL, *theirs = NULL;
	const char *wrong = "no snapshot";

	if (!ptree_snapshot(device, PTREE_WATCH_THREADS, &ours) &&
	    !ptree_snapshot(proc, PTREE_WATCH_THREADS, &theirs))
		wrong = compare(ours, theirs, tid);
	ptree_tree_free(ours);
	ptree_tree_free(theirs);
	return wrong;
}

/* Others go on meanwhile, so it may take more than one look. */
static void test_equals_proc(void)
{
	struct ptree *device = open_door(PTREE_OPEN_DEVICE);
	struct ptree *proc = open_door(PTREE_OPEN_PROC);
	const char *wrong = NULL;
	int tid = 0, i;
	pid_t pid;

	if (device && proc) {
		pid = spawn();
		wrong = compare_once(device, proc, &tid);
		for (i = 1; wrong && i < TRIES; i++)
			wrong = compare_once(device, proc, &tid);
		check(!wrong, "%s of %d", wrong, tid);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	ptree_close(device);
	ptree_close(proc);
}

static void compare_lists(const struct ptree_list *a,
			  const struct ptree_list *b, const char *name)
{
	const struct ptree_task *one = NULL, *other = NULL;

	do {
		one = ptree_list_next(a, one);
		other = ptree_list_next(b, other);
		check(tid_of(one) == tid_of(other), "%s: %d and %d", name,
		      tid_of(one), tid_of(other));
	} while (one && other);
}

static void compare_members(struct ptree *device, struct ptree *proc,
			    unsigned int what, pid_t pid)
{
	struct ptree_list *a = NULL, *b = NULL;
	int err = ptree_members(device, what, PTREE_QUERY_THREADS,
				PTREE_SELECT_PID, pid, &a);
	int other = ptree_members(proc, what, PTREE_QUERY_THREADS,
				  PTREE_SELECT_PID, pid, &b);

	if (check(!err && !other, "what %u: %d, %d", what, err, other))
		compare_lists(a, b, "members");
	ptree_list_free(a);
	ptree_list_free(b);
}

static void compare_ancestry(struct ptree *device, struct ptree *proc,
			     pid_t pid)
{
	struct ptree_list *a = NULL, *b = NULL;
	int err = ptree_ancestry(device, 0, PTREE_SELECT_PID, pid, &a);
	int other = ptree_ancestry(proc, 0, PTREE_SELECT_PID, pid, &b);

	if (check(!err && !other, "ancestry: %d, %d", err, other))
		compare_lists(a, b, "ancestry");
	ptree_list_free(a);
	ptree_list_free(b);
}

static void compare_one(struct ptree *device, struct ptree *proc, pid_t pid)
{
	struct ptree_task *a = NULL, *b = NULL;
	int err = ptree_get(device, PTREE_SELECT_PID, pid, &a);
	int other = ptree_get(proc, PTREE_SELECT_PID, pid, &b);

	if (check(!err && !other, "get: %d, %d", err, other))
		check(!difference(a, b), "get: %s", difference(a, b));
	free(a);
	free(b);
	check(ptree_number(device, PTREE_NUMBER_SID, pid, 0, 0, NULL) == pid,
	      "number");
	check(ptree_get(device, PTREE_SELECT_PID, 4194303, &a) == -ESRCH,
	      "nobody");
}

static void test_questions(void)
{
	struct ptree *device = open_door(PTREE_OPEN_DEVICE);
	struct ptree *proc = open_door(PTREE_OPEN_PROC);
	struct ptree_info info;
	pid_t pid;

	if (device && proc) {
		pid = spawn();
		compare_one(device, proc, pid);
		compare_ancestry(device, proc, pid);
		compare_members(device, proc, PTREE_MEMBERS_SUBTREE, pid);
		compare_members(device, proc, PTREE_MEMBERS_PGRP, pid);
		compare_members(device, proc, PTREE_MEMBERS_SESSION, pid);
		check(!ptree_info_get(device, &info) && info.load_id, "info");
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	ptree_close(device);
	ptree_close(proc);
}

/* Applies what there is; whether it ended exactly. */
static bool catch_up(struct ptree_stream *stream, struct ptree_tree *tree)
{
	const struct ptree_head *record;
	int ret, exact = 0;

	while ((ret = ptree_stream_next(stream, &record)) > 0) {
		exact = ptree_tree_apply(tree, record);
		if (!check(exact >= 0, "apply: %d", exact))
			return false;
	}
	check(ret == -EAGAIN, "stream: %d", ret);
	return exact == PTREE_EXACT;
}

/* Father and mother of an orphan: it is told of them when they are dead. */
static pid_t make_orphan(void)
{
	int numbers[2];
	pid_t pid, orphan = 0;

	if (!check(!pipe(numbers), "pipe"))
		return 0;
	pid = fork();
	if (!pid) {
		orphan = fork();
		if (orphan)
			_exit(write(numbers[1], &orphan, 4) != 4);
		for (;;)
			pause();
	}
	waitpid(pid, NULL, 0);
	check(read(numbers[0], &orphan, 4) == 4, "orphan");
	close(numbers[0]);
	close(numbers[1]);
	return orphan;
}

static void look_at_orphan(const struct ptree_tree *tree, pid_t pid)
{
	const struct ptree_task *orphan = ptree_tree_find_pid(tree, pid);
	const struct ptree_task *birth, *heir;

	if (!check(orphan, "orphan"))
		return;
	birth = ptree_tree_birth(tree, orphan);
	check(birth && birth->state == PTREE_STATE_DEAD, "dead parent");
	check(birth && tid_of(ptree_tree_birth(tree, birth)) == getpid(),
	      "whose parent is here");
	heir = birth ? ptree_tree_heir(tree, birth, NULL) : NULL;
	check(heir == orphan, "heir");
	check(orphan->reparented == 1, "reparented %u", orphan->reparented);
}

static void test_watch(void)
{
	const unsigned int flags = PTREE_WATCH_NONBLOCK | PTREE_WATCH_DEAD;
	struct ptree *device = open_door(PTREE_OPEN_DEVICE);
	struct ptree_stream *stream = NULL;
	struct ptree_tree *tree = NULL;
	struct pollfd wait = { .events = POLLIN };
	pid_t orphan;

	if (!device)
		return;
	if (!check(!ptree_watch(device, flags, 0, &stream), "watch") ||
	    !check(!ptree_tree_new(&tree, PTREE_WATCH_DEAD), "tree"))
		goto out;
	check(catch_up(stream, tree), "exact");
	check(ptree_tree_find_pid(tree, getpid()), "us");
	orphan = make_orphan();
	wait.fd = ptree_stream_fd(stream);
	check(poll(&wait, 1, 5000) == 1, "poll");
	check(catch_up(stream, tree), "exact again");
	look_at_orphan(tree, orphan);
	kill(orphan, SIGKILL);
out:
	ptree_tree_free(tree);
	ptree_stream_close(stream);
	ptree_close(device);
}

const struct test live_tests[] = {
	{ "live: a snapshot equals /proc", test_equals_proc },
	{ "live: questions are answered as by /proc", test_questions },
	{ "live: a watch, and an orphan's dead parent", test_watch },
	{},
};
