// SPDX-License-Identifier: GPL-2.0
/*
 * audit.c owns the proof: it compares every task of the kernel's with its node,
 * and the reverse, while nothing moves. It shares nothing with hooks.c, whose
 * work it judges, but what every reader uses to catch up, and to find a tracer.
 *
 * All processors are stopped with interrupts off. Whoever changes the kernel's
 * tree or ours does so with interrupts off as well, so nobody is in the middle
 * of that. On PREEMPT_RT he may be, and there as everywhere a hook comes a
 * moment before or after what it tells of. So a difference counts only if it is
 * there when looked at again.
 */
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sort.h>
#include <linux/stop_machine.h>
#include <linux/timekeeping.h>
#include <linux/tty.h>

#include "compat.h"
#include "audit.h"
#include "hooks.h"
#include "pidns.h"

/* How many are listed: who has more has lost more than a list can tell. */
#define MOST 4096

/* How often to look, and how long to wait before looking again. */
#define LOOKS 4
#define PAUSE_MS 20

/**
 * struct audit - a comparison under way
 * @tree: what is compared
 * @findings: what was found
 * @nr: how many of these
 * @tasks: tasks compared
 * @values: values compared
 * @behind: differences in what only reading tells
 * @hooks: PTREE_HOOK_* that are armed
 * @seq: &ptree.seq
 * @stopped_ns: how long it took
 */
struct audit {
	struct ptree *tree;
	struct ptree_finding *findings;
	u32 nr;
	u64 tasks;
	u64 values;
	u64 behind;
	u32 hooks;
	u64 seq;
	u64 stopped_ns;
};

static void report(struct audit *audit, u32 kind,
		   const struct task_struct *task,
		   const struct ptree_node *node, u64 expected, u64 found)
{
	struct ptree_finding *finding = &audit->findings[audit->nr];

	if (audit->nr == MOST)
		return;
	audit->nr++;
	*finding = (struct ptree_finding) {
		.head.size = sizeof(*finding),
		.head.type = PTREE_TYPE_FINDING,
		.head.fixed = sizeof(*finding),
		.kind = kind,
		.tid = task ? task->pid : node->pid->inner->nr,
		.id = node ? node->id : 0,
		.expected = expected,
		.found = found,
	};
}

/* One value. @hook: without it the value is only as new as the last reader. */
static void compare(struct audit *audit, u32 kind, u32 hook,
		    const struct task_struct *task,
		    const struct ptree_node *node, u64 expected, u64 found)
{
	audit->values++;
	if (expected == found)
		return;
	if ((audit->hooks & hook) == hook)
		report(audit, kind, task, node, expected, found);
	else
		audit->behind++;
}

/* There is no such hook. */
#define UNTOLD BIT(31)

static pid_t root_nr(const struct ptree_pid *pid)
{
	return pid ? pid->root.nr : 0;
}

static pid_t tid_of(const struct ptree_node *node)
{
	return node ? root_nr(node->pid) : 0;
}

static void compare_numbers(struct audit *audit, struct task_struct *task,
			    const struct ptree_node *node)
{
	const struct ptree_upid *upid = node->pid->inner;
	const struct pid *pid = task_pid(task);
	int level;

	for (level = pid->level; level >= 0; level--) {
		compare(audit, PTREE_FINDING_NUMBER, 0, task, node,
			pid->numbers[level].nr, upid ? upid->nr : 0);
		compare(audit, PTREE_FINDING_NAMESPACE, 0, task, node,
			pid->numbers[level].ns->ns.inum,
			upid ? upid->ns->inum : 0);
		upid = upid ? upid->next : NULL;
	}
	compare(audit, PTREE_FINDING_NUMBER, 0, task, node, 0,
		upid ? upid->nr : 0);
}

