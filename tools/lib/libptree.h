/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libptree.h: the process tree, for programs.
 *
 * A door (struct ptree) leads to the module's device, or, where there is no
 * module, to /proc; the latter is best effort, and says so. Through it come
 * single tasks and lists of them; or a stream of records, from which a tree
 * (struct ptree_tree) can be kept that is exact at each PTREE_TYPE_SYNC:
 *
 *	struct ptree *pt;
 *	struct ptree_stream *stream;
 *	struct ptree_tree *tree;
 *	const struct ptree_head *record;
 *	int err;
 *
 *	err = ptree_open(&pt, NULL, 0);
 *	err = err ?: ptree_watch(pt, 0, 0, &stream);
 *	err = err ?: ptree_tree_new(&tree, 0);
 *	while (!err && ptree_stream_next(stream, &record) > 0) {
 *		err = ptree_tree_apply(tree, record);
 *		if (err == PTREE_EXACT)
 *			err = look_at(tree, ptree_tree_seq(tree));
 *	}
 *
 * Functions return 0 or more, or a negative errno. There are no globals: what
 * different threads open is independent; what they share they must lock.
 */
#ifndef LIBPTREE_H
#define LIBPTREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/ptree.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ptree;
struct ptree_list;
struct ptree_stream;
struct ptree_tree;

/* The door. */

#define PTREE_OPEN_DEVICE (1U << 0) /* the module or nothing */
#define PTREE_OPEN_PROC	  (1U << 1) /* /proc, even if there is a module */

int ptree_open(struct ptree **pt, const char *proc, unsigned int flags);
void ptree_close(struct ptree *pt);
int ptree_fd(const struct ptree *pt);
bool ptree_best_effort(const struct ptree *pt);
int ptree_info_get(struct ptree *pt, struct ptree_info *info);

/* Questions. */

int ptree_get(struct ptree *pt, unsigned int select, uint64_t value,
	      struct ptree_task **task);
int ptree_ancestry(struct ptree *pt, unsigned int what, unsigned int select,
		   uint64_t value, struct ptree_list **list);
int ptree_members(struct ptree *pt, unsigned int what, unsigned int flags,
		  unsigned int select, uint64_t value, struct ptree_list **list);
int ptree_number(struct ptree *pt, unsigned int type, int nr, uint32_t from,
		 uint32_t to, uint64_t *id);

int ptree_verify(struct ptree *pt, struct ptree_audit *audit,
		 struct ptree_finding **findings);

const struct ptree_task *ptree_list_next(const struct ptree_list *list,
					 const struct ptree_task *task);
size_t ptree_list_length(const struct ptree_list *list);
uint64_t ptree_list_seq(const struct ptree_list *list);
void ptree_list_free(struct ptree_list *list);

/* The stream: flags are PTREE_WATCH_*. */

int ptree_watch(struct ptree *pt, unsigned int flags, uint64_t since,
		struct ptree_stream **stream);
int ptree_stream_fd(const struct ptree_stream *stream);
int ptree_stream_next(struct ptree_stream *stream,
		      const struct ptree_head **record);
void ptree_stream_close(struct ptree_stream *stream);

/* The tree: flags are PTREE_WATCH_DEAD, to keep the dead, or 0. */

#define PTREE_EXACT 1 /* ptree_tree_apply(): this was a PTREE_TYPE_SYNC */

int ptree_tree_new(struct ptree_tree **tree, unsigned int flags);
void ptree_tree_free(struct ptree_tree *tree);
int ptree_tree_apply(struct ptree_tree *tree, const struct ptree_head *record);
int ptree_snapshot(struct ptree *pt, unsigned int flags,
		   struct ptree_tree **tree);
uint64_t ptree_tree_seq(const struct ptree_tree *tree);
size_t ptree_tree_size(const struct ptree_tree *tree);
void ptree_tree_keep(struct ptree_tree *tree, size_t history);

const struct ptree_task *ptree_tree_find(const struct ptree_tree *tree,
					 uint64_t id);
const struct ptree_task *ptree_tree_find_pid(const struct ptree_tree *tree,
					     int tid);
const struct ptree_task *ptree_tree_next(const struct ptree_tree *tree,
					 const struct ptree_task *task);
const struct ptree_task *ptree_tree_process(const struct ptree_tree *tree,
					    const struct ptree_task *task);
const struct ptree_task *ptree_tree_parent(const struct ptree_tree *tree,
					   const struct ptree_task *task);
const struct ptree_task *ptree_tree_birth(const struct ptree_tree *tree,
					  const struct ptree_task *task);
const struct ptree_task *ptree_tree_child(const struct ptree_tree *tree,
					  const struct ptree_task *parent,
					  const struct ptree_task *child);
const struct ptree_task *ptree_tree_heir(const struct ptree_tree *tree,
					 const struct ptree_task *ancestor,
					 const struct ptree_task *heir);
const struct ptree_task *ptree_tree_thread(const struct ptree_tree *tree,
					   const struct ptree_task *process,
					   const struct ptree_task *thread);

const char *ptree_version(void);

#ifdef __cplusplus
}
#endif

#endif
