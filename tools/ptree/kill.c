// SPDX-License-Identifier: GPL-2.0
/*
 * kill.c owns `ptree kill`: a process and everybody who descends from it, and
 * nobody else.
 *
 * A process that is signalled may have given birth a moment before. So all of
 * them are stopped first, one after the other, until the watch has shown that
 * whoever was born meanwhile is stopped too: what is stopped gives birth to
 * nobody. Then they are signalled, and go on. They are signalled through
 * pidfds, checked against the ids of the tree, so that a number that was given
 * to somebody else meanwhile harms nobody.
 */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "number.h"
#include "text.h"
#include "verb.h"

/* How long the stopping and the dying of all may take. */
#define PATIENCE_MS 10000

enum { OPTION_BIRTH = OPTION_LONG };

static const struct option_help options[] = {
	{ 0, "birth", NULL,
	  "also who descends from it through the dead" },
	{ 's', "signal", "SIGNAL", "which, by name or number; TERM if not said; also -SIGNAL" },
	{ 'n', "dry-run", NULL, "only say who would be signalled" },
	{ 'f', "force", NULL, "even pid 1, or an ancestor of this ptree" },
	{ 'q', "quiet", NULL, "do not list who is signalled" },
	{}
};

/**
 * struct victim - one who is to be signalled
 * @id: of the process
 * @pid: its number
 * @comm: its name
 * @state: its letter when it was met
 * @refused: errno of the signal that it was refused, 0 if none was
 * @frozen: it was told to stop
 * @still: it has stopped, or exited
 * @told: it was sent its signal
 */
struct victim {
	uint64_t id;
	int pid;
	char comm[TEXT_COMM_SIZE];
	char state;
	int refused;
	bool frozen;
	bool still;
	bool told;
};

/**
 * struct hunt - all of them
 * @pt: where tasks are asked for
 * @stream: tells of those just born
 * @tree: what it told, the dead too
 * @root: id of the first of them
 * @birth: follow births from the beginning, not only from now on
 * @begun: @tree was exact once; who belongs is decided by birth from then on
 * @signal: what they get
 * @quiet: do not list them
 * @victims: they, in the order of their ids
 * @nr: how many
 * @room: for how many there is room
 */
struct hunt {
	struct ptree *pt;
	struct ptree_stream *stream;
	struct ptree_tree *tree;
	uint64_t root;
	bool birth;
	bool begun;
	int signal;
	bool quiet;
	struct victim *victims;
	size_t nr;
	size_t room;
};

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * Through a pidfd, and only if that is of the very process that is meant. It
 * is not kept: a swarm may be more than there may be open files.
 */
static int send(const struct hunt *hunt, const struct victim *victim,
		int signal)
{
	int fd = syscall(SYS_pidfd_open, victim->pid, 0), err;
	struct ptree_task *task;

	if (fd < 0)
		return -errno;
	err = ptree_get(hunt->pt, PTREE_SELECT_PIDFD, fd, &task);
	if (!err) {
		if (task->id != victim->id)
			err = -ESRCH;
		free(task);
	}
	if (!err &&
	    syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0))
		err = -errno;
	close(fd);
	return err;
}

/* Who belongs. */

static int by_id(const void *key, const void *element)
{
	const struct victim *victim = element;
	uint64_t id = *(const uint64_t *)key;

	return (id > victim->id) - (id < victim->id);
}

static struct victim *find_victim(const struct hunt *hunt, uint64_t id)
{
	return bsearch(&id, hunt->victims, hunt->nr, sizeof(*hunt->victims),
		       by_id);
}

static bool descends(const struct hunt *hunt, const struct ptree_task *task,
		     const struct ptree_task *(*up)(const struct ptree_tree *,
						    const struct ptree_task *))
{
	for (; task; task = up(hunt->tree, task))
		if (task->id == hunt->root)
			return true;
	return false;
}

/* Whoever is born to one of them is one of them, wherever he hangs by now. */
static bool belongs(const struct hunt *hunt, const struct ptree_task *task)
{
	if (hunt->birth)
		return descends(hunt, task, ptree_tree_birth);
	if (find_victim(hunt, task->birth_id))
		return true;
	return !hunt->begun && descends(hunt, task, ptree_tree_parent);
}

