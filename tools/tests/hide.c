// SPDX-License-Identifier: GPL-2.0
/* hide.c owns the cases of who may see whom: hidepid=, gid=, subset=, user namespaces. */
#include "case.h"
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/sched.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMBERS 1234

static void become(uid_t uid, bool member)
{
	gid_t group = MEMBERS;

	sys(setgroups(member, &group));
	sys(setresgid(uid, uid, uid));
	sys(setresuid(uid, uid, uid));
}

/* Owned by itself again: a change of user makes a process undumpable. */
static void be_dumpable(void)
{
	sys(prctl(PR_SET_DUMPABLE, 1));
}

static bool may_look_into(const char *proc, pid_t pid)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%d/stat", proc, pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

static bool listed(const int *pids, int nr, pid_t pid)
{
	int i;

	for (i = 0; i < nr; i++)
		if (pids[i] == pid)
			return true;
	return false;
}

/* Returns what the tree shows and that procfs does not, or the reverse. */
static const char *unlike_mount(const char *proc, int *full, int *bare)
{
	static char why[600];
	const char *difference = NULL;
	struct tree *tree;
	int *pids, *again, nr, nr_again, i;

	*full = *bare = 0;
	pids = pids_read(proc, &nr);
	tree = tree_read(proc);
	again = pids_read(proc, &nr_again);
	if (nr != nr_again || memcmp(pids, again, nr * sizeof(*pids)))
		difference = "/proc keeps changing";
	else if (tree->nr != nr)
		difference = why;
	snprintf(why, sizeof(why), "%d lines, %d processes in %s", tree->nr, nr,
		 proc);
	for (i = 0; i < tree->nr && tree->nr != nr; i++)
		if (!listed(pids, nr, tree->lines[i].pid))
			snprintf(why, sizeof(why),
				 "%d is%s in %s/ptree, and not in %s",
				 tree->lines[i].pid,
				 tree->lines[i].bare ? " bare" : "", proc,
				 proc);
	for (i = 0; i < nr && !difference; i++) {
		const struct line *line = tree_find(tree, pids[i]);
		bool may = may_look_into(proc, pids[i]);
		struct truth truth;

		*full += may;
		*bare += !may;
		if (!line)
			snprintf(why, sizeof(why), "%d is not in %s/ptree",
				 pids[i], proc);
		else if (line->bare && may)
			snprintf(why, sizeof(why), "%d is bare in %s/ptree",
				 pids[i], proc);
		else if (!line->bare && !may)
			snprintf(why, sizeof(why),
				 "%d tells too much in %s/ptree", pids[i],
				 proc);
		else if (may && !truth_read(proc, pids[i], &truth))
			snprintf(why, sizeof(why), "%d is gone", pids[i]);
		else if (may)
			difference = differs(line, &truth, 0);
		else
			continue;
		if (!line || line->bare == may || (may && !truth.pid))
			difference = why;
	}
	free(pids);
	free(again);
	tree_free(tree);
	return difference;
}

static void see_mount(const char *proc, int *full, int *bare)
{
	long end = now_ms() + PATIENCE_MS;
	const char *difference;

	while ((difference = unlike_mount(proc, full, bare))) {
		check(now_ms() < end, "uid %d%s: %s", geteuid(),
		      group_member(MEMBERS) ? ", member" : "", difference);
		nap();
	}
}

/**
 * struct crowd - those who are to be seen or not
 * @root: root's
 * @user: the user's
 * @locked: the user's, but not dumpable
 * @other: another user's
 * @given: the user's, born by @giver as our child
 * @giver: root's
 * @orphan: the user's, born by one who is dead
 * @dead_id: id of one of root's who is dead
 * @dead_user_id: id of one of the user's who is dead
 */
struct crowd {
	pid_t root;
	pid_t user;
	pid_t locked;
	pid_t other;
	pid_t given;
	pid_t giver;
	pid_t orphan;
	unsigned long long dead_id;
	unsigned long long dead_user_id;
};

static pid_t make_user(uid_t uid, bool dumpable, int ready)
{
	pid_t pid = make();

	if (pid) {
		gate_pass(ready);
		return pid;
	}
	become(uid, false);
	if (dumpable)
		be_dumpable();
	gate_open(ready);
	idle();
}

