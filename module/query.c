// SPDX-License-Identifier: GPL-2.0
/*
 * query.c owns questions about one task or a few: who that is, who its
 * ancestors are, who belongs to it, and what a number is elsewhere.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/sched.h>

#include "compat.h"
#include "group.h"
#include "hooks.h"
#include "pidns.h"
#include "query.h"

#define QUERY_FLAGS (PTREE_QUERY_THREADS | PTREE_QUERY_DEAD)

/* Selecting. */

/* What pidfd_pid() would return, which is not exported. */
static struct pid *pid_of_file(const struct file *file)
{
	const struct inode *inode = file_inode(file);

	if (inode->i_sb->s_magic == PID_FS_MAGIC)
		return inode->i_private;
	/* Before 6.9. */
	if (inode->i_sb->s_magic == ANON_INODE_FS_MAGIC &&
	    !strcmp(file->f_path.dentry->d_name.name, "[pidfd]"))
		return file->private_data;
	return NULL;
}

static struct pid *pid_of_fd(u64 value)
{
	struct file *file;
	struct pid *pid;

	if (value > INT_MAX)
		return ERR_PTR(-EBADF);
	file = fget(value);
	if (!file)
		return ERR_PTR(-EBADF);
	pid = pid_of_file(file);
	pid = pid ? get_pid(pid) : ERR_PTR(-EBADF);
	fput(file);
	return pid;
}

static struct ptree_node *find_pid(struct ptree *tree, struct pid *pid)
{
	struct ptree_pid *known = ptree_pid_find(tree, PTREE_ROOT_NS,
						 pid->numbers[0].nr);

	return known && known->key == pid ? known->node : NULL;
}

static struct ptree_node *find(const struct ptree_light *light,
			       const struct ptree_query *query, struct pid *pid)
{
	struct ptree *tree = light->tree;
	enum ptree_nr_type type = PTREE_NR_PID;

	switch (query->select) {
	case PTREE_SELECT_SELF:
		return find_pid(tree, task_pid(current));
	case PTREE_SELECT_PIDFD:
		return find_pid(tree, pid);
	case PTREE_SELECT_ID:
		return ptree_find_id(tree, query->value);
	case PTREE_SELECT_PGID:
		type = PTREE_NR_PGID;
		break;
	case PTREE_SELECT_SID:
		type = PTREE_NR_SID;
		break;
	}
	if (!query->value || query->value > INT_MAX)
		return NULL;
	return ptree_find_nr(tree, ptree_eye_ns(light->eye), type,
			     query->value);
}

/*
 * The id of the selected task, and of its process. A tree that lacks births is
 * made whole first.
 */
static int resolve(const struct ptree_light *light,
		   const struct ptree_query *query, u64 *id, u64 *process_id)
{
	struct ptree *tree = light->tree;
	const struct ptree_node *node;
	struct pid *pid = NULL;
	unsigned long irqflags;
	int err;

	if (query->select > PTREE_SELECT_SID ||
	    (query->select == PTREE_SELECT_SELF && query->value))
		return -EINVAL;
	err = ptree_make_whole(tree, &ptree_live_source);
	if (err)
		return err;
	if (query->select == PTREE_SELECT_PIDFD)
		pid = pid_of_fd(query->value);
	if (IS_ERR(pid))
		return PTR_ERR(pid);
	raw_spin_lock_irqsave(&tree->lock, irqflags);
	node = find(light, query, pid);
	if (node) {
		*id = node->id;
		*process_id = node->process->id;
	}
	raw_spin_unlock_irqrestore(&tree->lock, irqflags);
	put_pid(pid);
	return node ? 0 : -ESRCH;
}

/* Answering. */

static int add(struct ptree_answer *answer, const struct ptree_light *light,
	       const struct ptree_snapshot *snapshot,
	       const struct ptree_record *record, enum ptree_sight sight)
{
	if (answer->room - answer->size < PTREE_PACKED_MAX) {
		size_t room = answer->room * 3 / 2 + 4 * PTREE_PACKED_MAX;
		void *bytes = kvmalloc(room, GFP_KERNEL_ACCOUNT);

		if (!bytes)
			return -ENOMEM;
		if (answer->size)
			memcpy(bytes, answer->bytes, answer->size);
		kvfree(answer->bytes);
		answer->bytes = bytes;
		answer->room = room;
	}
	answer->size += ptree_pack(light, snapshot, record, sight,
				   answer->bytes + answer->size);
	answer->nr++;
	return 0;
}

