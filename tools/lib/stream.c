// SPDX-License-Identifier: GPL-2.0
/* stream.c owns reading a watch: record after record. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "internal.h"

#define BUFFER_SIZE 65536

/**
 * struct ptree_stream - a watch that is read
 * @fd: its file descriptor
 * @at: where in @buffer the next record begins
 * @filled: bytes of @buffer that were read
 * @buffer: records as the module wrote them
 * @task: the last record of a task, laid out as this library does
 */
struct ptree_stream {
	int fd;
	size_t at;
	size_t filled;
	unsigned char buffer[BUFFER_SIZE] __attribute__((aligned(8)));
	union {
		struct ptree_task record;
		unsigned char bytes[PTREE_TASK_MAX];
	} task;
};

/**
 * ptree_watch - watch the tree
 * @pt: the door
 * @flags: PTREE_WATCH_*
 * @since: with PTREE_WATCH_SINCE, the &ptree_sync.seq from which to go on
 * @stream: set to the stream; to be given to ptree_stream_close()
 *
 * Return: 0, or a negative errno: -EOPNOTSUPP when the door is to /proc,
 * -EINVAL for unknown flags or when there was no change @since yet, -ENOMEM,
 * -EMFILE and whatever else the device says.
 */
int ptree_watch(struct ptree *pt, unsigned int flags, uint64_t since,
		struct ptree_stream **stream)
{
	struct ptree_stream *new;

	new = malloc(sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->fd = pt->door->watch(pt, flags, since);
	if (new->fd < 0) {
		int err = new->fd;

		free(new);
		return err;
	}
	new->at = 0;
	new->filled = 0;
	*stream = new;
	return 0;
}

/**
 * ptree_stream_fd - what to wait for
 * @stream: the stream
 *
 * With PTREE_WATCH_NONBLOCK, call ptree_stream_next() until it returns -EAGAIN
 * before waiting: records that were read already do not wake anybody.
 *
 * Return: a file descriptor for poll(2) and epoll(7); it stays the stream's.
 */
int ptree_stream_fd(const struct ptree_stream *stream)
{
	return stream->fd;
}

static int fill(struct ptree_stream *stream)
{
	ssize_t bytes = read(stream->fd, stream->buffer, BUFFER_SIZE);

	if (bytes < 0)
		return -errno;
	stream->at = 0;
	stream->filled = bytes;
	return bytes > 0;
}

static int take(struct ptree_stream *stream, const struct ptree_head **record)
{
	const struct ptree_head *head =
		(const struct ptree_head *)(stream->buffer + stream->at);

	int err;

	/* After one that is wrong nobody knows where the next one begins. */
	err = ptree_record_check(head, stream->filled - stream->at);
	if (err)
		return err;
	stream->at += head->size;
	if (head->type == PTREE_TYPE_TASK) {
		ptree_task_copy(&stream->task.record, head);
		head = &stream->task.record.head;
	}
	*record = head;
	return 1;
}

/**
 * ptree_stream_next - get the next record
 * @stream: the stream
 * @record: set to it; it belongs to the stream and is valid until the next
 *	call. One of a task is laid out as struct ptree_task, whatever the
 *	kernel's looks like. Its type may be unknown.
 *
 * Waits until there is one, unless the watch was opened with
 * PTREE_WATCH_NONBLOCK.
 *
 * Return: 1; 0 at the end of the stream; or a negative errno: -EAGAIN when
 * there is none now, -EINTR when a signal came before one, after which both can
 * be called again; -EBADMSG when what was read is not a sequence of records,
 * and so from then on; else what read(2) said.
 */
int ptree_stream_next(struct ptree_stream *stream,
		      const struct ptree_head **record)
{
	int ret;

	if (stream->at == stream->filled) {
		ret = fill(stream);
		if (ret <= 0)
			return ret;
	}
	return take(stream, record);
}

/**
 * ptree_stream_close - end a watch
 * @stream: the stream, or NULL
 */
void ptree_stream_close(struct ptree_stream *stream)
{
	if (!stream)
		return;
	close(stream->fd);
	free(stream);
}
