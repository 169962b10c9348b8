// SPDX-License-Identifier: GPL-2.0
/*
 * egg.c owns the chicken and the egg: a lineage in which each bears the next
 * and exits, and the next goes on only when it knows its parent dead. At every
 * moment one or two of them live; whoever scans /proc misses them.
 *
 *	egg7		lives
 *	egg7 -- egg7	has just borne the next, still called like its mother
 *	egg7 -- egg8	which knows its own name now
 *	(egg7) egg8	exits: a zombie, until its successor is named
 *	egg8		lives
 */
#include "case.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define READS 1000

/* @leash hangs up when the case ends: a lineage is hard to catch otherwise. */
static void lay(int named, int leash)
{
	struct pollfd end = { .fd = leash };
	unsigned long generation = 0;
	char name[16];

	for (;;) {
		int mother = pidfd_of(getpid());
		struct pollfd dead = { .fd = mother, .events = POLLIN };
		pid_t pid = make();

		if (pid)
			_exit(0);
		snprintf(name, sizeof(name), "egg%lu", ++generation);
		rename_self(name);
		gate_open(named);
		while (poll(&dead, 1, -1) != 1)
			;
		close(mother);
		if (poll(&end, 1, 0))
			_exit(0);
	}
}

/* Reaps each as soon as its successor has a name of its own, not before. */
static pid_t start_lineage(void)
{
	int named = gate_new(), ready = gate_new(), leash[2];
	pid_t farm;

	sys(pipe(leash));
	farm = make();
	if (farm) {
		close(leash[0]);
		gate_pass(ready);
		return farm;
	}
	close(leash[1]);
	sys(prctl(PR_SET_CHILD_SUBREAPER, 1));
	rename_self("farm");
	if (!make()) {
		rename_self("egg0");
		gate_open(ready);
		lay(named, leash[0]);
	}
	for (;;) {
		siginfo_t info;

		sys(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT));
		gate_pass(named);
		reap(info.si_pid);
	}
}

static bool is_egg(const struct line *line)
{
	return !strncmp(line->comm, "egg", 3);
}

static bool lives(const struct line *line)
{
	return !strchr("ZX", line->stat[0]);
}

/* A newborn has its mother's name until it gets its own. */
static long generation(const struct tree *tree, const struct line *line)
{
	const struct line *mother = NULL;
	long name = atol(line->comm + 3), born;

	if (!line->orig_dead)
		mother = tree_find(tree, line->orig);
	if (!mother || !is_egg(mother))
		return name;
	born = atol(mother->comm + 3) + 1;
	check(name == born - 1 || name == born, "torn: %s is a child of %s",
	      line->comm, mother->comm);
	return born;
}

/* All that there is of them, for a report. */
static const char *eggs_of(const struct tree *tree)
{
	static char text[1024];
	size_t used = 0;
	int i;

	text[0] = '\0';
	for (i = 0; i < tree->nr && used < sizeof(text) - 100; i++) {
		const struct line *line = &tree->lines[i];

		if (is_egg(line))
			used += snprintf(text + used, sizeof(text) - used,
					 " [%d ppid %d orig %d%s %s %s]",
					 line->pid, line->ppid, line->orig,
					 line->orig_dead ? "+" : "", line->stat,
					 line->comm);
	}
	return text;
}

/* All processes of the tree that match: found without knowing their numbers. */
static void look(const struct tree *tree, int number, long *oldest,
		 long *youngest)
{
	long low = -1, high = -1;
	int i, nr = 0;

	for (i = 0; i < tree->nr; i++) {
		const struct line *line = &tree->lines[i];
		long g;

		if (!is_egg(line) || !lives(line))
			continue;
		g = generation(tree, line);
		low = nr && low < g ? low : g;
		high = nr && high > g ? high : g;
		nr++;
	}
	check(nr, "read %d: none lives:%s", number, eggs_of(tree));
	check(nr <= 2, "read %d: torn, %d live:%s", number, nr, eggs_of(tree));
	check(high - low == nr - 1, "read %d: torn, a gap:%s", number,
	      eggs_of(tree));
	check(low >= *oldest && high >= *youngest,
	      "read %d: back from %ld and %ld to %ld and %ld:%s", number,
	      *oldest, *youngest, low, high, eggs_of(tree));
	*oldest = low;
	*youngest = high;
}

static void eggs(void)
{
	long oldest = 0, youngest = 0, start = now_ms();
	int i, reads = READS * (live_options.extended ? 10 : 1);

	start_lineage();
	for (i = 0; i < reads; i++) {
		struct tree *tree = tree_read(NULL);

		look(tree, i, &oldest, &youngest);
		tree_free(tree);
	}
	note("%d reads in %ld ms, %ld generations", reads, now_ms() - start,
	     youngest);
	check(youngest > reads / 100, "only %ld generations", youngest);
}

/* How often a scan of /proc finds nobody; for comparison only. */
static void scan_misses(void)
{
	int i, missed = 0, scans = live_options.extended ? 200 : 60;

	start_lineage();
	for (i = 0; i < scans; i++) {
		int *pids, nr, at, found = 0;
		struct truth truth;

		pids = pids_read(NULL, &nr);
		for (at = 0; at < nr; at++)
			found += truth_read(NULL, pids[at], &truth) &&
				 !strncmp(truth.name, "egg", 3) &&
				 !strchr("ZX", truth.state);
		missed += !found;
		free(pids);
	}
	note("a scan of /proc found none of them in %d of %d", missed, scans);
}

const struct live_case egg_cases[] = {
	{ "chicken-and-egg", eggs, .seconds = 300 },
	{ "scan-misses", scan_misses, .extra = true },
	{},
};
