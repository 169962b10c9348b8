// SPDX-License-Identifier: GPL-2.0
/* device.c owns the test's end of /dev/ptree: asking, and keeping account of a watch. */
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int device_lend(int fd, const char *path)
{
	struct ptree_procfs procfs = { .fd = -1 };
	int ret, error;

	procfs.fd = sys(open(path, O_PATH | O_CLOEXEC));
	ret = ioctl(fd, PTREE_IOC_PROCFS, &procfs);
	error = errno;
	close(procfs.fd);
	return ret < 0 ? -error : 0;
}

/* NULL lends none. */
int device_open(const char *proc)
{
	int fd = sys(open("/dev/ptree", O_RDWR | O_CLOEXEC));

	if (proc)
		check(!device_lend(fd, proc), "%s can't be lent: %m", proc);
	return fd;
}

static void *enough(size_t size)
{
	void *memory = calloc(1, size + 1);

	check(memory, "no memory");
	return memory;
}

static void split(struct answer *answer, size_t size)
{
	unsigned int i = 0;
	size_t at;

	answer->tasks = enough((answer->nr + 1) * sizeof(*answer->tasks));
	for (at = 0; at < size; at += answer->tasks[i++]->head.size) {
		const struct ptree_task *task = (void *)(answer->bytes + at);

		check(i < answer->nr, "more than the %u records announced",
		      answer->nr);
		check(task->head.size >= sizeof(*task) &&
		      task->head.size % 8 == 0 &&
			      task->head.size <= size - at,
		      "a record of %u bytes", task->head.size);
		check(task->head.type == PTREE_TYPE_TASK, "a record of type %u",
		      task->head.type);
		answer->tasks[i] = task;
	}
	check(i == answer->nr, "%u records instead of the %u announced", i,
	      answer->nr);
}

/* NULL when it fails, and errno says why. First without a buffer, as one should. */
struct answer *device_ask(int fd, unsigned long command,
			  const struct ptree_query *query)
{
	struct ptree_query q = *query;
	struct answer *answer;
	int tries;

	answer = enough(sizeof(*answer));
	for (tries = 0; tries < 20; tries++) {
		if (!ioctl(fd, command, &q))
			break;
		if (errno != ENOSPC) {
			answer_free(answer);
			return NULL;
		}
		check(q.used > q.size, "ENOSPC, and %llu of %llu bytes used",
		      (unsigned long long)q.used, (unsigned long long)q.size);
		free(answer->bytes);
		answer->bytes = enough(q.used);
		q.buf = (uintptr_t)answer->bytes;
		q.size = q.used;
	}
	check(tries < 20, "it grows faster than it can be asked for");
	answer->nr = q.nr;
	answer->seq = q.seq;
	split(answer, q.used);
	return answer;
}

const struct ptree_task *answer_find(const struct answer *answer, pid_t tid)
{
	unsigned int i;

	for (i = 0; i < answer->nr; i++)
		if (answer->tasks[i]->tid == tid)
			return answer->tasks[i];
	return NULL;
}

void answer_free(struct answer *answer)
{
	free(answer->tasks);
	free(answer->bytes);
	free(answer);
}

void device_refuses(int fd, unsigned long command, void *argument, int error)
{
	int ret = ioctl(fd, command, argument);

	check(ret < 0 && errno == error,
	      "command %#lx returns %d (%s), should be %s", command, ret,
	      ret < 0 ? strerror(errno) : "no error", strerror(error));
}

int watch_open(int fd, unsigned int flags, unsigned long long since)
{
	struct ptree_watch watch = { .flags = flags, .since = since };

	return sys(ioctl(fd, PTREE_IOC_WATCH, &watch));
}

struct account *account_new(int fd)
{
	struct account *account = enough(sizeof(*account));

	account->fd = fd;
	return account;
}

static void forget(struct account *account, unsigned int i)
{
	free(account->tasks[i]);
	account->nr--;
	account->tasks[i] = account->tasks[account->nr];
	account->confirmed[i] = account->confirmed[account->nr];
}

static int find_id(const struct account *account, unsigned long long id)
{
	unsigned int i;

	for (i = 0; i < account->nr; i++)
		if (account->tasks[i]->id == id)
			return i;
	return -1;
}

static void learn(struct account *account, const struct ptree_task *task)
{
	int i = find_id(account, task->id);

	if (task->state == PTREE_STATE_DEAD && task->mask & PTREE_MASK_TASK) {
		if (i >= 0)
			forget(account, i);
		return;
	}
	if (i < 0) {
		if (account->nr == account->room) {
			account->room = account->room * 2 + 64;
			account->tasks = realloc(account->tasks,
						 account->room *
							 sizeof(*account->tasks));
			account->confirmed = realloc(account->confirmed,
						     account->room);
			check(account->tasks && account->confirmed,
			      "no memory");
		}
		i = account->nr++;
	} else {
		free(account->tasks[i]);
	}
	account->tasks[i] = enough(task->head.size);
	memcpy(account->tasks[i], task, task->head.size);
	account->confirmed[i] = true;
}

