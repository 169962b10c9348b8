// SPDX-License-Identifier: GPL-2.0
/* record.c owns the one way out of the tree: a node copied as plain values. */
#include <linux/lockdep.h>
#include <linux/string.h>

#include "compat.h"
#include "group.h"
#include "pidns.h"
#include "record.h"

/* Where that begins which is only in a leader's record. */
#define SHARED offsetof(struct ptree_record, parent_id)

static u32 node_flags(const struct ptree_node *node)
{
	u32 flags = 0;

	if (node->flags & PTREE_N_KTHREAD)
		flags |= PTREE_R_KTHREAD;
	if (node->flags & PTREE_N_SEEDED)
		flags |= PTREE_R_SEEDED;
	return flags;
}

static u32 process_flags(const struct ptree_process *process)
{
	u32 flags = PTREE_R_LEADER;

	if (ptree_process_leads_session(process))
		flags |= PTREE_R_SESSION_LEADER;
	if (process->flags & PTREE_P_INFERRED)
		flags |= PTREE_R_INFERRED;
	if (process->flags & PTREE_P_SUBREAPER)
		flags |= PTREE_R_SUBREAPER;
	return flags;
}

static char letter(enum ptree_state state)
{
	switch (state) {
	case PTREE_RUNNING:
		return 'R';
	case PTREE_ZOMBIE:
		return 'Z';
	default:
		return 'X';
	}
}

static void fill_parent(const struct ptree_process *process,
			const struct ptree_ns *ns, struct ptree_record *record)
{
	const struct ptree_process *parent;

	record->parent_id = 0;
	record->ppid = 0;
	if (!process->parent)
		return;
	parent = process->parent->process;
	record->parent_id = parent->id;
	record->ppid = ptree_pid_nr(parent->leader->pid, ns);
}

static void fill_birth(struct ptree *tree, const struct ptree_process *process,
		       const struct ptree_ns *ns, struct ptree_record *record)
{
	const struct ptree_node *birth;

	record->birth_id = process->birth_id;
	record->birth_thread = process->birth_thread;
	/* Most are the children of whom they were born to. */
	if (process->birth_id == record->parent_id) {
		record->birth_nr = record->ppid;
		return;
	}
	birth = ptree_find_id(tree, process->birth_id);
	record->birth_nr = birth ? ptree_pid_nr(birth->pid, ns) : 0;
	if (!birth && process->birth_id)
		record->flags |= PTREE_R_TRUNCATED;
}

/* What all threads share: only their leader is touched when it changes. */
static void fill_process(struct ptree *tree,
			 const struct ptree_process *process,
			 const struct ptree_ns *ns,
			 struct ptree_record *record)
{
	record->flags |= process_flags(process);
	record->group[PTREE_PGRP] = process->group[PTREE_PGRP];
	record->group[PTREE_SESSION] = process->group[PTREE_SESSION];
	record->pgid = ptree_pid_nr(process->group[PTREE_PGRP], ns);
	record->sid = ptree_pid_nr(process->group[PTREE_SESSION], ns);
	record->threads = process->nr_threads;
	record->exec_count = process->exec_count;
	record->reparented = process->reparented;
	record->tty = process->tty;
	fill_parent(process, ns, record);
	fill_birth(tree, process, ns, record);
}

/**
 * ptree_record_fill - copy a node out
 * @tree: the tree
 * @node: the node or tombstone
 * @ns: whose numbers to use; NULL sees none
 * @record: all of it is written
 *
 * Numbers are final: a process keeps its own as long as it lives and after.
 * Whatever else changes what a record says touches its node, so the record
 * copied last is right; but for the eviction of the process it was born to,
 * which changes nothing but what is still known of that. @letter, @tty, @tracer
 * and the foreground are what the tree knows of them; a source knows better.
 *
 * Context: under the tree's lock. O(1).
 */
void ptree_record_fill(struct ptree *tree, const struct ptree_node *node,
		       const struct ptree_ns *ns, struct ptree_record *record)
{
	const struct ptree_process *process = node->process;
	bool runs = node->state == PTREE_RUNNING;

	lockdep_assert_held(&tree->lock);
	record->seq = node->change.seq;
	record->id = node->id;
	record->process_id = process->id;
	record->start_ns = node->start_ns;
	record->exit_ns = runs ? 0 : node->exit_ns;
	record->clone_flags = node->clone_flags;
	memcpy(record->comm, node->comm, PTREE_COMM_LEN);
	record->cred = node->cred;
	record->tid = ptree_pid_nr(node->pid, ns);
	record->exit_code = runs ? 0 : node->exit_code;
	record->tracer = 0;
	record->flags = node_flags(node);
	record->pidns = node->pid->inner->ns->inum;
	record->inner = 0;
	record->levels = 0;
	record->state = node->state;
	record->letter = letter(node->state);
	if (process->leader == node) {
		record->tgid = record->tid;
		fill_process(tree, process, ns, record);
		return;
	}
	record->tgid = process->leader ?
			       ptree_pid_nr(process->leader->pid, ns) : 0;
	memset((char *)record + SHARED, 0, sizeof(*record) - SHARED);
}
EXPORT_SYMBOL_IF_KUNIT(ptree_record_fill);

/**
 * ptree_record_inner - the numbers a node has further in
 * @node: the node or tombstone
 * @ns: the namespace to begin behind
 * @inner: filled in, the outermost first; room for PTREE_LEVELS - 1
 *
 * Context: under the tree's lock. O(levels).
 * Return: how many they are; 0 too when the node has no number in @ns.
 */
unsigned int ptree_record_inner(const struct ptree_node *node,
				const struct ptree_ns *ns, pid_t *inner)
{
	const struct ptree_upid *upid;
	unsigned int nr = 0, i = 0;

	for (upid = node->pid->inner; upid && upid->ns != ns; upid = upid->next)
		nr++;
	if (!upid)
		return 0;
	for (upid = node->pid->inner; i < nr; upid = upid->next)
		inner[nr - ++i] = upid->nr;
	return nr;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_record_inner);
