// SPDX-License-Identifier: GPL-2.0
/*
 * family.c owns the demo: a small real family of processes, and what
 * /proc/ptree shows of it, from outside and from inside its namespace.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <stdnoreturn.h>

#define THREADS 8
#define INSIDE "/mnt/inside"

static void die(const char *what)
{
	fprintf(stderr, "family: %s: %s\n", what, strerror(errno));
	_exit(1);
}

static long must(long result, const char *what)
{
	if (result < 0)
		die(what);
	return result;
}

/* @there hangs up when all are there, @leash when it is time to go. */
static int there[2], leash[2];

static void be(const char *name)
{
	prctl(PR_SET_NAME, name);
	close(there[1]);
}

static noreturn void live_on(void)
{
	char none;

	while (read(leash[0], &none, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

static pid_t member(const char *name, unsigned long flags)
{
	struct clone_args args = { .flags = flags, .exit_signal = SIGCHLD };
	pid_t pid = must(syscall(SYS_clone3, &args, sizeof(args)), "clone3");

	if (!pid) {
		prctl(PR_SET_NAME, name);
		close(leash[1]);
	}
	return pid;
}

/* service -> (exited) -> daemon: its parent is init now, its birth is not. */
static void start_daemon(void)
{
	pid_t service = member("service", 0);

	if (!service) {
		must(setsid(), "setsid");
		if (!member("daemon", 0)) {
			be("daemon");
			live_on();
		}
		_exit(0);
	}
	must(waitpid(service, NULL, 0), "waitpid");
}

/* cat | grep | sort, as a shell starts it: one process group. */
static void start_pipeline(void)
{
	static const char *const names[] = { "pipe-source", "pipe-filter",
					     "pipe-sink" };
	pid_t shell = member("shell", 0);
	unsigned int i;

	if (shell)
		return;
	for (i = 0; i < 3; i++) {
		static pid_t group;
		pid_t pid = member(names[i], 0);

		if (!pid) {
			setpgid(0, group);
			be(names[i]);
			live_on();
		}
		if (!group)
			group = pid;
		setpgid(pid, group);
	}
	be("shell");
	live_on();
}

static void *work(void *arg)
{
	pause();
	return arg;
}

static void start_pool(void)
{
	pthread_t thread;
	int i;

	if (member("thread-pool", 0))
		return;
	for (i = 1; i < THREADS; i++)
		if (pthread_create(&thread, NULL, work, NULL))
			die("pthread_create");
	be("thread-pool");
	live_on();
}

static void start_container(void)
{
	pid_t init = member("box-init", CLONE_NEWPID);

	if (init)
		return;
	must(mount("proc", INSIDE, "proc", 0, NULL), "mounting a procfs");
	must(setsid(), "setsid");
	if (!member("box-worker", 0)) {
		be("box-worker");
		live_on();
	}
	be("box-init");
	live_on();
}

static void start_zombie(void)
{
	siginfo_t info;
	pid_t pid = member("zombie", 0);

	if (!pid)
		_exit(0);
	must(waitid(P_PID, pid, &info, WEXITED | WNOWAIT), "waitid");
}

/* @kernel: how many kernel threads to show before it is said that there are more. */
static void show(const char *path, int kernel)
{
	FILE *file = fopen(path, "r");
	char line[4096];
	int pid, ppid, more = 0;

	if (!file)
		die(path);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%d %d", &pid, &ppid) == 2 && ppid == 2 &&
		    kernel-- <= 0)
			more++;
		else
			fputs(line, stdout);
	}
	fclose(file);
	if (more)
		printf("(and %d more kernel threads, children of kthreadd)\n",
		       more);
}

static void await_all(void)
{
	char none;

	close(there[1]);
	while (read(there[0], &none, 1) < 0 && errno == EINTR)
		;
}

/* Let all go. Returns whether all had come. */
static bool end_all(void)
{
	bool good = true;
	int status;

	close(leash[1]);
	while (wait(&status) > 0)
		good = good && !status;
	return good;
}

int main(void)
{
	must(access("/proc/ptree", R_OK),
	     "/proc/ptree (is the module loaded? make demo does it in a VM)");
	must(unshare(CLONE_NEWNS), "unshare");
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "mount");
	must(mount("none", "/mnt", "tmpfs", 0, NULL), "mount /mnt");
	must(mkdir(INSIDE, 0755), INSIDE);
	must(pipe(there), "pipe");
	must(pipe(leash), "pipe");
	prctl(PR_SET_NAME, "family");

	start_daemon();
	start_pipeline();
	start_pool();
	start_container();
	start_zombie();
	await_all();

	printf("\nThe whole machine: cat /proc/ptree\n");
	printf("The daemon's parent is init now. ORIG tells who bore it, + that it is dead.\n\n");
	show("/proc/ptree", 3);
	printf("\nFrom inside the namespace: the same file, through its own procfs\n\n");
	show(INSIDE "/ptree", 3);
	fflush(stdout);
	return !end_all();
}
