// SPDX-License-Identifier: GPL-2.0
/* sessions.c owns `ptree sessions`: sessions, their groups, and the members. */
#include <errno.h>

#include "groupview.h"
#include "json.h"

/* It leads a group of the session, whose number it has. */
static const struct ptree_task *leader_of(const struct pgrps *pgrps,
					  size_t first, size_t end)
{
	int sid = pgrps->list[first].sid;
	size_t i;

	for (i = first; i < end; i++)
		if (pgrps->list[i].pgid == sid)
			return pgrps->list[i].leader;
	return NULL;
}

static uint32_t tty_of(const struct pgrps *pgrps, size_t first, size_t end)
{
	uint32_t tty = 0;

	for (; first < end && !tty; first++)
		tty = groupview_tty(&pgrps->list[first]);
	return tty;
}

static int foreground_of(const struct pgrps *pgrps, size_t first, size_t end)
{
	for (; first < end; first++)
		if (pgrps->list[first].foreground)
			return pgrps->list[first].pgid;
	return 0;
}

static int add_line(struct libscols_table *table, const struct pgrps *pgrps,
		    size_t first, size_t end)
{
	const struct ptree_task *leader = leader_of(pgrps, first, end);
	int sid = pgrps->list[first].sid, err = 0;
	struct libscols_line *line;

	line = groupview_line(table, NULL, "session", sid, leader,
			      tty_of(pgrps, first, end),
			      leader || !sid ? "" : "leaderless");
	if (!line)
		return -ENOMEM;
	for (; first < end && !err; first++)
		err = groupview_pgrp_line(table, line, &pgrps->list[first]);
	return err;
}

static json_t *groups_json(const struct pgrps *pgrps, size_t first, size_t end)
{
	json_t *array = json_array();

	for (; array && first < end; first++) {
		json_t *group = groupview_pgrp_json(&pgrps->list[first]);

		if (!json_array_append_new(array, group))
			continue;
		json_decref(array);
		array = NULL;
	}
	return array;
}

static json_t *make_json(const struct pgrps *pgrps, size_t first, size_t end)
{
	const struct ptree_task *leader = leader_of(pgrps, first, end);

	return json_pack("{s:i,s:o,s:I,s:i,s:o}", "sid",
			 pgrps->list[first].sid, "leader_id",
			 json_number(leader ? leader->id : 0), "tty",
			 (json_int_t)tty_of(pgrps, first, end),
			 "foreground_pgid", foreground_of(pgrps, first, end),
			 "groups", groups_json(pgrps, first, end));
}

static const struct groupview_kind kind = {
	.name = "sessions",
	.end = pgrps_session,
	.line = add_line,
	.json = make_json,
};

static int run(const struct verb *verb, int argc, char **argv)
{
	return groupview_run(verb, &kind, argc, argv);
}

const struct verb verb_sessions = {
	.name = "sessions",
	.operands = "[PID]...",
	.help = "Show sessions, their process groups and members",
	.options = output_options,
	.run = run,
};
