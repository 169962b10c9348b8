// SPDX-License-Identifier: GPL-2.0
/* lib.c owns the tests' eyes and hands; see lib.h. */
#include "lib.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* As in the module: no line draws more ancestors. */
#define DRAWN_LEVELS 64

#define PF_KTHREAD 0x00200000

static int report_fd = STDERR_FILENO;

/* Reporting. */

void lib_report_to(int fd)
{
	report_fd = fd;
}

/* One write, so that of several that fail at once the first is whole. */
static void report(char kind, const char *why, va_list args)
{
	char text[2048];
	int size;

	text[0] = kind;
	size = 1 + vsnprintf(text + 1, sizeof(text) - 1, why, args);
	if (size > (int)sizeof(text))
		size = sizeof(text);
	while (write(report_fd, text, size) < 0 && errno == EINTR)
		;
}

void fail(const char *why, ...)
{
	va_list args;

	va_start(args, why);
	report('F', why, args);
	va_end(args);
	_exit(1);
}

void skip(const char *why, ...)
{
	va_list args;

	va_start(args, why);
	report('S', why, args);
	va_end(args);
	_exit(0);
}

/* Time and memory. */

long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Between two looks at what can't be awaited. */
void nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
}

static void *must(void *memory)
{
	check(memory, "out of memory");
	return memory;
}

void *share(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	check(memory != MAP_FAILED, "mmap: %m");
	return memory;
}

/* Files. */

char *file_read(int fd, size_t *size)
{
	size_t room = 1 << 16, used = 0;
	char *text = must(malloc(room));
	ssize_t got;

	while ((got = read(fd, text + used, room - used - 1))) {
		check(got > 0 || errno == EINTR, "read: %m");
		if (got > 0)
			used += got;
		if (used == room - 1)
			text = must(realloc(text, room *= 2));
	}
	text[used] = '\0';
	*size = used;
	return text;
}

/**
 * file_slurp - read a small file
 * @path: which
 * @text: filled in
 * @size: what fits in there, with the NUL that ends it
 *
 * Return: false when there is none, or nothing in it.
 */
bool file_slurp(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got, used = 0;

	if (fd < 0)
		return false;
	while ((got = read(fd, text + used, size - 1 - used)) > 0)
		used += got;
	close(fd);
	text[used] = '\0';
	return !got && used;
}

/* Returns false, and leaves why in errno, when it can't be opened. */
bool file_try_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t size = strlen(text);

	if (fd < 0)
		return false;
	check(write(fd, text, size) == size, "%s: %m", path);
	close(fd);
	return true;
}

void file_write(const char *path, const char *text)
{
	check(file_try_write(path, text), "%s: %m", path);
}

/* The tree. */

static char *next_word(char **at)
{
	char *word = *at + strspn(*at, " ");
	char *end = word + strcspn(word, " ");

	if (end == word)
		return NULL;
	*at = end;
	if (*end) {
		*end = '\0';
		*at = end + 1;
	}
	return word;
}

static bool number(const char *word, long *value)
{
	char *end;

	errno = 0;
	*value = strtol(word, &end, 10);
	return isdigit(*word) && !*end && !errno;
}

enum { PID, PPID, PGID, SID, ORIG, TTY, STAT, NLWP, UID, WORDS };

