// SPDX-License-Identifier: GPL-2.0
/* zoo_exec.c owns the workers whose threads execute, and whose threads outlive their leader. */
#include "zoo.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/elf.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void *brief_thread(void *unused)
{
	linger(4000);
	return NULL;
}

/* A thread with a child, which stays its process's after it. */
static void *bearing_thread(void *unused)
{
	if (!bear(0))
		be_brief();
	linger(4000);
	return NULL;
}

static void leader_first(unsigned long long flags)
{
	pid_t pid = bear(0);
	int i;

	if (pid) {
		linger(6000);
		if (below(2))
			kill(pid, SIGKILL);
		return;
	}
	if (!bear(0))
		be_brief();
	for (i = 1 + below(4); i > 0; i--)
		act(below(2) ? bearing_thread : brief_thread, NULL);
	linger(1000);
	syscall(SYS_exit, 3);
}

/* Children go from thread to thread, as these end one by one. */
static void hand_down(unsigned long long flags)
{
	pid_t pid = bear(0), idler[2];
	int i;

	if (pid) {
		reap(pid);
		return;
	}
	for (i = 0; i < 2; i++)
		idler[i] = bear_idler();
	for (i = 0; i < 6; i++)
		act(bearing_thread, NULL);
	linger(3000);
	for (i = 0; i < 2; i++)
		kill(idler[i], SIGKILL);
	syscall(SYS_exit, 0);
}

static void *executing_thread(void *unused)
{
	linger(2000);
	execute();
}

/* The leader waits, is dead already, or executes too. */
static void exec_thread(unsigned long long flags)
{
	pid_t pid = bear(0);
	int i;

	if (pid) {
		linger(40000);
		kill(pid, SIGKILL);
		return;
	}
	for (i = below(3); i > 0; i--)
		act(bearing_thread, NULL);
	for (i = 1 + below(2); i > 0; i--)
		act(executing_thread, NULL);
	switch (below(3)) {
	case 0:
		syscall(SYS_exit, 0);
		break;
	case 1:
		executing_thread(NULL);
		break;
	}
	idle();
}

/* Killed at any time from before the exec to after it. */
static void exec_killed(unsigned long long flags)
{
	pid_t pid = bear(0);

	if (pid) {
		linger(6000);
		quit(pid);
		return;
	}
	act(brief_thread, NULL);
	act(executing_thread, NULL);
	idle();
}

static int broken;

/*
 * A program whose only segment is shorter in memory than in the file: the
 * kernel finds out when all other threads are dead and the numbers swapped.
 */
static int make_broken(void)
{
	int fd = sys(memfd_create("broken", MFD_CLOEXEC));
	int self = sys(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
	struct elf64_phdr segment = {
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_X,
		.p_vaddr = 0x400000,
		.p_filesz = 0x2000,
		.p_memsz = 0x1000,
		.p_align = 0x1000,
	};
	struct elf64_hdr header;

	check(read(self, &header, sizeof(header)) == sizeof(header),
	      "/proc/self/exe: %m");
	close(self);
	header.e_type = ET_EXEC;
	header.e_entry = segment.p_vaddr;
	header.e_phoff = sizeof(header);
	header.e_phnum = 1;
	header.e_shnum = 0;
	check(write(fd, &header, sizeof(header)) == sizeof(header) &&
	      write(fd, &segment, sizeof(segment)) == sizeof(segment),
	      "memfd: %m");
	sys(ftruncate(fd, 0x4000));
	return fd;
}

static void *breaking_thread(void *unused)
{
	static char *const argv[] = { "broken", NULL };

	linger(1000);
	syscall(SYS_execveat, broken, "", argv, argv + 1, AT_EMPTY_PATH);
	fail("executing what is broken: %m");
}

static void exec_fails(unsigned long long flags)
{
	int status;
	pid_t pid;

	broken = make_broken();
	pid = bear(0);
	if (!pid) {
		act(bearing_thread, NULL);
		act(breaking_thread, NULL);
		if (below(2))
			syscall(SYS_exit, 0);
		idle();
	}
	await_zombie(pid);
	linger(5000);
	sys(waitpid(pid, &status, 0));
	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV,
	      "what is broken ends with status %#x", status);
}

/* Fails before it is too late: nothing changes. */
static void *missing_thread(void *unused)
{
	execl("/does/not/exist", "none", NULL);
	_exit(errno == ENOENT ? 0 : 1);
}

static void exec_missing(unsigned long long flags)
{
	int status;
	pid_t pid = bear(0);

	if (!pid) {
		act(missing_thread, NULL);
		idle();
	}
	sys(waitpid(pid, &status, 0));
	check(!status, "status %#x", status);
}

static void *leaving_thread(void *unused)
{
	linger(1000);
	switch (below(4)) {
	case 0:
		_exit(1);
	case 1:
		execute();
	case 2:
		kill(getpid(), SIGKILL);
	}
	return NULL;
}

/* All at once: some end themselves, some end all, some execute. */
static void leave_at_once(unsigned long long flags)
{
	pid_t pid = bear(0);
	int i;

	if (pid) {
		linger(10000);
		kill(pid, SIGKILL);
		return;
	}
	for (i = 0; i < 8; i++)
		act(leaving_thread, NULL);
	leaving_thread(NULL);
	idle();
}

const struct live_case zoo_exec_cases[] = {
	WORKER("leader-first", leader_first),
	WORKER("hand-down", hand_down),
	WORKER("exec-thread", exec_thread),
	WORKER("exec-killed", exec_killed),
	WORKER("exec-fails", exec_fails),
	WORKER("exec-missing", exec_missing),
	WORKER("leave-at-once", leave_at_once),
	{},
};
