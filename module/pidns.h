/* SPDX-License-Identifier: GPL-2.0 */
/* pidns.h: numbers and the pid namespaces they count in. */
#ifndef PTREE_PIDNS_H
#define PTREE_PIDNS_H

#include "tree.h"

/**
 * ptree_upid_pid - whose number it is
 * @upid: the number
 *
 * Return: the pid. O(level).
 */
static inline struct ptree_pid *ptree_upid_pid(struct ptree_upid *upid)
{
	while (upid->next)
		upid = upid->next;
	return container_of(upid, struct ptree_pid, root);
}

/**
 * ptree_pid_is - whether a pid is the one that the kernel knows by this
 * @pid: the pid, or NULL
 * @key: the address of a struct pid
 * @nr: its number in the root namespace: the address alone may be used again
 *
 * Return: true if so.
 */
static inline bool ptree_pid_is(const struct ptree_pid *pid, const void *key,
				pid_t nr)
{
	return pid && pid->key == key && pid->root.nr == nr;
}

/**
 * ptree_pid_get - take another reference
 * @pid: the pid, referenced already
 */
static inline void ptree_pid_get(struct ptree_pid *pid)
{
	pid->refs++;
}

void ptree_pid_free(struct ptree *tree, struct ptree_pid *pid);

/**
 * ptree_pid_put - let go of a pid
 * @tree: the tree
 * @pid: the pid; NULL is fine
 */
static inline void ptree_pid_put(struct ptree *tree, struct ptree_pid *pid)
{
	if (pid && !--pid->refs)
		ptree_pid_free(tree, pid);
}

/**
 * ptree_pid_nr - a number as a namespace sees it
 * @pid: whose; NULL has none
 * @ns: the namespace; NULL is one in which nothing lives
 *
 * As pid_nr_ns() of kernel/pid.c.
 *
 * Return: the number, 0 when it can't be seen from there.
 */
static inline pid_t ptree_pid_nr(const struct ptree_pid *pid,
				 const struct ptree_ns *ns)
{
	const struct ptree_upid *upid;

	for (upid = pid ? pid->inner : NULL; upid; upid = upid->next)
		if (upid->ns == ns)
			return upid->nr;
	return 0;
}

/**
 * ptree_pid_link - say that the kernel keeps the number taken for one more
 * @pid: the pid
 */
static inline void ptree_pid_link(struct ptree_pid *pid)
{
	pid->links++;
}

struct ptree_pid *ptree_pid_find(struct ptree *tree, u32 ns, pid_t nr);
struct ptree_pid *ptree_pid_find_get(struct ptree *tree, const void *key,
				     pid_t nr);
struct ptree_pid *ptree_pid_new(struct ptree *tree, const void *key, pid_t nr);
bool ptree_pid_add(struct ptree *tree, struct ptree_pid *pid, u32 inum,
		   pid_t nr);
void ptree_pid_unlink(struct ptree *tree, struct ptree_pid *pid);

struct ptree_ns *ptree_ns_find(struct ptree *tree, u32 inum);
void ptree_ns_enter(struct ptree *tree, struct ptree_pid *pid,
		    struct ptree_process *process);
void ptree_ns_leave(struct ptree *tree, struct ptree_pid *pid,
		    struct ptree_process *process);
struct ptree_ns *ptree_ns_gone(struct ptree *tree);
void ptree_ns_put(struct ptree *tree, struct ptree_ns *ns);

#endif
