/* SPDX-License-Identifier: GPL-2.0 */
/* case.h: what a case is, and the tables that list them, one for each noun. */
#ifndef PTREE_TESTS_CASE_H
#define PTREE_TESTS_CASE_H

#include "lib.h"

/**
 * struct live_case - one test
 * @name: by which it is asked for
 * @run: does it, in a process of its own; returning means it is passed
 * @seconds: it may take; 0 is the default
 * @orphan: without a subreaper above: its orphans go to pid 1
 * @extra: runs only when asked for by name
 * @slow: left out when time is short
 * @arg: what it may want to know, by live_now
 */
struct live_case {
	const char *name;
	void (*run)(void);
	int seconds;
	bool orphan;
	bool extra;
	bool slow;
	const void *arg;
};

/**
 * struct live_options - how thorough to be
 * @module: ptree.ko, to be loaded again
 * @extended: take the time it takes
 * @quick: leave out what is slow
 */
struct live_options {
	const char *module;
	bool extended;
	bool quick;
};

extern struct live_options live_options;

/* The one that runs. */
extern const struct live_case *live_now;

bool case_run(const struct live_case *c, int number, bool *skipped);
__printf(1, 2) void note(const char *format, ...);

/* Each ends with one that has no name. */
extern const struct live_case birth_cases[];
extern const struct live_case exit_cases[];
extern const struct live_case thread_cases[];
extern const struct live_case attr_cases[];
extern const struct live_case group_cases[];
extern const struct live_case pidns_cases[];
extern const struct live_case read_cases[];
extern const struct live_case egg_cases[];
extern const struct live_case hide_cases[];
extern const struct live_case query_cases[];
extern const struct live_case watch_cases[];
extern const struct live_case trace_cases[];
extern const struct live_case fuzz_cases[];
extern const struct live_case cache_cases[];
extern const struct live_case audit_cases[];
extern const struct live_case fault_cases[];
extern const struct live_case refuse_cases[];
extern const struct live_case load_cases[];
extern const struct live_case zoo_cases[];
extern const struct live_case zoo_birth_cases[];
extern const struct live_case zoo_exec_cases[];
extern const struct live_case zoo_exit_cases[];
extern const struct live_case zoo_group_cases[];
extern const struct live_case zoo_pidns_cases[];
extern const struct live_case zoo_state_cases[];

#endif
