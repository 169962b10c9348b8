// SPDX-License-Identifier: GPL-2.0
/* main.c owns running the tests of libptree, and saying how they went: TAP. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "test.h"

static const struct test *const tables[] = {
	record_tests, tree_tests, model_tests, stream_tests, device_tests,
	open_tests,   proc_tests, fault_tests, live_tests,
};

#define TABLES (sizeof(tables) / sizeof(*tables))

static unsigned int wrong;
static const char *skipped;

bool test_failing(void)
{
	return wrong;
}

void test_skip(const char *reason)
{
	skipped = reason;
}

bool check_at(bool good, const char *file, int line, const char *text,
	      const char *format, ...)
{
	va_list arguments;

	if (good)
		return true;
	if (wrong++ < 5) {
		printf("# %s:%d: %s: ", file, line, text);
		va_start(arguments, format);
		vprintf(format, arguments);
		va_end(arguments);
		putchar('\n');
	}
	return false;
}

static bool run(const struct test *test, unsigned int number)
{
	wrong = 0;
	skipped = NULL;
	test->run();
	fake_reset();
	printf("%s %u %s", wrong ? "not ok" : "ok", number, test->name);
	if (skipped)
		printf(" # SKIP %s", skipped);
	putchar('\n');
	return !wrong;
}

/* All tests, or those of which the name has the argument in it. */
int main(int argc, char **argv)
{
	unsigned int number = 0, passed = 0;
	const struct test *test;
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; i < TABLES; i++)
		for (test = tables[i]; test->name; test++)
			if (argc < 2 || strstr(test->name, argv[1]))
				passed += run(test, ++number);
	printf("1..%u\n", number);
	printf("libptree: %u passed, %u failed\n", passed, number - passed);
	return passed == number && number ? 0 : 1;
}
