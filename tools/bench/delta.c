// SPDX-License-Identifier: GPL-2.0
/*
 * delta.c owns what it costs to learn what has changed.
 *
 *	delta ROUNDS CHANGES...	among many processes so many are born, then die
 *	delta -p FRAMES		ten times a second, as top does it
 */
#include <err.h>
#include <errno.h>
#include <libptree.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sample.h"
#include "way.h"

#define PTREE "build/tools/ptree"
#define FRAME_NS 100000000

/* What is born in a frame, and dies in the next: a system that is not idle. */
#define CHURN 2

static pid_t *babies;

static void bear(int nr)
{
	int i;

	for (i = 0; i < nr; i++) {
		babies[i] = fork();
		if (babies[i] < 0)
			err(1, "fork");
		while (!babies[i])
			pause();
	}
}

static void bury(int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		kill(babies[i], SIGKILL);
	for (i = 0; i < nr; i++)
		waitpid(babies[i], NULL, 0);
}

/* One who follows, by what libptree has for that. */
struct follower {
	struct ptree *door;
	struct ptree_stream *stream;
	struct ptree_tree *tree;
};

static int catch_up(struct follower *follower)
{
	const struct ptree_head *record;
	int ret;

	do {
		ret = ptree_stream_next(follower->stream, &record);
		if (ret > 0)
			ret = ptree_tree_apply(follower->tree, record);
	} while (!ret);
	return ret == PTREE_EXACT ? 0 : -EIO;
}

static void follow(struct follower *follower)
{
	if (ptree_open(&follower->door, NULL, PTREE_OPEN_DEVICE) ||
	    ptree_watch(follower->door, 0, 0, &follower->stream) ||
	    ptree_tree_new(&follower->tree, 0) || catch_up(follower))
		errx(1, "no tree can be followed");
}

/* The same without a tree to keep: a watch, until it has no more to tell. */
static int watch_on(int fd, struct look *look)
{
	static unsigned char buffer[65536] __attribute__((aligned(8)));
	bool synced = false;

	while (!synced) {
		ssize_t nr = read(fd, buffer, sizeof(buffer)), at;

		if (nr <= 0)
			return -EIO;
		look->bytes += nr;
		for (at = 0; at < nr;) {
			struct ptree_head *head = (void *)(buffer + at);

			synced = head->type == PTREE_TYPE_SYNC;
			at += head->size;
		}
	}
	return 0;
}

static void tell_cost(struct sample *sample, const char *name, const char *who,
		      uint64_t cost)
{
	sample->name = name;
	sample->who = who;
	sample_tell(sample, "cpu_ns", cost);
}

/* Everybody learns of the same changes, and has learned of all before. */
static void learn(struct sample *sample, const char *name, int watch,
		  struct follower *follower, bool all)
{
	struct look look = {};
	uint64_t before;

	before = cpu_ns();
	if (watch_on(watch, &look))
		errx(1, "the watch can't be read");
	tell_cost(sample, name, "ptree", cpu_ns() - before);
	sample_tell(sample, "bytes", look.bytes);

	before = cpu_ns();
	if (catch_up(follower))
		errx(1, "the watch can't be followed");
	tell_cost(sample, name, "libptree", cpu_ns() - before);
	if (!all)
		return;

	before = cpu_ns();
	if (watch_read(&look))
		errx(1, "no snapshot");
	tell_cost(sample, name, "snapshot", cpu_ns() - before);
	before = cpu_ns();
	scan_read(&look);
	tell_cost(sample, name, "proc-scan", cpu_ns() - before);
}

static void changes(int rounds, int nr, char **counts)
{
	struct sample sample = { .part = "delta" };
	struct follower follower;
	struct look look = {};
	struct ptree_watch want = {};
	int i, watch;

	follow(&follower);
	watch = ioctl(ptree_fd(follower.door), PTREE_IOC_WATCH, &want);
	if (watch < 0 || watch_on(watch, &look) || watch_open())
		err(1, "watch");
	for (sample.round = 1; sample.round <= rounds; sample.round++)
		for (i = 0; i < nr; i++) {
			sample.n = atol(counts[i]);
			bear(sample.n);
			learn(&sample, "births", watch, &follower, true);
			bury(sample.n);
			learn(&sample, "deaths", watch, &follower, false);
		}
}

