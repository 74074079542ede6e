/* SPDX-License-Identifier: BSD-2-Clause */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "fetch_reply.h"
#include "json.h"
#include "provider_mfad_private.h"

/* ---- all limits ---- */
#define PROBLEM_MAX	256	/* bytes of each text of a problem document */
#define WORD_MAX	32	/* of a word that means something */

/* 0 for one that is not among them. */
static uint32_t
meaning(const struct mfad_word *words, const char *word)
{
	for (; words->word != NULL; words++)
		if (strcmp(words->word, word) == 0)
			return words->meaning;
	return 0;
}

int
mfad_read_word(struct json_object *o, const char *name, const struct mfad_word *words,
    uint32_t *out)
{
	char word[WORD_MAX];
	size_t len;
	int r = json_text(o, name, word, sizeof(word), &len);

	*out = r == MFA_OK ? meaning(words, word) : 0;
	return *out != 0 ? MFA_OK : MFA_E_INVALID;
}

int
mfad_read_choice(struct json_object *o, const char *name, const struct mfad_word *words,
    uint32_t *out)
{
	struct json_object *m = NULL;
	char word[WORD_MAX];
	size_t len;

	*out = 0;
	if (!json_object_object_get_ex(o, name, &m) || m == NULL)
		return MFA_OK;
	if (json_text(o, name, word, sizeof(word), &len) != MFA_OK)
		return MFA_E_INVALID;
	*out = meaning(words, word);
	return MFA_OK;
}

/* ---- problem documents (RFC 9457) ---- */

#define PROBLEM "urn:pam-mfa:problem:"

static const struct mfad_word problems[] = {
	{ PROBLEM "unauthenticated", QUERY_NOT_ACCEPTED },
	{ PROBLEM "forbidden", QUERY_NOT_ACCEPTED },
	{ PROBLEM "no-device", QUERY_NO_DEVICE },
	{ PROBLEM "already-waiting", QUERY_WAITING },
	{ PROBLEM "too-many-unanswered", QUERY_TOO_MANY },
	{ PROBLEM "too-many-calls", QUERY_TOO_MANY_CALLS },
	{ PROBLEM "push-locked", QUERY_LOCKED },
	{ PROBLEM "locked", QUERY_LOCKED },
	{ NULL, 0 },
};

/* Of what we send only a time can be wrong for somebody with another clock. */
static uint32_t
failure_of(const struct fetch_reply *r, const char *type, const char *field)
{
	uint32_t failure = meaning(problems, type);

	if (strcmp(type, PROBLEM "invalid") == 0 && strcmp(field, "expires") == 0)
		failure = QUERY_CLOCKS;
	if (failure == 0)
		failure = r->status == 401 || r->status == 403 ? QUERY_NOT_ACCEPTED : QUERY_SERVICE;
	return failure;
}

static void
read_problem(const struct fetch_reply *r, struct query *out)
{
	char type[PROBLEM_MAX] = "", title[PROBLEM_MAX] = "", detail[PROBLEM_MAX] = "";
	char field[PROBLEM_MAX] = "";
	char words[3 * PROBLEM_MAX];
	struct json_object *o = NULL;
	size_t len;

	if (r->problem && json_read(r->body, r->len, &o) == MFA_OK) {
		(void)json_text(o, "type", type, sizeof(type), &len);
		(void)json_text(o, "title", title, sizeof(title), &len);
		(void)json_text(o, "detail", detail, sizeof(detail), &len);
		(void)json_text(o, "field", field, sizeof(field), &len);
	}
	json_drop(&o);
	out->type = QUERY_FAILED;
	out->failure = failure_of(r, type, field);
	out->retry_after = r->retry_after;
	(void)snprintf(words, sizeof(words), "status %ld%s%s%s%s%s%s", r->status,
	    r->status >= 300 && r->status < 400 ? ", a redirect, which is not followed" : "",
	    title[0] != '\0' ? ": " : "", title, detail[0] != '\0' ? ": " : "", detail,
	    out->failure == QUERY_CLOCKS ? ": the clocks are apart" : "");
	fetch_words(out->words, words);
}

int
mfad_open_reply(const struct fetch_reply *r, long wanted, struct query *out,
    struct json_object **o)
{
	*o = NULL;
	if (r->status != wanted) {
		read_problem(r, out);
		return MFA_OK;
	}
	return r->json ? json_read(r->body, r->len, o) : MFA_E_INVALID;
}

/* ---- begin ---- */

static const struct mfad_word methods[] = {
	{ "push", QUERY_CAN_PUSH }, { "totp", QUERY_CAN_CODE }, { "hotp", QUERY_CAN_CODE },
	{ "recovery", QUERY_CAN_CODE }, { "pass", QUERY_CAN_CODE }, { "call", QUERY_CAN_CALL },
	{ "text", QUERY_CAN_TEXT }, { NULL, 0 },
};

static const struct mfad_word method_words[] = {
	{ "push", QUERY_BY_PUSH }, { "call", QUERY_BY_CALL }, { "text", QUERY_BY_TEXT },
	{ NULL, 0 },
};

static int
add_method(void *arg, const char *text, size_t len)
{
	struct query *out = arg;

	(void)len;
	out->methods |= meaning(methods, text);	/* 0 for one that is new to us */
	return MFA_OK;
}

