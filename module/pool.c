// SPDX-License-Identifier: GPL-2.0
/*
 * pool.c owns objects set aside beforehand, for places that may not allocate.
 *
 * Locking: none of its own. The owner of a pool calls take, give, add and
 * surplus under one raw lock; make and free allocate and run outside of it.
 */
#include "compat.h"
#include "pool.h"

/**
 * ptree_pool_init - make an empty pool
 * @pool: the pool, zeroed
 * @name: of its slab cache, as slabtop shows it
 * @size: of an object, in bytes
 * @want: how many spare objects to hold ready
 * @care: set when the pool wants filling up or emptying
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int ptree_pool_init(struct ptree_pool *pool, const char *name,
		    unsigned int size, unsigned int want, bool *care)
{
	pool->want = want;
	pool->care = care;
	pool->cache = kmem_cache_create(name, size, 0, SLAB_NO_MERGE, NULL);
	return pool->cache ? 0 : -ENOMEM;
}

/**
 * ptree_pool_destroy - free the spare objects and the cache
 * @pool: a pool none of whose objects is in use; may be one whose init failed
 *
 * Context: may sleep.
 */
void ptree_pool_destroy(struct ptree_pool *pool)
{
	WARN_ON_ONCE(pool->used);
	if (!pool->cache)
		return;
	ptree_pool_free(pool, pool->spare);
	kmem_cache_destroy(pool->cache);
}

/**
 * ptree_pool_take - take an object
 * @pool: the pool
 *
 * What is in it is for the caller to write: he knows how large it is, and the
 * compiler then does it in a few instructions.
 *
 * Context: any, under the owner's lock. O(1).
 * Return: the object, or NULL when none is left.
 */
void *ptree_pool_take(struct ptree_pool *pool)
{
	struct llist_node *object = pool->spare;

	if (unlikely(pool->fail_every) &&
	    ++pool->takes % pool->fail_every == 0)
		object = NULL;
	if (unlikely(!object)) {
		pool->starved++;
		return NULL;
	}
	pool->spare = object->next;
	WRITE_ONCE(pool->nr, pool->nr - 1);
	if (pool->nr < pool->want / 2)
		WRITE_ONCE(*pool->care, true);
	pool->used++;
	return object;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_pool_take);

/**
 * ptree_pool_give - give an object back
 * @pool: the pool it was taken from
 * @object: the object, referenced by nobody any more
 *
 * Context: any, under the owner's lock. O(1).
 */
void ptree_pool_give(struct ptree_pool *pool, void *object)
{
	struct llist_node *spare = object;

	spare->next = pool->spare;
	pool->spare = spare;
	pool->used--;
	WRITE_ONCE(pool->nr, pool->nr + 1);
	if (pool->nr > 3 * pool->want)
		WRITE_ONCE(*pool->care, true);
}
EXPORT_SYMBOL_IF_KUNIT(ptree_pool_give);

/**
 * ptree_pool_make - allocate objects for a pool
 * @pool: the pool
 * @nr: how many
 * @gfp: how hard to try
 *
 * Context: what @gfp allows, outside the owner's lock.
 * Return: up to @nr objects as a list for ptree_pool_add(), NULL if none.
 */
struct llist_node *ptree_pool_make(struct ptree_pool *pool, unsigned int nr,
				   gfp_t gfp)
{
	struct llist_node *objects = NULL, *object;

	while (nr--) {
		object = kmem_cache_alloc(pool->cache, gfp | __GFP_NOWARN);
		if (!object)
			break;
		object->next = objects;
		objects = object;
	}
	return objects;
}

/**
 * ptree_pool_add - put new objects into the pool
 * @pool: the pool
 * @objects: from ptree_pool_make(); NULL is fine
 *
 * Context: any, under the owner's lock. O(number of objects).
 */
void ptree_pool_add(struct ptree_pool *pool, struct llist_node *objects)
{
	while (objects) {
		struct llist_node *object = objects;

		objects = object->next;
		object->next = pool->spare;
		pool->spare = object;
		WRITE_ONCE(pool->nr, pool->nr + 1);
	}
}

/**
 * ptree_pool_surplus - take out what is far more than wanted
 * @pool: the pool
 * @most: at most so many
 *
 * Context: any, under the owner's lock. O(@most).
 * Return: a list for ptree_pool_free(), NULL when there is no surplus.
 */
struct llist_node *ptree_pool_surplus(struct ptree_pool *pool,
				      unsigned int most)
{
	struct llist_node *objects = NULL, *object;

	while (most-- && pool->nr > 2 * pool->want) {
		object = pool->spare;
		pool->spare = object->next;
		WRITE_ONCE(pool->nr, pool->nr - 1);
		object->next = objects;
		objects = object;
	}
	return objects;
}

/**
 * ptree_pool_free - free objects that are in no pool
 * @pool: where they came from
 * @objects: the list; NULL is fine
 *
 * Context: any, outside the owner's lock.
 */
void ptree_pool_free(struct ptree_pool *pool, struct llist_node *objects)
{
	while (objects) {
		struct llist_node *object = objects;

		objects = object->next;
		kmem_cache_free(pool->cache, object);
	}
}
