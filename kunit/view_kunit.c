// SPDX-License-Identifier: GPL-2.0
/* view_kunit.c owns the pictures: records made by hand and how they are drawn. */
#include "../module/view.h"
#include "script.h"

#define RECORDS 8

/**
 * struct view_record - what matters of a record here
 * @id: of the process, 0 ends the list; also its number
 * @parent: id of its parent
 * @birth: id of whom it was born to, when that is another
 * @sight: enum ptree_sight
 */
struct view_record {
	int id;
	int parent;
	int birth;
	enum ptree_sight sight;
};

#define FULL PTREE_FULL
#define BARE PTREE_BARE
#define HIDDEN PTREE_HIDDEN

/**
 * struct view_case - some records and their picture
 * @name: what it shows
 * @records: by id
 * @all: the reader may see all
 * @tree: as script_draw() draws it
 */
struct view_case {
	const char *name;
	struct view_record records[RECORDS];
	bool all;
	const char *tree;
};

static const struct view_case view_cases[] = {
	{
		"nothing", {}, true, ""
	}, {
		"siblings by birth, whoever had children first",
		{ { 1 }, { 2, 1 }, { 3, 1 }, { 4, 3 }, { 5, 1 }, { 6, 2 } },
		true,
		"1\n"
		"|- 2\n"
		"|  `- 6\n"
		"|- 3\n"
		"|  `- 4\n"
		"`- 5\n"
	}, {
		"an older child of a younger parent",
		{ { 1 }, { 2, 4, 1 }, { 3, 1 }, { 4, 1 } },
		true,
		"1\n"
		"|- 3\n"
		"`- 4\n"
		"   `- 2<1\n"
	}, {
		"several roots",
		{ { 1 }, { 2 }, { 3, 1 }, { 4, 2 } },
		true,
		"1\n"
		"`- 3\n"
		"2\n"
		"`- 4\n"
	}, {
		"a parent that is not in the snapshot",
		{ { 1 }, { 3, 2 }, { 4, 3 } },
		true,
		"1\n"
		"3\n"
		"`- 4\n"
	}, {
		"born to one that has died",
		{ { 1 }, { 3, 1, 2 } },
		true,
		"1\n"
		"`- 3<2+\n"
	}, {
		"born to one that lives",
		{ { 1 }, { 2, 1 }, { 3, 1, 2 } },
		true,
		"1\n"
		"|- 2\n"
		"`- 3<2\n"
	}, {
		"its own parent",
		{ { 1 }, { 2, 2 } },
		true,
		"1\n"
		"2\n"
	}, {
		"a ring hangs on nothing and is not drawn",
		{ { 1 }, { 2, 3 }, { 3, 2 }, { 4, 1 } },
		true,
		"1\n"
		"`- 4\n"
	}, {
		"the children of the hidden are at the margin",
		{ { 1, 0, 0, FULL }, { 2, 1, 0, HIDDEN }, { 3, 2, 0, FULL },
		  { 4, 3, 0, FULL } },
		false,
		"1\n"
		"3\n"
		"`- 4\n"
	}, {
		"the bare hang on nothing, and nothing hangs on them",
		{ { 1, 0, 0, FULL }, { 2, 1, 0, BARE }, { 3, 2, 0, FULL },
		  { 4, 1, 0, FULL } },
		false,
		"1\n"
		"`- 4\n"
		"2?\n"
		"3\n"
	}, {
		"born to one out of sight",
		{ { 1, 0, 0, FULL }, { 2, 1, 0, HIDDEN }, { 3, 1, 2, FULL } },
		false,
		"1\n"
		"`- 3<?\n"
	}, {
		"born to a dead one of whom nobody can say whose it was",
		{ { 1, 0, 0, FULL }, { 3, 1, 2, FULL } },
		false,
		"1\n"
		"`- 3<?\n"
	}, {
		"born to one in sight",
		{ { 1, 0, 0, FULL }, { 2, 1, 0, FULL }, { 3, 1, 2, FULL } },
		false,
		"1\n"
		"|- 2\n"
		"`- 3<2\n"
	}, {
		"all is hidden",
		{ { 1, 0, 0, HIDDEN }, { 2, 1, 0, HIDDEN } },
		false,
		""
	},
};

static void view_case_name(const struct view_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(view, view_cases, view_case_name);

static void make_record(struct ptree_record *record,
			const struct view_record *from)
{
	record->id = from->id;
	record->process_id = from->id;
	record->parent_id = from->parent;
	record->birth_id = from->birth ?: from->parent;
	record->tgid = from->id;
	record->ppid = from->parent;
	record->birth_nr = record->birth_id;
	record->threads = 1;
}

static void is_drawn(struct kunit *test)
{
	const struct view_case *c = test->param_value;
	struct ptree_snapshot snapshot = {};
	u8 sight[RECORDS];

	snapshot.records = kunit_kzalloc(test, RECORDS *
					 sizeof(*snapshot.records), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, snapshot.records);
	for (; c->records[snapshot.nr].id; snapshot.nr++) {
		sight[snapshot.nr] = c->records[snapshot.nr].sight;
		make_record(&snapshot.records[snapshot.nr],
			    &c->records[snapshot.nr]);
	}
	KUNIT_EXPECT_STREQ(test, script_draw(test, &snapshot,
					     c->all ? NULL : sight), c->tree);
}

static void deep_chain(struct kunit *test)
{
	struct ptree_snapshot snapshot = { .nr = 2000 };
	struct ptree_view view = {};
	size_t i, wrong = 0;

	snapshot.records = kunit_kzalloc(test, snapshot.nr *
					 sizeof(*snapshot.records), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, snapshot.records);
	for (i = 0; i < snapshot.nr; i++)
		make_record(&snapshot.records[i],
			    &(struct view_record){ i + 1, i });
	KUNIT_ASSERT_EQ(test, ptree_view_make(&view, &snapshot, NULL), 0);
	KUNIT_EXPECT_EQ(test, view.nr, snapshot.nr);
	KUNIT_EXPECT_EQ(test, view.threads, snapshot.nr);
	for (i = 0; i < view.nr; i++)
		wrong += view.lines[i].depth != i || !view.lines[i].last;
	KUNIT_EXPECT_EQ(test, wrong, 0);
	ptree_view_free(&view);
}

static struct kunit_case view_tests[] = {
	KUNIT_CASE_PARAM(is_drawn, view_gen_params),
	KUNIT_CASE(deep_chain),
	{}
};

static struct kunit_suite view_suite = {
	.name = "ptree_view",
	.test_cases = view_tests,
};

kunit_test_suite(view_suite);
