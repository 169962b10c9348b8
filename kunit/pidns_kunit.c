// SPDX-License-Identifier: GPL-2.0
/* pidns_kunit.c owns the scripts about numbers and the namespaces they are in. */
#include "../module/pidns.h"
#include "script.h"

/* What the model calls the first namespaces that it makes. */
#define OUTER 1
#define INNER 2

/*
 *	1---2---3(init of OUTER)-+-4---5(init of INNER)---6
 *				 `-7
 */
static const struct step nested[] = {
	{ FORK, 1, 2 }, { FORK, 2, 3, CLONE_NEWPID }, { FORK, 3, 4 },
	{ FORK, 4, 5, CLONE_NEWPID }, { FORK, 5, 6 }, { FORK, 3, 7 }, {},
};

static pid_t number_of(struct script *script, int task, u32 ns)
{
	return script_record(script, task, ns).tid;
}

static void numbers_at_three_levels(struct kunit *test)
{
	static const pid_t numbers[][3] = {
		{ 1, 0, 0 }, { 2, 0, 0 }, { 3, 1, 0 }, { 4, 2, 0 },
		{ 5, 3, 1 }, { 6, 4, 2 }, { 7, 5, 0 },
	};
	struct script *script = test->priv;
	int i;

	script_play(script, nested);
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		KUNIT_EXPECT_EQ(test, number_of(script, i + 1, PTREE_ROOT_NS),
				numbers[i][0]);
		KUNIT_EXPECT_EQ(test, number_of(script, i + 1, OUTER),
				numbers[i][1]);
		KUNIT_EXPECT_EQ(test, number_of(script, i + 1, INNER),
				numbers[i][2]);
		KUNIT_EXPECT_EQ(test, number_of(script, i + 1, 77), 0);
	}
}

static const void *holder(struct script *script, u32 ns, pid_t nr)
{
	unsigned long irqflags = script_lock(script);
	const struct ptree_pid *pid = ptree_pid_find(&script->tree, ns, nr);
	const void *key = pid ? pid->key : NULL;

	script_unlock(script, irqflags);
	return key;
}

static void numbers_name_somebody(struct kunit *test)
{
	struct script *script = test->priv;

	script_play(script, nested);
	KUNIT_EXPECT_PTR_EQ(test, holder(script, PTREE_ROOT_NS, 6),
			    script_pid_key(6));
	KUNIT_EXPECT_PTR_EQ(test, holder(script, OUTER, 4), script_pid_key(6));
	KUNIT_EXPECT_PTR_EQ(test, holder(script, INNER, 2), script_pid_key(6));
	KUNIT_EXPECT_NULL(test, holder(script, INNER, 3));
	KUNIT_EXPECT_NULL(test, holder(script, OUTER, 6));
	KUNIT_EXPECT_NULL(test, holder(script, 77, 1));
	script_kill(script, 6);
	script_step(script, &(struct step){ REAP, 6 });
	KUNIT_EXPECT_NULL(test, holder(script, PTREE_ROOT_NS, 6));
	KUNIT_EXPECT_NULL(test, holder(script, OUTER, 4));
	KUNIT_EXPECT_NULL(test, holder(script, INNER, 2));
}

static void trees_are_drawn_from_inside(struct kunit *test)
{
	struct script *script = test->priv;

	script_play(script, nested);
	KUNIT_EXPECT_STREQ(test, script_tree(script, PTREE_ROOT_NS),
			   "1\n"
			   "`- 2\n"
			   "   `- 3\n"
			   "      |- 4\n"
			   "      |  `- 5\n"
			   "      |     `- 6\n"
			   "      `- 7\n");
	KUNIT_EXPECT_STREQ(test, script_tree(script, OUTER),
			   "1\n"
			   "|- 2\n"
			   "|  `- 3\n"
			   "|     `- 4\n"
			   "`- 5\n");
	KUNIT_EXPECT_STREQ(test, script_tree(script, INNER),
			   "1\n"
			   "`- 2\n");
	KUNIT_EXPECT_STREQ(test, script_tree(script, 77), "");
}

