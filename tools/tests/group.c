// SPDX-License-Identifier: GPL-2.0
/* group.c owns the cases of process groups, sessions and their terminals. */
#include "case.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static const struct line *look(struct tree **tree, pid_t pid)
{
	const struct line *line;

	*tree = tree_read(NULL);
	line = tree_find(*tree, pid);
	check(line, "%d is not in the tree", pid);
	return line;
}

static void expect_groups(pid_t pid, pid_t pgid, pid_t sid)
{
	const struct line *line;
	struct tree *tree;

	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'S');
	line = look(&tree, pid);
	check(line->pgid == pgid && line->sid == sid,
	      "%d: PGID is %d, SID is %d, should be %d and %d", pid, line->pgid,
	      line->sid, pgid, sid);
	tree_free(tree);
}

static void new_session(void)
{
	int go = gate_new(), ready = gate_new();
	pid_t pid = make();

	if (!pid) {
		gate_pass(go);
		sys(setsid());
		gate_open(ready);
		idle();
	}
	expect_groups(pid, getpgrp(), getsid(0));
	gate_open(go);
	gate_pass(ready);
	expect_groups(pid, pid, pid);
}

static void group_by_parent(void)
{
	pid_t leader = make_idle(), member = make_idle(), other = make_idle();

	sys(setpgid(leader, leader));
	expect_groups(leader, leader, getsid(0));
	sys(setpgid(member, leader));
	expect_groups(member, leader, getsid(0));
	sys(setpgid(other, 0));
	expect_groups(other, other, getsid(0));
	/* And back to where they came from. */
	sys(setpgid(member, other));
	expect_groups(member, other, getsid(0));
	sys(setpgid(member, getpgrp()));
	expect_groups(member, getpgrp(), getsid(0));
}

/* The group keeps its number when the one it was named after is gone. */
static void dead_leader(void)
{
	pid_t leader = make_idle(), member = make_idle(), born;
	pid_t *child = share(sizeof(*child));
	int ready = gate_new();

	sys(setpgid(leader, leader));
	sys(setpgid(member, leader));
	quit(leader);
	see_gone(leader);
	expect_groups(member, leader, getsid(0));
	/* One may still join it, and be born into it. */
	born = make();
	if (!born) {
		sys(setpgid(0, leader));
		*child = make_idle();
		gate_open(ready);
		idle();
	}
	gate_pass(ready);
	expect_groups(born, leader, getsid(0));
	SEE(.pid = *child, .ppid = born, .orig = born, .state = 'S');
}

/* A session whose leader is gone. */
static void dead_session_leader(void)
{
	pid_t *child = share(sizeof(*child)), leader;
	const struct line *line;
	int ready = gate_new();
	struct tree *tree;

	leader = make();
	if (!leader) {
		sys(setsid());
		*child = make_idle();
		gate_open(ready);
		idle();
	}
	gate_pass(ready);
	quit(leader);
	SEE(.pid = *child, .ppid = getppid(), .orig = leader, .orig_dead = true,
	    .state = 'S');
	line = look(&tree, *child);
	check(line->sid == leader && line->pgid == leader,
	      "SID is %d, PGID is %d, should be %d", line->sid, line->pgid,
	      leader);
	tree_free(tree);
}

/**
 * struct session - a session on a pseudo terminal
 * @master: the end that can hang up
 * @leader: its leader, our child
 * @job: a child of that, in a process group of its own
 * @ready: opened after every step
 * @go: opened for every step of the leader
 * @name: of the terminal, its path
 */
struct session {
	int master;
	pid_t leader;
	pid_t *job;
	int ready;
	int go;
	char name[64];
};

static void lead(struct session *session)
{
	int slave;

	signal(SIGHUP, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	sys(setsid());
	slave = sys(open(session->name, O_RDWR | O_NOCTTY));
	close(session->master);
	sys(ioctl(slave, TIOCSCTTY, 0));
	if (!make()) {
		*session->job = getpid();
		sys(setpgid(0, 0));
		gate_open(session->ready);
		idle();
	}
	gate_pass(session->go);
	sys(tcsetpgrp(slave, *session->job));
	gate_open(session->ready);
	gate_pass(session->go);
	sys(tcsetpgrp(slave, getpgrp()));
	gate_open(session->ready);
	idle();
}

static void start_session(struct session *session)
{
	session->master = sys(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
	sys(grantpt(session->master));
	sys(unlockpt(session->master));
	check(!ptsname_r(session->master, session->name, sizeof(session->name)),
	      "ptsname: %m");
	session->job = share(sizeof(*session->job));
	session->ready = gate_new();
	session->go = gate_new();
	session->leader = make();
	if (!session->leader)
		lead(session);
	gate_pass(session->ready);
}

static void expect_tty(const struct session *session, const char *tty,
		       const char *leader, const char *job)
{
	struct tree *tree;
	const struct line *line;

	SEE(.pid = session->leader, .ppid = getpid(), .orig = getpid(),
	    .state = 'S');
	SEE(.pid = *session->job, .ppid = session->leader,
	    .orig = session->leader, .state = 'S');
	line = look(&tree, session->leader);
	check(!strcmp(line->tty, tty) && !strcmp(line->stat, leader),
	      "the leader is %s on %s, should be %s on %s", line->stat,
	      line->tty, leader, tty);
	line = tree_find(tree, *session->job);
	check(!strcmp(line->tty, tty) && !strcmp(line->stat, job),
	      "the job is %s on %s, should be %s on %s", line->stat, line->tty,
	      job, tty);
	tree_free(tree);
}

static void terminal(void)
{
	struct session session;

	start_session(&session);
	expect_tty(&session, session.name + strlen("/dev/"), "Ss+", "S");
	gate_open(session.go);
	gate_pass(session.ready);
	expect_tty(&session, session.name + strlen("/dev/"), "Ss", "S+");
	gate_open(session.go);
	gate_pass(session.ready);
	expect_tty(&session, session.name + strlen("/dev/"), "Ss+", "S");
	close(session.master);
	expect_tty(&session, "?", "Ss", "S");
}

/* The leader's exit takes the terminal from all. */
static void terminal_leader_exits(void)
{
	struct session session;
	struct tree *tree;

	start_session(&session);
	SEE(.pid = *session.job, .ppid = session.leader, .orig = session.leader,
	    .state = 'S');
	quit(session.leader);
	SEE(.pid = *session.job, .ppid = getppid(), .orig = session.leader,
	    .orig_dead = true, .state = 'S');
	check(!strcmp(look(&tree, *session.job)->tty, "?"),
	      "the job still has a terminal");
	tree_free(tree);
}

const struct live_case group_cases[] = {
	{ "setsid", new_session },
	{ "setpgid", group_by_parent },
	{ "group-leader-dead", dead_leader },
	{ "session-leader-dead", dead_session_leader },
	{ "terminal", terminal },
	{ "terminal-leader-exits", terminal_leader_exits },
	{},
};
