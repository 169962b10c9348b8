// SPDX-License-Identifier: GPL-2.0
/*
 * zoo.c owns the zoo: keepers who let workers of all kinds loose at random, who
 * looks on, and the moments when all keep still and the tree has to be right.
 *
 *	case
 *	|- keeper ...	some are subreapers
 *	|  `- worker	some are subreapers
 *	|     `- what it makes
 *	|- reader	of /proc/ptree, who audits it as well
 *	|- follower	of a watch
 *	`- others	PTREE_BESIDE, a line of shell, in a cgroup: to have them
 *			keep still it is frozen
 *
 * What a worker makes inherits the end of a pipe. When that hangs up all of it
 * has ended, wherever it went.
 */
#include "cgroup.h"
#include "device.h"
#include "zoo.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KEEPERS 4
#define WORKERS 128
#define REFUSED 77

/* What a worker makes may take that long, on the slowest of kernels. */
#define END_MS 60000

/* Numbers are used again soon. The kernel wants 301 at least. */
#define PID_MAX "/proc/sys/kernel/pid_max"
#define FEW_PIDS "1024"
#define FEW_PIDS_BESIDE "2048"

#define BESIDE "/sys/fs/cgroup/ptree-beside"

static const struct live_case *const tables[] = {
	zoo_birth_cases, zoo_exec_cases,  zoo_exit_cases,
	zoo_group_cases, zoo_pidns_cases, zoo_state_cases,
};

/**
 * struct zoo - what all in it share
 * @still: a futex: all have to keep still
 * @closed: keepers go home
 * @runs: how often each worker has run
 * @refused: how often of these the kernel refused
 * @reads: of /proc/ptree
 * @audits: how many were made
 * @tasks: compared in these
 * @values: compared in these
 * @transient: differences that were gone a moment later
 * @behind: of what only reading tells, not read since
 * @lasting: differences that an audit reported in the storm
 * @ask: a gate: the follower shall compare
 * @answer: a gate: it has
 */
static struct zoo {
	int still;
	int closed;
	unsigned long runs[WORKERS];
	unsigned long refused[WORKERS];
	unsigned long reads;
	unsigned long audits;
	unsigned long long tasks;
	unsigned long long values;
	unsigned long long transient;
	unsigned long long behind;
	unsigned long lasting;
	int ask;
	int answer;
} *zoo;

static const struct worker *workers[WORKERS];
static unsigned int nr_workers;

/* What workers use. */

static unsigned int random_state;

unsigned int below(unsigned int limit)
{
	return rand_r(&random_state) % limit;
}

static void keep_still(void)
{
	while (__atomic_load_n(&zoo->still, __ATOMIC_RELAXED))
		syscall(SYS_futex, &zoo->still, FUTEX_WAIT, 1, NULL);
}

/* For up to so long, and as long as all have to keep still. */
void linger(unsigned int microseconds)
{
	struct timespec rest = {
		.tv_nsec = microseconds ? below(microseconds) * 1000L : 0,
	};

	if (microseconds)
		syscall(SYS_nanosleep, &rest, NULL);
	keep_still();
}

/* This kernel does not do that. */
void refused(void)
{
	_exit(REFUSED);
}

/* As clone3(2), of a process that goes on here with other random numbers. */
pid_t bear(unsigned long long flags)
{
	pid_t pid = make_with(flags);

	random_state = random_state * 69069 + 2 * !pid + 1;
	return pid;
}

/* One that is there until it is killed. */
pid_t bear_idler(void)
{
	pid_t pid = bear(0);

	if (!pid)
		idle();
	return pid;
}

void be_brief(void)
{
	linger(3000);
	_exit(below(256));
}

/* To be killed; sleeps out if nobody does. */
void execute(void)
{
	execl("/bin/sleep", "sleep", "20", NULL);
	fail("/bin/sleep: %m");
}

/*
 * A namespace whose init has died lets nobody in (libc calls it EAGAIN), and who
 * is in there is killed while he tries; and numbers may be short for a moment.
 */
