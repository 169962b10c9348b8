// SPDX-License-Identifier: GPL-2.0
/* read.c owns the cases of reading: one open is one moment, however it is read. */
#include "case.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int open_tree(void)
{
	return sys(open("/proc/ptree", O_RDONLY | O_CLOEXEC));
}

/* Something to read: more than one page of it. */
static void make_crowd(int nr)
{
	while (nr--)
		make_idle();
}

static void read_sizes(void)
{
	static const size_t sizes[] = { 1, 7, 100, 4095, 4096, 4097, 1 << 20 };
	char *whole, *part = malloc(1 << 20);
	size_t size, used;
	unsigned int i;
	ssize_t got;
	int fd;

	make_crowd(150);
	fd = open_tree();
	whole = file_read(fd, &size);
	check(size > 4 * 4096, "only %zu bytes to read", size);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		sys(lseek(fd, 0, SEEK_SET));
		used = 0;
		while ((got = sys(read(fd, part, sizes[i])))) {
			check(used + got <= size, "by %zu: too many bytes",
			      sizes[i]);
			check(!memcmp(whole + used, part, got),
			      "by %zu: other bytes at %zu", sizes[i], used);
			used += got;
		}
		check(used == size, "by %zu: %zu bytes, not %zu", sizes[i],
		      used, size);
	}
}

static void read_places(void)
{
	char *whole, part[300];
	size_t size, at;
	ssize_t got;
	int fd, i;

	make_crowd(50);
	fd = open_tree();
	whole = file_read(fd, &size);
	for (i = 0; i < 200; i++) {
		at = (size_t)i * 7919 % (size + 400);
		got = sys(pread(fd, part, sizeof(part), at));
		if (at >= size) {
			check(!got, "%zd bytes at %zu, behind the end", got,
			      at);
			continue;
		}
		check(got > 0 && at + got <= size, "%zd bytes at %zu", got, at);
		check(!memcmp(whole + at, part, got), "other bytes at %zu", at);
		sys(lseek(fd, at, SEEK_SET));
		got = sys(read(fd, part, 3));
		check(got > 0 && !memcmp(whole + at, part, got),
		      "other bytes after a seek to %zu", at);
	}
	check(lseek(fd, -1, SEEK_SET) < 0, "a seek to -1 works");
	check(write(fd, "x", 1) < 0, "it can be written");
	check(open("/proc/ptree", O_RDWR) < 0 || !geteuid(),
	      "it can be opened for writing");
}

/* What is opened earlier shows less, and goes on doing so. */
static void moments(void)
{
	struct tree *trees[3];
	pid_t child[2];
	size_t size;
	char *text;
	int fd[3], i;

	fd[0] = open_tree();
	child[0] = make_idle();
	fd[1] = open_tree();
	child[1] = make_idle();
	quit(child[0]);
	fd[2] = open_tree();
	for (i = 2; i >= 0; i--) {
		text = file_read(fd[i], &size);
		trees[i] = tree_parse(text, size);
	}
	check(!tree_find(trees[0], child[0]), "the first sees a later birth");
	check(!tree_find(trees[0], child[1]), "the first sees a later birth");
	check(tree_find(trees[1], child[0]), "the second has forgotten");
	check(!tree_find(trees[1], child[1]), "the second sees a later birth");
	check(!tree_find(trees[2], child[0]), "the third sees the dead");
	check(tree_find(trees[2], child[1]), "the third misses one");
	check(trees[0]->seq < trees[1]->seq && trees[1]->seq < trees[2]->seq,
	      "seq %llu, %llu, %llu", trees[0]->seq, trees[1]->seq,
	      trees[2]->seq);
}

