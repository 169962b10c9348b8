/* SPDX-License-Identifier: GPL-2.0 */
/* dev.h: /dev/ptree. */
#ifndef PTREE_DEV_H
#define PTREE_DEV_H

#include "tree.h"

int ptree_dev_start(struct ptree *tree);
void ptree_dev_stop(void);

#endif
