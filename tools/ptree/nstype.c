// SPDX-License-Identifier: GPL-2.0
/* nstype.c owns the namespaces that /proc/PID/ns tells of. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "nstype.h"

static const char *const names[] = {
	[NSTYPE_CGROUP] = "cgroup", [NSTYPE_IPC] = "ipc",
	[NSTYPE_MNT] = "mnt",	    [NSTYPE_NET] = "net",
	[NSTYPE_PID] = "pid",	    [NSTYPE_USER] = "user",
	[NSTYPE_UTS] = "uts",	    [NSTYPE_TIME] = "time",
};

const char *nstype_name(enum nstype type)
{
	return names[type];
}

/* Returns 0 or a negative errno. */
static int read_inode(const char *pid, enum nstype type, uint64_t *inode)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%s/ns/%s", pid, names[type]);
	if (stat(path, &st))
		return -errno;
	*inode = st.st_ino;
	return 0;
}

int nstype_parse(const char *name, enum nstype *type)
{
	uint64_t inode;
	int i;

	for (i = 0; i < NSTYPES; i++)
		if (!strcmp(name, names[i])) {
			*type = i;
			return read_inode("self", i, &inode);
		}
	return -EINVAL;
}

bool nstype_read(struct node *node)
{
	const struct ptree_task *task = node->task;
	bool all = true;
	char pid[12];
	int type, err;

	if (!task || node->dead)
		return true;
	snprintf(pid, sizeof(pid), "%d", node->pid);
	for (type = 0; type < NSTYPES; type++) {
		err = read_inode(pid, type, &node->inodes[type]);
		if (err && type == NSTYPE_PID && task->pidns)
			node->inodes[type] = task->pidns;
		else if (err == -EACCES || err == -EPERM)
			all = false;
	}
	return all;
}

static struct nsgroup *find_group(struct nsgroup **groups, size_t *length,
				  uint64_t inode)
{
	struct nsgroup *more;
	size_t i;

	for (i = 0; i < *length; i++)
		if ((*groups)[i].inode == inode)
			return &(*groups)[i];
	more = reallocarray(*groups, *length + 1, sizeof(**groups));
	if (!more)
		return NULL;
	*groups = more;
	more[*length] = (struct nsgroup){ .inode = inode };
	return &more[(*length)++];
}

static bool begins(const struct node *top, const struct node *node,
		   enum nstype type)
{
	return node == top || node->inodes[type] != node->parent->inodes[type];
}

/* Nothing is cut off yet: the walk needs it. */
static int sort_tree(struct node *top, enum nstype type,
		     struct nsgroup **groups, size_t *length)
{
	struct nsgroup *group;
	struct node *node;

	for (node = top; node; node = node_after(top, node)) {
		if (!begins(top, node, type))
			continue;
		group = find_group(groups, length, node->inodes[type]);
		if (!group || grove_add(&group->grove, node))
			return -ENOMEM;
	}
	return 0;
}

static void cut_off(struct nsgroup *groups, size_t length)
{
	size_t i, j;

	for (i = 0; i < length; i++)
		for (j = 0; j < groups[i].grove.length; j++) {
			node_unlink(groups[i].grove.nodes[j]);
			groups[i].grove.nodes[j]->parent = NULL;
		}
}

int nstype_split(struct grove *grove, enum nstype type, struct nsgroup **groups,
		 size_t *length)
{
	int err = 0;
	size_t i;

	*groups = NULL;
	*length = 0;
	for (i = 0; i < grove->length && !err; i++)
		err = sort_tree(grove->nodes[i], type, groups, length);
	if (!err)
		cut_off(*groups, *length);
	grove_free(grove);
	return err;
}

void nsgroup_free(struct nsgroup *groups, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		grove_free(&groups[i].grove);
	free(groups);
}
