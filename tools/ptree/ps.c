// SPDX-License-Identifier: GPL-2.0
/* ps.c owns `ptree ps`: tasks as a table, or as JSON. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "filter.h"
#include "json.h"
#include "number.h"
#include "text.h"
#include "verb.h"

#define USUAL	      "PID,PPID,BIRTH_PID,PGID,SID,USER,TTY,STAT,AGE,COMM"
#define USUAL_THREADS "PID,TID,PPID,BIRTH_PID,PGID,SID,USER,TTY,STAT,AGE,COMM"

enum output { OUTPUT_TABLE, OUTPUT_RAW, OUTPUT_JSON, OUTPUT_JSONL };

/**
 * struct request - what was asked for
 * @columns: which columns; none for all fields of JSON
 * @words: what -o was given, or NULL
 * @sort: by which column, NULL for the id
 * @backwards: the largest first
 * @output: in which form
 * @noheadings: without the first line
 * @quiet: without saying that it is best effort
 * @watch: PTREE_WATCH_*
 * @since: with PTREE_WATCH_SINCE, since when
 * @filter: whom
 */
struct request {
	struct columns columns;
	const char *words;
	const struct column *sort;
	bool backwards;
	enum output output;
	bool noheadings;
	bool quiet;
	unsigned int watch;
	uint64_t since;
	struct filter filter;
};

/**
 * struct finding - what was found
 * @pt: the door
 * @tree: the tasks
 * @seq: the moment they are of
 * @now: when they were found, CLOCK_BOOTTIME in ns
 * @gone: ids that are to be seen no more, with --since
 * @gone_length: how many
 * @lost: changes were forgotten before they were read
 * @selection: the tasks that are asked for
 */
struct finding {
	struct ptree *pt;
	struct ptree_tree *tree;
	uint64_t seq;
	uint64_t now;
	struct ptree_gone *gone;
	size_t gone_length;
	bool lost;
	struct selection selection;
};

/* Options: those with a name alone are known by their place. */

enum {
	OPTION_JSONL,
	OPTION_SINCE,
	OPTION_SORT,
	OPTION_FILTER,
	OPTIONS_NAMED = OPTION_FILTER + FILTER_OPTIONS,
};

static const struct option_help options[] = {
	[OPTION_JSONL] = { 0, "jsonl", NULL, "one JSON object a line" },
	[OPTION_SINCE] = { 0, "since", "SEQ", "only what changed after that" },
	[OPTION_SORT] = { 0, "sort", "COLUMN",
			  "in this order, with a - in front backwards" },
	[OPTION_FILTER + FILTER_PPID] = { 0, "ppid", "PID",
					  "children of this one" },
	[OPTION_FILTER + FILTER_PGID] = { 0, "pgid", "PGID",
					  "members of this process group" },
	[OPTION_FILTER + FILTER_SID] = { 0, "sid", "SID",
					 "members of this session" },
	[OPTION_FILTER + FILTER_SUBTREE] = { 0, "subtree", "PID",
					     "this one and its descendants" },
	[OPTION_FILTER + FILTER_TTY] = { 0, "tty", "TTY",
					 "on this terminal, ? for none" },
	[OPTION_FILTER + FILTER_PIDNS] = { 0, "pidns", "NS",
					   "in this pid namespace: pid:[INUM], PID or self" },
	[OPTION_FILTER + FILTER_COMM] = { 0, "comm", "GLOB",
					  "whose name matches" },
	[OPTION_FILTER + FILTER_STATE] = { 0, "state", "LETTERS",
					   "in one of these states" },
	[OPTIONS_NAMED] = { 'o', "output", "COLUMNS",
			    "show these, with a + in front these too" },
	{ 'J', "json", NULL, "write JSON" },
	{ 'r', "raw", NULL, "one blank between columns, \\xNN in them" },
	{ 'n', "noheadings", NULL, "no first line" },
	{ 'T', "threads", NULL, "show threads too" },
	{ 'd', "dead", NULL, "show the dead too" },
	{ 'q', "quiet", NULL, "do not say that it is best effort" },
	{}
};

