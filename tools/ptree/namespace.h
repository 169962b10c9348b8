/* SPDX-License-Identifier: GPL-2.0 */
/* namespace.h: how pid namespaces are named on the command line. */
#ifndef PTREE_NAMESPACE_H
#define PTREE_NAMESPACE_H

#include <stdint.h>
#include <libptree.h>

/**
 * namespace_parse() - find the pid namespace that is meant
 * @pt: the door
 * @text: pid:[INUM] or INUM, as /proc/PID/ns/pid has it; PID, for the one that
 *	it lives in; "self", for the one whose numbers are shown here
 * @inum: set to its number
 *
 * What is too large for a PID is an INUM.
 *
 * Return: END_FOUND, or another END_* after a complaint.
 */
int namespace_parse(struct ptree *pt, const char *text, uint32_t *inum);

#endif
