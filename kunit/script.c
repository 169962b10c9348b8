// SPDX-License-Identifier: GPL-2.0
/* script.c owns the fixture of every suite: a tree, its model, and both's steps. */
#include <linux/module.h>

#include "../module/pidns.h"
#include "../module/reaper.h"
#include "../module/verify.h"
#include "../module/view.h"
#include "script.h"

#define KEYS 0x100000UL
#define KEY_STEP 16UL
#define TEXT 4096

const void *script_task_key(int name)
{
	return name ? (void *)(KEYS + name * KEY_STEP) : NULL;
}

const void *script_signal_key(int name)
{
	return script_task_key(name) + 4;
}

const void *script_pid_key(int name)
{
	return script_task_key(name) + 8;
}

static int name_of(const void *key)
{
	return ((unsigned long)key - KEYS) / KEY_STEP;
}

unsigned long script_lock(struct script *script)
	__acquires(&script->tree.lock)
{
	unsigned long irqflags = 0;

	if (script->inside)
		__acquire(&script->tree.lock);
	else
		raw_spin_lock_irqsave(&script->tree.lock, irqflags);
	return irqflags;
}

void script_unlock(struct script *script, unsigned long irqflags)
	__releases(&script->tree.lock)
{
	if (script->inside)
		__release(&script->tree.lock);
	else
		raw_spin_unlock_irqrestore(&script->tree.lock, irqflags);
}

/* Telling: what the hooks do. Under the tree's lock. */

/* As the hooks do it: as long as an inum is known its namespace has an owner. */
struct ptree_pid *script_pid_new(struct script *script, int name)
{
	const struct model_pid *model = model_pid(&script->model, name);
	struct ptree *tree = &script->tree;
	struct ptree_upid *upid;
	struct ptree_pid *pid;
	u32 level;

	pid = ptree_pid_new(tree, script_pid_key(name), model->nr[0]);
	for (level = 1; pid && level <= model->level; level++) {
		if (ptree_pid_add(tree, pid, model->ns[level],
				  model->nr[level]))
			continue;
		ptree_pid_put(tree, pid);
		pid = NULL;
	}
	for (upid = pid ? pid->inner : NULL; upid; upid = upid->next) {
		if (upid->ns->owner)
			continue;
		upid->ns->owner = script;
		script->owners++;
	}
	return pid;
}

static struct ptree_pid *pid_get(struct script *script, int name)
{
	const struct model_pid *model = model_pid(&script->model, name);
	struct ptree_pid *pid;

	pid = ptree_pid_find_get(&script->tree, script_pid_key(name),
				 model->nr[0]);
	return pid ?: script_pid_new(script, name);
}

static void put_namespaces(struct script *script)
{
	struct ptree_ns *ns;

	while ((ns = ptree_ns_gone(&script->tree))) {
		if (ns->owner != script)
			script->wrong = "a namespace without an owner is gone";
		ns->owner = NULL;
		script->owners--;
		ptree_ns_put(&script->tree, ns);
	}
}

static void get_attr(struct script *script, int name, struct ptree_event *event)
{
	const struct model_process *process =
		model_process_of(&script->model, name);

	snprintf(event->comm, sizeof(event->comm), "%d",
		 model_task(&script->model, name)->comm);
	if (process->subreaper)
		event->process_flags |= PTREE_P_SUBREAPER;
	if (process->has_subreaper)
		event->process_flags |= PTREE_P_HAS_SUBREAPER;
}

static int tell(struct script *script, enum ptree_event_kind kind, int task,
		int other)
{
	struct ptree_event event = {
		.kind = kind,
		.task = script_task_key(task),
		.other = script_task_key(other),
		.now = script->now,
		.exit_code = task % MODEL_NUMBERS,
	};

	if (kind == PTREE_EV_EXEC || kind == PTREE_EV_ATTR ||
	    kind == PTREE_EV_EXIT)
		get_attr(script, task, &event);
	if (kind == PTREE_EV_TTY)
		event.tty = model_process_of(&script->model, task)->tty;
	return ptree_apply(&script->tree, &event);
}

