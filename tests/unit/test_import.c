/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files of pam_google_authenticator and pam_oath: what is moved, what is
 * remarked on, and what is refused with its line.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../ctl/import.h"
#include "../suite.h"
#include "error.h"

#define KEY16	"GEZDGNBVGY3TQOJQGEZDGNBVGY"
#define HEX20	"3132333435363738393031323334353637383930"
#define REMARKS	4

struct result {
	int r;
	unsigned int tokens, remarks;
	struct import_token token;	/* the last one */
	struct import_error error, remark[REMARKS];
	int refuse;			/* what the caller's function answers */
};

static int
take(void *arg, const struct import_token *token)
{
	struct result *out = arg;

	out->tokens++;
	out->token = *token;
	return out->refuse;
}

static void
note(void *arg, const struct import_error *what)
{
	struct result *out = arg;

	ck_assert_uint_lt(out->remarks, REMARKS);
	out->remark[out->remarks++] = *what;
}

typedef int importer(FILE *in, const struct import_sink *sink, struct import_error *error);

static struct result
import_bytes(importer *import, const char *bytes, size_t len)
{
	struct result out = { .r = 1 };
	struct import_sink sink = { take, note, &out };
	FILE *in = fopen("/dev/null", "r");

	if (len > 0) {
		fclose(in);
		in = tmpfile();
		ck_assert_uint_eq(fwrite(bytes, 1, len, in), len);
		rewind(in);
	}
	memset(&out.error, 'x', sizeof(out.error));
	out.r = import(in, &sink, &out.error);
	fclose(in);
	return out;
}

static struct result
import_text(importer *import, const char *text)
{
	return import_bytes(import, text, strlen(text));
}

static void
is_params(const struct otp_params *p, enum otp_kind kind, unsigned int digits, unsigned int period)
{
	ck_assert_int_eq(p->kind, kind);
	ck_assert_int_eq(p->algorithm, OTP_SHA1);
	ck_assert_uint_eq(p->digits, digits);
	ck_assert_uint_eq(p->period, period);
	ck_assert_int_eq(otp_check(p), MFA_OK);
}

/* ---- .google_authenticator ---- */

#define USUAL KEY16 "\n\" RATE_LIMIT 3 30 1700000000 1700000010\n\" WINDOW_SIZE 3\n" \
	"\" DISALLOW_REUSE 56666668 56666670 56666669\n\" TOTP_AUTH\n" \
	"10000000\n28472819\n99999999\n"

START_TEST(google_totp_is_moved_with_what_was_spent)
{
	struct result r = import_text(import_google, USUAL);

	ck_assert_int_eq(r.r, MFA_OK);
	ck_assert_uint_eq(r.tokens, 1);
	is_params(&r.token.params, OTP_TOTP, 6, 30);
	ck_assert_uint_eq(r.token.key.len, 16);
	ck_assert_mem_eq(r.token.key.data, "1234567890123456", 16);
	ck_assert_int_eq(r.token.last, 56666670);
	ck_assert_str_eq(r.token.user, "");
	ck_assert_str_eq(r.token.name, "google-authenticator");
	ck_assert_uint_eq(r.token.line, 1);
	ck_assert_uint_eq(r.remarks, 1);
	ck_assert_uint_eq(r.remark[0].line, 6);
	ck_assert_str_eq(r.remark[0].text,
	    "3 scratch codes are not moved: make new recovery codes");
}
END_TEST

START_TEST(google_hotp_is_moved_with_its_counter)
{
	struct result r = import_text(import_google, KEY16 "\n\" HOTP_COUNTER 7\n");

	ck_assert_int_eq(r.r, MFA_OK);
	is_params(&r.token.params, OTP_HOTP, 6, 0);
	ck_assert_int_eq(r.token.last, 6);
	ck_assert_uint_eq(r.remarks, 0);
	r = import_text(import_google, KEY16 "\n\" HOTP_COUNTER 1\n\" TOTP_AUTH\n");
	ck_assert_int_eq(r.token.params.kind, OTP_HOTP);
	ck_assert_int_eq(r.token.last, 0);
}
END_TEST

