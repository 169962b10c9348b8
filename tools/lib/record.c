// SPDX-License-Identifier: GPL-2.0
/*
 * record.c owns the layout of records: a kernel that is older or newer than
 * this library has shorter or longer ones, with the numbers behind them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static bool check_task(const struct ptree_task *task)
{
	return task->head.fixed >= PTREE_TASK_SIZE_VER0 && task->id &&
	       task->levels * sizeof(__s32) <=
		       (size_t)task->head.size - task->head.fixed;
}

/*
 * Whether what stands at @record is a whole one that can be read. One of a kind
 * that is not known here needs no more than a length.
 */
int ptree_record_check(const struct ptree_head *record, size_t bytes)
{
	bool fits = true;

	if (bytes < sizeof(*record) || record->size > bytes ||
	    record->size < sizeof(*record) || record->size % 8 ||
	    record->fixed < sizeof(*record) || record->fixed > record->size)
		return -EBADMSG;

	switch (record->type) {
	case PTREE_TYPE_TASK:
		fits = check_task((const struct ptree_task *)record);
		break;
	case PTREE_TYPE_GONE:
		fits = record->fixed >= sizeof(struct ptree_gone);
		break;
	case PTREE_TYPE_SYNC:
		fits = record->fixed >= sizeof(struct ptree_sync);
		break;
	case PTREE_TYPE_LOST:
		fits = record->fixed >= sizeof(struct ptree_lost);
		break;
	}
	return fits ? 0 : -EBADMSG;
}

/* How long a task's record gets here. */
size_t ptree_task_size(const struct ptree_head *record)
{
	const struct ptree_task *task = (const struct ptree_task *)record;

	return (PTREE_TASK_FIXED + task->levels * sizeof(__s32) + 7) / 8 * 8;
}

/* Lays a checked record out as this library does: ptree_task_size() bytes. */
void ptree_task_copy(struct ptree_task *to, const struct ptree_head *record)
{
	const struct ptree_task *task = (const struct ptree_task *)record;
	size_t size = ptree_task_size(record);
	size_t fixed = record->fixed;

	if (fixed > PTREE_TASK_FIXED)
		fixed = PTREE_TASK_FIXED;
	memset(to, 0, size);
	memcpy(to, record, fixed);
	memcpy(to->nspid, (const char *)record + record->fixed,
	       task->levels * sizeof(__s32));
	to->head.size = size;
	to->head.fixed = PTREE_TASK_FIXED;
	to->comm[PTREE_COMM_SIZE - 1] = '\0';
}

/* A copy of a checked record, to be given to free(3). */
int ptree_task_new(struct ptree_task **task, const struct ptree_head *record)
{
	*task = malloc(ptree_task_size(record));
	if (!*task)
		return -ENOMEM;
	ptree_task_copy(*task, record);
	return 0;
}
