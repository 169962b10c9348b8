// SPDX-License-Identifier: GPL-2.0
/*
 * hooks.c owns the sight of live tasks: it is the only file that looks at one,
 * and turns what it sees into plain values for the core.
 *
 * Truth: a hook reads the kernel's own value inside the tree's lock and an RCU
 * section. Every change in the kernel is followed by at least one hook that
 * does, so the last to write is right, whatever the order in which they come:
 *
 *	T1 task_newtask		a task was attached, and has not run yet
 *	T2 sched_process_exit	it begins to exit; its children are still its
 *	T3 sched_process_free	its task_struct is about to be freed
 *	T4 sched_process_exec	it runs another program
 *	T5 task_rename		it is about to get another name
 *
 *	K1 proc_exit_connector	it has just handed over its children; switched on
 *				while somebody follows the changes
 *	K2 change_pid		its process group or session was changed
 *	K3 exchange_tids	a thread takes its leader's number to execute
 *	K4 posix_cpu_timers_exit its number is about to be given up
 *	K5 proc_id_connector	its users or groups were changed
 *	K6 proc_comm_connector	its name was changed, but by exec, which T4 follows
 *
 * Without T1 to T4 there is no tree. The others only make it timely: what they
 * tell can be read later as well, so nobody notices but those who follow every
 * change. Whoever exits stays on &ptree.exiting until its children have
 * been seen somewhere else. Every reader looks there before he is done, and so
 * does T2: it may be the one who got them, and is about to pass them on.
 *
 * Context: probes run with preemption off up to 6.12, and in K2 to K4 under
 * tasklist_lock and a siglock. On PREEMPT_RT that rules out any allocation.
 */
#define pr_fmt(fmt) "ptree: " fmt

#include <linux/device.h>
#include <linux/irq_work.h>
#include <linux/kdev_t.h>
#include <linux/kprobes.h>
#include <linux/mutex.h>
#include <linux/pid_namespace.h>
#include <linux/ptrace.h>
#include <linux/cred.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/ptree.h>
#include <linux/timekeeping.h>
#include <linux/tracepoint.h>
#include <linux/tty.h>
#include <linux/workqueue.h>
#include <trace/events/sched.h>
#include <trace/events/task.h>

#include "compat.h"
#include "event.h"
#include "hooks.h"
#include "pidns.h"
#include "probes.h"
#include "reaper.h"

/* How many children change hands, or exits end, in one hold of the lock. */
#define SETTLE_BATCH 64

static struct ptree *live;
static DEFINE_MUTEX(rescan_mutex);

/* When we began to listen: who is older has had a life before. */
static u64 hooked_ns;

/* Whoever follows a pointer of a task's is in an RCU section besides. */
static unsigned long tree_lock(void)
	__acquires(&live->lock)
{
	unsigned long irqflags;

	raw_spin_lock_irqsave(&live->lock, irqflags);
	return irqflags;
}

/*
 * Waking somebody takes locks of the scheduler's, so it is put off; and by a
 * tick more, so that he finds many changes at once and forks are not slowed
 * down by his running.
 */
static DECLARE_WAIT_QUEUE_HEAD(wait);

static void wake(struct work_struct *work)
{
	wake_up_interruptible_all(&wait);
}

static DECLARE_DELAYED_WORK(wake_work, wake);

static void queue_wake(struct irq_work *work)
{
	queue_delayed_work(system_unbound_wq, &wake_work, 1);
}

static DEFINE_IRQ_WORK(wake_irq_work, queue_wake);

static void tree_unlock(unsigned long irqflags)
	__releases(&live->lock)
{
	bool awaited = unlikely(live->seq > live->awaited);

	if (awaited)
		live->awaited = U64_MAX;
	raw_spin_unlock_irqrestore(&live->lock, irqflags);
	if (awaited)
		irq_work_queue(&wake_irq_work);
}

/* Care: what can't be done in a hook is done here, a moment later. */

static void put_namespaces(struct ptree *tree)
{
	struct pid_namespace *owner;
	struct ptree_ns *ns;
	unsigned long irqflags;

	for (;;) {
		raw_spin_lock_irqsave(&tree->lock, irqflags);
		ns = ptree_ns_gone(tree);
		if (ns) {
			owner = ns->owner;
			ns->owner = NULL;
			ptree_ns_put(tree, ns);
		}
		raw_spin_unlock_irqrestore(&tree->lock, irqflags);
		if (!ns)
			return;
		put_pid_ns(owner);
	}
}

static void care(struct work_struct *work)
{
	WRITE_ONCE(live->care, false);
	ptree_refill(live, GFP_KERNEL);
	ptree_trim(live);
	put_namespaces(live);
	if (READ_ONCE(live->stale))
		ptree_live_source.rescan(live);
}

