// SPDX-License-Identifier: GPL-2.0
/* zoo_exit.c owns the workers that lose processes: reaped, not reaped, orphaned, killed. */
#include "zoo.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Reaped in any order, or left to whoever comes after us. */
static void zombies(unsigned long long flags)
{
	pid_t pid[8];
	int i, at;

	if (bear(0)) {
		linger(3000);
		return;
	}
	for (i = 0; i < 8; i++) {
		pid[i] = bear(0);
		if (!pid[i])
			_exit(i);
	}
	linger(5000);
	for (i = below(9); i > 0; i--) {
		at = below(8);
		waitpid(pid[at], NULL, below(2) ? WNOHANG : 0);
		linger(300);
	}
	_exit(0);
}

/* Nobody waits for them: they are gone at once. */
static void unwaited(unsigned long long flags)
{
	struct sigaction action = {
		.sa_handler = flags ? SIG_DFL : SIG_IGN,
		.sa_flags = flags,
	};
	int i;

	if (bear(0)) {
		linger(3000);
		return;
	}
	for (i = 0; i < 6; i++) {
		/* Those who are dead by then stay. */
		if (i == 2)
			sys(sigaction(SIGCHLD, &action, NULL));
		if (!bear(0)) {
			if (below(2) && !bear(0))
				be_brief();
			be_brief();
		}
	}
	linger(5000);
	_exit(0);
}

/* Zombies become the children of one who waits for nobody. */
static void inherit_unwaited(unsigned long long flags)
{
	pid_t pid = bear(0);

	if (pid) {
		reap(pid);
		return;
	}
	sys(prctl(PR_SET_CHILD_SUBREAPER, 1));
	signal(SIGCHLD, SIG_IGN);
	pid = bear(0);
	if (!pid) {
		signal(SIGCHLD, SIG_DFL);
		if (!bear(0))
			_exit(0);
		if (!bear(0))
			be_brief();
		linger(4000);
		_exit(0);
	}
	linger(8000);
	_exit(0);
}

static void *toggle(void *unused)
{
	int i;

	for (i = 0; i < 40; i++) {
		prctl(PR_SET_CHILD_SUBREAPER, i & 1);
		linger(200);
	}
	return NULL;
}

/* Two children each, so deep. */
static noreturn void die_in_turn(int depth)
{
	int left = 2;

	while (depth && left--) {
		if (bear(0))
			continue;
		depth--;
		left = 2;
	}
	be_brief();
}

/* It reaps and does not, while those below it die. */
static void subreaper(unsigned long long flags)
{
	int i;

	act(toggle, NULL);
	for (i = 0; i < 3; i++)
		if (!bear(0))
			die_in_turn(3);
	linger(4000);
}

/* A subreaper whose leader is dead: some other thread of it reaps. */
static void *reap_some(void *unused)
{
	linger(4000);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	linger(1000);
	return NULL;
}

static void subreaper_headless(unsigned long long flags)
{
	pid_t pid = bear(0);
	int i;

	if (pid) {
		reap(pid);
		return;
	}
	sys(prctl(PR_SET_CHILD_SUBREAPER, 1));
	for (i = 0; i < 3; i++)
		act(reap_some, NULL);
	for (i = 0; i < 3; i++)
		if (!bear(0))
			die_in_turn(2);
	syscall(SYS_exit, 0);
}

/* Killed when their parent dies, be that a process or a thread. */
static void *bear_bound(void *unused)
{
	if (!bear(0)) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		linger(8000);
		_exit(0);
	}
	linger(3000);
	return NULL;
}

static void death_signal(unsigned long long flags)
{
	pid_t pid = bear(0);

	if (pid) {
		linger(4000);
		kill(pid, SIGKILL);
		return;
	}
	act(bear_bound, NULL);
	bear_bound(NULL);
	linger(3000);
	_exit(0);
}

static void *wait_for_end(void *unused)
{
	idle();
}

static void signals(unsigned long long flags)
{
	static const int deadly[] = { SIGKILL, SIGSEGV, SIGABRT, SIGTERM,
				      SIGQUIT, SIGBUS,	SIGPIPE };
	int i, status;
	pid_t pid;

	for (i = 0; i < (int)ARRAY_SIZE(deadly); i++) {
		pid = bear(0);
		if (!pid) {
			if (below(2))
				act(wait_for_end, NULL);
			if (below(2) && !bear(0))
				be_brief();
			linger(500);
			if (below(2))
				kill(getpid(), deadly[i]);
			else
				syscall(SYS_tgkill, getpid(),
					syscall(SYS_gettid), deadly[i]);
			idle();
		}
		sys(waitpid(pid, &status, 0));
		check(WIFSIGNALED(status) && WTERMSIG(status) == deadly[i],
		      "signal %d gives status %#x", deadly[i], status);
	}
}

#define MEMBERS 12

/**
 * struct clan - processes of which one bore all the others
 * @pid: of each, once it is there
 * @parent: who bears it, one that comes before it
 */
struct clan {
	pid_t pid[MEMBERS];
	int parent[MEMBERS];
};

static noreturn void be_clan(struct clan *clan, bool reaps)
{
	int i = 0, j;

	for (j = 1; j < MEMBERS; j++) {
		/* A child of ours goes on as itself. */
		if (clan->parent[j] == i && !bear(0))
			i = j;
		if (i == j && reaps && below(2))
			sys(prctl(PR_SET_CHILD_SUBREAPER, 1));
	}
	__atomic_store_n(&clan->pid[i], getpid(), __ATOMIC_RELEASE);
	idle();
}

/* They are killed in any order. Nobody else ends them, so numbers are theirs. */
static void kill_clan(unsigned long long flags)
{
	/* None has a divisor in common with 12, so each gets to all. */
	static const int steps[] = { 1, 5, 7, 11 };
	struct clan *clan = share(sizeof(*clan));
	int i, at = below(MEMBERS), step;

	for (i = 1; i < MEMBERS; i++)
		clan->parent[i] = below(2) ? i - 1 : (int)below(i);
	if (!bear(0))
		be_clan(clan, flags);
	for (i = 0; i < MEMBERS; i++)
		while (!__atomic_load_n(&clan->pid[i], __ATOMIC_ACQUIRE))
			linger(1000);
	linger(2000);
	step = steps[below(4)];
	for (i = 0; i < MEMBERS; i++, at = (at + step) % MEMBERS) {
		sys(kill(clan->pid[at], SIGKILL));
		if (below(2))
			linger(500);
	}
}

const struct live_case zoo_exit_cases[] = {
	WORKER("zombies", zombies),
	WORKER("sigchld-ignored", unwaited),
	WORKER("nocldwait", unwaited, SA_NOCLDWAIT),
	WORKER("inherit-unwaited", inherit_unwaited),
	WORKER("subreaper", subreaper),
	WORKER("subreaper-headless", subreaper_headless),
	WORKER("death-signal", death_signal),
	WORKER("signals", signals),
	WORKER("clan", kill_clan),
	WORKER("clan-of-subreapers", kill_clan, 1),
	{},
};
