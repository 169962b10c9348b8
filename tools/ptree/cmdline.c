// SPDX-License-Identifier: GPL-2.0
/* cmdline.c owns reading /proc/PID/cmdline. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmdline.h"

/* Room for more, and for the NUL that the last argument may lack. */
static int make_room(struct cmdline *cmdline)
{
	size_t room = cmdline->room ? 2 * cmdline->room : 4096;
	char *bytes;

	if (cmdline->room > cmdline->length + 1)
		return 0;
	bytes = realloc(cmdline->bytes, room);
	if (!bytes)
		return -ENOMEM;
	cmdline->bytes = bytes;
	cmdline->room = room;
	return 0;
}

static int read_all(struct cmdline *cmdline, int fd)
{
	ssize_t n;

	do {
		if (make_room(cmdline))
			return -ENOMEM;
		n = read(fd, cmdline->bytes + cmdline->length,
			 cmdline->room - cmdline->length - 1);
		if (n > 0)
			cmdline->length += n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0)
		cmdline->length = 0;
	return 0;
}

/* Only now: whoever still has the number afterwards had it all the time. */
static bool is_same(struct ptree *pt, const struct ptree_task *task)
{
	struct ptree_task *now;
	bool same;

	if (ptree_best_effort(pt))
		return true;
	if (ptree_get(pt, PTREE_SELECT_ID, task->id, &now))
		return false;
	same = now->state != PTREE_STATE_DEAD && now->tid == task->tid &&
	       now->exec_count == task->exec_count;
	free(now);
	return same;
}

/* Who writes a title over his arguments leaves NULs where there was more. */
static void set_end(struct cmdline *cmdline)
{
	const char *bytes = cmdline->bytes;
	size_t length = cmdline->length;

	while (length > 1 && !bytes[length - 1] && !bytes[length - 2])
		length--;
	cmdline->length = length;
	cmdline->bytes[length] = 0;
}

int cmdline_read(struct cmdline *cmdline, struct ptree *pt,
		 const struct ptree_task *task)
{
	char path[32];
	int fd, err;

	cmdline->length = 0;
	if (task->state != PTREE_STATE_RUNNING ||
	    task->flags & PTREE_TASK_KTHREAD)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/cmdline", task->tgid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	err = read_all(cmdline, fd);
	close(fd);
	if (err || !cmdline->length)
		return err;
	if (is_same(pt, task))
		set_end(cmdline);
	else
		cmdline->length = 0;
	return 0;
}

const char *cmdline_next(const struct cmdline *cmdline, const char *argument)
{
	const char *end = cmdline->bytes + cmdline->length;

	if (!cmdline->length)
		return NULL;
	argument = argument ?: cmdline->bytes;
	argument += strlen(argument) + 1;
	return argument < end ? argument : NULL;
}

void cmdline_free(struct cmdline *cmdline)
{
	free(cmdline->bytes);
	*cmdline = (struct cmdline){};
}
