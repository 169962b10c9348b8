// SPDX-License-Identifier: GPL-2.0
/*
 * reaper_kunit.c owns the small families that die in every order. Nothing is
 * expected here but that the tree agrees with the model after every step.
 */
#include "script.h"

#define FAMILY 5
#define FIRST 2

/**
 * struct family - five tasks and how they come to be
 * @name: its shape
 * @steps: the births; the tasks are FIRST and the next four
 */
struct family {
	const char *name;
	struct step steps[10];
};

static const struct family families[] = {
	{
		/* 2---3---4---5---6 */
		"chain",
		{ { FORK, 1, 2 }, { FORK, 2, 3 }, { FORK, 3, 4 },
		  { FORK, 4, 5 }, { FORK, 5, 6 } },
	}, {
		/* 2-+-3, 4, 5, 6 */
		"star",
		{ { FORK, 1, 2 }, { FORK, 2, 3 }, { FORK, 2, 4 },
		  { FORK, 2, 5 }, { FORK, 2, 6 } },
	}, {
		/* {2,3}---{4,5}---6, from the leaders */
		"threads",
		{ { FORK, 1, 2 }, { FORK, 2, 3, CLONE_THREAD }, { FORK, 2, 4 },
		  { FORK, 4, 5, CLONE_THREAD }, { FORK, 4, 6 } },
	}, {
		/* {2,3,4}-+-5, 6, from the other threads */
		"children of threads",
		{ { FORK, 1, 2 }, { FORK, 2, 3, CLONE_THREAD },
		  { FORK, 2, 4, CLONE_THREAD }, { FORK, 3, 5 },
		  { FORK, 4, 6 } },
	}, {
		/* 2---3(subreaper)---4---5---6 */
		"subreaper in a chain",
		{ { FORK, 1, 2 }, { FORK, 2, 3 }, { SUBREAPER, 3 },
		  { FORK, 3, 4 }, { FORK, 4, 5 }, { FORK, 5, 6 } },
	}, {
		/* {2,3}(subreaper)---4(subreaper)---5---6 */
		"subreapers and threads",
		{ { FORK, 1, 2 }, { SUBREAPER, 2 }, { FORK, 2, 3, CLONE_THREAD },
		  { FORK, 3, 4 }, { SUBREAPER, 4 }, { FORK, 4, 5 },
		  { FORK, 5, 6 } },
	}, {
		/* 2---3(subreaper, set last)---4---5---6 */
		"late subreaper",
		{ { FORK, 1, 2 }, { FORK, 2, 3 }, { FORK, 3, 4 },
		  { FORK, 4, 5 }, { FORK, 5, 6 }, { SUBREAPER, 3 } },
	}, {
		/* 2---3(init)---4---5---6 */
		"namespace in a chain",
		{ { FORK, 1, 2 }, { FORK, 2, 3, CLONE_NEWPID },
		  { FORK, 3, 4 }, { FORK, 4, 5 }, { FORK, 5, 6 } },
	}, {
		/* 2(subreaper)---{3,4}(init)---5---6 */
		"namespace below a subreaper",
		{ { FORK, 1, 2 }, { SUBREAPER, 2 }, { FORK, 2, 3, CLONE_NEWPID },
		  { FORK, 3, 4, CLONE_THREAD }, { FORK, 3, 5 },
		  { FORK, 5, 6 } },
	}, {
		/* 2(init)---3---4(init)---5---6 */
		"nested namespaces",
		{ { FORK, 1, 2, CLONE_NEWPID }, { FORK, 2, 3 },
		  { FORK, 3, 4, CLONE_NEWPID }, { FORK, 4, 5 },
		  { FORK, 5, 6 } },
	}, {
		/* 2-+-3---6, 4, 5: 4 and 5 by CLONE_PARENT of 3 */
		"siblings of the forking",
		{ { FORK, 1, 2 }, { FORK, 2, 3 }, { FORK, 3, 4, CLONE_PARENT },
		  { FORK, 3, 5, CLONE_PARENT }, { FORK, 3, 6 } },
	}, {
		/* sessions and groups: 2(sid)---3(pgid)-+-4, 5(sid)---6 */
		"groups",
		{ { FORK, 1, 2 }, { SETSID, 2 }, { FORK, 2, 3 },
		  { SETPGID, 3, 3 }, { FORK, 3, 4 }, { FORK, 3, 5 },
		  { SETSID, 5 }, { FORK, 5, 6 } },
	},
};

static void family_name(const struct family *family, char *name)
{
	strscpy(name, family->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(family, families, family_name);

/* The same family again, every task with another name and the same number. */
static void give_birth(struct script *script, const struct step *steps,
		       int names)
{
	for (; steps->kind != END; steps++) {
		struct step step = *steps;

		if (step.task != 1)
			step.task += names;
		if (step.kind == FORK || step.kind == SETPGID)
			step.other += names;
		if (!script_step(script, &step))
			return;
	}
}

/* Orders are counted: digit by digit, which of those left dies next. */
static void die_in_order(struct script *script, unsigned int order, int names,
			 bool reap_at_once)
{
	int left[FAMILY], nr, at, i;

	for (i = 0; i < FAMILY; i++)
		left[i] = names + FIRST + i;
	for (nr = FAMILY; nr; nr--) {
		at = order % nr;
		order /= nr;
		script_kill(script, left[at]);
		if (reap_at_once)
			script_reap(script);
		left[at] = left[nr - 1];
	}
	script_reap(script);
}

static void every_order(struct kunit *test, bool reap_at_once)
{
	const struct family *family = test->param_value;
	struct script *script = test->priv;
	unsigned int order, names = 0;

	for (order = 0; order < 5 * 4 * 3 * 2; order++) {
		names += MODEL_NUMBERS;
		give_birth(script, family->steps, names);
		die_in_order(script, order, names, reap_at_once);
		if (script->wrong)
			kunit_info(test, "in the order %u\n", order);
		if (script->wrong)
			return;
	}
	KUNIT_EXPECT_EQ(test, script->tree.nr_nodes, 1);
	KUNIT_EXPECT_EQ(test, script->tree.nr_needed, 0);
}

static void reaped_at_once(struct kunit *test)
{
	every_order(test, true);
}

static void reaped_at_the_end(struct kunit *test)
{
	every_order(test, false);
}

static struct kunit_case reaper_tests[] = {
	KUNIT_CASE_PARAM(reaped_at_once, family_gen_params),
	KUNIT_CASE_PARAM(reaped_at_the_end, family_gen_params),
	{}
};

static struct kunit_suite reaper_suite = {
	.name = "ptree_reaper",
	.init = script_init,
	.exit = script_exit,
	.test_cases = reaper_tests,
};

kunit_test_suite(reaper_suite);
