// SPDX-License-Identifier: GPL-2.0
/*
 * sample.c owns how a cost is measured and told: lines of JSON on stdout, which
 * tools/bench/report.py makes a table of.
 */
#include <linux/perf_event.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "sample.h"

#define SYS_ENTER "/sys/kernel/tracing/events/raw_syscalls/sys_enter/id"

static void tell_head(const struct sample *sample)
{
	printf("{\"part\":\"%s\",\"case\":\"%s\",\"who\":\"%s\"", sample->part,
	       sample->name, sample->who);
}

/**
 * sample_tell - a value was measured
 * @sample: of what
 * @unit: in which unit
 * @value: it
 */
void sample_tell(const struct sample *sample, const char *unit, double value)
{
	tell_head(sample);
	printf(",\"n\":%ld,\"cpus\":%ld,\"unit\":\"%s\",\"round\":%d,\"value\":%.1f}\n",
	       sample->n, sysconf(_SC_NPROCESSORS_ONLN), unit, sample->round,
	       value);
	fflush(stdout);
}

/**
 * sample_missing - a value can't be had
 * @sample: of what
 * @why: the reason, without quotes
 */
void sample_missing(const struct sample *sample, const char *why)
{
	tell_head(sample);
	printf(",\"n\":%ld,\"missing\":\"%s\"}\n", sample->n, why);
	fflush(stdout);
}

/*
 * CPU time that this process took, and the children it waited for, in ns. Where
 * QEMU's clock counts instructions, these are instructions. Of the children it
 * is exact to 1 000.
 */
uint64_t cpu_ns(void)
{
	struct rusage children;
	struct timespec self;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &self);
	getrusage(RUSAGE_CHILDREN, &children);
	return self.tv_sec * 1000000000ULL + self.tv_nsec +
	       (children.ru_utime.tv_sec + children.ru_stime.tv_sec) *
		       1000000000ULL +
	       (children.ru_utime.tv_usec + children.ru_stime.tv_usec) * 1000ULL;
}

/*
 * Get ready to count the system calls of this process, and of the children it
 * will have. The kernel counts them at a tracepoint, which costs less than
 * strace by far, but is not free: cost and count are measured apart. Returns a
 * file descriptor for syscalls_start(), or -1.
 */
int syscalls_open(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attr),
		.disabled = 1,
		.inherit = 1,
	};
	FILE *id = fopen(SYS_ENTER, "r");
	unsigned long config;
	int nr;

	if (!id)
		return -1;
	nr = fscanf(id, "%lu", &config);
	fclose(id);
	if (nr != 1)
		return -1;
	attr.config = config;
	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static uint64_t count(int fd)
{
	uint64_t nr = 0;

	return read(fd, &nr, sizeof(nr)) == sizeof(nr) ? nr : 0;
}

/**
 * syscalls_start - count from here
 * @fd: of syscalls_open(), also when that failed
 *
 * Return: for syscalls_stop().
 */
uint64_t syscalls_start(int fd)
{
	uint64_t before = count(fd);

	ioctl(fd, PERF_EVENT_IOC_ENABLE, 0);
	return before;
}

/**
 * syscalls_stop - count no more
 * @fd: of syscalls_open(), also when that failed
 * @before: of syscalls_start()
 *
 * Return: how many there were in between.
 */
long syscalls_stop(int fd, uint64_t before)
{
	ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	/* But for the one that told it to stop. */
	return count(fd) - before - 1;
}
