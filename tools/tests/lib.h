/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lib.h: what every live test needs: reading /proc/ptree, reading the rest of
 * /proc, comparing the two, and making processes that wait for one another.
 *
 * Nothing here returns an error: what can't be done fails the case.
 */
#ifndef PTREE_TESTS_LIB_H
#define PTREE_TESTS_LIB_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>
#include <sys/types.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* How long the tree may take to agree with /proc, and /proc with a wish. */
#define PATIENCE_MS 2000

/* Reporting: any process of a case may end it. */

void lib_report_to(int fd);
noreturn __printf(1, 2) void fail(const char *why, ...);
noreturn __printf(1, 2) void skip(const char *why, ...);

/* Fail unless @good; @why and what follows explain it. */
#define check(good, ...)                   \
	do {                               \
		if (!(good))               \
			fail(__VA_ARGS__); \
	} while (0)

/* Fail, telling errno, if a system call returned a negative number. */
#define sys(call)                                                         \
	({                                                                \
		long sys_ret = (call);                                    \
		if (sys_ret < 0)                                          \
			fail("%s:%d: %s: %m", __FILE__, __LINE__, #call); \
		sys_ret;                                                  \
	})

/* Files. */

char *file_read(int fd, size_t *size);
bool file_slurp(const char *path, char *text, size_t size);
bool file_try_write(const char *path, const char *text);
void file_write(const char *path, const char *text);

/* The tree. */

/**
 * struct line - one line of /proc/ptree
 * @bare: all that is told is @pid
 * @pid: the column of that name, as are @ppid, @pgid and @sid
 * @ppid: see @pid
 * @pgid: see @pid
 * @sid: see @pid
 * @orig: the birth parent's pid; -1 when it is not told
 * @orig_dead: it has a "+"
 * @tty: as ps names it
 * @stat: as ps writes it
 * @nlwp: how many threads
 * @uid: effective user
 * @depth: how many ancestors it hangs on; 0 is the left margin
 * @parent: index of the line it hangs on, -1 at the left margin
 * @last: no sibling comes after it
 * @command: the tree drawing and the comm
 * @comm: escaped, as it is printed; in @command
 */
struct line {
	bool bare;
	pid_t pid, ppid, pgid, sid;
	pid_t orig;
	bool orig_dead;
	char tty[16];
	char stat[8];
	int nlwp;
	unsigned int uid;
	int depth;
	int parent;
	bool last;
	const char *command;
	const char *comm;
};

/**
 * struct tree - /proc/ptree as it was read at once
 * @seq: of the header, as are @processes and @threads
 * @processes: see @seq
 * @threads: see @seq
 * @nr: how many lines
 * @lines: in their order
 * @by_pid: indexes of @lines, sorted by pid
 * @text: what @lines point into
 */
struct tree {
	unsigned long long seq;
	unsigned int processes;
	unsigned int threads;
	int nr;
	struct line *lines;
	int *by_pid;
	char *text;
};

struct tree *tree_parse(char *text, size_t size);
struct tree *tree_read(const char *proc);
void tree_free(struct tree *tree);
const struct line *tree_find(const struct tree *tree, pid_t pid);

/* The oracle. */

/**
 * struct truth - what /proc/PID/stat and status say
 * @pid: process
 * @ppid: parent
 * @pgid: process group
 * @sid: session
 * @tpgid: foreground process group of its terminal
 * @state: letter
 * @threads: how many
 * @uid: effective user
 * @tracer: the task that traces it, 0 for none
 * @tty: as ps names it
 * @flags: PF_*
 * @start: when it was born, in ticks since boot
 * @name: escaped
 */
struct truth {
	pid_t pid, ppid, pgid, sid, tpgid;
	char state;
	char tty[16];
	int threads;
	unsigned int flags;
	unsigned long long start;
	unsigned int uid;
	pid_t tracer;
	char name[80];
};

bool truth_read(const char *proc, pid_t pid, struct truth *truth);
int *pids_read(const char *proc, int *nr);
char state_of(pid_t pid);
void await_state(pid_t pid, const char *states);
void await_zombie(pid_t pid);
void await_gone(pid_t pid);
void await_name(pid_t pid, const char *name);
pid_t child_of(pid_t pid);
pid_t inner_pid(pid_t pid, int level);

/* Comparing. */

/**
 * struct want - what a line has to say, beyond what /proc says
 * @pid: whose line
 * @ppid: its parent
 * @orig: its birth parent, ANYBODY when it does not matter
 * @orig_dead: whether that one is dead
 * @state: state letter; 0 when that moves
 * @proc: the procfs to look at, NULL for /proc
 */
struct want {
	pid_t pid;
	pid_t ppid;
	pid_t orig;
	bool orig_dead;
	char state;
	const char *proc;
};

#define ANYBODY (-2)

void see(const struct want *want);
void see_gone(pid_t pid);
void kill_and_see_gone(pid_t pid);
void see_all(const char *proc, int patience_ms);
const char *differs(const struct line *line, const struct truth *truth,
		    char state);

/* All columns of process @..., as soon as they have settled. */
#define SEE(...) see(&(struct want){ __VA_ARGS__ })

/* Making processes. */

long now_ms(void);
void nap(void);
void *share(size_t size);
int gate_new(void);
void gate_open(int gate);
void gate_pass(int gate);
pid_t make(void);
pid_t make_with(unsigned long flags);
pid_t make_idle(void);
void rename_self(const char *name);
int pidfd_of(pid_t pid);
void reap(pid_t pid);
void quit(pid_t pid);
void kill_descendants(void);
noreturn void idle(void);
noreturn void idle_in_sleep(void);
void own_mounts(void);
void own_root(void);
void mount_proc(const char *where, const char *options);

#endif