/* A place for one more, in order: nearly always the last. */
static struct victim *insert(struct hunt *hunt, uint64_t id)
{
	size_t at = hunt->nr++;

	while (at && hunt->victims[at - 1].id > id)
		at--;
	memmove(&hunt->victims[at + 1], &hunt->victims[at],
		(hunt->nr - 1 - at) * sizeof(*hunt->victims));
	memset(&hunt->victims[at], 0, sizeof(*hunt->victims));
	return &hunt->victims[at];
}

static int add_victim(struct hunt *hunt, const struct ptree_task *task)
{
	struct victim *victim;

	if (hunt->nr == hunt->room) {
		size_t room = hunt->room * 2 + 64;

		victim = realloc(hunt->victims, room * sizeof(*victim));
		if (!victim)
			return -ENOMEM;
		hunt->victims = victim;
		hunt->room = room;
	}
	victim = insert(hunt, task->id);
	victim->id = task->id;
	victim->pid = task->tid;
	victim->state = task->letter;
	text_comm(victim->comm, task);
	return 0;
}

/*
 * Make all who belong, and are not known yet, victims. In the order of their
 * ids, so that a child comes after its parent. Returns how many, or -errno.
 */
static int find_new(struct hunt *hunt)
{
	const struct ptree_task *task = NULL;
	size_t before = hunt->nr;
	int err;

	while ((task = ptree_tree_next(hunt->tree, task))) {
		if (task->id != task->process_id ||
		    task->state != PTREE_STATE_RUNNING ||
		    task->tid == getpid() || find_victim(hunt, task->id) ||
		    !belongs(hunt, task))
			continue;
		err = add_victim(hunt, task);
		if (err)
			return err;
	}
	hunt->begun = true;
	return hunt->nr - before;
}

/* Read on until the tree is exact again. Returns 0, or -errno. */
static int update(struct hunt *hunt)
{
	const struct ptree_head *record;
	int ret;

	while ((ret = ptree_stream_next(hunt->stream, &record)) > 0) {
		ret = ptree_tree_apply(hunt->tree, record);
		if (ret < 0)
			return ret;
	}
	return ret == -EAGAIN ? 0 : ret ?: -ENODATA;
}

/* Stopping them. */

static void freeze(const struct hunt *hunt, struct victim *victim)
{
	int err;

	if (victim->frozen)
		return;
	err = send(hunt, victim, SIGSTOP);
	victim->frozen = true;
	victim->refused = err == -ESRCH ? 0 : -err;
	/* Whom we may not stop we can't wait for. */
	victim->still = err;
}

/*
 * Whether a process can give birth no more: it is stopped, has exited, or
 * sleeps where a signal does not reach it, and stops before it does anything.
 */
static bool is_still(const struct hunt *hunt, const struct victim *victim)
{
	struct ptree_task *task;
	bool still;

	if (ptree_get(hunt->pt, PTREE_SELECT_ID, victim->id, &task))
		return true;
	still = task->state != PTREE_STATE_RUNNING ||
		strchr("TtDXZ", task->letter);
	free(task);
	return still;
}

static size_t count_moving(struct hunt *hunt)
{
	size_t i, moving = 0;

	for (i = 0; i < hunt->nr; i++) {
		struct victim *victim = &hunt->victims[i];

		if (!victim->still)
			victim->still = is_still(hunt, victim);
		moving += !victim->still;
	}
	return moving;
}

static void thaw(struct hunt *hunt)
{
	size_t i;

	/* Who was stopped before stays so. */
	for (i = 0; i < hunt->nr; i++)
		if (hunt->victims[i].frozen && hunt->victims[i].state != 'T')
			send(hunt, &hunt->victims[i], SIGCONT);
}

/* Until all are still, and a look at the tree after that shows nobody new. */
static int freeze_all(struct hunt *hunt)
{
	long end = now_ms() + PATIENCE_MS;
	size_t i, moving = 0;
	int new;

	for (;;) {
		bool settled = !moving;

		new = update(hunt);
		if (!new)
			new = find_new(hunt);
		if (new < 0)
			return new;
		if (settled && !new && hunt->nr)
			return 0;
		for (i = 0; i < hunt->nr; i++)
			freeze(hunt, &hunt->victims[i]);
		moving = count_moving(hunt);
		if (now_ms() > end)
			return -ETIMEDOUT;
		if (!new && !hunt->nr)
			return -ESRCH;
		if (moving && !new)
			poll(NULL, 0, 1);
	}
}

