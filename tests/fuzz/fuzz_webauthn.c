/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "approval.h"
#include "base64url.h"
#include "error.h"

/*
 * Whatever arrives as the evidence of a passkey.  The input is one byte with
 * the length of the signature, that, two bytes with the length of the
 * authenticator data, those, and the client data.  Nobody here has the passkey,
 * so nothing is accepted but what it signed.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW 1790000000

/* tests/vectors: authority.pub, certificate-, evidence- and statement-. */
static const char authority_line[] = "ed25519 b15nkmug7WZ5OCS4Yn6xyBHEkgGWTPjt18oYBsa6jSQ";
static const char certificate_text[] =
    "pam_mfa device 1\n"
    "user zo\xc3\xab\n"
    "device phone-webauthn-es256\n"
    "kind webauthn-es256\n"
    "key BL77h_xRqL2HBeA_Jzgurdk6lULEp_OADtYqA_SBy7wUH_9OYufWorTvEcNhtr1aRoGJyrGcByvR"
    "pROntw2xhEk\n"
    "origin https://mfa.example.org:8443\n"
    "created 1789990000\n"
    "expires 1797766000\n"
    "authority _LlNaf3wCBGxrp8819uhfw\n"
    "signature p4T2wvZiy1UXdrJvOGMf5ncMsEq8VaAM5KmpB58cvUvOeECt_mCSTw0rTRQCEMxKfxvda2"
    "WQkKl8re_TFHkWCA\n";
static const char statement_text[] =
    "pam_mfa approval 1\n"
    "host gate.example.org\n"
    "user zo\xc3\xab\n"
    "service sshd\n"
    "origin 203.0.113.7\n"
    "nonce AAECAwQFBgcICQoLDA0ODw\n"
    "number 482913\n"
    "expires 1790000090\n"
    "decision approve\n";
static const char good_data[] =
    "EwYsfh5ml0E1d6AlOmpyHP93Q0KO-cKy69kMsbSbnrodAAAABw";
static const char good_client[] =
    "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoicE51dWtMOUdpdzV5YVVrMzBpdHJmQjFYSXhv"
    "SnFFQWFJRHVSY3c0VFpZOCIsIm9yaWdpbiI6Imh0dHBzOi8vbWZhLmV4YW1wbGUub3JnOjg0NDMiLCJjcm9z"
    "c09yaWdpbiI6ZmFsc2V9";

static struct authority authority;
static struct statement statement;

static void
check(bool promise)
{
	if (!promise)
		abort();
}

/* Takes len bytes of the input, in a block of their own. */
static unsigned char *
take(const uint8_t **data, size_t *size, size_t len)
{
	unsigned char *out;

	if (len > *size)
		len = *size;
	check((out = malloc(len > 0 ? len : 1)) != NULL);
	memcpy(out, *data, len);
	*data += len;
	*size -= len;
	return out;
}

static bool
is_text(const unsigned char *bytes, size_t len, const char *base64)
{
	unsigned char wanted[1024];
	size_t wanted_len;

	check(base64url_decode(base64, strlen(base64), wanted, sizeof(wanted), &wanted_len) ==
	    MFA_OK);
	return len == wanted_len && memcmp(bytes, wanted, len) == 0;
}

static void
judge(const struct evidence *e)
{
	const struct trust trust = { .authorities = &authority, .authority_count = 1 };
	struct approval out;
	int r = approval_verify(&statement, certificate_text, strlen(certificate_text), &trust, e,
	    NOW, &out);

	check((r == MFA_OK) == (out.why == REFUSAL_NONE) && out.why != REFUSAL_FAULT);
	if (r != MFA_OK) {
		check(out.sign_count == 0);
		return;
	}
	check(is_text(e->assertion.authenticator_data, e->assertion.authenticator_data_len,
	    good_data));
	check(is_text(e->assertion.client_data, e->assertion.client_data_len, good_client));
	check(out.sign_count == 7);
}

static void
prepare(void)
{
	check(authority_parse(authority_line, &authority) == MFA_OK);
	check(statement_parse(statement_text, strlen(statement_text), &statement, NULL) == MFA_OK);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct evidence e = { .signature = { .len = 0 } };
	unsigned char *sig, *auth, *client;
	size_t len;

	if (size < 3)
		return -1;
	prepare();
	len = data[0] < sizeof(e.signature.data) ? data[0] : sizeof(e.signature.data);
	data++, size--;
	e.signature.len = len < size ? len : size;
	sig = take(&data, &size, len);
	memcpy(e.signature.data, sig, e.signature.len);
	len = size >= 2 ? (size_t)data[0] << 8 | data[1] : 0;
	free(take(&data, &size, 2));
	e.assertion.authenticator_data_len = len < size ? len : size;
	e.assertion.authenticator_data = auth = take(&data, &size, len);
	e.assertion.client_data_len = size;
	e.assertion.client_data = client = take(&data, &size, size);
	judge(&e);
	free(sig);
	free(auth);
	free(client);
	return 0;
}
