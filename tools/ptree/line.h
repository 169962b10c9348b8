/* SPDX-License-Identifier: GPL-2.0 */
/*
 * line.h: lines that are cut at the terminal's edge, as pstree(1) cuts them.
 */
#ifndef PTREE_LINE_H
#define PTREE_LINE_H

#include <stdbool.h>
#include <stdio.h>

/* What branches are drawn with. */
enum charset { CHARSET_ASCII, CHARSET_VT100, CHARSET_UTF8 };

/**
 * struct line - where on a line we are
 * @file: where to
 * @width: columns there are; the last one shows that more would follow.
 *	0: no limit
 * @column: how many there would be by now, were there no limit
 * @charset: what branches are drawn with
 * @graphic: a VT100 was told to draw
 */
struct line {
	FILE *file;
	int width;
	int column;
	enum charset charset;
	bool graphic;
};

/**
 * line_width() - how wide lines are to be
 *
 * Return: $COLUMNS, or what the terminal says, or 132.
 */
int line_width(void);

/**
 * line_shape() - draw a piece of a branch
 * @line: where
 * @shape: in the letters that a VT100 has for it: q is horizontal, x vertical,
 *	t a branch, m the last branch, w the first of several; and blanks
 */
void line_shape(struct line *line, const char *shape);

/**
 * line_text() - write what ptree has to say
 * @line: where
 * @text: ASCII
 */
void line_text(struct line *line, const char *text);

/**
 * line_number() - write a number
 * @line: where
 * @number: which
 */
void line_number(struct line *line, long long number);

/**
 * line_blanks() - write blanks
 * @line: where
 * @number: how many
 */
void line_blanks(struct line *line, int number);

/**
 * line_escaped() - write what a program chose
 * @line: where
 * @text: any bytes; what is not printable ASCII becomes \ooo
 */
void line_escaped(struct line *line, const char *text);

/**
 * line_escaped_width() - how much line_escaped() takes
 * @text: any bytes
 *
 * Return: in columns.
 */
int line_escaped_width(const char *text);

/**
 * line_style() - tell the terminal how to write; takes no place
 * @line: where
 * @sequence: the escape sequence; NULL for none
 */
void line_style(struct line *line, const char *sequence);

/**
 * line_end() - end it
 * @line: which begins again
 */
void line_end(struct line *line);

#endif
