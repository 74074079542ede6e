/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Telephone numbers: what is accepted, what becomes of it, and what is shown.
 */
#include <check.h>
#include <string.h>

#include "../suite.h"
#include "e164.h"

#define COUNT(a)	((int)(sizeof(a) / sizeof((a)[0])))

static const struct {
	const char *typed, *country, *number;
} good[] = {
	{ "+31612345678", NULL, "+31612345678" },
	{ "+31 6 1234 5678", NULL, "+31612345678" },
	{ "+31 (0)6-12.34.56.78", NULL, "+31612345678" },
	{ "+31 06 12345678", NULL, "+31612345678" },
	{ "(+31) 6 12345678", NULL, "+31612345678" },
	{ "0031612345678", NULL, "+31612345678" },
	{ "00 31 (0) 6 12345678", NULL, "+31612345678" },
	{ "06-12345678", "31", "+31612345678" },
	{ "06/12345678", "31", "+31612345678" },
	{ "+32 470 12 34 56", "31", "+32470123456" },
	{ "0470123456", "32", "+32470123456" },
	{ "+1 (202) 555-0143", NULL, "+12025550143" },
	{ "+44 (0)20 7946 0958", NULL, "+442079460958" },
	{ "+39 06 698 12345", NULL, "+390669812345" },
	{ "+39 312 345 6789", NULL, "+393123456789" },
	{ "+225 07 12 34 56 78", NULL, "+2250712345678" },
	{ "+49 30 901820", NULL, "+4930901820" },
	{ "+290 12345", NULL, "+29012345" },
	{ "+7 495 123-45-67", NULL, "+74951234567" },
};

START_TEST(a_number_has_one_spelling)
{
	char out[E164_MAX];
	enum e164_fault fault = e164_read(good[_i].typed, good[_i].country, out);

	ck_assert_int_eq(fault, E164_OK);
	ck_assert_str_eq(out, good[_i].number);
	ck_assert(e164_is(out));
}
END_TEST

static const struct {
	const char *typed, *country;
	enum e164_fault fault;
} bad[] = {
	{ "", "31", E164_FORM }, { "+", "31", E164_FORM }, { "   ", "31", E164_FORM },
	{ "612345678", "31", E164_COUNTRY }, { "0612345678", NULL, E164_COUNTRY },
	{ "0612345678", "", E164_COUNTRY }, { "0612345678", "999", E164_COUNTRY },
	{ "0612345678", "316", E164_COUNTRY }, { "112", "31", E164_COUNTRY },
	{ "+0612345678", "31", E164_COUNTRY }, { "+999 123 4567", "31", E164_COUNTRY },
	{ "+800 1234 5678", NULL, E164_COUNTRY }, { "+979 1234 56789", NULL, E164_COUNTRY },
	{ "00 06 12345678", "31", E164_COUNTRY },
	{ "+31 6 1234 567", NULL, E164_LENGTH }, { "+31 6 1234 5678 901", NULL, E164_LENGTH },
	{ "+31 0", NULL, E164_LENGTH }, { "+1 202 555 014", NULL, E164_LENGTH },
	{ "+1 202 555 01430", NULL, E164_LENGTH }, { "+7 123456789012345", NULL, E164_LENGTH },
	{ "+31 00612345678", NULL, E164_LENGTH },
	{ "000000000000000000000000000000000000000000000000", "31", E164_LENGTH },
	{ "++31612345678", NULL, E164_FORM }, { "31+612345678", NULL, E164_FORM },
	{ "+31 6 1234 5678 ext 9", NULL, E164_FORM }, { "+31612345678,,1", NULL, E164_FORM },
	{ "+31612345678;phone-context=x", NULL, E164_FORM }, { "+31612345678#", NULL, E164_FORM },
	{ "*31#0612345678", "31", E164_FORM }, { "+31(0(6)12345678", NULL, E164_FORM },
	{ "+31 0)612345678", NULL, E164_FORM }, { "+31612345678\n", NULL, E164_FORM },
	{ "sip:+31612345678@example.org", NULL, E164_FORM },
	{ "\xd9\xa0\xd9\xa1\xd9\xa2\xd9\xa3", "31", E164_FORM },
	{ "+31\xc2\xa0""612345678", NULL, E164_FORM },
};

START_TEST(what_is_none_is_refused_with_its_reason)
{
	char out[E164_MAX] = "x";

	ck_assert_int_eq(e164_read(bad[_i].typed, bad[_i].country, out), bad[_i].fault);
	ck_assert_str_eq(out, "");
	ck_assert(!e164_is(bad[_i].typed));
	ck_assert_uint_gt(strlen(e164_fault_text(bad[_i].fault)), 10);
}
END_TEST

START_TEST(only_the_one_spelling_is_a_number)
{
	static const char *const others[] = { "+31 612345678", "0031612345678", "+310612345678",
	    "31612345678", "+31612345678 " };
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		ck_assert(!e164_is(others[i]));
}
END_TEST

START_TEST(what_is_shown_tells_its_owner_and_nobody_else)
{
	static const struct { const char *number, *shown; } rows[] = {
		{ "+31612345678", "+31 \u2022\u2022\u2022\u2022\u2022\u2022\u202278" },
		{ "+12025550143", "+1 \u2022\u2022\u2022\u2022\u2022\u2022\u2022\u202243" },
		{ "+29012345", "+290 \u2022\u2022\u202245" }, { "", "" }, { "x", "" }, { "+31", "" },
		{ "+99912345678", "" },
	};
	char out[E164_MASKED_MAX];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		e164_mask(rows[i].number, out);
		ck_assert_str_eq(out, rows[i].shown);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("e164");
	TCase *t = tcase_create("e164");

	tcase_add_loop_test(t, a_number_has_one_spelling, 0, COUNT(good));
	tcase_add_loop_test(t, what_is_none_is_refused_with_its_reason, 0, COUNT(bad));
	tcase_add_test(t, only_the_one_spelling_is_a_number);
	tcase_add_test(t, what_is_shown_tells_its_owner_and_nobody_else);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
