// SPDX-License-Identifier: GPL-2.0
/* json.c owns what a task is in JSON, and how objects are written. */
#include <errno.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/wait.h>

#include "json.h"
#include "text.h"

/* Objects are made by one put after another; what failed is asked at the end. */
struct object {
	json_t *json;
	bool failed;
};

static void put(struct object *object, const char *key, json_t *value)
{
	if (json_object_set_new_nocheck(object->json, key, value))
		object->failed = true;
}

static void put_if(struct object *object, const char *key, bool known,
		   int64_t value)
{
	put(object, key, known ? json_integer(value) : json_null());
}

static void put_number(struct object *object, const char *key, bool known,
		       uint64_t value)
{
	put(object, key, known ? json_number(value) : json_null());
}

static void put_flag(struct object *object, const char *key, bool known,
		     uint32_t flag)
{
	put(object, key, known ? json_boolean(flag) : json_null());
}

json_t *json_number(uint64_t value)
{
	return value > INT64_MAX ? json_null() : json_integer(value);
}

static bool is_utf8(const char *bytes, size_t length)
{
	size_t i, step;

	for (i = 0; i < length; i += step) {
		step = text_utf8(bytes + i, length - i);
		if (!step)
			return false;
	}
	return true;
}

json_t *json_name(const char *bytes, size_t length)
{
	static const char instead[] = "\xef\xbf\xbd"; /* U+FFFD */
	char text[length * 3 + 1], *end = text;
	size_t i, step;

	for (i = 0; i < length; i += step) {
		const char *from = bytes + i;
		size_t copied;

		step = text_utf8(from, length - i);
		copied = step;
		if (!step) {
			step = 1;
			from = instead;
			copied = 3;
		}
		end = mempcpy(end, from, copied);
	}
	return json_stringn_nocheck(text, end - text);
}

static json_t *base64(const char *bytes, size_t length)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *from = (const unsigned char *)bytes;
	char text[(length + 2) / 3 * 4 + 1], *end = text;
	size_t i;

	for (i = 0; i < length; i += 3) {
		unsigned int left = length - i;
		unsigned int bits = from[i] << 16;

		if (left > 1)
			bits |= from[i + 1] << 8;
		if (left > 2)
			bits |= from[i + 2];
		*end++ = digits[bits >> 18];
		*end++ = digits[bits >> 12 & 63];
		*end++ = left > 1 ? digits[bits >> 6 & 63] : '=';
		*end++ = left > 2 ? digits[bits & 63] : '=';
	}
	return json_stringn_nocheck(text, end - text);
}

static void put_comm(struct object *object, const struct ptree_task *task)
{
	size_t length = strnlen(task->comm, sizeof(task->comm));

	if (!(task->mask & PTREE_MASK_TASK)) {
		put(object, "comm", json_null());
		return;
	}
	put(object, "comm", json_name(task->comm, length));
	if (!is_utf8(task->comm, length))
		put(object, "comm_b64", base64(task->comm, length));
}

static void put_state(struct object *object, const struct ptree_task *task)
{
	char letter = task->letter;

	if (task->state == PTREE_STATE_DEAD)
		letter = 'X';
	else if (!(task->mask & PTREE_MASK_TASK))
		letter = '\0';
	put(object, "state", letter ? json_name(&letter, 1) : json_null());
}

static void put_nspid(struct object *object, const struct ptree_task *task)
{
	json_t *array;
	unsigned int i;

	if (!task->levels) {
		put(object, "nspid", json_null());
		return;
	}
	array = json_array();
	for (i = 0; i < task->levels; i++) {
		if (json_array_append_new(array, json_integer(task->nspid[i])))
			object->failed = true;
	}
	put(object, "nspid", array);
}

static void put_exit(struct object *object, const struct ptree_task *task)
{
	bool known = task->mask & PTREE_MASK_EXIT &&
		     task->state != PTREE_STATE_RUNNING;
	int status = task->exit_code;

	put_number(object, "exit_ns", known, task->exit_ns);
	put_if(object, "exit_code", known && WIFEXITED(status),
	       WEXITSTATUS(status));
	put_if(object, "term_sig", known && WIFSIGNALED(status),
	       WTERMSIG(status));
}

static void put_numbers(struct object *object, const struct ptree_task *task,
			const struct ptree_task *process)
{
	bool numbers = task->mask & PTREE_MASK_NUMBERS;
	bool family = process->mask & PTREE_MASK_PROCESS;

	put_number(object, "id", true, task->id);
	put_if(object, "tid", numbers, task->tid);
	put_if(object, "pid", numbers, task->tgid);
	put_if(object, "ppid", family, process->ppid);
	put_if(object, "pgid", family, process->pgid);
	put_if(object, "sid", family, process->sid);
	put_if(object, "tty", family, process->tty);
}

