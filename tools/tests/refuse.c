// SPDX-License-Identifier: GPL-2.0
/*
 * refuse.c owns the cases in which something is refused or switched off, and
 * the tree has to be right all the same: probes, unloading, a reader's rights
 * and files.
 */
#include "case.h"
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define KPROBES "/sys/kernel/debug/kprobes/enabled"
#define KPROBES_LIST "/sys/kernel/debug/kprobes/list"
#define FTRACE "/proc/sys/kernel/ftrace_enabled"
#define LOCKDOWN "/sys/kernel/security/lockdown"
#define PARAMETERS "/sys/module/ptree/parameters/"

/* The hooks that are kprobes. */
#define PROBES                                                      \
	(PTREE_HOOK_EXIT_NOTIFIED | PTREE_HOOK_EXCHANGE_TIDS |      \
	 PTREE_HOOK_RELEASE | PTREE_HOOK_CHANGE_PID |            \
	 PTREE_HOOK_CHANGE_ID)

/* The first word of a file. */
static const char *word_of(const char *path)
{
	static char text[128];

	check(file_slurp(path, text, sizeof(text)), "%s: %m", path);
	text[strcspn(text, "\n ")] = '\0';
	return text;
}

static struct ptree_info info_get(void)
{
	struct ptree_info info;
	int fd = device_open(NULL);

	sys(ioctl(fd, PTREE_IOC_INFO, &info));
	close(fd);
	return info;
}

/* Loading again, as it was loaded. */

static char options[128];

static void remember_options(void)
{
	char kprobes[8], history[16];

	snprintf(kprobes, sizeof(kprobes), "%.7s",
		 word_of(PARAMETERS "kprobes"));
	snprintf(history, sizeof(history), "%.15s",
		 word_of(PARAMETERS "history"));
	snprintf(options, sizeof(options), "kprobes=%s history=%s pool=%.15s",
		 kprobes, history, word_of(PARAMETERS "pool"));
}

static void load(void)
{
	int fd;

	check(live_options.module, "which module? (-m)");
	fd = sys(open(live_options.module, O_RDONLY | O_CLOEXEC));
	sys(syscall(SYS_finit_module, fd, options, 0));
	close(fd);
}

static int unload(void)
{
	return syscall(SYS_delete_module, "ptree", O_NONBLOCK) ? -errno : 0;
}

/* Probes that are switched off. */

static void *execute(void *unused)
{
	idle_in_sleep();
}

static noreturn void exec_by_thread(void)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, execute, NULL);
	check(!errno, "pthread_create: %m");
	idle();
}

static noreturn void lead_session(void)
{
	sys(setsid());
	idle();
}

static noreturn void lead_group(void)
{
	sys(setpgid(0, 0));
	idle();
}

static noreturn void change_user(void)
{
	sys(setresuid(1000, 1000, 1000));
	idle();
}

static noreturn void take_name(void)
{
	rename_self("renamed");
	idle();
}

static noreturn void be_father(void)
{
	make_idle();
	idle();
}

/* Everything that a kprobe tells of, seen by reading. */
static void deeds(void)
{
	static void (*const does[])(void) = { exec_by_thread, lead_session,
					      lead_group,     change_user,
					      take_name };
	pid_t pid[ARRAY_SIZE(does)], father, orphan, zombie;
	unsigned int i;

	sys(prctl(PR_SET_CHILD_SUBREAPER, 1));
	for (i = 0; i < ARRAY_SIZE(does); i++) {
		pid[i] = make();
		if (!pid[i])
			does[i]();
	}
	father = make();
	if (!father)
		be_father();
	orphan = child_of(father);
	sys(kill(father, SIGKILL));
	await_zombie(father);
	zombie = make();
	if (!zombie)
		_exit(0);
	await_zombie(zombie);
	await_name(pid[0], "sleep");
	for (i = 0; i < ARRAY_SIZE(does); i++)
		SEE(.pid = pid[i], .ppid = getpid(), .orig = getpid(),
		    .state = 'S');
	SEE(.pid = zombie, .ppid = getpid(), .orig = getpid(), .state = 'Z');
	SEE(.pid = father, .ppid = getpid(), .orig = getpid(), .state = 'Z');
	reap(father);
	see_gone(father);
	SEE(.pid = orphan, .ppid = getpid(), .orig = father, .orig_dead = true,
	    .state = 'S');
	see_all(NULL, PATIENCE_MS);
	for (i = 0; i < ARRAY_SIZE(does); i++)
		quit(pid[i]);
	quit(orphan);
	reap(zombie);
	for (i = 0; i < ARRAY_SIZE(does); i++)
		see_gone(pid[i]);
	see_gone(zombie);
}

