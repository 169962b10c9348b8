// SPDX-License-Identifier: GPL-2.0
/* tree_kunit.c owns the scripts that say who is whose child, and when. */
#include "../module/pidns.h"
#include "script.h"

/**
 * struct tree_case - a script and what becomes of it
 * @name: what it shows
 * @steps: what happens
 * @tree: the living at its end, as script_draw() draws them
 */
struct tree_case {
	const char *name;
	struct step steps[16];
	const char *tree;
};

static const struct tree_case tree_cases[] = {
	{
		"children in the order of their birth",
		{ { FORK, 1, 2 }, { FORK, 1, 3 }, { FORK, 2, 4 } },
		"1\n"
		"|- 2\n"
		"|  `- 4\n"
		"`- 3\n"
	}, {
		"a zombie stays until it is reaped",
		{ { FORK, 1, 2 }, { FORK, 2, 3 }, { DIE, 3 } },
		"1\n"
		"`- 2\n"
		"   `- 3z\n"
	}, {
		"and then goes",
		{ { FORK, 1, 2 }, { FORK, 2, 3 }, { DIE, 3 }, { REAP, 3 } },
		"1\n"
		"`- 2\n"
	}, {
		"an orphan goes to init",
		{ { FORK, 1, 2 }, { FORK, 2, 3 }, { DIE, 2 } },
		"1\n"
		"|- 2z\n"
		"`- 3<2\n"
	}, {
		"a zombie child goes to init too",
		{ { FORK, 1, 2 }, { FORK, 2, 3 }, { DIE, 3 }, { DIE, 2 },
		  { REAP, 2 } },
		"1\n"
		"`- 3z<2+\n"
	}, {
		"a daemon forks twice",
		{ { FORK, 1, 2 }, { FORK, 2, 3 }, { FORK, 3, 4 }, { DIE, 3 },
		  { REAP, 3 } },
		"1\n"
		"|- 2\n"
		"`- 4<3+\n"
	}, {
		"it exits, and its children are still its",
		{ { FORK, 1, 2 }, { FORK, 2, 3 }, { EXIT, 2 } },
		"1\n"
		"`- 2\n"
		"   `- 3\n"
	}, {
		"a chain dies from its top",
		{ { FORK, 1, 2 }, { FORK, 2, 3 }, { FORK, 3, 4 }, { FORK, 4, 5 },
		  { DIE, 2 }, { REAP, 2 }, { DIE, 3 }, { REAP, 3 }, { DIE, 4 },
		  { REAP, 4 } },
		"1\n"
		"`- 5<4+\n"
	}, {
		"an orphan goes to a thread that lives",
		{ { FORK, 1, 2 }, { FORK, 2, 3, CLONE_THREAD }, { FORK, 2, 4 },
		  { DIE, 2 } },
		"1\n"
		"`- 2*2z\n"
		"   `- 4\n"
	}, {
		"a thread's child goes to the leader",
		{ { FORK, 1, 2 }, { FORK, 2, 3, CLONE_THREAD }, { FORK, 3, 4 },
		  { DIE, 3 }, { REAP, 3 } },
		"1\n"
		"`- 2\n"
		"   `- 4\n"
	}, {
		"threads outlive their leader and have children",
		{ { FORK, 1, 2 }, { FORK, 2, 3, CLONE_THREAD }, { DIE, 2 },
		  { FORK, 3, 4 } },
		"1\n"
		"`- 2*2z\n"
		"   `- 4\n"
	}, {
		"the last thread hands over the children",
		{ { FORK, 1, 2 }, { FORK, 2, 3, CLONE_THREAD }, { DIE, 2 },
		  { FORK, 3, 4 }, { DIE, 3 }, { REAP, 3 } },
		"1\n"
		"|- 2z\n"
		"`- 4<2\n"
	}, {
		"an orphan goes to the nearest subreaper",
		{ { FORK, 1, 2 }, { SUBREAPER, 2 }, { FORK, 2, 3 },
		  { SUBREAPER, 3 }, { FORK, 3, 4 }, { FORK, 4, 5 },
		  { FORK, 5, 6 }, { DIE, 5 }, { REAP, 5 } },
		"1\n"
		"`- 2\n"
		"   `- 3\n"
		"      |- 4\n"
		"      `- 6<5+\n"
	}, {
		"and past it when it exits",
		{ { FORK, 1, 2 }, { SUBREAPER, 2 }, { FORK, 2, 3 },
		  { SUBREAPER, 3 }, { FORK, 3, 4 }, { EXIT, 3 }, { FORK, 4, 5 },
		  { DIE, 4 }, { REAP, 4 } },
		"1\n"
		"`- 2\n"
		"   |- 3\n"
		"   `- 5<4+\n"
	}, {
		"to a thread of a subreaper whose leader has died",
		{ { FORK, 1, 2 }, { SUBREAPER, 2 }, { FORK, 2, 3, CLONE_THREAD },
		  { FORK, 3, 4 }, { FORK, 4, 5 }, { DIE, 2 }, { DIE, 4 },
		  { REAP, 4 } },
		"1\n"
		"`- 2*2z\n"
		"   `- 5<4+\n"
	}, {
		"one becomes a subreaper after its descendants were born",
		{ { FORK, 1, 2 }, { FORK, 2, 3 }, { FORK, 3, 4 },
		  { SUBREAPER, 2 }, { DIE, 3 }, { REAP, 3 } },
		"1\n"
		"`- 2\n"
		"   `- 4<3+\n"
	}, {
		"and is one no longer",
		{ { FORK, 1, 2 }, { SUBREAPER, 2 }, { FORK, 2, 3 },
		  { FORK, 3, 4 }, { NO_SUBREAPER, 2 }, { DIE, 3 }, { REAP, 3 } },
		"1\n"
		"|- 2\n"
		"`- 4<3+\n"
	}, {
		"a subreaper outside of the namespace does not count",
		{ { FORK, 1, 2 }, { SUBREAPER, 2 }, { FORK, 2, 3, CLONE_NEWPID },
		  { FORK, 3, 4 }, { FORK, 4, 5 }, { DIE, 4 }, { REAP, 4 } },
		"1\n"
		"`- 2\n"
		"   `- 3\n"
		"      `- 5<4+\n"
	}, {
		"a subreaper inside of it does",
		{ { FORK, 1, 2, CLONE_NEWPID }, { FORK, 2, 3 },
		  { SUBREAPER, 3 }, { FORK, 3, 4 }, { FORK, 4, 5 },
		  { DIE, 4 }, { REAP, 4 } },
		"1\n"
		"`- 2\n"
		"   `- 3\n"
		"      `- 5<4+\n"
	}, {
		"an orphan goes to the init of its namespace",
		{ { FORK, 1, 2, CLONE_NEWPID }, { FORK, 2, 3 }, { FORK, 3, 4 },
		  { DIE, 3 }, { REAP, 3 } },
		"1\n"
		"`- 2\n"
		"   `- 4<3+\n"
	}, {
		"and also when that is dying",
		{ { FORK, 1, 2, CLONE_NEWPID }, { FORK, 2, 3 }, { FORK, 3, 4 },
		  { EXIT, 2 }, { DIE, 3 }, { REAP, 3 } },
		"1\n"
		"`- 2\n"
		"   `- 4<3+\n"
	}, {
		"init dies last",
		{ { FORK, 1, 2, CLONE_NEWPID }, { FORK, 2, 3 }, { FORK, 3, 4 },
		  { EXIT, 2 }, { DIE, 3 }, { REAP, 3 }, { DIE, 4 }, { REAP, 4 },
		  { NOTIFY, 2 } },
		"1\n"
		"`- 2z\n"
	}, {
		"init's thread reaps when its leader has died",
		{ { FORK, 1, 2, CLONE_NEWPID }, { FORK, 2, 3, CLONE_THREAD },
		  { FORK, 3, 4 }, { FORK, 4, 5 }, { DIE, 2 }, { DIE, 4 },
		  { REAP, 4 } },
		"1\n"
		"`- 2*2z\n"
		"   `- 5<4+\n"
	}, {
		"and still does when it exits itself",
		{ { FORK, 1, 2, CLONE_NEWPID }, { FORK, 2, 3, CLONE_THREAD },
		  { FORK, 3, 4 }, { FORK, 4, 5 }, { DIE, 2 }, { EXIT, 3 },
		  { DIE, 4 }, { REAP, 4 } },
		"1\n"
		"`- 2*2z\n"
		"   `- 5<4+\n"
	}, {
		"init's leader reaps until it has died",
		{ { FORK, 1, 2, CLONE_NEWPID }, { FORK, 2, 3, CLONE_THREAD },
		  { FORK, 3, 4 }, { FORK, 4, 5 }, { EXIT, 2 }, { DIE, 4 },
		  { REAP, 4 } },
		"1\n"
		"`- 2*2\n"
		"   `- 5<4+\n"
	}, {
		"CLONE_PARENT makes a sibling",
		{ { FORK, 1, 2 }, { FORK, 2, 3 }, { FORK, 3, 4, CLONE_PARENT } },
		"1\n"
		"`- 2\n"
		"   |- 3\n"
		"   `- 4<3\n"
	}, {
		"a thread executes: it is the process from now on",
		{ { FORK, 1, 2 }, { FORK, 2, 3, CLONE_THREAD }, { FORK, 3, 4 },
		  { FORK, 2, 5 }, { DIE, 2 }, { SWAP, 3 }, { REAP, 2 },
		  { EXEC, 3 }, { FORK, 3, 6 } },
		"1\n"
		"`- 2\n"
		"   |- 4\n"
		"   |- 5\n"
		"   `- 6\n"
	}, {
		"a thread fails to execute after it became the leader",
		{ { FORK, 1, 2 }, { FORK, 2, 3, CLONE_THREAD }, { FORK, 3, 4 },
		  { DIE, 2 }, { SWAP, 3 }, { DIE, 3 } },
		"1\n"
		"|- 2*2z\n"
		"`- 4<2\n"
	}, {
		"a thread of init executes",
		{ { FORK, 1, 2, CLONE_NEWPID }, { FORK, 2, 3, CLONE_THREAD },
		  { FORK, 3, 4 }, { DIE, 2 }, { SWAP, 3 }, { REAP, 2 },
		  { EXEC, 3 }, { FORK, 4, 5 }, { DIE, 4 }, { REAP, 4 } },
		"1\n"
		"`- 2\n"
		"   `- 5<4+\n"
	}, {
		"vfork and exec",
		{ { FORK, 1, 2, CLONE_VFORK | CLONE_VM }, { EXEC, 2 } },
		"1\n"
		"`- 2\n"
	}, {
		"a number is used again before we hear that it was free",
		{ { FORK, 1, 2 }, { FORK, 1, 3 }, { DIE, 2 }, { FORK, 3, 1002 } },
		"1\n"
		"|- 2z\n"
		"`- 3\n"
		"   `- 2\n"
	}, {
		"and names the new one when the old one goes",
		{ { FORK, 1, 2 }, { FORK, 1, 3 }, { DIE, 2 }, { FORK, 3, 1002 },
		  { REAP, 2 }, { FORK, 1002, 4 } },
		"1\n"
		"`- 3\n"
		"   `- 2\n"
		"      `- 4\n"
	}, {
		"a birth that nobody saw is taken for the parent's",
		{ { FORK, 1, 2 }, { FORK, 2, 3, CLONE_PARENT | MODEL_UNSEEN } },
		"1\n"
		"|- 2\n"
		"`- 3\n"
	}, {
		"until the truth is heard",
		{ { FORK, 1, 2 }, { FORK, 2, 3, CLONE_PARENT | MODEL_UNSEEN },
		  { TOLD, 2, 3, CLONE_PARENT } },
		"1\n"
		"|- 2\n"
		"`- 3<2\n"
	}, {
		"a thread's birth is heard of late",
		{ { FORK, 1, 2 }, { FORK, 2, 3, CLONE_THREAD | MODEL_UNSEEN },
		  { TOLD, 2, 3, CLONE_THREAD } },
		"1\n"
		"`- 2*2\n"
	}, {
		"an end of which only the last is heard",
		{ { FORK, 1, 2 }, { FORK, 2, 3 }, { EXIT, 2 }, { UNHEARD, 2 },
		  { REAP, 2 } },
		"1\n"
		"`- 3<2+\n"
	}, {
		"the same below a subreaper",
		{ { FORK, 1, 2 }, { SUBREAPER, 2 }, { FORK, 2, 3 },
		  { FORK, 3, 4 }, { FORK, 3, 5 }, { EXIT, 3 }, { UNHEARD, 3 },
		  { REAP, 3 } },
		"1\n"
		"`- 2\n"
		"   |- 4<3+\n"
		"   `- 5<3+\n"
	}, {
		"the same for a thread",
		{ { FORK, 1, 2 }, { FORK, 2, 3, CLONE_THREAD }, { FORK, 3, 4 },
		  { EXIT, 3 }, { UNHEARD, 3 }, { REAP, 3 } },
		"1\n"
		"`- 2\n"
		"   `- 4\n"
	},
};

