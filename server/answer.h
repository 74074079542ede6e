/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_ANSWER_H
#define MFAD_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http.h"
#include "problem.h"

/*
 * A JSON object on its way out, written as it is told.  A name of NULL is an
 * element of a list.  Texts are UTF-8.  Without memory it is broken, and the
 * peer gets a 503 instead; nothing needs to be asked in between.  It is wiped
 * when it is sent, since some answers hold a secret.
 */
struct answer {
	char *text;
	size_t len, size;
	bool broken, first;
};

void answer_begin(struct answer *a);
void answer_text(struct answer *a, const char *name, const char *value);
void answer_text_or_null(struct answer *a, const char *name, const char *value);
void answer_number(struct answer *a, const char *name, int64_t value);
void answer_flag(struct answer *a, const char *name, bool value);
void answer_time(struct answer *a, const char *name, int64_t value);	/* 0: null */

/* bracket: '{' or '[', and answer_close its counterpart. */
void answer_open(struct answer *a, const char *name, char bracket);
void answer_close(struct answer *a, char bracket);

/* Ends the object and answers with it. */
void answer_send(struct answer *a, struct request *r, int status);

/* Instead of sending it. */
void answer_drop(struct answer *a);

/* 200 with it, when what filled it succeeded; else its problem. */
void answer_finish(struct answer *a, struct request *r, int result);

/* ---- what is not an object ---- */

/* 204. */
void answer_done(struct request *r);

/* The problem document of a result that is not MFA_OK.  field and detail may be
 * NULL; fields of the answer, such as Retry-After, were set before. */
void answer_problem(struct request *r, int result, const char *field, const char *detail);

#endif
