/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One-time passwords: the values of RFC 4226 and RFC 6238, the search, and
 * keys and URLs as people exchange them.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../suite.h"
#include "error.h"
#include "otp.h"

#define SEED20 "12345678901234567890"
#define SEED64 SEED20 SEED20 SEED20 "1234"

static struct secret
key_of(const char *text, size_t len)
{
	struct secret key;

	ck_assert_int_eq(secret_set(&key, text, len), MFA_OK);
	return key;
}

/* ---- the RFCs' tables ---- */

/* RFC 4226 appendix D: the truncated decimals, whose last digits are the codes. */
static const unsigned long appendix_d[] = {
	1284755224, 1094287082, 137359152, 1726969429, 1640338314,
	868254676, 1918287922, 82162583, 673399871, 645520489,
};

START_TEST(rfc_4226_appendix_d)
{
	static const unsigned long modulus[] = { 1000000, 10000000, 100000000 };
	struct otp_params p = { OTP_HOTP, OTP_SHA1, 6, 0 };
	struct secret key = key_of(SEED20, 20);
	char code[OTP_CODE_MAX], wanted[24];

	for (p.digits = 6; p.digits <= 8; p.digits++) {
		snprintf(wanted, sizeof(wanted), "%0*lu", (int)p.digits,
		    appendix_d[_i] % modulus[p.digits - 6]);
		ck_assert_int_eq(otp_code(&p, &key, (uint64_t)_i, code), MFA_OK);
		ck_assert_str_eq(code, wanted);
	}
}
END_TEST

/* RFC 6238 appendix B */
static const struct {
	int64_t time;
	uint64_t step;
	const char *codes[3];	/* SHA1, SHA256, SHA512 */
} appendix_b[] = {
	{ 59, 0x1, { "94287082", "46119246", "90693936" } },
	{ 1111111109, 0x23523EC, { "07081804", "68084774", "25091201" } },
	{ 1111111111, 0x23523ED, { "14050471", "67062674", "99943326" } },
	{ 1234567890, 0x273EF07, { "89005924", "91819424", "93441116" } },
	{ 2000000000, 0x3F940AA, { "69279037", "90698825", "38618901" } },
	{ 20000000000, 0x27BC86AA, { "65353130", "77737706", "47863826" } },
};

START_TEST(rfc_6238_appendix_b)
{
	static const size_t lengths[] = { 20, 32, 64 };
	static const enum otp_algorithm algorithms[] = { OTP_SHA1, OTP_SHA256, OTP_SHA512 };
	size_t a;

	for (a = 0; a < 3; a++) {
		struct otp_params p = { OTP_TOTP, algorithms[a], 8, 30 };
		struct secret key = key_of(SEED64, lengths[a]);
		uint64_t step = otp_step(&p, appendix_b[_i].time);
		char code[OTP_CODE_MAX];

		ck_assert_uint_eq(step, appendix_b[_i].step);
		ck_assert_int_eq(otp_code(&p, &key, step, code), MFA_OK);
		ck_assert_str_eq(code, appendix_b[_i].codes[a]);
	}
}
END_TEST

START_TEST(a_step_holds_its_first_second_and_not_the_next_ones)
{
	struct otp_params p = otp_default;

	ck_assert_uint_eq(otp_step(&p, 29), 0);
	ck_assert_uint_eq(otp_step(&p, 30), 1);
	ck_assert_uint_eq(otp_step(&p, -1), 0);
	ck_assert_uint_eq(otp_step(&p, INT64_MAX), (uint64_t)INT64_MAX / 30);
	p.period = 60;
	ck_assert_uint_eq(otp_step(&p, 59), 0);
	ck_assert_uint_eq(otp_step(&p, 60), 1);
	p.period = 0;
	ck_assert_uint_eq(otp_step(&p, 60), 0);
}
END_TEST

/* ---- what is refused ---- */

