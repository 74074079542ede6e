/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Statements, and the base64url and the lines that they are made of: one
 * statement, one spelling.
 */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../suite.h"
#include "base64url.h"
#include "error.h"
#include "statement.h"

#define rows(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define S(s) s, sizeof(s) - 1

/* ---- base64url ---- */

static const struct { const char *bytes; size_t len; const char *text; } rfc_4648[] = {
	{ S(""), "" }, { S("f"), "Zg" }, { S("fo"), "Zm8" }, { S("foo"), "Zm9v" },
	{ S("foob"), "Zm9vYg" }, { S("fooba"), "Zm9vYmE" }, { S("foobar"), "Zm9vYmFy" },
	{ S("\xfb\xff\xbf"), "-_-_" }, { S("\0\0\0"), "AAAA" }, { S("\xff\xff\xff"), "____" },
};

START_TEST(base64url_is_that_of_rfc_4648)
{
	unsigned char bytes[16];
	char text[16];
	size_t len;

	ck_assert_int_eq(base64url_encode((const unsigned char *)rfc_4648[_i].bytes,
	    rfc_4648[_i].len, text, sizeof(text)), MFA_OK);
	ck_assert_str_eq(text, rfc_4648[_i].text);
	ck_assert_int_eq(base64url_decode(text, strlen(text), bytes, sizeof(bytes), &len), MFA_OK);
	ck_assert_uint_eq(len, rfc_4648[_i].len);
	ck_assert(memcmp(bytes, rfc_4648[_i].bytes, len) == 0);
	ck_assert_uint_eq(BASE64URL_CHARS(len), strlen(text));
}
END_TEST

static const struct { const char *text; size_t len; } not_base64url[] = {
	{ S("Zg==") }, { S("Zg=") }, { S("Zm9v=") }, { S("Z") }, { S("Zm9vY") },
	{ S("Zh") }, { S("Zm9") }, { S("Zm9vYmF") },		/* spare bits */
	{ S("Zm+v") }, { S("Zm/v") }, { S("Zm v") }, { S(" Zm9v") }, { S("Zm9v\n") },
	{ S("Zm\0v") }, { S("Zm9\xc3") }, { S("Z_9v!") },
};

START_TEST(other_spellings_of_base64url_are_refused)
{
	unsigned char bytes[16];
	size_t len = 7;

	ck_assert_int_eq(base64url_decode(not_base64url[_i].text, not_base64url[_i].len, bytes,
	    sizeof(bytes), &len), MFA_E_INVALID);
	ck_assert_uint_eq(len, 0);
}
END_TEST

START_TEST(every_last_character_has_one_meaning_or_none)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char text[8] = "AAA";
	unsigned char bytes[8];
	unsigned int good[2] = { 0, 0 };
	size_t i, len;

	for (i = 0; i < 64; i++) {
		text[1] = alphabet[i];
		good[0] += base64url_decode(text, 2, bytes, sizeof(bytes), &len) == MFA_OK;
		text[1] = 'A';
		text[2] = alphabet[i];
		good[1] += base64url_decode(text, 3, bytes, sizeof(bytes), &len) == MFA_OK;
	}
	ck_assert_uint_eq(good[0], 4);
	ck_assert_uint_eq(good[1], 16);
}
END_TEST

START_TEST(base64url_stays_within_its_room)
{
	unsigned char bytes[3] = { 1, 2, 3 };
	char text[5];
	size_t len;

	ck_assert_int_eq(base64url_encode(bytes, 3, text, 5), MFA_OK);
	ck_assert_int_eq(base64url_encode(bytes, 3, text, 4), MFA_E_INVALID);
	ck_assert_str_eq(text, "");
	ck_assert_int_eq(base64url_decode("AQID", 4, bytes, 3, &len), MFA_OK);
	ck_assert_int_eq(base64url_decode("AQID", 4, bytes, 2, &len), MFA_E_INVALID);
	ck_assert_uint_eq(bytes[0], 0);
}
END_TEST

/* ---- statements ---- */

#define HEAD	"pam_mfa approval 1\n"
#define WHO	"host gate.example.org\nuser zo\xc3\xab\nservice sshd\norigin 203.0.113.7\n"
#define NONCE	"nonce AAECAwQFBgcICQoLDA0ODw\n"
#define NUMBER	"number 482913\n"
#define EXPIRES	"expires 1790000090\n"
#define GOOD	HEAD WHO NONCE NUMBER EXPIRES "decision approve\n"

