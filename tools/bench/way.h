/* SPDX-License-Identifier: GPL-2.0 */
/* way.h: the ways there are to read the whole process tree. */
#ifndef PTREE_BENCH_WAY_H
#define PTREE_BENCH_WAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct look - what one reading is told, and tells
 * @seen: called for each process, or NULL when nobody cares
 * @arg: for @seen
 * @bytes: set to how many were read
 * @processes: set to how many were found; 0 when that is not known
 */
struct look {
	void (*seen)(void *arg, const char *comm, size_t length, bool lives);
	void *arg;
	size_t bytes;
	size_t processes;
};

/**
 * struct way - a way to read the tree
 * @who: what it is called
 * @open: called once before, NULL for nothing to be opened
 * @read: reads all; NULL for @command
 * @command: a program that writes it as text, one line a process or a branch
 *
 * Functions return 0 or a negative errno.
 */
struct way {
	const char *who;
	int (*open)(void);
	int (*read)(struct look *look);
	const char *const *command;
};

int watch_open(void);
int watch_read(struct look *look);
int library_open(void);
int library_read(struct look *look);
int scan_read(struct look *look);
int libproc_read(struct look *look);
int iter_open(void);
int iter_read(struct look *look);
int memfd_read(struct look *look);
int memory_read(struct look *look);
int command_read(const char *const *command, struct look *look);

#endif
