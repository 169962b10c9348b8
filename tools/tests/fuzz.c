// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz.c owns the case that asks /dev/ptree what nobody in his right mind would:
 * random commands, sizes, flags, pointers and descriptors, by several at once,
 * as root and as a user. The kernel's own checkers say whether it minded; here
 * it only has to answer sense afterwards.
 */
#include "case.h"
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FDS 16
#define PAGE 4096

/**
 * struct fuzz - what those who fuzz share
 * @fds: devices, watches and whatever else there is
 * @page: a page behind which there is none
 * @end: when to stop, as now_ms() counts
 * @calls: how many system calls were made
 * @answers: how many of them did not fail
 */
struct fuzz {
	int fds[FDS];
	char *page;
	long end;
	unsigned long calls;
	unsigned long answers;
};

static unsigned long some(unsigned int *seed, unsigned long below)
{
	return ((unsigned long)rand_r(seed) << 16 ^ rand_r(seed)) % below;
}

/* A number that may hurt. */
static unsigned long long bad_number(const struct fuzz *fuzz,
				     unsigned int *seed)
{
	switch (some(seed, 8)) {
	case 0:
		return 0;
	case 1:
		return some(seed, 8);
	case 2:
		return fuzz->fds[some(seed, FDS)];
	case 3:
		return getpid();
	case 4:
		return some(seed, 400);
	case 5:
		return 1ULL << some(seed, 64);
	case 6:
		return -1ULL - some(seed, 5000);
	default:
		return (unsigned long long)rand_r(seed) << 32 | rand_r(seed);
	}
}

/* An address that may hurt: of the page, at its end, of nothing, the kernel's. */
static void *bad_pointer(const struct fuzz *fuzz, unsigned int *seed,
			 size_t size)
{
	switch (some(seed, 8)) {
	case 0:
		return NULL;
	case 1:
		return fuzz->page + PAGE - some(seed, 64);
	case 2:
		return (void *)(uintptr_t)bad_number(fuzz, seed);
	case 3:
		return (void *)0xffffffff81000000;
	case 4:
		return fuzz->page + PAGE - (size < PAGE ? size : PAGE);
	default:
		return fuzz->page + some(seed, 8) * 8;
	}
}

static void scribble(const struct fuzz *fuzz, unsigned int *seed)
{
	struct ptree_query *query = (void *)fuzz->page;
	unsigned int i, mistakes;

	memset(query, 0, 128);
	query->select = some(seed, 7);
	query->value = bad_number(fuzz, seed);
	query->what = some(seed, 6);
	query->flags = some(seed, 5);
	query->buf = (uintptr_t)(fuzz->page + 512);
	query->size = some(seed, PAGE);
	mistakes = some(seed, 3);
	for (i = 0; i < mistakes; i++)
		memcpy(fuzz->page + some(seed, 30) * 4,
		       &(unsigned long long){ bad_number(fuzz, seed) },
		       some(seed, 9));
}

static unsigned long bad_command(unsigned int *seed)
{
	static const unsigned long commands[] = {
		PTREE_IOC_INFO, PTREE_IOC_PROCFS, PTREE_IOC_GET,
		PTREE_IOC_ANCESTRY, PTREE_IOC_MEMBERS, PTREE_IOC_TRANSLATE,
		PTREE_IOC_WATCH, PTREE_IOC_AUDIT,
	};
	unsigned long command = commands[some(seed, ARRAY_SIZE(commands))];

	switch (some(seed, 8)) {
	case 0:
		return _IOC(some(seed, 4), PTREE_IOC_MAGIC, some(seed, 256),
			    some(seed, 16384));
	case 1:
		return _IOC(some(seed, 4), PTREE_IOC_MAGIC, _IOC_NR(command),
			    some(seed, 512));
	case 2:
		return rand_r(seed);
	default:
		return command;
	}
}

static void keep(struct fuzz *fuzz, unsigned int *seed, int fd)
{
	unsigned int i = 4 + some(seed, FDS - 4);

	/* It may be somebody else's by now; that is one more surprise. */
	close(fuzz->fds[i]);
	fuzz->fds[i] = fd;
}