/* Ends a process, and says what the tree called it. */
static unsigned long long bury(pid_t pid)
{
	int fd = device_open("/proc");
	unsigned long long id;

	id = ASK(fd, GET, .select = PTREE_SELECT_PID, .value = pid)
		     ->tasks[0]->id;
	quit(pid);
	see_gone(pid);
	close(fd);
	return id;
}

static struct crowd *make_people(void)
{
	struct crowd *crowd = share(sizeof(*crowd));
	int ready = gate_new();
	pid_t mother;

	crowd->root = make_idle();
	crowd->user = make_user(1000, true, ready);
	crowd->locked = make_user(1000, false, ready);
	crowd->other = make_user(2000, true, ready);
	crowd->giver = make();
	if (!crowd->giver) {
		crowd->giver = getpid();
		if (!make_with(CLONE_PARENT)) {
			become(1000, false);
			be_dumpable();
			crowd->given = getpid();
			gate_open(ready);
		}
		idle();
	}
	gate_pass(ready);
	sys(prctl(PR_SET_CHILD_SUBREAPER, 1));
	mother = make();
	if (!mother) {
		crowd->orphan = make_user(1000, true, gate_new());
		_exit(0);
	}
	reap(mother);
	SEE(.pid = crowd->given, .ppid = getpid(), .orig = crowd->giver,
	    .state = 'S');
	SEE(.pid = crowd->orphan, .ppid = getpid(), .orig = mother,
	    .orig_dead = true, .state = 'S');
	crowd->dead_id = bury(make_idle());
	crowd->dead_user_id = bury(make_user(1000, true, ready));
	return crowd;
}

/**
 * struct reader - who reads, and how he sees the others
 * @uid: who he is
 * @member: of the mount's gid=
 * @root: 0 when he doesn't see root's, 1 when bare, 2 when in full
 * @user: the same of the one who is user 1000's
 * @locked: of the one of user 1000 who is not dumpable
 * @other: of the one who is somebody else's
 */
struct reader {
	uid_t uid;
	bool member;
	int root, user, locked, other;
};

static void see_one(const struct tree *tree, const struct reader *reader,
		    const char *name, pid_t pid, int want)
{
	const struct line *line = tree_find(tree, pid);
	int sight = line ? 2 - line->bare : 0;

	check(sight == want, "uid %d%s: sight of %s is %d, should be %d",
	      reader->uid, reader->member ? ", member" : "", name, sight, want);
}

/* The same through a device. */
static void ask_one(int fd, const struct reader *reader, const char *name,
		    pid_t pid, int want)
{
	const struct ptree_task *task;
	struct answer *answer;
	int sight = 0;

	answer = ASK(fd, GET, .select = PTREE_SELECT_PID, .value = pid);
	check(answer || errno == ESRCH, "%s: %m", name);
	task = answer ? answer->tasks[0] : NULL;
	if (task)
		sight = task->mask & PTREE_MASK_TASK ? 2 : 1;
	check(sight == want, "uid %d%s: the device shows %s as %d, should be %d",
	      reader->uid, reader->member ? ", member" : "", name, sight, want);
	if (sight == 1)
		check(task->mask == PTREE_MASK_NUMBERS && task->tid == pid &&
		      !task->comm[0] && !task->start_ns && !task->uid &&
		      !task->parent_id && !task->letter && !task->tracer,
		      "mask %#llx of a bare one",
		      (unsigned long long)task->mask);
	/* What stat keeps from those who may not trace. */
	if (sight == 2 && want)
		check(!(task->mask & PTREE_MASK_EXIT) ==
		      (reader->uid && task->uid != reader->uid),
		      "mask %#llx of uid %u for uid %u",
		      (unsigned long long)task->mask, task->uid, reader->uid);
}

/* All that a watch tells is what the mount tells. */
static void follow(int fd, const struct reader *reader, const char *proc)
{
	struct account *account = account_new(watch_open(fd, 0, 0));
	long end = now_ms() + PATIENCE_MS;
	const char *difference;

	sys(fcntl(account->fd, F_SETFL, O_NONBLOCK));
	do {
		account_update(account);
		difference = account_unlike(account, proc);
		check(!difference || now_ms() < end, "uid %d, watch: %s",
		      reader->uid, difference);
	} while (difference);
	account_free(account);
}

