// SPDX-License-Identifier: GPL-2.0
/* number.c owns what is a number on the command line. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"

const char *number_begin(const char *text, uint64_t max, uint64_t *number)
{
	char *end;

	/* Or strtoull() would make a large one of it. */
	if (text[strspn(text, " \t\n\v\f\r")] == '-')
		return NULL;
	errno = 0;
	*number = strtoull(text, &end, 10);
	return errno || end == text || *number > max ? NULL : end;
}

bool number_parse(const char *text, uint64_t max, uint64_t *number)
{
	const char *end = number_begin(text, max, number);

	return end && !*end;
}
