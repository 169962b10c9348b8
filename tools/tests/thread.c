// SPDX-License-Identifier: GPL-2.0
/* thread.c owns the cases of threads: counted, outliving their leader, executing. */
#include "case.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the threads of a case's process share with the case. */
static struct {
	int ready;
	int go;
	int execute;
	pid_t *pid;
} is;

static void set_up(void)
{
	is.ready = gate_new();
	is.go = gate_new();
	is.execute = gate_new();
	is.pid = share(8 * sizeof(*is.pid));
}

static void *wait_to_go(void *arg)
{
	gate_open(is.ready);
	gate_pass(is.go);
	return arg;
}

static void start(void *(*body)(void *), void *arg)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, body, arg);
	check(!errno, "pthread_create: %m");
	pthread_detach(thread);
}

static void expect_threads(pid_t pid, int threads)
{
	struct truth truth;
	long end = now_ms() + PATIENCE_MS;

	while (!truth_read(NULL, pid, &truth) || truth.threads != threads) {
		check(now_ms() < end, "%d has %d threads, not %d", pid,
		      truth.threads, threads);
		nap();
	}
}

static void count(void)
{
	pid_t pid;
	int i;

	set_up();
	pid = make();
	if (!pid) {
		for (i = 0; i < 8; i++)
			start(wait_to_go, NULL);
		idle();
	}
	for (i = 0; i < 8; i++)
		gate_pass(is.ready);
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'S');
	for (i = 8; i--;) {
		gate_open(is.go);
		expect_threads(pid, 1 + i);
		SEE(.pid = pid, .ppid = getpid(), .orig = getpid(),
		    .state = 'S');
	}
	quit(pid);
	see_gone(pid);
}

/* The leader is a zombie that can't be reaped before its threads. */
static void leader_first(void)
{
	pid_t pid;

	set_up();
	pid = make();
	if (!pid) {
		is.pid[0] = make_idle();
		start(wait_to_go, NULL);
		start(wait_to_go, NULL);
		syscall(SYS_exit, 0);
	}
	gate_pass(is.ready);
	gate_pass(is.ready);
	await_state(pid, "Z");
	expect_threads(pid, 3);
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'Z');
	/* Its children are a living thread's: the same process's. */
	SEE(.pid = is.pid[0], .ppid = pid, .orig = pid, .state = 'S');
	gate_open(is.go);
	expect_threads(pid, 2);
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'Z');
	gate_open(is.go);
	await_zombie(pid);
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'Z');
	SEE(.pid = is.pid[0], .ppid = getppid(), .orig = pid, .state = 'S');
	reap(pid);
	see_gone(pid);
	SEE(.pid = is.pid[0], .ppid = getppid(), .orig = pid, .orig_dead = true,
	    .state = 'S');
}

static void *execute(void *argv)
{
	is.pid[1] = make_idle();
	gate_open(is.ready);
	gate_pass(is.execute);
	execv(*(char **)argv, argv);
	fail("%s: %m", *(char **)argv);
}

static void *bear(void *arg)
{
	is.pid[2] = make_idle();
	return wait_to_go(arg);
}

/*
 * process: leader -- child 0, thread -- child 1, thread -- child 2. The first
 * thread executes: it becomes the leader, and all children stay.
 */
static void exec_in_thread(char **argv, const char *name, bool leader_dead)
{
	pid_t pid;
	int i;

	set_up();
	pid = make();
	if (!pid) {
		is.pid[0] = make_idle();
		start(bear, NULL);
		start(execute, argv);
		if (leader_dead)
			syscall(SYS_exit, 0);
		idle();
	}
	gate_pass(is.ready);
	gate_pass(is.ready);
	if (leader_dead)
		await_state(pid, "Z");
	expect_threads(pid, 3);
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(),
	    .state = leader_dead ? 'Z' : 'S');
	gate_open(is.execute);
	await_name(pid, name);
	expect_threads(pid, 1);
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'S');
	for (i = 0; i < 3; i++)
		SEE(.pid = is.pid[i], .ppid = pid, .orig = pid, .state = 'S');
	/* A child of the thread that has its leader's number now. */
	if (!strcmp(name, "sh")) {
		await_state(pid, "S");
		await_name(child_of(pid), "sleep");
		is.pid[3] = child_of(pid);
		SEE(.pid = is.pid[3], .ppid = pid, .orig = pid, .state = 'S');
	}
	quit(pid);
	see_gone(pid);
	for (i = 0; i < 4; i++)
		if (is.pid[i])
			SEE(.pid = is.pid[i], .ppid = getppid(), .orig = pid,
			    .orig_dead = true, .state = 'S');
}

static void exec_thread(void)
{
	char *argv[3] = { "/bin/sleep", "10000", NULL };

	exec_in_thread(argv, "sleep", false);
}

static void exec_thread_leader_dead(void)
{
	char *argv[3] = { "/bin/sleep", "10000", NULL };

	exec_in_thread(argv, "sleep", true);
}

static void exec_thread_then_fork(void)
{
	char *argv[4] = { "/bin/sh", "-c", "sleep 10000 & wait", NULL };

	exec_in_thread(argv, "sh", false);
}

static void *thread_of_threads(void *arg)
{
	start(wait_to_go, NULL);
	gate_open(is.ready);
	gate_pass(is.go);
	return arg;
}

/* A thread made by a thread is its process's, and its children too. */
static void thread_of_thread(void)
{
	pid_t pid;

	set_up();
	pid = make();
	if (!pid) {
		start(thread_of_threads, NULL);
		idle();
	}
	gate_pass(is.ready);
	gate_pass(is.ready);
	expect_threads(pid, 3);
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'S');
	gate_open(is.go);
	expect_threads(pid, 2);
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'S');
}

/* The kernel's own thread in the process. */
static void io_uring(void)
{
	pid_t pid;

	set_up();
	pid = make();
	if (!pid) {
		struct io_uring_params params = {
			.flags = IORING_SETUP_SQPOLL,
			.sq_thread_idle = 10,
		};

		if (syscall(SYS_io_uring_setup, 4, &params) < 0) {
			if (errno != EINVAL && errno != ENOMEM)
				skip("io_uring_setup: %m");
			fail("io_uring_setup: %m");
		}
		gate_open(is.ready);
		idle();
	}
	gate_pass(is.ready);
	expect_threads(pid, 2);
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'S');
	quit(pid);
	see_gone(pid);
}

const struct live_case thread_cases[] = {
	{ "threads", count },
	{ "leader-first", leader_first },
	{ "exec-in-thread", exec_thread },
	{ "exec-in-thread-leader-dead", exec_thread_leader_dead },
	{ "exec-in-thread-then-fork", exec_thread_then_fork },
	{ "thread-of-thread", thread_of_thread },
	{ "io-uring", io_uring },
	{},
};
