// SPDX-License-Identifier: GPL-2.0
/*
 * columns.c owns what a table shows of a task. Most columns are the fields of
 * its JSON, by their names in capitals; some say the same for people.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmdline.h"
#include "columns.h"
#include "json.h"
#include "table.h"
#include "text.h"
#include "verb.h"

#define NAME_SIZE 16

/**
 * struct column - one thing that can be shown
 * @name: in capitals
 * @help: what it is, half a line
 * @flags: SCOLS_FL_*
 * @value: what it says in JSON; NULL if that is the field of its name
 * @text: what it says in a table, to be freed; NULL if that is @value
 */
struct column {
	const char *name;
	const char *help;
	int flags;
	json_t *(*value)(const struct row *row);
	char *(*text)(const struct row *row);
};

static bool has(const struct row *row, uint64_t mask)
{
	return row->task->mask & mask;
}

/* A copy of @bytes, escaped unless who prints them does that. */
static char *name_text(const struct row *row, const char *bytes, size_t length)
{
	char *text;

	if (row->raw)
		return strndup(bytes, length);
	text = malloc(4 * length + 1);
	return text ? text_escape(text, 4 * length + 1, bytes, length) : NULL;
}

static char *comm_text(const struct row *row)
{
	const char *comm = row->task->comm;

	if (!has(row, PTREE_MASK_TASK))
		return strdup("-");
	return name_text(row, comm, strnlen(comm, PTREE_COMM_SIZE));
}

static json_t *user_value(const struct row *row)
{
	char user[TEXT_USER_SIZE];

	if (!has(row, PTREE_MASK_CRED))
		return json_null();
	return json_string(text_user(user, row->task->euid));
}

static json_t *stat_value(const struct row *row)
{
	char stat[TEXT_STAT_SIZE];

	return json_string(text_stat(stat, row->tree, row->task));
}

static json_t *start_value(const struct row *row)
{
	char time[TEXT_TIME_SIZE];

	if (!has(row, PTREE_MASK_TASK))
		return json_null();
	return json_string(text_time(time, row->task->start_ns));
}

/* Until it exited, or until now. */
static uint64_t age_ns(const struct row *row)
{
	uint64_t end = row->task->exit_ns ?: row->now;

	return end > row->task->start_ns ? end - row->task->start_ns : 0;
}

static json_t *age_value(const struct row *row)
{
	if (!has(row, PTREE_MASK_TASK))
		return json_null();
	return json_number(age_ns(row) / 1000000000);
}

static char *age_text(const struct row *row)
{
	char age[TEXT_AGE_SIZE];

	if (!has(row, PTREE_MASK_TASK))
		return strdup("-");
	return strdup(text_age(age, 0, age_ns(row)));
}

static json_t *ns_value(const struct row *row)
{
	if (!row->task->pidns)
		return json_null();
	return json_sprintf("pid:[%u]", row->task->pidns);
}

static const struct ptree_task *process_of(const struct row *row)
{
	if (row->task->id == row->task->process_id)
		return row->task;
	return row->tree ? ptree_tree_process(row->tree, row->task) : NULL;
}

static char *tty_text(const struct row *row)
{
	const struct ptree_task *process = process_of(row);
	char tty[TEXT_TTY_SIZE];

	if (!process || !(process->mask & PTREE_MASK_PROCESS))
		return strdup("-");
	return strdup(text_tty(tty, process->tty));
}

static char *clone_text(const struct row *row)
{
	char clone[TEXT_CLONE_SIZE];

	if (!has(row, PTREE_MASK_SHARE))
		return strdup("-");
	text_clone(clone, row->task->clone_flags);
	return strdup(*clone ? clone : "0");
}

/*
 * The arguments with blanks between them, and whether there are any: a kernel
 * thread, a zombie, and one that just executes another program have none.
 */
static int read_args(const struct row *row, struct cmdline *cmdline)
{
	const struct ptree_task *process = process_of(row);
	size_t i;
	int err;

	*cmdline = (struct cmdline){};
	if (!process || !(process->mask & PTREE_MASK_TASK))
		return 0;
	err = cmdline_read(cmdline, row->pt, process);
	while (cmdline->length && !cmdline->bytes[cmdline->length - 1])
		cmdline->length--;
	for (i = 0; i < cmdline->length; i++)
		if (!cmdline->bytes[i])
			cmdline->bytes[i] = ' ';
	return err;
}

