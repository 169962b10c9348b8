// SPDX-License-Identifier: GPL-2.0
/* filter.c owns which tasks are asked for, and finding them in a tree. */
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "namespace.h"
#include "number.h"
#include "text.h"
#include "verb.h"

static int take_number(const char *text, int *number)
{
	uint64_t value;

	if (!number_parse(text, INT_MAX, &value)) {
		complain("\"%s\" is not a number of a process", text);
		return END_USAGE;
	}
	*number = value;
	return END_FOUND;
}

int filter_option(struct filter *filter, enum filter_option option,
		  const char *argument)
{
	filter->words[option] = argument;
	if (option < FILTER_NUMBERS)
		return take_number(argument, &filter->numbers[option]);
	if (option == FILTER_STATE && (!*argument || strchr(argument, ','))) {
		complain("--state takes letters, such as RS");
		return END_USAGE;
	}
	return END_FOUND;
}

int filter_operands(struct filter *filter, int argc, char **argv)
{
	struct filter_operand *operand;
	int i, kind;

	filter->operands = calloc(argc + 1, sizeof(*filter->operands));
	if (!filter->operands)
		return fail(-ENOMEM, "operands");
	for (i = 0; i < argc; i++) {
		operand = &filter->operands[i];
		kind = operand_parse(argv[i], true, &operand->pid,
				     &operand->uid);
		if (kind <= 0)
			return operand_end(kind);
		operand->user = kind == 2;
	}
	filter->length = argc;
	return END_FOUND;
}

int filter_resolve(struct filter *filter, struct ptree *pt)
{
	if (!filter->words[FILTER_PIDNS])
		return END_FOUND;
	return namespace_parse(pt, filter->words[FILTER_PIDNS], &filter->pidns);
}

void filter_free(struct filter *filter)
{
	free(filter->operands);
}

void selection_free(struct selection *selection)
{
	free(selection->tasks);
}

/* Operands. */

static bool is_meant(const struct filter_operand *operand,
		     const struct ptree_task *task)
{
	if (operand->user)
		return task->mask & PTREE_MASK_CRED &&
		       task->euid == operand->uid;
	return task->mask & PTREE_MASK_NUMBERS &&
	       (task->tid == operand->pid || task->tgid == operand->pid);
}

static bool match_operands(const struct filter *filter,
			   const struct ptree_task *task)
{
	size_t i;

	for (i = 0; i < filter->length; i++)
		if (is_meant(&filter->operands[i], task))
			return true;
	return !filter->length;
}

/* Options. */

static bool match_number(const struct filter *filter, enum filter_option option,
			 int number)
{
	return !filter->words[option] || filter->numbers[option] == number;
}

static bool match_tty(const struct filter *filter,
		      const struct ptree_task *process)
{
	const char *name = filter->words[FILTER_TTY];
	char tty[TEXT_TTY_SIZE];

	if (!name)
		return true;
	if (!strncmp(name, "/dev/", 5))
		name += 5;
	return !strcmp(text_tty(tty, process->tty), name);
}

static bool match_process(const struct filter *filter,
			  const struct ptree_task *process)
{
	bool asked = filter->words[FILTER_PPID] || filter->words[FILTER_PGID] ||
		     filter->words[FILTER_SID] || filter->words[FILTER_TTY];

	if (!asked)
		return true;
	return process && process->mask & PTREE_MASK_PROCESS &&
	       match_number(filter, FILTER_PPID, process->ppid) &&
	       match_number(filter, FILTER_PGID, process->pgid) &&
	       match_number(filter, FILTER_SID, process->sid) &&
	       match_tty(filter, process);
}

static bool match_comm(const struct filter *filter,
		       const struct ptree_task *task)
{
	const char *glob = filter->words[FILTER_COMM];

	return !glob || (task->mask & PTREE_MASK_TASK &&
			 !fnmatch(glob, task->comm, 0));
}