static void compare_cred(struct audit *audit, struct task_struct *task,
			 const struct ptree_node *node)
{
	const struct cred *cred = __task_cred(task);

	compare(audit, PTREE_FINDING_UID, PTREE_HOOK_CHANGE_ID, task, node,
		__kuid_val(cred->uid), node->cred.uid);
	compare(audit, PTREE_FINDING_GID, PTREE_HOOK_CHANGE_ID, task, node,
		__kgid_val(cred->gid), node->cred.gid);
	compare(audit, PTREE_FINDING_EUID, PTREE_HOOK_CHANGE_ID, task, node,
		__kuid_val(cred->euid), node->cred.euid);
	compare(audit, PTREE_FINDING_EGID, PTREE_HOOK_CHANGE_ID, task, node,
		__kgid_val(cred->egid), node->cred.egid);
}

/* The tree does not keep it: this is what a reader would get. */
static void compare_tracer(struct audit *audit, struct task_struct *task,
			   const struct ptree_node *node)
{
	const struct task_struct *tracer = ptrace_parent(task);

	compare(audit, PTREE_FINDING_TRACER, 0, task, node,
		tracer ? tracer->pid : 0,
		ptree_hooks_tracer(task, node->pid->root.ns));
}

static u64 beginning(const char *comm)
{
	u64 value;

	memcpy(&value, comm, sizeof(value));
	return value;
}

static void compare_comm(struct audit *audit, struct task_struct *task,
			 const struct ptree_node *node)
{
	/* Of those that the kernel names itself nobody is told afterwards. */
	u32 hook = task->flags & (PF_KTHREAD | PF_IO_WORKER) ?
			   UNTOLD : PTREE_HOOK_CHANGE_COMM;
	size_t at = 0;

	/* Of a long name the first bytes may be the same. */
	if (beginning(task->comm) == beginning(node->comm))
		at = sizeof(u64);
	/* What is behind the end of a name means nothing. */
	if (!strncmp(task->comm, node->comm, PTREE_COMM_LEN))
		compare(audit, PTREE_FINDING_COMM, 0, task, node, 0, 0);
	else
		compare(audit, PTREE_FINDING_COMM, hook, task, node,
			beginning(task->comm + at),
			beginning(node->comm + at));
}

/*
 * One by one, in the order of the list. That two fathers who exit at the same time
 * hand over in the other order than the kernel's no hook can tell; nor can any
 * reader, who gets children in the order of their births.
 */
static void compare_children(struct audit *audit, struct task_struct *task,
			     const struct ptree_node *node)
{
	const struct list_head *at = node->children.next;
	struct task_struct *child;
	u32 nr = 0, more = 0;

	list_for_each_entry(child, &task->children, sibling) {
		const struct ptree_process *known = NULL;

		/* Not yet announced, so not yet there. */
		if (PTREE_TASK_STATE(child) == TASK_NEW &&
		    !ptree_find_task(audit->tree, child))
			continue;
		if (at != &node->children) {
			known = list_entry(at, struct ptree_process, sibling);
			at = at->next;
		}
		compare(audit, PTREE_FINDING_ORDER, UNTOLD, child, node,
			child->pid,
			known ? tid_of(known->leader) : 0);
		nr++;
	}
	for (; at != &node->children; at = at->next)
		more++;
	compare(audit, PTREE_FINDING_ORDER, PTREE_HOOK_RELEASE, task, node,
		nr, nr + more);
}

static u32 tty_of(const struct task_struct *task)
{
	struct tty_struct *tty = task->signal->tty;

	return tty ? new_encode_dev(tty_devnum(tty)) : 0;
}

/*
 * An init is replaced by another of its threads when it exits before them, and
 * the last to go stays in the namespace's books for ever.
 */
static void compare_init(struct audit *audit, struct task_struct *task,
			 const struct ptree_node *node)
{
	const struct pid_namespace *ns = task_active_pid_ns(task);
	struct task_struct *thread;
	bool init = false;

	if (task->flags & PF_EXITING)
		return;
	list_for_each_entry(thread, &task->signal->thread_head, thread_node)
		init |= ns->child_reaper == thread;
	compare(audit, PTREE_FINDING_INIT, 0, task, node, init,
		node->pid->inner->ns->init == node->process);
}

