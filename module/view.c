// SPDX-License-Identifier: GPL-2.0
/*
 * view.c owns the shape of a drawn tree: depth first, siblings in the order of
 * their birth, and whoever's parent can't be seen at the left margin.
 */
#include <linux/mm.h>
#include <linux/sched.h>

#include "compat.h"
#include "view.h"

#define NONE U32_MAX

/**
 * struct links - the family of one record, as indexes of records
 * @parent: the record it hangs on
 * @child: the first that hangs on it
 * @sibling: the next that hangs where it does
 */
struct links {
	u32 parent;
	u32 child;
	u32 sibling;
};

static bool seen(const u8 *sight, u32 index, enum ptree_sight enough)
{
	return !sight || sight[index] >= enough;
}

/*
 * Records are sorted by id, that is by birth. Taken from the youngest to the
 * oldest and put in front, children end up in that order. Returns the first of
 * those that hang nowhere.
 */
static u32 link_up(const struct ptree_snapshot *snapshot, const u8 *sight,
		   struct links *links)
{
	const struct ptree_record *record, *parent;
	u32 i, first = NONE;

	for (i = 0; i < snapshot->nr; i++)
		links[i].child = NONE;
	for (i = snapshot->nr; i-- > 0;) {
		u32 *head = &first;

		cond_resched();
		if (!seen(sight, i, PTREE_BARE))
			continue;
		record = &snapshot->records[i];
		parent = NULL;
		if (record->parent_id && seen(sight, i, PTREE_FULL))
			parent = ptree_snapshot_find(snapshot,
						     record->parent_id);
		links[i].parent = NONE;
		if (parent && parent != record &&
		    seen(sight, parent - snapshot->records, PTREE_FULL)) {
			links[i].parent = parent - snapshot->records;
			head = &links[links[i].parent].child;
		}
		links[i].sibling = *head;
		*head = i;
	}
	return first;
}

/* What /proc tells of a birth: a living parent in sight, or the parent now. */
static void look_at_birth(struct ptree_line *line,
			  const struct ptree_snapshot *snapshot,
			  const u8 *sight)
{
	const struct ptree_record *record = line->record, *birth;

	birth = ptree_snapshot_find(snapshot, record->birth_id);
	line->birth_dead = record->birth_nr && !birth;
	line->birth_hidden = record->birth_nr != record->ppid &&
			     !(birth ? seen(sight, birth - snapshot->records,
					    PTREE_FULL) :
				       !sight);
}

static void draw(struct ptree_view *view, const struct ptree_snapshot *snapshot,
		 const u8 *sight, const struct links *links, u32 first)
{
	const struct ptree_line *parent = NULL;
	u32 at = first;

	while (at != NONE) {
		struct ptree_line *line = &view->lines[view->nr++];

		cond_resched();
		line->record = &snapshot->records[at];
		line->parent = parent;
		line->depth = parent ? parent->depth + 1 : 0;
		line->sight = sight ? sight[at] : PTREE_FULL;
		line->last = links[at].sibling == NONE;
		look_at_birth(line, snapshot, sight);
		if (line->sight == PTREE_FULL)
			view->threads += line->record->threads;

		if (links[at].child != NONE) {
			parent = line;
			at = links[at].child;
			continue;
		}
		while (links[at].sibling == NONE && parent) {
			at = links[at].parent;
			parent = parent->parent;
		}
		at = links[at].sibling;
	}
}

/**
 * ptree_view_make - put a snapshot into the shape of a tree
 * @view: filled in; the caller frees it with ptree_view_free()
 * @snapshot: of living processes; must outlive @view
 * @sight: an enum ptree_sight for each record, NULL when all are in full sight
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int ptree_view_make(struct ptree_view *view,
		    const struct ptree_snapshot *snapshot, const u8 *sight)
{
	struct links *links;

	view->nr = 0;
	view->threads = 0;
	view->lines = ptree_array_new(snapshot->nr + 1, sizeof(*view->lines));
	links = ptree_array_new(snapshot->nr + 1, sizeof(*links));
	if (!view->lines || !links) {
		kvfree(links);
		ptree_view_free(view);
		return -ENOMEM;
	}
	draw(view, snapshot, sight, links, link_up(snapshot, sight, links));
	kvfree(links);
	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_view_make);

/**
 * ptree_view_free - free what a view owns
 * @view: made, or zero
 *
 * Context: may sleep.
 */
void ptree_view_free(struct ptree_view *view)
{
	kvfree(view->lines);
	view->lines = NULL;
}
EXPORT_SYMBOL_IF_KUNIT(ptree_view_free);