/* Signalling them. */

/* All who have not been yet. */
static void signal_all(struct hunt *hunt)
{
	size_t i;

	for (i = 0; i < hunt->nr; i++) {
		struct victim *victim = &hunt->victims[i];
		int err;

		if (victim->told)
			continue;
		victim->told = true;
		err = send(hunt, victim, hunt->signal);
		if (err && err != -ESRCH)
			victim->refused = -err;
		if (!err && !hunt->quiet)
			printf("%d %s\n", victim->pid, victim->comm);
	}
}

static bool lives(const struct hunt *hunt, const struct victim *victim)
{
	const struct ptree_task *task = ptree_tree_find(hunt->tree, victim->id);

	return task && task->state == PTREE_STATE_RUNNING && !victim->refused;
}

static size_t count_living(const struct hunt *hunt)
{
	size_t i, living = 0;

	for (i = 0; i < hunt->nr; i++)
		living += lives(hunt, &hunt->victims[i]);
	return living;
}

/* After a SIGKILL: until they are dead, and whoever was born to one as well. */
static int see_them_die(struct hunt *hunt)
{
	struct pollfd wait = {
		.fd = ptree_stream_fd(hunt->stream),
		.events = POLLIN,
	};
	long end = now_ms() + PATIENCE_MS;
	int new;

	do {
		new = update(hunt);
		if (!new)
			new = find_new(hunt);
		if (new < 0)
			return new;
		signal_all(hunt);
		if (!new && !count_living(hunt))
			return 0;
		poll(&wait, 1, 20);
	} while (now_ms() < end);
	complain("kill: %zu of them are still there", count_living(hunt));
	return -ETIMEDOUT;
}

static int report_refused(const struct hunt *hunt)
{
	int end = END_FOUND;
	size_t i;

	for (i = 0; i < hunt->nr; i++) {
		const struct victim *victim = &hunt->victims[i];

		if (!victim->refused)
			continue;
		complain("kill: %d %s: %s", victim->pid, victim->comm,
			 strerror(victim->refused));
		end = END_FAILED;
	}
	return end;
}

static void list_all(const struct hunt *hunt)
{
	size_t i;

	for (i = 0; i < hunt->nr; i++)
		printf("%d %s\n", hunt->victims[i].pid, hunt->victims[i].comm);
}

/* Nobody may interrupt us between stopping and going on. */
static void hold_signals(int how)
{
	sigset_t set;

	sigfillset(&set);
	sigprocmask(how, &set, NULL);
}

static int shoot(struct hunt *hunt)
{
	int err = 0;

	hold_signals(SIG_BLOCK);
	/* Ahead of a swarm that is many; nothing is lost if it is refused. */
	setpriority(PRIO_PROCESS, 0, -20);
	if (hunt->signal != SIGCONT) {
		err = freeze_all(hunt);
	} else {
		err = update(hunt);
		if (!err)
			err = find_new(hunt);
	}
	if (err == -ETIMEDOUT)
		complain("kill: not all of them would stop in %d s: some may get away",
			 PATIENCE_MS / 1000);
	if (err < 0 && err != -ETIMEDOUT) {
		thaw(hunt);
		hold_signals(SIG_UNBLOCK);
		return fail(err, "kill");
	}
	signal_all(hunt);
	if (hunt->signal == SIGKILL)
		err = see_them_die(hunt) ?: err;
	else if (hunt->signal != SIGSTOP)
		thaw(hunt);
	hold_signals(SIG_UNBLOCK);
	return report_refused(hunt) ?: err < 0 ? END_FAILED : END_FOUND;
}

/* Whether the root is one through whom we came to be. */
static bool is_ancestor(const struct hunt *hunt, unsigned int what)
{
	const struct ptree_task *task = NULL;
	struct ptree_list *list;
	bool found = false;

	if (ptree_ancestry(hunt->pt, what, PTREE_SELECT_SELF, 0, &list))
		return false;
	while ((task = ptree_list_next(list, task)))
		found |= task->id == hunt->root;
	ptree_list_free(list);
	return found;
}

