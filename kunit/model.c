// SPDX-License-Identifier: GPL-2.0
/* model.c owns the model: what the kernel does, without any thought of speed. */
#include <linux/sched.h>

#include "model.h"
#include "../module/tree.h"

struct model_task *model_task(struct model *model, int name)
{
	int i;

	for (i = 0; i < MODEL_TASKS; i++)
		if (model->tasks[i].name == name)
			return &model->tasks[i];
	return NULL;
}

struct model_process *model_process(struct model *model, int name)
{
	int i;

	for (i = 0; i < MODEL_TASKS; i++)
		if (model->processes[i].name == name)
			return &model->processes[i];
	return NULL;
}

struct model_process *model_process_of(struct model *model, int task)
{
	return model_process(model, model_task(model, task)->process);
}

struct model_pid *model_pid(struct model *model, int name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(model->pids); i++)
		if (model->pids[i].name == name)
			return &model->pids[i];
	return NULL;
}

struct model_ns *model_ns(struct model *model, u32 inum)
{
	int i;

	for (i = 0; i < MODEL_NAMESPACES; i++)
		if (model->namespaces[i].inum == inum)
			return &model->namespaces[i];
	return NULL;
}

static struct model_pid *pid_of(struct model *model, int task)
{
	return model_pid(model, model_task(model, task)->pid);
}

/* task_active_pid_ns() */
u32 model_ns_of(struct model *model, int task)
{
	struct model_pid *pid = pid_of(model, task);

	return pid->ns[pid->level];
}

u32 model_threads(struct model *model, int process)
{
	u32 nr = 0;
	int i;

	for (i = 0; i < MODEL_TASKS; i++)
		nr += model->tasks[i].name &&
		      model->tasks[i].process == process;
	return nr;
}

/* find_alive_thread() */
int model_alive_thread(struct model *model, int process)
{
	struct model_task *first = NULL;
	int i;

	for (i = 0; i < MODEL_TASKS; i++) {
		struct model_task *task = &model->tasks[i];

		if (task->name && task->process == process && !task->exiting &&
		    (!first || task->order < first->order))
			first = task;
	}
	return first ? first->name : 0;
}

int model_other_thread(struct model *model, int name)
{
	int i, process = model_task(model, name)->process;

	for (i = 0; i < MODEL_TASKS; i++)
		if (model->tasks[i].name && model->tasks[i].name != name &&
		    model->tasks[i].process == process)
			return model->tasks[i].name;
	return 0;
}

/* Of the children that @parent adopted after @order, the first. */
int model_next_child(struct model *model, int parent, u64 order)
{
	struct model_process *first = NULL;
	int i;

	for (i = 0; i < MODEL_TASKS; i++) {
		struct model_process *child = &model->processes[i];

		if (child->name && child->parent == parent &&
		    child->order > order &&
		    (!first || child->order < first->order))
			first = child;
	}
	return first ? first->name : 0;
}

/* How many tasks and processes keep the numbers of a pid taken. */
u32 model_members(struct model *model, int pid)
{
	u32 nr = 0;
	int i;

	for (i = 0; i < MODEL_TASKS; i++) {
		const struct model_process *process = &model->processes[i];

		nr += model->tasks[i].name && model->tasks[i].pid == pid;
		nr += process->name && process->pgrp == pid;
		nr += process->name && process->session == pid;
	}
	return nr;
}

bool model_number_taken(struct model *model, u32 ns, int nr)
{
	struct model_pid *pid;
	u32 level;

	for (pid = model->pids; pid < model->pids + ARRAY_SIZE(model->pids);
	     pid++)
		for (level = 0; pid->name && level <= pid->level; level++)
			if (pid->ns[level] == ns && pid->nr[level] == nr)
				return true;
	return false;
}

/* What zap_pid_ns_processes() has to wait for, when @task's end needs it. */
int model_blocker(struct model *model, int name)
{
	int i, process = model_task(model, name)->process;
	u32 inum = model_ns_of(model, name);
	u32 level = pid_of(model, name)->level;

	if (model_ns(model, inum)->reaper != name ||
	    model_alive_thread(model, process))
		return 0;
	for (i = 0; i < MODEL_TASKS; i++) {
		const struct model_task *task = &model->tasks[i];

		if (!task->name || task->process == process)
			continue;
		if (pid_of(model, task->name)->level >= level &&
		    pid_of(model, task->name)->ns[level] == inum)
			return task->name;
	}
	return 0;
}

