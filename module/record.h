/* SPDX-License-Identifier: GPL-2.0 */
/* record.h: a node copied out, as one pid namespace sees it. */
#ifndef PTREE_RECORD_H
#define PTREE_RECORD_H

#include "tree.h"

/* What a record says with one bit. */
#define PTREE_R_LEADER		BIT(0) /* it stands for its process */
#define PTREE_R_SESSION_LEADER	BIT(1) /* it leads its session too */
#define PTREE_R_FOREGROUND	BIT(2) /* of its controlling terminal */
#define PTREE_R_KTHREAD		BIT(3) /* it is one of the kernel's */
#define PTREE_R_SEEDED		BIT(4) /* it is older than the module */
#define PTREE_R_INFERRED	BIT(5) /* nobody watched its birth */
#define PTREE_R_TRUNCATED	BIT(6) /* whom it was born to was evicted */
#define PTREE_R_SUBREAPER	BIT(7) /* it reaps its descendants */
#define PTREE_R_WITHIN		BIT(8) /* of &ptree_snapshot.within */

/**
 * struct ptree_record - one node at one moment, as plain values
 * @seq: of its last change; of two records of a node the later one counts
 * @id: of the node
 * @process_id: of its process
 * @start_ns: CLOCK_BOOTTIME
 * @exit_ns: CLOCK_BOOTTIME, 0 while it runs
 * @clone_flags: CLONE_* it was born with
 * @comm: its name, not escaped, ends in NUL
 * @cred: whose it is
 * @tid: its number; like all numbers here 0 where the namespace can't see it
 * @tgid: its process's number
 * @exit_code: as wait(2) reports it
 * @tracer: the number of the task that traces it, 0 for none
 * @flags: PTREE_R_*
 * @pidns: inum of its innermost namespace
 * @inner: where in &ptree_snapshot.inner its numbers further in begin
 * @levels: in how many namespaces, from this one inward, it has a number
 * @state: enum ptree_state
 * @letter: its scheduling state as /proc/PID/stat writes it
 * @parent_id: of its parent's process, 0 for a root
 * @birth_id: of the process it was born to, 0 when that is not known
 * @birth_thread: of the node there that called fork
 * @group: what tells its process group and session from others; not to be
 *	looked behind
 * @ppid: its parent's number
 * @birth_nr: the number of the process it was born to
 * @pgid: its process group
 * @sid: its session
 * @threads: how many threads its process has
 * @exec_count: execs seen
 * @reparented: how many times it got another parent
 * @tty: device number of its controlling terminal, 0 for none
 *
 * What all threads of a process share, from @parent_id on and those PTREE_R_ that
 * speak of a process, is in the record of its leader only, and zero in the others.
 * @process_id leads there.
 */
struct ptree_record {
	u64 seq;
	u64 id;
	u64 process_id;
	u64 start_ns;
	u64 exit_ns;
	u64 clone_flags;
	char comm[PTREE_COMM_LEN];
	struct ptree_cred cred;
	pid_t tid;
	pid_t tgid;
	u32 exit_code;
	pid_t tracer;
	u32 flags;
	u32 pidns;
	u32 inner;
	u16 levels;
	u8 state;
	char letter;
	/* What the threads of a process share. */
	u64 parent_id;
	u64 birth_id;
	u64 birth_thread;
	const void *group[PTREE_GROUP_TYPES];
	pid_t ppid;
	pid_t birth_nr;
	pid_t pgid;
	pid_t sid;
	u32 threads;
	u32 exec_count;
	u32 reparented;
	u32 tty;
};

void ptree_record_fill(struct ptree *tree, const struct ptree_node *node,
		       const struct ptree_ns *ns, struct ptree_record *record);
unsigned int ptree_record_inner(const struct ptree_node *node,
				const struct ptree_ns *ns, pid_t *inner);

#endif