static int aim(struct hunt *hunt, int pid, bool force)
{
	struct ptree_task *task;
	char name[32];
	int err;

	snprintf(name, sizeof(name), "%d", pid);
	err = ptree_get(hunt->pt, PTREE_SELECT_PID, pid, &task);
	if (err)
		return fail(err, name);
	hunt->root = task->process_id;
	free(task);
	if (!force && (pid == 1 || is_ancestor(hunt, PTREE_ANCESTRY_REAL) ||
		       is_ancestor(hunt, PTREE_ANCESTRY_BIRTH))) {
		complain("kill: %d is %s; --force if you mean it", pid,
			 pid == 1 ? "the init of all" :
				    "an ancestor of this ptree");
		return END_USAGE;
	}
	return END_FOUND;
}

static int hunt_down(struct hunt *hunt, bool dry)
{
	int err;

	err = ptree_tree_new(&hunt->tree, PTREE_WATCH_DEAD);
	if (!err)
		err = ptree_watch(hunt->pt,
				  PTREE_WATCH_DEAD | PTREE_WATCH_NONBLOCK, 0,
				  &hunt->stream);
	if (err)
		return fail(err, "kill");
	if (!dry)
		return shoot(hunt);
	err = update(hunt);
	if (!err)
		err = find_new(hunt);
	if (err < 0)
		return fail(err, "kill");
	list_all(hunt);
	return hunt->nr ? END_FOUND : END_NONE;
}

static void hunt_free(struct hunt *hunt)
{
	free(hunt->victims);
	ptree_stream_close(hunt->stream);
	ptree_tree_free(hunt->tree);
	ptree_close(hunt->pt);
}

/* Returns 0 for what is none. */
static int signal_of(const char *text)
{
	uint64_t number;
	int signal;

	if (isdigit((unsigned char)*text))
		return number_parse(text, NSIG - 1, &number) ? number : 0;
	if (!strncasecmp(text, "SIG", 3))
		text += 3;
	for (signal = 1; signal < NSIG; signal++)
		if (sigabbrev_np(signal) &&
		    !strcasecmp(text, sigabbrev_np(signal)))
			return signal;
	return 0;
}

/* -KILL and -9, as kill(1) has them: what is no option of ours. */
static void take_signal(int *argc, char **argv, int *signal)
{
	int i;

	for (i = 1; i < *argc && strcmp(argv[i], "--"); i++) {
		int found = 0;

		if (argv[i][0] == '-' && argv[i][1] != '-' &&
		    (isdigit((unsigned char)argv[i][1]) ||
		     isupper((unsigned char)argv[i][1])))
			found = signal_of(argv[i] + 1);
		if (!found)
			continue;
		*signal = found;
		memmove(argv + i, argv + i + 1,
			(*argc - i) * sizeof(*argv));
		--*argc;
		return;
	}
}

static int run(const struct verb *verb, int argc, char **argv)
{
	struct hunt hunt = { .signal = SIGTERM };
	bool dry = false, force = false;
	int option, end, pid;

	take_signal(&argc, argv, &hunt.signal);
	while ((option = verb_getopt(verb, argc, argv)) != -1) {
		switch (option) {
		case OPTION_BIRTH:
			hunt.birth = true;
			break;
		case 's':
			hunt.signal = signal_of(optarg);
			if (hunt.signal)
				break;
			complain("kill: \"%s\" is no signal", optarg);
			return END_USAGE;
		case 'n':
			dry = true;
			break;
		case 'f':
			force = true;
			break;
		case 'q':
			hunt.quiet = true;
			break;
		default:
			return END_USAGE;
		}
	}
	if (argc - optind != 1) {
		complain("kill: which process? One PID");
		return END_USAGE;
	}
	end = operand_parse(argv[optind], false, &pid, NULL);
	if (end != 1)
		return operand_end(end);
	end = door_open(&hunt.pt, DOOR_DEVICE);
	if (end)
		return end;
	end = aim(&hunt, pid, force);
	if (!end)
		end = hunt_down(&hunt, dry);
	hunt_free(&hunt);
	return end;
}

const struct verb verb_kill = {
	.name = "kill",
	.operands = "PID",
	.help = "Signal a process and all of its descendants",
	.options = options,
	.run = run,
};
