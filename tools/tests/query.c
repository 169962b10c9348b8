// SPDX-License-Identifier: GPL-2.0
/* query.c owns the cases of what /dev/ptree answers, and what it refuses. */
#include "case.h"
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct ptree_task *only(const struct answer *answer)
{
	check(answer, "no answer: %m");
	check(answer->nr == 1, "%u records", answer->nr);
	return answer->tasks[0];
}

static unsigned long long id_of(int fd, pid_t pid)
{
	return only(ASK(fd, GET, .select = PTREE_SELECT_PID, .value = pid))->id;
}

static void nobody(int fd, const struct ptree_query *query, int error)
{
	struct answer *answer = device_ask(fd, PTREE_IOC_GET, query);

	check(!answer && errno == error,
	      "select %u value %llu: %s, should be %s", query->select,
	      (unsigned long long)query->value,
	      answer ? "an answer" : strerror(errno), strerror(error));
}

/* That whoever the members say is nobody, as in: NOBODY(fd, ESRCH, .value = 1). */
#define NOBODY(fd, error, ...) \
	nobody(fd, &(struct ptree_query){ __VA_ARGS__ }, error)

static void query_get(void)
{
	int fd = device_open("/proc"), thread_id;
	const struct ptree_task *task;
	unsigned long long id;
	pid_t pid = make_idle();
	const char *difference;

	task = only(ASK(fd, GET, .select = PTREE_SELECT_PID, .value = pid));
	difference = task_unlike(task, NULL);
	check(!difference, "%s", difference);
	check(task->birth_pid == getpid() && task->levels == 1 &&
	      task->nspid[0] == pid,
	      "birth_pid %d, levels %u, nspid %d", task->birth_pid,
	      task->levels, task->nspid[0]);
	id = task->id;
	check(task->process_id == id && task->flags & PTREE_TASK_LEADER,
	      "it is no leader");
	check(task->mask == (PTREE_MASK_NUMBERS | PTREE_MASK_TASK |
			     PTREE_MASK_CRED | PTREE_MASK_PROCESS |
			     PTREE_MASK_BIRTH | PTREE_MASK_SHARE |
			     PTREE_MASK_EXIT),
	      "mask %#llx", (unsigned long long)task->mask);
	task = only(ASK(fd, GET, .select = PTREE_SELECT_ID, .value = id));
	check(task->tid == pid, "id %llu is %d", id, task->tid);
	task = only(ASK(fd, GET, .select = PTREE_SELECT_PIDFD,
			.value = pidfd_of(pid)));
	check(task->id == id, "its pidfd is %d's", task->tid);
	task = only(ASK(fd, GET, .select = PTREE_SELECT_SELF));
	check(task->tid == getpid(), "self is %d", task->tid);
	thread_id = id_of(fd, getpid());
	check(task->id == (unsigned long long)thread_id, "two ids");

	NOBODY(fd, ESRCH, .select = PTREE_SELECT_PID, .value = 4000000);
	NOBODY(fd, ESRCH, .select = PTREE_SELECT_PID);
	NOBODY(fd, ESRCH, .select = PTREE_SELECT_PID, .value = -1ULL);
	NOBODY(fd, ESRCH, .select = PTREE_SELECT_ID);
	NOBODY(fd, ESRCH, .select = PTREE_SELECT_ID, .value = 1ULL << 60);
	NOBODY(fd, EBADF, .select = PTREE_SELECT_PIDFD, .value = 999);
	NOBODY(fd, EBADF, .select = PTREE_SELECT_PIDFD, .value = fd);

	/* Root may see the dead. Their numbers are anybody's. */
	quit(pid);
	see_gone(pid);
	task = only(ASK(fd, GET, .select = PTREE_SELECT_ID, .value = id));
	check(task->state == PTREE_STATE_DEAD && task->exit_ns &&
	      task->exit_code == SIGKILL,
	      "state %u exit_ns %llu exit_code %u", task->state,
	      (unsigned long long)task->exit_ns, task->exit_code);
	NOBODY(fd, ESRCH, .select = PTREE_SELECT_PID, .value = pid);
}