static DECLARE_WORK(care_work, care);

static void queue_care(struct irq_work *work)
{
	queue_work(system_unbound_wq, &care_work);
}

static DEFINE_IRQ_WORK(care_irq_work, queue_care);

static void care_if_needed(void)
{
	if (unlikely(READ_ONCE(live->care) || READ_ONCE(live->stale)))
		irq_work_queue(&care_irq_work);
}

/* Before the lock is taken, where memory may still be had at once. */
static void top_up(void)
{
	struct llist_node *objects;
	struct ptree_pool *pool;
	unsigned long irqflags;

	if (IS_ENABLED(CONFIG_PREEMPT_RT) || likely(!READ_ONCE(live->care)))
		return;
	for (pool = live->pools; pool < live->pools + PTREE_POOLS; pool++) {
		if (likely(ptree_pool_short(pool) < pool->want * 3 / 4))
			continue;
		objects = ptree_pool_make(pool, 4, GFP_ATOMIC);
		raw_spin_lock_irqsave(&live->lock, irqflags);
		ptree_pool_add(pool, objects);
		raw_spin_unlock_irqrestore(&live->lock, irqflags);
	}
}

/* Translating: from what the kernel has to what the core takes. */

/* As long as we know a namespace by its inum nobody else may get it. */
static void own_namespaces(struct ptree_pid *made, const struct pid *pid)
{
	struct ptree_upid *upid;

	for (upid = made->inner; upid; upid = upid->next)
		if (!upid->ns->owner)
			upid->ns->owner =
				get_pid_ns(pid->numbers[upid->ns->level].ns);
}

static struct ptree_pid *pid_make(struct pid *pid)
{
	struct ptree_pid *made = ptree_pid_new(live, pid, pid->numbers[0].nr);
	u32 level;

	for (level = 1; made && level <= pid->level; level++) {
		if (ptree_pid_add(live, made, pid->numbers[level].ns->ns.inum,
				  pid->numbers[level].nr))
			continue;
		ptree_pid_put(live, made);
		made = NULL;
	}
	if (made)
		own_namespaces(made, pid);
	return made;
}

static struct ptree_pid *pid_get(struct pid *pid)
{
	return ptree_pid_find_get(live, pid, pid->numbers[0].nr) ?:
	       pid_make(pid);
}

/*
 * A task has a pid that no other task has. Should the tree think otherwise, the
 * other one is gone and its number used again.
 */
static struct ptree_pid *own_pid_get(const struct task_struct *task,
				     struct pid *pid)
{
	struct ptree_pid *found;

	found = ptree_pid_find_get(live, pid, pid->numbers[0].nr);
	if (found && (!found->node || found->node->task == task))
		return found;
	ptree_pid_put(live, found);
	return pid_make(pid);
}

/* Most stay in the groups of whom they were born to. */
static struct ptree_pid *group_get(struct pid *pid, const struct ptree_node *adult,
				   enum ptree_group_type type)
{
	struct ptree_pid *known = adult ? adult->process->group[type] : NULL;

	if (!ptree_pid_is(known, pid, pid->numbers[0].nr))
		return pid_get(pid);
	ptree_pid_get(known);
	return known;
}

static u32 exit_code(const struct task_struct *task)
{
	const struct signal_struct *signal = task->signal;

	if (signal->flags & SIGNAL_GROUP_EXIT)
		return READ_ONCE(signal->group_exit_code);
	return READ_ONCE(task->exit_code);
}

static u32 process_flags(const struct task_struct *task)
{
	const struct signal_struct *signal = task->signal;

	return (signal->is_child_subreaper ? PTREE_P_SUBREAPER : 0) |
	       (signal->has_child_subreaper ? PTREE_P_HAS_SUBREAPER : 0);
}

static void get_attr(struct task_struct *task, struct ptree_event *event)
{
	const struct cred *cred = __task_cred(task);

	event->cred.uid = __kuid_val(cred->uid);
	event->cred.gid = __kgid_val(cred->gid);
	event->cred.euid = __kuid_val(cred->euid);
	event->cred.egid = __kgid_val(cred->egid);
	memcpy(event->comm, task->comm, sizeof(event->comm));
	event->comm[sizeof(event->comm) - 1] = '\0';
	event->node_flags = task->flags & PF_KTHREAD ? PTREE_N_KTHREAD : 0;
	event->process_flags = process_flags(task);
}

static int tell(enum ptree_event_kind kind, const struct task_struct *task,
		const struct task_struct *other)
{
	struct ptree_event event = {
		.kind = kind,
		.task = task,
		.other = other,
	};

	return ptree_apply(live, &event);
}

