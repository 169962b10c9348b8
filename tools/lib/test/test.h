/* SPDX-License-Identifier: GPL-2.0 */
/* test.h: what the tests of libptree have in common. */
#ifndef PTREE_TEST_H
#define PTREE_TEST_H

#include "../internal.h"

/**
 * struct test - one test
 * @name: as it is printed
 * @run: does it; check() tells what is wrong
 */
struct test {
	const char *name;
	void (*run)(void);
};

/* One table per file; each ends with one without a name. */
extern const struct test model_tests[], record_tests[], tree_tests[],
	stream_tests[], device_tests[], open_tests[], proc_tests[],
	fault_tests[], live_tests[];

/* main.c: false, and told with where and what, when @good is false. */
#define check(good, ...) check_at(good, __FILE__, __LINE__, #good, __VA_ARGS__)
bool check_at(bool good, const char *file, int line, const char *text,
	      const char *format, ...) __attribute__((format(printf, 5, 6)));
bool test_failing(void);

/* main.c: there is nothing to test here; a reason that stays. */
void test_skip(const char *reason);

/* random.c: the same numbers for the same seed. */
void random_seed(uint64_t seed);
uint64_t random_below(uint64_t bound);

/* wire.c: records as some kernel writes them. */

/**
 * union wire - room for a record of any kernel
 * @head: its beginning
 * @task: as a task
 * @gone: as one that is gone
 * @sync: as a moment
 * @lost: as a loss
 * @bytes: all of it
 */
union wire {
	struct ptree_head head;
	struct ptree_task task;
	struct ptree_gone gone;
	struct ptree_sync sync;
	struct ptree_lost lost;
	unsigned char bytes[PTREE_TASK_MAX + 512];
};

/* Bytes of members in a task's record of some kernel. */
unsigned int wire_random_fixed(void);
void wire_task(union wire *wire, const struct ptree_task *task,
	       unsigned int fixed);
void wire_plain(union wire *wire, unsigned int type, uint64_t seq,
		uint64_t other);
void wire_living(union wire *wire, uint64_t id, int tid, uint64_t parent_id);

/* fake.c: a device that is not there. */

/**
 * struct fake - what libptree meets in place of the kernel
 * @open: opening the device: 0 does so really, 1 gives the fake one, else it
 *	fails with this negative errno
 * @ioctl: what the fake device answers; NULL calls ioctl(2)
 * @refuse: of what libptree allocates, each @refuse-th is refused; 0: nothing
 * @refused: how often that was
 */
struct fake {
	int open;
	int (*ioctl)(unsigned long command, void *argument);
	unsigned int refuse;
	unsigned int refused;
};

extern struct fake fake;
void fake_reset(void);

#endif