static void unlearn(struct account *account)
{
	unsigned int i;

	for (i = account->nr; account->relearning && i-- > 0;)
		if (!account->confirmed[i])
			forget(account, i);
	account->relearning = false;
}

static void take(struct account *account, const struct ptree_head *head)
{
	const struct ptree_gone *gone = (void *)head;
	const struct ptree_lost *lost = (void *)head;
	int i;

	switch (head->type) {
	case PTREE_TYPE_TASK:
		learn(account, (void *)head);
		break;
	case PTREE_TYPE_GONE:
		account->gones++;
		i = find_id(account, gone->id);
		if (i >= 0)
			forget(account, i);
		break;
	case PTREE_TYPE_SYNC:
		account->syncs++;
		account->seq = ((struct ptree_sync *)head)->seq;
		unlearn(account);
		break;
	case PTREE_TYPE_LOST:
		account->losts++;
		account->first = lost->first;
		account->last = lost->last;
		account->relearning = true;
		if (account->nr)
			memset(account->confirmed, 0, account->nr);
		break;
	default:
		fail("a record of type %u", head->type);
	}
}

/* One read of at most @room bytes. Returns false when there was nothing to read. */
bool account_read(struct account *account, size_t room)
{
	char *bytes = enough(room);
	ssize_t size = read(account->fd, bytes, room), at;
	const struct ptree_head *head;

	if (size < 0 && errno == EAGAIN) {
		free(bytes);
		return false;
	}
	check(size >= 0, "reading the watch: %m");
	check(size, "a watch has come to an end");
	for (at = 0; at < size; at += head->size) {
		head = (void *)(bytes + at);
		check(head->size >= sizeof(*head) && head->size % 8 == 0 &&
		      head->size <= size - at,
		      "a record of %u bytes", head->size);
		take(account, head);
	}
	free(bytes);
	return true;
}

/* Until there is no more. */
void account_sync(struct account *account)
{
	unsigned int syncs = account->syncs;

	while (account->syncs == syncs)
		account_read(account, 64 * 1024);
}

/* What there is, of a watch that does not wait. */
void account_update(struct account *account)
{
	while (account_read(account, 64 * 1024))
		;
}

const struct ptree_task *account_find(const struct account *account, pid_t tid)
{
	unsigned int i;

	for (i = 0; i < account->nr; i++)
		if (account->tasks[i]->tid == tid)
			return account->tasks[i];
	return NULL;
}

/* What of a leader's record differs from procfs, NULL for nothing. */
const char *task_unlike(const struct ptree_task *task, const char *proc)
{
	static char why[300];
	struct truth truth;

	if (!truth_read(proc, task->tid, &truth))
		snprintf(why, sizeof(why), "%d is not in %s", task->tid, proc);
	else if (task->tgid != truth.pid || task->ppid != truth.ppid ||
		 task->pgid != truth.pgid || task->sid != truth.sid ||
		 task->euid != truth.uid ||
		 task->threads != (unsigned int)truth.threads)
		snprintf(why, sizeof(why),
			 "%d: ppid %d pgid %d sid %d euid %u threads %u, should be %d %d %d %u %d",
			 task->tid, task->ppid, task->pgid, task->sid,
			 task->euid, task->threads, truth.ppid, truth.pgid,
			 truth.sid, truth.uid, truth.threads);
	else
		return NULL;
	return why;
}

/* What of the account differs from procfs, NULL for nothing. */
const char *account_unlike(const struct account *account, const char *proc)
{
	static char why[300];
	unsigned int i, leaders = 0;
	const char *difference;
	int *pids, nr;

	pids = pids_read(proc, &nr);
	for (i = 0; i < account->nr; i++) {
		const struct ptree_task *task = account->tasks[i];

		if (task->id != task->process_id)
			continue;
		leaders++;
		difference = task->mask & PTREE_MASK_PROCESS ?
				     task_unlike(task, proc) :
				     NULL;
		if (difference) {
			free(pids);
			return difference;
		}
	}
	for (i = 0; i < (unsigned int)nr; i++)
		if (!account_find(account, pids[i]))
			break;
	snprintf(why, sizeof(why), "%u processes known, %d in %s; %d is not known",
		 leaders, nr, proc, i < (unsigned int)nr ? pids[i] : 0);
	free(pids);
	return leaders == (unsigned int)nr && i == leaders ? NULL : why;
}

void account_free(struct account *account)
{
	while (account->nr)
		forget(account, 0);
	free(account->tasks);
	free(account->confirmed);
	close(account->fd);
	free(account);
}