static void query_ancestry(void)
{
	int fd = device_open("/proc"), ready = gate_new();
	pid_t *orphan = share(sizeof(*orphan)), mother;
	const struct answer *real, *birth;
	unsigned int i;

	sys(prctl(PR_SET_CHILD_SUBREAPER, 1));
	mother = make();
	if (!mother) {
		if (!make()) {
			*orphan = getpid();
			sys(setsid());
			gate_open(ready);
			idle();
		}
		gate_pass(ready);
		_exit(7);
	}
	reap(mother);
	SEE(.pid = *orphan, .ppid = getpid(), .orig = mother, .orig_dead = true,
	    .state = 'S');
	real = ASK(fd, ANCESTRY, .what = PTREE_ANCESTRY_REAL,
		   .select = PTREE_SELECT_PID, .value = *orphan);
	check(real, "no answer: %m");
	check(real->tasks[0]->tid == *orphan &&
	      real->tasks[1]->tid == getpid() &&
		      real->tasks[2]->tid == getppid(),
	      "parents are %d %d", real->tasks[1]->tid, real->tasks[2]->tid);
	for (i = 0; i + 1 < real->nr; i++)
		check(real->tasks[i]->ppid == real->tasks[i + 1]->tid &&
		      real->tasks[i]->parent_id ==
				      real->tasks[i + 1]->id,
		      "%d is followed by %d", real->tasks[i]->tid,
		      real->tasks[i + 1]->tid);
	check(real->tasks[i]->tid == 1, "it ends with %d", real->tasks[i]->tid);

	birth = ASK(fd, ANCESTRY, .what = PTREE_ANCESTRY_BIRTH,
		    .select = PTREE_SELECT_PID, .value = *orphan);
	check(birth, "no answer: %m");
	check(birth->tasks[1]->tid == mother &&
	      birth->tasks[1]->state == PTREE_STATE_DEAD &&
		      birth->tasks[1]->exit_code == 7 << 8,
	      "born to %d, state %u, exit code %u", birth->tasks[1]->tid,
	      birth->tasks[1]->state, birth->tasks[1]->exit_code);
	check(birth->tasks[2]->tid == getpid(), "whom %d gave birth to",
	      birth->tasks[2]->tid);
	check(birth->tasks[0]->reparented == 1, "reparented %u times",
	      birth->tasks[0]->reparented);
	check(!ASK(fd, ANCESTRY, .what = 2) && errno == EINVAL,
	      "a third kind of ancestry");
	check(!ASK(fd, ANCESTRY, .flags = 1) && errno == EINVAL, "flags");
}

/* Handed over twice before anybody reads: both times were noticed. */
static void query_passed_on(void)
{
	int fd = device_open("/proc"), ready = gate_new();
	const struct ptree_task *task;
	pid_t mother, father, orphan;

	sys(prctl(PR_SET_CHILD_SUBREAPER, 1));
	mother = make();
	if (!mother) {
		sys(prctl(PR_SET_CHILD_SUBREAPER, 1));
		if (!make()) {
			make_idle();
			gate_open(ready);
			idle();
		}
		idle();
	}
	gate_pass(ready);
	father = child_of(mother);
	orphan = child_of(father);
	/* His mother does not reap him, so nothing tells of him but his exit. */
	sys(kill(father, SIGKILL));
	await_zombie(father);
	quit(mother);
	task = only(ASK(fd, GET, .select = PTREE_SELECT_PID, .value = orphan));
	check(task->ppid == getpid() && task->birth_pid == father,
	      "%d was born to %d and is %d's, not %d's", orphan, task->birth_pid,
	      task->ppid, getpid());
	check(task->reparented == 2, "reparented %u times, not twice",
	      task->reparented);
}

/* Longer than what one hold of the lock gives. */
#define GENERATIONS 80

static void query_long_ancestry(void)
{
	pid_t *pids = share(GENERATIONS * sizeof(*pids));
	int fd = device_open("/proc"), ready = gate_new(), i;
	const struct answer *answer;

	if (!make()) {
		for (i = 0; i < GENERATIONS; i++) {
			pids[i] = getpid();
			if (i + 1 < GENERATIONS && make())
				idle();
		}
		gate_open(ready);
		idle();
	}
	gate_pass(ready);
	answer = ASK(fd, ANCESTRY, .select = PTREE_SELECT_PID,
		     .value = pids[GENERATIONS - 1]);
	check(answer && answer->nr > GENERATIONS, "no answer: %m");
	for (i = 0; i < GENERATIONS; i++)
		check(answer->tasks[i]->tid == pids[GENERATIONS - 1 - i],
		      "ancestor %d is %d", i, answer->tasks[i]->tid);
	check(answer->tasks[i]->tid == getpid(), "then comes %d",
	      answer->tasks[i]->tid);
	answer = ASK(fd, ANCESTRY, .what = PTREE_ANCESTRY_BIRTH,
		     .select = PTREE_SELECT_PID, .value = pids[GENERATIONS - 1]);
	check(answer && answer->nr > GENERATIONS &&
	      answer->tasks[GENERATIONS]->tid == getpid(),
	      "by birth it is another one");
}

