/* SPDX-License-Identifier: GPL-2.0 */
/* dot.h: trees as a graph for Graphviz. */
#ifndef PTREE_DOT_H
#define PTREE_DOT_H

#include "forest.h"

/**
 * dot_write() - write a graph to standard output
 * @forest: where the trees are
 * @grove: them
 *
 * What is dead is dashed. If they hang from who gave birth to them, dotted
 * edges come from parents who did not. Errors of standard output are left
 * there.
 */
void dot_write(const struct forest *forest, const struct grove *grove);

#endif
