/* SPDX-License-Identifier: BSD-2-Clause */
/* What the commands of mfa-phone share: words to the person, and the service. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base64url.h"
#include "crypto.h"
#include "error.h"
#include "phone.h"
#include "text.h"

int
complain(int status, const char *format, ...)
{
	va_list ap;

	(void)fflush(stdout);
	(void)fputs("mfa-phone: ", stderr);
	va_start(ap, format);
	(void)vfprintf(stderr, format, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	return status;
}

int
complain_of(int error, const struct api_reply *reply)
{
	if (error == MFA_E_CLOSED)
		return complain(PHONE_REFUSED, "interrupted");
	if (error != MFA_E_REFUSED)
		return complain(PHONE_FAILED, "the service cannot be asked: %s", reply->words);
	if (strcmp(reply->problem, "unauthenticated") == 0)
		return complain(PHONE_REFUSED, "the service does not know this phone, or not any "
		    "more: enrol it anew");
	return complain(PHONE_REFUSED, "the service refuses: %s", reply->words);
}

const char *
fingerprint(const struct blob *key, char dst[FINGERPRINT_MAX])
{
	unsigned char digest[CRYPTO_SHA256_LEN];

	(void)text_copy(dst, FINGERPRINT_MAX, "?");
	if (crypto_sha256(key->data, key->len, digest) == MFA_OK)
		(void)base64url_encode(digest, 16, dst, FINGERPRINT_MAX);
	return dst;
}

int
phone_api(struct api *a, const struct card *c, int heed)
{
	char bearer[LINK_ID_LEN + API_SECRET_MAX + 1];
	int r = MFA_OK;

	memset(a, 0, sizeof(*a));
	a->heed = heed;
	if (text_copy(a->service.url, sizeof(a->service.url), c->server) != MFA_OK ||
	    (strcmp(c->ca, "-") != 0 &&
	    text_copy(a->service.ca, sizeof(a->service.ca), c->ca) != MFA_OK))
		r = MFA_E_INVALID;
	if (r == MFA_OK && c->secret[0] != '\0') {
		(void)snprintf(bearer, sizeof(bearer), "%s.%s", c->device, c->secret);
		r = secret_set(&a->service.key, bearer, strlen(bearer));
		explicit_bzero(bearer, sizeof(bearer));
	}
	if (r == MFA_OK && (r = api_open(a)) == MFA_OK)
		return PHONE_DONE;
	return complain(PHONE_FAILED, "the connection cannot be prepared: %s", mfa_strerror(r));
}
