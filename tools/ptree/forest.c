// SPDX-License-Identifier: GPL-2.0
/*
 * forest.c owns the nodes that are drawn: who hangs from whom, and in which
 * order.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "forest.h"

static struct node *ground(const struct forest *forest)
{
	return forest->nodes;
}

static int by_id(const void *key, const void *element)
{
	const struct node *node = element;
	uint64_t id = *(const uint64_t *)key;

	return id < node->task->id ? -1 : id > node->task->id;
}

struct node *forest_node(const struct forest *forest,
			 const struct ptree_task *task)
{
	if (!task)
		return NULL;
	return bsearch(&task->id, forest->nodes + 1, forest->tasks,
		       sizeof(*forest->nodes), by_id);
}

struct node *forest_find(const struct forest *forest, int pid)
{
	size_t i;

	if (!pid)
		return ground(forest);
	for (i = forest->tasks + 1; i < forest->length; i++)
		if (forest->nodes[i].pid == pid)
			return &forest->nodes[i];
	return forest_node(forest, ptree_tree_find_pid(forest->tree, pid));
}

static bool is_thread(const struct ptree_task *task)
{
	return task->process_id != task->id;
}

/* A thread without its leader is one that tears itself out of the snapshot. */
static const struct ptree_task *leader_of(const struct forest *forest,
					  const struct ptree_task *task)
{
	return ptree_tree_process(forest->tree, task) ?: task;
}

static void set_name(struct node *node, const char *format, const char *comm)
{
	size_t length = strnlen(comm, PTREE_COMM_SIZE - 1);
	size_t begin = format[0] != 0;

	if (begin)
		node->name[0] = format[0];
	memcpy(node->name + begin, comm, length);
	if (begin)
		node->name[begin + length] = format[1];
}

static void fill_node(const struct forest *forest, struct node *node,
		      const struct ptree_task *task)
{
	const struct ptree_task *leader = leader_of(forest, task);
	bool own_name = forest->flags & FOREST_THREAD_NAMES;

	node->task = task;
	node->pid = task->tid;
	node->pgid = leader->pgid;
	node->uid = leader->euid;
	node->thread = is_thread(task);
	node->dead = task->state == PTREE_STATE_DEAD;
	node->repeat = 1;
	if (node->thread)
		set_name(node, "{}", own_name ? task->comm : leader->comm);
	else
		set_name(node, node->dead ? "[]" : "", task->comm);
}

static struct node *add_unseen(struct forest *forest, int pid)
{
	struct node *node = &forest->nodes[forest->length++];

	node->name[0] = '?';
	node->pid = pid;
	node->repeat = 1;
	return node;
}

/* Marks the dead between a process and its living ancestors. */
static void keep_ancestors(struct forest *forest, struct node *node)
{
	const struct ptree_task *task = node->task;

	while (node && !node->marked) {
		node->marked = true;
		task = ptree_tree_birth(forest->tree, task);
		node = forest_node(forest, task);
	}
}

/* Threads of the dead are nobody's ancestors. */
static void keep(struct forest *forest, struct node *node)
{
	if (node->thread)
		node->marked = !node->dead;
	else if (!node->dead && forest->flags & FOREST_BIRTH)
		keep_ancestors(forest, node);
	else if (!node->dead)
		node->marked = true;
}

/* Who is not to be seen hangs from process 1, as does whoever lost his parent. */
static struct node *unseen_parent(struct forest *forest, int pid)
{
	struct node *node = forest_find(forest, pid), *init;

	if (node)
		return node;
	node = add_unseen(forest, pid);
	if (pid == 1) {
		node->parent = ground(forest);
		return node;
	}
	init = forest_find(forest, 1);
	if (!init) {
		init = add_unseen(forest, 1);
		init->parent = ground(forest);
	}
	node->parent = init;
	return node;
}

static struct node *real_parent(struct forest *forest, struct node *node)
{
	const struct ptree_task *task = node->task;
	struct node *parent;

