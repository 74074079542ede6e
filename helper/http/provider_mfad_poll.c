/* SPDX-License-Identifier: BSD-2-Clause */
/* mfad: what became of a login. */
#include <json-c/json.h>
#include <string.h>

#include "base64url.h"
#include "error.h"
#include "json.h"
#include "provider_mfad_private.h"

static const struct mfad_word decisions[] = {
	{ "approve", DECISION_APPROVE }, { "deny", DECISION_DENY }, { "report", DECISION_REPORT },
	{ NULL, 0 },
};

/* base64url; absent is empty when that is allowed. */
static int
read_bytes(struct json_object *o, const char *name, bool optional, unsigned char *out,
    size_t size, uint32_t *len)
{
	char text[BASE64URL_CHARS(WEBAUTHN_CLIENT_DATA_MAX) + 1];
	size_t chars, n = 0;
	int r = MFA_OK;

	*len = 0;
	if (optional && !json_object_object_get_ex(o, name, NULL))
		return MFA_OK;
	if ((r = json_text(o, name, text, sizeof(text), &chars)) == MFA_OK)
		r = base64url_decode(text, chars, out, size, &n);
	*len = (uint32_t)n;
	return r;
}

static int
read_answer(struct json_object *o, struct query *out)
{
	char certificate[SIGNED_MAX + 1];
	size_t len;
	int r;

	if ((r = mfad_read_word(o, "decision", decisions, &out->decision)) != MFA_OK ||
	    (r = json_text(o, "certificate", certificate, sizeof(certificate), &len)) != MFA_OK)
		return r;
	memcpy(out->certificate, certificate, len);
	out->certificate_len = (uint32_t)len;
	if ((r = read_bytes(o, "signature", false, out->signature, sizeof(out->signature),
	    &out->signature_len)) != MFA_OK ||
	    (r = read_bytes(o, "authenticator_data", true, out->authenticator_data,
	    sizeof(out->authenticator_data), &out->authenticator_data_len)) != MFA_OK)
		return r;
	return read_bytes(o, "client_data", true, out->client_data, sizeof(out->client_data),
	    &out->client_data_len);
}

static const struct mfad_word whys[] = {
	{ "no-answer", QUERY_WHY_NO_ANSWER }, { "busy", QUERY_WHY_BUSY },
	{ "declined", QUERY_WHY_DECLINED }, { "hung-up", QUERY_WHY_HUNG_UP },
	{ "no-keys", QUERY_WHY_NO_KEYS }, { "gateway", QUERY_WHY_GATEWAY },
	{ "not-allowed", QUERY_WHY_NOT_ALLOWED }, { "reported", QUERY_WHY_REPORTED },
	{ "twice", QUERY_WHY_TWICE }, { NULL, 0 },
};

/* What a telephone has keys for, but for the one that ends it. */
static int
read_keys(struct json_object *o, struct query *out)
{
	size_t len;
	int r = json_text(o, "keys", out->keys, sizeof(out->keys), &len);

	return r == MFA_OK && strspn(out->keys, "0123456789*ABCD") == len ? MFA_OK : MFA_E_INVALID;
}

/* Only what the person was asked for can have come back. */
static int
read_state(const struct errand *e, struct json_object *o, uint32_t state, struct query *out)
{
	struct json_object *a;
	int r;

	switch (state) {
	case QUERY_ANSWERED:
		if (e->method != QUERY_BY_PUSH)
			return MFA_E_INVALID;
		r = json_object_member(o, "answer", &a);
		return r == MFA_OK ? read_answer(a, out) : r;
	case QUERY_KEYED:
		return e->method == QUERY_BY_CALL ? read_keys(o, out) : MFA_E_INVALID;
	case QUERY_ENDED:
		return mfad_read_choice(o, "why", whys, &out->why);
	default:
		return MFA_OK;
	}
}

int
mfad_read_poll(struct errand *e, const struct fetch_reply *r, unsigned int step,
    struct query *out)
{
	struct json_object *o;
	char id[PROVIDER_ID_MAX];
	uint32_t state;
	size_t len;
	int result = mfad_open_reply(r, 200, out, &o);

	(void)step;
	if (result != MFA_OK || o == NULL)
		return result;
	result = mfad_read_word(o, "state", mfad_states, &state);
	if (result == MFA_OK && (result = json_text(o, "login", id, sizeof(id), &len)) == MFA_OK &&
	    strcmp(id, e->login) != 0)
		result = MFA_E_INVALID;
	if (result == MFA_OK)
		result = read_state(e, o, state, out);
	if (result == MFA_OK && state != MFAD_WAITING)
		out->type = state;
	json_drop(&o);
	return result;
}

int
mfad_read_keys(struct errand *e, const struct fetch_reply *r, unsigned int step,
    struct query *out)
{
	struct json_object *o;
	bool again;
	int result = mfad_open_reply(r, 200, out, &o);

	(void)e;
	(void)step;
	if (result != MFA_OK || o == NULL)
		return result;
	if ((result = json_flag(o, "again", &again)) == MFA_OK) {
		out->again = again;
		out->type = QUERY_AGAIN;
	}
	json_drop(&o);
	return result;
}