static void tree_case_name(const struct tree_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(tree, tree_cases, tree_case_name);

static void tree_draws(struct kunit *test)
{
	const struct tree_case *c = test->param_value;
	struct script *script = test->priv;

	script_play(script, c->steps);
	KUNIT_EXPECT_STREQ(test, script_tree(script, PTREE_ROOT_NS), c->tree);
}

static void unknown_tasks(struct kunit *test)
{
	static const enum ptree_event_kind kinds[] = {
		PTREE_EV_EXEC,	PTREE_EV_SWAP,	PTREE_EV_EXIT,
		PTREE_EV_ZOMBIE, PTREE_EV_PARENT, PTREE_EV_GROUP,
		PTREE_EV_ATTR,	PTREE_EV_TTY,	PTREE_EV_RELEASE,
	};
	struct script *script = test->priv;
	u64 seq = script->tree.seq;
	int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct ptree_event event = {
			.kind = kinds[i],
			.task = script_task_key(77),
		};

		KUNIT_EXPECT_EQ(test, script_apply(script, &event), -ENOENT);
	}
	KUNIT_EXPECT_EQ(test, script->tree.seq, seq);
	KUNIT_EXPECT_FALSE(test, script->tree.stale);
	script_check(script);
}

static void thread_of_an_unknown_process(struct kunit *test)
{
	struct ptree_event event = {
		.kind = PTREE_EV_FORK,
		.task = script_task_key(77),
		.leader = script_task_key(78),
	};
	struct script *script = test->priv;

	KUNIT_EXPECT_EQ(test, script_apply(script, &event), -ENOENT);
	script_check(script);
}

