/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of asking a service that mfactl and mfa-phone share: links, and
 * the members of what comes back.
 */
#include <check.h>
#include <string.h>

#include "../../client/api.h"
#include "../../client/link.h"
#include "../suite.h"
#include "error.h"

#define ID	"e_AAAAAAAAAAAAAAAAAAAAAA"
#define SECRET	"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

static const struct link zero;

static void
make(struct link *l, const char *user)
{
	size_t i;

	memset(l, 0, sizeof(*l));
	snprintf(l->server, sizeof(l->server), "%s", "https://mfa.example.org:8443");
	snprintf(l->enrolment, sizeof(l->enrolment), "%s", ID);
	for (i = 0; i < sizeof(l->secret); i++)
		l->secret[i] = (unsigned char)i;
	snprintf(l->user, sizeof(l->user), "%s", user);
}

START_TEST(a_link_comes_back_as_it_was)
{
	static const char *const users[] = { "alice", "zo\xc3\xab", "a b", "a.b-c_d~e", "100%", "a/#?&",
	    "DOMAIN\\user" };
	struct link l, back;
	char text[LINK_MAX], longest[STATEMENT_USER_MAX];
	size_t i;

	for (i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		make(&l, users[i]);
		ck_assert_int_eq(link_format(&l, text), MFA_OK);
		ck_assert_uint_eq(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		    "0123456789-._~:/#%"), strlen(text));
		ck_assert_int_eq(link_parse(text, &back), MFA_OK);
		ck_assert(memcmp(&l, &back, sizeof(l)) == 0);
	}
	memset(longest, '%', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	make(&l, longest);
	ck_assert_int_eq(link_format(&l, text), MFA_OK);
	ck_assert_int_eq(link_parse(text, &back), MFA_OK);
	ck_assert_str_eq(back.user, longest);
}
END_TEST

START_TEST(a_link_is_written_in_this_form)
{
	struct link l;
	char text[LINK_MAX];

	make(&l, "al ice");
	ck_assert_int_eq(link_format(&l, text), MFA_OK);
	ck_assert_str_eq(text, "https://mfa.example.org:8443/#" ID "." SECRET ".al%20ice");
}
END_TEST

START_TEST(a_path_is_passed_over_and_a_user_may_be_missing)
{
	struct link l;

	ck_assert_int_eq(link_parse("https://a/enrol/x#" ID "." SECRET, &l), MFA_OK);
	ck_assert_str_eq(l.server, "https://a");
	ck_assert_str_eq(l.user, "");
	ck_assert_int_eq(link_parse("https://[::1]:1#" ID "." SECRET ".a", &l), MFA_OK);
	ck_assert_str_eq(l.server, "https://[::1]:1");
}
END_TEST

static const char *const no_links[] = {
	"", "#", "https://", "https://a", "https://a/#", "https://a/#" ID, "https://a/#" ID ".",
	"https://a/#" ID "." SECRET ".", "https://a/#" ID "." SECRET "A", "https://a/#" ID "," SECRET,
	"https://a/#d_AAAAAAAAAAAAAAAAAAAAAA." SECRET, "https://a/#" ID "." SECRET ".%",
	"https://a/#" ID "." SECRET ".%4", "https://a/#" ID "." SECRET ".%4g",
	"https://a/#" ID "." SECRET ".%00", "https://a/#" ID "." SECRET ".a%0a",
	"https://a/#" ID "." SECRET ".%ff", "https://a/#" ID "." SECRET ".%E2%80%AE",
	"http://a/#" ID "." SECRET, "https://a b/#" ID "." SECRET, "https://a@b/#" ID "." SECRET,
	"https://a:0/#" ID "." SECRET, "https://a:99999/#" ID "." SECRET, "//a/#" ID "." SECRET,
	"https:///#" ID "." SECRET, "https://a?x#" ID "." SECRET,
	"https://a/#e_AAAAAAAAAAAAAAAAAAAAA/." SECRET,
	"https://a/#" ID ".AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9",	/* spare bits */
};

START_TEST(nothing_else_is_a_link)
{
	char text[2048];
	struct link l;
	size_t i;

	for (i = 0; i < sizeof(no_links) / sizeof(no_links[0]); i++) {
		memset(&l, 7, sizeof(l));
		ck_assert_msg(link_parse(no_links[i], &l) == MFA_E_INVALID, "%s", no_links[i]);
		ck_assert(memcmp(&l, &zero, sizeof(l)) == 0);
	}
	snprintf(text, sizeof(text), "%s", "https://a/#" ID "." SECRET ".");
	memset(text + strlen(text), 'a', STATEMENT_USER_MAX);
	ck_assert_int_eq(link_parse(text, &l), MFA_E_INVALID);
	make(&l, "a");
	l.enrolment[3] = '/';
	ck_assert_int_eq(link_format(&l, text), MFA_E_INVALID);
	ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(a_device_has_the_id_of_its_enrolment)
{
	char device[LINK_ID_LEN + 1];

	link_device(ID, device);
	ck_assert_str_eq(device, "d_AAAAAAAAAAAAAAAAAAAAAA");
}
END_TEST

/* ---- members ---- */

static struct json_object *
parse(const char *text)
{
	struct json_object *o;

	ck_assert_int_eq(json_read(text, strlen(text), &o), MFA_OK);
	return o;
}

START_TEST(members_are_of_their_type_or_nothing)
{
	static const char *const wrong[] = { "{}", "{\"m\":null}", "{\"m\":\"1\"}", "{\"m\":1.5}",
	    "{\"m\":true}", "{\"m\":[1]}", "{\"m\":-1}", "{\"m\":11}", "{\"m\":99999999999999999999}" };
	struct json_object *o;
	int64_t n;
	size_t i;

	o = parse("{\"m\":10}");
	ck_assert_int_eq(api_number(o, "m", 0, 10, &n), MFA_OK);
	ck_assert_int_eq(n, 10);
	json_drop(&o);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		o = parse(wrong[i]);
		ck_assert_msg(api_number(o, "m", 0, 10, &n) == MFA_E_INVALID && n == 0, "%s", wrong[i]);
		json_drop(&o);
	}
}
END_TEST

