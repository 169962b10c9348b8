// SPDX-License-Identifier: GPL-2.0
/*
 * tree.c owns `ptree`, the verb that is run when none is named: what is drawn,
 * of whom, and how.
 */
#include <errno.h>
#include <langinfo.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "compact.h"
#include "dot.h"
#include "draw.h"
#include "nest.h"
#include "nstype.h"
#include "verb.h"

enum {
	OPTION_BIRTH = OPTION_LONG,
	OPTION_DOT,
};

/* Those without a letter first: they are known by their index. */
static const struct option_help options[] = {
	{ 0, "birth", NULL, "draw who gave birth to whom, through the dead" },
	{ 0, "dot", NULL, "write a graph for Graphviz" },
	{ 'J', "json", NULL, "write the tree as JSON" },
	{ 'a', "arguments", NULL, "show arguments" },
	{ 'A', "ascii", NULL, "draw with ASCII" },
	{ 'G', "vt100", NULL, "draw with what a VT100 has for it" },
	{ 'U', "unicode", NULL, "draw with UTF-8" },
	{ 'c', "compact-not", NULL, "do not merge what looks the same" },
	{ 'C', "color", "WHEN",
	  "auto, always, never; age: color names by age" },
	{ 'g', "show-pgids", NULL, "show process groups" },
	{ 'h', "highlight-all", NULL, "highlight ptree and its ancestors" },
	{ 'H', "highlight-pid", "PID", "highlight this one and its ancestors" },
	{ 'l', "long", NULL, "do not cut long lines" },
	{ 'n', "numeric-sort", NULL, "sort by number, not by name" },
	{ 'N', "ns-sort", "TYPE",
	  "a tree for each namespace: cgroup ipc mnt net pid user uts time" },
	{ 'p', "show-pids", NULL, "show numbers; implies -c" },
	{ 'q', "quiet", NULL, "do not say that it is best effort" },
	{ 's', "show-parents", NULL, "show the ancestors of the operands too" },
	{ 'S', "ns-changes", NULL, "show where namespaces change" },
	{ 't', "thread-names", NULL, "show the names of threads" },
	{ 'T', "hide-threads", NULL, "hide threads" },
	{ 'u', "uid-changes", NULL, "show where users change" },
	{ 'Z', "security-context", NULL, "show security contexts" },
	{}
};

enum output { OUTPUT_DRAWING, OUTPUT_DOT, OUTPUT_JSON };

/**
 * struct operand - whom to draw
 * @text: as it was given
 * @pid: a process or thread
 * @uid: a user
 * @user: it is a user
 */
struct operand {
	const char *text;
	int pid;
	unsigned int uid;
	bool user;
};

/**
 * struct request - what was asked for
 * @look: of the drawing
 * @output: what to write
 * @forest: FOREST_*
 * @nstype: of the namespaces to draw apart; NSTYPES for none
 * @highlight: who is to stand out, 0 for nobody
 * @compact: merge what looks the same
 * @threads: show threads
 * @parents: show ancestors
 * @quiet: do not say that it is best effort
 * @operands: whom to draw; to be freed
 * @length: how many operands
 */
struct request {
	struct look look;
	enum output output;
	unsigned int forest;
	enum nstype nstype;
	int highlight;
	bool compact;
	bool threads;
	bool parents;
	bool quiet;
	struct operand *operands;
	size_t length;
};

/**
 * struct job - a request being answered
 * @request: it
 * @pt: where the tree comes from
 * @tree: it
 * @forest: its nodes
 * @grove: the trees that are asked for
 * @missing: operands that nothing was found for
 */
struct job {
	const struct request *request;
	struct ptree *pt;
	struct ptree_tree *tree;
	struct forest forest;
	struct grove grove;
	size_t missing;
};

static enum charset default_charset(void)
{
	if (isatty(STDOUT_FILENO) && !strcmp(nl_langinfo(CODESET), "UTF-8"))
		return CHARSET_UTF8;
	return CHARSET_ASCII;
}