/**
 * script_tell_birth - tell the tree of a birth that the model knows of
 * @script: both
 * @step: as it happened
 *
 * Context: under the tree's lock.
 * Return: what ptree_apply() returned; -ENOMEM when there were no pids for it.
 */
int script_tell_birth(struct script *script, const struct step *step)
{
	const struct model_task *task = model_task(&script->model, step->other);
	const struct model_process *process =
		model_process(&script->model, task->process);
	bool unseen = step->flags & MODEL_UNSEEN;
	struct ptree_event event = {
		.kind = PTREE_EV_FORK,
		.task = script_task_key(task->name),
		.leader = script_task_key(process->leader),
		.signal = script_signal_key(process->name),
		.other = script_task_key(process->parent),
		.creator = unseen ? NULL :
				    ptree_find_task(&script->tree,
						    script_task_key(step->task)),
		.now = script->now,
		.clone_flags = unseen ? 0 : step->flags,
		.tty = process->tty,
		.node_flags = task->seeded ? PTREE_N_SEEDED : 0,
	};
	int err = -ENOMEM;

	get_attr(script, task->name, &event);
	event.pid = step->kind == TOLD ? pid_get(script, task->pid) :
					 script_pid_new(script, task->pid);
	event.group[PTREE_PGRP] = pid_get(script, process->pgrp);
	event.group[PTREE_SESSION] = pid_get(script, process->session);
	if (event.pid && event.group[PTREE_PGRP] && event.group[PTREE_SESSION])
		err = ptree_apply(&script->tree, &event);
	ptree_pid_put(&script->tree, event.pid);
	ptree_pid_put(&script->tree, event.group[PTREE_PGRP]);
	ptree_pid_put(&script->tree, event.group[PTREE_SESSION]);
	return err;
}

static int tell_groups(struct script *script, int task)
{
	const struct model_process *process =
		model_process_of(&script->model, task);
	struct ptree_event event = {
		.kind = PTREE_EV_GROUP,
		.task = script_task_key(task),
		.group = {
			[PTREE_PGRP] = pid_get(script, process->pgrp),
			[PTREE_SESSION] = pid_get(script, process->session),
		},
	};
	int err = -ENOMEM;

	if (event.group[PTREE_PGRP] && event.group[PTREE_SESSION])
		err = ptree_apply(&script->tree, &event);
	ptree_pid_put(&script->tree, event.group[PTREE_PGRP]);
	ptree_pid_put(&script->tree, event.group[PTREE_SESSION]);
	return err;
}

static int tell_attrs(struct script *script)
{
	int i, err = 0;

	for (i = 0; i < MODEL_TASKS; i++)
		if (script->model.processes[i].name)
			err = err ?: tell(script, PTREE_EV_ATTR,
					  script->model.processes[i].leader, 0);
	return err;
}

/* exit_notify(): the tree foretells the heir, and is told of him. */
static int notify(struct script *script, int father)
{
	struct ptree_node *node = ptree_find_task(&script->tree,
						  script_task_key(father));
	struct model *model = &script->model;
	int child, heir, err = 0;
	struct ptree_node *foretold;
	u64 before = model->clock;

	foretold = node ? ptree_reaper(&script->tree, node) : NULL;
	child = model_next_child(model, father, 0);
	heir = model_notify(model, father);
	if (child && (!foretold || foretold->task != script_task_key(heir)))
		script->wrong = "the wrong reaper was foretold";
	while ((child = model_next_child(model, heir, before))) {
		const struct model_process *process =
			model_process(model, child);

		before = process->order;
		err = err ?: tell(script, PTREE_EV_PARENT, process->leader,
				  heir);
	}
	return err ?: tell(script, PTREE_EV_ZOMBIE, father, 0);
}

