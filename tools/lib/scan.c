// SPDX-License-Identifier: GPL-2.0
/*
 * scan.c owns reading /proc by libproc2: tasks become records, and these a
 * tree. Reading takes time, and the tasks do not wait: what does not fit
 * together is read again, a few times.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "proc.h"

#define TRIES 4
#define PID_BITS 22 /* PID_MAX_LIMIT */
#define PF_KTHREAD 0x00200000
#define NS_PER_S 1000000000ULL

/* What libproc2 is asked for, and where in a row that is. */
enum {
	TID,
	TGID,
	PPID,
	PGRP,
	SESSION,
	TTY,
	TPGID,
	RUID,
	RGID,
	EUID,
	EGID,
	NLWP,
	CMD,
	STATE,
	BEGAN,
	NS_PID,
	FLAGS,
	ITEMS,
};

static const enum pids_item asked_for[ITEMS] = {
	[TID] = PIDS_ID_TID,
	[TGID] = PIDS_ID_TGID,
	[PPID] = PIDS_ID_PPID,
	[PGRP] = PIDS_ID_PGRP,
	[SESSION] = PIDS_ID_SESSION,
	[TTY] = PIDS_TTY,
	[TPGID] = PIDS_ID_TPGID,
	[RUID] = PIDS_ID_RUID,
	[RGID] = PIDS_ID_RGID,
	[EUID] = PIDS_ID_EUID,
	[EGID] = PIDS_ID_EGID,
	[NLWP] = PIDS_NLWP,
	[CMD] = PIDS_CMD,
	[STATE] = PIDS_STATE,
	[BEGAN] = PIDS_TICS_BEGAN,
	[NS_PID] = PIDS_NS_PID,
	[FLAGS] = PIDS_FLAGS,
};

/**
 * union buffer - room for a record
 * @task: as it is used
 * @bytes: all of it
 */
union buffer {
	struct ptree_task task;
	unsigned char bytes[PTREE_TASK_MAX];
};

/* Of all tasks that ever have this number only one was born then. */
static uint64_t make_id(const struct pids_result *row)
{
	return row[BEGAN].result.ull_int << PID_BITS |
	       (unsigned int)row[TID].result.s_int;
}

/* The number in an id that make_id() made. */
int ptree_scan_tid(uint64_t id)
{
	return id & ((1 << PID_BITS) - 1);
}

static uint8_t state(char letter)
{
	switch (letter) {
	case 'Z':
		return PTREE_STATE_ZOMBIE;
	case 'X':
	case 'x':
		return PTREE_STATE_DEAD;
	default:
		return PTREE_STATE_RUNNING;
	}
}

static void fill_task(struct ptree_task *task, const struct pids_result *row)
{
	task->mask = PTREE_MASK_NUMBERS | PTREE_MASK_TASK | PTREE_MASK_CRED;
	task->id = make_id(row);
	task->tid = row[TID].result.s_int;
	task->tgid = row[TGID].result.s_int;
	task->start_ns =
		row[BEGAN].result.ull_int * (NS_PER_S / sysconf(_SC_CLK_TCK));
	task->uid = row[RUID].result.u_int;
	task->gid = row[RGID].result.u_int;
	task->euid = row[EUID].result.u_int;
	task->egid = row[EGID].result.u_int;
	task->letter = row[STATE].result.s_ch;
	task->state = state(task->letter);
	task->pidns = row[NS_PID].result.ul_int;
	if (row[FLAGS].result.ul_int & PF_KTHREAD)
		task->flags |= PTREE_TASK_KTHREAD;
}

static void fill_process(struct ptree_task *task, const struct pids_result *row)
{
	task->mask |= PTREE_MASK_PROCESS;
	task->process_id = task->id;
	task->ppid = row[PPID].result.s_int;
	task->pgid = row[PGRP].result.s_int;
	task->sid = row[SESSION].result.s_int;
	task->tty = row[TTY].result.s_int;
	task->threads = row[NLWP].result.s_int;
	task->flags |= PTREE_TASK_LEADER;
	if (task->sid == task->tid)
		task->flags |= PTREE_TASK_SESSION_LEADER;
	if (task->tty && row[TPGID].result.s_int == task->pgid)
		task->flags |= PTREE_TASK_FOREGROUND;
}

/*
 * The namespace of a task that has one number only is the procfs's own, even if
 * /proc does not say so of this one.
 */
static void fill_namespace(const struct ptree_scan *scan,
			   struct ptree_task *task)
{
	if (!task->pidns && task->levels == 1)
		task->pidns = scan->pidns;
}

/* Its numbers further in, its tracer and its name; else what libproc2 has. */
static int fill_numbers(struct ptree *pt, struct ptree_task *task,
			const struct pids_result *row)
{
	struct ptree_numbers numbers;
	int err;

	task->levels = 1;
	task->nspid[0] = task->tid;
	strncpy(task->comm, row[CMD].result.str, PTREE_COMM_SIZE - 1);
	err = ptree_numbers_read(pt, task->tid, &numbers);
	if (err || !numbers.levels)
		return err == -ENOMEM ? err : 0;
	task->tracer = numbers.tracer;
	task->levels = numbers.levels;
	memcpy(task->nspid, numbers.nr[PTREE_NUMBER_PID],
	       numbers.levels * sizeof(*task->nspid));
	memcpy(task->comm, numbers.comm, PTREE_COMM_SIZE);
	return 0;
}

