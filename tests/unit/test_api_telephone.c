/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Telephones: how they are proved, who is told of them, and a text for a login.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "../suite.h"
#include "call_world.h"
#include "text.h"

#define CALL	"\"method\":\"call\""
#define TEXT	"\"method\":\"text\""
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static struct api_host web;
static char login[32];

static void
setup(void)
{
	call_world_start("");
	web = api_host("web1.example.org");
}

static void
teardown(void)
{
	call_world_stop();
}

/* ---- a text ---- */

static const char *
try_code(const char *id, const char *code)
{
	ck_assert_int_eq(api_call(web.credential, "POST", api_path("/v1/logins/%s/code", id),
	    api_path("{\"code\":\"%s\"}", code)), 200);
	return api_world_text("result");
}

START_TEST(a_text_has_a_code_for_its_login_once)
{
	char code[CALL_CODE_MAX], other[CALL_CODE_MAX], text[DIAL_TEXT_MAX + 1] = "", berts[32];
	struct dial d;

	call_world_telephone("anna", CALL_MOBILE);
	call_world_telephone("bert", "06-87654321");
	call_world_login(&web, "anna", TEXT, login);
	call_world_end(call_world_accept(&d), DIAL_DONE);
	ck_assert_uint_eq(d.type, DIAL_TEXT);
	ck_assert_str_eq(d.to, CALL_MOBILE);
	memcpy(text, d.text, d.text_len);
	call_world_code(&d, code);
	ck_assert_ptr_nonnull(strstr(text, "Acme: "));
	ck_assert_ptr_nonnull(strstr(text, " is uw code om in te loggen op web1.example.org. "));
	ck_assert_ptr_nonnull(strstr(text, "\n\n@web1.example.org #"));
	call_world_login(&web, "bert", TEXT ",\"language\":\"en\"", berts);
	call_world_end(call_world_accept(&d), DIAL_DONE);
	ck_assert_str_eq(d.to, "+31687654321");
	call_world_code(&d, other);
	ck_assert_str_eq(try_code(berts, strcmp(code, other) != 0 ? code : "000000"), "refused");
	ck_assert_str_eq(try_code(login, "123"), "refused");
	ck_assert_str_eq(try_code(login, code), "accepted");
	ck_assert_str_eq(api_world_text("factor"), "sms");
	ck_assert_int_eq(api_call(web.credential, "POST", api_path("/v1/logins/%s/code", login),
	    api_path("{\"code\":\"%s\"}", code)), 410);
	ck_assert_str_eq(try_code(berts, other), "accepted");
	/* As often as somebody's was accepted. */
	ck_assert_int_eq(metric(&api, "mfad_calls_total{event=\"text\"}"), 2);
	ck_assert(metric_becomes(&api, "mfad_calls_total{event=\"approved\"}", 2));
	ck_assert_int_eq(metric(&api, "mfad_calls_total{event=\"refused\"}"), 0);
}
END_TEST

START_TEST(a_text_that_is_not_sent_is_told)
{
	struct asked a;
	struct dial d;

	call_world_telephone("anna", CALL_MOBILE);
	call_world_login(&web, "anna", TEXT, login);
	api_world_ask(&a, web.credential, "GET", api_path("/v1/logins/%s?wait=50", login), NULL);
	call_world_end(call_world_accept(&d), DIAL_GATEWAY);
	ck_assert_int_eq(api_answer(&a), 200);
	ck_assert_str_eq(api_world_text("state"), "cancelled");
	ck_assert_str_eq(api_world_text("why"), "gateway");
}
END_TEST

/* Whoever guesses meets the limit of all codes. */
START_TEST(guesses_are_counted)
{
	const char *result = "refused";
	struct dial d;
	int i;

	call_world_telephone("anna", CALL_MOBILE);
	call_world_login(&web, "anna", TEXT, login);
	call_world_end(call_world_accept(&d), DIAL_DONE);
	for (i = 0; i < 6 && strcmp(result, "refused") == 0; i++)
		result = try_code(login, "0000000");
	ck_assert_str_eq(result, "too-soon");
	ck_assert_int_eq(i, 6);
}
END_TEST

/* ---- telephones ---- */

