// SPDX-License-Identifier: GPL-2.0
/*
 * cache.c owns the case of a program that keeps the tree by libptree: through a
 * storm, stalled, killed and begun anew, what it holds at a SYNC is the kernel's
 * tree. So says the audit of the module's, to which it is compared each time;
 * and now and then /proc. For both to speak of the same moment the storm lives in
 * a cgroup that can be frozen.
 */
#include "case.h"
#include "cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <libptree.h>
#include <linux/sched.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CGROUP "/sys/fs/cgroup/ptree-cache"
#define STORMS 3

/* The storm. */

static void *linger(void *microseconds)
{
	prctl(PR_SET_NAME, "lingerer");
	usleep((uintptr_t)microseconds);
	return NULL;
}

/* An exec by one who is not the leader. */
static void *execute(void *unused)
{
	execl("/bin/true", "true", NULL);
	return NULL;
}

static void be_anything(unsigned int *seed)
{
	pthread_t thread;
	char name[16];
	int i;

	switch (rand_r(seed) % 9) {
	case 0:
		setsid();
		break;
	case 1:
		setpgid(0, 0);
		break;
	case 2:
		snprintf(name, sizeof(name), "storm %u", rand_r(seed) % 100);
		prctl(PR_SET_NAME, name);
		break;
	case 3:
		if (setresgid(1000, 2000, 0) || setresuid(1000, 2000, 0))
			_exit(1);
		break;
	case 4:
		for (i = rand_r(seed) % 3; i >= 0; i--)
			pthread_create(&thread, NULL, linger,
				       (void *)(uintptr_t)(rand_r(seed) %
							   20000));
		break;
	case 5:
		/* Reaps what its children leave, unless it dies before them. */
		prctl(PR_SET_CHILD_SUBREAPER, 1);
		if (!fork() && !fork())
			usleep(rand_r(seed) % 20000);
		break;
	case 6:
		if (!fork())
			usleep(rand_r(seed) % 30000);
		break;
	case 7:
		pthread_create(&thread, NULL, execute, NULL);
		usleep(20000);
		break;
	case 8:
		execl("/bin/true", "true", NULL);
	}
	usleep(rand_r(seed) % 10000);
	_exit(rand_r(seed) % 256);
}

static noreturn void storm(unsigned int seed)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	int living = 0;
	pid_t pid;

	cgroup_join(CGROUP);
	for (;;) {
		args.flags = rand_r(&seed) % 16 ? 0 : CLONE_NEWPID;
		if (living < 8) {
			pid = syscall(SYS_clone3, &args, sizeof(args));
			if (!pid)
				be_anything(&seed);
			living += pid > 0;
			seed++;
		}
		while (waitpid(-1, NULL, living < 8 ? WNOHANG : 0) > 0)
			living--;
	}
}

/* The truth. */

/**
 * struct fact - what /proc says of a task
 * @tid: of the task
 * @pid: of its process
 * @ppid: parent, as are @pgid, @sid, @tty and @threads of its process
 * @pgid: see @ppid
 * @sid: see @ppid
 * @tty: see @ppid
 * @threads: see @ppid
 * @uid: real, and so on
 * @euid: effective
 * @gid: real
 * @egid: effective
 * @start: in ticks since boot
 * @inner: its innermost number
 * @levels: how many numbers it has
 * @zombie: it has exited
 * @comm: its name
 */
struct fact {
	int tid, pid, ppid, pgid, sid, tty, threads;
	unsigned int uid, euid, gid, egid;
	unsigned long long start;
	int inner, levels;
	bool zombie;
	char comm[PTREE_COMM_SIZE];
};

static bool slurp(int pid, int tid, const char *file, char *text, size_t size)
{
	char path[96];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", pid, tid, file);
	return file_slurp(path, text, size);
}