static const struct {
	struct otp_params p;
	int wanted;
} ranges[] = {
	{ { OTP_TOTP, OTP_SHA1, 6, 30 }, MFA_OK },
	{ { OTP_TOTP, OTP_SHA512, 8, 60 }, MFA_OK },
	{ { OTP_HOTP, OTP_SHA256, 7, 0 }, MFA_OK },
	{ { OTP_TOTP, OTP_SHA1, 5, 30 }, MFA_E_INVALID },
	{ { OTP_TOTP, OTP_SHA1, 9, 30 }, MFA_E_INVALID },
	{ { OTP_TOTP, OTP_SHA1, 0, 30 }, MFA_E_INVALID },
	{ { OTP_TOTP, OTP_SHA1, 6, 0 }, MFA_E_INVALID },
	{ { OTP_TOTP, OTP_SHA1, 6, 31 }, MFA_E_INVALID },
	{ { OTP_TOTP, (enum otp_algorithm)0, 6, 30 }, MFA_E_INVALID },
	{ { OTP_TOTP, (enum otp_algorithm)4, 6, 30 }, MFA_E_INVALID },
	{ { (enum otp_kind)0, OTP_SHA1, 6, 30 }, MFA_E_INVALID },
	{ { (enum otp_kind)3, OTP_SHA1, 6, 30 }, MFA_E_INVALID },
};

START_TEST(parameters_out_of_range_make_no_code)
{
	struct secret key = key_of(SEED20, 20);
	char code[OTP_CODE_MAX] = "stale";
	uint64_t match = 7;

	ck_assert_int_eq(otp_check(&ranges[_i].p), ranges[_i].wanted);
	ck_assert_int_eq(otp_code(&ranges[_i].p, &key, 0, code), ranges[_i].wanted);
	ck_assert_uint_eq(strlen(code), ranges[_i].wanted == MFA_OK ? ranges[_i].p.digits : 0);
	if (ranges[_i].wanted != MFA_OK) {
		ck_assert_int_eq(otp_find(&ranges[_i].p, &key, "000000", 0, 9, &match),
		    MFA_E_INVALID);
		ck_assert_uint_eq(match, 0);
	}
}
END_TEST

START_TEST(keys_of_other_lengths_make_no_code)
{
	struct secret key = key_of("", 0);
	char code[OTP_CODE_MAX], base32[OTP_BASE32_MAX];

	for (key.len = 0; key.len <= SECRET_MAX; key.len++) {
		int wanted = key.len == 10 || (key.len >= 16 && key.len <= 64) ?
		    MFA_OK : MFA_E_INVALID;

		ck_assert_int_eq(otp_key_check(&key), wanted);
		ck_assert_int_eq(otp_code(&otp_default, &key, 0, code), wanted);
		ck_assert_int_eq(otp_key_export(&key, base32), wanted);
	}
}
END_TEST

/* ---- the search ---- */

static int
find(const char *code, uint64_t first, uint64_t last, uint64_t *match)
{
	struct otp_params p = { OTP_HOTP, OTP_SHA1, 6, 0 };
	struct secret key = key_of(SEED20, 20);

	return otp_find(&p, &key, code, first, last, match);
}

START_TEST(find_takes_both_ends_and_nothing_beyond)
{
	uint64_t m;

	ck_assert_int_eq(find("359152", 2, 2, &m), MFA_OK);
	ck_assert_uint_eq(m, 2);
	ck_assert_int_eq(find("359152", 0, 2, &m), MFA_OK);
	ck_assert_uint_eq(m, 2);
	ck_assert_int_eq(find("359152", 2, 9, &m), MFA_OK);
	ck_assert_uint_eq(m, 2);
	ck_assert_int_eq(find("755224", 0, 200, &m), MFA_OK);
	ck_assert_uint_eq(m, 0);
	ck_assert_int_eq(find("359152", 0, 1, &m), MFA_E_REFUSED);
	ck_assert_int_eq(find("359152", 3, 9, &m), MFA_E_REFUSED);
	ck_assert_uint_eq(m, 0);
	ck_assert_int_eq(find("359152", 0, 201, &m), MFA_E_INVALID);
	ck_assert_int_eq(find("359152", 2, 1, &m), MFA_E_INVALID);
	ck_assert_int_eq(find("359152", 2, UINT64_MAX, &m), MFA_E_INVALID);
}
END_TEST

