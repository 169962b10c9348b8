/* SPDX-License-Identifier: GPL-2.0 */
/* sight.h: what a procfs mount lets a reader see. */
#ifndef PTREE_SIGHT_H
#define PTREE_SIGHT_H

#include "snapshot.h"

struct file;

int ptree_sight_get(struct file *file, struct ptree *tree,
		    const struct ptree_snapshot *snapshot, u8 **sight);

#endif
