// SPDX-License-Identifier: GPL-2.0
/* main.c owns the order in which everything starts, and its mirror at the end. */
#define pr_fmt(fmt) "ptree: " fmt

#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "compat.h"
#include "dev.h"
#include "hooks.h"
#include "proc.h"

static struct ptree tree;

static unsigned int history = 4096;
module_param(history, uint, 0444);
MODULE_PARM_DESC(history, "Dead tasks to remember beyond those that the living descend from (4096)");

static bool kprobes = true;
module_param(kprobes, bool, 0444);
MODULE_PARM_DESC(kprobes, "Use kprobes to hear of changes sooner (Y)");

static unsigned int pool = 4096;
module_param(pool, uint, 0444);
MODULE_PARM_DESC(pool, "Spare objects of each kind to hold ready (4096)");

static int fail_set(const char *value, const struct kernel_param *param)
{
	unsigned int every;
	int err, kind;

	err = kstrtouint(value, 0, &every);
	if (err)
		return err;
	for (kind = 0; kind < PTREE_POOLS; kind++)
		WRITE_ONCE(tree.pools[kind].fail_every, every);
	return 0;
}

static int fail_get(char *buffer, const struct kernel_param *param)
{
	return sprintf(buffer, "%u\n", tree.pools[0].fail_every);
}

static const struct kernel_param_ops fail_ops = {
	.set = fail_set,
	.get = fail_get,
};
module_param_cb(fail_every, &fail_ops, NULL, 0600);
MODULE_PARM_DESC(fail_every, "For tests: let one in so many takes of an object fail (0)");

static int counters_get(char *buffer, const struct kernel_param *param)
{
	return ptree_hooks_counters(buffer, PAGE_SIZE);
}

static const struct kernel_param_ops counters_ops = {
	.get = counters_get,
};
module_param_cb(counters, &counters_ops, NULL, 0444);
MODULE_PARM_DESC(counters, "What happened so far, one name and number a line");

/* One bucket for every 64 KiB of memory, as tables of the kernel's are sized. */
static unsigned int table_bits(void)
{
	u64 buckets = (u64)totalram_pages() << PAGE_SHIFT >> 16;

	return clamp(ilog2(buckets | 1), 10, 18);
}

static int __init ptree_start(void)
{
	int err;

	if (pool < 256 || pool > 1 << 20) {
		pr_err("pool=%u is not between 256 and 1048576\n", pool);
		return -EINVAL;
	}
	err = ptree_init(&tree, "ptree", table_bits(), pool, history);
	if (err)
		return err;
	err = ptree_hooks_start(&tree, kprobes);
	if (err)
		goto out_destroy;
	err = ptree_proc_start(&tree);
	if (err)
		goto out_hooks;
	err = ptree_dev_start(&tree);
	if (err)
		goto out_proc;
	return 0;

out_proc:
	ptree_proc_stop();
out_hooks:
	ptree_hooks_stop();
out_destroy:
	ptree_destroy(&tree);
	return err;
}

static void __exit ptree_stop(void)
{
	ptree_dev_stop();
	ptree_proc_stop();
	ptree_hooks_stop();
	ptree_destroy(&tree);
}

module_init(ptree_start);
module_exit(ptree_stop);

MODULE_DESCRIPTION("Shadow process tree");
MODULE_AUTHOR("the ptree developers");
MODULE_LICENSE("GPL");