/**
 * struct clan - a family to ask about
 * @root: whose it is
 * @child: its child
 * @leader: its child, that leads a session of its own
 * @lost: born to @dead, in a session of its own
 * @dead: child of @root
 */
struct clan {
	pid_t root, child, leader, lost, dead;
};

static struct clan *make_clan(void)
{
	struct clan *clan = share(sizeof(*clan));
	int ready = gate_new(), done = gate_new();
	pid_t dead;

	sys(prctl(PR_SET_CHILD_SUBREAPER, 1));
	if (make()) {
		gate_pass(done);
		SEE(.pid = clan->lost, .ppid = getpid(), .orig = clan->dead,
		    .orig_dead = true, .state = 'S');
		return clan;
	}
	clan->root = getpid();
	sys(setpgid(0, 0));
	clan->child = make_idle();
	if (!make()) {
		clan->leader = getpid();
		sys(setsid());
		gate_open(ready);
		idle();
	}
	gate_pass(ready);
	dead = make();
	if (!dead) {
		clan->dead = getpid();
		if (!make()) {
			clan->lost = getpid();
			sys(setsid());
			gate_open(ready);
			idle();
		}
		gate_pass(ready);
		_exit(0);
	}
	reap(dead);
	gate_open(done);
	idle();
}

/* Ask, and compare with a list of pids that ends with 0. */
static void see_members(int fd, unsigned int what, unsigned int flags,
			pid_t root, const pid_t *want)
{
	const struct answer *answer;
	unsigned int nr = 0;

	answer = ASK(fd, MEMBERS, .what = what, .flags = flags,
		     .select = PTREE_SELECT_PID, .value = root);
	check(answer, "members %u of %d: %m", what, root);
	for (; want[nr]; nr++)
		check(answer_find(answer, want[nr]), "members %u of %d: no %d",
		      what, root, want[nr]);
	check(answer->nr == nr, "members %u of %d: %u, should be %u", what,
	      root, answer->nr, nr);
}

static void query_members(void)
{
	int fd = device_open("/proc");
	const struct clan *clan = make_clan();
	const struct answer *answer;

	see_members(fd, PTREE_MEMBERS_SUBTREE, 0, clan->root,
		    (pid_t[]){ clan->root, clan->child, clan->leader, 0 });
	see_members(fd, PTREE_MEMBERS_BIRTH_SUBTREE, 0, clan->root,
		    (pid_t[]){ clan->root, clan->child, clan->leader,
			       clan->lost, 0 });
	see_members(fd, PTREE_MEMBERS_BIRTH_SUBTREE, PTREE_QUERY_DEAD,
		    clan->root,
		    (pid_t[]){ clan->root, clan->child, clan->leader,
			       clan->lost, clan->dead, 0 });
	see_members(fd, PTREE_MEMBERS_PGRP, 0, clan->child,
		    (pid_t[]){ clan->root, clan->child, 0 });
	see_members(fd, PTREE_MEMBERS_SESSION, 0, clan->lost,
		    (pid_t[]){ clan->lost, 0 });
	answer = ASK(fd, MEMBERS, .what = PTREE_MEMBERS_PGRP,
		     .select = PTREE_SELECT_PGID, .value = clan->root);
	check(answer && answer->nr == 2, "by its number: %m");
	answer = ASK(fd, MEMBERS, .what = PTREE_MEMBERS_SESSION,
		     .select = PTREE_SELECT_SID, .value = clan->leader);
	check(answer && answer->nr == 1, "by its number: %m");
	answer = ASK(fd, MEMBERS, .what = PTREE_MEMBERS_NAMESPACE);
	check(answer && answer_find(answer, 1) && answer_find(answer, 2) &&
	      answer_find(answer, clan->lost),
	      "all: %m");
	check(!ASK(fd, MEMBERS, .what = 5) && errno == EINVAL, "a sixth kind");
	check(!ASK(fd, MEMBERS, .flags = 4) && errno == EINVAL, "flags");
	check(!ASK(fd, MEMBERS, .select = PTREE_SELECT_PGID, .value = 1 << 30) &&
	      errno == ESRCH,
	      "a group that there is not");
}

