/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_HTTP_JSON_H
#define MFA_HTTP_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_object;

/*
 * Reading JSON from outside, strictly, by json-c; and writing some.
 */

/* ---- all limits ---- */
#define JSON_DEPTH	8	/* of values in values */
#define JSON_LIST_MAX	256	/* elements of an array that we read */

/* The object that the text is, and nothing around it but blanks.  MFA_E_INVALID
 * for anything else: deeper than JSON_DEPTH, broken UTF-8, a member twice in an
 * object, a zero byte.  The caller frees *out with json_drop. */
int json_read(const char *text, size_t len, struct json_object **out);
void json_drop(struct json_object **o);

/* Members by name; MFA_E_INVALID when it is not there or of another type, and
 * then the result is empty.  A text is copied with a terminator, and must be
 * shorter than size and hold no zero; nothing else about it is checked. */
int json_text(struct json_object *o, const char *name, char *out, size_t size, size_t *len);
int json_flag(struct json_object *o, const char *name, bool *out);
int json_time(struct json_object *o, const char *name, uint32_t *out);	/* null is 0 */
int json_object_member(struct json_object *o, const char *name, struct json_object **out);

/* Each text of an array, until fn returns other than MFA_OK, which is then
 * returned.  MFA_E_INVALID for an element of another type, or too many. */
int json_texts(struct json_object *o, const char *name,
    int (*fn)(void *arg, const char *text, size_t len), void *arg);

/* ---- writing ---- */

/* An object in a buffer, one member after another; what does not fit, or is not
 * UTF-8, makes json_end fail. */
struct json_writer {
	char *buf;
	size_t size, len;
	bool failed;
};

void json_begin(struct json_writer *w, char *buf, size_t size);
void json_put_text(struct json_writer *w, const char *name, const char *value);
void json_put_number(struct json_writer *w, const char *name, uint32_t value);
void json_put_flag(struct json_writer *w, const char *name, bool value);
int json_end(struct json_writer *w);	/* MFA_E_INVALID, and buf is "" */

#endif
