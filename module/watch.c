// SPDX-License-Identifier: GPL-2.0
/*
 * watch.c owns the files that give the whole tree, a mark when it is exact, and
 * from then on what changes.
 *
 * A watch has a place in the tree's list of changes and nothing else that grows
 * while its reader is away. When a tombstone that he has not read is evicted he
 * is told, and given the whole tree again.
 */
#include <linux/anon_inodes.h>
#include <linux/atomic.h>
#include <linux/fcntl.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/uaccess.h>
#include <linux/xarray.h>

#include "compat.h"
#include "hooks.h"
#include "pack.h"
#include "probes.h"
#include "watch.h"

#define WATCH_FLAGS                                                     \
	(PTREE_WATCH_THREADS | PTREE_WATCH_DEAD | PTREE_WATCH_SINCE |   \
	 PTREE_WATCH_NONBLOCK)

/* How much is given to the reader at once. */
#define CHUNK 8192

/* Of so many records he may be told nothing before others get their turn. */
#define BATCH 64

/**
 * enum stage - what a watch reads next
 * @STAGE_ALL: the whole tree
 * @STAGE_CHANGES: what changed since
 * @STAGE_TAIL: nothing, unless something changes
 */
enum stage {
	STAGE_ALL,
	STAGE_CHANGES,
	STAGE_TAIL,
};

/**
 * struct watch - a watch
 * @mutex: all of it: one reads at a time
 * @tree: what is watched
 * @eye: through which
 * @walk: where it is
 * @stage: enum stage
 * @snapshot: records read from the tree
 * @next: the first of these that was not yet told
 * @synced: these bring the reader up to &ptree_snapshot.seq
 * @follows: he has waited for changes, and so ptree_probes_follow() was called
 * @filtered: procfs hid some tasks when he last read
 * @full: nothing was kept from him then
 * @told: ids of tasks that he was told of, kept while @filtered: then he must
 *	not hear of others
 * @packed: records to be told next; of CHUNK bytes
 * @size: their length in bytes, 0 for none
 */
struct watch {
	struct mutex mutex; /* for all of it */
	struct ptree *tree;
	struct ptree_eye *eye;
	struct ptree_walk *walk;
	enum stage stage;
	struct ptree_snapshot snapshot;
	size_t next;
	bool synced;
	bool follows;
	bool filtered;
	bool full;
	struct xarray told;
	size_t size;
	void *packed;
};

static atomic_t watches = ATOMIC_INIT(0);

/* Packing what is told. */

/* Where the next record goes: there is room for a whole one, or nothing yet. */
static void *packed_end(struct watch *watch)
{
	return watch->packed + watch->size;
}

static void pack_head(struct watch *watch, u16 type, unsigned int size)
{
	struct ptree_head *head = packed_end(watch);

	head->size = size;
	head->type = type;
	head->fixed = size;
	watch->size += size;
}

static void pack_gone(struct watch *watch, const struct ptree_record *record)
{
	struct ptree_gone *gone = packed_end(watch);

	gone->seq = record->seq;
	gone->id = record->id;
	pack_head(watch, PTREE_TYPE_GONE, sizeof(*gone));
}

static void pack_sync(struct watch *watch)
{
	struct ptree_sync *sync = packed_end(watch);

	sync->seq = watch->snapshot.seq;
	pack_head(watch, PTREE_TYPE_SYNC, sizeof(*sync));
}

static void pack_lost(struct watch *watch, u64 first, u64 last)
{
	struct ptree_lost *lost = packed_end(watch);

	lost->first = first;
	lost->last = last;
	pack_head(watch, PTREE_TYPE_LOST, sizeof(*lost));
}

/*
 * A task that he may not see. Where nothing is hidden he knows it, and learns
 * that it is gone. Where something is, only if he was told of it.
 */
static void tell_hidden(struct watch *watch, const struct ptree_light *light,
			const struct ptree_record *record)
{
	if (!record->tid)
		return;
	if (!light->filtered || xa_erase(&watch->told, record->id))
		pack_gone(watch, record);
}

static int tell_record(struct watch *watch, const struct ptree_light *light,
		       const struct ptree_record *record)
{
	enum ptree_sight sight = ptree_sight_of(light, record);
	void *old;

	if (sight == PTREE_BARE && !(record->flags & PTREE_R_LEADER))
		sight = PTREE_HIDDEN;
	if (sight == PTREE_HIDDEN) {
		tell_hidden(watch, light, record);
		return 0;
	}
	if (light->filtered) {
		old = record->state == PTREE_DEAD ?
			      xa_erase(&watch->told, record->id) :
			      xa_store(&watch->told, record->id, xa_mk_value(1),
				       GFP_KERNEL_ACCOUNT);
		if (xa_is_err(old))
			return xa_err(old);
	}
	watch->size += ptree_pack(light, &watch->snapshot, record, sight,
				  packed_end(watch));
	return 0;
}

/* Getting what there is to tell. */

static int read_all(struct watch *watch)
{
	int err;

	ptree_snapshot_free(&watch->snapshot);
	watch->next = 0;
	err = ptree_walk_all(watch->walk, &watch->snapshot);
	if (err)
		return err;
	watch->snapshot.since = 0;
	watch->stage = STAGE_TAIL;
	watch->synced = true;
	return 0;
}

