/* SPDX-License-Identifier: GPL-2.0 */
/* number.h: numbers as they are given on the command line. */
#ifndef PTREE_NUMBER_H
#define PTREE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/**
 * number_begin() - read the number that a text begins with
 * @text: blanks and a plus may go before it, as strtoull(3) has it; no minus
 * @max: the largest there may be
 * @number: set to it
 *
 * Return: what follows it; NULL if there is none, or one that is too large.
 */
const char *number_begin(const char *text, uint64_t max, uint64_t *number);

/**
 * number_parse() - read a text that is a number, with nothing behind it
 * @text: as for number_begin()
 * @max: likewise
 * @number: likewise
 *
 * Return: whether it is one.
 */
bool number_parse(const char *text, uint64_t max, uint64_t *number);

#endif
