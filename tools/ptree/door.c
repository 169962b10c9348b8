// SPDX-License-Identifier: GPL-2.0
/* door.c owns opening the tree, and saying where it comes from. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "verb.h"

static const char *why(int err)
{
	switch (err) {
	case -ENOENT:
	case -ENXIO:
	case -ENODEV:
		return "the module is not loaded";
	case -ENOTTY:
		return "the module is older than this program";
	case -EACCES:
	case -EPERM:
		return "it may not be used";
	}
	return NULL;
}

static int refuse(int err)
{
	if (why(err)) {
		complain("/dev/ptree: %s: %s", why(err), strerror(-err));
		return END_ABSENT;
	}
	return fail(err, "/dev/ptree");
}

int door_open(struct ptree **pt, unsigned int flags)
{
	int module = ptree_open(pt, NULL, PTREE_OPEN_DEVICE), err;

	if (!module)
		return END_FOUND;
	if (flags & DOOR_DEVICE || !why(module))
		return refuse(module);
	err = ptree_open(pt, NULL, PTREE_OPEN_PROC);
	if (err)
		return fail(err, "/proc");
	if (!(flags & DOOR_QUIET))
		complain("best effort, from /proc, not of one moment: /dev/ptree: %s",
			 why(module));
	return END_FOUND;
}
