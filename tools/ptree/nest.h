/* SPDX-License-Identifier: GPL-2.0 */
/* nest.h: trees as JSON, one inside the other. */
#ifndef PTREE_NEST_H
#define PTREE_NEST_H

#include "forest.h"

/**
 * nest_write() - write trees to standard output
 * @forest: where they are
 * @grove: them
 * @threads: whether threads were asked for
 * @best_effort: it comes from /proc
 *
 * Each process has "children", and "other_threads" if these were asked for.
 * Whoever hangs from somebody not to be seen begins a tree.
 *
 * Return: 0 or a negative errno.
 */
int nest_write(const struct forest *forest, const struct grove *grove,
	       bool threads, bool best_effort);

#endif