static json_t *args_value(const struct row *row)
{
	struct cmdline cmdline;
	json_t *value = NULL;

	if (!read_args(row, &cmdline))
		value = cmdline.length ?
				json_name(cmdline.bytes, cmdline.length) :
				json_null();
	cmdline_free(&cmdline);
	return value;
}

/* One without arguments is shown by its name in brackets, as ps(1) does. */
static char *bracketed(const struct row *row)
{
	char *comm = comm_text(row), *text;

	if (!comm || asprintf(&text, "[%s]", comm) < 0)
		text = NULL;
	free(comm);
	return text;
}

static char *args_text(const struct row *row)
{
	struct cmdline cmdline;
	char *text = NULL;

	if (!read_args(row, &cmdline))
		text = cmdline.length ? name_text(row, cmdline.bytes,
						  cmdline.length) :
					bracketed(row);
	cmdline_free(&cmdline);
	return text;
}

#define RIGHT SCOLS_FL_RIGHT
#define TRUNC SCOLS_FL_TRUNC

static const struct column all[] = {
	{ "ID", "number that ptree gave to the task", RIGHT },
	{ "TID", "number of the task", RIGHT },
	{ "PID", "number of its process", RIGHT },
	{ "PPID", "number of the parent", RIGHT },
	{ "PGID", "process group", RIGHT },
	{ "SID", "session", RIGHT },
	{ "TTY", "controlling terminal", 0, NULL, tty_text },
	{ "STATE", "letter of the state", 0 },
	{ "TRACER", "number of the task that traces it", RIGHT },
	{ "UID", "real user", RIGHT },
	{ "EUID", "effective user", RIGHT },
	{ "GID", "real group", RIGHT },
	{ "EGID", "effective group", RIGHT },
	{ "COMM", "name", TRUNC, NULL, comm_text },
	{ "THREADS", "threads of the process", RIGHT },
	{ "PARENT_ID", "ID of the parent", RIGHT },
	{ "BIRTH_ID", "ID of the process it was born to", RIGHT },
	{ "BIRTH_PID", "number of the process it was born to", RIGHT },
	{ "REPARENTED", "how often it got another parent", RIGHT },
	{ "START_NS", "born, in ns since boot", RIGHT },
	{ "EXIT_NS", "exited, in ns since boot", RIGHT },
	{ "EXIT_CODE", "exit status", RIGHT },
	{ "TERM_SIG", "signal that ended it", RIGHT },
	{ "EXEC_COUNT", "programs executed since birth", RIGHT },
	{ "CLONE_FLAGS", "what it was born with", 0, NULL, clone_text },
	{ "PIDNS", "number of its pid namespace", RIGHT },
	{ "NSPID", "numbers in this and in inner pid namespaces", 0 },
	{ "KTHREAD", "1 for a kernel thread", RIGHT },
	{ "SEEDED", "1 if it is older than the module", RIGHT },
	{ "SUBREAPER", "1 if it reaps its descendants", RIGHT },
	{ "TRUNCATED", "1 if to whom it was born is forgotten", RIGHT },
	{ "SEQ", "number of its last change", RIGHT },
	{ "INFERRED", "1 if nobody watched its birth", RIGHT },
	{ "USER", "effective user's name", 0, user_value },
	{ "STAT", "state as ps(1) writes it", 0, stat_value },
	{ "START", "born, by the local clock", 0, start_value },
	{ "AGE", "how long it has lived, or did", RIGHT, age_value, age_text },
	{ "NS", "pid namespace as in /proc/PID/ns", 0, ns_value },
	{ "ARGS", "arguments as they are now", TRUNC, args_value, args_text },
};

#define ALL (sizeof(all) / sizeof(*all))

static char *lower(char *buffer, const char *name)
{
	size_t i;

	for (i = 0; name[i]; i++)
		buffer[i] = tolower((unsigned char)name[i]);
	buffer[i] = '\0';
	return buffer;
}

static void list_all(void)
{
	size_t i;

	fputs("Columns are:\n", stderr);
	for (i = 0; i < ALL; i++)
		fprintf(stderr, "  %-11s  %s\n", all[i].name, all[i].help);
}

static const struct column *find(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < ALL; i++)
		if (strlen(all[i].name) == length &&
		    !strncasecmp(all[i].name, name, length))
			return &all[i];
	complain("\"%.*s\" is no column", (int)length, name);
	list_all();
	return NULL;
}