static void impossible_events(struct kunit *test)
{
	static const struct step steps[] = {
		{ FORK, 1, 2 }, { FORK, 2, 3, CLONE_THREAD },
		{ FORK, 1, 4 }, { FORK, 4, 5, CLONE_THREAD }, {},
	};
	static const struct {
		int task;
		int other;
	} swaps[] = { { 2, 2 }, { 2, 3 }, { 3, 4 }, { 3, 5 }, { 3, 77 } };
	struct ptree_event event = { .kind = PTREE_EV_SWAP };
	struct script *script = test->priv;
	u64 seq;
	int i;

	script_play(script, steps);
	seq = script->tree.seq;
	for (i = 0; i < ARRAY_SIZE(swaps); i++) {
		event.task = script_task_key(swaps[i].task);
		event.other = script_task_key(swaps[i].other);
		KUNIT_EXPECT_EQ(test, script_apply(script, &event), -EINVAL);
	}
	event.kind = PTREE_EV_RELEASE + 1;
	KUNIT_EXPECT_EQ(test, script_apply(script, &event), -EINVAL);
	KUNIT_EXPECT_EQ(test, script->tree.seq, seq);
	script_check(script);
}

static void what_is_known_changes_nothing(struct kunit *test)
{
	static const struct step steps[] = {
		{ FORK, 1, 2, CLONE_VM }, { FORK, 2, 3 }, { SETSID, 3 },
		{ TTY, 3, 7 }, {},
	};
	static const struct step again[] = {
		{ SETSID, 3 }, { TTY, 3, 7 }, { NO_SUBREAPER, 3 },
		{ NAME, 3, 1 }, { SETPGID, 3, 3 }, {},
	};
	struct script *script = test->priv;
	u64 seq;

	script_play(script, steps);
	seq = script->tree.seq;
	script_play(script, again);
	KUNIT_EXPECT_EQ(test, script->tree.seq, seq);
}

