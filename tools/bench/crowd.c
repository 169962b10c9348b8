// SPDX-License-Identifier: GPL-2.0
/*
 * crowd.c owns the processes that are there while something is measured:
 * `crowd N` makes so many, all asleep, and prints the number of their process
 * group, by which they can be killed, once they are there.
 *
 * They share one address space (CLONE_VM without CLONE_THREAD): to the kernel,
 * and to everybody who reads the tree, these are processes like any other, but
 * they cost 30 KiB instead of 600, and 30 000 fit.
 */
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

#define STACK 1024

static int sleeper(void *unused)
{
	(void)unused;
	/* Not by libc, whose linker wants more stack than there is. */
	for (;;)
		asm volatile("syscall" : : "a"(SYS_pause)
			     : "rcx", "r11", "memory");
	return 0;
}

/* The default limits are for what fits in memory if all were large. */
static void raise_limit(const char *path, unsigned long value)
{
	FILE *file = fopen(path, "r+");
	unsigned long now = 0;

	if (!file || fscanf(file, "%lu", &now) != 1)
		err(1, "%s", path);
	rewind(file);
	if (now < value && fprintf(file, "%lu\n", value) < 0)
		err(1, "%s", path);
	if (fclose(file))
		err(1, "%s", path);
}

int main(int argc, char **argv)
{
	unsigned long nr, i;
	char *stacks, byte;
	int ready[2];
	pid_t pid;

	if (argc != 2)
		errx(2, "usage: crowd N");
	nr = number(argv[1]);
	raise_limit("/proc/sys/kernel/pid_max", 4194304);
	raise_limit("/proc/sys/kernel/threads-max", nr + 10000);
	stacks = mmap(NULL, nr * STACK + 1, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stacks == MAP_FAILED || pipe(ready))
		err(1, "crowd");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid) {
		close(ready[1]);
		if (read(ready[0], &byte, 1) != 1)
			errx(1, "the crowd did not come");
		printf("%d\n", pid);
		return 0;
	}
	setsid();
	for (i = 0; i < nr; i++) {
		if (clone(sleeper, stacks + (i + 1) * STACK,
			  CLONE_VM | CLONE_FS | CLONE_FILES | SIGCHLD, NULL) < 0)
			err(1, "clone, process %lu", i);
	}
	/* Whoever waits for the output of the front is not to wait for us. */
	if (write(ready[1], "", 1) != 1)
		err(1, "write");
	close(ready[1]);
	close(STDOUT_FILENO);
	for (;;)
		pause();
}