/* Returns what is wrong with the words of a line, NULL when nothing is. */
static const char *take_words(struct line *line, char **words)
{
	long value[WORDS];
	char *end;
	int i;

	if (!number(words[PID], &value[PID]) || value[PID] < 1)
		return "PID";
	line->pid = value[PID];
	if (!strcmp(words[PPID], "?")) {
		for (i = PPID; i < WORDS; i++)
			if (strcmp(words[i], "?"))
				return "half bare line";
		line->bare = true;
		return NULL;
	}
	line->orig = -1;
	if (strcmp(words[ORIG], "?")) {
		end = words[ORIG] + strlen(words[ORIG]) - 1;
		line->orig_dead = *end == '+';
		if (line->orig_dead)
			*end = '\0';
		if (!number(words[ORIG], &value[ORIG]))
			return "ORIG";
		line->orig = value[ORIG];
	}
	for (i = PPID; i < WORDS; i++)
		if (i != ORIG && i != TTY && i != STAT &&
		    !number(words[i], &value[i]))
			return "number";
	line->ppid = value[PPID];
	line->pgid = value[PGID];
	line->sid = value[SID];
	line->nlwp = value[NLWP];
	line->uid = value[UID];
	if (strlen(words[TTY]) >= sizeof(line->tty))
		return "TTY";
	strcpy(line->tty, words[TTY]);
	if (!strchr("RSDTtZXIWP", words[STAT][0]) ||
	    strspn(words[STAT] + 1, "sl+") != strlen(words[STAT] + 1) ||
	    strlen(words[STAT]) >= sizeof(line->stat))
		return "STAT";
	strcpy(line->stat, words[STAT]);
	return NULL;
}

/* The line on which this one has to hang: depth first, so it is still open. */
static int find_parent(const struct tree *tree, const struct line *line)
{
	int i = line - tree->lines - 1;

	if (line->bare)
		return -1;
	while (i >= 0 && tree->lines[i].pid != line->ppid)
		i = tree->lines[i].parent;
	return i;
}

static void find_last(struct tree *tree)
{
	int *child = must(malloc((tree->nr + 1) * sizeof(*child)));
	int i;

	memset(child, -1, (tree->nr + 1) * sizeof(*child));
	for (i = tree->nr; i-- > 0;) {
		struct line *line = &tree->lines[i];
		/* Those at the left margin are all children of the last. */
		int *next = &child[line->parent < 0 ? tree->nr : line->parent];

		line->last = *next < 0;
		*next = i;
	}
	free(child);
}

/* Draw the tree ourselves, and see whether it begins like that. */
static bool drawn_right(const struct tree *tree, struct line *line)
{
	const struct line *above[DRAWN_LEVELS], *at = line;
	char want[DRAWN_LEVELS * 3 + 8];
	int nr = 0, size = 0;

	if (line->depth > DRAWN_LEVELS)
		size += sprintf(want, ".. ");
	for (; at->depth && nr < DRAWN_LEVELS; at = &tree->lines[at->parent])
		above[nr++] = at;
	while (nr-- > 0)
		size += sprintf(want + size, "%s",
				nr ? above[nr]->last ? "   " : "|  " :
				above[nr]->last ? "`- " :
						  "|- ");
	line->comm = line->command + size;
	return !size || !strncmp(line->command, want, size);
}

static struct tree *sorted;

static int by_pid(const void *a, const void *b)
{
	return sorted->lines[*(const int *)a].pid -
	       sorted->lines[*(const int *)b].pid;
}

static void index_pids(struct tree *tree)
{
	int i;

	tree->by_pid = must(malloc((tree->nr + 1) * sizeof(int)));
	for (i = 0; i < tree->nr; i++)
		tree->by_pid[i] = i;
	sorted = tree;
	qsort(tree->by_pid, tree->nr, sizeof(int), by_pid);
	for (i = 1; i < tree->nr; i++)
		check(tree->lines[tree->by_pid[i]].pid !=
			      tree->lines[tree->by_pid[i - 1]].pid,
		      "pid %d is there twice",
		      tree->lines[tree->by_pid[i]].pid);
}

static void take_line(struct tree *tree, char *text)
{
	struct line *line = &tree->lines[tree->nr];
	char *words[WORDS], *copy = strdup(text), *at = text;
	const char *wrong;
	int i;

	memset(line, 0, sizeof(*line));
	for (i = 0; i < WORDS; i++) {
		words[i] = next_word(&at);
		check(words[i], "malformed line: '%s'", copy);
	}
	wrong = take_words(line, words);
	check(!wrong, "malformed line (%s): '%s'", wrong, copy);
	free(copy);
	line->command = at;
	check(!line->bare || !strcmp(line->command, "?"),
	      "a bare line tells '%s'", line->command);
	line->parent = find_parent(tree, line);
	if (line->parent >= 0)
		line->depth = tree->lines[line->parent].depth + 1;
	tree->nr++;
}

