/* SPDX-License-Identifier: GPL-2.0 */
/* watch.h: a file that gives the tree, and then what changes. */
#ifndef PTREE_WATCH_H
#define PTREE_WATCH_H

#include <linux/ptree.h>

#include "sight.h"

int ptree_watch_open(struct ptree *tree, struct ptree_eye *eye,
		     const struct ptree_watch *want);
u32 ptree_watch_count(void);

#endif
