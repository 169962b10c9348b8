// SPDX-License-Identifier: GPL-2.0
/* birth.c owns the cases of who gave birth to whom, and who is whose parent since. */
#include "case.h"

#include <linux/sched.h>
#include <pthread.h>

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/**
 * struct family - what the members of a case tell one another
 * @pid: of each
 * @ready: opened by each when it is there
 * @go: to be opened for whoever waits
 */
struct family {
	pid_t pid[4];
	int ready;
	int go;
};

static struct family *family_new(void)
{
	struct family *family = share(sizeof(*family));

	family->ready = gate_new();
	family->go = gate_new();
	return family;
}

static void subreaper(bool on)
{
	sys(prctl(PR_SET_CHILD_SUBREAPER, on));
}

static void plain_fork(void)
{
	pid_t self = getpid(), child[3], grandchild;
	const struct line *before;
	struct family *family = family_new();
	struct tree *tree;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(child); i++)
		child[i] = make_idle();
	for (i = 0; i < ARRAY_SIZE(child); i++)
		SEE(.pid = child[i], .ppid = self, .orig = self, .state = 'S');
	SEE(.pid = self, .ppid = getppid(), .orig = getppid(), .state = 'R');

	/* Siblings in the order of their birth. */
	tree = tree_read(NULL);
	before = tree_find(tree, child[0]);
	for (i = 1; i < ARRAY_SIZE(child); i++) {
		const struct line *line = tree_find(tree, child[i]);

		check(line == before + 1, "%d is not after its elder sibling",
		      line->pid);
		before = line;
	}
	tree_free(tree);

	if (!make()) {
		family->pid[0] = getpid();
		family->pid[1] = make_idle();
		gate_open(family->ready);
		idle();
	}
	gate_pass(family->ready);
	grandchild = family->pid[1];
	SEE(.pid = grandchild, .ppid = family->pid[0], .orig = family->pid[0],
	    .state = 'S');
	for (i = 0; i < ARRAY_SIZE(child); i++) {
		quit(child[i]);
		see_gone(child[i]);
	}
}

/*
 * us -- middle -- daemon: middle exits, the daemon is ours, and middle's
 * number is still known.
 */
static void double_fork(void)
{
	struct family *family = family_new();
	pid_t middle;

	subreaper(true);
	middle = make();
	if (!middle) {
		sys(setsid());
		if (!make()) {
			rename_self("daemon");
			family->pid[0] = getpid();
			gate_open(family->ready);
			idle();
		}
		gate_pass(family->go);
		_exit(0);
	}
	gate_pass(family->ready);
	SEE(.pid = family->pid[0], .ppid = middle, .orig = middle,
	    .state = 'S');
	gate_open(family->go);
	await_zombie(middle);
	/* A zombie still has its number, and its line. */
	SEE(.pid = family->pid[0], .ppid = getpid(), .orig = middle,
	    .state = 'S');
	reap(middle);
	see_gone(middle);
	SEE(.pid = family->pid[0], .ppid = getpid(), .orig = middle,
	    .orig_dead = true, .state = 'S');
	quit(family->pid[0]);
	see_gone(family->pid[0]);
}

static void *mother_thread(void *arg)
{
	struct family *family = arg;

	family->pid[0] = make_idle();
	gate_open(family->ready);
	gate_pass(family->go);
	return NULL;
}

/* A thread's child goes to another thread: for a process nothing changes. */
static void to_sibling_thread(void)
{
	struct family *family = family_new();
	pid_t process = make();

	if (!process) {
		pthread_t thread;

		pthread_create(&thread, NULL, mother_thread, family);
		pthread_join(thread, NULL);
		gate_open(family->ready);
		idle();
	}
	gate_pass(family->ready);
	SEE(.pid = process, .ppid = getpid(), .orig = getpid(), .state = 'S');
	SEE(.pid = family->pid[0], .ppid = process, .orig = process,
	    .state = 'S');
	gate_open(family->go);
	gate_pass(family->ready);
	SEE(.pid = process, .ppid = getpid(), .orig = getpid(), .state = 'S');
	SEE(.pid = family->pid[0], .ppid = process, .orig = process,
	    .state = 'S');
	quit(process);
	SEE(.pid = family->pid[0], .ppid = getppid(), .orig = process,
	    .orig_dead = true, .state = 'S');
}

/* us (subreaper) -- inner (subreaper) -- mother -- child */
static void make_line(struct family *family, bool clear)
{
	subreaper(true);
	if (make())
		return gate_pass(family->ready);
	family->pid[0] = getpid();
	subreaper(true);
	if (!make()) {
		family->pid[1] = getpid();
		family->pid[2] = make_idle();
		gate_open(family->go);
		idle();
	}
	gate_pass(family->go);
	if (clear)
		subreaper(false);
	gate_open(family->ready);
	for (;;)
		waitpid(-1, NULL, 0);
}

static void to_nearest_subreaper(void)
{
	struct family *family = family_new();
	pid_t *pid = family->pid;

	make_line(family, false);
	SEE(.pid = pid[2], .ppid = pid[1], .orig = pid[1], .state = 'S');
	kill_and_see_gone(pid[1]);
	SEE(.pid = pid[2], .ppid = pid[0], .orig = pid[1], .orig_dead = true,
	    .state = 'S');
	/* And when the subreaper exits, to the next one. */
	quit(pid[0]);
	SEE(.pid = pid[2], .ppid = getpid(), .orig = pid[1], .orig_dead = true,
	    .state = 'S');
}

