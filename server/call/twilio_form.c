/* SPDX-License-Identifier: BSD-2-Clause */
#include "twilio_form.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

#define SHA1_LEN 20

/* ---- reading ---- */

static int
nibble(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return -1;
}

/* Up to the end or a separator, which *at is left at; -1: broken. */
static int
decode(const unsigned char **at, const unsigned char *end, const char *stop, char *out, size_t *len)
{
	int high, low;

	for (*len = 0; *at < end && strchr(stop, **at) == NULL; (*at)++) {
		char c = **at == '+' ? ' ' : (char)**at;

		if (**at == '%') {
			if (end - *at < 3 || (high = nibble((*at)[1])) == -1 ||
			    (low = nibble((*at)[2])) == -1)
				return -1;
			c = (char)(high << 4 | low);
			*at += 2;
		}
		if (c == '\0')
			return -1;
		out[(*len)++] = c;
	}
	out[*len] = '\0';
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* What was "name" or "name=value" up to "&". */
static int
read_field(struct twilio_form *form, const unsigned char **at, const unsigned char *end,
    size_t *used)
{
	size_t len;

	if (form->count == TWILIO_FIELDS_MAX)
		return MFA_E_INVALID;
	form->fields[form->count].name = form->decoded + *used;
	if (decode(at, end, "=&", form->decoded + *used, &len) == -1 || len == 0)
		return MFA_E_INVALID;
	*used += len + 1;
	if (*at < end && **at == '=')
		(*at)++;
	form->fields[form->count].value = form->decoded + *used;
	if (decode(at, end, "&", form->decoded + *used, &len) == -1)
		return MFA_E_INVALID;
	*used += len + 1;
	form->count++;
	return MFA_OK;
}

int
twilio_form_read(const unsigned char *body, size_t len, struct twilio_form *form)
{
	const unsigned char *at = body, *end = body + len;
	size_t used = 0, i;

	form->count = 0;
	if (len > TWILIO_BODY_MAX || memchr(body, '\0', len) != NULL)
		return MFA_E_INVALID;
	while (at < end) {
		if (read_field(form, &at, end, &used) != MFA_OK)
			return MFA_E_INVALID;
		if (at < end && ++at == end)	/* "&" with nothing behind it */
			return MFA_E_INVALID;
	}
	qsort(form->fields, form->count, sizeof(form->fields[0]), by_name);
	for (i = 1; i < form->count; i++)
		if (strcmp(form->fields[i - 1].name, form->fields[i].name) == 0)
			return MFA_E_INVALID;
	return MFA_OK;
}

const char *
twilio_form_value(const struct twilio_form *form, const char *name)
{
	size_t i;

	for (i = 0; i < form->count; i++)
		if (strcmp(form->fields[i].name, name) == 0)
			return form->fields[i].value;
	return "";
}

/* ---- signatures ---- */

/* The fields lie sorted. */
static size_t
signed_text(const char *url, const struct twilio_form *form, char *out)
{
	char *at = stpcpy(out, url);
	size_t i;

	for (i = 0; i < form->count; i++)
		at = stpcpy(stpcpy(at, form->fields[i].name), form->fields[i].value);
	return (size_t)(at - out);
}

int
twilio_sign(const struct secret *token, const char *url, const struct twilio_form *form,
    char signature[TWILIO_SIGNATURE_MAX])
{
	static char digest[] = "SHA1";
	unsigned char mac[SHA1_LEN];
	char *text = malloc(strlen(url) + sizeof(form->decoded) + 1);
	size_t len = 0;
	bool good;

	signature[0] = '\0';
	if (text == NULL)
		return MFA_E_MEMORY;
	good = EVP_Q_mac(NULL, "HMAC", NULL, digest, NULL, token->data, token->len,
	    (const unsigned char *)text, signed_text(url, form, text), mac, sizeof(mac),
	    &len) != NULL && len == sizeof(mac);
	free(text);
	if (!good)
		return MFA_E_CRYPTO;
	(void)EVP_EncodeBlock((unsigned char *)signature, mac, sizeof(mac));
	return MFA_OK;
}

bool
twilio_signed(const struct secret *token, const char *url, const struct twilio_form *form,
    const char *signature)
{
	char right[TWILIO_SIGNATURE_MAX];
	bool same = token->len > 0 && twilio_sign(token, url, form, right) == MFA_OK &&
	    strlen(signature) == strlen(right) && secret_equal(right, signature, strlen(right));

	explicit_bzero(right, sizeof(right));
	return same;
}
