/* SPDX-License-Identifier: GPL-2.0 */
/* proc.h: /proc/ptree. */
#ifndef PTREE_PROC_H
#define PTREE_PROC_H

struct ptree;

int ptree_proc_start(struct ptree *tree);
void ptree_proc_stop(void);

#endif