static int set_since(struct request *request, const char *text)
{
	if (!number_parse(text, UINT64_MAX, &request->since)) {
		complain("--since=%s: not a sequence number", text);
		return END_USAGE;
	}
	request->watch |= PTREE_WATCH_SINCE;
	return END_FOUND;
}

static int set_sort(struct request *request, const char *name)
{
	request->backwards = *name == '-';
	request->sort = columns_find(name + request->backwards);
	return request->sort ? END_FOUND : END_USAGE;
}

static int set_flag(struct request *request, int letter)
{
	switch (letter) {
	case 'J':
		request->output = OUTPUT_JSON;
		break;
	case OPTION_LONG + OPTION_JSONL:
		request->output = OUTPUT_JSONL;
		break;
	case 'r':
		request->output = OUTPUT_RAW;
		break;
	case 'n':
		request->noheadings = true;
		break;
	case 'T':
		request->watch |= PTREE_WATCH_THREADS;
		break;
	case 'd':
		request->watch |= PTREE_WATCH_DEAD;
		break;
	case 'q':
		request->quiet = true;
		break;
	default:
		return END_USAGE;
	}
	return END_FOUND;
}

static int set_option(struct request *request, int letter)
{
	int filter = letter - OPTION_LONG - OPTION_FILTER;

	if (filter >= 0)
		return filter_option(&request->filter, filter, optarg);
	switch (letter) {
	case OPTION_LONG + OPTION_SINCE:
		return set_since(request, optarg);
	case OPTION_LONG + OPTION_SORT:
		return set_sort(request, optarg);
	case 'o':
		request->words = optarg;
		return END_FOUND;
	}
	return set_flag(request, letter);
}

/* JSON has all fields, unless some are asked for. */
static int set_columns(struct request *request)
{
	bool json = request->output >= OUTPUT_JSON;
	const char *usual = request->watch & PTREE_WATCH_THREADS ?
				    USUAL_THREADS :
				    USUAL;
	int err;

	if (json && !request->words)
		return END_FOUND;
	err = columns_choose(&request->columns, request->words, usual);
	if (err == -EINVAL)
		return END_USAGE;
	return err ? fail(err, "columns") : END_FOUND;
}

static int parse(struct request *request, const struct verb *verb, int argc,
		 char **argv)
{
	int letter, end = END_FOUND;

	while (!end && (letter = verb_getopt(verb, argc, argv)) != -1)
		end = set_option(request, letter);
	if (!end && request->watch & PTREE_WATCH_SINCE &&
	    request->filter.words[FILTER_SUBTREE]) {
		complain("--subtree needs the whole tree, --since has not got it");
		end = END_USAGE;
	}
	if (!end)
		end = set_columns(request);
	if (!end)
		end = filter_operands(&request->filter, argc - optind,
				      argv + optind);
	return end;
}

/* Finding. */

static int add_gone(struct finding *finding, const struct ptree_head *head)
{
	struct ptree_gone *gone;

	gone = reallocarray(finding->gone, finding->gone_length + 1,
			    sizeof(*gone));
	if (!gone)
		return -ENOMEM;
	finding->gone = gone;
	memcpy(&gone[finding->gone_length++], head, sizeof(*gone));
	return 0;
}

/* Until it is exact once. */
static int read_changes(struct finding *finding, struct ptree_stream *stream)
{
	const struct ptree_head *head;
	int ret;

	do {
		ret = ptree_stream_next(stream, &head);
		if (ret <= 0)
			return ret ?: -EIO;
		if (head->type == PTREE_TYPE_LOST) {
			finding->lost = true;
			finding->gone_length = 0;
		}
		ret = ptree_tree_apply(finding->tree, head);
		if (!ret && head->type == PTREE_TYPE_GONE)
			ret = add_gone(finding, head);
	} while (!ret);
	return ret == PTREE_EXACT ? 0 : ret;
}

