// SPDX-License-Identifier: GPL-2.0
/*
 * way_proc.c owns the ways to read the tree from /proc: the shortest there is,
 * libproc2, and programs.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libproc2/pids.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "way.h"

/* As getdents64(2) has it; that of libc is as long, and its functions are not. */
struct entry {
	uint64_t ino;
	int64_t off;
	unsigned short reclen;
	unsigned char type;
	char name[];
};

/* "7 (name) S 1 ...": the name may have anything in it, also brackets. */
static void parse(struct look *look, char *stat, size_t length)
{
	char *open = memchr(stat, '(', length);
	char *end = memrchr(stat, ')', length);
	const char *at;
	int ppid = 0;

	if (!open || !end)
		return;
	look->processes++;
	for (at = end + 4; *at >= '0' && *at <= '9'; at++)
		ppid = ppid * 10 + *at - '0';
	/* Or it would not be done at all. */
	asm volatile("" : : "r"(ppid));
	if (look->seen)
		look->seen(look->arg, open + 1, end - open - 1,
			   !strchr("ZX", end[2]));
}

/* Three system calls for each process. */
static void scan_one(struct look *look, int proc, const char *name)
{
	static char stat[1024];
	char path[32], *end;
	ssize_t length;
	int fd;

	end = stpcpy(path, name);
	memcpy(end, "/stat", 6);
	fd = openat(proc, path, O_RDONLY);
	if (fd < 0)
		return;
	length = read(fd, stat, sizeof(stat) - 1);
	close(fd);
	if (length <= 0)
		return;
	look->bytes += length;
	stat[length] = '\0';
	parse(look, stat, length);
}

int scan_read(struct look *look)
{
	static char entries[65536] __attribute__((aligned(8)));
	int proc = open("/proc", O_RDONLY | O_DIRECTORY);
	long nr, at;

	if (proc < 0)
		return -errno;
	look->bytes = 0;
	look->processes = 0;
	while ((nr = syscall(SYS_getdents64, proc, entries, sizeof(entries))) >
	       0)
		for (at = 0; at < nr;) {
			const struct entry *entry = (void *)(entries + at);

			if (entry->name[0] >= '1' && entry->name[0] <= '9')
				scan_one(look, proc, entry->name);
			at += entry->reclen;
		}
	close(proc);
	return nr ? -errno : 0;
}

int libproc_read(struct look *look)
{
	static enum pids_item items[] = { PIDS_ID_PID, PIDS_ID_PPID, PIDS_STATE,
					  PIDS_CMD };
	struct pids_info *info = NULL;
	struct pids_fetch *fetch;
	int i;

	if (procps_pids_new(&info, items, 4) < 0)
		return -ENOMEM;
	fetch = procps_pids_reap(info, PIDS_FETCH_TASKS_ONLY);
	look->processes = fetch ? fetch->counts->total : 0;
	for (i = 0; look->seen && fetch && i < fetch->counts->total; i++) {
		const struct pids_result *head = fetch->stacks[i]->head;

		look->seen(look->arg, head[3].result.str,
			   strlen(head[3].result.str),
			   !strchr("ZX", head[2].result.s_ch));
	}
	procps_pids_unref(&info);
	return fetch ? 0 : -EIO;
}

/* How a line says that a process is dead: ps by words, others by a letter. */
static bool lives(const char *line)
{
	return !strstr(line, "<defunct>") && !strstr(line, " Z ") &&
	       !strstr(line, " X ");
}

static void read_lines(struct look *look, int fd)
{
	FILE *text = fdopen(fd, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t length;

	while ((length = getline(&line, &room, text)) > 0) {
		char *word = line;

		look->bytes += length;
		/* Where in it the name is depends on who writes. */
		for (; look->seen && (word = strstr(word, "egg")); word += 3)
			look->seen(look->arg, word, strlen(word), lives(line));
	}
	free(line);
	fclose(text);
}

/* Its text goes to /dev/null, unless somebody wants to see it. */
int command_read(const char *const *command, struct look *look)
{
	int out[2], status;
	pid_t pid;

	look->bytes = 0;
	look->processes = 0;
	if (pipe2(out, O_CLOEXEC))
		return -errno;
	pid = vfork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		dup2(look->seen ? out[1] : open("/dev/null", O_WRONLY), 1);
		execvp(command[0], (char **)command);
		_exit(127);
	}
	close(out[1]);
	if (look->seen)
		read_lines(look, out[0]);
	else
		close(out[0]);
	if (waitpid(pid, &status, 0) != pid)
		return -errno;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EIO;
}
