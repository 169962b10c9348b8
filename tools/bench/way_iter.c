// SPDX-License-Identifier: GPL-2.0
/* way_iter.c owns reading the tree by a BPF iterator: task_iter.bpf.c. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "task_iter.h"
#include "way.h"

static struct bpf_link *iter;

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	return 0;
}

/* Next to this program. */
static int object_path(char *path, size_t size)
{
	ssize_t length = readlink("/proc/self/exe", path, size - 32);
	char *end;

	if (length < 0)
		return -errno;
	path[length] = '\0';
	end = strrchr(path, '/') + 1;
	strcpy(end, "task_iter.bpf.o");
	return 0;
}

int iter_open(void)
{
	struct bpf_program *program;
	struct bpf_object *object;
	char path[4096];

	libbpf_set_print(quiet);
	if (object_path(path, sizeof(path)) || access(path, R_OK))
		return -ENOENT;
	object = bpf_object__open_file(path, NULL);
	if (!object || bpf_object__load(object))
		return -EIO;
	program = bpf_object__find_program_by_name(object, "tell_task");
	iter = program ? bpf_program__attach_iter(program, NULL) : NULL;
	return iter ? 0 : -EIO;
}

int iter_read(struct look *look)
{
	static struct task_told told[1024];
	int fd = bpf_iter_create(bpf_link__fd(iter));
	ssize_t nr;
	size_t i;

	if (fd < 0)
		return fd;
	look->bytes = 0;
	look->processes = 0;
	while ((nr = read(fd, told, sizeof(told))) > 0) {
		look->bytes += nr;
		look->processes += nr / sizeof(*told);
		for (i = 0; look->seen && i < nr / sizeof(*told); i++)
			look->seen(look->arg, told[i].comm,
				   strlen(told[i].comm), !told[i].exited);
	}
	close(fd);
	return nr ? -errno : 0;
}
