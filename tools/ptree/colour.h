/* SPDX-License-Identifier: GPL-2.0 */
/* colour.h: whether and how the drawing is coloured. */
#ifndef PTREE_COLOUR_H
#define PTREE_COLOUR_H

#include <stdbool.h>
#include <stdint.h>

enum colour_when { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

/**
 * struct colour - what is coloured
 * @when: as asked for
 * @age: names are coloured by age: that was asked for
 * @dim: what is dead is dimmed
 * @bold: what is highlighted is bold
 */
struct colour {
	enum colour_when when;
	bool age;
	bool dim;
	bool bold;
};

/**
 * colour_parse() - auto, always, never, or age
 * @colour: changed accordingly
 * @text: the word
 *
 * Return: 0, or -EINVAL for another word.
 */
int colour_parse(struct colour *colour, const char *text);

/**
 * colour_settle() - decide, by what was asked for and what the terminal can
 * @colour: @when and @age are set, the rest is filled in
 *
 * Whoever asks for ages or for a highlight wants them in a pipe too, as from
 * pstree(1).
 */
void colour_settle(struct colour *colour);

/**
 * colour_age() - how a name of this age is written
 * @start_ns: when it began, by CLOCK_BOOTTIME
 * @now_ns: when it is now
 *
 * Return: an escape sequence.
 */
const char *colour_age(uint64_t start_ns, uint64_t now_ns);

#define COLOUR_BOLD "\033[1m"
#define COLOUR_DIM  "\033[2m"
#define COLOUR_NONE "\033[0m"

#endif
