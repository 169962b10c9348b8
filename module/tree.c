// SPDX-License-Identifier: GPL-2.0
/*
 * tree.c owns the tree: it applies events to it, one way for every kind, and
 * decides who lives, who is whose child, and which of the dead are kept.
 *
 * Locking: &ptree.lock protects everything in and behind a tree. It is raw and
 * innermost: probes take it while the kernel holds tasklist_lock and a
 * sighand's siglock. Nothing here allocates, frees, sleeps, wakes or prints
 * under it; objects come from and go to pools that are filled outside of it.
 *
 * Lifetime: a living node is referenced by its place in the indexes. When its
 * numbers are given up it becomes a tombstone. The tombstone of a process
 * stays in @needed while an heir lives: a process that was born to it, or to
 * an heir of it. Then it goes to @history, as those of threads do at once, and
 * leaves that over the bound, oldest first. Births are remembered by id and
 * looked up, so an evicted ancestor is found missing and never dangles:
 *
 *	sh(1)---sh(2,dead)---sh(3,dead)---daemon(4)
 *
 *	2 is needed by 3, 3 by 4. When 4 dies all three are history. Should 2 be
 *	evicted, the chain of 4 is 3, then "truncated".
 */
#include <linux/bug.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "compat.h"
#include "event.h"
#include "group.h"
#include "pidns.h"
#include "reaper.h"
#include "tree.h"

/*
 * How many tombstones one event may move on or evict: more than it can make on
 * the average, so that the bounds hold, and few enough to bound the lock.
 */
#define BURY_BATCH 64

static u64 key(const void *address)
{
	return (unsigned long)address;
}

/**
 * ptree_find_task - find a living node
 * @tree: the tree
 * @task: its key
 *
 * Context: under the tree's lock. O(1).
 * Return: the node or NULL.
 */
struct ptree_node *ptree_find_task(struct ptree *tree, const void *task)
{
	struct ptree_node *node;

	lockdep_assert_held(&tree->lock);
	hlist_for_each_entry(node, ptree_bucket(&tree->tasks, key(task)), hash)
		if (node->task == task)
			return node;
	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_find_task);

/**
 * ptree_find_id - find a node, alive or dead
 * @tree: the tree
 * @id: its id
 *
 * Context: under the tree's lock. O(1).
 * Return: the node, NULL when there never was one or it has been evicted.
 */
struct ptree_node *ptree_find_id(struct ptree *tree, u64 id)
{
	struct ptree_node *node;

	lockdep_assert_held(&tree->lock);
	hlist_for_each_entry(node, ptree_bucket(&tree->ids, id), id_hash)
		if (node->id == id)
			return node;
	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_find_id);

/**
 * ptree_find_nr - find a living node by a number
 * @tree: the tree
 * @ns: inum of the namespace in which it counts
 * @type: what it is the number of
 * @nr: the number
 *
 * As pid_task(find_pid_ns()) of kernel/pid.c. ptree_pid_nr() of the node's
 * pid, or of its process's group, is that number in another namespace.
 *
 * Context: under the tree's lock. O(1).
 * Return: the task; the leader of the process; for a process group or session
 * the leader of the process it is named after, or of any member if that one
 * has left or died. NULL when nothing living has that number.
 */
struct ptree_node *ptree_find_nr(struct ptree *tree, u32 ns,
				 enum ptree_nr_type type, pid_t nr)
{
	struct ptree_pid *pid = ptree_pid_find(tree, ns, nr);
	struct ptree_process *process;
	enum ptree_group_type group;

	if (!pid)
		return NULL;
	process = ptree_group_leader(pid);
	switch (type) {
	case PTREE_NR_PID:
		return pid->node;
	case PTREE_NR_TGID:
		return process ? process->leader : NULL;
	case PTREE_NR_PGID:
		group = PTREE_PGRP;
		break;
	default:
		group = PTREE_SESSION;
	}
	if (process && process->group[group] == pid)
		return process->leader;
	process = hlist_entry_safe(pid->members[group].first,
				   struct ptree_process, member[group]);
	return process ? process->leader : NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_find_nr);

