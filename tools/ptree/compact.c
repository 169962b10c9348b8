// SPDX-License-Identifier: GPL-2.0
/*
 * compact.c owns the question which siblings look the same. Each node is asked
 * once, after those below it: it is like another one if both are drawn the same
 * and what hangs from them is, one by one, alike.
 */
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "compact.h"

static int order(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int order_looks(const struct node *a, const struct node *b)
{
	int result = strcmp(a->name, b->name);

	result = result ?: order(a->thread, b->thread);
	result = result ?: order(a->dead, b->dead);
	result = result ?: order(a->truncated, b->truncated);
	return result ?: order(a->highlit, b->highlit);
}

static int order_children(const struct node *a, const struct node *b)
{
	int result = 0;

	a = a->child;
	b = b->child;
	for (; a && b && !result; a = a->next, b = b->next)
		result = order((uintptr_t)a->alike, (uintptr_t)b->alike);
	return result ?: order(!!a, !!b);
}

static int order_nodes(const void *left, const void *right)
{
	const struct node *a = left, *b = right;
	int result = order_looks(a, b);

	if (a->traits & COMPACT_UID)
		result = result ?: order(a->uid, b->uid);
	if (a->traits & COMPACT_PGID)
		result = result ?: order(a->pgid, b->pgid);
	if (a->traits & COMPACT_NAMESPACES)
		result = result ?: memcmp(a->inodes, b->inodes,
					  sizeof(a->inodes));
	return result ?: order_children(a, b);
}

static void keep_node(void *node)
{
	(void)node;
}

/* Backwards: what is below a node is known before it. */
static int find_alikes(const struct grove *all, unsigned int flags)
{
	struct node *node, **found;
	void *looks = NULL;
	int err = 0;
	size_t i;

	for (i = all->length; i-- && !err;) {
		node = all->nodes[i];
		node->traits = flags;
		node->under = NULL;
		found = tsearch(node, &looks, order_nodes);
		if (found)
			node->alike = *found;
		else
			err = -ENOMEM;
	}
	tdestroy(looks, keep_node);
	return err;
}

static void merge_children(struct node *parent, bool threads)
{
	struct node **link = &parent->child, *node, *alike;

	while ((node = *link)) {
		alike = node->alike;
		if (!threads || node->thread) {
			if (alike->under == parent) {
				alike->first->repeat++;
				*link = node->next;
				continue;
			}
			alike->under = parent;
			alike->first = node;
		}
		link = &node->next;
	}
}

static int list_all(struct grove *all, const struct grove *grove)
{
	struct node *top, *node;
	int err = 0;
	size_t i;

	for (i = 0; i < grove->length; i++) {
		top = grove->nodes[i];
		for (node = top; node && !err; node = node_after(top, node))
			err = grove_add(all, node);
	}
	return err;
}

int compact(const struct grove *grove, unsigned int flags)
{
	struct grove all = {};
	int err;
	size_t i;

	err = list_all(&all, grove);
	err = err ?: find_alikes(&all, flags);
	for (i = 0; i < all.length && !err; i++)
		merge_children(all.nodes[i], flags & COMPACT_THREADS);
	grove_free(&all);
	return err;
}