static struct statement
statement_of(const char *text)
{
	struct statement s;

	ck_assert_int_eq(statement_parse(text, strlen(text), &s, NULL), MFA_OK);
	return s;
}

static const char *const statements[] = {
	GOOD,
	HEAD WHO NONCE "number -\n" EXPIRES "decision deny\n",
	HEAD WHO NONCE "number -\n" EXPIRES "decision report\n",
	HEAD WHO NONCE "number 00\n" EXPIRES "decision approve\n",
	HEAD WHO NONCE "number 00000001\n" EXPIRES "decision approve\n",
	HEAD WHO NONCE NUMBER "expires 1\n" "decision approve\n",
	HEAD WHO NONCE NUMBER "expires 253402300799\n" "decision approve\n",
	HEAD "host g\nuser  a \nservice s\norigin console\n" NONCE NUMBER EXPIRES
	    "decision approve\n",
	HEAD "host g\nuser a\nservice s\norigin unknown\n" NONCE NUMBER EXPIRES "decision approve\n",
	HEAD "host g\nuser a\nservice s\norigin 2001:db8::7\n" NONCE NUMBER EXPIRES
	    "decision approve\n",
};

START_TEST(a_statement_is_read_and_written_alike)
{
	struct statement s = statement_of(statements[_i]);
	char text[RECORD_MAX + 1];
	size_t len;

	ck_assert_int_eq(statement_format(&s, text, sizeof(text), &len), MFA_OK);
	ck_assert_str_eq(text, statements[_i]);
	ck_assert_uint_eq(len, strlen(text));
	ck_assert_int_eq(statement_format(&s, text, len + 1, &len), MFA_OK);
	ck_assert_int_eq(statement_format(&s, text, len, &len), MFA_E_INVALID);
	ck_assert_uint_eq(len, 0);
	ck_assert_str_eq(text, "");
	ck_assert_int_eq(statement_format(&s, text, 0, &len), MFA_E_INVALID);
}
END_TEST

START_TEST(what_is_read_is_what_is_written_there)
{
	struct statement s = statement_of(GOOD);
	unsigned char nonce[16];
	size_t i;

	for (i = 0; i < sizeof(nonce); i++)
		nonce[i] = (unsigned char)i;
	ck_assert_str_eq(s.host, "gate.example.org");
	ck_assert_str_eq(s.user, "zo\xc3\xab");
	ck_assert_str_eq(s.service, "sshd");
	ck_assert_str_eq(s.origin, "203.0.113.7");
	ck_assert_mem_eq(s.nonce, nonce, sizeof(nonce));
	ck_assert_str_eq(s.number, "482913");
	ck_assert_int_eq(s.expires, 1790000090);
	ck_assert_uint_eq(s.decision, DECISION_APPROVE);
}
END_TEST

