// SPDX-License-Identifier: GPL-2.0
/*
 * main.c owns the command line: which verb is meant, how options are told
 * apart and explained, and how ptree ends.
 */
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "verb.h"

static const struct verb *const verbs[] = {
	&verb_tree,	&verb_ps,     &verb_why, &verb_watch,	  &verb_kill,
	&verb_sessions, &verb_groups, &verb_ns,	 &verb_translate, &verb_stat,
	&verb_verify,
};

#define VERBS (sizeof(verbs) / sizeof(*verbs))

/* What getopt_long() returns for the options that all verbs have. */
enum { COMMON_HELP = 1, COMMON_VERSION = 2 };

static const struct option_help common[] = {
	{ 0, "help", NULL, "this text" },
	{ 'V', "version", NULL, "which version this is" },
	{}
};

void complain(const char *format, ...)
{
	va_list arguments;

	fflush(stdout);
	fputs("ptree: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

int fail(int err, const char *what)
{
	switch (err) {
	case -EPIPE:
		return END_FOUND;
	case -ESRCH:
		complain("%s: no such process", what);
		return END_NONE;
	case -ENODEV:
	case -ENXIO:
		complain("%s: the module ptree is not loaded", what);
		return END_ABSENT;
	case -EOPNOTSUPP:
	case -ENOTTY:
		complain("%s: only the module ptree can tell, and it is not loaded or too old",
			 what);
		return END_ABSENT;
	case -EACCES:
	case -EPERM:
		complain("%s: %s", what, strerror(-err));
		return END_ABSENT;
	}
	complain("%s: %s", what, strerror(-err));
	return END_FAILED;
}

static bool option_any(const struct option_help *option)
{
	return option->letter || option->name;
}

static void print_option(const struct option_help *option)
{
	char left[64];
	int n = 0;

	if (option->letter)
		n = snprintf(left, sizeof(left), "-%c", option->letter);
	else
		n = snprintf(left, sizeof(left), "   ");
	if (option->name)
		n += snprintf(left + n, sizeof(left) - n, "%s--%s",
			      option->letter ? ", " : " ", option->name);
	if (option->argument)
		snprintf(left + n, sizeof(left) - n, "%c%s",
			 option->name ? '=' : ' ', option->argument);
	printf("  %-26s %s\n", left, option->help);
}

static void print_options(const struct option_help *option)
{
	for (; option_any(option); option++)
		print_option(option);
}

static void print_verbs(void)
{
	size_t i;

	printf("\nVerbs, each with a --help of its own:\n");
	for (i = 0; i < VERBS; i++)
		printf("  %-10s %s\n", verbs[i]->name, verbs[i]->help);
	printf("\nIt ends with 0 if there was something, 1 if nothing matched, 2 if it was not\n"
	       "understood, 3 if it failed, 4 without the module or the right, 5 if what it\n"
	       "shows is known to be incomplete.\n");
}

static void print_help(const struct verb *verb)
{
	bool first = verb == verbs[0];

	printf("Usage: ptree %s%s[OPTION]... %s\n", first ? "" : verb->name,
	       first ? "" : " ", verb->operands ?: "");
	if (first)
		printf("       ptree VERB [OPTION]... [OPERAND]...\n");
	printf("\n%s.\n\n", verb->help);
	print_options(verb->options);
	print_options(common);
	if (first)
		print_verbs();
}

/*
 * What was written may be incomplete, and nobody would know. A reader that
 * went away wanted no more: that is no failure.
 */
static int finish(int status)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
	bool before = ferror(stdout);
	int err = 0;

	if (fflush(stdout))
		err = errno;
	else if (!before)
		return status;
	if (err == EPIPE || (poll(&out, 1, 0) > 0 && out.revents & POLLERR))
		return status;
	complain("standard output: %s", err ? strerror(err) : "write error");
	return END_FAILED;
}

/* For the completion: a verb, then its options; = is where one takes more. */
static int print_completion(void)
{
	const struct option_help *option;
	const struct option_help *const *list;
	size_t i;

	for (i = 0; i < VERBS; i++) {
		const struct option_help *lists[] = { verbs[i]->options, common,
						      NULL };

		fputs(verbs[i]->name, stdout);
		for (list = lists; *list; list++)
			for (option = *list; option_any(option); option++) {
				if (option->letter)
					printf(" -%c", option->letter);
				if (option->name)
					printf(" --%s%s", option->name,
					       option->argument ? "=" : "");
			}
		putchar('\n');
	}
	return END_FOUND;
}

static const struct verb *find_verb(const char *word)
{
	size_t i;

	for (i = 0; i < VERBS; i++)
		if (!strcmp(word, verbs[i]->name))
			return verbs[i];
	return NULL;
}

bool verb_known(const char *word)
{
	return find_verb(word);
}

/* How many letters must be added, dropped or changed to make b of a. */
static size_t distance(const char *a, const char *b)
{
	size_t row[16], length = strlen(b), i, j, corner, above;

	if (length >= 16)
		return length;
	for (j = 0; j <= length; j++)
		row[j] = j;
	for (i = 0; a[i]; i++) {
		corner = row[0];
		row[0] = i + 1;
		for (j = 1; j <= length; j++) {
			above = row[j];
			row[j] = corner + (a[i] != b[j - 1]);
			if (above + 1 < row[j])
				row[j] = above + 1;
			if (row[j - 1] + 1 < row[j])
				row[j] = row[j - 1] + 1;
			corner = above;
		}
	}
	return row[length];
}

void verb_hint(const char *word)
{
	const struct verb *nearest = NULL;
	size_t least = 3, i, far;

	for (i = 0; i < VERBS; i++) {
		far = distance(word, verbs[i]->name);
		if (!strncmp(word, verbs[i]->name, strlen(word)))
			far = 1;
		if (far < least) {
			least = far;
			nearest = verbs[i];
		}
	}
	if (nearest)
		complain("did you mean \"ptree %s\"?", nearest->name);
}

static size_t option_count(const struct option_help *option)
{
	size_t n = 0;

	while (option_any(option + n))
		n++;
	return n;
}

/* What getopt_long() wants to know of a verb's options; NULL: no memory. */
struct parser {
	struct option *longs;
	char *letters;
};

static bool has_letter(const struct parser *parser, int letter)
{
	return strchr(parser->letters, letter);
}

static void parser_add(struct parser *parser, size_t *nr,
		       const struct option_help *option, int value)
{
	size_t used = strlen(parser->letters);

	if (option->letter && !has_letter(parser, option->letter))
		sprintf(parser->letters + used, "%c%s", option->letter,
			option->argument ? ":" : "");
	if (option->name)
		parser->longs[(*nr)++] = (struct option){
			.name = option->name,
			.has_arg = option->argument ? required_argument :
						      no_argument,
			.val = value,
		};
}

static int parser_new(struct parser *parser, const struct verb *verb)
{
	size_t options = option_count(verb->options), nr = 0, i;
	const struct option_help *option;

	parser->longs = calloc(options + 3, sizeof(*parser->longs));
	parser->letters = calloc(options + 3, 2);
	if (!parser->longs || !parser->letters)
		return -ENOMEM;
	for (i = 0; i < options; i++) {
		option = &verb->options[i];
		parser_add(parser, &nr, option,
			   option->letter ?: OPTION_LONG + (int)i);
	}
	parser_add(parser, &nr, &common[0], COMMON_HELP);
	if (has_letter(parser, 'V'))
		return 0;
	parser_add(parser, &nr, &common[1], COMMON_VERSION);
	return 0;
}

static void parser_free(struct parser *parser)
{
	free(parser->longs);
	free(parser->letters);
}

static int parse(const struct verb *verb, int argc, char **argv)
{
	struct parser parser;
	char *word = argv[0];
	int letter = '?';

	if (parser_new(&parser, verb)) {
		complain("%s", strerror(ENOMEM));
	} else {
		/* What is wrong, getopt_long() tells in the name of argv[0]. */
		argv[0] = (char *)"ptree";
		letter = getopt_long(argc, argv, parser.letters, parser.longs,
				     NULL);
		argv[0] = word;
		if (letter == 'V' && !strstr(parser.letters, "V:"))
			letter = COMMON_VERSION;
	}
	parser_free(&parser);
	return letter;
}

int verb_getopt(const struct verb *verb, int argc, char **argv)
{
	int letter = parse(verb, argc, argv);

	switch (letter) {
	case COMMON_HELP:
		print_help(verb);
		exit(finish(END_FOUND));
	case COMMON_VERSION:
		printf("ptree %s\n", ptree_version());
		exit(finish(END_FOUND));
	case '?':
		fprintf(stderr, "Try \"ptree %s%s--help\".\n",
			verb == verbs[0] ? "" : verb->name,
			verb == verbs[0] ? "" : " ");
	}
	return letter;
}

int main(int argc, char **argv)
{
	const struct verb *verb = argc > 1 ? find_verb(argv[1]) : NULL;

	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
	if (argc == 2 && !strcmp(argv[1], "--completion"))
		return finish(print_completion());
	if (!verb)
		return finish(verbs[0]->run(verbs[0], argc, argv));
	return finish(verb->run(verb, argc - 1, argv + 1));
}
