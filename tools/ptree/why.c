// SPDX-License-Identifier: GPL-2.0
/* why.c owns `ptree why`: who gave birth to whom, from a process to the root. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "number.h"
#include "table.h"
#include "text.h"
#include "verb.h"

enum { OPTION_JSONL, OPTION_ID };

static const struct option_help options[] = {
	[OPTION_JSONL] = { 0, "jsonl", NULL, "one JSON object a line" },
	[OPTION_ID] = { 0, "id", NULL,
			"the operand is an id of ptree's, as of a dead one" },
	{ 'J', "json", NULL, "write JSON" },
	{ 'n', "noheadings", NULL, "no first line" },
	{ 'q', "quiet", NULL, "do not say that it is best effort" },
	{}
};

enum output { OUTPUT_TABLE, OUTPUT_JSON, OUTPUT_JSONL };

/**
 * struct request - what was asked for
 * @select: PTREE_SELECT_PID or PTREE_SELECT_ID
 * @value: the number or id
 * @operand: as it was given
 * @output: in which form
 * @noheadings: without the first line
 * @quiet: without saying that it is best effort
 */
struct request {
	unsigned int select;
	uint64_t value;
	const char *operand;
	enum output output;
	bool noheadings;
	bool quiet;
};

static int set_option(struct request *request, int letter)
{
	switch (letter) {
	case OPTION_LONG + OPTION_JSONL:
		request->output = OUTPUT_JSONL;
		return END_FOUND;
	case OPTION_LONG + OPTION_ID:
		request->select = PTREE_SELECT_ID;
		return END_FOUND;
	case 'J':
		request->output = OUTPUT_JSON;
		return END_FOUND;
	case 'n':
		request->noheadings = true;
		return END_FOUND;
	case 'q':
		request->quiet = true;
		return END_FOUND;
	}
	return END_USAGE;
}

static int set_id(struct request *request)
{
	if (number_parse(request->operand, UINT64_MAX, &request->value))
		return END_FOUND;
	complain("\"%s\" is not an id", request->operand);
	return END_USAGE;
}

static int set_operand(struct request *request, const char *operand)
{
	unsigned int uid;
	int pid, kind;

	request->operand = operand;
	if (request->select == PTREE_SELECT_ID)
		return set_id(request);
	kind = operand_parse(operand, false, &pid, &uid);
	if (kind <= 0)
		return operand_end(kind);
	request->value = pid;
	return END_FOUND;
}

static int parse(struct request *request, const struct verb *verb, int argc,
		 char **argv)
{
	int letter, end = END_FOUND;

	while (!end && (letter = verb_getopt(verb, argc, argv)) != -1)
		end = set_option(request, letter);
	if (end)
		return end;
	if (argc - optind != 1) {
		complain("why takes one process");
		return END_USAGE;
	}
	return set_operand(request, argv[optind]);
}

/* What there is to say. */

static bool is_hidden(const struct ptree_task *task)
{
	return !(task->mask & PTREE_MASK_TASK);
}

/* Nobody knows, or we may not know, whom it was born to. */
static bool is_cut(const struct ptree_task *task)
{
	return !(task->mask & PTREE_MASK_BIRTH) ||
	       task->flags & PTREE_TASK_TRUNCATED;
}

static bool has_moved(const struct ptree_task *task)
{
	return task->mask & PTREE_MASK_PROCESS &&
	       task->mask & PTREE_MASK_BIRTH &&
	       (task->reparented || task->parent_id != task->birth_id) &&
	       task->state != PTREE_STATE_DEAD;
}

/* The module was loaded after it was born, or could not record its birth. */
static void note_inferred(FILE *notes, const struct ptree_task *task)
{
	if (!(task->flags & PTREE_TASK_INFERRED))
		return;
	if (task->birth_id)
		fprintf(notes,
			"inferred: %d was its parent when it was first seen; ",
			task->birth_pid);
	else
		fprintf(notes, "inferred: it was there before; ");
}

static void note_birth(FILE *notes, const struct ptree_task *task)
{
	char clone[TEXT_CLONE_SIZE];

	text_clone(clone, task->clone_flags);
	if (task->mask & PTREE_MASK_SHARE && *clone)
		fprintf(notes, "born with %s; ", clone);
	note_inferred(notes, task);
	if (task->flags & PTREE_TASK_TRUNCATED)
		fprintf(notes, "truncated: what is before is forgotten; ");
	else if (!(task->mask & PTREE_MASK_BIRTH))
		fprintf(notes, "to whom it was born is not yours to see; ");
}

static void note_parent(FILE *notes, const struct ptree_task *task)
{
	if (!has_moved(task))
		return;
	fprintf(notes, "reparented %u time%s, now child of ", task->reparented,
		task->reparented == 1 ? "" : "s");
	if (task->ppid)
		fprintf(notes, "%d; ", task->ppid);
	else
		fprintf(notes, "one outside; ");
}

/* To be freed; NULL when out of memory. */
static char *note(const struct ptree_task *task, bool best_effort)
{
	char *text = NULL;
	size_t length;
	FILE *notes = open_memstream(&text, &length);

	if (!notes)
		return NULL;
	if (is_hidden(task))
		fputs("not yours to see; ", notes);
	else if (!best_effort)
		note_birth(notes, task);
	note_parent(notes, task);
	if (task->tracer)
		fprintf(notes, "traced by %d; ", task->tracer);
	if (fclose(notes)) {
		free(text);
		return NULL;
	}
	if (length)
		text[length - strlen("; ")] = '\0';
	return text;
}