static const struct { const char *text; size_t len; unsigned int line; } bad[] = {
	{ S(""), 1 },
	{ S("\n"), 1 },
	{ S("\0"), 1 },
	{ S(GOOD "\n"), 10 },
	{ S(GOOD "\0"), 10 },
	{ S(GOOD "decision approve\n"), 10 },
	{ S(GOOD "x"), 10 },
	{ S("\n" GOOD), 1 },
	{ S("\xef\xbb\xbf" GOOD), 1 },
	{ S("pam_mfa approval 2\n" WHO NONCE NUMBER EXPIRES "decision approve\n"), 1 },
	{ S("pam_mfa approval\n" WHO NONCE NUMBER EXPIRES "decision approve\n"), 1 },
	{ S("pam_mfa device 1\n" WHO NONCE NUMBER EXPIRES "decision approve\n"), 1 },
	{ S("PAM_MFA approval 1\n" WHO NONCE NUMBER EXPIRES "decision approve\n"), 1 },
	{ S(HEAD HEAD WHO NONCE NUMBER EXPIRES "decision approve\n"), 2 },
	{ S(WHO NONCE NUMBER EXPIRES "decision approve\n"), 1 },
	/* CR, NUL, tab, control, bidirectional, bad UTF-8 */
	{ S("pam_mfa approval 1\r\n" WHO NONCE NUMBER EXPIRES "decision approve\n"), 1 },
	{ S(HEAD WHO NONCE NUMBER EXPIRES "decision approve\r\n"), 9 },
	{ S(HEAD "host g\r\nuser a\nservice s\norigin console\n" NONCE NUMBER EXPIRES
	    "decision approve\n"), 2 },
	{ S(HEAD "host g\0h\nuser a\nservice s\norigin console\n" NONCE NUMBER EXPIRES
	    "decision approve\n"), 2 },
	{ S(HEAD "host\tg\nuser a\nservice s\norigin console\n" NONCE NUMBER EXPIRES
	    "decision approve\n"), 2 },
	{ S(HEAD "host g\033[1m\nuser a\nservice s\norigin console\n" NONCE NUMBER EXPIRES
	    "decision approve\n"), 2 },
	{ S(HEAD "host g\nuser a\xe2\x80\xae\nservice s\norigin console\n" NONCE NUMBER EXPIRES
	    "decision approve\n"), 3 },
	{ S(HEAD "host g\nuser a\nservice \xc3\norigin console\n" NONCE NUMBER EXPIRES
	    "decision approve\n"), 4 },
	/* empty, missing, twice, out of order */
	{ S(HEAD "host \nuser a\nservice s\norigin console\n" NONCE NUMBER EXPIRES
	    "decision approve\n"), 2 },
	{ S(HEAD "host\nuser a\nservice s\norigin console\n" NONCE NUMBER EXPIRES
	    "decision approve\n"), 2 },
	{ S(HEAD "host g\nservice s\norigin console\n" NONCE NUMBER EXPIRES
	    "decision approve\n"), 3 },
	{ S(HEAD "host g\nuser a\nuser a\nservice s\norigin console\n" NONCE NUMBER EXPIRES
	    "decision approve\n"), 4 },
	{ S(HEAD "user a\nhost g\nservice s\norigin console\n" NONCE NUMBER EXPIRES
	    "decision approve\n"), 2 },
	{ S(HEAD WHO NUMBER NONCE EXPIRES "decision approve\n"), 6 },
	{ S(HEAD WHO NONCE NUMBER "decision approve\n" EXPIRES), 8 },
	/* an origin that is none, or in another spelling */
	{ S(HEAD "host g\nuser a\nservice s\norigin here\n" NONCE NUMBER EXPIRES
	    "decision approve\n"), 5 },
	{ S(HEAD "host g\nuser a\nservice s\norigin 203.0.113.7 (office)\n" NONCE NUMBER EXPIRES
	    "decision approve\n"), 5 },
	{ S(HEAD "host g\nuser a\nservice s\norigin ::ffff:203.0.113.7\n" NONCE NUMBER EXPIRES
	    "decision approve\n"), 5 },
	{ S(HEAD "host g\nuser a\nservice s\norigin 2001:DB8::7\n" NONCE NUMBER EXPIRES
	    "decision approve\n"), 5 },
	/* nonces */
	{ S(HEAD WHO "nonce AAECAwQFBgcICQoLDA0OD\n" NUMBER EXPIRES "decision approve\n"), 6 },
	{ S(HEAD WHO "nonce AAECAwQFBgcICQoLDA0ODw==\n" NUMBER EXPIRES "decision approve\n"), 6 },
	{ S(HEAD WHO "nonce AAECAwQFBgcICQoLDA0ODx\n" NUMBER EXPIRES "decision approve\n"), 6 },
	{ S(HEAD WHO "nonce AAECAwQFBgcICQoLDA0O\n" NUMBER EXPIRES "decision approve\n"), 6 },
	{ S(HEAD WHO "nonce AAECAwQFBgcICQoLDA0ODw8\n" NUMBER EXPIRES "decision approve\n"), 6 },
	/* numbers */
	{ S(HEAD WHO NONCE "number -\n" EXPIRES "decision approve\n"), 7 },
	{ S(HEAD WHO NONCE "number 1\n" EXPIRES "decision approve\n"), 7 },
	{ S(HEAD WHO NONCE "number 123456789\n" EXPIRES "decision approve\n"), 7 },
	{ S(HEAD WHO NONCE "number 482 913\n" EXPIRES "decision approve\n"), 7 },
	{ S(HEAD WHO NONCE "number 48291a\n" EXPIRES "decision approve\n"), 7 },
	{ S(HEAD WHO NONCE "number -82913\n" EXPIRES "decision approve\n"), 7 },
	{ S(HEAD WHO NONCE "number \n" EXPIRES "decision approve\n"), 7 },
	{ S(HEAD WHO NONCE NUMBER EXPIRES "decision deny\n"), 7 },
	{ S(HEAD WHO NONCE NUMBER EXPIRES "decision report\n"), 7 },
	/* times */
	{ S(HEAD WHO NONCE NUMBER "expires 0\n" "decision approve\n"), 8 },
	{ S(HEAD WHO NONCE NUMBER "expires -1\n" "decision approve\n"), 8 },
	{ S(HEAD WHO NONCE NUMBER "expires +1\n" "decision approve\n"), 8 },
	{ S(HEAD WHO NONCE NUMBER "expires 01790000090\n" "decision approve\n"), 8 },
	{ S(HEAD WHO NONCE NUMBER "expires 1790000090 \n" "decision approve\n"), 8 },
	{ S(HEAD WHO NONCE NUMBER "expires 1790000090.0\n" "decision approve\n"), 8 },
	{ S(HEAD WHO NONCE NUMBER "expires 253402300800\n" "decision approve\n"), 8 },
	{ S(HEAD WHO NONCE NUMBER "expires 99999999999999999999\n" "decision approve\n"), 8 },
	/* decisions */
	{ S(HEAD WHO NONCE NUMBER EXPIRES "decision Approve\n"), 9 },
	{ S(HEAD WHO NONCE NUMBER EXPIRES "decision approved\n"), 9 },
	{ S(HEAD WHO NONCE NUMBER EXPIRES "decision approv\n"), 9 },
	{ S(HEAD WHO NONCE NUMBER EXPIRES "decision approve \n"), 9 },
	{ S(HEAD WHO NONCE NUMBER EXPIRES "decision \n"), 9 },
	{ S(HEAD WHO NONCE NUMBER EXPIRES "decision  approve\n"), 9 },
	{ S(HEAD WHO NONCE NUMBER EXPIRES "decision approve"), 9 },
};

