/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses as text. */
#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>

#include "error.h"
#include "networks.h"

static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

/* inet_pton(3) is strict: dotted quads without leading zeros, no blanks. */
static int
parse_plain(const char *s, struct address *out)
{
	if (strchr(s, ':') != NULL)
		return inet_pton(AF_INET6, s, out->bytes) == 1 ? MFA_OK : MFA_E_INVALID;
	memcpy(out->bytes, mapped, sizeof(mapped));
	return inet_pton(AF_INET, s, out->bytes + sizeof(mapped)) == 1 ? MFA_OK : MFA_E_INVALID;
}

/* The name or number of an interface (RFC 4007 section 11.2). */
static bool
is_zone(const char *s)
{
	size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789._-@:");

	return len > 0 && len < IF_NAMESIZE && s[len] == '\0';
}

static bool
is_link_local(const struct address *a)
{
	return a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

int
address_parse(const char *s, struct address *out)
{
	char plain[ADDRESS_TEXT_MAX];
	struct address a = { .bytes = { 0 } };
	size_t len = strcspn(s, "%");

	if (len >= sizeof(plain))
		return MFA_E_INVALID;
	memcpy(plain, s, len);
	plain[len] = '\0';
	if (parse_plain(plain, &a) != MFA_OK)
		return MFA_E_INVALID;
	if (s[len] == '%' && (!is_link_local(&a) || !is_zone(s + len + 1)))
		return MFA_E_INVALID;
	*out = a;
	return MFA_OK;
}

const char *
address_format(const struct address *a, char *dst)
{
	bool four = memcmp(a->bytes, mapped, sizeof(mapped)) == 0;
	const void *bytes = four ? a->bytes + sizeof(mapped) : a->bytes;

	/* It cannot fail with a buffer of this size; if it did, no address
	 * must come of it. */
	if (inet_ntop(four ? AF_INET : AF_INET6, bytes, dst, ADDRESS_TEXT_MAX) == NULL)
		dst[0] = '\0';
	return dst;
}