static void parent_becomes_unknown(struct kunit *test)
{
	static const struct step steps[] = { { FORK, 1, 2 }, { FORK, 2, 3 }, {} };
	struct ptree_event event = {
		.kind = PTREE_EV_PARENT,
		.task = script_task_key(3),
		.other = script_task_key(77),
	};
	struct script *script = test->priv;

	script_play(script, steps);
	KUNIT_EXPECT_EQ(test, script_apply(script, &event), 0);
	KUNIT_EXPECT_STREQ(test, script_tree(script, PTREE_ROOT_NS),
			   "1\n"
			   "`- 2\n"
			   "3<2\n");
	event.other = script_task_key(2);
	KUNIT_EXPECT_EQ(test, script_apply(script, &event), 0);
	KUNIT_EXPECT_EQ(test, script_record(script, 3, PTREE_ROOT_NS).reparented,
			2);
}

/* Of a leader's release it follows that the other threads are gone. */
static void leader_takes_its_threads_along(struct kunit *test)
{
	static const struct step steps[] = {
		{ FORK, 1, 2 }, { FORK, 2, 3, CLONE_THREAD },
		{ FORK, 2, 4, CLONE_THREAD }, { FORK, 4, 5 }, {},
	};
	struct ptree_event event = {
		.kind = PTREE_EV_RELEASE,
		.task = script_task_key(2),
	};
	struct script *script = test->priv;
	struct model *model = &script->model;
	struct step last = { REAP, 2 };

	script_play(script, steps);
	KUNIT_EXPECT_EQ(test, script_apply(script, &event), 0);
	KUNIT_EXPECT_STREQ(test, script_tree(script, PTREE_ROOT_NS),
			   "1\n"
			   "`- 5<2+\n");
	KUNIT_EXPECT_EQ(test, script->tree.nr_nodes, 2);
	for (last.task = 2; last.task < 5; last.task++)
		model_exit(model, last.task);
	for (last.task = 4; last.task > 1; last.task--) {
		model_notify(model, last.task);
		model_release(model, last.task);
	}
	script_check(script);
}

