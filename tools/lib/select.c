// SPDX-License-Identifier: GPL-2.0
/* select.c owns finding whom a question to /proc is about. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "proc.h"

/* The number of the caller in the namespace of the procfs. */
static int self(struct ptree *pt, uint64_t value)
{
	char target[64];
	ssize_t length;
	int tid;

	if (value)
		return -EINVAL;
	length = readlinkat(pt->proc, "thread-self", target,
			    sizeof(target) - 1);
	if (length < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	target[length] = '\0';
	return sscanf(target, "%*d/task/%d", &tid) == 1 ? tid : -EIO;
}

static int read_pid(FILE *info)
{
	int pid = -EBADF;
	char line[128];

	while (fgets(line, sizeof(line), info))
		if (sscanf(line, "Pid: %d", &pid) == 1)
			return pid > 0 ? pid : -ESRCH;
	return pid;
}

static int pidfd(struct ptree *pt, uint64_t value)
{
	char path[64];
	FILE *info;
	int fd, pid;

	if (value > INT_MAX)
		return -EBADF;
	snprintf(path, sizeof(path), "thread-self/fdinfo/%d", (int)value);
	fd = openat(pt->proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -EBADF : -errno;
	info = fdopen(fd, "r");
	if (!info) {
		close(fd);
		return -ENOMEM;
	}
	pid = read_pid(info);
	fclose(info);
	return pid;
}

/* The task of this number, from the tree or from /proc. */
static int select_tid(struct ptree_scan *scan, int tid, uint64_t *id)
{
	const struct ptree_task *task = ptree_tree_find_pid(scan->tree, tid);
	int err;

	if (tid <= 0)
		return tid ? tid : -ESRCH;
	if (task) {
		*id = task->id;
		return 0;
	}
	err = ptree_scan_one(scan, tid, id);
	if (!err)
		err = ptree_scan_kin(scan, *id);
	if (err)
		return err;
	/* It may have died while its kin was read. */
	return ptree_tree_find(scan->tree, *id) ? 0 : -ESRCH;
}

static int select_id(struct ptree_scan *scan, uint64_t value, uint64_t *id)
{
	int err = select_tid(scan, ptree_scan_tid(value), id);

	if (err)
		return err;
	return *id == value ? 0 : -ESRCH;
}

static bool in_group(const struct ptree_task *task, unsigned int select,
		     uint64_t value)
{
	int group = select == PTREE_SELECT_PGID ? task->pgid : task->sid;

	return task->id == task->process_id && group > 0 &&
	       (uint64_t)group == value;
}

/* Its leader if that lives, else the oldest member. */
static int select_group(struct ptree_scan *scan, unsigned int select,
			uint64_t value, uint64_t *id)
{
	const struct ptree_task *task;
	int err;

	if (!value || value > INT_MAX)
		return -ESRCH;
	err = select_tid(scan, value, id);
	if (!err && in_group(ptree_tree_find(scan->tree, *id), select, value))
		return 0;
	if (err && err != -ESRCH)
		return err;
	err = ptree_scan_all(scan, false);
	if (err)
		return err;
	task = ptree_tree_next(scan->tree, NULL);
	while (task && !in_group(task, select, value))
		task = ptree_tree_next(scan->tree, task);
	if (!task)
		return -ESRCH;
	*id = task->id;
	return 0;
}

/* Finds it, and reads it and its kin if they were not read yet. */
int ptree_scan_select(struct ptree_scan *scan, unsigned int select,
		      uint64_t value, uint64_t *id)
{
	switch (select) {
	case PTREE_SELECT_SELF:
		return select_tid(scan, self(scan->pt, value), id);
	case PTREE_SELECT_ID:
		return select_id(scan, value, id);
	case PTREE_SELECT_PID:
		return select_tid(scan, value > INT_MAX ? -ESRCH : (int)value,
				  id);
	case PTREE_SELECT_PIDFD:
		return select_tid(scan, pidfd(scan->pt, value), id);
	case PTREE_SELECT_PGID:
	case PTREE_SELECT_SID:
		return select_group(scan, select, value, id);
	default:
		return -EINVAL;
	}
}