static void tell_end(enum ptree_event_kind kind, struct ptree_node *node,
		     struct task_struct *task)
{
	struct ptree_event event = {
		.kind = kind,
		.task = task,
		.node = node,
		.now = node->exit_ns ?: ktime_get_boottime_ns(),
		.exit_code = exit_code(task),
	};

	if (kind == PTREE_EV_EXIT)
		get_attr(task, &event);
	ptree_apply(live, &event);
}

static void tell_tty(const struct task_struct *task, u32 tty)
{
	struct ptree_event event = {
		.kind = PTREE_EV_TTY,
		.task = task,
		.tty = tty,
	};

	ptree_apply(live, &event);
}

static int lost(void)
{
	live->stats.lost++;
	WRITE_ONCE(live->stale, true);
	return -ENOMEM;
}

/*
 * Put a task into the tree as the kernel has it now. @creator is NULL when
 * nobody saw it being born.
 */
static int insert(struct task_struct *task, struct ptree_node *creator,
		  u64 clone_flags)
{
	struct ptree_event event = {
		.kind = PTREE_EV_FORK,
		.task = task,
		.leader = task->group_leader,
		.signal = task->signal,
		.creator = creator,
		.clone_flags = clone_flags,
		.now = task->start_boottime,
	};
	struct pid *pid = task_pid(task);
	struct pid *pgrp = task_pgrp(task);
	struct pid *session = task_session(task);
	struct ptree_node *node;
	int err = 0;

	/* Released since somebody pointed us here. */
	if (!pid || !pgrp || !session)
		return -ESRCH;
	get_attr(task, &event);
	if (!creator && task->start_boottime < hooked_ns)
		event.node_flags |= PTREE_N_SEEDED;
	event.other = rcu_dereference(task->real_parent);
	if (creator)
		event.tty = creator->process->tty;

	event.pid = own_pid_get(task, pid);
	event.group[PTREE_PGRP] = group_get(pgrp, creator, PTREE_PGRP);
	event.group[PTREE_SESSION] = group_get(session, creator, PTREE_SESSION);
	if (event.pid && event.group[PTREE_PGRP] && event.group[PTREE_SESSION])
		err = ptree_apply(live, &event);
	else
		err = lost();
	ptree_pid_put(live, event.pid);
	ptree_pid_put(live, event.group[PTREE_PGRP]);
	ptree_pid_put(live, event.group[PTREE_SESSION]);
	if (err == -ENOENT)
		err = lost();
	/* It may have been on its way out before we listened. */
	if (!err && task->flags & PF_EXITING) {
		node = ptree_find_task(live, task);
		tell_end(PTREE_EV_EXIT, node, task);
	}
	return err;
}

/* The node of a task that another one points to, made if need be. */
static struct ptree_node *ensure(struct task_struct *task)
{
	struct ptree_node *node = ptree_find_task(live, task);

	if (!node && task->pid && pid_alive(task) && !insert(task, NULL, 0))
		node = ptree_find_task(live, task);
	return node;
}

/* Reading the truth, and telling the core where it differs. */

static bool parent_differs(const struct ptree_node *node,
			   const struct task_struct *task)
{
	const struct task_struct *parent = rcu_dereference(task->real_parent);
	const struct ptree_node *known = node->process->parent;

	return known ? known->task != parent : parent->pid != 0;
}

static void refresh_parent(struct task_struct *task)
{
	struct task_struct *parent = rcu_dereference(task->real_parent);

	ensure(parent);
	tell(PTREE_EV_PARENT, task, parent);
}

static bool groups_differ(const struct ptree_node *node,
			  struct task_struct *task)
{
	struct ptree_pid *const *group = node->process->group;
	const struct pid *pgrp = task_pgrp(task);
	const struct pid *session = task_session(task);

	return pgrp && session &&
	       !(ptree_pid_is(group[PTREE_PGRP], pgrp, pgrp->numbers[0].nr) &&
		 ptree_pid_is(group[PTREE_SESSION], session,
			      session->numbers[0].nr));
}

static void refresh_groups(struct ptree_node *node, struct task_struct *task)
{
	struct ptree_event event = {
		.kind = PTREE_EV_GROUP,
		.task = task,
		.node = node,
	};
	struct pid *pgrp = task_pgrp(task);
	struct pid *session = task_session(task);

	if (!pgrp || !session)
		return;
	event.group[PTREE_PGRP] = pid_get(pgrp);
	event.group[PTREE_SESSION] = pid_get(session);
	if (event.group[PTREE_PGRP] && event.group[PTREE_SESSION])
		ptree_apply(live, &event);
	else
		lost();
	ptree_pid_put(live, event.group[PTREE_PGRP]);
	ptree_pid_put(live, event.group[PTREE_SESSION]);
}

