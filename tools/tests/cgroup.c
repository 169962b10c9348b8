// SPDX-License-Identifier: GPL-2.0
/* cgroup.c owns a cgroup: to make it, enter it, and freeze or kill all that is in it. */
#include "cgroup.h"
#include "lib.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The storms of some cases are many, and a busy machine is slow to stop them. */
#define STILL_MS 60000

static void put(const char *cgroup, const char *file, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", cgroup, file);
	file_write(path, text);
}

static bool is(const char *cgroup, const char *event)
{
	char path[256], text[256];

	snprintf(path, sizeof(path), "%s/cgroup.events", cgroup);
	check(file_slurp(path, text, sizeof(text)), "%s: %m", path);
	return strstr(text, event);
}

static void await(const char *cgroup, const char *event)
{
	long end = now_ms() + STILL_MS;

	while (!is(cgroup, event)) {
		check(now_ms() < end, "%s is not yet: %s", cgroup, event);
		usleep(500);
	}
}

void cgroup_make(const char *path)
{
	if (mkdir(path, 0755) && errno != EEXIST)
		skip("no cgroup v2: %m");
}

void cgroup_join(const char *path)
{
	put(path, "cgroup.procs", "0");
}

/* Returns when all in it have stopped. */
void cgroup_freeze(const char *path, bool frozen)
{
	put(path, "cgroup.freeze", frozen ? "1" : "0");
	if (frozen)
		await(path, "frozen 1");
}

/* Returns when all in it are dead, if not reaped. */
void cgroup_kill(const char *path)
{
	put(path, "cgroup.kill", "1");
	await(path, "populated 0");
}
