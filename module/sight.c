// SPDX-License-Identifier: GPL-2.0
/*
 * sight.c owns what a reader may see: of the living exactly what the procfs
 * mount he looks through shows him. It does not repeat procfs's rule but asks
 * procfs itself, by looking up /proc/PID/stat as the reader, so hidepid=, gid=
 * and security modules have their say. Of the dead procfs says nothing: they
 * are for those who may see everything, and for their owner where nothing is
 * hidden.
 *
 * A file may be read by somebody else than who opened it. He sees no more than
 * either of them may.
 */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>

#include "compat.h"
#include "sight.h"

/**
 * ptree_eye_new - look through a procfs mount
 * @procfs: its root folder, opened; NULL to look without one
 *
 * Context: may sleep; the opener's own.
 * Return: the eye, for ptree_eye_put(); -EINVAL when that is no such folder;
 * -ENOMEM.
 */
struct ptree_eye *ptree_eye_new(struct file *procfs)
{
	struct ptree_eye *eye;

	if (procfs && (procfs->f_path.mnt->mnt_sb->s_magic != PROC_SUPER_MAGIC ||
		       procfs->f_path.dentry != procfs->f_path.mnt->mnt_sb->s_root))
		return ERR_PTR(-EINVAL);
	eye = kzalloc(sizeof(*eye), GFP_KERNEL_ACCOUNT);
	if (!eye)
		return ERR_PTR(-ENOMEM);
	refcount_set(&eye->refs, 1);
	eye->cred = get_current_cred();
	if (procfs) {
		eye->procfs = procfs->f_path;
		path_get(&eye->procfs);
		eye->pid_ns = proc_pid_ns(procfs->f_path.mnt->mnt_sb);
	} else {
		eye->pid_ns = task_active_pid_ns(current);
	}
	get_pid_ns(eye->pid_ns);
	return eye;
}

/**
 * ptree_eye_get - take a reference
 * @eye: made by ptree_eye_new()
 *
 * Context: any.
 * Return: @eye.
 */
struct ptree_eye *ptree_eye_get(struct ptree_eye *eye)
{
	refcount_inc(&eye->refs);
	return eye;
}

/**
 * ptree_eye_put - let go of a reference
 * @eye: made by ptree_eye_new()
 *
 * Context: may sleep.
 */
void ptree_eye_put(struct ptree_eye *eye)
{
	if (!refcount_dec_and_test(&eye->refs))
		return;
	if (eye->procfs.mnt)
		path_put(&eye->procfs);
	put_pid_ns(eye->pid_ns);
	put_cred(eye->cred);
	kfree(eye);
}

/**
 * ptree_eye_ns - whose numbers it shows
 * @eye: the eye
 *
 * Context: any.
 * Return: the inum of the pid namespace.
 */
u32 ptree_eye_ns(const struct ptree_eye *eye)
{
	return eye->pid_ns->ns.inum;
}

/* Whether the opener passes a test. */
static bool opener(const struct ptree_eye *eye,
		   bool (*test)(const struct ptree_eye *eye))
{
	const struct cred *old = override_creds(eye->cred);
	bool passed = test(eye);

	revert_creds(old);
	return passed;
}

static bool may_see_all(const struct ptree_eye *eye)
{
	return ns_capable_noaudit(eye->pid_ns->user_ns, CAP_SYS_PTRACE);
}

static bool in_group_of_mount(const struct ptree_eye *eye)
{
	return in_group_p(proc_sb_info(eye->procfs.mnt->mnt_sb)->pid_gid);
}

/**
 * ptree_light_get - find out what an eye shows to the current reader
 * @light: filled in; good until he or the mount changes
 * @eye: through which he looks
 * @tree: at what
 *
 * Context: the reader's own.
 * Return: 0, or -EACCES when nobody can say what he may see.
 */
int ptree_light_get(struct ptree_light *light, const struct ptree_eye *eye,
		    struct ptree *tree)
{
	int hide;

	light->eye = eye;
	light->tree = tree;
	light->reader_all = may_see_all(eye);
	light->opener_all = opener(eye, may_see_all);
	light->filtered = false;
	light->bare = false;
	if (!eye->procfs.mnt)
		return ptree_light_full(light) ? 0 : -EACCES;
	hide = READ_ONCE(proc_sb_info(eye->procfs.mnt->mnt_sb)->hide_pid);
	light->filtered = hide != HIDEPID_OFF &&
			  (hide == HIDEPID_NOT_PTRACEABLE ||
			   !in_group_of_mount(eye) ||
			   !(light->opener_all ||
			     opener(eye, in_group_of_mount)));
	light->bare = hide == HIDEPID_NO_ACCESS;
	return 0;
}

