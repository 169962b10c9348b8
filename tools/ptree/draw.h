/* SPDX-License-Identifier: GPL-2.0 */
/* draw.h: the drawing, laid out as pstree(1) does it. */
#ifndef PTREE_DRAW_H
#define PTREE_DRAW_H

#include "colour.h"
#include "forest.h"
#include "line.h"

enum {
	DRAW_PIDS = 1U << 0, /* numbers behind the names */
	DRAW_PGIDS = 1U << 1, /* process groups */
	DRAW_UIDS = 1U << 2, /* users, where they change */
	DRAW_NAMESPACES = 1U << 3, /* types of namespace, where they change */
	DRAW_CONTEXTS = 1U << 4, /* what the security module says */
	DRAW_ARGUMENTS = 1U << 5, /* arguments */
};

/**
 * struct look - how things are drawn
 * @flags: DRAW_*
 * @colour: settled
 * @charset: what branches are drawn with
 * @width: of lines, 0 for no limit
 */
struct look {
	unsigned int flags;
	struct colour colour;
	enum charset charset;
	int width;
};

/**
 * draw() - draw trees
 * @pt: to make sure of what is read from /proc
 * @grove: the trees
 * @uid: whose processes need no name, if users are drawn
 * @gap: an empty line between the trees
 * @look: how
 *
 * Errors of standard output are left there.
 *
 * Return: 0 or -ENOMEM.
 */
int draw(struct ptree *pt, const struct grove *grove, uint32_t uid, bool gap,
	 const struct look *look);

#endif
