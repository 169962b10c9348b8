// SPDX-License-Identifier: GPL-2.0
/* open_test.c owns which door opens, and that none stays ajar. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "test.h"

static int lent;

static int takes_procfs(unsigned long command, void *argument)
{
	struct ptree_procfs *procfs = argument;

	if (command != PTREE_IOC_PROCFS || procfs->flags)
		return -EINVAL;
	lent = procfs->fd;
	return 0;
}

static int refuses(unsigned long command, void *argument)
{
	(void)command;
	(void)argument;
	return -EACCES;
}

static int no_such_command(unsigned long command, void *argument)
{
	(void)command;
	(void)argument;
	return -ENOTTY;
}

static int fails(unsigned long command, void *argument)
{
	(void)command;
	(void)argument;
	return -EIO;
}

/**
 * struct row - a way to open a door
 * @name: what it is
 * @open: &fake.open
 * @ioctl: &fake.ioctl
 * @proc: which procfs
 * @flags: PTREE_OPEN_*
 * @err: what is returned
 * @best_effort: it leads to /proc
 */
struct row {
	const char *name;
	int open;
	int (*ioctl)(unsigned long command, void *argument);
	const char *proc;
	unsigned int flags;
	int err;
	bool best_effort;
};

#define DEVICE PTREE_OPEN_DEVICE
#define PROC PTREE_OPEN_PROC

static const struct row rows[] = {
	{ "the device", 1, takes_procfs, NULL, 0, 0, false },
	{ "the device, asked for", 1, takes_procfs, "/proc", DEVICE, 0, false },
	{ "/proc, asked for", 1, takes_procfs, NULL, PROC, 0, true },
	{ "no device", -ENOENT, NULL, NULL, 0, 0, true },
	{ "no device, asked for", -ENOENT, NULL, NULL, DEVICE, -ENOENT },
	{ "no module", -ENODEV, NULL, NULL, 0, 0, true },
	{ "not for us", -EACCES, NULL, NULL, 0, 0, true },
	{ "not for us, asked for", -EACCES, NULL, NULL, DEVICE, -EACCES },
	{ "refused by the module", 1, refuses, NULL, 0, 0, true },
	{ "refused, asked for", 1, refuses, NULL, DEVICE, -EACCES },
	{ "another device", 1, no_such_command, NULL, 0, 0, true },
	{ "another, asked for", 1, no_such_command, NULL, DEVICE, -ENOTTY },
	{ "a fault is told", 1, fails, NULL, 0, -EIO },
	{ "no descriptors is told", -EMFILE, NULL, NULL, 0, -EMFILE },
	{ "a procfs that is not there", 1, takes_procfs, "/no/proc", 0,
	  -ENOENT },
	{ "a file", 1, takes_procfs, "/proc/version", 0, -ENOTDIR },
	{ "a folder that is no procfs", 1, takes_procfs, "/tmp", 0, -EINVAL },
	{ "the same for /proc", 0, NULL, "/tmp", PROC, -EINVAL },
	{ "a folder in a procfs", 1, takes_procfs, "/proc/self", 0, -EINVAL },
	{ "both", 1, takes_procfs, NULL, DEVICE | PROC, -EINVAL },
	{ "unknown flags", 1, takes_procfs, NULL, 4, -EINVAL },
};

static int open_fds(void)
{
	int fd, open = 0;

	for (fd = 0; fd < 256; fd++)
		open += fcntl(fd, F_GETFD) >= 0;
	return open;
}

static void check_open(const struct row *row, struct ptree *pt)
{
	int fd = ptree_fd(pt);

	check(ptree_best_effort(pt) == row->best_effort, "%s", row->name);
	check((fd == -EOPNOTSUPP) == row->best_effort, "%s: fd %d", row->name,
	      fd);
	check(fcntl(pt->proc, F_GETFD) == FD_CLOEXEC, "%s: proc", row->name);
	if (fd < 0)
		return;
	check(fcntl(fd, F_GETFD) == FD_CLOEXEC, "%s: device", row->name);
	check(lent == pt->proc, "%s: lent %d", row->name, lent);
}

static void test_open(void)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *row = &rows[i];
		struct ptree *pt = NULL;
		int before = open_fds(), err;

		fake.open = row->open;
		fake.ioctl = row->ioctl;
		err = ptree_open(&pt, row->proc, row->flags);
		check(err == row->err, "%s: %d", row->name, err);
		check(!pt == !!err, "%s: a door", row->name);
		if (pt)
			check_open(row, pt);
		ptree_close(pt);
		check(open_fds() == before, "%s: left open", row->name);
	}
}

static void test_version(void)
{
	int major, minor, patch;

	check(sscanf(ptree_version(), "%d.%d.%d", &major, &minor, &patch) == 3,
	      "%s", ptree_version());
}

const struct test open_tests[] = {
	{ "open: which door, and what is told", test_open },
	{ "open: version", test_version },
	{},
};
