// SPDX-License-Identifier: GPL-2.0
/*
 * sight.c owns what a reader may see: exactly what the procfs mount he reads
 * through shows him. It does not repeat procfs's rule but asks procfs itself,
 * by looking up /proc/PID/stat as the reader, so hidepid=, gid= and security
 * modules have their say.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/namei.h>
#include <linux/proc_fs.h>

#include "compat.h"
#include "sight.h"
#include "view.h"

static enum ptree_sight look(struct file *file, int hide, pid_t nr)
{
	struct super_block *sb = file_inode(file)->i_sb;
	char name[sizeof("2147483647/stat")];
	struct path path;
	int err;

	snprintf(name, sizeof(name), "%d/stat", nr);
	err = vfs_path_lookup(sb->s_root, file->f_path.mnt, name, 0, &path);
	if (!err) {
		path_put(&path);
		return PTREE_FULL;
	}
	/*
	 * hidepid=1 shows that there is one, and refuses to go in. The others
	 * refuse as well when somebody else's lookup has left a dentry.
	 */
	return hide == HIDEPID_NO_ACCESS && (err == -EPERM || err == -EACCES) ?
		       PTREE_BARE :
		       PTREE_HIDDEN;
}

/* If not, the number may name another process by now, and that was asked for. */
static bool still_lives(struct ptree *tree, u64 id)
{
	const struct ptree_node *node;
	unsigned long irqflags;
	bool lives;

	raw_spin_lock_irqsave(&tree->lock, irqflags);
	node = ptree_find_id(tree, id);
	lives = node && node->state != PTREE_DEAD;
	raw_spin_unlock_irqrestore(&tree->lock, irqflags);
	return lives;
}

/**
 * ptree_sight_get - find out what a reader may see of a snapshot
 * @file: /proc/ptree as he is just opening it
 * @tree: the tree
 * @snapshot: of it
 * @sight: set to an enum ptree_sight for each record, for the caller to
 *	kvfree(), or to NULL when he may see all
 *
 * Context: may sleep; the reader's own.
 * Return: 0 or -errno.
 */
int ptree_sight_get(struct file *file, struct ptree *tree,
		    const struct ptree_snapshot *snapshot, u8 **sight)
{
	struct proc_fs_info *info = proc_sb_info(file_inode(file)->i_sb);
	int hide = READ_ONCE(info->hide_pid);
	bool denied = false;
	size_t i;
	u8 *s;

	*sight = NULL;
	if (hide == HIDEPID_OFF)
		return 0;
	if (hide != HIDEPID_NOT_PTRACEABLE && in_group_p(info->pid_gid))
		return 0;

	s = kvmalloc(snapshot->nr + 1, GFP_KERNEL_ACCOUNT);
	if (!s)
		return -ENOMEM;
	for (i = 0; i < snapshot->nr; i++) {
		const struct ptree_record *record = &snapshot->records[i];

		s[i] = look(file, hide, record->tgid);
		if (still_lives(tree, record->id))
			denied |= s[i] != PTREE_FULL;
		else
			s[i] = PTREE_HIDDEN;
		cond_resched();
	}
	/* Whoever is denied none of the living may know of the dead too. */
	if (denied)
		*sight = s;
	else
		kvfree(s);
	return 0;
}
