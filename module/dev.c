// SPDX-License-Identifier: GPL-2.0
/*
 * dev.c owns /dev/ptree: it checks what programs ask, has it answered, and
 * copies it. include/uapi/linux/ptree.h is the contract.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "audit.h"
#include "dev.h"
#include "hooks.h"
#include "query.h"
#include "watch.h"

static struct ptree *shown;
static u64 load_id;
static u64 load_ns;

/**
 * struct door - one open of the device
 * @mutex: @eye
 * @eye: through which it looks; owned
 */
struct door {
	struct mutex mutex; /* for @eye */
	struct ptree_eye *eye;
};

/*
 * Copy a reply out: what the caller has no room for is left off, and what he
 * has more room for is zero.
 */
static int reply(void __user *to, size_t room, const void *from, size_t size)
{
	if (copy_to_user(to, from, min(room, size)))
		return -EFAULT;
	if (room > size && clear_user(to + size, room - size))
		return -EFAULT;
	return 0;
}

static long do_info(struct door *door, struct ptree_eye *eye, void __user *arg,
		    size_t size)
{
	struct ptree_info info = {
		.commands = BIT_ULL(_IOC_NR(PTREE_IOC_AUDIT) + 1) - 1,
		.mask = PTREE_PACK_MASK,
		.load_id = load_id,
		.load_ns = load_ns,
		.pidns = ptree_eye_ns(eye),
		.watches = ptree_watch_count(),
	};

	ptree_hooks_info(&info);
	return reply(arg, size, &info, sizeof(info));
}

static long do_procfs(struct door *door, struct ptree_eye *eye,
		      void __user *arg, size_t size)
{
	struct ptree_procfs procfs;
	struct ptree_eye *old;
	struct file *file;
	int err;

	err = copy_struct_from_user(&procfs, sizeof(procfs), arg, size);
	if (err)
		return err;
	if (procfs.flags)
		return -EINVAL;
	file = fget_raw(procfs.fd);
	if (!file)
		return -EBADF;
	eye = ptree_eye_new(file);
	fput(file);
	if (IS_ERR(eye))
		return PTR_ERR(eye);
	mutex_lock(&door->mutex);
	old = door->eye;
	door->eye = eye;
	mutex_unlock(&door->mutex);
	ptree_eye_put(old);
	return 0;
}

static long do_query(struct ptree_eye *eye, void __user *arg, size_t size,
		     int (*ask)(const struct ptree_light *light,
				const struct ptree_query *query,
				struct ptree_answer *answer))
{
	struct ptree_answer answer = {};
	struct ptree_query query;
	struct ptree_light light;
	int err;

	err = copy_struct_from_user(&query, sizeof(query), arg, size);
	if (err)
		return err;
	err = ptree_light_get(&light, eye, shown);
	if (!err)
		err = ask(&light, &query, &answer);
	if (err)
		goto out_free;
	query.nr = answer.nr;
	query.used = answer.size;
	query.seq = answer.seq;
	if (answer.size > query.size)
		err = -ENOSPC;
	else if (copy_to_user(u64_to_user_ptr(query.buf), answer.bytes,
			      answer.size))
		err = -EFAULT;
	if (!err || err == -ENOSPC)
		err = reply(arg, size, &query, sizeof(query)) ?: err;
out_free:
	kvfree(answer.bytes);
	return err;
}

static long do_get(struct door *door, struct ptree_eye *eye, void __user *arg,
		   size_t size)
{
	return do_query(eye, arg, size, ptree_query_get);
}

static long do_ancestry(struct door *door, struct ptree_eye *eye,
			void __user *arg, size_t size)
{
	return do_query(eye, arg, size, ptree_query_ancestry);
}

static long do_members(struct door *door, struct ptree_eye *eye,
		       void __user *arg, size_t size)
{
	return do_query(eye, arg, size, ptree_query_members);
}

static long do_translate(struct door *door, struct ptree_eye *eye,
			 void __user *arg, size_t size)
{
	struct ptree_translate translate;
	struct ptree_light light;
	int err;

	err = copy_struct_from_user(&translate, sizeof(translate), arg, size);
	if (!err)
		err = ptree_light_get(&light, eye, shown);
	if (!err)
		err = ptree_query_translate(&light, &translate);
	if (!err)
		err = reply(arg, size, &translate, sizeof(translate));
	return err;
}

static long do_watch(struct door *door, struct ptree_eye *eye, void __user *arg,
		     size_t size)
{
	struct ptree_watch watch;
	int err;

	err = copy_struct_from_user(&watch, sizeof(watch), arg, size);
	return err ?: ptree_watch_open(shown, eye, &watch);
}

/* Both who opened the door and who asks: it is the whole machine that waits. */
static bool may_audit(const struct ptree_eye *eye)
{
	const struct cred *old;
	bool may;

	if (!capable(CAP_SYS_ADMIN))
		return false;
	old = override_creds(eye->cred);
	may = capable(CAP_SYS_ADMIN);
	revert_creds(old);
	return may;
}

