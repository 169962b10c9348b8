/* SPDX-License-Identifier: GPL-2.0 */
/*
 * zoo.h: what the workers of the zoo are, and what they may use.
 *
 * A worker makes, moves and loses processes in one certain way. It runs in a
 * process of its own, and what it makes has to end by itself within seconds.
 * Whatever waits does so by linger(), so that all can be told to keep still.
 */
#ifndef PTREE_TESTS_ZOO_H
#define PTREE_TESTS_ZOO_H

#include "case.h"

/**
 * struct worker - one way to make, move and lose processes
 * @name: of it
 * @run: does it once
 * @flags: what @run is told
 */
struct worker {
	const char *name;
	void (*run)(unsigned long long flags);
	unsigned long long flags;
};

void zoo_alone(void);

/* A row of a table of cases: the worker, and the case that runs it alone. */
#define WORKER(of, ...)                                         \
	{                                                       \
		"zoo-" of, zoo_alone, .extra = true,            \
		.seconds = 300, .orphan = true,                 \
		.arg = &(const struct worker){ of, __VA_ARGS__ } \
	}

unsigned int below(unsigned int limit);
void linger(unsigned int microseconds);
noreturn void refused(void);
pid_t bear(unsigned long long flags);
pid_t bear_idler(void);
noreturn void be_brief(void);
noreturn void execute(void);
void act(void *(*body)(void *), void *arg);
void reap_all(void);
void quit_all(const pid_t *pids, int nr);

#endif