static int refuse_since(struct finding *finding, uint64_t since, int err)
{
	struct ptree_info info;

	if (err != -EINVAL || ptree_info_get(finding->pt, &info) ||
	    since <= info.seq)
		return fail(err, "--since");
	complain("--since=%llu: there was no such change yet, the newest is %llu",
		 (unsigned long long)since, (unsigned long long)info.seq);
	return END_USAGE;
}

/* The dead too: to have died is a change. */
static int find_changes(const struct request *request, struct finding *finding)
{
	struct ptree_stream *stream;
	int err;

	err = ptree_watch(finding->pt, request->watch, request->since, &stream);
	if (err)
		return refuse_since(finding, request->since, err);
	err = ptree_tree_new(&finding->tree, PTREE_WATCH_DEAD);
	if (!err) {
		ptree_tree_keep(finding->tree, SIZE_MAX);
		err = read_changes(finding, stream);
	}
	ptree_stream_close(stream);
	return err ? fail(err, "/dev/ptree") : END_FOUND;
}

static int find_all(const struct request *request, struct finding *finding)
{
	int err = ptree_snapshot(finding->pt, request->watch, &finding->tree);

	return err ? fail(err, request->watch & PTREE_WATCH_DEAD ?
				       "the dead" :
				       "the tree") :
		     END_FOUND;
}

/* What all rows have in common. */
static struct row first_row(const struct request *request,
			    const struct finding *finding)
{
	return (struct row){
		.pt = finding->pt,
		.tree = finding->tree,
		.now = finding->now,
		.raw = request->output == OUTPUT_RAW,
	};
}

/**
 * struct sorted - a task that is being sorted
 * @task: which
 * @value: by what; a reference of its own
 */
struct sorted {
	const struct ptree_task *task;
	json_t *value;
};

static int by_value(const void *a, const void *b, void *backwards)
{
	const struct sorted *left = a, *right = b;
	int order = column_compare(left->value, right->value);

	if (order)
		return *(bool *)backwards ? -order : order;
	return left->task->id < right->task->id ? -1 : 1;
}

static int sort(const struct request *request, struct finding *finding)
{
	size_t length = finding->selection.length, i;
	struct row row = first_row(request, finding);
	bool backwards = request->backwards, failed;
	struct sorted *list;

	list = calloc(length + 1, sizeof(*list));
	failed = !list;
	for (i = 0; !failed && i < length; i++) {
		row.task = finding->selection.tasks[i];
		list[i].task = row.task;
		list[i].value = column_value(request->sort, &row);
		failed = !list[i].value;
	}
	if (!failed)
		qsort_r(list, length, sizeof(*list), by_value, &backwards);
	for (i = 0; list && i < length; i++) {
		if (!failed)
			finding->selection.tasks[i] = list[i].task;
		json_decref(list[i].value);
	}
	free(list);
	return failed ? -ENOMEM : 0;
}

static int find(struct request *request, struct finding *finding)
{
	bool since = request->watch & PTREE_WATCH_SINCE;
	int end, err;

	end = door_open(&finding->pt, (request->quiet ? DOOR_QUIET : 0) |
					      (since ? DOOR_DEVICE : 0));
	if (!end)
		end = filter_resolve(&request->filter, finding->pt);
	if (!end)
		end = since ? find_changes(request, finding) :
			      find_all(request, finding);
	if (end)
		return end;
	finding->seq = ptree_tree_seq(finding->tree);
	finding->now = text_now();
	err = filter_select(&request->filter, finding->tree,
			    &finding->selection);
	if (!err && request->sort)
		err = sort(request, finding);
	return err ? fail(err, "the tree") : END_FOUND;
}

static void forget(struct finding *finding)
{
	selection_free(&finding->selection);
	free(finding->gone);
	ptree_tree_free(finding->tree);
	ptree_close(finding->pt);
}

/* Showing. */

