/* SPDX-License-Identifier: GPL-2.0 */
/* sample.h: one line of a result, and the two things most of them are about. */
#ifndef PTREE_BENCH_SAMPLE_H
#define PTREE_BENCH_SAMPLE_H

#include <stdint.h>

/**
 * struct sample - what a value was measured of
 * @part: of the bench
 * @name: of the case
 * @who: did it
 * @n: how many processes there were, or changes
 * @round: those of a case with the same one were measured one after another
 */
struct sample {
	const char *part;
	const char *name;
	const char *who;
	long n;
	int round;
};

void sample_tell(const struct sample *sample, const char *unit, double value);
void sample_missing(const struct sample *sample, const char *why);

uint64_t cpu_ns(void);

int syscalls_open(void);
uint64_t syscalls_start(int fd);
long syscalls_stop(int fd, uint64_t before);

#endif
