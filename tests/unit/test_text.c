/* SPDX-License-Identifier: BSD-2-Clause */
#include "../suite.h"
#include "text.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "deadline.h"
#include "error.h"
#include "secret.h"

/* text, secret, deadline */

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* ---- printable ---- */

#define S(s) s, sizeof(s) - 1

static const struct { const char *s; size_t len; bool printable; } texts[] = {
	{ S(""), true },
	{ S("Authentication code: "), true },
	{ S("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x94\x91"), true },
	{ S("\xc2\xa0"), true },				/* U+00A0 */
	{ S("\xdf\xbf"), true },				/* U+07FF */
	{ S("\xe0\xa0\x80"), true },				/* U+0800 */
	{ S("\xed\x9f\xbf"), true },				/* U+D7FF */
	{ S("\xee\x80\x80"), true },				/* U+E000 */
	{ S("\xf0\x90\x80\x80"), true },			/* U+10000 */
	{ S("\xf4\x8f\xbf\xbf"), true },			/* U+10FFFF */
	/* control characters */
	{ S("a\0b"), false }, { S("\n"), false }, { S("a\tb"), false }, { S("\033[1m"), false },
	{ S("\x7f"), false }, { S("\xc2\x80"), false }, { S("\xc2\x9f"), false },
	{ S("\r"), false }, { S("\x1f"), false },
	/* what shows as something else, or not at all */
	{ S("\xc2\xad"), false },				/* soft hyphen */
	{ S("\xd8\x9c"), false },				/* arabic letter mark */
	{ S("\xe1\xa0\x8e"), false },				/* mongolian vowel separator */
	{ S("\xe2\x80\x8b"), false }, { S("\xe2\x80\x8f"), false },
	{ S("\xe2\x80\xa8"), false }, { S("\xe2\x80\xa9"), false },
	{ S("\xe2\x80\xaa"), false }, { S("\xe2\x80\xae"), false },
	{ S("\xe2\x81\xa0"), false }, { S("\xe2\x81\xa6"), false }, { S("\xe2\x81\xa9"), false },
	{ S("\xef\xbb\xbf"), false }, { S("\xef\xbf\xb9"), false },
	{ S("\xf3\xa0\x80\x81"), false },			/* tag */
	{ S("\xe2\x80\xa7"), true }, { S("\xe2\x80\xaf"), true },	/* beside them */
	/* malformed: RFC 3629 */
	{ S("\x80"), false }, { S("\xbf"), false }, { S("a\x80"), false },
	{ S("\xc0\x80"), false }, { S("\xc0\xaf"), false }, { S("\xc1\xbf"), false },
	{ S("\xe0\x80\xaf"), false }, { S("\xe0\x9f\xbf"), false },
	{ S("\xf0\x80\x80\xaf"), false }, { S("\xf0\x8f\xbf\xbf"), false },
	{ S("\xed\xa0\x80"), false }, { S("\xed\xbf\xbf"), false },	/* surrogates */
	{ S("\xf4\x90\x80\x80"), false }, { S("\xf5\x80\x80\x80"), false },
	{ S("\xf8\x88\x80\x80\x80"), false }, { S("\xfe"), false }, { S("\xff"), false },
	{ S("\xc3"), false }, { S("\xc3\x28"), false }, { S("\xe2\x82"), false },
	{ S("\xe2\x28\xa1"), false }, { S("\xe2\x82\x28"), false },
	{ S("\xf0\x9f\x94"), false }, { S("\xf0\x28\x8c\xbc"), false },
	{ S("\xf0\x9f\x28\x91"), false }, { S("\xf0\x9f\x94\x28"), false },
	{ S("\xf0\x9f"), false }, { S("\xf0"), false }, { S("ok\xe2\x82"), false },
};

START_TEST(only_one_honest_line_is_printable)
{
	char *exact = malloc(texts[_i].len + 1);

	memcpy(exact, texts[_i].s, texts[_i].len);
	ck_assert_int_eq(text_printable(exact, texts[_i].len), texts[_i].printable);
	free(exact);
}
END_TEST

/* ---- escape ---- */

static const struct { size_t size; const char *src, *dst; } escapes[] = {
	{ 64, "", "-" },
	{ 64, "-", "-" },
	{ 64, "anna", "anna" },
	{ 64, "a b", "a\\x20b" },
	{ 64, "a\"b\\", "a\\x22b\\x5c" },
	{ 64, "\n\x01\x7f\x80\xff", "\\x0a\\x01\\x7f\\x80\\xff" },
	{ 64, "x=\"y\" z", "x=\\x22y\\x22\\x20z" },
	{ 4, "", "-" },
	{ 4, "abc", "abc" },
	{ 4, "abcd", "..." },
	{ 4, "\n", "..." },
	{ 5, "\n", "\\x0a" },
	{ 5, "abcd", "abcd" },
	{ 5, "abcde", "a..." },
	{ 5, "\na", "..." },
	{ 8, "abcdefg", "abcdefg" },
	{ 8, "abcdefgh", "abcd..." },
	{ 8, "\n\n", "\\x0a..." },
	{ 8, "a\nb", "a\\x0ab" },
	{ 7, "a\nb", "a\\x0ab" },
	{ 6, "a\nb", "a..." },
	{ 8, "abc\n", "abc\\x0a" },
	{ 8, "abcd\n", "abcd..." },
};

