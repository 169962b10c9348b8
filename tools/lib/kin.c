// SPDX-License-Identifier: GPL-2.0
/*
 * kin.c owns looking around in a tree. What is returned belongs to the tree,
 * and is valid until the next ptree_tree_apply().
 */
#include "internal.h"

static const struct ptree_task *task_of(const struct ptree_node *node)
{
	return node ? &node->task : NULL;
}

/* Of those that have @task's process as @by, the first one behind @last. */
static const struct ptree_task *next_kin(const struct ptree_tree *tree,
					 enum ptree_by by,
					 const struct ptree_task *task,
					 const struct ptree_task *last)
{
	if (!task || !task->process_id)
		return NULL;
	return task_of(ptree_node_after(tree, by, task->process_id,
					last ? last->id : 0));
}

/**
 * ptree_tree_seq - of which moment a tree is
 * @tree: the tree
 *
 * Return: the number of the newest change when the tree was last exact; 0 when
 * it never was, or is from /proc.
 */
uint64_t ptree_tree_seq(const struct ptree_tree *tree)
{
	return tree->seq;
}

/**
 * ptree_tree_size - how many tasks there are in a tree
 * @tree: the tree
 *
 * Return: their number, those that are dead included.
 */
size_t ptree_tree_size(const struct ptree_tree *tree)
{
	return tree->size;
}

/**
 * ptree_tree_find - find a task by its id
 * @tree: the tree
 * @id: the id
 *
 * Return: the task, living or dead, or NULL.
 */
const struct ptree_task *ptree_tree_find(const struct ptree_tree *tree,
					 uint64_t id)
{
	return task_of(ptree_node_find(tree, id));
}

/**
 * ptree_tree_find_pid - find a task by its number
 * @tree: the tree
 * @tid: the number, of a process or of a thread
 *
 * Between two PTREE_TYPE_SYNC two may seem to have the same one: the death of
 * the first is not told of yet. Then it is the one that changed last.
 *
 * Return: the task, which is not dead, or NULL.
 */
const struct ptree_task *ptree_tree_find_pid(const struct ptree_tree *tree,
					     int tid)
{
	const struct ptree_node *node, *last = NULL;
	uint64_t key = (uint32_t)tid;

	if (tid <= 0)
		return NULL;
	node = ptree_node_after(tree, PTREE_BY_NUMBER, key, 0);
	while (node) {
		if (!last || node->task.seq >= last->task.seq)
			last = node;
		node = ptree_node_after(tree, PTREE_BY_NUMBER, key,
					node->task.id);
	}
	return task_of(last);
}

/**
 * ptree_tree_next - go through a tree in order of the ids
 * @tree: the tree
 * @task: one of it, or NULL to begin
 *
 * Return: the one with the next larger id, or NULL when there is none.
 */
const struct ptree_task *ptree_tree_next(const struct ptree_tree *tree,
					 const struct ptree_task *task)
{
	return task_of(ptree_node_after(tree, PTREE_BY_ID, 1,
					task ? task->id : 0));
}

/**
 * ptree_tree_process - the process of a task
 * @tree: the tree
 * @task: the task
 *
 * Return: the leader, whose record says what all threads share; @task itself
 * when it is one; NULL when the leader is not known.
 */
const struct ptree_task *ptree_tree_process(const struct ptree_tree *tree,
					    const struct ptree_task *task)
{
	return task_of(ptree_node_find(tree, task->process_id));
}

/**
 * ptree_tree_parent - the parent of a task's process
 * @tree: the tree
 * @task: the task
 *
 * Return: the leader of the parent, or NULL when there is none, or when it is
 * not known.
 */
const struct ptree_task *ptree_tree_parent(const struct ptree_tree *tree,
					   const struct ptree_task *task)
{
	task = ptree_tree_process(tree, task);
	return task ? ptree_tree_find(tree, task->parent_id) : NULL;
}

/**
 * ptree_tree_birth - the process that gave birth to a task's process
 * @tree: the tree
 * @task: the task
 *
 * Return: its leader, living or dead, or NULL when it is not known (any more);
 * a birth_id that is not 0 tells that there was one.
 */
const struct ptree_task *ptree_tree_birth(const struct ptree_tree *tree,
					  const struct ptree_task *task)
{
	task = ptree_tree_process(tree, task);
	return task ? ptree_tree_find(tree, task->birth_id) : NULL;
}

/**
 * ptree_tree_child - go through the children of a process
 * @tree: the tree
 * @parent: any task of the process; NULL has no children
 * @child: one of them, or NULL to begin
 *
 * Return: the one with the next larger id, or NULL when there is none.
 */
const struct ptree_task *ptree_tree_child(const struct ptree_tree *tree,
					  const struct ptree_task *parent,
					  const struct ptree_task *child)
{
	return next_kin(tree, PTREE_BY_PARENT, parent, child);
}

/**
 * ptree_tree_heir - go through the processes that a process gave birth to
 * @tree: the tree
 * @ancestor: any task of the process, which may be dead; NULL has no heirs
 * @heir: one of them, or NULL to begin
 *
 * Return: the one with the next larger id, living or dead, whoever its parent
 * is now; or NULL when there is none.
 */
const struct ptree_task *ptree_tree_heir(const struct ptree_tree *tree,
					 const struct ptree_task *ancestor,
					 const struct ptree_task *heir)
{
	return next_kin(tree, PTREE_BY_BIRTH, ancestor, heir);
}

/**
 * ptree_tree_thread - go through the threads of a process
 * @tree: the tree
 * @process: any task of the process; NULL has no threads
 * @thread: one of them, or NULL to begin
 *
 * The leader is not among them. There are none in a tree that is kept from a
 * watch without PTREE_WATCH_THREADS.
 *
 * Return: the one with the next larger id, or NULL when there is none.
 */
const struct ptree_task *ptree_tree_thread(const struct ptree_tree *tree,
					   const struct ptree_task *process,
					   const struct ptree_task *thread)
{
	return next_kin(tree, PTREE_BY_PROCESS, process, thread);
}