/* A file that is taken: TOTP without a step that was spent, and its remark. */
static const struct {
	const char *text;
	unsigned int period;
	const char *remark;	/* NULL: none */
	unsigned int line;
} google_taken[] = {
	{ KEY16 "\n\" TOTP_AUTH\n", 30, NULL, 0 },
	{ KEY16 "\n\" TOTP_AUTH", 30, NULL, 0 },
	{ KEY16 "\r\n\" TOTP_AUTH\r\n", 30, NULL, 0 },
	{ KEY16 "\n\n\" TOTP_AUTH\n\n", 30, NULL, 0 },
	{ KEY16 "\n\"  TOTP_AUTH \t\n", 30, NULL, 0 },
	{ KEY16 "\n\" DISALLOW_REUSE\n\" TOTP_AUTH\n", 30, NULL, 0 },
	{ KEY16 "\n\" RESETTING_TIME_SKEW 1+2 3-4\n\" TOTP_AUTH\n", 30, NULL, 0 },
	{ KEY16 "\n\" STEP_SIZE 60\n\" TOTP_AUTH\n", 60, NULL, 0 },
	{ KEY16 "\n\" STEP_SIZE 30\n\" TOTP_AUTH\n", 30, NULL, 0 },
	{ "gezd gnbv gy3t qojq gezd gnbv gy\n\" TOTP_AUTH\n", 30, NULL, 0 },
	{ KEY16 "\n\" TOTP_AUTH\n\" WINDOW_SIZE 17\n", 30,
	    "WINDOW_SIZE 17 is not moved: the window is a setting in pam_mfa.conf", 3 },
	{ KEY16 "\n\" TIME_SKEW -3\n\" TOTP_AUTH\n", 30,
	    "TIME_SKEW is not moved: the clock of the phone or of this host is wrong", 2 },
	{ KEY16 "\n\" TOTP_AUTH\n\" LAST0 192.0.2.1 1700000000\n", 30,
	    "the option LAST0 is unknown and not moved", 3 },
};

START_TEST(google_options_are_moved_or_remarked_on)
{
	struct result r = import_text(import_google, google_taken[_i].text);

	ck_assert_int_eq(r.r, MFA_OK);
	ck_assert_uint_eq(r.tokens, 1);
	is_params(&r.token.params, OTP_TOTP, 6, google_taken[_i].period);
	ck_assert_mem_eq(r.token.key.data, "1234567890123456", 17);
	ck_assert_int_eq(r.token.last, -1);
	ck_assert_uint_eq(r.remarks, google_taken[_i].remark != NULL);
	if (r.remarks > 0) {
		ck_assert_str_eq(r.remark[0].text, google_taken[_i].remark);
		ck_assert_uint_eq(r.remark[0].line, google_taken[_i].line);
	}
}
END_TEST

struct refused {
	const char *text;
	unsigned int line;
	const char *says;
};

#define NEITHER "neither an option nor a scratch code of 8 digits"
#define NOT_A_KEY "the first line is not a key in base32 of 16 to 64 bytes"

