/* SPDX-License-Identifier: GPL-2.0 */
/*
 * forest.h: the nodes that a drawing is made of. A node is a process, a thread,
 * or somebody who is not to be seen but whose children are. All stand under the
 * ground, which is nobody, and has the number 0.
 */
#ifndef PTREE_FOREST_H
#define PTREE_FOREST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <libptree.h>

/* The types of namespace, in the order in which they are told of. */
enum nstype {
	NSTYPE_CGROUP,
	NSTYPE_IPC,
	NSTYPE_MNT,
	NSTYPE_NET,
	NSTYPE_PID,
	NSTYPE_USER,
	NSTYPE_UTS,
	NSTYPE_TIME,
	NSTYPES,
};

/* A name in braces or brackets. */
#define NODE_NAME_SIZE (PTREE_COMM_SIZE + 2)

/**
 * struct node - one that is drawn
 * @task: its record, which is the tree's; NULL when it is not to be seen
 * @parent: whom it hangs from; NULL for the ground, and what is cut off
 * @child: the first one that hangs from it
 * @next: the next one that hangs from @parent
 * @name: with what tells threads {} and the dead [] apart; not escaped
 * @pid: its number
 * @pgid: its process group
 * @uid: its effective user; of a thread, that of its process
 * @thread: it is a thread beside the leader
 * @dead: it has died, and stands here for its heirs
 * @truncated: to whom it was born is forgotten
 * @highlit: it is to stand out
 * @marked: for whoever goes through them; not so at first
 * @inodes: its namespaces, by enum nstype; 0 is unknown. Filled in by
 *	nstype_read()
 * @traits: COMPACT_*, what makes a difference to compact()
 * @alike: one that looks the same with all below it; see compact()
 * @under: of such a one: the parent of @first
 * @first: of such a one: the first alike of several siblings
 * @repeat: for how many alike siblings it stands
 */
struct node {
	const struct ptree_task *task;
	struct node *parent;
	struct node *child;
	struct node *next;
	char name[NODE_NAME_SIZE];
	int pid;
	int pgid;
	uint32_t uid;
	bool thread;
	bool dead;
	bool truncated;
	bool highlit;
	bool marked;
	uint64_t inodes[NSTYPES];
	unsigned int traits;
	struct node *alike;
	const struct node *under;
	struct node *first;
	unsigned int repeat;
};

enum {
	FOREST_BIRTH = 1U << 0, /* hang them from who gave birth to them */
	FOREST_THREAD_NAMES = 1U << 1, /* threads have names of their own */
	FOREST_BY_NUMBER = 1U << 2, /* siblings by number, not by name */
};

/**
 * struct forest - all nodes
 * @tree: where the records are
 * @nodes: them; first the ground, then the tasks in order of their ids, then
 *	those not to be seen
 * @tasks: how many nodes are tasks
 * @length: how many there are
 * @flags: FOREST_*
 */
struct forest {
	const struct ptree_tree *tree;
	struct node *nodes;
	size_t tasks;
	size_t length;
	unsigned int flags;
};

/**
 * struct grove - some nodes, and all below them; zero is an empty one
 * @nodes: them
 * @length: how many
 * @room: for how many
 */
struct grove {
	struct node **nodes;
	size_t length;
	size_t room;
};

/**
 * forest_new() - make nodes of a tree
 * @forest: filled in; to be given to forest_free(), also after an error
 * @tree: where the records are, which must outlive the forest
 * @flags: FOREST_*
 *
 * Of the dead there are those with a living descendant.
 *
 * Return: 0 or -ENOMEM.
 */
int forest_new(struct forest *forest, const struct ptree_tree *tree,
	       unsigned int flags);

/**
 * forest_free() - give it back
 * @forest: from forest_new()
 */
void forest_free(struct forest *forest);

/**
 * forest_find() - find a node by its number
 * @forest: where
 * @pid: of a process or a thread that lives; 0 for the ground
 *
 * Return: it, or NULL.
 */
struct node *forest_find(const struct forest *forest, int pid);

/**
 * forest_node() - the node of a task
 * @forest: where
 * @task: of its tree, or NULL
 *
 * Return: it, or NULL.
 */
struct node *forest_node(const struct forest *forest,
			 const struct ptree_task *task);

/**
 * node_unlink() - take a node, with all below it, away from its parent
 * @node: which; not the ground
 */
void node_unlink(struct node *node);

/**
 * node_after() - go through a node and all below it, parents before children,
 *	siblings in their order
 * @top: where it began
 * @node: where it is
 *
 * Return: the next one, or NULL at the end.
 */
struct node *node_after(const struct node *top, const struct node *node);

/**
 * grove_add() - add a node
 * @grove: where to
 * @node: which one
 *
 * Return: 0 or -ENOMEM.
 */
int grove_add(struct grove *grove, struct node *node);

/**
 * grove_free() - give the room back
 * @grove: empty from then on
 */
void grove_free(struct grove *grove);

/**
 * grove_trees() - the trees that are drawn when nobody is asked for
 * @grove: added to
 * @forest: where
 *
 * That of process 1 first. Then those of all others that have no parent, or one
 * of the kernel's; but the kernel's own threads are not drawn.
 *
 * Return: 0 or -ENOMEM.
 */
int grove_trees(struct grove *grove, const struct forest *forest);

/**
 * grove_user() - the trees of a user
 * @grove: added to
 * @trees: where to look
 * @uid: who
 *
 * Return: 0 or -ENOMEM.
 */
int grove_user(struct grove *grove, const struct grove *trees, uint32_t uid);

/**
 * grove_roots() - hang the ancestors of some nodes above them, and nobody else
 * @grove: the nodes; then the trees that they are in
 * @forest: where; all others are taken away from it
 *
 * Return: 0 or -ENOMEM.
 */
int grove_roots(struct grove *grove, struct forest *forest);

#endif
