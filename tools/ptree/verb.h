/* SPDX-License-Identifier: GPL-2.0 */
/* verb.h: what the verbs of ptree(1) have in common. */
#ifndef PTREE_VERB_H
#define PTREE_VERB_H

#include <libptree.h>

/* How ptree ends. */
enum {
	END_FOUND = 0,	  /* done, there was something */
	END_NONE = 1,	  /* nothing matched */
	END_USAGE = 2,	  /* not understood */
	END_FAILED = 3,	  /* something went wrong */
	END_ABSENT = 4,	  /* no module, or not permitted */
	END_PARTIAL = 5,  /* done, but known to be incomplete */
};

/**
 * struct option_help - an option, as help, man page and completion need it
 * @letter: -LETTER, 0 for none
 * @name: --NAME, NULL for none
 * @argument: what it takes, NULL for nothing
 * @help: what it does, half a line
 */
struct option_help {
	int letter;
	const char *name;
	const char *argument;
	const char *help;
};

/**
 * struct verb - one thing that ptree can do
 * @name: the word; the first verb is run when there is none
 * @operands: what may follow the options, for the usage line
 * @help: what it does, half a line
 * @options: ends with a zero one
 * @run: does it; argv[0] is the verb. Returns END_*
 */
struct verb {
	const char *name;
	const char *operands;
	const char *help;
	const struct option_help *options;
	int (*run)(const struct verb *verb, int argc, char **argv);
};

/* One per file, in main.c's table. */
extern const struct verb verb_tree, verb_ps, verb_why, verb_watch, verb_kill,
	verb_sessions, verb_groups, verb_ns, verb_translate, verb_stat, verb_verify;

/*
 * main.c: options are parsed by the verb's own table: returns what getopt_long
 * returns: the letter, or OPTION_LONG + index in the table for one without;
 * '?' after it has told what is wrong and how to get help.
 */
#define OPTION_LONG 256
int verb_getopt(const struct verb *verb, int argc, char **argv);

/* main.c: is it the name of a verb? */
bool verb_known(const char *word);

/* main.c: tells which verb a word that nobody understands may have meant. */
void verb_hint(const char *word);

/* main.c: "ptree: ..." on stderr. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* main.c: tells what -errno means here; returns the END_ for it. */
int fail(int err, const char *what);

/*
 * door.c: opens the door. Without the module it leads to /proc, and one line on
 * stderr says so, and why, unless DOOR_QUIET; with DOOR_DEVICE it is a failure.
 * Returns END_FOUND, or another END_* after a complaint.
 */
enum { DOOR_QUIET = 1U << 0, DOOR_DEVICE = 1U << 1 };
int door_open(struct ptree **pt, unsigned int flags);

/*
 * operand.c: PID, /proc/PID, PID:INODE or, where users may be given, USER.
 * Returns 1 for a process (*pid), 2 for a user (*uid), 0 when it is neither,
 * and -1 for a PID:INODE whose process is gone, both after a complaint; what
 * that makes of ptree's end, operand_end() says.
 */
int operand_parse(const char *text, bool users, int *pid, unsigned int *uid);

static inline int operand_end(int kind)
{
	return kind < 0 ? END_NONE : END_USAGE;
}

#endif
