// SPDX-License-Identifier: GPL-2.0
/*
 * watch.c owns `ptree watch`: it follows the changes and says what each of them
 * was, by comparing what is told of a task with what was known of it.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "json.h"
#include "number.h"
#include "text.h"
#include "verb.h"

/* What may have happened to a task between two records of it. */
enum {
	KIND_FORK,
	KIND_EXEC,
	KIND_EXIT,
	KIND_REAP,
	KIND_REPARENT,
	KIND_GROUP,
	KIND_SESSION,
	KIND_CRED,
	KIND_NAME,
	KIND_TTY,
	KIND_THREADS,
	KIND_GONE,
	KIND_OTHER,
	KINDS
};

static const char *const kind_name[KINDS] = {
	"fork",	   "exec", "exit", "reap", "reparent", "group", "session",
	"cred", "name", "tty",  "threads", "gone", "other",
};

#define KIND(name) (1U << KIND_##name)
#define KINDS_ALL  ((1U << KINDS) - 1)

enum { OPTION_JSONL = OPTION_LONG, OPTION_SUBTREE, OPTION_SINCE };

static const struct option_help options[] = {
	{ 0, "jsonl", NULL, "write a JSON object a line" },
	{ 0, "subtree", "PID", "only that process and all who descend from it" },
	{ 0, "since", "SEQ", "begin with what changed after that sequence" },
	{ 'e', "kinds", "KINDS", "only these kinds of change, as in fork,exit" },
	{ 'a', "all", NULL, "begin with all that is there" },
	{ 'T', "threads", NULL, "threads too" },
	{}
};

/**
 * struct follow - a watch that is followed
 * @stream: where records come from
 * @tree: what is known; the dead too, for who descends from whom
 * @jsonl: write JSON
 * @kinds: which kinds to tell of, a bit each
 * @root: id of the process whose subtree it is about, 0 for everybody
 * @begun: the first sync has come: from now on records are changes
 * @quiet: say nothing before that
 * @since: what comes before it changed after some sequence, who knows how
 * @lost: something was lost, and the whole is told again
 * @ever_lost: that has happened
 */
struct follow {
	struct ptree_stream *stream;
	struct ptree_tree *tree;
	bool jsonl;
	unsigned int kinds;
	uint64_t root;
	bool begun;
	bool quiet;
	bool since;
	bool lost;
	bool ever_lost;
};

/* Finding out what happened. */

static unsigned int compare_process(const struct ptree_task *old,
				    const struct ptree_task *new)
{
	unsigned int kinds = 0;

	if (!(old->mask & new->mask & PTREE_MASK_PROCESS))
		return 0;
	if (old->exec_count != new->exec_count)
		kinds |= KIND(EXEC);
	/* A tombstone has no parent; it did not get another one. */
	if (old->parent_id != new->parent_id &&
	    new->state != PTREE_STATE_DEAD)
		kinds |= KIND(REPARENT);
	if (old->sid != new->sid)
		kinds |= KIND(SESSION);
	if (old->pgid != new->pgid)
		kinds |= KIND(GROUP);
	if (old->tty != new->tty)
		kinds |= KIND(TTY);
	if (old->threads != new->threads && new->state == PTREE_STATE_RUNNING)
		kinds |= KIND(THREADS);
	return kinds;
}

/* It exits a while before it is a zombie; to its owner that is told, too. */
static bool has_exited(const struct ptree_task *task)
{
	return task->exit_ns || task->state != PTREE_STATE_RUNNING;
}

static unsigned int compare(const struct ptree_task *old,
			    const struct ptree_task *new)
{
	static const struct ptree_task unborn = {
		.mask = PTREE_MASK_NUMBERS | PTREE_MASK_TASK,
	};
	unsigned int kinds = 0;

	if (!old) {
		kinds = KIND(FORK);
		if (new->exec_count)
			kinds |= KIND(EXEC);
		old = &unborn;
	} else {
		kinds = compare_process(old, new);
		if (strcmp(old->comm, new->comm) && !(kinds & KIND(EXEC)))
			kinds |= KIND(NAME);
		if (old->uid != new->uid || old->gid != new->gid ||
		    old->euid != new->euid || old->egid != new->egid)
			kinds |= KIND(CRED);
	}
	if (!has_exited(old) && has_exited(new))
		kinds |= KIND(EXIT);
	if (old->state != PTREE_STATE_DEAD && new->state == PTREE_STATE_DEAD)
		kinds |= KIND(REAP);
	return kinds ?: KIND(OTHER);
}