/* The parent, the groups and the birth parent are outside: all are 0 there. */
static void what_is_outside_has_no_number(struct kunit *test)
{
	struct script *script = test->priv;
	struct ptree_record record;

	script_play(script, nested);
	record = script_record(script, 5, INNER);
	KUNIT_EXPECT_EQ(test, record.tid, 1);
	KUNIT_EXPECT_EQ(test, record.ppid, 0);
	KUNIT_EXPECT_EQ(test, record.birth_nr, 0);
	KUNIT_EXPECT_EQ(test, record.pgid, 0);
	KUNIT_EXPECT_EQ(test, record.sid, 0);
}

static bool is_open(struct script *script, u32 inum)
{
	unsigned long irqflags = script_lock(script);
	bool open = ptree_ns_find(&script->tree, inum);

	script_unlock(script, irqflags);
	return open;
}

static void closed_when_the_last_leaves(struct kunit *test)
{
	static const struct step last[] = { { DIE, 5 }, {} };
	struct script *script = test->priv;

	script_play(script, nested);
	KUNIT_EXPECT_EQ(test, script->owners, 3);
	script_kill(script, 6);
	script_step(script, &(struct step){ REAP, 6 });
	script_play(script, last);
	KUNIT_EXPECT_TRUE(test, is_open(script, INNER));
	script_step(script, &(struct step){ REAP, 5 });
	KUNIT_EXPECT_FALSE(test, is_open(script, INNER));
	KUNIT_EXPECT_TRUE(test, is_open(script, OUTER));
	/* Its tombstones are still there, its owner has been let go of. */
	KUNIT_EXPECT_EQ(test, script->owners, 2);
	script_kill(script, 3);
	script_reap(script);
	KUNIT_EXPECT_FALSE(test, is_open(script, OUTER));
	KUNIT_EXPECT_EQ(test, script->owners, 1);
}

static void inum_is_used_again(struct kunit *test)
{
	struct script *script = test->priv;
	struct ptree_snapshot snapshot = {
		.ns = OUTER,
		.flags = PTREE_SNAP_DEAD,
	};

	script_step(script, &(struct step){ FORK, 1, 2, CLONE_NEWPID });
	script_step(script, &(struct step){ FORK, 2, 3 });
	script_kill(script, 2);
	script_reap(script);
	KUNIT_EXPECT_FALSE(test, is_open(script, OUTER));
	script->model.last_ns = 0;
	script_step(script, &(struct step){ FORK, 1, 1002, CLONE_NEWPID });
	KUNIT_EXPECT_TRUE(test, is_open(script, OUTER));
	KUNIT_EXPECT_PTR_EQ(test, holder(script, OUTER, 1),
			    script_pid_key(1002));
	/* The dead of the old one are none of the new one's. */
	KUNIT_ASSERT_EQ(test, ptree_snapshot_take(&script->tree, NULL,
						  &snapshot), 0);
	KUNIT_EXPECT_EQ(test, snapshot.nr, 1);
	ptree_snapshot_free(&snapshot);
}

/* Without an owner there is nobody to wait for. */
static void gone_without_an_owner(struct kunit *test)
{
	struct script *script = test->priv;
	unsigned long irqflags = script_lock(script);
	struct ptree_pid *pid = ptree_pid_new(&script->tree, script_pid_key(2), 2);
	bool added, gone;

	added = pid && ptree_pid_add(&script->tree, pid, OUTER, 1);
	ptree_pid_put(&script->tree, pid);
	gone = ptree_ns_gone(&script->tree);
	script_unlock(script, irqflags);
	KUNIT_EXPECT_TRUE(test, added);
	KUNIT_EXPECT_FALSE(test, gone);
	KUNIT_EXPECT_FALSE(test, is_open(script, OUTER));
	script_check(script);
}

