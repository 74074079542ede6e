/* SPDX-License-Identifier: BSD-2-Clause */
#include "base32.h"

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

int
base32_encode(const unsigned char *data, size_t len, char *out, size_t size)
{
	size_t i, at = 0;
	unsigned int bits = 0;
	uint32_t held = 0;

	if (len > SECRET_MAX || size <= BASE32_CHARS(len))
		return MFA_E_INVALID;
	for (i = 0; i < len; i++) {
		held = held << 8 | data[i];
		for (bits += 8; bits >= 5; bits -= 5)
			out[at++] = alphabet[held >> (bits - 5) & 31];
	}
	if (bits > 0)
		out[at++] = alphabet[held << (5 - bits) & 31];
	out[at] = '\0';
	return MFA_OK;
}

/* The five bits of a character, or -1. */
static int
value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	if (c >= '2' && c <= '7')
		return c - '2' + 26;
	return -1;
}

static bool
is_filler(char c)
{
	return c == ' ' || c == '\t' || c == '-';
}

/* Only padding and fillers from here on, and never more of it than a last
 * group of eight can hold. */
static bool
rest_is_padding(const char *text, size_t chars)
{
	size_t padding = 0;

	for (; *text != '\0'; text++) {
		if (*text == '=')
			padding++;
		else if (!is_filler(*text))
			return false;
	}
	return padding == 0 || (padding <= 6 && (chars + padding) % 8 == 0);
}

int
base32_decode(const char *text, struct secret *out)
{
	unsigned int bits = 0;
	uint32_t held = 0;
	size_t chars = 0;
	int v;

	secret_wipe(out);
	for (; *text != '\0' && *text != '='; text++) {
		if (is_filler(*text))
			continue;
		if ((v = value_of(*text)) == -1 || out->len == SECRET_MAX)
			goto refuse;
		chars++;
		held = held << 5 | (uint32_t)v;
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			out->data[out->len++] = (unsigned char)(held >> bits);
		}
	}
	/* Five spare bits or more are a character too many. */
	if (rest_is_padding(text, chars) && bits < 5 && (held & ((1U << bits) - 1)) == 0)
		return MFA_OK;
refuse:
	secret_wipe(out);
	return MFA_E_INVALID;
}