static bool attr_differs(const struct ptree_node *node,
			 const struct task_struct *task)
{
	const struct cred *cred = __task_cred(task);

	return memcmp(node->comm, task->comm, PTREE_COMM_LEN) ||
	       node->cred.uid != __kuid_val(cred->uid) ||
	       node->cred.gid != __kgid_val(cred->gid) ||
	       node->cred.euid != __kuid_val(cred->euid) ||
	       node->cred.egid != __kgid_val(cred->egid) ||
	       (node->process->flags & PTREE_P_FLAGS_SET) !=
		       process_flags(task);
}

static void refresh_attr(struct ptree_node *node, struct task_struct *task)
{
	struct ptree_event event = {
		.kind = PTREE_EV_ATTR,
		.task = task,
		.node = node,
	};

	get_attr(task, &event);
	ptree_apply(live, &event);
}

/* A thread that executes has become its own process's leader. */
static bool leader_differs(const struct ptree_node *node,
			   const struct task_struct *task)
{
	return node->process->leader == node && task->group_leader != task;
}

static void refresh_leader(struct ptree_node *node, struct task_struct *task)
{
	if (leader_differs(node, task))
		tell(PTREE_EV_SWAP, task->group_leader, task);
}

/*
 * Give the children of one that exits to whom the kernel has given them, at
 * most @most of them. Returns how many changed hands.
 */
static unsigned int hand_over(struct ptree_node *father, unsigned int most)
{
	struct ptree_process *child, *next;
	struct ptree_node *foretold = NULL;
	unsigned int moved = 0;

	rcu_read_lock();
	list_for_each_entry_safe(child, next, &father->children, sibling) {
		struct task_struct *task = (void *)child->leader->task;
		struct task_struct *parent;

		/* Once released it has no parent any more to read. */
		if (!pid_alive(task))
			continue;
		parent = rcu_dereference(task->real_parent);
		if (parent == father->task)
			continue;
		if (!moved++) {
			foretold = ptree_reaper(live, father);
			live->stats.predicted++;
			if (foretold && foretold->task != parent)
				live->stats.mispredicted++;
		}
		ensure(parent);
		tell(PTREE_EV_PARENT, task, parent);
		if (moved == most)
			break;
	}
	rcu_read_unlock();
	return moved;
}

/* Whether its children, read after this, are where they are to stay. */
static bool is_past_exit(const struct task_struct *task)
{
	if (!READ_ONCE(task->exit_state))
		return false;
	/* Pairs with the order in which exit_notify() stores the two. */
	smp_rmb();
	return true;
}

/* Returns how much of that was done, at most one more than @most. */
static unsigned int settle_node(struct ptree_node *node, unsigned int most)
{
	struct task_struct *task = (void *)node->task;
	unsigned int settled = 0;
	u64 seq;

	if (!is_past_exit(task))
		return 0;
	if (!list_empty(&node->children))
		settled = hand_over(node, most);
	seq = live->seq;
	if (node->state == PTREE_RUNNING)
		tell_end(PTREE_EV_ZOMBIE, node, task);
	return settled + (live->seq != seq);
}

static bool live_settle(struct ptree *tree)
{
	struct ptree_node *node, *next;
	unsigned int settled = 0;

	list_for_each_entry_safe(node, next, &tree->exiting, queue) {
		settled += settle_node(node, SETTLE_BATCH - settled);
		if (settled >= SETTLE_BATCH)
			break;
	}
	return settled;
}

/* Those who have children come first. */
static void settle_fathers(void)
{
	unsigned int steps = SETTLE_BATCH, most = SETTLE_BATCH;
	struct ptree_node *node, *next;

	list_for_each_entry_safe(node, next, &live->exiting, queue) {
		if (list_empty(&node->children) || !steps-- || !most)
			return;
		if (is_past_exit(node->task))
			most -= hand_over(node, most);
	}
}

/*
 * The kernel has given up a task's number, or is about to. Returns false when
 * there are more children than change hands at once: then call it again.
 */
static bool gone(struct ptree_node *node, struct task_struct *task)
{
	refresh_leader(node, task);
	if (!list_empty(&node->children) &&
	    hand_over(node, SETTLE_BATCH) == SETTLE_BATCH)
		return false;
	tell_end(PTREE_EV_RELEASE, node, task);
	return true;
}

/* Whatever tells of it. Returns whether it was still in the tree. */
static bool forget(struct task_struct *task)
{
	struct ptree_node *node;
	unsigned long irqflags;
	bool known = false, done;

	do {
		irqflags = tree_lock();
		node = ptree_find_task(live, task);
		done = !node || gone(node, task);
		known |= !!node;
		tree_unlock(irqflags);
	} while (!done);
	return known;
}

