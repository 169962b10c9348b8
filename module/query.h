/* SPDX-License-Identifier: GPL-2.0 */
/* query.h: questions about one task or a few. */
#ifndef PTREE_QUERY_H
#define PTREE_QUERY_H

#include "pack.h"

/**
 * struct ptree_answer - packed records
 * @bytes: they, owned
 * @size: how long they are
 * @room: for how many bytes there is room
 * @nr: how many records
 * @seq: the moment they are of
 */
struct ptree_answer {
	void *bytes;
	size_t size;
	size_t room;
	u32 nr;
	u64 seq;
};

int ptree_query_get(const struct ptree_light *light,
		    const struct ptree_query *query,
		    struct ptree_answer *answer);
int ptree_query_ancestry(const struct ptree_light *light,
			 const struct ptree_query *query,
			 struct ptree_answer *answer);
int ptree_query_members(const struct ptree_light *light,
			const struct ptree_query *query,
			struct ptree_answer *answer);
int ptree_query_translate(const struct ptree_light *light,
			  struct ptree_translate *translate);

#endif