static u64 none(const struct ptree_node *node)
{
	return 0;
}

static u64 parent(const struct ptree_node *node)
{
	return node->process->parent ? node->process->parent->process->id : 0;
}

static u64 birth(const struct ptree_node *node)
{
	return node->process->birth_id;
}

static void begin(const struct ptree_light *light,
		  struct ptree_snapshot *snapshot, u32 flags)
{
	memset(snapshot, 0, sizeof(*snapshot));
	snapshot->ns = ptree_eye_ns(light->eye);
	snapshot->flags = flags | PTREE_SNAP_INNER;
}

/* The record of one node. */
static int take_one(const struct ptree_light *light,
		    struct ptree_snapshot *snapshot, u64 id)
{
	begin(light, snapshot, 0);
	return ptree_snapshot_chain(light->tree, &ptree_live_source, snapshot,
				    id, none);
}

/**
 * ptree_query_get - answer who a task is
 * @light: what the reader sees by
 * @query: whom he asks for
 * @answer: zero; filled in, @bytes are for the caller to kvfree() in any case
 *
 * Context: may sleep; the reader's own.
 * Return: 0; -EINVAL, -EBADF for what can't be meant; -ESRCH for nobody, or
 * nobody whom he may see; -ENOMEM; -EAGAIN while births are missing.
 */
int ptree_query_get(const struct ptree_light *light,
		    const struct ptree_query *query,
		    struct ptree_answer *answer)
{
	struct ptree_snapshot snapshot;
	enum ptree_sight sight;
	u64 id, process_id;
	int err;

	if (query->flags || query->what)
		return -EINVAL;
	err = resolve(light, query, &id, &process_id);
	if (err)
		return err;
	err = take_one(light, &snapshot, id);
	if (err)
		return err;
	sight = ptree_sight_of(light, snapshot.records);
	if (sight == PTREE_HIDDEN)
		err = -ESRCH;
	else
		err = add(answer, light, &snapshot, snapshot.records, sight);
	answer->seq = snapshot.seq;
	ptree_snapshot_free(&snapshot);
	return err;
}

/* One more of a chain. Returns 1 at its end. */
static int add_ancestor(struct ptree_answer *answer,
			const struct ptree_light *light,
			const struct ptree_snapshot *snapshot,
			const struct ptree_record *record)
{
	/* Outside of the namespace there is nobody. */
	if (!record || !record->tid)
		return 1;
	return add(answer, light, snapshot, record,
		   ptree_sight_of(light, record));
}

/* A chain that is too long to be read at once is read off the whole tree. */
static int long_ancestry(const struct ptree_light *light, u64 id, bool by_birth,
			 struct ptree_answer *answer)
{
	const struct ptree_record *record;
	struct ptree_snapshot snapshot;
	int ret;

	begin(light, &snapshot, PTREE_SNAP_DEAD);
	ret = ptree_snapshot_take(light->tree, &ptree_live_source, &snapshot);
	while (!ret) {
		record = ptree_snapshot_find(&snapshot, id);
		ret = add_ancestor(answer, light, &snapshot, record);
		if (!ret)
			id = by_birth ? record->birth_id : record->parent_id;
		cond_resched();
	}
	answer->seq = snapshot.seq;
	ptree_snapshot_free(&snapshot);
	return ret < 0 ? ret : 0;
}

/**
 * ptree_query_ancestry - answer who the ancestors of a process are
 * @light: what the reader sees by
 * @query: whom he asks for
 * @answer: zero; filled in, @bytes are for the caller to kvfree() in any case
 *
 * Of an ancestor whom he may not see he gets the id.
 *
 * Context: may sleep; the reader's own.
 * Return: as ptree_query_get().
 */
int ptree_query_ancestry(const struct ptree_light *light,
			 const struct ptree_query *query,
			 struct ptree_answer *answer)
{
	bool by_birth = query->what == PTREE_ANCESTRY_BIRTH;
	struct ptree_snapshot snapshot;
	u64 id, process_id;
	size_t i;
	int ret;

