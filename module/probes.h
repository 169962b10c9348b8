/* SPDX-License-Identifier: GPL-2.0 */
/* probes.h: what the kernel is listened to by, and whether it can be heard. */
#ifndef PTREE_PROBES_H
#define PTREE_PROBES_H

#include <linux/kprobes.h>
#include <linux/types.h>

struct tracepoint;

/**
 * struct ptree_trace - a function of ours at a tracepoint of the kernel's
 * @name: of the tracepoint
 * @probe: our function
 * @bit: PTREE_HOOK_*
 * @required: there is no tree without it
 * @tracepoint: found by name; not exported
 */
struct ptree_trace {
	const char *name;
	void *probe;
	u32 bit;
	bool required;
	struct tracepoint *tracepoint;
};

/**
 * struct ptree_probe - a function of ours where the kernel has no tracepoint
 * @at: its &kretprobe.kp alone, unless @returns
 * @bit: PTREE_HOOK_*
 * @returns: it is told of the return as well
 * @for_followers: only who follows the changes needs it
 */
struct ptree_probe {
	struct kretprobe at;
	u32 bit;
	bool returns;
	bool for_followers;
};

/**
 * struct ptree_probes - all that is listened to
 * @traces: in the order of registering: what is ended before what begins, so that
 *	whoever is put in can be taken out
 * @nr_traces: how many
 * @probes: likewise; they make the tree timely, and may fail
 * @nr_probes: how many
 */
struct ptree_probes {
	struct ptree_trace *traces;
	unsigned int nr_traces;
	struct ptree_probe *probes;
	unsigned int nr_probes;
};

int ptree_probes_start(const struct ptree_probes *probes, bool kprobes);
void ptree_probes_stop(void);
u32 ptree_probes_known(void);
u32 ptree_probes_armed(void);
u64 ptree_probes_missed(void);
void ptree_probes_silence(void);
bool ptree_probes_unheard(void);
void ptree_probes_follow(void);
void ptree_probes_unfollow(void);

#endif
