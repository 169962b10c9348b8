/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * ptree.h: what programs and the kernel say to each other through /dev/ptree.
 *
 * Commands are told apart by their number alone. Each takes one struct whose
 * size is part of the command, and which may grow at its end: a kernel takes a
 * smaller one as if the rest were zero, and a larger one if what it does not
 * know is zero, else it is -E2BIG. What the kernel fills in beyond its own size
 * is zero. Flags that it does not know are -EINVAL, commands -ENOTTY.
 *
 * What is read, from a watch or into a buffer, is a sequence of records. Each
 * begins with a struct ptree_head that tells its length, so that records may
 * grow, and kinds that a reader does not know be skipped.
 *
 * All numbers are those of one pid namespace, users and groups those of one
 * user namespace; see PTREE_IOC_PROCFS. What is outside is 0, users and groups
 * are the overflow ones. Times are CLOCK_BOOTTIME in ns.
 *
 * An id is a number that ptree gave to a task, and never gives to another one
 * as long as the module is loaded (&ptree_info.load_id). 0 is none.
 */
#ifndef _LINUX_PTREE_H
#define _LINUX_PTREE_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define PTREE_IOC_MAGIC 0xBE

/* Kinds of record: &ptree_head.type. */
#define PTREE_TYPE_TASK 1 /* struct ptree_task: a task as it is now */
#define PTREE_TYPE_GONE 2 /* struct ptree_gone: one that you see no more */
#define PTREE_TYPE_SYNC 3 /* struct ptree_sync: so far it is exact */
#define PTREE_TYPE_LOST 4 /* struct ptree_lost: start again from nothing */
#define PTREE_TYPE_FINDING 5 /* struct ptree_finding: where tree and kernel differ */

/**
 * struct ptree_head - the beginning of every record
 * @size: bytes from this head to the next one, a multiple of 8
 * @type: PTREE_TYPE_*
 * @fixed: bytes of it that are members; what follows them belongs to the last
 */
struct ptree_head {
	__u32 size;
	__u16 type;
	__u16 fixed;
};

/*
 * What of a record is filled in: &ptree_task.mask. The rest is zero, but for
 * the id. An ancestor that is not yours to see has no bit set at all; one of
 * which you may know the number only has the first.
 */
#define PTREE_MASK_NUMBERS (1ULL << 0) /* seq process_id tid tgid */
/* state letter tracer start_ns comm pidns nspid, flags */
#define PTREE_MASK_TASK	   (1ULL << 1)
#define PTREE_MASK_CRED	   (1ULL << 2) /* uid gid euid egid */
/* parent_id ppid pgid sid tty threads exec_count reparented, flags */
#define PTREE_MASK_PROCESS (1ULL << 3)
/* birth_id birth_thread birth_pid, flags */
#define PTREE_MASK_BIRTH   (1ULL << 4)
#define PTREE_MASK_SHARE   (1ULL << 5) /* clone_flags */
#define PTREE_MASK_EXIT	   (1ULL << 6) /* exit_ns exit_code */

/* Where a task is in its life: &ptree_task.state. */
#define PTREE_STATE_RUNNING 0 /* it has not exited, whatever the scheduler does */
#define PTREE_STATE_ZOMBIE  1 /* it has, and its number is still taken */
#define PTREE_STATE_DEAD    2 /* its number has been given up */

/* &ptree_task.flags: of a task ... */
#define PTREE_TASK_LEADER	  (1U << 0) /* it stands for its process */
#define PTREE_TASK_KTHREAD	  (1U << 3) /* it is one of the kernel's */
#define PTREE_TASK_SEEDED	  (1U << 4) /* it is older than the module */
/* ... of a process, in its leader's record, ... */
#define PTREE_TASK_SESSION_LEADER (1U << 1) /* it leads its session */
#define PTREE_TASK_FOREGROUND	  (1U << 2) /* its group has the terminal */
#define PTREE_TASK_SUBREAPER	  (1U << 7) /* it reaps its descendants */
/*
 * ... and of its birth. INFERRED: nobody watched it, and birth_id is who its
 * parent was when it was found. TRUNCATED: to whom it was born is forgotten.
 */
#define PTREE_TASK_INFERRED	  (1U << 5)
#define PTREE_TASK_TRUNCATED	  (1U << 6)

#define PTREE_COMM_SIZE 16

