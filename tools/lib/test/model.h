/* SPDX-License-Identifier: GPL-2.0 */
/* model.h: what a tree has to be, in the most simple way. */
#ifndef PTREE_MODEL_H
#define PTREE_MODEL_H

#include "test.h"

#define MODEL_MAX 256
#define MODEL_LEVELS 4

/**
 * struct model_task - a task of a model
 * @task: its record
 * @nspid: behind it
 * @walk: &model.walk when it was last told of
 * @since: when it became what it is now, needed or history; 0 while it lives
 * @needed: it is dead, and a living one descends from it
 */
struct model_task {
	struct ptree_task task;
	__s32 nspid[MODEL_LEVELS];
	unsigned int walk;
	unsigned int since;
	bool needed;
};

/**
 * struct model - a tree as an array, in order of the ids
 * @tasks: them
 * @length: how many
 * @seq: of the last PTREE_TYPE_SYNC
 * @walk: counts PTREE_TYPE_LOST
 * @lost: there was one since the last PTREE_TYPE_SYNC
 * @keep_dead: the dead are kept
 * @keep: how many of those that are not needed
 * @clock: counts what becomes needed or history
 */
struct model {
	struct model_task tasks[MODEL_MAX];
	size_t length;
	uint64_t seq;
	unsigned int walk;
	bool lost;
	bool keep_dead;
	size_t keep;
	unsigned int clock;
};

struct model_task *model_find(struct model *model, uint64_t id);
void model_apply(struct model *model, const union wire *wire,
		 const struct ptree_task *task);
void model_compare(struct model *model, const struct ptree_tree *tree);

#endif