static void parse_numbers(const char *text, struct fact *fact)
{
	const char *at = strstr(text, "\nNSpid:");
	int used = 0;

	check(at, "no NSpid");
	for (at += strlen("\nNSpid:"); *at != '\n'; at += used) {
		check(sscanf(at, "%d%n", &fact->inner, &used) == 1, "NSpid");
		fact->levels++;
	}
}

#define SKIP_4 " %*s %*s %*s %*s"

static bool fact_read(int pid, int tid, struct fact *fact)
{
	char text[4096], state, *at;

	memset(fact, 0, sizeof(*fact));
	fact->pid = pid;
	fact->tid = tid;
	if (!slurp(pid, tid, "stat", text, sizeof(text)))
		return false;
	at = strrchr(text, ')');
	check(at && sscanf(at, ") %c %d %d %d %d" SKIP_4 SKIP_4 SKIP_4
			   " %d %*s %llu", &state, &fact->ppid, &fact->pgid, &fact->sid,
			   &fact->tty, &fact->threads, &fact->start) == 7,
	      "/proc/%d/stat: %s", tid, text);
	fact->zombie = state == 'Z' || state == 'X';
	*at = '\0';
	at = strchr(text, '(') + 1;
	memccpy(fact->comm, at, '\0', sizeof(fact->comm) - 1);
	if (!slurp(pid, tid, "status", text, sizeof(text)))
		return false;
	at = strstr(text, "\nUid:");
	check(at && sscanf(at, "\nUid: %u %u", &fact->uid, &fact->euid) == 2,
	      "Uid");
	at = strstr(text, "\nGid:");
	check(at && sscanf(at, "\nGid: %u %u", &fact->gid, &fact->egid) == 2,
	      "Gid");
	parse_numbers(text, fact);
	return true;
}

/* Returns what differs, NULL for nothing. */
static const char *unlike(const struct ptree_tree *tree,
			  const struct ptree_task *task,
			  const struct fact *fact)
{
	const struct ptree_task *process = ptree_tree_process(tree, task);
	static unsigned long long ticks;
	bool kthread = task->flags & PTREE_TASK_KTHREAD, zombie;

	if (!ticks)
		ticks = 1000000000 / sysconf(_SC_CLK_TCK);
	if (!process)
		return "process";
	if (task->tgid != fact->pid)
		return "tgid";
	if (process->ppid != fact->ppid)
		return "ppid";
	/* procfs says nothing of who is being released. */
	if (process->pgid != fact->pgid || process->sid != fact->sid)
		return "group";
	if (process->threads != (unsigned int)fact->threads)
		return "threads";
	zombie = task->state == PTREE_STATE_ZOMBIE;
	if (zombie != fact->zombie)
		return "state";
	if (task->uid != fact->uid || task->euid != fact->euid ||
	    task->gid != fact->gid || task->egid != fact->egid)
		return "cred";
	if (task->start_ns / ticks != fact->start)
		return "start";
	if (task->levels != fact->levels ||
	    task->nspid[task->levels - 1] != fact->inner)
		return "nspid";
	/* Of a kworker procfs tells what it works on, too. */
	if (!kthread && strcmp(task->comm, fact->comm))
		return "comm";
	return NULL;
}

static const char *compare_process(const struct ptree_tree *tree, int pid,
				   size_t *seen)
{
	static char why[200];
	const struct ptree_task *task;
	const char *what = NULL;
	struct dirent *entry;
	struct fact fact;
	char path[64];
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = opendir(path);
	while (tasks && !what && (entry = readdir(tasks))) {
		int tid = atoi(entry->d_name);

		if (!tid || !fact_read(pid, tid, &fact))
			continue;
		++*seen;
		task = ptree_tree_find_pid(tree, tid);
		what = task ? unlike(tree, task, &fact) : "it is not known";
		if (what)
			snprintf(why, sizeof(why), "%d of %d (%s): %s", tid,
				 pid, fact.comm, what);
	}
	if (tasks)
		closedir(tasks);
	return what ? why : NULL;
}