/**
 * struct ptree_task - a task at one moment
 * @head: PTREE_TYPE_TASK
 * @mask: PTREE_MASK_*, what of this is filled in
 * @seq: of its last change; of two records of a task the later one counts
 * @id: of the task
 * @process_id: of its process, which is the id of that one's leader
 * @parent_id: of its parent's process, 0 when that is outside or there is none
 * @birth_id: of the process that gave birth to it
 * @birth_thread: of the thread there that called clone
 * @start_ns: when it was born
 * @exit_ns: when it exited, 0 while it runs
 * @clone_flags: CLONE_* it was born with
 * @flags: PTREE_TASK_*
 * @tid: its number
 * @tgid: its process's number, what getpid() returns
 * @ppid: its parent's number
 * @birth_pid: the number of the process that gave birth to it
 * @pgid: its process group
 * @sid: its session
 * @tty: its controlling terminal as /proc/PID/stat encodes it, 0 for none
 * @uid: real user
 * @gid: real group
 * @euid: effective user
 * @egid: effective group
 * @threads: how many threads its process has
 * @exec_count: how many programs its process has executed since its birth, or
 *	since the module was loaded
 * @reparented: how many times its process got another parent
 * @exit_code: as wait(2) reports it
 * @pidns: its innermost pid namespace, as /proc/PID/ns/pid numbers it
 * @tracer: the number of the task that traces it (ptrace(2)), 0 for none;
 *	PTREE_MASK_TASK. It is read when the record is made: a watch is not
 *	told when it changes. @ppid is the real parent in any case
 * @state: PTREE_STATE_*
 * @letter: its scheduling state, as /proc/PID/stat writes it
 * @levels: length of @nspid
 * @pad: zero
 * @comm: its name, as it is: any bytes; always ends in NUL
 * @nspid: its numbers, in your namespace first, in its innermost one last
 *
 * What the threads of a process share is in the record of its leader only:
 * PTREE_MASK_PROCESS and PTREE_MASK_BIRTH. @process_id leads there.
 */
struct ptree_task {
	struct ptree_head head;
	__u64 mask;
	__u64 seq;
	__u64 id;
	__u64 process_id;
	__u64 parent_id;
	__u64 birth_id;
	__u64 birth_thread;
	__u64 start_ns;
	__u64 exit_ns;
	__u64 clone_flags;
	__u32 flags;
	__s32 tid;
	__s32 tgid;
	__s32 ppid;
	__s32 birth_pid;
	__s32 pgid;
	__s32 sid;
	__u32 tty;
	__u32 uid;
	__u32 gid;
	__u32 euid;
	__u32 egid;
	__u32 threads;
	__u32 exec_count;
	__u32 reparented;
	__u32 exit_code;
	__u32 pidns;
	__s32 tracer;
	__u8 state;
	__u8 letter;
	__u8 levels;
	__u8 pad[5];
	char comm[PTREE_COMM_SIZE];
	__s32 nspid[];
};

#define PTREE_TASK_SIZE_VER0 184

/**
 * struct ptree_gone - a task that you know, and may see no more
 * @head: PTREE_TYPE_GONE
 * @seq: when
 * @id: of the task
 *
 * It died, and the dead are not yours to see; or it became somebody else's,
 * and the procfs you look through hides those.
 */
struct ptree_gone {
	struct ptree_head head;
	__u64 seq;
	__u64 id;
};

/**
 * struct ptree_sync - what was read so far is exactly the tree
 * @head: PTREE_TYPE_SYNC
 * @seq: at this moment
 */
struct ptree_sync {
	struct ptree_head head;
	__u64 seq;
};

/**
 * struct ptree_lost - changes were forgotten before they were read
 * @head: PTREE_TYPE_LOST
 * @first: the first change that may be missing
 * @last: the last one
 *
 * What follows begins with the whole tree again, and the deaths after @last.
 * What is not in there until the next struct ptree_sync is no longer there.
 */
struct ptree_lost {
	struct ptree_head head;
	__u64 first;
	__u64 last;
};

