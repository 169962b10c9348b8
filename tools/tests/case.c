// SPDX-License-Identifier: GPL-2.0
/*
 * case.c owns the running of one case: in a process of its own, below one that
 * watches it and cleans up.
 *
 *	live
 *	`- live		the watcher, a subreaper: kills what is left over
 *	   `- live	the case
 */
#include "case.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS 60

enum verdict { PASSED, FAILED, SKIPPED };

/* A line of information, in between results. */
void note(const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	printf("# %s\n", text);
	fflush(stdout);
}

/* What the case's process itself ended with. */
static void judge(pid_t pid, char *why, size_t size)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		snprintf(why, size, "Fwaitpid: %m");
	else if (WIFSIGNALED(status))
		snprintf(why, size, "Fkilled by %s",
			 strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		snprintf(why, size, "Fexit status %d", WEXITSTATUS(status));
}

static enum verdict watch(const struct live_case *c, char *why, size_t size)
{
	long end = now_ms() + (c->seconds ?: SECONDS) * 1000L;
	struct pollfd ready[2] = { { .events = POLLIN }, { .events = POLLIN } };
	ssize_t got = 0;
	int report[2];
	pid_t pid;

	if (!c->orphan)
		sys(prctl(PR_SET_CHILD_SUBREAPER, 1));
	sys(pipe2(report, O_CLOEXEC));
	pid = make();
	if (!pid) {
		lib_report_to(report[1]);
		rename_self("case");
		c->run();
		_exit(0);
	}
	ready[0].fd = pidfd_of(pid);
	ready[1].fd = report[0];
	while (poll(ready, 2, now_ms() < end ? end - now_ms() : 0) < 0 &&
	       errno == EINTR)
		;
	/* A report is written before its writer ends. */
	fcntl(report[0], F_SETFL, O_NONBLOCK);
	got = read(report[0], why, size - 1);
	why[got > 0 ? got : 0] = '\0';
	if (got <= 0 && ready[0].revents)
		judge(pid, why, size);
	else if (got <= 0)
		snprintf(why, size, "Fno end after %d s",
			 c->seconds ?: SECONDS);
	kill(pid, SIGKILL);
	kill_descendants();
	return *why == 'F' ? FAILED : *why == 'S' ? SKIPPED : PASSED;
}

/* A report stays one line. */
static void flatten(char *text)
{
	for (; *text; text++)
		if (*text == '\n')
			*text = ' ';
}

/**
 * case_run - run one case and print its result
 * @c: the case
 * @number: of the result
 * @skipped: set when it could not be run
 *
 * Return: whether it did not fail.
 */
bool case_run(const struct live_case *c, int number, bool *skipped)
{
	char why[2048];
	long start = now_ms();
	int status;
	pid_t pid;

	fflush(stdout);
	pid = sys(fork());
	if (!pid) {
		enum verdict verdict = watch(c, why, sizeof(why));

		flatten(why);
		printf("%s %d %s%s%s # %.1f s\n",
		       verdict == FAILED ? "not ok" : "ok", number, c->name,
		       verdict == FAILED  ? " # " :
		       verdict == SKIPPED ? " # SKIP " :
					    "",
		       verdict == PASSED ? "" : why + 1,
		       (now_ms() - start) / 1000.0);
		fflush(stdout);
		_exit(verdict);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) {
		printf("not ok %d %s # its watcher died\n", number, c->name);
		return false;
	}
	*skipped = WEXITSTATUS(status) == SKIPPED;
	return WEXITSTATUS(status) != FAILED;
}