/* What is known of a task that changed, without knowing how it was before. */
static unsigned int sum_up(const struct ptree_task *task)
{
	switch (task->state) {
	case PTREE_STATE_DEAD:
		return KIND(EXIT) | KIND(REAP);
	case PTREE_STATE_ZOMBIE:
		return KIND(EXIT);
	default:
		return KIND(OTHER);
	}
}

/* A process, or whose thread it is, and everybody it was born through. */
static bool concerns(const struct follow *follow, const struct ptree_task *task)
{
	const struct ptree_task *process;

	if (!follow->root)
		return true;
	process = ptree_tree_process(follow->tree, task);
	for (; process; process = ptree_tree_birth(follow->tree, process))
		if (process->id == follow->root)
			return true;
	return false;
}

/* Saying so. */

static void print_kinds(unsigned int kinds)
{
	char text[128] = "";
	size_t used = 0;
	int kind;

	for (kind = 0; kind < KINDS; kind++)
		if (kinds & 1U << kind)
			used += snprintf(text + used, sizeof(text) - used,
					 "%s%s", used ? "," : "",
					 kind_name[kind]);
	printf(" %-12s", text);
}

static void print_details(unsigned int kinds, const struct ptree_task *old,
			  const struct ptree_task *new)
{
	char how[TEXT_HOW_SIZE], tty[TEXT_TTY_SIZE], name[TEXT_COMM_SIZE];

	if (kinds & KIND(FORK) && new->mask & PTREE_MASK_BIRTH)
		printf("  born to %d", new->birth_pid);
	if (kinds & KIND(REPARENT))
		printf("  parent %d -> %d", old->ppid, new->ppid);
	if (kinds & KIND(GROUP))
		printf("  group %d -> %d", old->pgid, new->pgid);
	if (kinds & KIND(SESSION))
		printf("  session %d -> %d", old->sid, new->sid);
	if (kinds & KIND(CRED))
		printf("  uid %u -> %u", old->euid, new->euid);
	if (kinds & KIND(NAME))
		printf("  was %s", text_comm(name, old));
	if (kinds & KIND(TTY))
		printf("  %s", text_tty(tty, new->tty));
	if (kinds & KIND(THREADS))
		printf("  threads %u -> %u", old->threads, new->threads);
	if (kinds & KIND(EXIT))
		printf("  %s", text_how(how, new));
}

static void print_change(unsigned int kinds, const struct ptree_task *old,
			 const struct ptree_task *new)
{
	char name[TEXT_COMM_SIZE];

	printf("%10llu", (unsigned long long)new->seq);
	print_kinds(kinds);
	printf(" %7d  %s", new->tid, text_comm(name, new));
	print_details(kinds, old, new);
	putchar('\n');
}

static json_t *json_kinds(unsigned int kinds)
{
	json_t *list = json_array();
	int kind;

	for (kind = 0; kind < KINDS; kind++)
		if (kinds & 1U << kind)
			json_array_append_new(list,
					      json_string(kind_name[kind]));
	return list;
}

static int write_change(const struct follow *follow, unsigned int kinds,
			const struct ptree_task *task)
{
	json_t *object = json_task(follow->tree, task);

	if (!object)
		return -ENOMEM;
	return json_line(stdout, json_pack("{s:s, s:o, s:o}", "type", "task",
					   "kinds", json_kinds(kinds), "task",
					   object));
}

static int tell(const struct follow *follow, unsigned int kinds,
		const struct ptree_task *old, const struct ptree_task *new)
{
	bool first = !follow->begun && !follow->since;

	/* Told again after a loss: whoever rebuilds the tree needs it all. */
	bool again = follow->lost && follow->jsonl;

	if (first && (follow->quiet || new->state == PTREE_STATE_DEAD))
		return 0;
	if ((!(kinds & follow->kinds) && !again) || !concerns(follow, new))
		return 0;
	if (follow->jsonl)
		return write_change(follow, kinds, new);
	print_change(kinds, old, new);
	return 0;
}

/* Taking records. */

