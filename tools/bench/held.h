/* SPDX-License-Identifier: GPL-2.0 */
/*
 * held.h owns a build of the module that measures how long the tree's lock is
 * held: it is included before everything else in each file of the module, and
 * nothing of the module is changed for it. Each function that lets go of the
 * lock has a line in /sys/module/ptree/parameters/held: its file, its name, the
 * longest hold in cycles, and how many there were. Under QEMU's -icount a cycle
 * is an instruction.
 *
 * What is shared is weak, so that the files of the module have it in common; one
 * of them, with PTREE_HELD_SHOWN, has the parameter.
 */
/* As those files have it that have their own. */
#define pr_fmt(fmt) "ptree: " fmt

#include <linux/moduleparam.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <asm/msr.h>

struct ptree_held {
	const char *file;
	const char *function;
	u64 longest;
	u64 times;
};

/* Under the lock itself; the last one is for all who found no room. */
struct ptree_held ptree_held[64] __weak;
u64 ptree_held_since __weak;

void __weak ptree_held_end(const char *file, const char *function)
{
	u64 took = rdtsc_ordered() - ptree_held_since;
	struct ptree_held *held;

	for (held = ptree_held; held < &ptree_held[63] && held->function; held++) {
		if (held->function == function)
			break;
	}
	held->file = file;
	held->function = function;
	held->longest = max(held->longest, took);
	held->times++;
}

/* What a spin_lock_irqsave() comes to has spinlock_check(...) for a lock. */
#define PTREE_HELD_MINE(lock) (#lock[0] == '&')

#undef raw_spin_lock_irqsave
#define raw_spin_lock_irqsave(lock, irqflags)                      \
	do {                                                       \
		irqflags = _raw_spin_lock_irqsave(lock);           \
		if (PTREE_HELD_MINE(lock))                         \
			ptree_held_since = rdtsc_ordered();        \
	} while (0)

#undef raw_spin_unlock_irqrestore
#define raw_spin_unlock_irqrestore(lock, irqflags)                 \
	do {                                                       \
		if (PTREE_HELD_MINE(lock))                         \
			ptree_held_end(KBUILD_BASENAME, __func__); \
		_raw_spin_unlock_irqrestore(lock, irqflags);       \
	} while (0)

#ifdef PTREE_HELD_SHOWN
static int ptree_held_get(char *buffer, const struct kernel_param *param)
{
	const struct ptree_held *held;
	int len = 0;

	for (held = ptree_held; held->function; held++)
		len += scnprintf(buffer + len, PAGE_SIZE - len, "%s %s %llu %llu\n",
				 held->file, held->function, held->longest, held->times);
	return len;
}

static const struct kernel_param_ops ptree_held_ops = {
	.get = ptree_held_get,
};
module_param_cb(held, &ptree_held_ops, NULL, 0444);
#endif