static json_t *row_json(const struct request *request, const struct row *row)
{
	if (request->columns.length)
		return columns_json(&request->columns, row);
	return json_task(row->tree, row->task);
}

static json_t *gone_json(const struct ptree_gone *gone)
{
	return json_pack("{s:o,s:b,s:o}", "id", json_number(gone->id), "gone",
			 1, "seq", json_number(gone->seq));
}

static int show_jsonl(const struct request *request,
		      const struct finding *finding)
{
	struct row row = first_row(request, finding);
	int err = 0;
	size_t i;

	for (i = 0; !err && i < finding->selection.length; i++) {
		row.task = finding->selection.tasks[i];
		err = json_line(stdout, row_json(request, &row));
	}
	for (i = 0; !err && i < finding->gone_length; i++)
		err = json_line(stdout, gone_json(&finding->gone[i]));
	return err;
}

static int show_json(const struct request *request,
		     const struct finding *finding)
{
	struct row row = first_row(request, finding);
	struct json_document document;
	size_t i;
	int err;

	err = json_begin(&document, stdout, "processes", finding->seq,
			 ptree_best_effort(finding->pt));
	for (i = 0; !err && i < finding->selection.length; i++) {
		row.task = finding->selection.tasks[i];
		err = json_row(&document, row_json(request, &row));
	}
	for (i = 0; !err && i < finding->gone_length; i++)
		err = json_row(&document, gone_json(&finding->gone[i]));
	return err ?: json_end(&document);
}

static int fill_table(const struct request *request,
		      const struct finding *finding,
		      struct libscols_table *table)
{
	struct row row = first_row(request, finding);
	int err = 0;
	size_t i;

	for (i = 0; !err && i < finding->selection.length; i++) {
		row.task = finding->selection.tasks[i];
		err = columns_line(&request->columns, table, &row);
	}
	return err;
}

static int show_table(const struct request *request,
		      const struct finding *finding)
{
	struct libscols_table *table = columns_table(&request->columns);
	int err = -ENOMEM;

	if (table)
		err = fill_table(request, finding, table);
	if (!err) {
		scols_table_enable_raw(table, request->output == OUTPUT_RAW);
		scols_table_enable_noheadings(table, request->noheadings);
		err = scols_print_table(table);
	}
	scols_unref_table(table);
	return err;
}

static int show(const struct request *request, const struct finding *finding)
{
	switch (request->output) {
	case OUTPUT_JSON:
		return show_json(request, finding);
	case OUTPUT_JSONL:
		return show_jsonl(request, finding);
	default:
		if (!finding->selection.length)
			return 0;
		return show_table(request, finding);
	}
}

/* What the table has no room for. */
static void tell_changes(const struct request *request,
			 const struct finding *finding)
{
	if (finding->lost)
		complain("changes were forgotten before they were read: this is the whole tree");
	if (request->output == OUTPUT_JSON)
		return;
	if (finding->gone_length && request->output != OUTPUT_JSONL)
		complain("tasks that can be seen no longer: %zu",
			 finding->gone_length);
	complain("seq %llu", (unsigned long long)finding->seq);
}

static int answer(struct request *request, struct finding *finding)
{
	int end = find(request, finding);
	int err;

	if (end)
		return end;
	err = show(request, finding);
	if (err)
		return fail(err, "standard output");
	if (request->watch & PTREE_WATCH_SINCE)
		tell_changes(request, finding);
	if (finding->lost)
		return END_PARTIAL;
	return finding->selection.length || finding->gone_length ? END_FOUND :
								   END_NONE;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	struct request request = {};
	struct finding finding = {};
	int end = parse(&request, verb, argc, argv);

	if (!end)
		end = answer(&request, &finding);
	forget(&finding);
	filter_free(&request.filter);
	columns_free(&request.columns);
	return end;
}

const struct verb verb_ps = {
	.name = "ps",
	.operands = "[PID|USER|/proc/PID|PID:INODE]...",
	.help = "Show processes as a table, or as JSON",
	.options = options,
	.run = run,
};