START_TEST(whatever_is_not_exactly_a_statement_is_refused)
{
	static const struct statement none;
	struct statement s;
	struct record_error e = { 0, NULL };

	memset(&s, 7, sizeof(s));
	ck_assert_int_eq(statement_parse(bad[_i].text, bad[_i].len, &s, &e), MFA_E_INVALID);
	ck_assert(memcmp(&s, &none, sizeof(s)) == 0);
	ck_assert_msg(e.line == bad[_i].line, "%d: line %u, not %u: %s", _i, e.line, bad[_i].line,
	    e.why);
	ck_assert(e.why[0] != '\0');
}
END_TEST

START_TEST(every_truncation_and_extension_is_refused)
{
	char text[sizeof(GOOD) + 1];
	struct statement s;
	size_t len;
	int c;

	for (len = 0; len < strlen(GOOD); len++)
		ck_assert_int_eq(statement_parse(GOOD, len, &s, NULL), MFA_E_INVALID);
	memcpy(text, GOOD, sizeof(GOOD));
	for (c = 0; c < 256; c++) {
		text[strlen(GOOD)] = (char)c;
		ck_assert_int_eq(statement_parse(text, strlen(GOOD) + 1, &s, NULL), MFA_E_INVALID);
	}
}
END_TEST

/* A changed bit may make another statement, but never the same one, and never
 * one that is spelled otherwise. */
START_TEST(every_changed_bit_changes_the_digest_or_is_refused)
{
	unsigned char digest[STATEMENT_DIGEST_LEN], other[STATEMENT_DIGEST_LEN];
	struct statement s = statement_of(GOOD);
	char text[] = GOOD, again[RECORD_MAX + 1];
	size_t i, len;

	ck_assert_int_eq(statement_digest(&s, digest), MFA_OK);
	for (i = 0; i < 8 * strlen(GOOD); i++) {
		text[i / 8] = (char)(text[i / 8] ^ 1 << i % 8);
		if (statement_parse(text, strlen(GOOD), &s, NULL) == MFA_OK) {
			ck_assert_int_eq(statement_digest(&s, other), MFA_OK);
			ck_assert_mem_ne(digest, other, sizeof(digest));
			ck_assert_int_eq(statement_format(&s, again, sizeof(again), &len), MFA_OK);
			ck_assert(len == strlen(GOOD) && memcmp(text, again, len) == 0);
		}
		text[i / 8] = (char)(text[i / 8] ^ 1 << i % 8);
	}
}
END_TEST

/* ---- what is not written ---- */

static void
fill(char *to, size_t size)
{
	memset(to, 'x', size - 1);
	to[size - 1] = '\0';
}

