/* SPDX-License-Identifier: GPL-2.0 */
/* event.h: the whole language in which hooks speak to the core. */
#ifndef PTREE_EVENT_H
#define PTREE_EVENT_H

#include "tree.h"

/**
 * enum ptree_event_kind - what happened, and which members tell it
 * @PTREE_EV_FORK: @task was attached. Its process is new when it is @leader.
 *	@creator is who called clone, NULL when nobody knows; @other is the
 *	parent; @signal, @pid, @group, @now (its birth), @cred, @comm, @tty,
 *	@clone_flags, @node_flags, @process_flags. A task that is known already only learns
 *	its creator.
 * @PTREE_EV_EXEC: @task executes another program: @comm, @cred, both flags
 * @PTREE_EV_SWAP: @task executes and takes number and place of its leader @other
 * @PTREE_EV_EXIT: @task begins to exit: @now, @exit_code, and as ATTR
 * @PTREE_EV_ZOMBIE: @task has handed over its children: @exit_code
 * @PTREE_EV_PARENT: the process of @task is now a child of @other; NULL or an
 *	unknown task makes it a root
 * @PTREE_EV_GROUP: the process of @task is now in @group
 * @PTREE_EV_ATTR: @task was seen with @comm, @cred and both flags
 * @PTREE_EV_TTY: the process of @task was seen with @tty
 * @PTREE_EV_RELEASE: the numbers of @task were given up: @now, @exit_code
 */
enum ptree_event_kind {
	PTREE_EV_FORK,
	PTREE_EV_EXEC,
	PTREE_EV_SWAP,
	PTREE_EV_EXIT,
	PTREE_EV_ZOMBIE,
	PTREE_EV_PARENT,
	PTREE_EV_GROUP,
	PTREE_EV_ATTR,
	PTREE_EV_TTY,
	PTREE_EV_RELEASE,
};

/**
 * struct ptree_event - one thing that happened, as plain values
 * @kind: enum ptree_event_kind
 * @task: key of the task it happened to
 * @node: the node of that task, NULL when the caller has not looked it up
 * @leader: key of the task that leads its process
 * @signal: the address of their signal_struct
 * @other: key of a second task, as @kind says
 * @creator: the node of the task that gave birth to it
 * @pid: its numbers, from this tree; the caller holds the reference
 * @group: its process group and session, likewise
 * @now: CLOCK_BOOTTIME in ns
 * @clone_flags: CLONE_* it was born with
 * @exit_code: as wait(2) reports it
 * @tty: device number of the controlling terminal
 * @node_flags: PTREE_N_FLAGS_SET, and PTREE_N_SEEDED at birth
 * @process_flags: PTREE_P_FLAGS_SET
 * @cred: whose it is
 * @comm: its name, ends in NUL
 */
struct ptree_event {
	enum ptree_event_kind kind;
	const void *task;
	struct ptree_node *node;
	const void *leader;
	const void *signal;
	const void *other;
	struct ptree_node *creator;
	struct ptree_pid *pid;
	struct ptree_pid *group[PTREE_GROUP_TYPES];
	u64 now;
	u64 clone_flags;
	u32 exit_code;
	u32 tty;
	u32 node_flags;
	u32 process_flags;
	struct ptree_cred cred;
	char comm[PTREE_COMM_LEN];
};

#endif