void act(void *(*body)(void *), void *arg)
{
	long end = now_ms() + END_MS / 2;
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 65536);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	while ((errno = pthread_create(&thread, &attr, body, arg)) == EAGAIN &&
	       now_ms() < end)
		usleep(1000);
	check(!errno, "pthread_create: %m");
}

void reap_all(void)
{
	while (waitpid(-1, NULL, __WALL) > 0 || errno == EINTR)
		;
}

void quit_all(const pid_t *pids, int nr)
{
	while (nr--)
		quit(pids[nr]);
}

/* Keepers. */

static noreturn void work(const struct worker *worker)
{
	static const struct rlimit none;

	sys(setrlimit(RLIMIT_CORE, &none));
	if (below(2))
		sys(prctl(PR_SET_CHILD_SUBREAPER, 1));
	rename_self(worker->name);
	worker->run(worker->flags);
	/* Else they become somebody else's. */
	if (below(2))
		reap_all();
	_exit(0);
}

/*
 * Until all of it has ended. Who is reaped late is kept waiting, but not longer:
 * the end of a namespace may depend on it.
 */
static int await_end(const struct worker *worker, pid_t pid, int leash)
{
	struct pollfd end = { .fd = leash, .events = POLLIN };
	long patience = now_ms() + END_MS;
	int status, result = -1;
	pid_t reaped;

	while (poll(&end, 1, 20) <= 0) {
		check(now_ms() < patience,
		      "zoo-%s: something has not ended after %d s",
		      worker->name, END_MS / 1000);
		while ((reaped = waitpid(-1, &status, WNOHANG | __WALL)) > 0)
			if (reaped == pid)
				result = status;
	}
	while ((reaped = waitpid(-1, &status, __WALL)) > 0)
		if (reaped == pid)
			result = status;
	return result;
}

static void let_work(unsigned int i)
{
	const struct worker *worker = workers[i];
	int leash[2], status;
	pid_t pid;

	sys(pipe(leash));
	pid = bear(0);
	if (!pid) {
		close(leash[0]);
		work(worker);
	}
	close(leash[1]);
	status = await_end(worker, pid, leash[0]);
	close(leash[0]);
	check(!status || status == W_EXITCODE(REFUSED, 0),
	      "zoo-%s ended with status %#x", worker->name, status);
	__atomic_add_fetch(&zoo->runs[i], 1, __ATOMIC_RELAXED);
	if (status)
		__atomic_add_fetch(&zoo->refused[i], 1, __ATOMIC_RELAXED);
}

static noreturn void keep(unsigned int seed)
{
	unsigned int i;

	rename_self("keeper");
	random_state = seed;
	if (below(2))
		sys(prctl(PR_SET_CHILD_SUBREAPER, 1));
	/* Each once, so that none is left out; from there on at random. */
	for (i = below(nr_workers); !zoo->closed; i = below(nr_workers)) {
		unsigned int tries = nr_workers;

		while (zoo->runs[i] && tries--)
			i = (i + 1) % nr_workers;
		let_work(i);
		keep_still();
	}
	_exit(0);
}

/* Who looks on. */

static const char *equal(void)
{
	static char why[200];
	struct ptree_finding findings[64];
	struct ptree_audit audit = {
		.buf = (uintptr_t)findings,
		.size = sizeof(findings),
	};
	static int device = -1;

	if (device < 0)
		device = device_open(NULL);
	sys(ioctl(device, PTREE_IOC_AUDIT, &audit));
	zoo->audits++;
	zoo->tasks += audit.tasks;
	zoo->values += audit.values;
	zoo->transient += audit.transient;
	zoo->behind += audit.behind;
	if (!audit.nr)
		return NULL;
	snprintf(why, sizeof(why),
		 "audit: %u findings; task %d (id %llu): kind %u is %llu, should be %llu",
		 audit.nr, findings[0].tid, (unsigned long long)findings[0].id,
		 findings[0].kind, (unsigned long long)findings[0].found,
		 (unsigned long long)findings[0].expected);
	return why;
}