static const char *compare(const struct ptree_tree *tree)
{
	static char why[200];
	const char *difference = NULL;
	size_t seen = 0;
	int *pids, nr, i;

	pids = pids_read(NULL, &nr);
	for (i = 0; i < nr && !difference; i++)
		difference = compare_process(tree, pids[i], &seen);
	free(pids);
	if (difference || seen == ptree_tree_size(tree))
		return difference;
	snprintf(why, sizeof(why), "%zu tasks are known, and %zu in /proc",
		 ptree_tree_size(tree), seen);
	return why;
}

/* Returns what differs between two records, but for what nobody is told of. */
static const char *unlike_record(const struct ptree_task *left,
				 const struct ptree_task *right)
{
	struct ptree_task a, b;

	if (!right || left->head.size != right->head.size)
		return "it is not the same";
	memcpy(&a, left, sizeof(a));
	memcpy(&b, right, sizeof(b));
	a.letter = 0;
	b.letter = 0;
	a.tracer = 0;
	b.tracer = 0;
	if (memcmp(&a, &b, sizeof(a)) ||
	    memcmp(left->nspid, right->nspid,
		   left->levels * sizeof(left->nspid[0])))
		return "it is known as it is not";
	return NULL;
}

/*
 * What the module has now, and whether that is what the kernel has. Returns NULL
 * if both are so, and "later" when something changed in between.
 */
static const char *compare_audit(struct ptree *pt, const struct ptree_tree *tree)
{
	const struct ptree_task *task = NULL;
	const char *difference = NULL;
	struct ptree_finding *findings;
	struct ptree_tree *fresh;
	struct ptree_audit audit;
	static char why[200];
	int err;

	err = ptree_verify(pt, &audit, &findings);
	check(!err, "audit: %s", strerror(-err));
	if (audit.nr) {
		snprintf(why, sizeof(why), "%u findings, the first is %u of %d",
			 audit.nr, findings->kind, findings->tid);
		free(findings);
		return why;
	}
	free(findings);
	if (audit.seq != ptree_tree_seq(tree))
		return "later";
	err = ptree_snapshot(pt, PTREE_WATCH_THREADS, &fresh);
	check(!err, "snapshot: %s", strerror(-err));
	if (ptree_tree_seq(fresh) != ptree_tree_seq(tree))
		difference = "later";
	else if (ptree_tree_size(fresh) != ptree_tree_size(tree))
		difference = "not as many tasks are known as there are";
	while (!difference && (task = ptree_tree_next(fresh, task))) {
		difference = unlike_record(task,
					   ptree_tree_find(tree, task->id));
		if (difference) {
			snprintf(why, sizeof(why), "%d (%s): %s", task->tid,
				 task->comm, difference);
			difference = why;
		}
	}
	ptree_tree_free(fresh);
	return difference;
}

/* The program. */

/**
 * struct talk - what the case and the program have to say to each other
 * @ask: opened by the case: compare now
 * @answer: opened by the program: equal
 * @syncs: how many SYNC it has seen, as are @losts and @compares
 * @losts: see @syncs
 * @compares: see @syncs
 */
struct talk {
	int ask;
	int answer;
	unsigned long syncs;
	unsigned long losts;
	unsigned long compares;
};

static void follow(struct talk *talk, struct ptree_stream *stream,
		   struct ptree_tree *tree)
{
	const struct ptree_head *record;
	int ret;

	while ((ret = ptree_stream_next(stream, &record)) > 0) {
		talk->losts += record->type == PTREE_TYPE_LOST;
		ret = ptree_tree_apply(tree, record);
		check(ret >= 0, "applying a record: %s", strerror(-ret));
		talk->syncs += ret == PTREE_EXACT;
	}
	check(ret == -EAGAIN, "reading the watch: %s", strerror(-ret));
}

/* Kernel threads are not frozen, so it may take a few looks. */
static void see_equal(struct ptree *pt, struct talk *talk,
		      struct ptree_stream *stream, struct ptree_tree *tree)
{
	long end = now_ms() + 5 * PATIENCE_MS;
	const char *difference;

