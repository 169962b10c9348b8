// SPDX-License-Identifier: GPL-2.0
/* query.c owns the questions that can be asked through any door. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/**
 * ptree_info_get - what the module is, and how it fares
 * @pt: the door
 * @info: filled in; see linux/ptree.h
 *
 * Return: 0, or a negative errno: -EOPNOTSUPP when the door is to /proc.
 */
int ptree_info_get(struct ptree *pt, struct ptree_info *info)
{
	*info = (struct ptree_info){};
	return pt->door->info(pt, info);
}

/**
 * ptree_get - ask for one task
 * @pt: the door
 * @select: PTREE_SELECT_*: how it is named
 * @value: the id, number or file descriptor that @select speaks of
 * @task: set to its record, to be given to free(3)
 *
 * Return: 0, or a negative errno: -ESRCH when there is none that you may see,
 * -EINVAL for an unknown @select, -EBADF when @value is no pidfd, -ENOMEM.
 */
int ptree_get(struct ptree *pt, unsigned int select, uint64_t value,
	      struct ptree_task **task)
{
	return pt->door->get(pt, select, value, task);
}

static int finish(int err, struct ptree_list *new, struct ptree_list **list)
{
	if (err)
		ptree_list_free(new);
	else
		*list = new;
	return err;
}

/**
 * ptree_ancestry - ask whom a task descends from
 * @pt: the door
 * @what: PTREE_ANCESTRY_REAL: parents, as they are now; PTREE_ANCESTRY_BIRTH:
 *	who gave birth to whom, through the dead
 * @select: how the task is named, see ptree_get()
 * @value: the same
 * @list: set to its process, and so on to the oldest one known; to be given to
 *	ptree_list_free()
 *
 * Return: 0, or a negative errno: as ptree_get(); -EOPNOTSUPP for
 * PTREE_ANCESTRY_BIRTH when the door is to /proc.
 */
int ptree_ancestry(struct ptree *pt, unsigned int what, unsigned int select,
		   uint64_t value, struct ptree_list **list)
{
	struct ptree_list *new;

	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	return finish(pt->door->ancestry(pt, what, select, value, new), new,
		      list);
}

/**
 * ptree_members - ask who belongs together
 * @pt: the door
 * @what: PTREE_MEMBERS_*: of the subtree, process group, session or pid
 *	namespace of the selected task's process
 * @flags: PTREE_QUERY_*
 * @select: how the task is named, see ptree_get()
 * @value: the same
 * @list: set to the members in order of their ids; to be given to
 *	ptree_list_free()
 *
 * Return: 0, or a negative errno: as ptree_get(); -EOPNOTSUPP for
 * PTREE_MEMBERS_BIRTH_SUBTREE or PTREE_QUERY_DEAD when the door is to /proc.
 */
int ptree_members(struct ptree *pt, unsigned int what, unsigned int flags,
		  unsigned int select, uint64_t value, struct ptree_list **list)
{
	struct ptree_list *new;

	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	return finish(pt->door->members(pt, what, flags, select, value, new),
		      new, list);
}

/**
 * ptree_number - ask what a number is in another pid namespace
 * @pt: the door
 * @type: PTREE_NUMBER_*: what it is the number of
 * @nr: the number
 * @from: the namespace it counts in, as /proc/PID/ns/pid numbers it; 0: yours
 * @to: the namespace that is asked for, likewise
 * @id: set to the id of the task, or of one in the group; may be NULL
 *
 * Return: the number, 0 when it has none there; or a negative errno: -ESRCH
 * when nothing has that number, -ENOENT when nobody lives in one of the
 * namespaces, or it is not yours to see.
 */
int ptree_number(struct ptree *pt, unsigned int type, int nr, uint32_t from,
		 uint32_t to, uint64_t *id)
{
	return pt->door->number(pt, type, nr, from, to, id);
}

/* Findings, each laid out as this library does, one behind the other. */
static int take_findings(struct ptree_audit *audit, const unsigned char *buffer,
			 struct ptree_finding *findings)
{
	unsigned int nr = 0;
	size_t at = 0;
	int err;

	while (at < audit->used && at < audit->size) {
		const struct ptree_head *head =
			(const struct ptree_head *)(buffer + at);

		err = ptree_record_check(head, audit->size - at);
		if (!err && head->type == PTREE_TYPE_FINDING &&
		    head->fixed < sizeof(*findings))
			err = -EBADMSG;
		if (err)
			return err;
		if (head->type == PTREE_TYPE_FINDING)
			memcpy(&findings[nr++], head, sizeof(*findings));
		at += head->size;
	}
	audit->nr = nr;
	return 0;
}

/**
 * ptree_verify - compare the whole tree with the kernel's at one instant
 * @pt: the door
 * @audit: set to what came of it
 * @findings: set to &ptree_audit.nr findings, to be given to free(3)
 *
 * It stops all processors for a moment, and changes nothing. Mirrors
 * PTREE_IOC_AUDIT.
 *
 * Return: 0, also when there are findings; or a negative errno: -EPERM without
 * CAP_SYS_ADMIN, -EOPNOTSUPP when the door is to /proc, -ENOTTY when the module
 * is too old, -ENOMEM, -EBADMSG when the answer makes no sense.
 */
int ptree_verify(struct ptree *pt, struct ptree_audit *audit,
		 struct ptree_finding **findings)
{
	const size_t room = 4096 * sizeof(**findings);
	unsigned char *buffer = malloc(room);
	int err = -ENOMEM;

	*findings = calloc(4096, sizeof(**findings));
	if (buffer && *findings) {
		memset(audit, 0, sizeof(*audit));
		audit->buf = (uintptr_t)buffer;
		audit->size = room;
		err = pt->door->audit(pt, audit);
		if (!err)
			err = take_findings(audit, buffer, *findings);
	}
	free(buffer);
	if (err)
		free(*findings);
	return err;
}

/**
 * ptree_snapshot - get the whole tree
 * @pt: the door
 * @flags: PTREE_WATCH_THREADS: all threads, not the leaders alone;
 *	PTREE_WATCH_DEAD: the dead too
 * @tree: set to it; to be given to ptree_tree_free(). None of the dead is
 *	dropped from it until ptree_tree_keep() says how many to keep.
 *
 * Return: 0, or a negative errno: -EINVAL for other flags, -EOPNOTSUPP for
 * PTREE_WATCH_DEAD when the door is to /proc, -ENOMEM, or what ptree_watch()
 * and ptree_stream_next() say.
 */
int ptree_snapshot(struct ptree *pt, unsigned int flags,
		   struct ptree_tree **tree)
{
	struct ptree_tree *new;
	int err;

	if (flags & ~(PTREE_WATCH_THREADS | PTREE_WATCH_DEAD))
		return -EINVAL;
	err = ptree_tree_new(&new, flags & PTREE_WATCH_DEAD);
	if (err)
		return err;
	ptree_tree_keep(new, SIZE_MAX);
	err = pt->door->snapshot(pt, flags, new);
	if (err)
		ptree_tree_free(new);
	else
		*tree = new;
	return err;
}