static void touch(struct ptree *tree, struct ptree_node *node)
{
	node->change.seq = ++tree->seq;
	list_move_tail(&node->change.link, &tree->changes);
}

/* The first change of a node: it is on no list yet. */
static void announce(struct ptree *tree, struct ptree_node *node)
{
	node->change.seq = ++tree->seq;
	list_add_tail(&node->change.link, &tree->changes);
}

static void set_id(struct ptree *tree, struct ptree_node *node, u64 id)
{
	hlist_del_init(&node->id_hash);
	node->id = id;
	hlist_add_head(&node->id_hash, ptree_bucket(&tree->ids, id));
}

static void set_comm(struct ptree_node *node, const char *comm)
{
	memcpy(node->comm, comm, PTREE_COMM_LEN);
	node->comm[PTREE_COMM_LEN - 1] = '\0';
}

/* What is behind the end of a name means nothing, but is mostly the same too. */
static bool same_comm(const struct ptree_node *node, const char *comm)
{
	return !memcmp(node->comm, comm, PTREE_COMM_LEN) ||
	       !strncmp(node->comm, comm, PTREE_COMM_LEN);
}

static void set_flags(struct ptree_node *node, const struct ptree_event *event)
{
	u32 *flags = &node->process->flags;

	node->flags &= ~PTREE_N_FLAGS_SET;
	node->flags |= event->node_flags & PTREE_N_FLAGS_SET;
	*flags &= ~PTREE_P_FLAGS_SET;
	*flags |= event->process_flags & PTREE_P_FLAGS_SET;
}

static void born_to(struct ptree_process *process, struct ptree_node *creator)
{
	process->birth_id = creator->process->id;
	process->birth_thread = creator->id;
	creator->process->heirs++;
}

static void free_node(struct ptree *tree, struct ptree_node *node)
{
	struct ptree_process *process = node->process;
	int type;

	hlist_del_init(&node->hash);
	hlist_del_init(&node->id_hash);
	list_del(&node->change.link);
	list_del(&node->queue);
	ptree_pid_put(tree, node->pid);
	if (process->leader == node)
		process->leader = NULL;
	ptree_pool_give(&tree->pools[PTREE_POOL_NODE], node);
	if (--process->nodes)
		return;
	for (type = 0; type < PTREE_GROUP_TYPES; type++)
		ptree_pid_put(tree, process->group[type]);
	ptree_pool_give(&tree->pools[PTREE_POOL_PROCESS], process);
}

/* A birth chain that went through @process does so no more. */
static void disinherit(struct ptree *tree, const struct ptree_process *process)
{
	struct ptree_node *birth = ptree_find_id(tree, process->birth_id);

	if (!birth || --birth->process->heirs || birth->state != PTREE_DEAD)
		return;
	list_move_tail(&birth->queue, &tree->spent);
}

static void to_history(struct ptree *tree, struct ptree_node *node)
{
	list_move_tail(&node->queue, &tree->history);
	tree->nr_history++;
	if (node->process->leader == node)
		disinherit(tree, node->process);
}

static bool evict_first(struct ptree *tree, struct list_head *tombstones,
			u32 *nr)
{
	struct ptree_reader *oldest =
		list_first_entry_or_null(&tree->snapshots, struct ptree_reader,
					 link);
	struct ptree_node *node =
		list_first_entry_or_null(tombstones, struct ptree_node, queue);

	/*
	 * A snapshot that saw it alive has to be told that it died. Only those
	 * begun before its death can have, so this ends when they do.
	 */
	if (!node || (oldest && node->change.seq > oldest->from))
		return false;
	if (tombstones == &tree->needed) {
		tree->stats.cut++;
		disinherit(tree, node->process);
	}
	tree->stats.evicted++;
	tree->evicted_seq = max(tree->evicted_seq, node->change.seq);
	--*nr;
	free_node(tree, node);
	return true;
}

/*
 * Move on what is no longer needed, and drop what is over the bounds: at every
 * death, for nothing else makes them more.
 */
