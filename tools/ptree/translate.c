// SPDX-License-Identifier: GPL-2.0
/* translate.c owns `ptree translate`: a number in another pid namespace. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "namespace.h"
#include "number.h"
#include "verb.h"

enum { OPTION_FROM, OPTION_TO };

static const struct option_help options[] = {
	[OPTION_FROM] = { 0, "from", "NS",
			  "where it counts: pid:[INUM], PID or self (default)" },
	[OPTION_TO] = { 0, "to", "NS", "where it is asked for, likewise" },
	{ 't', "type", "TYPE",
	  "what it numbers: pid (any task, default) tgid pgid sid" },
	{ 'q', "quiet", NULL, "do not say that it is best effort" },
	{}
};

/**
 * struct request - what was asked for
 * @from: the namespace it counts in, NULL for the reader's
 * @to: the namespace that is asked for, likewise
 * @type: PTREE_NUMBER_*
 * @number: what is translated
 * @quiet: without saying that it is best effort
 */
struct request {
	const char *from;
	const char *to;
	unsigned int type;
	int number;
	bool quiet;
};

static const char *const types[] = {
	[PTREE_NUMBER_PID] = "pid",
	[PTREE_NUMBER_TGID] = "tgid",
	[PTREE_NUMBER_PGID] = "pgid",
	[PTREE_NUMBER_SID] = "sid",
};

static int set_type(struct request *request, const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (strcmp(name, types[i]))
			continue;
		request->type = i;
		return END_FOUND;
	}
	complain("--type=%s: it is pid, tgid, pgid or sid", name);
	return END_USAGE;
}

static int set_option(struct request *request, int letter)
{
	switch (letter) {
	case OPTION_LONG + OPTION_FROM:
		request->from = optarg;
		return END_FOUND;
	case OPTION_LONG + OPTION_TO:
		request->to = optarg;
		return END_FOUND;
	case 't':
		return set_type(request, optarg);
	case 'q':
		request->quiet = true;
		return END_FOUND;
	}
	return END_USAGE;
}

/* Not operand_parse(): it counts in another namespace, where /proc is not. */
static int set_number(struct request *request, const char *text)
{
	uint64_t value;

	if (!number_parse(text, INT_MAX, &value) || !value) {
		complain("\"%s\" is not a number of a process", text);
		return END_USAGE;
	}
	request->number = value;
	return END_FOUND;
}

static int parse(struct request *request, const struct verb *verb, int argc,
		 char **argv)
{
	int letter, end = END_FOUND;

	while (!end && (letter = verb_getopt(verb, argc, argv)) != -1)
		end = set_option(request, letter);
	if (!end && argc - optind != 1) {
		complain("translate takes one number");
		end = END_USAGE;
	}
	return end ?: set_number(request, argv[optind]);
}

static int refuse(const struct request *request, int err)
{
	const char *type = types[request->type];

	switch (err) {
	case 0:
		complain("%s %d has no number in %s", type, request->number,
			 request->to ?: "this namespace");
		return END_NONE;
	case -ESRCH:
		complain("there is no %s %d in %s", type, request->number,
			 request->from ?: "this namespace");
		return END_NONE;
	case -ENOENT:
		complain("nobody whom you may see lives in %s, or in %s",
			 request->from ?: "this namespace",
			 request->to ?: "this one");
		return END_NONE;
	}
	return fail(err, "translate");
}

static int answer(const struct request *request, struct ptree *pt)
{
	uint32_t from = 0, to = 0;
	int end = END_FOUND, number;

	if (request->from)
		end = namespace_parse(pt, request->from, &from);
	if (!end && request->to)
		end = namespace_parse(pt, request->to, &to);
	if (end)
		return end;
	number = ptree_number(pt, request->type, request->number, from, to,
			      NULL);
	if (number <= 0)
		return refuse(request, number);
	printf("%d\n", number);
	return END_FOUND;
}

static int run(const struct verb *verb, int argc, char **argv)
{
	struct request request = { .type = PTREE_NUMBER_PID };
	struct ptree *pt;
	int end = parse(&request, verb, argc, argv);

	if (!end)
		end = door_open(&pt, request.quiet ? DOOR_QUIET : 0);
	if (end)
		return end;
	end = answer(&request, pt);
	ptree_close(pt);
	return end;
}

const struct verb verb_translate = {
	.name = "translate",
	.operands = "NUMBER",
	.help = "Tell what a number is in another pid namespace",
	.options = options,
	.run = run,
};
