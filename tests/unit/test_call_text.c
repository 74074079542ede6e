/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers, templates and words of mfa-call: what leaves this host, and what of it
 * comes back into a log. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "../../server/call/numbers.h"
#include "../../server/call/template.h"
#include "../../server/call/texting.h"
#include "../suite.h"
#include "error.h"

#define COUNT(a)	((int)(sizeof(a) / sizeof((a)[0])))

/* ---- numbers ---- */

static const struct {
	const char *to;
	bool valid;
} numbers[] = {
	{ "+3161234567", true }, { "+1234567", true }, { "+123456789012345", true },
	{ "", false }, { "+", false }, { "+123456", false }, { "+1234567890123456", false },
	{ "31612345678", false }, { "0031612345678", false }, { "+0612345678", false },
	{ "++31612345678", false }, { "+31 612345678", false }, { "+31-612345678", false },
	{ "+31612345678 ", false }, { "+31612345678\n", false }, { "+3161234567x", false },
	{ "+\331\241\331\242\331\243\331\244\331\245\331\246\331\247", false },
	{ "-31612345678", false }, { "+31612345678;ext=1", false }, { "tel:+31612345678", false },
};

START_TEST(only_e164_is_a_number)
{
	ck_assert_int_eq(number_valid(numbers[_i].to), numbers[_i].valid);
}
END_TEST

static const struct {
	const char *allowed[3], *refused[3], *to;
	bool may;
} rules[] = {
	{ { NULL }, { NULL }, "+31612345678", false },
	{ { "+31" }, { NULL }, "+31612345678", true },
	{ { "+31" }, { NULL }, "+32612345678", false },
	{ { "+31" }, { "+3190" }, "+31900123456", false },
	{ { "+31" }, { "+3190" }, "+31612345678", true },
	{ { "+31" }, { "+31" }, "+31612345678", false },
	{ { "+316" }, { "+31" }, "+31612345678", true },
	{ { "+316" }, { "+31" }, "+31201234567", false },
	{ { "+31", "+31900" }, { "+3190" }, "+31900123456", true },
	{ { "+31", "+31900" }, { "+3190", "+319001" }, "+31900123456", false },
	{ { "+31612345678" }, { NULL }, "+31612345678", true },
	{ { "+31612345678" }, { NULL }, "+31612345679", false },
	{ { "+316123456789" }, { NULL }, "+31612345678", false },
	{ { NULL }, { "+31" }, "+32612345678", false },
	{ { "+31" }, { NULL }, "31612345678", false },
	{ { "+3" }, { NULL }, "+31", false },
};

static struct names
list(const char *const words[3])
{
	static char *copies[2][3];
	static int turn;
	struct names n = { copies[turn ^= 1], 0 };

	for (; n.count < 3 && words[n.count] != NULL; n.count++)
		n.word[n.count] = (char *)(uintptr_t)words[n.count];
	return n;
}

START_TEST(the_longest_prefix_decides_and_a_tie_refuses)
{
	struct names allowed = list(rules[_i].allowed), refused = list(rules[_i].refused);

	ck_assert_int_eq(number_allowed(&allowed, &refused, rules[_i].to), rules[_i].may);
}
END_TEST

START_TEST(a_log_has_only_the_ends_of_a_number)
{
	char masked[NUMBER_MASKED_MAX];

	ck_assert_str_eq(number_masked("+31612345678", masked), "+31.......78");
	ck_assert_str_eq(number_masked("+123456789012345", masked), "+12...........45");
	ck_assert_str_eq(number_masked("31612345678", masked), "-");
	ck_assert_str_eq(number_masked("", masked), "-");
}
END_TEST

static const struct { const char *words, *shown; } hidden[] = {
	{ "", "" }, { "Not Found", "Not Found" }, { "error 123456 of 9", "error 123456 of 9" },
	{ "+31612345678", "+***********" }, { "a0612345678b", "a**********b" },
	{ "06 12-34.56/78 x", "** **-**.**/** x" }, { "(0031) 6 - 123 45678.", "(****) * - *** *****." },
	{ "1,2345678", "1,*******" }, { "12x 1234567", "12x *******" }, { "123456", "123456" },
	{ "1234567 and 1234567", "******* and *******" }, { "12 ", "12 " },
};