/* Showing. */

enum { ID, PID, USER, STARTED, ENDED, HOW, COMMAND, NOTES, COLUMNS };

static const struct table_column columns[COLUMNS] = {
	[ID] = { "ID", SCOLS_FL_RIGHT },
	[PID] = { "PID", SCOLS_FL_RIGHT },
	[USER] = { "USER", 0 },
	[STARTED] = { "STARTED", 0 },
	[ENDED] = { "ENDED", 0 },
	[HOW] = { "HOW", 0 },
	[COMMAND] = { "COMMAND", 0 },
	[NOTES] = { "NOTES", 0 },
};

static int fill_seen(struct libscols_line *line, const struct ptree_task *task)
{
	char started[TEXT_TIME_SIZE], ended[TEXT_TIME_SIZE] = "-",
	     how[TEXT_HOW_SIZE];

	if (task->mask & PTREE_MASK_EXIT && task->exit_ns)
		text_time(ended, task->exit_ns);
	text_time(started, task->start_ns);
	return table_task(line, USER, COMMAND, task) ?:
	       scols_line_set_data(line, STARTED, started) ?:
	       scols_line_set_data(line, ENDED, ended) ?:
	       scols_line_set_data(line, HOW, text_how(how, task));
}

static int fill_hidden(struct libscols_line *line)
{
	int i, err = 0;

	for (i = USER; i < NOTES && !err; i++)
		err = scols_line_set_data(line, i, "-");
	return err;
}

static int add_line(struct libscols_table *table, const struct ptree_task *task,
		    bool best_effort)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	char pid[12] = "-", *text = note(task, best_effort);

	if (!line || !text) {
		free(text);
		return -ENOMEM;
	}
	if (task->mask & PTREE_MASK_NUMBERS)
		snprintf(pid, sizeof(pid), "%d", task->tgid);
	return scols_line_refer_data(line, NOTES, text) ?:
	       table_number(line, ID, task->id) ?:
	       scols_line_set_data(line, PID, pid) ?:
	       is_hidden(task) ? fill_hidden(line) : fill_seen(line, task);
}

static int show_table(const struct request *request,
		      const struct ptree_list *list, bool best_effort)
{
	struct libscols_table *table =
		table_new(columns, COLUMNS, request->noheadings);
	const struct ptree_task *task = NULL;
	int err = table ? 0 : -ENOMEM;

	while (!err && (task = ptree_list_next(list, task)))
		err = add_line(table, task, best_effort);
	if (!err)
		err = scols_print_table(table);
	scols_unref_table(table);
	return err;
}

static int show_json(const struct ptree_list *list, bool best_effort)
{
	const struct ptree_task *task = NULL;
	struct json_document document;
	int err;

	err = json_begin(&document, stdout, "chain", ptree_list_seq(list),
			 best_effort);
	while (!err && (task = ptree_list_next(list, task)))
		err = json_row(&document, json_task(NULL, task));
	return err ?: json_end(&document);
}

static int show_jsonl(const struct ptree_list *list)
{
	const struct ptree_task *task = NULL;
	int err = 0;

	while (!err && (task = ptree_list_next(list, task)))
		err = json_line(stdout, json_task(NULL, task));
	return err;
}

static int show(const struct request *request, const struct ptree_list *list,
		bool best_effort)
{
	switch (request->output) {
	case OUTPUT_JSON:
		return show_json(list, best_effort);
	case OUTPUT_JSONL:
		return show_jsonl(list);
	default:
		return show_table(request, list, best_effort);
	}
}

static int verdict(const struct ptree_list *list, bool best_effort)
{
	const struct ptree_task *task = NULL;

	if (best_effort) {
		complain("parents as they are now; births are not known without the module");
		return END_ABSENT;
	}
	while ((task = ptree_list_next(list, task)))
		if (is_cut(task))
			return END_PARTIAL;
	return END_FOUND;
}

static int answer(const struct request *request, struct ptree *pt)
{
	bool best_effort = ptree_best_effort(pt);
	struct ptree_list *list;
	int end, err;

	err = ptree_ancestry(pt,
			     best_effort ? PTREE_ANCESTRY_REAL :
					   PTREE_ANCESTRY_BIRTH,
			     request->select, request->value, &list);
	if (err)
		return fail(err, request->operand);
	err = show(request, list, best_effort);
	end = err ? fail(err, "standard output") : verdict(list, best_effort);
	ptree_list_free(list);
	return end;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	struct request request = { .select = PTREE_SELECT_PID };
	struct ptree *pt;
	int end = parse(&request, verb, argc, argv);

	if (!end)
		end = door_open(&pt, request.quiet ? DOOR_QUIET : 0);
	if (end)
		return end;
	end = answer(&request, pt);
	ptree_close(pt);
	return end;
}

const struct verb verb_why = {
	.name = "why",
	.operands = "PID",
	.help = "Show whom a process was born to, and so on to the root",
	.options = options,
	.run = run,
};
