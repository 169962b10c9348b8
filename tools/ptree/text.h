/* SPDX-License-Identifier: GPL-2.0 */
/*
 * text.h: values of records as people read them. Each function fills a buffer
 * of the size named after it, and returns the buffer. Unknown is "-".
 */
#ifndef PTREE_TEXT_H
#define PTREE_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <libptree.h>

/* The longest are: each byte of a name as \xNN; [DAYS-]HH:MM:SS; a date. */
#define TEXT_COMM_SIZE (4 * PTREE_COMM_SIZE)
#define TEXT_TTY_SIZE  32
#define TEXT_STAT_SIZE 8
#define TEXT_TIME_SIZE 32
#define TEXT_AGE_SIZE  32
#define TEXT_USER_SIZE 64
#define TEXT_HOW_SIZE  48
#define TEXT_CLONE_SIZE 192

/**
 * text_utf8() - how long the character at the beginning is
 * @bytes: UTF-8, or not
 * @length: how many bytes there are
 *
 * Return: 1 to 4; 0 if this is no character.
 */
size_t text_utf8(const char *bytes, size_t length);

/**
 * text_escape() - bytes that a program chose, safe for a terminal
 * @buffer: filled with the text and a NUL; cut before a character that does
 *	not fit
 * @size: its size; 4 * @length + 1 is always enough
 * @bytes: what to show
 * @length: how many
 *
 * As in /proc/PID/status newline is \n and backslash is \\. Other control
 * characters, those that turn the direction of writing, and bytes that are not
 * UTF-8 are \xNN.
 *
 * Return: @buffer.
 */
char *text_escape(char *buffer, size_t size, const char *bytes, size_t length);

/**
 * text_comm() - the name of a task, escaped as by text_escape()
 * @buffer: of TEXT_COMM_SIZE
 * @task: whose
 *
 * Return: @buffer.
 */
char *text_comm(char *buffer, const struct ptree_task *task);

/**
 * text_tty() - a terminal as ps(1) names it
 * @buffer: of TEXT_TTY_SIZE
 * @tty: as in a record; 0 for none, which is "?"
 *
 * One that has no well-known name is MAJOR:MINOR.
 *
 * Return: @buffer.
 */
char *text_tty(char *buffer, uint32_t tty);

/**
 * text_stat() - the state as ps(1) writes it
 * @buffer: of TEXT_STAT_SIZE
 * @tree: where the leader's record is found; may be NULL
 * @task: whose
 *
 * The state's letter, "X" for one that is dead; then "s" for a session leader,
 * "l" for a process of several threads, "+" for the foreground group.
 *
 * Return: @buffer.
 */
char *text_stat(char *buffer, const struct ptree_tree *tree,
		const struct ptree_task *task);

/**
 * text_now() - CLOCK_BOOTTIME
 *
 * Return: in ns, as times in records are.
 */
uint64_t text_now(void);

/**
 * text_time() - a moment by the local clock: YYYY-MM-DD HH:MM:SS
 * @buffer: of TEXT_TIME_SIZE
 * @ns: CLOCK_BOOTTIME
 *
 * Return: @buffer.
 */
char *text_time(char *buffer, uint64_t ns);

/**
 * text_age() - how long something takes: [[DAYS-]HH:]MM:SS, as ps(1) does
 * @buffer: of TEXT_AGE_SIZE
 * @from: CLOCK_BOOTTIME of the beginning
 * @to: of the end
 *
 * Return: @buffer.
 */
char *text_age(char *buffer, uint64_t from, uint64_t to);

/**
 * text_user() - the name of a user
 * @buffer: of TEXT_USER_SIZE
 * @uid: which; one without a name is its number
 *
 * Return: @buffer.
 */
char *text_user(char *buffer, unsigned int uid);

/**
 * text_clone() - what a task was born with: "VFORK|VM", "" for nothing special
 * @buffer: of TEXT_CLONE_SIZE
 * @flags: CLONE_*; those that say nothing about its life are left out
 *
 * Return: @buffer.
 */
char *text_clone(char *buffer, uint64_t flags);

/**
 * text_how() - how a task ended: "exit 3", "killed by SIGKILL"; else "runs"
 * @buffer: of TEXT_HOW_SIZE
 * @task: whose
 *
 * Return: @buffer.
 */
char *text_how(char *buffer, const struct ptree_task *task);

#endif