static int born_late(struct script *script, const struct step *step)
{
	struct model *model = &script->model;

	model_task(model, step->other)->seeded = false;
	if (model_process(model, step->other)) {
		model_born_to(model, step->task, step->other);
		model_process(model, step->other)->inferred = false;
	}
	return script_tell_birth(script, step);
}

static int be_born(struct script *script, const struct step *step)
{
	if (!model_fork(&script->model, step->task, step->other, step->flags)) {
		script->wrong = "the model is full";
		return 0;
	}
	return script_tell_birth(script, step);
}

static int swap_leader(struct script *script, int task)
{
	int leader = model_process_of(&script->model, task)->leader;

	model_swap(&script->model, task);
	return tell(script, PTREE_EV_SWAP, task, leader);
}

/* Let it happen, and tell it. */
static int happen(struct script *script, const struct step *step)
{
	struct model *model = &script->model;
	struct model_task *task = model_task(model, step->task);

	switch (step->kind) {
	case FORK:
		return be_born(script, step);
	case TOLD:
		return born_late(script, step);
	case EXIT:
		model_exit(model, step->task);
		return tell(script, PTREE_EV_EXIT, step->task, 0);
	case NOTIFY:
		return notify(script, step->task);
	case DIE:
		model_exit(model, step->task);
		return tell(script, PTREE_EV_EXIT, step->task, 0) ?:
		       notify(script, step->task);
	case UNHEARD:
		model_notify(model, step->task);
		return 0;
	case REAP:
		model_release(model, step->task);
		return tell(script, PTREE_EV_RELEASE, step->task, 0);
	case SWAP:
		return swap_leader(script, step->task);
	case EXEC:
		task->comm = step->task;
		model_process(model, task->process)->execs++;
		return tell(script, PTREE_EV_EXEC, step->task, 0);
	case SETSID:
		model_join(model, step->task, task->pid, task->pid);
		return tell_groups(script, step->task);
	case SETPGID:
		model_join(model, step->task, step->other,
			   model_process(model, task->process)->session);
		return tell_groups(script, step->task);
	case SUBREAPER:
	case NO_SUBREAPER:
		model_subreaper(model, step->task, step->kind == SUBREAPER);
		return tell_attrs(script);
	case TTY:
		model_process(model, task->process)->tty = step->other;
		return tell(script, PTREE_EV_TTY, step->task, 0);
	case NAME:
		task->comm = step->other;
		return tell(script, PTREE_EV_ATTR, step->task, 0);
	default:
		return -EINVAL;
	}
}

/* Comparing. Under the tree's lock. */

static const char *compare_numbers(struct script *script, int name)
{
	const struct model_pid *pid = model_pid(&script->model, name);
	struct ptree_pid *found;
	struct ptree_ns *ns;
	bool ours;
	u32 level;

	for (level = 0; level <= pid->level; level++) {
		found = ptree_pid_find(&script->tree, pid->ns[level],
				       pid->nr[level]);
		ns = ptree_ns_find(&script->tree, pid->ns[level]);
		/* A group may outlive the namespace that it has a number in. */
		if (!model_ns(&script->model, pid->ns[level])) {
			if (ns)
				return "a namespace is open and nobody lives in it";
			continue;
		}
		if (!ns || ns->level != level)
			return "a namespace is missing or of the wrong level";
		ours = found && found->key == script_pid_key(name);
		if (found && ours == pid->lost)
			return "a number names another than it should";
		if (!found && !pid->lost)
			return "a number is taken and names nobody";
		if (found && !pid->lost &&
		    ptree_pid_nr(found, ns) != pid->nr[level])
			return "a number is seen as another";
	}
	return NULL;
}