static void tidy(struct ptree *tree)
{
	int left = BURY_BATCH;

	while (left-- && !list_empty(&tree->spent)) {
		tree->nr_needed--;
		to_history(tree, list_first_entry(&tree->spent,
						  struct ptree_node, queue));
	}
	for (left = BURY_BATCH; left; left--) {
		if (tree->nr_history > tree->history_max &&
		    evict_first(tree, &tree->history, &tree->nr_history))
			continue;
		if (tree->nr_needed <= tree->history_max + tree->nr_processes ||
		    !evict_first(tree, &tree->needed, &tree->nr_needed))
			return;
	}
}

/* Who exits and has children comes before who has none. */
static void gain_child(struct ptree *tree, struct ptree_node *parent)
{
	if (unlikely(parent->flags & PTREE_N_EXITING))
		list_move(&parent->queue, &tree->exiting);
}

static void lose_child(struct ptree *tree, struct ptree_node *father)
{
	if (!(father->flags & PTREE_N_EXITING) || !list_empty(&father->children))
		return;
	if (father->state == PTREE_RUNNING)
		list_move_tail(&father->queue, &tree->exiting);
	else
		list_del_init(&father->queue);
}

static void adopt(struct ptree *tree, struct ptree_process *process,
		  struct ptree_node *parent)
{
	struct ptree_node *father = process->parent;
	bool inferred = process->flags & PTREE_P_INFERRED;

	if (father == parent)
		return;
	if (!father && inferred && !process->birth_id)
		born_to(process, parent);
	else if (!father || !parent || father->process != parent->process)
		process->reparented++;
	process->parent = parent;
	list_move_tail(&process->sibling,
		       parent ? &parent->children : &tree->roots);
	if (father)
		lose_child(tree, father);
	if (parent)
		gain_child(tree, parent);
	touch(tree, process->leader);
}

static void release(struct ptree *tree, struct ptree_node *node,
		    const struct ptree_event *event)
{
	struct ptree_process *process = node->process;
	bool leader = process->leader == node;
	struct ptree_node *thread, *next, *reaper;
	struct ptree_process *child, *younger;

	/* The leader's number is given up last, so the other threads' are. */
	if (leader)
		list_for_each_entry_safe(thread, next, &process->threads, thread)
			if (thread != node)
				release(tree, thread, event);

	/* Hooks hand over children by truth first; this is what they missed. */
	node->flags |= PTREE_N_EXITING;
	reaper = list_empty(&node->children) ? NULL : ptree_reaper(tree, node);
	list_for_each_entry_safe(child, younger, &node->children, sibling)
		adopt(tree, child, reaper == node ? NULL : reaper);

	if (!node->exit_ns)
		node->exit_ns = event->now;
	if (event->task == node->task)
		node->exit_code = event->exit_code;
	node->state = PTREE_DEAD;
	node->task = NULL;
	hlist_del_init(&node->hash);
	list_del_init(&node->thread);
	process->nr_threads--;
	tree->nr_nodes--;
	if (node->pid->node == node)
		node->pid->node = NULL;
	ptree_ns_leave(tree, node->pid, leader ? process : NULL);
	ptree_pid_unlink(tree, node->pid);
	touch(tree, node);
	if (!leader) {
		to_history(tree, node);
		touch(tree, process->leader);
		return;
	}

	tree->nr_processes--;
	process->signal = NULL;
	list_del_init(&process->sibling);
	if (process->parent)
		lose_child(tree, process->parent);
	process->parent = NULL;
	ptree_group_leave(tree, process, PTREE_PGRP);
	ptree_group_leave(tree, process, PTREE_SESSION);
	if (process->heirs) {
		list_move_tail(&node->queue, &tree->needed);
		tree->nr_needed++;
	} else {
		to_history(tree, node);
	}
}