START_TEST(find_reaches_the_last_counter_without_wrapping)
{
	struct secret key = key_of(SEED20, 20);
	struct otp_params p = { OTP_HOTP, OTP_SHA1, 8, 0 };
	char code[OTP_CODE_MAX];
	uint64_t m;

	ck_assert_int_eq(otp_code(&p, &key, UINT64_MAX, code), MFA_OK);
	ck_assert_int_eq(otp_find(&p, &key, code, UINT64_MAX - 200, UINT64_MAX, &m), MFA_OK);
	ck_assert_uint_eq(m, UINT64_MAX);
}
END_TEST

START_TEST(find_gives_the_lowest_of_equal_codes)
{
	struct secret key = key_of(SEED20, 20);
	struct otp_params p = { OTP_HOTP, OTP_SHA1, 6, 0 };
	char (*codes)[OTP_CODE_MAX] = calloc(40000, OTP_CODE_MAX);
	uint64_t i, j, m, pairs = 0;

	/* Among so many, some neighbours within the window are alike. */
	for (i = 0; i < 40000; i++)
		ck_assert_int_eq(otp_code(&p, &key, i, codes[i]), MFA_OK);
	for (i = 0; i < 40000 - 200 && pairs < 3; i++) {
		for (j = i + 1; j <= i + 200; j++) {
			if (strcmp(codes[i], codes[j]) != 0)
				continue;
			ck_assert_int_eq(find(codes[i], i, j, &m), MFA_OK);
			ck_assert_uint_eq(m, i);
			ck_assert_int_eq(find(codes[i], i + 1, j, &m), MFA_OK);
			ck_assert_uint_eq(m, j);
			pairs++;
		}
	}
	ck_assert_uint_ge(pairs, 1);
	free(codes);
}
END_TEST

START_TEST(find_compares_every_digit)
{
	static const char code[] = "755224";
	char other[] = "755224";
	uint64_t m;
	size_t i;

	for (i = 0; i < 6; i++) {
		for (other[i] = '0'; other[i] <= '9'; other[i]++)
			ck_assert_int_eq(find(other, 0, 0, &m),
			    other[i] == code[i] ? MFA_OK : MFA_E_REFUSED);
		other[i] = code[i];
	}
}
END_TEST

START_TEST(find_refuses_what_is_no_code)
{
	static const char *const texts[] = { "", "75522", "7552240", "75522a", " 755224",
		"-55224", "+55224", "７５５２２４", "755224\n", "0755224" };
	size_t i;
	uint64_t m;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_int_eq(find(texts[i], 0, 9, &m), MFA_E_INVALID);
}
END_TEST

/* ---- what people type ---- */

static const struct {
	const char *typed;
	size_t len;	/* 0: of the string */
	const char *wanted;	/* NULL: refused */
} typed_codes[] = {
	{ "123456", 0, "123456" },
	{ "123 456", 0, "123456" },
	{ " 12-34\t5678 ", 0, "12345678" },
	{ "- - 1", 0, "1" },
	{ "00000000", 0, "00000000" },
	{ "123456789", 0, NULL },
	{ "", 0, NULL },
	{ "  - ", 0, NULL },
	{ "12345a", 0, NULL },
	{ "123456\n", 0, NULL },
	{ "123456\0", 7, NULL },
	{ "\0", 1, NULL },
	{ "١٢٣٤٥٦", 0, NULL },
	{ "123\302\240456", 0, NULL },
};

START_TEST(typed_codes_lose_blanks_and_hyphens_only)
{
	size_t len = typed_codes[_i].len > 0 ? typed_codes[_i].len : strlen(typed_codes[_i].typed);
	struct secret typed = key_of(typed_codes[_i].typed, len);
	char out[OTP_CODE_MAX] = "stale";
	int r = otp_normalise(&typed, out, sizeof(out));

	if (typed_codes[_i].wanted == NULL)
		ck_assert_int_eq(r, MFA_E_INVALID);
	else
		ck_assert_int_eq(r, MFA_OK);
	ck_assert_str_eq(out, typed_codes[_i].wanted == NULL ? "" : typed_codes[_i].wanted);
}
END_TEST