static int take_task(struct follow *follow, const struct ptree_task *record)
{
	const struct ptree_task *known, *new;
	struct ptree_task *old = NULL;
	uint64_t id = record->id;
	int err;

	known = ptree_tree_find(follow->tree, id);
	if (known) {
		old = malloc(known->head.size);
		if (!old)
			return -ENOMEM;
		memcpy(old, known, known->head.size);
	}
	err = ptree_tree_apply(follow->tree, &record->head);
	new = ptree_tree_find(follow->tree, id);
	if (!err && new)
		err = tell(follow, follow->begun || !follow->since ?
					   compare(old, new) : sum_up(new),
			   old, new);
	free(old);
	return err;
}

static int take_gone(struct follow *follow, const struct ptree_gone *gone)
{
	const struct ptree_task *known = ptree_tree_find(follow->tree, gone->id);
	int err = 0;

	if (known && follow->begun)
		err = tell(follow, KIND(GONE), known, known);
	return err ?: ptree_tree_apply(follow->tree, &gone->head);
}

static int take_lost(struct follow *follow, const struct ptree_lost *lost)
{
	int err = ptree_tree_apply(follow->tree, &lost->head);

	follow->lost = true;
	follow->ever_lost = true;
	if (err)
		return err;
	if (follow->jsonl)
		return json_line(stdout,
				 json_pack("{s:s, s:I, s:I}", "type", "lost",
					   "first", (json_int_t)lost->first,
					   "last", (json_int_t)lost->last));
	printf("%10llu lost          changes %llu to %llu were forgotten before they were read\n",
	       (unsigned long long)lost->last, (unsigned long long)lost->first,
	       (unsigned long long)lost->last);
	return 0;
}

static int take_sync(struct follow *follow, const struct ptree_sync *sync)
{
	/* For people it is news only where something began anew. */
	bool first = !follow->begun || follow->lost;
	int err = ptree_tree_apply(follow->tree, &sync->head);

	if (err < 0)
		return err;
	follow->lost = false;
	follow->begun = true;
	err = 0;
	if (follow->jsonl)
		err = json_line(stdout, json_pack("{s:s, s:I}", "type", "sync",
						  "seq",
						  (json_int_t)sync->seq));
	else if (first)
		printf("%10llu sync          %zu tasks are known\n",
		       (unsigned long long)sync->seq,
		       ptree_tree_size(follow->tree));
	return err;
}

static int take(struct follow *follow, const struct ptree_head *record)
{
	switch (record->type) {
	case PTREE_TYPE_TASK:
		return take_task(follow, (const struct ptree_task *)record);
	case PTREE_TYPE_GONE:
		return take_gone(follow, (const struct ptree_gone *)record);
	case PTREE_TYPE_LOST:
		return take_lost(follow, (const struct ptree_lost *)record);
	case PTREE_TYPE_SYNC:
		return take_sync(follow, (const struct ptree_sync *)record);
	default:
		return 0;
	}
}

/* Until there is no more for now. Returns 0, or a negative errno. */
static int drain(struct follow *follow)
{
	const struct ptree_head *record;
	int ret;

	while ((ret = ptree_stream_next(follow->stream, &record)) > 0) {
		ret = take(follow, record);
		if (ret < 0)
			return ret;
		if (ferror(stdout))
			return -ECANCELED;
	}
	if (fflush(stdout))
		return -ECANCELED;
	return ret == -EAGAIN ? 0 : ret ?: -ENODATA;
}

static int signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* Until a signal, or whoever reads us goes away. */
static int follow_on(struct follow *follow)
{
	struct pollfd fds[] = {
		{ .fd = ptree_stream_fd(follow->stream), .events = POLLIN },
		{ .fd = signals(), .events = POLLIN },
		{ .fd = STDOUT_FILENO },
	};
	int err = 0;

	while (!err && !fds[1].revents && !(fds[2].revents & POLLERR)) {
		err = drain(follow);
		if (!err && poll(fds, 3, -1) < 0 && errno != EINTR)
			err = -errno;
	}
	close(fds[1].fd);
	return err;
}

