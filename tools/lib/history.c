// SPDX-License-Identifier: GPL-2.0
/*
 * history.c owns which of the dead a tree keeps. A dead process is needed while
 * an heir lives: a process that was born to it, or to an heir of it. The others
 * are history, of which the newest are kept.
 *
 *	sh(1)---sh(2,dead)---sh(3,dead)---daemon(4)
 *
 *	2 is needed by 3, 3 by 4. When 4 dies all three are history.
 *
 * Each process counts its heirs one level down, known ones only. Whoever gave
 * birth has the smaller id, so that no chain comes back to itself.
 */
#include "internal.h"

static bool living(const struct ptree_node *node)
{
	return node->task.state != PTREE_STATE_DEAD;
}

/* Whether it is a reason to keep the process that gave birth to it. */
static bool needs_birth(const struct ptree_node *node)
{
	return living(node) || node->heirs;
}

static struct ptree_node *birth(const struct ptree_tree *tree,
				const struct ptree_node *node)
{
	if (node->task.birth_id >= node->task.id)
		return NULL;
	return ptree_node_find(tree, node->task.birth_id);
}

static void enqueue(struct ptree_dead *dead, struct ptree_node *node)
{
	TAILQ_INSERT_TAIL(&dead->queue, node, queue);
	dead->length++;
	node->dead = dead;
}

static void dequeue(struct ptree_node *node)
{
	if (!node->dead)
		return;
	TAILQ_REMOVE(&node->dead->queue, node, queue);
	node->dead->length--;
	node->dead = NULL;
}

/* The process that gave birth to @node has one more reason to stay. */
static void inherit(struct ptree_tree *tree, const struct ptree_node *node)
{
	struct ptree_node *ancestor = birth(tree, node);

	while (ancestor && !ancestor->heirs++ && !living(ancestor)) {
		dequeue(ancestor);
		enqueue(&tree->needed, ancestor);
		ancestor = birth(tree, ancestor);
	}
}

/* It has one less. */
static void disinherit(struct ptree_tree *tree, const struct ptree_node *node)
{
	struct ptree_node *ancestor = birth(tree, node);

	while (ancestor && !--ancestor->heirs && !living(ancestor)) {
		dequeue(ancestor);
		enqueue(&tree->history, ancestor);
		ancestor = birth(tree, ancestor);
	}
}

static size_t count_heirs(const struct ptree_tree *tree,
			  const struct ptree_node *node)
{
	uint64_t id = node->task.id;
	const struct ptree_node *heir;
	size_t heirs = 0;

	/* Those with a smaller id do not count: see birth(). */
	heir = ptree_node_after(tree, PTREE_BY_BIRTH, id, id);
	while (heir) {
		heirs += needs_birth(heir);
		heir = ptree_node_after(tree, PTREE_BY_BIRTH, id,
					heir->task.id);
	}
	return heirs;
}

/* A dead task keeps its place in time when more is told of it. */
static void take_place(struct ptree_tree *tree, struct ptree_node *node,
		       struct ptree_node *old)
{
	struct ptree_dead *dead = node->heirs ? &tree->needed : &tree->history;

	if (living(node))
		return;
	if (!old || old->dead != dead) {
		enqueue(dead, node);
		return;
	}
	TAILQ_INSERT_BEFORE(old, node, queue);
	dead->length++;
	node->dead = dead;
}

void ptree_history_init(struct ptree_tree *tree)
{
	TAILQ_INIT(&tree->needed.queue);
	TAILQ_INIT(&tree->history.queue);
}

/* @node is in the indexes now, in the place of @old, which may be NULL. */
void ptree_history_enter(struct ptree_tree *tree, struct ptree_node *node,
			 struct ptree_node *old)
{
	node->heirs = old ? old->heirs : count_heirs(tree, node);
	take_place(tree, node, old);
	/* First the new one, lest a chain becomes history in between. */
	if (needs_birth(node))
		inherit(tree, node);
	if (old)
		ptree_history_leave(tree, old);
}

/* @node is in the indexes no more. */
void ptree_history_leave(struct ptree_tree *tree, struct ptree_node *node)
{
	dequeue(node);
	if (needs_birth(node))
		disinherit(tree, node);
}

static size_t living_tasks(const struct ptree_tree *tree)
{
	return tree->size - tree->needed.length - tree->history.length;
}

/*
 * Drops what is over the bounds, the oldest first. A chain that each link of
 * gives birth to the next and dies would get longer for ever, so that what is
 * needed has a bound too, as in the module.
 */
void ptree_history_trim(struct ptree_tree *tree)
{
	size_t living = living_tasks(tree);

	while (tree->history.length > tree->keep)
		ptree_node_drop(tree, TAILQ_FIRST(&tree->history.queue));
	while (tree->needed.length > living &&
	       tree->needed.length - living > tree->keep)
		ptree_node_drop(tree, TAILQ_FIRST(&tree->needed.queue));
}
