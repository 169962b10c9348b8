// SPDX-License-Identifier: GPL-2.0
/*
 * read.c owns the comparison of all ways to read the whole process tree.
 *
 *	read cost ROUNDS	CPU time, system calls, bytes
 *	read misses SCANS	how often a lineage that lives is not found
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lineage.h"
#include "sample.h"
#include "way.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define COMMAND(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define PTREE "build/tools/ptree"

/* For programs: records; the last two are what it would cost to copy them. */
static const struct way records[] = {
	{ "ptree", watch_open, watch_read },
	{ "libptree", library_open, library_read },
	{ "proc-scan", NULL, scan_read },
	{ "libproc2", NULL, libproc_read },
	{ "bpf-iter", iter_open, iter_read },
	{ "ps -e", .command = COMMAND("ps", "-e") },
	{ "memfd", NULL, memfd_read },
	{ "memcpy", NULL, memory_read },
};

/* For people: text. */
static const struct way texts[] = {
	{ "ptree", .command = COMMAND("cat", "/proc/ptree") },
	{ "ptree -p", .command = COMMAND(PTREE, "-p") },
	{ "ptree ps", .command = COMMAND(PTREE, "ps") },
	{ "ps -e", .command = COMMAND("ps", "-e") },
	{ "ps -ejH", .command = COMMAND("ps", "-ejH") },
	{ "pstree -p", .command = COMMAND("pstree", "-p") },
};

static const struct group {
	const char *name;
	const struct way *ways;
	size_t nr;
} groups[] = {
	{ "snapshot", records, ARRAY_SIZE(records) },
	{ "text", texts, ARRAY_SIZE(texts) },
};

static int do_read(const struct way *way, struct look *look)
{
	return way->command ? command_read(way->command, look) :
			      way->read(look);
}

/*
 * Before the first round: files are read for the first time, tables grow, and
 * what is the same in each round is counted.
 */
static void warm_up(const struct way *way, const struct sample *sample,
		    int counter)
{
	uint64_t before = syscalls_start(counter);
	struct look look = {};
	int err = do_read(way, &look);
	long nr = syscalls_stop(counter, before);

	if (err)
		return;
	if (counter >= 0)
		sample_tell(sample, "syscalls", nr);
	if (look.bytes)
		sample_tell(sample, "bytes", look.bytes);
	if (look.processes)
		sample_tell(sample, "processes", look.processes);
}

static void measure(const struct way *way, const struct sample *sample)
{
	uint64_t before = cpu_ns();
	struct look look = {};

	if (do_read(way, &look))
		sample_missing(sample, "it failed");
	else
		sample_tell(sample, "cpu_ns", cpu_ns() - before);
}

static bool opens(const struct way *way, const struct sample *sample)
{
	int ret = way->open ? way->open() : 0;

	if (ret)
		sample_missing(sample, strerror(-ret));
	return !ret;
}

static void cost(const struct group *group, int rounds)
{
	struct sample sample = { .part = "read", .name = group->name };
	const char *n = getenv("CROWD");
	int counter = syscalls_open();
	bool usable[group->nr];
	size_t i;

	sample.n = n ? atol(n) : 0;
	for (i = 0; i < group->nr; i++) {
		sample.who = group->ways[i].who;
		usable[i] = opens(&group->ways[i], &sample);
		if (usable[i])
			warm_up(&group->ways[i], &sample, counter);
	}
	while (sample.round++ < rounds)
		for (i = 0; i < group->nr; i++) {
			sample.who = group->ways[i].who;
			if (usable[i])
				measure(&group->ways[i], &sample);
		}
	close(counter);
}

static void look_for_egg(void *found, const char *comm, size_t length,
			 bool lives)
{
	if (lives && length >= strlen(LINEAGE) &&
	    !strncmp(comm, LINEAGE, strlen(LINEAGE)))
		*(bool *)found = true;
}

/* One that reads memory has no eyes. */
static bool has_eyes(const struct way *way)
{
	return strncmp(way->who, "mem", 3);
}

static void misses(const struct group *group, int scans)
{
	struct sample sample = { .part = "read", .name = group->name };
	size_t i;

	for (i = 0; i < group->nr; i++) {
		const struct way *way = &group->ways[i];
		int scan, nr = 0, failed = 0, leash;

		sample.who = way->who;
		if (!has_eyes(way) || !opens(way, &sample))
			continue;
		leash = lineage_start();
		for (scan = 0; scan < scans; scan++) {
			bool found = false;
			struct look look = {
				.seen = look_for_egg,
				.arg = &found,
			};

			failed += do_read(way, &look) < 0;
			nr += !found;
		}
		lineage_end(leash);
		if (failed)
			warnx("%s failed %d times", way->who, failed);
		sample.n = scans;
		sample_tell(&sample, "misses", nr);
	}
}

int main(int argc, char **argv)
{
	int nr = argc == 3 ? atoi(argv[2]) : 0;
	size_t i;

	if (nr <= 0)
		errx(2, "usage: read cost ROUNDS | misses SCANS");
	for (i = 0; i < ARRAY_SIZE(groups); i++)
		if (!strcmp(argv[1], "cost"))
			cost(&groups[i], nr);
		else
			misses(&groups[i], nr);
	return 0;
}