static int set_highlight(struct request *request, int pid)
{
	if (request->highlight) {
		complain("-h and -H are for one process, and given once");
		return END_USAGE;
	}
	request->highlight = pid;
	return END_FOUND;
}

static int set_highlight_pid(struct request *request, const char *text)
{
	unsigned int uid;
	int pid, kind;

	kind = operand_parse(text, false, &pid, &uid);
	if (kind != 1)
		return operand_end(kind);
	return set_highlight(request, pid);
}

static int set_colour(struct request *request, const char *text)
{
	if (!colour_parse(&request->look.colour, text))
		return END_FOUND;
	complain("--color=%s: it is auto, always, never or age", text);
	return END_USAGE;
}

static int set_nstype(struct request *request, const char *text)
{
	int err = nstype_parse(text, &request->nstype);

	if (!err)
		return END_FOUND;
	if (err == -EINVAL)
		complain("-N %s: there is no such type of namespace", text);
	else
		complain("-N %s: this kernel has no such namespaces", text);
	return END_USAGE;
}

/* Without one, contexts would be empty, as if there were nothing to hide. */
static int set_contexts(struct request *request)
{
	FILE *file = fopen("/proc/self/attr/current", "re");
	int byte = file ? fgetc(file) : EOF;

	if (file)
		fclose(file);
	if (byte == EOF) {
		complain("-Z: this kernel runs no security module that has contexts");
		return END_FAILED;
	}
	request->look.flags |= DRAW_CONTEXTS;
	return END_FOUND;
}

static int set_output(struct request *request, enum output output)
{
	if (request->output && request->output != output) {
		complain("--dot and --json cannot be given together");
		return END_USAGE;
	}
	request->output = output;
	return END_FOUND;
}

/* Options that only switch something on or off. */
static void set_switch(struct request *request, int letter)
{
	struct look *look = &request->look;

	switch (letter) {
	case OPTION_BIRTH:
		request->forest |= FOREST_BIRTH;
		break;
	case 'a':
		look->flags |= DRAW_ARGUMENTS;
		break;
	case 'A':
		look->charset = CHARSET_ASCII;
		break;
	case 'G':
		look->charset = CHARSET_VT100;
		break;
	case 'U':
		look->charset = CHARSET_UTF8;
		break;
	case 'c':
		request->compact = false;
		break;
	case 'g':
		look->flags |= DRAW_PGIDS;
		break;
	case 'l':
		look->width = 0;
		break;
	case 'n':
		request->forest |= FOREST_BY_NUMBER;
		break;
	case 'p':
		look->flags |= DRAW_PIDS;
		request->compact = false;
		break;
	case 'q':
		request->quiet = true;
		break;
	case 's':
		request->parents = true;
		break;
	case 'S':
		look->flags |= DRAW_NAMESPACES;
		break;
	case 't':
		request->forest |= FOREST_THREAD_NAMES;
		break;
	case 'T':
		request->threads = false;
		break;
	case 'u':
		look->flags |= DRAW_UIDS;
		break;
	}
}

static int set_option(struct request *request, int letter)
{
	switch (letter) {
	case '?':
		return END_USAGE;
	case OPTION_DOT:
		return set_output(request, OUTPUT_DOT);
	case 'J':
		return set_output(request, OUTPUT_JSON);
	case 'C':
		return set_colour(request, optarg);
	case 'h':
		return set_highlight(request, getpid());
	case 'H':
		return set_highlight_pid(request, optarg);
	case 'N':
		return set_nstype(request, optarg);
	case 'Z':
		return set_contexts(request);
	}
	set_switch(request, letter);
	return END_FOUND;
}

/* 0 is everybody, the kernel's threads too. */
static int set_operand(struct operand *operand, const char *text, bool literal)
{
	int kind;

	operand->text = text;
	if (!strcmp(text, "0"))
		return END_FOUND;
	if (!literal && verb_known(text)) {
		complain("a verb comes first: \"ptree %s\"; a user of that name comes behind --",
			 text);
		return END_USAGE;
	}
	kind = operand_parse(text, true, &operand->pid, &operand->uid);
	if (!kind)
		verb_hint(text);
	if (kind <= 0)
		return operand_end(kind);
	operand->user = kind == 2;
	return END_FOUND;
}

