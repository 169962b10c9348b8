// SPDX-License-Identifier: GPL-2.0
/*
 * live.c owns the list of the live tests: real processes, and /proc/ptree
 * compared with what the rest of /proc says about them. Needs root and a
 * loaded module, so it runs in a VM: scripts/vm -- build/tests/live
 */
#include "case.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

struct live_options live_options;
const struct live_case *live_now;

static const struct live_case *const tables[] = {
	birth_cases, exit_cases,  thread_cases, attr_cases,
	group_cases, pidns_cases, read_cases,	egg_cases,
	hide_cases,  query_cases, watch_cases,  trace_cases, cache_cases,
	audit_cases, fuzz_cases,  fault_cases, refuse_cases, zoo_cases,
	zoo_birth_cases, zoo_exec_cases, zoo_exit_cases, zoo_group_cases,
	zoo_pidns_cases, zoo_state_cases, load_cases,
};

static const struct live_case *find(const char *name)
{
	const struct live_case *c;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (c = tables[i]; c->name; c++)
			if (!name || !strcmp(c->name, name))
				return c;
	return NULL;
}

static void list(void)
{
	const struct live_case *c;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (c = tables[i]; c->name; c++)
			printf("%s%s\n", c->name,
			       c->extra ? " (only by name)" : "");
}

/* Beside where this program was built. */
static const char *default_module(void)
{
	static char path[4096 + 128];
	char self[4096] = "";
	struct utsname kernel;

	if (getenv("PTREE_KO"))
		return getenv("PTREE_KO");
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return NULL;
	uname(&kernel);
	snprintf(path, sizeof(path), "%s/../%s/ptree.ko", dirname(self),
		 kernel.release);
	return path;
}

static int help(void)
{
	fprintf(stderr, "usage: live [-l] [-q] [-x] [-m ptree.ko] [NAME...]\n"
			"  -l  list the cases    -x  take more time for some\n"
			"  -q  leave out the slow ones\n"
			"  -m  the module, for those that load it again\n");
	return 2;
}

/* @names ends with NULL; without any all are asked for that need no name. */
static bool asked_for(const struct live_case *c, char **names)
{
	if (!*names)
		return !c->extra && !(c->slow && live_options.quick);
	for (; *names; names++)
		if (!strcmp(c->name, *names))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	int option, number = 0, passed = 0, failed = 0, nr_skipped = 0;
	unsigned int i;

	live_options.module = default_module();
	while ((option = getopt(argc, argv, "lqxm:")) != -1) {
		switch (option) {
		case 'l':
			list();
			return 0;
		case 'q':
			live_options.quick = true;
			break;
		case 'x':
			live_options.extended = true;
			break;
		case 'm':
			live_options.module = optarg;
			break;
		default:
			return help();
		}
	}
	for (i = optind; i < (unsigned int)argc; i++) {
		if (!find(argv[i])) {
			fprintf(stderr, "live: there is no case %s\n", argv[i]);
			return 2;
		}
	}
	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		const struct live_case *c;

		for (c = tables[i]; c->name; c++) {
			bool skipped = false;

			if (!asked_for(c, argv + optind))
				continue;
			live_now = c;
			if (!case_run(c, ++number, &skipped))
				failed++;
			else if (skipped)
				nr_skipped++;
			else
				passed++;
		}
	}
	printf("1..%d\n", number);
	if (nr_skipped)
		printf("# %d skipped\n", nr_skipped);
	printf("live: %d passed, %d failed\n", passed, failed);
	return failed || !passed;
}
