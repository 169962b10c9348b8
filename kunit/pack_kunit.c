// SPDX-License-Identifier: GPL-2.0
/* pack_kunit.c owns the tests of what is told to a program, and what is not. */
#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/string.h>

#include "../module/compat.h"
#include "../module/pack.h"

/* Of no member is this the value by itself. */
#define SET 0x1111

static const pid_t inner[] = { 21, 22 };

static const struct ptree_snapshot snapshot = {
	.inner = (pid_t *)inner,
	.nr_inner = ARRAY_SIZE(inner),
};

static const struct ptree_record full = {
	.seq = SET,
	.id = SET,
	.process_id = SET,
	.start_ns = SET,
	.exit_ns = SET,
	.clone_flags = SET,
	.comm = "name",
	.cred = { SET, SET, SET, SET },
	.tid = SET,
	.tgid = SET,
	.exit_code = SET,
	.tracer = SET,
	.flags = PTREE_R_LEADER | PTREE_R_INFERRED,
	.pidns = SET,
	.levels = 1,
	.state = PTREE_ZOMBIE,
	.letter = 'Z',
	.parent_id = SET,
	.birth_id = SET,
	.birth_thread = SET,
	.ppid = SET,
	.birth_nr = SET,
	.pgid = SET,
	.sid = SET,
	.threads = SET,
	.exec_count = SET,
	.reparented = SET,
	.tty = SET,
};

/**
 * struct pack_case - a record, how much of it is seen, and what is told
 * @name: what it shows
 * @sight: how much is seen
 * @flags: of the record
 * @levels: in how many namespaces it has a number
 * @birth_nr: of the record
 * @filtered: whether procfs hides some
 * @mask: what is told
 * @size: in how many bytes
 */
struct pack_case {
	const char *name;
	enum ptree_sight sight;
	u32 flags;
	u16 levels;
	pid_t birth_nr;
	bool filtered;
	u64 mask;
	unsigned int size;
};

#define NUMBERS PTREE_MASK_NUMBERS
#define PUBLIC (NUMBERS | PTREE_MASK_TASK | PTREE_MASK_CRED)
#define SHARED (PTREE_MASK_PROCESS | PTREE_MASK_BIRTH)
#define OWN (PTREE_MASK_SHARE | PTREE_MASK_EXIT)
#define FIXED PTREE_TASK_SIZE_VER0

static const struct pack_case pack_cases[] = {
	{ "hidden, with its id", PTREE_HIDDEN, PTREE_R_LEADER, 1, SET, false, 0,
	  FIXED },
	{ "numbers alone", PTREE_BARE, PTREE_R_LEADER, 2, SET, false, NUMBERS,
	  FIXED },
	{ "somebody else's", PTREE_FULL, PTREE_R_LEADER, 1, SET, false,
	  PUBLIC | SHARED, FIXED + 8 },
	{ "one's own", PTREE_OWN, PTREE_R_LEADER, 1, SET, false,
	  PUBLIC | SHARED | OWN, FIXED + 8 },
	{ "two levels", PTREE_OWN, PTREE_R_LEADER, 2, SET, false,
	  PUBLIC | SHARED | OWN, FIXED + 8 },
	{ "three levels", PTREE_OWN, PTREE_R_LEADER, 3, SET, false,
	  PUBLIC | SHARED | OWN, FIXED + 16 },
	{ "a thread", PTREE_OWN, 0, 1, SET, false, PUBLIC | OWN, FIXED + 8 },
	{ "born outside", PTREE_OWN, PTREE_R_LEADER, 1, 0, false,
	  PUBLIC | SHARED | OWN, FIXED + 8 },
	{ "born to one who is hidden", PTREE_OWN, PTREE_R_LEADER, 1, 0, true,
	  PUBLIC | PTREE_MASK_PROCESS | OWN, FIXED + 8 },
};

static void case_name(const struct pack_case *item, char *name)
{
	strscpy(name, item->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(pack, pack_cases, case_name);

/* As it is told over whatever lay there before. */
static struct ptree_task *told_over(struct kunit *test, int before,
				    const struct pack_case *item)
{
	const struct ptree_eye eye = { .cred = current_cred() };
	const struct ptree_light light = {
		.eye = &eye,
		.filtered = item->filtered,
	};
	struct ptree_record record = full;
	struct ptree_task *task;
	unsigned int size;

	record.flags |= item->flags;
	record.flags &= item->flags | ~PTREE_R_LEADER;
	record.levels = item->levels;
	record.birth_nr = item->birth_nr;
	task = kunit_kzalloc(test, PTREE_PACKED_MAX, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	memset(task, before, PTREE_PACKED_MAX);
	size = ptree_pack(&light, &snapshot, &record, item->sight, task);
	KUNIT_EXPECT_EQ(test, size, item->size);
	return task;
}

static void tells(struct kunit *test)
{
	const struct pack_case *item = test->param_value;
	struct ptree_task *task = told_over(test, 0x55, item);
	struct ptree_task *other = told_over(test, 0xaa, item);

	KUNIT_EXPECT_EQ(test, task->head.size, item->size);
	KUNIT_EXPECT_EQ(test, task->mask, item->mask);
	KUNIT_EXPECT_EQ(test, task->id, (u64)SET);
	KUNIT_EXPECT_FALSE_MSG(test, memcmp(task, other, item->size),
			       "what lay there before shines through");
	/* What is not in the mask is zero. */
	KUNIT_EXPECT_EQ(test, task->tid, item->mask & NUMBERS ? SET : 0);
	KUNIT_EXPECT_EQ(test, task->comm[0],
			item->mask & PTREE_MASK_TASK ? 'n' : 0);
	KUNIT_EXPECT_EQ(test, task->euid,
			item->mask & PTREE_MASK_CRED ? SET : 0);
	KUNIT_EXPECT_EQ(test, task->sid,
			item->mask & PTREE_MASK_PROCESS ? SET : 0);
	KUNIT_EXPECT_EQ(test, task->birth_id,
			(u64)(item->mask & PTREE_MASK_BIRTH ? item->birth_nr :
							      0));
	KUNIT_EXPECT_EQ(test, task->clone_flags,
			(u64)(item->mask & PTREE_MASK_SHARE ? SET : 0));
	KUNIT_EXPECT_EQ(test, task->exit_code,
			item->mask & PTREE_MASK_EXIT ? SET : 0);
}

static struct kunit_case pack_tests[] = { KUNIT_CASE_PARAM(tells,
							   pack_gen_params),
					  {} };

static struct kunit_suite pack_suite = {
	.name = "ptree_pack",
	.test_cases = pack_tests,
};

kunit_test_suite(pack_suite);
