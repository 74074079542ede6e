/* SPDX-License-Identifier: BSD-2-Clause */
#include "mutate.h"

#include <stdint.h>
#include <string.h>

static uint32_t
next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static size_t
below(uint32_t *state, size_t n)
{
	return n == 0 ? 0 : next(state) % n;
}

static size_t
once(char *buf, size_t len, size_t size, uint32_t *s)
{
	static const char favourites[] = "\"\\{}[]:,0-.eEntf \n\0\x80\xff'/u";
	size_t at = below(s, len), n = 1 + below(s, 8);

	switch (next(s) % 6) {
	case 0:
		if (len > 0)
			buf[at] = (char)next(s);
		return len;
	case 1:
		if (len > 0)
			buf[at] = favourites[below(s, sizeof(favourites))];
		return len;
	case 2:		/* a bit */
		if (len > 0)
			buf[at] = (char)(buf[at] ^ 1 << next(s) % 8);
		return len;
	case 3:		/* cut out */
		n = n > len - at ? len - at : n;
		memmove(buf + at, buf + at + n, len - at - n);
		return len - n;
	case 4:		/* twice */
		n = n > len - at ? len - at : n;
		if (len + n > size)
			return len;
		memmove(buf + at + n, buf + at, len - at);
		return len + n;
	default:	/* the end, now and then */
		return next(s) % 8 == 0 ? at : len;
	}
}

size_t
mutate(char *buf, size_t len, size_t size, unsigned int number)
{
	uint32_t state = 2463534242u ^ number * 2654435761u;
	size_t times = 1 + number % 4;

	for (; times > 0; times--)
		len = once(buf, len, size, &state);
	return len;
}
