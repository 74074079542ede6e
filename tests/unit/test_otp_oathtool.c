/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thousand random keys, at random times and counters, in every algorithm and
 * number of digits, against oathtool, another implementation of both RFCs.  It
 * prints a window of codes a run, so that a run is worth its start.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "../suite.h"
#include "error.h"
#include "otp.h"
#include "tool.h"

#define KEYS	1000
#define WINDOW	"9"	/* codes after the first */
#define CODES	10

/* What oathtool says, up to size - 1 bytes. */
static void
ask(const char *const argv[], char *out, size_t size)
{
	ck_assert_int_eq(tool_run(&(struct tool){ .argv = argv, .said = out, .size = size }),
	    0);
}

static uint64_t
random_below(uint64_t limit)
{
	uint64_t n;

	ck_assert_int_eq(getrandom(&n, sizeof(n), 0), sizeof(n));
	return n % limit;
}

/* oathtool takes keys in base32 too, which tries ours. */
static void
random_key(struct secret *key, char text[OTP_BASE32_MAX])
{
	key->len = OTP_KEY_MIN + random_below(OTP_KEY_MAX - OTP_KEY_MIN + 1);
	ck_assert_int_eq(getrandom(key->data, key->len, 0), (ssize_t)key->len);
	ck_assert_int_eq(otp_key_export(key, text), MFA_OK);
}

/* Every line of theirs against our code. */
static void
compare(const struct otp_params *p, const struct secret *key, uint64_t first, const char *base32,
    const char *theirs)
{
	char ours[OTP_CODE_MAX];
	uint64_t i, match;

	for (i = 0; i < CODES; i++, theirs += p->digits + 1) {
		ck_assert_int_eq(otp_code(p, key, first + i, ours), MFA_OK);
		ck_assert_msg(strncmp(theirs, ours, p->digits) == 0 && theirs[p->digits] == '\n',
		    "%s %s, key %s, counter %llu: ours %s, theirs %.*s", otp_kind_name(p->kind),
		    otp_algorithm_name(p->algorithm), base32, (unsigned long long)(first + i),
		    ours, (int)p->digits, theirs);
		ck_assert_int_eq(otp_find(p, key, ours, first, first + CODES - 1, &match), MFA_OK);
		ck_assert_uint_le(match, first + i);
	}
	ck_assert_str_eq(theirs, "");
}

static void
try_totp(const struct otp_params *p, const struct secret *key, const char *base32)
{
	/* up to the year 2500; oathtool's clock is a date */
	int64_t now = (int64_t)random_below(16725225600);
	char mode[16], digits[8], period[16], at[32], theirs[256];
	const char *argv[] = { "oathtool", "-b", mode, digits, period, at, "-w", WINDOW, base32,
	    NULL };

	snprintf(mode, sizeof(mode), "--totp=%s", otp_algorithm_name(p->algorithm));
	snprintf(digits, sizeof(digits), "-d%u", p->digits);
	snprintf(period, sizeof(period), "-s%us", p->period);
	snprintf(at, sizeof(at), "-N@%lld", (long long)now);
	ask(argv, theirs, sizeof(theirs));
	compare(p, key, otp_step(p, now), base32, theirs);
}

static void
try_hotp(const struct otp_params *p, const struct secret *key, const char *base32)
{
	uint64_t counter = random_below(UINT64_C(1) << (8 + random_below(54)));
	char digits[8], at[32], theirs[256];
	const char *argv[] = { "oathtool", "-b", "--hotp", digits, "-c", at, "-w", WINDOW, base32,
	    NULL };

	snprintf(digits, sizeof(digits), "-d%u", p->digits);
	snprintf(at, sizeof(at), "%llu", (unsigned long long)counter);
	ask(argv, theirs, sizeof(theirs));
	compare(p, key, counter, base32, theirs);
}

START_TEST(totp_of_random_keys_is_what_oathtool_says)
{
	struct otp_params p = { .kind = OTP_TOTP };
	char base32[OTP_BASE32_MAX];
	struct secret key;
	int i;

	for (i = 0; i < KEYS; i++) {
		random_key(&key, base32);
		p.period = random_below(2) == 0 ? 30 : 60;
		for (p.algorithm = OTP_SHA1; p.algorithm <= OTP_SHA512; p.algorithm++)
			for (p.digits = 6; p.digits <= 8; p.digits++)
				try_totp(&p, &key, base32);
	}
}
END_TEST

START_TEST(hotp_of_random_keys_is_what_oathtool_says)
{
	struct otp_params p = { .kind = OTP_HOTP, .algorithm = OTP_SHA1 };
	char base32[OTP_BASE32_MAX];
	struct secret key;
	int i;

	for (i = 0; i < KEYS; i++) {
		random_key(&key, base32);
		p.digits = 6 + (unsigned int)i % 3;
		try_hotp(&p, &key, base32);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("otp_oathtool");
	TCase *t = tcase_create("oathtool");

	tcase_set_timeout(t, 300);
	tcase_add_test(t, totp_of_random_keys_is_what_oathtool_says);
	tcase_add_test(t, hotp_of_random_keys_is_what_oathtool_says);
	suite_add_tcase(s, t);
	return suite_run(s);
}