/* And by going on to read a watch. */
static void deeds_watched(void)
{
	struct account *account;
	int fd = device_open("/proc");
	const char *difference;
	long end;
	pid_t pid = make_idle();

	account = account_new(watch_open(fd, PTREE_WATCH_NONBLOCK, 0));
	close(fd);
	account_update(account);
	sys(setpgid(pid, pid));
	end = now_ms() + PATIENCE_MS;
	do {
		account_update(account);
		difference = account_unlike(account, NULL);
		check(!difference || now_ms() < end, "watched: %s", difference);
	} while (difference);
	account_free(account);
	quit(pid);
}

static void probes_off(void)
{
	/* First, while nobody has died of whom no probe told. */
	deeds_watched();
	deeds();
	check(!(info_get().hooks & PROBES),
	      "probes are off, and said to be armed: %#x", info_get().hooks);
}

static void turn_off(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		skip("%s: %m", path);
	/* 7.3 refuses it to ftrace. */
	if (write(fd, "0", 1) != 1 && errno == EOPNOTSUPP)
		skip("%s can't be turned off", path);
	check(*word_of(path) == '0', "%s is still on", path);
	close(fd);
}

/*
 * Run @deed with a switch of the kernel's turned off. However it ends, the
 * switch is turned on before anybody hears of it: then we are killed.
 */
static void without(const char *path, void (*deed)(void))
{
	struct pollfd ready[2] = { { .events = POLLIN }, { .events = POLLIN } };
	char why[512] = "";
	int report[2];
	ssize_t got;
	int status;
	pid_t pid;

	sys(pipe2(report, O_CLOEXEC | O_NONBLOCK));
	turn_off(path);
	pid = make();
	if (!pid) {
		lib_report_to(report[1]);
		deed();
		_exit(0);
	}
	ready[0].fd = pidfd_of(pid);
	ready[1].fd = report[0];
	sys(poll(ready, ARRAY_SIZE(ready), -1));
	got = read(report[0], why, sizeof(why) - 1);
	file_write(path, "1");
	if (got > 0 && *why == 'S')
		skip("%s", why + 1);
	check(got <= 0, "%s is 0: %s", path, why + 1);
	sys(waitpid(pid, &status, 0));
	check(!status, "%s is 0: status %x", path, status);
}

static void disarmed(void)
{
	unsigned int hooks = info_get().hooks;

	without(KPROBES, probes_off);
	check(info_get().hooks == hooks, "hooks %#x, were %#x",
	      info_get().hooks, hooks);
	deeds();
}

/* All probes there are, a line each, for the caller to free(). */
static char *probes_list(void)
{
	int fd = open(KPROBES_LIST, O_RDONLY | O_CLOEXEC);
	size_t size;
	char *list;

	if (fd < 0)
		skip("%s: %m", KPROBES_LIST);
	list = file_read(fd, &size);
	close(fd);
	return list;
}

/* Whether the probe that only followers need is switched on. */
static bool exits_probed(void)
{
	char *list = probes_list(), *line;
	bool on;

	line = strstr(list, "proc_exit_connector");
	if (!line)
		skip("no probe on proc_exit_connector");
	line[strcspn(line, "\n")] = '\0';
	on = !strstr(line, "DISABLED");
	free(list);
	return on;
}