static void forget_pid(struct model *model, int name)
{
	if (!model_members(model, name))
		model_pid(model, name)->name = 0;
}

static bool lives_in(const struct model_pid *pid, u32 ns)
{
	u32 level;

	for (level = 0; level <= pid->level; level++)
		if (pid->ns[level] == ns)
			return true;
	return false;
}

static void forget_ns(struct model *model, u32 inum)
{
	int i;

	for (i = 0; i < MODEL_TASKS; i++)
		if (model->tasks[i].name &&
		    lives_in(pid_of(model, model->tasks[i].name), inum))
			return;
	model_ns(model, inum)->inum = 0;
}

/* Whoever had one of these numbers is gone without our knowing it. */
static void lose(struct model *model, const struct model_pid *new)
{
	struct model_pid *pid;
	u32 level;

	for (pid = model->pids; pid < model->pids + ARRAY_SIZE(model->pids);
	     pid++)
		for (level = 0; level <= pid->level; level++)
			if (pid->name && pid != new && level <= new->level &&
			    pid->ns[level] == new->ns[level] &&
			    pid->nr[level] == new->nr[level])
				pid->lost = true;
}

/* alloc_pid(): in the root the number in the name, further in the lowest free */
static bool new_pid(struct model *model, int creator, int name, bool new_ns)
{
	struct model_pid *pid = model_pid(model, 0);
	u32 level;

	memset(pid, 0, sizeof(*pid));
	if (creator)
		*pid = *pid_of(model, creator);
	else
		pid->ns[0] = PTREE_ROOT_NS;
	pid->lost = false;
	if (new_ns) {
		if (pid->level + 1 == MODEL_LEVELS || !model_ns(model, 0))
			return false;
		pid->ns[++pid->level] = ++model->last_ns;
	}
	pid->name = 0;
	pid->nr[0] = name % MODEL_NUMBERS;
	for (level = 1; level <= pid->level; level++) {
		pid->nr[level] = 1;
		while (model_number_taken(model, pid->ns[level],
					  pid->nr[level]))
			pid->nr[level]++;
	}
	pid->name = name;
	lose(model, pid);
	return true;
}

static void new_process(struct model *model, int creator, int child, u64 flags)
{
	struct model_process *process = model_process(model, 0);
	const struct model_process *parent;

	memset(process, 0, sizeof(*process));
	process->name = child;
	process->leader = child;
	process->order = ++model->clock;
	process->pgrp = child;
	process->session = child;
	process->inferred = !creator || flags & MODEL_UNSEEN;
	if (!creator)
		return;
	parent = model_process_of(model, creator);
	process->pgrp = parent->pgrp;
	process->session = parent->session;
	process->tty = flags & MODEL_UNSEEN ? 0 : parent->tty;
	process->parent = flags & CLONE_PARENT ? parent->parent : creator;
	model_born_to(model, flags & MODEL_UNSEEN ? process->parent : creator,
		      child);
	if (!process->parent)
		return;
	parent = model_process_of(model, process->parent);
	process->has_subreaper = parent->subreaper || parent->has_subreaper;
}

/* copy_process(). Returns false when there is no room. */
bool model_fork(struct model *model, int creator, int child, u64 flags)
{
	struct model_task *task = model_task(model, 0);
	u32 inum;

	if (!task || model->last_id + 1 == MODEL_IDS ||
	    !new_pid(model, creator, child, flags & CLONE_NEWPID))
		return false;
	memset(task, 0, sizeof(*task));
	task->name = child;
	task->pid = child;
	task->process = flags & CLONE_THREAD ?
				model_task(model, creator)->process : child;
	task->order = ++model->clock;
	task->id = ++model->last_id;
	task->comm = creator ? model_task(model, creator)->comm : child;
	task->seeded = !creator || flags & MODEL_UNSEEN;
	model->nr_of_id[task->id] = child % MODEL_NUMBERS;
	if (!(flags & CLONE_THREAD))
		new_process(model, creator, child, flags);
	inum = model_ns_of(model, child);
	if (!model_ns(model, inum)) {
		struct model_ns *ns = model_ns(model, 0);

		ns->inum = inum;
		ns->reaper = child;
	}
	return true;
}