/**
 * tree_parse - take /proc/ptree apart, and fail if anything is malformed
 * @text: all of it, NUL after it; becomes the tree's
 * @size: of it
 *
 * Return: the tree, for tree_free().
 */
struct tree *tree_parse(char *text, size_t size)
{
	static const char *const titles[] = { "PID",  "PPID", "PGID",
					      "SID",  "ORIG", "TTY",
					      "STAT", "NLWP", "UID" };
	struct tree *tree = must(calloc(1, sizeof(*tree)));
	char *at, *end, *word;
	unsigned int i, threads = 0;
	int used = 0, room = 0;

	check(strlen(text) == size, "there is a NUL in it");
	check(size && text[size - 1] == '\n', "the last line has no end");
	tree->text = text;
	end = strchr(text, '\n');
	*end = '\0';
	check(sscanf(text,
		     "# ptree schema=1 seq=%llu processes=%u threads=%u%n",
		     &tree->seq, &tree->processes, &tree->threads,
		     &used) == 3 &&
		      !text[used],
	      "malformed header: '%s'", text);

	at = end + 1;
	end = strchr(at, '\n');
	check(end, "there are no titles");
	*end = '\0';
	for (i = 0; i < ARRAY_SIZE(titles); i++) {
		word = next_word(&at);
		check(word && !strcmp(word, titles[i]), "title %u is %s", i,
		      word);
	}
	check(!strcmp(at, "COMMAND"), "the last title is '%s'", at);

	for (at = end + 1; *at; at = end + 1) {
		end = strchr(at, '\n');
		*end = '\0';
		if (tree->nr == room) {
			room = room * 2 + 256;
			tree->lines = realloc(tree->lines,
					      room * sizeof(*tree->lines));
			must(tree->lines);
		}
		take_line(tree, at);
	}
	find_last(tree);
	for (i = 0; i < (unsigned int)tree->nr; i++) {
		check(drawn_right(tree, &tree->lines[i]),
		      "pid %d is drawn wrong at depth %d: '%s'",
		      tree->lines[i].pid, tree->lines[i].depth,
		      tree->lines[i].command);
		threads += tree->lines[i].nlwp;
	}
	index_pids(tree);
	check(tree->processes == (unsigned int)tree->nr,
	      "the header says %u processes, there are %d", tree->processes,
	      tree->nr);
	check(tree->threads == threads,
	      "the header says %u threads, there are %u", tree->threads,
	      threads);
	return tree;
}

/**
 * tree_read - read and parse a tree
 * @proc: the procfs it is in, NULL for /proc
 *
 * Return: the tree, for tree_free().
 */
struct tree *tree_read(const char *proc)
{
	char path[256], *text;
	size_t size;
	int fd;

	snprintf(path, sizeof(path), "%s/ptree", proc ?: "/proc");
	fd = sys(open(path, O_RDONLY | O_CLOEXEC));
	text = file_read(fd, &size);
	close(fd);
	return tree_parse(text, size);
}

void tree_free(struct tree *tree)
{
	free(tree->lines);
	free(tree->by_pid);
	free(tree->text);
	free(tree);
}