static void probe_while_followed(void)
{
	unsigned int hooks = info_get().hooks;
	struct pollfd wait = { .events = POLLIN };
	int fd = device_open("/proc"), i;
	struct account *account[2];

	check(!exits_probed(), "it is on, and nobody follows");
	for (i = 0; i < 2; i++) {
		account[i] = account_new(watch_open(fd, PTREE_WATCH_NONBLOCK,
						    0));
		account_update(account[i]);
	}
	check(!exits_probed(), "it is on for those who read and do not wait");
	for (i = 0; i < 2; i++) {
		wait.fd = account[i]->fd;
		while (sys(poll(&wait, 1, 0)))
			account_update(account[i]);
	}
	check(exits_probed(), "it is off, and two follow");
	account_free(account[0]);
	check(exits_probed(), "it is off, and one follows");
	account_free(account[1]);
	check(!exits_probed(), "it is on, and nobody follows any more");
	check(info_get().hooks == hooks, "hooks %#x, were %#x",
	      info_get().hooks, hooks);
}

/* Else a probe is a breakpoint, and works without: so it is on arm64. */
static void need_probes_by_ftrace(void)
{
	char *list = probes_list();

	if (!strstr(list, "[FTRACE]"))
		skip("no probe of this kernel's goes through ftrace");
	free(list);
}

static void ftrace_off(void)
{
	unsigned int hooks = info_get().hooks;

	need_probes_by_ftrace();
	without(FTRACE, probes_off);
	check(info_get().hooks == hooks, "hooks %#x, were %#x",
	      info_get().hooks, hooks);
	deeds();
}

static void load_and_probes_off(void)
{
	sys(unload());
	load();
	probes_off();
}

/* What is loaded while probes can't work has them once they can. */
static void ftrace_off_load(void)
{
	unsigned int hooks = info_get().hooks;

	need_probes_by_ftrace();
	remember_options();
	without(FTRACE, load_and_probes_off);
	check(info_get().hooks == hooks, "hooks %#x, were %#x",
	      info_get().hooks, hooks);
	deeds();
	sys(unload());
	load();
	deeds();
}

/* Unloading that is refused. */

static noreturn void poll_for_ever(int ready)
{
	int device = device_open("/proc");
	struct pollfd wait = { .events = POLLIN };
	struct account *account;

	wait.fd = watch_open(device, PTREE_WATCH_NONBLOCK, 0);
	close(device);
	account = account_new(wait.fd);
	account_update(account);
	gate_open(ready);
	for (;;) {
		sys(poll(&wait, 1, -1));
		account_update(account);
	}
}

static void refuse_unload(void)
{
	int ret = unload();

	check(ret == -EWOULDBLOCK, "unloaded under readers: %s",
	      strerror(-ret));
}

static void poll_64(void)
{
	enum { READERS = 64 };
	int ready = gate_new(), i;
	pid_t reader[READERS];

	remember_options();
	for (i = 0; i < READERS; i++) {
		reader[i] = make();
		if (!reader[i])
			poll_for_ever(ready);
	}
	for (i = 0; i < READERS; i++)
		gate_pass(ready);
	for (i = 0; i < READERS; i++)
		await_state(reader[i], "S");
	check(info_get().watches == READERS, "%u watches", info_get().watches);
	refuse_unload();
	see_all(NULL, PATIENCE_MS);
	for (i = 0; i < READERS; i++) {
		refuse_unload();
		quit(reader[i]);
		see_gone(reader[i]);
	}
	check(!unload(), "still held: %s references",
	      word_of("/sys/module/ptree/refcnt"));
	check(access("/dev/ptree", F_OK), "/dev/ptree is still there");
	load();
	check(!info_get().watches, "%u watches", info_get().watches);
	see_all(NULL, PATIENCE_MS);
}