static const struct refused google_refused[] = {
	{ "", 0, "an empty file" },
	{ "\n", 1, NOT_A_KEY },
	{ "\" TOTP_AUTH\n", 1, NOT_A_KEY },
	{ "GEZDGNBV\n\" TOTP_AUTH\n", 1, NOT_A_KEY },
	{ "not a key!\n\" TOTP_AUTH\n", 1, NOT_A_KEY },
	{ KEY16 "\n", 0, "neither TOTP_AUTH nor HOTP_COUNTER" },
	{ KEY16 "\n12345678\n", 0, "neither TOTP_AUTH nor HOTP_COUNTER" },
	{ KEY16 "\n\" TOTP_AUTH\n1234567\n", 3, NEITHER },
	{ KEY16 "\n\" TOTP_AUTH\n123456789\n", 3, NEITHER },
	{ KEY16 "\n\" TOTP_AUTH\n02345678\n", 3, NEITHER },
	{ KEY16 "\n\" TOTP_AUTH\n hello\n", 3, NEITHER },
	{ KEY16 "\n\"TOTP_AUTH\n", 2, "a double quote without an option behind it" },
	{ KEY16 "\n\" \n", 2, "a double quote without an option behind it" },
	{ KEY16 "\n\" totp_auth\n", 2, "a double quote without an option behind it" },
	{ KEY16 "\n\" TOTP_AUTH 1\n", 2, "TOTP_AUTH takes no value" },
	{ KEY16 "\n\" TOTP_AUTH\n\" TOTP_AUTH\n", 3, "TOTP_AUTH a second time" },
	{ KEY16 "\n\" HOTP_COUNTER 0\n", 2,
	    "HOTP_COUNTER is not followed by one number from 1 to 9223372036854775806" },
	{ KEY16 "\n\" HOTP_COUNTER -1\n", 2,
	    "HOTP_COUNTER is not followed by one number from 1 to 9223372036854775806" },
	{ KEY16 "\n\" HOTP_COUNTER\n", 2,
	    "HOTP_COUNTER is not followed by one number from 1 to 9223372036854775806" },
	{ KEY16 "\n\" HOTP_COUNTER 9223372036854775807\n", 2,
	    "HOTP_COUNTER is not followed by one number from 1 to 9223372036854775806" },
	{ KEY16 "\n\" HOTP_COUNTER 1 2\n", 2,
	    "HOTP_COUNTER is not followed by one number from 1 to 9223372036854775806" },
	{ KEY16 "\n\" STEP_SIZE 45\n\" TOTP_AUTH\n", 2,
	    "STEP_SIZE is neither 30 nor 60: enrol the user anew" },
	{ KEY16 "\n\" STEP_SIZE 61\n\" TOTP_AUTH\n", 2,
	    "STEP_SIZE is not followed by one number from 1 to 60" },
	{ KEY16 "\n\" WINDOW_SIZE 0\n\" TOTP_AUTH\n", 2,
	    "WINDOW_SIZE is not followed by one number from 1 to 100" },
	{ KEY16 "\n\" DISALLOW_REUSE 1 2 x\n\" TOTP_AUTH\n", 2,
	    "DISALLOW_REUSE is not followed by numbers" },
	{ KEY16 "\n\" RATE_LIMIT\n\" TOTP_AUTH\n", 2, "RATE_LIMIT is not followed by numbers" },
	{ KEY16 "\n\" TOTP_AUTH\n\" RATE_LIMIT 3 30 \033[2J\n", 3, "a control character" },
};

static void
is_refused(importer *import, const struct refused *what)
{
	struct result r = import_text(import, what->text);

	ck_assert_int_eq(r.r, MFA_E_INVALID);
	ck_assert_str_eq(r.error.text, what->says);
	ck_assert_uint_eq(r.error.line, what->line);
	ck_assert_uint_eq(r.tokens, 0);
}

START_TEST(google_file_that_is_none_is_refused_with_its_line)
{
	is_refused(import_google, &google_refused[_i]);
}
END_TEST

/* ---- users.oath ---- */

#define T30 "HOTP/T30/8 alice - " HEX20

