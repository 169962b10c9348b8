// SPDX-License-Identifier: GPL-2.0
/*
 * snapshot.c owns the way to get all records of one moment without ever
 * holding the tree's lock for longer than a batch, and what changes later.
 *
 * The list of changes has every node in the order of its last change. A walk
 * goes along it from the front, a batch at a time. A node that changes
 * meanwhile moves to the tail and is met again, and its later record replaces
 * the earlier one. When the walk reaches the tail, what it has collected is
 * exactly the tree at that moment:
 *
 *	A B C D		it reads A, B
 *	A C D B'	B changes
 *		 ^	it reads C, D, B' and is at the tail: A C D B'
 *
 * A walk that stays at the tail meets nothing but what changes from then on.
 * Tombstones are on the list as well, so it can't miss a death, unless it
 * stays behind for so long that the tombstone is evicted: then it is told.
 */
#include <linux/bsearch.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/sort.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "pidns.h"
#include "snapshot.h"

#define BATCH 64

/**
 * struct ptree_walk - one who walks along the list of changes
 * @tree: whose
 * @source: who feeds it, or NULL
 * @reader: the place in the list
 * @refreshes: how many more nodes may be brought up to date. Somebody who
 *	renames himself all the time would keep us at the tail for ever
 * @nr_late: how many records of this batch want finishing
 * @late: their tasks
 * @late_record: their places in the snapshot
 */
struct ptree_walk {
	struct ptree *tree;
	const struct ptree_source *source;
	struct ptree_reader reader;
	size_t refreshes;
	unsigned int nr_late;
	const void *late[BATCH];
	size_t late_record[BATCH];
};

static bool wants_dead(const struct ptree_snapshot *snapshot, u64 seq)
{
	return snapshot->flags & PTREE_SNAP_DEAD ||
	       (snapshot->since && seq > snapshot->since);
}

/* @from: when the walk began; what died since may have been seen alive. */
static bool wanted(const struct ptree_snapshot *snapshot,
		   const struct ptree_node *node, u64 from)
{
	if (node->process->leader != node &&
	    !(snapshot->flags & PTREE_SNAP_THREADS))
		return false;
	return node->state != PTREE_DEAD || node->change.seq > from ||
	       wants_dead(snapshot, node->change.seq);
}

/**
 * ptree_array_new - room for an element for each of many records
 * @nr: how many elements
 * @size: of one, in bytes
 *
 * Unlike kvmalloc_array() it takes no more than a few pages that lie together:
 * as many as do are cleared at once, and nobody else runs meanwhile. Two
 * megabytes take longer than a fork.
 *
 * Context: may sleep.
 * Return: the array, not to be relied on to be cleared, for kvfree(); or NULL.
 */
void *ptree_array_new(size_t nr, size_t size)
{
	size_t bytes = array_size(nr, size);

	if (bytes <= PAGE_SIZE << PAGE_ALLOC_COSTLY_ORDER)
		return kvmalloc(bytes, GFP_KERNEL_ACCOUNT);
	return __vmalloc(bytes, GFP_KERNEL_ACCOUNT);
}

static void *grown(void *array, size_t nr, size_t room, size_t size)
{
	void *larger = ptree_array_new(room, size);

	if (larger && nr)
		memcpy(larger, array, nr * size);
	if (larger)
		kvfree(array);
	return larger;
}

/* Room for a batch more, or for @room in all. */
static int grow(struct ptree_snapshot *snapshot, size_t room)
{
	void *larger;

	room = max(room, snapshot->nr + BATCH);
	if (snapshot->room < room) {
		room = max(room, snapshot->nr * 3 / 2);
		larger = grown(snapshot->records, snapshot->nr, room,
			       sizeof(*snapshot->records));
		if (!larger)
			return -ENOMEM;
		snapshot->records = larger;
		snapshot->room = room;
	}
	if (!(snapshot->flags & PTREE_SNAP_INNER) ||
	    snapshot->room_inner - snapshot->nr_inner >= BATCH * PTREE_LEVELS)
		return 0;
	room = snapshot->nr_inner * 3 / 2 + BATCH * PTREE_LEVELS;
	larger = grown(snapshot->inner, snapshot->nr_inner, room,
		       sizeof(*snapshot->inner));
	if (!larger)
		return -ENOMEM;
	snapshot->inner = larger;
	snapshot->room_inner = room;
	return 0;
}