static void live_refresh(struct ptree *tree, struct ptree_node *node)
{
	struct task_struct *task = (void *)node->task;

	if (!pid_alive(task)) {
		ptree_probes_silence();
		while (!gone(node, task))
			;
		return;
	}
	refresh_leader(node, task);
	if (node->process->leader == node) {
		refresh_parent(task);
		refresh_groups(node, task);
	}
	refresh_attr(node, task);
	settle_node(node, SETTLE_BATCH);
}

/* Whether live_refresh() would find anything to tell: mostly it would not. */
static bool live_differs(const struct ptree_node *node)
{
	struct task_struct *task = (void *)node->task;

	if (!pid_alive(task) || leader_differs(node, task) ||
	    attr_differs(node, task))
		return true;
	/* See settle_node(). */
	if (READ_ONCE(task->exit_state) &&
	    (node->state == PTREE_RUNNING || !list_empty(&node->children)))
		return true;
	return node->process->leader == node &&
	       (parent_differs(node, task) || groups_differ(node, task));
}

/* What changes without anybody being told. */

static pid_t tracer(const struct task_struct *task, const struct ptree_ns *ns)
{
	const struct ptree_node *tracer;

	if (likely(!READ_ONCE(task->ptrace)))
		return 0;
	tracer = ptree_find_task(live, rcu_access_pointer(task->parent));
	return tracer ? ptree_pid_nr(tracer->pid, ns) : 0;
}

/**
 * ptree_hooks_tracer - who traces a task, as /proc/PID/status says it
 * @task: that of a living node
 * @ns: whose number to use; NULL sees none
 *
 * As there, the real parent may be taken for a tracer while one comes or goes.
 * Nobody looks behind his address, so he may as well be gone by now.
 *
 * Context: under the live tree's lock. O(levels).
 * Return: his number, 0 for nobody and for one that can't be seen from there.
 */
pid_t ptree_hooks_tracer(const struct task_struct *task,
			 const struct ptree_ns *ns)
{
	return tracer(task, ns);
}

static bool live_peek(const void *key, const struct ptree_ns *ns,
		      struct ptree_record *record)
{
	struct task_struct *task = (void *)key;

	record->letter = task_state_to_char(task);
	record->tracer = tracer(task, ns);
	/* It may have lost the one that the tree knows of. */
	if (likely(!READ_ONCE(task->signal->tty) && !record->tty))
		return false;
	get_task_struct(task);
	return true;
}

/* Under siglock. Returns the terminal's foreground group, for put_pid(). */
static struct pid *read_tty(struct task_struct *task,
			    struct ptree_record *record)
{
	struct tty_struct *tty = task->signal->tty;
	struct pid *foreground;

	if (!tty)
		return NULL;
	record->tty = new_encode_dev(tty_devnum(tty));
	foreground = tty_get_pgrp(tty);
	if (foreground && foreground == task_pgrp(task))
		record->flags |= PTREE_R_FOREGROUND;
	return foreground;
}

/*
 * Takes siglock as lock_task_sighand() does, which is not exported: exec may
 * exchange a sighand until its lock is held, and release takes it away.
 */
static void live_finish(const void *key, struct ptree_record *record)
{
	struct task_struct *task = (void *)key;
	struct sighand_struct *sighand;
	struct pid *foreground = NULL;
	unsigned long irqflags;
	bool same = false;

	record->tty = 0;
	rcu_read_lock();
	while (!same) {
		sighand = rcu_dereference(task->sighand);
		if (!sighand)
			break;
		spin_lock_irqsave(&sighand->siglock, irqflags);
		same = sighand == rcu_access_pointer(task->sighand);
		if (same)
			foreground = read_tty(task, record);
		spin_unlock_irqrestore(&sighand->siglock, irqflags);
	}
	rcu_read_unlock();
	put_pid(foreground);

	if (same) {
		/* For its tombstone, and for its children. */
		irqflags = tree_lock();
		tell_tty(task, record->tty);
		tree_unlock(irqflags);
	}
	put_task_struct(task);
}

/* Walking all tasks: at the start, and when something was lost. */

static bool pools_low(void)
{
	const struct ptree_pool *pool;

	for (pool = live->pools; pool < live->pools + PTREE_POOLS; pool++)
		if (READ_ONCE(pool->nr) < pool->want / 4)
			return true;
	return false;
}

/* Returns -EAGAIN when the pools have to be filled up before it can go on. */
static int insert_all(void)
{
	struct task_struct *process, *task;
	unsigned long irqflags;
	int err = 0;

	rcu_read_lock();
	for_each_process(process) {
		list_for_each_entry_rcu(task, &process->signal->thread_head,
					thread_node) {
			if (pools_low()) {
				err = -EAGAIN;
				goto out;
			}
			irqflags = tree_lock();
			ensure(task);
			tree_unlock(irqflags);
		}
	}
out:
	rcu_read_unlock();
	return err;
}