static const struct {
	const char *line;
	enum otp_kind kind;
	unsigned int digits, period;
	int64_t last;
} oath_taken[] = {
	{ "HOTP alice - " HEX20, OTP_HOTP, 6, 0, -1 },
	{ "HOTP/E alice - " HEX20, OTP_HOTP, 6, 0, -1 },
	{ "HOTP/E/6 alice - " HEX20, OTP_HOTP, 6, 0, -1 },
	{ "HOTP/E/7 alice + " HEX20, OTP_HOTP, 7, 0, -1 },
	{ "HOTP/E/8 alice - " HEX20, OTP_HOTP, 8, 0, -1 },
	{ "HOTP/T30 alice - " HEX20, OTP_TOTP, 6, 30, -1 },
	{ "HOTP/T30/6 alice - " HEX20, OTP_TOTP, 6, 30, -1 },
	{ "HOTP/T30/7 alice - " HEX20, OTP_TOTP, 7, 30, -1 },
	{ "HOTP/T30/8 alice + " HEX20, OTP_TOTP, 8, 30, -1 },
	{ "HOTP/T60 alice - " HEX20, OTP_TOTP, 6, 60, -1 },
	{ "HOTP/T60/7 alice - " HEX20, OTP_TOTP, 7, 60, -1 },
	{ "HOTP/T60/8 alice - " HEX20, OTP_TOTP, 8, 60, -1 },
	{ "  HOTP\talice  -\t\t" HEX20 " \t\r", OTP_HOTP, 6, 0, -1 },
	/* Before a code was used the counter is the next one, then the last. */
	{ "HOTP alice - " HEX20 " 0", OTP_HOTP, 6, 0, -1 },
	{ "HOTP alice - " HEX20 " 12", OTP_HOTP, 6, 0, 11 },
	{ "HOTP alice - " HEX20 " 0 755224 2009-12-07T23:23:49L", OTP_HOTP, 6, 0, 0 },
	{ "HOTP alice - " HEX20 " 9 520489 2009-12-07T23:23:49L", OTP_HOTP, 6, 0, 9 },
	/* 1111111109 is in step 37037036; the codes of this, the next, the one
	 * before, of none. */
	{ T30 " 0 07081804 2005-03-18T01:58:29L", OTP_TOTP, 8, 30, 37037036 },
	{ T30 " 3 14050471 2005-03-18T01:58:29L", OTP_TOTP, 8, 30, 37037037 },
	{ T30 " 0 07081804 2005-03-18T01:58:31L", OTP_TOTP, 8, 30, 37037037 },
	{ T30 " 0 12345678 2005-03-18T01:58:29L", OTP_TOTP, 8, 30, 37037036 },
	{ T30 " 7", OTP_TOTP, 8, 30, -1 },
	/* another length of code than the type's is none of its own */
	{ T30 " 0 081804 2005-03-18T01:58:29L", OTP_TOTP, 8, 30, 37037036 },
};

START_TEST(oath_line_is_moved_with_what_was_spent)
{
	struct result r = import_text(import_oath, oath_taken[_i].line);

	ck_assert_msg(r.r == MFA_OK, "%s", r.error.text);
	ck_assert_uint_eq(r.tokens, 1);
	ck_assert_uint_eq(r.remarks, 0);
	is_params(&r.token.params, oath_taken[_i].kind, oath_taken[_i].digits,
	    oath_taken[_i].period);
	ck_assert_uint_eq(r.token.key.len, 20);
	ck_assert_mem_eq(r.token.key.data, "12345678901234567890", 21);
	ck_assert_int_eq(r.token.last, oath_taken[_i].last);
	ck_assert_str_eq(r.token.user, "alice");
	ck_assert_str_eq(r.token.name, "oath");
}
END_TEST

#define TYPE_WRONG "the type of token is none of HOTP, HOTP/E, HOTP/T30 and HOTP/T60, " \
	"with /6, /7 or /8 for the digits"
#define KEY_LENGTH "the key is not 16 to 64 bytes long: enrol the user anew"

