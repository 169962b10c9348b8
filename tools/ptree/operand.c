// SPDX-License-Identifier: GPL-2.0
/* operand.c owns how processes and users are named on the command line. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "number.h"
#include "verb.h"

/* Of linux/magic.h since 6.9: before, all pidfds had the same inode. */
#define PIDFS_MAGIC 0x50494446

/* What follows the digits of a number from 1 to max; NULL without one. */
static const char *digits(const char *text, uint64_t max, uint64_t *number)
{
	const char *end;

	if (!isdigit((unsigned char)*text))
		return NULL;
	end = number_begin(text, max, number);
	return *number ? end : NULL;
}

static int pidfd_inode(int pid, unsigned long long *inode)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);
	struct statfs fs;
	struct stat st;
	int err = 0;

	if (fd < 0)
		return -errno;
	if (fstatfs(fd, &fs) || fstat(fd, &st))
		err = -errno;
	else if (fs.f_type != PIDFS_MAGIC)
		err = -EOPNOTSUPP;
	else
		*inode = st.st_ino;
	close(fd);
	return err;
}

static int check_inode(const char *text, int pid, unsigned long long wanted)
{
	unsigned long long inode = 0;
	int err = pidfd_inode(pid, &inode);

	if (err == -EOPNOTSUPP) {
		complain("%s: this kernel does not number processes by inode (Linux 6.9 does)",
			 text);
		return 0;
	}
	if (err && err != -ESRCH) {
		complain("%s: %s", text, strerror(-err));
		return 0;
	}
	if (err || inode != wanted) {
		complain("%s: that process is gone", text);
		return -1;
	}
	return 1;
}

static int parse_user(const char *text, unsigned int *uid)
{
	struct passwd *user;

	errno = 0;
	user = getpwnam(text);
	if (!user) {
		if (errno && errno != ENOENT && errno != ESRCH)
			complain("%s: users cannot be looked up: %s", text,
				 strerror(errno));
		else
			complain("\"%s\" is neither a process nor a user",
				 text);
		return 0;
	}
	*uid = user->pw_uid;
	return 2;
}

int operand_parse(const char *text, bool users, int *pid, unsigned int *uid)
{
	bool path = !strncmp(text, "/proc/", 6);
	uint64_t number, inode;
	const char *end;

	end = digits(path ? text + 6 : text, INT_MAX, &number);
	*pid = end ? number : 0;
	if (end && path && *end == '/')
		end++;
	if (end && !*end)
		return 1;
	if (end && !path && *end == ':') {
		end = digits(end + 1, UINT64_MAX, &inode);
		if (end && !*end)
			return check_inode(text, *pid, inode);
	}
	if (users)
		return parse_user(text, uid);
	complain("\"%s\" is not a process", text);
	return 0;
}