static const char *compare_threads(struct model *model,
				   const struct ptree_process *process,
				   int name)
{
	const struct ptree_node *node;
	u64 order = 0;

	list_for_each_entry(node, &process->threads, thread) {
		const struct model_task *task =
			model_task(model, name_of(node->task));

		if (!task || task->process != name)
			return "a thread is of another process";
		if (task->order <= order)
			return "threads are out of order";
		order = task->order;
	}
	if (process->nr_threads != model_threads(model, name))
		return "a thread is missing or too many";
	return NULL;
}

static const char *compare_children(struct model *model,
				    const struct ptree_node *node, int name)
{
	const struct ptree_process *process;
	u64 order = 0;

	list_for_each_entry(process, &node->children, sibling) {
		const struct model_process *child =
			model_process(model, name_of(process->signal - 4));

		if (!child || child->parent != name)
			return "a child is another task's";
		if (child->order <= order)
			return "children are out of order";
		order = child->order;
	}
	return model_next_child(model, name, order) ? "a child is missing" :
						      NULL;
}

static u32 process_flags(const struct model_process *process)
{
	return (process->subreaper ? PTREE_P_SUBREAPER : 0) |
	       (process->has_subreaper ? PTREE_P_HAS_SUBREAPER : 0) |
	       (process->inferred ? PTREE_P_INFERRED : 0);
}

static const char *compare_birth(struct script *script,
				 const struct ptree_process *process,
				 const struct model_process *model)
{
	struct ptree_record record;

	if (process->birth_id != model->birth_id)
		return "it was born to another process";
	if (process->birth_thread != model->birth_thread)
		return "it was born to another thread";
	ptree_record_fill(&script->tree, process->leader,
			  ptree_ns_find(&script->tree, PTREE_ROOT_NS), &record);
	if (record.flags & PTREE_R_TRUNCATED)
		return record.birth_nr ? "a truncated birth has a number" :
					 NULL;
	if (record.birth_nr != script->model.nr_of_id[model->birth_id])
		return "the number of its birth parent is wrong";
	return NULL;
}

static const char *compare_process(struct script *script,
				   const struct ptree_process *process,
				   const struct model_process *model)
{
	const void *parent = process->parent ? process->parent->task : NULL;

	if (process->leader->task != script_task_key(model->leader))
		return "it has another leader";
	if (parent != script_task_key(model->parent))
		return "it has another parent";
	if (process->group[PTREE_PGRP]->key != script_pid_key(model->pgrp))
		return "it is in another process group";
	if (process->group[PTREE_SESSION]->key !=
	    script_pid_key(model->session))
		return "it is in another session";
	if (process->exec_count != model->execs)
		return "it executed more or less often";
	if (process->reparented != model->reparented)
		return "it was reparented more or less often";
	if (process->tty != model->tty)
		return "it has another terminal";
	if (process->flags != process_flags(model))
		return "it has other flags";
	return compare_birth(script, process, model) ?:
	       compare_threads(&script->model, process, model->name) ?:
	       compare_numbers(script, model->pgrp) ?:
	       compare_numbers(script, model->session);
}

static const char *compare_task(struct script *script, int name)
{
	const struct model_task *task = model_task(&script->model, name);
	const struct ptree_process *process;
	const struct ptree_node *node;
	char comm[PTREE_COMM_LEN];

	node = ptree_find_task(&script->tree, script_task_key(name));
	if (!task)
		return node ? "a task that was released is there" : NULL;
	if (!node)
		return "a task is missing";
	snprintf(comm, sizeof(comm), "%d", task->comm);
	process = node->process;
	if (process->signal != script_signal_key(task->process))
		return "it is of another process";
	if (node->id != task->id)
		return "it has another id";
	if (node->state != (task->zombie ? PTREE_ZOMBIE : PTREE_RUNNING))
		return "it is in another state";
	if (!(node->flags & PTREE_N_EXITING) == task->exiting)
		return "it exits or does not";
	if (!(node->flags & PTREE_N_SEEDED) == task->seeded)
		return "it is seeded or not";
	if (strcmp(node->comm, comm))
		return "it has another name";
	if (node->pid->key != script_pid_key(task->pid))
		return "it has another pid";
	return compare_numbers(script, task->pid) ?:
	       compare_children(&script->model, node, name) ?:
	       compare_process(script, process,
			       model_process(&script->model, task->process));
}

