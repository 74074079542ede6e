/* SPDX-License-Identifier: BSD-2-Clause */
#include "certificate_form.h"

#include <string.h>

#include "base64url.h"
#include "error.h"
#include "secret.h"

_Static_assert(SIGNED_LINE_LEN == sizeof(SIGNED_WORD) - 1 +
    BASE64URL_CHARS(SIGNATURE_ED25519_LEN) + 1, "signature line");

#define AT(type, member) offsetof(type, member), sizeof(((type *)NULL)->member)

static const struct record_field certificate_fields[] = {
	{ "pam_mfa", RECORD_CONSTANT, 0, 0, "device 1", NULL },
	DEVICE_FIELDS(struct certificate, device),
	{ "created", RECORD_TIME, AT(struct certificate, created), NULL, NULL },
	{ "expires", RECORD_TIME, AT(struct certificate, expires), NULL, NULL },
	{ "authority", RECORD_BYTES, AT(struct certificate, authority), NULL, NULL },
};

static const struct record_field revocation_fields[] = {
	{ "pam_mfa", RECORD_CONSTANT, 0, 0, "revocation 1", NULL },
	{ "user", RECORD_TEXT, AT(struct revocation, user), NULL, NULL },
	{ "device", RECORD_NAME, AT(struct revocation, device), NULL, NULL },
	{ "at", RECORD_TIME, AT(struct revocation, at), NULL, NULL },
	{ "authority", RECORD_BYTES, AT(struct revocation, authority), NULL, NULL },
};

const struct record_type certificate_type = RECORD_TYPE(certificate_fields, struct certificate);
const struct record_type revocation_type = RECORD_TYPE(revocation_fields, struct revocation);

bool
certificate_is_sound(const struct certificate *c, struct record_error *error)
{
	*error = (struct record_error){ 8, "it expires before it begins" };
	if (c->expires <= c->created)
		return false;
	*error = (struct record_error){ 8, "it lives longer than 366 days" };
	if (c->expires - c->created > CERTIFICATE_LIFE_MAX)
		return false;
	return device_check(&c->device, 2, error) == MFA_OK;
}

/* ---- reader ---- */

struct signed_text {
	size_t len;			/* of what is signed */
	struct blob signature;
};

/* Everything but the last line, which is the signature. */
static int
split(const char *text, size_t len, const struct record_type *type, struct signed_text *out,
    struct record_error *error)
{
	const size_t word = strlen(SIGNED_WORD);
	const char *last;

	*error = (struct record_error){ (unsigned int)type->count + 1,
	    "the last line is no signature" };
	out->len = 0;
	out->signature.len = 0;
	if (len <= SIGNED_LINE_LEN || len > SIGNED_MAX)
		return MFA_E_INVALID;
	last = text + len - SIGNED_LINE_LEN;
	if (memcmp(last, SIGNED_WORD, word) != 0 || text[len - 1] != '\n' ||
	    base64url_decode(last + word, SIGNED_LINE_LEN - word - 1, out->signature.data,
	    SIGNATURE_ED25519_LEN, &out->signature.len) != MFA_OK ||
	    out->signature.len != SIGNATURE_ED25519_LEN)
		return MFA_E_INVALID;
	out->len = len - SIGNED_LINE_LEN;
	return MFA_OK;
}

static int
read_signed(const char *text, size_t len, const struct record_type *type, void *to,
    struct signed_text *signed_text, struct record_error *error)
{
	int r = split(text, len, type, signed_text, error);

	if (r == MFA_OK)
		return record_parse(type, text, signed_text->len, to, error);
	memset(to, 0, type->size);
	return r;
}

static int
read_certificate(const char *text, size_t len, struct certificate *out,
    struct signed_text *signed_text, struct record_error *error)
{
	int r = read_signed(text, len, &certificate_type, out, signed_text, error);

	if (r == MFA_OK && !certificate_is_sound(out, error)) {
		memset(out, 0, sizeof(*out));
		r = MFA_E_INVALID;
	}
	return r;
}

