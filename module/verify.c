// SPDX-License-Identifier: GPL-2.0
/* verify.c owns the invariants of a tree: what holds between any two events. */
#include <linux/lockdep.h>

#include "compat.h"
#include "group.h"
#include "pidns.h"
#include "verify.h"

/**
 * struct census - what a tree really holds
 * @nodes: living nodes
 * @tombstones: dead ones
 * @processes: living processes
 */
struct census {
	u32 nodes;
	u32 tombstones;
	u32 processes;
};

static bool leads(const struct ptree_node *node)
{
	return node->process->leader == node;
}

static const char *check_alive(struct ptree *tree, struct ptree_node *node)
{
	bool exiting = node->flags & PTREE_N_EXITING;
	bool waits = exiting && (node->state == PTREE_RUNNING ||
				 !list_empty(&node->children));

	if (!node->task || ptree_find_task(tree, node->task) != node)
		return "a living node can't be found by its task";
	if (!node->process->signal)
		return "a living node's process is dead";
	if (node->process->leader->state == PTREE_DEAD)
		return "a living node has a dead leader";
	if (node->state == PTREE_ZOMBIE && !exiting)
		return "a zombie has not exited";
	if (waits == list_empty(&node->queue))
		return "the exiting list has not whom it should have";
	return NULL;
}

static const char *check_dead(const struct ptree_node *node)
{
	if (node->task || !hlist_unhashed(&node->hash))
		return "a tombstone still has a task";
	if (!list_empty(&node->thread))
		return "a tombstone is still a thread";
	if (!list_empty(&node->children))
		return "a tombstone has children";
	if (list_empty(&node->queue))
		return "a tombstone is neither needed nor history";
	if (leads(node) && (node->process->signal || node->process->parent ||
			    node->process->nr_threads))
		return "a dead process is not dead";
	return NULL;
}

static const char *check_changes(struct ptree *tree, struct census *census)
{
	struct ptree_change *change;
	struct ptree_node *node;
	const char *wrong;
	u64 seq = 0;

	list_for_each_entry(change, &tree->changes, link) {
		if (!change->seq)
			continue;
		if (change->seq <= seq || change->seq > tree->seq)
			return "the changes are out of order";
		seq = change->seq;
		node = container_of(change, struct ptree_node, change);
		if (!node->id || node->id > tree->last_id ||
		    ptree_find_id(tree, node->id) != node)
			return "a node can't be found by its id";
		if (leads(node) && node->process->id != node->id)
			return "a process has not its leader's id";
		if (node->state == PTREE_DEAD) {
			census->tombstones++;
			wrong = check_dead(node);
		} else {
			census->nodes++;
			census->processes += leads(node);
			wrong = check_alive(tree, node);
		}
		if (wrong)
			return wrong;
	}
	return NULL;
}

static u32 length(const struct ptree_table *table)
{
	struct hlist_node *entry;
	u32 i, nr = 0;

	for (i = 0; i < 1U << table->bits; i++)
		hlist_for_each(entry, &table->buckets[i])
			nr++;
	return nr;
}

static const char *check_tables(struct ptree *tree, const struct census *census)
{
	if (length(&tree->tasks) != census->nodes)
		return "the table of tasks holds others than the living nodes";
	if (length(&tree->ids) != census->nodes + census->tombstones)
		return "the table of ids holds others than nodes and tombstones";
	if (tree->nr_nodes != census->nodes)
		return "nr_nodes is wrong";
	if (tree->nr_processes != census->processes)
		return "nr_processes is wrong";
	return NULL;
}

static const char *check_numbers(struct ptree *tree)
{
	struct ptree_upid *upid;
	u32 i;

	for (i = 0; i < 1U << tree->numbers.bits; i++) {
		hlist_for_each_entry(upid, &tree->numbers.buckets[i], hash) {
			struct ptree_pid *pid = ptree_upid_pid(upid);

			if (!pid->links)
				return "a number that nobody keeps is found";
			if (upid->ns->live &&
			    ptree_pid_find(tree, upid->ns->inum, upid->nr) !=
				    pid)
				return "a number is taken twice or in the wrong place";
		}
	}
	return NULL;
}

static const char *check_namespaces(struct ptree *tree)
{
	struct ptree_ns *ns;
	u32 i;

	for (i = 0; i < 1U << tree->namespaces.bits; i++) {
		hlist_for_each_entry(ns, &tree->namespaces.buckets[i], hash) {
			if (ptree_ns_find(tree, ns->inum) != ns)
				return "a namespace's number is taken twice or in the wrong place";
			if (!ns->live)
				return "a namespace is open and nobody lives in it";
			if (ns->level != (ns->parent ? ns->parent->level + 1 : 0))
				return "a namespace's level is wrong";
			if (ns->init && !ns->init->signal)
				return "a namespace's init is dead";
		}
	}
	return NULL;
}

