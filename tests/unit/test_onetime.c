/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Recovery codes and temporary access passes.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "../suite.h"
#include "error.h"
#include "onetime.h"

#define ALPHABET "abcdefghijklmnopqrstuvwxyz234567"

static struct secret
typed_as(const char *text, size_t len)
{
	struct secret s;

	ck_assert_int_eq(secret_set(&s, text, len), MFA_OK);
	return s;
}

/* ---- what people type ---- */

static const struct {
	const char *typed;
	size_t len;	/* 0: of the string */
	const char *wanted;	/* NULL: refused */
} texts[] = {
	{ "abcd-efgh-ijkl-mnop", 0, "abcdefghijklmnop" },
	{ "abcdefghijklmnop", 0, "abcdefghijklmnop" },
	{ "ABCD EFGH IJKL MNOP", 0, "abcdefghijklmnop" },
	{ "  abcd-efgh\tijkl mnop  ", 0, "abcdefghijklmnop" },
	{ "a-b-c-d-e-f-g-h-2-3", 0, "abcdefgh23" },
	{ "0000-1111-o0", 0, "oooolllloo" },
	{ "L1lL-oO0o-2345", 0, "lllloooo2345" },
	{ "abcdefgh23", 0, "abcdefgh23" },			/* 10: the shortest pass */
	{ "abcdefgh2", 0, NULL },
	{ "abcdefghijklmnopqrstuvwxyz234567", 0, ALPHABET },	/* 32: the longest */
	{ "abcdefghijklmnopqrstuvwxyz2345672", 0, NULL },
	{ "abcdefghijklmno8", 0, NULL },
	{ "abcdefghijklmno9", 0, NULL },
	{ "abcdefghijklmno!", 0, NULL },
	{ "abcdefghijklmno\303\266", 0, NULL },
	{ "abcdefghijklmnop\n", 0, NULL },
	{ "abcdefghijklmnop\0", 17, NULL },
	{ "abcdefgh\0ijklmnop", 17, NULL },
	{ "", 0, NULL },
	{ "----  ----", 0, NULL },
	{ "123456", 0, NULL },
};

START_TEST(what_is_typed_is_read_as_it_was_printed)
{
	size_t len = texts[_i].len > 0 ? texts[_i].len : strlen(texts[_i].typed);
	struct secret typed = typed_as(texts[_i].typed, len), out = typed_as("stale", 5);
	int r = onetime_normalise(&typed, &out);

	if (texts[_i].wanted == NULL) {
		ck_assert_int_eq(r, MFA_E_INVALID);
		ck_assert_uint_eq(out.len, 0);
		ck_assert_uint_eq(out.data[0], 0);
	} else {
		ck_assert_int_eq(r, MFA_OK);
		ck_assert_str_eq((char *)out.data, texts[_i].wanted);
		ck_assert_uint_eq(out.len, strlen(texts[_i].wanted));
	}
}
END_TEST

/* ---- new ones ---- */

#define MANY 20000

static int
in_order(const void *a, const void *b)
{
	return strcmp(a, b);
}

START_TEST(recovery_codes_have_their_form_and_are_all_different)
{
	char (*codes)[RECOVERY_TEXT_MAX] = calloc(MANY, RECOVERY_TEXT_MAX);
	unsigned int seen[256] = { 0 };
	size_t i, j;

	for (i = 0; i < MANY; i++) {
		ck_assert_int_eq(recovery_new(codes[i]), MFA_OK);
		ck_assert_uint_eq(strlen(codes[i]), 19);
		for (j = 0; j < 19; j++) {
			ck_assert_int_eq(codes[i][j] == '-', j % 5 == 4);
			seen[(unsigned char)codes[i][j]]++;
		}
	}
	/* Each character is 1 in 32: 10,000 here, ± 5 %, ten standard deviations. */
	for (i = 0; i < 32; i++) {
		ck_assert_uint_gt(seen[(unsigned char)ALPHABET[i]], MANY * 16 / 32 * 95 / 100);
		ck_assert_uint_lt(seen[(unsigned char)ALPHABET[i]], MANY * 16 / 32 * 105 / 100);
	}
	qsort(codes, MANY, RECOVERY_TEXT_MAX, in_order);
	for (i = 1; i < MANY; i++)
		ck_assert_str_ne(codes[i - 1], codes[i]);
	free(codes);
}
END_TEST

