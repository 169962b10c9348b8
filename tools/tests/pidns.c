// SPDX-License-Identifier: GPL-2.0
/* pidns.c owns the cases of pid namespaces, each seen through a procfs of its own. */
#include "case.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#define LEVELS 3

/**
 * struct nest - namespaces, each in the one before
 * @init: their inits as seen from outside; of level 0 it is us
 * @child: a child of each init, idle
 * @ready: opened when the innermost is there
 */
struct nest {
	pid_t init[LEVELS + 1];
	pid_t child[LEVELS + 1];
	int ready;
};

static const char *proc_of(int level)
{
	static const char *const names[] = { "/proc", "/mnt/1", "/mnt/2",
					     "/mnt/3" };

	return names[level];
}

/* Children of inits are reaped by them. */
static void be_init(void)
{
	for (;;) {
		waitpid(-1, NULL, 0);
		nap();
	}
}

static void go_deeper(struct nest *nest, int level)
{
	if (level)
		mount_proc(proc_of(level), NULL);
	if (level)
		make_idle();
	if (level == LEVELS) {
		gate_open(nest->ready);
		be_init();
	}
	if (!make_with(CLONE_NEWPID))
		go_deeper(nest, level + 1);
	if (level)
		be_init();
}

/* From outside, all there is to know of them. */
static void find_nest(struct nest *nest)
{
	struct truth truth;
	int *pids, nr, i, level;

	pids = pids_read(NULL, &nr);
	nest->init[0] = getpid();
	for (level = 1; level <= LEVELS; level++) {
		for (i = 0; i < nr; i++) {
			char text[64];
			FILE *file;
			int depth = 0;

			if (!truth_read(NULL, pids[i], &truth) ||
			    truth.ppid != nest->init[level - 1])
				continue;
			/* An init has one number more than its parent. */
			snprintf(text, sizeof(text), "/proc/%d/status",
				 pids[i]);
			file = fopen(text, "r");
			if (!file)
				continue;
			while (fgets(text, sizeof(text), file))
				if (!strncmp(text, "NSpid:", 6))
					for (char *c = text; *c; c++)
						depth += *c == '\t';
			fclose(file);
			if (depth == level + 1)
				nest->init[level] = pids[i];
			else
				nest->child[level - 1] = pids[i];
		}
		check(nest->init[level], "no init at level %d", level);
	}
	for (i = 0; i < nr; i++)
		if (truth_read(NULL, pids[i], &truth) &&
		    truth.ppid == nest->init[LEVELS])
			nest->child[LEVELS] = pids[i];
	free(pids);
}

static void nest_make(struct nest *nest)
{
	memset(nest, 0, sizeof(*nest));
	own_mounts();
	nest->ready = gate_new();
	go_deeper(nest, 0);
	gate_pass(nest->ready);
	find_nest(nest);
}

static pid_t seen_in(pid_t pid, int level)
{
	return pid ? inner_pid(pid, level) : 0;
}

/* Numbers in each of the namespaces, and 0 for what is outside. */
static void nested(void)
{
	struct nest nest;
	int level, at;

	nest_make(&nest);
	for (at = 0; at <= LEVELS; at++) {
		see_all(proc_of(at), PATIENCE_MS);
		for (level = at ?: 1; level <= LEVELS; level++) {
			pid_t init = seen_in(nest.init[level], at);
			pid_t parent =
				level > at ? seen_in(nest.init[level - 1], at) :
					     0;

			if (level == at)
				check(init == 1, "init is %d", init);
			SEE(.proc = proc_of(at), .pid = init, .ppid = parent,
			    .orig = parent, .state = 'S');
			SEE(.proc = proc_of(at),
			    .pid = seen_in(nest.child[level], at), .ppid = init,
			    .orig = init, .state = 'S');
		}
	}
	/* From the innermost there are two. */
	check(tree_read(proc_of(LEVELS))->nr == 2, "there are %d, not 2",
	      tree_read(proc_of(LEVELS))->nr);
	check(tree_read(proc_of(1))->nr == 6, "there are %d, not 6",
	      tree_read(proc_of(1))->nr);
}

/* Namespaces beside one another don't see one another. */
static void beside(void)
{
	int ready = gate_new(), i;
	pid_t init[2];

	own_mounts();
	for (i = 0; i < 2; i++) {
		init[i] = make_with(CLONE_NEWPID);
		if (!init[i]) {
			mount_proc(proc_of(1 + i), NULL);
			rename_self(i ? "right" : "left");
			make_idle();
			make_idle();
			gate_open(ready);
			be_init();
		}
	}
	gate_pass(ready);
	gate_pass(ready);
	for (i = 0; i < 2; i++) {
		struct tree *tree;

		see_all(proc_of(1 + i), PATIENCE_MS);
		tree = tree_read(proc_of(1 + i));
		check(tree->nr == 3, "there are %d, not 3", tree->nr);
		check(!strcmp(tree_find(tree, 1)->comm, i ? "right" : "left"),
		      "init is %s", tree_find(tree, 1)->comm);
		tree_free(tree);
	}
}