/* All of it is written. */
static struct ptree_process *new_process(struct ptree *tree,
					 struct ptree_node *leader,
					 struct ptree_node *parent,
					 const struct ptree_event *event)
{
	struct ptree_process *process;

	process = ptree_pool_take(&tree->pools[PTREE_POOL_PROCESS]);
	if (!process)
		return NULL;
	process->id = leader->id;
	process->signal = event->signal;
	process->leader = leader;
	INIT_LIST_HEAD(&process->threads);
	process->parent = parent;
	process->group[PTREE_PGRP] = NULL;
	process->group[PTREE_SESSION] = NULL;
	process->birth_id = 0;
	process->birth_thread = 0;
	process->heirs = 0;
	process->nodes = 0;
	process->nr_threads = 0;
	process->exec_count = 0;
	process->reparented = 0;
	process->tty = event->tty;
	process->flags = 0;
	list_add_tail(&process->sibling,
		      parent ? &parent->children : &tree->roots);
	if (parent)
		gain_child(tree, parent);
	ptree_group_join(tree, process, PTREE_PGRP, event->group[PTREE_PGRP]);
	ptree_group_join(tree, process, PTREE_SESSION,
			 event->group[PTREE_SESSION]);
	tree->nr_processes++;
	return process;
}

static void set_birth(struct ptree *tree, struct ptree_process *process,
		      struct ptree_node *creator)
{
	if (creator) {
		if (process->birth_id)
			disinherit(tree, process);
		process->flags &= ~PTREE_P_INFERRED;
		born_to(process, creator);
		return;
	}
	/* What was guessed before is as good as what could be guessed now. */
	if (process->birth_id)
		return;
	process->flags |= PTREE_P_INFERRED;
	if (process->parent)
		born_to(process, process->parent);
}

/* Met by another hook before its own: now we learn the rest. */
static void learn_birth(struct ptree *tree, struct ptree_node *node,
			const struct ptree_event *event)
{
	if (!event->creator || node->clone_flags)
		return;
	node->clone_flags = event->clone_flags;
	node->flags &= ~PTREE_N_SEEDED;
	if (node->process->leader == node)
		set_birth(tree, node->process, event->creator);
	touch(tree, node);
}

/* All of it is written, the rest by index_node() and announce(). */
static struct ptree_node *new_node(struct ptree *tree,
				   const struct ptree_event *event)
{
	struct ptree_node *node;

	node = ptree_pool_take(&tree->pools[PTREE_POOL_NODE]);
	if (!node)
		return NULL;
	node->task = event->task;
	node->id = tree->last_id + 1;
	INIT_HLIST_NODE(&node->id_hash);
	INIT_LIST_HEAD(&node->children);
	INIT_LIST_HEAD(&node->queue);
	node->start_ns = event->now;
	node->exit_ns = 0;
	node->clone_flags = event->clone_flags;
	node->exit_code = 0;
	node->flags = event->node_flags & PTREE_N_SEEDED;
	node->state = PTREE_RUNNING;
	node->cred = event->cred;
	set_comm(node, event->comm);
	return node;
}

/* From here on it is found, by whatever it may be looked for. */
static void index_node(struct ptree *tree, struct ptree_node *node,
		       struct ptree_pid *pid)
{
	struct ptree_process *process = node->process;

	process->nodes++;
	process->nr_threads++;
	tree->nr_nodes++;
	set_id(tree, node, ++tree->last_id);
	hlist_add_head(&node->hash,
		       ptree_bucket(&tree->tasks, key(node->task)));
	list_add_tail(&node->thread, &process->threads);
	ptree_pid_get(pid);
	ptree_pid_link(pid);
	node->pid = pid;
	pid->node = node;
	ptree_ns_enter(tree, pid, process);
}

static struct ptree_node *find_relative(struct ptree *tree, const void *task,
					struct ptree_node *creator)
{
	if (creator && creator->task == task)
		return creator;
	return ptree_find_task(tree, task);
}

static int apply_fork(struct ptree *tree, const struct ptree_event *event)
{
	struct ptree_node *node = ptree_find_task(tree, event->task);
	struct ptree_node *creator = event->creator;
	bool leads = event->leader == event->task;
	struct ptree_node *relative;

	if (node) {
		learn_birth(tree, node, event);
		return 0;
	}
	relative = find_relative(tree, leads ? event->other : event->leader,
				 creator);
	if (!leads && !relative)
		return -ENOENT;
	node = new_node(tree, event);
	if (!node)
		return -ENOMEM;
	node->process = leads ? new_process(tree, node, relative, event) :
				relative->process;
	if (!node->process) {
		ptree_pool_give(&tree->pools[PTREE_POOL_NODE], node);
		return -ENOMEM;
	}
	index_node(tree, node, event->pid);
	set_flags(node, event);
	if (leads)
		set_birth(tree, node->process, creator);
	announce(tree, node);
	if (!leads)
		touch(tree, node->process->leader);
	return 0;
}