static long do_audit(struct door *door, struct ptree_eye *eye, void __user *arg,
		     size_t size)
{
	struct ptree_finding *findings = NULL;
	struct ptree_audit audit;
	size_t room;
	int err;

	err = copy_struct_from_user(&audit, sizeof(audit), arg, size);
	if (err)
		return err;
	if (audit.flags)
		return -EINVAL;
	if (!may_audit(eye))
		return -EPERM;
	audit.transient = 0;
	err = ptree_audit_run(shown, &audit, &findings);
	if (err)
		return err;
	audit.used = audit.nr * sizeof(*findings);
	room = min_t(u64, audit.size, audit.used);
	room -= room % sizeof(*findings);
	if (copy_to_user(u64_to_user_ptr(audit.buf), findings, room))
		err = -EFAULT;
	else
		err = reply(arg, size, &audit, sizeof(audit));
	kvfree(findings);
	return err;
}

/**
 * struct command - a command
 * @run: does it
 * @least: how much of its struct every caller has
 */
struct command {
	long (*run)(struct door *door, struct ptree_eye *eye, void __user *arg,
		    size_t size);
	size_t least;
};

#define COMMAND(name, function, type)				    \
	[_IOC_NR(PTREE_IOC_##name)] = {				    \
		.run = function,				    \
		.least = PTREE_##type##_SIZE_VER0,		    \
	}

static const struct command command_table[] = {
	COMMAND(INFO, do_info, INFO),
	COMMAND(PROCFS, do_procfs, PROCFS),
	COMMAND(GET, do_get, QUERY),
	COMMAND(ANCESTRY, do_ancestry, QUERY),
	COMMAND(MEMBERS, do_members, QUERY),
	COMMAND(TRANSLATE, do_translate, TRANSLATE),
	COMMAND(WATCH, do_watch, WATCH),
	COMMAND(AUDIT, do_audit, AUDIT),
};

static const struct command *command_of(unsigned int nr)
{
	return nr < ARRAY_SIZE(command_table) ? &command_table[nr] : NULL;
}

static void check_sizes(void)
{
	BUILD_BUG_ON(sizeof(struct ptree_info) != PTREE_INFO_SIZE_VER0);
	BUILD_BUG_ON(sizeof(struct ptree_procfs) != PTREE_PROCFS_SIZE_VER0);
	BUILD_BUG_ON(sizeof(struct ptree_query) != PTREE_QUERY_SIZE_VER0);
	BUILD_BUG_ON(sizeof(struct ptree_translate) !=
		     PTREE_TRANSLATE_SIZE_VER0);
	BUILD_BUG_ON(sizeof(struct ptree_watch) != PTREE_WATCH_SIZE_VER0);
	BUILD_BUG_ON(sizeof(struct ptree_gone) != 24);
	BUILD_BUG_ON(sizeof(struct ptree_sync) != 16);
	BUILD_BUG_ON(sizeof(struct ptree_lost) != 24);
	BUILD_BUG_ON(sizeof(struct ptree_audit) != PTREE_AUDIT_SIZE_VER0);
	BUILD_BUG_ON(sizeof(struct ptree_finding) != 40);
	BUILD_BUG_ON(ARRAY_SIZE(command_table) != _IOC_NR(PTREE_IOC_AUDIT) + 1);
}

static long door_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct command *command = command_of(_IOC_NR(cmd));
	struct door *door = file->private_data;
	struct ptree_eye *eye;
	long ret;

	check_sizes();
	if (_IOC_TYPE(cmd) != PTREE_IOC_MAGIC || !command)
		return -ENOTTY;
	if (_IOC_SIZE(cmd) < command->least)
		return -EINVAL;
	mutex_lock(&door->mutex);
	eye = ptree_eye_get(door->eye);
	mutex_unlock(&door->mutex);
	ret = command->run(door, eye, (void __user *)arg, _IOC_SIZE(cmd));
	ptree_eye_put(eye);
	return ret;
}

static int door_open(struct inode *inode, struct file *file)
{
	struct door *door = kzalloc(sizeof(*door), GFP_KERNEL_ACCOUNT);

	if (!door)
		return -ENOMEM;
	door->eye = ptree_eye_new(NULL);
	if (IS_ERR(door->eye)) {
		kfree(door);
		return -ENOMEM;
	}
	mutex_init(&door->mutex);
	file->private_data = door;
	return 0;
}

static int door_release(struct inode *inode, struct file *file)
{
	struct door *door = file->private_data;

	ptree_eye_put(door->eye);
	kfree(door);
	return 0;
}

static const struct file_operations door_fops = {
	.owner = THIS_MODULE,
	.open = door_open,
	.release = door_release,
	.unlocked_ioctl = door_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

/* Everybody may ask: what he is told is decided by what he looks through. */
static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "ptree",
	.fops = &door_fops,
	.mode = 0666,
};

/**
 * ptree_dev_start - let programs ask about a tree
 * @tree: the tree, fed by the live source
 *
 * Context: may sleep.
 * Return: 0 or -errno.
 */
int ptree_dev_start(struct ptree *tree)
{
	shown = tree;
	load_ns = ktime_get_boottime_ns();
	do {
		load_id = get_random_u64();
	} while (!load_id);
	return misc_register(&device);
}

/**
 * ptree_dev_stop - let them no more
 *
 * Context: may sleep. Nobody has it open: whoever does holds the module.
 */
void ptree_dev_stop(void)
{
	misc_deregister(&device);
}