START_TEST(a_number_in_words_of_others_is_hidden)
{
	char words[64];

	snprintf(words, sizeof(words), "%s", hidden[_i].words);
	number_hide(words);
	ck_assert_str_eq(words, hidden[_i].shown);
}
END_TEST

/* ---- templates ---- */

static struct secret secret;
static struct template_values values = { .to = "+31612345678", .id = "l_1-A", .secret = &secret };

static void
give(const char *text, const char *word)
{
	values.text = text;
	values.text_len = strlen(text);
	ck_assert_int_eq(secret_set(&secret, word, strlen(word)), MFA_OK);
}

static const struct {
	const char *template;
	enum template_place place;
	const char *text, *filled;	/* NULL: it is refused */
} fillings[] = {
	{ "a{to}b", TEMPLATE_URL, "", "a%2B31612345678b" },
	{ "{to_digits}{id}", TEMPLATE_URL, "", "31612345678l_1-A" },
	{ "{text}", TEMPLATE_URL, "a b&c=d+e%f/g?h#i~_-.\n", "a%20b%26c%3Dd%2Be%25f%2Fg%3Fh%23i~_-.%0A" },
	{ "{text}", TEMPLATE_FORM, "\303\251\360\237\230\200", "%C3%A9%F0%9F%98%80" },
	{ "{text}", TEMPLATE_URL, "{to}", "%7Bto%7D" },
	{ "\"{text}\"", TEMPLATE_JSON, "\"\\\n\303\251/\177", "\"\\\"\\\\\\n\303\251/\\u007F\"" },
	{ "{\"a\": {\"b\": \"{to}\"}}", TEMPLATE_JSON, "", "{\"a\": {\"b\": \"+31612345678\"}}" },
	{ "{text}", TEMPLATE_JSON, "{to}\",\"x\":\"", "{to}\\\",\\\"x\\\":\\\"" },
	{ "A: {secret}{to}", TEMPLATE_HEADER, "", "A: s e&c\"+31612345678" },
	{ "{secret}", TEMPLATE_URL, "", "s%20e%26c%22" },
	{ "{}{A}{ to}{to {", TEMPLATE_JSON, "", "{}{A}{ to}{to {" },
	{ "{{to}}", TEMPLATE_JSON, "", "{+31612345678}" },
	{ "{text}", TEMPLATE_HEADER, "a\nb", NULL },
	{ "{unknown}", TEMPLATE_URL, "", NULL },
};

START_TEST(a_value_is_escaped_by_where_it_stands)
{
	char out[TEMPLATE_FILLED_MAX];
	int r;

	give(fillings[_i].text, "s e&c\"");
	r = template_fill(fillings[_i].template, fillings[_i].place, &values, out);
	ck_assert_int_eq(r, fillings[_i].filled != NULL ? MFA_OK : MFA_E_INVALID);
	ck_assert_str_eq(out, fillings[_i].filled != NULL ? fillings[_i].filled : "");
}
END_TEST

