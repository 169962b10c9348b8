// SPDX-License-Identifier: GPL-2.0
/* zoo_birth.c owns the workers that make processes and threads in all ways there are. */
#include "zoo.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of kernels newer than the headers may be. */
#ifndef CLONE_AUTOREAP
#define CLONE_AUTOREAP (1ULL << 34)
#define CLONE_NNP (1ULL << 35)
#define CLONE_PIDFD_AUTOKILL (1ULL << 36)
#define CLONE_EMPTY_MNTNS (1ULL << 37)
#endif
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

static void fork_some(unsigned long long flags)
{
	int i, nr = 1 + below(6);

	for (i = 0; i < nr; i++) {
		if (bear(0))
			continue;
		if (below(2) && !bear(0) && below(2) && !bear(0))
			be_brief();
		be_brief();
	}
	linger(3000);
}

/* Every parent is gone before its child is: each goes from hand to hand. */
static void fork_twice(unsigned long long flags)
{
	int i, depth = 2 + below(6);

	for (i = 0; i < depth; i++) {
		if (bear(0)) {
			if (i)
				_exit(0);
			linger(3000);
			return;
		}
		if (!below(3))
			sys(setsid());
		linger(500);
	}
	be_brief();
}

static void fork_and_exec(unsigned long long flags)
{
	pid_t pid[3];
	int i;

	for (i = 0; i < 3; i++) {
		pid[i] = bear(0);
		if (!pid[i])
			execute();
	}
	linger(20000);
	quit_all(pid, 3);
}

