// SPDX-License-Identifier: GPL-2.0
/*
 * pidns.c owns numbers: which pid has which number in which namespace, and the
 * namespaces themselves. It mirrors kernel/pid.c and kernel/pid_namespace.c.
 *
 * Context: everything here runs under the tree's lock.
 */
#include <linux/bug.h>
#include <linux/lockdep.h>
#include <linux/string.h>

#include "compat.h"
#include "pidns.h"

static u64 number_key(u32 ns, pid_t nr)
{
	return (u64)ns << 32 | (u32)nr;
}

/**
 * ptree_ns_find - find a namespace in which something lives
 * @tree: the tree
 * @inum: its number
 *
 * Return: the namespace, or NULL. No reference is taken.
 */
struct ptree_ns *ptree_ns_find(struct ptree *tree, u32 inum)
{
	struct ptree_ns *ns;

	lockdep_assert_held(&tree->lock);
	hlist_for_each_entry(ns, ptree_bucket(&tree->namespaces, inum), hash)
		if (ns->inum == inum)
			return ns;
	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_ns_find);

static struct ptree_ns *ns_get(struct ptree *tree, struct ptree_ns *parent,
			       u32 inum)
{
	struct ptree_ns *ns = ptree_ns_find(tree, inum);

	if (ns) {
		ns->refs++;
		return ns;
	}
	ns = ptree_pool_take(&tree->pools[PTREE_POOL_NS]);
	if (!ns)
		return NULL;
	memset(ns, 0, sizeof(*ns));
	ns->inum = inum;
	ns->refs = 1;
	ns->parent = parent;
	if (parent) {
		parent->refs++;
		ns->level = parent->level + 1;
	}
	hlist_add_head(&ns->hash, ptree_bucket(&tree->namespaces, inum));
	return ns;
}

/* Nobody can enter it any more: its owner may be let go of. */
static void shut(struct ptree *tree, struct ptree_ns *ns)
{
	ns->refs++;
	hlist_add_head(&ns->hash, &tree->ns_gone);
	WRITE_ONCE(tree->care, true);
}

/**
 * ptree_ns_put - let go of a namespace
 * @tree: the tree
 * @ns: the namespace
 *
 * With its last reference it is freed, or handed to ptree_ns_gone() first.
 */
void ptree_ns_put(struct ptree *tree, struct ptree_ns *ns)
{
	struct ptree_ns *parent;

	for (; ns && !--ns->refs; ns = parent) {
		hlist_del_init(&ns->hash);
		if (ns->owner) {
			shut(tree, ns);
			return;
		}
		parent = ns->parent;
		ptree_pool_give(&tree->pools[PTREE_POOL_NS], ns);
	}
}
EXPORT_SYMBOL_IF_KUNIT(ptree_ns_put);

/**
 * ptree_ns_gone - take a namespace whose owner may be let go of
 * @tree: the tree
 *
 * The kernel may use the number of such a namespace again once its owner is
 * put, and not before.
 *
 * Return: the namespace, which the caller owns a reference to, or NULL.
 */
struct ptree_ns *ptree_ns_gone(struct ptree *tree)
{
	struct ptree_ns *ns;

	lockdep_assert_held(&tree->lock);
	if (hlist_empty(&tree->ns_gone))
		return NULL;
	ns = hlist_entry(tree->ns_gone.first, struct ptree_ns, hash);
	hlist_del_init(&ns->hash);
	return ns;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_ns_gone);

static void unhash(struct ptree_pid *pid)
{
	struct ptree_upid *upid;

	for (upid = pid->inner; upid; upid = upid->next)
		hlist_del_init(&upid->hash);
}

/**
 * ptree_pid_find - find who has a number
 * @tree: the tree
 * @ns: inum of the namespace it counts in
 * @nr: the number
 *
 * Return: its holder, or NULL. No reference is taken.
 */
struct ptree_pid *ptree_pid_find(struct ptree *tree, u32 ns, pid_t nr)
{
	struct hlist_head *bucket;
	struct ptree_upid *upid;

	lockdep_assert_held(&tree->lock);
	bucket = ptree_bucket(&tree->numbers, number_key(ns, nr));
	hlist_for_each_entry(upid, bucket, hash)
		if (upid->nr == nr && upid->ns->inum == ns)
			return ptree_upid_pid(upid);
	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_pid_find);

/**
 * ptree_pid_find_get - find a pid by what the kernel knows it as
 * @tree: the tree
 * @key: the address of its struct pid
 * @nr: its number in the root namespace
 *
 * Return: the pid with a reference for the caller, or NULL.
 */
struct ptree_pid *ptree_pid_find_get(struct ptree *tree, const void *key,
				     pid_t nr)
{
	struct ptree_pid *pid = ptree_pid_find(tree, PTREE_ROOT_NS, nr);

	if (!ptree_pid_is(pid, key, nr))
		return NULL;
	pid->refs++;
	return pid;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_pid_find_get);