static void past_cleared_subreaper(void)
{
	struct family *family = family_new();
	pid_t *pid = family->pid;

	make_line(family, true);
	kill_and_see_gone(pid[1]);
	SEE(.pid = pid[2], .ppid = getpid(), .orig = pid[1], .orig_dead = true,
	    .state = 'S');
	SEE(.pid = pid[0], .ppid = getpid(), .orig = getpid());
}

/* Nobody above us wants orphans. */
static void to_init(void)
{
	struct family *family = family_new();
	pid_t mother = make();

	if (!mother) {
		family->pid[0] = make_idle();
		gate_open(family->ready);
		idle();
	}
	gate_pass(family->ready);
	quit(mother);
	SEE(.pid = family->pid[0], .ppid = 1, .orig = mother, .orig_dead = true,
	    .state = 'S');
	kill_and_see_gone(family->pid[0]);
}

/* A namespace's init takes the orphans, whatever subreapers are outside. */
static void to_inner_init(void)
{
	struct family *family = family_new();
	pid_t init, child;

	subreaper(true);
	init = make_with(CLONE_NEWPID);
	if (!init) {
		if (!make()) {
			family->pid[1] = make_idle();
			gate_open(family->ready);
			gate_pass(family->go);
			_exit(0);
		}
		for (;;)
			waitpid(-1, NULL, 0);
	}
	gate_pass(family->ready);
	child = child_of(child_of(init));
	family->pid[0] = child_of(init);
	SEE(.pid = child, .ppid = family->pid[0], .orig = family->pid[0],
	    .state = 'S');
	gate_open(family->go);
	await_gone(family->pid[0]);
	SEE(.pid = child, .ppid = init, .orig = family->pid[0],
	    .orig_dead = true, .state = 'S');
	quit(init);
	see_gone(child);
}

/* The creator is asleep until its child executes or exits. */
static void with_vfork(void)
{
	struct family *family = family_new();
	pid_t mother = make();

	if (!mother) {
		rename_self("mother");
		if (!vfork()) {
			family->pid[0] = getpid();
			gate_open(family->ready);
			gate_pass(family->go);
			execl("/bin/sleep", "sleep", "10000", NULL);
			_exit(1);
		}
		idle();
	}
	gate_pass(family->ready);
	SEE(.pid = family->pid[0], .ppid = mother, .orig = mother,
	    .state = 'S');
	SEE(.pid = mother, .ppid = getpid(), .orig = getpid(), .state = 'D');
	gate_open(family->go);
	await_name(family->pid[0], "sleep");
	SEE(.pid = family->pid[0], .ppid = mother, .orig = mother,
	    .state = 'S');
	SEE(.pid = mother, .ppid = getpid(), .orig = getpid(), .state = 'S');
}

/* us -- creator, and its child is our child */
static void clone_parent(void)
{
	struct family *family = family_new();
	pid_t creator = make();

	if (!creator) {
		pid_t child = make_with(CLONE_PARENT);

		if (!child)
			idle();
		family->pid[0] = child;
		gate_open(family->ready);
		idle();
	}
	gate_pass(family->ready);
	SEE(.pid = family->pid[0], .ppid = getpid(), .orig = creator,
	    .state = 'S');
	quit(creator);
	SEE(.pid = family->pid[0], .ppid = getpid(), .orig = creator,
	    .orig_dead = true, .state = 'S');
	quit(family->pid[0]);
	see_gone(family->pid[0]);
}

/* Deeper than lines are drawn. */
static void deep_line(void)
{
	enum { DEPTH = 100 };
	pid_t *pid = share((DEPTH + 1) * sizeof(*pid));
	int ready = gate_new(), i;
	struct tree *tree;
	int depth;

	pid[0] = getpid();
	for (i = 1; i <= DEPTH; i++) {
		pid_t child = make();

		if (child) {
			if (i > 1)
				idle();
			break;
		}
		pid[i] = getpid();
		if (i == DEPTH) {
			gate_open(ready);
			idle();
		}
	}
	gate_pass(ready);
	for (i = 1; i <= DEPTH; i += 11)
		SEE(.pid = pid[i], .ppid = pid[i - 1], .orig = pid[i - 1],
		    .state = 'S');
	tree = tree_read(NULL);
	depth = tree_find(tree, pid[DEPTH])->depth -
		tree_find(tree, pid[0])->depth;
	check(depth == DEPTH, "it is %d levels deep, not %d", depth, DEPTH);
	tree_free(tree);
}

const struct live_case birth_cases[] = {
	{ "fork", plain_fork },
	{ "double-fork", double_fork },
	{ "to-sibling-thread", to_sibling_thread },
	{ "to-nearest-subreaper", to_nearest_subreaper },
	{ "past-cleared-subreaper", past_cleared_subreaper },
	{ "to-init", to_init, .orphan = true },
	{ "to-inner-init", to_inner_init },
	{ "vfork", with_vfork },
	{ "clone-parent", clone_parent },
	{ "deep", deep_line },
	{},
};