static pid_t make_inside(int ns)
{
	pid_t *pid = share(sizeof(*pid)), agent;
	int ready = gate_new();

	agent = make();
	if (!agent) {
		/* Nobody waits for it, and a dying init would wait for that. */
		signal(SIGCHLD, SIG_IGN);
		sys(setns(ns, CLONE_NEWPID));
		*pid = make_idle();
		gate_open(ready);
		idle();
	}
	gate_pass(ready);
	SEE(.pid = *pid, .ppid = agent, .orig = agent, .state = 'S');
	return *pid;
}

/* Sent in from outside: no parent inside. */
static void sent_in(void)
{
	pid_t init, pid, agent;
	struct truth truth;
	int ready = gate_new(), ns;
	char path[64];

	own_mounts();
	init = make_with(CLONE_NEWPID);
	if (!init) {
		mount_proc(proc_of(1), NULL);
		gate_open(ready);
		be_init();
	}
	gate_pass(ready);
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", init);
	ns = sys(open(path, O_RDONLY | O_CLOEXEC));
	pid = make_inside(ns);
	SEE(.proc = proc_of(1), .pid = inner_pid(pid, 1), .ppid = 0, .orig = 0,
	    .state = 'S');
	see_all(proc_of(1), PATIENCE_MS);

	/* Its parent dies outside: inside, its parent is still outside. */
	check(truth_read(NULL, pid, &truth), "%d is gone", pid);
	agent = truth.ppid;
	quit(agent);
	check(truth_read(NULL, pid, &truth), "%d is gone", pid);
	SEE(.pid = pid, .ppid = truth.ppid, .orig = agent, .orig_dead = true,
	    .state = 'S');
	SEE(.proc = proc_of(1), .pid = inner_pid(pid, 1), .ppid = 0,
	    .orig = ANYBODY, .state = 'S');
}

/* All in it die with it, and it can be reaped only after them. */
static void init_killed(void)
{
	struct nest nest;
	pid_t extra;
	int level, ns;
	char path[64];

	nest_make(&nest);
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", nest.init[2]);
	ns = sys(open(path, O_RDONLY | O_CLOEXEC));
	extra = make_inside(ns);
	close(ns);
	sys(kill(nest.init[1], SIGKILL));
	reap(nest.init[1]);
	for (level = 1; level <= LEVELS; level++) {
		see_gone(nest.init[level]);
		see_gone(nest.child[level]);
	}
	/* Killed, but it is its parent's to reap, outside. */
	if (state_of(extra) != '-')
		see_gone(extra);
	see_all(NULL, PATIENCE_MS);
	/* The procfs of a namespace without anybody. */
	check(tree_read(proc_of(1))->nr == 0, "there are %d in it",
	      tree_read(proc_of(1))->nr);
	umount(proc_of(1));
}

/* A dead init that is not reaped is there, alone. */
static void init_zombie(void)
{
	int ready = gate_new();
	pid_t init, child;

	own_mounts();
	init = make_with(CLONE_NEWPID);
	if (!init) {
		mount_proc(proc_of(1), NULL);
		make_idle();
		gate_open(ready);
		be_init();
	}
	gate_pass(ready);
	child = child_of(init);
	sys(kill(init, SIGKILL));
	await_zombie(init);
	see_gone(child);
	SEE(.pid = init, .ppid = getpid(), .orig = getpid(), .state = 'Z');
	SEE(.proc = proc_of(1), .pid = 1, .ppid = 0, .orig = 0);
	reap(init);
	see_gone(init);
}

/* Namespaces come and go, and their inodes' numbers are used again. */
static void many_namespaces(void)
{
	int i;

	for (i = 0; i < 200; i++) {
		pid_t init = make_with(CLONE_NEWPID);

		if (!init) {
			if (!make())
				_exit(0);
			_exit(0);
		}
		reap(init);
	}
	see_all(NULL, PATIENCE_MS);
}

/* Children of kthreadd, as ps has them. */
static void kernel_threads(void)
{
	long end = now_ms() + PATIENCE_MS;
	struct truth truth;
	int *pids, nr, i, seen;

again:
	pids = pids_read(NULL, &nr);
	for (seen = i = 0; i < nr; i++) {
		const struct line *line;
		struct tree *tree;

		if (!truth_read(NULL, pids[i], &truth) || truth.ppid != 2)
			continue;
		tree = tree_read(NULL);
		line = tree_find(tree, pids[i]);
		if ((!line || differs(line, &truth, 0)) && now_ms() < end) {
			tree_free(tree);
			free(pids);
			goto again;
		}
		check(line, "kernel thread %d (%s) is not in the tree", pids[i],
		      truth.name);
		check(!differs(line, &truth, 0), "%s",
		      differs(line, &truth, 0));
		check(line->orig == 2 && !line->orig_dead,
		      "kernel thread %d (%s): ORIG is %d%s", pids[i],
		      truth.name, line->orig, line->orig_dead ? "+" : "");
		seen++;
		tree_free(tree);
	}
	free(pids);
	check(seen > 10, "only %d kernel threads", seen);
}

const struct live_case pidns_cases[] = {
	{ "pidns-nested", nested },
	{ "pidns-beside", beside },
	{ "pidns-setns", sent_in },
	{ "pidns-init-killed", init_killed },
	{ "pidns-init-zombie", init_zombie },
	{ "pidns-many", many_namespaces },
	{ "kernel-threads", kernel_threads },
	{},
};
