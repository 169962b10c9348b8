// SPDX-License-Identifier: GPL-2.0
/*
 * changes_kunit.c owns the proof that the list of changes is enough: whoever
 * reads on from where he was has what he would get by reading all again, and
 * whoever reads while the tree changes gets one moment of it.
 */
#include <linux/mm.h>

#include "../module/pidns.h"
#include "script.h"

#define IDS 8192
#define ALL (PTREE_SNAP_THREADS | PTREE_SNAP_DEAD)

/*
 * Of a process its leader's record is the true one: what the threads share
 * does not touch each of them. Nor does an eviction touch who was born to the
 * evicted: there is one fewer to be found, and nothing else has changed.
 */
static struct ptree_record own(const struct ptree_record *record)
{
	struct ptree_record own = *record;

	if (own.flags & PTREE_R_TRUNCATED || own.state == PTREE_DEAD)
		own.birth_nr = 0;
	own.flags &= ~PTREE_R_TRUNCATED;
	/* So does the eviction of its leader's tombstone. */
	if (!(own.flags & PTREE_R_LEADER))
		own.tgid = 0;
	return own;
}

static bool same(const struct ptree_record *a, const struct ptree_record *b)
{
	struct ptree_record left = own(a), right = own(b);

	/* Of an evicted birth one of them may still know the number. */
	if ((a->flags | b->flags) & PTREE_R_TRUNCATED)
		left.birth_nr = right.birth_nr;
	return !memcmp(&left, &right, sizeof(left));
}

/*
 * @known may remember tombstones that were evicted since, but nothing that
 * lives in it may be missing in @fresh, and nothing in @fresh may be different.
 */
static const char *differs(const struct ptree_snapshot *known,
			   const struct ptree_snapshot *fresh)
{
	const struct ptree_record *record;
	size_t i;

	for (i = 0; i < fresh->nr; i++) {
		record = ptree_snapshot_find(known, fresh->records[i].id);
		if (!record)
			return "a node is not known";
		if (!same(record, &fresh->records[i]))
			return "a node is known as it is not";
	}
	for (i = 0; i < known->nr; i++) {
		record = &known->records[i];
		if (record->state != PTREE_DEAD &&
		    !ptree_snapshot_find(fresh, record->id))
			return "a node is known that is none";
	}
	return NULL;
}

/**
 * struct follower - one who keeps what he was told
 * @walk: where he is
 * @batch: what he was told last
 * @known: the newest record of each node at records[id - 1]; a node that he was
 *	never told of is a tombstone there
 * @losses: how often something was evicted before he could read it
 */
struct follower {
	struct ptree_walk *walk;
	struct ptree_snapshot batch;
	struct ptree_snapshot known;
	unsigned int losses;
};

static void forget(struct follower *follower)
{
	u64 id;

	for (id = 1; id <= IDS; id++)
		follower->known.records[id - 1] = (struct ptree_record) {
			.id = id,
			.state = PTREE_DEAD,
		};
}

static void keep(struct follower *follower)
{
	const struct ptree_snapshot *batch = &follower->batch;
	size_t i;

	for (i = 0; i < batch->nr; i++)
		if (batch->records[i].id <= IDS)
			follower->known.records[batch->records[i].id - 1] =
				batch->records[i];
}

static void begin(struct kunit *test, struct follower *follower, u32 flags)
{
	struct script *script = test->priv;

	memset(follower, 0, sizeof(*follower));
	follower->batch.ns = PTREE_ROOT_NS;
	follower->batch.flags = flags;
	follower->known.records = kvcalloc(IDS,
					   sizeof(*follower->known.records),
					   GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, follower->known.records);
	forget(follower);
	follower->walk = ptree_walk_new(&script->tree, NULL);
	KUNIT_ASSERT_NOT_NULL(test, follower->walk);
}

static void end(struct follower *follower)
{
	ptree_walk_free(follower->walk);
	ptree_snapshot_free(&follower->batch);
	kvfree(follower->known.records);
}

static void read_all(struct kunit *test, struct follower *follower)
{
	ptree_snapshot_free(&follower->batch);
	KUNIT_ASSERT_EQ(test, ptree_walk_all(follower->walk, &follower->batch),
			0);
	forget(follower);
	keep(follower);
}