static const char *compare_all(struct script *script)
{
	struct model *model = &script->model;
	u32 nodes = 0, processes = 0;
	const char *wrong = NULL;
	int i, nr;

	for (i = 0; i < MODEL_TASKS; i++) {
		if (model->tasks[i].name)
			wrong = wrong ?: compare_task(script,
						      model->tasks[i].name);
		nodes += !!model->tasks[i].name;
		processes += !!model->processes[i].name;
	}
	if (script->tree.nr_nodes != nodes)
		wrong = wrong ?: "a node is missing or too many";
	if (script->tree.nr_processes != processes)
		wrong = wrong ?: "a process is missing or too many";
	for (nr = 1; nr < 100; nr++)
		if (ptree_pid_find(&script->tree, PTREE_ROOT_NS, nr) &&
		    !model_number_taken(model, PTREE_ROOT_NS, nr))
			wrong = wrong ?: "a number is free and names somebody";
	return wrong;
}

static void tell_wrong(struct script *script, const struct step *step)
{
	KUNIT_FAIL(script->test, "step %u, { %d, %d, %d, %#llx }: %s",
		   script->steps, step->kind, step->task, step->other,
		   step->flags, script->wrong);
}

/**
 * script_step - let one thing happen
 * @script: to whom
 * @step: what
 *
 * Once something was wrong nothing happens any more.
 *
 * Context: may sleep, unless @inside, then under the tree's lock.
 * Return: whether tree and model agree on it.
 */
bool script_step(struct script *script, const struct step *step)
{
	const char *wrong = NULL;
	unsigned long irqflags;
	int err;

	if (script->wrong)
		return false;
	irqflags = script_lock(script);
	script->now += NSEC_PER_SEC;
	script->steps++;
	err = happen(script, step);
	put_namespaces(script);
	if (err)
		wrong = "the tree refused it";
	else if (step->kind != UNHEARD)
		wrong = compare_task(script, step->kind == FORK ? step->other :
								  step->task);
	if (!wrong && !script->lazy && step->kind != UNHEARD)
		wrong = ptree_verify(&script->tree) ?: compare_all(script);
	script->wrong = script->wrong ?: wrong;
	script_unlock(script, irqflags);
	if (script->inside)
		return !script->wrong;
	if (script->wrong)
		tell_wrong(script, step);
	KUNIT_EXPECT_EQ(script->test, ptree_refill(&script->tree, GFP_KERNEL),
			0);
	return !script->wrong;
}

/**
 * script_play - let several things happen
 * @script: to whom
 * @steps: what, up to END
 */
void script_play(struct script *script, const struct step *steps)
{
	while (steps->kind != END && script_step(script, steps))
		steps++;
}

/**
 * script_check - compare the whole tree with the whole model
 * @script: both
 */
void script_check(struct script *script)
{
	unsigned long irqflags = script_lock(script);
	const struct step none = {};
	bool known = script->wrong && !script->inside;

	script->wrong = script->wrong ?:
			ptree_verify(&script->tree) ?:
			compare_all(script);
	script_unlock(script, irqflags);
	if (script->wrong && !known)
		tell_wrong(script, &none);
}

/* What has to happen next so that a task comes to its end. */
struct step script_towards_end(struct model *model, int name)
{
	int other;

	for (;; name = other) {
		const struct model_task *task = model_task(model, name);

		if (!task->exiting)
			return (struct step){ EXIT, name };
		if (!task->zombie) {
			other = model_blocker(model, name);
			if (other)
				continue;
			return (struct step){ NOTIFY, name };
		}
		other = model_other_thread(model, name);
		if (!other || model_process_of(model, name)->leader != name)
			return (struct step){ REAP, name };
	}
}