static int
read_user(const struct errand *e, struct json_object *o, struct query *out)
{
	char user[STATEMENT_USER_MAX];
	bool push_locked, locked;
	size_t len;

	if (json_text(o, "user", user, sizeof(user), &len) != MFA_OK ||
	    strcmp(user, e->user) != 0 || json_flag(o, "push_locked", &push_locked) != MFA_OK ||
	    json_flag(o, "locked", &locked) != MFA_OK ||
	    mfad_read_choice(o, "method", method_words, &out->preferred) != MFA_OK)
		return MFA_E_INVALID;
	if (push_locked || locked)
		out->methods |= QUERY_PUSH_LOCKED;
	return json_texts(o, "methods", add_method, out);
}

/* One behind another, as each ends with a line feed.  They are never left out
 * for want of room: that would bring a device back. */
static int
add_revocation(void *arg, const char *text, size_t len)
{
	struct query *out = arg;

	if (len == 0 || text[len - 1] != '\n' ||
	    len > sizeof(out->revocations) - out->revocations_len)
		return MFA_E_INVALID;
	memcpy(out->revocations + out->revocations_len, text, len);
	out->revocations_len += (uint32_t)len;
	return MFA_OK;
}

int
mfad_read_begin(struct errand *e, const struct fetch_reply *r, unsigned int step,
    struct query *out)
{
	struct json_object *o;
	int result = mfad_open_reply(r, 200, out, &o);

	if (result != MFA_OK || o == NULL)
		return result;
	result = step == 0 ? read_user(e, o, out) :
	    e->has_phone ? json_texts(o, "revocations", add_revocation, out) :
	    json_time(o, "compulsory_from", &out->compulsory_from);
	/* Revocations matter to one with a phone only, and from when a second
	 * factor is compulsory to one without: no host need believe codes. */
	e->has_phone = (out->methods & QUERY_CAN_PUSH) != 0;
	if (result == MFA_OK && step == 1)
		out->type = QUERY_METHODS;
	json_drop(&o);
	return result;
}

/* ---- choose ---- */

static bool
is_id(const char *id)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	return id[0] == 'l' && id[1] == '_' && id[2] != '\0' &&
	    id[strspn(id, alphabet)] == '\0';
}

const struct mfad_word mfad_states[] = {
	{ "waiting", MFAD_WAITING }, { "answered", QUERY_ANSWERED }, { "keyed", QUERY_KEYED },
	{ "cancelled", QUERY_ENDED }, { "expired", QUERY_ENDED }, { NULL, 0 },
};

/* The bit of each. */
static int
find_method(void *arg, const char *text, size_t len)
{
	uint32_t *found = arg;

	(void)len;
	*found |= 1u << meaning(method_words, text);
	return MFA_OK;
}

/* The service has understood how the person is to be asked.  One that knows of no
 * other way than the phone need not say that. */
static int
read_method(const struct errand *e, struct json_object *o)
{
	uint32_t found = 0;
	int r = json_texts(o, "methods", find_method, &found);

	if (e->method == QUERY_BY_PUSH)
		return MFA_OK;
	return r == MFA_OK && (found >> e->method & 1) != 0 ? MFA_OK : MFA_E_INVALID;
}

int
mfad_read_choose(struct errand *e, const struct fetch_reply *r, unsigned int step,
    struct query *out)
{
	char id[PROVIDER_ID_MAX];
	struct json_object *o;
	uint32_t state;
	size_t len;
	int result = mfad_open_reply(r, 201, out, &o);

	(void)step;
	if (result != MFA_OK || o == NULL)
		return result;
	result = json_text(o, "login", id, sizeof(id), &len);
	if (result == MFA_OK)
		result = is_id(id) ? mfad_read_word(o, "state", mfad_states, &state) :
		    MFA_E_INVALID;
	if (result == MFA_OK)
		result = read_method(e, o);
	if (result == MFA_OK) {
		memcpy(e->login, id, len + 1);
		out->type = QUERY_PUSHED;
	}
	json_drop(&o);
	return result;
}

/* ---- code, cancel ---- */

static const struct mfad_word results[] = {
	{ "accepted", QUERY_CODE_ACCEPTED }, { "refused", QUERY_CODE_REFUSED },
	{ "replayed", QUERY_CODE_REPLAYED }, { "too-soon", QUERY_CODE_TOO_SOON },
	{ "locked", QUERY_CODE_LOCKED }, { NULL, 0 },
};

static const struct mfad_word factors[] = { { "sms", 1 }, { NULL, 0 } };

int
mfad_read_code(struct errand *e, const struct fetch_reply *r, unsigned int step,
    struct query *out)
{
	struct json_object *o;
	int result = mfad_open_reply(r, 200, out, &o);

	(void)e;
	(void)step;
	if (result != MFA_OK || o == NULL)
		return result;
	if ((result = mfad_read_word(o, "result", results, &out->result)) == MFA_OK &&
	    (result = mfad_read_choice(o, "factor", factors, &out->by_text)) == MFA_OK)
		out->type = QUERY_CODED;
	json_drop(&o);
	return result;
}

int
mfad_read_cancel(struct errand *e, const struct fetch_reply *r, unsigned int step,
    struct query *out)
{
	(void)e;
	(void)step;
	if (r->status != 204)
		read_problem(r, out);
	return MFA_OK;
}
