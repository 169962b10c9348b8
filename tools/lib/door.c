// SPDX-License-Identifier: GPL-2.0
/* door.c owns opening and closing: which door leads to the tree. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "internal.h"

#define DEVICE "/dev/ptree"
#define PROC_ROOT_INODE 1

static int check_procfs(int fd)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(fd, &fs) || fstat(fd, &st))
		return -errno;
	if (fs.f_type != PROC_SUPER_MAGIC || st.st_ino != PROC_ROOT_INODE)
		return -EINVAL;
	return 0;
}

static int open_procfs(struct ptree *pt, const char *path)
{
	pt->proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (pt->proc < 0)
		return -errno;
	return check_procfs(pt->proc);
}

static int lend_procfs(const struct ptree *pt)
{
	struct ptree_procfs procfs = { .fd = pt->proc };

	return ioctl(pt->device, PTREE_IOC_PROCFS, &procfs) < 0 ? -errno : 0;
}

static int open_device(struct ptree *pt)
{
	int err;

	pt->device = open(DEVICE, O_RDONLY | O_CLOEXEC);
	if (pt->device < 0)
		return -errno;
	err = lend_procfs(pt);
	if (err) {
		close(pt->device);
		pt->device = -1;
		return err;
	}
	pt->door = &ptree_door_device;
	return 0;
}

/* libproc2 looks at /proc, and nowhere else. */
static int open_proc(struct ptree *pt)
{
	struct stat ours, lent;

	if (stat("/proc", &ours) || fstat(pt->proc, &lent))
		return -errno;
	if (ours.st_dev != lent.st_dev)
		return -EOPNOTSUPP;
	pt->door = &ptree_door_proc;
	return 0;
}

/* The module is not there, or it is not for us. */
static bool absent(int err)
{
	switch (err) {
	case -ENOENT:
	case -ENXIO:
	case -ENODEV:
	case -ENOTTY:
	case -EACCES:
	case -EPERM:
		return true;
	default:
		return false;
	}
}

static int open_door(struct ptree *pt, unsigned int flags)
{
	int err;

	if (flags & PTREE_OPEN_PROC)
		return open_proc(pt);
	err = open_device(pt);
	if (absent(err) && !(flags & PTREE_OPEN_DEVICE))
		return open_proc(pt);
	return err;
}

/**
 * ptree_open - open a door to the tree
 * @pt: set to it; to be given to ptree_close()
 * @proc: the root folder of a procfs; NULL is "/proc". Numbers are those of its
 *	pid namespace, and what it hides is hidden.
 * @flags: PTREE_OPEN_DEVICE: the module's device or nothing; PTREE_OPEN_PROC:
 *	/proc, even if there is a module; 0: the device, or /proc when there is
 *	none, or it is refused: see ptree_best_effort()
 *
 * All file descriptors are closed on exec.
 *
 * Return: 0, or a negative errno: -EINVAL when @proc is not the root of a
 * procfs, or for other flags; -EOPNOTSUPP when the door would be to /proc, and
 * @proc is another procfs; -ENOENT when @proc is not there, or, with
 * PTREE_OPEN_DEVICE, the device; -ENOMEM; else what open(2) or the device said.
 */
int ptree_open(struct ptree **pt, const char *proc, unsigned int flags)
{
	const unsigned int known = PTREE_OPEN_DEVICE | PTREE_OPEN_PROC;
	struct ptree *new;
	int err;

	if (flags & ~known || flags == known)
		return -EINVAL;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->device = -1;
	err = open_procfs(new, proc ? proc : "/proc");
	if (!err)
		err = open_door(new, flags);
	if (err)
		ptree_close(new);
	else
		*pt = new;
	return err;
}

/**
 * ptree_close - close a door
 * @pt: the door, or NULL
 *
 * What came through it stays as it is: tasks, lists, trees, and streams too.
 */
void ptree_close(struct ptree *pt)
{
	if (!pt)
		return;
	if (pt->device >= 0)
		close(pt->device);
	if (pt->proc >= 0)
		close(pt->proc);
	free(pt);
}

/**
 * ptree_fd - the device
 * @pt: the door
 *
 * Return: its file descriptor, for ioctl(2); it stays the door's. -EOPNOTSUPP
 * when the door is to /proc.
 */
int ptree_fd(const struct ptree *pt)
{
	return pt->device >= 0 ? pt->device : -EOPNOTSUPP;
}

/**
 * ptree_best_effort - whether a door leads to /proc
 * @pt: the door
 *
 * /proc is not read at one moment, so that a task may be missing, or be there
 * beside the one that came after it. What /proc does not tell is 0: who gave
 * birth to whom, and all that is over; see &ptree_task.mask.
 *
 * Return: true when it does.
 */
bool ptree_best_effort(const struct ptree *pt)
{
	return pt->device < 0;
}

/**
 * ptree_version - the version of this library
 *
 * Return: it, as "0.1.0"; not to be freed.
 */
const char *ptree_version(void)
{
	return PTREE_VERSION;
}
