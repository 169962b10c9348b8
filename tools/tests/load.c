// SPDX-License-Identifier: GPL-2.0
/* load.c owns the cases under a storm of births and deaths, and of loading the module in it. */
#include "case.h"
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLEEPERS 50

static pid_t sleepers[SLEEPERS];

static void make_sleepers(void)
{
	int i;

	for (i = 0; i < SLEEPERS; i++)
		sleepers[i] = make_idle();
}

static void see_sleepers(const char *when)
{
	const pid_t old[] = { 1, 2, getpid(), getppid() };
	struct tree *tree = tree_read(NULL);
	int i;

	for (i = 0; i < SLEEPERS; i++) {
		const struct line *line = tree_find(tree, sleepers[i]);

		check(line, "%s: %d is missing", when, sleepers[i]);
		check(line->ppid == getpid(), "%s: %d: PPID is %d", when,
		      sleepers[i], line->ppid);
		check(line->orig == getpid() && !line->orig_dead,
		      "%s: %d: ORIG is %d", when, sleepers[i], line->orig);
	}
	for (i = 0; i < (int)ARRAY_SIZE(old); i++)
		check(tree_find(tree, old[i]), "%s: %d is missing", when,
		      old[i]);
	tree_free(tree);
}

static pid_t start_storm(void)
{
	int null = sys(open("/dev/null", O_RDWR | O_CLOEXEC));
	long end = now_ms() + 60000;
	int before, nr;
	pid_t pid;

	free(pids_read(NULL, &before));
	pid = make();
	if (!pid) {
		sys(chdir("/tmp"));
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execlp("stress-ng", "stress-ng", "-q", "--fork", "2", "--vfork",
		       "2", "--clone", "2", "--clone-max", "200", "--zombie",
		       "1", "--zombie-max", "200", "--pthread", "2",
		       "--pthread-max", "200", "-t", "600", NULL);
		if (errno == ENOENT)
			skip("there is no stress-ng");
		fail("stress-ng: %m");
	}
	close(null);
	/* Nine stressors, and what they bear. */
	do {
		check(now_ms() < end, "stress-ng does not start");
		nap();
		free(pids_read(NULL, &nr));
	} while (nr < before + 15);
	return pid;
}

static void end_storm(pid_t pid)
{
	long end = now_ms() + 5000;

	kill(pid, SIGINT);
	while (waitpid(pid, NULL, WNOHANG) != pid) {
		if (now_ms() > end) {
			quit(pid);
			return;
		}
		nap();
	}
}

static void read_in_storm(void)
{
	long start, length = live_options.extended ? 60000 : 8000;
	unsigned long long first, last;
	struct tree *tree;
	int reads = 0, most = 0;
	pid_t pid;

	make_sleepers();
	pid = start_storm();
	start = now_ms();
	tree = tree_read(NULL);
	first = tree->seq;
	last = first;
	tree_free(tree);
	while (now_ms() < start + length) {
		see_sleepers("in the storm");
		tree = tree_read(NULL);
		check(tree->seq >= last, "seq went back from %llu to %llu",
		      last, tree->seq);
		last = tree->seq;
		most = tree->nr > most ? tree->nr : most;
		tree_free(tree);
		reads += 2;
	}
	end_storm(pid);
	note("%d reads, %llu changes, up to %d processes", reads, last - first,
	     most);
	check(reads && last > first, "there was no storm to read in");
	see_sleepers("after the storm");
	see_all(NULL, 5 * PATIENCE_MS);
}

/* Loading and unloading. */

static char options[128];

static void remember_options(void)
{
	static const char *const names[] = { "kprobes", "history", "pool" };
	char path[128], value[32];
	size_t used = 0;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "/sys/module/ptree/parameters/%s",
			 names[i]);
		check(file_slurp(path, value, sizeof(value)), "%s: %m", path);
		value[strcspn(value, "\n")] = '\0';
		used += snprintf(options + used, sizeof(options) - used,
				 "%s%s=%s", i ? " " : "", names[i], value);
	}
}

static void unload(void)
{
	sys(syscall(SYS_delete_module, "ptree", O_NONBLOCK));
	check(access("/proc/ptree", F_OK) && errno == ENOENT,
	      "/proc/ptree is still there");
}

