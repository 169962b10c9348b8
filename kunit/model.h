/* SPDX-License-Identifier: GPL-2.0 */
/*
 * model.h: a kernel small enough to be seen to be right: flat arrays, searched
 * from end to end. It shares no code with the core, so where the two agree on
 * a tree both are right or both misread the kernel.
 *
 * Names stand for addresses: a task, the process it leads when it is born and
 * the pid it is born with have the same name, and no two tasks of a script
 * have. Its number in the root namespace is the name modulo MODEL_NUMBERS:
 * 1002 is another task with the number 2.
 */
#ifndef PTREE_MODEL_H
#define PTREE_MODEL_H

#include <linux/types.h>

#define MODEL_TASKS 160
#define MODEL_LEVELS 4
#define MODEL_NAMESPACES 64
#define MODEL_NUMBERS 1000
#define MODEL_IDS 32768

/**
 * struct model_task - a task that is not released yet
 * @name: its name, 0 when the slot is free
 * @process: the process it belongs to
 * @pid: the pid it has
 * @order: when it was born, counted in births and adoptions
 * @id: what the tree should call it
 * @comm: its name, as a number
 * @exiting: PF_EXITING
 * @zombie: past exit_notify()
 * @seeded: nobody told us that it was born
 */
struct model_task {
	int name;
	int process;
	int pid;
	u64 order;
	u64 id;
	int comm;
	bool exiting;
	bool zombie;
	bool seeded;
};

/**
 * struct model_process - what the tasks of a process share
 * @name: its name, 0 when the slot is free
 * @leader: the task that leads it
 * @parent: the task whose child it is, 0 for none
 * @order: when it became that child
 * @pgrp: the pid of its process group
 * @session: the pid of its session
 * @birth_id: id of the process it was born to
 * @birth_thread: id of the task it was born to
 * @execs: successful execs
 * @reparented: how many times its parent's process changed
 * @tty: its terminal
 * @subreaper: it is one
 * @has_subreaper: there has been one above it
 * @inferred: its birth parent is a guess
 */
struct model_process {
	int name;
	int leader;
	int parent;
	u64 order;
	int pgrp;
	int session;
	u64 birth_id;
	u64 birth_thread;
	u32 execs;
	u32 reparented;
	u32 tty;
	bool subreaper;
	bool has_subreaper;
	bool inferred;
};

/**
 * struct model_pid - the numbers of a task, group or session
 * @name: its name, 0 when the slot is free
 * @level: of its innermost namespace
 * @nr: its number at each level
 * @ns: inum of the namespace at each level
 * @lost: one of its numbers was used again before its task was released
 */
struct model_pid {
	int name;
	u32 level;
	int nr[MODEL_LEVELS];
	u32 ns[MODEL_LEVELS];
	bool lost;
};

/**
 * struct model_ns - a pid namespace
 * @inum: its number, 0 when the slot is free
 * @reaper: the task that is its child_reaper, 0 when that was released
 */
struct model_ns {
	u32 inum;
	int reaper;
};

/**
 * struct model - the kernel
 * @tasks: all that are not released
 * @processes: theirs
 * @pids: all that are in use
 * @namespaces: all that anybody lives in
 * @clock: births and adoptions so far
 * @last_id: births so far
 * @last_ns: newest inum
 * @nr_of_id: number in the root namespace of each process, dead or alive
 */
struct model {
	struct model_task tasks[MODEL_TASKS];
	struct model_process processes[MODEL_TASKS];
	struct model_pid pids[3 * MODEL_TASKS];
	struct model_ns namespaces[MODEL_NAMESPACES];
	u64 clock;
	u64 last_id;
	u32 last_ns;
	u16 nr_of_id[MODEL_IDS];
};

/* Beside the kernel's CLONE_*: nobody tells us who gave birth to the task. */
#define MODEL_UNSEEN BIT_ULL(62)

struct model_task *model_task(struct model *model, int name);
struct model_process *model_process(struct model *model, int name);
struct model_process *model_process_of(struct model *model, int task);
struct model_pid *model_pid(struct model *model, int name);
struct model_ns *model_ns(struct model *model, u32 inum);
u32 model_ns_of(struct model *model, int task);
int model_alive_thread(struct model *model, int process);
int model_other_thread(struct model *model, int task);
int model_next_child(struct model *model, int parent, u64 order);
u32 model_threads(struct model *model, int process);
u32 model_members(struct model *model, int pid);
bool model_number_taken(struct model *model, u32 ns, int nr);
int model_blocker(struct model *model, int task);

bool model_fork(struct model *model, int creator, int child, u64 flags);
void model_born_to(struct model *model, int creator, int child);
void model_exit(struct model *model, int task);
int model_notify(struct model *model, int task);
void model_release(struct model *model, int task);
void model_swap(struct model *model, int task);
void model_join(struct model *model, int task, int pgrp, int session);
void model_subreaper(struct model *model, int task, bool on);

#endif