/* Whoever had this number before is gone. */
static void drop_former(struct ptree_tree *tree, const struct ptree_task *task)
{
	const struct ptree_task *former;

	former = ptree_tree_find_pid(tree, task->tid);
	if (former && former->id != task->id)
		ptree_node_drop(tree, ptree_node_find(tree, former->id));
}

static int add_row(struct ptree_scan *scan, const struct pids_result *row)
{
	union buffer buffer = {};
	struct ptree_task *task = &buffer.task;
	int err;

	fill_task(task, row);
	if (task->tid == task->tgid)
		fill_process(task, row);
	err = fill_numbers(scan->pt, task, row);
	if (err)
		return err;
	fill_namespace(scan, task);
	task->head.type = PTREE_TYPE_TASK;
	task->head.fixed = PTREE_TASK_FIXED;
	task->head.size = ptree_task_size(&task->head);
	drop_former(scan->tree, task);
	return ptree_tree_apply(scan->tree, &task->head);
}

static int add_rows(struct ptree_scan *scan, const struct pids_fetch *fetch)
{
	int i, err = 0;

	if (!fetch)
		return errno ? -errno : -EIO;
	for (i = 0; i < fetch->counts->total && !err; i++)
		err = add_row(scan, fetch->stacks[i]->head);
	return err;
}

/* Begins to read, into an empty tree. */
int ptree_scan_begin(struct ptree_scan *scan, struct ptree *pt,
		     struct ptree_tree *tree)
{
	enum pids_item items[ITEMS];

	memcpy(items, asked_for, sizeof(items));
	scan->pt = pt;
	scan->tree = tree;
	scan->info = NULL;
	scan->pidns = ptree_numbers_namespace(pt);
	return procps_pids_new(&scan->info, items, ITEMS);
}

void ptree_scan_end(struct ptree_scan *scan)
{
	procps_pids_unref(&scan->info);
}

/* Reads the task of this number: -ESRCH when there is none. */
int ptree_scan_one(struct ptree_scan *scan, int tid, uint64_t *id)
{
	unsigned int wanted = tid;
	struct pids_fetch *fetch;
	int err;

	fetch = procps_pids_select(scan->info, &wanted, 1, PIDS_SELECT_PID);
	err = add_rows(scan, fetch);
	if (err)
		return err;
	if (!fetch->counts->total)
		return -ESRCH;
	*id = make_id(fetch->stacks[0]->head);
	return ptree_tree_find(scan->tree, *id) ? 0 : -ESRCH;
}

/* The number of whom a task belongs to: its parent's, or its process's. */
static int kin_number(const struct ptree_task *task)
{
	return task->tid == task->tgid ? task->ppid : task->tgid;
}

/* The id of the task of this number, which is read when it was not yet. */
static int find_kin(struct ptree_scan *scan, int tid, uint64_t *kin,
		    uint64_t *fresh)
{
	const struct ptree_task *task = ptree_tree_find_pid(scan->tree, tid);
	uint64_t id;
	int err;

	*kin = task ? task->id : 0;
	if (*kin || !tid)
		return 0;
	err = ptree_scan_one(scan, tid, &id);
	if (!err)
		*kin = *fresh = id;
	return err;
}

/* A thread without a process is none: it died while it was read. */
static int set_kin(struct ptree_scan *scan, uint64_t id, uint64_t kin)
{
	struct ptree_node *node = ptree_node_find(scan->tree, id);
	union buffer buffer;

	ptree_task_copy(&buffer.task, &node->task.head);
	if (node->task.tid == node->task.tgid) {
		buffer.task.parent_id = kin;
	} else if (kin) {
		buffer.task.process_id = kin;
	} else {
		ptree_node_drop(scan->tree, node);
		return 0;
	}
	return ptree_tree_apply(scan->tree, &buffer.task.head);
}

/*
 * Finds the kin of a task. When that has died, the task is read again: it has
 * another parent now. When it is still the same, it is hidden. *@fresh is set
 * to the id of its kin if that is new in the tree.
 */
static int tie(struct ptree_scan *scan, uint64_t id, uint64_t *fresh)
{
	const struct ptree_task *task;
	int number = 0, tries = TRIES, err;
	uint64_t kin, again;

	while ((task = ptree_tree_find(scan->tree, id))) {
		if (kin_number(task) == number || !tries--)
			return set_kin(scan, id, 0);
		number = kin_number(task);
		err = find_kin(scan, number, &kin, fresh);
		if (!err)
			return set_kin(scan, id, kin);
		if (err == -ESRCH)
			err = ptree_scan_one(scan, task->tid, &again);
		if (err && err != -ESRCH)
			return err;
	}
	return 0;
}

/* Ties a task to its kin; and that one too, if it was not read before. */
int ptree_scan_kin(struct ptree_scan *scan, uint64_t id)
{
	uint64_t fresh;
	int err;

	do {
		fresh = 0;
		err = tie(scan, id, &fresh);
		id = fresh;
	} while (!err && id);
	return err;
}

/* Reads everything that there is. */
int ptree_scan_all(struct ptree_scan *scan, bool threads)
{
	const struct ptree_node *node;
	uint64_t id = 0;
	int err;

	err = add_rows(scan, procps_pids_reap(scan->info,
					      threads ? PIDS_FETCH_THREADS_TOO :
							PIDS_FETCH_TASKS_ONLY));
	while (!err &&
	       (node = ptree_node_after(scan->tree, PTREE_BY_ID, 1, id))) {
		id = node->task.id;
		err = ptree_scan_kin(scan, id);
	}
	return err;
}
