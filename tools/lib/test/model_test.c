// SPDX-License-Identifier: GPL-2.0
/* model_test.c owns feeding random records to a tree and to a model of it. */
#include <stdio.h>
#include <string.h>

#include "model.h"

#define STEPS 1500

/**
 * struct script - how a random stream is made
 * @ids: how many ids there are
 * @flags: of the tree
 * @keep: how many of the dead to keep
 * @deaths: of a hundred tasks, how many are dead
 * @chains: whoever gives birth is older, and mostly the last one
 */
struct script {
	uint64_t ids;
	unsigned int flags;
	size_t keep;
	unsigned int deaths;
	bool chains;
};

static bool chance(unsigned int percent)
{
	return random_below(100) < percent;
}

static uint64_t random_birth(const struct script *script, uint64_t id)
{
	if (!script->chains)
		return random_below(script->ids + 1);
	return chance(80) ? id - 1 : random_below(id);
}

static void fill_process(const struct script *script, struct ptree_task *task)
{
	task->mask |= PTREE_MASK_PROCESS | PTREE_MASK_BIRTH;
	task->process_id = task->id;
	task->parent_id = random_below(script->ids + 1);
	task->birth_id = random_birth(script, task->id);
	task->flags = PTREE_TASK_LEADER;
	task->threads = random_below(9);
}

/* Any task: one that was a leader may be a thread now, and back. */
static void random_task(const struct script *script, uint64_t seq,
			struct model_task *entry)
{
	struct ptree_task *task = &entry->task;
	int level;

	memset(entry, 0, sizeof(*entry));
	task->mask = PTREE_MASK_NUMBERS;
	task->id = 1 + random_below(script->ids);
	task->seq = chance(90) ? seq : random_below(seq + 1);
	task->tid = random_below(script->ids);
	task->state = chance(script->deaths) ? PTREE_STATE_DEAD :
					       random_below(2);
	task->levels = random_below(MODEL_LEVELS + 1);
	for (level = 0; level < task->levels; level++)
		entry->nspid[level] = random_below(1000);
	snprintf(task->comm, sizeof(task->comm), "%u",
		 (unsigned int)random_below(100000));
	if (chance(75))
		fill_process(script, task);
	else
		task->process_id = 1 + random_below(script->ids);
}

/* What the library makes of it: what a kernel does not know is zero. */
static void as_read(struct model_task *entry, unsigned int fixed)
{
	struct ptree_task *task = &entry->task;

	if (fixed < PTREE_TASK_FIXED)
		memset((char *)task + fixed, 0, PTREE_TASK_FIXED - fixed);
	task->head.type = PTREE_TYPE_TASK;
	task->head.fixed = PTREE_TASK_FIXED;
	task->head.size =
		(PTREE_TASK_FIXED + task->levels * sizeof(__s32) + 7) / 8 * 8;
}

static void random_record(const struct script *script, uint64_t seq,
			  union wire *wire, struct model_task *entry)
{
	unsigned int fixed = wire_random_fixed();
	uint64_t dice = random_below(200);

	if (dice < 3) {
		wire_plain(wire, PTREE_TYPE_LOST, 0, seq);
	} else if (dice < 12) {
		wire_plain(wire, PTREE_TYPE_SYNC, seq, 0);
	} else if (dice < 24) {
		wire_plain(wire, PTREE_TYPE_GONE, seq,
			   random_below(script->ids + 2));
	} else if (dice < 28) {
		wire_plain(wire, 5 + random_below(1000), seq, 7);
	} else {
		random_task(script, seq, entry);
		wire_task(wire, &entry->task, fixed);
		as_read(entry, fixed);
	}
}

static void play(const struct script *script, unsigned int seed)
{
	static struct model model;
	struct model_task entry;
	struct ptree_tree *tree;
	union wire wire;
	int ret, i;

	random_seed(seed);
	memset(&model, 0, sizeof(model));
	model.keep_dead = script->flags & PTREE_WATCH_DEAD;
	model.keep = script->keep;
	if (!check(!ptree_tree_new(&tree, script->flags), "no tree"))
		return;
	ptree_tree_keep(tree, script->keep);
	for (i = 1; i <= STEPS && !test_failing(); i++) {
		random_record(script, i, &wire, &entry);
		ret = ptree_tree_apply(tree, &wire.head);
		check(ret == (wire.head.type == PTREE_TYPE_SYNC), "%d", ret);
		model_apply(&model, &wire, &entry.task);
		model_compare(&model, tree);
		check(!test_failing(), "seed %u, step %d, type %u", seed, i,
		      wire.head.type);
	}
	ptree_tree_free(tree);
}

static void play_seeds(const struct script *script)
{
	unsigned int seed;

	for (seed = 1; seed <= 12 && !test_failing(); seed++)
		play(script, seed);
}

static void test_living(void)
{
	const struct script script = { .ids = 40, .deaths = 20 };

	play_seeds(&script);
}

static void test_dead(void)
{
	const struct script script = {
		.ids = 40,
		.flags = PTREE_WATCH_DEAD,
		.keep = 5,
		.deaths = 50,
	};

	play_seeds(&script);
}

static void test_chains(void)
{
	const struct script script = {
		.ids = 30,
		.flags = PTREE_WATCH_DEAD,
		.keep = 3,
		.deaths = 80,
		.chains = true,
	};

	play_seeds(&script);
}

static void test_nothing_kept(void)
{
	const struct script script = {
		.ids = 30,
		.flags = PTREE_WATCH_DEAD,
		.deaths = 90,
		.chains = true,
	};

	play_seeds(&script);
}

const struct test model_tests[] = {
	{ "model: random records, the living", test_living },
	{ "model: random records, the dead too", test_dead },
	{ "model: random records, long chains of births", test_chains },
	{ "model: random records, no history", test_nothing_kept },
	{},
};
