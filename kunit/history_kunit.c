// SPDX-License-Identifier: GPL-2.0
/* history_kunit.c owns the scripts about the dead: who is kept, and how long. */
#include "../module/verify.h"
#include "script.h"

static bool remembered(struct script *script, u64 id)
{
	unsigned long irqflags = script_lock(script);
	bool found = ptree_find_id(&script->tree, id);

	script_unlock(script, irqflags);
	return found;
}

static void live_and_die(struct script *script, int first, int nr)
{
	int name;

	for (name = first; name < first + nr && !script->wrong; name++) {
		script_step(script, &(struct step){ FORK, 1, name });
		script_kill(script, name);
		script_step(script, &(struct step){ REAP, name });
	}
}

static void oldest_go_first(struct kunit *test)
{
	struct script *script = test->priv;
	u64 id;

	script->tree.history_max = 4;
	live_and_die(script, 2, 10);
	KUNIT_EXPECT_EQ(test, script->tree.nr_history, 4);
	KUNIT_EXPECT_EQ(test, script->tree.stats.evicted, 6);
	KUNIT_EXPECT_EQ(test, script->tree.stats.cut, 0);
	for (id = 2; id < 12; id++)
		KUNIT_EXPECT_EQ(test, remembered(script, id), id > 7);
}

static void nothing_is_remembered(struct kunit *test)
{
	struct script *script = test->priv;

	script->tree.history_max = 0;
	live_and_die(script, 2, 10);
	KUNIT_EXPECT_EQ(test, script->tree.nr_history, 0);
	KUNIT_EXPECT_EQ(test, script->tree.pools[PTREE_POOL_NODE].used, 1);
	KUNIT_EXPECT_EQ(test, script->tree.pools[PTREE_POOL_PID].used, 1);
}

/*
 *	1---2(dead)---3(dead)---4	2 and 3 are needed by 4
 */
static void ancestors_are_kept_for_the_living(struct kunit *test)
{
	static const struct step steps[] = {
		{ FORK, 1, 2 }, { FORK, 2, 3 }, { FORK, 3, 4 }, { DIE, 2 },
		{ REAP, 2 }, { DIE, 3 }, { REAP, 3 }, {},
	};
	struct script *script = test->priv;

	script->tree.history_max = 2;
	script_play(script, steps);
	live_and_die(script, 10, 10);
	KUNIT_EXPECT_EQ(test, script->tree.nr_needed, 2);
	KUNIT_EXPECT_TRUE(test, remembered(script, 2));
	KUNIT_EXPECT_TRUE(test, remembered(script, 3));
	KUNIT_EXPECT_EQ(test, script_record(script, 4, PTREE_ROOT_NS).birth_nr,
			3);
	/* When 4 dies all three are history, and the next births end that. */
	script_kill(script, 4);
	script_step(script, &(struct step){ REAP, 4 });
	KUNIT_EXPECT_EQ(test, script->tree.nr_needed, 0);
	live_and_die(script, 30, 2);
	KUNIT_EXPECT_FALSE(test, remembered(script, 2));
	KUNIT_EXPECT_FALSE(test, remembered(script, 3));
	KUNIT_EXPECT_EQ(test, script->tree.stats.cut, 0);
}

static void threads_are_not_needed(struct kunit *test)
{
	static const struct step steps[] = {
		{ FORK, 1, 2 }, { FORK, 2, 3, CLONE_THREAD }, { FORK, 3, 4 },
		{ DIE, 3 }, { REAP, 3 }, {},
	};
	struct script *script = test->priv;
	struct ptree_record record;

	script->tree.history_max = 0;
	script_play(script, steps);
	KUNIT_EXPECT_FALSE(test, remembered(script, 3));
	record = script_record(script, 4, PTREE_ROOT_NS);
	KUNIT_EXPECT_EQ(test, record.birth_thread, 3);
	KUNIT_EXPECT_EQ(test, record.birth_nr, 2);
	KUNIT_EXPECT_FALSE(test, record.flags & PTREE_R_TRUNCATED);
}

/* Each gives birth to its successor and dies. */
static void lineage(struct script *script, int generations)
{
	int i, name = 1, next;

	for (i = 2; i < generations + 2 && !script->wrong; i++, name = next) {
		next = (i / 500 + 1) * MODEL_NUMBERS + i % 500 + 2;
		script_step(script, &(struct step){ FORK, name, next });
		if (name == 1)
			continue;
		script_kill(script, name);
		script_step(script, &(struct step){ REAP, name });
	}
}