/* Up to the tail; after a loss all over again. */
static void read_on(struct kunit *test, struct follower *follower)
{
	struct script *script = test->priv;
	int ret;

	do {
		ret = ptree_walk_on(follower->walk, &follower->batch);
		keep(follower);
	} while (!ret);
	if (ret == -ESTALE) {
		KUNIT_EXPECT_GT(test, follower->batch.seq,
				ptree_walk_seq(follower->walk));
		follower->losses++;
		read_all(test, follower);
	} else {
		KUNIT_ASSERT_EQ(test, ret, 1);
	}
	KUNIT_EXPECT_EQ(test, follower->batch.seq, script->tree.seq);
	KUNIT_EXPECT_FALSE(test, ptree_walk_more(follower->walk, false));
	follower->known.nr = min_t(u64, script->tree.last_id, IDS);
}

static void take(struct kunit *test, const struct ptree_source *source,
		 struct ptree_snapshot *snapshot)
{
	struct script *script = test->priv;

	KUNIT_ASSERT_EQ(test, ptree_snapshot_take(&script->tree, source,
						  snapshot), 0);
}

/* Returns how often something was lost. @rarely: one read in so many steps. */
static unsigned int replay(struct kunit *test, unsigned int seed,
			   unsigned int rarely)
{
	struct script *script = test->priv;
	struct follower follower;
	const char *wrong = NULL;
	struct rnd_state random;

	prandom_seed_state(&random, seed);
	script->lazy = true;
	begin(test, &follower, ALL);
	read_all(test, &follower);
	while (script->steps < 3000 && !script->wrong && !wrong) {
		struct ptree_snapshot fresh = {
			.ns = PTREE_ROOT_NS,
			.flags = ALL,
		};

		script_random(script, &random);
		if (prandom_u32_state(&random) % rarely)
			continue;
		read_on(test, &follower);
		take(test, NULL, &fresh);
		wrong = differs(&follower.known, &fresh);
		ptree_snapshot_free(&fresh);
	}
	end(&follower);
	KUNIT_EXPECT_STREQ(test, wrong ?: "", "");
	return follower.losses;
}

static void replay_is_a_snapshot(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, replay(test, 1, 32), 0);
}

static void replay_with_little_history(struct kunit *test)
{
	struct script *script = test->priv;

	/* Of 32 steps on the average not all that died may be gone. */
	script->tree.history_max = 100;
	replay(test, 2, 32);
}

/* What is evicted unread is told, and reading all makes it good. */
static void replay_with_losses(struct kunit *test)
{
	struct script *script = test->priv;

	script->tree.history_max = 0;
	KUNIT_EXPECT_GT(test, replay(test, 3, 64), 0);
}

/* Who comes later and knows how far he was misses nothing. */
static void replay_since(struct kunit *test)
{
	struct script *script = test->priv;
	struct follower first, later;
	struct rnd_state random;
	u64 seq;
	int i;

	prandom_seed_state(&random, 4);
	script->lazy = true;
	begin(test, &first, ALL);
	read_all(test, &first);
	for (i = 0; i < 200; i++)
		script_random(script, &random);
	read_on(test, &first);
	seq = ptree_walk_seq(first.walk);
	for (i = 0; i < 300; i++)
		script_random(script, &random);

	begin(test, &later, ALL);
	memcpy(later.known.records, first.known.records,
	       IDS * sizeof(*first.known.records));
	KUNIT_EXPECT_EQ(test, ptree_walk_since(later.walk, script->tree.seq + 1),
			-EINVAL);
	KUNIT_ASSERT_EQ(test, ptree_walk_since(later.walk, seq), 0);
	KUNIT_EXPECT_TRUE(test, ptree_walk_more(later.walk, false));
	read_on(test, &later);
	read_on(test, &first);
	KUNIT_EXPECT_EQ(test, later.losses, 0);
	KUNIT_EXPECT_EQ(test, memcmp(later.known.records, first.known.records,
				     IDS * sizeof(*first.known.records)), 0);
	end(&later);
	end(&first);
}