/**
 * script_kill - let a task become a zombie, and before it who has to
 * @script: where
 * @name: the task; nothing happens when it is one already or gone
 */
void script_kill(struct script *script, int name)
{
	struct model_task *task;
	struct step step;

	while ((task = model_task(&script->model, name)) && !task->zombie) {
		step = script_towards_end(&script->model, name);
		if (!script_step(script, &step))
			return;
	}
}

/**
 * script_reap - let go of all zombies of which it can be done
 * @script: where
 */
void script_reap(struct script *script)
{
	struct model *model = &script->model;
	bool again;
	int i;

	do {
		again = false;
		for (i = 0; i < MODEL_TASKS; i++) {
			struct model_task *task = &model->tasks[i];
			struct step step = { REAP, task->name };

			if (!task->name || !task->zombie ||
			    (model_process_of(model, task->name)->leader ==
				     task->name &&
			     model_other_thread(model, task->name)))
				continue;
			again = script_step(script, &step);
		}
	} while (again);
}

/* Random scripts: only what the kernel would let happen. */

static u32 below(struct rnd_state *random, u32 end)
{
	return prandom_u32_state(random) % end;
}

static struct model_task *any_task(struct model *model,
				   struct rnd_state *random)
{
	int i, at = below(random, MODEL_TASKS);

	for (i = 0; i < MODEL_TASKS; i++)
		if (model->tasks[(at + i) % MODEL_TASKS].name)
			break;
	return &model->tasks[(at + i) % MODEL_TASKS];
}

/* Its number may be used again: only the tree has not heard of its end. */
static bool in_limbo(struct model *model, int pid)
{
	int i;

	for (i = 0; i < MODEL_TASKS; i++) {
		const struct model_task *task = &model->tasks[i];
		const struct model_process *process;

		if (!task->name || task->zombie)
			continue;
		process = model_process(model, task->process);
		if (task->pid == pid || process->pgrp == pid ||
		    process->session == pid ||
		    model_task(model, process->leader)->pid == pid)
			return false;
	}
	return true;
}

static int free_name(struct script *script, struct rnd_state *random)
{
	struct model *model = &script->model;
	int i, nr = 2 + below(random, 60);

	for (i = 0; i < ARRAY_SIZE(model->pids); i++)
		if (model->pids[i].name &&
		    model->pids[i].name % MODEL_NUMBERS == nr &&
		    !model->pids[i].lost && !in_limbo(model,
						      model->pids[i].name))
			return 0;
	/* The step is the life: no name is used twice. */
	return (script->steps + 1) * MODEL_NUMBERS + nr;
}

static bool leads_group(struct model *model, int pid)
{
	int i;

	for (i = 0; i < MODEL_TASKS; i++)
		if (model->processes[i].name && model->processes[i].pgrp == pid)
			return true;
	return false;
}

static bool is_init(struct model *model, const struct model_process *process)
{
	int pid = model_task(model, process->leader)->pid;
	const struct model_pid *p = model_pid(model, pid);

	return p->nr[p->level] == 1;
}

static void random_fork(struct script *script, struct rnd_state *random,
			int creator)
{
	struct step step = { FORK, creator, free_name(script, random), 1 };
	struct model *model = &script->model;
	int way = below(random, 20);

	if (!step.other || !model_task(model, 0))
		return;
	if (way < 4)
		step.flags |= CLONE_THREAD;
	else if (way < 6 && !is_init(model, model_process_of(model, creator)))
		step.flags |= CLONE_PARENT;
	else if (way < 7)
		step.flags |= CLONE_NEWPID;
	else if (way < 9)
		step.flags |= MODEL_UNSEEN;
	if (step.flags & CLONE_NEWPID && model_ns(model, 0) &&
	    model_pid(model, model_task(model, creator)->pid)->level + 1 ==
		    MODEL_LEVELS)
		step.flags &= ~CLONE_NEWPID;
	if (!script_step(script, &step) || !(step.flags & MODEL_UNSEEN) ||
	    way == 8)
		return;
	step.kind = TOLD;
	step.flags = CLONE_VM;
	script_step(script, &step);
}

