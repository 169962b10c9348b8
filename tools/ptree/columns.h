/* SPDX-License-Identifier: GPL-2.0 */
/* columns.h: what can be shown of a task, and what of it was asked for. */
#ifndef PTREE_COLUMNS_H
#define PTREE_COLUMNS_H

#include <stdbool.h>
#include <jansson.h>
#include <libptree.h>
#include <libsmartcols/libsmartcols.h>

struct column;

/**
 * struct columns - some columns in order; zero is none
 * @list: them
 * @length: how many
 */
struct columns {
	const struct column **list;
	size_t length;
};

/**
 * struct row - whose values are shown
 * @pt: the door it came through
 * @tree: the tree it is in; NULL if it is in none
 * @task: which task
 * @now: text_now(), for ages: one for all that is shown at once
 * @raw: names are not escaped: who prints them does it
 */
struct row {
	struct ptree *pt;
	const struct ptree_tree *tree;
	const struct ptree_task *task;
	uint64_t now;
	bool raw;
};

/**
 * columns_choose() - take the columns that these words name
 * @columns: none; filled in, to be given to columns_free() in any case
 * @words: NAME,NAME...; a + in front appends them to @usual
 * @usual: likewise, for when nothing was asked for
 *
 * Letters may be of either case.
 *
 * Return: 0; -EINVAL after a complaint that lists what there is; -ENOMEM.
 */
int columns_choose(struct columns *columns, const char *words,
		   const char *usual);

/**
 * columns_find() - find a column
 * @name: its name, in letters of either case
 *
 * Return: it, or NULL after a complaint that lists what there is.
 */
const struct column *columns_find(const char *name);

/**
 * columns_free() - give back what columns_choose() took
 * @columns: empty from then on
 */
void columns_free(struct columns *columns);

/**
 * column_value() - what a column says of a task
 * @column: which
 * @row: of whom
 *
 * Return: a new reference, to null if it is not known; NULL when out of memory.
 */
json_t *column_value(const struct column *column, const struct row *row);

/**
 * column_compare() - which of two values of a column is smaller
 * @a: from column_value()
 * @b: of the same column
 *
 * Return: below, above or 0, as strcmp(3). What is not known is smallest.
 */
int column_compare(const json_t *a, const json_t *b);

/**
 * columns_table() - a table with these columns
 * @columns: which
 *
 * Return: it, for scols_unref_table(3); NULL when out of memory.
 */
struct libscols_table *columns_table(const struct columns *columns);

/**
 * columns_line() - add a line to a table
 * @columns: those of the table
 * @table: from columns_table()
 * @row: of whom
 *
 * Return: 0 or -ENOMEM.
 */
int columns_line(const struct columns *columns, struct libscols_table *table,
		 const struct row *row);

/**
 * columns_json() - an object that has these columns, by their small letters
 * @columns: which
 * @row: of whom
 *
 * Return: a new reference, or NULL when out of memory.
 */
json_t *columns_json(const struct columns *columns, const struct row *row);

#endif
