/* SPDX-License-Identifier: BSD-2-Clause */
/* The text messages of mfad, as they arrive. */
#include <check.h>
#include <string.h>

#include "../../server/call_text.h"
#include "../suite.h"

#define COUNT(a)	((int)(sizeof(a) / sizeof((a)[0])))

static char text[DIAL_TEXT_MAX + 1];

static const char *
text_of(const struct dial *d)
{
	ck_assert_uint_lt(d->text_len, DIAL_TEXT_MAX);
	memcpy(text, d->text, d->text_len);
	text[d->text_len] = '\0';
	return text;
}

static const struct { const char *language, *text; } codes[] = {
	{ "en", "Acme: 123456 is your code to log in to web1. Give it to nobody.\n\n@web1 #123456" },
	{ "nl", "Acme: 123456 is uw code om in te loggen op web1. Geef hem aan niemand.\n\n"
	    "@web1 #123456" },
};

START_TEST(a_code_says_whose_it_is_and_where_it_counts)
{
	struct dial d = { 0 };

	call_text_code(&d, "Acme", "web1", "123456", codes[_i].language);
	ck_assert_str_eq(text_of(&d), codes[_i].text);
}
END_TEST

static const struct { const char *language; bool added; const char *text; } notices[] = {
	{ "en", true, "Acme: a telephone number was added for anna. Not you? Tell your administrator." },
	{ "en", false, "Acme: this telephone number no longer counts for anna. Not you? Tell your "
	    "administrator." },
	{ "nl", true, "Acme: er is een telefoonnummer toegevoegd voor anna. Was u dat niet? Bel uw "
	    "beheerder." },
	{ "nl", false, "Acme: dit telefoonnummer geldt niet meer voor anna. Was u dat niet? Bel uw "
	    "beheerder." },
};

START_TEST(a_notice_says_what_became_of_a_number)
{
	struct dial d = { 0 };

	call_text_notice(&d, "Acme", "anna", notices[_i].added, notices[_i].language);
	ck_assert_str_eq(text_of(&d), notices[_i].text);
}
END_TEST

/* The last line is what browsers and phones read. */
START_TEST(the_longest_names_leave_the_last_line_whole)
{
	char who[200], where[200], last[200] = "\n\n@";
	struct dial d = { 0 };

	memset(who, 'w', sizeof(who));
	memset(where, 'h', sizeof(where));
	who[sizeof(who) - 1] = where[sizeof(where) - 1] = '\0';
	call_text_code(&d, who, where, "12345678", codes[_i].language);
	memset(last + 3, 'h', 2 * DIAL_NAME_MAX - 1);
	memcpy(last + strlen(last), " #12345678", sizeof(" #12345678"));
	ck_assert_str_eq(strchr(text_of(&d), '\n'), last);
}
END_TEST

START_TEST(a_name_fills_nothing_in)
{
	struct dial d = { 0 };

	call_text_code(&d, "%2%s", "%n%1", "123456", "en");
	ck_assert_str_eq(text_of(&d), "%2%s: 123456 is your code to log in to %n%1. Give it to "
	    "nobody.\n\n@%n%1 #123456");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mfad_texts");
	TCase *t = tcase_create("mfad_texts");

	tcase_add_loop_test(t, a_code_says_whose_it_is_and_where_it_counts, 0, COUNT(codes));
	tcase_add_loop_test(t, a_notice_says_what_became_of_a_number, 0, COUNT(notices));
	tcase_add_loop_test(t, the_longest_names_leave_the_last_line_whole, 0, COUNT(codes));
	tcase_add_test(t, a_name_fills_nothing_in);
	suite_add_tcase(s, t);
	return suite_run(s);
}