static bool match_state(const struct filter *filter,
			const struct ptree_task *task)
{
	const char *letters = filter->words[FILTER_STATE];
	char letter = task->letter;

	if (!letters)
		return true;
	if (task->state == PTREE_STATE_DEAD)
		letter = 'X';
	else if (!(task->mask & PTREE_MASK_TASK))
		return false;
	return letter && strchr(letters, letter);
}

static bool match(const struct filter *filter, const struct ptree_tree *tree,
		  const struct ptree_task *task)
{
	return match_operands(filter, task) &&
	       match_process(filter, ptree_tree_process(tree, task)) &&
	       (!filter->pidns || task->pidns == filter->pidns) &&
	       match_comm(filter, task) && match_state(filter, task);
}

static int select_matching(const struct filter *filter,
			   const struct ptree_tree *tree,
			   struct selection *selection)
{
	const struct ptree_task *task = NULL;

	selection->length = 0;
	selection->tasks = calloc(ptree_tree_size(tree) + 1,
				  sizeof(*selection->tasks));
	if (!selection->tasks)
		return -ENOMEM;
	while ((task = ptree_tree_next(tree, task)))
		if (match(filter, tree, task))
			selection->tasks[selection->length++] = task;
	return 0;
}

/* The subtree. */

enum { UNKNOWN, INSIDE, OUTSIDE };

/**
 * struct kin - who is in the subtree
 * @tree: of which tree
 * @all: all tasks in order of ids
 * @root: number of the root
 * @answers: for each task, when it is known
 */
struct kin {
	const struct ptree_tree *tree;
	const struct selection *all;
	int root;
	unsigned char *answers;
};

static int by_id(const void *key, const void *element)
{
	const struct ptree_task *const *task = element;
	uint64_t id = *(const uint64_t *)key;

	return id < (*task)->id ? -1 : id > (*task)->id;
}

static unsigned char *answer_of(const struct kin *kin,
				const struct ptree_task *task)
{
	const struct ptree_task **at =
		bsearch(&task->id, kin->all->tasks, kin->all->length,
			sizeof(*at), by_id);

	return &kin->answers[at - kin->all->tasks];
}

/* Climb until the answer is known, then write it down for all on the way. */
static bool is_inside(const struct kin *kin, const struct ptree_task *task)
{
	const struct ptree_task *process = ptree_tree_process(kin->tree, task);
	const struct ptree_task *at = process;

	while (at && *answer_of(kin, at) == UNKNOWN) {
		*answer_of(kin, at) = at->tgid == kin->root ? INSIDE : OUTSIDE;
		if (at->tgid != kin->root)
			at = ptree_tree_parent(kin->tree, at);
	}
	if (!at || *answer_of(kin, at) != INSIDE)
		return false;
	for (; process != at; process = ptree_tree_parent(kin->tree, process))
		*answer_of(kin, process) = INSIDE;
	return true;
}

static int keep_subtree(const struct ptree_tree *tree, int root,
			struct selection *selection)
{
	struct kin kin = { .tree = tree, .root = root };
	struct selection all;
	size_t i, kept = 0;
	int err;

	err = select_matching(&(struct filter){}, tree, &all);
	if (err)
		return err;
	kin.all = &all;
	kin.answers = calloc(all.length + 1, 1);
	err = kin.answers ? 0 : -ENOMEM;
	for (i = 0; !err && i < selection->length; i++)
		if (is_inside(&kin, selection->tasks[i]))
			selection->tasks[kept++] = selection->tasks[i];
	selection->length = kept;
	free(kin.answers);
	selection_free(&all);
	return err;
}

int filter_select(const struct filter *filter, const struct ptree_tree *tree,
		  struct selection *selection)
{
	int err = select_matching(filter, tree, selection);

	if (err || !filter->words[FILTER_SUBTREE])
		return err;
	return keep_subtree(tree, filter->numbers[FILTER_SUBTREE], selection);
}
