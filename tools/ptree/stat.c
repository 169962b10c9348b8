// SPDX-License-Identifier: GPL-2.0
/* stat.c owns `ptree stat`: how the module fares. */
#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "verb.h"

static const struct option_help options[] = {
	{ 'J', "json", NULL, "write JSON" },
	{ 'v', "verbose", NULL, "explain each" },
	{}
};

/**
 * struct value - a number of struct ptree_info
 * @name: it
 * @help: what it is, half a line
 * @offset: where it is
 * @size: 4 or 8
 */
struct value {
	const char *name;
	const char *help;
	size_t offset;
	size_t size;
};

#define VALUE(member, text)                                            \
	{                                                              \
		#member, text, offsetof(struct ptree_info, member),    \
			sizeof(((struct ptree_info *)NULL)->member)    \
	}

static const struct value values[] = {
	VALUE(seq, "changes since the module was loaded"),
	VALUE(load_ns, "when that was, in ns since boot"),
	VALUE(processes, "processes that live, zombies included"),
	VALUE(tasks, "tasks that live: these and their other threads"),
	VALUE(needed, "dead processes that a living one descends from"),
	VALUE(history, "other dead tasks that are remembered"),
	VALUE(history_max, "how many are at most"),
	VALUE(memory, "bytes of all that is kept, and of spare room"),
	VALUE(watches, "watches that are open"),
	VALUE(pidns, "pid namespace whose numbers are shown"),
	VALUE(lost, "births that could not be recorded at once; found since"),
	VALUE(rescans, "walks over all tasks that found them"),
	VALUE(starved, "times a pool of spare objects was empty"),
	VALUE(missed, "times a probe was not run; seen later instead"),
	VALUE(predicted, "exits whose children's new parent was foretold"),
	VALUE(mispredicted, "of these, how often the kernel chose another"),
	VALUE(evicted, "dead tasks forgotten because the history was full"),
	VALUE(cut, "of these, how many somebody living descends from"),
};

#define VALUES (sizeof(values) / sizeof(*values))

/**
 * struct hook - something that the module listens to
 * @bit: PTREE_HOOK_*
 * @name: of the tracepoint or function
 * @cost: what comes later without it
 */
struct hook {
	uint32_t bit;
	const char *name;
	const char *cost;
};

static const struct hook hooks[] = {
	{ PTREE_HOOK_NEWTASK, "task_newtask", "births" },
	{ PTREE_HOOK_EXIT, "sched_process_exit", "exits" },
	{ PTREE_HOOK_EXEC, "sched_process_exec", "programs executed" },
	{ PTREE_HOOK_FREE, "sched_process_free", "deaths" },
	{ PTREE_HOOK_RENAME, "task_rename", "names" },
	{ PTREE_HOOK_EXIT_NOTIFIED, "proc_exit_connector",
	  "new parents of orphans" },
	{ PTREE_HOOK_EXCHANGE_TIDS, "exchange_tids",
	  "numbers of threads that execute a program" },
	{ PTREE_HOOK_RELEASE, "posix_cpu_timers_exit", "numbers given up" },
	{ PTREE_HOOK_CHANGE_PID, "change_pid", "process groups and sessions" },
	{ PTREE_HOOK_CHANGE_ID, "proc_id_connector", "users and groups" },
	{ PTREE_HOOK_CHANGE_COMM, "proc_comm_connector", "names" },
};

#define HOOKS (sizeof(hooks) / sizeof(*hooks))

