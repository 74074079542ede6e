/* SPDX-License-Identifier: BSD-2-Clause */
#include "numbers.h"

#include <string.h>

#include "dial.h"

#define DIGITS_MIN	7
#define DIGITS_MAX	15
#define SHOWN_FIRST	3	/* characters, "+" among them */
#define SHOWN_LAST	2

static bool
is_digits(const char *s, size_t min)
{
	size_t len = strspn(s + (s[0] == '+'), "0123456789");

	return s[0] == '+' && s[1] != '0' && len >= min && len <= DIGITS_MAX &&
	    s[len + 1] == '\0';
}

bool
number_valid(const char *to)
{
	return is_digits(to, DIGITS_MIN);
}

bool
number_prefix_valid(const char *prefix)
{
	return is_digits(prefix, 1);
}

/* The length of the longest that it begins with; 0: there is none. */
static size_t
longest(const struct names *list, const char *to)
{
	size_t i, len, best = 0;

	for (i = 0; i < list->count; i++) {
		len = strlen(list->word[i]);
		if (len > best && strncmp(to, list->word[i], len) == 0)
			best = len;
	}
	return best;
}

bool
number_allowed(const struct names *allowed, const struct names *refused, const char *to)
{
	return number_valid(to) && longest(allowed, to) > longest(refused, to);
}

const char *
number_masked(const char *to, char masked[NUMBER_MASKED_MAX])
{
	size_t len = strlen(to), i;

	if (!number_valid(to)) {
		memcpy(masked, "-", 2);
		return masked;
	}
	for (i = 0; i <= len; i++)
		masked[i] = i < SHOWN_FIRST || i + SHOWN_LAST >= len ? to[i] : '.';
	return masked;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Its digits, from one of them on; *end is behind the last. */
static size_t
count_digits(const char *at, const char **end)
{
	size_t n = 0;

	for (*end = at; is_digit(*at); at += strspn(at, " .()/-")) {
		n++;
		*end = ++at;
	}
	return n;
}

void
number_hide(char *words)
{
	const char *end;
	char *at;

	for (at = words; *at != '\0'; at++) {
		if (!is_digit(*at))
			continue;
		if (count_digits(at, &end) < DIGITS_MIN) {
			at = words + (end - words) - 1;
			continue;
		}
		for (; at < end; at++)
			if (is_digit(*at))
				*at = '*';
		at--;
	}
}
