/* SPDX-License-Identifier: GPL-2.0 */
/*
 * filter.h: which tasks are asked for. Of the operands any may match; of the
 * options all must.
 */
#ifndef PTREE_FILTER_H
#define PTREE_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <libptree.h>

/* The options that narrow it down. */
enum filter_option {
	FILTER_PPID,
	FILTER_PGID,
	FILTER_SID,
	FILTER_SUBTREE,
	FILTER_NUMBERS, /* so far a number is taken */
	FILTER_TTY = FILTER_NUMBERS,
	FILTER_PIDNS,
	FILTER_COMM,
	FILTER_STATE,
	FILTER_OPTIONS,
};

/**
 * struct filter_operand - one who is asked for
 * @user: it is a user
 * @pid: else a process or a thread
 * @uid: the user, by its effective number
 */
struct filter_operand {
	bool user;
	int pid;
	unsigned int uid;
};

/**
 * struct filter - what was asked for; zero lets everything through
 * @words: what each option was given, or NULL
 * @numbers: the same for those that take a number
 * @pidns: that of FILTER_PIDNS
 * @operands: whom the operands name
 * @length: how many these are
 */
struct filter {
	const char *words[FILTER_OPTIONS];
	int numbers[FILTER_NUMBERS];
	uint32_t pidns;
	struct filter_operand *operands;
	size_t length;
};

/**
 * struct selection - tasks in order
 * @tasks: them, which are the tree's
 * @length: how many
 */
struct selection {
	const struct ptree_task **tasks;
	size_t length;
};

/**
 * filter_option() - take an option
 * @filter: where to
 * @option: which one
 * @argument: what it was given
 *
 * Return: END_FOUND, or END_USAGE after a complaint.
 */
int filter_option(struct filter *filter, enum filter_option option,
		  const char *argument);

/**
 * filter_operands() - take operands
 * @filter: where to
 * @argc: how many
 * @argv: them
 *
 * Return: END_FOUND, or another END_* after a complaint.
 */
int filter_operands(struct filter *filter, int argc, char **argv);

/**
 * filter_resolve() - look up what an option names, once there is a door
 * @filter: whose options
 * @pt: the door
 *
 * Return: END_FOUND, or another END_* after a complaint.
 */
int filter_resolve(struct filter *filter, struct ptree *pt);

/**
 * filter_select() - find the tasks that are asked for
 * @filter: by what
 * @tree: where
 * @selection: filled in, in order of ids; for selection_free()
 *
 * Return: 0 or -ENOMEM.
 */
int filter_select(const struct filter *filter, const struct ptree_tree *tree,
		  struct selection *selection);

/**
 * filter_free() - give back what a filter owns
 * @filter: which
 */
void filter_free(struct filter *filter);

/**
 * selection_free() - give back what a selection owns
 * @selection: which
 */
void selection_free(struct selection *selection);

#endif
