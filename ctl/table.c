/* SPDX-License-Identifier: BSD-2-Clause */
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

#define GAP		2	/* between columns */
#define LAST_LEAST	20	/* room that the last column needs on the same line */
#define INDENT		4	/* of a last column on lines of its own */

/* Characters, not bytes, of UTF-8. */
static size_t
width(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

void
table_row(struct table *t, const char *const cells[])
{
	size_t i;

	if (t->rows == t->room) {
		t->room = t->room == 0 ? 64 : t->room * 2;
		t->cells = reallocarray(t->cells, t->room, t->columns * sizeof(char *));
	}
	for (i = 0; i < t->columns; i++)
		if (t->cells == NULL ||
		    (t->cells[t->rows * t->columns + i] = strdup(cells[i])) == NULL)
			exit(complain(CTL_STATE, "out of memory"));
	t->rows++;
}

static void
blanks(size_t n)
{
	(void)printf("%*s", (int)n, "");
}

/* From column `at`, in lines of `room`; the first line has begun already. */
static void
print_broken(const char *s, size_t at, size_t room)
{
	size_t used = 0;

	while (*s != '\0') {
		size_t len = strcspn(s, " "), w;
		char word[512];

		(void)snprintf(word, sizeof(word), "%.*s", (int)len, s);
		w = width(word);
		if (used > 0 && used + 1 + w > room) {
			(void)putchar('\n');
			blanks(at);
			used = 0;
		}
		used += (size_t)printf("%s", used > 0 ? " " : "") + w;
		(void)fputs(word, stdout);
		s += len;
		s += strspn(s, " ");
	}
	(void)putchar('\n');
}

/* Where the last column begins. */
static size_t
measure(const struct table *t, size_t indent, size_t widths[TABLE_COLUMNS])
{
	size_t i, j, at = indent;

	for (i = 0; i + 1 < t->columns; i++) {
		widths[i] = 0;
		for (j = 0; j < t->rows; j++) {
			size_t w = width(t->cells[j * t->columns + i]);

			widths[i] = w > widths[i] ? w : widths[i];
		}
		at += widths[i] + GAP;
	}
	return at;
}

static void
print_row(const struct table *t, size_t row, size_t indent, const size_t *widths, size_t at)
{
	char **cells = t->cells + row * t->columns;
	size_t i;

	blanks(indent);
	for (i = 0; i + 1 < t->columns; i++) {
		(void)fputs(cells[i], stdout);
		if (i + 2 < t->columns || at + LAST_LEAST <= TABLE_WIDTH)
			blanks(widths[i] - width(cells[i]) + GAP);
	}
	if (at + LAST_LEAST > TABLE_WIDTH) {
		(void)putchar('\n');
		at = indent + INDENT;
		blanks(at);
	}
	print_broken(cells[i], at, TABLE_WIDTH - at);
}

static void
print(struct table *t, size_t indent, int reversed)
{
	size_t widths[TABLE_COLUMNS] = { 0 }, at = measure(t, indent, widths), i;

	for (i = 0; i < t->rows; i++)
		print_row(t, reversed ? t->rows - 1 - i : i, indent, widths, at);
	for (i = 0; i < t->rows * t->columns; i++)
		free(t->cells[i]);
	free(t->cells);
	*t = (struct table){ .columns = t->columns };
}

void
table_print(struct table *t, size_t indent)
{
	print(t, indent, 0);
}

void
table_print_reversed(struct table *t, size_t indent)
{
	print(t, indent, 1);
}
