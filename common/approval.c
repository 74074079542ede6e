/* SPDX-License-Identifier: BSD-2-Clause */
#include "approval.h"

#include <stdbool.h>
#include <string.h>

#include "crypto.h"
#include "error.h"

static int
check_statement(const struct statement *s, bool approves, int64_t now, enum refusal *why)
{
	*why = REFUSAL_NONE;
	if ((s->decision == DECISION_APPROVE) != approves)
		*why = REFUSAL_STATEMENT;
	else if (now >= s->expires)
		*why = REFUSAL_LATE;
	else if (s->expires - STATEMENT_LIFE_MAX > now)
		*why = REFUSAL_AHEAD;
	return *why == REFUSAL_NONE ? MFA_OK : MFA_E_REFUSED;
}

/* The device signs the statement itself. */
static int
check_plain(const struct device *d, const struct statement *s, const struct evidence *e,
    enum refusal *why)
{
	char text[RECORD_MAX + 1];
	size_t len;
	int r;

	*why = REFUSAL_STATEMENT;
	if ((r = statement_format(s, text, sizeof(text), &len)) != MFA_OK)
		return r;
	r = signature_verify(device_algorithm((enum device_kind)d->kind), &d->key, text, len,
	    e->signature.data, e->signature.len);
	explicit_bzero(text, sizeof(text));
	*why = r == MFA_OK ? REFUSAL_NONE : r == MFA_E_REFUSED ? REFUSAL_PROOF : REFUSAL_FAULT;
	return r;
}

/* Its digest is the challenge. */
static int
check_passkey(const struct device *d, const struct statement *s, const struct evidence *e,
    uint32_t *sign_count, enum refusal *why)
{
	unsigned char challenge[STATEMENT_DIGEST_LEN];
	int r;

	*why = REFUSAL_STATEMENT;
	if ((r = statement_digest(s, challenge)) != MFA_OK)
		return r;
	return webauthn_verify(d, challenge, &e->assertion, &e->signature, sign_count, why);
}

static int
check_evidence(const struct statement *s, const struct evidence *e, struct approval *out)
{
	const struct device *d = &out->certificate.device;
	bool passkey = device_is_passkey((enum device_kind)d->kind);
	bool assertion = e->assertion.authenticator_data_len > 0 ||
	    e->assertion.client_data_len > 0;

	out->why = REFUSAL_KIND;
	if (passkey != assertion || e->signature.len > sizeof(e->signature.data))
		return MFA_E_REFUSED;
	if (passkey)
		return check_passkey(d, s, e, &out->sign_count, &out->why);
	return check_plain(d, s, e, &out->why);
}

static int
verify(bool approves, const struct statement *s, const char *certificate, size_t len,
    const struct trust *trust, const struct evidence *e, int64_t now, struct approval *out)
{
	int r;

	memset(out, 0, sizeof(*out));
	if ((r = check_statement(s, approves, now, &out->why)) != MFA_OK)
		return r;
	if ((r = certificate_verify(certificate, len, trust, s->user, now, &out->certificate,
	    &out->why)) != MFA_OK)
		return r;
	return check_evidence(s, e, out);
}

int
approval_verify(const struct statement *s, const char *certificate, size_t len,
    const struct trust *trust, const struct evidence *e, int64_t now, struct approval *out)
{
	return verify(true, s, certificate, len, trust, e, now, out);
}

int
denial_verify(const struct statement *s, const char *certificate, size_t len,
    const struct trust *trust, const struct evidence *e, int64_t now, struct approval *out)
{
	return verify(false, s, certificate, len, trust, e, now, out);
}

int
approval_warm_up(void)
{
	unsigned char digest[CRYPTO_SHA256_LEN];
	int r = crypto_sha256("", 0, digest);

	return r == MFA_OK ? signature_warm_up() : r;
}