/* ---- keys ---- */

#define FOURS "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

static const struct {
	const char *base32;
	const char *wanted;	/* NULL: refused */
} typed_keys[] = {
	{ FOURS, SEED20 },
	{ "gezd gnbv gy3t qojq gezd gnbv gy3t qojq", SEED20 },
	{ "GEZD-GNBV-gy3t-QOJQ-GEZD-GNBV-GY3T-QOJQ", SEED20 },
	{ " \tGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ ", SEED20 },
	{ "GEZDGNBVGY3TQOJQGEZDGNBVGY", "1234567890123456" },
	{ "GEZDGNBVGY3TQOJQGEZDGNBVGY======", "1234567890123456" },
	{ "GEZDGNBVGY3TQOJQGEZDGNBVGY = = = = = =", "1234567890123456" },
	{ "GEZDGNBVGY3TQOJQ", "1234567890" },		/* 10 bytes, an old key */
	{ "GEZDGNBVGY3TQOJQGEZDGNBVGZ", NULL },		/* spare bits that are not zero */
	{ "GEZDGNBVGY3TQOJQGEZDGNBVGY=", NULL },	/* padding of another length */
	{ "GEZDGNBVGY3TQOJQGEZDGNBVGY=A", NULL },
	{ "========" FOURS, NULL },
	{ FOURS "========", NULL },
	{ FOURS "A", NULL },				/* a lone character is no byte */
	{ FOURS "GEA", NULL },
	{ FOURS "GEZAAA", NULL },
	{ "GEZDGNBVGY3TQOJQG4", NULL },			/* 11 bytes */
	{ "GEZDGNBV", NULL },
	{ "", NULL },
	{ "   ", NULL },
	{ "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ0", NULL },
	{ "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1", NULL },
	{ "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ8", NULL },
	{ "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ9", NULL },
	{ "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ\n", NULL },
	{ "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ\303\204", NULL },
};

START_TEST(typed_keys_are_taken_whole_or_not_at_all)
{
	const char *wanted = typed_keys[_i].wanted;
	struct secret key = key_of("stale", 5);

	if (wanted == NULL) {
		ck_assert_int_eq(otp_key_import(typed_keys[_i].base32, &key), MFA_E_INVALID);
		ck_assert_uint_eq(key.len, 0);
		ck_assert_uint_eq(key.data[0], 0);
		return;
	}
	ck_assert_int_eq(otp_key_import(typed_keys[_i].base32, &key), MFA_OK);
	ck_assert_uint_eq(key.len, strlen(wanted));
	ck_assert_mem_eq(key.data, wanted, key.len + 1);
}
END_TEST