static int open_module(void)
{
	int fd;

	check(live_options.module, "which module? (-m)");
	fd = open(live_options.module, O_RDONLY | O_CLOEXEC);
	check(fd >= 0, "%s: %m", live_options.module);
	return fd;
}

static void load(int fd)
{
	sys(syscall(SYS_finit_module, fd, options, 0));
}

/* Ten times, but in a storm on an emulated debug kernel one takes minutes. */
static bool again(int done, long start)
{
	if (live_options.extended)
		return done < 100;
	return done < 10 && (done < 1 || now_ms() < start + 30000);
}

/* Our slab caches that there are, as slabinfo has them. */
static int count_caches(void)
{
	FILE *file = fopen("/proc/slabinfo", "r");
	char text[512];
	int nr = 0;

	if (!file)
		return -1;
	while (fgets(text, sizeof(text), file))
		nr += !strncmp(text, "ptree_", 6);
	fclose(file);
	return nr;
}

static bool says(const char *path, const char *word)
{
	FILE *file = fopen(path, "r");
	bool found = false;
	char text[4096];

	while (file && fgets(text, sizeof(text), file))
		found = found || strstr(text, word);
	if (file)
		fclose(file);
	return found;
}

/*
 * QEMU 7.2 emulates each CPU in a thread, and may go on executing for ever an
 * int3 that another CPU has meanwhile replaced. Arming tracepoints that others
 * run into does just that, so there we leave them no other CPU; but with
 * scripts/vm -1, which has all CPUs emulated in one thread.
 */
static void set_other_cpus(bool online)
{
	char path[64];
	int cpu, fd;

	if (!says("/proc/cpuinfo", "TCG") || says("/proc/cmdline", "vm.serial"))
		return;
	for (cpu = 1; cpu < 64; cpu++) {
		snprintf(path, sizeof(path),
			 "/sys/devices/system/cpu/cpu%d/online", cpu);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			break;
		check(dprintf(fd, "%d", online) > 0, "%s: %m", path);
		close(fd);
	}
	note("emulated: %d CPUs taken %s", cpu - 1, online ? "back" : "away");
}

static void reload(bool stormy)
{
	long start = now_ms();
	pid_t pid = 0;
	int i, fd;

	remember_options();
	fd = open_module();
	make_sleepers();
	if (stormy) {
		set_other_cpus(false);
		pid = start_storm();
	}
	for (i = 0; again(i, start); i++) {
		unload();
		check(count_caches() <= 0, "%d slab caches are left",
		      count_caches());
		load(fd);
		see_sleepers("after loading");
	}
	note("%d loads in %ld ms, %d caches of its own in slabinfo", i,
	     now_ms() - start, count_caches());
	if (stormy) {
		end_storm(pid);
		set_other_cpus(true);
	}
	see_all(NULL, 5 * PATIENCE_MS);
	/* Those who were born before are told apart from those after. */
	SEE(.pid = sleepers[0], .ppid = getpid(), .orig = getpid(),
	    .state = 'S');
}

static void reload_quiet(void)
{
	reload(false);
}

static void reload_in_storm(void)
{
	reload(true);
}

/* Readers between two reads, when the module goes. */
static void unload_under_readers(void)
{
	int ready = gate_new(), go = gate_new(), i, fd, status;
	pid_t reader[4];
	char part[64];

	remember_options();
	fd = open_module();
	make_sleepers();
	for (i = 0; i < (int)ARRAY_SIZE(reader); i++) {
		reader[i] = make();
		if (!reader[i]) {
			int tree = sys(open("/proc/ptree", O_RDONLY));
			ssize_t got = sys(read(tree, part, sizeof(part)));

			gate_open(ready);
			gate_pass(go);
			got = read(tree, part, sizeof(part));
			check(got <= 0, "%zd bytes after unloading", got);
			got = pread(tree, part, sizeof(part), 0);
			check(got <= 0, "%zd bytes after unloading", got);
			lseek(tree, 0, SEEK_SET);
			close(tree);
			_exit(0);
		}
	}
	for (i = 0; i < (int)ARRAY_SIZE(reader); i++)
		gate_pass(ready);
	unload();
	/* Half of them with the module gone, half with it back. */
	gate_open(go);
	gate_open(go);
	for (i = 0; i < (int)ARRAY_SIZE(reader); i++) {
		if (i == 2) {
			load(fd);
			gate_open(go);
			gate_open(go);
		}
		sys(waitpid(-1, &status, 0));
		check(!status, "status %x", status);
	}
	see_sleepers("after loading");
}