const struct column *columns_find(const char *name)
{
	return find(name, strlen(name));
}

static int append(struct columns *columns, const struct column *column)
{
	const struct column **list;

	if (!column)
		return -EINVAL;
	list = reallocarray(columns->list, columns->length + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	list[columns->length++] = column;
	columns->list = list;
	return 0;
}

static int append_all(struct columns *columns, const char *words)
{
	size_t length;
	int err;

	for (;; words += length + 1) {
		length = strcspn(words, ",");
		err = append(columns, find(words, length));
		if (err || !words[length])
			return err;
	}
}

int columns_choose(struct columns *columns, const char *words,
		   const char *usual)
{
	int err;

	if (words && *words != '+')
		return append_all(columns, words);
	err = append_all(columns, usual);
	return err || !words ? err : append_all(columns, words + 1);
}

void columns_free(struct columns *columns)
{
	free(columns->list);
	*columns = (struct columns){};
}

static json_t *field(const struct column *column, json_t *task)
{
	char name[NAME_SIZE];

	return json_incref(json_object_get(task, lower(name, column->name)));
}

json_t *column_value(const struct column *column, const struct row *row)
{
	json_t *task, *value;

	if (column->value)
		return column->value(row);
	task = json_task(row->tree, row->task);
	value = field(column, task);
	json_decref(task);
	return value;
}

int column_compare(const json_t *a, const json_t *b)
{
	if (json_is_null(a) || json_is_null(b))
		return json_is_null(b) - json_is_null(a);
	if (json_is_integer(a))
		return (json_integer_value(a) > json_integer_value(b)) -
		       (json_integer_value(a) < json_integer_value(b));
	if (json_is_string(a))
		return strcmp(json_string_value(a), json_string_value(b));
	if (json_is_array(a))
		return json_array_size(a) - json_array_size(b);
	return json_is_true(a) - json_is_true(b);
}

static char *numbers_text(const json_t *array)
{
	char *text = calloc(json_array_size(array) + 1, 12), *end = text;
	size_t i;

	for (i = 0; text && i < json_array_size(array); i++) {
		const json_t *number = json_array_get(array, i);

		end += sprintf(end, i ? ",%d" : "%d",
			       (int)json_integer_value(number));
	}
	return text;
}

static char *value_text(const json_t *value)
{
	char *text;

	if (json_is_string(value))
		return strdup(json_string_value(value));
	if (json_is_array(value))
		return numbers_text(value);
	if (json_is_null(value))
		return strdup("-");
	if (json_is_boolean(value))
		return strdup(json_is_true(value) ? "1" : "0");
	if (asprintf(&text, "%lld", (long long)json_integer_value(value)) < 0)
		return NULL;
	return text;
}

/* @task is the row's JSON, made once for all columns. */
static char *column_text(const struct column *column, const struct row *row,
			 json_t *task)
{
	json_t *value;
	char *text = NULL;

	if (column->text)
		return column->text(row);
	value = column->value ? column->value(row) : field(column, task);
	if (value)
		text = value_text(value);
	json_decref(value);
	return text;
}

struct libscols_table *columns_table(const struct columns *columns)
{
	struct libscols_table *table = scols_new_table();
	size_t i;

	for (i = 0; i < columns->length; i++)
		table = table_add(table, columns->list[i]->name,
				  columns->list[i]->flags);
	return table;
}

int columns_line(const struct columns *columns, struct libscols_table *table,
		 const struct row *row)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	json_t *task = json_task(row->tree, row->task);
	bool failed = !line || !task;
	size_t i;

	for (i = 0; !failed && i < columns->length; i++) {
		char *text = column_text(columns->list[i], row, task);

		failed = !text || scols_line_refer_data(line, i, text);
	}
	json_decref(task);
	return failed ? -ENOMEM : 0;
}

json_t *columns_json(const struct columns *columns, const struct row *row)
{
	json_t *object = json_object(), *task = json_task(row->tree, row->task);
	bool failed = !object || !task;
	char name[NAME_SIZE];
	size_t i;

	for (i = 0; !failed && i < columns->length; i++) {
		const struct column *column = columns->list[i];
		json_t *value = column->value ? column->value(row) :
						field(column, task);

		lower(name, column->name);
		failed = json_object_set_new(object, name, value);
	}
	json_decref(task);
	if (!failed)
		return object;
	json_decref(object);
	return NULL;
}
