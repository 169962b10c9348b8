// SPDX-License-Identifier: GPL-2.0
/*
 * latency.c owns the time that single forks take while others read the tree:
 * `latency [-u] WHO READERS TURNS` has so many processes read all of it again
 * and again, as WHO does, and prints the median, the 99th percentile and the
 * longest of TURNS times of fork, exit and wait, in ns; then how often it was
 * read in a second meanwhile.
 *
 * On a CPU that is shared with readers most of that is their time slices. With
 * -u forks are urgent: of a real-time process, each due 2 ms after the one
 * before, and the time counts from when it is due. What is left is how long the
 * readers keep the kernel to themselves.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "way.h"

static void must(int err, const char *what)
{
	if (err)
		errx(1, "%s: %s", what, strerror(-err));
}

static void read_device(void)
{
	static bool opened;
	struct look look = {};

	if (!opened)
		must(watch_open(), "/dev/ptree");
	opened = true;
	must(watch_read(&look), "the watch");
}

static void read_proc_ptree(void)
{
	static char buffer[65536];
	int fd = open("/proc/ptree", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err(1, "/proc/ptree");
	while (read(fd, buffer, sizeof(buffer)) > 0)
		;
	close(fd);
}

static void scan_proc(void)
{
	struct look look = {};

	must(scan_read(&look), "/proc");
}

static const struct {
	const char *name;
	void (*read)(void);
} ways[] = {
	{ "none", NULL },
	{ "ptree", read_device },
	{ "ptree-cat", read_proc_ptree },
	{ "proc-scan", scan_proc },
	{}
};

/* How often each reader has read all. */
static unsigned long *times;

static unsigned long all_times(unsigned int readers, unsigned long *least)
{
	unsigned long sum = 0, now;
	unsigned int i;

	*least = -1UL;
	for (i = 0; i < readers; i++) {
		now = __atomic_load_n(&times[i], __ATOMIC_RELAXED);
		sum += now;
		if (now < *least)
			*least = now;
	}
	return sum;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

#define PERIOD 2000000

static void wait_until(uint64_t ns)
{
	struct timespec due = { .tv_sec = ns / 1000000000,
				.tv_nsec = ns % 1000000000 };

	if (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL))
		errx(1, "clock_nanosleep");
}

static void measure(unsigned int readers, unsigned long turns, bool urgent)
{
	struct sched_param param = { .sched_priority = 50 };
	uint64_t took[turns], begin, start;
	unsigned long i, before, least;
	pid_t pid;

	if (urgent && sched_setscheduler(0, SCHED_FIFO, &param))
		err(1, "sched_setscheduler");

	before = all_times(readers, &least);
	begin = now_ns();
	for (i = 0; i < turns; i++) {
		start = now_ns();
		if (urgent)
			wait_until(start += PERIOD);
		pid = fork();
		if (!pid)
			_exit(0);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			err(1, "fork or wait");
		took[i] = now_ns() - start;
	}
	begin = now_ns() - begin;
	qsort(took, turns, sizeof(took[0]), compare);
	printf("%lu %lu %lu %.3f\n", took[turns / 2], took[turns * 99 / 100],
	       took[turns - 1],
	       (all_times(readers, &least) - before) * 1e9 / begin);
}

int main(int argc, char **argv)
{
	unsigned int readers, way, i;
	unsigned long turns, least = 0;
	bool urgent = argc > 1 && !strcmp(argv[1], "-u");
	pid_t *pids;

	argc -= urgent;
	argv += urgent;
	if (argc != 4)
		errx(2, "usage: latency [-u] none|ptree|ptree-cat|proc-scan READERS TURNS");
	readers = number(argv[2]);
	turns = number(argv[3]);
	for (way = 0; ways[way].name && strcmp(argv[1], ways[way].name); way++)
		;
	if (!ways[way].name || !turns || (readers && !ways[way].read))
		errx(2, "'%s' does not read", argv[1]);
	times = mmap(NULL, (readers + 1) * sizeof(*times), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pids = calloc(readers + 1, sizeof(*pids));
	if (times == MAP_FAILED || !pids)
		err(1, "memory");
	for (i = 0; i < readers; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			err(1, "fork");
		if (pids[i])
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;) {
			ways[way].read();
			__atomic_fetch_add(&times[i], 1, __ATOMIC_RELAXED);
		}
	}
	while (readers && !least) {
		usleep(10000);
		all_times(readers, &least);
	}
	measure(readers, turns, urgent);
	for (i = 0; i < readers; i++)
		kill(pids[i], SIGKILL);
	return 0;
}