/* A namespace in a namespace; in it a child of its init. Returns the latter. */
static pid_t make_inner(int ready)
{
	pid_t *inner = share(sizeof(*inner)), init;

	init = make_with(CLONE_NEWPID);
	if (!init) {
		mount_proc("/mnt/1", NULL);
		if (!make_with(CLONE_NEWPID)) {
			make_idle();
			gate_open(ready);
			idle();
		}
		idle();
	}
	gate_pass(ready);
	*inner = child_of(child_of(init));
	return *inner;
}

static unsigned int inum_of(pid_t pid)
{
	char path[64], link[64] = "";

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
	sys(readlink(path, link, sizeof(link) - 1));
	return strtoul(link + strlen("pid:["), NULL, 10);
}

static int translate(int fd, unsigned int type, int nr, unsigned int from,
		     unsigned int to)
{
	struct ptree_translate t = {
		.type = type,
		.nr = nr,
		.from = from,
		.to = to,
	};

	return ioctl(fd, PTREE_IOC_TRANSLATE, &t) ? -errno : t.result;
}

static void query_namespaces(void)
{
	const struct ptree_task *task;
	const struct answer *answer;
	unsigned int inner, middle, root;
	int fd, in, got;
	pid_t pid, init;

	own_mounts();
	fd = device_open("/proc");
	pid = make_inner(gate_new());
	init = getpid();
	root = inum_of(init);
	inner = inum_of(pid);
	task = only(ASK(fd, GET, .select = PTREE_SELECT_PID, .value = pid));
	check(task->levels == 3 && task->nspid[0] == pid &&
	      task->nspid[1] == inner_pid(pid, 1) &&
		      task->nspid[2] == 2 && task->pidns == inner,
	      "levels %u: %d %d %d in %u", task->levels, task->nspid[0],
	      task->nspid[1], task->nspid[2], task->pidns);
	answer = ASK(fd, MEMBERS, .what = PTREE_MEMBERS_NAMESPACE,
		     .select = PTREE_SELECT_PID, .value = pid);
	check(answer && answer->nr == 2, "%u live in the innermost",
	      answer ? answer->nr : 0);
	init = task->ppid;
	middle = inum_of(only(ASK(fd, GET, .select = PTREE_SELECT_PID,
				  .value = init))->ppid);
	answer = ASK(fd, MEMBERS, .what = PTREE_MEMBERS_NAMESPACE,
		     .select = PTREE_SELECT_PID,
		     .value = only(ASK(fd, GET, .select = PTREE_SELECT_PID,
				       .value = init))->ppid);
	check(answer && answer->nr == 3, "%u live in the middle",
	      answer ? answer->nr : 0);

	got = translate(fd, PTREE_NUMBER_PID, pid, 0, inner);
	check(got == 2, "in the innermost it is %d", got);
	got = translate(fd, PTREE_NUMBER_TGID, 2, inner, root);
	check(got == pid, "outside it is %d", got);
	got = translate(fd, PTREE_NUMBER_PID, 2, inner, middle);
	check(got == inner_pid(pid, 1), "in the middle it is %d", got);
	got = translate(fd, PTREE_NUMBER_PID, getpid(), 0, inner);
	check(!got, "we are %d in the innermost", got);
	got = translate(fd, PTREE_NUMBER_PID, 3, inner, 0);
	check(got == -ESRCH, "nobody is %d", got);
	got = translate(fd, PTREE_NUMBER_PID, 1, 12345, 0);
	check(got == -ENOENT, "nowhere is %d", got);
	got = translate(fd, 4, 1, 0, 0);
	check(got == -EINVAL, "a fifth type is %d", got);

	/* Through the middle's procfs there is nothing further out. */
	in = device_open("/mnt/1");
	task = only(ASK(in, GET, .select = PTREE_SELECT_PID, .value = 1));
	check(task->levels == 1 && task->ppid == 0 && task->parent_id == 0 &&
	      task->birth_id == 0 && task->pidns == middle,
	      "its init: levels %u ppid %d parent_id %llu birth_id %llu",
	      task->levels, task->ppid, (unsigned long long)task->parent_id,
	      (unsigned long long)task->birth_id);
	NOBODY(in, ESRCH, .select = PTREE_SELECT_SELF);
	NOBODY(in, ESRCH, .select = PTREE_SELECT_ID, .value = id_of(fd, getpid()));
	got = translate(in, PTREE_NUMBER_PID, 1, root, 0);
	check(got == -ENOENT, "from outside: %d", got);
	answer = ASK(in, ANCESTRY, .what = PTREE_ANCESTRY_BIRTH,
		     .select = PTREE_SELECT_PID, .value = 3);
	check(answer && answer->nr == 3 && answer->tasks[2]->tid == 1,
	      "%u ancestors", answer ? answer->nr : 0);
}