	for (;;) {
		follow(talk, stream, tree);
		difference = compare_audit(pt, tree);
		if (!difference && talk->compares % 20 == 0)
			difference = compare(tree);
		if (!difference)
			break;
		check(now_ms() < end, "after %lu syncs, %lu compared, at %llu: %s",
		      talk->syncs, talk->compares,
		      (unsigned long long)ptree_tree_seq(tree), difference);
		usleep(2000);
	}
	talk->compares++;
}

static noreturn void program(struct talk *talk)
{
	struct ptree_stream *stream;
	struct ptree_tree *tree;
	struct pollfd wait[2] = {
		{ .fd = talk->ask, .events = POLLIN },
		{ .events = POLLIN },
	};
	struct ptree *pt;
	int err;

	err = ptree_open(&pt, NULL, PTREE_OPEN_DEVICE);
	if (!err)
		err = ptree_watch(pt, PTREE_WATCH_THREADS |
				  PTREE_WATCH_NONBLOCK, 0, &stream);
	if (!err)
		err = ptree_tree_new(&tree, 0);
	check(!err, "libptree: %s", strerror(-err));
	wait[1].fd = ptree_stream_fd(stream);
	for (;;) {
		sys(poll(wait, 2, -1));
		if (wait[1].revents)
			follow(talk, stream, tree);
		if (!wait[0].revents)
			continue;
		gate_pass(talk->ask);
		see_equal(pt, talk, stream, tree);
		gate_open(talk->answer);
	}
}

static pid_t start(struct talk *talk)
{
	pid_t pid = make();

	if (!pid)
		program(talk);
	return pid;
}

/* Let it storm for a while, perhaps without a program, or with one that sleeps. */
static pid_t let_storm(struct talk *talk, pid_t pid, int round,
		       unsigned int *seed)
{
	if (round % 50 == 25) {
		quit(pid);
		usleep(rand_r(seed) % 100000);
		pid = start(talk);
	}
	if (round % 200 == 100) {
		sys(kill(pid, SIGSTOP));
		usleep(1000000 + rand_r(seed) % 4000000);
		sys(kill(pid, SIGCONT));
	}
	usleep(rand_r(seed) % 15000);
	/* Orphans of the storm's. */
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return pid;
}

static void cache(void)
{
	long end = now_ms() + (live_options.extended ? 3600 : 25) * 1000L;
	int rounds = live_options.extended ? 10000 : 200, i;
	struct talk *talk = share(sizeof(*talk));
	unsigned int seed = now_ms() ^ getpid();
	pid_t pid;

	if (getenv("PTREE_SEED"))
		seed = strtoul(getenv("PTREE_SEED"), NULL, 0);
	note("seed %u", seed);
	cgroup_make(CGROUP);
	/* What the storm orphans is to be reaped here, or it piles up. */
	sys(prctl(PR_SET_CHILD_SUBREAPER, 1));
	talk->ask = gate_new();
	talk->answer = gate_new();
	for (i = 0; i < STORMS; i++)
		if (!make())
			storm(seed + i);
	/* Ahead of the storm, or most of the time is spent waiting for a turn. */
	sys(setpriority(PRIO_PROCESS, 0, -20));
	pid = start(talk);
	for (i = 0; i < rounds && now_ms() < end; i++) {
		pid = let_storm(talk, pid, i, &seed);
		cgroup_freeze(CGROUP, true);
		gate_open(talk->ask);
		gate_pass(talk->answer);
		cgroup_freeze(CGROUP, false);
		if (i % 1000 == 999)
			note("%d rounds", i + 1);
	}
	note("%lu syncs compared, of %lu; %lu losts", talk->compares,
	     talk->syncs, talk->losts);
	check(talk->compares == (unsigned long)i && talk->syncs > talk->compares,
	      "%lu compared in %d rounds", talk->compares, i);
}

const struct live_case cache_cases[] = {
	{ "cache", cache, .seconds = 4000 },
	{},
};