/* A follower is woken by what comes behind where he is, and by nothing else. */
static void waiting_is_noted(struct kunit *test)
{
	struct script *script = test->priv;
	struct follower follower;

	begin(test, &follower, 0);
	read_all(test, &follower);
	KUNIT_EXPECT_EQ(test, script->tree.awaited, U64_MAX);
	KUNIT_EXPECT_FALSE(test, ptree_walk_more(follower.walk, true));
	KUNIT_EXPECT_EQ(test, script->tree.awaited, script->tree.seq);
	script_step(script, &(struct step){ FORK, 1, 2 });
	KUNIT_EXPECT_LT(test, script->tree.awaited, script->tree.seq);
	KUNIT_EXPECT_TRUE(test, ptree_walk_more(follower.walk, true));
	end(&follower);
}

static u64 parent_of(const struct ptree_node *node)
{
	return node->process->parent ? node->process->parent->process->id : 0;
}

static void chains_are_read_at_once(struct kunit *test)
{
	struct script *script = test->priv;
	struct ptree_snapshot chain = {
		.ns = PTREE_ROOT_NS,
		.flags = PTREE_SNAP_INNER,
	};
	int i;

	script_step(script, &(struct step){ FORK, 1, 2 });
	script_step(script, &(struct step){ FORK, 2, 3, CLONE_NEWPID });
	script_step(script, &(struct step){ FORK, 3, 4 });
	KUNIT_ASSERT_EQ(test, ptree_snapshot_chain(&script->tree, NULL, &chain,
						   4, parent_of), 0);
	KUNIT_ASSERT_EQ(test, chain.nr, 4);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, chain.records[i].id, 4 - i);
	KUNIT_EXPECT_EQ(test, chain.seq, script->tree.seq);
	/* The child of an init is 2 in there. */
	KUNIT_EXPECT_EQ(test, chain.records[0].levels, 2);
	KUNIT_EXPECT_EQ(test, chain.inner[chain.records[0].inner], 2);
	KUNIT_EXPECT_EQ(test, chain.inner[chain.records[1].inner], 1);
	KUNIT_EXPECT_EQ(test, chain.records[2].levels, 1);
	KUNIT_EXPECT_EQ(test, chain.records[0].pidns, chain.records[1].pidns);
	KUNIT_EXPECT_EQ(test, chain.records[3].pidns, PTREE_ROOT_NS);
	ptree_snapshot_free(&chain);

	KUNIT_EXPECT_EQ(test, ptree_snapshot_chain(&script->tree, NULL, &chain,
						   5, parent_of), -ESRCH);
	for (i = 5; i < 70; i++)
		script_step(script, &(struct step){ FORK, i - 1, i });
	KUNIT_EXPECT_EQ(test, ptree_snapshot_chain(&script->tree, NULL, &chain,
						   69, parent_of), -E2BIG);
	KUNIT_EXPECT_PTR_EQ(test, chain.records, (struct ptree_record *)NULL);
}

static bool inject(struct ptree *tree)
{
	struct script *script = container_of(tree, struct script, tree);
	u64 seq = tree->seq;

	if (!script->inject || prandom_u32_state(&script->random) % 4 == 0)
		return false;
	script->inject--;
	script->inside = true;
	script_random(script, &script->random);
	script->inside = false;
	return tree->seq != seq;
}

static bool always_differs(const struct ptree_node *node)
{
	return true;
}

static void inject_refresh(struct ptree *tree, struct ptree_node *node)
{
	inject(tree);
}

static int nothing_to_rescan(struct ptree *tree)
{
	return 0;
}

static bool nothing_to_settle(struct ptree *tree)
{
	return false;
}

static bool never_differs(const struct ptree_node *node)
{
	return false;
}

static bool nothing_to_peek(const void *task, const struct ptree_ns *ns,
			    struct ptree_record *record)
{
	return false;
}

/* Where somebody can come in between. */
static const struct ptree_source sources[] = {
	{
		.rescan = nothing_to_rescan,
		.differs = never_differs,
		.settle = inject,
		.peek = nothing_to_peek,
	}, {
		.rescan = nothing_to_rescan,
		.differs = always_differs,
		.refresh = inject_refresh,
		.settle = nothing_to_settle,
		.peek = nothing_to_peek,
	}, {
		.rescan = nothing_to_rescan,
		.differs = always_differs,
		.refresh = inject_refresh,
		.settle = inject,
		.peek = nothing_to_peek,
	},
};

