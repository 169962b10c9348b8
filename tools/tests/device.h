/* SPDX-License-Identifier: GPL-2.0 */
/* device.h: /dev/ptree for the live tests, without a library between. */
#ifndef PTREE_TESTS_DEVICE_H
#define PTREE_TESTS_DEVICE_H

#include <linux/ptree.h>

#include "lib.h"

int device_open(const char *proc);
int device_lend(int fd, const char *path);

/**
 * struct answer - the records of a query
 * @nr: how many
 * @tasks: each of them, in @bytes
 * @bytes: what was read
 * @seq: the moment they are of
 */
struct answer {
	unsigned int nr;
	const struct ptree_task **tasks;
	char *bytes;
	unsigned long long seq;
};

struct answer *device_ask(int fd, unsigned long command,
			  const struct ptree_query *query);
const struct ptree_task *answer_find(const struct answer *answer, pid_t tid);
void answer_free(struct answer *answer);

/* Ask about what the members say, as in: ASK(fd, GET, .select = ...). */
#define ASK(fd, command, ...)                  \
	device_ask(fd, PTREE_IOC_##command,    \
		   &(struct ptree_query){ __VA_ARGS__ })

/* That no answer comes, but this errno. */
void device_refuses(int fd, unsigned long command, void *argument, int error);

/**
 * struct account - what a watch told
 * @fd: the watch
 * @nr: how many tasks are known
 * @room: for how many there is room
 * @tasks: the newest record of each, owned; not sorted
 * @confirmed: for each, whether it was told of since the last LOST
 * @relearning: LOST was told and no SYNC since
 * @syncs: how many SYNC were told, as are @losts and @gones
 * @losts: see @syncs
 * @gones: see @syncs
 * @seq: of the last SYNC
 * @first: of the last LOST, as is @last
 * @last: see @first
 */
struct account {
	int fd;
	unsigned int nr;
	unsigned int room;
	struct ptree_task **tasks;
	bool *confirmed;
	bool relearning;
	unsigned int syncs;
	unsigned int losts;
	unsigned int gones;
	unsigned long long seq;
	unsigned long long first;
	unsigned long long last;
};

struct account *account_new(int fd);
int watch_open(int fd, unsigned int flags, unsigned long long since);
bool account_read(struct account *account, size_t room);
void account_sync(struct account *account);
void account_update(struct account *account);
const struct ptree_task *account_find(const struct account *account,
				      pid_t tid);
const char *account_unlike(const struct account *account, const char *proc);
void account_free(struct account *account);
const char *task_unlike(const struct ptree_task *task, const char *proc);

#endif
