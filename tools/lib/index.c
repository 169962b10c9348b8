// SPDX-License-Identifier: GPL-2.0
/*
 * index.c owns the indexes of a tree: entries in order of their key, then of
 * the id, in red-black trees of sys/tree.h, whose links lie in the entries: to
 * add one takes no memory, and so can't fail.
 */
#include "internal.h"

static int compare(const struct ptree_entry *one,
		   const struct ptree_entry *other)
{
	if (one->key != other->key)
		return one->key < other->key ? -1 : 1;
	if (one->id != other->id)
		return one->id < other->id ? -1 : 1;
	return 0;
}

RB_GENERATE(ptree_index, ptree_entry, link, compare)

struct ptree_entry *ptree_index_find(struct ptree_index *index, uint64_t key,
				     uint64_t id)
{
	struct ptree_entry wanted = { .key = key, .id = id };

	return RB_FIND(ptree_index, index, &wanted);
}

/* The first entry of @key that is behind @id. */
struct ptree_entry *ptree_index_after(struct ptree_index *index, uint64_t key,
				      uint64_t id)
{
	struct ptree_entry wanted = { .key = key, .id = id + 1 };
	struct ptree_entry *found = NULL;

	if (wanted.id)
		found = RB_NFIND(ptree_index, index, &wanted);
	return found && found->key == key ? found : NULL;
}

/* Nothing equal may be there yet. */
void ptree_index_add(struct ptree_index *index, struct ptree_entry *entry)
{
	RB_INSERT(ptree_index, index, entry);
}

void ptree_index_del(struct ptree_index *index, struct ptree_entry *entry)
{
	RB_REMOVE(ptree_index, index, entry);
}
