// SPDX-License-Identifier: GPL-2.0
/* group_kunit.c owns the scripts about process groups and sessions. */
#include "../module/group.h"
#include "../module/pidns.h"
#include "script.h"

/**
 * struct group_case - a script and which groups are left
 * @name: what it shows
 * @steps: what happens
 * @groups: each process group that has members, its session before it
 */
struct group_case {
	const char *name;
	struct step steps[16];
	const char *groups;
};

/* "2/4: 5 6 orphaned" is the process group 4 of the session 2 */
static const struct group_case group_cases[] = {
	{
		"children are in their parent's groups",
		{ { FORK, 1, 2 }, { FORK, 2, 3 } },
		"1/1: 1 2 3 orphaned\n"
	}, {
		"setsid begins both",
		{ { FORK, 1, 2 }, { SETSID, 2 }, { FORK, 2, 3 } },
		"1/1: 1 orphaned\n"
		"2/2: 2 3 orphaned\n"
	}, {
		"a shell's job has somebody who can resume it",
		{ { FORK, 1, 2 }, { SETSID, 2 }, { FORK, 2, 3 },
		  { SETPGID, 3, 3 }, { FORK, 2, 4 }, { SETPGID, 4, 3 } },
		"1/1: 1 orphaned\n"
		"2/2: 2 orphaned\n"
		"2/3: 3 4\n"
	}, {
		"the shell dies and orphans it",
		{ { FORK, 1, 2 }, { SETSID, 2 }, { FORK, 2, 3 },
		  { SETPGID, 3, 3 }, { DIE, 2 }, { REAP, 2 } },
		"1/1: 1 orphaned\n"
		"2/3: 3 orphaned\n"
	}, {
		"the leader dies and the group lives on",
		{ { FORK, 1, 2 }, { SETSID, 2 }, { FORK, 2, 3 },
		  { SETPGID, 3, 3 }, { FORK, 3, 4 }, { DIE, 3 }, { REAP, 3 } },
		"1/1: 1 orphaned\n"
		"2/2: 2 orphaned\n"
		"2/3: 4 orphaned\n"
	}, {
		"one member with a parent outside is enough",
		{ { FORK, 1, 2 }, { SETSID, 2 }, { FORK, 2, 3 },
		  { SETPGID, 3, 3 }, { FORK, 3, 4 }, { FORK, 2, 5 },
		  { SETPGID, 5, 3 }, { DIE, 3 }, { REAP, 3 } },
		"1/1: 1 orphaned\n"
		"2/2: 2 orphaned\n"
		"2/3: 4 5\n"
	}, {
		"one that has exited does not count",
		{ { FORK, 1, 2 }, { SETSID, 2 }, { FORK, 2, 3 },
		  { SETPGID, 3, 3 }, { FORK, 3, 4 }, { DIE, 3 } },
		"1/1: 1 orphaned\n"
		"2/2: 2 orphaned\n"
		"2/3: 3 4 orphaned\n"
	}, {
		"but it does while a thread of it lives",
		{ { FORK, 1, 2 }, { SETSID, 2 }, { FORK, 2, 3 },
		  { SETPGID, 3, 3 }, { FORK, 3, 4, CLONE_THREAD }, { DIE, 3 } },
		"1/1: 1 orphaned\n"
		"2/2: 2 orphaned\n"
		"2/3: 3\n"
	}, {
		"init can't resume anybody, even of its own session",
		{ { FORK, 1, 2 }, { SETPGID, 2, 2 } },
		"1/1: 1 orphaned\n"
		"1/2: 2 orphaned\n"
	}, {
		"the parent is of another session",
		{ { FORK, 1, 2 }, { SETSID, 2 }, { FORK, 2, 3 },
		  { SETSID, 3 } },
		"1/1: 1 orphaned\n"
		"2/2: 2 orphaned\n"
		"3/3: 3 orphaned\n"
	}, {
		"a group is left for another",
		{ { FORK, 1, 2 }, { SETSID, 2 }, { FORK, 2, 3 },
		  { SETPGID, 3, 3 }, { SETPGID, 3, 2 } },
		"1/1: 1 orphaned\n"
		"2/2: 2 3 orphaned\n"
	}, {
		"a thread executes and its group has the leader's number",
		{ { FORK, 1, 2 }, { SETSID, 2 }, { FORK, 2, 3, CLONE_THREAD },
		  { FORK, 2, 4 }, { DIE, 2 }, { SWAP, 3 }, { REAP, 2 },
		  { EXEC, 3 } },
		"1/1: 1 orphaned\n"
		"2/2: 2 4 orphaned\n"
	}, {
		"a session outlives its leader",
		{ { FORK, 1, 2 }, { SETSID, 2 }, { FORK, 2, 3 }, { DIE, 2 },
		  { REAP, 2 }, { FORK, 3, 4 }, { SETPGID, 4, 4 } },
		"1/1: 1 orphaned\n"
		"2/2: 3 orphaned\n"
		"2/4: 4\n"
	},
};