static noreturn void read_on(void)
{
	const char *difference;

	rename_self("reader");
	for (;;) {
		tree_free(tree_read(NULL));
		zoo->reads++;
		difference = equal();
		if (difference && !zoo->lasting++)
			note("in the storm: %s", difference);
		usleep(20000);
		keep_still();
	}
}

static void compare_account(struct account *account)
{
	long end = now_ms() + 5 * PATIENCE_MS;
	const char *difference;

	do {
		account_update(account);
		difference = account_unlike(account, "/proc");
		check(!difference || now_ms() < end, "the watch: %s",
		      difference);
	} while (difference);
}

static noreturn void follow_on(void)
{
	struct pollfd wait[2] = {
		{ .fd = zoo->ask, .events = POLLIN },
		{ .events = POLLIN },
	};
	struct account *account;

	rename_self("follower");
	account = account_new(watch_open(device_open("/proc"),
					 PTREE_WATCH_NONBLOCK, 0));
	wait[1].fd = account->fd;
	for (;;) {
		sys(poll(wait, 2, -1));
		account_update(account);
		if (!wait[0].revents)
			continue;
		gate_pass(zoo->ask);
		compare_account(account);
		gate_open(zoo->answer);
	}
}

/* The audit is first: to read the tree makes up for what no hook told. */
static void see_equal(void)
{
	long end = now_ms() + 5 * PATIENCE_MS;
	const char *difference;

	while ((difference = equal()))
		check(now_ms() < end, "%s", difference);
	see_all(NULL, 5 * PATIENCE_MS);
	gate_open(zoo->ask);
	gate_pass(zoo->answer);
}

/* Others, of whom nothing is known but that they load the machine. */

static pid_t start_others(void)
{
	const char *command = getenv("PTREE_BESIDE");
	pid_t pid;

	if (!command)
		return 0;
	cgroup_make(BESIDE);
	pid = make();
	if (!pid) {
		cgroup_join(BESIDE);
		sys(setsid());
		execl("/bin/sh", "sh", "-c", command, NULL);
		fail("/bin/sh: %m");
	}
	return pid;
}

static void end_others(pid_t pid)
{
	int status;

	if (!pid)
		return;
	check(!waitpid(pid, &status, WNOHANG),
	      "what runs beside has ended with status %#x", status);
	cgroup_kill(BESIDE);
	sys(waitpid(pid, NULL, 0));
}

static void settle(pid_t others)
{
	zoo->still = 1;
	if (others)
		cgroup_freeze(BESIDE, true);
	usleep(100000);
	see_equal();
	if (others)
		cgroup_freeze(BESIDE, false);
	zoo->still = 0;
	syscall(SYS_futex, &zoo->still, FUTEX_WAKE, INT_MAX);
}

/* The whole. */

static unsigned long long count_births(void)
{
	FILE *file = fopen("/proc/stat", "r");
	unsigned long long births = 0;
	char text[4096];

	while (file && fgets(text, sizeof(text), file))
		if (sscanf(text, "processes %llu", &births) == 1)
			break;
	check(births, "no births in /proc/stat");
	fclose(file);
	return births;
}

/* Of the tree, without those of the kernel. */
static int count_programs(void)
{
	struct tree *tree = tree_read(NULL);
	int i, nr = 0;

	for (i = 0; i < tree->nr; i++)
		nr += tree->lines[i].pid != 2 && tree->lines[i].ppid != 2;
	tree_free(tree);
	return nr;
}

static void see_programs(int before)
{
	long end = now_ms() + 5 * PATIENCE_MS;

	while (count_programs() != before) {
		check(now_ms() < end, "%d programs before, %d after", before,
		      count_programs());
		nap();
	}
}

/**
 * struct text - words that are told in lines of a bearable length
 * @words: so far
 * @used: their length
 * @before: what every line begins with
 */
struct text {
	char words[160];
	size_t used;
	const char *before;
};

