/* SPDX-License-Identifier: BSD-2-Clause */
#include "base64url.h"

#include <stdint.h>
#include <string.h>

#include "error.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

int
base64url_encode(const unsigned char *data, size_t len, char *out, size_t size)
{
	size_t i, at = 0;
	unsigned int bits = 0;
	uint32_t held = 0;

	out[0] = '\0';
	if (len > SIZE_MAX / 8 || size <= BASE64URL_CHARS(len))
		return MFA_E_INVALID;
	for (i = 0; i < len; i++) {
		held = held << 8 | data[i];
		for (bits += 8; bits >= 6; bits -= 6)
			out[at++] = alphabet[held >> (bits - 6) & 63];
	}
	if (bits > 0)
		out[at++] = alphabet[held << (6 - bits) & 63];
	out[at] = '\0';
	return MFA_OK;
}

/* The six bits of a character, or -1. */
static int
value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-')
		return 62;
	return c == '_' ? 63 : -1;
}

int
base64url_decode(const char *text, size_t chars, unsigned char *out, size_t size, size_t *len)
{
	unsigned int bits = 0;
	uint32_t held = 0;
	size_t i, at = 0;
	int v;

	*len = 0;
	for (i = 0; i < chars; i++) {
		if ((v = value_of(text[i])) == -1)
			goto refuse;
		held = held << 6 | (uint32_t)v;
		bits += 6;
		if (bits < 8)
			continue;
		if (at == size)
			goto refuse;
		bits -= 8;
		out[at++] = (unsigned char)(held >> bits);
	}
	/* Six spare bits are a character too many. */
	if (bits < 6 && (held & ((1U << bits) - 1)) == 0) {
		*len = at;
		return MFA_OK;
	}
refuse:
	explicit_bzero(out, size);
	return MFA_E_INVALID;
}
