// SPDX-License-Identifier: GPL-2.0
/* colour.c owns the colours: who wants them, and which they are. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "colour.h"

#define NS_PER_SECOND 1000000000ULL

int colour_parse(struct colour *colour, const char *text)
{
	if (!strcmp(text, "auto"))
		colour->when = COLOUR_AUTO;
	else if (!strcmp(text, "always"))
		colour->when = COLOUR_ALWAYS;
	else if (!strcmp(text, "never"))
		colour->when = COLOUR_NEVER;
	else if (!strcasecmp(text, "age"))
		colour->age = true;
	else
		return -EINVAL;
	return 0;
}

static bool set(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value;
}

static bool terminal_can(void)
{
	return set("TERM") && strcmp(getenv("TERM"), "dumb");
}

void colour_settle(struct colour *colour)
{
	bool may = terminal_can() && colour->when != COLOUR_NEVER;

	/* no-color.org: bold is no colour, and an option says more than it. */
	colour->bold = colour->when == COLOUR_ALWAYS || may;
	if (set("NO_COLOR"))
		may = false;
	colour->age &= colour->when == COLOUR_ALWAYS || may;
	colour->dim = colour->when == COLOUR_ALWAYS ||
		      (may && isatty(STDOUT_FILENO));
}

const char *colour_age(uint64_t start_ns, uint64_t now_ns)
{
	uint64_t age = now_ns > start_ns ? now_ns - start_ns : 0;

	if (age < 60 * NS_PER_SECOND)
		return "\033[32m";
	if (age < 3600 * NS_PER_SECOND)
		return "\033[33m";
	return "\033[31m";
}