static uint64_t read_value(const struct ptree_info *info,
			   const struct value *value)
{
	const char *at = (const char *)info + value->offset;
	uint64_t wide;
	uint32_t narrow;

	if (value->size == sizeof(wide)) {
		memcpy(&wide, at, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, at, sizeof(narrow));
	return narrow;
}

static bool is_known(const struct ptree_info *info, const struct hook *hook)
{
	return info->hooks_known & hook->bit;
}

static bool is_armed(const struct ptree_info *info, const struct hook *hook)
{
	return info->hooks & hook->bit;
}

static const char *state_of(const struct ptree_info *info,
			    const struct hook *hook)
{
	if (is_armed(info, hook))
		return "armed";
	return is_known(info, hook) ? "missing" : "unknown";
}

/* A name, what it is, and why: the last only if it is asked for. */
static void line(const char *name, const char *text, const char *help,
		 bool verbose)
{
	if (verbose)
		printf("%-24s %-20s %s\n", name, text, help);
	else
		printf("%s %s\n", name, text);
}

static void show_hooks(const struct ptree_info *info, bool verbose)
{
	char name[64], help[96];
	size_t i;

	for (i = 0; i < HOOKS; i++) {
		snprintf(name, sizeof(name), "hook.%s", hooks[i].name);
		snprintf(help, sizeof(help), "%s are seen %s", hooks[i].cost,
			 is_armed(info, &hooks[i]) ? "at once" :
						     "when somebody reads");
		line(name, state_of(info, &hooks[i]), help, verbose);
	}
}

static void show_lines(const struct ptree_info *info, bool verbose)
{
	char text[24];
	size_t i;

	snprintf(text, sizeof(text), "%016llx",
		 (unsigned long long)info->load_id);
	line("load_id", text, "drawn at random when the module was loaded",
	     verbose);
	for (i = 0; i < VALUES; i++) {
		snprintf(text, sizeof(text), "%llu",
			 (unsigned long long)read_value(info, &values[i]));
		line(values[i].name, text, values[i].help, verbose);
	}
	show_hooks(info, verbose);
}

static json_t *hooks_json(const struct ptree_info *info)
{
	json_t *object = json_object();
	size_t i;

	for (i = 0; object && i < HOOKS; i++) {
		json_t *state = json_string(state_of(info, &hooks[i]));

		if (!json_object_set_new(object, hooks[i].name, state))
			continue;
		json_decref(object);
		object = NULL;
	}
	return object;
}

static json_t *stat_json(const struct ptree_info *info)
{
	json_t *load_id = json_sprintf("%016llx",
				       (unsigned long long)info->load_id);
	json_t *object = json_pack("{s:o}", "load_id", load_id);
	bool failed = !object;
	size_t i;

	for (i = 0; !failed && i < VALUES; i++) {
		json_t *value = json_number(read_value(info, &values[i]));

		failed = json_object_set_new(object, values[i].name, value);
	}
	if (!failed)
		failed = json_object_set_new(object, "hooks", hooks_json(info));
	if (!failed)
		return object;
	json_decref(object);
	return NULL;
}

static int show_json(const struct ptree_info *info)
{
	json_t *head = json_head(info->seq, false);
	json_t *stat = stat_json(info);

	return json_line(stdout,
			 json_pack("{s:o,s:o}", "ptree", head, "stat", stat));
}

static int answer(bool json, bool verbose)
{
	struct ptree_info info;
	struct ptree *pt;
	int end, err;

	end = door_open(&pt, DOOR_DEVICE);
	if (end)
		return end;
	err = ptree_info_get(pt, &info);
	ptree_close(pt);
	if (err)
		return fail(err, "/dev/ptree");
	if (!json) {
		show_lines(&info, verbose);
		return END_FOUND;
	}
	err = show_json(&info);
	return err ? fail(err, "standard output") : END_FOUND;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	bool json = false, verbose = false;
	int letter;

	while ((letter = verb_getopt(verb, argc, argv)) != -1) {
		if (letter == 'J')
			json = true;
		else if (letter == 'v')
			verbose = true;
		else
			return END_USAGE;
	}
	if (optind < argc) {
		complain("stat takes no operand: \"%s\"", argv[optind]);
		return END_USAGE;
	}
	return answer(json, verbose);
}

const struct verb verb_stat = {
	.name = "stat",
	.operands = "",
	.help = "Show how the module fares",
	.options = options,
	.run = run,
};
