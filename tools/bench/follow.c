// SPDX-License-Identifier: GPL-2.0
/*
 * follow.c owns the tightest follower of a watch: it counts what it is told
 * until SIGTERM, then prints how many processes were born and died, and how
 * many changes it was told to have missed.
 */
#include <errno.h>
#include <libptree.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include "bench.h"

/* What is known of an id, a byte each. */
#define BORN 1
#define DEAD 2

static unsigned char *known;
static size_t room;

static int stopped;

static void stop(int sig)
{
	(void)sig;
	__atomic_store_n(&stopped, 1, __ATOMIC_RELAXED);
}

static unsigned char *state_of(uint64_t id)
{
	if (id >= room) {
		size_t more = 2 * id + 65536;

		known = realloc(known, more);
		if (!known)
			err(1, "realloc");
		memset(known + room, 0, more - room);
		room = more;
	}
	return &known[id];
}

static unsigned long births, deaths, lost;

static void hear(const struct ptree_head *record)
{
	if (record->type == PTREE_TYPE_TASK) {
		const struct ptree_task *task = (const void *)record;
		unsigned char *state = state_of(task->id);

		births += !(*state & BORN);
		deaths += !(*state & DEAD) && task->state == PTREE_STATE_DEAD;
		*state |= BORN;
		if (task->state == PTREE_STATE_DEAD)
			*state |= DEAD;
	} else if (record->type == PTREE_TYPE_LOST) {
		const struct ptree_lost *range = (const void *)record;

		lost += range->last - range->first + 1;
	}
}

int main(void)
{
	struct sigaction action = { .sa_handler = stop };
	const struct ptree_head *record;
	struct ptree_stream *stream;
	struct pollfd poller = { .events = POLLIN };
	struct ptree *pt;
	int ret, synced = 0;

	sigaction(SIGTERM, &action, NULL);
	ret = ptree_open(&pt, NULL, PTREE_OPEN_DEVICE);
	if (!ret)
		ret = ptree_watch(pt, PTREE_WATCH_NONBLOCK, 0, &stream);
	if (ret)
		errx(1, "/dev/ptree: %s", strerror(-ret));
	poller.fd = ptree_stream_fd(stream);
	for (;;) {
		ret = ptree_stream_next(stream, &record);
		if (ret > 0) {
			hear(record);
			/* Who is there already was not born before our eyes. */
			if (record->type == PTREE_TYPE_SYNC && !synced++)
				births = 0;
		} else if (ret != -EAGAIN) {
			errx(1, "the watch: %s", strerror(-ret));
		} else if (__atomic_load_n(&stopped, __ATOMIC_RELAXED)) {
			break;
		} else if (poll(&poller, 1, -1) < 0 && errno != EINTR) {
			err(1, "poll");
		}
	}
	printf("%lu %lu %lu\n", births, deaths, lost);
	return 0;
}
