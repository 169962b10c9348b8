// SPDX-License-Identifier: GPL-2.0
/* pool_kunit.c owns the scripts in which there is not enough memory. */
#include "../module/verify.h"
#include "script.h"

static void fail_every(struct script *script, int kind, unsigned int every)
{
	script->tree.pools[kind].takes = 0;
	script->tree.pools[kind].fail_every = every;
}

/* The model forgets a birth that the tree could not record. */
static void take_back(struct script *script, int name)
{
	model_release(&script->model, name);
	script->model.last_id--;
}

static int try_birth(struct script *script, const struct step *step)
{
	unsigned long irqflags;
	int err;

	if (!model_fork(&script->model, step->task, step->other, step->flags))
		return -ENOSPC;
	irqflags = script_lock(script);
	err = script_tell_birth(script, step);
	script_unlock(script, irqflags);
	if (err)
		take_back(script, step->other);
	return err;
}

static const char *const kind_names[PTREE_POOLS] = {
	"nodes", "processes", "pids", "numbers", "namespaces",
};

static const int kinds[PTREE_POOLS] = {
	PTREE_POOL_NODE, PTREE_POOL_PROCESS, PTREE_POOL_PID, PTREE_POOL_UPID,
	PTREE_POOL_NS,
};

static void kind_name(const int *kind, char *name)
{
	strscpy(name, kind_names[*kind], KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(kind, kinds, kind_name);

/* A birth in a new namespace needs one of each kind. */
static void a_birth_is_lost_and_told_again(struct kunit *test)
{
	const struct step step = { FORK, 1, 2, CLONE_NEWPID };
	const int kind = *(const int *)test->param_value;
	struct script *script = test->priv;
	struct ptree *tree = &script->tree;
	bool by_apply = kind == PTREE_POOL_NODE || kind == PTREE_POOL_PROCESS;
	unsigned int used[PTREE_POOLS];
	u64 seq = tree->seq;
	int i;

	for (i = 0; i < PTREE_POOLS; i++)
		used[i] = tree->pools[i].used;
	fail_every(script, kind, 1);
	KUNIT_EXPECT_EQ(test, try_birth(script, &step), -ENOMEM);
	fail_every(script, kind, 0);
	KUNIT_EXPECT_EQ(test, tree->pools[kind].starved, 1);
	KUNIT_EXPECT_EQ(test, tree->seq, seq);
	/* Whoever has not even pids for an event counts the loss himself. */
	KUNIT_EXPECT_EQ(test, tree->stats.lost, by_apply);
	KUNIT_EXPECT_EQ(test, tree->stale, by_apply);
	/* The namespace is handed to its owner before it goes. */
	for (i = 0; i < PTREE_POOL_NS; i++)
		KUNIT_EXPECT_EQ(test, tree->pools[i].used, used[i]);
	script_check(script);

	script->model.last_ns++;
	KUNIT_EXPECT_EQ(test, try_birth(script, &step), 0);
	script_check(script);
	KUNIT_EXPECT_STREQ(test, script_tree(script, PTREE_ROOT_NS),
			   "1\n"
			   "`- 2\n");
}

static void a_thread_is_lost(struct kunit *test)
{
	const struct step step = { FORK, 1, 2, CLONE_THREAD };
	struct script *script = test->priv;

	fail_every(script, PTREE_POOL_NODE, 1);
	KUNIT_EXPECT_EQ(test, try_birth(script, &step), -ENOMEM);
	fail_every(script, PTREE_POOL_NODE, 0);
	KUNIT_EXPECT_TRUE(test, script->tree.stale);
	script_check(script);
	KUNIT_EXPECT_EQ(test, try_birth(script, &step), 0);
	script_check(script);
}

/* Some births fail at this, others at that, and none leaves anything behind. */
static void some_births_are_lost(struct kunit *test)
{
	struct script *script = test->priv;
	unsigned int lost = 0;
	int kind, name;

	for (kind = 0; kind < PTREE_POOLS; kind++)
		fail_every(script, kind, 3 + 2 * kind);
	for (name = 2; name < 42; name++) {
		struct step step = { FORK, 1, name };

		if (name % 3 == 0)
			step.flags = CLONE_THREAD;
		if (name % 7 == 0)
			step.flags = CLONE_NEWPID;
		lost += try_birth(script, &step) == -ENOMEM;
		script_check(script);
	}
	KUNIT_EXPECT_GT(test, lost, 10U);
	KUNIT_EXPECT_EQ(test, script->tree.nr_nodes, 41 - lost);
	for (kind = 0; kind < PTREE_POOLS; kind++)
		fail_every(script, kind, 0);
}

/* What dies needs nothing, and gives what it had to whoever is born next. */
static void deaths_need_no_memory(struct kunit *test)
{
	static const struct step births[] = {
		{ FORK, 1, 2 }, { FORK, 2, 3 }, { FORK, 3, 4 }, {},
	};
	struct script *script = test->priv;
	int kind;

	script_play(script, births);
	for (kind = 0; kind < PTREE_POOLS; kind++)
		fail_every(script, kind, 1);
	script_kill(script, 3);
	script_kill(script, 2);
	script_reap(script);
	KUNIT_EXPECT_STREQ(test, script_tree(script, PTREE_ROOT_NS),
			   "1\n"
			   "`- 4<3+\n");
	for (kind = 0; kind < PTREE_POOLS; kind++)
		fail_every(script, kind, 0);
}

static unsigned int take_all(struct ptree *tree, struct ptree_pool *pool,
			     struct llist_node **taken)
{
	unsigned long irqflags;
	struct llist_node *object;
	unsigned int nr = 0;

	raw_spin_lock_irqsave(&tree->lock, irqflags);
	while ((object = ptree_pool_take(pool))) {
		object->next = *taken;
		*taken = object;
		nr++;
	}
	raw_spin_unlock_irqrestore(&tree->lock, irqflags);
	return nr;
}

static void give_all(struct ptree *tree, struct ptree_pool *pool,
		     struct llist_node *taken)
{
	struct llist_node *next;
	unsigned long irqflags;

	raw_spin_lock_irqsave(&tree->lock, irqflags);
	for (; taken; taken = next) {
		next = taken->next;
		ptree_pool_give(pool, taken);
	}
	raw_spin_unlock_irqrestore(&tree->lock, irqflags);
}

static void emptied_refilled_and_trimmed(struct kunit *test)
{
	struct ptree *tree = kunit_kzalloc(test, sizeof(*tree), GFP_KERNEL);
	struct llist_node *taken = NULL;
	struct ptree_pool *pool;

	KUNIT_ASSERT_NOT_NULL(test, tree);
	pool = &tree->pools[PTREE_POOL_NODE];
	KUNIT_ASSERT_EQ(test, ptree_init(tree, "ptree_small", 4, 8, 0), 0);
	KUNIT_EXPECT_EQ(test, take_all(tree, pool, &taken), 8);
	KUNIT_EXPECT_EQ(test, pool->starved, 1);
	KUNIT_EXPECT_EQ(test, ptree_pool_short(pool), 8);
	KUNIT_EXPECT_EQ(test, ptree_refill(tree, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, take_all(tree, pool, &taken), 8);
	KUNIT_EXPECT_EQ(test, ptree_refill(tree, GFP_KERNEL), 0);
	KUNIT_EXPECT_EQ(test, pool->used, 16);
	give_all(tree, pool, taken);
	KUNIT_EXPECT_EQ(test, pool->used, 0);
	KUNIT_EXPECT_EQ(test, pool->nr, 24);
	KUNIT_EXPECT_EQ(test, ptree_pool_short(pool), 0);
	ptree_trim(tree);
	KUNIT_EXPECT_EQ(test, pool->nr, 16);
	ptree_destroy(tree);
}

static struct kunit_case pool_tests[] = {
	KUNIT_CASE_PARAM(a_birth_is_lost_and_told_again, kind_gen_params),
	KUNIT_CASE(a_thread_is_lost),
	KUNIT_CASE(some_births_are_lost),
	KUNIT_CASE(deaths_need_no_memory),
	KUNIT_CASE(emptied_refilled_and_trimmed),
	{}
};

static struct kunit_suite pool_suite = {
	.name = "ptree_pool",
	.init = script_init,
	.exit = script_exit,
	.test_cases = pool_tests,
};

kunit_test_suite(pool_suite);
