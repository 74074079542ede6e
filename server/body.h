/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_BODY_H
#define MFAD_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The body of a request: one flat JSON object (RFC 8259) in UTF-8, of members
 * that are known, each at most once and of exactly its type.
 */

/* ---- all limits ---- */
#define BODY_MEMBERS	16	/* in one request */
#define BODY_TEXT_MAX	8192	/* bytes of a text; each member has its own limit */

struct json_object;

enum body_kind { BODY_TEXT, BODY_NUMBER, BODY_FLAG };

struct body_member {
	const char *name;	/* NULL ends a list */
	enum body_kind kind;
	bool optional;		/* then what is there stays as it was */
	size_t offset;		/* in the struct that is filled: of a const char *, an
				 * int64_t, or a bool */
	size_t size;		/* of a text, with its terminator */
};

struct body {
	struct json_object *tree;	/* has the texts that were given out */
};

/* Reads it into *to.  PROBLEM_INVALID: *field is the member that is wrong, or
 * NULL for the whole, and *why a sentence (static).  MFA_E_MEMORY.  body_free
 * in any case. */
int body_read(struct body *b, const char *text, size_t len, const struct body_member *members,
    void *to, const char **field, const char **why);

/* Wipes the texts. */
void body_free(struct body *b);

#endif
