/* SPDX-License-Identifier: GPL-2.0 */
/* verify.h: whether a tree is what tree.h says it is. */
#ifndef PTREE_VERIFY_H
#define PTREE_VERIFY_H

#include "tree.h"

const char *ptree_verify(struct ptree *tree);

#endif
