/* SPDX-License-Identifier: GPL-2.0 */
/* group.h: process groups and sessions. */
#ifndef PTREE_GROUP_H
#define PTREE_GROUP_H

#include "tree.h"

/**
 * ptree_for_each_member - walk a process group or session
 * @process: struct ptree_process * that walks
 * @pid: struct ptree_pid * whose number the group or session has
 * @type: enum ptree_group_type
 */
#define ptree_for_each_member(process, pid, type)                    \
	hlist_for_each_entry(process, &(pid)->members[type], member[type])

bool ptree_group_join(struct ptree *tree, struct ptree_process *process,
		      enum ptree_group_type type, struct ptree_pid *pid);
void ptree_group_leave(struct ptree *tree, struct ptree_process *process,
		       enum ptree_group_type type);
struct ptree_process *ptree_group_leader(const struct ptree_pid *pid);
bool ptree_group_orphaned(struct ptree *tree, const struct ptree_pid *pgrp);

/**
 * ptree_process_leads_session - whether a session is named after a process
 * @process: the process, alive or dead
 *
 * Return: true if so; ps(1) then writes "s".
 */
static inline bool
ptree_process_leads_session(const struct ptree_process *process)
{
	return process->group[PTREE_SESSION] == process->leader->pid;
}

#endif
