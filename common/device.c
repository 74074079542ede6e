/* SPDX-License-Identifier: BSD-2-Clause */
#include "device.h"

#include <string.h>

#include "error.h"
#include "text.h"

#define SCHEME	"https://"
#define NO_ORIGIN "-"

static const char name_characters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

const struct record_word device_kinds[] = {
	{ "p256", DEVICE_P256 },
	{ "ed25519", DEVICE_ED25519 },
	{ "webauthn-es256", DEVICE_WEBAUTHN_ES256 },
	{ "webauthn-eddsa", DEVICE_WEBAUTHN_EDDSA },
	{ NULL, 0 },
};

bool
device_is_passkey(enum device_kind kind)
{
	return kind == DEVICE_WEBAUTHN_ES256 || kind == DEVICE_WEBAUTHN_EDDSA;
}

enum signature_algorithm
device_algorithm(enum device_kind kind)
{
	return kind == DEVICE_P256 || kind == DEVICE_WEBAUTHN_ES256 ? SIGNATURE_P256 :
	    SIGNATURE_ED25519;
}

/* ---- origins ---- */

/* RFC 1123 section 2.1: labels of up to 63 letters, digits and inner
 * hyphens.  The last one has a letter, so that it is no address. */
static bool
is_host(const char *s)
{
	size_t len = 0, digits = 0;

	for (;; s += len + 1) {
		len = strspn(s, name_characters);
		if (len == 0 || len > 63 || s[0] == '-' || s[len - 1] == '-')
			return false;
		digits = strspn(s, "0123456789");
		if (s[len] == '\0')
			return digits < len;
		if (s[len] != '.')
			return false;
	}
}

/* As browsers write it: without the scheme's own port. */
static bool
is_port(const char *s)
{
	unsigned long port;

	return text_number(s, 1, 65535, &port) == MFA_OK && port != 443;
}

int
device_rp(const char *origin, char rp[DEVICE_RP_MAX])
{
	const char *host, *colon;
	size_t len;

	rp[0] = '\0';
	if (strncmp(origin, SCHEME, strlen(SCHEME)) != 0)
		return MFA_E_INVALID;
	host = origin + strlen(SCHEME);
	colon = strchr(host, ':');
	len = colon != NULL ? (size_t)(colon - host) : strlen(host);
	if (len >= DEVICE_RP_MAX || (colon != NULL && !is_port(colon + 1)))
		return MFA_E_INVALID;
	memcpy(rp, host, len);
	rp[len] = '\0';
	if (is_host(rp))
		return MFA_OK;
	rp[0] = '\0';
	return MFA_E_INVALID;
}

/* ---- the whole ---- */

static bool
origin_fits(const struct device *d)
{
	char rp[DEVICE_RP_MAX];

	if (!device_is_passkey((enum device_kind)d->kind))
		return strcmp(d->origin, NO_ORIGIN) == 0;
	return device_rp(d->origin, rp) == MFA_OK;
}

int
device_check(const struct device *d, unsigned int first, struct record_error *error)
{
	int r = signature_key_check(device_algorithm((enum device_kind)d->kind), &d->key);

	if (r != MFA_OK) {
		*error = (struct record_error){ first + 3, "this is no sound key of its kind" };
		return r;
	}
	if (!origin_fits(d)) {
		*error = (struct record_error){ first + 4, "the origin does not fit the kind: "
		    "\"https://HOST\" for a passkey, \"-\" for another" };
		return MFA_E_INVALID;
	}
	return MFA_OK;
}