START_TEST(a_log_sees_plain_ascii_or_dots)
{
	char *dst = malloc(escapes[_i].size);

	ck_assert_str_eq(text_escape(dst, escapes[_i].size, escapes[_i].src), escapes[_i].dst);
	free(dst);
}
END_TEST

START_TEST(no_size_and_text_overflows_an_escape)
{
	char src[16], *dst;
	size_t size, i;
	int round;

	srand(1);
	for (round = 0; round < 20000; round++) {
		size = 4 + (size_t)rand() % 30;
		for (i = 0; i < sizeof(src) - 1; i++)
			src[i] = (char)(rand() % 4 ? 'a' + rand() % 26 : rand() % 256);
		src[(size_t)rand() % sizeof(src)] = '\0';
		src[sizeof(src) - 1] = '\0';
		dst = malloc(size);
		text_escape(dst, size, src);
		ck_assert_uint_lt(strnlen(dst, size), size);
		for (i = 0; dst[i] != '\0'; i++)
			ck_assert(dst[i] > ' ' && dst[i] < 0x7f && dst[i] != '"');
		free(dst);
	}
}
END_TEST

/* ---- copy and number ---- */

START_TEST(a_text_is_copied_whole_or_not_at_all)
{
	char dst[4] = "old";

	ck_assert_int_eq(text_copy(dst, sizeof(dst), "abc"), MFA_OK);
	ck_assert_str_eq(dst, "abc");
	ck_assert_int_eq(text_copy(dst, sizeof(dst), "abcd"), MFA_E_INVALID);
	ck_assert_str_eq(dst, "");
	ck_assert_int_eq(text_copy(dst, sizeof(dst), ""), MFA_OK);
	ck_assert_str_eq(dst, "");
	ck_assert_int_eq(text_copy(dst, 1, "a"), MFA_E_INVALID);
	ck_assert_int_eq(text_copy(dst, 1, ""), MFA_OK);
	ck_assert_int_eq(text_copy(NULL, 0, "a"), MFA_E_INVALID);
}
END_TEST

static const struct { const char *s; unsigned long min, max; bool ok; unsigned long n; } numbers[] = {
	{ "0", 0, 10, true, 0 }, { "10", 0, 10, true, 10 }, { "11", 0, 10, false, 0 },
	{ "9", 10, 600, false, 0 }, { "600", 10, 600, true, 600 },
	{ "4294967295", 0, 4294967295UL, true, 4294967295UL },
	{ "4294967296", 0, 4294967295UL, false, 0 },
	{ "999999999999999999", 0, ULONG_MAX, true, 999999999999999999UL },
	{ "18446744073709551617", 0, ULONG_MAX, false, 0 },
	{ "", 0, 10, false, 0 }, { "01", 0, 10, false, 0 }, { "00", 0, 10, false, 0 },
	{ "-1", 0, ULONG_MAX, false, 0 }, { "+1", 0, 10, false, 0 }, { " 1", 0, 10, false, 0 },
	{ "1 ", 0, 10, false, 0 }, { "1x", 0, 10, false, 0 }, { "0x1", 0, 10, false, 0 },
	{ "1e1", 0, 10, false, 0 }, { "\xd9\xa1", 0, 10, false, 0 },
};

START_TEST(a_number_is_digits_within_its_range)
{
	unsigned long n = 77;

	ck_assert_int_eq(text_number(numbers[_i].s, numbers[_i].min, numbers[_i].max, &n),
	    numbers[_i].ok ? MFA_OK : MFA_E_INVALID);
	ck_assert_uint_eq(n, numbers[_i].ok ? numbers[_i].n : 77);
}
END_TEST

/* ---- secret ---- */

START_TEST(a_character_that_follows_itself_is_seen)
{
	static const char *const with[] = { "00", "4552", "1233", "112", "11" },
	    *const without[] = { "", "7", "10", "1212", "482913" };
	size_t i;

	for (i = 0; i < COUNT(with); i++) {
		ck_assert(text_repeats(with[i]));
		ck_assert(!text_repeats(without[i]));
	}
}
END_TEST

