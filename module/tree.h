/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tree.h: the shadow process tree: its data, and what can be asked of it.
 *
 * Vocabulary, the same everywhere:
 *
 * tree      everything: the nodes, their indexes and the list of changes
 * node      one task (a thread), as struct task_struct is one
 * process   a thread group, as struct signal_struct is one
 * leader    the node whose number is the process's number (tgid)
 * parent    the node whose child a process is now (task_struct::real_parent)
 * birth     the process that called fork; never changes
 * reaper    the node that gets the children of one that exits
 * ns        a pid namespace; its level is how many namespaces it lies in
 * nr        a number in one namespace; 0 where there is none
 * id        our own number of a node: counted up from 1, never used again
 * group     the processes of one process group or of one session
 * zombie    exited, and its number is still taken
 * tombstone what is left of a node whose number has been given up
 *
 * A node is found by the address of its task_struct, a process through its
 * leader's, never by number: numbers are used again before the hooks hear of
 * it. The addresses are keys, the core never looks behind them.
 */
#ifndef PTREE_TREE_H
#define PTREE_TREE_H

#include <linux/hash.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "pool.h"

/* As TASK_COMM_LEN of linux/sched.h, which the core may not see. */
#define PTREE_COMM_LEN 16

/* As MAX_PID_NS_LEVEL of linux/pid_namespace.h, and the root. */
#define PTREE_LEVELS 33

/* As PROC_PID_INIT_INO of linux/proc_ns.h. */
#define PTREE_ROOT_NS 0xEFFFFFFCU

/**
 * enum ptree_state - where a node is in its life
 * @PTREE_RUNNING: it has not exited, whatever the scheduler does with it
 * @PTREE_ZOMBIE: past exit_notify(), its number not yet given up
 * @PTREE_DEAD: a tombstone
 */
enum ptree_state {
	PTREE_RUNNING,
	PTREE_ZOMBIE,
	PTREE_DEAD,
};

/*
 * Flags of a node, PTREE_N_, and of a process, PTREE_P_. EXITING is the
 * kernel's PF_EXITING. INFERRED is a birth that nobody watched: the process is
 * older than the module, and its birth parent is the parent it was found with.
 */
#define PTREE_N_KTHREAD		BIT(0)
#define PTREE_N_EXITING		BIT(1)
#define PTREE_N_SEEDED		BIT(2)
#define PTREE_N_FLAGS_SET	(PTREE_N_KTHREAD)

#define PTREE_P_SUBREAPER	BIT(0)
#define PTREE_P_HAS_SUBREAPER	BIT(1)
#define PTREE_P_INFERRED	BIT(2)
#define PTREE_P_FLAGS_SET	(PTREE_P_SUBREAPER | PTREE_P_HAS_SUBREAPER)

/**
 * enum ptree_group_type - the two kinds of group a process is in
 * @PTREE_PGRP: its process group
 * @PTREE_SESSION: its session
 * @PTREE_GROUP_TYPES: how many there are
 */
enum ptree_group_type {
	PTREE_PGRP,
	PTREE_SESSION,
	PTREE_GROUP_TYPES,
};

/**
 * enum ptree_nr_type - what a number may be the number of, as enum pid_type
 * @PTREE_NR_PID: a task
 * @PTREE_NR_TGID: a process
 * @PTREE_NR_PGID: a process group
 * @PTREE_NR_SID: a session
 */
enum ptree_nr_type {
	PTREE_NR_PID,
	PTREE_NR_TGID,
	PTREE_NR_PGID,
	PTREE_NR_SID,
};

/**
 * struct ptree_ns - a pid namespace
 * @hash: in &ptree.namespaces until the last living node has left it, then in
 *        &ptree.ns_gone if it has an @owner
 * @parent: the namespace it lies in, NULL for the root; holds a reference
 * @init: the process that reaps in it, NULL when it is not known or dead
 * @owner: for whoever feeds the tree: what keeps the kernel's namespace alive
 * @inum: its number among all namespaces, as /proc/PID/ns/pid shows it
 * @level: how many namespaces it lies in, set once
 * @refs: numbers in it, namespaces directly in it, and &ptree.ns_gone
 * @live: numbers in it that a living node has
 */
struct ptree_ns {
	struct hlist_node hash;
	struct ptree_ns *parent;
	struct ptree_process *init;
	void *owner;
	u32 inum;
	u32 level;
	u32 refs;
	u32 live;
};

/**
 * struct ptree_upid - one number in one namespace, as struct upid
 * @hash: in &ptree.numbers while the number is taken
 * @ns: where; holds a reference
 * @next: the same pid's number one level further out, NULL in the root
 * @nr: the number
 */
struct ptree_upid {
	struct hlist_node hash;
	struct ptree_ns *ns;
	struct ptree_upid *next;
	pid_t nr;
};

