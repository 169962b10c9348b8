// SPDX-License-Identifier: GPL-2.0
/* trace.c owns the cases of who traces whom: as TracerPid says it in /proc. */
#include "case.h"
#include "device.h"

#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define INSIDE "/mnt/inside"

/* What a look says of one, whatever the way. */
static void compare(const struct ptree_task *task, const char *how, pid_t tid,
		    pid_t tracer)
{
	check(task, "%s: there is no %d", how, tid);
	check(task->mask & PTREE_MASK_TASK && task->tracer == tracer,
	      "%s: tracer of %d is %d, should be %d", how, tid, task->tracer,
	      tracer);
}

/* All ways to ask, through that procfs, and what it says itself. */
static void see_tracer(const char *proc, pid_t tid, pid_t tracer)
{
	int fd = device_open(proc);
	struct answer *answer;
	struct account *watch;
	struct truth truth;

	check(truth_read(proc, tid, &truth), "%d is not in %s", tid, proc);
	check(truth.tracer == tracer, "%s: tracer of %d is %d, should be %d",
	      proc, tid, truth.tracer, tracer);
	answer = ASK(fd, GET, .select = PTREE_SELECT_PID, .value = tid);
	check(answer, "no answer: %m");
	compare(answer_find(answer, tid), "get", tid, tracer);
	answer_free(answer);
	answer = ASK(fd, MEMBERS, .select = PTREE_SELECT_PID, .value = tid,
		     .flags = PTREE_QUERY_THREADS);
	check(answer, "no answer: %m");
	compare(answer_find(answer, tid), "members", tid, tracer);
	answer_free(answer);
	watch = account_new(watch_open(fd, PTREE_WATCH_THREADS, 0));
	account_sync(watch);
	compare(account_find(watch, tid), "watch", tid, tracer);
	account_free(watch);
	close(fd);
}

static void see_no_findings(void)
{
	struct ptree_audit audit = {};
	int fd = device_open("/proc");

	sys(ioctl(fd, PTREE_IOC_AUDIT, &audit));
	check(!audit.nr, "%u findings", audit.nr);
	close(fd);
}

static void attach(pid_t tid)
{
	sys(ptrace(PTRACE_SEIZE, tid, NULL, NULL));
}

static void let_go(pid_t tid)
{
	sys(ptrace(PTRACE_INTERRUPT, tid, NULL, NULL));
	sys(waitpid(tid, NULL, __WALL));
	sys(ptrace(PTRACE_DETACH, tid, NULL, NULL));
}

static void trace_child(void)
{
	pid_t pid = make_idle(), reader;

	see_tracer("/proc", pid, 0);
	attach(pid);
	see_tracer("/proc", pid, getpid());
	see_no_findings();
	/* Not his, and no secret: to whom procfs tells it, so do we. */
	reader = make();
	if (!reader) {
		sys(setgroups(0, NULL));
		sys(setresuid(1000, 1000, 1000));
		see_tracer("/proc", pid, getppid());
		_exit(0);
	}
	reap(reader);
	let_go(pid);
	see_tracer("/proc", pid, 0);
	see_no_findings();
}

/**
 * struct pair - who waits for whom
 * @tid: who is traced
 * @tracer: the thread that traces him
 * @ready: opened when it does
 */
struct pair {
	pid_t tid, tracer;
	int ready;
};

static struct pair *pair;

static void *trace_and_stay(void *arg)
{
	attach(pair->tid);
	pair->tracer = gettid();
	gate_open(pair->ready);
	idle();
}

static void *become_traced(void *arg)
{
	pair->tid = gettid();
	gate_open(pair->ready);
	idle();
}

/* A process with a second thread, which does that. */
static pid_t make_with_thread(void *(*run)(void *arg))
{
	pthread_t thread;
	pid_t pid = make();

	if (!pid) {
		check(!pthread_create(&thread, NULL, run, NULL), "no thread");
		idle();
	}
	gate_pass(pair->ready);
	return pid;
}

/* He who is not the parent, nor the first thread of his process. */
static void trace_by_thread(void)
{
	pid_t tracer;

	pair = share(sizeof(*pair));
	pair->ready = gate_new();
	pair->tid = make_idle();
	tracer = make_with_thread(trace_and_stay);
	check(pair->tracer != tracer, "that is no thread");
	see_tracer("/proc", pair->tid, pair->tracer);
	see_no_findings();
	/* Who ends lets go. */
	quit(tracer);
	see_tracer("/proc", pair->tid, 0);
}

/* One thread is traced, and not its process. */
static void trace_thread(void)
{
	pid_t pid;

	pair = share(sizeof(*pair));
	pair->ready = gate_new();
	pid = make_with_thread(become_traced);
	attach(pair->tid);
	see_tracer("/proc", pair->tid, getpid());
	see_tracer("/proc", pid, 0);
	see_no_findings();
	let_go(pair->tid);
	see_tracer("/proc", pair->tid, 0);
}

/* Who is dead is traced until his tracer has looked. */
static void trace_dead(void)
{
	int ready = gate_new();
	pid_t pid = make();

	if (!pid) {
		sys(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		gate_open(ready);
		idle();
	}
	gate_pass(ready);
	see_tracer("/proc", pid, getpid());
	sys(kill(pid, SIGKILL));
	await_zombie(pid);
	see_tracer("/proc", pid, getpid());
	see_no_findings();
	reap(pid);
	see_gone(pid);
}

/* The child of @init that has this number in there. */
static pid_t outer_pid(pid_t init, pid_t inner)
{
	struct truth truth;
	pid_t pid = 0;
	int *pids, nr, i;

	pids = pids_read(NULL, &nr);
	for (i = 0; i < nr; i++)
		if (truth_read(NULL, pids[i], &truth) && truth.ppid == init &&
		    inner_pid(pids[i], 1) == inner)
			pid = pids[i];
	free(pids);
	check(pid, "nobody is %d inside", inner);
	return pid;
}

/* Its number inside, and 0 for one who is outside. */
static void trace_in_namespace(void)
{
	pid_t *inner = share(2 * sizeof(*inner)), init, pid;
	int ready = gate_new();

	own_mounts();
	init = make_with(CLONE_NEWPID);
	if (!init) {
		mount_proc(INSIDE, NULL);
		inner[0] = make_idle();
		inner[1] = make_idle();
		attach(inner[0]);
		gate_open(ready);
		idle();
	}
	gate_pass(ready);
	see_tracer("/proc", outer_pid(init, inner[0]), init);
	see_tracer(INSIDE, inner[0], 1);
	pid = outer_pid(init, inner[1]);
	attach(pid);
	see_tracer("/proc", pid, getpid());
	see_tracer(INSIDE, inner[1], 0);
	see_no_findings();
	let_go(pid);
	see_tracer("/proc", pid, 0);
}

const struct live_case trace_cases[] = {
	{ "trace-child", trace_child },
	{ "trace-by-thread", trace_by_thread },
	{ "trace-thread", trace_thread },
	{ "trace-dead", trace_dead },
	{ "trace-in-namespace", trace_in_namespace },
	{},
};
