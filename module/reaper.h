/* SPDX-License-Identifier: GPL-2.0 */
/* reaper.h: who gets the children of one that exits. */
#ifndef PTREE_REAPER_H
#define PTREE_REAPER_H

#include "tree.h"

struct ptree_node *ptree_reaper(struct ptree *tree,
				const struct ptree_node *father);

#endif