static bool no_room(const struct ptree_snapshot *snapshot)
{
	return snapshot->nr == snapshot->room ||
	       (snapshot->flags & PTREE_SNAP_INNER &&
		snapshot->room_inner - snapshot->nr_inner < PTREE_LEVELS);
}

static void fill_inner(struct ptree_snapshot *snapshot,
		       const struct ptree_node *node, const struct ptree_ns *ns,
		       struct ptree_record *record)
{
	pid_t *inner = snapshot->inner + snapshot->nr_inner;
	unsigned int nr = 0;

	/* Most have none. */
	if (node->pid->inner->ns != ns)
		nr = ptree_record_inner(node, ns, inner);
	record->inner = snapshot->nr_inner;
	record->levels = nr + 1;
	snapshot->nr_inner += nr;
}

/* Returns whether the record has to stay. */
static bool fill(struct ptree_walk *walk, struct ptree_snapshot *snapshot,
		 struct ptree_node *node, const struct ptree_ns *ns,
		 const struct ptree_ns *within)
{
	struct ptree_record *record = &snapshot->records[snapshot->nr];

	ptree_record_fill(walk->tree, node, ns, record);
	/* A death has to be recorded, to replace the record of a life. */
	if (!record->tid && (node->state != PTREE_DEAD ||
			     record->seq <= walk->reader.from))
		return false;
	if (within && ptree_pid_nr(node->pid, within))
		record->flags |= PTREE_R_WITHIN;
	if (snapshot->flags & PTREE_SNAP_INNER && record->tid)
		fill_inner(snapshot, node, ns, record);
	if (!walk->source || node->state == PTREE_DEAD)
		return true;
	if (walk->source->peek(node->task, ns, record)) {
		walk->late[walk->nr_late] = node->task;
		walk->late_record[walk->nr_late++] = snapshot->nr;
	}
	return true;
}

/* Returns 1 there, 0 when more has come meanwhile. */
static int read_tail(struct ptree_walk *walk, struct ptree_snapshot *snapshot)
{
	const struct ptree_source *source = walk->source;
	struct ptree *tree = walk->tree;

	/* What comes of it is met in the next batch. */
	if (source && source->settle(tree))
		return 0;
	walk->reader.seq = tree->seq;
	snapshot->seq = tree->seq;
	return 1;
}

static bool wants_refresh(struct ptree_walk *walk,
			  const struct ptree_node *node)
{
	if (!walk->source || node->state == PTREE_DEAD || !walk->refreshes ||
	    !walk->source->differs(node))
		return false;
	walk->refreshes--;
	return true;
}

/*
 * Read one batch, for which there is room. Returns 1 at the tail, 0 before it.
 * The cursor stays behind until something may change the list.
 */
static int read_batch(struct ptree_walk *walk, struct ptree_snapshot *snapshot)
{
	struct ptree *tree = walk->tree;
	struct ptree_reader *reader = &walk->reader;
	struct ptree_ns *ns = ptree_ns_find(tree, snapshot->ns);
	struct ptree_ns *within = ptree_ns_find(tree, snapshot->within);
	struct list_head *cursor = &reader->cursor.link, *next = cursor->next;
	int left = BATCH, ret;

	lockdep_assert_held(&tree->lock);
	rcu_read_lock();
	while (left-- && next != &tree->changes) {
		struct ptree_change *change;
		struct ptree_node *node;

		change = list_entry(next, struct ptree_change, link);
		next = next->next;
		if (!change->seq)
			continue;
		reader->seq = change->seq;
		node = container_of(change, struct ptree_node, change);
		if (wants_refresh(walk, node)) {
			list_move_tail(cursor, next);
			walk->source->refresh(tree, node);
			next = cursor->next;
			/* Namespaces may have come and gone by that. */
			ns = ptree_ns_find(tree, snapshot->ns);
			within = ptree_ns_find(tree, snapshot->within);
			/* It has changed, and is met again at the tail. */
			if (change->seq != reader->seq)
				continue;
		}
		if (wanted(snapshot, node, reader->from))
			snapshot->nr += fill(walk, snapshot, node, ns, within);
	}
	list_move_tail(cursor, next);
	ret = left < 0 ? 0 : read_tail(walk, snapshot);
	rcu_read_unlock();
	return ret;
}