START_TEST(a_secret_is_kept_whole_and_ended)
{
	static unsigned char data[SECRET_MAX + 1];
	struct secret s;

	memset(&s, 0xff, sizeof(s));
	memset(data, 'x', sizeof(data));
	ck_assert_int_eq(secret_set(&s, data, SECRET_MAX), MFA_OK);
	ck_assert_uint_eq(s.len, SECRET_MAX);
	ck_assert_uint_eq(strlen((char *)s.data), SECRET_MAX);
	ck_assert_int_eq(secret_set(&s, "ab", 2), MFA_OK);
	ck_assert_str_eq((char *)s.data, "ab");
	ck_assert_int_eq(s.data[100], 0);
	ck_assert_int_eq(secret_set(&s, "", 0), MFA_OK);
	ck_assert_uint_eq(s.len, 0);
}
END_TEST

START_TEST(too_long_a_secret_leaves_an_empty_one)
{
	static unsigned char data[SECRET_MAX + 1];
	static const struct secret empty;
	struct secret s;

	ck_assert_int_eq(secret_set(&s, "abc", 3), MFA_OK);
	ck_assert_int_eq(secret_set(&s, data, SECRET_MAX + 1), MFA_E_INVALID);
	ck_assert(memcmp(&s, &empty, sizeof(s)) == 0);
	ck_assert_int_eq(secret_set(&s, data, SIZE_MAX), MFA_E_INVALID);
	ck_assert_int_eq(secret_set(&s, "abc", 3), MFA_OK);
	secret_wipe(&s);
	ck_assert(memcmp(&s, &empty, sizeof(s)) == 0);
}
END_TEST

START_TEST(secrets_are_equal_only_in_every_bit)
{
	unsigned char a[32], b[32];
	int byte, bit;

	memset(a, 0x5a, sizeof(a));
	memcpy(b, a, sizeof(b));
	ck_assert(secret_equal(a, b, sizeof(a)));
	ck_assert(secret_equal(a, b, 0));
	for (byte = 0; byte < 32; byte++)
		for (bit = 0; bit < 8; bit++) {
			b[byte] ^= (unsigned char)(1 << bit);
			ck_assert(!secret_equal(a, b, sizeof(a)));
			b[byte] = a[byte];
		}
}
END_TEST

/* ---- deadline ---- */

START_TEST(a_deadline_counts_down_to_zero_and_stays)
{
	struct deadline d = deadline_in(50);
	struct timespec nap = { 0, 70 * 1000000L };

	ck_assert_int_gt(deadline_left(d), 0);
	ck_assert_int_le(deadline_left(d), 50);
	nanosleep(&nap, NULL);
	ck_assert_int_eq(deadline_left(d), 0);
	ck_assert_int_eq(deadline_left(deadline_in(0)), 0);
	ck_assert_int_eq(deadline_left(deadline_in(-1000)), 0);
	ck_assert_int_eq(deadline_left((struct deadline){ 0 }), 0);
	ck_assert_int_eq(deadline_left((struct deadline){ INT64_MIN }), 0);
	ck_assert_int_eq(deadline_left((struct deadline){ INT64_MAX }), INT_MAX);
}
END_TEST

START_TEST(the_earlier_deadline_wins)
{
	struct deadline a = deadline_in(1000), b = deadline_in(2000);

	ck_assert_int_eq(deadline_min(a, b).at_ms, a.at_ms);
	ck_assert_int_eq(deadline_min(b, a).at_ms, a.at_ms);
}
END_TEST

START_TEST(every_error_has_a_phrase)
{
	int e;

	for (e = 0; e >= MFA_E_REFUSED; e--)
		ck_assert_ptr_nonnull(mfa_strerror(e));
	ck_assert_str_eq(mfa_strerror(1), "unknown error");
	ck_assert_str_eq(mfa_strerror(MFA_E_UNHEARD - 1), "unknown error");
	ck_assert_str_eq(mfa_strerror(INT_MIN), "unknown error");
}
END_TEST

static TCase *
cases(void)
{
	TCase *t = tcase_create("text");

	tcase_add_loop_test(t, only_one_honest_line_is_printable, 0, COUNT(texts));
	tcase_add_loop_test(t, a_log_sees_plain_ascii_or_dots, 0, COUNT(escapes));
	tcase_add_test(t, no_size_and_text_overflows_an_escape);
	tcase_add_test(t, a_text_is_copied_whole_or_not_at_all);
	tcase_add_loop_test(t, a_number_is_digits_within_its_range, 0, COUNT(numbers));
	tcase_add_test(t, a_character_that_follows_itself_is_seen);
	tcase_add_test(t, a_secret_is_kept_whole_and_ended);
	tcase_add_test(t, too_long_a_secret_leaves_an_empty_one);
	tcase_add_test(t, secrets_are_equal_only_in_every_bit);
	tcase_add_test(t, a_deadline_counts_down_to_zero_and_stays);
	tcase_add_test(t, the_earlier_deadline_wins);
	tcase_add_test(t, every_error_has_a_phrase);
	return t;
}

int
main(void)
{
	Suite *s = suite_create("text");

	suite_add_tcase(s, cases());
	return suite_run(s);
}
