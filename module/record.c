// SPDX-License-Identifier: GPL-2.0
/* record.c owns the one way out of the tree: a node copied as plain values. */
#include <linux/lockdep.h>
#include <linux/string.h>

#include "compat.h"
#include "group.h"
#include "pidns.h"
#include "record.h"

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

/* What all threads share: only their leader is touched when it changes. */
static void fill_process(struct ptree *tree,
			 const struct ptree_process *process,
			 const struct ptree_ns *ns,
			 struct ptree_record *record)
{
	const struct ptree_node *birth;

	record->flags |= process_flags(process);
	record->group[PTREE_PGRP] = process->group[PTREE_PGRP];
	record->group[PTREE_SESSION] = process->group[PTREE_SESSION];
	record->pgid = ptree_pid_nr(process->group[PTREE_PGRP], ns);
	record->sid = ptree_pid_nr(process->group[PTREE_SESSION], ns);
	record->threads = process->nr_threads;
	record->exec_count = process->exec_count;
	record->reparented = process->reparented;
	record->tty = process->tty;
	if (process->parent) {
		const struct ptree_process *parent = process->parent->process;

		record->parent_id = parent->id;
		record->ppid = ptree_pid_nr(parent->leader->pid, ns);
	}
	record->birth_id = process->birth_id;
	record->birth_thread = process->birth_thread;
	birth = ptree_find_id(tree, process->birth_id);
	if (birth)
		record->birth_nr = ptree_pid_nr(birth->pid, ns);
	else if (process->birth_id)
		record->flags |= PTREE_R_TRUNCATED;
}

/**
 * ptree_record_fill - copy a node out
 * @tree: the tree
 * @node: the node or tombstone
 * @ns: whose numbers to use; NULL sees none
 * @record: filled in
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

	lockdep_assert_held(&tree->lock);
	memset(record, 0, sizeof(*record));
	record->seq = node->change.seq;
	record->id = node->id;
	record->process_id = process->id;
	record->start_ns = node->start_ns;
	record->clone_flags = node->clone_flags;
	record->state = node->state;
	record->letter = letter(node->state);
	record->cred = node->cred;
	if (node->state != PTREE_RUNNING) {
		record->exit_ns = node->exit_ns;
		record->exit_code = node->exit_code;
	}
	if (node->flags & PTREE_N_KTHREAD)
		record->flags |= PTREE_R_KTHREAD;
	if (node->flags & PTREE_N_SEEDED)
		record->flags |= PTREE_R_SEEDED;
	memcpy(record->comm, node->comm, PTREE_COMM_LEN);
	record->pidns = node->pid->inner->ns->inum;
	record->tid = ptree_pid_nr(node->pid, ns);
	if (process->leader)
		record->tgid = ptree_pid_nr(process->leader->pid, ns);
	if (process->leader == node)
		fill_process(tree, process, ns, record);
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
