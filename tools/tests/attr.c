// SPDX-License-Identifier: GPL-2.0
/* attr.c owns the cases of a process's name and user. */
#include "case.h"

#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void exec_name(void)
{
	int go = gate_new();
	pid_t pid = make();

	if (!pid) {
		rename_self("before");
		gate_pass(go);
		idle_in_sleep();
	}
	await_name(pid, "before");
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'S');
	gate_open(go);
	await_name(pid, "sleep");
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'S');
}

static const struct {
	const char *name;
	const char *shown;
} names[] = {
	{ "new\nline", "new\\nline" },
	{ "back\\slash", "back\\\\slash" },
	{ "\n\\\n\\\n\\\n\\\n\\\n\\\n\\\n",
	  "\\n\\\\\\n\\\\\\n\\\\\\n\\\\\\n\\\\\\n\\\\\\n\\\\\\n" },
	{ "123456789012345", "123456789012345" },
	{ "1234567890123456789", "123456789012345" },
	{ "\xff\xfe\x80\xc3", "\xff\xfe\x80\xc3" },
	{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
	{ "\x1b[31m\t\r\a", "\x1b[31m\t\r\a" },
	{ "|- `- |  ", "|- `- |  " },
	{ "   a b) S 1 (", "   a b) S 1 (" },
	{ "", "" },
};

/* The tree after our child's next step, once it agrees with /proc. */
static struct tree *settled(pid_t pid, int ready)
{
	gate_pass(ready);
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'S');
	return tree_read(NULL);
}

/* What /proc/PID/status makes of a name is what we make of it. */
static void odd_names(void)
{
	int go = gate_new(), ready = gate_new();
	pid_t pid = make();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const struct line *line;
		struct tree *tree;

		if (!pid) {
			rename_self(names[i].name);
			gate_open(ready);
			gate_pass(go);
			continue;
		}
		tree = settled(pid, ready);
		line = tree_find(tree, pid);
		check(!strcmp(line->comm, names[i].shown),
		      "name %u is shown as '%s', not '%s'", i, line->comm,
		      names[i].shown);
		tree_free(tree);
		gate_open(go);
	}
	if (!pid)
		idle();
}

static void set_users(int step)
{
	switch (step) {
	case 0: /* real only */
		sys(syscall(SYS_setresuid, 1000, -1, -1));
		break;
	case 1: /* effective */
		sys(syscall(SYS_setresuid, -1, 2000, -1));
		break;
	case 2: /* back */
		sys(syscall(SYS_setresuid, -1, 0, -1));
		break;
	case 3: /* all, and large */
		sys(syscall(SYS_setresuid, 4000000000u, 4000000000u,
			    4000000000u));
		break;
	}
}

static void users(void)
{
	static const unsigned int effective[] = { 0, 2000, 0, 4000000000u };
	int go = gate_new(), ready = gate_new();
	pid_t pid = make();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(effective); i++) {
		struct tree *tree;

		if (!pid) {
			set_users(i);
			gate_open(ready);
			gate_pass(go);
			continue;
		}
		tree = settled(pid, ready);
		check(tree_find(tree, pid)->uid == effective[i],
		      "step %u: UID is %u", i, tree_find(tree, pid)->uid);
		tree_free(tree);
		gate_open(go);
	}
	if (!pid)
		idle();
}

/* Births in a user's name are that user's. */
static void users_inherited(void)
{
	pid_t *child = share(sizeof(*child)), pid;
	int ready = gate_new();

	pid = make();
	if (!pid) {
		sys(setresuid(1000, 1000, 1000));
		*child = make_idle();
		gate_open(ready);
		idle();
	}
	gate_pass(ready);
	SEE(.pid = *child, .ppid = pid, .orig = pid, .state = 'S');
}

const struct live_case attr_cases[] = {
	{ "exec-name", exec_name },
	{ "odd-names", odd_names },
	{ "users", users },
	{ "users-inherited", users_inherited },
	{},
};
