// SPDX-License-Identifier: GPL-2.0
/* line.c owns the lines of the drawing: their width, and what is safe there. */
#include <stdlib.h>
#include <string.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "line.h"

#define DEFAULT_WIDTH 132

#define VT100_BEGIN "\033(0\017"
#define VT100_END   "\033(B"

int line_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	long number;
	char *end;

	if (columns && *columns) {
		number = strtol(columns, &end, 0);
		if (!*end && number > 0 && number < INT_MAX)
			return number;
	}
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return DEFAULT_WIDTH;
}

/* The terminal is told only what is needed, and never left drawing. */
static void set_graphic(struct line *line, bool graphic)
{
	if (line->graphic == graphic)
		return;
	line->graphic = graphic;
	fputs(graphic ? VT100_BEGIN : VT100_END, line->file);
}

/* One column. */
static void put(struct line *line, const char *bytes, bool graphic)
{
	line->column++;
	if (line->width && line->column > line->width)
		return;
	if (line->width && line->column == line->width) {
		bytes = "+";
		graphic = false;
	}
	set_graphic(line, graphic);
	fputs(bytes, line->file);
}

static const char *glyph(const struct line *line, char shape)
{
	static const char letters[] = "qxtmw";
	static const char *const glyphs[][5] = {
		[CHARSET_ASCII] = { "-", "|", "|", "`", "+" },
		[CHARSET_VT100] = { "q", "x", "t", "m", "w" },
		[CHARSET_UTF8] = { "\u2500", "\u2502", "\u251c", "\u2514",
				   "\u252c" },
	};

	return glyphs[line->charset][strchr(letters, shape) - letters];
}

void line_shape(struct line *line, const char *shape)
{
	for (; *shape; shape++)
		if (*shape == ' ')
			put(line, " ", false);
		else
			put(line, glyph(line, *shape),
			    line->charset == CHARSET_VT100);
}

void line_text(struct line *line, const char *text)
{
	char byte[2] = "";

	for (; *text; text++) {
		byte[0] = *text;
		put(line, byte, false);
	}
}

void line_number(struct line *line, long long number)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", number);
	line_text(line, text);
}

void line_blanks(struct line *line, int number)
{
	while (number-- > 0)
		put(line, " ", false);
}

static bool printable(char byte)
{
	return byte >= ' ' && byte <= '~';
}

void line_escaped(struct line *line, const char *text)
{
	char bytes[5];

	for (; *text; text++) {
		if (*text == '\\')
			strcpy(bytes, "\\\\");
		else if (printable(*text))
			snprintf(bytes, sizeof(bytes), "%c", *text);
		else
			snprintf(bytes, sizeof(bytes), "\\%03o",
				 (unsigned char)*text);
		line_text(line, bytes);
	}
}

int line_escaped_width(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += *text == '\\' ? 2 : printable(*text) ? 1 : 4;
	return width;
}

void line_style(struct line *line, const char *sequence)
{
	if (!sequence)
		return;
	set_graphic(line, false);
	fputs(sequence, line->file);
}

void line_end(struct line *line)
{
	set_graphic(line, false);
	fputc('\n', line->file);
	line->column = 0;
}