/* Commands. */

#define COMMAND(nr, size) _IOC(_IOC_READ | _IOC_WRITE, PTREE_IOC_MAGIC, nr, size)

/**
 * struct growth - a command, and how its struct may be too small or too large
 * @nr: of the command
 * @size: of its struct
 */
struct growth {
	unsigned int nr;
	unsigned int size;
};

static const struct growth growths[] = {
	{ _IOC_NR(PTREE_IOC_PROCFS), PTREE_PROCFS_SIZE_VER0 },
	{ _IOC_NR(PTREE_IOC_GET), PTREE_QUERY_SIZE_VER0 },
	{ _IOC_NR(PTREE_IOC_ANCESTRY), PTREE_QUERY_SIZE_VER0 },
	{ _IOC_NR(PTREE_IOC_MEMBERS), PTREE_QUERY_SIZE_VER0 },
	{ _IOC_NR(PTREE_IOC_TRANSLATE), PTREE_TRANSLATE_SIZE_VER0 },
	{ _IOC_NR(PTREE_IOC_WATCH), PTREE_WATCH_SIZE_VER0 },
	{ _IOC_NR(PTREE_IOC_AUDIT), PTREE_AUDIT_SIZE_VER0 },
};

static void query_refusals(void)
{
	static char zero[1024], tail[1024];
	int fd = device_open("/proc"), not_proc;
	struct ptree_procfs procfs = {};
	unsigned int i;

	device_refuses(fd, 0, NULL, ENOTTY);
	device_refuses(fd, _IOC(0, 'p', 0, 0), NULL, ENOTTY);
	device_refuses(fd, _IOC(0, 'p', 0, 152), zero, ENOTTY);
	for (i = 8; i < 256; i++)
		device_refuses(fd, COMMAND(i, 64), zero, ENOTTY);
	device_refuses(fd, COMMAND(0, 151), zero, EINVAL);
	device_refuses(fd, PTREE_IOC_INFO, NULL, EFAULT);
	for (i = 0; i < ARRAY_SIZE(growths); i++) {
		const struct growth *g = &growths[i];

		device_refuses(fd, COMMAND(g->nr, g->size - 1), zero, EINVAL);
		device_refuses(fd, COMMAND(g->nr, 0), zero, EINVAL);
		device_refuses(fd, COMMAND(g->nr, g->size), NULL, EFAULT);
		device_refuses(fd, COMMAND(g->nr, g->size), (void *)8, EFAULT);
		memset(tail, 0, sizeof(tail));
		tail[g->size + 8] = 1;
		device_refuses(fd, COMMAND(g->nr, g->size + 16), tail, E2BIG);
		device_refuses(fd, COMMAND(g->nr, 16383), (void *)-4096, EFAULT);
	}
	procfs.fd = -1;
	device_refuses(fd, PTREE_IOC_PROCFS, &procfs, EBADF);
	not_proc = sys(open("/", O_RDONLY | O_CLOEXEC));
	procfs.fd = not_proc;
	device_refuses(fd, PTREE_IOC_PROCFS, &procfs, EINVAL);
	procfs.fd = sys(open("/proc/sys", O_RDONLY | O_CLOEXEC));
	device_refuses(fd, PTREE_IOC_PROCFS, &procfs, EINVAL);
	procfs.fd = sys(open("/proc", O_RDONLY | O_CLOEXEC));
	procfs.flags = 1;
	device_refuses(fd, PTREE_IOC_PROCFS, &procfs, EINVAL);
	check(ASK(fd, GET), "after all this it answers no more: %m");
}