static void take_both(struct kunit *test, const struct ptree_source *source,
		      u32 ns, u32 flags)
{
	struct ptree_snapshot walked = { .ns = ns, .flags = flags };
	struct ptree_snapshot fresh = { .ns = ns, .flags = flags };
	struct script *script = test->priv;

	script->inject = 100;
	take(test, source, &walked);
	script_check(script);
	take(test, NULL, &fresh);
	KUNIT_EXPECT_EQ(test, walked.seq, fresh.seq);
	KUNIT_EXPECT_STREQ(test, differs(&walked, &fresh) ?: "", "");
	if (!(flags & PTREE_SNAP_DEAD))
		KUNIT_EXPECT_EQ(test, walked.nr, fresh.nr);
	ptree_snapshot_free(&walked);
	ptree_snapshot_free(&fresh);
}

static void snapshots_are_moments(struct kunit *test, u32 ns)
{
	static const u32 flags[] = {
		0, PTREE_SNAP_THREADS, PTREE_SNAP_DEAD, ALL,
	};
	struct script *script = test->priv;
	int i;

	script->lazy = true;
	for (i = 0; i < 96 && !script->wrong; i++) {
		u32 what = flags[i % ARRAY_SIZE(flags)];

		if (ns != PTREE_ROOT_NS)
			what &= ~PTREE_SNAP_DEAD;
		take_both(test, &sources[i / 4 % ARRAY_SIZE(sources)], ns,
			  what);
		KUNIT_EXPECT_EQ(test, ptree_refill(&script->tree, GFP_KERNEL),
				0);
	}
}

static void snapshot_is_one_moment(struct kunit *test)
{
	struct script *script = test->priv;

	prandom_seed_state(&script->random, 11);
	snapshots_are_moments(test, PTREE_ROOT_NS);
}

static void snapshot_without_history(struct kunit *test)
{
	struct script *script = test->priv;

	prandom_seed_state(&script->random, 12);
	script->tree.history_max = 0;
	snapshots_are_moments(test, PTREE_ROOT_NS);
}

static void snapshot_from_inside(struct kunit *test)
{
	struct script *script = test->priv;

	prandom_seed_state(&script->random, 13);
	script_step(script, &(struct step){ FORK, 1, 99, CLONE_NEWPID });
	snapshots_are_moments(test, 1);
}

static bool settle_by_killing(struct ptree *tree)
{
	struct script *script = container_of(tree, struct script, tree);
	u64 seq = tree->seq;

	script->inside = true;
	if (model_task(&script->model, 2)) {
		script_kill(script, 2);
		script_step(script, &(struct step){ REAP, 2 });
		script_step(script, &(struct step){ FORK, 1, 3 });
	}
	script->inside = false;
	return tree->seq != seq;
}

/* It was read alive, died, and is told to have died: so it has to be kept. */
static void a_death_waits_for_who_saw_the_life(struct kunit *test)
{
	static const struct ptree_source source = {
		.rescan = nothing_to_rescan,
		.differs = never_differs,
		.settle = settle_by_killing,
		.peek = nothing_to_peek,
	};
	static const struct step another[] = {
		{ FORK, 1, 4 }, { DIE, 4 }, { REAP, 4 }, {},
	};
	struct ptree_snapshot snapshot = { .ns = PTREE_ROOT_NS };
	struct script *script = test->priv;

	script->tree.history_max = 0;
	script_step(script, &(struct step){ FORK, 1, 2 });
	take(test, &source, &snapshot);
	KUNIT_EXPECT_EQ(test, script->tree.nr_history, 1);
	KUNIT_EXPECT_STREQ(test, script_draw(test, &snapshot, NULL),
			   "1\n"
			   "`- 3\n");
	ptree_snapshot_free(&snapshot);
	script_play(script, another);
	KUNIT_EXPECT_EQ(test, script->tree.nr_history, 0);
}

