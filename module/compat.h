/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat.h: the newest kernel's interfaces on older kernels. The only file
 * that may ask for a version; 5.10 to 7.x.
 */
#ifndef PTREE_COMPAT_H
#define PTREE_COMPAT_H

#include <linux/slab.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 10, 0)
#error "ptree needs Linux 5.10 or later"
#endif

/* 6.16: clone flags are 64 bits wide in every trace of them. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define PTREE_NEWTASK_FLAGS u64
#else
#define PTREE_NEWTASK_FLAGS unsigned long
#endif

/* 6.16: sched_process_exit says whether it is the last thread's. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define PTREE_EXIT_ARGS void *data, struct task_struct *task, bool group_dead
#else
#define PTREE_EXIT_ARGS void *data, struct task_struct *task
#endif

/* 6.15: change_pid() got a first argument more. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
#define PTREE_PID_ARGUMENTS 1
#else
#define PTREE_PID_ARGUMENTS 0
#endif

/*
 * 6.5: SLAB_NO_MERGE keeps a slab cache from being merged with its like, so
 * that slabtop shows what it costs. Before, a window for usercopy did.
 */
#ifndef SLAB_NO_MERGE
#define SLAB_NO_MERGE 0
#define kmem_cache_create(name, size, align, flags, ctor) \
	kmem_cache_create_usercopy(name, size, align, flags, 0, 1, ctor)
#endif

/* 5.17: PDE_DATA() was renamed. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 17, 0)
#define pde_data(inode) PDE_DATA(inode)
#endif

/* 6.4: a function for it is declared where modules can see it. */
struct dentry;
struct path;
struct vfsmount;
int vfs_path_lookup(struct dentry *dentry, struct vfsmount *mnt,
		    const char *name, unsigned int flags, struct path *path);

/* 5.14: the state of a task got another name, so that nobody misreads it. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
#define PTREE_TASK_STATE(task) READ_ONCE((task)->__state)
#else
#define PTREE_TASK_STATE(task) READ_ONCE((task)->state)
#endif

/* 5.12: io_uring's workers are threads of their user. linux/sched.h comes first. */
#ifndef PF_IO_WORKER
#define PF_IO_WORKER 0
#endif

/* 6.9: pidfds are files of a file system of their own. */
#include <linux/magic.h>
#ifndef PID_FS_MAGIC
#define PID_FS_MAGIC 0x50494446
#endif

/* 6.2, and Debian's 6.1: internals exported for KUnit alone. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 176)
#include <kunit/visibility.h>
#else
#define EXPORT_SYMBOL_IF_KUNIT(symbol)
#endif

/* 6.13: the namespace of imported symbols became a string. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define PTREE_IMPORT_KUNIT MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING")
#else
#define PTREE_IMPORT_KUNIT MODULE_IMPORT_NS(EXPORTED_FOR_KUNIT_TESTING)
#endif

#endif
