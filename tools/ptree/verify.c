// SPDX-License-Identifier: GPL-2.0
/* verify.c owns `ptree verify`: whether the tree is what the kernel has. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "number.h"
#include "verb.h"

enum { OPTION_REPEAT = OPTION_LONG, OPTION_INTERVAL };

static const struct option_help options[] = {
	{ 0, "repeat", "N", "so many times" },
	{ 0, "interval", "MS", "wait so many milliseconds in between" },
	{ 'J', "json", NULL, "write JSON" },
	{}
};

static const char *const kind_name[PTREE_FINDING_KINDS] = {
	[PTREE_FINDING_MISSING] = "missing",
	[PTREE_FINDING_EXTRA] = "extra",
	[PTREE_FINDING_PROCESS] = "process",
	[PTREE_FINDING_LEADER] = "leader",
	[PTREE_FINDING_THREADS] = "threads",
	[PTREE_FINDING_NUMBER] = "number",
	[PTREE_FINDING_NAMESPACE] = "namespace",
	[PTREE_FINDING_PARENT] = "parent",
	[PTREE_FINDING_ORDER] = "order",
	[PTREE_FINDING_PGRP] = "pgrp",
	[PTREE_FINDING_SESSION] = "session",
	[PTREE_FINDING_STATE] = "state",
	[PTREE_FINDING_UID] = "uid",
	[PTREE_FINDING_GID] = "gid",
	[PTREE_FINDING_EUID] = "euid",
	[PTREE_FINDING_EGID] = "egid",
	[PTREE_FINDING_COMM] = "comm",
	[PTREE_FINDING_START] = "start",
	[PTREE_FINDING_KTHREAD] = "kthread",
	[PTREE_FINDING_INIT] = "init",
	[PTREE_FINDING_SUBREAPER] = "subreaper",
	[PTREE_FINDING_TTY] = "tty",
	[PTREE_FINDING_TRACER] = "tracer",
};

/**
 * struct sum - what came of all comparisons
 * @repeats: how many
 * @audit: the sum of what they compared; the longest stop
 * @list: the findings, as JSON
 * @findings: how many
 * @json: write JSON
 */
struct sum {
	unsigned long repeats;
	struct ptree_audit audit;
	json_t *list;
	size_t findings;
	bool json;
};

static const char *name_of(uint32_t kind)
{
	return kind < PTREE_FINDING_KINDS ? kind_name[kind] : "unknown";
}

static void tell(struct sum *sum, const struct ptree_finding *finding)
{
	sum->findings++;
	if (sum->json)
		json_array_append_new(sum->list,
				      json_pack("{s:s, s:i, s:o, s:o, s:o}",
						"kind", name_of(finding->kind),
						"tid", finding->tid, "id",
						json_number(finding->id),
						"expected",
						json_number(finding->expected),
						"found",
						json_number(finding->found)));
	else
		printf("%s: task %d, id %llu: the kernel has %llu, the tree %llu\n",
		       name_of(finding->kind), finding->tid,
		       (unsigned long long)finding->id,
		       (unsigned long long)finding->expected,
		       (unsigned long long)finding->found);
}

static int compare(struct ptree *pt, struct sum *sum)
{
	struct ptree_finding *findings;
	struct ptree_audit audit;
	unsigned int i;
	int err;

	err = ptree_verify(pt, &audit, &findings);
	if (err)
		return err;
	for (i = 0; i < audit.nr; i++)
		tell(sum, &findings[i]);
	free(findings);
	sum->repeats++;
	sum->audit.seq = audit.seq;
	sum->audit.tasks += audit.tasks;
	sum->audit.values += audit.values;
	sum->audit.behind += audit.behind;
	sum->audit.transient += audit.transient;
	if (audit.stopped_ns > sum->audit.stopped_ns)
		sum->audit.stopped_ns = audit.stopped_ns;
	return 0;
}

static int print_json(const struct sum *sum)
{
	const struct ptree_audit *audit = &sum->audit;
	json_t *verify;

	verify = json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:O}", "repeats",
			   (json_int_t)sum->repeats, "tasks",
			   json_number(audit->tasks), "values",
			   json_number(audit->values), "behind",
			   json_number(audit->behind), "transient",
			   json_number(audit->transient), "stopped_ns",
			   json_number(audit->stopped_ns), "findings",
			   sum->list);
	return json_line(stdout, json_pack("{s:o, s:o}", "ptree",
					   json_head(audit->seq, false),
					   "verify", verify));
}

static void print_sum(const struct sum *sum)
{
	const struct ptree_audit *audit = &sum->audit;

	printf("%llu tasks, %llu values compared, %zu findings; ",
	       (unsigned long long)audit->tasks,
	       (unsigned long long)audit->values, sum->findings);
	printf("%llu transient, %llu behind; stopped for %llu.%03llu ms at most\n",
	       (unsigned long long)audit->transient,
	       (unsigned long long)audit->behind,
	       (unsigned long long)audit->stopped_ns / 1000000,
	       (unsigned long long)audit->stopped_ns / 1000 % 1000);
}

static int verify(struct sum *sum, uint64_t repeat, uint64_t pause)
{
	struct ptree *pt;
	int end, err;

	end = door_open(&pt, DOOR_DEVICE);
	if (end)
		return end;
	do {
		if (sum->repeats)
			usleep(pause * 1000);
		err = compare(pt, sum);
	} while (!err && sum->repeats < repeat);
	ptree_close(pt);
	if (err)
		return fail(err, "verify");
	if (sum->json)
		err = print_json(sum);
	else
		print_sum(sum);
	if (err)
		return fail(err, "standard output");
	return sum->findings ? END_NONE : END_FOUND;
}

static int parse_number(const char *text, uint64_t *number)
{
	if (number_parse(text, 1000000, number))
		return END_FOUND;
	complain("verify: \"%s\" is no number from 0 to 1000000", text);
	return END_USAGE;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	uint64_t repeat = 1, pause = 0;
	struct sum sum = {};
	int letter, end = END_FOUND;

	while (!end && (letter = verb_getopt(verb, argc, argv)) != -1) {
		switch (letter) {
		case OPTION_REPEAT:
			end = parse_number(optarg, &repeat);
			break;
		case OPTION_INTERVAL:
			end = parse_number(optarg, &pause);
			break;
		case 'J':
			sum.json = true;
			break;
		default:
			return END_USAGE;
		}
	}
	if (end)
		return end;
	if (optind < argc) {
		complain("verify takes no operand: \"%s\"", argv[optind]);
		return END_USAGE;
	}
	sum.list = json_array();
	if (!sum.list)
		return fail(-ENOMEM, "verify");
	end = verify(&sum, repeat, pause);
	json_decref(sum.list);
	return end;
}

const struct verb verb_verify = {
	.name = "verify",
	.operands = "",
	.help = "Compare the tree with the kernel's",
	.options = options,
	.run = run,
};
