// SPDX-License-Identifier: GPL-2.0
/*
 * snapshot.c owns the way to get all records of one moment without ever
 * holding the tree's lock for longer than a batch.
 *
 * The list of changes has every node in the order of its last change. A reader
 * walks it from the front, a batch at a time. A node that changes meanwhile
 * moves to the tail and is met again, and its later record replaces the
 * earlier one. When the reader reaches the tail, what it has collected is
 * exactly the tree at that moment:
 *
 *	A B C D		it reads A, B
 *	A C D B'	B changes
 *		 ^	it reads C, D, B' and is at the tail: A C D B'
 */
#include <linux/bsearch.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/sort.h>

#include "compat.h"
#include "pidns.h"
#include "snapshot.h"

#define BATCH 64

/**
 * struct walk - a snapshot being taken
 * @tree: of what
 * @source: who feeds it, or NULL
 * @snapshot: where it goes
 * @reader: the place in the list
 * @refreshes: how many more nodes may be brought up to date. Somebody who
 *	renames himself all the time would keep us at the tail for ever
 * @nr_late: how many records of this batch want finishing
 * @late: their tasks
 * @late_record: their places in @snapshot
 */
struct walk {
	struct ptree *tree;
	const struct ptree_source *source;
	struct ptree_snapshot *snapshot;
	struct ptree_reader reader;
	size_t refreshes;
	unsigned int nr_late;
	const void *late[BATCH];
	size_t late_record[BATCH];
};

/* @from: when the snapshot began; what died since may have been seen alive. */
static bool wanted(const struct ptree_snapshot *snapshot,
		   const struct ptree_node *node, u64 from)
{
	if (node->process->leader != node &&
	    !(snapshot->flags & PTREE_SNAP_THREADS))
		return false;
	return node->state != PTREE_DEAD || node->change.seq > from ||
	       snapshot->flags & PTREE_SNAP_DEAD;
}

static int grow(struct ptree_snapshot *snapshot, size_t room)
{
	struct ptree_record *records;

	records = kvmalloc_array(room, sizeof(*records), GFP_KERNEL_ACCOUNT);
	if (!records)
		return -ENOMEM;
	if (snapshot->nr)
		memcpy(records, snapshot->records,
		       snapshot->nr * sizeof(*records));
	kvfree(snapshot->records);
	snapshot->records = records;
	snapshot->room = room;
	return 0;
}

/* Returns whether the record has to stay. */
static bool fill(struct walk *walk, struct ptree_node *node,
		 const struct ptree_ns *ns)
{
	struct ptree_snapshot *snapshot = walk->snapshot;
	struct ptree_record *record = &snapshot->records[snapshot->nr];

	ptree_record_fill(walk->tree, node, ns, record);
	/* A death has to be recorded, to replace the record of a life. */
	if (!record->tid && node->state != PTREE_DEAD)
		return false;
	if (!walk->source || node->state == PTREE_DEAD)
		return true;
	if (walk->source->peek(node->task, record)) {
		walk->late[walk->nr_late] = node->task;
		walk->late_record[walk->nr_late++] = snapshot->nr;
	}
	return true;
}

/*
 * Read one batch. Returns 1 at the tail, 0 before it, -ENOSPC when there is no
 * room for the next record.
 */
static int read_batch(struct walk *walk)
{
	struct ptree_snapshot *snapshot = walk->snapshot;
	const struct ptree_source *source = walk->source;
	struct ptree *tree = walk->tree;
	struct ptree_change *cursor = &walk->reader.cursor;
	struct ptree_ns *ns = ptree_ns_find(tree, snapshot->ns);
	int left = BATCH;

	lockdep_assert_held(&tree->lock);
	while (left--) {
		struct ptree_change *change;
		struct ptree_node *node;

		if (list_is_last(&cursor->link, &tree->changes)) {
			if (source && source->settle(tree))
				continue;
			snapshot->seq = tree->seq;
			return 1;
		}
		if (snapshot->nr == snapshot->room)
			return -ENOSPC;
		change = list_next_entry(cursor, link);
		list_move(&cursor->link, &change->link);
		if (!change->seq)
			continue;
		node = container_of(change, struct ptree_node, change);
		if (source && node->state != PTREE_DEAD && walk->refreshes) {
			walk->refreshes--;
			source->refresh(tree, node);
		}
		if (wanted(snapshot, node, walk->reader.from))
			snapshot->nr += fill(walk, node, ns);
	}
	return 0;
}

static int by_id_then_newest(const void *a, const void *b)
{
	const struct ptree_record *left = a, *right = b;

	if (left->id != right->id)
		return left->id < right->id ? -1 : 1;
	if (left->seq != right->seq)
		return left->seq > right->seq ? -1 : 1;
	return 0;
}

