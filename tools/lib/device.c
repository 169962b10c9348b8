// SPDX-License-Identifier: GPL-2.0
/* device.c owns the door to the module: its ioctls. */
#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "internal.h"

#define TRIES 16
#define FIRST_SIZE 16384

/* Signals do not end a call; what is busy is asked again, but not for ever. */
static int call(struct ptree *pt, unsigned long command, void *argument)
{
	int tries = TRIES;
	int ret;

	do {
		ret = ioctl(pt->device, command, argument);
		if (ret >= 0)
			return ret;
	} while (errno == EINTR || (errno == EAGAIN && --tries));
	return -errno;
}

static int add_records(struct ptree_list *list, const unsigned char *buffer,
		       size_t used)
{
	size_t at = 0;
	int err = 0;

	while (at < used && !err) {
		const struct ptree_head *record =
			(const struct ptree_head *)(buffer + at);

		err = ptree_record_check(record, used - at);
		if (err)
			break;
		if (record->type == PTREE_TYPE_TASK)
			err = ptree_list_add(list, record);
		at += record->size;
	}
	return err;
}

/* One try with a buffer of @size bytes: -ENOSPC when that is not enough. */
static int ask_once(struct ptree *pt, unsigned long command,
		    struct ptree_query *query, size_t size,
		    struct ptree_list *list)
{
	unsigned char *buffer;
	int err;

	buffer = malloc(size);
	if (!buffer)
		return -ENOMEM;
	query->buf = (uintptr_t)buffer;
	query->size = size;
	err = call(pt, command, query);
	if (!err && query->used > size)
		err = -EBADMSG;
	if (!err)
		err = add_records(list, buffer, query->used);
	list->seq = query->seq;
	free(buffer);
	return err;
}

/* The tree may grow between two tries, so a bit more than was told is asked. */
static int ask(struct ptree *pt, unsigned long command,
	       struct ptree_query *query, struct ptree_list *list)
{
	size_t size = FIRST_SIZE;
	int tries = TRIES;
	int err;

	do {
		err = ask_once(pt, command, query, size, list);
		size = query->used + query->used / 4 + FIRST_SIZE;
	} while (err == -ENOSPC && --tries);
	return err;
}

static int device_info(struct ptree *pt, struct ptree_info *info)
{
	return call(pt, PTREE_IOC_INFO, info);
}

static int device_get(struct ptree *pt, unsigned int select, uint64_t value,
		      struct ptree_task **task)
{
	struct ptree_query query = { .select = select, .value = value };
	struct ptree_list list = {};
	int err;

	err = ask(pt, PTREE_IOC_GET, &query, &list);
	if (!err && list.length != 1)
		err = -EBADMSG;
	if (err)
		free(list.records);
	else
		*task = (struct ptree_task *)list.records;
	return err;
}

static int device_ancestry(struct ptree *pt, unsigned int what,
			   unsigned int select, uint64_t value,
			   struct ptree_list *list)
{
	struct ptree_query query = {
		.select = select,
		.value = value,
		.what = what,
	};

	return ask(pt, PTREE_IOC_ANCESTRY, &query, list);
}

static int device_members(struct ptree *pt, unsigned int what,
			  unsigned int flags, unsigned int select,
			  uint64_t value, struct ptree_list *list)
{
	struct ptree_query query = {
		.flags = flags,
		.select = select,
		.value = value,
		.what = what,
	};

	return ask(pt, PTREE_IOC_MEMBERS, &query, list);
}

static int device_number(struct ptree *pt, unsigned int type, int nr,
			 uint32_t from, uint32_t to, uint64_t *id)
{
	struct ptree_translate translate = {
		.type = type,
		.nr = nr,
		.from = from,
		.to = to,
	};
	int err;

	err = call(pt, PTREE_IOC_TRANSLATE, &translate);
	if (err)
		return err;
	if (id)
		*id = translate.id;
	return translate.result;
}

static int device_watch(struct ptree *pt, unsigned int flags, uint64_t since)
{
	struct ptree_watch watch = { .flags = flags, .since = since };

	return call(pt, PTREE_IOC_WATCH, &watch);
}

static int device_audit(struct ptree *pt, struct ptree_audit *audit)
{
	return call(pt, PTREE_IOC_AUDIT, audit);
}

static int apply_all(struct ptree_stream *stream, struct ptree_tree *tree)
{
	const struct ptree_head *record;
	int ret;

	do {
		ret = ptree_stream_next(stream, &record);
		if (!ret)
			return -EBADMSG;
		if (ret > 0)
			ret = ptree_tree_apply(tree, record);
	} while (!ret || ret == -EINTR);
	return ret == PTREE_EXACT ? 0 : ret;
}

static int device_snapshot(struct ptree *pt, unsigned int flags,
			   struct ptree_tree *tree)
{
	struct ptree_stream *stream;
	int err;

	err = ptree_watch(pt, flags, 0, &stream);
	if (err)
		return err;
	err = apply_all(stream, tree);
	ptree_stream_close(stream);
	return err;
}

const struct ptree_door ptree_door_device = {
	.info = device_info,
	.get = device_get,
	.ancestry = device_ancestry,
	.members = device_members,
	.number = device_number,
	.watch = device_watch,
	.audit = device_audit,
	.snapshot = device_snapshot,
};