/* Two who read in turns don't disturb one another. */
static void independent(void)
{
	char *whole[2], part;
	size_t size[2], used = 0;
	int fd[2], i;

	make_crowd(20);
	for (i = 0; i < 2; i++) {
		fd[i] = open_tree();
		whole[i] = file_read(fd[i], &size[i]);
		sys(lseek(fd[i], 0, SEEK_SET));
		make_crowd(5);
	}
	for (used = 0; used < size[1]; used++) {
		for (i = 0; i < 2; i++) {
			if (used >= size[i])
				continue;
			check(read(fd[i], &part, 1) == 1, "reader %d: end", i);
			check(part == whole[i][used],
			      "reader %d gets another byte at %zu", i, used);
		}
	}
}

static void whole(void)
{
	see_all(NULL, PATIENCE_MS);
}

/* An open file goes on being readable in whoever inherits it. */
static void inherited(void)
{
	char *text;
	size_t size;
	int fd = open_tree(), status;
	pid_t pid = make();

	if (!pid) {
		sys(setresuid(1000, 1000, 1000));
		text = file_read(fd, &size);
		tree_free(tree_parse(text, size));
		_exit(0);
	}
	sys(waitpid(pid, &status, 0));
	check(!status, "status %x", status);
	text = file_read(fd, &size);
	check(!size, "it was not at its end");
	free(text);
}

static double ms_of(const struct rusage *usage)
{
	return usage->ru_utime.tv_sec * 1e3 + usage->ru_utime.tv_usec / 1e3 +
	       usage->ru_stime.tv_sec * 1e3 + usage->ru_stime.tv_usec / 1e3;
}

/* Milliseconds of CPU that it takes to run a command so many times. */
static double cpu_of(const char *const argv[], int times)
{
	struct rusage before, after;
	int i, status, null = sys(open("/dev/null", O_WRONLY | O_CLOEXEC));

	sys(getrusage(RUSAGE_CHILDREN, &before));
	for (i = 0; i < times; i++) {
		pid_t pid = make();

		if (!pid) {
			dup2(null, STDOUT_FILENO);
			execvp(argv[0], (char *const *)argv);
			fail("%s: %m", argv[0]);
		}
		sys(waitpid(pid, &status, 0));
		check(!status, "%s: status %x", argv[0], status);
	}
	close(null);
	sys(getrusage(RUSAGE_CHILDREN, &after));
	return (ms_of(&after) - ms_of(&before)) / times;
}

static void many(void)
{
	enum { MANY = 10000 };
	double ours, pstree, ps, nothing;
	int *pids, nr, i;
	struct tree *tree;

	for (i = 0; i < MANY; i++)
		make_idle();
	see_all(NULL, 30000);
	pids = pids_read(NULL, &nr);
	tree = tree_read(NULL);
	check(nr > MANY && tree->nr == nr, "%d in the tree, %d in /proc",
	      tree->nr, nr);
	for (i = 0; i < nr; i++)
		check(tree_find(tree, pids[i]), "%d is not in the tree",
		      pids[i]);

	nothing = cpu_of((const char *const[]){ "cat", "/dev/null", NULL }, 10);
	ours = cpu_of((const char *const[]){ "cat", "/proc/ptree", NULL }, 10);
	pstree = cpu_of((const char *const[]){ "pstree", "-p", NULL }, 3);
	ps = cpu_of((const char *const[]){ "ps", "-e", NULL }, 3);
	note("%d processes; CPU ms of one run:", nr);
	note("cat /proc/ptree %.1f (cat /dev/null %.1f)", ours, nothing);
	note("pstree -p %.1f, %.1f x as much", pstree, pstree / ours);
	note("ps -e %.1f, %.1f x as much", ps, ps / ours);
	check(pstree > ours * 2, "it costs not much less than pstree -p");
}

const struct live_case read_cases[] = {
	{ "read-sizes", read_sizes },
	{ "read-places", read_places },
	{ "read-moments", moments },
	{ "read-independent", independent },
	{ "read-inherited", inherited },
	{ "read-whole", whole },
	{ "many", many, .seconds = 600, .extra = true },
	{},
};