/* The records of a whole tree are many, those of changes are not. */
static void shrink(struct ptree_snapshot *snapshot)
{
	if (snapshot->room > 1024)
		ptree_snapshot_free(snapshot);
}

/*
 * What he was told so far holds no more, and is told again; with the deaths that
 * are still known, for he missed no more than he is told he did.
 */
static void restart(struct watch *watch, u64 last)
{
	pack_lost(watch, ptree_walk_seq(watch->walk) + 1, last);
	watch->snapshot.since = last;
	watch->stage = STAGE_ALL;
	watch->snapshot.nr = 0;
	watch->next = 0;
	watch->synced = false;
	xa_destroy(&watch->told);
}

/* Another reader, or the mount has been given another hidepid=. */
static void see_light(struct watch *watch, const struct ptree_light *light)
{
	bool same = watch->filtered == light->filtered &&
		    watch->full == ptree_light_full(light);

	watch->filtered = light->filtered;
	watch->full = ptree_light_full(light);
	if (same || !ptree_walk_seq(watch->walk))
		return;
	watch->size = 0;
	restart(watch, ptree_walk_seq(watch->walk));
}

static int read_changes(struct watch *watch)
{
	struct ptree_snapshot *snapshot = &watch->snapshot;
	int ret;

	shrink(snapshot);
	watch->next = 0;
	ret = ptree_walk_on(watch->walk, snapshot);
	if (ret == -ESTALE) {
		restart(watch, snapshot->seq);
		return 0;
	}
	if (ret < 0) {
		snapshot->nr = 0;
		return ret;
	}
	watch->stage = ret ? STAGE_TAIL : STAGE_CHANGES;
	watch->synced = ret;
	return 0;
}

/* One record at least, and as many more as surely fit into @room. */
static int tell_records(struct watch *watch, const struct ptree_light *light,
			size_t room)
{
	struct ptree_snapshot *snapshot = &watch->snapshot;
	int left = BATCH, err;

	do {
		err = tell_record(watch, light,
				  &snapshot->records[watch->next]);
		if (err)
			return err;
		watch->next++;
	} while (--left && watch->next < snapshot->nr &&
		 watch->size + PTREE_PACKED_MAX <= room);
	return 0;
}

/* Pack what comes next. Returns 1 when that is done, 0 when there is nothing. */
static int prepare(struct watch *watch, const struct ptree_light *light,
		   size_t room)
{
	size_t before = watch->size;
	int err = 0;

	while (!err && watch->size == before) {
		if (watch->next < watch->snapshot.nr) {
			err = tell_records(watch, light, room);
		} else if (watch->synced) {
			pack_sync(watch);
			watch->synced = false;
		} else if (watch->stage == STAGE_ALL) {
			err = read_all(watch);
		} else if (watch->stage == STAGE_CHANGES ||
			   ptree_walk_more(watch->walk, false)) {
			err = read_changes(watch);
		} else {
			return 0;
		}
		cond_resched();
		if (!err && watch->size == before && signal_pending(current))
			err = -EINTR;
	}
	return err ?: 1;
}

/*
 * Pack what surely fits into @room; but one record in any case, so that whoever
 * asks for less than it takes can be told so. Returns as prepare() does.
 */
static int prepare_chunk(struct watch *watch, const struct ptree_light *light,
			 size_t room)
{
	int ret = 1;

	room = min_t(size_t, room, CHUNK);
	if (!watch->size)
		ret = prepare(watch, light, room);
	while (ret == 1 && watch->size + PTREE_PACKED_MAX <= room)
		ret = prepare(watch, light, room);
	/* What went wrong after some were packed goes wrong again. */
	return watch->size ? 1 : ret;
}

/* How much of what is packed fits into @room, in whole records. */
static size_t fitting(const struct watch *watch, size_t room)
{
	const struct ptree_head *head;
	size_t size = 0;

	if (watch->size <= room)
		return watch->size;
	for (;;) {
		head = watch->packed + size;
		if (size + head->size > room)
			return size;
		size += head->size;
	}
}

/* The file. */

/* Whoever takes a snapshot and goes does not come here. */
static void follow(struct watch *watch)
{
	if (!watch->follows)
		ptree_probes_follow();
	watch->follows = true;
}

static ssize_t read_records(struct watch *watch, char __user *buffer,
			    size_t room)
{
	struct ptree_light light;
	size_t done = 0, size;
	int ret;

	ret = ptree_light_get(&light, watch->eye, watch->tree);
	if (ret)
		return ret;
	see_light(watch, &light);
	if (watch->stage == STAGE_TAIL)
		ptree_live_source.catch_up(watch->tree);
	while ((ret = prepare_chunk(watch, &light, room - done)) == 1) {
		ret = -EINVAL;
		size = fitting(watch, room - done);
		if (!size)
			break;
		ret = -EFAULT;
		if (copy_to_user(buffer + done, watch->packed, size))
			break;
		done += size;
		watch->size -= size;
		memmove(watch->packed, watch->packed + size, watch->size);
	}
	/* What went wrong after some were read goes wrong again. */
	return done ?: ret;
}