static const struct refused oath_refused[] = {
	{ "MOTP alice - " HEX20, 1, TYPE_WRONG },
	{ "HOTP/T45 alice - " HEX20, 1, TYPE_WRONG },
	{ "HOTP/T30/9 alice - " HEX20, 1, TYPE_WRONG },
	{ "HOTP/E/ alice - " HEX20, 1, TYPE_WRONG },
	{ "hotp alice - " HEX20, 1, TYPE_WRONG },
	{ "HOTP", 1, "no user" },
	{ "HOTP alice", 1, "no PIN: - or + says that there is none" },
	{ "HOTP alice -", 1, "no key" },
	{ "HOTP alice - 00", 1, KEY_LENGTH },
	{ "HOTP alice - " HEX20 HEX20 HEX20 HEX20, 1, KEY_LENGTH },
	{ "HOTP alice - " HEX20 "3", 1, "the key is not pairs of hexadecimal digits" },
	{ "HOTP alice - 0x" HEX20, 1, "the key is not pairs of hexadecimal digits" },
	{ "HOTP alice - GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1,
	    "the key is not pairs of hexadecimal digits" },
	{ "HOTP alice - " HEX20 " -1", 1, "the counter is not a number from 0 on" },
	{ "HOTP alice - " HEX20 " 1x", 1, "the counter is not a number from 0 on" },
	{ "HOTP alice - " HEX20 " 9223372036854775807", 1,
	    "the counter is not a number from 0 on" },
	{ "HOTP alice - " HEX20 " 99999999999999999999999", 1,
	    "the counter is not a number from 0 on" },
	{ "HOTP alice - " HEX20 " 1 12345", 1, "the last code is not 6 to 8 digits" },
	{ "HOTP alice - " HEX20 " 1 123456789", 1, "the last code is not 6 to 8 digits" },
	{ "HOTP alice - " HEX20 " 1 12345x", 1, "the last code is not 6 to 8 digits" },
	{ "HOTP alice - " HEX20 " 1 123456 yesterday", 1,
	    "the time is not of the form 2024-12-31T23:59:59L" },
	{ "HOTP alice - " HEX20 " 1 123456 2024-12-31T23:59:59", 1,
	    "the time is not of the form 2024-12-31T23:59:59L" },
	{ "HOTP alice - " HEX20 " 1 123456 2024-13-31T23:59:59L", 1,
	    "the time is not of the form 2024-12-31T23:59:59L" },
	{ "HOTP alice - " HEX20 " 1 123456 2024-12-31T23:59:59L more", 1,
	    "more than seven fields" },
	{ "HOTP al\303ice - " HEX20, 1, "a user's name that is too long or not printable" },
	{ "# comment\n\nMOTP alice - 00\n", 3, TYPE_WRONG },
	{ "HOTP ali\033ce - " HEX20, 1, "a control character" },
};

START_TEST(oath_line_that_is_none_is_refused_with_its_number)
{
	is_refused(import_oath, &oath_refused[_i]);
}
END_TEST

START_TEST(oath_file_is_read_line_by_line)
{
	struct result r = import_text(import_oath,
	    "# users\n\n  # more\nHOTP alice - " HEX20 "\nHOTP/T30 bob - " HEX20 "\r\n"
	    "HOTP alice 1234 " HEX20);

	ck_assert_int_eq(r.r, MFA_OK);
	ck_assert_uint_eq(r.tokens, 3);
	ck_assert_uint_eq(r.token.line, 6);
	ck_assert_uint_eq(r.remarks, 1);
	ck_assert_uint_eq(r.remark[0].line, 6);
	ck_assert_str_eq(r.remark[0].text,
	    "the PIN is not moved: pam_mfa asks for the code alone");
	r = import_text(import_oath, "");
	ck_assert_int_eq(r.r, MFA_OK);
	ck_assert_uint_eq(r.tokens, 0);
}
END_TEST

/* ---- any file ---- */