START_TEST(what_does_not_fit_is_not_cut)
{
	static char template[TEMPLATE_FILLED_MAX + 1];
	char out[TEMPLATE_FILLED_MAX];

	memset(template, 'x', sizeof(template) - 2);
	ck_assert_int_eq(template_fill(template, TEMPLATE_URL, &values, out), MFA_OK);
	ck_assert_uint_eq(strlen(out), TEMPLATE_FILLED_MAX - 1);
	template[TEMPLATE_FILLED_MAX - 1] = 'x';
	ck_assert_int_eq(template_fill(template, TEMPLATE_URL, &values, out), MFA_E_INVALID);
	ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(the_longest_text_fits)
{
	static char text[DIAL_TEXT_MAX + 1], word[SECRET_MAX + 1];
	char out[TEMPLATE_FILLED_MAX];

	memset(text, '%', sizeof(text) - 1);
	memset(word, '%', sizeof(word) - 1);
	give(text, word);
	ck_assert_int_eq(template_fill("{text}{text}{secret}{secret}", TEMPLATE_URL, &values, out),
	    MFA_OK);
	ck_assert_uint_eq(strlen(out), 6 * (DIAL_TEXT_MAX + SECRET_MAX));
}
END_TEST

START_TEST(a_template_says_what_it_uses)
{
	char why[TEMPLATE_WHY_MAX];
	unsigned int uses = 0;

	ck_assert_int_eq(template_check("{to_digits}", TEMPLATE_URL, &uses, why), MFA_OK);
	ck_assert_uint_eq(uses, TEMPLATE_USES_TO);
	ck_assert_int_eq(template_check("{secret}{text}", TEMPLATE_URL, &uses, why), MFA_OK);
	ck_assert_uint_eq(uses, TEMPLATE_USES_TO | TEMPLATE_USES_SECRET | TEMPLATE_USES_TEXT);
	ck_assert_int_eq(template_check("{texts}", TEMPLATE_URL, &uses, why), MFA_E_INVALID);
	ck_assert_ptr_nonnull(strstr(why, "{texts}:"));
	ck_assert_int_eq(template_check("{text}", TEMPLATE_HEADER, &uses, why), MFA_E_INVALID);
}
END_TEST

/* ---- texts and words ---- */

static const struct {
	const char *text;
	bool sendable;
} texts[] = {
	{ "a", true }, { "a\nb", true }, { "a\n\nb\n", true }, { "\303\251 \342\202\254", true },
	{ "", false }, { "a\tb", false }, { "a\r\nb", false }, { "\033[1m", false },
	{ "\377", false }, { "\303", false }, { "a\342\200\256b", false }, { "a\nb\001", false },
};

START_TEST(a_text_is_lines_of_printable_utf8)
{
	ck_assert_int_eq(text_sendable((const unsigned char *)texts[_i].text,
	    strlen(texts[_i].text)), texts[_i].sendable);
}
END_TEST

static const struct {
	const char *from, *words;
} said[] = {
	{ "", "" }, { "no credit", "no credit" }, { "status 4829", "(its words repeat the text)" },
	{ "to 482913!", "(its words repeat the text)" }, { "x00482913", "(its words repeat the text)" },
	{ "x2913x", "(its words repeat the text)" }, { "482 913", "482 913" }, { "829", "829" },
	{ "9999 5678", "9999 5678" }, { "a\033b", "a\\x1bb" },
};

START_TEST(words_do_not_repeat_a_code)
{
	static const char bytes[DIAL_TEXT_MAX + 1] = "Your code 482913 for web12";
	const struct text t = { .bytes = bytes, .len = strlen(bytes) };
	char words[DIAL_WORDS_MAX];

	text_words(&t, said[_i].from, words);
	ck_assert_str_eq(words, said[_i].words);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("call_text");
	TCase *t = tcase_create("text");

	tcase_add_loop_test(t, only_e164_is_a_number, 0, COUNT(numbers));
	tcase_add_loop_test(t, the_longest_prefix_decides_and_a_tie_refuses, 0, COUNT(rules));
	tcase_add_test(t, a_log_has_only_the_ends_of_a_number);
	tcase_add_loop_test(t, a_number_in_words_of_others_is_hidden, 0, COUNT(hidden));
	tcase_add_loop_test(t, a_value_is_escaped_by_where_it_stands, 0, COUNT(fillings));
	tcase_add_test(t, what_does_not_fit_is_not_cut);
	tcase_add_test(t, the_longest_text_fits);
	tcase_add_test(t, a_template_says_what_it_uses);
	tcase_add_loop_test(t, a_text_is_lines_of_printable_utf8, 0, COUNT(texts));
	tcase_add_loop_test(t, words_do_not_repeat_a_code, 0, COUNT(said));
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
