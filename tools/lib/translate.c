// SPDX-License-Identifier: GPL-2.0
/* translate.c owns looking a number up in another pid namespace, by /proc. */
#include <errno.h>

#include "proc.h"

/**
 * struct translation - a number that is looked for
 * @pt: the door
 * @type: PTREE_NUMBER_*: what it is the number of
 * @nr: the number
 * @from: the namespace it counts in, 0 for that of the procfs
 * @to: the namespace that is asked for, likewise
 * @seen_from: somebody lives in @from
 * @seen_to: somebody lives in @to
 * @id: of who has that number, 0 until one is found
 * @result: the number there
 */
struct translation {
	struct ptree *pt;
	unsigned int type;
	int nr;
	uint32_t from;
	uint32_t to;
	bool seen_from;
	bool seen_to;
	uint64_t id;
	int result;
};

static int level_of(struct ptree *pt, const struct ptree_task *task,
		    uint32_t pidns)
{
	return pidns ? ptree_numbers_level(pt, task, pidns) : 0;
}

static int compare(struct translation *wanted, const struct ptree_task *task,
		   int from, int to)
{
	struct ptree_numbers numbers;
	const int *nr;
	int err;

	err = ptree_numbers_read(wanted->pt, task->tid, &numbers);
	if (err)
		return err == -ESRCH ? 0 : err;
	nr = numbers.nr[wanted->type];
	if (from >= numbers.levels || nr[from] != wanted->nr)
		return 0;
	wanted->id = task->id;
	wanted->result = to >= 0 && to < numbers.levels ? nr[to] : 0;
	return 0;
}

static int look_at(struct translation *wanted, const struct ptree_task *task)
{
	int from = level_of(wanted->pt, task, wanted->from);
	int to = level_of(wanted->pt, task, wanted->to);

	wanted->seen_from |= from >= 0;
	wanted->seen_to |= to >= 0;
	if (wanted->id || from < 0)
		return 0;
	if (wanted->type != PTREE_NUMBER_PID && task->tid != task->tgid)
		return 0;
	return compare(wanted, task, from, to);
}

/* What ptree_number() asks for, by what was read. */
int ptree_scan_translate(struct ptree_scan *scan, unsigned int type, int nr,
			 uint32_t from, uint32_t to, uint64_t *id)
{
	struct translation wanted = {
		.pt = scan->pt,
		.type = type,
		.nr = nr,
		.from = from,
		.to = to,
	};
	const struct ptree_task *task = ptree_tree_next(scan->tree, NULL);
	int err = 0;

	for (; task && !err; task = ptree_tree_next(scan->tree, task))
		err = look_at(&wanted, task);
	if (err)
		return err;
	if (!wanted.seen_from || !wanted.seen_to)
		return -ENOENT;
	if (!wanted.id)
		return -ESRCH;
	if (id)
		*id = wanted.id;
	return wanted.result;
}