/* Readers to whom something is refused. */

static void become_user(void)
{
	sys(setgroups(0, NULL));
	sys(setresgid(1000, 1000, 1000));
	sys(setresuid(1000, 1000, 1000));
}

/* Have a child do it, and see that it left no watch behind. */
static void as_child(void (*deed)(int fd), int fd)
{
	unsigned int watches = info_get().watches;
	pid_t pid = make();
	int status;

	if (!pid) {
		deed(fd);
		_exit(0);
	}
	sys(waitpid(pid, &status, 0));
	/* It has reported why, and we are about to be ended for it. */
	if (status)
		idle();
	check(info_get().watches == watches, "%u watches, were %u",
	      info_get().watches, watches);
}

static void refuse_all(int fd, int error)
{
	struct ptree_query query = { .select = PTREE_SELECT_SELF };
	struct ptree_translate translate = { .nr = getpid() };
	struct ptree_watch watch = {};

	device_refuses(fd, PTREE_IOC_GET, &query, error);
	device_refuses(fd, PTREE_IOC_ANCESTRY, &query, error);
	device_refuses(fd, PTREE_IOC_MEMBERS, &query, error);
	device_refuses(fd, PTREE_IOC_TRANSLATE, &translate, error);
	device_refuses(fd, PTREE_IOC_WATCH, &watch, error);
}

/* That it is answered who asks, through this device. */
static void see_self(int fd)
{
	struct answer *answer = ASK(fd, GET, .select = PTREE_SELECT_SELF);

	check(answer && answer->nr == 1, "no answer: %m");
	check(answer->tasks[0]->tid == getpid(), "we are %d, not %d", getpid(),
	      answer->tasks[0]->tid);
	answer_free(answer);
}

static void ask_without_procfs(int unused)
{
	int fd;

	become_user();
	fd = device_open(NULL);
	refuse_all(fd, EACCES);
	check(!device_lend(fd, "/proc"), "/proc can't be lent: %m");
	see_self(fd);
}

static void no_procfs(void)
{
	as_child(ask_without_procfs, -1);
}

static void ask_in_jail(int lent)
{
	int fd;

	sys(chroot("/mnt/jail"));
	sys(chdir("/"));
	check(access("/proc", F_OK), "the jail has a /proc");
	fd = sys(open("/ptree", O_RDWR | O_CLOEXEC));
	see_self(fd);
	check(device_lend(fd, "/") == -EINVAL, "another folder can be lent");
	see_self(lent);
	become_user();
	/* Opened by root, asked by one who has no rights any more. */
	refuse_all(fd, EACCES);
	fd = sys(open("/ptree", O_RDWR | O_CLOEXEC));
	refuse_all(fd, EACCES);
	/* What was lent before shows what it shows everybody. */
	see_self(lent);
}

static void in_chroot(void)
{
	struct stat device;

	own_mounts();
	sys(stat("/dev/ptree", &device));
	sys(mkdir("/mnt/jail", 0755));
	sys(mknod("/mnt/jail/ptree", S_IFCHR | 0666, device.st_rdev));
	sys(chmod("/mnt/jail/ptree", 0666));
	as_child(ask_in_jail, device_open("/proc"));
}

static void ask_filtered(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { ARRAY_SIZE(code), code };
	struct account *account;
	const char *difference;
	pid_t pid = make_idle();

	account = account_new(watch_open(fd, PTREE_WATCH_NONBLOCK, 0));
	sys(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) {
		if (errno == EINVAL)
			skip("no seccomp filters");
		fail("seccomp: %m");
	}
	refuse_all(fd, EPERM);
	/* What it has already goes on. */
	account_update(account);
	check(account_find(account, pid), "the watch lacks %d", pid);
	difference = task_unlike(account_find(account, pid), NULL);
	check(!difference, "%s", difference);
	see_all(NULL, PATIENCE_MS);
}

