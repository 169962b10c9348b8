/* SPDX-License-Identifier: GPL-2.0 */
/* lineage.h: processes that bear one another, of whom always someone lives. */
#ifndef PTREE_BENCH_LINEAGE_H
#define PTREE_BENCH_LINEAGE_H

/* What the name of each begins with. */
#define LINEAGE "egg"

int lineage_start(void);
void lineage_end(int leash);

#endif
