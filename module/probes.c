// SPDX-License-Identifier: GPL-2.0
/*
 * probes.c owns being heard: tracepoints and kprobes are registered here, switched
 * on for those who need them, and known to work or not.
 *
 * Kprobes can be switched off behind our back, all at once, in debugfs or with
 * ftrace. Whether they are is seen by a probe on a function of our own, see
 * canary(). Whether they were in between, only whoever listens can find out: by
 * something that one of them would have told.
 */
#define pr_fmt(fmt) "ptree: " fmt

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/ptree.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "compat.h"
#include "probes.h"

/* The ones in use; there is one set at a time. */
static const struct ptree_probes *all;

/* What is registered: PTREE_HOOK_*. */
static u32 registered;

/* Something was not told of, and nobody has caught up since. */
static bool silence;

/* How many follow the changes. To switch a probe takes milliseconds. */
static DEFINE_MUTEX(followers_mutex);
static unsigned int followers;

static atomic_t sung;
static bool caged;

/* Called to see whether its probe hears it. */
static noinline void canary(void)
{
	asm volatile("");
}

static int hear_canary(struct kprobe *probe, struct pt_regs *regs)
{
	atomic_inc(&sung);
	return 0;
}

static struct kprobe canary_probe = {
	.addr = (kprobe_opcode_t *)canary,
	.pre_handler = hear_canary,
};

/* Somebody else's call is as good as ours. */
static bool canary_heard(void)
{
	int before = atomic_read(&sung);

	canary();
	return !caged || atomic_read(&sung) != before;
}

/* One that rests for want of followers works as it should. */
static bool works(struct ptree_probe *probe)
{
	return !kprobe_disabled(&probe->at.kp) ||
	       (probe->for_followers && !READ_ONCE(followers));
}

/*
 * While all are switched off in debugfs none can be switched on: then it is tried
 * again. And while ftrace is off it is left on: there 6.1 keeps FTRACE_FL_REGS of
 * a function whose probe comes and goes, finds that later, and gives up on ftrace.
 */
static void tend(struct ptree_probe *probe)
{
	struct kprobe *kp = &probe->at.kp;

	if (!probe->for_followers || !(registered & probe->bit))
		return;
	if (followers && kprobe_disabled(kp))
		enable_kprobe(kp);
	else if (!followers && !kprobe_disabled(kp) && canary_heard())
		disable_kprobe(kp);
}

static void tend_all(int more)
{
	unsigned int i;

	mutex_lock(&followers_mutex);
	WRITE_ONCE(followers, followers + more);
	for (i = 0; i < all->nr_probes; i++)
		tend(&all->probes[i]);
	mutex_unlock(&followers_mutex);
}

/**
 * ptree_probes_follow - somebody waits for changes from now on
 *
 * Context: may sleep. For all others what they read is early enough.
 */
void ptree_probes_follow(void)
{
	tend_all(1);
}

/**
 * ptree_probes_unfollow - and now no longer
 *
 * Context: may sleep.
 */
void ptree_probes_unfollow(void)
{
	tend_all(-1);
}

static u32 all_kprobes(void)
{
	u32 bits = 0;
	unsigned int i;

	for (i = 0; i < all->nr_probes; i++)
		bits |= all->probes[i].bit;
	return bits;
}

/**
 * ptree_probes_known - all that could be listened to
 *
 * Context: any, between start and stop.
 * Return: PTREE_HOOK_*.
 */
u32 ptree_probes_known(void)
{
	u32 bits = all_kprobes();
	unsigned int i;

	for (i = 0; i < all->nr_traces; i++)
		bits |= all->traces[i].bit;
	return bits;
}

/**
 * ptree_probes_armed - what is registered and not switched off
 *
 * Context: any, between start and stop.
 * Return: PTREE_HOOK_*, as far as a kprobe can tell.
 */
u32 ptree_probes_armed(void)
{
	u32 bits = READ_ONCE(registered), kprobes = all_kprobes();
	unsigned int i;

	for (i = 0; i < all->nr_probes; i++)
		if (!works(&all->probes[i]))
			bits &= ~all->probes[i].bit;
	if (bits & kprobes && !canary_heard()) {
		WRITE_ONCE(silence, true);
		bits &= ~kprobes;
	}
	return bits;
}

/**
 * ptree_probes_missed - how often a probe was not run
 *
 * Context: any, between start and stop.
 * Return: that, of all probes.
 */