START_TEST(texts_are_printable_and_fit)
{
	static const char *const wrong[] = { "{}", "{\"m\":1}", "{\"m\":\"\"}", "{\"m\":\"a\\n\"}",
	    "{\"m\":\"a\\u0000b\"}", "{\"m\":\"\\u202e\"}", "{\"m\":\"12345678\"}" };
	struct json_object *o;
	char text[8];
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		o = parse(wrong[i]);
		ck_assert_msg(api_text(o, "m", text, sizeof(text)) == MFA_E_INVALID, "%s", wrong[i]);
		ck_assert_str_eq(text, "");
		json_drop(&o);
	}
}
END_TEST

START_TEST(a_secret_is_taken_out_of_the_reply)
{
	struct json_object *o = parse("{\"m\":\"" SECRET "\"}");
	char secret[API_SECRET_MAX], again[API_SECRET_MAX];
	size_t len;

	ck_assert_int_eq(api_secret(o, "m", secret), MFA_OK);
	ck_assert_str_eq(secret, SECRET);
	ck_assert(json_text(o, "m", again, sizeof(again), &len) != MFA_OK || again[0] == '\0');
	json_drop(&o);
	o = parse("{\"m\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh+\"}");
	ck_assert_int_eq(api_secret(o, "m", secret), MFA_E_INVALID);
	ck_assert_str_eq(secret, "");
	json_drop(&o);
}
END_TEST

static int
count(void *arg, struct json_object *o)
{
	(void)o;
	return ++*(int *)arg < 3 ? MFA_OK : MFA_E_REFUSED;
}

START_TEST(lists_are_of_objects_and_bounded)
{
	struct json_object *o = parse("{\"m\":[{},{}],\"n\":[{},1],\"t\":{},\"l\":[{},{},{}]}");
	int n = 0;

	ck_assert_int_eq(api_objects(o, "m", 2, count, &n), MFA_OK);
	ck_assert_int_eq(n, 2);
	ck_assert_int_eq(api_objects(o, "m", 1, count, &n), MFA_E_INVALID);
	n = 0;
	ck_assert_int_eq(api_objects(o, "n", 9, count, &n), MFA_E_INVALID);
	ck_assert_int_eq(api_objects(o, "t", 9, count, &n), MFA_E_INVALID);
	ck_assert_int_eq(api_objects(o, "x", 9, count, &n), MFA_E_INVALID);
	n = 0;
	ck_assert_int_eq(api_objects(o, "l", 9, count, &n), MFA_E_REFUSED);
	json_drop(&o);
}
END_TEST

START_TEST(a_record_is_written_as_one_member)
{
	struct json_object *o;
	struct json_writer w;
	char body[128], text[64];
	size_t len;

	json_begin(&w, body, sizeof(body));
	api_put_true(&w, "sign");
	api_put_lines(&w, "m", "a \"b\"\nc\\d\n");
	ck_assert_int_eq(json_end(&w), MFA_OK);
	ck_assert_str_eq(body, "{\"sign\":true,\"m\":\"a \\\"b\\\"\\nc\\\\d\\n\"}");
	o = parse(body);
	ck_assert_int_eq(json_text(o, "m", text, sizeof(text), &len), MFA_OK);
	ck_assert_str_eq(text, "a \"b\"\nc\\d\n");
	json_drop(&o);
	json_begin(&w, body, sizeof(body));
	api_put_lines(&w, "m", "a\tb\n");
	ck_assert_int_eq(json_end(&w), MFA_E_INVALID);
	json_begin(&w, body, 12);
	api_put_lines(&w, "m", "a long one\n");
	ck_assert_int_eq(json_end(&w), MFA_E_INVALID);
}
END_TEST

START_TEST(a_segment_of_a_path_says_nothing_of_its_own)
{
	char out[API_SEGMENT_MAX], longest[400];

	ck_assert_str_eq(api_segment(out, "a/../b?c#d %\xc3\xa9"), "a%2F..%2Fb%3Fc%23d%20%25%C3%A9");
	memset(longest, '/', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	ck_assert_uint_lt(strlen(api_segment(out, longest)), API_SEGMENT_MAX);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("client");
	TCase *t = tcase_create("client");

	tcase_add_test(t, a_link_comes_back_as_it_was);
	tcase_add_test(t, a_link_is_written_in_this_form);
	tcase_add_test(t, a_path_is_passed_over_and_a_user_may_be_missing);
	tcase_add_test(t, nothing_else_is_a_link);
	tcase_add_test(t, a_device_has_the_id_of_its_enrolment);
	tcase_add_test(t, members_are_of_their_type_or_nothing);
	tcase_add_test(t, texts_are_printable_and_fit);
	tcase_add_test(t, a_secret_is_taken_out_of_the_reply);
	tcase_add_test(t, lists_are_of_objects_and_bounded);
	tcase_add_test(t, a_record_is_written_as_one_member);
	tcase_add_test(t, a_segment_of_a_path_says_nothing_of_its_own);
	suite_add_tcase(s, t);
	return suite_run(s);
}