static void ask_all(int fd, const struct reader *reader, const char *proc,
		    const struct crowd *crowd)
{
	const struct ptree_task *task;
	struct answer *answer;

	ask_one(fd, reader, "root's", crowd->root, reader->root);
	ask_one(fd, reader, "the user's", crowd->user, reader->user);
	ask_one(fd, reader, "the locked", crowd->locked, reader->locked);
	ask_one(fd, reader, "another's", crowd->other, reader->other);
	follow(fd, reader, proc);
	answer = ASK(fd, GET, .select = PTREE_SELECT_ID,
		     .value = crowd->dead_id);
	check(!answer == (reader->uid != 0), "uid %d sees one who is dead",
	      reader->uid);
	answer = ASK(fd, GET, .select = PTREE_SELECT_ID,
		     .value = crowd->dead_user_id);
	check(!answer == (reader->uid && (reader->uid != 1000 ||
					  reader->root < 2)),
	      "uid %d: sight of user 1000's dead is %d", reader->uid, !!answer);
	if (reader->user != 2)
		return;
	task = ASK(fd, GET, .select = PTREE_SELECT_PID, .value = crowd->given)
		       ->tasks[0];
	check(reader->root == 2 ? task->birth_pid == crowd->giver :
				  !(task->mask & PTREE_MASK_BIRTH),
	      "uid %d: born to %d, mask %#llx", reader->uid, task->birth_pid,
	      (unsigned long long)task->mask);
	task = ASK(fd, GET, .select = PTREE_SELECT_PID, .value = crowd->orphan)
		       ->tasks[0];
	check(!(task->mask & PTREE_MASK_BIRTH) == (reader->root != 2),
	      "uid %d: mask of the orphan %#llx", reader->uid,
	      (unsigned long long)task->mask);
}

static void read_as(const struct reader *reader, const char *proc,
		    const struct crowd *crowd)
{
	/* One that the reader opens, and two that he inherits from root. */
	int inherited = device_open(proc), unlent = device_open(NULL), own;
	int full, bare, status;
	struct tree *tree;
	pid_t pid = make();

	if (pid) {
		sys(waitpid(pid, &status, 0));
		if (status)
			idle();
		close(inherited);
		close(unlent);
		return;
	}
	if (reader->uid || reader->member)
		become(reader->uid, reader->member);
	own = device_open(proc);
	ask_all(own, reader, proc, crowd);
	ask_all(inherited, reader, proc, crowd);
	check(!ASK(unlent, GET) == (reader->uid != 0) &&
	      (!reader->uid || errno == EACCES),
	      "uid %d without a procfs: %m", reader->uid);
	see_mount(proc, &full, &bare);
	tree = tree_read(proc);
	see_one(tree, reader, "root's", crowd->root, reader->root);
	see_one(tree, reader, "the user's", crowd->user, reader->user);
	see_one(tree, reader, "the locked", crowd->locked, reader->locked);
	see_one(tree, reader, "another's", crowd->other, reader->other);
	/* Births are told when their parties are in sight. */
	if (reader->root == 2) {
		check(tree_find(tree, crowd->given)->orig == crowd->giver,
		      "%s, uid %d: ORIG is %d", proc, reader->uid,
		      tree_find(tree, crowd->given)->orig);
	} else if (reader->user == 2) {
		check(tree_find(tree, crowd->given)->orig == -1,
		      "%s, uid %d: ORIG is %d, of root's", proc, reader->uid,
		      tree_find(tree, crowd->given)->orig);
		check(tree_find(tree, crowd->orphan)->orig == -1,
		      "%s, uid %d: ORIG is %d, of one dead", proc, reader->uid,
		      tree_find(tree, crowd->orphan)->orig);
	}
	_exit(0);
}

static void hide_with(const char *options, const struct reader *readers, int nr)
{
	struct crowd *crowd;
	int i;

	own_mounts();
	mount_proc("/mnt/hide", options);
	crowd = make_people();
	for (i = 0; i < nr; i++)
		read_as(&readers[i], "/mnt/hide", crowd);
}

static void hide_off(void)
{
	static const struct reader readers[] = {
		{ 0, false, 2, 2, 2, 2 },
		{ 1000, false, 2, 2, 2, 2 },
	};

	hide_with("hidepid=0", readers, ARRAY_SIZE(readers));
}

