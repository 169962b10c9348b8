/* SPDX-License-Identifier: GPL-2.0 */
/* compact.h: siblings that look the same are drawn once. */
#ifndef PTREE_COMPACT_H
#define PTREE_COMPACT_H

#include "forest.h"

enum {
	COMPACT_UID = 1U << 0, /* the user makes a difference */
	COMPACT_PGID = 1U << 1, /* the process group does */
	COMPACT_NAMESPACES = 1U << 2, /* &node.inodes do */
	COMPACT_THREADS = 1U << 3, /* leave all but threads alone */
};

/**
 * compact() - leave one of several siblings that look the same with all below
 *	them, and count it for all
 * @grove: the trees
 * @flags: COMPACT_*
 *
 * Return: 0 or -ENOMEM.
 */
int compact(const struct grove *grove, unsigned int flags);

#endif