static void finish_batch(struct ptree_walk *walk,
			 struct ptree_snapshot *snapshot)
{
	unsigned int i;

	for (i = 0; i < walk->nr_late; i++)
		walk->source->finish(walk->late[i],
				     &snapshot->records[walk->late_record[i]]);
	walk->nr_late = 0;
}

/* sort() of many does not let others run by itself. */
static int by_id_then_newest(const void *a, const void *b)
{
	const struct ptree_record *left = a, *right = b;

	cond_resched();
	if (left->id != right->id)
		return left->id < right->id ? -1 : 1;
	if (left->seq != right->seq)
		return left->seq > right->seq ? -1 : 1;
	return 0;
}

static int id_order(const void *key, const void *element)
{
	const struct ptree_record *record = element;
	const u64 *id = key;

	if (*id == record->id)
		return 0;
	return *id < record->id ? -1 : 1;
}

/* Whether a death is told to whoever did not see the life. */
static bool asked_for(const struct ptree_snapshot *snapshot,
		      const struct ptree_record *record)
{
	return record->state != PTREE_DEAD ||
	       (record->tid && wants_dead(snapshot, record->seq));
}

/*
 * Keep the newest record of each node. A walk meets each once, but for those
 * that change after it began, at @from: their records are the last, and may be
 * of somebody whose life is in an earlier one.
 */
static void distil(struct ptree_snapshot *snapshot, u64 from)
{
	struct ptree_record *records = snapshot->records, *late;
	size_t i, early = snapshot->nr, nr_late, nr = 0;
	u64 last = 0;

	while (early && records[early - 1].seq > from)
		early--;
	late = records + early;
	nr_late = snapshot->nr - early;
	if (!nr_late)
		return;
	sort(late, nr_late, sizeof(*late), by_id_then_newest, NULL);
	for (i = 0; i < early; i++) {
		if (i % BATCH == 0)
			cond_resched();
		if (bsearch(&records[i].id, late, nr_late, sizeof(*late),
			    id_order))
			continue;
		if (nr != i)
			records[nr] = records[i];
		nr++;
	}
	for (i = 0; i < nr_late; i++) {
		bool newest = late[i].id != last;

		last = late[i].id;
		if (newest && asked_for(snapshot, &late[i]))
			records[nr++] = late[i];
	}
	snapshot->nr = nr;
}

/**
 * struct place - where the record of a node is
 * @id: of the node
 * @at: index of the record
 */
struct place {
	u64 id;
	size_t at;
};

static int by_id(const void *a, const void *b)
{
	const struct place *left = a, *right = b;

	cond_resched();
	if (left->id == right->id)
		return 0;
	return left->id < right->id ? -1 : 1;
}

/* Records are large: sort where they are, then move each once. */
static int sort_by_id(struct ptree_snapshot *snapshot)
{
	struct ptree_record *sorted;
	struct place *places;
	size_t i;

	places = ptree_array_new(snapshot->nr + 1, sizeof(*places));
	sorted = ptree_array_new(snapshot->nr + 1, sizeof(*sorted));
	if (!places || !sorted) {
		kvfree(sorted);
		kvfree(places);
		return -ENOMEM;
	}
	for (i = 0; i < snapshot->nr; i++)
		places[i] = (struct place){ snapshot->records[i].id, i };
	sort(places, snapshot->nr, sizeof(*places), by_id, NULL);
	for (i = 0; i < snapshot->nr; i++) {
		sorted[i] = snapshot->records[places[i].at];
		cond_resched();
	}
	kvfree(snapshot->records);
	snapshot->records = sorted;
	snapshot->room = snapshot->nr + 1;
	kvfree(places);
	return 0;
}

