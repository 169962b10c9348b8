// SPDX-License-Identifier: GPL-2.0
/* watch.c owns the cases of watches: the tree, then what changes, and nothing lost unsaid. */
#include "case.h"
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static struct account *begin(unsigned int flags, unsigned long long since)
{
	int fd = device_open("/proc");
	struct account *account = account_new(watch_open(fd, flags, since));

	close(fd);
	return account;
}

static bool readable(const struct account *account, int patience_ms)
{
	struct pollfd wait = { .fd = account->fd, .events = POLLIN };

	return sys(poll(&wait, 1, patience_ms));
}

/* Until the account is what /proc says. */
static void settle(struct account *account)
{
	long end = now_ms() + PATIENCE_MS;
	const char *difference;

	while ((difference = account_unlike(account, NULL))) {
		check(now_ms() < end, "%s", difference);
		readable(account, 20);
		account_update(account);
	}
}

static void watch_all(void)
{
	struct account *account = begin(PTREE_WATCH_NONBLOCK, 0);

	account_sync(account);
	settle(account);
	check(account->syncs && !account->losts, "%u syncs, %u losts",
	      account->syncs, account->losts);
}

/* Wait until the watch has told that a task is as wished. */
static const struct ptree_task *await(struct account *account, pid_t pid,
				      bool (*wish)(const struct ptree_task *task,
						   long value),
				      long value, const char *what)
{
	long end = now_ms() + PATIENCE_MS;

	while (!wish(account_find(account, pid), value)) {
		check(now_ms() < end, "it is not told that %d %s", pid, what);
		/* Some of it is noticed only by reading. */
		readable(account, 20);
		account_update(account);
	}
	return account_find(account, pid);
}

static bool has_parent(const struct ptree_task *task, long value)
{
	return task && task->ppid == value;
}

static bool leads_session(const struct ptree_task *task, long value)
{
	return task && task->sid == task->tid;
}

static bool has_group(const struct ptree_task *task, long value)
{
	return task && task->pgid == value;
}

static bool has_user(const struct ptree_task *task, long value)
{
	return task && task->euid == value;
}

static bool is_named(const struct ptree_task *task, long value)
{
	return task && !strcmp(task->comm, (const char *)value);
}

static bool is_zombie(const struct ptree_task *task, long value)
{
	return task && task->state == PTREE_STATE_ZOMBIE;
}

static bool is_gone(const struct ptree_task *task, long value)
{
	return !task;
}

static bool is_there(const struct ptree_task *task, long value)
{
	return task;
}

static void watch_changes(void)
{
	struct account *account = begin(PTREE_WATCH_NONBLOCK, 0);
	int step = gate_new(), done = gate_new();
	pid_t pid, mother = 0;

	sys(prctl(PR_SET_CHILD_SUBREAPER, 1));
	account_sync(account);
	mother = make();
	if (!mother) {
		pid = make();
		if (!pid) {
			gate_pass(step);
			sys(setpgid(0, 0));
			gate_pass(step);
			rename_self("another");
			gate_pass(step);
			sys(setresuid(1000, 1000, 1000));
			gate_pass(step);
			_exit(3);
		}
		gate_pass(done);
		_exit(0);
	}
	await(account, mother, is_there, 0, "was born");
	pid = child_of(mother);
	await(account, pid, has_parent, mother, "was born");
	gate_open(step);
	await(account, pid, has_group, pid, "has a group of its own");
	gate_open(done);
	await(account, mother, is_zombie, 0, "is a zombie");
	await(account, pid, has_parent, getpid(), "was reparented");
	reap(mother);
	await(account, mother, is_gone, 0, "was reaped");
	gate_open(step);
	await(account, pid, is_named, (long)"another", "has another name");
	gate_open(step);
	await(account, pid, has_user, 1000, "is somebody else's");
	gate_open(step);
	check(await(account, pid, is_zombie, 0, "is a zombie")->exit_code ==
		      3 << 8,
	      "its exit code is %u", account_find(account, pid)->exit_code);
	reap(pid);
	await(account, pid, is_gone, 0, "was reaped");
}

static void watch_session(void)
{
	struct account *account = begin(PTREE_WATCH_NONBLOCK, 0);
	pid_t pid = make();

	if (!pid) {
		sys(setsid());
		idle();
	}
	account_sync(account);
	await(account, pid, leads_session, 0, "leads a session");
}

static void watch_wait(void)
{
	struct account *account = begin(0, 0);
	int go = gate_new();
	char byte[8];
	pid_t pid;

	check(!(fcntl(account->fd, F_GETFL) & O_NONBLOCK), "it does not wait");
	check(fcntl(account->fd, F_GETFD) & FD_CLOEXEC, "exec keeps it");
	check(readable(account, 0), "there is nothing to begin with");
	check(read(account->fd, byte, sizeof(byte)) < 0 && errno == EINVAL,
	      "a record fits in 8 bytes");
	account_sync(account);
	pid = make();
	if (!pid) {
		gate_pass(go);
		make_idle();
		idle();
	}
	sys(fcntl(account->fd, F_SETFL, O_NONBLOCK));
	await(account, pid, is_there, 0, "was born");
	check(!readable(account, 0), "readable, and nothing to read");
	gate_open(go);
	check(readable(account, PATIENCE_MS), "poll does not wake");
	await(account, child_of(pid), is_there, 0, "was born");

	/* Asleep in read until somebody is born. */
	sys(fcntl(account->fd, F_SETFL, 0));
	pid = make();
	if (!pid) {
		await_state(getppid(), "S");
		make_idle();
		idle();
	}
	while (!account_find(account, pid) || !child_of(pid) ||
	       !account_find(account, child_of(pid)))
		account_sync(account);
}