START_TEST(the_longest_values_fit_and_no_longer_ones)
{
	struct statement s = statement_of(GOOD);
	char text[RECORD_MAX + 1];
	size_t len;

	fill(s.host, sizeof(s.host));
	fill(s.user, sizeof(s.user));
	fill(s.service, sizeof(s.service));
	ck_assert_int_eq(statement_format(&s, text, sizeof(text), &len), MFA_OK);
	ck_assert_int_eq(statement_parse(text, len, &s, NULL), MFA_OK);
	s.user[sizeof(s.user) - 1] = 'x';	/* no terminator */
	ck_assert_int_eq(statement_format(&s, text, sizeof(text), &len), MFA_E_INVALID);
}
END_TEST

START_TEST(what_could_not_be_read_is_not_written)
{
	const struct statement good = statement_of(GOOD);
	unsigned char digest[STATEMENT_DIGEST_LEN] = { 1 };
	char text[RECORD_MAX + 1];
	struct statement s[10];
	size_t i, len;

	for (i = 0; i < 10; i++)
		s[i] = good;
	snprintf(s[0].user, sizeof(s[0].user), "%s", "a\ndecision approve");
	s[1].host[0] = '\0';
	snprintf(s[2].service, sizeof(s[2].service), "%s", "a\033");
	snprintf(s[3].number, sizeof(s[3].number), "%s", "1");
	snprintf(s[4].number, sizeof(s[4].number), "%s", "-");
	s[5].decision = DECISION_DENY;
	s[6].decision = 0;
	s[7].decision = 1;
	s[8].expires = 0;
	snprintf(s[9].origin, sizeof(s[9].origin), "%s", "somewhere");
	for (i = 0; i < 10; i++) {
		ck_assert_int_eq(statement_format(&s[i], text, sizeof(text), &len), MFA_E_INVALID);
		ck_assert_str_eq(text, "");
		ck_assert_int_eq(statement_digest(&s[i], digest), MFA_E_INVALID);
		ck_assert_uint_eq(digest[0], 0);
	}
}
END_TEST

START_TEST(challenges_have_their_digits_and_are_all_different)
{
	struct statement a = statement_of(GOOD), b = a;
	unsigned int digits, seen = 0, i;

	for (digits = 0; digits < 12; digits++) {
		int r = statement_challenge(&a, digits);

		if (digits < STATEMENT_DIGITS_MIN || digits > STATEMENT_DIGITS_MAX) {
			ck_assert_int_eq(r, MFA_E_INVALID);
			ck_assert_str_eq(a.number, "");
			continue;
		}
		ck_assert_int_eq(r, MFA_OK);
		ck_assert_uint_eq(strlen(a.number), digits);
		ck_assert_uint_eq(strspn(a.number, "0123456789"), digits);
		ck_assert_int_eq(statement_challenge(&b, digits), MFA_OK);
		ck_assert_mem_ne(a.nonce, b.nonce, sizeof(a.nonce));
	}
	/* All of two digits turn up: 0.99^5000 is 1e-22. */
	for (i = 0; i < 5000; i++) {
		static bool there[100];
		unsigned int n;

		ck_assert_int_eq(statement_challenge(&a, 2), MFA_OK);
		n = (unsigned int)(a.number[0] - '0') * 10 + (unsigned int)(a.number[1] - '0');
		seen += !there[n];
		there[n] = true;
	}
	ck_assert_uint_eq(seen, 100);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("statement");
	TCase *t = tcase_create("statement");

	tcase_add_loop_test(t, base64url_is_that_of_rfc_4648, 0, rows(rfc_4648));
	tcase_add_loop_test(t, other_spellings_of_base64url_are_refused, 0, rows(not_base64url));
	tcase_add_test(t, every_last_character_has_one_meaning_or_none);
	tcase_add_test(t, base64url_stays_within_its_room);
	tcase_add_loop_test(t, a_statement_is_read_and_written_alike, 0, rows(statements));
	tcase_add_test(t, what_is_read_is_what_is_written_there);
	tcase_add_loop_test(t, whatever_is_not_exactly_a_statement_is_refused, 0, rows(bad));
	tcase_add_test(t, every_truncation_and_extension_is_refused);
	tcase_add_test(t, every_changed_bit_changes_the_digest_or_is_refused);
	tcase_add_test(t, the_longest_values_fit_and_no_longer_ones);
	tcase_add_test(t, what_could_not_be_read_is_not_written);
	tcase_add_test(t, challenges_have_their_digits_and_are_all_different);
	suite_add_tcase(s, t);
	return suite_run(s);
}
