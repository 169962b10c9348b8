// SPDX-License-Identifier: GPL-2.0
/*
 * tree.c owns the tree that is kept from records: what each of them changes.
 * Records come in any order: one may speak of tasks that are told of later, so
 * that tasks are tied to each other by id, through the indexes, alone.
 */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

#define DEFAULT_KEEP 4096

static void *container(const struct ptree_entry *entry, enum ptree_by by)
{
	return entry ? (void *)(entry - by) : NULL;
}

/* Looking something up changes nothing. */
static struct ptree_index *index_of(const struct ptree_tree *tree,
				    enum ptree_by by)
{
	return (struct ptree_index *)&tree->indexes[by];
}

/* The task of this id, or NULL. */
struct ptree_node *ptree_node_find(const struct ptree_tree *tree, uint64_t id)
{
	return container(ptree_index_find(index_of(tree, PTREE_BY_ID), 1, id),
			 PTREE_BY_ID);
}

/* Of those with this key, the first one behind @id, or NULL. */
struct ptree_node *ptree_node_after(const struct ptree_tree *tree,
				    enum ptree_by by, uint64_t key, uint64_t id)
{
	return container(ptree_index_after(index_of(tree, by), key, id), by);
}

static void set_key(struct ptree_node *node, enum ptree_by by, uint64_t key)
{
	node->entries[by].key = key;
	node->entries[by].id = node->task.id;
}

static void set_keys(struct ptree_node *node)
{
	const struct ptree_task *task = &node->task;
	bool thread = task->process_id != task->id;
	bool living = task->state != PTREE_STATE_DEAD;

	set_key(node, PTREE_BY_ID, 1);
	set_key(node, PTREE_BY_NUMBER, living ? (uint32_t)task->tid : 0);
	set_key(node, PTREE_BY_PARENT, task->parent_id);
	set_key(node, PTREE_BY_BIRTH, task->birth_id);
	set_key(node, PTREE_BY_PROCESS, thread ? task->process_id : 0);
}

static struct ptree_node *node_new(const struct ptree_tree *tree,
				   const struct ptree_head *record)
{
	struct ptree_node *node;

	node = calloc(1, offsetof(struct ptree_node, task) +
				 ptree_task_size(record));
	if (!node)
		return NULL;
	ptree_task_copy(&node->task, record);
	set_keys(node);
	node->walk = tree->walk;
	return node;
}

/* A key of 0 is not in the index. */
static void link_node(struct ptree_tree *tree, struct ptree_node *node)
{
	int by;

	for (by = 0; by < PTREE_BY_ALL; by++)
		if (node->entries[by].key)
			ptree_index_add(&tree->indexes[by], &node->entries[by]);
}

static void unlink_node(struct ptree_tree *tree, struct ptree_node *node)
{
	int by;

	for (by = 0; by < PTREE_BY_ALL; by++)
		if (node->entries[by].key)
			ptree_index_del(&tree->indexes[by], &node->entries[by]);
}

/* Forgets a task, and frees it. */
void ptree_node_drop(struct ptree_tree *tree, struct ptree_node *node)
{
	unlink_node(tree, node);
	ptree_history_leave(tree, node);
	tree->size--;
	free(node);
}

static int put(struct ptree_tree *tree, const struct ptree_head *record,
	       struct ptree_node *old)
{
	struct ptree_node *node = node_new(tree, record);

	if (!node)
		return -ENOMEM;
	if (old)
		unlink_node(tree, old);
	else
		tree->size++;
	link_node(tree, node);
	ptree_history_enter(tree, node, old);
	free(old);
	return 0;
}

static int apply_task(struct ptree_tree *tree, const struct ptree_head *record)
{
	const struct ptree_task *task = (const struct ptree_task *)record;
	struct ptree_node *old = ptree_node_find(tree, task->id);

	if (old && task->seq < old->task.seq) {
		old->walk = tree->walk;
		return 0;
	}
	if (task->state != PTREE_STATE_DEAD || tree->keep_dead)
		return put(tree, record, old);
	if (old)
		ptree_node_drop(tree, old);
	return 0;
}

