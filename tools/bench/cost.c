// SPDX-License-Identifier: GPL-2.0
/*
 * cost.c owns the loops whose cost is measured: `cost [-j JOBS] CASE N ROUNDS`
 * prints the time of one turn of CASE in ns, a line for each round of N turns.
 * With -j so many processes do N turns each, at once.
 */
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

static char *nop[] = { "/dev/shm/nop", NULL };

static void reap(pid_t pid)
{
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		err(1, "fork or wait");
}

static void turn_fork(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	reap(pid);
}

static void turn_exec(void)
{
	pid_t pid = fork();

	if (!pid) {
		execv(nop[0], nop);
		_exit(1);
	}
	reap(pid);
}

/* The cheapest process: it borrows all memory. */
static void turn_vfork(void)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(0);
	reap(pid);
}

static void turn_setsid(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(setsid() < 0);
	reap(pid);
}

static void *thread(void *unused)
{
	return unused;
}

static void turn_thread(void)
{
	pthread_t id;

	if (pthread_create(&id, NULL, thread, NULL) || pthread_join(id, NULL))
		errx(1, "no thread");
}

static const struct {
	const char *name;
	void (*turn)(void);
} cases[] = {
	{ "fork", turn_fork },
	{ "exec", turn_exec },
	{ "thread", turn_thread },
	{ "setsid", turn_setsid },
	{ "vfork", turn_vfork },
	{}
};

/* One for all, so that all begin at once. */
static int *gate;

static uint64_t round_of(void (*turn)(void), unsigned long n, unsigned int jobs)
{
	pid_t pids[jobs];
	uint64_t start;
	unsigned long i;
	unsigned int j;
	int status;

	if (jobs == 1) {
		start = now_ns();
		for (i = 0; i < n; i++)
			turn();
		return now_ns() - start;
	}
	__atomic_store_n(gate, 0, __ATOMIC_SEQ_CST);
	for (j = 0; j < jobs; j++) {
		pids[j] = fork();
		if (pids[j] < 0)
			err(1, "fork");
		if (pids[j])
			continue;
		__atomic_fetch_add(gate, 1, __ATOMIC_SEQ_CST);
		while (__atomic_load_n(gate, __ATOMIC_SEQ_CST) <= (int)jobs)
			usleep(1000);
		for (i = 0; i < n; i++)
			turn();
		_exit(0);
	}
	while (__atomic_load_n(gate, __ATOMIC_SEQ_CST) < (int)jobs)
		usleep(1000);
	start = now_ns();
	__atomic_store_n(gate, jobs + 1, __ATOMIC_SEQ_CST);
	for (j = 0; j < jobs; j++) {
		if (waitpid(pids[j], &status, 0) != pids[j] || status)
			errx(1, "a job failed");
	}
	return now_ns() - start;
}

/*
 * Where its memory lies decides how many page tables a fork copies: 5 % more or
 * less from one run to the other, unless it always lies in the same place.
 */
static void lie_still(char **argv)
{
	int now = personality(0xffffffff);

	if (now < 0 || now & ADDR_NO_RANDOMIZE)
		return;
	personality(now | ADDR_NO_RANDOMIZE);
	execv("/proc/self/exe", argv);
	err(1, "/proc/self/exe");
}

int main(int argc, char **argv)
{
	unsigned int jobs = 1;
	unsigned long n, rounds;
	size_t i;

	lie_still(argv);
	if (argc > 2 && !strcmp(argv[1], "-j")) {
		jobs = number(argv[2]);
		argc -= 2;
		argv += 2;
	}
	if (argc != 4 || !jobs)
		errx(2, "usage: cost [-j JOBS] fork|exec|thread|setsid|vfork N ROUNDS");
	n = number(argv[2]);
	gate = mmap(NULL, sizeof(*gate), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (gate == MAP_FAILED)
		err(1, "mmap");
	for (i = 0; cases[i].name; i++) {
		if (strcmp(argv[1], cases[i].name))
			continue;
		/* What is done for the first time is not to be measured. */
		round_of(cases[i].turn, n / 4 + 1, jobs);
		for (rounds = number(argv[3]); rounds; rounds--) {
			printf("%.1f\n", (double)round_of(cases[i].turn, n, jobs) / n);
			fflush(stdout);
		}
		return 0;
	}
	errx(2, "no case '%s'", argv[1]);
}