/* Readers who never stop, while it goes and comes. */
static void unload_in_race(void)
{
	long start = now_ms();
	pid_t reader[2];
	int i, fd;
	char part[4096];

	remember_options();
	fd = open_module();
	make_sleepers();
	for (i = 0; i < (int)ARRAY_SIZE(reader); i++) {
		reader[i] = make();
		while (!reader[i]) {
			int tree = open("/proc/ptree", O_RDONLY);

			if (tree < 0)
				continue;
			while (read(tree, part, sizeof(part)) > 0)
				;
			close(tree);
		}
	}
	for (i = 0; again(i, start); i++) {
		unload();
		load(fd);
		see_sleepers("after loading");
	}
	for (i = 0; i < (int)ARRAY_SIZE(reader); i++)
		quit(reader[i]);
	see_all(NULL, PATIENCE_MS);
}

/* Whoever has the device or a watch open holds the module. */
static void unload_held(void)
{
	int fd, device, watch;

	remember_options();
	fd = open_module();
	make_sleepers();
	device = device_open("/proc");
	check(syscall(SYS_delete_module, "ptree", O_NONBLOCK) < 0 &&
	      errno == EWOULDBLOCK, "unloaded under an open device: %m");
	watch = watch_open(device, 0, 0);
	close(device);
	check(syscall(SYS_delete_module, "ptree", O_NONBLOCK) < 0 &&
	      errno == EWOULDBLOCK, "unloaded under an open watch: %m");
	see_sleepers("after refusing to go");
	close(watch);
	unload();
	check(open("/dev/ptree", O_RDWR) < 0, "/dev/ptree is still there");
	load(fd);
	see_sleepers("after loading");
}

/*
 * A watch whose reader was away while more died than are remembered: he is
 * told of what range, and then has all of it again.
 */
static void watch_lost(void)
{
	struct account *account;
	const char *difference;
	char usual[128];
	int fd, device, i;
	long end;

	remember_options();
	memcpy(usual, options, sizeof(usual));
	fd = open_module();
	make_sleepers();
	unload();
	snprintf(options, sizeof(options), "%.100s history=8", usual);
	load(fd);
	device = device_open("/proc");
	account = account_new(watch_open(device, PTREE_WATCH_NONBLOCK, 0));
	account_update(account);
	for (i = 0; i < 100; i++)
		quit(make_idle());
	/* The last to die may not have given up its numbers before. */
	end = now_ms() + PATIENCE_MS;
	do {
		account_update(account);
		difference = account_unlike(account, NULL);
		check(!difference || now_ms() < end, "%s", difference);
	} while (difference);
	check(account->losts, "100 have died, 8 are remembered, none is lost");
	check(account->first <= account->last &&
	      account->last <= account->seq, "lost %llu to %llu of %llu",
	      account->first, account->last, account->seq);
	/* Who begins at what he knew before is told so, too. */
	account_free(account);
	account = account_new(watch_open(device, PTREE_WATCH_NONBLOCK |
					 PTREE_WATCH_SINCE, 1));
	close(device);
	account_update(account);
	check(account->losts == 1 && account->first == 2,
	      "%u losts, the first of them is %llu", account->losts,
	      account->first);
	/* As it was, for the cases after this. */
	account_free(account);
	unload();
	memcpy(options, usual, sizeof(options));
	load(fd);
	see_sleepers("after loading");
}

const struct live_case load_cases[] = {
	{ "storm", read_in_storm, .seconds = 180 },
	{ "reload", reload_quiet, .seconds = 3000, .slow = true },
	{ "unload-under-readers", unload_under_readers, .seconds = 120 },
	{ "unload-held", unload_held, .seconds = 120 },
	{ "watch-lost", watch_lost, .seconds = 120 },
	{ "unload-in-race", unload_in_race, .seconds = 600, .slow = true },
	/* The last: if it fails, it leaves one CPU. */
	{ "reload-in-storm", reload_in_storm, .seconds = 3000, .slow = true },
	{},
};
