// SPDX-License-Identifier: GPL-2.0
/* fault.c owns the cases in which the module gets no memory for a birth. */
#include "case.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PARAMETERS "/sys/module/ptree/parameters/"

static void fail_every(int nr)
{
	int fd = sys(open(PARAMETERS "fail_every", O_WRONLY | O_CLOEXEC));

	check(dprintf(fd, "%d", nr) > 0, "fail_every: %m");
	close(fd);
}

static unsigned long long read_counter(const char *name)
{
	FILE *file = fopen(PARAMETERS "counters", "r");
	unsigned long long value;
	char word[64];

	check(file, "counters: %m");
	while (fscanf(file, "%63s %llu", word, &value) == 2) {
		if (!strcmp(word, name)) {
			fclose(file);
			return value;
		}
	}
	fail("no counter is called %s", name);
}

/**
 * struct before - the counters when a case began
 * @lost: births not recorded
 * @rescans: walks over all tasks
 */
struct before {
	unsigned long long lost;
	unsigned long long rescans;
};

static struct before take_counters(void)
{
	return (struct before){ read_counter("lost"), read_counter("rescans") };
}

static void see_counted(const struct before *before)
{
	check(read_counter("lost") > before->lost, "nothing was lost");
	check(read_counter("rescans") > before->rescans,
	      "nothing was rescanned");
	note("%llu births lost, %llu rescans",
	     read_counter("lost") - before->lost,
	     read_counter("rescans") - before->rescans);
}

/* Every twentieth of a burst stays alive. */
static void forks(void)
{
	enum { FORKS = 500, KEPT = 20 };
	struct before before = take_counters();
	pid_t pid[FORKS / KEPT];
	struct tree *tree;
	int i;

	fail_every(3);
	for (i = 0; i < FORKS; i++) {
		pid_t child = make();

		if (!child && i % KEPT)
			_exit(0);
		if (!child)
			idle();
		if (i % KEPT)
			reap(child);
		else
			pid[i / KEPT] = child;
	}
	fail_every(0);
	see_all(NULL, PATIENCE_MS);
	for (i = 0; i < FORKS / KEPT; i++)
		SEE(.pid = pid[i], .ppid = getpid(), .orig = getpid(),
		    .state = 'S');
	see_counted(&before);
	tree = tree_read(NULL);
	check(tree->nr > FORKS / KEPT, "there are %d", tree->nr);
	tree_free(tree);
}

/* Reads while it fails: late, or an error that says so, but never wrong. */
static void forks_and_reads(void)
{
	struct before before = take_counters();
	int fd, i, refused = 0, given = 0;
	pid_t pid[100];

	fail_every(3);
	for (i = 0; i < (int)ARRAY_SIZE(pid); i++) {
		pid[i] = make_idle();
		fd = open("/proc/ptree", O_RDONLY | O_CLOEXEC);
		if (fd < 0) {
			check(errno == EAGAIN || errno == ENOMEM, "open: %m");
			refused++;
			continue;
		}
		size_t size;
		char *text = file_read(fd, &size);
		struct tree *tree = tree_parse(text, size);
		int at;

		for (at = 0; at <= i; at++)
			check(tree_find(tree, pid[at]),
			      "%d is missing, and nobody said so", pid[at]);
		given++;
		tree_free(tree);
		close(fd);
	}
	fail_every(0);
	note("%d reads given, %d refused", given, refused);
	see_all(NULL, PATIENCE_MS);
	see_counted(&before);
}

static void *stay(void *arg)
{
	gate_pass(*(int *)arg);
	return arg;
}

static void threads(void)
{
	struct before before = take_counters();
	int ready = gate_new(), go = gate_new(), i;
	pid_t pid;

	fail_every(3);
	pid = make();
	if (!pid) {
		for (i = 0; i < 400; i++) {
			pthread_attr_t attr;
			pthread_t thread;

			pthread_attr_init(&attr);
			pthread_attr_setstacksize(&attr, 65536);
			errno = pthread_create(&thread, &attr, stay, &go);
			check(!errno, "pthread_create: %m");
			if (i % 2) {
				gate_open(go);
				pthread_detach(thread);
			}
		}
		gate_open(ready);
		idle();
	}
	gate_pass(ready);
	fail_every(0);
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'S');
	see_all(NULL, PATIENCE_MS);
	see_counted(&before);
	quit(pid);
	see_gone(pid);
}

const struct live_case fault_cases[] = {
	{ "fault-forks", forks, .seconds = 400 },
	{ "fault-reads", forks_and_reads },
	{ "fault-threads", threads },
	{},
};