u64 ptree_probes_missed(void)
{
	unsigned int i;
	u64 missed = 0;

	for (i = 0; i < all->nr_probes; i++) {
		const struct ptree_probe *probe = &all->probes[i];

		missed += probe->returns ? probe->at.nmissed :
					   probe->at.kp.nmissed;
	}
	return missed;
}

/**
 * ptree_probes_silence - somebody saw what a probe should have told
 *
 * Context: any. Where the probes are not used nothing is missed.
 */
void ptree_probes_silence(void)
{
	if (registered & PTREE_HOOK_RELEASE)
		WRITE_ONCE(silence, true);
}

/**
 * ptree_probes_unheard - whether something may have happened untold
 *
 * Context: may sleep. Whoever is told so looks at everything: what happens from
 * here on is heard, or will be asked for again.
 * Return: true if so.
 */
bool ptree_probes_unheard(void)
{
	bool armed = ptree_probes_armed() == ptree_probes_known();
	bool unheard = !armed || READ_ONCE(silence);

	if (!armed)
		tend_all(0);
	else if (unheard)
		WRITE_ONCE(silence, false);
	return unheard;
}

static void find_tracepoint(struct tracepoint *tracepoint, void *unused)
{
	unsigned int i;

	for (i = 0; i < all->nr_traces; i++)
		if (!strcmp(tracepoint->name, all->traces[i].name))
			all->traces[i].tracepoint = tracepoint;
}

static void unregister_traces(void)
{
	int i;

	for (i = all->nr_traces - 1; i >= 0; i--) {
		struct ptree_trace *trace = &all->traces[i];

		if (registered & trace->bit)
			tracepoint_probe_unregister(trace->tracepoint,
						    trace->probe, NULL);
	}
	tracepoint_synchronize_unregister();
	registered = 0;
}

static int register_traces(void)
{
	unsigned int i;
	int err;

	for_each_kernel_tracepoint(find_tracepoint, NULL);
	for (i = 0; i < all->nr_traces; i++) {
		struct ptree_trace *trace = &all->traces[i];

		err = -ENOENT;
		if (trace->tracepoint)
			err = tracepoint_probe_register(trace->tracepoint,
							trace->probe, NULL);
		if (!err) {
			registered |= trace->bit;
			continue;
		}
		if (trace->required) {
			pr_err("can't hook the tracepoint %s (%d)\n",
			       trace->name, err);
			unregister_traces();
			return err;
		}
		pr_notice("no tracepoint %s (%d): changes are seen later, when somebody reads\n",
			  trace->name, err);
	}
	return 0;
}

static void register_probes(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < all->nr_probes; i++) {
		struct ptree_probe *probe = &all->probes[i];

		probe->at.kp.flags = probe->for_followers ?
					     KPROBE_FLAG_DISABLED : 0;
		err = probe->returns ? register_kretprobe(&probe->at) :
				       register_kprobe(&probe->at.kp);
		if (!err)
			registered |= probe->bit;
		else
			pr_notice("no probe on %s (%d): changes are seen later, when somebody reads\n",
				  probe->at.kp.symbol_name, err);
	}
	caged = !register_kprobe(&canary_probe);
	if (!canary_heard())
		pr_notice("all probes are switched off: changes are seen later, when somebody reads\n");
}

static void unregister_probes(void)
{
	int i;

	if (caged)
		unregister_kprobe(&canary_probe);
	caged = false;
	for (i = all->nr_probes - 1; i >= 0; i--) {
		struct ptree_probe *probe = &all->probes[i];

		if (!(registered & probe->bit))
			continue;
		if (probe->returns)
			unregister_kretprobe(&probe->at);
		else
			unregister_kprobe(&probe->at.kp);
	}
}

/**
 * ptree_probes_start - listen
 * @probes: to what; the only set at a time
 * @kprobes: whether to use kprobes where there are any
 *
 * Context: may sleep.
 * Return: 0; -errno when a required tracepoint can't be had, then nothing is
 * listened to.
 */
int ptree_probes_start(const struct ptree_probes *probes, bool kprobes)
{
	int err;

	all = probes;
	err = register_traces();
	if (!err && kprobes)
		register_probes();
	return err;
}

/**
 * ptree_probes_stop - listen no more
 *
 * Context: may sleep. Afterwards none of the functions runs or will run.
 */
void ptree_probes_stop(void)
{
	unregister_probes();
	unregister_traces();
}