static int apply_exec(struct ptree *tree, struct ptree_node *node,
		      const struct ptree_event *event)
{
	node->process->exec_count++;
	node->cred = event->cred;
	set_comm(node, event->comm);
	set_flags(node, event);
	touch(tree, node);
	return 0;
}

static int apply_attr(struct ptree *tree, struct ptree_node *node,
		      const struct ptree_event *event)
{
	u32 process_flags = node->process->flags & PTREE_P_FLAGS_SET;
	u32 node_flags = node->flags & PTREE_N_FLAGS_SET;

	if (process_flags == event->process_flags &&
	    node_flags == event->node_flags &&
	    same_comm(node, event->comm) &&
	    !memcmp(&node->cred, &event->cred, sizeof(node->cred)))
		return 0;
	node->cred = event->cred;
	set_comm(node, event->comm);
	set_flags(node, event);
	touch(tree, node);
	if (process_flags != event->process_flags)
		touch(tree, node->process->leader);
	return 0;
}

/*
 * The thread keeps its key, its place, its children and what it runs; with its
 * leader it exchanges what the outside knows a task by.
 */
static int apply_swap(struct ptree *tree, struct ptree_node *node,
		      const struct ptree_event *event)
{
	struct ptree_node *leader = ptree_find_task(tree, event->other);
	u64 id = node->id;

	if (!leader || node == leader || node->process != leader->process ||
	    leader != leader->process->leader)
		return -EINVAL;
	set_id(tree, node, leader->id);
	set_id(tree, leader, id);
	swap(node->pid, leader->pid);
	node->pid->node = node;
	leader->pid->node = leader;
	swap(node->start_ns, leader->start_ns);
	swap(node->clone_flags, leader->clone_flags);
	node->process->leader = node;
	touch(tree, leader);
	touch(tree, node);
	return 0;
}

/* A change only to what is inside: for others it runs until it is a zombie. */
static int apply_exit(struct ptree *tree, struct ptree_node *node,
		      const struct ptree_event *event)
{
	if (node->flags & PTREE_N_EXITING)
		return 0;
	node->flags |= PTREE_N_EXITING;
	node->exit_ns = event->now;
	node->exit_code = event->exit_code;
	if (list_empty(&node->children))
		list_add_tail(&node->queue, &tree->exiting);
	else
		list_add(&node->queue, &tree->exiting);
	return apply_attr(tree, node, event);
}

static int apply_zombie(struct ptree *tree, struct ptree_node *node,
			const struct ptree_event *event)
{
	if (node->state == PTREE_ZOMBIE && node->exit_code == event->exit_code)
		return 0;
	node->state = PTREE_ZOMBIE;
	node->exit_code = event->exit_code;
	if (list_empty(&node->children))
		list_del_init(&node->queue);
	touch(tree, node);
	return 0;
}

static int apply_group(struct ptree *tree, struct ptree_node *node,
		       const struct ptree_event *event)
{
	struct ptree_process *process = node->process;
	bool changed;

	changed = ptree_group_join(tree, process, PTREE_SESSION,
				   event->group[PTREE_SESSION]);
	if (changed)
		process->tty = 0;
	changed |= ptree_group_join(tree, process, PTREE_PGRP,
				    event->group[PTREE_PGRP]);
	if (changed)
		touch(tree, process->leader);
	return 0;
}

