// SPDX-License-Identifier: GPL-2.0
/* audit.c owns the cases of the audit: that it finds nothing, and that it would see something. */
#include "case.h"
#include "device.h"

#include <errno.h>
#include <grp.h>
#include <libptree.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define KPROBES "/sys/kernel/debug/kprobes/enabled"

/**
 * struct verdict - what came of an audit
 * @audit: as the module says it
 * @findings: what differs
 */
struct verdict {
	struct ptree_audit audit;
	struct ptree_finding *findings;
};

static struct ptree *door(void)
{
	struct ptree *pt;
	int err = ptree_open(&pt, NULL, PTREE_OPEN_DEVICE);

	check(!err, "no device: %s", strerror(-err));
	return pt;
}

static void audit(struct ptree *pt, struct verdict *verdict)
{
	int err = ptree_verify(pt, &verdict->audit, &verdict->findings);

	check(!err, "no audit: %s", strerror(-err));
}

/* What is found of a task, in a word for each. */
static const char *found(const struct verdict *verdict, pid_t tid)
{
	static char text[256];
	size_t used = 0;
	unsigned int i;

	text[0] = '\0';
	for (i = 0; i < verdict->audit.nr && used < sizeof(text) - 32; i++)
		if (!tid || verdict->findings[i].tid == tid)
			used += snprintf(text + used, sizeof(text) - used,
					 "%d:%u ", verdict->findings[i].tid,
					 verdict->findings[i].kind);
	return text;
}

static void see_none(struct ptree *pt)
{
	struct verdict verdict;

	audit(pt, &verdict);
	check(!verdict.audit.nr, "%u findings: %s", verdict.audit.nr,
	      found(&verdict, 0));
	check(verdict.audit.tasks > 20 &&
	      verdict.audit.values > 10 * verdict.audit.tasks,
	      "%llu values of %llu tasks compared",
	      (unsigned long long)verdict.audit.values,
	      (unsigned long long)verdict.audit.tasks);
	free(verdict.findings);
}

static void audit_quiet(void)
{
	struct ptree *pt = door();
	int i;

	for (i = 0; i < 10; i++)
		make_idle();
	see_none(pt);
}

static void audit_storm(void)
{
	struct ptree *pt = door();
	long end = now_ms() + 5000;
	pid_t pid[3];
	int i;

	for (i = 0; i < 3; i++) {
		pid[i] = make();
		while (!pid[i]) {
			pid_t child = make();

			if (!child) {
				setsid();
				rename_self("storm");
				if (!make())
					_exit(0);
				_exit(0);
			}
			reap(child);
		}
	}
	while (now_ms() < end)
		see_none(pt);
	for (i = 0; i < 3; i++)
		quit(pid[i]);
}

/*
 * Probes that are silenced behind the module's back, and a session that begins
 * meanwhile: now the tree is not what the kernel has. The audit has to see that,
 * and the module has to know why.
 */
static void audit_sees(void)
{
	int step = gate_new(), done = gate_new();
	struct verdict before, after;
	struct ptree_info info;
	struct ptree *pt = door();
	pid_t pid;

	check(!ptree_info_get(pt, &info), "no info");
	if (!(info.hooks & PTREE_HOOK_CHANGE_PID))
		skip("there is no probe to silence");
	pid = make();
	if (!pid) {
		gate_pass(step);
		sys(setsid());
		gate_open(done);
		idle();
	}
	see_none(pt);
	audit(pt, &before);
	if (!file_try_write(KPROBES, "0"))
		skip("%s: %m", KPROBES);
	gate_open(step);
	gate_pass(done);
	audit(pt, &after);
	check(!ptree_info_get(pt, &info), "no info");
	file_write(KPROBES, "1");
	check(!after.audit.nr && after.audit.behind >= before.audit.behind + 2,
	      "its session and group began: %llu behind, %llu before",
	      (unsigned long long)after.audit.behind,
	      (unsigned long long)before.audit.behind);
	check(!(info.hooks & PTREE_HOOK_CHANGE_PID), "hooks %#x: not silent",
	      info.hooks);
	/* A reader brings it up to date. */
	SEE(.pid = pid, .ppid = getpid(), .orig = getpid(), .state = 'S');
	see_none(pt);
	check(!ptree_info_get(pt, &info), "no info");
	check(info.hooks & PTREE_HOOK_CHANGE_PID, "hooks %#x: still silent",
	      info.hooks);
}

static void audit_refusals(void)
{
	struct ptree_audit audit = {};
	int fd = device_open("/proc"), status;
	pid_t pid;

	audit.flags = 1;
	device_refuses(fd, PTREE_IOC_AUDIT, &audit, EINVAL);
	audit.flags = 0;
	pid = make();
	if (!pid) {
		sys(setgroups(0, NULL));
		sys(setresuid(1000, 1000, 1000));
		/* His own, and one that root opened. */
		device_refuses(fd, PTREE_IOC_AUDIT, &audit, EPERM);
		fd = device_open("/proc");
		device_refuses(fd, PTREE_IOC_AUDIT, &audit, EPERM);
		_exit(0);
	}
	sys(waitpid(pid, &status, 0));
	if (status)
		idle();
	sys(ioctl(fd, PTREE_IOC_AUDIT, &audit));
}

const struct live_case audit_cases[] = {
	{ "audit-quiet", audit_quiet },
	{ "audit-storm", audit_storm, .seconds = 120 },
	{ "audit-sees", audit_sees },
	{ "audit-refusals", audit_refusals },
	{},
};
