// SPDX-License-Identifier: GPL-2.0
/* zoo_group.c owns the workers of sessions, process groups and terminals. */
#include "zoo.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void sessions(unsigned long long flags)
{
	int i;

	for (i = 0; i < 3; i++) {
		if (bear(0))
			continue;
		sys(setsid());
		if (!bear(0)) {
			setpgid(0, 0);
			if (!bear(0))
				sys(setsid());
			be_brief();
		}
		be_brief();
	}
	linger(3000);
}

/* As a shell does: parent and child both say it, whoever is first. */
static void pipeline(unsigned long long flags)
{
	pid_t group = 0, pid, pids[4];
	int i;

	for (i = 0; i < 4; i++) {
		pid = bear(0);
		if (!pid) {
			sys(setpgid(0, group));
			idle();
		}
		pids[i] = pid;
		group = group ?: pid;
		sys(setpgid(pid, group));
		linger(500);
	}
	/* From group to group, while its leader may be dead. */
	kill(pids[0], SIGKILL);
	sys(setpgid(pids[1], pids[1]));
	sys(setpgid(pids[2], pids[1]));
	linger(3000);
	sys(setpgid(pids[3], getpgid(0)));
	linger(3000);
	quit_all(pids, 4);
}

/* Not any more, after it executed. */
static void move_executed(unsigned long long flags)
{
	long end = now_ms() + 5 * PATIENCE_MS;
	pid_t pid = bear(0);
	bool apart = false;

	if (!pid)
		execute();
	while (!setpgid(pid, apart ? pid : getpgid(0))) {
		check(now_ms() < end, "it does not execute");
		apart = !apart;
		linger(500);
	}
	check(errno == EACCES, "setpgid: %m");
	linger(3000);
	quit(pid);
}

/* A group with a stopped member becomes an orphan: SIGHUP, then SIGCONT. */
static void orphaned_group(unsigned long long flags)
{
	pid_t shell = bear(0), job[2];
	int i, status;

	if (shell) {
		sys(waitpid(shell, &status, 0));
		linger(3000);
		return;
	}
	sys(setsid());
	if (bear(0)) {
		/* The session's leader lives on, or not. */
		linger(3000);
		_exit(0);
	}
	for (i = 0; i < 2; i++) {
		job[i] = bear(0);
		if (!job[i]) {
			setpgid(0, i ? job[0] : 0);
			raise(SIGSTOP);
			be_brief();
		}
		setpgid(job[i], job[0]);
	}
	for (i = 0; i < 2; i++)
		sys(waitpid(job[i], NULL, WUNTRACED));
	linger(3000);
	_exit(0);
}

static void stop_and_go(unsigned long long flags)
{
	pid_t pid = bear(0);
	int i;

	if (!pid)
		idle();
	for (i = 0; i < 4; i++) {
		sys(kill(pid, SIGSTOP));
		linger(2000);
		sys(kill(pid, i == 3 ? SIGKILL : SIGCONT));
	}
	reap(pid);
}

static int open_slave(int master)
{
	int unlock = 0, nr;
	char path[32];

	sys(ioctl(master, TIOCSPTLCK, &unlock));
	sys(ioctl(master, TIOCGPTN, &nr));
	snprintf(path, sizeof(path), "/dev/pts/%d", nr);
	return sys(open(path, O_RDWR | O_NOCTTY | O_CLOEXEC));
}

/* Groups of a session, of which one after the other has the terminal. */
static noreturn void use_terminal(int slave, bool leave)
{
	pid_t pid[3];
	int i;

	signal(SIGTTOU, SIG_IGN);
	signal(SIGHUP, below(2) ? SIG_IGN : SIG_DFL);
	sys(setsid());
	/* By then it may have hung up, or later. */
	check(!ioctl(slave, TIOCSCTTY, 0) || errno == EIO, "TIOCSCTTY: %m");
	for (i = 0; i < 3; i++) {
		pid[i] = bear(0);
		if (!pid[i]) {
			setpgid(0, 0);
			linger(20000);
			if (below(2) && !bear(0))
				sys(setsid());
			be_brief();
		}
		setpgid(pid[i], pid[i]);
		tcsetpgrp(slave, pid[i]);
		linger(2000);
	}
	if (leave)
		ioctl(slave, TIOCNOTTY);
	linger(5000);
	_exit(0);
}

enum { HANG_UP, LEADER_DIES, LEAVE };

static void terminal(unsigned long long end)
{
	int master = sys(open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC));
	int slave = open_slave(master);
	pid_t pid = bear(0);

	if (!pid) {
		close(master);
		use_terminal(slave, end == LEAVE);
	}
	close(slave);
	linger(8000);
	if (end == LEADER_DIES)
		kill(pid, SIGKILL);
	if (end == HANG_UP)
		close(master);
	reap(pid);
}

const struct live_case zoo_group_cases[] = {
	WORKER("sessions", sessions),
	WORKER("pipeline", pipeline),
	WORKER("move-executed", move_executed),
	WORKER("orphaned-group", orphaned_group),
	WORKER("stop-and-go", stop_and_go),
	WORKER("tty-hang-up", terminal, HANG_UP),
	WORKER("tty-leader-dies", terminal, LEADER_DIES),
	WORKER("tty-leave", terminal, LEAVE),
	{},
};
