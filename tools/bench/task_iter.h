/* SPDX-License-Identifier: GPL-2.0 */
/* task_iter.h: what the BPF iterator of this bench tells of a process. */
#ifndef PTREE_BENCH_TASK_ITER_H
#define PTREE_BENCH_TASK_ITER_H

#include <linux/types.h>

/**
 * struct task_told - a process
 * @tgid: its number
 * @ppid: its parent's
 * @start: when it was born, CLOCK_BOOTTIME in ns
 * @exited: not 0 for a zombie
 * @pad: zero
 * @comm: its name
 */
struct task_told {
	__s32 tgid;
	__s32 ppid;
	__u64 start;
	__s32 exited;
	__s32 pad;
	char comm[16];
};

#endif
