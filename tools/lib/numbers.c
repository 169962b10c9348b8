// SPDX-License-Identifier: GPL-2.0
/*
 * numbers.c owns what libproc2 does not tell: the numbers that a task has in
 * each pid namespace it is seen in, which ones these are, who traces it, and the
 * bytes of its name.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc.h"

static int open_file(struct ptree *pt, const char *path)
{
	int fd = openat(pt->proc, path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int open_of_task(struct ptree *pt, int tid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "%d/%s", tid, name);
	return open_file(pt, path);
}

/* The kernel writes a newline as \n, and a backslash twice. */
static void read_comm(char *comm, const char *text)
{
	size_t length = 0;

	while (*text && *text != '\n' && length < PTREE_COMM_SIZE - 1) {
		char byte = *text++;

		if (byte == '\\' && *text)
			byte = *text++ == 'n' ? '\n' : '\\';
		comm[length++] = byte;
	}
	comm[length] = '\0';
}

static int read_row(int *nr, const char *text)
{
	int levels = 0;
	char *end;

	for (; levels < PTREE_PROC_LEVELS; levels++, text = end) {
		nr[levels] = strtol(text, &end, 10);
		if (end == text)
			break;
	}
	return levels;
}

static const char *value_of(const char *line, const char *name)
{
	size_t length = strlen(name);

	return strncmp(line, name, length) ? NULL : line + length;
}

static void read_line(struct ptree_numbers *numbers, const char *line)
{
	static const char *const names[PTREE_PROC_TYPES] = {
		[PTREE_NUMBER_PID] = "NSpid:\t",
		[PTREE_NUMBER_TGID] = "NStgid:\t",
		[PTREE_NUMBER_PGID] = "NSpgid:\t",
		[PTREE_NUMBER_SID] = "NSsid:\t",
	};
	const char *value = value_of(line, "Name:\t");
	int type;

	if (value)
		read_comm(numbers->comm, value);
	value = value_of(line, "TracerPid:\t");
	if (value)
		numbers->tracer = strtol(value, NULL, 10);
	for (type = 0; type < PTREE_PROC_TYPES; type++) {
		value = value_of(line, names[type]);
		if (value)
			numbers->levels = read_row(numbers->nr[type], value);
	}
}

static int read_lines(struct ptree_numbers *numbers, FILE *file)
{
	char *line = NULL;
	size_t size = 0;
	int err = 0;

	errno = 0;
	while (getline(&line, &size, file) > 0)
		read_line(numbers, line);
	if (!feof(file))
		err = errno ? -errno : -EIO;
	free(line);
	return err;
}

static int read_file(int fd, struct ptree_numbers *numbers)
{
	FILE *file;
	int err;

	*numbers = (struct ptree_numbers){};
	if (fd < 0)
		return fd == -ENOENT ? -ESRCH : fd;
	file = fdopen(fd, "r");
	if (!file) {
		close(fd);
		return -ENOMEM;
	}
	err = read_lines(numbers, file);
	fclose(file);
	return err;
}

/* What /proc/TID/status says; -ESRCH when there is no such task any more. */
int ptree_numbers_read(struct ptree *pt, int tid, struct ptree_numbers *numbers)
{
	return read_file(open_of_task(pt, tid, "status"), numbers);
}

/* The namespace of the procfs, if the caller is in it and not further in. */
uint32_t ptree_numbers_namespace(struct ptree *pt)
{
	struct ptree_numbers numbers;
	struct stat st;

	if (read_file(open_file(pt, "self/status"), &numbers) ||
	    numbers.levels != 1 || fstatat(pt->proc, "self/ns/pid", &st, 0))
		return 0;
	return st.st_ino;
}

static bool is_namespace(int fd, uint32_t pidns)
{
	struct stat st;

	return !fstat(fd, &st) && (uint32_t)st.st_ino == pidns;
}

/*
 * Which of a task's numbers counts in @pidns, by where that is between the
 * task's own namespace and that of the procfs. -ENOENT when it is not.
 */
int ptree_numbers_level(struct ptree *pt, const struct ptree_task *task,
			uint32_t pidns)
{
	int level = task->levels - 1;
	int fd, outer;

	if (task->pidns == pidns)
		return level;
	if (!level)
		return -ENOENT;
	fd = open_of_task(pt, task->tid, "ns/pid");
	if (fd < 0)
		return fd;
	for (; level >= 0 && !is_namespace(fd, pidns); level--) {
		outer = ioctl(fd, NS_GET_PARENT);
		close(fd);
		if (outer < 0)
			return -ENOENT;
		fd = outer;
	}
	close(fd);
	return level < 0 ? -ENOENT : level;
}
