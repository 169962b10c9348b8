/* SPDX-License-Identifier: GPL-2.0 */
/* bench.h owns what every program here needs: a clock, a number, a way out. */
#ifndef PTREE_BENCH_H
#define PTREE_BENCH_H

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Under QEMU's -icount this counts instructions. */
static inline uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static inline unsigned long number(const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 0);

	if (end == text || *end)
		errx(2, "'%s' is no number", text);
	return value;
}

#endif