	if (query->flags || query->what > PTREE_ANCESTRY_BIRTH)
		return -EINVAL;
	ret = resolve(light, query, &id, &process_id);
	if (ret)
		return ret;
	begin(light, &snapshot, 0);
	ret = ptree_snapshot_chain(light->tree, &ptree_live_source, &snapshot,
				   process_id, by_birth ? birth : parent);
	if (!ret &&
	    ptree_sight_of(light, snapshot.records) == PTREE_HIDDEN)
		ret = -ESRCH;
	for (i = 0; !ret && i < snapshot.nr; i++)
		ret = add_ancestor(answer, light, &snapshot,
				   &snapshot.records[i]);
	answer->seq = snapshot.seq;
	ptree_snapshot_free(&snapshot);
	if (ret == -E2BIG)
		return long_ancestry(light, process_id, by_birth, answer);
	return ret < 0 ? ret : 0;
}

/**
 * struct kin - who belongs to whom
 * @snapshot: among these
 * @root: to this one
 * @what: PTREE_MEMBERS_*
 * @answer: for each record whether it does; UNKNOWN until found out
 */
struct kin {
	const struct ptree_snapshot *snapshot;
	const struct ptree_record *root;
	u32 what;
	u8 *answer;
};

enum { UNKNOWN, INSIDE, OUTSIDE };

static bool alike(const struct kin *kin, const struct ptree_record *record)
{
	switch (kin->what) {
	case PTREE_MEMBERS_PGRP:
		return record->group[PTREE_PGRP] ==
		       kin->root->group[PTREE_PGRP];
	case PTREE_MEMBERS_SESSION:
		return record->group[PTREE_SESSION] ==
		       kin->root->group[PTREE_SESSION];
	default:
		return record->flags & PTREE_R_WITHIN;
	}
}

/* Whom a process hangs on in the tree that is asked about; NULL for nobody. */
static const struct ptree_record *above(const struct kin *kin,
					const struct ptree_record *record)
{
	u64 id = kin->what == PTREE_MEMBERS_SUBTREE ? record->parent_id :
						      record->birth_id;

	return id ? ptree_snapshot_find(kin->snapshot, id) : NULL;
}

/* Climb until the answer is known, then write it down for all on the way. */
static u8 climb(struct kin *kin, const struct ptree_record *record)
{
	const struct ptree_record *first = kin->snapshot->records, *at = record;
	u8 answer = OUTSIDE;

	for (; at; at = above(kin, at)) {
		if (at == kin->root)
			answer = INSIDE;
		else if (kin->answer[at - first] == UNKNOWN)
			continue;
		else
			answer = kin->answer[at - first];
		break;
	}
	for (; record && kin->answer[record - first] == UNKNOWN;
	     record = above(kin, record))
		kin->answer[record - first] = answer;
	return answer;
}

static bool belongs(struct kin *kin, const struct ptree_record *record)
{
	if (!(record->flags & PTREE_R_LEADER))
		record = ptree_snapshot_find(kin->snapshot, record->process_id);
	if (!record)
		return false;
	if (kin->what > PTREE_MEMBERS_BIRTH_SUBTREE)
		return alike(kin, record);
	return climb(kin, record) == INSIDE;
}

static int add_members(struct ptree_answer *answer,
		       const struct ptree_light *light, struct kin *kin,
		       bool dead)
{
	const struct ptree_snapshot *snapshot = kin->snapshot;
	size_t i;
	int err = 0;

	for (i = 0; !err && i < snapshot->nr; i++) {
		const struct ptree_record *record = &snapshot->records[i];
		enum ptree_sight sight;

		cond_resched();
		if ((record->state == PTREE_DEAD && !dead) ||
		    !belongs(kin, record))
			continue;
		sight = ptree_sight_of(light, record);
		if (sight >= PTREE_FULL || (sight == PTREE_BARE &&
					    record->flags & PTREE_R_LEADER))
			err = add(answer, light, snapshot, record, sight);
	}
	return err;
}

static int members(const struct ptree_light *light, u32 what, u64 root,
		   struct ptree_snapshot *snapshot,
		   struct ptree_answer *answer, bool dead)
{
	struct kin kin = {
		.snapshot = snapshot,
		.root = ptree_snapshot_find(snapshot, root),
		.what = what,
	};
	int err;

	if (!kin.root || ptree_sight_of(light, kin.root) == PTREE_HIDDEN)
		return -ESRCH;
	kin.answer = kvcalloc(snapshot->nr, 1, GFP_KERNEL_ACCOUNT);
	if (!kin.answer)
		return -ENOMEM;
	err = add_members(answer, light, &kin, dead);
	kvfree(kin.answer);
	return err;
}

