/* SPDX-License-Identifier: BSD-2-Clause */
#include "answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE	512
#define PROBLEM_PREFIX	"urn:pam-mfa:problem:"
/* RFC 8259 section 7. */
#define ESCAPED		"\"\\\001\002\003\004\005\006\a\b\t\n\v\f\r\016\017\020\021\022\023" \
			"\024\025\026\027\030\031\032\033\034\035\036\037"

/* ---- writing ---- */

/* A copy that is left behind may hold a secret: no realloc. */
static bool
grow(struct answer *a, size_t more)
{
	size_t size = a->size;
	char *text;

	while (size - a->len < more)
		size *= 2;
	if (size == a->size)
		return true;
	if ((text = malloc(size)) == NULL) {
		a->broken = true;
		return false;
	}
	memcpy(text, a->text, a->len);
	explicit_bzero(a->text, a->len);
	free(a->text);
	a->text = text;
	a->size = size;
	return true;
}

static void
put(struct answer *a, const char *s, size_t len)
{
	if (a->broken || !grow(a, len))
		return;
	memcpy(a->text + a->len, s, len);
	a->len += len;
}

static void
put_string(struct answer *a, const char *s)
{
	char escape[8];
	size_t len;

	put(a, "\"", 1);
	while (*s != '\0') {
		len = strcspn(s, ESCAPED);
		put(a, s, len);
		s += len;
		if (*s == '\0')
			break;
		if (*s == '\n')
			(void)snprintf(escape, sizeof(escape), "\\n");
		else
			(void)snprintf(escape, sizeof(escape),
			    *s == '"' || *s == '\\' ? "\\%c" : "\\u%04x", *s);
		put(a, escape, strlen(escape));
		s++;
	}
	put(a, "\"", 1);
}

static void
put_name(struct answer *a, const char *name)
{
	if (!a->first)
		put(a, ",", 1);
	a->first = false;
	if (name == NULL)
		return;
	put_string(a, name);
	put(a, ":", 1);
}

void
answer_begin(struct answer *a)
{
	*a = (struct answer){ .text = malloc(FIRST_SIZE), .size = FIRST_SIZE, .first = true };
	a->broken = a->text == NULL;
	put(a, "{", 1);
}

void
answer_text(struct answer *a, const char *name, const char *value)
{
	put_name(a, name);
	put_string(a, value);
}

void
answer_number(struct answer *a, const char *name, int64_t value)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%" PRId64, value);

	put_name(a, name);
	put(a, text, (size_t)n);
}

void
answer_flag(struct answer *a, const char *name, bool value)
{
	const char *word = value ? "true" : "false";

	put_name(a, name);
	put(a, word, strlen(word));
}

static void
put_null(struct answer *a, const char *name)
{
	put_name(a, name);
	put(a, "null", 4);
}

void
answer_time(struct answer *a, const char *name, int64_t value)
{
	if (value != 0)
		answer_number(a, name, value);
	else
		put_null(a, name);
}

void
answer_text_or_null(struct answer *a, const char *name, const char *value)
{
	if (value != NULL)
		answer_text(a, name, value);
	else
		put_null(a, name);
}

void
answer_open(struct answer *a, const char *name, char bracket)
{
	put_name(a, name);
	put(a, &bracket, 1);
	a->first = true;
}

void
answer_close(struct answer *a, char bracket)
{
	put(a, &bracket, 1);
	a->first = false;
}

void
answer_drop(struct answer *a)
{
	if (a->text != NULL)
		explicit_bzero(a->text, a->len);
	free(a->text);
	*a = (struct answer){ .broken = true };
}

/* ---- sending ---- */

static void
send_as(struct answer *a, struct request *r, int status, const char *type)
{
	put(a, "}", 1);
	if (a->broken)
		reply_problem(r, 503, NULL, NULL, "no memory for the answer");
	else
		reply(r, status, type, a->text, a->len);
	answer_drop(a);
}

void
answer_send(struct answer *a, struct request *r, int status)
{
	send_as(a, r, status, "application/json");
}

void
answer_done(struct request *r)
{
	reply(r, 204, NULL, NULL, 0);
}

void
answer_problem(struct request *r, int result, const char *field, const char *detail)
{
	const struct problem_form *form = problem_form(result);
	char type[sizeof(PROBLEM_PREFIX) + 32];
	struct answer a;

	if (form->status == 401)
		reply_field(r, "WWW-Authenticate", "Bearer realm=\"mfad\"");
	if (form->status == 503)
		reply_field(r, "Retry-After", "1");
	(void)snprintf(type, sizeof(type), "%s%s", PROBLEM_PREFIX, form->name);
	answer_begin(&a);
	answer_text(&a, "type", type);
	answer_text(&a, "title", form->title);
	answer_number(&a, "status", form->status);
	if (detail != NULL)
		answer_text(&a, "detail", detail);
	if (field != NULL)
		answer_text(&a, "field", field);
	send_as(&a, r, form->status, "application/problem+json");
}
