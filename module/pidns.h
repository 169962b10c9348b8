/* SPDX-License-Identifier: GPL-2.0 */
/* pidns.h: numbers and the pid namespaces they count in. */
#ifndef PTREE_PIDNS_H
#define PTREE_PIDNS_H

#include "tree.h"

/**
 * struct ptree_numbers - the numbers of one struct pid, as values
 * @key: the address of the struct pid
 * @level: of the innermost namespace
 * @at: number and namespace (its inum) at each level, the root first
 */
struct ptree_numbers {
	const void *key;
	u32 level;
	struct {
		pid_t nr;
		u32 ns;
	} at[PTREE_LEVELS];
};

struct ptree_pid *ptree_pid_find(struct ptree *tree, u32 ns, pid_t nr);
struct ptree_pid *ptree_pid_find_get(struct ptree *tree, const void *key,
				     pid_t nr);
struct ptree_pid *ptree_pid_new(struct ptree *tree,
				const struct ptree_numbers *numbers);
void ptree_pid_get(struct ptree_pid *pid);
void ptree_pid_put(struct ptree *tree, struct ptree_pid *pid);
void ptree_pid_link(struct ptree_pid *pid);
void ptree_pid_unlink(struct ptree *tree, struct ptree_pid *pid);

struct ptree_ns *ptree_ns_find(struct ptree *tree, u32 inum);
pid_t ptree_pid_nr(const struct ptree_pid *pid, const struct ptree_ns *ns);
void ptree_ns_enter(struct ptree *tree, struct ptree_pid *pid,
		    struct ptree_process *process);
void ptree_ns_leave(struct ptree *tree, struct ptree_pid *pid,
		    struct ptree_process *process);
struct ptree_ns *ptree_ns_gone(struct ptree *tree);
void ptree_ns_put(struct ptree *tree, struct ptree_ns *ns);

#endif
