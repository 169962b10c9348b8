/* SPDX-License-Identifier: GPL-2.0 */
/* snapshot.h: all records of a tree at one moment, and what changes later. */
#ifndef PTREE_SNAPSHOT_H
#define PTREE_SNAPSHOT_H

#include <linux/wait.h>

#include "record.h"

/**
 * struct ptree_source - whoever feeds a tree, as its readers need him
 * @rescan: find what a stale tree lacks. May sleep. 0 or -errno
 * @differs: whether a living node is not up to date
 * @refresh: bring it up to date
 * @settle: let the exiting hand over their children. true when that changed
 *	anything
 * @peek: fill in what changes too fast to be kept, and what nobody is told of,
 *	with the numbers of @ns. Changes nothing in the tree. true when @finish
 *	has more to add; then it has taken a hold on the task
 * @finish: add what can't be read under the lock, and drop the hold
 * @catch_up: find out what was not told for want of a hook. May sleep
 * @wait: where to wait for a change behind &ptree.awaited
 *
 * @differs, @refresh, @settle and @peek run under the tree's lock and in an RCU
 * section, for they look at tasks. A tree made from a script has no source.
 */
struct ptree_source {
	int (*rescan)(struct ptree *tree);
	bool (*differs)(const struct ptree_node *node);
	void (*refresh)(struct ptree *tree, struct ptree_node *node);
	bool (*settle)(struct ptree *tree);
	bool (*peek)(const void *task, const struct ptree_ns *ns,
		     struct ptree_record *record);
	void (*finish)(const void *task, struct ptree_record *record);
	void (*catch_up)(struct ptree *tree);
	wait_queue_head_t *wait;
};

/* Which nodes beside the leaders of living processes a snapshot takes. */
#define PTREE_SNAP_THREADS	BIT(0)
#define PTREE_SNAP_DEAD		BIT(1)
/* What else it finds out. */
#define PTREE_SNAP_INNER	BIT(2)
/* Its records need not be sorted. */
#define PTREE_SNAP_AS_MET	BIT(3)

/**
 * struct ptree_snapshot - records of a tree
 * @ns: inum of the namespace whose numbers they have, and outside of which
 *	processes are left out
 * @within: inum of another one, whose nodes get PTREE_R_WITHIN; 0 for none
 * @flags: PTREE_SNAP_*
 * @since: unless 0: those who died since this change are taken as well
 * @seq: the moment: the number of the newest change it holds
 * @nr: how many records
 * @room: for how many there is room
 * @records: of a moment: sorted by id, or with PTREE_SNAP_AS_MET in any order;
 *	of changes: as they came. Owned
 * @nr_inner: length of @inner
 * @room_inner: for how many there is room
 * @inner: with PTREE_SNAP_INNER the numbers further in, as their records say;
 *	owned
 */
struct ptree_snapshot {
	u32 ns;
	u32 within;
	u32 flags;
	u64 since;
	u64 seq;
	size_t nr;
	size_t room;
	struct ptree_record *records;
	size_t nr_inner;
	size_t room_inner;
	pid_t *inner;
};

struct ptree_walk;

void *ptree_array_new(size_t nr, size_t size);
int ptree_make_whole(struct ptree *tree, const struct ptree_source *source);
int ptree_snapshot_take(struct ptree *tree, const struct ptree_source *source,
			struct ptree_snapshot *snapshot);
int ptree_snapshot_chain(struct ptree *tree, const struct ptree_source *source,
			 struct ptree_snapshot *snapshot, u64 id,
			 u64 (*next)(const struct ptree_node *node));
void ptree_snapshot_free(struct ptree_snapshot *snapshot);
struct ptree_walk *ptree_walk_new(struct ptree *tree,
				  const struct ptree_source *source);
void ptree_walk_free(struct ptree_walk *walk);
int ptree_walk_all(struct ptree_walk *walk, struct ptree_snapshot *snapshot);
int ptree_walk_since(struct ptree_walk *walk, u64 seq);
int ptree_walk_on(struct ptree_walk *walk, struct ptree_snapshot *snapshot);
u64 ptree_walk_seq(const struct ptree_walk *walk);
bool ptree_walk_more(struct ptree_walk *walk, bool wait);
struct ptree_record *ptree_snapshot_find(const struct ptree_snapshot *snapshot,
					 u64 id);

#endif
