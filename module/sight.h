/* SPDX-License-Identifier: GPL-2.0 */
/* sight.h: what a reader may see. */
#ifndef PTREE_SIGHT_H
#define PTREE_SIGHT_H

#include <linux/path.h>

#include "snapshot.h"

struct cred;
struct file;
struct pid_namespace;

/**
 * enum ptree_sight - how much of a process a reader may see
 * @PTREE_HIDDEN: nothing
 * @PTREE_BARE: that there is one with this number
 * @PTREE_FULL: everything that procfs tells anybody
 * @PTREE_OWN: that too what procfs tells the owner
 */
enum ptree_sight {
	PTREE_HIDDEN,
	PTREE_BARE,
	PTREE_FULL,
	PTREE_OWN,
};

/**
 * struct ptree_eye - through what somebody looks
 * @procfs: root of the procfs mount; without one its @mnt is NULL
 * @pid_ns: the namespace of the numbers, and outside of which nothing is seen
 * @cred: of whoever opened it. Who reads may be somebody else, and sees what
 *	both may see
 * @refs: who looks through it; zero for one that owns nothing
 */
struct ptree_eye {
	struct path procfs;
	struct pid_namespace *pid_ns;
	const struct cred *cred;
	refcount_t refs;
};

/**
 * struct ptree_light - what an eye shows to the current reader
 * @eye: through which he looks
 * @tree: at what
 * @filtered: procfs has to be asked about each process
 * @bare: procfs shows the numbers of the ones it hides
 * @reader_all: the reader may see the dead, and everything of everybody
 * @opener_all: whoever opened the eye may
 */
struct ptree_light {
	const struct ptree_eye *eye;
	struct ptree *tree;
	bool filtered;
	bool bare;
	bool reader_all;
	bool opener_all;
};

/**
 * ptree_light_full - whether nothing at all is kept from the reader
 * @light: what he sees by
 *
 * Context: any.
 * Return: true when both he and the opener may see everything of everybody.
 */
static inline bool ptree_light_full(const struct ptree_light *light)
{
	return light->reader_all && light->opener_all;
}

struct ptree_eye *ptree_eye_new(struct file *procfs);
struct ptree_eye *ptree_eye_get(struct ptree_eye *eye);
void ptree_eye_put(struct ptree_eye *eye);
u32 ptree_eye_ns(const struct ptree_eye *eye);

int ptree_light_get(struct ptree_light *light, const struct ptree_eye *eye,
		    struct ptree *tree);
enum ptree_sight ptree_sight_ask(const struct ptree_light *light,
				 const struct ptree_record *record);
bool ptree_sight_ask_birth(const struct ptree_light *light,
			   const struct ptree_record *record);
int ptree_sight_get(const struct ptree_light *light,
		    const struct ptree_snapshot *snapshot, u8 **sight);

/**
 * ptree_sight_of - how much of a task the reader may see
 * @light: what he sees by
 * @record: of the task
 *
 * Context: may sleep; the reader's own.
 * Return: an enum ptree_sight. Of a task that died meanwhile: PTREE_HIDDEN,
 * unless he may see it dead.
 */
static inline enum ptree_sight
ptree_sight_of(const struct ptree_light *light,
	       const struct ptree_record *record)
{
	if (!record->tid)
		return PTREE_HIDDEN;
	if (ptree_light_full(light) && !light->filtered)
		return PTREE_OWN;
	return ptree_sight_ask(light, record);
}

/**
 * ptree_sight_of_birth - whether he may know to whom a process was born
 * @light: what he sees by
 * @record: of the process, which he sees
 *
 * Context: may sleep; the reader's own.
 * Return: true when procfs hides nothing, or tells it too: of the parent, or
 * of a living process in sight.
 */
static inline bool ptree_sight_of_birth(const struct ptree_light *light,
					const struct ptree_record *record)
{
	return ptree_light_full(light) || !light->filtered ||
	       record->birth_nr == record->ppid ||
	       ptree_sight_ask_birth(light, record);
}

#endif