static void refresh_all(void)
{
	struct task_struct *process, *task;
	struct ptree_node *node;
	unsigned long irqflags;

	rcu_read_lock();
	for_each_process(process) {
		list_for_each_entry_rcu(task, &process->signal->thread_head,
					thread_node) {
			irqflags = tree_lock();
			node = ptree_find_task(live, task);
			if (node && live_differs(node))
				live_refresh(live, node);
			tree_unlock(irqflags);
		}
	}
	rcu_read_unlock();
}

/* Whether nothing was lost since @lost: only then is the tree whole again. */
static bool made_whole(u64 lost)
{
	unsigned long irqflags = tree_lock();
	bool whole = live->stats.lost == lost;

	if (whole)
		WRITE_ONCE(live->stale, false);
	live->stats.rescans++;
	tree_unlock(irqflags);
	return whole;
}

static u64 count_lost(void)
{
	unsigned long irqflags = tree_lock();
	u64 lost = live->stats.lost;

	tree_unlock(irqflags);
	return lost;
}

/*
 * Tasks attached before we listened are on the list when the walk begins, and
 * those attached later are announced. Doing it twice changes nothing. The tree
 * stays stale until it is done, so no reader takes it for whole before.
 */
static int live_rescan(struct ptree *tree)
{
	int tries, err = 0;
	u64 lost;

	mutex_lock(&rescan_mutex);
	for (tries = 0; READ_ONCE(tree->stale) && tries < 1000; tries++) {
		err = ptree_refill(tree, GFP_KERNEL);
		if (err)
			break;
		lost = count_lost();
		err = insert_all();
		if (!err) {
			refresh_all();
			err = made_whole(lost) ? 0 : -EAGAIN;
		}
		cond_resched();
	}
	mutex_unlock(&rescan_mutex);
	return err;
}

/* What the missing hooks would have told, of all who live and who exit. */
static void live_catch_up(struct ptree *tree)
{
	unsigned long irqflags;
	bool more;

	if (ptree_probes_unheard())
		refresh_all();
	do {
		rcu_read_lock();
		irqflags = tree_lock();
		more = live_settle(tree);
		tree_unlock(irqflags);
		rcu_read_unlock();
	} while (more);
}

const struct ptree_source ptree_live_source = {
	.rescan = live_rescan,
	.differs = live_differs,
	.refresh = live_refresh,
	.settle = live_settle,
	.peek = live_peek,
	.finish = live_finish,
	.catch_up = live_catch_up,
	.wait = &wait,
};

/* The hooks. */

static void hook_newtask(void *data, struct task_struct *task,
			 PTREE_NEWTASK_FLAGS clone_flags)
{
	struct task_struct *parent;
	struct ptree_node *creator;
	unsigned long irqflags;

	if (!task->pid)
		return;
	top_up();
	rcu_read_lock();
	irqflags = tree_lock();
	/* While the walk at the start is under way these may be missing. */
	creator = ensure(current);
	parent = rcu_dereference(task->real_parent);
	if (parent != current)
		ensure(parent);
	if (task->group_leader != task && task->group_leader != current)
		ensure(task->group_leader);
	insert(task, creator, clone_flags);
	tree_unlock(irqflags);
	rcu_read_unlock();
	care_if_needed();
}

static void hook_exit(PTREE_EXIT_ARGS)
{
	struct ptree_node *node;
	unsigned long irqflags;

	rcu_read_lock();
	irqflags = tree_lock();
	settle_fathers();
	node = ptree_find_task(live, task);
	if (node) {
		/* An exec that failed after it took its leader's number. */
		if (node->process->leader != node && thread_group_leader(task))
			tell(PTREE_EV_SWAP, task,
			     (void *)node->process->leader->task);
		tell_end(PTREE_EV_EXIT, node, task);
	}
	tree_unlock(irqflags);
	rcu_read_unlock();
}

static void hook_exec(void *data, struct task_struct *task, pid_t old_pid,
		      struct linux_binprm *bprm)
{
	struct ptree_event event = {
		.kind = PTREE_EV_EXEC,
		.task = task,
	};
	struct ptree_node *node;
	unsigned long irqflags;

	rcu_read_lock();
	irqflags = tree_lock();
	node = ensure(task);
	if (node) {
		if (node->process->leader != node)
			tell(PTREE_EV_SWAP, task,
			     (void *)node->process->leader->task);
		get_attr(task, &event);
		ptree_apply(live, &event);
	}
	tree_unlock(irqflags);
	rcu_read_unlock();
}

