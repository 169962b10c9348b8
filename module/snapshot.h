/* SPDX-License-Identifier: GPL-2.0 */
/* snapshot.h: all records of a tree at one moment. */
#ifndef PTREE_SNAPSHOT_H
#define PTREE_SNAPSHOT_H

#include "record.h"

/**
 * struct ptree_source - whoever feeds a tree, as its readers need him
 * @rescan: find what a stale tree lacks. May sleep. 0 or -errno
 * @refresh: bring one living node up to date. Under the tree's lock
 * @settle: let the exiting hand over their children. Under the tree's lock;
 *	true when that changed anything
 * @peek: fill in what changes too fast to be kept. Under the tree's lock.
 *	true when @finish has more to add; then it has taken a hold on the task
 * @finish: add what can't be read under the lock, and drop the hold
 *
 * A tree made from a script has none.
 */
struct ptree_source {
	int (*rescan)(struct ptree *tree);
	void (*refresh)(struct ptree *tree, struct ptree_node *node);
	bool (*settle)(struct ptree *tree);
	bool (*peek)(const void *task, struct ptree_record *record);
	void (*finish)(const void *task, struct ptree_record *record);
};

/* Which nodes beside the leaders of living processes a snapshot takes. */
#define PTREE_SNAP_THREADS	BIT(0)
#define PTREE_SNAP_DEAD		BIT(1)

/**
 * struct ptree_snapshot - all records of a tree at one moment
 * @ns: inum of the namespace whose numbers they have, and outside of which
 *	processes are left out
 * @flags: PTREE_SNAP_*
 * @seq: the moment: the number of the newest change it holds
 * @nr: how many records
 * @room: for how many there is room
 * @records: sorted by id, owned
 */
struct ptree_snapshot {
	u32 ns;
	u32 flags;
	u64 seq;
	size_t nr;
	size_t room;
	struct ptree_record *records;
};

int ptree_snapshot_take(struct ptree *tree, const struct ptree_source *source,
			struct ptree_snapshot *snapshot);
void ptree_snapshot_free(struct ptree_snapshot *snapshot);
struct ptree_record *ptree_snapshot_find(const struct ptree_snapshot *snapshot,
					 u64 id);

#endif