static void put_looks(struct object *object, const struct ptree_task *task)
{
	bool cred = task->mask & PTREE_MASK_CRED;

	put_state(object, task);
	put_if(object, "tracer", task->mask & PTREE_MASK_TASK, task->tracer);
	put_if(object, "uid", cred, task->uid);
	put_if(object, "euid", cred, task->euid);
	put_if(object, "gid", cred, task->gid);
	put_if(object, "egid", cred, task->egid);
	put_comm(object, task);
}

/* The module counts changes, /proc does not; nor does it know what they were. */
static bool is_counted(const struct ptree_task *task)
{
	return task->mask & PTREE_MASK_TASK && task->seq;
}

/* A number that is forgotten is 0; so is one that is outside. */
static bool birth_pid_known(const struct ptree_task *process)
{
	return process->mask & PTREE_MASK_BIRTH &&
	       (process->birth_pid || !(process->flags & PTREE_TASK_TRUNCATED));
}

static void put_family(struct object *object, const struct ptree_task *process)
{
	bool family = process->mask & PTREE_MASK_PROCESS;

	put_if(object, "threads", family, process->threads);
	put_number(object, "parent_id", family, process->parent_id);
	put_number(object, "birth_id", process->mask & PTREE_MASK_BIRTH,
		   process->birth_id);
	put_if(object, "birth_pid", birth_pid_known(process),
	       process->birth_pid);
	put_if(object, "reparented", family && is_counted(process),
	       process->reparented);
}

static void put_life(struct object *object, const struct ptree_task *task,
		     const struct ptree_task *process)
{
	put_number(object, "start_ns", task->mask & PTREE_MASK_TASK,
		   task->start_ns);
	put_exit(object, task);
	put_if(object, "exec_count", is_counted(process), process->exec_count);
	put_number(object, "clone_flags", task->mask & PTREE_MASK_SHARE,
		   task->clone_flags);
	put_if(object, "pidns", task->pidns, task->pidns);
}

static void put_flags(struct object *object, const struct ptree_task *task,
		      const struct ptree_task *process)
{
	bool birth = process->mask & PTREE_MASK_BIRTH;

	put_flag(object, "kthread", task->mask & PTREE_MASK_TASK,
		 task->flags & PTREE_TASK_KTHREAD);
	put_flag(object, "seeded", is_counted(task),
		 task->flags & PTREE_TASK_SEEDED);
	put_flag(object, "subreaper", is_counted(process),
		 process->flags & PTREE_TASK_SUBREAPER);
	put_flag(object, "truncated", birth,
		 process->flags & PTREE_TASK_TRUNCATED);
	put_number(object, "seq", task->seq, task->seq);
	put_flag(object, "inferred", birth,
		 process->flags & PTREE_TASK_INFERRED);
}

static const struct ptree_task *leader(const struct ptree_tree *tree,
				       const struct ptree_task *task)
{
	static const struct ptree_task unknown;
	const struct ptree_task *process = NULL;

	if (task->id == task->process_id)
		return task;
	if (tree)
		process = ptree_tree_process(tree, task);
	return process ?: &unknown;
}

json_t *json_task(const struct ptree_tree *tree, const struct ptree_task *task)
{
	const struct ptree_task *process = leader(tree, task);
	struct object object = { .json = json_object() };

	if (!object.json)
		return NULL;
	put_numbers(&object, task, process);
	put_looks(&object, task);
	put_family(&object, process);
	put_life(&object, task, process);
	put_nspid(&object, task);
	put_flags(&object, task, process);
	if (!object.failed)
		return object.json;
	json_decref(object.json);
	return NULL;
}

/* Whoever gets it tells it, so that it is not told again when ptree ends. */
static int write_error(FILE *file)
{
	int err = errno ? -errno : -EIO;

	__fpurge(file);
	clearerr(file);
	return err;
}

static int write_object(FILE *file, json_t *object)
{
	int err;

	if (!object)
		return -ENOMEM;
	errno = 0;
	err = json_dumpf(object, file, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(object);
	return err ? write_error(file) : 0;
}

static int write_text(FILE *file, const char *text)
{
	errno = 0;
	return fputs(text, file) < 0 ? write_error(file) : 0;
}

int json_line(FILE *file, json_t *object)
{
	return write_object(file, object) ?: write_text(file, "\n");
}

json_t *json_head(uint64_t seq, bool best_effort)
{
	return json_pack("{s:i,s:o,s:b}", "schema", JSON_SCHEMA, "seq",
			 json_number(seq), "best_effort", best_effort);
}

int json_begin(struct json_document *document, FILE *file, const char *name,
	       uint64_t seq, bool best_effort)
{
	document->file = file;
	document->rows = 0;
	return write_text(file, "{\"ptree\":") ?:
	       write_object(file, json_head(seq, best_effort)) ?:
	       write_text(file, ",\"") ?:
	       write_text(file, name) ?:
	       write_text(file, "\":[");
}

int json_row(struct json_document *document, json_t *object)
{
	int err = write_text(document->file, document->rows ? ",\n" : "\n");

	document->rows++;
	if (!err)
		return write_object(document->file, object);
	json_decref(object);
	return err;
}

int json_end(struct json_document *document)
{
	return write_text(document->file, "\n]}\n");
}