START_TEST(a_telephone_is_proved_by_text)
{
	char code[CALL_CODE_MAX];
	struct dial d;

	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones",
	    "{\"number\":\"+31 (0)6 12345678\",\"by\":\"text\"}"), 201);
	ck_assert(!api_has("\"number\""));
	ck_assert(api_has("\"shown\":\"+31 \u2022\u2022\u2022\u2022\u2022\u2022\u202278\""));
	call_world_end(call_world_accept(&d), DIAL_DONE);
	call_world_code(&d, code);
	ck_assert_int_eq(api_get(web.credential, "/v1/users/anna"), 200);
	ck_assert(api_has("\"methods\":[],\"method\":null"));
	API_PROBLEM(404, "no-device", NULL, api_call(ADMIN, "PUT", "/v1/users/anna/method",
	    "{\"method\":\"call\"}"));
	API_PROBLEM(409, "wrong-code", "code", api_call(ADMIN, "POST",
	    "/v1/users/anna/telephones/1/proof", strcmp(code, "000000") != 0 ?
	    "{\"code\":\"000000\"}" : "{\"code\":\"111111\"}"));
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones/1/proof",
	    api_path("{\"code\":\"%s\"}", code)), 204);
	ck_assert_int_eq(api_call(ADMIN, "PUT", "/v1/users/anna/method",
	    "{\"method\":\"call\"}"), 204);
	ck_assert_int_eq(api_get(web.credential, "/v1/users/anna"), 200);
	ck_assert(api_has("\"methods\":[\"call\",\"text\"],\"method\":\"call\""));
	ck_assert_int_eq(api_get(ADMIN, "/v1/users/anna/telephones"), 200);
	ck_assert(!api_has("12345678"));
	ck_assert_int_eq(api_call(ADMIN, "DELETE", "/v1/users/anna/telephones/1", NULL), 204);
	ck_assert_int_eq(api_get(ADMIN, "/v1/users/anna/telephones"), 200);
	ck_assert(api_has("\"telephones\":[],\"method\":null"));
}
END_TEST

/* Whoever sees the number on the screen need not have the telephone. */
START_TEST(a_calls_proof_is_keyed_in_and_not_typed)
{
	char code[CALL_CODE_MAX];
	struct dial d;
	int fd;

	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones",
	    "{\"number\":\"" CALL_MOBILE "\"}"), 201);
	snprintf(code, sizeof(code), "%s", api_world_text("number"));
	fd = call_world_accept(&d);
	API_PROBLEM(409, "wrong-code", "code", api_call(ADMIN, "POST",
	    "/v1/users/anna/telephones/1/proof", api_path("{\"code\":\"%s\"}", code)));
	call_world_pick_up(fd);
	call_world_keys(fd, code);
	call_world_hear(fd, DIAL_SAY, &d);
	ck_assert_uint_eq(d.say, DIAL_THANKS);
	call_world_end(fd, DIAL_DONE);
	ck_assert_int_eq(metric(&api, "mfad_calls_total{event=\"answered\"}"), 1);
}
END_TEST

/* It was dialled once, and belongs to somebody else perhaps. */
START_TEST(a_number_that_was_not_proved_is_told_nothing)
{
	struct dial d;

	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones",
	    "{\"number\":\"" CALL_MOBILE "\"}"), 201);
	call_world_end(call_world_accept(&d), DIAL_NO_ANSWER);
	ck_assert_int_eq(api_call(ADMIN, "DELETE", "/v1/users/anna/telephones/1", NULL), 204);
	ck_assert(call_world_quiet(500));
}
END_TEST

START_TEST(a_change_is_told_to_the_others)
{
	char text[DIAL_TEXT_MAX + 1];
	struct dial d;

	call_world_telephone("anna", CALL_MOBILE);
	call_world_telephone("anna", "+31687654321");
	call_world_end(call_world_accept(&d), DIAL_DONE);
	ck_assert_uint_eq(d.type, DIAL_TEXT);
	ck_assert_str_eq(d.to, CALL_MOBILE);
	snprintf(text, sizeof(text), "%.*s", (int)d.text_len, (const char *)d.text);
	ck_assert_ptr_nonnull(strstr(text, "toegevoegd voor anna"));
	ck_assert_int_eq(api_call(ADMIN, "DELETE", "/v1/users/anna/telephones/1", NULL), 204);
	call_world_end(call_world_accept(&d), DIAL_DONE);
	ck_assert_str_eq(d.to, CALL_MOBILE);
	snprintf(text, sizeof(text), "%.*s", (int)d.text_len, (const char *)d.text);
	ck_assert_ptr_nonnull(strstr(text, "dit telefoonnummer geldt niet meer voor anna"));
	ck_assert_int_eq(api_call(ADMIN, "DELETE", "/v1/users/anna/telephones/1", NULL), 404);
	ck_assert_int_eq(api_call(ADMIN, "DELETE", "/v1/users/anna/telephones/x", NULL), 404);
	call_world_login(&web, "anna", CALL, login);
	call_world_end(call_world_accept(&d), DIAL_BUSY);
	ck_assert_str_eq(d.to, "+31687654321");
}
END_TEST

