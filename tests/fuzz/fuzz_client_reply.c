/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "../../client/api.h"
#include "../../client/link.h"
#include "error.h"
#include "reply_head.h"
#include "text.h"

/*
 * A reply of the service, as mfactl and mfa-phone read it: one byte chooses its
 * status, head and body follow.  Words are printable, there are members only when it
 * was done, and each is within what its reader promises.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const long statuses[] = { 200, 201, 204, 302, 400, 401, 403, 404, 409, 429, 500, 503, 999 };
static const char *const names[] = { "user", "name", "host", "login", "device", "key", "secret",
    "token", "expires", "created", "logins", "devices", "authorities", "answer", "state" };

static struct fetch_incoming in;

static void
check(bool promise)
{
	if (!promise)
		abort();
}

/* ---- members ---- */

static int
look_at_text(void *arg, const char *text, size_t len)
{
	(void)arg;
	check(strlen(text) == len);
	return MFA_OK;
}

static int look_at(void *arg, struct json_object *o);

static void
read_member(struct json_object *o, const char *name, unsigned int depth)
{
	char text[64], id[LINK_ID_LEN + 1], secret[API_SECRET_MAX];
	struct json_object *inner;
	uint32_t at;
	int64_t n;
	bool flag;

	if (api_text(o, name, text, sizeof(text)) == MFA_OK)
		check(text[0] != '\0' && text_printable(text, strlen(text)));
	else
		check(text[0] == '\0');
	check((api_number(o, name, 1, 100, &n) == MFA_OK) == (n >= 1 && n <= 100));
	check((api_id(o, name, 'l', id, sizeof(id)) == MFA_OK) == link_id(id, 'l'));
	check(json_time(o, name, &at) == MFA_OK || at == 0);
	check(json_flag(o, name, &flag) == MFA_OK || !flag);
	(void)json_texts(o, name, look_at_text, NULL);
	if (depth < JSON_DEPTH) {
		depth++;
		(void)api_objects(o, name, 100, look_at, &depth);
		if (json_object_member(o, name, &inner) == MFA_OK)
			check(look_at(&depth, inner) == MFA_OK);
	}
	/* Last, since what it reads is wiped. */
	if (api_secret(o, name, secret) == MFA_OK) {
		check(strlen(secret) == API_SECRET_MAX - 1);
		check(api_secret(o, name, secret) == MFA_E_INVALID && secret[0] == '\0');
	}
}

static int
look_at(void *arg, struct json_object *o)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		read_member(o, names[i], *(const unsigned int *)arg);
	return MFA_OK;
}

/* ---- a reply ---- */

static void
judge(void)
{
	unsigned int depth = 0;
	struct api_reply out;
	int r = api_read(&in.reply, &out);

	check(r == MFA_OK || r == MFA_E_REFUSED || r == MFA_E_PROTOCOL);
	check((r == MFA_OK) == (in.reply.status < 300 && out.words[0] == '\0'));
	check(text_printable(out.words, strlen(out.words)));
	check(text_printable(out.problem, strlen(out.problem)));
	check(out.json == NULL || r == MFA_OK);
	check(r != MFA_OK || out.json != NULL || in.reply.status == 204);
	if (out.json != NULL)
		check(look_at(&depth, out.json) == MFA_OK);
	api_reply_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *body;

	if (size < 1)
		return -1;
	memset(&in, 0, sizeof(in));
	in.reply.status = statuses[data[0] % (sizeof(statuses) / sizeof(statuses[0]))];
	data++;
	size--;
	reply_head(&data, &size, &in);
	check((body = malloc(size > 0 ? size : 1)) != NULL);
	memcpy(body, data, size);
	(void)fetch_take_body(body, 1, size, &in);
	free(body);
	in.reply.body[in.reply.len] = '\0';
	judge();
	return 0;
}