/* All these use the stack of whoever waits for them. */
static void vfork_some(unsigned long long flags)
{
	pid_t pid = vfork();

	sys(pid);
	if (!pid)
		_exit(7);
	pid = vfork();
	sys(pid);
	if (!pid) {
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
}

static int be_cloned(void *unused)
{
	if (!below(4) && !bear(0))
		be_brief();
	linger(5000);
	syscall(SYS_exit, 0);
	return 0;
}

static void *new_stack(void)
{
	const size_t size = 65536;
	char *stack = mmap(NULL, size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

	check(stack != MAP_FAILED, "mmap: %m");
	return stack + size;
}

/* One who waits for a vfork is killed before it ends. */
static void vfork_killed(unsigned long long flags)
{
	pid_t pid = bear(0);

	if (!pid) {
		clone(be_cloned, new_stack(), CLONE_VM | CLONE_VFORK | SIGCHLD,
		      NULL);
		_exit(0);
	}
	linger(5000);
	quit(pid);
}

static pid_t tid;

static void clone_some(unsigned long long flags)
{
	int i, nr = 1 + below(4);

	for (i = 0; i < nr; i++)
		sys(clone(be_cloned, new_stack(), flags, NULL, &tid, NULL,
			  &tid));
	linger(5000);
}

static noreturn void be_family(void)
{
	int i;

	for (i = below(3); i > 0; i--)
		if (!bear(0))
			be_brief();
	if (below(2))
		reap_all();
	be_brief();
}

static void clone3_some(unsigned long long flags)
{
	int pidfd = -1, i, nr = 1 + below(3);
	struct clone_args args = {
		.flags = flags,
		.pidfd = (uintptr_t)&pidfd,
		.parent_tid = (uintptr_t)&tid,
		.child_tid = (uintptr_t)&tid,
		.exit_signal = flags & (CLONE_AUTOREAP | CLONE_PARENT) ?
				       0 : SIGCHLD,
	};
	long pid;

	for (i = 0; i < nr; i++) {
		pid = syscall(SYS_clone3, &args, sizeof(args));
		if (pid < 0 && errno == EINVAL)
			refused();
		sys(pid);
		if (!pid)
			be_family();
	}
	linger(5000);
	if (pidfd < 0)
		return;
	if (below(2))
		syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
	close(pidfd);
}

/* An aunt, for as long as whoever was asked to be the parent lives. */
static void clone_parent(unsigned long long flags)
{
	pid_t pid = bear(0);
	int i;

	if (pid) {
		linger(2000);
		if (below(2))
			kill(pid, SIGKILL);
		return;
	}
	for (i = 0; i < 8; i++) {
		pid = bear(0);
		if (!pid) {
			make_with(CLONE_PARENT);
			be_brief();
		}
		if (!bear(CLONE_PARENT))
			be_brief();
		linger(500);
	}
	_exit(0);
}

static void *be_thread(void *left)
{
	if (left && !below(3))
		act(be_thread, (char *)left - 1);
	if (!below(4) && !bear(0))
		be_brief();
	linger(5000);
	return NULL;
}

/* A number is taken again at once, and again. */
static void set_tid(unsigned long long flags)
{
	pid_t number = 300;
	struct clone_args args = {
		.set_tid = (uintptr_t)&number,
		.set_tid_size = 1,
		.exit_signal = SIGCHLD,
	};
	pid_t pid = bear(flags);
	int i;

	if (pid) {
		reap(pid);
		return;
	}
	if (!(flags & CLONE_NEWPID)) {
		number = bear(0);
		if (!number)
			_exit(0);
		reap(number);
	}
	for (i = 0; i < 10; i++) {
		pid = syscall(SYS_clone3, &args, sizeof(args));
		/* Somebody else had it. */
		if (pid < 0 && errno == EEXIST)
			continue;
		sys(pid);
		if (!pid) {
			act(be_thread, NULL);
			be_brief();
		}
		check(pid == number, "%d is born as %d", number, pid);
		if (below(2))
			quit(pid);
		else
			reap(pid);
	}
	_exit(0);
}

/* What was reaped is there again under the same number. */
static void reuse(unsigned long long flags)
{
	pid_t pid = bear(CLONE_NEWPID);
	int fd, i;

	if (pid) {
		int status;

		sys(waitpid(pid, &status, 0));
		if (status)
			refused();
		return;
	}
	for (i = 0; i < 20; i++) {
		fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
		if (fd < 0 || write(fd, "9", 1) != 1)
			_exit(1);
		close(fd);
		pid = bear(0);
		if (!pid) {
			if (below(2) && !bear(0))
				be_brief();
			if (below(2))
				sys(setsid());
			_exit(0);
		}
		if (below(4))
			reap(pid);
	}
	_exit(0);
}

static void threads(unsigned long long flags)
{
	pid_t pid = bear(0);
	int i;

	if (pid) {
		linger(5000);
		if (below(2))
			kill(pid, SIGKILL);
		return;
	}
	for (i = 1 + below(8); i > 0; i--)
		act(be_thread, (void *)3);
	linger(3000);
	_exit(0);
}

#define THREAD (CLONE_VM | CLONE_SIGHAND | CLONE_THREAD)

const struct live_case zoo_birth_cases[] = {
	WORKER("fork", fork_some),
	WORKER("fork-twice", fork_twice),
	WORKER("fork-exec", fork_and_exec),
	WORKER("vfork", vfork_some),
	WORKER("vfork-killed", vfork_killed),
	WORKER("clone-vm", clone_some, CLONE_VM | SIGCHLD),
	WORKER("clone-vfork", clone_some, CLONE_VM | CLONE_VFORK | SIGCHLD),
	WORKER("clone-sighand", clone_some, CLONE_VM | CLONE_SIGHAND | SIGCHLD),
	WORKER("clone-thread", clone_some, THREAD),
	WORKER("clone-thread-all", clone_some,
	       THREAD | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM | CLONE_IO),
	WORKER("clone-thread-vfork", clone_some, THREAD | CLONE_VFORK),
	WORKER("clone-all", clone_some,
	       CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
		       CLONE_SYSVSEM | CLONE_IO | SIGCHLD),
	WORKER("clone-vm-parent", clone_some, CLONE_VM | CLONE_PARENT),
	WORKER("clone-silent", clone_some, CLONE_VM),
	WORKER("clone-signal", clone_some, CLONE_VM | SIGURG),
	WORKER("clone3-files", clone3_some, CLONE_FILES),
	WORKER("clone3-fs", clone3_some, CLONE_FS),
	WORKER("clone3-io", clone3_some, CLONE_IO | CLONE_SYSVSEM),
	WORKER("clone3-vfork", clone3_some, CLONE_VFORK),
	WORKER("clone3-parent", clone3_some, CLONE_PARENT),
	WORKER("clone3-pidfd", clone3_some, CLONE_PIDFD),
	WORKER("clone3-settid", clone3_some,
	       CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID |
		       CLONE_UNTRACED),
	WORKER("clone3-sighand", clone3_some, CLONE_CLEAR_SIGHAND),
	WORKER("clone3-autoreap", clone3_some, CLONE_AUTOREAP),
	WORKER("clone3-autokill", clone3_some,
	       CLONE_PIDFD | CLONE_AUTOREAP | CLONE_PIDFD_AUTOKILL | CLONE_NNP),
	WORKER("clone3-newns", clone3_some, CLONE_NEWNS),
	WORKER("clone3-emptyns", clone3_some, CLONE_NEWNS | CLONE_EMPTY_MNTNS),
	WORKER("clone3-newuser", clone3_some, CLONE_NEWUSER),
	WORKER("clone3-newpid", clone3_some, CLONE_NEWPID),
	WORKER("clone3-newpid-user", clone3_some,
	       CLONE_NEWPID | CLONE_NEWUSER),
	WORKER("clone3-newuts-ipc", clone3_some, CLONE_NEWUTS | CLONE_NEWIPC),
	WORKER("clone3-newnet", clone3_some, CLONE_NEWNET),
	WORKER("clone3-newcgroup", clone3_some, CLONE_NEWCGROUP),
	WORKER("clone3-newtime", clone3_some, CLONE_NEWTIME),
	WORKER("clone-parent", clone_parent),
	WORKER("set-tid", set_tid),
	WORKER("set-tid-newpid", set_tid, CLONE_NEWPID),
	WORKER("reuse", reuse),
	WORKER("threads", threads),
	{},
};