/* How many records it will have, if nothing changes. */
static size_t expected(struct ptree *tree, u32 flags)
{
	unsigned long irqflags;
	size_t nr;

	raw_spin_lock_irqsave(&tree->lock, irqflags);
	nr = flags & PTREE_SNAP_THREADS ? tree->nr_nodes : tree->nr_processes;
	if (flags & PTREE_SNAP_DEAD)
		nr += tree->nr_needed + tree->nr_history;
	raw_spin_unlock_irqrestore(&tree->lock, irqflags);
	return nr + BATCH;
}

static int walk_changes(struct ptree_walk *walk,
			struct ptree_snapshot *snapshot)
{
	struct ptree_reader *reader = &walk->reader;
	struct ptree *tree = walk->tree;
	unsigned long irqflags;
	int ret;

	raw_spin_lock_irqsave(&tree->lock, irqflags);
	reader->from = tree->seq;
	walk->refreshes = 2 * tree->nr_nodes + 1024;
	list_add_tail(&reader->link, &tree->snapshots);
	list_move(&reader->cursor.link, &tree->changes);
	do {
		ret = read_batch(walk, snapshot);
		/* From the tail on it follows, and holds nothing up. */
		if (ret)
			list_del_init(&reader->link);
		raw_spin_unlock_irqrestore(&tree->lock, irqflags);

		finish_batch(walk, snapshot);
		if (!ret)
			ret = grow(snapshot, 0);
		cond_resched();
		raw_spin_lock_irqsave(&tree->lock, irqflags);
	} while (!ret);
	list_del_init(&reader->link);
	raw_spin_unlock_irqrestore(&tree->lock, irqflags);
	return ret < 0 ? ret : 0;
}

/**
 * ptree_walk_new - begin to walk along the changes of a tree
 * @tree: the tree; it must outlive the walk
 * @source: who feeds it, NULL for nobody
 *
 * Context: may sleep.
 * Return: the walk, at no place yet, for ptree_walk_free(); NULL without memory.
 */
struct ptree_walk *ptree_walk_new(struct ptree *tree,
				  const struct ptree_source *source)
{
	struct ptree_walk *walk = kzalloc(sizeof(*walk), GFP_KERNEL_ACCOUNT);

	if (!walk)
		return NULL;
	walk->tree = tree;
	walk->source = source;
	INIT_LIST_HEAD(&walk->reader.link);
	INIT_LIST_HEAD(&walk->reader.cursor.link);
	return walk;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_walk_new);

/**
 * ptree_walk_free - end a walk
 * @walk: it, or NULL
 *
 * Context: may sleep; takes the tree's lock.
 */
void ptree_walk_free(struct ptree_walk *walk)
{
	unsigned long irqflags;

	if (!walk)
		return;
	raw_spin_lock_irqsave(&walk->tree->lock, irqflags);
	list_del(&walk->reader.cursor.link);
	raw_spin_unlock_irqrestore(&walk->tree->lock, irqflags);
	kfree(walk);
}
EXPORT_SYMBOL_IF_KUNIT(ptree_walk_free);

/**
 * ptree_make_whole - find births that were lost before anybody reads
 * @tree: the tree
 * @source: who feeds it, NULL for nobody
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM; -EAGAIN when more are lost than found.
 */
int ptree_make_whole(struct ptree *tree, const struct ptree_source *source)
{
	return source && READ_ONCE(tree->stale) ? source->rescan(tree) : 0;
}

/**
 * ptree_walk_all - collect all records of one moment
 * @walk: from any place; afterwards it is at that moment, to go on from there
 * @snapshot: @ns, @within and @flags say what is wanted, the rest is zero; on
 *	success the caller frees it with ptree_snapshot_free()
 *
 * Context: may sleep; takes the tree's lock for a batch at a time.
 * Return: 0; -ENOMEM; -EAGAIN when births were lost and not yet found again.
 */