	parent = forest_node(forest, ptree_tree_parent(forest->tree, task));
	if (parent)
		return parent;
	if (task->ppid <= 0 || task->ppid == task->tid)
		return ground(forest);
	return unseen_parent(forest, task->ppid);
}

static struct node *birth_parent(struct forest *forest, struct node *node)
{
	const struct ptree_task *task = node->task;
	struct node *parent;

	parent = forest_node(forest, ptree_tree_birth(forest->tree, task));
	if (parent && parent->marked)
		return parent;
	node->truncated = task->flags & PTREE_TASK_TRUNCATED || task->birth_id;
	return ground(forest);
}

static struct node *find_parent(struct forest *forest, struct node *node)
{
	const struct ptree_task *leader;
	struct node *parent;

	if (node->thread) {
		leader = ptree_tree_process(forest->tree, node->task);
		parent = forest_node(forest, leader);
		return parent && parent->marked ? parent : ground(forest);
	}
	if (forest->flags & FOREST_BIRTH)
		return birth_parent(forest, node);
	return real_parent(forest, node);
}

/* Numbers are used again: of the dead, the order of their births counts. */
static int by_number(const void *left, const void *right)
{
	const struct node *a = *(struct node *const *)left;
	const struct node *b = *(struct node *const *)right;

	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	if (a->pid != b->pid)
		return a->pid < b->pid ? -1 : 1;
	return a < b ? -1 : a > b;
}

static int by_name(const void *left, const void *right)
{
	const struct node *a = *(struct node *const *)left;
	const struct node *b = *(struct node *const *)right;
	int order;

	if (a->parent != b->parent)
		return a->parent < b->parent ? -1 : 1;
	order = strcmp(a->name, b->name);
	if (order)
		return order;
	if (a->uid != b->uid)
		return a->uid < b->uid ? -1 : 1;
	if (a->thread != b->thread)
		return a->thread ? -1 : 1;
	/* Threads are listed in the order of their births, others by number. */
	if (a->thread)
		return a < b ? -1 : a > b;
	return by_number(left, right);
}

static int hang(struct forest *forest)
{
	struct node **order, **last;
	size_t nr = 0, i;

	order = calloc(forest->length, sizeof(*order));
	if (!order)
		return -ENOMEM;
	for (i = 1; i < forest->length; i++)
		if (forest->nodes[i].parent)
			order[nr++] = &forest->nodes[i];
	qsort(order, nr, sizeof(*order),
	      forest->flags & FOREST_BY_NUMBER ? by_number : by_name);
	last = order;
	for (i = 0; i < nr; i++) {
		if (i && order[i - 1]->parent == order[i]->parent)
			(*last)->next = order[i];
		else
			order[i]->parent->child = order[i];
		last = &order[i];
	}
	free(order);
	return 0;
}

/*
 * /proc is not read in one moment: two processes may each seem to be the
 * other's ancestor. No such circle may be lost, or walked for ever.
 */
static void open_circles(struct forest *forest)
{
	struct node *top = ground(forest), *node;
	size_t i;

	for (node = top; node; node = node_after(top, node))
		node->highlit = true;
	for (i = 1; i < forest->length; i++) {
		top = &forest->nodes[i];
		if (top->highlit || !top->parent)
			continue;
		node_unlink(top);
		top->parent = ground(forest);
		top->next = ground(forest)->child;
		ground(forest)->child = top;
		for (node = top; node; node = node_after(top, node))
			node->highlit = true;
	}
	for (i = 0; i < forest->length; i++)
		forest->nodes[i].highlit = false;
}

