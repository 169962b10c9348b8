/* SPDX-License-Identifier: GPL-2.0 */
/* cgroup.h: a cgroup whose processes can be told to keep still, whatever they are. */
#ifndef PTREE_TESTS_CGROUP_H
#define PTREE_TESTS_CGROUP_H

#include <stdbool.h>

void cgroup_make(const char *path);
void cgroup_join(const char *path);
void cgroup_freeze(const char *path, bool frozen);
void cgroup_kill(const char *path);

#endif