static const void *found(struct script *script, enum ptree_nr_type type,
			 pid_t nr)
{
	unsigned long irqflags = script_lock(script);
	const struct ptree_node *node;
	const void *task;

	node = ptree_find_nr(&script->tree, PTREE_ROOT_NS, type, nr);
	task = node ? node->task : NULL;
	script_unlock(script, irqflags);
	return task;
}

/* The number of a leader is that of four things, a thread's of one. */
static void a_number_has_a_type(struct kunit *test)
{
	static const struct step steps[] = {
		{ FORK, 1, 2 }, { SETSID, 2 }, { FORK, 2, 3 },
		{ FORK, 2, 4, CLONE_THREAD }, {},
	};
	static const struct step last[] = {
		{ DIE, 4 }, { REAP, 4 }, { DIE, 2 }, { REAP, 2 }, {},
	};
	struct script *script = test->priv;
	const void *two = script_task_key(2), *three = script_task_key(3);

	script_play(script, steps);
	KUNIT_EXPECT_PTR_EQ(test, found(script, PTREE_NR_PID, 2), two);
	KUNIT_EXPECT_PTR_EQ(test, found(script, PTREE_NR_TGID, 2), two);
	KUNIT_EXPECT_PTR_EQ(test, found(script, PTREE_NR_PGID, 2), two);
	KUNIT_EXPECT_PTR_EQ(test, found(script, PTREE_NR_SID, 2), two);
	KUNIT_EXPECT_PTR_EQ(test, found(script, PTREE_NR_PID, 4),
			    script_task_key(4));
	KUNIT_EXPECT_NULL(test, found(script, PTREE_NR_TGID, 4));
	KUNIT_EXPECT_PTR_EQ(test, found(script, PTREE_NR_TGID, 3), three);
	KUNIT_EXPECT_NULL(test, found(script, PTREE_NR_PGID, 3));

	script_play(script, last);
	KUNIT_EXPECT_NULL(test, found(script, PTREE_NR_PID, 2));
	KUNIT_EXPECT_NULL(test, found(script, PTREE_NR_TGID, 2));
	KUNIT_EXPECT_PTR_EQ(test, found(script, PTREE_NR_PGID, 2), three);
	KUNIT_EXPECT_PTR_EQ(test, found(script, PTREE_NR_SID, 2), three);
}

/* A pid is what the kernel knows it as: a number alone is not enough. */
static void found_by_key_and_number(struct kunit *test)
{
	struct script *script = test->priv;
	struct ptree_pid *right, *wrong;
	unsigned long irqflags;

	script_step(script, &(struct step){ FORK, 1, 2 });
	irqflags = script_lock(script);
	right = ptree_pid_find_get(&script->tree, script_pid_key(2), 2);
	wrong = ptree_pid_find_get(&script->tree, script_pid_key(1002), 2);
	ptree_pid_put(&script->tree, right);
	script_unlock(script, irqflags);
	KUNIT_EXPECT_NOT_NULL(test, right);
	KUNIT_EXPECT_NULL(test, wrong);
	script_check(script);
}

static struct kunit_case pidns_tests[] = {
	KUNIT_CASE(numbers_at_three_levels),
	KUNIT_CASE(numbers_name_somebody),
	KUNIT_CASE(trees_are_drawn_from_inside),
	KUNIT_CASE(what_is_outside_has_no_number),
	KUNIT_CASE(closed_when_the_last_leaves),
	KUNIT_CASE(inum_is_used_again),
	KUNIT_CASE(gone_without_an_owner),
	KUNIT_CASE(a_number_has_a_type),
	KUNIT_CASE(found_by_key_and_number),
	{}
};

static struct kunit_suite pidns_suite = {
	.name = "ptree_pidns",
	.init = script_init,
	.exit = script_exit,
	.test_cases = pidns_tests,
};

kunit_test_suite(pidns_suite);