static int look_as_current(const struct ptree_eye *eye, const char *name)
{
	struct path path;
	int err;

	err = vfs_path_lookup(eye->procfs.dentry, eye->procfs.mnt, name, 0,
			      &path);
	if (!err)
		path_put(&path);
	return err;
}

static enum ptree_sight look(const struct ptree_light *light, pid_t nr)
{
	char name[sizeof("2147483647/stat")];
	const struct ptree_eye *eye = light->eye;
	const struct cred *old;
	int err;

	snprintf(name, sizeof(name), "%d/stat", nr);
	err = look_as_current(eye, name);
	if (!err && eye->cred != current_cred()) {
		old = override_creds(eye->cred);
		err = look_as_current(eye, name);
		revert_creds(old);
	}
	if (!err)
		return PTREE_FULL;
	/*
	 * hidepid=1 shows that there is one, and refuses to go in. The others
	 * refuse as well when somebody else's lookup has left a dentry.
	 */
	return light->bare && (err == -EPERM || err == -EACCES) ? PTREE_BARE :
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

/* As ptrace does it, so that he who changes his user is nobody's for a while. */
static bool owned_by(const struct ptree_record *record, const struct cred *cred)
{
	u32 user = __kuid_val(cred->fsuid);

	return record->cred.uid == user && record->cred.euid == user;
}

static bool may_see_dead(const struct ptree_light *light, bool own)
{
	return ptree_light_full(light) || (own && !light->filtered);
}

/**
 * ptree_sight_ask - the part of ptree_sight_of() that has to ask
 * @light: what he sees by
 * @record: of the task, which has a number that he could see
 *
 * Context: may sleep; the reader's own.
 * Return: as ptree_sight_of().
 */
enum ptree_sight ptree_sight_ask(const struct ptree_light *light,
				 const struct ptree_record *record)
{
	enum ptree_sight sight;
	bool own;

	own = (light->reader_all || owned_by(record, current_cred())) &&
	      (light->opener_all || owned_by(record, light->eye->cred));
	if (record->state == PTREE_DEAD)
		return may_see_dead(light, own) ? PTREE_OWN : PTREE_HIDDEN;
	if (light->filtered) {
		sight = look(light, record->tgid);
		if (!still_lives(light->tree, record->id))
			return may_see_dead(light, own) ? PTREE_OWN :
							  PTREE_HIDDEN;
		if (sight != PTREE_FULL)
			return sight;
	}
	return own ? PTREE_OWN : PTREE_FULL;
}

/**
 * ptree_sight_ask_birth - the part of ptree_sight_of_birth() that has to ask
 * @light: what he sees by
 * @record: of the process
 *
 * Context: may sleep; the reader's own.
 * Return: whether it was born to a living process in sight.
 */
bool ptree_sight_ask_birth(const struct ptree_light *light,
			   const struct ptree_record *record)
{
	return record->birth_nr &&
	       look(light, record->birth_nr) == PTREE_FULL &&
	       still_lives(light->tree, record->birth_id);
}

/**
 * ptree_sight_get - find out what the reader may see of a snapshot
 * @light: what he sees by
 * @snapshot: of living processes
 * @sight: set to an enum ptree_sight for each record, for the caller to
 *	kvfree(), or to NULL when he may see all
 *
 * Context: may sleep; the reader's own.
 * Return: 0 or -ENOMEM.
 */
int ptree_sight_get(const struct ptree_light *light,
		    const struct ptree_snapshot *snapshot, u8 **sight)
{
	bool denied = false;
	size_t i;
	u8 *s;

	*sight = NULL;
	if (!light->filtered)
		return 0;
	s = kvmalloc(snapshot->nr + 1, GFP_KERNEL_ACCOUNT);
	if (!s)
		return -ENOMEM;
	for (i = 0; i < snapshot->nr; i++) {
		const struct ptree_record *record = &snapshot->records[i];

		s[i] = look(light, record->tgid);
		if (still_lives(light->tree, record->id))
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