static void random_group(struct script *script, struct rnd_state *random,
			 int name)
{
	struct model *model = &script->model;
	struct model_process *process = model_process_of(model, name), *other;
	int pid = model_task(model, process->leader)->pid;
	struct step step = { SETPGID, process->leader, pid };
	struct model_task *model_other = any_task(model, random);

	if (process->session == pid ||
	    model_task(model, process->leader)->zombie)
		return;
	other = model_process(model, model_other->process);
	if (below(random, 2) && !leads_group(model, pid))
		step.kind = SETSID;
	else if (!model_other->zombie && other->session == process->session)
		step.other = other->pgrp;
	script_step(script, &step);
}

/* de_thread(): kill the others, take the leader's number, let him go. */
static void random_exec(struct script *script, int name)
{
	struct model *model = &script->model;
	int process = model_task(model, name)->process;
	int i, leader = model_process(model, process)->leader;

	for (i = 0; i < MODEL_TASKS; i++) {
		int other = model->tasks[i].name;

		if (!other || other == name ||
		    model->tasks[i].process != process)
			continue;
		script_kill(script, other);
		if (other != leader)
			script_step(script, &(struct step){ REAP, other });
	}
	if (leader != name) {
		script_step(script, &(struct step){ SWAP, name });
		script_step(script, &(struct step){ REAP, leader });
	}
	script_step(script, &(struct step){ EXEC, name });
}

/**
 * script_random - let something happen
 * @script: to whom
 * @random: decides
 */
void script_random(struct script *script, struct rnd_state *random)
{
	const struct model_task *task = any_task(&script->model, random);
	struct step step = { EXIT, task->name, below(random, 8) };
	u32 what = below(random, 100);

	if (task->exiting || (what < 16 && task->process != 1)) {
		step = script_towards_end(&script->model, task->name);
		script_step(script, &step);
		return;
	}
	if (what < 60) {
		random_fork(script, random, task->name);
	} else if (what < 64) {
		random_exec(script, task->name);
	} else if (what < 80) {
		random_group(script, random, task->name);
	} else {
		step.kind = what < 84 ? SUBREAPER :
			    what < 88 ? NO_SUBREAPER :
			    what < 94 ? TTY : NAME;
		script_step(script, &step);
	}
}

/* Looking from outside. */

struct ptree_record script_record(struct script *script, int task, u32 ns)
{
	struct ptree_record record = {};
	struct ptree_node *node;
	unsigned long irqflags;

	irqflags = script_lock(script);
	node = ptree_find_task(&script->tree, script_task_key(task));
	if (node)
		ptree_record_fill(&script->tree, node,
				  ptree_ns_find(&script->tree, ns), &record);
	script_unlock(script, irqflags);
	return record;
}

int script_apply(struct script *script, const struct ptree_event *event)
{
	unsigned long irqflags = script_lock(script);
	int err = ptree_apply(&script->tree, event);

	script_unlock(script, irqflags);
	return err;
}

static int draw_branch(char *text, size_t size, const struct ptree_line *line)
{
	const struct ptree_line *above[32];
	int at = 0, nr = 0;

	for (; line->depth && nr < ARRAY_SIZE(above); line = line->parent)
		above[nr++] = line;
	while (nr > 1)
		at += scnprintf(text + at, size - at, "%s",
				above[--nr]->last ? "   " : "|  ");
	if (nr)
		at += scnprintf(text + at, size - at, "%s",
				above[0]->last ? "`- " : "|- ");
	return at;
}

static int draw_birth(char *text, size_t size, const struct ptree_line *line)
{
	if (line->birth_hidden || line->record->flags & PTREE_R_TRUNCATED)
		return scnprintf(text, size, "<?");
	if (line->record->birth_nr == line->record->ppid)
		return 0;
	return scnprintf(text, size, "<%d%s", line->record->birth_nr,
			 line->birth_dead ? "+" : "");
}