/**
 * struct ptree_pid - the numbers of a task, group or session, as struct pid
 * @key: the address of the kernel's struct pid
 * @node: the living node that has these numbers, or NULL
 * @members: the processes of the process group and of the session so numbered
 * @inner: its number in the innermost namespace, the others hang on it
 * @refs: nodes, tombstones and processes that point here
 * @links: of these, the ones for which the kernel keeps the number taken
 * @root: its number in the root namespace, for most the only one
 */
struct ptree_pid {
	const void *key;
	struct ptree_node *node;
	struct hlist_head members[PTREE_GROUP_TYPES];
	struct ptree_upid *inner;
	u32 refs;
	u32 links;
	struct ptree_upid root;
};

/**
 * struct ptree_cred - whose a node is, in the initial user namespace
 * @uid: real user
 * @gid: real group
 * @euid: effective user
 * @egid: effective group
 */
struct ptree_cred {
	u32 uid;
	u32 gid;
	u32 euid;
	u32 egid;
};

/**
 * struct ptree_process - what the threads of a process share
 * @id: set once; the id of its leader
 * @signal: the address of its signal_struct, NULL once dead
 * @leader: the node that stands for it; NULL once its tombstone was evicted
 * @threads: its living nodes, oldest first, by &ptree_node.thread
 * @parent: whose child it is, NULL when that is no node of this tree
 * @sibling: in &ptree_node.children of @parent, or in &ptree.roots
 * @group: the process group and the session it is in; each holds a reference
 * @member: in &ptree_pid.members of these, while it lives
 * @birth_id: the process that gave birth to it, 0 when nobody did or knows
 * @birth_thread: the node of that process that called fork
 * @heirs: processes born to it that live or are needed by one that does
 * @nodes: nodes and tombstones that point here
 * @nr_threads: length of @threads
 * @exec_count: successful execs since birth, or since the module was loaded
 * @reparented: how many times its parent changed
 * @tty: device number of its controlling terminal when last seen, 0 is none
 * @flags: PTREE_P_*
 */
struct ptree_process {
	u64 id;
	const void *signal;
	struct ptree_node *leader;
	struct list_head threads;
	struct ptree_node *parent;
	struct list_head sibling;
	struct ptree_pid *group[PTREE_GROUP_TYPES];
	struct hlist_node member[PTREE_GROUP_TYPES];
	u64 birth_id;
	u64 birth_thread;
	u32 heirs;
	u32 nodes;
	u32 nr_threads;
	u32 exec_count;
	u32 reparented;
	u32 tty;
	u32 flags;
};

/**
 * struct ptree_change - a place in the list of changes
 * @link: in &ptree.changes
 * @seq: when the node changed; 0 marks a reader's cursor
 */
struct ptree_change {
	struct list_head link;
	u64 seq;
};

/**
 * struct ptree_reader - one who walks the list of changes
 * @link: in &ptree.snapshots
 * @cursor: its place in &ptree.changes, behind what it has read
 * @from: &ptree.seq when it began
 * @seq: of the newest change behind it
 */
struct ptree_reader {
	struct list_head link;
	struct ptree_change cursor;
	u64 from;
	u64 seq;
};

/**
 * struct ptree_node - a task, alive or dead
 * @task: key: the address of its task_struct, NULL once dead
 * @hash: in &ptree.tasks
 * @change: its place among the changes
 * @id: set once, but for an exec by a thread that is not the leader: then the
 *      thread takes the leader's id as it takes the leader's number
 * @id_hash: in &ptree.ids
 * @process: whose thread it is
 * @thread: in &ptree_process.threads while it lives
 * @children: the processes that are its children, in the order of its adopting
 * @queue: in &ptree.exiting from exit until its children have gone, then, as
 *         a tombstone, in &ptree.needed, &ptree.spent or &ptree.history
 * @pid: its numbers; holds a reference
 * @start_ns: when it was born, CLOCK_BOOTTIME
 * @exit_ns: when it exited, CLOCK_BOOTTIME; 0 before
 * @clone_flags: what it was told to share at birth, 0 when INFERRED
 * @exit_code: as wait(2) reports it
 * @flags: PTREE_N_*
 * @state: enum ptree_state
 * @cred: when last seen
 * @comm: when last seen; always ends in NUL
 */
struct ptree_node {
	const void *task;
	struct hlist_node hash;
	struct ptree_change change;
	u64 id;
	struct hlist_node id_hash;
	struct ptree_process *process;
	struct list_head thread;
	struct list_head children;
	struct list_head queue;
	struct ptree_pid *pid;
	u64 start_ns;
	u64 exit_ns;
	u64 clone_flags;
	u32 exit_code;
	u16 flags;
	u16 state;
	struct ptree_cred cred;
	char comm[PTREE_COMM_LEN];
};

