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

/* Read on: put what has changed since into its place, records[id - 1]. */
static void read_on(struct script *script, struct ptree_snapshot *known)
{
	unsigned long irqflags = script_lock(script);
	struct ptree_change *change;

	list_for_each_entry(change, &script->tree.changes, link) {
		struct ptree_node *node =
			container_of(change, struct ptree_node, change);

		if (change->seq > known->seq && node->id <= IDS)
			ptree_record_fill(&script->tree, node,
					  ptree_ns_find(&script->tree,
							known->ns),
					  &known->records[node->id - 1]);
	}
	known->seq = script->tree.seq;
	known->nr = min_t(u64, script->tree.last_id, IDS);
	script_unlock(script, irqflags);
}

static void take(struct kunit *test, const struct ptree_source *source,
		 struct ptree_snapshot *snapshot)
{
	struct script *script = test->priv;

	KUNIT_ASSERT_EQ(test, ptree_snapshot_take(&script->tree, source,
						  snapshot), 0);
}

static void replay(struct kunit *test, unsigned int seed)
{
	struct script *script = test->priv;
	struct ptree_snapshot known = { .ns = PTREE_ROOT_NS };
	const char *wrong = NULL;
	struct rnd_state random;

	prandom_seed_state(&random, seed);
	script->lazy = true;
	known.records = kvcalloc(IDS, sizeof(*known.records), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, known.records);
	while (script->steps < 3000 && !script->wrong && !wrong) {
		struct ptree_snapshot fresh = {
			.ns = PTREE_ROOT_NS,
			.flags = ALL,
		};

		script_random(script, &random);
		if (prandom_u32_state(&random) % 32)
			continue;
		read_on(script, &known);
		take(test, NULL, &fresh);
		wrong = differs(&known, &fresh);
		ptree_snapshot_free(&fresh);
	}
	kvfree(known.records);
	KUNIT_EXPECT_STREQ(test, wrong ?: "", "");
}

static void replay_is_a_snapshot(struct kunit *test)
{
	replay(test, 1);
}

static void replay_with_little_history(struct kunit *test)
{
	struct script *script = test->priv;

	/* Of 32 steps on the average not all that died may be gone. */
	script->tree.history_max = 100;
	replay(test, 2);
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

static void inject_refresh(struct ptree *tree, struct ptree_node *node)
{
	inject(tree);
}

static struct ptree *peeked;

static bool inject_peek(const void *task, struct ptree_record *record)
{
	inject(peeked);
	return false;
}

static int nothing_to_rescan(struct ptree *tree)
{
	return 0;
}

static bool nothing_to_settle(struct ptree *tree)
{
	return false;
}

static void nothing_to_refresh(struct ptree *tree, struct ptree_node *node)
{
}

static bool nothing_to_peek(const void *task, struct ptree_record *record)
{
	return false;
}

/* Where somebody can come in between. */
static const struct ptree_source sources[] = {
	{
		.rescan = nothing_to_rescan,
		.refresh = nothing_to_refresh,
		.settle = inject,
		.peek = nothing_to_peek,
	}, {
		.rescan = nothing_to_rescan,
		.refresh = inject_refresh,
		.settle = nothing_to_settle,
		.peek = nothing_to_peek,
	}, {
		.rescan = nothing_to_rescan,
		.refresh = nothing_to_refresh,
		.settle = nothing_to_settle,
		.peek = inject_peek,
	}, {
		.rescan = nothing_to_rescan,
		.refresh = inject_refresh,
		.settle = inject,
		.peek = inject_peek,
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

	peeked = &script->tree;
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
		.refresh = nothing_to_refresh,
		.settle = settle_by_killing,
		.peek = nothing_to_peek,
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
	script_step(script, &(struct step){ NAME, 3, 3 });
	KUNIT_EXPECT_EQ(test, script->tree.nr_history, 0);
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
	KUNIT_CASE(snapshot_is_one_moment),
	KUNIT_CASE(snapshot_without_history),
	KUNIT_CASE(snapshot_from_inside),
	KUNIT_CASE(a_death_waits_for_who_saw_the_life),
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
