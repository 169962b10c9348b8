// SPDX-License-Identifier: GPL-2.0
/*
 * model.c owns the naive tree: an array that is searched from end to end for
 * everything, to compare the tree of the library with.
 */
#include <string.h>

#include "model.h"

struct model_task *model_find(struct model *model, uint64_t id)
{
	size_t i;

	for (i = 0; i < model->length; i++)
		if (model->tasks[i].task.id == id)
			return &model->tasks[i];
	return NULL;
}

static bool dead(const struct model_task *entry)
{
	return entry->task.state == PTREE_STATE_DEAD;
}

static bool is_needed(const struct model *model, const struct model_task *of)
{
	const struct model_task *heir;

	for (heir = model->tasks; heir < model->tasks + model->length; heir++)
		if (heir->task.birth_id == of->task.id &&
		    heir->task.id > of->task.id &&
		    (!dead(heir) || is_needed(model, heir)))
			return true;
	return false;
}

/* The youngest first, as death moves up a chain. */
static void update_needed(struct model *model)
{
	size_t i;

	for (i = model->length; i--;) {
		struct model_task *entry = &model->tasks[i];
		bool needed = is_needed(model, entry);

		if (!dead(entry)) {
			entry->since = 0;
			continue;
		}
		if (!entry->since || entry->needed != needed)
			entry->since = ++model->clock;
		entry->needed = needed;
	}
}

static void drop(struct model *model, struct model_task *entry)
{
	size_t behind = model->tasks + model->length - (entry + 1);

	memmove(entry, entry + 1, behind * sizeof(*entry));
	model->length--;
	update_needed(model);
}

static struct model_task *insert(struct model *model, uint64_t id)
{
	size_t i = 0;

	while (i < model->length && model->tasks[i].task.id < id)
		i++;
	memmove(&model->tasks[i + 1], &model->tasks[i],
		(model->length - i) * sizeof(*model->tasks));
	model->length++;
	memset(&model->tasks[i], 0, sizeof(*model->tasks));
	return &model->tasks[i];
}

static void apply_task(struct model *model, const struct ptree_task *task)
{
	struct model_task *entry = model_find(model, task->id);

	if (entry && task->seq < entry->task.seq) {
		entry->walk = model->walk;
		return;
	}
	if (task->state == PTREE_STATE_DEAD && !model->keep_dead) {
		if (entry)
			drop(model, entry);
		return;
	}
	if (!entry)
		entry = insert(model, task->id);
	memset(&entry->task, 0, sizeof(entry->task) + sizeof(entry->nspid));
	memcpy(&entry->task, task, task->head.size);
	entry->walk = model->walk;
	update_needed(model);
}

static size_t count(const struct model *model, bool needed)
{
	size_t i, n = 0;

	for (i = 0; i < model->length; i++)
		n += dead(&model->tasks[i]) && model->tasks[i].needed == needed;
	return n;
}

static void drop_oldest(struct model *model, bool needed)
{
	struct model_task *oldest = NULL;
	size_t i;

	for (i = 0; i < model->length; i++) {
		struct model_task *entry = &model->tasks[i];

		if (dead(entry) && entry->needed == needed &&
		    (!oldest || entry->since < oldest->since))
			oldest = entry;
	}
	drop(model, oldest);
}

static void trim(struct model *model)
{
	size_t living =
		model->length - count(model, true) - count(model, false);

	while (count(model, false) > model->keep)
		drop_oldest(model, false);
	while (count(model, true) > model->keep + living)
		drop_oldest(model, true);
}

static void apply_sync(struct model *model, uint64_t seq)
{
	size_t i = 0;

	while (model->lost && i < model->length)
		if (model->tasks[i].walk == model->walk)
			i++;
		else
			drop(model, &model->tasks[i]);
	model->lost = false;
	model->seq = seq;
	trim(model);
}

/* @task is what is in @wire, when it is a task. */
void model_apply(struct model *model, const union wire *wire,
		 const struct ptree_task *task)
{
	struct model_task *entry;

	switch (wire->head.type) {
	case PTREE_TYPE_TASK:
		apply_task(model, task);
		break;
	case PTREE_TYPE_GONE:
		entry = model_find(model, wire->gone.id);
		if (entry)
			drop(model, entry);
		break;
	case PTREE_TYPE_SYNC:
		apply_sync(model, wire->sync.seq);
		break;
	case PTREE_TYPE_LOST:
		model->walk++;
		model->lost = true;
		break;
	}
}

