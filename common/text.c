/* SPDX-License-Identifier: BSD-2-Clause */
#include "text.h"

#include <stdint.h>
#include <string.h>

#include "error.h"

/* RFC 3629 section 3: bytes in this character, 0 when it is malformed. */
static size_t
utf8_decode(const unsigned char *s, size_t len, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n, i;

	if (s[0] < 0x80)
		n = 1, *cp = s[0];
	else if (s[0] >= 0xc2 && s[0] <= 0xdf)
		n = 2, *cp = s[0] & 0x1f;
	else if (s[0] >= 0xe0 && s[0] <= 0xef)
		n = 3, *cp = s[0] & 0x0f;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		n = 4, *cp = s[0] & 0x07;
	else
		return 0;
	if (n > len)
		return 0;
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (s[i] & 0x3f);
	}
	if (*cp < least[n] || *cp > 0x10ffff || (*cp >= 0xd800 && *cp <= 0xdfff))
		return 0;
	return n;
}

/* Characters that change how the others are shown, or are not shown. */
static bool
deceives(uint32_t cp)
{
	static const struct { uint32_t first, last; } ranges[] = {
		{ 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x61c, 0x61c },
		{ 0x180e, 0x180e }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
		{ 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
		{ 0xe0000, 0xe007f },
	};
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (cp >= ranges[i].first && cp <= ranges[i].last)
			return true;
	return false;
}

bool
text_printable(const char *s, size_t len)
{
	const unsigned char *p = (const unsigned char *)s;
	uint32_t cp;
	size_t n;

	for (; len > 0; p += n, len -= n) {
		n = utf8_decode(p, len, &cp);
		if (n == 0 || deceives(cp))
			return false;
	}
	return true;
}

const char *
text_escape(char *dst, size_t size, const char *src)
{
	static const char hex[] = "0123456789abcdef";
	size_t at = 0, dots = 0;

	if (*src == '\0')
		src = "-";
	for (; *src != '\0'; src++) {
		unsigned char c = (unsigned char)*src;
		bool plain = c > ' ' && c < 0x7f && c != '"' && c != '\\';
		size_t need = plain ? 1 : 4;

		if (at + 3 < size)
			dots = at;	/* the last place with room for them */
		if (at + need >= size) {
			memcpy(dst + dots, "...", 4);
			return dst;
		}
		if (plain) {
			dst[at++] = (char)c;
		} else {
			dst[at++] = '\\';
			dst[at++] = 'x';
			dst[at++] = hex[c >> 4];
			dst[at++] = hex[c & 15];
		}
	}
	dst[at] = '\0';
	return dst;
}

int
text_copy(char *dst, size_t size, const char *src)
{
	size_t len = strnlen(src, size);

	if (len >= size) {
		if (size > 0)
			dst[0] = '\0';
		return MFA_E_INVALID;
	}
	memcpy(dst, src, len + 1);
	return MFA_OK;
}

int
text_number(const char *s, unsigned long min, unsigned long max, unsigned long *out)
{
	unsigned long n = 0;
	size_t i;

	if (s[0] == '\0' || (s[0] == '0' && s[1] != '\0'))
		return MFA_E_INVALID;
	for (i = 0; s[i] != '\0'; i++) {
		if (s[i] < '0' || s[i] > '9' || i >= 18)
			return MFA_E_INVALID;
		n = n * 10 + (unsigned long)(s[i] - '0');
	}
	if (n < min || n > max)
		return MFA_E_INVALID;
	*out = n;
	return MFA_OK;
}

bool
text_repeats(const char *s)
{
	for (; s[0] != '\0'; s++)
		if (s[0] == s[1])
			return true;
	return false;
}