int
certificate_parse(const char *text, size_t len, struct certificate *out,
    struct record_error *error)
{
	struct signed_text signed_text;
	struct record_error unasked;

	return read_certificate(text, len, out, &signed_text, error != NULL ? error : &unasked);
}

int
revocation_parse(const char *text, size_t len, struct revocation *out,
    struct record_error *error)
{
	struct signed_text signed_text;
	struct record_error unasked;

	return read_signed(text, len, &revocation_type, out, &signed_text,
	    error != NULL ? error : &unasked);
}

/* ---- verifying ---- */

static const struct authority *
find_authority(const struct trust *trust, const unsigned char id[AUTHORITY_ID_LEN])
{
	size_t i;

	for (i = 0; i < trust->authority_count; i++)
		if (secret_equal(trust->authorities[i].id, id, AUTHORITY_ID_LEN))
			return &trust->authorities[i];
	return NULL;
}

static int
verify_signed(const char *text, const struct signed_text *signed_text,
    const unsigned char id[AUTHORITY_ID_LEN], const struct trust *trust, enum refusal *why)
{
	const struct authority *a = find_authority(trust, id);
	struct blob key = { .len = AUTHORITY_KEY_LEN };
	int r;

	*why = REFUSAL_AUTHORITY;
	if (a == NULL)
		return MFA_E_REFUSED;
	memcpy(key.data, a->key, AUTHORITY_KEY_LEN);
	r = signature_verify(SIGNATURE_ED25519, &key, text, signed_text->len,
	    signed_text->signature.data, signed_text->signature.len);
	*why = r == MFA_E_REFUSED ? REFUSAL_SIGNATURE : REFUSAL_FAULT;
	return r;
}

static bool
is_revoked(const struct trust *trust, const struct device *d)
{
	size_t i;

	for (i = 0; i < trust->revocation_count; i++)
		if (strcmp(trust->revocations[i].user, d->user) == 0 &&
		    strcmp(trust->revocations[i].device, d->id) == 0)
			return true;
	return false;
}

static int
check_validity(const struct certificate *c, const struct trust *trust, const char *user,
    int64_t now, enum refusal *why)
{
	*why = REFUSAL_NONE;
	if (strcmp(c->device.user, user) != 0)
		*why = REFUSAL_USER;
	else if (c->created - CERTIFICATE_SKEW > now)
		*why = REFUSAL_EARLY;
	else if (now >= c->expires)
		*why = REFUSAL_EXPIRED;
	else if (is_revoked(trust, &c->device))
		*why = REFUSAL_REVOKED;
	return *why == REFUSAL_NONE ? MFA_OK : MFA_E_REFUSED;
}

int
certificate_verify(const char *text, size_t len, const struct trust *trust, const char *user,
    int64_t now, struct certificate *out, enum refusal *why)
{
	struct signed_text signed_text;
	struct record_error unasked;
	struct certificate c;
	int r;

	memset(out, 0, sizeof(*out));
	*why = REFUSAL_FORM;
	if ((r = read_certificate(text, len, &c, &signed_text, &unasked)) != MFA_OK ||
	    (r = verify_signed(text, &signed_text, c.authority, trust, why)) != MFA_OK ||
	    (r = check_validity(&c, trust, user, now, why)) != MFA_OK)
		return r;
	*out = c;
	return MFA_OK;
}

int
revocation_verify(const char *text, size_t len, const struct trust *trust,
    struct revocation *out, enum refusal *why)
{
	struct signed_text signed_text;
	struct record_error unasked;
	struct revocation v;
	int r;

	memset(out, 0, sizeof(*out));
	*why = REFUSAL_FORM;
	if ((r = read_signed(text, len, &revocation_type, &v, &signed_text, &unasked)) != MFA_OK ||
	    (r = verify_signed(text, &signed_text, v.authority, trust, why)) != MFA_OK)
		return r;
	*why = REFUSAL_NONE;
	*out = v;
	return MFA_OK;
}