static uint64_t id_of(const struct ptree_task *task)
{
	return task ? task->id : 0;
}

static uint64_t known(struct model *model, uint64_t id)
{
	return model_find(model, id) ? id : 0;
}

static void compare_up(struct model *model, const struct ptree_tree *tree,
		       const struct ptree_task *task)
{
	struct model_task *process = model_find(model, task->process_id);
	uint64_t parent = process ? process->task.parent_id : 0;
	uint64_t birth = process ? process->task.birth_id : 0;

	check(id_of(ptree_tree_process(tree, task)) ==
	      known(model, task->process_id),
	      "process of %llu", task->id);
	check(id_of(ptree_tree_parent(tree, task)) == known(model, parent),
	      "parent of %llu", task->id);
	check(id_of(ptree_tree_birth(tree, task)) == known(model, birth),
	      "birth of %llu", task->id);
}

/* Who is asked for, and how the tree goes through them. */
struct kinship {
	bool (*is)(const struct ptree_task *of, const struct ptree_task *task);
	const struct ptree_task *(*next)(const struct ptree_tree *tree,
					 const struct ptree_task *of,
					 const struct ptree_task *last);
};

static bool is_child(const struct ptree_task *of, const struct ptree_task *task)
{
	return task->parent_id == of->process_id;
}

static bool is_heir(const struct ptree_task *of, const struct ptree_task *task)
{
	return task->birth_id == of->process_id;
}

static bool is_thread(const struct ptree_task *of,
		      const struct ptree_task *task)
{
	return task->process_id == of->process_id &&
	       task->id != task->process_id;
}

static const struct kinship kinships[] = {
	{ is_child, ptree_tree_child },
	{ is_heir, ptree_tree_heir },
	{ is_thread, ptree_tree_thread },
};

/* All that are kin of @task, in order, and nobody else. */
static void compare_kin(struct model *model, const struct ptree_tree *tree,
			const struct ptree_task *task,
			const struct kinship *kinship)
{
	const struct ptree_task *kin = NULL;
	size_t i;

	for (i = 0; i < model->length; i++) {
		const struct ptree_task *other = &model->tasks[i].task;

		if (!kinship->is(task, other))
			continue;
		kin = kinship->next(tree, task, kin);
		if (!check(id_of(kin) == other->id, "%llu is not kin of %llu",
			   other->id, task->id))
			return;
	}
	check(!kinship->next(tree, task, kin), "%llu has more kin", task->id);
}

static const struct ptree_task *find_pid(struct model *model, int tid)
{
	const struct ptree_task *last = NULL;
	size_t i;

	for (i = 0; i < model->length && tid > 0; i++) {
		const struct ptree_task *task = &model->tasks[i].task;

		if (task->tid == tid && task->state != PTREE_STATE_DEAD &&
		    (!last || task->seq >= last->seq))
			last = task;
	}
	return last;
}

/* All that one can ask a tree, asked of every task. */
void model_compare(struct model *model, const struct ptree_tree *tree)
{
	const struct ptree_task *task = NULL;
	size_t i, k;

	check(ptree_tree_seq(tree) == model->seq, "seq");
	check(ptree_tree_size(tree) == model->length, "%zu, not %zu tasks",
	      ptree_tree_size(tree), model->length);
	for (i = 0; i < model->length && !test_failing(); i++) {
		const struct ptree_task *other = &model->tasks[i].task;

		task = ptree_tree_next(tree, task);
		if (!check(id_of(task) == other->id, "%llu, not %llu follows",
			   (unsigned long long)id_of(task), other->id))
			return;
		check(!memcmp(task, other, task->head.size), "record of %llu",
		      task->id);
		check(ptree_tree_find(tree, task->id) == task, "%llu",
		      task->id);
		check(id_of(ptree_tree_find_pid(tree, task->tid)) ==
		      id_of(find_pid(model, task->tid)),
		      "number %d", task->tid);
		compare_up(model, tree, task);
		for (k = 0; k < sizeof(kinships) / sizeof(*kinships); k++)
			compare_kin(model, tree, task, &kinships[k]);
	}
	check(!ptree_tree_next(tree, task), "there are more");
}
