/* SPDX-License-Identifier: GPL-2.0 */
/* output.h: the options of a verb that lists all there is of something. */
#ifndef PTREE_OUTPUT_H
#define PTREE_OUTPUT_H

#include <stdbool.h>

#include "verb.h"

/**
 * struct output - how a list is shown
 * @json: as JSON
 * @jsonl: as one object a line, even with @json
 * @noheadings: without the first line
 * @quiet: without saying that it is best effort
 */
struct output {
	bool json;
	bool jsonl;
	bool noheadings;
	bool quiet;
};

/* For the verb's table. */
extern const struct option_help output_options[];

/**
 * output_parse() - take the options of a verb that has no others
 * @output: filled in
 * @verb: which has output_options
 * @argc: as main() has it
 * @argv: likewise; at optind are the operands then
 *
 * Return: END_FOUND, or END_USAGE after a complaint.
 */
int output_parse(struct output *output, const struct verb *verb, int argc,
		 char **argv);

#endif