static int set_operands(struct request *request, int argc, char **argv)
{
	bool literal = optind > 1 && !strcmp(argv[optind - 1], "--");
	int end = END_FOUND;

	request->operands = calloc(argc - optind + 1, sizeof(struct operand));
	if (!request->operands)
		return fail(-ENOMEM, "operands");
	for (; optind < argc && end == END_FOUND; optind++)
		end = set_operand(&request->operands[request->length++],
				  argv[optind], literal);
	return end;
}

static int check(const struct request *request)
{
	if (request->output && request->nstype != NSTYPES) {
		complain("-N is for the drawing, not for --dot or --json");
		return END_USAGE;
	}
	if (request->highlight && request->highlight != getpid() &&
	    !request->look.colour.bold) {
		complain("-H: nothing can be highlighted: see TERM and --color");
		return END_FAILED;
	}
	return END_FOUND;
}

static int parse(const struct verb *verb, struct request *request, int argc,
		 char **argv)
{
	int end = END_FOUND, letter;

	*request = (struct request){
		.look.charset = default_charset(),
		.look.width = line_width(),
		.nstype = NSTYPES,
		.compact = true,
		.threads = true,
	};
	while (end == END_FOUND &&
	       (letter = verb_getopt(verb, argc, argv)) != -1)
		end = set_option(request, letter);
	if (end == END_FOUND)
		end = set_operands(request, argc, argv);
	colour_settle(&request->look.colour);
	return end == END_FOUND ? check(request) : end;
}

static int add_user(struct job *job, const struct operand *operand)
{
	size_t before = job->grove.length;
	struct grove trees = {};
	int err;

	err = grove_trees(&trees, &job->forest);
	err = err ?: grove_user(&job->grove, &trees, operand->uid);
	grove_free(&trees);
	if (!err && job->grove.length == before) {
		complain("%s: no process found", operand->text);
		job->missing++;
	}
	return err;
}

static int add_process(struct job *job, const struct operand *operand)
{
	struct node *node = forest_find(&job->forest, operand->pid);

	if (node)
		return grove_add(&job->grove, node);
	complain("%s: no such process", operand->text);
	job->missing++;
	return 0;
}

static int select_trees(struct job *job)
{
	const struct request *request = job->request;
	const struct operand *operand = request->operands;
	const struct operand *end = operand + request->length;
	int err = 0;

	if (!request->length)
		return grove_trees(&job->grove, &job->forest);
	for (; operand < end && !err; operand++)
		err = operand->user ? add_user(job, operand) :
				      add_process(job, operand);
	if (!err && request->parents && job->grove.length)
		err = grove_roots(&job->grove, &job->forest);
	return err;
}

static int highlight(struct job *job)
{
	struct node *node;

	if (!job->request->highlight)
		return END_FOUND;
	node = forest_find(&job->forest, job->request->highlight);
	if (!node) {
		complain("%d: no such process to highlight",
			 job->request->highlight);
		return END_NONE;
	}
	for (; node; node = node->parent)
		node->highlit = true;
	return END_FOUND;
}

static bool needs_namespaces(const struct request *request)
{
	return request->nstype != NSTYPES ||
	       request->look.flags & DRAW_NAMESPACES;
}

/* Of all that are drawn, and of the parents they are compared with. */
static int read_namespaces(struct job *job)
{
	struct node *top, *node;
	bool all = true;
	size_t i;

	if (job->request->output || !needs_namespaces(job->request))
		return END_FOUND;
	for (i = 0; i < job->grove.length; i++) {
		top = job->grove.nodes[i];
		if (top->parent)
			nstype_read(top->parent);
		for (node = top; node; node = node_after(top, node))
			all &= nstype_read(node);
	}
	if (all)
		return END_FOUND;
	complain("some namespaces may not be read: those are left out");
	return END_PARTIAL;
}