/* Which hooks the module listens to: &ptree_info.hooks. */
#define PTREE_HOOK_NEWTASK	  (1U << 0)
#define PTREE_HOOK_EXIT		  (1U << 1)
#define PTREE_HOOK_EXEC		  (1U << 2)
#define PTREE_HOOK_FREE		  (1U << 3)
#define PTREE_HOOK_RENAME	  (1U << 4)
/* Without one of these, what it tells is seen later: when somebody reads. */
#define PTREE_HOOK_EXIT_NOTIFIED  (1U << 8) /* at work while somebody waits */
#define PTREE_HOOK_EXCHANGE_TIDS  (1U << 9)
#define PTREE_HOOK_RELEASE	  (1U << 10)
#define PTREE_HOOK_CHANGE_PID	  (1U << 11)
#define PTREE_HOOK_CHANGE_ID	  (1U << 12)
#define PTREE_HOOK_CHANGE_COMM	  (1U << 13)

/**
 * struct ptree_info - what the module is, and how it fares
 * @commands: one bit for each number of a command there is
 * @mask: all PTREE_MASK_* that records may have
 * @load_id: drawn at random when the module was loaded; never 0
 * @load_ns: when that was
 * @seq: number of the newest change
 * @lost: births that could not be recorded at once for want of memory
 * @rescans: walks over all tasks that found them again
 * @predicted: fathers whose children's next parent was foretold
 * @mispredicted: of these, how many got another one from the kernel
 * @evicted: dead tasks forgotten because the history was full
 * @cut: of these, how many somebody living descends from
 * @starved: how often a pool of spare objects was empty
 * @missed: how often a probe was not run
 * @memory: bytes of all that is kept, spare objects included
 * @hooks: PTREE_HOOK_* that are armed
 * @hooks_known: PTREE_HOOK_* that there are
 * @processes: how many live
 * @tasks: how many live, threads included
 * @needed: dead processes that somebody living descends from
 * @history: dead tasks kept beside these
 * @history_max: how many are kept at most
 * @pidns: the pid namespace of your numbers
 * @watches: how many watches are open
 * @pad: zero
 */
struct ptree_info {
	__u64 commands;
	__u64 mask;
	__u64 load_id;
	__u64 load_ns;
	__u64 seq;
	__u64 lost;
	__u64 rescans;
	__u64 predicted;
	__u64 mispredicted;
	__u64 evicted;
	__u64 cut;
	__u64 starved;
	__u64 missed;
	__u64 memory;
	__u32 hooks;
	__u32 hooks_known;
	__u32 processes;
	__u32 tasks;
	__u32 needed;
	__u32 history;
	__u32 history_max;
	__u32 pidns;
	__u32 watches;
	__u32 pad;
};

#define PTREE_INFO_SIZE_VER0 152

/**
 * struct ptree_procfs - through which procfs to look
 * @fd: of the root folder of a mounted procfs; O_PATH will do
 * @flags: zero
 *
 * From then on the numbers are those of that mount's pid namespace, and tasks
 * that it hides (hidepid=, gid=) are hidden here too. Before, the numbers are
 * those of the pid namespace that opened the device, and whoever has no
 * CAP_SYS_PTRACE there is refused with -EACCES: without a procfs nobody can say
 * what it would tell him. The same goes for everybody who reads from an open
 * file: he and whoever opened it must both be allowed.
 *
 * Tasks that are dead no procfs tells of. They are shown to whoever has
 * CAP_SYS_PTRACE over the pid namespace; and through a procfs that hides
 * nothing, to the user they belonged to.
 */
struct ptree_procfs {
	__s32 fd;
	__u32 flags;
};

#define PTREE_PROCFS_SIZE_VER0 8

/* How a task is named: &ptree_query.select. What is not yours to see: -ESRCH. */
#define PTREE_SELECT_SELF  0 /* the caller's thread; value is 0 */
#define PTREE_SELECT_ID	   1 /* by id, also one that is dead */
#define PTREE_SELECT_PID   2 /* by its number */
#define PTREE_SELECT_PIDFD 3 /* by a pidfd */
#define PTREE_SELECT_PGID  4 /* anyone of a process group, its leader if possible */
#define PTREE_SELECT_SID   5 /* anyone of a session, its leader if possible */

/* Whom a query is about: &ptree_query.what. For PTREE_IOC_ANCESTRY: */
#define PTREE_ANCESTRY_REAL  0 /* parent after parent, as they are now */
#define PTREE_ANCESTRY_BIRTH 1 /* who gave birth to whom, through the dead */