/* What is told late of a birth takes the tombstone's heir away. */
static void guessed_birth_is_taken_back(struct kunit *test)
{
	static const struct step steps[] = {
		{ FORK, 1, 2 }, { FORK, 1, 3 },
		{ FORK, 2, 4, MODEL_UNSEEN }, { DIE, 2 }, { REAP, 2 }, {},
	};
	/* With a death after it, for then the dead are moved on. */
	static const struct step then[] = {
		{ TOLD, 3, 4, CLONE_PARENT },
		{ FORK, 1, 5 }, { DIE, 5 }, { REAP, 5 }, {},
	};
	struct script *script = test->priv;

	script_play(script, steps);
	KUNIT_EXPECT_EQ(test, script->tree.nr_needed, 1);
	script_play(script, then);
	KUNIT_EXPECT_EQ(test, script->tree.nr_needed, 0);
	KUNIT_EXPECT_STREQ(test, script_tree(script, PTREE_ROOT_NS),
			   "1\n"
			   "|- 3\n"
			   "`- 4<3\n");
}

/* The thread is known by its leader's id and number, and keeps its own key. */
static void exec_keeps_the_id(struct kunit *test)
{
	static const struct step steps[] = {
		{ FORK, 1, 2 }, { FORK, 2, 3, CLONE_THREAD }, { DIE, 2 },
		{ SWAP, 3 }, { REAP, 2 }, { EXEC, 3 }, {},
	};
	struct script *script = test->priv;
	struct ptree_record before, after;

	script_play(script, steps);
	before = script_record(script, 3, PTREE_ROOT_NS);
	KUNIT_EXPECT_EQ(test, before.id, 2);
	KUNIT_EXPECT_EQ(test, before.process_id, 2);
	KUNIT_EXPECT_EQ(test, before.tid, 2);
	KUNIT_EXPECT_EQ(test, before.tgid, 2);
	KUNIT_EXPECT_EQ(test, before.exec_count, 1);
	KUNIT_EXPECT_EQ(test, before.threads, 1);
	KUNIT_EXPECT_TRUE(test, before.flags & PTREE_R_LEADER);
	script_step(script, &(struct step){ EXEC, 3 });
	after = script_record(script, 3, PTREE_ROOT_NS);
	KUNIT_EXPECT_EQ(test, after.id, 2);
	KUNIT_EXPECT_EQ(test, after.start_ns, before.start_ns);
	KUNIT_EXPECT_EQ(test, after.exec_count, 2);
}

