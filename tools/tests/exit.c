// SPDX-License-Identifier: GPL-2.0
/* exit.c owns the cases of being stopped, traced, dead and gone. */
#include "case.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void zombie(void)
{
	pid_t pid = make();
	int i;

	if (!pid)
		_exit(3);
	await_zombie(pid);
	/* It stays as long as nobody waits for it. */
	for (i = 0; i < 5; i++)
		SEE(.pid = pid, .ppid = getpid(), .orig = getpid(),
		    .state = 'Z');
	reap(pid);
	see_gone(pid);

	/* Killed makes no difference. */
	pid = make_idle();
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'S');
	sys(kill(pid, SIGKILL));
	await_zombie(pid);
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'Z');
	reap(pid);
	see_gone(pid);
}

/* A zombie that becomes an orphan is its new parent's to reap. */
static void zombie_orphan(void)
{
	pid_t *inner = share(sizeof(*inner));
	int ready = gate_new();
	pid_t mother = make();

	if (!mother) {
		pid_t child = make();

		if (!child)
			_exit(0);
		await_zombie(child);
		*inner = child;
		gate_open(ready);
		idle();
	}
	gate_pass(ready);
	SEE(.pid = *inner, .ppid = mother, .orig = mother, .state = 'Z');
	quit(mother);
	/* The watcher above us does not reap before we are through. */
	SEE(.pid = *inner, .ppid = getppid(), .orig = mother, .orig_dead = true,
	    .state = 'Z');
}

static void ignored(int flags)
{
	struct sigaction action = {
		.sa_handler = flags ? SIG_DFL : SIG_IGN,
		.sa_flags = flags,
	};
	int i;

	sys(sigaction(SIGCHLD, &action, NULL));
	for (i = 0; i < 20; i++) {
		pid_t pid = make();

		if (!pid)
			_exit(0);
		see_gone(pid);
	}
}

static void child_ignored(void)
{
	ignored(0);
}

static void child_no_wait(void)
{
	ignored(SA_NOCLDWAIT);
}

static void stopped(void)
{
	pid_t pid = make_idle();

	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'S');
	sys(kill(pid, SIGSTOP));
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'T');
	sys(kill(pid, SIGCONT));
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'S');
}

/* Who traces is a parent to wait(2), and none to /proc. */
static void traced(void)
{
	pid_t pid = make_idle(), tracer;
	int ready = gate_new(), go = gate_new();

	tracer = make();
	if (!tracer) {
		sys(ptrace(PTRACE_SEIZE, pid, NULL, NULL));
		sys(ptrace(PTRACE_INTERRUPT, pid, NULL, NULL));
		sys(waitpid(pid, NULL, __WALL));
		gate_open(ready);
		gate_pass(go);
		sys(ptrace(PTRACE_DETACH, pid, NULL, NULL));
		idle();
	}
	gate_pass(ready);
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 't');
	gate_open(go);
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'S');

	/* Dead, and its tracer has not looked yet: not yet ours to reap. */
	sys(kill(tracer, SIGKILL));
	reap(tracer);
	tracer = make();
	if (!tracer) {
		sys(ptrace(PTRACE_SEIZE, pid, NULL, NULL));
		gate_open(ready);
		idle();
	}
	gate_pass(ready);
	sys(kill(pid, SIGKILL));
	await_zombie(pid);
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'Z');
	sys(kill(tracer, SIGKILL));
	reap(tracer);
	reap(pid);
	see_gone(pid);
}

/* Many at once, in an order that is nobody's plan. */
static void many_orders(void)
{
	pid_t pid[64];
	unsigned int i, at;

	for (i = 0; i < ARRAY_SIZE(pid); i++)
		pid[i] = make_idle();
	for (i = 0; i < ARRAY_SIZE(pid); i++) {
		at = (i * 29 + 7) % ARRAY_SIZE(pid);
		sys(kill(pid[at], SIGKILL));
		if (i % 2)
			reap(pid[at]);
	}
	for (i = 0; i < ARRAY_SIZE(pid); i++) {
		at = (i * 29 + 7) % ARRAY_SIZE(pid);
		if (i % 2) {
			see_gone(pid[at]);
			continue;
		}
		await_zombie(pid[at]);
		SEE(.pid = pid[at], .ppid = getpid(), .orig = getpid(),
		    .state = 'Z');
	}
}

const struct live_case exit_cases[] = {
	{ "zombie", zombie },
	{ "zombie-orphan", zombie_orphan },
	{ "sigchld-ignored", child_ignored },
	{ "sigchld-no-wait", child_no_wait },
	{ "stopped", stopped },
	{ "traced", traced },
	{ "many-exits", many_orders },
	{},
};
