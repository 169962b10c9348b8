// SPDX-License-Identifier: GPL-2.0
/*
 * fake.c owns what libptree calls in the tests, by the linker's --wrap: the
 * device, and memory that there is not.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>

#include "test.h"

struct fake fake;

void fake_reset(void)
{
	fake = (struct fake){};
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __real_ioctl(int fd, unsigned long command, ...);
int __wrap_ioctl(int fd, unsigned long command, ...);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t number, size_t size);
void *__wrap_calloc(size_t number, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);

int __wrap_open(const char *path, int flags, ...)
{
	if (!fake.open || strcmp(path, "/dev/ptree"))
		return __real_open(path, flags);
	if (fake.open > 0)
		return __real_open("/dev/null", flags);
	errno = -fake.open;
	return -1;
}

int __wrap_ioctl(int fd, unsigned long command, ...)
{
	va_list arguments;
	void *argument;
	int ret;

	va_start(arguments, command);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	if (!fake.ioctl)
		return __real_ioctl(fd, command, argument);
	ret = fake.ioctl(command, argument);
	if (ret >= 0)
		return ret;
	errno = -ret;
	return -1;
}

static bool refused(void)
{
	static unsigned int calls;

	if (!fake.refuse || ++calls % fake.refuse)
		return false;
	fake.refused++;
	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t size)
{
	return refused() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t number, size_t size)
{
	return refused() ? NULL : __real_calloc(number, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return refused() ? NULL : __real_realloc(old, size);
}