/**
 * ptree_pid_free - free a pid that nobody refers to any more
 * @tree: the tree
 * @pid: the pid
 */
void ptree_pid_free(struct ptree *tree, struct ptree_pid *pid)
{
	struct ptree_upid *upid, *next;

	for (upid = pid->inner; upid; upid = next) {
		next = upid->next;
		hlist_del_init(&upid->hash);
		ptree_ns_put(tree, upid->ns);
		if (upid != &pid->root)
			ptree_pool_give(&tree->pools[PTREE_POOL_UPID], upid);
	}
	ptree_pool_give(&tree->pools[PTREE_POOL_PID], pid);
}
EXPORT_SYMBOL_IF_KUNIT(ptree_pid_free);

/*
 * Whoever the tree thought to have this number has lost it without our hearing
 * of it yet, and can't be found by it from now on.
 */
static void set_number(struct ptree *tree, struct ptree_upid *upid,
		       struct ptree_ns *ns, pid_t nr)
{
	struct ptree_pid *old = ptree_pid_find(tree, ns->inum, nr);

	if (old)
		unhash(old);
	upid->ns = ns;
	upid->nr = nr;
	hlist_add_head(&upid->hash, ptree_bucket(&tree->numbers,
						 number_key(ns->inum, nr)));
}

/**
 * ptree_pid_new - make a pid
 * @tree: the tree
 * @key: the address of the kernel's struct pid
 * @nr: its number in the root namespace
 *
 * Return: the pid with a reference for the caller, or NULL if a pool is empty.
 */
struct ptree_pid *ptree_pid_new(struct ptree *tree, const void *key, pid_t nr)
{
	struct ptree_ns *ns = ns_get(tree, NULL, PTREE_ROOT_NS);
	struct ptree_pid *pid;

	if (!ns)
		return NULL;
	pid = ptree_pool_take(&tree->pools[PTREE_POOL_PID]);
	if (!pid) {
		ptree_ns_put(tree, ns);
		return NULL;
	}
	memset(pid, 0, sizeof(*pid));
	pid->key = key;
	pid->inner = &pid->root;
	pid->refs = 1;
	set_number(tree, &pid->root, ns, nr);
	return pid;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_pid_new);

/**
 * ptree_pid_add - give a pid its number one namespace further in
 * @tree: the tree
 * @pid: a new one
 * @inum: of the namespace
 * @nr: the number
 *
 * Return: false if a pool is empty; then the pid is of no use.
 */
bool ptree_pid_add(struct ptree *tree, struct ptree_pid *pid, u32 inum,
		   pid_t nr)
{
	struct ptree_ns *ns = ns_get(tree, pid->inner->ns, inum);
	struct ptree_upid *upid;

	if (!ns)
		return false;
	upid = ptree_pool_take(&tree->pools[PTREE_POOL_UPID]);
	if (!upid) {
		ptree_ns_put(tree, ns);
		return false;
	}
	INIT_HLIST_NODE(&upid->hash);
	upid->next = pid->inner;
	pid->inner = upid;
	set_number(tree, upid, ns, nr);
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_pid_add);

/**
 * ptree_pid_unlink - say that one fewer keeps the number taken
 * @tree: the tree
 * @pid: the pid
 *
 * With the last one the number is free and no longer found.
 */
void ptree_pid_unlink(struct ptree *tree, struct ptree_pid *pid)
{
	lockdep_assert_held(&tree->lock);
	if (!WARN_ON_ONCE(!pid->links) && !--pid->links)
		unhash(pid);
}

/**
 * ptree_ns_enter - a node lives in these namespaces from now on
 * @tree: the tree
 * @pid: its numbers
 * @process: its process; the first in a namespace is its init
 */
void ptree_ns_enter(struct ptree *tree, struct ptree_pid *pid,
		    struct ptree_process *process)
{
	struct ptree_upid *upid;

	lockdep_assert_held(&tree->lock);
	for (upid = pid->inner; upid; upid = upid->next)
		upid->ns->live++;
	if (pid->inner->nr == 1)
		pid->inner->ns->init = process;
}

/**
 * ptree_ns_leave - a node lives there no longer
 * @tree: the tree
 * @pid: its numbers
 * @process: its process if that dies too, NULL if not
 *
 * The last to leave shuts the namespace: the kernel can't put another process
 * in, but it may give the number of the namespace to a new one.
 */
void ptree_ns_leave(struct ptree *tree, struct ptree_pid *pid,
		    struct ptree_process *process)
{
	struct ptree_upid *upid;

	lockdep_assert_held(&tree->lock);
	for (upid = pid->inner; upid; upid = upid->next) {
		struct ptree_ns *ns = upid->ns;

		if (process && ns->init == process)
			ns->init = NULL;
		if (--ns->live || hlist_unhashed(&ns->hash))
			continue;
		hlist_del_init(&ns->hash);
		if (ns->owner)
			shut(tree, ns);
	}
}