static int apply_gone(struct ptree_tree *tree, const struct ptree_head *record)
{
	const struct ptree_gone *gone = (const struct ptree_gone *)record;
	struct ptree_node *node = ptree_node_find(tree, gone->id);

	if (node)
		ptree_node_drop(tree, node);
	return 0;
}

static void drop_unmentioned(struct ptree_tree *tree)
{
	struct ptree_node *node, *next;

	node = ptree_node_after(tree, PTREE_BY_ID, 1, 0);
	for (; node; node = next) {
		next = ptree_node_after(tree, PTREE_BY_ID, 1, node->task.id);
		if (node->walk != tree->walk)
			ptree_node_drop(tree, node);
	}
}

static int apply_sync(struct ptree_tree *tree, const struct ptree_head *record)
{
	if (tree->lost)
		drop_unmentioned(tree);
	tree->lost = false;
	tree->seq = ((const struct ptree_sync *)record)->seq;
	/* Not earlier: who is needed is known only when all are told of. */
	ptree_history_trim(tree);
	return PTREE_EXACT;
}

/**
 * ptree_tree_apply - change a tree as a record says
 * @tree: the tree
 * @record: what ptree_stream_next() gave, or read(2) from a watch; the tree
 *	does not keep it. One of an unknown type changes nothing.
 *
 * A task's record replaces an earlier one of the same id. One that says that
 * the task is dead removes it, unless the tree keeps the dead. Between
 * PTREE_TYPE_LOST and the next PTREE_TYPE_SYNC the tree still has what was
 * there before; what is not told of again is dropped then.
 *
 * What was found in the tree before is not valid any more.
 *
 * Return: PTREE_EXACT when the tree is now exactly what it was at
 * ptree_tree_seq(), 0 when more is to come, or a negative errno, and then the
 * tree is unchanged: -EBADMSG when that is no valid record, -ENOMEM.
 */
int ptree_tree_apply(struct ptree_tree *tree, const struct ptree_head *record)
{
	int err;

	err = ptree_record_check(record, record->size);
	if (err)
		return err;

	switch (record->type) {
	case PTREE_TYPE_TASK:
		return apply_task(tree, record);
	case PTREE_TYPE_GONE:
		return apply_gone(tree, record);
	case PTREE_TYPE_SYNC:
		return apply_sync(tree, record);
	case PTREE_TYPE_LOST:
		tree->lost = true;
		tree->walk++;
		return 0;
	default:
		return 0;
	}
}

/**
 * ptree_tree_new - make an empty tree
 * @tree: set to it; to be given to ptree_tree_free()
 * @flags: PTREE_WATCH_DEAD, to keep the dead, or 0
 *
 * Return: 0, -EINVAL for other flags, or -ENOMEM.
 */
int ptree_tree_new(struct ptree_tree **tree, unsigned int flags)
{
	if (flags & ~PTREE_WATCH_DEAD)
		return -EINVAL;
	*tree = calloc(1, sizeof(**tree));
	if (!*tree)
		return -ENOMEM;
	(*tree)->keep_dead = flags & PTREE_WATCH_DEAD;
	(*tree)->keep = DEFAULT_KEEP;
	ptree_history_init(*tree);
	return 0;
}

/**
 * ptree_tree_free - give a tree and all that is in it back
 * @tree: the tree, or NULL
 */
void ptree_tree_free(struct ptree_tree *tree)
{
	struct ptree_node *node;

	if (!tree)
		return;
	/* The other indexes go with them. */
	while ((node = ptree_node_after(tree, PTREE_BY_ID, 1, 0))) {
		ptree_index_del(&tree->indexes[PTREE_BY_ID],
				&node->entries[PTREE_BY_ID]);
		free(node);
	}
	free(tree);
}

/**
 * ptree_tree_keep - how many of the dead to keep
 * @tree: a tree made with PTREE_WATCH_DEAD
 * @history: how many of those that no living task's birth chain goes through;
 *	4096 when this is not called
 *
 * Those that a chain goes through are kept beside them; but not more than as
 * many again, and one for each living task. The newest are kept. The rest is
 * dropped now, and at each PTREE_TYPE_SYNC.
 */
void ptree_tree_keep(struct ptree_tree *tree, size_t history)
{
	tree->keep = history;
	ptree_history_trim(tree);
}