/* As little room as there may be: one record a read. */
static void watch_small_reads(void)
{
	struct account *account = begin(PTREE_WATCH_THREADS |
						PTREE_WATCH_NONBLOCK, 0);

	while (!account->syncs)
		account_read(account, sizeof(struct ptree_task) + 8);
	settle(account);
}

static void watch_since(void)
{
	struct account *account = begin(PTREE_WATCH_NONBLOCK, 0), *later;
	struct ptree_watch bad = { .flags = PTREE_WATCH_SINCE };
	int fd = device_open("/proc");
	unsigned int nr;
	pid_t pid;

	account_sync(account);
	settle(account);
	pid = make_idle();
	later = begin(PTREE_WATCH_SINCE, account->seq);
	account_sync(later);
	check(account_find(later, pid), "it lacks what changed since");
	nr = account->nr;
	check(later->nr < nr / 2, "%u of %u records again", later->nr, nr);
	/* From the very first change on it is all, the dead too. */
	later = begin(PTREE_WATCH_SINCE, 0);
	account_sync(later);
	check(later->losts || !account_unlike(later, NULL), "%s",
	      account_unlike(later, NULL));
	bad.since = ~0ULL;
	device_refuses(fd, PTREE_IOC_WATCH, &bad, EINVAL);
	bad.flags = 0;
	bad.since = 1;
	device_refuses(fd, PTREE_IOC_WATCH, &bad, EINVAL);
	bad.flags = 1 << 4;
	bad.since = 0;
	device_refuses(fd, PTREE_IOC_WATCH, &bad, EINVAL);
	bad.flags = 0;
	bad.pad = 1;
	device_refuses(fd, PTREE_IOC_WATCH, &bad, EINVAL);
}

/*
 * Reads all there is, and counts the children of this process that are told of as
 * dead. What was lost, if anything, is in @lost; no other change may be older.
 */
static int count_dead(const struct account *account, struct ptree_lost *lost)
{
	struct ptree_task *buffer = share(65536), *task;
	const struct ptree_head *head;
	ssize_t size, at;
	int dead = 0;

	memset(lost, 0, sizeof(*lost));
	while ((size = read(account->fd, buffer, 65536)) > 0) {
		for (at = 0; at < size; at += head->size) {
			head = (void *)((char *)buffer + at);
			task = (void *)head;
			if (head->type == PTREE_TYPE_LOST)
				*lost = *(struct ptree_lost *)head;
			if (head->type != PTREE_TYPE_TASK ||
			    task->state != PTREE_STATE_DEAD)
				continue;
			check(task->seq > lost->last,
			      "a death of %llu is told, and lost up to %llu",
			      (unsigned long long)task->seq,
			      (unsigned long long)lost->last);
			dead += task->birth_pid == getpid();
		}
	}
	return dead;
}

static int option_number(const char *name)
{
	char path[96], text[32];

	snprintf(path, sizeof(path), "/sys/module/ptree/parameters/%s", name);
	check(file_slurp(path, text, sizeof(text)), "%s: %m", path);
	return atoi(text);
}

static void live_shortly(int times)
{
	while (times--) {
		pid_t pid = vfork();

		if (!pid)
			_exit(0);
		sys(pid);
		reap(pid);
	}
}

/* What was born and has died between two reads is told of all the same. */
static void watch_short_lives(void)
{
	struct account *account = begin(PTREE_WATCH_NONBLOCK, 0);
	struct ptree_lost lost;
	int dead;

	account_sync(account);
	live_shortly(100);
	dead = count_dead(account, &lost);
	check(dead == 100 && !lost.last, "%d of 100 dead were told of", dead);
}

/* Who stays away for too long is told so, and of all that is still known. */
static void watch_overrun(void)
{
	int history = option_number("history"), lives = history + 500, dead;
	struct account *account;
	struct ptree_lost lost;

	if (history > 10000)
		skip("history=%d is too long", history);
	account = begin(PTREE_WATCH_NONBLOCK, 0);
	account_sync(account);
	live_shortly(lives);
	dead = count_dead(account, &lost);
	check(lost.first && lost.first <= lost.last, "nothing was lost");
	/* Others die as well. */
	check(dead > history - 300 && dead < lives,
	      "%d of %d dead were told of, and %d are remembered", dead, lives,
	      history);
}

/* Several readers of one watch, and of several, while it storms. */
static void watch_many(void)
{
	struct account *first = begin(0, 0);
	long end = now_ms() + 3000;
	pid_t pid[4];
	int i;

	for (i = 0; i < 4; i++) {
		pid[i] = make();
		if (pid[i])
			continue;
		if (i < 2)
			first = begin(i ? PTREE_WATCH_THREADS : 0, 0);
		while (now_ms() < end)
			if (readable(first, 50))
				read(first->fd, share(4096), 4096);
		_exit(0);
	}
	while (now_ms() < end)
		quit(make_idle());
	for (i = 0; i < 4; i++)
		reap(pid[i]);
	first = begin(PTREE_WATCH_NONBLOCK, 0);
	account_sync(first);
	settle(first);
}

const struct live_case watch_cases[] = {
	{ "watch-all", watch_all },
	{ "watch-changes", watch_changes },
	{ "watch-session", watch_session },
	{ "watch-wait", watch_wait },
	{ "watch-small-reads", watch_small_reads },
	{ "watch-since", watch_since },
	{ "watch-short-lives", watch_short_lives },
	{ "watch-overrun", watch_overrun, .seconds = 120 },
	{ "watch-many", watch_many, .seconds = 120 },
	{},
};