static void group_case_name(const struct group_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(group, group_cases, group_case_name);

static bool in_group(struct ptree *tree, const struct ptree_process *process,
		     int nr)
{
	const struct ptree_process *member;
	struct ptree_pid *pid = ptree_pid_find(tree, PTREE_ROOT_NS, nr);

	if (!pid)
		return false;
	ptree_for_each_member(member, pid, PTREE_PGRP)
		if (member == process)
			return true;
	return false;
}

static int draw_group(struct ptree *tree, int pgid, char *text, int size)
{
	struct ptree_ns *ns = ptree_ns_find(tree, PTREE_ROOT_NS);
	struct ptree_pid *pid = ptree_pid_find(tree, PTREE_ROOT_NS, pgid);
	const struct ptree_process *process;
	int nr, at;

	if (!pid || hlist_empty(&pid->members[PTREE_PGRP]))
		return 0;
	process = hlist_entry(pid->members[PTREE_PGRP].first,
			      struct ptree_process, member[PTREE_PGRP]);
	at = scnprintf(text, size, "%d/%d:",
		       ptree_pid_nr(process->group[PTREE_SESSION], ns), pgid);
	for (nr = 1; nr < 10; nr++) {
		struct ptree_pid *one = ptree_pid_find(tree, PTREE_ROOT_NS, nr);

		process = one ? ptree_group_leader(one) : NULL;
		if (process && in_group(tree, process, pgid))
			at += scnprintf(text + at, size - at, " %d", nr);
	}
	return at + scnprintf(text + at, size - at, "%s\n",
			      ptree_group_orphaned(tree, pid) ? " orphaned" :
								"");
}

static void groups_are(struct kunit *test)
{
	const struct group_case *c = test->param_value;
	struct script *script = test->priv;
	unsigned long irqflags;
	char text[256] = "";
	int pgid, at = 0;

	script_play(script, c->steps);
	irqflags = script_lock(script);
	for (pgid = 1; pgid < 10; pgid++)
		at += draw_group(&script->tree, pgid, text + at,
				 sizeof(text) - at);
	script_unlock(script, irqflags);
	KUNIT_EXPECT_STREQ(test, (char *)text, c->groups);
}

static bool found(struct script *script, int nr)
{
	unsigned long irqflags = script_lock(script);
	bool found = ptree_pid_find(&script->tree, PTREE_ROOT_NS, nr);

	script_unlock(script, irqflags);
	return found;
}

static void number_lasts_as_long_as_members(struct kunit *test)
{
	static const struct step begin[] = {
		{ FORK, 1, 2 }, { SETSID, 2 }, { FORK, 2, 3 }, { FORK, 3, 4 },
		{ DIE, 2 }, { REAP, 2 }, {},
	};
	static const struct step last[] = { { DIE, 4 }, {} };
	struct script *script = test->priv;

	script_play(script, begin);
	KUNIT_EXPECT_TRUE(test, found(script, 2));
	script_step(script, &(struct step){ SETSID, 3 });
	KUNIT_EXPECT_TRUE(test, found(script, 2));
	script_play(script, last);
	KUNIT_EXPECT_TRUE(test, found(script, 2));
	script_step(script, &(struct step){ REAP, 4 });
	KUNIT_EXPECT_FALSE(test, found(script, 2));
	script_step(script, &(struct step){ FORK, 1, 1002 });
	KUNIT_EXPECT_TRUE(test, found(script, 2));
}

static void nobody_leads_after_the_leader(struct kunit *test)
{
	static const struct step steps[] = {
		{ FORK, 1, 2 }, { SETSID, 2 }, { FORK, 2, 3 }, {},
	};
	struct script *script = test->priv;
	struct ptree_process *leader;
	unsigned long irqflags;
	u32 flags;

	script_play(script, steps);
	irqflags = script_lock(script);
	leader = ptree_group_leader(ptree_pid_find(&script->tree,
						   PTREE_ROOT_NS, 2));
	script_unlock(script, irqflags);
	KUNIT_EXPECT_NOT_NULL(test, leader);
	flags = script_record(script, 2, PTREE_ROOT_NS).flags;
	KUNIT_EXPECT_TRUE(test, flags & PTREE_R_SESSION_LEADER);
	flags = script_record(script, 3, PTREE_ROOT_NS).flags;
	KUNIT_EXPECT_FALSE(test, flags & PTREE_R_SESSION_LEADER);

	script_kill(script, 2);
	script_step(script, &(struct step){ REAP, 2 });
	irqflags = script_lock(script);
	leader = ptree_group_leader(ptree_pid_find(&script->tree,
						   PTREE_ROOT_NS, 2));
	script_unlock(script, irqflags);
	KUNIT_EXPECT_NULL(test, leader);
	KUNIT_EXPECT_EQ(test, script_record(script, 3, PTREE_ROOT_NS).sid, 2);
}

static u32 tty_of(struct script *script, int task)
{
	return script_record(script, task, PTREE_ROOT_NS).tty;
}

static void setsid_gives_up_the_terminal(struct kunit *test)
{
	static const struct step steps[] = {
		{ FORK, 1, 2 }, { SETSID, 2 }, { TTY, 2, 5 }, { FORK, 2, 3 },
		{ FORK, 2, 4 }, { SETPGID, 4, 4 }, {},
	};
	struct script *script = test->priv;

	script_play(script, steps);
	KUNIT_EXPECT_EQ(test, tty_of(script, 3), 5);
	KUNIT_EXPECT_EQ(test, tty_of(script, 4), 5);
	script_step(script, &(struct step){ SETSID, 3 });
	KUNIT_EXPECT_EQ(test, tty_of(script, 3), 0);
	KUNIT_EXPECT_EQ(test, tty_of(script, 2), 5);
}

static struct kunit_case group_tests[] = {
	KUNIT_CASE_PARAM(groups_are, group_gen_params),
	KUNIT_CASE(number_lasts_as_long_as_members),
	KUNIT_CASE(nobody_leads_after_the_leader),
	KUNIT_CASE(setsid_gives_up_the_terminal),
	{}
};

static struct kunit_suite group_suite = {
	.name = "ptree_group",
	.init = script_init,
	.exit = script_exit,
	.test_cases = group_tests,
};

kunit_test_suite(group_suite);
