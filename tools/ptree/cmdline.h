/* SPDX-License-Identifier: GPL-2.0 */
/* cmdline.h: what only /proc knows of a process, read when it is shown. */
#ifndef PTREE_CMDLINE_H
#define PTREE_CMDLINE_H

#include <stddef.h>
#include <libptree.h>

/**
 * struct cmdline - the arguments of a process
 * @bytes: them, each ending in NUL
 * @length: of all
 * @room: that there is
 */
struct cmdline {
	char *bytes;
	size_t length;
	size_t room;
};

/**
 * cmdline_read() - read the arguments of a process
 * @cmdline: filled in, and used again; none are left when the process has none,
 *	is no more, or executes another program than when the record was made
 * @pt: to make sure of that
 * @task: the process
 *
 * Return: 0 or -ENOMEM.
 */
int cmdline_read(struct cmdline *cmdline, struct ptree *pt,
		 const struct ptree_task *task);

/**
 * cmdline_next() - go through the arguments
 * @cmdline: where; its first argument, the program, is passed over
 * @argument: one of them, or NULL to begin
 *
 * Return: the next one, or NULL.
 */
const char *cmdline_next(const struct cmdline *cmdline, const char *argument);

/**
 * cmdline_free() - give the room back
 * @cmdline: empty from then on
 */
void cmdline_free(struct cmdline *cmdline);

#endif