static int apply(struct ptree *tree, const struct ptree_event *event)
{
	struct ptree_node *node;

	if (event->kind == PTREE_EV_FORK)
		return apply_fork(tree, event);

	node = event->node ?: ptree_find_task(tree, event->task);
	if (!node)
		return -ENOENT;
	switch (event->kind) {
	case PTREE_EV_EXEC:
		return apply_exec(tree, node, event);
	case PTREE_EV_SWAP:
		return apply_swap(tree, node, event);
	case PTREE_EV_EXIT:
		return apply_exit(tree, node, event);
	case PTREE_EV_ZOMBIE:
		return apply_zombie(tree, node, event);
	case PTREE_EV_PARENT:
		adopt(tree, node->process, ptree_find_task(tree, event->other));
		return 0;
	case PTREE_EV_GROUP:
		return apply_group(tree, node, event);
	case PTREE_EV_ATTR:
		return apply_attr(tree, node, event);
	case PTREE_EV_TTY:
		if (node->process->tty != event->tty) {
			node->process->tty = event->tty;
			touch(tree, node->process->leader);
		}
		return 0;
	case PTREE_EV_RELEASE:
		release(tree, node, event);
		tidy(tree);
		return 0;
	default:
		return -EINVAL;
	}
}

/**
 * ptree_apply - let something happen to the tree
 * @tree: the tree
 * @event: what; only read
 *
 * A birth that can't be recorded marks the tree stale: whoever feeds it has to
 * find the missing task by other means and clear the mark.
 *
 * Context: under the tree's lock. O(1), but for the release of a leader whose
 * other threads' releases went unheard.
 * Return: 0, also when nothing changed; -ENOENT for a task that is not in the
 * tree; -ENOMEM when a pool was empty; -EINVAL for an event that can't be.
 */
int ptree_apply(struct ptree *tree, const struct ptree_event *event)
{
	int err;

	lockdep_assert_held(&tree->lock);
	err = apply(tree, event);
	if (err == -ENOMEM) {
		tree->stats.lost++;
		tree->stale = true;
	}
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_apply);

static int table_init(struct ptree_table *table, unsigned int bits)
{
	table->bits = bits;
	table->buckets = kvcalloc(1UL << bits, sizeof(*table->buckets),
				  GFP_KERNEL);
	return table->buckets ? 0 : -ENOMEM;
}

static const unsigned int object_size[PTREE_POOLS] = {
	[PTREE_POOL_NODE] = sizeof(struct ptree_node),
	[PTREE_POOL_PROCESS] = sizeof(struct ptree_process),
	[PTREE_POOL_PID] = sizeof(struct ptree_pid),
	[PTREE_POOL_UPID] = sizeof(struct ptree_upid),
	[PTREE_POOL_NS] = sizeof(struct ptree_ns),
};

static const char *const object_name[PTREE_POOLS] = {
	[PTREE_POOL_NODE] = "node",
	[PTREE_POOL_PROCESS] = "process",
	[PTREE_POOL_PID] = "pid",
	[PTREE_POOL_UPID] = "upid",
	[PTREE_POOL_NS] = "ns",
};

/**
 * ptree_init - make an empty tree
 * @tree: the tree
 * @name: what its slab caches are called after
 * @bits: log2 of the size of its hash tables
 * @want: how many spare objects of each kind to hold ready
 * @history: how many tombstones to keep that no living birth chain needs
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; then nothing is left to destroy.
 */
int ptree_init(struct ptree *tree, const char *name, unsigned int bits,
	       unsigned int want, unsigned int history)
{
	char cache[32];
	int err, kind;

	memset(tree, 0, sizeof(*tree));
	raw_spin_lock_init(&tree->lock);
	INIT_LIST_HEAD(&tree->changes);
	INIT_LIST_HEAD(&tree->roots);
	INIT_LIST_HEAD(&tree->exiting);
	INIT_LIST_HEAD(&tree->needed);
	INIT_LIST_HEAD(&tree->history);
	INIT_LIST_HEAD(&tree->spent);
	INIT_LIST_HEAD(&tree->snapshots);
	tree->history_max = history;
	tree->awaited = U64_MAX;

	err = table_init(&tree->tasks, bits) ?:
	      table_init(&tree->ids, bits) ?:
	      table_init(&tree->numbers, bits) ?:
	      table_init(&tree->namespaces, min(bits, 8U));
	for (kind = 0; !err && kind < PTREE_POOLS; kind++) {
		snprintf(cache, sizeof(cache), "%s_%s", name,
			 object_name[kind]);
		err = ptree_pool_init(&tree->pools[kind], cache,
				      object_size[kind],
				      kind == PTREE_POOL_NS ? 64 : want,
				      &tree->care);
	}
	err = err ?: ptree_refill(tree, GFP_KERNEL);
	if (err)
		ptree_destroy(tree);
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_init);

