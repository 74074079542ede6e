/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "certificate.h"
#include "error.h"

/*
 * Whatever arrives as a certificate or a revocation.  Nobody here has the
 * authority's key, so nothing is accepted but the very text that it signed; no
 * seed may hold another signature of it.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW	1790000000
#define USER	"zo\xc3\xab"

/* tests/vectors: authority.pub, certificate-p256, revocation. */
static const char authority_line[] = "ed25519 b15nkmug7WZ5OCS4Yn6xyBHEkgGWTPjt18oYBsa6jSQ";
static const char certificate_text[] =
    "pam_mfa device 1\n"
    "user zo\xc3\xab\n"
    "device phone-p256\n"
    "kind p256\n"
    "key BMgGMn_Fut0o1aMMDKdG7PIjLnkFqKtn1__Tmk0Zwxmaac9yKXNj6C8f-nnhbnVOcFQ6lichZ6TD"
    "95osO9TWocI\n"
    "origin -\n"
    "created 1789990000\n"
    "expires 1797766000\n"
    "authority _LlNaf3wCBGxrp8819uhfw\n"
    "signature P3hCTf6ypUZ8mBZsbFuHTHMjqujElhNNqnZYV4RLdSH197UEKHVkWy96KALojnR1jqvOrT"
    "ldBEEIGz--v3OPBw\n";
static const char revocation_text[] =
    "pam_mfa revocation 1\n"
    "user zo\xc3\xab\n"
    "device phone-p256\n"
    "at 1789995000\n"
    "authority _LlNaf3wCBGxrp8819uhfw\n"
    "signature BFQbhl8W7JGrZAWCcMUQV1S0uMGzN1J-grL_GHTidg8Be2NtApIYRKNh3ZmkRFEwS34t4p"
    "nx2vcV5NTL2SJWCg\n";

static struct authority authority;
static const struct trust trust = { .authorities = &authority, .authority_count = 1 };

static void
check(bool promise)
{
	if (!promise)
		abort();
}

static void
check_error(const struct record_error *e, unsigned int lines)
{
	check(e->line >= 1 && e->line <= lines + 1 && e->why[0] != '\0');
}

static void
try_certificate(const char *text, size_t len)
{
	static const struct certificate none;
	struct certificate c, parsed;
	struct record_error e;
	enum refusal why;
	int r = certificate_verify(text, len, &trust, USER, NOW, &c, &why);

	check((r == MFA_OK) == (why == REFUSAL_NONE) && why != REFUSAL_FAULT);
	check((r == MFA_OK) == (len == strlen(certificate_text) &&
	    memcmp(text, certificate_text, len) == 0));
	check(r == MFA_OK || memcmp(&c, &none, sizeof(c)) == 0);
	if (certificate_parse(text, len, &parsed, &e) != MFA_OK) {
		check(r == MFA_E_INVALID && why == REFUSAL_FORM);
		check(memcmp(&parsed, &none, sizeof(parsed)) == 0);
		check_error(&e, 10);
		return;
	}
	check(parsed.created < parsed.expires &&
	    parsed.expires - parsed.created <= CERTIFICATE_LIFE_MAX);
	check(r == MFA_OK || why != REFUSAL_FORM);
}

static void
try_revocation(const char *text, size_t len)
{
	static const struct revocation none;
	struct revocation v, parsed;
	struct record_error e;
	enum refusal why;
	int r = revocation_verify(text, len, &trust, &v, &why);

	check((r == MFA_OK) == (len == strlen(revocation_text) &&
	    memcmp(text, revocation_text, len) == 0));
	check(r == MFA_OK || memcmp(&v, &none, sizeof(v)) == 0);
	if (revocation_parse(text, len, &parsed, &e) != MFA_OK)
		check_error(&e, 6);
}

/* The same lines signed by us, who are not believed. */
static void
try_again(const char *text, size_t len)
{
	static const unsigned char seed[SIGN_KEY_LEN] = { 1 };
	char again[SIGNED_MAX + 1];
	struct certificate c;
	struct sign_key key;
	enum refusal why;
	size_t again_len;

	if (certificate_parse(text, len, &c, NULL) != MFA_OK)
		return;
	check(sign_key_ed25519(seed, &key) == MFA_OK);
	check(certificate_issue(&key, &c, again, sizeof(again), &again_len) == MFA_OK);
	check(again_len == len);
	check(certificate_verify(again, again_len, &trust, c.device.user, NOW, &c, &why) ==
	    MFA_E_REFUSED && why == REFUSAL_AUTHORITY);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size > 0 ? size : 1);

	if (text == NULL)
		return -1;
	check(authority_parse(authority_line, &authority) == MFA_OK);
	memcpy(text, data, size);
	try_certificate(text, size);
	try_revocation(text, size);
	try_again(text, size);
	free(text);
	return 0;
}
