/* SPDX-License-Identifier: GPL-2.0 */
/* audit.h: whether the tree is what the kernel has. */
#ifndef PTREE_AUDIT_H
#define PTREE_AUDIT_H

#include <linux/ptree.h>

#include "tree.h"

int ptree_audit_run(struct ptree *tree, struct ptree_audit *audit,
		    struct ptree_finding **findings);

#endif