/* K4 has nearly always been here. If not, it is where it has been for long. */
static bool is_forgotten(const struct task_struct *task)
{
	return hlist_empty(ptree_bucket(&live->tasks, (unsigned long)task));
}

static void hook_free(void *data, struct task_struct *task)
{
	if (!is_forgotten(task) && forget(task))
		ptree_probes_silence();
	care_if_needed();
}

/* Comes before the name is changed: a reader in between still finds the old one. */
static void hook_rename(void *data, struct task_struct *task, const char *comm)
{
	struct ptree_event event = {
		.kind = PTREE_EV_ATTR,
		.task = task,
	};
	unsigned long irqflags;

	rcu_read_lock();
	irqflags = tree_lock();
	get_attr(task, &event);
	strscpy(event.comm, comm, sizeof(event.comm));
	ptree_apply(live, &event);
	tree_unlock(irqflags);
	rcu_read_unlock();
}

static int hook_exit_notified(struct kprobe *probe, struct pt_regs *regs)
{
	struct ptree_node *node;
	unsigned long irqflags;
	unsigned int moved;

	do {
		irqflags = tree_lock();
		node = ptree_find_task(live, current);
		moved = 0;
		if (node && !list_empty(&node->children))
			moved = hand_over(node, SETTLE_BATCH);
		/* Whoever reads before it is reaped will see that it is a zombie. */
		if (node && moved < SETTLE_BATCH && live->awaited != U64_MAX)
			tell_end(PTREE_EV_ZOMBIE, node, current);
		tree_unlock(irqflags);
	} while (moved == SETTLE_BATCH);
	return 0;
}

static int hook_exchange_tids(struct kprobe *probe, struct pt_regs *regs)
{
	struct task_struct *left, *right;
	unsigned long irqflags;

	left = (void *)regs_get_kernel_argument(regs, 0);
	right = (void *)regs_get_kernel_argument(regs, 1);
	irqflags = tree_lock();
	tell(PTREE_EV_SWAP, left, right);
	tree_unlock(irqflags);
	return 0;
}

/* An exec calls it too, for one that lives on. */
static int hook_release(struct kprobe *probe, struct pt_regs *regs)
{
	struct task_struct *task = (void *)regs_get_kernel_argument(regs, 0);

	if (task->exit_state)
		forget(task);
	return 0;
}

static int hook_changed(struct kprobe *probe, struct pt_regs *regs)
{
	struct task_struct *task = (void *)regs_get_kernel_argument(regs, 0);
	unsigned long irqflags;

	rcu_read_lock();
	irqflags = tree_lock();
	refresh_attr(NULL, task);
	tree_unlock(irqflags);
	rcu_read_unlock();
	return 0;
}

static int hook_change_pid_entry(struct kretprobe_instance *instance,
				 struct pt_regs *regs)
{
	struct task_struct **task = (void *)instance->data;

	*task = (void *)regs_get_kernel_argument(regs, PTREE_PID_ARGUMENTS);
	return 0;
}

static int hook_change_pid(struct kretprobe_instance *instance,
			   struct pt_regs *regs)
{
	struct task_struct **task = (void *)instance->data;
	struct ptree_node *node;
	unsigned long irqflags;

	rcu_read_lock();
	irqflags = tree_lock();
	node = ptree_find_task(live, *task);
	if (node)
		refresh_groups(node, *task);
	tree_unlock(irqflags);
	rcu_read_unlock();
	return 0;
}

static void check_types(void)
{
	check_trace_callback_type_sched_process_free(hook_free);
	check_trace_callback_type_sched_process_exit(hook_exit);
	check_trace_callback_type_sched_process_exec(hook_exec);
	check_trace_callback_type_task_newtask(hook_newtask);
	check_trace_callback_type_task_rename(hook_rename);
}

static struct ptree_trace traces[] = {
	{ "sched_process_free", hook_free, PTREE_HOOK_FREE, true },
	{ "sched_process_exit", hook_exit, PTREE_HOOK_EXIT, true },
	{ "sched_process_exec", hook_exec, PTREE_HOOK_EXEC, true },
	{ "task_newtask", hook_newtask, PTREE_HOOK_NEWTASK, true },
	{ "task_rename", hook_rename, PTREE_HOOK_RENAME, false },
};

#define PROBE(symbol, handler, hook)                              \
	{                                                         \
		.at.kp = { .symbol_name = (symbol),               \
			   .pre_handler = (handler) },            \
		.bit = (hook),                                    \
	}