static int
add_text(const char *user, const char *number, const char *key)
{
	int status = api_call_once(ADMIN, "POST", api_path("/v1/users/%s/telephones", user),
	    api_path("{\"number\":\"%s\",\"by\":\"text\"}", number), key);
	struct dial d;

	if (status == 201 && key[0] != '1')
		call_world_end(call_world_accept(&d), DIAL_DONE);
	return status;
}

START_TEST(a_number_has_one_owner_and_a_user_has_few)
{
	char key[32], number[32];
	int i;

	call_world_telephone("anna", CALL_MOBILE);
	ck_assert_int_eq(add_text("bert", "+31687654321", "0123456789abcdef012345"), 201);
	API_PROBLEM(422, "idempotency-mismatch", NULL, add_text("bert", "+31687654322",
	    "0123456789abcdef012345"));
	API_PROBLEM(409, "name-taken", NULL, add_text("bert", CALL_MOBILE, "1123456789abcdef012345"));
	for (i = 0; i < 3; i++) {
		snprintf(key, sizeof(key), "%d2123456789abcdef01234", i == 2 ? 1 : 2);
		snprintf(number, sizeof(number), "+3161111111%d", i);
		if (i == 2)
			API_PROBLEM(409, "too-many", NULL, add_text("bert", number, key));
		else
			ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/bert/telephones",
			    api_path("{\"number\":\"%s\"}", number)), 201);
	}
}
END_TEST

static const char *const spellings[] = {
	CALL_MOBILE, "0612345678", "06-12 34 56 78", "+31 (0)6 12345678", "0031612345678",
};

START_TEST(whose_a_number_is_can_be_asked)
{
	call_world_telephone("anna", CALL_MOBILE);
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/telephones/owner",
	    api_path("{\"number\":\"%s\"}", spellings[_i])), 200);
	ck_assert(api_has("\"user\":\"anna\",\"telephone\":1,\"shown\":"));
	ck_assert(!api_has("612345678"));
}
END_TEST

START_TEST(a_number_is_nobodys_until_it_is_proved)
{
	const char *body = "{\"number\":\"" CALL_MOBILE "\"}";
	struct dial d;

	call_world_telephone("bert", "+31687654321");
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones", body), 201);
	call_world_end(call_world_accept(&d), DIAL_BUSY);
	API_PROBLEM(404, "not-found", NULL, api_call(ADMIN, "POST", "/v1/telephones/owner", body));
	API_PROBLEM(400, "invalid", "number", api_call(ADMIN, "POST", "/v1/telephones/owner",
	    "{\"number\":\"12\"}"));
}
END_TEST

START_TEST(a_proof_may_come_too_late)
{
	char code[CALL_CODE_MAX];
	struct dial d;
	int i;

	API_PROBLEM(404, "not-found", NULL, api_call(ADMIN, "POST",
	    "/v1/users/anna/telephones/1/proof", "{\"code\":\"123456\"}"));
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones",
	    "{\"number\":\"" CALL_MOBILE "\",\"by\":\"text\"}"), 201);
	call_world_end(call_world_accept(&d), DIAL_DONE);
	call_world_code(&d, code);
	call_world_telephone("bert", CALL_MOBILE);
	API_PROBLEM(409, "name-taken", NULL, api_call(ADMIN, "POST",
	    "/v1/users/anna/telephones/1/proof", api_path("{\"code\":\"%s\"}", code)));
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones/1/proof",
		    "{\"code\":\"0\"}"), 409);
	API_PROBLEM(410, "gone", NULL, api_call(ADMIN, "POST",
	    "/v1/users/anna/telephones/1/proof", api_path("{\"code\":\"%s\"}", code)));
	API_PROBLEM(400, "invalid", "method", api_call(ADMIN, "PUT", "/v1/users/anna/method",
	    "{\"method\":\"fax\"}"));
}
END_TEST

