/* SPDX-License-Identifier: GPL-2.0 */
/*
 * script.h: a little language for what happens to tasks. Each step happens to
 * the model, which is the kernel here, and is told to a tree, as the hooks
 * tell it: the tree hears what the model made of it. Then both are compared.
 */
#ifndef PTREE_SCRIPT_H
#define PTREE_SCRIPT_H

#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/sched.h>

#include "../module/compat.h"
#include "../module/event.h"
#include "../module/snapshot.h"
#include "model.h"

/**
 * enum step_kind - what a step does
 * @END: of the script
 * @FORK: @task gives birth to @other, with CLONE_* as @flags
 * @TOLD: of @other, whose birth was MODEL_UNSEEN, it is heard late that @task
 *	gave birth to it
 * @EXIT: @task begins to exit
 * @NOTIFY: @task hands over its children and is a zombie
 * @UNHEARD: the same, and no hook tells
 * @DIE: EXIT and NOTIFY
 * @REAP: the number of @task is given up
 * @SWAP: @task takes its leader's number to execute
 * @EXEC: @task, a leader, executes
 * @SETSID: @task begins a session
 * @SETPGID: @task joins the process group that was @other's
 * @SUBREAPER: @task becomes a subreaper
 * @NO_SUBREAPER: @task is one no longer
 * @TTY: @task has the terminal @other
 * @NAME: @task calls itself @other
 */
enum step_kind {
	END,
	FORK,
	TOLD,
	EXIT,
	NOTIFY,
	UNHEARD,
	DIE,
	REAP,
	SWAP,
	EXEC,
	SETSID,
	SETPGID,
	SUBREAPER,
	NO_SUBREAPER,
	TTY,
	NAME,
};

/**
 * struct step - one thing that happens
 * @kind: enum step_kind
 * @task: the name of the task it happens to
 * @other: another name or number, as @kind says
 * @flags: CLONE_*, MODEL_UNSEEN
 */
struct step {
	enum step_kind kind;
	int task;
	int other;
	u64 flags;
};

/**
 * struct script - a tree, the model of it, and who tells the one of the other
 * @test: that it belongs to
 * @tree: the tree
 * @model: the kernel
 * @now: the time, a second for each step
 * @steps: how many steps so far
 * @wrong: the first thing that was not as it should be
 * @inside: the tree's lock is held, somebody walks it
 * @lazy: compare only when asked to
 * @owners: namespaces that got an owner, less those handed back
 * @random: decides what happens while somebody walks the tree
 * @inject: how much more may happen then
 */
struct script {
	struct kunit *test;
	struct ptree tree;
	struct model model;
	u64 now;
	unsigned int steps;
	const char *wrong;
	bool inside;
	bool lazy;
	int owners;
	struct rnd_state random;
	unsigned int inject;
};

int script_init(struct kunit *test);
void script_exit(struct kunit *test);

bool script_step(struct script *script, const struct step *step);
void script_play(struct script *script, const struct step *steps);
void script_check(struct script *script);
void script_kill(struct script *script, int task);
void script_reap(struct script *script);
void script_random(struct script *script, struct rnd_state *random);
struct step script_towards_end(struct model *model, int task);

const void *script_task_key(int name);
const void *script_signal_key(int name);
const void *script_pid_key(int name);

unsigned long script_lock(struct script *script)
	__acquires(&script->tree.lock);
void script_unlock(struct script *script, unsigned long irqflags)
	__releases(&script->tree.lock);
int script_apply(struct script *script, const struct ptree_event *event);
int script_tell_birth(struct script *script, const struct step *step);
struct ptree_pid *script_pid_new(struct script *script, int name);
struct ptree_record script_record(struct script *script, int task, u32 ns);

char *script_draw(struct kunit *test, const struct ptree_snapshot *snapshot,
		  const u8 *sight);
char *script_tree(struct script *script, u32 ns);

#endif