static struct ptree *peeked;

/* As if everybody were traced by his parent. */
static bool peek_at_parent(const void *task, const struct ptree_ns *ns,
			   struct ptree_record *record)
{
	const struct ptree_node *node = ptree_find_task(peeked, task);
	const struct ptree_node *parent = node->process->parent;

	record->tracer = parent ? ptree_pid_nr(parent->pid, ns) : 0;
	return false;
}

/* How many have one, in the numbers of @ns. */
static unsigned int count_tracers(struct kunit *test, u32 ns)
{
	static const struct ptree_source source = {
		.rescan = nothing_to_rescan,
		.differs = never_differs,
		.settle = nothing_to_settle,
		.peek = peek_at_parent,
	};
	struct ptree_snapshot snapshot = { .ns = ns, .flags = PTREE_SNAP_DEAD };
	unsigned int nr = 0;
	size_t i;

	take(test, &source, &snapshot);
	for (i = 0; i < snapshot.nr; i++) {
		const struct ptree_record *record = &snapshot.records[i];
		bool dead = record->state == PTREE_DEAD;

		KUNIT_EXPECT_EQ(test, record->tracer, dead ? 0 : record->ppid);
		nr += !!record->tracer;
	}
	ptree_snapshot_free(&snapshot);
	return nr;
}

static void a_source_is_asked_in_the_numbers_of_the_reader(struct kunit *test)
{
	static const struct step steps[] = {
		{ FORK, 1, 2 },	  { FORK, 2, 3, CLONE_NEWPID },
		{ FORK, 3, 4 },	  { FORK, 4, 5, CLONE_NEWPID },
		{ FORK, 3, 6 },	  { DIE, 6 },
		{ REAP, 6 },	  {},
	};
	struct script *script = test->priv;

	peeked = &script->tree;
	script_play(script, steps);
	/* Outermost all but the first; further in all but their inits. */
	KUNIT_EXPECT_EQ(test, count_tracers(test, PTREE_ROOT_NS), 4);
	KUNIT_EXPECT_EQ(test, count_tracers(test, 1), 2);
	KUNIT_EXPECT_EQ(test, count_tracers(test, 2), 0);
}

static void readers_pass_each_other(struct kunit *test)
{
	static const struct step steps[] = {
		{ FORK, 1, 2 }, { FORK, 2, 3 }, { FORK, 3, 4 }, {},
	};
	struct script *script = test->priv;
	struct ptree_change others[3] = {};
	unsigned long irqflags;
	int i;

	script_play(script, steps);
	irqflags = script_lock(script);
	list_add(&others[0].link, &script->tree.changes);
	list_add(&others[1].link, script->tree.changes.next->next);
	list_add_tail(&others[2].link, &script->tree.changes);
	script_unlock(script, irqflags);
	KUNIT_EXPECT_STREQ(test, script_tree(script, PTREE_ROOT_NS),
			   "1\n"
			   "`- 2\n"
			   "   `- 3\n"
			   "      `- 4\n");
	script_check(script);
	irqflags = script_lock(script);
	for (i = 0; i < ARRAY_SIZE(others); i++)
		list_del(&others[i].link);
	script_unlock(script, irqflags);
}

static struct kunit_case changes_tests[] = {
	KUNIT_CASE(replay_is_a_snapshot),
	KUNIT_CASE(replay_with_little_history),
	KUNIT_CASE(replay_with_losses),
	KUNIT_CASE(replay_since),
	KUNIT_CASE(waiting_is_noted),
	KUNIT_CASE(chains_are_read_at_once),
	KUNIT_CASE(snapshot_is_one_moment),
	KUNIT_CASE(snapshot_without_history),
	KUNIT_CASE(snapshot_from_inside),
	KUNIT_CASE(a_death_waits_for_who_saw_the_life),
	KUNIT_CASE(a_source_is_asked_in_the_numbers_of_the_reader),
	KUNIT_CASE(readers_pass_each_other),
	{}
};

static struct kunit_suite changes_suite = {
	.name = "ptree_changes",
	.init = script_init,
	.exit = script_exit,
	.test_cases = changes_tests,
};

kunit_test_suite(changes_suite);
