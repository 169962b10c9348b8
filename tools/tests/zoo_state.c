// SPDX-License-Identifier: GPL-2.0
/* zoo_state.c owns the workers that change what a process is, or have the kernel work for it. */
#include "zoo.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Threads may differ in this, though libc would not let them. */
static void *change_user(void *unused)
{
	uid_t uid = 1000 + below(50);
	int i;

	for (i = 0; i < 5; i++) {
		if (below(2))
			sys(syscall(SYS_setresgid, uid, uid, -1));
		else
			sys(syscall(SYS_setresuid, -1, uid + i % 2, 0));
		if (!below(4) && !bear(0))
			be_brief();
		linger(1000);
		sys(syscall(SYS_setresuid, -1, 0, 0));
	}
	return NULL;
}

static void users(unsigned long long flags)
{
	int i;

	if (bear(0)) {
		linger(5000);
		return;
	}
	for (i = 0; i < 4; i++)
		act(change_user, NULL);
	change_user(NULL);
	linger(2000);
	_exit(0);
}

static void *change_name(void *unused)
{
	char name[17];
	int i;

	for (i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "%c\n(%0*d)\\ ", 'a' + below(26),
			 1 + below(10), i);
		sys(prctl(PR_SET_NAME, name));
		linger(500);
	}
	return NULL;
}

static void names(unsigned long long flags)
{
	if (bear(0)) {
		linger(3000);
		return;
	}
	act(change_name, NULL);
	change_name(NULL);
	_exit(0);
}

/* Until it runs freely, or has been stopped so often; what it bears too. */
static void trace(pid_t pid, int stops)
{
	int status;
	pid_t stopped;

	while (stops--) {
		stopped = waitpid(-1, &status, __WALL);
		if (stopped < 0)
			return;
		linger(500);
		if (WIFSTOPPED(status))
			ptrace(PTRACE_CONT, stopped, NULL, NULL);
		else if (stopped == pid)
			return;
	}
}

static noreturn void be_traced(void)
{
	int i;

	/* In a group of their own, whoever of the two is first. */
	setpgid(0, 0);
	for (i = 0; i < 3; i++) {
		if (!bear(0))
			be_brief();
		linger(2000);
	}
	be_brief();
}

/* By one who is not the parent: of two who wait, only the tracer hears. */
static void ptrace_others(unsigned long long options)
{
	pid_t pid = bear(0), tracer;
	int status;

	if (!pid)
		be_traced();
	sys(setpgid(pid, pid));
	tracer = bear(0);
	if (!tracer) {
		/* It may be dead already. */
		if (ptrace(PTRACE_ATTACH, pid, NULL, NULL))
			_exit(0);
		sys(waitpid(pid, &status, __WALL));
		if (!WIFSTOPPED(status))
			_exit(0);
		ptrace(PTRACE_SETOPTIONS, pid, NULL, options);
		linger(1000);
		if (below(2))
			ptrace(PTRACE_DETACH, pid, NULL, NULL);
		else
			ptrace(PTRACE_CONT, pid, NULL, NULL);
		/* Ends with some attached: they are let go, or killed. */
		trace(pid, below(8));
		_exit(0);
	}
	linger(10000);
	reap(tracer);
	/* What got its SIGSTOP after the tracer's end has stopped for good. */
	kill(-pid, below(2) ? SIGKILL : SIGCONT);
}

static void ptrace_seized(unsigned long long options)
{
	pid_t pid;

	if (bear(0)) {
		linger(10000);
		return;
	}
	pid = bear(0);
	if (!pid)
		be_traced();
	/* It may be dead already. */
	if (ptrace(PTRACE_SEIZE, pid, NULL, options))
		_exit(0);
	trace(pid, 10);
	linger(2000);
	/* Its end lets go of what it still traces. */
	if (below(2))
		kill(pid, SIGKILL);
	_exit(0);
}

static void ptrace_me(unsigned long long options)
{
	pid_t pid = bear(0);
	int status;

	if (!pid) {
		sys(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		raise(SIGSTOP);
		execute();
	}
	sys(waitpid(pid, &status, 0));
	check(WIFSTOPPED(status), "status %#x", status);
	sys(ptrace(PTRACE_CONT, pid, NULL, NULL));
	sys(waitpid(pid, &status, 0));
	check(WIFSTOPPED(status), "status %#x after the exec", status);
	linger(2000);
	if (below(2))
		sys(ptrace(PTRACE_DETACH, pid, NULL, NULL));
	quit(pid);
}

/**
 * struct ring - of io_uring, so far as it is used here
 * @fd: of it
 * @params: what the kernel says of it
 * @sq: the submissions' ring
 * @sqes: the submissions
 */
struct ring {
	int fd;
	struct io_uring_params params;
	char *sq;
	struct io_uring_sqe *sqes;
};

static void *map_ring(int fd, size_t size, off_t offset)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			offset);

	check(at != MAP_FAILED, "mmap of the ring: %m");
	return at;
}

