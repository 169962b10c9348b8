// SPDX-License-Identifier: GPL-2.0
/* stream_test.c owns reading a watch: the other end of a socket is the module. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test.h"

static int ends[2];

/* A message is read as a whole, as records are. */
static int open_watch(struct ptree *pt, unsigned int flags, uint64_t since)
{
	(void)pt;
	(void)since;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends))
		return -errno;
	if (flags & PTREE_WATCH_NONBLOCK)
		fcntl(ends[0], F_SETFL, O_NONBLOCK);
	return ends[0];
}

static int refuse_watch(struct ptree *pt, unsigned int flags, uint64_t since)
{
	(void)pt;
	(void)flags;
	(void)since;
	return -EMFILE;
}

static const struct ptree_door door = { .watch = open_watch };
static const struct ptree_door closed = { .watch = refuse_watch };

static struct ptree_stream *open_stream(unsigned int flags)
{
	struct ptree pt = { .door = &door };
	struct ptree_stream *stream = NULL;

	check(!ptree_watch(&pt, flags, 0, &stream), "no stream");
	return stream;
}

static void send_bytes(const void *bytes, size_t length)
{
	check(write(ends[1], bytes, length) == (ssize_t)length, "write");
}

/* Two records of a kernel that is newer, and one of a kind we do not know. */
static size_t fill(unsigned char *bytes)
{
	struct {
		struct ptree_task task;
		__s32 nspid[1];
	} entry = { .task.id = 1, .task.levels = 1, .nspid = { 7 } };
	union wire wire;
	size_t at = 0;
	int i;

	for (i = 0; i < 3; i++) {
		entry.task.id++;
		wire_task(&wire, &entry.task, PTREE_TASK_FIXED + 16);
		if (i == 1)
			wire.head.type = 77;
		memcpy(bytes + at, &wire, wire.head.size);
		at += wire.head.size;
	}
	return at;
}

static void test_whole_records(void)
{
	struct ptree_stream *stream = open_stream(0);
	const struct ptree_head *record;
	unsigned char bytes[4096];
	union wire wire;

	if (!stream)
		return;
	send_bytes(bytes, fill(bytes));
	wire_plain(&wire, PTREE_TYPE_SYNC, 12, 0);
	send_bytes(&wire, wire.head.size);
	close(ends[1]);
	check(ptree_stream_next(stream, &record) == 1, "first");
	check(record->fixed == PTREE_TASK_FIXED, "laid out as ours");
	check(((const struct ptree_task *)record)->id == 2, "2");
	check(ptree_stream_next(stream, &record) == 1 && record->type == 77,
	      "unknown");
	check(ptree_stream_next(stream, &record) == 1, "third");
	check(((const struct ptree_task *)record)->id == 4, "4");
	check(((const struct ptree_task *)record)->nspid[0] == 7, "7");
	check(ptree_stream_next(stream, &record) == 1 &&
	      record->type == PTREE_TYPE_SYNC,
	      "the next message");
	check(!ptree_stream_next(stream, &record), "end");
	ptree_stream_close(stream);
}

static void test_malformed(void)
{
	struct ptree_stream *stream = open_stream(0);
	const struct ptree_head *record;
	unsigned char bytes[4096];

	if (!stream)
		return;
	send_bytes(bytes, fill(bytes) - 8);
	send_bytes(bytes, fill(bytes));
	check(ptree_stream_next(stream, &record) == 1, "first");
	check(ptree_stream_next(stream, &record) == 1, "second");
	check(ptree_stream_next(stream, &record) == -EBADMSG, "cut");
	check(ptree_stream_next(stream, &record) == -EBADMSG, "for ever");
	close(ends[1]);
	ptree_stream_close(stream);
}

static void test_nonblock(void)
{
	struct ptree_stream *stream = open_stream(PTREE_WATCH_NONBLOCK);
	const struct ptree_head *record;
	struct pollfd wait = { .events = POLLIN };
	union wire wire;

	if (!stream)
		return;
	wait.fd = ptree_stream_fd(stream);
	check(ptree_stream_next(stream, &record) == -EAGAIN, "nothing yet");
	check(!poll(&wait, 1, 0), "nothing to wait for");
	wire_plain(&wire, PTREE_TYPE_SYNC, 12, 0);
	send_bytes(&wire, wire.head.size);
	check(poll(&wait, 1, 0) == 1, "something");
	check(ptree_stream_next(stream, &record) == 1, "read");
	check(ptree_stream_next(stream, &record) == -EAGAIN, "nothing more");
	close(ends[1]);
	ptree_stream_close(stream);
}

static void test_refused(void)
{
	struct ptree pt = { .door = &closed };
	struct ptree_stream *stream = NULL;

	check(ptree_watch(&pt, 0, 0, &stream) == -EMFILE, "refused");
	check(!stream, "no stream");
	ptree_stream_close(NULL);
}

const struct test stream_tests[] = {
	{ "stream: record after record, of any kernel", test_whole_records },
	{ "stream: what is no record ends it", test_malformed },
	{ "stream: without waiting", test_nonblock },
	{ "stream: refused", test_refused },
	{},
};