static void hide_1(void)
{
	static const struct reader readers[] = {
		{ 0, false, 2, 2, 2, 2 },
		{ 1000, false, 1, 2, 1, 1 },
		{ 1000, true, 2, 2, 2, 2 },
		{ 3000, false, 1, 1, 1, 1 },
	};

	hide_with("hidepid=1,gid=1234", readers, ARRAY_SIZE(readers));
}

static void hide_2(void)
{
	static const struct reader readers[] = {
		{ 0, false, 2, 2, 2, 2 },
		{ 1000, false, 0, 2, 0, 0 },
		{ 1000, true, 2, 2, 2, 2 },
		{ 3000, false, 0, 0, 0, 0 },
	};

	hide_with("hidepid=2,gid=1234", readers, ARRAY_SIZE(readers));
}

static void hide_4(void)
{
	static const struct reader readers[] = {
		{ 0, false, 2, 2, 2, 2 },
		{ 1000, false, 0, 2, 0, 0 },
		{ 1000, true, 0, 2, 0, 0 },
		{ 3000, false, 0, 0, 0, 0 },
	};

	hide_with("hidepid=4,gid=1234", readers, ARRAY_SIZE(readers));
}

/* A mount without a gid= lets in those of group 0. */
static void hide_without_gid(void)
{
	static const struct reader readers[] = {
		{ 0, false, 2, 2, 2, 2 },
		{ 1000, true, 0, 2, 0, 0 },
	};

	hide_with("hidepid=2", readers, ARRAY_SIZE(readers));
}

static void no_subset(void)
{
	own_mounts();
	mount_proc("/mnt/subset", "subset=pid");
	check(open("/mnt/subset/ptree", O_RDONLY) < 0 && errno == ENOENT,
	      "subset=pid has a ptree");
	check(may_look_into("/mnt/subset", getpid()), "it has no processes");
}

/*
 * An unprivileged user makes himself root of a user namespace and a pid
 * namespace in it, and reads what is there through a procfs of his own.
 */
static void user_namespace(void)
{
	int ready = gate_new(), go = gate_new(), status, ns;
	struct truth truth;
	pid_t maker, init;
	char path[64];

	own_root();
	check(!chmod("/mnt", 0777), "chmod: %m");
	maker = make();
	if (!maker) {
		become(1000, false);
		be_dumpable();
		if (unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS)) {
			if (errno == EINVAL)
				skip("no user namespaces");
			fail("unshare: %m");
		}
		file_write("/proc/self/setgroups", "deny");
		file_write("/proc/self/uid_map", "0 1000 1");
		file_write("/proc/self/gid_map", "0 1000 1");
		init = make();
		if (init) {
			sys(waitpid(init, &status, 0));
			_exit(0);
		}
		rename_self("inner init");
		mount_proc("/mnt/user", NULL);
		make_idle();
		gate_open(ready);
		gate_pass(go);
		see_all("/mnt/user", PATIENCE_MS);
		SEE(.proc = "/mnt/user", .pid = 1, .ppid = 0, .orig = 0,
		    .state = 'R');
		SEE(.proc = "/mnt/user", .pid = 2, .ppid = 1, .orig = 1,
		    .state = 'S');
		check(truth_read("/mnt/user", 2, &truth) && !truth.uid,
		      "uid %u", truth.uid);
		/* Sent in by root from outside: nobody we know. */
		SEE(.proc = "/mnt/user", .pid = 3, .ppid = 0, .orig = 0,
		    .state = 'S');
		check(tree_find(tree_read("/mnt/user"), 3)->uid == 65534,
		      "root of outside is shown as uid %u",
		      tree_find(tree_read("/mnt/user"), 3)->uid);
		check(tree_read("/mnt/user")->nr == 3, "there are %d",
		      tree_read("/mnt/user")->nr);
		gate_open(ready);
		idle();
	}
	gate_pass(ready);
	init = child_of(maker);
	snprintf(path, sizeof(path), "/proc/%d/ns/pid", init);
	ns = sys(open(path, O_RDONLY | O_CLOEXEC));
	if (!make()) {
		sys(setns(ns, CLONE_NEWPID));
		make_idle();
		gate_open(ready);
		idle();
	}
	gate_pass(ready);
	/* Outside they are the user's. */
	SEE(.pid = init, .ppid = maker, .orig = maker);
	check(tree_find(tree_read(NULL), init)->uid == 1000, "uid %u",
	      tree_find(tree_read(NULL), init)->uid);
	gate_open(go);
	gate_pass(ready);
}

