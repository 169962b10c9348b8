// SPDX-License-Identifier: GPL-2.0
/* random_kunit.c owns the long scripts that nobody wrote. */
#include <linux/moduleparam.h>

#include "script.h"

/*
 * 6.1 runs the suites before it looks at the parameters; there say
 * make KARGS="KCFLAGS=-DPTREE_SEED=7"
 */
#ifndef PTREE_SEED
#define PTREE_SEED 0
#endif

#ifndef PTREE_STEPS
#define PTREE_STEPS 20000
#endif

static unsigned int seed = PTREE_SEED;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "One more random script, made from this (0: none)");

static unsigned int steps = PTREE_STEPS;
module_param(steps, uint, 0444);
MODULE_PARM_DESC(steps, "Length of a random script (20000)");

static const unsigned int seeds[] = { 1, 2, 3, 4 };

static void random_script(struct kunit *test, unsigned int with)
{
	struct script *script = test->priv;
	struct rnd_state random;
	unsigned int next = 64;

	kunit_info(test, "seed=%u steps=%u\n", with, steps);
	prandom_seed_state(&random, with);
	script->lazy = true;
	while (script->steps < steps && !script->wrong) {
		script_random(script, &random);
		if (script->steps < next)
			continue;
		script_check(script);
		cond_resched();
		next += 64;
	}
	script_check(script);
}

static void random_seed_name(const unsigned int *with, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "seed %u", *with);
}

KUNIT_ARRAY_PARAM(seed, seeds, random_seed_name);

static void fixed_seeds(struct kunit *test)
{
	random_script(test, *(const unsigned int *)test->param_value);
}

static void given_seed(struct kunit *test)
{
	if (!seed)
		kunit_skip(test, "no seed was given");
	random_script(test, seed);
}

static struct kunit_case random_tests[] = {
	KUNIT_CASE_PARAM(fixed_seeds, seed_gen_params),
	KUNIT_CASE(given_seed),
	{}
};

static struct kunit_suite random_suite = {
	.name = "ptree_random",
	.init = script_init,
	.exit = script_exit,
	.test_cases = random_tests,
};

kunit_test_suite(random_suite);
