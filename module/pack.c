// SPDX-License-Identifier: GPL-2.0
/*
 * pack.c owns the form in which programs get a record: struct ptree_task, with
 * what its reader may see and nothing else.
 */
#include <linux/cred.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "pack.h"

/* Both speak of the same, so both have the same values. */
static void check_values(void)
{
	BUILD_BUG_ON(PTREE_TASK_LEADER != PTREE_R_LEADER);
	BUILD_BUG_ON(PTREE_TASK_SESSION_LEADER != PTREE_R_SESSION_LEADER);
	BUILD_BUG_ON(PTREE_TASK_FOREGROUND != PTREE_R_FOREGROUND);
	BUILD_BUG_ON(PTREE_TASK_KTHREAD != PTREE_R_KTHREAD);
	BUILD_BUG_ON(PTREE_TASK_SEEDED != PTREE_R_SEEDED);
	BUILD_BUG_ON(PTREE_TASK_INFERRED != PTREE_R_INFERRED);
	BUILD_BUG_ON(PTREE_TASK_TRUNCATED != PTREE_R_TRUNCATED);
	BUILD_BUG_ON(PTREE_TASK_SUBREAPER != PTREE_R_SUBREAPER);
	BUILD_BUG_ON(PTREE_STATE_RUNNING != (int)PTREE_RUNNING);
	BUILD_BUG_ON(PTREE_STATE_ZOMBIE != (int)PTREE_ZOMBIE);
	BUILD_BUG_ON(PTREE_STATE_DEAD != (int)PTREE_DEAD);
	BUILD_BUG_ON(PTREE_COMM_SIZE != PTREE_COMM_LEN);
	BUILD_BUG_ON(sizeof(struct ptree_task) != PTREE_TASK_SIZE_VER0);
}

#define TASK_FLAGS (PTREE_R_LEADER | PTREE_R_KTHREAD | PTREE_R_SEEDED)
#define PROCESS_FLAGS \
	(PTREE_R_SESSION_LEADER | PTREE_R_FOREGROUND | PTREE_R_SUBREAPER)
#define BIRTH_FLAGS (PTREE_R_INFERRED | PTREE_R_TRUNCATED)

static void pack_task(struct ptree_task *task, const struct ptree_record *record)
{
	task->mask |= PTREE_MASK_TASK;
	task->state = record->state;
	task->letter = record->letter;
	memset(task->pad, 0, sizeof(task->pad));
	task->tracer = record->tracer;
	task->start_ns = record->start_ns;
	task->flags |= record->flags & TASK_FLAGS;
	memcpy(task->comm, record->comm, sizeof(task->comm));
}

static void pack_cred(struct ptree_task *task, const struct ptree_record *record,
		      struct user_namespace *ns)
{
	const struct ptree_cred *cred = &record->cred;

	task->mask |= PTREE_MASK_CRED;
	if (ns == &init_user_ns) {
		task->uid = cred->uid;
		task->gid = cred->gid;
		task->euid = cred->euid;
		task->egid = cred->egid;
		return;
	}
	task->uid = from_kuid_munged(ns, KUIDT_INIT(cred->uid));
	task->gid = from_kgid_munged(ns, KGIDT_INIT(cred->gid));
	task->euid = from_kuid_munged(ns, KUIDT_INIT(cred->euid));
	task->egid = from_kgid_munged(ns, KGIDT_INIT(cred->egid));
}

static void pack_process(struct ptree_task *task,
			 const struct ptree_record *record)
{
	task->mask |= PTREE_MASK_PROCESS;
	/* Outside is none, so that nobody waits to be told of it. */
	task->parent_id = record->ppid ? record->parent_id : 0;
	task->ppid = record->ppid;
	task->pgid = record->pgid;
	task->sid = record->sid;
	task->tty = record->tty;
	task->threads = record->threads;
	task->exec_count = record->exec_count;
	task->reparented = record->reparented;
	task->flags |= record->flags & PROCESS_FLAGS;
}

static void pack_birth(struct ptree_task *task,
		       const struct ptree_record *record, bool seen)
{
	bool known = seen &&
		     (record->birth_nr || record->flags & PTREE_R_TRUNCATED);

	task->birth_id = known ? record->birth_id : 0;
	task->birth_thread = known ? record->birth_thread : 0;
	task->birth_pid = known ? record->birth_nr : 0;
	if (!seen)
		return;
	task->mask |= PTREE_MASK_BIRTH;
	task->flags |= record->flags & BIRTH_FLAGS;
}

static void pack_own(struct ptree_task *task, const struct ptree_record *record)
{
	task->mask |= PTREE_MASK_SHARE | PTREE_MASK_EXIT;
	task->clone_flags = record->clone_flags;
	task->exit_ns = record->exit_ns;
	task->exit_code = record->exit_code;
}

static unsigned int pack_levels(struct ptree_task *task,
				const struct ptree_snapshot *snapshot,
				const struct ptree_record *record)
{
	unsigned int i;

	task->pidns = record->pidns;
	task->levels = record->levels;
	task->nspid[0] = record->tid;
	for (i = 1; i < record->levels; i++)
		task->nspid[i] = snapshot->inner[record->inner + i - 1];
	if (i & 1)
		task->nspid[i] = 0;
	return ALIGN(i * sizeof(task->nspid[0]), 8);
}

/**
 * ptree_pack - put a record into the form in which programs read it
 * @light: what the reader sees by
 * @snapshot: where the record is from, taken with PTREE_SNAP_INNER
 * @record: the record
 * @sight: how much of it he may see. PTREE_HIDDEN leaves its id and nothing
 *	else, for one that he knows of by others
 * @packed: where to; room for PTREE_PACKED_MAX
 *
 * Users and groups are those of the user namespace of whoever opened the eye.
 *
 * Context: may sleep; the reader's own.
 * Return: its length in bytes.
 */
unsigned int ptree_pack(const struct ptree_light *light,
			const struct ptree_snapshot *snapshot,
			const struct ptree_record *record,
			enum ptree_sight sight, void *packed)
{
	bool leads = record->flags & PTREE_R_LEADER;
	struct ptree_task *task = packed;
	unsigned int tail = 0;

	check_values();
	/* Of a process of one's own each member is written. */
	if (sight < PTREE_OWN || !leads)
		memset(task, 0, sizeof(*task));
	task->head.type = PTREE_TYPE_TASK;
	task->head.fixed = sizeof(*task);
	task->mask = 0;
	task->flags = 0;
	task->id = record->id;
	if (sight >= PTREE_BARE) {
		task->mask |= PTREE_MASK_NUMBERS;
		task->seq = record->seq;
		task->process_id = record->process_id;
		task->tid = record->tid;
		task->tgid = record->tgid;
	}
	if (sight >= PTREE_FULL) {
		tail = pack_levels(task, snapshot, record);
		pack_task(task, record);
		pack_cred(task, record, light->eye->cred->user_ns);
		if (leads) {
			pack_process(task, record);
			pack_birth(task, record,
				   ptree_sight_of_birth(light, record));
		}
	}
	if (sight == PTREE_OWN)
		pack_own(task, record);
	task->head.size = sizeof(*task) + tail;
	return task->head.size;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_pack);