static u32 chain_length(struct script *script, u64 id, bool *truncated)
{
	unsigned long irqflags = script_lock(script);
	struct ptree_node *node = ptree_find_id(&script->tree, id);
	struct ptree_record record;
	u32 length = 0;

	while (node) {
		ptree_record_fill(&script->tree, node, NULL, &record);
		*truncated = record.flags & PTREE_R_TRUNCATED;
		node = ptree_find_id(&script->tree, node->process->birth_id);
		length++;
	}
	script_unlock(script, irqflags);
	return length;
}

static void long_lineage_is_cut(struct kunit *test)
{
	struct script *script = test->priv;
	bool truncated = false;
	u32 length;

	script->lazy = true;
	script->tree.history_max = 64;
	lineage(script, 10000);
	script_check(script);
	/* The last one and 1 live: 64 + 2 are needed at most. */
	KUNIT_EXPECT_LE(test, script->tree.nr_needed, 66);
	length = chain_length(script, script->tree.last_id, &truncated);
	KUNIT_EXPECT_EQ(test, length, script->tree.nr_needed + 1);
	KUNIT_EXPECT_TRUE(test, truncated);
	KUNIT_EXPECT_EQ(test, script->tree.stats.cut + script->tree.nr_needed,
			9999);
}

static void short_lineage_is_whole(struct kunit *test)
{
	struct script *script = test->priv;
	bool truncated = true;
	u32 length;

	lineage(script, 100);
	length = chain_length(script, script->tree.last_id, &truncated);
	KUNIT_EXPECT_EQ(test, length, 101);
	KUNIT_EXPECT_FALSE(test, truncated);
	KUNIT_EXPECT_EQ(test, script->tree.stats.cut, 0);
}

/*
 *	1---2(dead)---3		2 is cut: nobody knows to whom 3 was born
 */
static void a_cut_is_told(struct kunit *test)
{
	static const struct step steps[] = {
		{ FORK, 1, 2 }, { FORK, 2, 3 }, { DIE, 2 }, { REAP, 2 },
		/* There may be as many needed as there are living: 1, 3. */
		{ FORK, 1, 4 }, { FORK, 4, 5 }, { DIE, 4 }, { REAP, 4 },
		{ FORK, 5, 6 }, { DIE, 5 }, { REAP, 5 },
		{ FORK, 6, 7 }, { DIE, 6 }, { REAP, 6 }, {},
	};
	struct script *script = test->priv;
	struct ptree_record record;

	script->tree.history_max = 0;
	script_play(script, steps);
	KUNIT_EXPECT_EQ(test, script->tree.nr_processes, 3);
	KUNIT_EXPECT_EQ(test, script->tree.nr_needed, 3);
	KUNIT_EXPECT_EQ(test, script->tree.stats.cut, 1);
	record = script_record(script, 3, PTREE_ROOT_NS);
	KUNIT_EXPECT_TRUE(test, record.flags & PTREE_R_TRUNCATED);
	KUNIT_EXPECT_EQ(test, record.birth_id, 2);
	KUNIT_EXPECT_EQ(test, record.birth_nr, 0);
	KUNIT_EXPECT_STREQ(test, script_tree(script, PTREE_ROOT_NS),
			   "1\n"
			   "|- 3<?\n"
			   "`- 7<6+\n");
}

/* A whole family dies at once: the chain goes link by link, in small steps. */
static void a_long_chain_is_spent(struct kunit *test)
{
	struct script *script = test->priv;
	int last;

	script->lazy = true;
	lineage(script, 200);
	KUNIT_EXPECT_EQ(test, script->tree.nr_needed, 199);
	last = 1000 + 201 % 500 + 2;
	script_kill(script, last);
	script_step(script, &(struct step){ REAP, last });
	script_check(script);
	script->tree.history_max = 0;
	live_and_die(script, 900, 5);
	script_check(script);
	KUNIT_EXPECT_EQ(test, script->tree.nr_needed, 0);
	KUNIT_EXPECT_EQ(test, script->tree.nr_history, 0);
	KUNIT_EXPECT_EQ(test, script->tree.stats.cut, 0);
}

static struct kunit_case history_tests[] = {
	KUNIT_CASE(oldest_go_first),
	KUNIT_CASE(nothing_is_remembered),
	KUNIT_CASE(ancestors_are_kept_for_the_living),
	KUNIT_CASE(threads_are_not_needed),
	KUNIT_CASE(long_lineage_is_cut),
	KUNIT_CASE(short_lineage_is_whole),
	KUNIT_CASE(a_cut_is_told),
	KUNIT_CASE(a_long_chain_is_spent),
	{}
};

static struct kunit_suite history_suite = {
	.name = "ptree_history",
	.init = script_init,
	.exit = script_exit,
	.test_cases = history_tests,
};

kunit_test_suite(history_suite);
