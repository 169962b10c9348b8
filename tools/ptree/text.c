// SPDX-License-Identifier: GPL-2.0
/* text.c owns how values of records read: names, terminals, states, times. */
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>

#include "text.h"

#define NS_PER_S 1000000000ULL
#define UNKNOWN	 "-"

/* How many bytes a character has; below *least a shorter form of it exists. */
static size_t utf8_length(unsigned char first, uint32_t *least)
{
	if (first < 0x80) {
		*least = 0;
		return 1;
	}
	if (first >= 0xc0 && first < 0xe0) {
		*least = 0x80;
		return 2;
	}
	if (first >= 0xe0 && first < 0xf0) {
		*least = 0x800;
		return 3;
	}
	*least = 0x10000;
	return first >= 0xf0 && first < 0xf8 ? 4 : 0;
}

/* The character at @bytes, and in *@size its bytes: 0 if there is none. */
static uint32_t utf8_decode(const char *bytes, size_t length, size_t *size)
{
	const unsigned char *from = (const unsigned char *)bytes;
	uint32_t least, code;
	size_t i, nr = 0;

	if (length)
		nr = utf8_length(from[0], &least);
	*size = 0;
	if (!nr || nr > length)
		return 0;
	code = nr == 1 ? from[0] : from[0] & (0x7f >> nr);
	for (i = 1; i < nr; i++) {
		if ((from[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (from[i] & 0x3f);
	}
	if (code < least || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*size = nr;
	return code;
}

size_t text_utf8(const char *bytes, size_t length)
{
	size_t size;

	utf8_decode(bytes, length, &size);
	return size;
}

/* Control characters; those that break lines or turn the writing around. */
static bool harmful(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c ||
	       code == 0x200e || code == 0x200f ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

/* One character, escaped, into @piece; returns how many bytes it had. */
static size_t escape_one(char *piece, const char *bytes, size_t length)
{
	size_t size, i;
	uint32_t code = utf8_decode(bytes, length, &size);

	if (size && code == '\n') {
		strcpy(piece, "\\n");
	} else if (size && code == '\\') {
		strcpy(piece, "\\\\");
	} else if (size && !harmful(code)) {
		memcpy(piece, bytes, size);
		piece[size] = '\0';
	} else {
		size = size ?: 1;
		for (i = 0; i < size; i++)
			sprintf(piece + 4 * i, "\\x%02x",
				(unsigned char)bytes[i]);
	}
	return size;
}

char *text_escape(char *buffer, size_t size, const char *bytes, size_t length)
{
	char piece[4 * 4 + 1], *end = buffer;
	size_t i = 0;

	while (i < length) {
		i += escape_one(piece, bytes + i, length - i);
		if (end + strlen(piece) >= buffer + size)
			break;
		end = stpcpy(end, piece);
	}
	*end = '\0';
	return buffer;
}

char *text_comm(char *buffer, const struct ptree_task *task)
{
	if (!(task->mask & PTREE_MASK_TASK))
		return strcpy(buffer, UNKNOWN);
	return text_escape(buffer, TEXT_COMM_SIZE, task->comm,
			   strnlen(task->comm, sizeof(task->comm)));
}

/* Numbers of Documentation/admin-guide/devices.txt; tty is encoded as dev_t. */
char *text_tty(char *buffer, uint32_t tty)
{
	unsigned int major = major(tty), minor = minor(tty);
	const char *format = NULL;

	if (!tty)
		return strcpy(buffer, "?");
	if (major >= 136 && major < 144) {
		minor += (major - 136) * 256;
		format = "pts/%u";
	} else if (major == 4 && minor < 64) {
		format = "tty%u";
	} else if (major == 4) {
		minor -= 64;
		format = "ttyS%u";
	} else if (major == 229) {
		format = "hvc%u";
	} else if (major == 5 && minor == 1) {
		return strcpy(buffer, "console");
	}
	if (format)
		snprintf(buffer, TEXT_TTY_SIZE, format, minor);
	else
		snprintf(buffer, TEXT_TTY_SIZE, "%u:%u", major, minor);
	return buffer;
}

char *text_stat(char *buffer, const struct ptree_tree *tree,
		const struct ptree_task *task)
{
	const struct ptree_task *process = task;
	char *end = buffer;

	if (task->id != task->process_id)
		process = tree ? ptree_tree_process(tree, task) : NULL;
	if (task->state == PTREE_STATE_DEAD)
		*end++ = 'X';
	else if (task->mask & PTREE_MASK_TASK)
		*end++ = task->letter;
	else
		*end++ = '-';
	if (process && process->mask & PTREE_MASK_PROCESS) {
		if (process->flags & PTREE_TASK_SESSION_LEADER)
			*end++ = 's';
		if (process->threads > 1)
			*end++ = 'l';
		if (process->flags & PTREE_TASK_FOREGROUND)
			*end++ = '+';
	}
	*end = '\0';
	return buffer;
}

static uint64_t clock_now(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

uint64_t text_now(void)
{
	return clock_now(CLOCK_BOOTTIME);
}

char *text_time(char *buffer, uint64_t ns)
{
	time_t when = (clock_now(CLOCK_REALTIME) - text_now() + ns) / NS_PER_S;
	struct tm local;

	if (!localtime_r(&when, &local) ||
	    !strftime(buffer, TEXT_TIME_SIZE, "%Y-%m-%d %H:%M:%S", &local))
		strcpy(buffer, UNKNOWN);
	return buffer;
}

char *text_age(char *buffer, uint64_t from, uint64_t to)
{
	uint64_t seconds = to > from ? (to - from) / NS_PER_S : 0;
	unsigned int day = seconds % 86400;
	char *end = buffer;

	if (seconds >= 86400)
		end += sprintf(end, "%llu-",
			       (unsigned long long)seconds / 86400);
	if (seconds >= 3600)
		end += sprintf(end, "%02u:", day / 3600);
	sprintf(end, "%02u:%02u", day / 60 % 60, day % 60);
	return buffer;
}

/* Looking up a user reads files: neighbours often have the same. */
static const struct passwd *find_user(unsigned int uid)
{
	static const struct passwd *user;
	static unsigned int last;
	static bool asked;

	if (!asked || last != uid)
		user = getpwuid(uid);
	asked = true;
	last = uid;
	return user;
}

char *text_user(char *buffer, unsigned int uid)
{
	const struct passwd *user = find_user(uid);

	if (user)
		return text_escape(buffer, TEXT_USER_SIZE, user->pw_name,
				   strlen(user->pw_name));
	snprintf(buffer, TEXT_USER_SIZE, "%u", uid);
	return buffer;
}

/* Without "CLONE_". What only concerns the call itself is not told. */
static const struct {
	uint64_t flag;
	const char *name;
} clone_names[] = {
	{ CLONE_VFORK, "VFORK" },	  { CLONE_PARENT, "PARENT" },
	{ CLONE_VM, "VM" },		  { CLONE_FS, "FS" },
	{ CLONE_FILES, "FILES" },	  { CLONE_SIGHAND, "SIGHAND" },
	{ CLONE_SYSVSEM, "SYSVSEM" },	  { CLONE_IO, "IO" },
	{ CLONE_THREAD, "THREAD" },	  { CLONE_NEWCGROUP, "NEWCGROUP" },
	{ CLONE_NEWIPC, "NEWIPC" },	  { CLONE_NEWNET, "NEWNET" },
	{ CLONE_NEWNS, "NEWNS" },	  { CLONE_NEWPID, "NEWPID" },
	{ CLONE_NEWTIME, "NEWTIME" },	  { CLONE_NEWUSER, "NEWUSER" },
	{ CLONE_NEWUTS, "NEWUTS" },	  { 1ULL << 33, "INTO_CGROUP" },
};

char *text_clone(char *buffer, uint64_t flags)
{
	char *end = buffer;
	size_t i;

	*end = '\0';
	for (i = 0; i < sizeof(clone_names) / sizeof(*clone_names); i++) {
		if (!(flags & clone_names[i].flag))
			continue;
		if (end != buffer)
			*end++ = '|';
		end = stpcpy(end, clone_names[i].name);
	}
	return buffer;
}

static void text_signal(char *buffer, const char *verb, int signal, int status)
{
	const char *name = sigabbrev_np(signal);
	const char *core = WCOREDUMP(status) ? ", dumped core" : "";

	if (name)
		snprintf(buffer, TEXT_HOW_SIZE, "%s SIG%s%s", verb, name, core);
	else
		snprintf(buffer, TEXT_HOW_SIZE, "%s signal %d%s", verb, signal,
			 core);
}

char *text_how(char *buffer, const struct ptree_task *task)
{
	int status = task->exit_code;

	if (task->state == PTREE_STATE_RUNNING)
		return strcpy(buffer, "runs");
	if (!(task->mask & PTREE_MASK_EXIT))
		return strcpy(buffer, UNKNOWN);
	if (WIFSIGNALED(status))
		text_signal(buffer, "killed by", WTERMSIG(status), status);
	else
		snprintf(buffer, TEXT_HOW_SIZE, "exit %d", WEXITSTATUS(status));
	return buffer;
}
