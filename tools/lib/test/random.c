// SPDX-License-Identifier: GPL-2.0
/* random.c owns the numbers that tests draw: drand48(3)'s, by a seed. */
#include <stdlib.h>

#include "test.h"

void random_seed(uint64_t seed)
{
	srand48((long)seed);
}

uint64_t random_below(uint64_t bound)
{
	return (uint64_t)mrand48() % (1ULL << 31) % bound;
}
