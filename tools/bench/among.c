// SPDX-License-Identifier: GPL-2.0
/*
 * among.c owns a crowd: processes that sleep while a command runs among them.
 *
 *	among [-f | -t] N... -- COMMAND...
 *
 * makes it N strong, runs COMMAND with N in the environment as CROWD, makes it
 * larger, runs it again, and so on. A hundred have a mother each: she forks
 * them (-f), or they share her memory, which is cheaper, and no less a process;
 * or they are threads of hers (-t).
 */
#include <err.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAMILY 100

#define SHARING (CLONE_VM | CLONE_FS | CLONE_FILES)

static bool forked;
static unsigned long flags = SHARING | SIGCHLD;

/*
 * It lives on its mother's stack and must not touch it. Returns to her alone,
 * with its number or a negative errno.
 */
static long make_sharing(void)
{
	register long no_child_tid asm("r10") = 0;
	register long no_tls asm("r8") = 0;
	long ret;

	asm volatile("syscall\n\t"
		     "test %%rax, %%rax\n\t"
		     "jnz 2f\n"
		     "1:\n\t"
		     "mov %[pause], %%eax\n\t"
		     "syscall\n\t"
		     "jmp 1b\n"
		     "2:\n"
		     : "=a"(ret)
		     : "a"(SYS_clone),
		       "D"(flags), "S"(0), "d"(0), "r"(no_child_tid),
		       "r"(no_tls),
		       [pause] "i"(SYS_pause)
		     : "rcx", "r11", "memory");
	return ret;
}

static long make_forked(void)
{
	pid_t pid = fork();

	while (!pid)
		pause();
	return pid;
}

static void be_mother(int children, int ready)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (children--)
		if ((forked ? make_forked() : make_sharing()) < 0)
			_exit(1);
	if (write(ready, "", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* Mothers and children are one process group: they die together. */
static void add(int nr, pid_t *group)
{
	int ready[2];
	char byte;

	if (pipe(ready))
		err(1, "pipe");
	while (nr > 0) {
		int family = nr < FAMILY ? nr : FAMILY;
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (!pid) {
			setpgid(0, *group);
			be_mother(family - 1, ready[1]);
		}
		setpgid(pid, *group);
		*group = *group ?: pid;
		nr -= family;
		if (read(ready[0], &byte, 1) != 1)
			errx(1, "a mother has died");
	}
	close(ready[0]);
	close(ready[1]);
}

static void raise_limit(const char *path, const char *value)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(value, file) < 0 || fclose(file))
		warn("%s", path);
}

static void raise_limits(void)
{
	struct rlimit many = { .rlim_cur = 1000000, .rlim_max = 1000000 };

	raise_limit("/proc/sys/kernel/pid_max", "4000000");
	raise_limit("/proc/sys/kernel/threads-max", "1000000");
	if (setrlimit(RLIMIT_NPROC, &many))
		warn("RLIMIT_NPROC");
}

static int run(char **command)
{
	int status;
	pid_t pid;

	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

int main(int argc, char **argv)
{
	int i, first = 1, command, now = 0, status = 0;
	pid_t group = 0;

	if (argc > 1 && argv[1][0] == '-' && argv[1][1] != '-') {
		forked = argv[1][1] == 'f';
		if (argv[1][1] == 't')
			flags = SHARING | CLONE_SIGHAND | CLONE_THREAD;
		first++;
	}
	command = first;
	while (command < argc && strcmp(argv[command], "--"))
		command++;
	if (command + 1 >= argc)
		errx(2, "usage: among [-f | -t] N... -- COMMAND...");
	raise_limits();
	for (i = first; i < command && !status; i++) {
		int n = atoi(argv[i]);

		add(n - now, &group);
		now = n;
		setenv("CROWD", argv[i], 1);
		status = run(argv + command + 1);
	}
	if (group)
		kill(-group, SIGKILL);
	return status;
}
