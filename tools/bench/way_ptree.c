// SPDX-License-Identifier: GPL-2.0
/*
 * way_ptree.c owns the ways to read the tree from /dev/ptree, and what it costs
 * to copy as many bytes as that gives: there is no way to read in less.
 */
#include <errno.h>
#include <fcntl.h>
#include <libptree.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "way.h"

#define CHUNK 65536

static int device = -1;
static unsigned char buffer[CHUNK] __attribute__((aligned(8)));

/* How many bytes it was, the last time. */
static size_t tree_bytes;

int watch_open(void)
{
	device = open("/dev/ptree", O_RDONLY | O_CLOEXEC);
	return device < 0 ? -errno : 0;
}

/* Returns whether the tree ends here. */
static bool walk(struct look *look, size_t filled)
{
	size_t at = 0;

	while (at < filled) {
		const struct ptree_task *task = (void *)(buffer + at);

		if (task->head.type == PTREE_TYPE_SYNC)
			return true;
		look->processes++;
		if (look->seen)
			look->seen(look->arg, task->comm, strlen(task->comm),
				   task->state == PTREE_STATE_RUNNING);
		at += task->head.size;
	}
	return false;
}

int watch_read(struct look *look)
{
	struct ptree_watch want = {};
	int fd = ioctl(device, PTREE_IOC_WATCH, &want);
	bool synced = false;
	ssize_t nr = 0;

	if (fd < 0)
		return -errno;
	look->processes = 0;
	look->bytes = 0;
	while (!synced && (nr = read(fd, buffer, sizeof(buffer))) > 0) {
		look->bytes += nr;
		synced = walk(look, nr);
	}
	close(fd);
	tree_bytes = look->bytes;
	return synced ? 0 : -EIO;
}

static struct ptree *door;

int library_open(void)
{
	return ptree_open(&door, NULL, PTREE_OPEN_DEVICE);
}

int library_read(struct look *look)
{
	const struct ptree_task *task = NULL;
	struct ptree_tree *tree;
	int err;

	err = ptree_snapshot(door, 0, &tree);
	if (err)
		return err;
	look->processes = ptree_tree_size(tree);
	while (look->seen && (task = ptree_tree_next(tree, task)))
		look->seen(look->arg, task->comm, strlen(task->comm),
			   task->state == PTREE_STATE_RUNNING);
	ptree_tree_free(tree);
	return 0;
}

static int memory = -1;
static size_t memory_size;
static unsigned char *from, *to;

/* Both ends have been touched: what is measured is the copy. */
static int memory_prepare(void)
{
	if (memory_size == tree_bytes && from)
		return 0;
	free(from);
	free(to);
	if (memory >= 0)
		close(memory);
	memory_size = tree_bytes;
	from = malloc(memory_size);
	to = malloc(memory_size);
	if (!from || !to)
		return -ENOMEM;
	memset(from, 1, memory_size);
	memset(to, 2, memory_size);
	memory = memfd_create("tree", MFD_CLOEXEC);
	if (memory < 0 ||
	    write(memory, from, memory_size) != (ssize_t)memory_size)
		return -errno;
	return 0;
}

/* The kernel copies them out, as much at a time as a watch is asked for. */
int memfd_read(struct look *look)
{
	ssize_t nr = 1;
	size_t at;

	if (memory_prepare())
		return -ENOMEM;
	for (at = 0; at < memory_size && nr > 0; at += nr)
		nr = pread(memory, buffer, sizeof(buffer), at);
	look->bytes = at;
	return nr > 0 ? 0 : -EIO;
}

int memory_read(struct look *look)
{
	if (memory_prepare())
		return -ENOMEM;
	memcpy(to, from, memory_size);
	/* Or it would not be done at all. */
	asm volatile("" : : "r"(to) : "memory");
	look->bytes = memory_size;
	return 0;
}