START_TEST(every_key_comes_back_from_its_text)
{
	char base32[OTP_BASE32_MAX];
	struct secret key, back;
	size_t len;

	for (len = 16; len <= 64; len++) {
		ck_assert_int_eq(otp_key_new(OTP_SHA512, &key), MFA_OK);
		key.len = len;
		ck_assert_int_eq(otp_key_export(&key, base32), MFA_OK);
		ck_assert_uint_eq(strlen(base32), (len * 8 + 4) / 5);
		ck_assert_uint_eq(strspn(base32, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
		    strlen(base32));
		ck_assert_int_eq(otp_key_import(base32, &back), MFA_OK);
		ck_assert_uint_eq(back.len, len);
		ck_assert_mem_eq(back.data, key.data, len);
	}
}
END_TEST

START_TEST(a_text_without_end_is_no_key)
{
	char text[2000];
	struct secret key;

	memset(text, 'A', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ck_assert_int_eq(otp_key_import(text, &key), MFA_E_INVALID);
	memset(text, ' ', sizeof(text) - 1);
	memcpy(text, FOURS, strlen(FOURS));
	ck_assert_int_eq(otp_key_import(text, &key), MFA_E_INVALID);
	text[500] = '\0';
	ck_assert_int_eq(otp_key_import(text, &key), MFA_OK);
}
END_TEST

START_TEST(new_keys_have_their_length_and_are_all_different)
{
	static const size_t lengths[] = { 0, 20, 32, 64 };
	struct secret a, b;
	int i;

	for (i = OTP_SHA1; i <= OTP_SHA512; i++) {
		ck_assert_int_eq(otp_key_new((enum otp_algorithm)i, &a), MFA_OK);
		ck_assert_int_eq(otp_key_new((enum otp_algorithm)i, &b), MFA_OK);
		ck_assert_uint_eq(a.len, lengths[i]);
		ck_assert_mem_ne(a.data, b.data, a.len);
	}
	ck_assert_int_eq(otp_key_new((enum otp_algorithm)9, &a), MFA_E_INVALID);
	ck_assert_uint_eq(a.len, 0);
}
END_TEST

/* ---- URLs ---- */

static const struct {
	struct otp_params p;
	const char *issuer, *user;
	uint64_t counter;
	const char *wanted;
} urls[] = {
	{ { OTP_TOTP, OTP_SHA1, 6, 30 }, "Example", "alice", 0,
	    "otpauth://totp/Example:alice?secret=" FOURS
	    "&issuer=Example&algorithm=SHA1&digits=6&period=30" },
	{ { OTP_TOTP, OTP_SHA512, 8, 60 }, "host.example.org", "a-b_c.d~e", 0,
	    "otpauth://totp/host.example.org:a-b_c.d~e?secret=" FOURS
	    "&issuer=host.example.org&algorithm=SHA512&digits=8&period=60" },
	{ { OTP_HOTP, OTP_SHA256, 7, 0 }, "Example", "alice", UINT64_MAX,
	    "otpauth://hotp/Example:alice?secret=" FOURS
	    "&issuer=Example&algorithm=SHA256&digits=7&counter=18446744073709551615" },
	{ { OTP_TOTP, OTP_SHA1, 6, 30 }, "A B&C=D?/#%+", "al@x\\y", 0,
	    "otpauth://totp/A%20B%26C%3DD%3F%2F%23%25%2B:al%40x%5Cy?secret=" FOURS
	    "&issuer=A%20B%26C%3DD%3F%2F%23%25%2B&algorithm=SHA1&digits=6&period=30" },
	{ { OTP_TOTP, OTP_SHA1, 6, 30 }, "Zürich", "λ", 0,
	    "otpauth://totp/Z%C3%BCrich:%CE%BB?secret=" FOURS
	    "&issuer=Z%C3%BCrich&algorithm=SHA1&digits=6&period=30" },
	{ { OTP_TOTP, OTP_SHA1, 6, 30 }, "", "alice", 0,
	    "otpauth://totp/alice?secret=" FOURS "&algorithm=SHA1&digits=6&period=30" },
	{ { OTP_TOTP, OTP_SHA1, 6, 30 }, "Example", "", 0, NULL },
	{ { OTP_TOTP, OTP_SHA1, 6, 30 }, "Exam:ple", "alice", 0, NULL },
	{ { OTP_TOTP, OTP_SHA1, 6, 30 }, "Example", "al:ice", 0, NULL },
	{ { OTP_TOTP, OTP_SHA1, 6, 30 }, "Example", "al\nice", 0, NULL },
	{ { OTP_TOTP, OTP_SHA1, 6, 30 }, "\377", "alice", 0, NULL },
	{ { OTP_TOTP, OTP_SHA1, 5, 30 }, "Example", "alice", 0, NULL },
};

START_TEST(url_is_the_one_that_apps_read)
{
	struct secret key = key_of(SEED20, 20), url = key_of("stale", 5);
	int r = otp_url(&urls[_i].p, &key, urls[_i].issuer, urls[_i].user, urls[_i].counter, &url);

	ck_assert_int_eq(r, urls[_i].wanted == NULL ? MFA_E_INVALID : MFA_OK);
	ck_assert_str_eq((const char *)url.data, urls[_i].wanted == NULL ? "" : urls[_i].wanted);
	ck_assert_uint_eq(url.len, strlen((const char *)url.data));
}
END_TEST

START_TEST(url_that_does_not_fit_is_refused_whole)
{
	struct secret key = key_of(SEED20, 20), url;
	char user[SECRET_MAX + 1];
	size_t len, fits = 0;

	for (len = 1; len < SECRET_MAX; len++) {
		memset(user, 'u', len);
		user[len] = '\0';
		if (otp_url(&otp_default, &key, "Example", user, 0, &url) == MFA_OK)
			fits = url.len;
		else
			ck_assert_uint_eq(url.len, 0);
	}
	ck_assert_uint_eq(fits, SECRET_MAX);
}
END_TEST

START_TEST(names_go_both_ways)
{
	enum otp_algorithm a;
	enum otp_kind k;

	ck_assert_int_eq(otp_kind_parse("totp", &k), MFA_OK);
	ck_assert_int_eq(k, OTP_TOTP);
	ck_assert_int_eq(otp_kind_parse("HOTP", &k), MFA_OK);
	ck_assert_int_eq(k, OTP_HOTP);
	ck_assert_int_eq(otp_kind_parse("motp", &k), MFA_E_INVALID);
	ck_assert_int_eq(otp_kind_parse("", &k), MFA_E_INVALID);
	for (a = OTP_SHA1; a <= OTP_SHA512; a++) {
		enum otp_algorithm b = (enum otp_algorithm)0;

		ck_assert_int_eq(otp_algorithm_parse(otp_algorithm_name(a), &b), MFA_OK);
		ck_assert_int_eq(a, b);
	}
	ck_assert_int_eq(otp_algorithm_parse("sha256", &a), MFA_OK);
	ck_assert_int_eq(a, OTP_SHA256);
	ck_assert_int_eq(otp_algorithm_parse("MD5", &a), MFA_E_INVALID);
	ck_assert_str_eq(otp_algorithm_name((enum otp_algorithm)9), "?");
	ck_assert_str_eq(otp_kind_name((enum otp_kind)9), "?");
}
END_TEST

#define rows(table) ((int)(sizeof(table) / sizeof((table)[0])))

int
main(void)
{
	Suite *s = suite_create("otp");
	TCase *t = tcase_create("otp");

	tcase_add_loop_test(t, rfc_4226_appendix_d, 0, rows(appendix_d));
	tcase_add_loop_test(t, rfc_6238_appendix_b, 0, rows(appendix_b));
	tcase_add_test(t, a_step_holds_its_first_second_and_not_the_next_ones);
	tcase_add_loop_test(t, parameters_out_of_range_make_no_code, 0, rows(ranges));
	tcase_add_test(t, keys_of_other_lengths_make_no_code);
	tcase_add_test(t, find_takes_both_ends_and_nothing_beyond);
	tcase_add_test(t, find_reaches_the_last_counter_without_wrapping);
	tcase_add_test(t, find_gives_the_lowest_of_equal_codes);
	tcase_add_test(t, find_compares_every_digit);
	tcase_add_test(t, find_refuses_what_is_no_code);
	tcase_add_loop_test(t, typed_codes_lose_blanks_and_hyphens_only, 0, rows(typed_codes));
	tcase_add_loop_test(t, typed_keys_are_taken_whole_or_not_at_all, 0, rows(typed_keys));
	tcase_add_test(t, every_key_comes_back_from_its_text);
	tcase_add_test(t, a_text_without_end_is_no_key);
	tcase_add_test(t, new_keys_have_their_length_and_are_all_different);
	tcase_add_loop_test(t, url_is_the_one_that_apps_read, 0, rows(urls));
	tcase_add_test(t, url_that_does_not_fit_is_refused_whole);
	tcase_add_test(t, names_go_both_ways);
	suite_add_tcase(s, t);
	return suite_run(s);
}