/* Take a living node out of what others of its process hold as well. */
static void forget(struct ptree *tree, struct ptree_node *node)
{
	struct ptree_process *process = node->process;

	ptree_group_leave(tree, process, PTREE_PGRP);
	ptree_group_leave(tree, process, PTREE_SESSION);
	ptree_pid_unlink(tree, node->pid);
}

/**
 * ptree_clear - drop every node, first half of an end
 * @tree: the tree, to which nothing happens any more
 *
 * Afterwards ptree_ns_gone() returns every namespace that still has an owner.
 *
 * Context: takes the tree's lock.
 */
void ptree_clear(struct ptree *tree)
{
	struct ptree_node *node;
	unsigned long irqflags;

	while (!list_empty(&tree->changes)) {
		raw_spin_lock_irqsave(&tree->lock, irqflags);
		node = list_first_entry(&tree->changes, struct ptree_node,
					change.link);
		if (node->state != PTREE_DEAD)
			forget(tree, node);
		free_node(tree, node);
		raw_spin_unlock_irqrestore(&tree->lock, irqflags);
	}
	INIT_LIST_HEAD(&tree->roots);
	tree->nr_nodes = 0;
	tree->nr_processes = 0;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_clear);

/**
 * ptree_destroy - free a tree, second half of an end
 * @tree: the tree, empty; nobody else knows of it any more
 *
 * Context: may sleep.
 */
void ptree_destroy(struct ptree *tree)
{
	int kind;

	for (kind = 0; kind < PTREE_POOLS; kind++)
		ptree_pool_destroy(&tree->pools[kind]);
	kvfree(tree->tasks.buckets);
	kvfree(tree->ids.buckets);
	kvfree(tree->numbers.buckets);
	kvfree(tree->namespaces.buckets);
}
EXPORT_SYMBOL_IF_KUNIT(ptree_destroy);

/**
 * ptree_refill - fill the pools up
 * @tree: the tree
 * @gfp: how hard to try
 *
 * Context: what @gfp allows; takes the tree's lock.
 * Return: 0 when all are full, else -ENOMEM.
 */
int ptree_refill(struct ptree *tree, gfp_t gfp)
{
	struct llist_node *objects;
	unsigned long irqflags;
	unsigned int nr;
	int kind;

	for (kind = 0; kind < PTREE_POOLS; kind++) {
		struct ptree_pool *pool = &tree->pools[kind];

		while ((nr = ptree_pool_short(pool))) {
			objects = ptree_pool_make(pool, min(nr, 64U), gfp);
			if (!objects)
				return -ENOMEM;
			raw_spin_lock_irqsave(&tree->lock, irqflags);
			ptree_pool_add(pool, objects);
			raw_spin_unlock_irqrestore(&tree->lock, irqflags);
			if (gfpflags_allow_blocking(gfp))
				cond_resched();
		}
	}
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_refill);

/**
 * ptree_trim - free what the pools hold far beyond their size
 * @tree: the tree
 *
 * Context: any in which memory may be freed; takes the tree's lock.
 */
void ptree_trim(struct ptree *tree)
{
	struct llist_node *objects;
	unsigned long irqflags;
	int kind;

	for (kind = 0; kind < PTREE_POOLS; kind++) {
		do {
			raw_spin_lock_irqsave(&tree->lock, irqflags);
			objects = ptree_pool_surplus(&tree->pools[kind], 64);
			raw_spin_unlock_irqrestore(&tree->lock, irqflags);
			ptree_pool_free(&tree->pools[kind], objects);
		} while (objects);
	}
}
EXPORT_SYMBOL_IF_KUNIT(ptree_trim);