/* For PTREE_IOC_MEMBERS, of the process of the selected task: */
#define PTREE_MEMBERS_SUBTREE	    0 /* it and its descendants as they are now */
#define PTREE_MEMBERS_BIRTH_SUBTREE 1 /* it and everybody who descends from it */
#define PTREE_MEMBERS_PGRP	    2 /* its process group */
#define PTREE_MEMBERS_SESSION	    3 /* its session */
#define PTREE_MEMBERS_NAMESPACE	    4 /* its pid namespace, and those inside it */

#define PTREE_QUERY_THREADS (1U << 0) /* all threads, not the leaders alone */
#define PTREE_QUERY_DEAD    (1U << 1) /* the dead too; an ancestry by birth has them anyway */

/**
 * struct ptree_query - who is asked for, and where to put the records
 * @flags: PTREE_QUERY_*
 * @select: PTREE_SELECT_*
 * @value: the id, number or file descriptor that @select speaks of
 * @what: PTREE_ANCESTRY_* or PTREE_MEMBERS_*; 0 for PTREE_IOC_GET
 * @nr: set to the number of records
 * @buf: address of a buffer for struct ptree_task records
 * @size: its size in bytes
 * @used: set to the bytes that the records take
 * @seq: set to the moment they are of
 *
 * Nothing is written to @buf unless all fit in: else -ENOSPC, and @used and @nr
 * say what it takes. An ancestry begins with the process asked for and ends
 * with the oldest known; members come in the order of their ids.
 */
struct ptree_query {
	__u32 flags;
	__u32 select;
	__u64 value;
	__u32 what;
	__u32 nr;
	__u64 buf;
	__u64 size;
	__u64 used;
	__u64 seq;
};

#define PTREE_QUERY_SIZE_VER0 56

/* What a number is the number of: &ptree_translate.type. */
#define PTREE_NUMBER_PID  0 /* a task */
#define PTREE_NUMBER_TGID 1 /* a process */
#define PTREE_NUMBER_PGID 2 /* a process group */
#define PTREE_NUMBER_SID  3 /* a session */

/**
 * struct ptree_translate - a number of one pid namespace in another one
 * @flags: zero
 * @type: PTREE_NUMBER_*
 * @from: the namespace it counts in, as /proc/PID/ns/pid numbers it; 0: yours
 * @to: the namespace that is asked for, likewise
 * @nr: the number
 * @result: set to the number there, 0 when it has none there
 * @id: set to the id of the task, or of one in the group
 *
 * Both must be yours or inside of it, and somebody must live there, else it is
 * -ENOENT. -ESRCH: nothing has that number.
 */
struct ptree_translate {
	__u32 flags;
	__u32 type;
	__u32 from;
	__u32 to;
	__s32 nr;
	__s32 result;
	__u64 id;
};

#define PTREE_TRANSLATE_SIZE_VER0 32

#define PTREE_WATCH_THREADS  (1U << 0) /* all threads, not the leaders alone */
#define PTREE_WATCH_DEAD     (1U << 1) /* begin with the dead too */
#define PTREE_WATCH_SINCE    (1U << 2) /* begin with what changed after @since */
#define PTREE_WATCH_NONBLOCK (1U << 3) /* reads return -EAGAIN instead of waiting */

/**
 * struct ptree_watch - what to watch
 * @flags: PTREE_WATCH_*
 * @pad: zero
 * @since: with PTREE_WATCH_SINCE: a &ptree_sync.seq of an earlier watch through
 *	the same procfs with the same flags and the same &ptree_info.load_id;
 *	-EINVAL when there was no such change yet
 *
 * PTREE_IOC_WATCH returns a file descriptor, closed on exec. Reading from it
 * gives the whole tree (or what changed since), a struct ptree_sync, and from
 * then on what changes. Whole records only; -EINVAL when not one fits. A read
 * waits until there is one; poll(2) tells when there is. A task that changed
 * several times is told of once, as it is now. Deaths are always told of.
 * Records come in any order: one may speak of tasks that are told of later.
 */
struct ptree_watch {
	__u32 flags;
	__u32 pad;
	__u64 since;
};

#define PTREE_WATCH_SIZE_VER0 16