/*
 * A watch that root opened, read on by somebody else: he gets it all again, as
 * he may see it. And a mount that begins to hide takes back what it told.
 */
static void change_of_reader(void)
{
	struct account *account = account_new(-1);
	int fd, status, full, bare;
	struct crowd *crowd;
	pid_t pid;

	own_mounts();
	mount_proc("/mnt/hide", "hidepid=2");
	crowd = make_people();
	fd = device_open("/mnt/hide");
	account->fd = watch_open(fd, PTREE_WATCH_NONBLOCK, 0);
	account_update(account);
	check(account_find(account, crowd->other), "root does not see all");
	pid = make();
	if (!pid) {
		become(1000, false);
		be_dumpable();
		account_update(account);
		check(account->losts == 1, "%u losts", account->losts);
		check(account_find(account, crowd->user) &&
		      !account_find(account, crowd->other) &&
		      !account_find(account, crowd->root),
		      "the user sees others");
		see_mount("/mnt/hide", &full, &bare);
		check(account->nr == (unsigned int)full, "%u of %d", account->nr,
		      full);
		_exit(0);
	}
	sys(waitpid(pid, &status, 0));
	if (status)
		idle();
	mount_proc("/mnt/open", "hidepid=0");
	fd = device_open("/mnt/open");
	pid = make();
	if (!pid) {
		become(1000, false);
		fd = device_open("/mnt/open");
		account->fd = watch_open(fd, PTREE_WATCH_NONBLOCK, 0);
		account_update(account);
		check(account_find(account, crowd->other), "no other");
		sys(kill(getpid(), SIGSTOP));
		account_update(account);
		check(!account_find(account, crowd->other) &&
		      account->losts == 1,
		      "%u losts", account->losts);
		_exit(0);
	}
	await_state(pid, "T");
	sys(mount("none", "/mnt/open", "proc", MS_REMOUNT, "hidepid=2"));
	sys(kill(pid, SIGCONT));
	sys(waitpid(pid, &status, 0));
	if (status)
		idle();
}

/* Somebody who hides is gone, and of others nothing is ever told. */
static void change_of_owner(void)
{
	struct account *account = account_new(-1);
	int fd, status, step = gate_new(), ready = gate_new();
	pid_t pid, reader, other;

	own_mounts();
	mount_proc("/mnt/hide", "hidepid=2");
	pid = make();
	if (!pid) {
		become(1000, false);
		be_dumpable();
		gate_open(ready);
		gate_pass(step);
		sys(prctl(PR_SET_DUMPABLE, 0));
		rename_self("hidden");
		gate_open(ready);
		idle();
	}
	gate_pass(ready);
	other = make_user(2000, true, ready);
	reader = make();
	if (!reader) {
		become(1000, false);
		be_dumpable();
		fd = device_open("/mnt/hide");
		account->fd = watch_open(fd, PTREE_WATCH_NONBLOCK, 0);
		account_update(account);
		check(account_find(account, pid), "the user is not seen");
		check(!account_find(account, other), "another is");
		sys(kill(getpid(), SIGSTOP));
		account_update(account);
		check(!account_find(account, pid), "he is still seen");
		check(account->gones == 1, "%u gones: of others too",
		      account->gones);
		_exit(0);
	}
	await_state(reader, "T");
	gate_open(step);
	gate_pass(ready);
	quit(other);
	quit(make_user(2000, true, ready));
	sys(kill(reader, SIGCONT));
	sys(waitpid(reader, &status, 0));
	if (status)
		idle();
}

const struct live_case hide_cases[] = {
	{ "hidepid-0", hide_off },
	{ "hidepid-1", hide_1 },
	{ "hidepid-2", hide_2 },
	{ "hidepid-4", hide_4 },
	{ "hidepid-no-gid", hide_without_gid },
	{ "subset-pid", no_subset },
	{ "user-namespace", user_namespace },
	{ "change-of-reader", change_of_reader },
	{ "change-of-owner", change_of_owner },
	{},
};