/* Newer programs, older ones, and such as have too little room. */
static void query_sizes(void)
{
	struct {
		struct ptree_query query;
		char tail[200];
	} newer = {};
	struct {
		struct ptree_info info;
		char tail[64];
	} info;
	int fd = device_open("/proc");
	char *page, records[4096];
	struct ptree_query query = {};

	newer.query.buf = (uintptr_t)records;
	newer.query.size = sizeof(records);
	sys(ioctl(fd, COMMAND(2, sizeof(newer)), &newer));
	check(newer.query.nr == 1, "%u records", newer.query.nr);
	memset(&info, 0xff, sizeof(info));
	sys(ioctl(fd, COMMAND(0, sizeof(info)), &info));
	check(info.info.load_id && info.info.processes && !info.tail[0] &&
	      !info.tail[63],
	      "the tail is not zero");
	check(info.info.commands == 0xff, "commands %#llx",
	      (unsigned long long)info.info.commands);

	/* One byte too little. */
	memset(records, 0x55, sizeof(records));
	query.buf = (uintptr_t)records;
	query.size = newer.query.used - 1;
	device_refuses(fd, PTREE_IOC_GET, &query, ENOSPC);
	check(query.used == newer.query.used && query.nr == 1 &&
	      records[0] == 0x55,
	      "used %llu nr %u", (unsigned long long)query.used, query.nr);
	/* A buffer that ends where it can't be written. */
	page = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(page != MAP_FAILED, "mmap: %m");
	sys(mprotect(page + 4096, 4096, PROT_NONE));
	query.buf = (uintptr_t)page + 4096 - 8;
	query.size = 4096;
	device_refuses(fd, PTREE_IOC_GET, &query, EFAULT);
	query.buf = -4096ULL;
	device_refuses(fd, PTREE_IOC_GET, &query, EFAULT);
	device_refuses(fd, PTREE_IOC_GET, page + 4096 - 16, EFAULT);
}

#ifdef __x86_64__
static void no_compat(int signal)
{
	skip("no 32-bit system calls");
}

/* As a 32-bit program calls: through int 0x80, with addresses of 32 bits. */
static void query_compat(void)
{
	int fd = device_open("/proc");
	struct ptree_query *query;
	long ret;

	query = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	check(query != MAP_FAILED, "mmap: %m");
	query->buf = (uintptr_t)query + 1024;
	query->size = 1024;
	signal(SIGSEGV, no_compat);
	asm volatile("int $0x80"
		     : "=a"(ret)
		     : "a"(54L), "b"((long)fd), "c"((long)PTREE_IOC_GET),
		       "d"(query)
		     : "memory", "r8", "r9", "r10", "r11");
	check(!ret, "%s", strerror(-ret));
	check(query->nr == 1, "%u records", query->nr);
	check(((struct ptree_task *)((char *)query + 1024))->tid == getpid(),
	      "it is not us");
}
#else
static void query_compat(void)
{
	skip("this machine's 32-bit calls need a 32-bit program");
}
#endif

static void query_info(void)
{
	int fd = device_open("/proc"), watch;
	struct ptree_info info, again;

	sys(ioctl(fd, PTREE_IOC_INFO, &info));
	check(info.load_id && info.load_ns && info.seq && info.memory &&
	      info.history_max && info.processes > 10 &&
		      info.tasks >= info.processes,
	      "load_id %llu seq %llu memory %llu processes %u tasks %u",
	      (unsigned long long)info.load_id, (unsigned long long)info.seq,
	      (unsigned long long)info.memory, info.processes, info.tasks);
	check((info.hooks & 0x1f) == 0x1f && !(info.hooks & ~info.hooks_known),
	      "hooks %#x of %#x", info.hooks, info.hooks_known);
	check(info.pidns == inum_of(getpid()), "pidns %u", info.pidns);
	watch = watch_open(fd, 0, 0);
	quit(make_idle());
	sys(ioctl(fd, PTREE_IOC_INFO, &again));
	check(again.watches == info.watches + 1 && again.seq > info.seq &&
	      again.load_id == info.load_id,
	      "watches %u", again.watches);
	close(watch);
	sys(ioctl(fd, PTREE_IOC_INFO, &again));
	check(again.watches == info.watches, "watches %u after closing",
	      again.watches);
}

const struct live_case query_cases[] = {
	{ "query-get", query_get },
	{ "query-ancestry", query_ancestry },
	{ "query-passed-on", query_passed_on },
	{ "query-long-ancestry", query_long_ancestry, .seconds = 180 },
	{ "query-members", query_members },
	{ "query-namespaces", query_namespaces },
	{ "query-refusals", query_refusals },
	{ "query-sizes", query_sizes },
	{ "query-compat", query_compat },
	{ "query-info", query_info },
	{},
};