static ssize_t watch_read(struct file *file, char __user *buffer, size_t room,
			  loff_t *pos)
{
	struct watch *watch = file->private_data;
	ssize_t ret;

	for (;;) {
		if (mutex_lock_interruptible(&watch->mutex))
			return -ERESTARTSYS;
		ret = read_records(watch, buffer, room);
		if (!ret && room && !(file->f_flags & O_NONBLOCK))
			follow(watch);
		mutex_unlock(&watch->mutex);
		if (ret == -EINTR)
			return -ERESTARTSYS;
		if (ret || !room)
			return ret;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(*ptree_live_source.wait,
					     ptree_walk_more(watch->walk,
							     true)))
			return -ERESTARTSYS;
	}
}

static __poll_t watch_poll(struct file *file, poll_table *table)
{
	struct watch *watch = file->private_data;
	bool more = true;

	poll_wait(file, ptree_live_source.wait, table);
	mutex_lock(&watch->mutex);
	if (!watch->size && !watch->synced && watch->stage == STAGE_TAIL &&
	    watch->next == watch->snapshot.nr) {
		follow(watch);
		more = ptree_walk_more(watch->walk, true);
	}
	mutex_unlock(&watch->mutex);
	return more ? EPOLLIN | EPOLLRDNORM : 0;
}

static void watch_free(struct watch *watch)
{
	ptree_walk_free(watch->walk);
	ptree_snapshot_free(&watch->snapshot);
	xa_destroy(&watch->told);
	ptree_eye_put(watch->eye);
	kfree(watch->packed);
	if (watch->follows)
		ptree_probes_unfollow();
	kfree(watch);
	atomic_dec(&watches);
}

static int watch_release(struct inode *inode, struct file *file)
{
	watch_free(file->private_data);
	return 0;
}

static const struct file_operations watch_fops = {
	.owner = THIS_MODULE,
	.read = watch_read,
	.poll = watch_poll,
	.release = watch_release,
	.llseek = noop_llseek,
};

static struct watch *watch_new(const struct ptree_light *light,
			       struct ptree_eye *eye,
			       const struct ptree_watch *want)
{
	struct watch *watch = kzalloc(sizeof(*watch), GFP_KERNEL_ACCOUNT);

	if (!watch)
		return NULL;
	watch->walk = ptree_walk_new(light->tree, &ptree_live_source);
	watch->packed = kmalloc(CHUNK, GFP_KERNEL_ACCOUNT);
	if (!watch->walk || !watch->packed) {
		ptree_walk_free(watch->walk);
		kfree(watch->packed);
		kfree(watch);
		return NULL;
	}
	mutex_init(&watch->mutex);
	xa_init(&watch->told);
	watch->tree = light->tree;
	watch->eye = ptree_eye_get(eye);
	watch->snapshot.ns = ptree_eye_ns(eye);
	watch->snapshot.flags = PTREE_SNAP_INNER | PTREE_SNAP_AS_MET;
	if (want->flags & PTREE_WATCH_THREADS)
		watch->snapshot.flags |= PTREE_SNAP_THREADS;
	if (want->flags & PTREE_WATCH_DEAD)
		watch->snapshot.flags |= PTREE_SNAP_DEAD;
	watch->stage = STAGE_ALL;
	watch->filtered = light->filtered;
	watch->full = ptree_light_full(light);
	atomic_inc(&watches);
	return watch;
}

/**
 * ptree_watch_open - open a watch
 * @tree: what to watch
 * @eye: through which
 * @want: as programs ask for it
 *
 * Context: may sleep; the reader's own.
 * Return: a file descriptor; -EINVAL for a flag or a change that there is not;
 * -EACCES as ptree_light_get(); -ENOMEM; -EMFILE and what else there is to be
 * said against one more file.
 */
int ptree_watch_open(struct ptree *tree, struct ptree_eye *eye,
		     const struct ptree_watch *want)
{
	int mode = O_RDONLY | O_CLOEXEC, fd;
	struct ptree_light light;
	struct watch *watch;

	if (want->flags & ~WATCH_FLAGS || want->pad ||
	    (want->since && !(want->flags & PTREE_WATCH_SINCE)))
		return -EINVAL;
	fd = ptree_light_get(&light, eye, tree);
	if (fd)
		return fd;
	watch = watch_new(&light, eye, want);
	if (!watch)
		return -ENOMEM;
	fd = 0;
	if (want->flags & PTREE_WATCH_SINCE) {
		watch->stage = STAGE_CHANGES;
		fd = ptree_walk_since(watch->walk, want->since);
	}
	if (want->flags & PTREE_WATCH_NONBLOCK)
		mode |= O_NONBLOCK;
	if (!fd)
		fd = anon_inode_getfd("[ptree]", &watch_fops, watch, mode);
	if (fd < 0)
		watch_free(watch);
	return fd;
}

/**
 * ptree_watch_count - how many watches are open
 *
 * Context: any.
 * Return: that.
 */
u32 ptree_watch_count(void)
{
	return atomic_read(&watches);
}
