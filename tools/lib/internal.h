/* SPDX-License-Identifier: GPL-2.0 */
/* internal.h: what the files of libptree say to each other. */
#ifndef PTREE_INTERNAL_H
#define PTREE_INTERNAL_H

#include <bsd/sys/tree.h>
#include <sys/queue.h>

/* All else is hidden: -fvisibility=hidden. */
#pragma GCC visibility push(default)
#include "libptree.h"
#pragma GCC visibility pop

/**
 * struct ptree_door - the calls that a door answers in its own way
 * @info: see ptree_info_get()
 * @get: see ptree_get()
 * @ancestry: see ptree_ancestry()
 * @members: see ptree_members()
 * @number: see ptree_number()
 * @watch: returns the file descriptor of a new watch
 * @audit: fills a buffer with findings, see ptree_verify()
 * @snapshot: applies every task that there is to an empty tree
 */
struct ptree_door {
	int (*info)(struct ptree *pt, struct ptree_info *info);
	int (*get)(struct ptree *pt, unsigned int select, uint64_t value,
		   struct ptree_task **task);
	int (*ancestry)(struct ptree *pt, unsigned int what,
			unsigned int select, uint64_t value,
			struct ptree_list *list);
	int (*members)(struct ptree *pt, unsigned int what, unsigned int flags,
		       unsigned int select, uint64_t value,
		       struct ptree_list *list);
	int (*number)(struct ptree *pt, unsigned int type, int nr,
		      uint32_t from, uint32_t to, uint64_t *id);
	int (*watch)(struct ptree *pt, unsigned int flags, uint64_t since);
	int (*audit)(struct ptree *pt, struct ptree_audit *audit);
	int (*snapshot)(struct ptree *pt, unsigned int flags,
			struct ptree_tree *tree);
};

/**
 * struct ptree - an open door
 * @door: which one
 * @device: file descriptor of the device, -1 for the door to /proc
 * @proc: file descriptor of the root folder of the procfs
 */
struct ptree {
	const struct ptree_door *door;
	int device;
	int proc;
};

extern const struct ptree_door ptree_door_device, ptree_door_proc;

/* record.c */

/* Bytes of a task's record as this library lays it out, and at most. */
#define PTREE_TASK_FIXED offsetof(struct ptree_task, nspid)
#define PTREE_LEVELS_MAX UINT8_MAX
#define PTREE_TASK_MAX \
	((PTREE_TASK_FIXED + PTREE_LEVELS_MAX * sizeof(__s32) + 7) / 8 * 8)

int ptree_record_check(const struct ptree_head *record, size_t bytes);
size_t ptree_task_size(const struct ptree_head *record);
void ptree_task_copy(struct ptree_task *to, const struct ptree_head *record);
int ptree_task_new(struct ptree_task **task, const struct ptree_head *record);

/* list.c */

/**
 * struct ptree_list - records one behind the other
 * @records: the first one
 * @used: bytes they take
 * @room: bytes there are
 * @length: how many they are
 * @seq: the moment they are of
 */
struct ptree_list {
	unsigned char *records;
	size_t used;
	size_t room;
	size_t length;
	uint64_t seq;
};

int ptree_list_add(struct ptree_list *list, const struct ptree_head *record);

/* index.c */

/**
 * struct ptree_entry - a place in an index
 * @link: in &struct ptree_index
 * @key: what the index is by
 * @id: of the task; entries with the same key are in this order
 */
struct ptree_entry {
	RB_ENTRY(ptree_entry) link;

	uint64_t key;
	uint64_t id;
};

RB_HEAD(ptree_index, ptree_entry);

struct ptree_entry *ptree_index_find(struct ptree_index *index, uint64_t key,
				     uint64_t id);
struct ptree_entry *ptree_index_after(struct ptree_index *index, uint64_t key,
				      uint64_t id);
void ptree_index_add(struct ptree_index *index, struct ptree_entry *entry);
void ptree_index_del(struct ptree_index *index, struct ptree_entry *entry);

/* tree.c */

/* What tasks are looked up by; a key of 0 is not in the index. */
enum ptree_by {
	PTREE_BY_ID,	  /* key 1, so that one walk meets all */
	PTREE_BY_NUMBER,  /* tid, of the living */
	PTREE_BY_PARENT,  /* parent_id */
	PTREE_BY_BIRTH,	  /* birth_id */
	PTREE_BY_PROCESS, /* process_id, of threads that are not the leader */
	PTREE_BY_ALL,
};

/**
 * struct ptree_node - a task in a tree
 * @entries: its places in the indexes
 * @queue: its place in @dead
 * @heirs: how many processes born to it live, or are needed by one that does
 * @dead: &ptree_tree.needed or &ptree_tree.history; NULL while it lives
 * @walk: &ptree_tree.walk when it was last told of
 * @task: its record
 */
struct ptree_node {
	struct ptree_entry entries[PTREE_BY_ALL];

	TAILQ_ENTRY(ptree_node) queue;

	size_t heirs;
	struct ptree_dead *dead;
	unsigned int walk;
	struct ptree_task task;
};

TAILQ_HEAD(ptree_queue, ptree_node);

/**
 * struct ptree_dead - dead tasks, first those that became so first
 * @queue: them
 * @length: how many
 */
struct ptree_dead {
	struct ptree_queue queue;
	size_t length;
};

/**
 * struct ptree_tree - tasks, as records told of them
 * @indexes: of tasks, by what enum ptree_by says
 * @size: how many tasks
 * @seq: of the last PTREE_TYPE_SYNC
 * @walk: counts the PTREE_TYPE_LOST
 * @lost: there was one since the last PTREE_TYPE_SYNC
 * @keep_dead: the dead are kept
 * @keep: how many are kept in @history
 * @needed: dead tasks that the birth chain of a living one goes through
 * @history: the other dead ones
 */
struct ptree_tree {
	struct ptree_index indexes[PTREE_BY_ALL];
	size_t size;
	uint64_t seq;
	unsigned int walk;
	bool lost;
	bool keep_dead;
	size_t keep;
	struct ptree_dead needed;
	struct ptree_dead history;
};

struct ptree_node *ptree_node_find(const struct ptree_tree *tree, uint64_t id);
struct ptree_node *ptree_node_after(const struct ptree_tree *tree,
				    enum ptree_by by, uint64_t key,
				    uint64_t id);
void ptree_node_drop(struct ptree_tree *tree, struct ptree_node *node);

/* history.c */

void ptree_history_init(struct ptree_tree *tree);
void ptree_history_enter(struct ptree_tree *tree, struct ptree_node *node,
			 struct ptree_node *old);
void ptree_history_leave(struct ptree_tree *tree, struct ptree_node *node);
void ptree_history_trim(struct ptree_tree *tree);

#endif