int ptree_walk_all(struct ptree_walk *walk, struct ptree_snapshot *snapshot)
{
	const struct ptree_source *source = walk->source;
	struct ptree *tree = walk->tree;
	int err, tries = 8;

	do {
		err = ptree_make_whole(tree, source);
		if (err)
			return err;
		err = grow(snapshot, expected(tree, snapshot->flags));
		if (!err)
			err = walk_changes(walk, snapshot);
		/* Something may have been lost while we walked. */
		if (!err && source && READ_ONCE(tree->stale))
			err = -EAGAIN;
		if (!err) {
			distil(snapshot, walk->reader.from);
			if (!(snapshot->flags & PTREE_SNAP_AS_MET))
				err = sort_by_id(snapshot);
		}
		if (err)
			ptree_snapshot_free(snapshot);
	} while (err == -EAGAIN && tries--);
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_walk_all);

/**
 * ptree_walk_since - go to where another walk has been
 * @walk: at no place yet
 * @seq: the newest change that is not to be met
 *
 * Context: may sleep; takes the tree's lock for a batch at a time.
 * Return: 0, -EINVAL when there was no such change yet.
 */
int ptree_walk_since(struct ptree_walk *walk, u64 seq)
{
	struct ptree_reader *reader = &walk->reader;
	struct ptree *tree = walk->tree;
	struct list_head *cursor = &reader->cursor.link;
	unsigned long irqflags;
	int left, err = 0;

	raw_spin_lock_irqsave(&tree->lock, irqflags);
	if (seq > tree->seq)
		err = -EINVAL;
	else
		list_move_tail(cursor, &tree->changes);
	/* What changes while we go back moves to the tail, where we met it. */
	for (left = BATCH; !err && cursor->prev != &tree->changes; left--) {
		struct ptree_change *change = list_prev_entry(&reader->cursor,
							      link);

		if (change->seq && change->seq <= seq)
			break;
		list_move_tail(cursor, &change->link);
		if (left)
			continue;
		left = BATCH;
		raw_spin_unlock_irqrestore(&tree->lock, irqflags);
		cond_resched();
		raw_spin_lock_irqsave(&tree->lock, irqflags);
	}
	reader->seq = seq;
	raw_spin_unlock_irqrestore(&tree->lock, irqflags);
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_walk_since);

/**
 * ptree_walk_on - collect what changed since, a batch of it
 * @walk: at the place where ptree_walk_all(), ptree_walk_since() or this left it
 * @snapshot: as for ptree_walk_all(), or the one of the batch before; its
 *	records are replaced. The dead are always among them
 *
 * Context: may sleep; takes the tree's lock.
 * Return: 1 when there is no more: then what was collected so far is the tree
 * as of &ptree_snapshot.seq; 0 when there may be; -ESTALE when something was
 * evicted before it could be met: then @seq is the newest such change, and only
 * ptree_walk_all() leads on; -ENOMEM; -EAGAIN as ptree_walk_all().
 */
int ptree_walk_on(struct ptree_walk *walk, struct ptree_snapshot *snapshot)
{
	struct ptree *tree = walk->tree;
	unsigned long irqflags;
	int ret;

	snapshot->nr = 0;
	snapshot->nr_inner = 0;
	ret = grow(snapshot, 0) ?: ptree_make_whole(tree, walk->source);
	if (ret)
		return ret;
	raw_spin_lock_irqsave(&tree->lock, irqflags);
	walk->refreshes = BATCH;
	walk->reader.from = 0;
	if (tree->evicted_seq > walk->reader.seq) {
		snapshot->seq = tree->evicted_seq;
		ret = -ESTALE;
	} else {
		ret = read_batch(walk, snapshot);
	}
	if (ret == 1 && walk->source && tree->stale)
		ret = 0;
	raw_spin_unlock_irqrestore(&tree->lock, irqflags);
	finish_batch(walk, snapshot);
	return ret;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_walk_on);

/**
 * ptree_walk_seq - where a walk is
 * @walk: it
 *
 * Context: nobody else moves it.
 * Return: the newest change behind it.
 */
u64 ptree_walk_seq(const struct ptree_walk *walk)
{
	return walk->reader.seq;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_walk_seq);

/**
 * ptree_walk_more - whether there is more to collect
 * @walk: it
 * @wait: if not, have whoever waits at &ptree_source.wait woken when there is
 *
 * Context: takes the tree's lock.
 * Return: true when something changed since.
 */