int forest_new(struct forest *forest, const struct ptree_tree *tree,
	       unsigned int flags)
{
	size_t size = ptree_tree_size(tree), i;
	const struct ptree_task *task = NULL;
	struct node *node;

	*forest = (struct forest){ .tree = tree, .flags = flags };
	/* The ground, the tasks, a parent not to be seen for each, process 1. */
	forest->nodes = calloc(2 * size + 2, sizeof(*forest->nodes));
	if (!forest->nodes)
		return -ENOMEM;
	add_unseen(forest, 0);
	while ((task = ptree_tree_next(tree, task)))
		fill_node(forest, &forest->nodes[forest->length++], task);
	forest->tasks = forest->length - 1;
	for (i = 1; i <= forest->tasks; i++)
		keep(forest, &forest->nodes[i]);
	for (i = 1; i <= forest->tasks; i++) {
		node = &forest->nodes[i];
		if (node->marked)
			node->parent = find_parent(forest, node);
	}
	if (hang(forest))
		return -ENOMEM;
	open_circles(forest);
	for (i = 0; i < forest->length; i++)
		forest->nodes[i].marked = false;
	return 0;
}

void forest_free(struct forest *forest)
{
	free(forest->nodes);
	forest->nodes = NULL;
}

void node_unlink(struct node *node)
{
	struct node **link = &node->parent->child;

	while (*link != node)
		link = &(*link)->next;
	*link = node->next;
	node->next = NULL;
}

static struct node *node_beside(const struct node *top, const struct node *node)
{
	while (node != top) {
		if (node->next)
			return node->next;
		node = node->parent;
	}
	return NULL;
}

struct node *node_after(const struct node *top, const struct node *node)
{
	return node->child ?: node_beside(top, node);
}

int grove_add(struct grove *grove, struct node *node)
{
	size_t room = grove->room ? 2 * grove->room : 64;
	struct node **nodes;

	if (grove->length == grove->room) {
		nodes = reallocarray(grove->nodes, room, sizeof(*nodes));
		if (!nodes)
			return -ENOMEM;
		grove->nodes = nodes;
		grove->room = room;
	}
	grove->nodes[grove->length++] = node;
	return 0;
}

void grove_free(struct grove *grove)
{
	free(grove->nodes);
	*grove = (struct grove){};
}

static bool is_kthread(const struct node *node)
{
	return node->task && node->task->flags & PTREE_TASK_KTHREAD;
}

/* One that the kernel started, or that came in from outside, is not dropped. */
static bool is_tree(const struct forest *forest, const struct node *node)
{
	if (!node->parent || is_kthread(node))
		return false;
	return node->parent == ground(forest) || is_kthread(node->parent);
}

int grove_trees(struct grove *grove, const struct forest *forest)
{
	struct node *init = forest_find(forest, 1), *node;
	int err = 0;
	size_t i;

	if (init)
		err = grove_add(grove, init);
	for (i = 1; i < forest->length && !err; i++) {
		node = &forest->nodes[i];
		if (node != init && is_tree(forest, node))
			err = grove_add(grove, node);
	}
	return err;
}

static int add_user(struct grove *grove, struct node *top, uint32_t uid)
{
	struct node *node = top;
	int err = 0;

	while (node && !err)
		if (node->task && node->uid == uid) {
			err = grove_add(grove, node);
			node = node_beside(top, node);
		} else {
			node = node_after(top, node);
		}
	return err;
}

int grove_user(struct grove *grove, const struct grove *trees, uint32_t uid)
{
	int err = 0;
	size_t i;

	for (i = 0; i < trees->length && !err; i++)
		err = add_user(grove, trees->nodes[i], uid);
	return err;
}

static void keep_family(struct node *top)
{
	struct node *node;

	for (node = top->parent; node; node = node->parent)
		node->marked = true;
	for (node = top; node; node = node_after(top, node))
		node->marked = true;
}

static void prune(struct forest *forest)
{
	struct node **link;
	size_t i;

	for (i = 0; i < forest->length; i++) {
		link = &forest->nodes[i].child;
		while (*link)
			if ((*link)->marked)
				link = &(*link)->next;
			else
				*link = (*link)->next;
	}
}

int grove_roots(struct grove *grove, struct forest *forest)
{
	struct node *node;
	int err = 0;
	size_t i;

	for (i = 0; i < grove->length; i++)
		keep_family(grove->nodes[i]);
	prune(forest);
	grove->length = 0;
	for (node = ground(forest)->child; node && !err; node = node->next)
		err = grove_add(grove, node);
	return err;
}