static struct ptree_probe kprobes[] = {
	{ .at.kp = { .symbol_name = "proc_exit_connector",
		     .pre_handler = hook_exit_notified },
	  .bit = PTREE_HOOK_EXIT_NOTIFIED,
	  .for_followers = true },
	PROBE("exchange_tids", hook_exchange_tids, PTREE_HOOK_EXCHANGE_TIDS),
	PROBE("posix_cpu_timers_exit", hook_release, PTREE_HOOK_RELEASE),
	PROBE("proc_id_connector", hook_changed, PTREE_HOOK_CHANGE_ID),
	PROBE("proc_comm_connector", hook_changed, PTREE_HOOK_CHANGE_COMM),
	{ .at = { .kp.symbol_name = "change_pid",
		  .entry_handler = hook_change_pid_entry,
		  .handler = hook_change_pid,
		  .data_size = sizeof(struct task_struct *) },
	  .bit = PTREE_HOOK_CHANGE_PID,
	  .returns = true },
};

static const struct ptree_probes probes = {
	.traces = traces,
	.nr_traces = ARRAY_SIZE(traces),
	.probes = kprobes,
	.nr_probes = ARRAY_SIZE(kprobes),
};

/**
 * ptree_hooks_start - feed a tree from the live kernel
 * @tree: an empty tree; the only one that can be fed at a time
 * @use_kprobes: whether to use kprobes where there are any
 *
 * Context: may sleep.
 * Return: 0, then the tree is whole; or -errno, then nothing is hooked.
 */
int ptree_hooks_start(struct ptree *tree, bool use_kprobes)
{
	int err;

	check_types();
	live = tree;
	hooked_ns = ktime_get_boottime_ns();
	err = ptree_probes_start(&probes, use_kprobes);
	if (err)
		return err;
	/* Everything older than the hooks is missing. */
	WRITE_ONCE(tree->stale, true);
	err = live_rescan(tree);
	if (err)
		ptree_hooks_stop();
	else
		tree->stats.rescans = 0;
	return err;
}

/**
 * ptree_hooks_stop - feed it no more
 *
 * Context: may sleep; nobody reads the tree any more. Afterwards it is empty,
 * and no hook runs or will run.
 */
void ptree_hooks_stop(void)
{
	ptree_probes_stop();
	irq_work_sync(&wake_irq_work);
	cancel_delayed_work_sync(&wake_work);
	irq_work_sync(&care_irq_work);
	cancel_work_sync(&care_work);
	ptree_clear(live);
	put_namespaces(live);
}

static u64 memory(void)
{
	u64 bytes = 0;
	int kind;

	for (kind = 0; kind < PTREE_POOLS; kind++) {
		const struct ptree_pool *pool = &live->pools[kind];

		bytes += (u64)kmem_cache_size(pool->cache) *
			 (pool->used + pool->nr);
	}
	return bytes;
}

/**
 * ptree_hooks_info - tell how the tree fares
 * @info: what is known of it here is filled in
 *
 * Context: takes the tree's lock.
 */
void ptree_hooks_info(struct ptree_info *info)
{
	unsigned long irqflags;
	int i;

	info->hooks = ptree_probes_armed();
	info->hooks_known = ptree_probes_known();
	info->missed = ptree_probes_missed();
	irqflags = tree_lock();
	info->seq = live->seq;
	info->lost = live->stats.lost;
	info->rescans = live->stats.rescans;
	info->predicted = live->stats.predicted;
	info->mispredicted = live->stats.mispredicted;
	info->evicted = live->stats.evicted;
	info->cut = live->stats.cut;
	info->processes = live->nr_processes;
	info->tasks = live->nr_nodes;
	info->needed = live->nr_needed;
	info->history = live->nr_history;
	info->history_max = live->history_max;
	info->memory = memory();
	for (i = 0; i < PTREE_POOLS; i++)
		info->starved += live->pools[i].starved;
	tree_unlock(irqflags);
}

/**
 * ptree_hooks_counters - tell what happened so far
 * @buffer: where to write it, one "name value" a line
 * @size: of @buffer
 *
 * Context: takes the tree's lock.
 * Return: how many bytes were written.
 */
int ptree_hooks_counters(char *buffer, size_t size)
{
	struct ptree_info info = {};

	ptree_hooks_info(&info);
	return scnprintf(buffer, size,
			 "seq %llu\n"
			 "processes %u\n"
			 "threads %u\n"
			 "needed %u\n"
			 "history %u\n"
			 "hooks %u\n"
			 "missed %llu\n"
			 "starved %llu\n"
			 "lost %llu\n"
			 "rescans %llu\n"
			 "predicted %llu\n"
			 "mispredicted %llu\n"
			 "evicted %llu\n"
			 "cut %llu\n",
			 info.seq, info.processes, info.tasks, info.needed,
			 info.history, hweight32(info.hooks), info.missed,
			 info.starved, info.lost, info.rescans, info.predicted,
			 info.mispredicted, info.evicted, info.cut);
}
