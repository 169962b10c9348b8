// SPDX-License-Identifier: GPL-2.0
/* groups.c owns `ptree groups`: process groups and their members. */
#include "groupview.h"

static size_t end_of(const struct pgrps *pgrps, size_t first)
{
	(void)pgrps;
	return first + 1;
}

static int add_line(struct libscols_table *table, const struct pgrps *pgrps,
		    size_t first, size_t end)
{
	(void)end;
	return groupview_pgrp_line(table, NULL, &pgrps->list[first]);
}

static json_t *make_json(const struct pgrps *pgrps, size_t first, size_t end)
{
	(void)end;
	return groupview_pgrp_json(&pgrps->list[first]);
}

static const struct groupview_kind kind = {
	.name = "groups",
	.end = end_of,
	.line = add_line,
	.json = make_json,
};

static int run(const struct verb *verb, int argc, char **argv)
{
	return groupview_run(verb, &kind, argc, argv);
}

const struct verb verb_groups = {
	.name = "groups",
	.operands = "[PID]...",
	.help = "Show process groups, or those of some processes",
	.options = output_options,
	.run = run,
};
