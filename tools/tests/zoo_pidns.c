// SPDX-License-Identifier: GPL-2.0
/* zoo_pidns.c owns the workers of pid namespaces: inside one another, entered, killed. */
#include "zoo.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void reap_dead(void)
{
	while (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
		;
}

/* A fork that may come too late, into a namespace that dies. */
static pid_t try_to_bear(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	pid_t pid = syscall(SYS_clone3, &args, sizeof(args));

	check(pid >= 0 || errno == ENOMEM || errno == EINVAL, "clone3: %m");
	return pid;
}

/* The orphans that an init gets, as long as it may. */
static noreturn void be_init(int rounds)
{
	while (rounds--) {
		if (!try_to_bear()) {
			if (!try_to_bear())
				be_brief();
			if (below(2))
				linger(1000);
			_exit(0);
		}
		linger(1000);
		if (below(2))
			reap_dead();
	}
	_exit(0);
}

/* An init whose end takes a crowd with it, killed or by itself. */
static void kill_init(unsigned long long flags)
{
	pid_t pid = bear(CLONE_NEWPID | flags);

	if (!pid)
		be_init(10);
	linger(10000);
	if (below(2))
		kill(pid, SIGKILL);
	reap(pid);
}

static noreturn void be_nested(int depth)
{
	while (depth--) {
		if (!try_to_bear())
			be_brief();
		/* The child is the next one. */
		if (!bear(CLONE_NEWPID))
			continue;
		linger(8000);
		reap_dead();
		linger(4000);
		_exit(0);
	}
	be_init(6);
}

/* Three deep; the outermost, or whoever is first, ends all the inner ones. */
static void nested(unsigned long long flags)
{
	pid_t pid = bear(CLONE_NEWPID);

	if (!pid)
		be_nested(2);
	linger(12000);
	if (below(2))
		kill(pid, SIGKILL);
	reap(pid);
}

static void enter(pid_t init)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", init);
	fd = sys(open(path, O_RDONLY | O_CLOEXEC));
	sys(setns(fd, CLONE_NEWPID));
	close(fd);
}

/* Children are born into a namespace that their parent is not in. */
static void set_ns(unsigned long long flags)
{
	pid_t init = bear(CLONE_NEWPID | flags), pid;
	int i;

	if (!init) {
		for (i = 0; i < 20; i++) {
			linger(1500);
			reap_dead();
		}
		_exit(0);
	}
	pid = bear(0);
	if (!pid) {
		enter(init);
		for (i = 0; i < 6; i++) {
			if (!try_to_bear()) {
				if (!try_to_bear())
					be_brief();
				if (below(4) == 0)
					sys(setsid());
				be_brief();
			}
			linger(1000);
			if (below(2))
				reap_dead();
		}
		_exit(0);
	}
	linger(10000);
	if (below(2))
		kill(pid, SIGKILL);
	if (below(2))
		kill(init, SIGKILL);
	/* Not the init: it waits for those in it that are our children now. */
	reap(pid);
}

/* The first one born after it is the init; after its end there are no more. */
static void unshare_pid(unsigned long long flags)
{
	int i;

	if (bear(0)) {
		linger(4000);
		return;
	}
	sys(unshare(CLONE_NEWPID));
	for (i = 0; i < 6; i++) {
		if (!try_to_bear()) {
			if (!try_to_bear())
				be_brief();
			linger(4000);
			be_brief();
		}
		linger(500);
	}
	_exit(0);
}

static void *reap_on(void *unused)
{
	int i;

	for (i = 0; i < 5; i++) {
		linger(2000);
		reap_dead();
	}
	return NULL;
}

/* An init whose leader ends: another thread reaps for the namespace. */
static void headless_init(unsigned long long flags)
{
	pid_t pid = bear(CLONE_NEWPID);
	int i;

	if (pid) {
		linger(8000);
		if (!below(3))
			kill(pid, SIGKILL);
		reap(pid);
		return;
	}
	for (i = 0; i < 3; i++)
		act(reap_on, NULL);
	for (i = 0; i < 4; i++) {
		if (!try_to_bear()) {
			if (!try_to_bear())
				be_brief();
			linger(1000);
			_exit(0);
		}
	}
	linger(1000);
	syscall(SYS_exit, 0);
	idle();
}

/* Inside there are subreapers too, whose orphans don't get to the init. */
static void subreaper_inside(unsigned long long flags)
{
	pid_t pid = bear(CLONE_NEWPID);
	int i;

	if (pid) {
		linger(8000);
		if (below(2))
			kill(pid, SIGKILL);
		reap(pid);
		return;
	}
	for (i = 0; i < 3; i++) {
		if (try_to_bear())
			continue;
		sys(prctl(PR_SET_CHILD_SUBREAPER, i & 1));
		if (!try_to_bear()) {
			if (!try_to_bear())
				be_brief();
			_exit(0);
		}
		linger(3000);
		be_brief();
	}
	linger(5000);
	_exit(0);
}

const struct live_case zoo_pidns_cases[] = {
	WORKER("kill-init", kill_init),
	WORKER("kill-init-newuser", kill_init, CLONE_NEWUSER),
	WORKER("nested", nested),
	WORKER("setns", set_ns),
	WORKER("setns-newns", set_ns, CLONE_NEWNS),
	WORKER("unshare-pid", unshare_pid),
	WORKER("headless-init", headless_init),
	WORKER("subreaper-inside", subreaper_inside),
	{},
};