static void compare_process(struct audit *audit, struct task_struct *task,
			    const struct ptree_node *node)
{
	const struct ptree_process *process = node->process;
	const struct signal_struct *signal = task->signal;
	const struct ptree_node *parent = process->parent;

	compare(audit, PTREE_FINDING_PARENT, 0, task, node,
		rcu_dereference(task->real_parent)->pid, tid_of(parent));
	if (parent)
		compare(audit, PTREE_FINDING_PARENT, 0, task, node,
			(unsigned long)rcu_dereference(task->real_parent),
			(unsigned long)parent->task);
	compare(audit, PTREE_FINDING_PGRP, PTREE_HOOK_CHANGE_PID, task, node,
		pid_nr(task_pgrp(task)), root_nr(process->group[PTREE_PGRP]));
	compare(audit, PTREE_FINDING_SESSION, PTREE_HOOK_CHANGE_PID, task, node,
		pid_nr(task_session(task)),
		root_nr(process->group[PTREE_SESSION]));
	compare_init(audit, task, node);
	compare(audit, PTREE_FINDING_SUBREAPER, UNTOLD, task, node,
		signal->is_child_subreaper,
		!!(process->flags & PTREE_P_SUBREAPER));
	compare(audit, PTREE_FINDING_SUBREAPER, UNTOLD, task, node,
		signal->has_child_subreaper,
		!!(process->flags & PTREE_P_HAS_SUBREAPER));
	compare(audit, PTREE_FINDING_TTY, UNTOLD, task, node, tty_of(task),
		process->tty);
}

static void compare_task(struct audit *audit, struct task_struct *task)
{
	struct ptree_node *node = ptree_find_task(audit->tree, task);
	const struct ptree_process *process;

	if (!node) {
		/* Attached, and about to be announced. */
		if (PTREE_TASK_STATE(task) != TASK_NEW)
			report(audit, PTREE_FINDING_MISSING, task, NULL,
			       task->pid, 0);
		return;
	}
	process = node->process;
	audit->tasks++;
	compare(audit, PTREE_FINDING_PROCESS, 0, task, node,
		(unsigned long)task->signal, (unsigned long)process->signal);
	compare(audit, PTREE_FINDING_LEADER, 0, task, node,
		task->group_leader->pid, tid_of(process->leader));
	compare_numbers(audit, task, node);
	compare(audit, PTREE_FINDING_STATE, PTREE_HOOK_EXIT_NOTIFIED, task,
		node, !!task->exit_state, node->state == PTREE_ZOMBIE);
	compare_cred(audit, task, node);
	compare_comm(audit, task, node);
	compare_tracer(audit, task, node);
	compare(audit, PTREE_FINDING_START, 0, task, node,
		task->start_boottime, node->start_ns);
	compare(audit, PTREE_FINDING_KTHREAD, 0, task, node,
		!!(task->flags & PF_KTHREAD),
		!!(node->flags & PTREE_N_KTHREAD));
	compare_children(audit, task, node);
	if (thread_group_leader(task))
		compare_process(audit, task, node);
}

static void compare_threads(struct audit *audit, struct task_struct *leader)
{
	const struct ptree_node *node = ptree_find_task(audit->tree, leader);
	struct task_struct *task;
	u32 threads = 0;

	list_for_each_entry(task, &leader->signal->thread_head, thread_node) {
		compare_task(audit, task);
		threads += !!ptree_find_task(audit->tree, task);
	}
	if (node)
		compare(audit, PTREE_FINDING_THREADS, 0, leader, node, threads,
			node->process->nr_threads);
}

/* Nodes of tasks that are none any more. */
static void find_extra(struct audit *audit)
{
	struct ptree_node *node;

	list_for_each_entry(node, &audit->tree->changes, change.link) {
		const struct task_struct *task = node->task;

		if (!node->change.seq || node->state == PTREE_DEAD)
			continue;
		compare(audit, PTREE_FINDING_EXTRA, PTREE_HOOK_RELEASE,
			task, node, 1, pid_alive(task));
	}
}