/* A process that has itself among its ancestors never gets to a root. */
static bool reaches_root(const struct ptree *tree,
			 const struct ptree_process *process)
{
	u32 left = tree->nr_processes;

	while (process->parent && left--)
		process = process->parent->process;
	return !process->parent;
}

static const char *check_siblings(const struct ptree *tree,
				  const struct list_head *children,
				  const struct ptree_node *parent, u32 *nr)
{
	const struct ptree_process *child;

	list_for_each_entry(child, children, sibling) {
		if (child->parent != parent)
			return "a child has another parent";
		if (!child->signal)
			return "a child is dead";
		if (++*nr > tree->nr_processes)
			return "a process is a child twice";
		if (!reaches_root(tree, child))
			return "a process is its own ancestor";
	}
	return NULL;
}

static const char *check_family(struct ptree *tree)
{
	struct ptree_change *change;
	const char *wrong;
	u32 nr = 0;

	wrong = check_siblings(tree, &tree->roots, NULL, &nr);
	list_for_each_entry(change, &tree->changes, link) {
		const struct ptree_node *node =
			container_of(change, struct ptree_node, change);

		if (change->seq && !wrong)
			wrong = check_siblings(tree, &node->children, node,
					       &nr);
	}
	if (!wrong && nr != tree->nr_processes)
		wrong = "a process is nobody's child and no root";
	return wrong;
}

static const char *check_threads(const struct ptree_process *process)
{
	const struct ptree_node *node;
	bool leader = false;
	u32 nr = 0;

	list_for_each_entry(node, &process->threads, thread) {
		if (node->process != process || node->state == PTREE_DEAD)
			return "a process has a thread that is not its own";
		leader |= node == process->leader;
		nr++;
	}
	if (!leader)
		return "a process's leader is none of its threads";
	return nr == process->nr_threads ? NULL : "nr_threads is wrong";
}

/* The first member of a group answers for the whole list. */
static const char *check_members(struct ptree_process *process,
				 enum ptree_group_type type, u32 *nr)
{
	struct ptree_pid *pid = process->group[type];
	struct ptree_process *member;

	if (hlist_unhashed(&process->member[type]))
		return "a living process is in no group";
	if (pid->members[type].first != &process->member[type])
		return NULL;
	ptree_for_each_member(member, pid, type) {
		if (member->group[type] != pid || !member->signal)
			return "a group has a member that is not in it";
		++*nr;
	}
	return NULL;
}

static const char *check_processes(struct ptree *tree)
{
	u32 i, type, nr[PTREE_GROUP_TYPES] = {};
	const char *wrong = NULL;
	struct ptree_node *node;

	for (i = 0; i < 1U << tree->tasks.bits; i++) {
		hlist_for_each_entry(node, &tree->tasks.buckets[i], hash) {
			if (!leads(node))
				continue;
			wrong = wrong ?: check_threads(node->process);
			for (type = 0; type < PTREE_GROUP_TYPES; type++)
				wrong = wrong ?: check_members(node->process,
							       type, &nr[type]);
		}
	}
	if (wrong)
		return wrong;
	for (type = 0; type < PTREE_GROUP_TYPES; type++)
		if (nr[type] != tree->nr_processes)
			return "a living process is not among its group's members";
	return NULL;
}

static const char *check_exiting(const struct ptree *tree)
{
	const struct ptree_node *node;
	bool childless = false;

	list_for_each_entry(node, &tree->exiting, queue) {
		if (childless && !list_empty(&node->children))
			return "one that exits and has children is not among the first";
		childless |= list_empty(&node->children);
	}
	return NULL;
}

static u32 dead_leaders(const struct list_head *tombstones, u32 *nr)
{
	const struct ptree_node *node;
	u32 needed = 0;

	list_for_each_entry(node, tombstones, queue) {
		++*nr;
		needed += leads(node) && node->process->heirs;
	}
	return needed;
}

static const char *check_history(const struct ptree *tree,
				 const struct census *census)
{
	u32 needed = 0, spent = 0, history = 0;

	if (dead_leaders(&tree->needed, &needed) != needed)
		return "a tombstone is kept for an heir that it has not";
	if (dead_leaders(&tree->spent, &spent) ||
	    dead_leaders(&tree->history, &history))
		return "a tombstone that has heirs is not kept for them";
	if (tree->nr_needed != needed + spent)
		return "nr_needed is wrong";
	if (tree->nr_history != history)
		return "nr_history is wrong";
	if (census->tombstones != needed + spent + history)
		return "a tombstone is in two lists or in none";
	return NULL;
}