static void tell_line(struct text *text)
{
	if (text->used)
		note("%s%s", text->before, text->words);
	text->used = 0;
}

static void add_word(struct text *text, const char *name, unsigned long nr)
{
	text->used += sprintf(text->words + text->used,
			      nr ? " %.30s %lu" : " %.30s", name, nr);
	if (text->used > 80)
		tell_line(text);
}

static void tell_counts(void)
{
	struct text done = { .before = "done:" };
	struct text skipped = { .before = "skipped, this kernel refuses:" };
	struct text left = { .before = "not come to:" };
	unsigned int i;

	for (i = 0; i < nr_workers; i++) {
		unsigned long nr = zoo->runs[i] - zoo->refused[i];

		if (nr)
			add_word(&done, workers[i]->name, nr);
		else if (zoo->refused[i])
			add_word(&skipped, workers[i]->name, 0);
		else
			add_word(&left, workers[i]->name, 0);
	}
	tell_line(&done);
	tell_line(&skipped);
	tell_line(&left);
}

static void open_for(long ms)
{
	unsigned int seed = now_ms() ^ getpid();
	unsigned long long births;
	long end = now_ms() + ms;
	pid_t others, onlooker[2], keeper[KEEPERS];
	int i, settled = 0, programs, status;

	own_root();
	zoo = share(sizeof(*zoo));
	zoo->ask = gate_new();
	zoo->answer = gate_new();
	if (getenv("PTREE_SEED"))
		seed = strtoul(getenv("PTREE_SEED"), NULL, 0);
	note("seed %u", seed);
	programs = count_programs();
	births = count_births();
	for (i = 0; i < 2; i++) {
		onlooker[i] = make();
		if (!onlooker[i])
			i ? follow_on() : read_on();
	}
	for (i = 0; i < KEEPERS; i++) {
		keeper[i] = make();
		if (!keeper[i])
			keep(seed + i * 1000);
	}
	others = start_others();
	while (now_ms() < end) {
		usleep((ms < 4000 ? ms / 2 : 2000) * 1000);
		settle(others);
		settled++;
	}
	end_others(others);
	zoo->closed = 1;
	for (i = 0; i < KEEPERS; i++) {
		sys(waitpid(keeper[i], &status, 0));
		check(!status, "a keeper ended with status %#x", status);
	}
	see_equal();
	quit_all(onlooker, 2);
	see_programs(programs);
	see_all(NULL, 5 * PATIENCE_MS);
	note("%llu births, %d settles, %lu reads", count_births() - births,
	     settled, zoo->reads);
	note("%lu audits: %llu tasks, %llu values", zoo->audits, zoo->tasks,
	     zoo->values);
	note("found: %llu transient, %llu behind, %lu lasted in the storm",
	     zoo->transient, zoo->behind, zoo->lasting);
}

static void run_zoo(void)
{
	long seconds = live_options.extended ? 1800 : 20;
	const struct live_case *c;
	char usual[32];
	unsigned int i;

	if (getenv("PTREE_SECONDS"))
		seconds = strtol(getenv("PTREE_SECONDS"), NULL, 0);
	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (c = tables[i]; c->name; c++)
			workers[nr_workers++] = c->arg;
	check(nr_workers <= WORKERS, "more than %d workers", WORKERS);
	check(file_slurp(PID_MAX, usual, sizeof(usual)), "%s: %m", PID_MAX);
	file_write(PID_MAX, getenv("PTREE_BESIDE") ? FEW_PIDS_BESIDE : FEW_PIDS);
	open_for(seconds * 1000);
	file_write(PID_MAX, usual);
	tell_counts();
}

/* One worker, a second long. */
void zoo_alone(void)
{
	workers[0] = live_now->arg;
	nr_workers = 1;
	open_for(1000);
	tell_counts();
	if (zoo->refused[0] == zoo->runs[0])
		skip("this kernel does not do it");
}

const struct live_case zoo_cases[] = {
	{ "zoo", run_zoo, .seconds = 7200, .orphan = true },
	{},
};