START_TEST(limits_are_kept)
{
	char text[5000];
	struct result r;

	memset(text, ' ', sizeof(text));
	r = import_bytes(import_oath, text, 4096);
	ck_assert_int_eq(r.r, MFA_OK);
	r = import_bytes(import_oath, text, 4097);
	ck_assert_int_eq(r.r, MFA_E_INVALID);
	ck_assert_str_eq(r.error.text, "longer than 4096 bytes");
	ck_assert_uint_eq(r.error.line, 1);
	r = import_bytes(import_google, text, 4097);
	ck_assert_str_eq(r.error.text, "longer than 4096 bytes");
	r = import_bytes(import_oath, "\nHOTP\0alice", 11);
	ck_assert_int_eq(r.r, MFA_E_INVALID);
	ck_assert_str_eq(r.error.text, "a control character");
	ck_assert_uint_eq(r.error.line, 2);
	memcpy(text, "HOTP ", 5);
	memset(text + 5, 'u', 257);
	r = import_bytes(import_oath, text, 300);
	ck_assert_str_eq(r.error.text, "a user's name that is too long or not printable");
	text[5 + 256] = ' ';
	r = import_bytes(import_oath, text, 300);
	ck_assert_str_eq(r.error.text, "no PIN: - or + says that there is none");
}
END_TEST

START_TEST(endless_file_ends)
{
	struct result out = { .r = 1 };
	struct import_sink sink = { take, note, &out };
	FILE *zero = fopen("/dev/zero", "r"), *lines = tmpfile();
	struct import_error error;
	int i;

	ck_assert_int_eq(import_oath(zero, &sink, &error), MFA_E_INVALID);
	for (i = 0; i <= 1000000; i++)
		putc('\n', lines);
	rewind(lines);
	ck_assert_int_eq(import_oath(lines, &sink, &error), MFA_E_INVALID);
	ck_assert_str_eq(error.text, "more than 1000000 lines");
	fclose(zero);
	fclose(lines);
}
END_TEST

START_TEST(unreadable_file_is_an_error)
{
	struct result out = { .r = 1 };
	struct import_sink sink = { take, note, &out };
	struct import_error error;
	FILE *dir = fopen("/tmp", "r");

	ck_assert_ptr_nonnull(dir);
	ck_assert_int_eq(import_oath(dir, &sink, &error), MFA_E_SYSTEM);
	ck_assert_int_eq(errno, EISDIR);
	clearerr(dir);
	ck_assert_int_eq(import_google(dir, &sink, &error), MFA_E_SYSTEM);
	fclose(dir);
}
END_TEST

START_TEST(caller_ends_the_import)
{
	static const char two[] = "HOTP alice - " HEX20 "\nHOTP bob - " HEX20 "\n";
	struct result out = { .r = 1, .refuse = MFA_E_EXISTS };
	struct import_sink sink = { take, note, &out };
	struct import_error error;
	FILE *in = tmpfile();

	fputs(two, in);
	rewind(in);
	ck_assert_int_eq(import_oath(in, &sink, &error), MFA_E_EXISTS);
	ck_assert_uint_eq(out.tokens, 1);
	fclose(in);
}
END_TEST

#define rows(table) ((int)(sizeof(table) / sizeof((table)[0])))

int
main(void)
{
	Suite *s = suite_create("import");
	TCase *t = tcase_create("import");

	setenv("TZ", "UTC", 1);
	tcase_add_test(t, google_totp_is_moved_with_what_was_spent);
	tcase_add_test(t, google_hotp_is_moved_with_its_counter);
	tcase_add_loop_test(t, google_options_are_moved_or_remarked_on, 0, rows(google_taken));
	tcase_add_loop_test(t, google_file_that_is_none_is_refused_with_its_line, 0,
	    rows(google_refused));
	tcase_add_loop_test(t, oath_line_is_moved_with_what_was_spent, 0, rows(oath_taken));
	tcase_add_loop_test(t, oath_line_that_is_none_is_refused_with_its_number, 0,
	    rows(oath_refused));
	tcase_add_test(t, oath_file_is_read_line_by_line);
	tcase_add_test(t, limits_are_kept);
	tcase_add_test(t, endless_file_ends);
	tcase_add_test(t, unreadable_file_is_an_error);
	tcase_add_test(t, caller_ends_the_import);
	suite_add_tcase(s, t);
	return suite_run(s);
}
