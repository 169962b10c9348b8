// SPDX-License-Identifier: GPL-2.0
/*
 * task_iter.bpf.c owns what a BPF iterator tells of each process: as little as
 * a tree can be made of. It is built without the kernel's headers; libbpf finds
 * where the members are on the kernel that runs.
 */
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include "task_iter.h"

struct seq_file;

struct task_struct {
	int pid;
	int tgid;
	struct task_struct *real_parent;
	int exit_state;
	__u64 start_boottime;
	char comm[16];
} __attribute__((preserve_access_index));

struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
} __attribute__((preserve_access_index));

char _license[] SEC("license") = "GPL";

SEC("iter/task")
int tell_task(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct task_told told;

	if (!task || task->pid != task->tgid)
		return 0;
	told.tgid = task->tgid;
	told.ppid = task->real_parent->tgid;
	told.start = task->start_boottime;
	told.exited = task->exit_state;
	told.pad = 0;
	__builtin_memcpy(told.comm, task->comm, sizeof(told.comm));
	bpf_seq_write(ctx->meta->seq, &told, sizeof(told));
	return 0;
}