/* Keep the newest record of each node, and of these the ones asked for. */
static void distil(struct ptree_snapshot *snapshot)
{
	struct ptree_record *records = snapshot->records;
	bool dead = snapshot->flags & PTREE_SNAP_DEAD;
	size_t i, nr = 0;
	u64 last = 0;

	sort(records, snapshot->nr, sizeof(*records), by_id_then_newest, NULL);
	for (i = 0; i < snapshot->nr; i++) {
		if (records[i].id == last)
			continue;
		last = records[i].id;
		if ((records[i].state == PTREE_DEAD && !dead) ||
		    !records[i].tid ||
		    !(records[i].flags & PTREE_R_LEADER ||
		      snapshot->flags & PTREE_SNAP_THREADS))
			continue;
		if (nr != i)
			records[nr] = records[i];
		nr++;
	}
	snapshot->nr = nr;
}

static int walk_changes(struct walk *walk)
{
	struct ptree *tree = walk->tree;
	unsigned long irqflags;
	unsigned int i;
	int ret;

	raw_spin_lock_irqsave(&tree->lock, irqflags);
	walk->reader.from = tree->seq;
	walk->refreshes = 2 * tree->nr_nodes + 1024;
	list_add_tail(&walk->reader.link, &tree->snapshots);
	list_add(&walk->reader.cursor.link, &tree->changes);
	do {
		walk->nr_late = 0;
		ret = read_batch(walk);
		raw_spin_unlock_irqrestore(&tree->lock, irqflags);

		for (i = 0; i < walk->nr_late; i++)
			walk->source->finish(walk->late[i],
					     &walk->snapshot->records
						      [walk->late_record[i]]);
		if (ret == -ENOSPC)
			ret = grow(walk->snapshot, walk->snapshot->room * 3 / 2 +
							   BATCH);
		cond_resched();
		raw_spin_lock_irqsave(&tree->lock, irqflags);
	} while (!ret);
	list_del(&walk->reader.cursor.link);
	list_del(&walk->reader.link);
	raw_spin_unlock_irqrestore(&tree->lock, irqflags);
	return ret < 0 ? ret : 0;
}

/**
 * ptree_snapshot_take - collect all records of one moment
 * @tree: the tree
 * @source: who feeds it, NULL for nobody
 * @snapshot: @ns and @flags say what is wanted, the rest is zero; on success
 *	the caller frees it with ptree_snapshot_free()
 *
 * Context: may sleep; takes the tree's lock for a batch at a time.
 * Return: 0; -ENOMEM; -EAGAIN when births were lost and not yet found again.
 */
int ptree_snapshot_take(struct ptree *tree, const struct ptree_source *source,
			struct ptree_snapshot *snapshot)
{
	struct walk *walk;
	int err, tries = 8;

again:
	if (source && READ_ONCE(tree->stale)) {
		err = source->rescan(tree);
		if (err)
			return err;
	}
	walk = kzalloc(sizeof(*walk), GFP_KERNEL_ACCOUNT);
	if (!walk)
		return -ENOMEM;
	walk->tree = tree;
	walk->source = source;
	walk->snapshot = snapshot;
	err = grow(snapshot, READ_ONCE(tree->nr_processes) + BATCH);
	if (!err)
		err = walk_changes(walk);
	kfree(walk);
	/* Something may have been lost while we walked. */
	if (!err && source && READ_ONCE(tree->stale))
		err = -EAGAIN;
	if (err) {
		ptree_snapshot_free(snapshot);
		if (err == -EAGAIN && tries--)
			goto again;
		return err;
	}
	distil(snapshot);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_snapshot_take);

/**
 * ptree_snapshot_free - free what a snapshot owns
 * @snapshot: taken, or zero
 *
 * Context: may sleep.
 */
void ptree_snapshot_free(struct ptree_snapshot *snapshot)
{
	kvfree(snapshot->records);
	snapshot->records = NULL;
	snapshot->nr = 0;
	snapshot->room = 0;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_snapshot_free);

static int id_order(const void *key, const void *element)
{
	const struct ptree_record *record = element;
	const u64 *id = key;

	if (*id == record->id)
		return 0;
	return *id < record->id ? -1 : 1;
}

/**
 * ptree_snapshot_find - find a record
 * @snapshot: where
 * @id: of the node
 *
 * Context: any. O(log n).
 * Return: the record or NULL.
 */
struct ptree_record *ptree_snapshot_find(const struct ptree_snapshot *snapshot,
					 u64 id)
{
	return bsearch(&id, snapshot->records, snapshot->nr,
		       sizeof(*snapshot->records), id_order);
}
EXPORT_SYMBOL_IF_KUNIT(ptree_snapshot_find);
