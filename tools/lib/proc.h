/* SPDX-License-Identifier: GPL-2.0 */
/* proc.h: what the files of the door to /proc say to each other. */
#ifndef PTREE_PROC_H
#define PTREE_PROC_H

#include <libproc2/pids.h>

#include "internal.h"

/* scan.c */

/**
 * struct ptree_scan - what was read from /proc so far
 * @pt: the door
 * @info: libproc2's
 * @pidns: the pid namespace of the procfs, 0 when it is not known
 * @tree: the tasks; without their kin until ptree_scan_kin()
 */
struct ptree_scan {
	struct ptree *pt;
	struct pids_info *info;
	uint32_t pidns;
	struct ptree_tree *tree;
};

int ptree_scan_begin(struct ptree_scan *scan, struct ptree *pt,
		     struct ptree_tree *tree);
void ptree_scan_end(struct ptree_scan *scan);
int ptree_scan_all(struct ptree_scan *scan, bool threads);
int ptree_scan_one(struct ptree_scan *scan, int tid, uint64_t *id);
int ptree_scan_kin(struct ptree_scan *scan, uint64_t id);
int ptree_scan_tid(uint64_t id);

/* select.c */
int ptree_scan_select(struct ptree_scan *scan, unsigned int select,
		      uint64_t value, uint64_t *id);

/* translate.c */
int ptree_scan_translate(struct ptree_scan *scan, unsigned int type, int nr,
			 uint32_t from, uint32_t to, uint64_t *id);

/* numbers.c */

/* Levels of pid namespaces: MAX_PID_NS_LEVEL and the first one. */
#define PTREE_PROC_LEVELS 33
/* Types of numbers: PTREE_NUMBER_*. */
#define PTREE_PROC_TYPES 4

/**
 * struct ptree_numbers - what /proc/TID/status says
 * @comm: its name, as it is
 * @tracer: the number of the task that traces it, 0 for none
 * @levels: how many numbers of each type there are
 * @nr: by PTREE_NUMBER_*: in the namespace of the procfs first
 */
struct ptree_numbers {
	char comm[PTREE_COMM_SIZE];
	int tracer;
	int levels;
	int nr[PTREE_PROC_TYPES][PTREE_PROC_LEVELS];
};

int ptree_numbers_read(struct ptree *pt, int tid,
		       struct ptree_numbers *numbers);
uint32_t ptree_numbers_namespace(struct ptree *pt);
int ptree_numbers_level(struct ptree *pt, const struct ptree_task *task,
			uint32_t pidns);

#endif