static int parse_kinds(char *text, unsigned int *kinds)
{
	char *word;
	int kind;

	*kinds = 0;
	while ((word = strsep(&text, ","))) {
		for (kind = 0; kind < KINDS; kind++)
			if (!strcmp(word, kind_name[kind]))
				break;
		if (kind == KINDS) {
			complain("watch: \"%s\" is no kind of change; these are:",
				 word);
			for (kind = 0; kind < KINDS; kind++)
				fprintf(stderr, " %s", kind_name[kind]);
			fputc('\n', stderr);
			return END_USAGE;
		}
		*kinds |= 1U << kind;
	}
	return END_FOUND;
}

/**
 * struct watch_options - what was asked for
 * @flags: PTREE_WATCH_*
 * @since: the sequence to begin after
 * @subtree: the operand of --subtree, or NULL
 * @all: begin with all that is there
 */
struct watch_options {
	unsigned int flags;
	uint64_t since;
	const char *subtree;
	bool all;
};

static int parse_since(struct watch_options *o, const char *text)
{
	if (!number_parse(text, UINT64_MAX, &o->since)) {
		complain("watch: \"%s\" is no sequence number", text);
		return END_USAGE;
	}
	o->flags |= PTREE_WATCH_SINCE;
	return END_FOUND;
}

static int parse(const struct verb *verb, int argc, char **argv,
		 struct follow *follow, struct watch_options *o)
{
	int option, end = END_FOUND;

	while (!end && (option = verb_getopt(verb, argc, argv)) != -1) {
		switch (option) {
		case OPTION_JSONL:
			follow->jsonl = true;
			break;
		case OPTION_SUBTREE:
			o->subtree = optarg;
			break;
		case OPTION_SINCE:
			end = parse_since(o, optarg);
			break;
		case 'e':
			end = parse_kinds(optarg, &follow->kinds);
			break;
		case 'a':
			o->all = true;
			break;
		case 'T':
			o->flags |= PTREE_WATCH_THREADS;
			break;
		default:
			return END_USAGE;
		}
	}
	if (!end && optind < argc) {
		complain("watch: \"%s\": nothing may follow the options",
			 argv[optind]);
		return END_USAGE;
	}
	return end;
}

static int find_root(struct follow *follow, struct ptree *pt,
		     const char *operand)
{
	struct ptree_task *task;
	int err, pid;

	err = operand_parse(operand, false, &pid, NULL);
	if (err != 1)
		return operand_end(err);
	err = ptree_get(pt, PTREE_SELECT_PID, pid, &task);
	if (err)
		return fail(err, operand);
	follow->root = task->process_id;
	free(task);
	return END_FOUND;
}

static int watch_with(struct follow *follow, struct ptree *pt,
		      const struct watch_options *o)
{
	int err, end = END_FOUND;

	if (o->subtree)
		end = find_root(follow, pt, o->subtree);
	if (end)
		return end;
	follow->quiet = !o->all;
	follow->since = o->flags & PTREE_WATCH_SINCE;
	/* Who changed since then may descend from some who did not. */
	if (follow->since)
		err = ptree_snapshot(pt, o->flags & ~PTREE_WATCH_SINCE,
				     &follow->tree);
	else
		err = ptree_tree_new(&follow->tree, PTREE_WATCH_DEAD);
	if (!err)
		err = ptree_watch(pt, o->flags | PTREE_WATCH_NONBLOCK,
				  o->since, &follow->stream);
	if (err == -EINVAL) {
		complain("watch: --since: there was no such change yet");
		return END_USAGE;
	}
	if (!err)
		err = follow_on(follow);
	/* main() tells of what could not be written. */
	if (err && err != -ECANCELED)
		return fail(err, "watch");
	return follow->ever_lost ? END_PARTIAL : END_FOUND;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	struct follow follow = { .kinds = KINDS_ALL };
	/* Births go through the dead, so these are wanted for a subtree. */
	struct watch_options o = { .flags = PTREE_WATCH_DEAD };
	struct ptree *pt;
	int end;

	end = parse(verb, argc, argv, &follow, &o);
	if (end)
		return end;
	end = door_open(&pt, DOOR_DEVICE);
	if (end)
		return end;
	end = watch_with(&follow, pt, &o);
	ptree_stream_close(follow.stream);
	ptree_tree_free(follow.tree);
	ptree_close(pt);
	return end;
}

const struct verb verb_watch = {
	.name = "watch",
	.operands = "",
	.help = "Follow what changes",
	.options = options,
	.run = run,
};