/*
 * References are proved by taking all of them back, one by one: whatever was
 * counted right is zero then. Giving them out again in the same way leaves
 * every count as it was, right or wrong. What an object itself refers to is
 * taken back when its own count reaches zero.
 */

static void count_ns(struct ptree_ns *ns, int by)
{
	for (; ns; ns = ns->parent) {
		bool first = !ns->refs;

		ns->refs += by;
		if (by > 0 ? !first : ns->refs)
			return;
	}
}

static void count_pid(struct ptree_pid *pid, bool link, int by)
{
	struct ptree_upid *upid;
	bool first = !pid->refs;

	pid->refs += by;
	pid->links += link ? by : 0;
	if (by > 0 ? !first : pid->refs)
		return;
	for (upid = pid->inner; upid; upid = upid->next)
		count_ns(upid->ns, by);
}

static void count_process(struct ptree_process *process, int by)
{
	bool first = !process->nodes;
	int type;

	process->nodes += by;
	if (by > 0 ? !first : process->nodes)
		return;
	for (type = 0; type < PTREE_GROUP_TYPES; type++)
		count_pid(process->group[type], process->signal, by);
}

static void count_heir(struct ptree *tree, const struct ptree_node *node,
		       int by)
{
	struct ptree_node *birth = ptree_find_id(tree, node->process->birth_id);

	if (birth)
		birth->process->heirs += by;
}

static void count_node(struct ptree *tree, struct ptree_node *node, int by)
{
	bool alive = node->state != PTREE_DEAD;
	struct ptree_upid *upid;

	count_pid(node->pid, alive, by);
	count_process(node->process, by);
	if (!alive)
		return;
	if (leads(node))
		count_heir(tree, node, by);
	for (upid = node->pid->inner; upid; upid = upid->next)
		upid->ns->live += by;
}

static void count_all(struct ptree *tree, int by)
{
	struct ptree_change *change;
	struct ptree_node *node;
	struct ptree_ns *ns;

	list_for_each_entry(change, &tree->changes, link)
		if (change->seq)
			count_node(tree, container_of(change, struct ptree_node,
						      change), by);
	list_for_each_entry(node, &tree->needed, queue)
		count_heir(tree, node, by);
	list_for_each_entry(node, &tree->spent, queue)
		count_heir(tree, node, by);
	hlist_for_each_entry(ns, &tree->ns_gone, hash)
		count_ns(ns, by);
}

static const char *check_pid_zero(const struct ptree_pid *pid)
{
	const struct ptree_upid *upid;

	if (pid->refs)
		return "a pid's refs are wrong";
	if (pid->links)
		return "a pid's links are wrong";
	for (upid = pid->inner; upid; upid = upid->next) {
		if (upid->ns->refs)
			return "a namespace's refs are wrong";
		if (upid->ns->live)
			return "a namespace's live is wrong";
	}
	return NULL;
}

static const char *check_zero(const struct ptree *tree)
{
	const struct ptree_change *change;
	const char *wrong = NULL;
	int type;

	list_for_each_entry(change, &tree->changes, link) {
		const struct ptree_node *node =
			container_of(change, struct ptree_node, change);

		if (!change->seq)
			continue;
		if (node->process->nodes)
			return "a process's nodes are wrong";
		if (node->process->heirs)
			return "a process's heirs are wrong";
		wrong = check_pid_zero(node->pid);
		for (type = 0; type < PTREE_GROUP_TYPES; type++)
			wrong = wrong ?:
				check_pid_zero(node->process->group[type]);
		if (wrong)
			return wrong;
	}
	return NULL;
}

static const char *check_counts(struct ptree *tree)
{
	const char *wrong;

	count_all(tree, -1);
	wrong = check_zero(tree);
	count_all(tree, 1);
	return wrong;
}

/**
 * ptree_verify - prove that a tree is sound
 * @tree: the tree; nobody holds a reference to a pid of it
 *
 * Context: under the tree's lock, for tests: it looks at everything.
 * Return: NULL, or which of its invariants does not hold.
 */
const char *ptree_verify(struct ptree *tree)
{
	struct census census = {};

	lockdep_assert_held(&tree->lock);
	return check_changes(tree, &census) ?:
	       check_tables(tree, &census) ?:
	       check_numbers(tree) ?:
	       check_namespaces(tree) ?:
	       check_family(tree) ?:
	       check_processes(tree) ?:
	       check_exiting(tree) ?:
	       check_history(tree, &census) ?:
	       check_counts(tree);
}
EXPORT_SYMBOL_IF_KUNIT(ptree_verify);
