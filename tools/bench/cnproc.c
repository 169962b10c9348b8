// SPDX-License-Identifier: GPL-2.0
/*
 * cnproc.c owns the tightest listener to the kernel's process connector: it
 * counts what it hears until SIGTERM, then prints how many forks, exits and
 * messages that were lost: as the numbers of those that came tell, and one for
 * each time it was told that there was no room.
 */
#include <errno.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

#define CPUS 64

static int stopped;

static void stop(int sig)
{
	(void)sig;
	__atomic_store_n(&stopped, 1, __ATOMIC_RELAXED);
}

static unsigned long forks, exits, lost;

static void hear(const struct cn_msg *msg)
{
	static uint32_t next[CPUS];
	static int known[CPUS];
	struct proc_event event;

	memcpy(&event, msg->data, sizeof(event));
	if (event.cpu < CPUS) {
		if (known[event.cpu])
			lost += msg->seq - next[event.cpu];
		known[event.cpu] = 1;
		next[event.cpu] = msg->seq + 1;
	}
	/* Of a process, not of its other threads. */
	if (event.what == PROC_EVENT_FORK)
		forks += event.event_data.fork.child_pid ==
			 event.event_data.fork.child_tgid;
	if (event.what == PROC_EVENT_EXIT)
		exits += event.event_data.exit.process_pid ==
			 event.event_data.exit.process_tgid;
}

int main(void)
{
	struct {
		struct nlmsghdr head;
		struct cn_msg msg;
		enum proc_cn_mcast_op op;
	} __attribute__((packed)) listen = {
		.head.nlmsg_len = sizeof(listen),
		.head.nlmsg_type = NLMSG_DONE,
		.msg.id.idx = CN_IDX_PROC,
		.msg.id.val = CN_VAL_PROC,
		.msg.len = sizeof(listen.op),
		.op = PROC_CN_MCAST_LISTEN,
	};
	struct sockaddr_nl address = { .nl_family = AF_NETLINK,
				       .nl_groups = CN_IDX_PROC };
	struct sigaction action = { .sa_handler = stop };
	static char buffer[65536] __attribute__((aligned(8)));
	struct nlmsghdr *head;
	int fd;

	sigaction(SIGTERM, &action, NULL);
	fd = socket(PF_NETLINK, SOCK_DGRAM, NETLINK_CONNECTOR);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    send(fd, &listen, sizeof(listen), 0) < 0)
		err(1, "cn_proc");
	while (!__atomic_load_n(&stopped, __ATOMIC_RELAXED)) {
		ssize_t len = recv(fd, buffer, sizeof(buffer), 0);

		if (len < 0 && errno != EINTR && errno != ENOBUFS)
			err(1, "recv");
		lost += len < 0 && errno == ENOBUFS;
		for (head = (void *)buffer; len > 0 && NLMSG_OK(head, (size_t)len);
		     head = NLMSG_NEXT(head, len))
			hear(NLMSG_DATA(head));
	}
	printf("%lu %lu %lu\n", forks, exits, lost);
	return 0;
}
