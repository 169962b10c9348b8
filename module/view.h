/* SPDX-License-Identifier: GPL-2.0 */
/* view.h: records put in the order and the shape of a drawn tree. */
#ifndef PTREE_VIEW_H
#define PTREE_VIEW_H

#include "sight.h"

/**
 * struct ptree_line - one process in a drawn tree
 * @record: its record, owned by the snapshot
 * @parent: the line it hangs on, NULL for one that hangs on none
 * @depth: how many lines it hangs below the first
 * @sight: enum ptree_sight
 * @last: no line after it hangs on the same one
 * @birth_dead: the process it was born to has died
 * @birth_hidden: the reader may not know to whom it was born
 */
struct ptree_line {
	const struct ptree_record *record;
	const struct ptree_line *parent;
	u32 depth;
	u8 sight;
	bool last;
	bool birth_dead;
	bool birth_hidden;
};

/**
 * struct ptree_view - a drawn tree
 * @lines: in the order they are drawn, owned
 * @nr: how many
 * @threads: how many threads the processes in full sight have together
 */
struct ptree_view {
	struct ptree_line *lines;
	size_t nr;
	u64 threads;
};

int ptree_view_make(struct ptree_view *view,
		    const struct ptree_snapshot *snapshot, const u8 *sight);
void ptree_view_free(struct ptree_view *view);

#endif