static int draw_line(char *text, size_t size, const struct ptree_line *line)
{
	int at = draw_branch(text, size, line);

	at += scnprintf(text + at, size - at, "%d", line->record->tgid);
	if (line->sight != PTREE_FULL)
		return at + scnprintf(text + at, size - at, "?\n");
	if (line->record->threads > 1)
		at += scnprintf(text + at, size - at, "*%u",
				line->record->threads);
	if (line->record->state == PTREE_ZOMBIE)
		at += scnprintf(text + at, size - at, "z");
	at += draw_birth(text + at, size - at, line);
	return at + scnprintf(text + at, size - at, "\n");
}

/**
 * script_draw - draw a snapshot
 * @test: owns the text
 * @snapshot: of what
 * @sight: an enum ptree_sight for each record, or NULL
 *
 * A line is a branch and a number: "4*3z<2+" is the zombie 4 with 3 threads,
 * born to 2, which is not its parent and has died; "<?" is a birth that nobody
 * knows any more or may know, "4?" one of which only the number may be seen.
 *
 * Return: the text.
 */
char *script_draw(struct kunit *test, const struct ptree_snapshot *snapshot,
		  const u8 *sight)
{
	char *text = kunit_kzalloc(test, TEXT, GFP_KERNEL);
	struct ptree_view view = {};
	size_t i;
	int at = 0;

	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_ASSERT_EQ(test, ptree_view_make(&view, snapshot, sight), 0);
	for (i = 0; i < view.nr; i++)
		at += draw_line(text + at, TEXT - at, &view.lines[i]);
	ptree_view_free(&view);
	return text;
}

/**
 * script_tree - draw the living
 * @script: whose
 * @ns: inum of the namespace whose numbers to use
 *
 * Return: the text, owned by the test.
 */
char *script_tree(struct script *script, u32 ns)
{
	struct ptree_snapshot snapshot = { .ns = ns };
	char *text;

	KUNIT_ASSERT_EQ(script->test,
			ptree_snapshot_take(&script->tree, NULL, &snapshot), 0);
	text = script_draw(script->test, &snapshot, NULL);
	ptree_snapshot_free(&snapshot);
	return text;
}

/**
 * script_init - make a tree with one process, 1, that is nobody's child
 * @test: owns it, as its priv
 *
 * Return: 0 or -ENOMEM.
 */
int script_init(struct kunit *test)
{
	const struct step first = { FORK, 0, 1, MODEL_UNSEEN };
	struct script *script;
	int err;

	script = kunit_kzalloc(test, sizeof(*script), GFP_KERNEL);
	if (!script)
		return -ENOMEM;
	script->test = test;
	err = ptree_init(&script->tree, "ptree_test", 6, 256, 256);
	if (err)
		return err;
	test->priv = script;
	script_step(script, &first);
	return 0;
}

/**
 * script_exit - destroy the tree and see that nothing of it is left
 * @test: owns it
 */
void script_exit(struct kunit *test)
{
	struct script *script = test->priv;
	unsigned long irqflags;
	int kind;

	if (!script)
		return;
	ptree_clear(&script->tree);
	irqflags = script_lock(script);
	put_namespaces(script);
	script_unlock(script, irqflags);
	for (kind = 0; kind < PTREE_POOLS; kind++)
		KUNIT_EXPECT_EQ(test, script->tree.pools[kind].used, 0);
	KUNIT_EXPECT_EQ(test, script->owners, 0);
	ptree_destroy(&script->tree);
	test->priv = NULL;
}

MODULE_DESCRIPTION("Tests of the shadow process tree");
MODULE_AUTHOR("the ptree developers");
MODULE_LICENSE("GPL");
PTREE_IMPORT_KUNIT;
