// SPDX-License-Identifier: GPL-2.0
/*
 * index.c owns the indexes of a tree: entries in order of their key, then of
 * the id, in the balanced trees of tsearch(3).
 */
#include <errno.h>
#include <search.h>

#include "internal.h"

/**
 * struct search - what is looked for, and what was met on the way
 * @wanted: where the way leads; it is what tfind(3) gives to after() first
 * @found: the last entry met that is behind it
 */
struct search {
	struct ptree_entry wanted;
	const struct ptree_entry *found;
};

static int compare(const void *a, const void *b)
{
	const struct ptree_entry *one = a, *other = b;

	if (one->key != other->key)
		return one->key < other->key ? -1 : 1;
	if (one->id != other->id)
		return one->id < other->id ? -1 : 1;
	return 0;
}

/*
 * The way down to where an entry would be goes left at each one behind it. The
 * last of these is the next one.
 */
static int after(const void *key, const void *entry)
{
	struct search *search = (struct search *)key;

	if (compare(&search->wanted, entry) >= 0)
		return 1;
	search->found = entry;
	return -1;
}

const struct ptree_entry *ptree_index_find(void *const *root, uint64_t key,
					   uint64_t id)
{
	const struct ptree_entry wanted = { .key = key, .id = id };
	struct ptree_entry *const *slot = tfind(&wanted, root, compare);

	return slot ? *slot : NULL;
}

/* The first entry of @key that is behind @id. */
const struct ptree_entry *ptree_index_after(void *const *root, uint64_t key,
					    uint64_t id)
{
	struct search search = { .wanted = { .key = key, .id = id } };

	tfind(&search, root, after);
	if (!search.found || search.found->key != key)
		return NULL;
	return search.found;
}

/* Nothing equal may be there yet. */
int ptree_index_add(void **root, const struct ptree_entry *entry)
{
	return tsearch(entry, root, compare) ? 0 : -ENOMEM;
}

/* Puts @entry where an equal one is. */
void ptree_index_replace(void **root, const struct ptree_entry *entry)
{
	const struct ptree_entry **slot = tfind(entry, root, compare);

	*slot = entry;
}

void ptree_index_del(void **root, const struct ptree_entry *entry)
{
	tdelete(entry, root, compare);
}