START_TEST(how_the_call_that_proves_ended_is_told)
{
	struct dial d;
	int fd;

	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones",
	    "{\"number\":\"" CALL_MOBILE "\"}"), 201);
	fd = call_world_accept(&d);
	call_world_keys(fd, "1");
	call_world_hear(fd, DIAL_SAY, &d);
	ck_assert_uint_eq(d.say, DIAL_ONCE_MORE);
	call_world_end(fd, DIAL_HUNG_UP);
	ck_assert_int_eq(api_get(ADMIN, "/v1/users/anna/telephones"), 200);
	ck_assert(api_has("\"proved\":null,\"consented\":null,\"call\":\"wrong\""));
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones",
	    "{\"number\":\"" CALL_MOBILE "\"}"), 201);
	call_world_end(call_world_accept(&d), DIAL_BUSY);
	do
		ck_assert_int_eq(api_get(ADMIN, "/v1/users/anna/telephones"), 200);
	while (!api_has("\"proved\":null,\"consented\":null,\"call\":\"busy\""));
}
END_TEST

START_TEST(another_telephone_needs_the_consent_of_the_first)
{
	static const char other[] = "{\"number\":\"+31687654321\"}";
	const bool text = _i == 1;
	char keys[CALL_CODE_MAX];
	struct dial d;
	int fd;

	call_world_telephone("anna", CALL_MOBILE);
	API_PROBLEM(409, "no-consent", NULL, api_call(ADMIN, "POST", "/v1/users/anna/telephones",
	    other));
	ck_assert(call_world_quiet(100));
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones/1/consent", text ?
	    "{\"by\":\"text\"}" : "{}"), 201);
	ck_assert(api_has("\"shown\":\"+31 "));
	snprintf(keys, sizeof(keys), "%s", text ? "" : api_world_text("number"));
	fd = call_world_accept(&d);
	ck_assert_str_eq(d.to, CALL_MOBILE);
	if (text) {
		call_world_end(fd, DIAL_DONE);
		ck_assert_ptr_nonnull(memmem(d.text, d.text_len, "andere telefoon", 15));
		memcpy(keys, d.text + strlen("Acme: met "), 6);
		keys[6] = '\0';
		ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones/1/proof",
		    api_path("{\"code\":\"%s\"}", keys)), 204);
	} else {
		ck_assert_uint_eq(d.form, DIAL_WANTS_CONSENT);
		ck_assert_str_eq(d.language, "nl");
		call_world_keys(fd, keys);
		call_world_hear(fd, DIAL_SAY, &d);
		ck_assert_uint_eq(d.say, DIAL_THANKS);
		call_world_end(fd, DIAL_DONE);
	}
	ck_assert_int_eq(api_get(ADMIN, "/v1/users/anna/telephones"), 200);
	ck_assert(!api_has("\"consented\":null"));
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones", other), 201);
	call_world_end(call_world_accept(&d), DIAL_BUSY);
	ck_assert(call_world_quiet(100));
}
END_TEST

static int
consent_by(const char *how, const char *key)
{
	return api_call_once(ADMIN, "POST", "/v1/users/anna/telephones/1/consent",
	    api_path("{\"by\":\"%s\"}", how), key);
}

START_TEST(consent_is_asked_once_and_within_limits)
{
	char code[CALL_CODE_MAX];
	struct dial d;

	call_world_stop();
	call_world_start("telephone = text\ncalls_per_user = 2\n");
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones",
	    "{\"number\":\"" CALL_MOBILE "\",\"by\":\"text\"}"), 201);
	call_world_end(call_world_accept(&d), DIAL_DONE);
	API_PROBLEM(404, "not-found", NULL, consent_by("text", "0123456789abcdef012340"));
	call_world_code(&d, code);
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones/1/proof",
	    api_path("{\"code\":\"%s\"}", code)), 204);
	API_PROBLEM(409, "no-gateway", NULL, consent_by("call", "0123456789abcdef012341"));
	API_PROBLEM(400, "invalid", "by", consent_by("fax", "0123456789abcdef012341"));
	ck_assert_int_eq(consent_by("text", "0123456789abcdef012342"), 201);
	ck_assert_int_eq(consent_by("text", "0123456789abcdef012342"), 201);
	call_world_end(call_world_accept(&d), DIAL_DONE);
	ck_assert(call_world_quiet(200));
	API_PROBLEM(422, "idempotency-mismatch", NULL, consent_by("call",
	    "0123456789abcdef012342"));
	API_PROBLEM(429, "too-many-calls", NULL, consent_by("text", "0123456789abcdef012343"));
}
END_TEST