const struct line *tree_find(const struct tree *tree, pid_t pid)
{
	int low = 0, high = tree->nr;

	while (low < high) {
		int middle = (low + high) / 2;
		const struct line *line = &tree->lines[tree->by_pid[middle]];

		if (line->pid == pid)
			return line;
		if (line->pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* The oracle. */

static void tty_name(char *text, size_t size, int device)
{
	unsigned int major = (device >> 8) & 0xfff;
	unsigned int minor = (device & 0xff) | ((device >> 12) & 0xfff00);

	if (!device)
		snprintf(text, size, "?");
	else if (major >= 136 && major <= 143)
		snprintf(text, size, "pts/%u", (major - 136) * 256 + minor);
	else if (major == 4 && minor >= 64)
		snprintf(text, size, "ttyS%u", minor - 64);
	else if (major == 4)
		snprintf(text, size, "tty%u", minor);
	else if (major == 5 && minor == 1)
		snprintf(text, size, "console");
	else
		snprintf(text, size, "%u:%u", major, minor);
}

/* Reads a small file of a process. Returns false when there is none. */
static bool slurp(const char *proc, pid_t pid, const char *name, char *text,
		  size_t size)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%d/%s", proc ?: "/proc", pid, name);
	return file_slurp(path, text, size);
}

/**
 * truth_read - ask procfs for a process
 * @proc: the procfs, NULL for /proc
 * @pid: there
 * @truth: filled in
 *
 * Return: false when procfs shows no such process.
 */
bool truth_read(const char *proc, pid_t pid, struct truth *truth)
{
	char text[8192], *at;
	int tty;

	memset(truth, 0, sizeof(*truth));
	truth->pid = pid;
	if (!slurp(proc, pid, "stat", text, sizeof(text)))
		return false;
	at = strrchr(text, ')');
	check(at, "/proc/%d/stat: '%s'", pid, text);
	check(sscanf(at,
		     ") %c %d %d %d %d %d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %d %*d %llu",
		     &truth->state, &truth->ppid, &truth->pgid, &truth->sid,
		     &tty, &truth->tpgid, &truth->flags, &truth->threads,
		     &truth->start) == 9,
	      "/proc/%d/stat: '%s'", pid, text);
	tty_name(truth->tty, sizeof(truth->tty), tty);

	if (!slurp(proc, pid, "status", text, sizeof(text)))
		return false;
	at = strchr(text, '\n');
	check(!strncmp(text, "Name:\t", 6) && at, "/proc/%d/status: '%s'", pid,
	      text);
	*at = '\0';
	/* A scanf of white space would eat what a name begins with. */
	memccpy(truth->name, text + strlen("Name:\t"), '\0',
		sizeof(truth->name) - 1);
	at = strstr(at + 1, "\nUid:");
	check(at && sscanf(at, "\nUid: %*u %u", &truth->uid) == 1,
	      "/proc/%d/status has no Uid", pid);
	at = strstr(text + strlen(text) + 1, "\nTracerPid:");
	check(at && sscanf(at, "\nTracerPid: %d", &truth->tracer) == 1,
	      "/proc/%d/status has no TracerPid", pid);
	return true;
}

static int by_value(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/**
 * pids_read - list the processes of a procfs
 * @proc: the procfs, NULL for /proc
 * @nr: set to how many
 *
 * Return: their pids, ascending, for the caller to free().
 */
int *pids_read(const char *proc, int *nr)
{
	DIR *dir = opendir(proc ?: "/proc");
	int room = 256, used = 0;
	int *pids = must(malloc(room * sizeof(*pids)));
	struct dirent *entry;

	check(dir, "%s: %m", proc ?: "/proc");
	while ((entry = readdir(dir))) {
		if (!isdigit(entry->d_name[0]))
			continue;
		if (used == room)
			pids = must(realloc(pids, (room *= 2) * sizeof(*pids)));
		pids[used++] = atoi(entry->d_name);
	}
	closedir(dir);
	qsort(pids, used, sizeof(*pids), by_value);
	*nr = used;
	return pids;
}

/* The state letter, or '-' when there is no such process. */
char state_of(pid_t pid)
{
	char text[1024], *at;

	if (!slurp(NULL, pid, "stat", text, sizeof(text)))
		return '-';
	at = strrchr(text, ')');
	return at && at[1] ? at[2] : '-';
}

void await_state(pid_t pid, const char *states)
{
	long end = now_ms() + 5 * PATIENCE_MS;

	while (!strchr(states, state_of(pid))) {
		check(now_ms() < end, "%d is still %c, not one of %s", pid,
		      state_of(pid), states);
		nap();
	}
}

/* That is: dead, and so are all its threads. */
void await_zombie(pid_t pid)
{
	struct pollfd ready = { .fd = pidfd_of(pid), .events = POLLIN };

	while (poll(&ready, 1, -1) != 1)
		;
	close(ready.fd);
}

/* Its number is free again. */
void await_gone(pid_t pid)
{
	await_state(pid, "-");
}

void await_name(pid_t pid, const char *name)
{
	long end = now_ms() + 5 * PATIENCE_MS;
	struct truth truth;

	while (!truth_read(NULL, pid, &truth) || strcmp(truth.name, name)) {
		check(now_ms() < end, "%d is %s, not %s", pid, truth.name,
		      name);
		nap();
	}
}

/*
 * The youngest child that /proc knows of, as soon as there is one: by its
 * start, for numbers begin again; of those of one tick the greatest number.
 */
pid_t child_of(pid_t pid)
{
	long end = now_ms() + 5 * PATIENCE_MS;
	unsigned long long start = 0;
	int *pids, nr, i;
	struct truth truth;
	pid_t child = 0;

	for (;;) {
		pids = pids_read(NULL, &nr);
		for (i = 0; i < nr; i++)
			if (truth_read(NULL, pids[i], &truth) &&
			    truth.ppid == pid && truth.start >= start) {
				child = pids[i];
				start = truth.start;
			}
		free(pids);
		if (child)
			return child;
		check(now_ms() < end, "%d has no child", pid);
		nap();
	}
}

/* The number that a process has in a namespace so many levels further in. */
pid_t inner_pid(pid_t pid, int level)
{
	char text[8192], *at;
	pid_t inner = 0;
	int used = 0;

	check(slurp(NULL, pid, "status", text, sizeof(text)), "no %d", pid);
	at = strstr(text, "NSpid:");
	check(at, "no NSpid in /proc/%d/status", pid);
	at += strlen("NSpid:");
	do {
		check(*at == '\t' && sscanf(at, "\t%d%n", &inner, &used) == 1,
		      "%d has no number at level %d", pid, level);
		at += used;
	} while (level--);
	return inner;
}

/* Comparing. */

static const char *differ_text(const char *column, const char *ours,
			       const char *theirs)
{
	static char why[512];

	snprintf(why, sizeof(why), "%s is '%s', /proc says '%s'", column, ours,
		 theirs);
	return why;
}

static const char *differ(const char *column, long ours, long theirs)
{
	char number[2][24];

	snprintf(number[0], sizeof(number[0]), "%ld", ours);
	snprintf(number[1], sizeof(number[1]), "%ld", theirs);
	return differ_text(column, number[0], number[1]);
}

/**
 * differs - compare all columns of a line
 * @line: that line
 * @truth: what /proc says
 * @state: state letter both have to have, or 0
 *
 * Return: what differs, until the next call; NULL when nothing does.
 */
const char *differs(const struct line *line, const struct truth *truth,
		    char state)
{
	size_t size = strlen(line->comm);
	char stat[8];

	snprintf(stat, sizeof(stat), "%c%s%s%s", truth->state,
		 truth->sid == truth->pid ? "s" : "",
		 truth->threads > 1 ? "l" : "",
		 truth->tpgid > 0 && truth->tpgid == truth->pgid ? "+" : "");
	if (line->bare)
		return "it is bare";
	if (line->ppid != truth->ppid)
		return differ("PPID", line->ppid, truth->ppid);
	if (line->pgid != truth->pgid)
		return differ("PGID", line->pgid, truth->pgid);
	if (line->sid != truth->sid)
		return differ("SID", line->sid, truth->sid);
	if (strcmp(line->tty, truth->tty))
		return differ_text("TTY", line->tty, truth->tty);
	if (line->nlwp != truth->threads)
		return differ("NLWP", line->nlwp, truth->threads);
	if (line->uid != truth->uid)
		return differ("UID", line->uid, truth->uid);
	if (strcmp(line->stat + 1, stat + 1) ||
	    (state && (line->stat[0] != state || stat[0] != state)))
		return differ_text("STAT", line->stat, stat);
	/* What /proc calls a worker has what it works on appended. */
	if (truth->flags & PF_KTHREAD ? strncmp(line->comm, truth->name, size) :
					strcmp(line->comm, truth->name))
		return differ_text("COMMAND", line->comm, truth->name);
	return NULL;
}

/* Returns how @line is not as it should be. */
static const char *unwanted(const struct want *want, const struct line *line,
			    const struct truth *truth)
{
	static char why[600];

	if (!line) {
		snprintf(why, sizeof(why), "%d (%s) is not in the tree",
			 want->pid, truth->name);
		return why;
	}
	if (differs(line, truth, want->state))
		return differs(line, truth, want->state);
	if (line->ppid != want->ppid) {
		snprintf(why, sizeof(why), "%d: PPID is %d, should be %d",
			 line->pid, line->ppid, want->ppid);
		return why;
	}
	if (want->orig == ANYBODY ||
	    (line->orig == want->orig && line->orig_dead == want->orig_dead))
		return NULL;
	snprintf(why, sizeof(why), "%d (%s): ORIG is %d%s, should be %d%s",
		 line->pid, line->comm, line->orig, line->orig_dead ? "+" : "",
		 want->orig, want->orig_dead ? "+" : "");
	return why;
}

static const char *unlike(const struct want *want)
{
	const char *difference;
	struct tree *tree;
	struct truth truth;

	if (!truth_read(want->proc, want->pid, &truth))
		return "it is not in /proc";
	tree = tree_read(want->proc);
	difference = unwanted(want, tree_find(tree, want->pid), &truth);
	tree_free(tree);
	return difference;
}

/**
 * see - see that a line is as it should be, as soon as it has settled
 * @want: what it should be, beyond being what /proc says
 */
void see(const struct want *want)
{
	long end = now_ms() + PATIENCE_MS;
	const char *difference;

	while ((difference = unlike(want))) {
		check(now_ms() < end, "%d: %s", want->pid, difference);
		nap();
	}
}

/* See that a process is neither in /proc nor in the tree any more. */
void see_gone(pid_t pid)
{
	struct tree *tree;
	const struct line *line;

	await_gone(pid);
	/* Its number was given up before we saw that, so at once: */
	tree = tree_read(NULL);
	line = tree_find(tree, pid);
	check(!line, "%d (%s) is gone, and in the tree as %s", pid, line->comm,
	      line->stat);
	tree_free(tree);
}

/* For one who is not our child: somebody else reaps it. */
void kill_and_see_gone(pid_t pid)
{
	sys(kill(pid, SIGKILL));
	see_gone(pid);
}

static const char *unlike_all(const char *proc)
{
	static char why[600];
	const char *difference = NULL;
	struct tree *tree;
	struct truth truth;
	int *before, *after, nr_before, nr_after, i;

	before = pids_read(proc, &nr_before);
	tree = tree_read(proc);
	for (i = 0; i < tree->nr && !difference; i++) {
		const struct line *line = &tree->lines[tree->by_pid[i]];

		if (!truth_read(proc, line->pid, &truth)) {
			snprintf(why, sizeof(why), "%d (%s %s) is not in /proc",
				 line->pid, line->stat, line->comm);
			difference = why;
		} else if (differs(line, &truth, 0)) {
			snprintf(why, sizeof(why), "%d (%s): %s", line->pid,
				 truth.name, differs(line, &truth, 0));
			difference = why;
		}
	}
	after = pids_read(proc, &nr_after);
	for (i = 0; i < nr_before && !difference; i++) {
		if (tree_find(tree, before[i]) ||
		    !bsearch(&before[i], after, nr_after, sizeof(int),
			     by_value))
			continue;
		snprintf(why, sizeof(why), "%d is not in the tree", before[i]);
		difference = why;
	}
	free(before);
	free(after);
	tree_free(tree);
	return difference;
}

/**
 * see_all - see that the whole tree is what a quiet /proc says
 * @proc: the procfs, NULL for /proc
 * @patience_ms: how long it may take to become quiet
 */
void see_all(const char *proc, int patience_ms)
{
	long end = now_ms() + patience_ms;
	const char *difference;

	while ((difference = unlike_all(proc))) {
		check(now_ms() < end, "%s", difference);
		nap();
	}
}

/* Making processes. */

/* A gate lets one pass for every time it is opened. */
int gate_new(void)
{
	return sys(eventfd(0, EFD_SEMAPHORE | EFD_CLOEXEC));
}

void gate_open(int gate)
{
	uint64_t one = 1;

	check(write(gate, &one, sizeof(one)) == sizeof(one), "gate: %m");
}

void gate_pass(int gate)
{
	uint64_t one;

	while (read(gate, &one, sizeof(one)) != sizeof(one))
		check(errno == EINTR, "gate: %m");
}

/* As fork(2). */
pid_t make(void)
{
	return sys(fork());
}

/* As clone3(2) of a process that goes on here. */
pid_t make_with(unsigned long flags)
{
	struct clone_args args = {
		.flags = flags,
		.exit_signal = flags & CLONE_PARENT ? 0 : SIGCHLD,
	};

	return sys(syscall(SYS_clone3, &args, sizeof(args)));
}

pid_t make_idle(void)
{
	pid_t pid = make();

	if (!pid)
		idle();
	return pid;
}

void idle(void)
{
	for (;;)
		pause();
}

void idle_in_sleep(void)
{
	execl("/bin/sleep", "sleep", "10000", NULL);
	fail("/bin/sleep: %m");
}

void rename_self(const char *name)
{
	sys(prctl(PR_SET_NAME, name));
}

int pidfd_of(pid_t pid)
{
	return sys(syscall(SYS_pidfd_open, pid, 0));
}

void reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) != pid)
		check(errno == EINTR, "waitpid %d: %m", pid);
}

