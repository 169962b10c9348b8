// SPDX-License-Identifier: GPL-2.0
/* proc_test.c owns real processes, as the door to /proc shows them. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../proc.h"
#include "test.h"

#define NAME "a)\n \\\xff\x1b"

static struct ptree *open_door(void)
{
	struct ptree *pt = NULL;

	check(!ptree_open(&pt, NULL, PTREE_OPEN_PROC), "no door");
	return pt;
}

static struct ptree_task *get(struct ptree *pt, unsigned int select,
			      uint64_t value)
{
	struct ptree_task *task = NULL;
	int err = ptree_get(pt, select, value, &task);

	check(!err, "select %u: %d", select, err);
	return task;
}

/* A child that does nothing; with a byte in the pipe it is ready. */
static pid_t spawn(void (*prepare)(void))
{
	int ready[2];
	char byte;
	pid_t pid;

	if (!check(!pipe(ready), "pipe"))
		return -1;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (prepare)
			prepare();
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	check(read(ready[0], &byte, 1) == 1, "child");
	close(ready[0]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void compare_self(const struct ptree_task *task)
{
	check(task->tid == getpid() && task->tgid == getpid(), "numbers");
	check(task->nspid[0] == getpid() && task->levels >= 1, "nspid");
	check(task->ppid == getppid(), "ppid %d", task->ppid);
	check(task->pgid == getpgrp() && task->sid == getsid(0), "groups");
	check(task->uid == getuid() && task->euid == geteuid(), "users");
	check(task->gid == getgid() && task->egid == getegid(), "groups");
	check(task->threads == 1, "threads %u", task->threads);
	check(task->state == PTREE_STATE_RUNNING && task->letter == 'R',
	      "state %c", task->letter);
	check(task->id && task->id == task->process_id, "id");
	check(task->flags & PTREE_TASK_LEADER, "leader");
	check(!(task->mask & (PTREE_MASK_BIRTH | PTREE_MASK_EXIT)) &&
	      !task->birth_id,
	      "what nobody knows");
}

static void test_self(void)
{
	struct ptree *pt = open_door();
	struct ptree_task *task;
	char before[16];
	struct stat st;

	prctl(PR_GET_NAME, before);
	prctl(PR_SET_NAME, NAME);
	task = get(pt, PTREE_SELECT_SELF, 0);
	prctl(PR_SET_NAME, before);
	if (task) {
		compare_self(task);
		check(!strcmp(task->comm, NAME), "%s", task->comm);
		check(!stat("/proc/self/ns/pid", &st) &&
		      task->pidns == st.st_ino,
		      "pidns %u", task->pidns);
	}
	free(task);
	ptree_close(pt);
}

static void test_stable(void)
{
	struct ptree *pt = open_door();
	pid_t pid = spawn(NULL);
	struct ptree_tree *one = NULL, *other = NULL;
	const struct ptree_task *task, *again;

	check(!ptree_snapshot(pt, 0, &one), "first");
	check(!ptree_snapshot(pt, 0, &other), "second");
	if (one && other) {
		task = ptree_tree_find_pid(one, pid);
		again = ptree_tree_find_pid(other, pid);
		check(task && again && task->id == again->id, "child");
		check(task && task->parent_id ==
				      ptree_tree_find_pid(one, getpid())->id,
		      "parent");
		task = ptree_tree_find_pid(one, 1);
		check(task && task->id && ptree_tree_find(other, task->id),
		      "init");
		check(!ptree_tree_seq(one), "seq");
	}
	end(pid);
	ptree_tree_free(one);
	ptree_tree_free(other);
	ptree_close(pt);
}

static void test_zombie(void)
{
	struct ptree *pt = open_door();
	pid_t pid = spawn(NULL);
	struct ptree_task *task;
	siginfo_t info;

	kill(pid, SIGKILL);
	waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
	task = get(pt, PTREE_SELECT_PID, pid);
	check(task && task->state == PTREE_STATE_ZOMBIE && task->letter == 'Z',
	      "state");
	free(task);
	waitpid(pid, NULL, 0);
	check(ptree_get(pt, PTREE_SELECT_PID, pid, &task) == -ESRCH, "reaped");
	ptree_close(pt);
}

static void make_traced(void)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static void test_tracer(void)
{
	struct ptree *pt = open_door();
	pid_t pid = spawn(make_traced), other = spawn(NULL);
	struct ptree_task *task;

	task = get(pt, PTREE_SELECT_PID, pid);
	check(task && task->tracer == getpid(), "tracer");
	free(task);
	task = get(pt, PTREE_SELECT_PID, other);
	check(task && !task->tracer, "no tracer");
	free(task);
	end(other);
	end(pid);
	ptree_close(pt);
}

static void *thread(void *tid)
{
	prctl(PR_SET_NAME, "a thread");
	__atomic_store_n((int *)tid, gettid(), __ATOMIC_RELEASE);
	pause();
	return NULL;
}

static int tid;

static void make_thread(void)
{
	pthread_t handle;

	pthread_create(&handle, NULL, thread, &tid);
	while (!__atomic_load_n(&tid, __ATOMIC_ACQUIRE))
		sched_yield();
}

static void test_threads(void)
{
	struct ptree *pt = open_door();
	pid_t pid = spawn(make_thread);
	const struct ptree_task *process, *task;
	struct ptree_tree *tree = NULL;
	struct ptree_task *alone;

	if (!check(!ptree_snapshot(pt, PTREE_WATCH_THREADS, &tree), "none"))
		goto out;
	process = ptree_tree_find_pid(tree, pid);
	task = ptree_tree_thread(tree, process, NULL);
	if (!check(process && task, "a thread"))
		goto out;
	check(process->threads == 2, "%u", process->threads);
	check(task->tgid == pid && task->tid != pid, "numbers");
	check(task->process_id == process->id, "process");
	check(!strcmp(task->comm, "a thread"), "%s", task->comm);
	check(!(task->mask & PTREE_MASK_PROCESS) && !task->ppid, "shared");
	check(!ptree_tree_thread(tree, process, task), "one more");
	check(ptree_tree_parent(tree, task) ==
	      ptree_tree_find_pid(tree, getpid()),
	      "parent");
	alone = get(pt, PTREE_SELECT_PID, task->tid);
	check(alone && alone->id == task->id &&
	      alone->process_id == process->id,
	      "asked for alone");
	free(alone);
out:
	ptree_tree_free(tree);
	end(pid);
	ptree_close(pt);
}

static bool in_list(const struct ptree_list *list, int number)
{
	const struct ptree_task *task = NULL;

	while ((task = ptree_list_next(list, task)))
		if (task->tid == number)
			return true;
	return false;
}

static void lead_session(void)
{
	setsid();
	spawn(NULL);
}

static void check_members(struct ptree *pt, unsigned int what, pid_t pid,
			  size_t length, bool ours)
{
	struct ptree_list *list;
	int err;

	err = ptree_members(pt, what, 0, PTREE_SELECT_PID, pid, &list);
	if (!check(!err, "members %u: %d", what, err))
		return;
	check(ptree_list_length(list) == length, "members %u: %zu", what,
	      ptree_list_length(list));
	check(in_list(list, pid), "members %u: without it", what);
	check(in_list(list, getpid()) == ours, "members %u: us", what);
	ptree_list_free(list);
}

static void test_members(void)
{
	struct ptree *pt = open_door();
	pid_t pid = spawn(lead_session);
	struct ptree_list *list;
	struct ptree_task *task;

	check_members(pt, PTREE_MEMBERS_SUBTREE, pid, 2, false);
	check_members(pt, PTREE_MEMBERS_PGRP, pid, 2, false);
	check_members(pt, PTREE_MEMBERS_SESSION, pid, 2, false);
	if (check(!ptree_members(pt, PTREE_MEMBERS_SUBTREE, 0,
				 PTREE_SELECT_SELF, 0, &list),
		  "ours")) {
		check(ptree_list_length(list) == 3 && in_list(list, pid), "3");
		ptree_list_free(list);
	}
	task = get(pt, PTREE_SELECT_SID, pid);
	check(task && task->tid == pid &&
	      task->flags & PTREE_TASK_SESSION_LEADER,
	      "leader");
	free(task);
	end(pid);
	/* Its child was killed with it, and is somebody else's zombie now. */
	ptree_close(pt);
}

/* The leader of the group is gone, and its child still in it. */
static void test_group_without_leader(void)
{
	struct ptree *pt = open_door();
	pid_t leader, member = spawn(NULL);
	struct ptree_task *task;

	leader = spawn(NULL);
	setpgid(leader, leader);
	check(!setpgid(member, leader), "setpgid");
	end(leader);
	task = get(pt, PTREE_SELECT_PGID, leader);
	check(task && task->tid == member, "member");
	free(task);
	end(member);
	check(ptree_get(pt, PTREE_SELECT_PGID, leader, &task) == -ESRCH,
	      "nobody");
	ptree_close(pt);
}

static void test_ancestry(void)
{
	struct ptree *pt = open_door();
	const struct ptree_task *task;
	struct ptree_list *list;
	pid_t pid = spawn(NULL);

	if (check(!ptree_ancestry(pt, PTREE_ANCESTRY_REAL, PTREE_SELECT_PID,
				  pid, &list),
		  "refused")) {
		task = ptree_list_next(list, NULL);
		check(task && task->tid == pid, "first");
		task = task ? ptree_list_next(list, task) : NULL;
		check(task && task->tid == getpid(), "second");
		while (task && ptree_list_next(list, task)) {
			check(task->ppid == ptree_list_next(list, task)->tid,
			      "parent of %d", task->tid);
			task = ptree_list_next(list, task);
		}
		check(task && !task->parent_id, "oldest");
		ptree_list_free(list);
	}
	end(pid);
	ptree_close(pt);
}

static void test_selectors(void)
{
	struct ptree *pt = open_door();
	pid_t pid = spawn(NULL);
	int pidfd = syscall(SYS_pidfd_open, pid, 0);
	struct ptree_task *task, *same;

	task = get(pt, PTREE_SELECT_PIDFD, pidfd);
	check(task && task->tid == pid, "pidfd");
	same = get(pt, PTREE_SELECT_ID, task ? task->id : 0);
	check(task && same && same->tid == pid, "id");
	free(same);
	check(ptree_get(pt, PTREE_SELECT_ID, (task ? task->id : 0) + (1 << 22),
			&same) == -ESRCH,
	      "somebody else's number");
	free(task);
	end(pid);
	check(ptree_get(pt, PTREE_SELECT_PIDFD, pidfd, &task) == -ESRCH,
	      "dead");
	check(ptree_get(pt, PTREE_SELECT_PIDFD, 0, &task) == -EBADF,
	      "no pidfd");
	close(pidfd);
	check(ptree_get(pt, PTREE_SELECT_PIDFD, pidfd, &task) == -EBADF,
	      "closed");
	check(ptree_get(pt, PTREE_SELECT_PID, 0, &task) == -ESRCH, "0");
	check(ptree_get(pt, PTREE_SELECT_PID, 1ULL << 40, &task) == -ESRCH,
	      "large");
	check(ptree_get(pt, 77, 0, &task) == -EINVAL, "unknown");
	ptree_close(pt);
}

static void test_not_told(void)
{
	struct ptree *pt = open_door();
	struct ptree_stream *stream;
	struct ptree_list *list;
	struct ptree_tree *tree;
	struct ptree_info info;

	check(ptree_best_effort(pt), "best effort");
	check(ptree_info_get(pt, &info) == -EOPNOTSUPP, "info");
	check(ptree_watch(pt, 0, 0, &stream) == -EOPNOTSUPP, "watch");
	check(ptree_snapshot(pt, PTREE_WATCH_DEAD, &tree) == -EOPNOTSUPP,
	      "dead");
	check(ptree_ancestry(pt, PTREE_ANCESTRY_BIRTH, 0, 0, &list) ==
	      -EOPNOTSUPP,
	      "birth");
	check(ptree_members(pt, PTREE_MEMBERS_BIRTH_SUBTREE, 0, 0, 0, &list) ==
	      -EOPNOTSUPP,
	      "birth subtree");
	check(ptree_members(pt, 0, PTREE_QUERY_DEAD, 0, 0, &list) ==
	      -EOPNOTSUPP,
	      "dead members");
	check(ptree_members(pt, 99, 0, 0, 0, &list) == -EINVAL, "what");
	check(ptree_members(pt, 0, 1 << 9, 0, 0, &list) == -EINVAL, "flags");
	check(ptree_ancestry(pt, 99, 0, 0, &list) == -EINVAL, "what");
	ptree_close(pt);
}

static void enter_namespace(void)
{
	if (unshare(CLONE_NEWPID) || spawn(NULL) < 0)
		_exit(1);
}

/* The child of @pid, alone in its namespace as 1. */
static void compare_inner(struct ptree *pt, const struct ptree_task *inner)
{
	struct ptree_list *list;
	uint64_t id = 0;

	check(inner->levels == 2 && inner->nspid[0] == inner->tid &&
	      inner->nspid[1] == 1,
	      "numbers: %d levels", inner->levels);
	check(ptree_number(pt, PTREE_NUMBER_PID, inner->tid, 0, inner->pidns,
			   &id) == 1,
	      "inwards");
	check(id == inner->id, "id");
	check(ptree_number(pt, PTREE_NUMBER_TGID, 1, inner->pidns, 0, NULL) ==
	      inner->tid,
	      "outwards");
	check(!ptree_number(pt, PTREE_NUMBER_PID, getpid(), 0, inner->pidns,
			    NULL),
	      "we are not in there");
	check(ptree_number(pt, PTREE_NUMBER_PID, 1, 77, 0, NULL) == -ENOENT,
	      "no namespace");
	check(ptree_number(pt, PTREE_NUMBER_PID, 1, 0, 77, NULL) == -ENOENT,
	      "no other namespace");
	check(ptree_number(pt, PTREE_NUMBER_PID, 77, inner->pidns, 0, NULL) ==
	      -ESRCH,
	      "no number");
	check(ptree_number(pt, 9, 1, 0, 0, NULL) == -EINVAL, "type");
	if (check(!ptree_members(pt, PTREE_MEMBERS_NAMESPACE, 0,
				 PTREE_SELECT_PID, inner->tid, &list),
		  "members")) {
		check(ptree_list_length(list) == 1, "it alone");
		ptree_list_free(list);
	}
	if (check(!ptree_members(pt, PTREE_MEMBERS_NAMESPACE, 0,
				 PTREE_SELECT_SELF, 0, &list),
		  "members")) {
		check(in_list(list, getpid()) && in_list(list, inner->tid),
		      "inside of ours");
		ptree_list_free(list);
	}
}

static void test_namespace(void)
{
	struct ptree *pt = open_door();
	struct ptree_tree *tree = NULL;
	const struct ptree_task *inner;
	pid_t pid;

	if (geteuid()) {
		printf("# not root: no namespace of our own\n");
		ptree_close(pt);
		return;
	}
	pid = spawn(enter_namespace);
	check(!ptree_snapshot(pt, 0, &tree), "none");
	inner = tree ? ptree_tree_child(tree, ptree_tree_find_pid(tree, pid),
					NULL) :
		       NULL;
	if (check(inner, "child"))
		compare_inner(pt, inner);
	check(ptree_number(pt, PTREE_NUMBER_PGID, getpgrp(), 0, 0, NULL) ==
	      getpgrp(),
	      "group");
	ptree_tree_free(tree);
	end(pid);
	ptree_close(pt);
}

static int orphans[2];

/* A child that stays when its parent dies tells its number. */
static void have_orphan(void)
{
	pid_t pid = fork();

	if (pid)
		return;
	pid = getpid();
	if (write(orphans[1], &pid, sizeof(pid)) == sizeof(pid))
		pause();
	_exit(1);
}

/* Between reading a task and its parent, that one dies. */
static void check_orphan(struct ptree *pt, pid_t parent, pid_t orphan)
{
	const struct ptree_task *task;
	struct ptree_scan scan;
	struct ptree_tree *tree;
	uint64_t id;

	if (!check(!ptree_tree_new(&tree, 0), "tree"))
		return;
	check(!ptree_scan_begin(&scan, pt, tree), "begin");
	check(!ptree_scan_one(&scan, orphan, &id), "orphan");
	task = ptree_tree_find(tree, id);
	check(task && task->ppid == parent, "its parent lives");
	end(parent);
	check(!ptree_scan_kin(&scan, id), "kin");
	task = ptree_tree_find(tree, id);
	check(task && task->ppid != parent, "its parent is dead");
	check(task && ptree_tree_parent(tree, task) &&
	      ptree_tree_parent(tree, task)->tid == task->ppid,
	      "and it has another one");
	ptree_scan_end(&scan);
	ptree_tree_free(tree);
}

static void test_orphan(void)
{
	struct ptree *pt = open_door();
	pid_t parent, orphan = 0;

	if (!check(!pipe(orphans), "pipe"))
		return;
	parent = spawn(have_orphan);
	check(read(orphans[0], &orphan, sizeof(orphan)) == sizeof(orphan),
	      "orphan");
	check_orphan(pt, parent, orphan);
	kill(orphan, SIGKILL);
	close(orphans[0]);
	close(orphans[1]);
	ptree_close(pt);
}

static int find_thread(struct ptree *pt, pid_t pid)
{
	const struct ptree_task *task;
	struct ptree_tree *tree;
	int found = 0;

	if (!check(!ptree_snapshot(pt, PTREE_WATCH_THREADS, &tree), "none"))
		return 0;
	task = ptree_tree_find_pid(tree, pid);
	task = ptree_tree_thread(tree, task, NULL);
	if (check(task, "a thread"))
		found = task->tid;
	ptree_tree_free(tree);
	return found;
}

/* Between reading a thread and its process, both die. */
static void test_thread_dies(void)
{
	struct ptree *pt = open_door();
	pid_t pid = spawn(make_thread);
	struct ptree_scan scan;
	struct ptree_tree *tree;
	uint64_t id;

	if (!check(!ptree_tree_new(&tree, 0), "tree"))
		return;
	check(!ptree_scan_begin(&scan, pt, tree), "begin");
	check(!ptree_scan_one(&scan, find_thread(pt, pid), &id), "thread");
	end(pid);
	check(ptree_tree_find(tree, id), "it was read");
	check(!ptree_scan_kin(&scan, id), "kin");
	check(!ptree_tree_find(tree, id), "it is nobody's thread");
	ptree_scan_end(&scan);
	ptree_tree_free(tree);
	ptree_close(pt);
}

/* A number that somebody else had when it was read before. */
static void test_former(void)
{
	struct ptree *pt = open_door();
	struct ptree_scan scan;
	struct ptree_tree *tree;
	union wire wire;
	uint64_t id = 0;

	if (!check(!ptree_tree_new(&tree, 0), "tree"))
		return;
	check(!ptree_scan_begin(&scan, pt, tree), "begin");
	wire_living(&wire, 5, getpid(), 0);
	check(!ptree_tree_apply(tree, &wire.head), "apply");
	check(!ptree_scan_one(&scan, getpid(), &id), "us");
	check(ptree_tree_find(tree, id) && !ptree_tree_find(tree, 5),
	      "the former one is gone");
	ptree_scan_end(&scan);
	ptree_tree_free(tree);
	ptree_close(pt);
}

/* Some are born and die all the time, but no more than three at once. */
static void fork_on(void)
{
	pid_t pid = fork();

	if (pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		pid = fork();
		if (!pid) {
			pid = fork();
			waitpid(pid, NULL, 0);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

static void ask_all(struct ptree *pt, const struct ptree_tree *tree)
{
	const struct ptree_task *task = NULL;
	struct ptree_task *again;
	int err;

	while ((task = ptree_tree_next(tree, task))) {
		err = ptree_get(pt, PTREE_SELECT_ID, task->id, &again);
		check(!err || err == -ESRCH, "%d: %d", task->tid, err);
		if (!err)
			free(again);
	}
}

static void test_restless(void)
{
	struct ptree *pt = open_door();
	pid_t pid = spawn(fork_on);
	struct ptree_tree *tree = NULL;
	int i, err = 0;

	for (i = 0; i < 20 && !err; i++) {
		err = ptree_snapshot(pt, PTREE_WATCH_THREADS, &tree);
		if (!check(!err, "%d", err))
			break;
		check(ptree_tree_find_pid(tree, getpid()) &&
		      ptree_tree_find_pid(tree, pid),
		      "those that stay");
		ask_all(pt, tree);
		ptree_tree_free(tree);
	}
	end(pid);
	ptree_close(pt);
}

const struct test proc_tests[] = {
	{ "proc: this process, and any bytes in its name", test_self },
	{ "proc: ids are the same in two scans", test_stable },
	{ "proc: a zombie", test_zombie },
	{ "proc: one that is traced", test_tracer },
	{ "proc: threads", test_threads },
	{ "proc: subtree, group and session", test_members },
	{ "proc: a group without its leader", test_group_without_leader },
	{ "proc: ancestry", test_ancestry },
	{ "proc: selectors", test_selectors },
	{ "proc: what it does not tell is refused", test_not_told },
	{ "proc: a pid namespace", test_namespace },
	{ "proc: a parent that dies while it is read", test_orphan },
	{ "proc: a thread that dies while it is read", test_thread_dies },
	{ "proc: a number that somebody else had", test_former },
	{ "proc: while others are born and die", test_restless },
	{},
};
