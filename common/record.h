/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_RECORD_H
#define MFA_RECORD_H

#include <stddef.h>
#include <stdint.h>

/*
 * The texts that are signed: lines "key value", each ended by one LF, in a
 * fixed order, none of them optional.  One table of fields serves writer and
 * reader, so that they cannot disagree; what is read is written again and
 * compared, so that one record has one spelling.
 */

/* ---- all limits ---- */
#define RECORD_MAX	2048	/* bytes of a record, its last LF included */
#define RECORD_BYTES_MAX 72	/* of a blob: a P-256 signature in DER; a point has 65 */
#define RECORD_TIME_MAX	INT64_C(253402300799)	/* 9999-12-31T23:59:59Z */

enum record_kind {
	RECORD_CONSTANT,	/* exactly `text`; nothing is stored */
	RECORD_TEXT,		/* printable (text.h), not empty; char[size] */
	RECORD_NAME,		/* letters, digits, "-" and "_", not empty; char[size] */
	RECORD_TIME,		/* seconds since 1970, from 1, without leading zeros; int64_t */
	RECORD_WORD,		/* one of words[]; uint32_t */
	RECORD_BYTES,		/* base64url of exactly size bytes; unsigned char[size] */
	RECORD_BLOB,		/* base64url of 1 to RECORD_BYTES_MAX bytes; struct blob */
};

struct blob {
	size_t len;
	unsigned char data[RECORD_BYTES_MAX];
};

struct record_word {
	const char *word;	/* NULL ends the list */
	uint32_t value;
};

struct record_field {
	const char *key;
	enum record_kind kind;
	size_t offset;		/* in the struct */
	size_t size;		/* of the member there, with a text's terminator */
	const char *text;			/* RECORD_CONSTANT */
	const struct record_word *words;	/* RECORD_WORD */
};

/* One kind of record. */
struct record_type {
	const struct record_field *fields;
	size_t count;
	size_t size;		/* of the struct, at most RECORD_MAX */
};

#define RECORD_TYPE(fields, type) \
	{ (fields), sizeof(fields) / sizeof((fields)[0]), sizeof(type) }

/* Where a record is wrong, for a person; why is static. */
struct record_error {
	unsigned int line;	/* from 1 */
	const char *why;
};

/* Writes the record of *from and its terminator into buf (size bytes).  *len
 * is its length.  MFA_E_INVALID for a value that could not be read back or that
 * does not fit: then buf is empty. */
int record_format(const struct record_type *type, const void *from, char *buf, size_t size,
    size_t *len);

/* The reverse, from outside data.  *to is zeroed first, and again on error:
 * MFA_E_INVALID for whatever is not exactly one record.  error may be NULL. */
int record_parse(const struct record_type *type, const char *text, size_t len, void *to,
    struct record_error *error);

/* The word of a value; "?" when there is none. */
const char *record_word(const struct record_word *words, uint32_t value);

#endif