/* Ten times a second. */

static void wait_for_frame(void)
{
	const struct timespec frame = { .tv_nsec = FRAME_NS };

	nanosleep(&frame, NULL);
}

static void churn(void)
{
	bury(CHURN);
	bear(CHURN);
}

static uint64_t clock_of(pid_t pid)
{
	struct timespec now;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &now))
		return 0;
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void poll_library(struct sample *sample, int frames)
{
	struct follower follower;
	uint64_t before, cost = 0;
	int i;

	follow(&follower);
	for (i = 0; i < frames; i++) {
		churn();
		wait_for_frame();
		before = cpu_ns();
		if (catch_up(&follower))
			errx(1, "the watch can't be followed");
		cost += cpu_ns() - before;
	}
	tell_cost(sample, "frame", "libptree", cost / frames);
}

static unsigned int watches(void)
{
	struct ptree_info info = {};
	struct ptree *door;

	if (ptree_open(&door, NULL, PTREE_OPEN_DEVICE) ||
	    ptree_info_get(door, &info))
		errx(1, "no module");
	ptree_close(door);
	return info.watches;
}

/*
 * It has begun when there is a watch more, and it has no more to do. Frames are
 * no measure: while a file is read from outside they fly by.
 */
static uint64_t wait_for_start(pid_t pid, unsigned int before)
{
	int i, still = 0;
	uint64_t clock = 0;

	for (i = 0; still < 5 && i < 10000000; i++) {
		wait_for_frame();
		still = watches() > before && clock_of(pid) == clock ?
				still + 1 :
				0;
		clock = clock_of(pid);
	}
	return clock;
}

static void poll_watch(struct sample *sample, int frames)
{
	unsigned int before = watches();
	uint64_t begun;
	pid_t pid;
	int i;

	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		if (!freopen("/dev/null", "w", stdout))
			_exit(1);
		execl(PTREE, "ptree", "watch", NULL);
		_exit(127);
	}
	begun = wait_for_start(pid, before);
	for (i = 0; i < frames; i++) {
		churn();
		wait_for_frame();
	}
	tell_cost(sample, "frame", "ptree", (clock_of(pid) - begun) / frames);
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}

static void poll_command(struct sample *sample, const char *who, int frames,
			 const char *const *command)
{
	uint64_t before = cpu_ns();
	struct look look = {};

	if (command_read(command, &look))
		sample_missing(sample, "it failed");
	else
		tell_cost(sample, "frame", who, (cpu_ns() - before) / frames);
}

/* Whoever can't do it in time takes longer; what counts is a frame. */
static void frames(int nr)
{
	const char *const top[] = { "top", "-b", "-d", "0.1", "-n", "5", NULL };
	const char *const ps[] = { "ps", "-e", NULL };
	struct sample sample = { .part = "delta", .name = "frame", .round = 1 };
	const char *crowd = getenv("CROWD");

	sample.n = crowd ? atol(crowd) : 0;
	bear(CHURN);
	for (; sample.round <= 2; sample.round++) {
		poll_watch(&sample, nr);
		poll_library(&sample, nr);
		poll_command(&sample, "top", 5, top);
		poll_command(&sample, "ps -e", 1, ps);
	}
	bury(CHURN);
}

int main(int argc, char **argv)
{
	int i, most = CHURN;

	if (argc < 3)
		errx(2, "usage: delta ROUNDS CHANGES... | -p FRAMES");
	for (i = 2; i < argc; i++)
		most = atoi(argv[i]) > most ? atoi(argv[i]) : most;
	babies = calloc(most, sizeof(*babies));
	if (!babies)
		err(1, "calloc");
	if (!strcmp(argv[1], "-p"))
		frames(most);
	else
		changes(atoi(argv[1]), argc - 2, argv + 2);
	return 0;
}
