/* SPDX-License-Identifier: GPL-2.0 */
/* pool.h: objects set aside beforehand, for places that may not allocate. */
#ifndef PTREE_POOL_H
#define PTREE_POOL_H

#include <linux/llist.h>
#include <linux/slab.h>
#include <linux/types.h>

/**
 * struct ptree_pool - spare objects of one kind
 * @cache: where they come from and go to
 * @spare: the objects ready to be taken; the owner's lock
 * @nr: how many are on @spare; the owner's lock
 * @want: how many @spare is filled up to; set once
 * @used: objects taken and not given back; the owner's lock
 * @starved: times a take found nothing; the owner's lock
 * @care: set when it is half empty or far too full; for the owner to clear
 * @fail_every: every so many takes fail, for tests; 0 is never
 * @takes: takes so far, counted only while @fail_every is set
 *
 * A hook runs with preemption off and under locks of the kernel's, so it takes
 * objects from here. A fork can't be refused: when the pool is empty the owner
 * has to remember that something is missing.
 */
struct ptree_pool {
	struct kmem_cache *cache;
	struct llist_node *spare;
	unsigned int nr;
	unsigned int want;
	unsigned int used;
	u64 starved;
	bool *care;
	unsigned int fail_every;
	unsigned int takes;
};

int ptree_pool_init(struct ptree_pool *pool, const char *name,
		    unsigned int size, unsigned int want, bool *care);
void ptree_pool_destroy(struct ptree_pool *pool);
void *ptree_pool_take(struct ptree_pool *pool);
void ptree_pool_give(struct ptree_pool *pool, void *object);
struct llist_node *ptree_pool_make(struct ptree_pool *pool, unsigned int nr,
				   gfp_t gfp);
void ptree_pool_add(struct ptree_pool *pool, struct llist_node *objects);
struct llist_node *ptree_pool_surplus(struct ptree_pool *pool,
				      unsigned int most);
void ptree_pool_free(struct ptree_pool *pool, struct llist_node *objects);

/**
 * ptree_pool_short - how many objects the pool lacks
 * @pool: the pool
 *
 * Context: any; without the owner's lock the answer is a hint.
 * Return: the number below @want, 0 when it is full.
 */
static inline unsigned int ptree_pool_short(const struct ptree_pool *pool)
{
	unsigned int nr = READ_ONCE(pool->nr);

	return nr < pool->want ? pool->want - nr : 0;
}

#endif