/**
 * enum ptree_pool_kind - the kinds of object a tree takes from pools
 * @PTREE_POOL_NODE: struct ptree_node
 * @PTREE_POOL_PROCESS: struct ptree_process
 * @PTREE_POOL_PID: struct ptree_pid
 * @PTREE_POOL_UPID: struct ptree_upid
 * @PTREE_POOL_NS: struct ptree_ns
 * @PTREE_POOLS: how many kinds there are
 */
enum ptree_pool_kind {
	PTREE_POOL_NODE,
	PTREE_POOL_PROCESS,
	PTREE_POOL_PID,
	PTREE_POOL_UPID,
	PTREE_POOL_NS,
	PTREE_POOLS,
};

/**
 * struct ptree_table - a hash table sized once
 * @buckets: 1 << @bits of them
 * @bits: log2 of the number of buckets
 */
struct ptree_table {
	struct hlist_head *buckets;
	unsigned int bits;
};

/**
 * struct ptree_stats - what happened to a tree that its reader should know
 * @lost: births that could not be recorded; each made the tree stale
 * @rescans: walks over all tasks that made a stale tree whole again
 * @predicted: fathers whose children's new parent was foretold
 * @mispredicted: of these, how many got another one from the kernel
 * @evicted: tombstones dropped because the history was full
 * @cut: of these, how many a living process's birth chain still needed
 */
struct ptree_stats {
	u64 lost;
	u64 rescans;
	u64 predicted;
	u64 mispredicted;
	u64 evicted;
	u64 cut;
};

/**
 * struct ptree - a shadow process tree
 * @lock: everything in here and behind it. Raw, taken with interrupts off, and
 *        innermost: a hook may hold tasklist_lock and a siglock, so nothing is
 *        locked, allocated, freed, woken or printed under it
 * @seq: number of the newest change
 * @last_id: newest &ptree_node.id
 * @evicted_seq: newest change of a tombstone that was evicted
 * @awaited: the oldest change behind which somebody waits for more, U64_MAX for
 *	nobody; whoever feeds the tree wakes him
 * @changes: every node and tombstone, in the order of its last change
 * @roots: processes whose parent is no node of this tree
 * @ns_gone: struct ptree_ns whose owner is to be let go of
 * @exiting: nodes that exit and may still have children to hand over; those
 *	who have any come first
 * @needed: tombstones of processes that a living birth chain goes through
 * @history: the other tombstones, oldest first
 * @spent: tombstones of processes no longer needed, on the way to @history
 * @snapshots: struct ptree_reader that take a snapshot, oldest first
 * @tasks: nodes by task_struct
 * @ids: nodes and tombstones by id
 * @numbers: struct ptree_upid by namespace and number
 * @namespaces: struct ptree_ns by inum
 * @pools: where all these come from
 * @stats: what happened so far
 * @nr_nodes: living nodes
 * @nr_processes: living processes
 * @nr_needed: length of @needed and @spent
 * @nr_history: length of @history
 * @history_max: bound of @nr_history; what living chains need may be as many
 *               more as there are living processes
 * @care: a pool wants filling up or emptying, or a namespace to be let go of;
 *	whoever feeds the tree sees to it, and clears this first
 * @stale: a birth was lost: the tree is not whole until it has been rescanned
 */
struct ptree {
	raw_spinlock_t lock;
	u64 seq;
	u64 last_id;
	u64 evicted_seq;
	u64 awaited;
	struct list_head changes;
	struct list_head roots;
	struct hlist_head ns_gone;
	struct list_head exiting;
	struct list_head needed;
	struct list_head history;
	struct list_head spent;
	struct list_head snapshots;
	struct ptree_table tasks;
	struct ptree_table ids;
	struct ptree_table numbers;
	struct ptree_table namespaces;
	struct ptree_pool pools[PTREE_POOLS];
	struct ptree_stats stats;
	u32 nr_nodes;
	u32 nr_processes;
	u32 nr_needed;
	u32 nr_history;
	u32 history_max;
	bool care;
	bool stale;
};

struct ptree_event;

/**
 * ptree_bucket - the list that holds whatever has this key
 * @table: the table
 * @key: an address, an id or a number
 *
 * Return: the list.
 */
static inline struct hlist_head *ptree_bucket(const struct ptree_table *table,
					      u64 key)
{
	return &table->buckets[hash_64(key, table->bits)];
}

int ptree_init(struct ptree *tree, const char *name, unsigned int bits,
	       unsigned int want, unsigned int history);
void ptree_clear(struct ptree *tree);
void ptree_destroy(struct ptree *tree);
int ptree_refill(struct ptree *tree, gfp_t gfp);
void ptree_trim(struct ptree *tree);
int ptree_apply(struct ptree *tree, const struct ptree_event *event);

struct ptree_node *ptree_find_task(struct ptree *tree, const void *task);
struct ptree_node *ptree_find_id(struct ptree *tree, u64 id);
struct ptree_node *ptree_find_nr(struct ptree *tree, u32 ns,
				 enum ptree_nr_type type, pid_t nr);

#endif
