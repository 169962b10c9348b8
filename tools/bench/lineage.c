// SPDX-License-Identifier: GPL-2.0
/*
 * lineage.c owns a lineage in which each bears the next and exits, and the next
 * goes on only when it knows its mother dead: tools/tests/egg.c tells more. At
 * every moment one or two of them live. Whoever finds none has missed one.
 */
#include <err.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lineage.h"

static void name_self(unsigned long generation)
{
	char name[16];

	snprintf(name, sizeof(name), LINEAGE "%lu", generation);
	prctl(PR_SET_NAME, name);
}

static void tell(int fd)
{
	if (write(fd, "", 1) != 1)
		_exit(1);
}

static void wait_for(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1)
		_exit(1);
}

static void lay(int named, int leash)
{
	struct pollfd end = { .fd = leash };
	unsigned long generation = 0;

	for (;;) {
		int mother = syscall(SYS_pidfd_open, getpid(), 0);
		struct pollfd dead = { .fd = mother, .events = POLLIN };

		if (mother < 0 || fork())
			_exit(0);
		name_self(++generation);
		tell(named);
		while (poll(&dead, 1, -1) != 1)
			;
		close(mother);
		if (poll(&end, 1, 0))
			_exit(0);
	}
}

/* Reaps each as soon as its successor has a name of its own, not before. */
static void farm(int named[2], int ready, int leash)
{
	siginfo_t info;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (!fork()) {
		name_self(0);
		tell(ready);
		lay(named[1], leash);
	}
	close(named[1]);
	while (!waitid(P_ALL, 0, &info, WEXITED | WNOWAIT)) {
		wait_for(named[0]);
		waitpid(info.si_pid, NULL, 0);
	}
	_exit(0);
}

/**
 * lineage_start - let one begin
 *
 * Return: for lineage_end().
 */
int lineage_start(void)
{
	int named[2], ready[2], leash[2];
	pid_t pid;

	if (pipe(named) || pipe(ready) || pipe(leash))
		err(1, "pipe");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		close(leash[1]);
		farm(named, ready[1], leash[0]);
	}
	close(leash[0]);
	close(named[0]);
	close(named[1]);
	close(ready[1]);
	wait_for(ready[0]);
	close(ready[0]);
	return leash[1];
}

/**
 * lineage_end - let it die out
 * @leash: of lineage_start()
 */
void lineage_end(int leash)
{
	close(leash);
	while (wait(NULL) > 0)
		;
}
