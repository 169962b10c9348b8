// SPDX-License-Identifier: GPL-2.0
/* namespace.c owns which pid namespace is meant by a word. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "namespace.h"
#include "number.h"
#include "verb.h"

#define PID_MAX 4194304 /* PID_MAX_LIMIT; inums are far above */

static int of_task(struct ptree *pt, unsigned int select, uint64_t value,
		   const char *text, uint32_t *inum)
{
	struct ptree_task *task;
	int err = ptree_get(pt, select, value, &task);

	if (err)
		return fail(err, text);
	*inum = task->pidns;
	free(task);
	if (*inum)
		return END_FOUND;
	complain("%s: its pid namespace is not yours to see", text);
	return END_ABSENT;
}

/* That of the procfs: without the module, process 1 of it is in there. */
static int of_reader(struct ptree *pt, const char *text, uint32_t *inum)
{
	struct ptree_info info;
	int err = ptree_info_get(pt, &info);

	if (err == -EOPNOTSUPP)
		return of_task(pt, PTREE_SELECT_PID, 1, text, inum);
	if (err)
		return fail(err, text);
	*inum = info.pidns;
	return END_FOUND;
}

int namespace_parse(struct ptree *pt, const char *text, uint32_t *inum)
{
	bool link = !strncmp(text, "pid:[", 5);
	const char *end;
	uint64_t value;

	if (!strcmp(text, "self"))
		return of_reader(pt, text, inum);
	end = number_begin(link ? text + 5 : text, UINT32_MAX, &value);
	if (!end || !value || strcmp(end, link ? "]" : "")) {
		complain("\"%s\" is no pid namespace: pid:[INUM], INUM, PID or self",
			 text);
		return END_USAGE;
	}
	if (!link && value <= PID_MAX)
		return of_task(pt, PTREE_SELECT_PID, value, text, inum);
	*inum = value;
	return END_FOUND;
}