static unsigned int traits(const struct look *look)
{
	unsigned int flags = 0;

	if (look->flags & DRAW_UIDS)
		flags |= COMPACT_UID;
	if (look->flags & DRAW_PGIDS)
		flags |= COMPACT_PGID;
	if (look->flags & DRAW_NAMESPACES)
		flags |= COMPACT_NAMESPACES;
	if (look->flags & (DRAW_ARGUMENTS | DRAW_CONTEXTS))
		flags |= COMPACT_THREADS;
	return flags;
}

/* The trees of one user have that user above them. */
static uint32_t uid_above(const struct request *request)
{
	bool user = request->length == 1 && request->operands[0].user;

	return user && !request->parents ? request->operands[0].uid : 0;
}

static int draw_grove(struct job *job, const struct grove *grove, bool gap)
{
	const struct request *request = job->request;
	int err = 0;

	if (request->compact)
		err = compact(grove, traits(&request->look));
	return err ?: draw(job->pt, grove, uid_above(request), gap,
			   &request->look);
}

static int draw_namespaces(struct job *job)
{
	struct nsgroup *groups;
	size_t length, i;
	int err;

	err = nstype_split(&job->grove, job->request->nstype, &groups, &length);
	for (i = 0; i < length && !err; i++) {
		printf("[%llu]\n", (unsigned long long)groups[i].inode);
		err = draw_grove(job, &groups[i].grove, false);
	}
	nsgroup_free(groups, length);
	return err;
}

static int write_output(struct job *job)
{
	const struct request *request = job->request;

	switch (request->output) {
	case OUTPUT_DOT:
		dot_write(&job->forest, &job->grove);
		return 0;
	case OUTPUT_JSON:
		return nest_write(&job->forest, &job->grove, request->threads,
				  ptree_best_effort(job->pt));
	case OUTPUT_DRAWING:
		break;
	}
	if (request->nstype != NSTYPES)
		return draw_namespaces(job);
	return draw_grove(job, &job->grove, true);
}

/* Returns END_*; what is found missing is told, the rest is shown. */
static int show(struct job *job)
{
	int end = highlight(job), err;

	if (end != END_FOUND)
		return end;
	err = select_trees(job);
	if (err)
		return fail(err, "the tree");
	if (!job->grove.length)
		return END_NONE;
	end = read_namespaces(job);
	err = write_output(job);
	if (err)
		return fail(err, "the tree");
	return job->missing ? END_PARTIAL : end;
}

static int snapshot(struct job *job)
{
	const struct request *request = job->request;
	unsigned int flags = 0;
	int err;

	if (request->threads)
		flags |= PTREE_WATCH_THREADS;
	if (request->forest & FOREST_BIRTH)
		flags |= PTREE_WATCH_DEAD;
	err = ptree_snapshot(job->pt, flags, &job->tree);
	return err ?: forest_new(&job->forest, job->tree, request->forest);
}

static int answer(struct job *job)
{
	const struct request *request = job->request;
	unsigned int flags = 0;
	int end, err;

	if (request->quiet)
		flags |= DOOR_QUIET;
	if (request->forest & FOREST_BIRTH)
		flags |= DOOR_DEVICE;
	end = door_open(&job->pt, flags);
	if (end != END_FOUND)
		return end;
	err = snapshot(job);
	return err ? fail(err, "the tree") : show(job);
}

static int run(const struct verb *verb, int argc, char **argv)
{
	struct request request;
	struct job job = { .request = &request };
	int end = parse(verb, &request, argc, argv);

	if (end == END_FOUND)
		end = answer(&job);
	grove_free(&job.grove);
	forest_free(&job.forest);
	ptree_tree_free(job.tree);
	ptree_close(job.pt);
	free(request.operands);
	return end;
}

const struct verb verb_tree = {
	.name = "tree",
	.operands = "[PID|USER|/proc/PID|PID:INODE]...",
	.help = "Draw the tree of processes",
	.options = options,
	.run = run,
};
