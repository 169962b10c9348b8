// SPDX-License-Identifier: GPL-2.0
/* table.c owns how tables are made, and what they say of any task. */
#include <stdio.h>

#include "table.h"
#include "text.h"

struct libscols_table *table_add(struct libscols_table *table, const char *name,
				 int flags)
{
	struct libscols_column *column =
		table ? scols_table_new_column(table, name, 0, flags) : NULL;

	/* Names are escaped already. */
	if (column && !scols_column_set_safechars(column, "\\"))
		return table;
	scols_unref_table(table);
	return NULL;
}

struct libscols_table *table_new(const struct table_column *columns,
				 size_t length, bool noheadings)
{
	struct libscols_table *table = scols_new_table();
	size_t i;

	for (i = 0; i < length; i++)
		table = table_add(table, columns[i].name, columns[i].flags);
	if (table)
		scols_table_enable_noheadings(table, noheadings);
	return table;
}

int table_number(struct libscols_line *line, size_t column,
		 unsigned long long number)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", number);
	return scols_line_set_data(line, column, text);
}

int table_task(struct libscols_line *line, size_t user, size_t command,
	       const struct ptree_task *task)
{
	char name[TEXT_USER_SIZE] = "-", comm[TEXT_COMM_SIZE];

	if (task->mask & PTREE_MASK_CRED)
		text_user(name, task->euid);
	return scols_line_set_data(line, user, name) ?:
	       scols_line_set_data(line, command, text_comm(comm, task));
}
