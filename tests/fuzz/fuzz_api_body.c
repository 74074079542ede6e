/* SPDX-License-Identifier: BSD-2-Clause */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../server/answer.h"
#include "../../server/body.h"
#include "error.h"

/*
 * A body of a request.  What is taken has all its members within their limits,
 * and written anew by answer.h it is taken again and says the same.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct taken {
	const char *user, *code;
	int64_t life;
	bool push, has_push;
};

static const struct body_member members[] = {
	{ "user", BODY_TEXT, false, offsetof(struct taken, user), 257 },
	{ "code", BODY_TEXT, true, offsetof(struct taken, code), 16 },
	{ "life", BODY_NUMBER, false, offsetof(struct taken, life), 0 },
	{ "push", BODY_FLAG, true, offsetof(struct taken, push), 0 },
	{ .name = NULL },
};

static void
check(bool promise)
{
	if (!promise)
		abort();
}

static void
write_anew(const struct taken *t, struct answer *a)
{
	answer_begin(a);
	answer_flag(a, "push", t->push);
	answer_number(a, "life", t->life);
	if (t->code != NULL)
		answer_text(a, "code", t->code);
	answer_text(a, "user", t->user);
}

static void
compare(const struct taken *t)
{
	struct taken again = { .life = 0 };
	const char *field, *why;
	struct body b;
	struct answer a;
	char *text;

	write_anew(t, &a);
	check(!a.broken);
	check((text = malloc(a.len + 1)) != NULL);
	memcpy(text, a.text, a.len);
	text[a.len] = '}';
	check(body_read(&b, text, a.len + 1, members, &again, &field, &why) == MFA_OK);
	check(strcmp(again.user, t->user) == 0 && again.life == t->life && again.push == t->push);
	check((again.code == NULL) == (t->code == NULL) &&
	    (t->code == NULL || strcmp(again.code, t->code) == 0));
	body_free(&b);
	answer_drop(&a);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct taken t = { .life = -1 };
	const char *field = NULL, *why = NULL;
	struct body b;
	int r = body_read(&b, (const char *)data, size, members, &t, &field, &why);

	if (r == MFA_OK) {
		check(t.user != NULL && strlen(t.user) < 257);
		check(t.code == NULL || strlen(t.code) < 16);
		compare(&t);
	} else {
		check(r == PROBLEM_INVALID && why != NULL);
		check(field == NULL || strlen(field) <= 64);
	}
	body_free(&b);
	return 0;
}