void model_born_to(struct model *model, int creator, int child)
{
	struct model_process *process = model_process(model, child);
	struct model_process *birth;

	if (!creator)
		return;
	birth = model_process_of(model, creator);
	process->birth_id = model_task(model, birth->leader)->id;
	process->birth_thread = model_task(model, creator)->id;
}

void model_exit(struct model *model, int task)
{
	model_task(model, task)->exiting = true;
}

/* find_new_reaper() */
static int new_reaper(struct model *model, int father, int reaper)
{
	const struct model_process *process = model_process_of(model, father);
	u32 level = pid_of(model, father)->level;
	int thread, r;

	thread = model_alive_thread(model, process->name);
	if (thread || !process->has_subreaper)
		return thread ?: reaper;
	for (r = process->parent; r && pid_of(model, r)->level == level;
	     r = model_process_of(model, r)->parent) {
		if (!model_process_of(model, r)->subreaper)
			continue;
		thread = model_alive_thread(model,
					    model_task(model, r)->process);
		if (thread)
			return thread;
	}
	return reaper;
}

/* exit_notify(). Returns who gets the children, whether there are any or not. */
int model_notify(struct model *model, int father)
{
	struct model_ns *ns = model_ns(model, model_ns_of(model, father));
	int process = model_task(model, father)->process;
	int child, heir;

	if (ns->reaper == father)
		ns->reaper = model_alive_thread(model, process) ?: father;
	heir = new_reaper(model, father, ns->reaper);
	while (heir != father && (child = model_next_child(model, father, 0))) {
		struct model_process *orphan = model_process(model, child);

		orphan->parent = heir;
		orphan->order = ++model->clock;
		orphan->reparented += model_task(model, heir)->process !=
				      process;
	}
	model_task(model, father)->zombie = true;
	return heir;
}

/* release_task() */
void model_release(struct model *model, int name)
{
	struct model_task *task = model_task(model, name);
	struct model_process *process = model_process_of(model, name);
	int pid = task->pid, pgrp = process->pgrp, session = process->session;
	u32 inum = model_ns_of(model, name);

	task->name = 0;
	forget_ns(model, inum);
	if (process->leader == name) {
		process->name = 0;
		if (pgrp != pid)
			forget_pid(model, pgrp);
		if (session != pid && session != pgrp)
			forget_pid(model, session);
	}
	forget_pid(model, pid);
}

/* de_thread(), when the others are past exit_notify() */
void model_swap(struct model *model, int name)
{
	struct model_process *process = model_process_of(model, name);
	struct model_task *leader = model_task(model, process->leader);
	struct model_task *task = model_task(model, name);

	swap(task->pid, leader->pid);
	swap(task->id, leader->id);
	process->leader = name;
}

/* change_pid(), for both */
void model_join(struct model *model, int task, int pgrp, int session)
{
	struct model_process *process = model_process_of(model, task);
	int left = process->pgrp, quit = process->session;

	process->pgrp = pgrp;
	process->session = session;
	if (session != quit)
		process->tty = 0;
	forget_pid(model, left);
	if (quit != left)
		forget_pid(model, quit);
}

/* is_child_reaper() */
static bool is_init(struct model *model, int task)
{
	const struct model_pid *pid = pid_of(model, task);

	return pid->nr[pid->level] == 1;
}

static bool is_below(struct model *model, int process, int ancestor)
{
	int parent = model_process(model, process)->parent;

	while (parent) {
		const struct model_process *above =
			model_process_of(model, parent);

		if (above->name == ancestor)
			return true;
		/* propagate_has_child_subreaper() does not go in here. */
		if (above->has_subreaper || is_init(model, above->leader))
			return false;
		parent = above->parent;
	}
	return false;
}

/* prctl(PR_SET_CHILD_SUBREAPER) */
void model_subreaper(struct model *model, int task, bool on)
{
	struct model_process *process = model_process_of(model, task);
	bool below[MODEL_TASKS] = {};
	int i;

	process->subreaper = on;
	for (i = 0; on && i < MODEL_TASKS; i++) {
		const struct model_process *other = &model->processes[i];

		below[i] = other->name &&
			   is_below(model, other->name, process->name) &&
			   !is_init(model, other->leader);
	}
	for (i = 0; i < MODEL_TASKS; i++)
		model->processes[i].has_subreaper |= below[i];
}
