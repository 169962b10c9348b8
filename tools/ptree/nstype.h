/* SPDX-License-Identifier: GPL-2.0 */
/* nstype.h: in which namespaces of all types tasks are. */
#ifndef PTREE_NSTYPE_H
#define PTREE_NSTYPE_H

#include "forest.h"

/**
 * nstype_name() - as in /proc/PID/ns
 * @type: which
 *
 * Return: its name.
 */
const char *nstype_name(enum nstype type);

/**
 * nstype_parse() - the type of this name, if the kernel has it
 * @name: as nstype_name() has it
 * @type: set to it
 *
 * Return: 0, -EINVAL if there is none, -ENOENT if the kernel does not have it.
 */
int nstype_parse(const char *name, enum nstype *type);

/**
 * nstype_read() - fill in &node.inodes
 * @node: whose
 *
 * Return: false if some of them may not be read. What has exited is in few.
 */
bool nstype_read(struct node *node);

/**
 * struct nsgroup - the trees in one namespace
 * @inode: of it
 * @grove: the trees, which are cut off where another namespace begins
 */
struct nsgroup {
	uint64_t inode;
	struct grove grove;
};

/**
 * nstype_split() - cut trees apart by namespaces
 * @grove: them, whose inodes were read; empty afterwards
 * @type: of the namespaces
 * @groups: set to them, in the order in which they are met; to be given to
 *	nsgroup_free(), also after an error
 * @length: set to how many they are
 *
 * Return: 0 or -ENOMEM.
 */
int nstype_split(struct grove *grove, enum nstype type, struct nsgroup **groups,
		 size_t *length);

/**
 * nsgroup_free() - give them back
 * @groups: from nstype_split()
 * @length: how many
 */
void nsgroup_free(struct nsgroup *groups, size_t length);

#endif
