/* SPDX-License-Identifier: BSD-2-Clause */
#include "enrol.h"

#include <stdbool.h>
#include <string.h>

#include "crypto.h"
#include "error.h"
#include "secret.h"

/* A member, as DEVICE_FIELDS wants one. */
struct request {
	struct device device;
};

/* The first line keeps this from being anything else that is signed. */
static const struct record_field fields[] = {
	{ "pam_mfa", RECORD_CONSTANT, 0, 0, "enrolment 1", NULL },
	DEVICE_FIELDS(struct request, device),
};

static const struct record_type type = RECORD_TYPE(fields, struct request);

int
enrol_format(const struct device *d, char *buf, size_t size, size_t *len)
{
	const struct request q = { .device = *d };
	struct record_error unasked;
	int r;

	if ((r = record_format(&type, &q, buf, size, len)) != MFA_OK ||
	    (r = device_check(d, 2, &unasked)) == MFA_OK)
		return r;
	explicit_bzero(buf, size);
	*len = 0;
	return r;
}

int
enrol_parse(const char *text, size_t len, struct device *d, struct record_error *error)
{
	struct record_error where;
	struct request q;
	int r;

	memset(d, 0, sizeof(*d));
	if ((r = record_parse(&type, text, len, &q, &where)) == MFA_OK &&
	    (r = device_check(&q.device, 2, &where)) == MFA_OK)
		*d = q.device;
	if (error != NULL)
		*error = where;
	return r;
}

int
enrol_mac(const unsigned char secret[ENROL_SECRET_LEN], const char *text, size_t len,
    unsigned char mac[ENROL_MAC_LEN])
{
	return crypto_hmac_sha256(secret, ENROL_SECRET_LEN, text, len, mac);
}

static int
check_mac(const unsigned char secret[ENROL_SECRET_LEN], const char *text, size_t len,
    const unsigned char *mac, size_t mac_len, enum refusal *why)
{
	unsigned char computed[ENROL_MAC_LEN];
	bool same = false;
	int r;

	*why = REFUSAL_FORM;
	if (len > RECORD_MAX)
		return MFA_E_INVALID;
	*why = REFUSAL_FAULT;
	if ((r = enrol_mac(secret, text, len, computed)) != MFA_OK)
		return r;
	if (mac_len == sizeof(computed))
		same = secret_equal(mac, computed, sizeof(computed));
	explicit_bzero(computed, sizeof(computed));
	*why = REFUSAL_PROOF;
	return same ? MFA_OK : MFA_E_REFUSED;
}

int
enrol_verify(const unsigned char secret[ENROL_SECRET_LEN], const char *text, size_t len,
    const unsigned char *mac, size_t mac_len, const char *user, struct device *d,
    enum refusal *why)
{
	struct device found;
	int r;

	memset(d, 0, sizeof(*d));
	if ((r = check_mac(secret, text, len, mac, mac_len, why)) != MFA_OK)
		return r;
	*why = REFUSAL_FORM;
	if ((r = enrol_parse(text, len, &found, NULL)) != MFA_OK)
		return r;
	*why = REFUSAL_USER;
	if (strcmp(found.user, user) != 0)
		return MFA_E_REFUSED;
	*why = REFUSAL_NONE;
	*d = found;
	return MFA_OK;
}
