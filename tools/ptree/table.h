/* SPDX-License-Identifier: GPL-2.0 */
/* table.h: tables for people, of names that are escaped already. */
#ifndef PTREE_TABLE_H
#define PTREE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <libptree.h>
#include <libsmartcols/libsmartcols.h>

/**
 * struct table_column - a column of a table
 * @name: what stands above it
 * @flags: SCOLS_FL_*
 */
struct table_column {
	const char *name;
	int flags;
};

/**
 * table_new() - make a table
 * @columns: its columns, from the left
 * @length: how many
 * @noheadings: without the first line
 *
 * Return: it, for scols_unref_table(3); NULL when out of memory.
 */
struct libscols_table *table_new(const struct table_column *columns,
				 size_t length, bool noheadings);

/**
 * table_add() - add a column to a table
 * @table: which; NULL when there was no memory for it
 * @name: what stands above it
 * @flags: SCOLS_FL_*
 *
 * Return: @table; NULL when out of memory, and then @table is no more.
 */
struct libscols_table *table_add(struct libscols_table *table, const char *name,
				 int flags);

/**
 * table_number() - write a number
 * @line: where
 * @column: in which column
 * @number: which
 *
 * Return: 0 or -ENOMEM.
 */
int table_number(struct libscols_line *line, size_t column,
		 unsigned long long number);

/**
 * table_task() - write who a task is
 * @line: where
 * @user: in which column whose it is; "-" if that is not known
 * @command: in which column its name
 * @task: which
 *
 * Return: 0 or -ENOMEM.
 */
int table_task(struct libscols_line *line, size_t user, size_t command,
	       const struct ptree_task *task);

#endif