/* Nothing of what lay there before shines through. */
static void a_record_is_written_whole(struct kunit *test)
{
	static const struct step steps[] = {
		{ FORK, 1, 2 }, { FORK, 2, 3, CLONE_THREAD }, { FORK, 2, 4 },
		{ FORK, 4, 5, CLONE_NEWPID }, { DIE, 4 }, { REAP, 4 },
		{ FORK, 1, 6 }, { DIE, 6 }, {},
	};
	struct script *script = test->priv;
	struct ptree *tree = &script->tree;
	struct ptree_record *record;
	struct ptree_change *change;
	unsigned long irqflags;
	const struct ptree_ns *ns;

	record = kunit_kzalloc(test, 2 * sizeof(*record), GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, record);
	script_play(script, steps);
	irqflags = script_lock(script);
	ns = ptree_ns_find(tree, PTREE_ROOT_NS);
	list_for_each_entry(change, &tree->changes, link) {
		const struct ptree_node *node =
			container_of(change, struct ptree_node, change);

		memset(&record[0], 0x55, sizeof(*record));
		memset(&record[1], 0xaa, sizeof(*record));
		ptree_record_fill(tree, node, ns, &record[0]);
		ptree_record_fill(tree, node, ns, &record[1]);
		KUNIT_EXPECT_FALSE_MSG(test,
				       memcmp(&record[0], &record[1],
					      sizeof(*record)),
				       "node %llu", node->id);
	}
	script_unlock(script, irqflags);
}

static struct kunit_case tree_tests[] = {
	KUNIT_CASE_PARAM(tree_draws, tree_gen_params),
	KUNIT_CASE(unknown_tasks),
	KUNIT_CASE(thread_of_an_unknown_process),
	KUNIT_CASE(impossible_events),
	KUNIT_CASE(what_is_known_changes_nothing),
	KUNIT_CASE(parent_becomes_unknown),
	KUNIT_CASE(leader_takes_its_threads_along),
	KUNIT_CASE(guessed_birth_is_taken_back),
	KUNIT_CASE(exec_keeps_the_id),
	KUNIT_CASE(a_record_is_written_whole),
	{}
};

static struct kunit_suite tree_suite = {
	.name = "ptree_tree",
	.init = script_init,
	.exit = script_exit,
	.test_cases = tree_tests,
};

kunit_test_suite(tree_suite);