static long one_call(struct fuzz *fuzz, unsigned int *seed)
{
	int fd = fuzz->fds[some(seed, FDS)];
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	unsigned long command;
	size_t size;
	long ret;

	switch (some(seed, 16)) {
	case 0:
	case 1:
	case 2:
		size = some(seed, 2) ? some(seed, 512) : some(seed, 1 << 20);
		return read(fd, bad_pointer(fuzz, seed, size), size);
	case 3:
		return poll(&wait, 1, some(seed, 3));
	case 4:
		keep(fuzz, seed, open("/dev/ptree", O_RDWR | O_CLOEXEC));
		return 0;
	case 5:
		keep(fuzz, seed, dup(fd));
		return 0;
	case 6:
		return lseek(fd, bad_number(fuzz, seed), some(seed, 3));
	case 7:
		return write(fd, fuzz->page, some(seed, 100));
	default:
		scribble(fuzz, seed);
		command = bad_command(seed);
		ret = ioctl(fd, command, bad_pointer(fuzz, seed,
						     _IOC_SIZE(command)));
		if (ret > 2 && command == PTREE_IOC_WATCH) {
			fcntl(ret, F_SETFL, O_NONBLOCK);
			keep(fuzz, seed, ret);
		}
		return ret;
	}
}

/**
 * struct hand - one of those who fuzz
 * @fuzz: what they share
 * @seed: where his numbers begin
 */
struct hand {
	struct fuzz *fuzz;
	unsigned int seed;
};

static void *fuzz_on(void *argument)
{
	struct hand *hand = argument;
	struct fuzz *fuzz = hand->fuzz;

	while (now_ms() < fuzz->end) {
		fuzz->answers += one_call(fuzz, &hand->seed) >= 0;
		fuzz->calls++;
	}
	return NULL;
}

static void fuzz_as(uid_t uid, unsigned int seed, struct fuzz *fuzz)
{
	struct hand hands[2] = { { fuzz, seed }, { fuzz, seed + 1 } };
	pthread_t thread;
	int i;

	for (i = 0; i < FDS; i++)
		fuzz->fds[i] = device_open(i % 2 ? "/proc" : NULL);
	close(fuzz->fds[2]);
	fuzz->fds[2] = sys(open("/proc", O_RDONLY | O_CLOEXEC));
	close(fuzz->fds[3]);
	fuzz->fds[3] = pidfd_of(getppid());
	fuzz->page = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(fuzz->page != MAP_FAILED, "mmap: %m");
	sys(mprotect(fuzz->page + PAGE, PAGE, PROT_NONE));
	if (uid) {
		sys(setgroups(0, NULL));
		sys(setresgid(uid, uid, uid));
		sys(setresuid(uid, uid, uid));
	}
	check(!pthread_create(&thread, NULL, fuzz_on, &hands[1]), "no thread");
	fuzz_on(&hands[0]);
	pthread_join(thread, NULL);
	_exit(0);
}

static void fuzz_device(void)
{
	int seconds = live_options.extended ? 600 : 20;
	struct fuzz *fuzz = share(2 * sizeof(*fuzz));
	unsigned int seed = now_ms() ^ getpid();
	struct account *account;
	const char *difference;
	pid_t pid[2], forker;
	long end;
	int i;

	if (getenv("PTREE_SEED"))
		seed = strtoul(getenv("PTREE_SEED"), NULL, 0);
	note("seed %u", seed);
	forker = make();
	while (!forker) {
		pid_t child = make();

		if (!child)
			_exit(0);
		reap(child);
	}
	for (i = 0; i < 2; i++) {
		fuzz[i].end = now_ms() + seconds * 1000L;
		pid[i] = make();
		if (!pid[i])
			fuzz_as(i ? 1000 : 0, seed + 2 * i, &fuzz[i]);
	}
	for (i = 0; i < 2; i++)
		reap(pid[i]);
	quit(forker);
	note("root: %lu calls, %lu answers; user: %lu calls, %lu answers",
	     fuzz[0].calls, fuzz[0].answers, fuzz[1].calls, fuzz[1].answers);
	check(fuzz[0].answers > 100 && fuzz[1].answers > 100,
	      "hardly an answer");
	account = account_new(watch_open(device_open("/proc"),
					 PTREE_WATCH_NONBLOCK, 0));
	end = now_ms() + PATIENCE_MS;
	do {
		account_update(account);
		difference = account_unlike(account, NULL);
		check(!difference || now_ms() < end, "%s", difference);
	} while (difference);
}

const struct live_case fuzz_cases[] = {
	{ "fuzz", fuzz_device, .seconds = 1200, .slow = true },
	{},
};