static void ring_open(struct ring *ring, unsigned int flags)
{
	const struct io_sqring_offsets *offsets = &ring->params.sq_off;

	ring->params.flags = flags;
	ring->params.sq_thread_idle = 2;
	ring->fd = syscall(SYS_io_uring_setup, 8, &ring->params);
	if (ring->fd < 0)
		refused();
	ring->sq = map_ring(ring->fd, offsets->array + 8 * sizeof(__u32),
			    IORING_OFF_SQ_RING);
	ring->sqes = map_ring(ring->fd, 8 * sizeof(*ring->sqes),
			      IORING_OFF_SQES);
}

/* Reads that have to wait, which takes a worker of the kernel's for each. */
static void ring_read(struct ring *ring, int fd, char *bytes)
{
	const struct io_sqring_offsets *offsets = &ring->params.sq_off;
	__u32 *array = (void *)(ring->sq + offsets->array);
	int i;

	for (i = 0; i < 4; i++) {
		ring->sqes[i] = (struct io_uring_sqe){
			.opcode = IORING_OP_READ,
			.flags = IOSQE_ASYNC,
			.fd = fd,
			.addr = (uintptr_t)bytes,
			.len = 1,
		};
		array[i] = i;
	}
	__atomic_store_n((__u32 *)(ring->sq + offsets->tail), 4,
			 __ATOMIC_RELEASE);
	sys(syscall(SYS_io_uring_enter, ring->fd, 4, 0,
		    IORING_ENTER_SQ_WAKEUP, NULL, 0));
}

static void *ring_thread(void *ring)
{
	int ends[2];
	char byte;

	sys(pipe2(ends, O_CLOEXEC));
	ring_read(ring, ends[0], &byte);
	linger(10000);
	if (below(2))
		close(ends[1]);
	linger(2000);
	return NULL;
}

/* Its workers end with who has them, or before, or go when he executes. */
static void io_uring(unsigned long long flags)
{
	struct ring ring = {};
	pid_t pid;

	/* So that the kernel's answer is known here. */
	ring_open(&ring, flags);
	close(ring.fd);
	pid = bear(0);
	if (!pid) {
		memset(&ring, 0, sizeof(ring));
		ring_open(&ring, flags);
		if (below(2))
			act(ring_thread, &ring);
		else
			ring_thread(&ring);
		linger(8000);
		if (below(2))
			execute();
		_exit(0);
	}
	linger(30000);
	quit(pid);
}

/* A family of protocols that nobody has: the kernel calls modprobe. */
static void call_modprobe(unsigned long long flags)
{
	int fd = socket(AF_X25, SOCK_SEQPACKET, 0);

	if (fd >= 0)
		close(fd);
	else if (errno != EAFNOSUPPORT)
		refused();
}

#define CORE_PATTERN "/proc/sys/kernel/core_pattern"

static const char *helper(void)
{
	/* It runs at the root of the first process. */
	if (!access("/proc/1/root/bin/true", X_OK))
		return "|/bin/true";
	if (!access("/proc/1/root/bin/busybox", X_OK))
		return "|/bin/busybox";
	refused();
}

/* Put back afterwards, and by one at a time. */
static void core_helper(unsigned long long flags)
{
	const char *pattern = helper();
	struct flock lock = { .l_type = F_WRLCK };
	int fd = sys(open(CORE_PATTERN, O_RDWR | O_CLOEXEC));
	char usual[256];
	int i, status;
	ssize_t size;
	pid_t pid;

	sys(fcntl(fd, F_SETLKW, &lock));
	size = sys(pread(fd, usual, sizeof(usual), 0));
	sys(pwrite(fd, pattern, strlen(pattern), 0));
	for (i = 0; i < 2; i++) {
		pid = bear(0);
		if (!pid) {
			act(change_name, NULL);
			linger(500);
			abort();
		}
		sys(waitpid(pid, &status, 0));
	}
	sys(pwrite(fd, usual, size, 0));
	check(WCOREDUMP(status), "status %#x: no core for the helper", status);
}

const struct live_case zoo_state_cases[] = {
	WORKER("users", users),
	WORKER("names", names),
	WORKER("ptrace-others", ptrace_others),
	WORKER("ptrace-kill", ptrace_others, PTRACE_O_EXITKILL),
	WORKER("ptrace-births", ptrace_others,
	       PTRACE_O_TRACEFORK | PTRACE_O_TRACECLONE),
	WORKER("ptrace-seized", ptrace_seized,
	       PTRACE_O_TRACEFORK | PTRACE_O_TRACEEXIT),
	WORKER("ptrace-me", ptrace_me),
	WORKER("io-uring-sqpoll", io_uring, IORING_SETUP_SQPOLL),
	WORKER("io-uring-worker", io_uring),
	WORKER("modprobe", call_modprobe),
	WORKER("core-helper", core_helper),
	{},
};
