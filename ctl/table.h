/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_TABLE_H
#define MFA_TABLE_H

#include <stddef.h>

/*
 * Rows in aligned columns for a person with 80 of them.  The last column is
 * broken at blanks and goes on below itself; where the others leave it too
 * little room, it stands on lines of its own.
 */
#define TABLE_WIDTH	80
#define TABLE_COLUMNS	8

struct table {
	size_t columns;		/* 1 … TABLE_COLUMNS; set by the caller */
	char **cells;		/* columns of them for each row */
	size_t rows, room;
};

/* Adds a row; the texts are copied and must be printable.  The program ends
 * (CTL_STATE) when memory is short. */
void table_row(struct table *t, const char *const cells[]);
/* Prints the rows in the order they came, or the other way round, and frees
 * them. */
void table_print(struct table *t, size_t indent);
void table_print_reversed(struct table *t, size_t indent);

#endif