static int pidns_of(const struct ptree_light *light, u64 id, u32 *inum)
{
	struct ptree_snapshot snapshot;
	int err;

	err = take_one(light, &snapshot, id);
	if (!err)
		*inum = snapshot.records[0].pidns;
	ptree_snapshot_free(&snapshot);
	return err;
}

/**
 * ptree_query_members - answer who belongs to a process
 * @light: what the reader sees by
 * @query: to whom, and in what sense
 * @answer: zero; filled in, @bytes are for the caller to kvfree() in any case
 *
 * Those whom he may not see are left out, and what hangs on them is not.
 *
 * Context: may sleep; the reader's own.
 * Return: as ptree_query_get().
 */
int ptree_query_members(const struct ptree_light *light,
			const struct ptree_query *query,
			struct ptree_answer *answer)
{
	bool dead = query->flags & PTREE_QUERY_DEAD;
	struct ptree_snapshot snapshot;
	u32 within = 0, flags = 0;
	u64 id, process_id;
	int err;

	if (query->flags & ~QUERY_FLAGS ||
	    query->what > PTREE_MEMBERS_NAMESPACE)
		return -EINVAL;
	err = resolve(light, query, &id, &process_id);
	if (!err && query->what == PTREE_MEMBERS_NAMESPACE)
		err = pidns_of(light, process_id, &within);
	if (err)
		return err;
	if (query->flags & PTREE_QUERY_THREADS)
		flags |= PTREE_SNAP_THREADS;
	/* Birth goes through the dead. */
	if (dead || query->what == PTREE_MEMBERS_BIRTH_SUBTREE)
		flags |= PTREE_SNAP_DEAD;
	begin(light, &snapshot, flags);
	snapshot.within = within;
	err = ptree_snapshot_take(light->tree, &ptree_live_source, &snapshot);
	if (!err)
		err = members(light, query->what, process_id, &snapshot, answer,
			      dead);
	answer->seq = snapshot.seq;
	ptree_snapshot_free(&snapshot);
	return err;
}

/* Translating. */

/* A namespace that is the reader's or inside of his. */
static struct ptree_ns *find_ns(const struct ptree_light *light, u32 inum)
{
	u32 own = ptree_eye_ns(light->eye);
	struct ptree_ns *ns = ptree_ns_find(light->tree, inum ?: own);
	struct ptree_ns *outer = ns;

	while (outer && outer->inum != own)
		outer = outer->parent;
	return outer ? ns : NULL;
}

static int translate_locked(const struct ptree_light *light,
			    struct ptree_translate *translate)
{
	struct ptree_ns *from = find_ns(light, translate->from);
	struct ptree_ns *to = find_ns(light, translate->to);
	const struct ptree_node *node;

	if (!from || !to)
		return -ENOENT;
	node = ptree_find_nr(light->tree, from->inum,
			     (enum ptree_nr_type)translate->type,
			     translate->nr);
	if (!node)
		return -ESRCH;
	translate->result = ptree_pid_nr(ptree_pid_find(light->tree, from->inum,
							translate->nr), to);
	translate->id = node->id;
	return 0;
}

/**
 * ptree_query_translate - answer what a number is in another namespace
 * @light: what the reader sees by
 * @translate: the question; the answer is filled in
 *
 * Context: may sleep; the reader's own.
 * Return: as ptree_query_get(); -ENOENT for a namespace that he does not see.
 */
int ptree_query_translate(const struct ptree_light *light,
			  struct ptree_translate *translate)
{
	struct ptree *tree = light->tree;
	struct ptree_snapshot snapshot;
	unsigned long irqflags;
	int err;

	if (translate->flags || translate->type > PTREE_NUMBER_SID)
		return -EINVAL;
	err = ptree_make_whole(tree, &ptree_live_source);
	if (err)
		return err;
	raw_spin_lock_irqsave(&tree->lock, irqflags);
	err = translate_locked(light, translate);
	raw_spin_unlock_irqrestore(&tree->lock, irqflags);
	if (err)
		return err;
	err = take_one(light, &snapshot, translate->id);
	if (!err && ptree_sight_of(light, snapshot.records) < PTREE_FULL)
		err = -ESRCH;
	ptree_snapshot_free(&snapshot);
	return err;
}
