// SPDX-License-Identifier: GPL-2.0
/* list.c owns lists of tasks: their records one behind the other. */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

static int make_room(struct ptree_list *list, size_t bytes)
{
	size_t room = list->room ? list->room : 4096;
	unsigned char *records;

	while (room - list->used < bytes)
		room *= 2;
	if (room == list->room)
		return 0;
	records = realloc(list->records, room);
	if (!records)
		return -ENOMEM;
	list->records = records;
	list->room = room;
	return 0;
}

/* Puts a copy of a checked task record at the end. */
int ptree_list_add(struct ptree_list *list, const struct ptree_head *record)
{
	size_t size = ptree_task_size(record);
	int err;

	err = make_room(list, size);
	if (err)
		return err;
	ptree_task_copy((struct ptree_task *)(list->records + list->used),
			record);
	list->used += size;
	list->length++;
	return 0;
}

/**
 * ptree_list_next - go through a list
 * @list: the list
 * @task: one of it, or NULL to begin
 *
 * Return: the task behind @task, or NULL when that was the last one. It belongs
 * to the list, and is valid until ptree_list_free().
 */
const struct ptree_task *ptree_list_next(const struct ptree_list *list,
					 const struct ptree_task *task)
{
	const unsigned char *next = list->records;

	if (task)
		next = (const unsigned char *)task + task->head.size;
	if (next == list->records + list->used)
		return NULL;
	return (const struct ptree_task *)next;
}

/**
 * ptree_list_length - how many tasks there are in a list
 * @list: the list
 *
 * Return: their number.
 */
size_t ptree_list_length(const struct ptree_list *list)
{
	return list->length;
}

/**
 * ptree_list_seq - when a list was made
 * @list: the list
 *
 * Return: the number of the newest change it has; 0 when it is from /proc.
 */
uint64_t ptree_list_seq(const struct ptree_list *list)
{
	return list->seq;
}

/**
 * ptree_list_free - give a list back
 * @list: the list, or NULL
 */
void ptree_list_free(struct ptree_list *list)
{
	if (!list)
		return;
	free(list->records);
	free(list);
}