START_TEST(passes_have_the_length_asked_for)
{
	char text[64];
	unsigned int chars;
	struct secret typed, out;

	for (chars = 0; chars <= 40; chars++) {
		int wanted = chars >= 10 && chars <= 32 ? MFA_OK : MFA_E_INVALID;

		ck_assert_int_eq(pass_new(chars, text, sizeof(text)), wanted);
		if (wanted != MFA_OK)
			continue;
		ck_assert_uint_eq(strlen(text), chars + (chars - 1) / 4);
		typed = typed_as(text, strlen(text));
		ck_assert_int_eq(onetime_normalise(&typed, &out), MFA_OK);
		ck_assert_uint_eq(out.len, chars);
		ck_assert_int_eq(pass_new(chars, text, chars + chars / 4 + 1), MFA_OK);
		ck_assert_int_eq(pass_new(chars, text, chars + (chars - 1) / 4), MFA_E_INVALID);
		ck_assert_str_eq(text, "");
	}
}
END_TEST

/* ---- hashes ---- */

static void
hash_of(const char *text, const char *salt, unsigned char hash[ONETIME_HASH_LEN])
{
	struct secret s = typed_as(text, strlen(text));

	ck_assert_int_eq(onetime_hash(&s, (const unsigned char *)salt, hash), MFA_OK);
}

/* Made with an implementation of RFC 7914 that is not OpenSSL's. */
START_TEST(hash_is_scrypt_and_stays_what_it_was)
{
	static const unsigned char wanted[ONETIME_HASH_LEN] = {
		0xc8, 0x46, 0x7c, 0x73, 0x03, 0x00, 0xfe, 0x5c,
		0x44, 0xdd, 0x40, 0x0b, 0x67, 0xfc, 0xe1, 0x78,
		0xb3, 0xf1, 0x89, 0x62, 0xb3, 0x24, 0x4e, 0xa2,
		0x22, 0x80, 0x0a, 0x00, 0xa9, 0x4f, 0x11, 0xe7,
	};
	unsigned char hash[ONETIME_HASH_LEN];

	hash_of("abcdefghijklmnop", "0123456789abcdef", hash);
	ck_assert_mem_eq(hash, wanted, sizeof(hash));
	hash_of("abcdefghijklmnop", "0123456789abcdef", hash);
	ck_assert_mem_eq(hash, wanted, sizeof(hash));
}
END_TEST

START_TEST(hash_depends_on_text_and_salt)
{
	unsigned char a[ONETIME_HASH_LEN], b[ONETIME_HASH_LEN];

	hash_of("abcdefghijklmnop", "0123456789abcdef", a);
	hash_of("abcdefghijklmnoq", "0123456789abcdef", b);
	ck_assert_mem_ne(a, b, sizeof(a));
	hash_of("abcdefghijklmnop", "0123456789abcdeg", b);
	ck_assert_mem_ne(a, b, sizeof(a));
	hash_of("abcdefghijklmno", "0123456789abcdef", b);
	ck_assert_mem_ne(a, b, sizeof(a));
}
END_TEST

START_TEST(hash_takes_only_what_was_normalised)
{
	unsigned char hash[ONETIME_HASH_LEN];
	struct secret s = { .len = 0 };

	memset(hash, 'x', sizeof(hash));
	ck_assert_int_eq(onetime_hash(&s, (const unsigned char *)"0123456789abcdef", hash),
	    MFA_E_INVALID);
	ck_assert_uint_eq(hash[0], 0);
	s.len = PASS_CHARS_MAX + 1;
	ck_assert_int_eq(onetime_hash(&s, (const unsigned char *)"0123456789abcdef", hash),
	    MFA_E_INVALID);
}
END_TEST

START_TEST(salts_differ)
{
	unsigned char a[ONETIME_SALT_LEN], b[ONETIME_SALT_LEN];

	ck_assert_int_eq(onetime_salt(a), MFA_OK);
	ck_assert_int_eq(onetime_salt(b), MFA_OK);
	ck_assert_mem_ne(a, b, sizeof(a));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("onetime");
	TCase *t = tcase_create("onetime");

	tcase_add_loop_test(t, what_is_typed_is_read_as_it_was_printed, 0,
	    (int)(sizeof(texts) / sizeof(texts[0])));
	tcase_add_test(t, recovery_codes_have_their_form_and_are_all_different);
	tcase_add_test(t, passes_have_the_length_asked_for);
	tcase_add_test(t, hash_is_scrypt_and_stays_what_it_was);
	tcase_add_test(t, hash_depends_on_text_and_salt);
	tcase_add_test(t, hash_takes_only_what_was_normalised);
	tcase_add_test(t, salts_differ);
	suite_add_tcase(s, t);
	return suite_run(s);
}