bool ptree_walk_more(struct ptree_walk *walk, bool wait)
{
	struct ptree *tree = walk->tree;
	unsigned long irqflags;
	bool more;

	raw_spin_lock_irqsave(&tree->lock, irqflags);
	/* What nobody was told of, because nobody waited. */
	if (wait && walk->source && tree->awaited == U64_MAX)
		walk->source->settle(tree);
	more = tree->seq > walk->reader.seq;
	if (!more && wait)
		tree->awaited = min(tree->awaited, walk->reader.seq);
	raw_spin_unlock_irqrestore(&tree->lock, irqflags);
	return more;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_walk_more);

/**
 * ptree_snapshot_take - collect all records of one moment, and no more
 * @tree: the tree
 * @source: who feeds it, NULL for nobody
 * @snapshot: as for ptree_walk_all()
 *
 * Context: may sleep; takes the tree's lock for a batch at a time.
 * Return: as ptree_walk_all().
 */
int ptree_snapshot_take(struct ptree *tree, const struct ptree_source *source,
			struct ptree_snapshot *snapshot)
{
	struct ptree_walk *walk = ptree_walk_new(tree, source);
	int err = walk ? ptree_walk_all(walk, snapshot) : -ENOMEM;

	ptree_walk_free(walk);
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_snapshot_take);

static int read_chain(struct ptree_walk *walk, struct ptree_snapshot *snapshot,
		      u64 id, u64 (*next)(const struct ptree_node *node))
{
	const struct ptree_source *source = walk->source;
	struct ptree *tree = walk->tree;
	struct ptree_node *node;
	struct ptree_ns *ns;

	if (source)
		source->settle(tree);
	/* What is read may bring others up to date, so their names last. */
	for (; id; id = next(node)) {
		node = ptree_find_id(tree, id);
		if (!node)
			break;
		if (no_room(snapshot))
			return -E2BIG;
		if (source && node->state != PTREE_DEAD &&
		    source->differs(node))
			source->refresh(tree, node);
		node = ptree_find_id(tree, id);
		if (!node)
			break;
		ns = ptree_ns_find(tree, snapshot->ns);
		snapshot->nr += fill(walk, snapshot, node, ns, NULL);
	}
	snapshot->seq = tree->seq;
	return snapshot->nr ? 0 : -ESRCH;
}

/**
 * ptree_snapshot_chain - collect the records of a node and of whom it leads to
 * @tree: the tree
 * @source: who feeds it, NULL for nobody
 * @snapshot: @ns and @flags say what is wanted, the rest is zero; on success
 *	the caller frees it with ptree_snapshot_free(). Its records are in the
 *	order of the chain
 * @id: of the first
 * @next: the id of whom a node leads to, 0 at the end
 *
 * Context: may sleep; takes the tree's lock once.
 * Return: 0; -ESRCH when there is no such node, or the namespace does not see
 * it; -E2BIG when the chain is too long for one hold of the lock; -ENOMEM.
 */
int ptree_snapshot_chain(struct ptree *tree, const struct ptree_source *source,
			 struct ptree_snapshot *snapshot, u64 id,
			 u64 (*next)(const struct ptree_node *node))
{
	struct ptree_walk *walk = ptree_walk_new(tree, source);
	unsigned long irqflags;
	int err = walk ? grow(snapshot, 0) : -ENOMEM;

	if (!err) {
		rcu_read_lock();
		raw_spin_lock_irqsave(&tree->lock, irqflags);
		err = read_chain(walk, snapshot, id, next);
		raw_spin_unlock_irqrestore(&tree->lock, irqflags);
		rcu_read_unlock();
		finish_batch(walk, snapshot);
	}
	if (err)
		ptree_snapshot_free(snapshot);
	ptree_walk_free(walk);
	return err;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_snapshot_chain);

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
	kvfree(snapshot->inner);
	snapshot->inner = NULL;
	snapshot->nr_inner = 0;
	snapshot->room_inner = 0;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_snapshot_free);

/**
 * ptree_snapshot_find - find a record
 * @snapshot: where; taken without PTREE_SNAP_AS_MET
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