/* End our child @pid. */
void quit(pid_t pid)
{
	sys(kill(pid, SIGKILL));
	reap(pid);
}

static bool descends(pid_t pid, pid_t from)
{
	struct truth truth;
	int steps = 10000;

	while (pid > 1 && steps--) {
		if (!truth_read(NULL, pid, &truth))
			return false;
		pid = truth.ppid;
		if (pid == from)
			return true;
	}
	return false;
}

/* For a subreaper: end all who descend from us, however far they went. */
void kill_descendants(void)
{
	int *pids, nr, i;
	pid_t pid;

	do {
		while ((pid = waitpid(-1, NULL, WNOHANG | __WALL)) > 0)
			;
		if (pid < 0)
			return;
		pids = pids_read(NULL, &nr);
		for (i = 0; i < nr; i++)
			if (descends(pids[i], getpid()))
				kill(pids[i], SIGKILL);
		free(pids);
		nap();
	} while (true);
}

/* A mount namespace of our own, with room on /mnt for mounts of our own. */
void own_mounts(void)
{
	sys(unshare(CLONE_NEWNS));
	sys(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	sys(mount("none", "/mnt", "tmpfs", 0, "mode=755"));
}

/*
 * The kernel gives no user namespace to one in a chroot, and in the VM we are
 * in one. Step out of it in a mount namespace of our own where our root is
 * moved to where the real one is.
 */
void own_root(void)
{
	sys(chdir("/"));
	sys(chroot("/proc/1/root"));
	sys(unshare(CLONE_NEWNS));
	sys(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	if (mount(".", "/", NULL, MS_MOVE, NULL) && errno != EINVAL)
		fail("moving the root: %m");
	sys(chroot("."));
	sys(chdir("/"));
	sys(mount("none", "/mnt", "tmpfs", 0, "mode=755"));
}

/* A procfs of our pid namespace. */
void mount_proc(const char *where, const char *options)
{
	if (mkdir(where, 0755) && errno != EEXIST)
		fail("%s: %m", where);
	if (mount("proc", where, "proc", 0, options))
		fail("mounting proc on %s with %s: %m", where,
		     options ?: "no options");
}