/* What differs: &ptree_finding.kind. */
#define PTREE_FINDING_MISSING	0 /* the kernel has a task that the tree lacks */
#define PTREE_FINDING_EXTRA	1 /* the tree has one that the kernel does not */
#define PTREE_FINDING_PROCESS	2 /* whose thread it is */
#define PTREE_FINDING_LEADER	3 /* who leads its process */
#define PTREE_FINDING_THREADS	4 /* how many threads its process has */
#define PTREE_FINDING_NUMBER	5 /* its number in some namespace */
#define PTREE_FINDING_NAMESPACE 6 /* a namespace it has a number in */
#define PTREE_FINDING_PARENT	7 /* whose child it is */
#define PTREE_FINDING_ORDER	8 /* how many children it has; behind: their order */
#define PTREE_FINDING_PGRP	9 /* its process group */
#define PTREE_FINDING_SESSION	10 /* its session */
#define PTREE_FINDING_STATE	11 /* whether it is a zombie */
#define PTREE_FINDING_UID	12 /* real user; likewise the next three */
#define PTREE_FINDING_GID	13
#define PTREE_FINDING_EUID	14
#define PTREE_FINDING_EGID	15
#define PTREE_FINDING_COMM	16 /* its name; the values are its first bytes */
#define PTREE_FINDING_START	17 /* when it was born */
#define PTREE_FINDING_KTHREAD	18 /* whether it is one of the kernel's */
#define PTREE_FINDING_INIT	19 /* who is the init of its innermost namespace */
#define PTREE_FINDING_SUBREAPER 20 /* whether it is a subreaper, or below one */
#define PTREE_FINDING_TTY	21 /* its controlling terminal */
#define PTREE_FINDING_TRACER	22 /* who traces it, as readers are told */
#define PTREE_FINDING_KINDS	23

/**
 * struct ptree_finding - where the tree is not what the kernel has
 * @head: PTREE_TYPE_FINDING
 * @kind: PTREE_FINDING_*
 * @tid: the task's number in the initial pid namespace
 * @id: its id, 0 when the tree lacks it
 * @expected: what the kernel has: a number in the initial pid namespace where
 *	it is about a task or a group
 * @found: what the tree has
 */
struct ptree_finding {
	struct ptree_head head;
	__u32 kind;
	__s32 tid;
	__u64 id;
	__u64 expected;
	__u64 found;
};

/**
 * struct ptree_audit - compare the whole tree with the kernel's at one instant
 * @flags: zero
 * @nr: set to the number of findings, at most 4096: more are not listed
 * @buf: address of a buffer for struct ptree_finding records
 * @size: its size in bytes
 * @used: set to the bytes that the findings take; what is over @size is left off
 * @seq: set to the moment of the comparison
 * @tasks: set to how many tasks were compared
 * @values: set to how many values of them were
 * @behind: set to how many values differ that no hook tells of, and that a
 *	reader is given anew: terminals, subreaper marks, and without the
 *	optional hooks what these would tell; and the order in which children
 *	were adopted, of which no reader is told
 * @transient: set to how many differences were gone when looked at again a
 *	moment later: hooks come a little before or after what they tell of
 * @stopped_ns: set to how long the machine was stopped for it
 *
 * It stops all processors, changes nothing, and is for CAP_SYS_ADMIN over the
 * initial user namespace alone, else -EPERM.
 */
struct ptree_audit {
	__u32 flags;
	__u32 nr;
	__u64 buf;
	__u64 size;
	__u64 used;
	__u64 seq;
	__u64 tasks;
	__u64 values;
	__u64 behind;
	__u64 transient;
	__u64 stopped_ns;
};

#define PTREE_AUDIT_SIZE_VER0 80

#define PTREE_IOC_INFO	    _IOR(PTREE_IOC_MAGIC, 0, struct ptree_info)
#define PTREE_IOC_PROCFS   _IOW(PTREE_IOC_MAGIC, 1, struct ptree_procfs)
#define PTREE_IOC_GET	    _IOWR(PTREE_IOC_MAGIC, 2, struct ptree_query)
#define PTREE_IOC_ANCESTRY  _IOWR(PTREE_IOC_MAGIC, 3, struct ptree_query)
#define PTREE_IOC_MEMBERS   _IOWR(PTREE_IOC_MAGIC, 4, struct ptree_query)
#define PTREE_IOC_TRANSLATE _IOWR(PTREE_IOC_MAGIC, 5, struct ptree_translate)
#define PTREE_IOC_WATCH	    _IOW(PTREE_IOC_MAGIC, 6, struct ptree_watch)
#define PTREE_IOC_AUDIT	    _IOWR(PTREE_IOC_MAGIC, 7, struct ptree_audit)

#endif
