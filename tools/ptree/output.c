// SPDX-License-Identifier: GPL-2.0
/* output.c owns the options that ns, groups and sessions have. */
#include "output.h"

enum { OPTION_JSONL };

const struct option_help output_options[] = {
	[OPTION_JSONL] = { 0, "jsonl", NULL, "one JSON object a line" },
	{ 'J', "json", NULL, "write JSON" },
	{ 'n', "noheadings", NULL, "no first line" },
	{ 'q', "quiet", NULL, "do not say that it is best effort" },
	{}
};

static int set_option(struct output *output, int letter)
{
	switch (letter) {
	case OPTION_LONG + OPTION_JSONL:
		output->jsonl = true;
		return END_FOUND;
	case 'J':
		output->json = true;
		return END_FOUND;
	case 'n':
		output->noheadings = true;
		return END_FOUND;
	case 'q':
		output->quiet = true;
		return END_FOUND;
	}
	return END_USAGE;
}

int output_parse(struct output *output, const struct verb *verb, int argc,
		 char **argv)
{
	int letter, end = END_FOUND;

	while (!end && (letter = verb_getopt(verb, argc, argv)) != -1)
		end = set_option(output, letter);
	return end;
}
