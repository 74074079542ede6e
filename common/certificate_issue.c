/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The side of an authority.
 */
#include <string.h>

#include "base64url.h"
#include "certificate_form.h"
#include "error.h"

static int
set_authority(const struct sign_key *key, unsigned char id[AUTHORITY_ID_LEN])
{
	struct authority a;
	int r;

	if (key->algorithm != SIGNATURE_ED25519)
		return MFA_E_INVALID;
	if ((r = authority_set(&a, key->public.data)) == MFA_OK)
		memcpy(id, a.id, AUTHORITY_ID_LEN);
	return r;
}

/* The line after the *len bytes that are there. */
static int
append_signature(const struct sign_key *key, char *buf, size_t size, size_t *len)
{
	const size_t word = strlen(SIGNED_WORD);
	struct blob sig;
	char *at = buf + *len;
	int r;

	if (size - *len <= SIGNED_LINE_LEN)
		return MFA_E_INVALID;
	if ((r = sign(key, buf, *len, &sig)) != MFA_OK)
		return r;
	memcpy(at, SIGNED_WORD, word);
	r = base64url_encode(sig.data, sig.len, at + word, SIGNED_LINE_LEN - word);
	at[SIGNED_LINE_LEN - 1] = '\n';
	at[SIGNED_LINE_LEN] = '\0';
	*len += SIGNED_LINE_LEN;
	return r;
}

int
certificate_issue(const struct sign_key *authority, struct certificate *c, char *buf,
    size_t size, size_t *len)
{
	struct record_error unasked;
	int r;

	*len = 0;
	explicit_bzero(buf, size);
	if ((r = set_authority(authority, c->authority)) != MFA_OK ||
	    (r = record_format(&certificate_type, c, buf, size, len)) != MFA_OK)
		return r;
	/* The times are within their range by now. */
	r = MFA_E_INVALID;
	if (certificate_is_sound(c, &unasked))
		r = append_signature(authority, buf, size, len);
	if (r != MFA_OK) {
		explicit_bzero(buf, size);
		*len = 0;
	}
	return r;
}

int
revocation_issue(const struct sign_key *authority, struct revocation *revocation, char *buf,
    size_t size, size_t *len)
{
	int r;

	*len = 0;
	explicit_bzero(buf, size);
	if ((r = set_authority(authority, revocation->authority)) == MFA_OK &&
	    (r = record_format(&revocation_type, revocation, buf, size, len)) == MFA_OK &&
	    (r = append_signature(authority, buf, size, len)) == MFA_OK)
		return MFA_OK;
	explicit_bzero(buf, size);
	*len = 0;
	return r;
}
