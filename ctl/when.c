/* SPDX-License-Identifier: BSD-2-Clause */
#include "when.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "error.h"
#include "text.h"

#define YEAR (366L * 24 * 60 * 60)

const char *
when_format(char *dst, int64_t t)
{
	time_t at = (time_t)t;
	struct tm tm;

	if (localtime_r(&at, &tm) == NULL || strftime(dst, WHEN_MAX, "%Y-%m-%dT%H:%M:%S", &tm) == 0)
		(void)snprintf(dst, WHEN_MAX, "@%lld", (long long)t);
	return dst;
}

const char *
when_format_full(char *dst, int64_t t)
{
	time_t at = (time_t)t;
	struct tm tm;
	size_t len;

	when_format(dst, t);
	len = strlen(dst);
	/* strftime(3) writes +0100. */
	if (localtime_r(&at, &tm) != NULL &&
	    strftime(dst + len, WHEN_MAX - len - 1, "%z", &tm) == 5) {
		memmove(dst + len + 4, dst + len + 3, 3);
		dst[len + 3] = ':';
	}
	return dst;
}

static const struct {
	char unit;
	long seconds;
} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 60 * 60 }, { 'd', 24 * 60 * 60 } };

#define UNITS (sizeof(units) / sizeof(units[0]))

int
duration_parse(const char *s, int64_t *seconds)
{
	size_t len = strlen(s), i;
	unsigned long n;
	char digits[16];

	if (len < 2 || len > sizeof(digits))
		return MFA_E_INVALID;
	memcpy(digits, s, len - 1);
	digits[len - 1] = '\0';
	for (i = 0; i < UNITS && s[len - 1] != units[i].unit; i++)
		;
	if (i == UNITS ||
	    text_number(digits, 1, (unsigned long)(YEAR / units[i].seconds), &n) != MFA_OK)
		return MFA_E_INVALID;
	*seconds = (int64_t)n * units[i].seconds;
	return MFA_OK;
}

/* "Z", "+01:00" or nothing: *utc says whether there was one. */
static int
parse_zone(const char *s, bool *utc, long *offset)
{
	const char *d = "0123456789";

	*offset = 0;
	*utc = *s != '\0';
	if (*s == '\0' || strcmp(s, "Z") == 0)
		return MFA_OK;
	if ((s[0] != '+' && s[0] != '-') || strlen(s) != 6 || strspn(s + 1, d) != 2 ||
	    s[3] != ':' || strspn(s + 4, d) != 2)
		return MFA_E_INVALID;
	*offset = ((s[1] - '0') * 10 + s[2] - '0') * 3600L + ((s[4] - '0') * 10 + s[5] - '0') * 60L;
	if (*offset > 24 * 3600L)
		return MFA_E_INVALID;
	*offset = s[0] == '-' ? -*offset : *offset;
	return MFA_OK;
}

/* Counts the seconds; a day that the month does not have is refused. */
static int
to_seconds(const struct tm *tm, bool utc, long offset, int64_t *out)
{
	struct tm copy = *tm;
	time_t t;

	copy.tm_isdst = -1;
	t = utc ? timegm(&copy) : mktime(&copy);
	if (t < 0 || copy.tm_mday != tm->tm_mday || copy.tm_mon != tm->tm_mon)
		return MFA_E_INVALID;
	*out = (int64_t)t - offset;
	return MFA_OK;
}

static int
parse_date(const char *s, int64_t *out)
{
	static const char *const forms[] = {
		"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M",
		"%Y-%m-%d",
	};
	bool utc;
	long offset;
	size_t i;

	if (strspn(s, "0123456789") != 4)
		return MFA_E_INVALID;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct tm tm = { .tm_sec = 0 };
		const char *rest = strptime(s, forms[i], &tm);

		if (rest != NULL && parse_zone(rest, &utc, &offset) == MFA_OK)
			return to_seconds(&tm, utc, offset, out);
	}
	return MFA_E_INVALID;
}

int
when_parse(const char *s, int64_t now, int64_t *out)
{
	int64_t ago;

	if (duration_parse(s, &ago) == MFA_OK) {
		*out = now - ago;
		return MFA_OK;
	}
	return parse_date(s, out);
}