/* 40 proofs: that a digit follows itself in none of them is no chance. */
START_TEST(what_is_to_be_keyed_in_has_no_digit_twice_in_a_row)
{
	char number[32], keys[DIAL_KEYS_MAX];
	struct dial d;
	int fd, i;

	for (i = 10; i < 50; i++) {
		(void)snprintf(number, sizeof(number), "{\"number\":\"+316123456%d\"}", i);
		ck_assert_int_eq(api_call(ADMIN, "POST", api_path("/v1/users/u%d/telephones", i),
		    number), 201);
		ck_assert(!text_repeats(api_world_text("number")));
		call_world_end(call_world_accept(&d), DIAL_BUSY);
	}
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones",
	    "{\"number\":\"" CALL_MOBILE "\"}"), 201);
	(void)snprintf(keys, sizeof(keys), "%s9", api_world_text("number"));
	keys[6] = keys[5];
	fd = call_world_accept(&d);
	for (i = 0; i < 2; i++) {
		call_world_keys(fd, keys);
		call_world_hear(fd, DIAL_SAY, &d);
		ck_assert_uint_eq(d.say, i == 0 ? DIAL_TWICE : DIAL_OVER);
	}
	call_world_end(fd, DIAL_DONE);
	ck_assert_int_eq(api_get(ADMIN, "/v1/users/anna/telephones"), 200);
	ck_assert(api_has("\"proved\":null,\"consented\":null,\"call\":\"twice\""));
}
END_TEST

static const struct { const char *path, *body, *field; } bad[] = {
	{ "/v1/users/anna/telephones", "{\"number\":\"12\"}", "number" },
	{ "/v1/users/anna/telephones", "{\"number\":\"+999 12345678\"}", "number" },
	{ "/v1/users/anna/telephones", "{\"number\":\"" CALL_MOBILE "\",\"by\":\"fax\"}", "by" },
	{ "/v1/users/anna/telephones", "{\"number\":\"" CALL_MOBILE "\",\"language\":\"xx\"}",
	    "language" },
	{ "/v1/users/anna/telephones", "{}", "number" },
	{ "/v1/users/anna/telephones/1/proof", "{\"code\":\"123456789\"}", "code" },
};

START_TEST(a_request_must_have_its_form)
{
	API_PROBLEM(400, "invalid", bad[_i].field, api_call(ADMIN, "POST", bad[_i].path,
	    bad[_i].body));
	ck_assert(call_world_quiet(0));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("api_telephone");
	TCase *t = tcase_create("api_telephone");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, a_text_has_a_code_for_its_login_once);
	tcase_add_test(t, a_text_that_is_not_sent_is_told);
	tcase_add_test(t, guesses_are_counted);
	tcase_add_test(t, a_telephone_is_proved_by_text);
	tcase_add_test(t, a_calls_proof_is_keyed_in_and_not_typed);
	tcase_add_test(t, a_number_that_was_not_proved_is_told_nothing);
	tcase_add_test(t, a_change_is_told_to_the_others);
	tcase_add_test(t, a_number_has_one_owner_and_a_user_has_few);
	tcase_add_loop_test(t, whose_a_number_is_can_be_asked, 0, COUNT(spellings));
	tcase_add_test(t, a_number_is_nobodys_until_it_is_proved);
	tcase_add_test(t, a_proof_may_come_too_late);
	tcase_add_test(t, how_the_call_that_proves_ended_is_told);
	tcase_add_loop_test(t, another_telephone_needs_the_consent_of_the_first, 0, 2);
	tcase_add_test(t, consent_is_asked_once_and_within_limits);
	tcase_add_test(t, what_is_to_be_keyed_in_has_no_digit_twice_in_a_row);
	tcase_add_loop_test(t, a_request_must_have_its_form, 0, COUNT(bad));
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
