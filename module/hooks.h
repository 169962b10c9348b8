/* SPDX-License-Identifier: GPL-2.0 */
/* hooks.h: what feeds a tree from the live kernel. */
#ifndef PTREE_HOOKS_H
#define PTREE_HOOKS_H

#include "snapshot.h"

struct ptree_info;
struct task_struct;

extern const struct ptree_source ptree_live_source;

int ptree_hooks_start(struct ptree *tree, bool use_kprobes);
void ptree_hooks_stop(void);
pid_t ptree_hooks_tracer(const struct task_struct *task,
			 const struct ptree_ns *ns);
void ptree_hooks_info(struct ptree_info *info);
int ptree_hooks_counters(char *buffer, size_t size);

#endif