static void filtered(void)
{
	unsigned int watches = info_get().watches;
	int fd = device_open("/proc");

	as_child(ask_filtered, fd);
	check(info_get().watches == watches, "%u watches, were %u",
	      info_get().watches, watches);
}

/* subset=pid hides what is no process, and nothing of those. */
static void subset_lent(void)
{
	struct account *account;
	const char *difference;
	long end = now_ms() + PATIENCE_MS;
	int fd;

	own_mounts();
	mount_proc("/mnt/subset", "subset=pid,hidepid=2");
	fd = device_open("/mnt/subset");
	see_self(fd);
	account = account_new(watch_open(fd, PTREE_WATCH_NONBLOCK, 0));
	do {
		account_update(account);
		difference = account_unlike(account, "/mnt/subset");
		check(!difference || now_ms() < end, "%s", difference);
	} while (difference);
	become_user();
	/* Now it hides all but who asks. */
	check(!ASK(fd, GET, .select = PTREE_SELECT_PID, .value = 1) &&
	      errno == ESRCH, "a user sees process 1: %m");
	sys(prctl(PR_SET_DUMPABLE, 1));
	see_self(fd);
}

/* A watch for which there is no descriptor. */
static void no_files(void)
{
	struct rlimit limit = { .rlim_cur = 64, .rlim_max = 1024 };
	unsigned int watches = info_get().watches;
	struct ptree_watch watch = {};
	struct account *account;
	struct ptree_info info;
	int fd = device_open("/proc"), i, refs;

	refs = atoi(word_of("/sys/module/ptree/refcnt"));
	sys(setrlimit(RLIMIT_NOFILE, &limit));
	while (dup(fd) >= 0)
		;
	check(errno == EMFILE, "dup: %m");
	for (i = 0; i < 100; i++)
		device_refuses(fd, PTREE_IOC_WATCH, &watch, EMFILE);
	sys(ioctl(fd, PTREE_IOC_INFO, &info));
	check(info.watches == watches, "%u watches, were %u", info.watches,
	      watches);
	limit.rlim_cur = limit.rlim_max;
	sys(setrlimit(RLIMIT_NOFILE, &limit));
	check(atoi(word_of("/sys/module/ptree/refcnt")) == refs,
	      "%s references, were %d", word_of("/sys/module/ptree/refcnt"),
	      refs);
	account = account_new(watch_open(fd, PTREE_WATCH_NONBLOCK, 0));
	account_sync(account);
	check(account_find(account, getpid()), "the watch lacks us");
}

/* A locked kernel takes no module but a signed one; those it has go on. */
static void lockdown(void)
{
	int fd;

	if (mount("none", "/sys/kernel/security", "securityfs", 0, NULL) &&
	    errno != EBUSY)
		skip("no securityfs: %m");
	if (access(LOCKDOWN, F_OK))
		skip("no lockdown");
	remember_options();
	file_write(LOCKDOWN, "confidentiality");
	deeds();
	fd = device_open("/proc");
	see_self(fd);
	close(fd);
	sys(unload());
	fd = sys(open(live_options.module, O_RDONLY | O_CLOEXEC));
	check(syscall(SYS_finit_module, fd, options, 0) < 0 && errno == EPERM,
	      "a locked kernel loads it: %m");
}

const struct live_case refuse_cases[] = {
	{ "probe-while-followed", probe_while_followed },
	{ "kprobes-disarmed", disarmed },
	{ "ftrace-off", ftrace_off },
	{ "ftrace-off-load", ftrace_off_load },
	{ "no-procfs", no_procfs },
	{ "chroot", in_chroot },
	{ "seccomp", filtered },
	{ "subset-pid-lent", subset_lent },
	{ "no-files", no_files },
	{ "poll-64", poll_64, .seconds = 180 },
	/* It can't be undone, and what comes after it can't load the module. */
	{ "lockdown", lockdown, .extra = true },
	{},
};