static int compare_all(void *data)
{
	struct audit *audit = data;
	struct ptree *tree = audit->tree;
	struct task_struct *process;
	unsigned long irqflags;
	u64 start = ktime_get_ns();

	rcu_read_lock();
	raw_spin_lock_irqsave(&tree->lock, irqflags);
	/* As every reader does. */
	while (ptree_live_source.settle(tree))
		;
	for_each_process(process)
		compare_threads(audit, process);
	find_extra(audit);
	audit->seq = tree->seq;
	raw_spin_unlock_irqrestore(&tree->lock, irqflags);
	rcu_read_unlock();
	audit->stopped_ns = ktime_get_ns() - start;
	return 0;
}

static int by_kind(const void *a, const void *b)
{
	const struct ptree_finding *left = a, *right = b;

	if (left->tid != right->tid)
		return left->tid < right->tid ? -1 : 1;
	if (left->kind != right->kind)
		return left->kind < right->kind ? -1 : 1;
	return 0;
}

/* Of what was found now, keep what was found before too. Returns how many. */
static u32 keep_lasting(struct ptree_finding *now, u32 nr,
			const struct ptree_finding *before, u32 nr_before)
{
	u32 i, at = 0, kept = 0;

	for (i = 0; i < nr; i++) {
		while (at < nr_before && by_kind(&before[at], &now[i]) < 0)
			at++;
		if (at < nr_before && !by_kind(&before[at], &now[i]) &&
		    before[at].id == now[i].id)
			now[kept++] = now[i];
	}
	return kept;
}

static int look(struct audit *audit)
{
	struct ptree_info info = {};
	int err = ptree_make_whole(audit->tree, &ptree_live_source);

	if (err)
		return err;
	ptree_hooks_info(&info);
	audit->hooks = info.hooks;
	audit->nr = 0;
	audit->tasks = 0;
	audit->values = 0;
	audit->behind = 0;
	stop_machine(compare_all, audit, NULL);
	sort(audit->findings, audit->nr, sizeof(*audit->findings), by_kind,
	     NULL);
	return 0;
}

static int look_again(struct audit *audit, struct ptree_audit *result)
{
	struct ptree_finding *before;
	u32 nr = audit->nr, found;
	int err, looks;

	before = kvmalloc_array(MOST, sizeof(*before), GFP_KERNEL_ACCOUNT);
	if (!before)
		return -ENOMEM;
	for (looks = 1; nr && looks < LOOKS; looks++) {
		memcpy(before, audit->findings, nr * sizeof(*before));
		if (msleep_interruptible(PAUSE_MS)) {
			err = -EINTR;
			goto out_free;
		}
		err = look(audit);
		if (err)
			goto out_free;
		found = keep_lasting(audit->findings, audit->nr, before, nr);
		result->transient += nr - found;
		nr = found;
	}
	audit->nr = nr;
	err = 0;
out_free:
	kvfree(before);
	return err;
}

/**
 * ptree_audit_run - compare a tree with the kernel's tasks
 * @tree: the live tree
 * @audit: what came of it is filled in, but for @used
 * @findings: set to the findings, for the caller to kvfree()
 *
 * Context: may sleep; stops the machine.
 * Return: 0; -ENOMEM; -EINTR; -EAGAIN while births are missing.
 */
int ptree_audit_run(struct ptree *tree, struct ptree_audit *audit,
		    struct ptree_finding **findings)
{
	struct audit work = { .tree = tree };
	int err;

	work.findings = kvmalloc_array(MOST, sizeof(*work.findings),
				       GFP_KERNEL_ACCOUNT);
	if (!work.findings)
		return -ENOMEM;
	err = look(&work);
	if (!err)
		err = look_again(&work, audit);
	if (err) {
		kvfree(work.findings);
		return err;
	}
	audit->nr = work.nr;
	audit->seq = work.seq;
	audit->tasks = work.tasks;
	audit->values = work.values;
	audit->behind = work.behind;
	audit->stopped_ns = work.stopped_ns;
	*findings = work.findings;
	return 0;
}
