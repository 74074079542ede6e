/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What mfa-http writes and reads, without a network: requests, replies, JSON,
 * addresses.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../helper/http/fetch_reply.h"
#include "../../helper/http/json.h"
#include "../../helper/http/provider.h"
#include "../suite.h"
#include "error.h"
#include "mutate.h"
#include "text.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define MUTATIONS 10000

static struct fetch_reply reply;
static struct query in, out;

static void
set_reply(long status, const char *text, size_t len)
{
	memset(&reply, 0, sizeof(reply));
	reply.status = status;
	reply.json = true;
	reply.problem = status >= 400;
	reply.len = len;
	memcpy(reply.body, text, len);
}

/* ---- JSON ---- */

static const char *const bad_json[] = {
	"", " ", "{", "}", "[]", "null", "true", "1", "\"x\"", "{}x", "{} {}", "{,}", "{\"a\":1,}",
	"{\"a\" 1}", "{a:1}", "{'a':1}", "{\"a\":'x'}", "{\"a\":NaN}", "{\"a\":Infinity}",
	"{\"a\":-Infinity}", "{\"a\":TRUE}", "{\"a\":nul}", "{\"a\":/* */1}", "{\"a\":1}//",
	"{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":1}", "{\"b\":{\"a\":1,\"a\":2}}",
	"{\"b\":[{\"a\":1,\"a\":2}]}", "{\"a\":\"\xff\"}", "{\"a\":\"\xc3\"}", "{\"a\":\"x}",
	"{\"a\":[1}", "{\"a\":[1,]}", "[{\"a\":1}]", "{\"a\":[[[[[[[[[]]]]]]]]]}", "\xef\xbb\xbf{}",
};

START_TEST(what_is_no_json_is_not_read)
{
	struct json_object *o;

	ck_assert_int_eq(json_read(bad_json[_i], strlen(bad_json[_i]), &o), MFA_E_INVALID);
	ck_assert_ptr_null(o);
}
END_TEST

static const char *const good_json[] = {
	"{}", " { } \n", "{\"a\":1}", "{\"a\":{\"a\":1},\"b\":{\"a\":1}}", "{\"a\":\"{\\\"b\\\":1}\"}",
	"{\"a\":\"\\\\\",\"b\" : [\"x\" , \"y\"]}", "{\"a\":-1.5e+3,\"b\":true,\"c\":null}",
	"{\"\":0}", "{\"a\":\"\xc3\xa9\"}", "{\"a\":\"\\u00e9\"}", "{\"a:\":\":\"}",
};

START_TEST(what_is_json_is_read)
{
	struct json_object *o;

	ck_assert_int_eq(json_read(good_json[_i], strlen(good_json[_i]), &o), MFA_OK);
	json_drop(&o);
}
END_TEST

START_TEST(a_zero_byte_is_no_json)
{
	struct json_object *o;
	char text[8];
	size_t len;

	ck_assert_int_eq(json_read("{}\0", 3, &o), MFA_E_INVALID);
	ck_assert_int_eq(json_read("{\"a\":\"x\\u0000y\"}", 16, &o), MFA_OK);
	ck_assert_int_eq(json_text(o, "a", text, sizeof(text), &len), MFA_E_INVALID);
	json_drop(&o);
}
END_TEST

START_TEST(texts_are_bounded)
{
	static const char object[] = "{\"a\":\"abc\",\"b\":\"abcd\",\"c\":1}";
	struct json_object *o;
	char text[4];
	size_t len;

	ck_assert_int_eq(json_read(object, strlen(object), &o), MFA_OK);
	ck_assert_int_eq(json_text(o, "a", text, sizeof(text), &len), MFA_OK);
	ck_assert_str_eq(text, "abc");
	ck_assert_int_eq(json_text(o, "b", text, sizeof(text), &len), MFA_E_INVALID);
	ck_assert_str_eq(text, "");
	ck_assert_int_eq(json_text(o, "c", text, sizeof(text), &len), MFA_E_INVALID);
	ck_assert_int_eq(json_text(o, "d", text, sizeof(text), &len), MFA_E_INVALID);
	json_drop(&o);
}
END_TEST

START_TEST(what_is_written_is_whole_or_nothing)
{
	struct json_writer w;
	char buf[24];

	json_begin(&w, buf, sizeof(buf));
	ck_assert_int_eq(json_end(&w), MFA_OK);
	ck_assert_str_eq(buf, "{}");
	json_begin(&w, buf, sizeof(buf));
	json_put_text(&w, "a", "x\"\\y");
	json_put_number(&w, "b", UINT32_MAX);
	ck_assert_int_eq(json_end(&w), MFA_E_INVALID);
	ck_assert_str_eq(buf, "");
	json_begin(&w, buf, sizeof(buf));
	json_put_text(&w, "a", "x\"\\y");
	ck_assert_int_eq(json_end(&w), MFA_OK);
	ck_assert_str_eq(buf, "{\"a\":\"x\\\"\\\\y\"}");
	json_begin(&w, buf, sizeof(buf));
	json_put_text(&w, "a", "x\n");
	ck_assert_int_eq(json_end(&w), MFA_E_INVALID);
}
END_TEST

/* ---- addresses ---- */

static const struct { const char *url, *is; } urls[] = {
	{ "https://a", "https://a" }, { "https://a/", "https://a" },
	{ "https://a.example.org:8443", "https://a.example.org:8443" },
	{ "https://a:1/", "https://a:1" }, { "https://127.0.0.1:65535", "https://127.0.0.1:65535" },
	{ "https://[::1]", "https://[::1]" }, { "https://[2001:db8::1]:443/", "https://[2001:db8::1]:443" },
	{ "http://a", NULL }, { "https:/a", NULL }, { "https://", NULL }, { "https:///", NULL },
	{ "https://a//", NULL }, { "https://a/b", NULL }, { "https://a:", NULL },
	{ "https://a:0", NULL }, { "https://a:65536", NULL }, { "https://a:1x", NULL },
	{ "https://u@a", NULL }, { "https://u:p@a", NULL }, { "https://a?b", NULL },
	{ "https://a#b", NULL }, { "https://-a", NULL }, { "https://.a", NULL },
	{ "https://[::1", NULL }, { "https://[]", NULL }, { "https://[::1]x", NULL },
	{ "https://a b", NULL }, { "https://\xc3\xa9", NULL }, { "https://a%41", NULL },
	{ "HTTPS://a", NULL }, { "", NULL },
};

START_TEST(addresses)
{
	char url[SERVICE_URL_MAX];
	int r = service_url(urls[_i].url, "https", url);

	ck_assert_int_eq(r, urls[_i].is != NULL ? MFA_OK : MFA_E_INVALID);
	ck_assert_str_eq(url, r == MFA_OK ? urls[_i].is : "");
}
END_TEST

START_TEST(an_address_that_does_not_fit_is_none)
{
	char text[SERVICE_URL_MAX + 8] = "https://", url[SERVICE_URL_MAX];

	memset(text + 8, 'a', SERVICE_URL_MAX - 8);
	ck_assert_int_eq(service_url(text, "https", url), MFA_E_INVALID);
	text[SERVICE_URL_MAX - 1] = '\0';
	ck_assert_int_eq(service_url(text, "https", url), MFA_OK);
}
END_TEST

/* ---- requests ---- */

START_TEST(the_longest_names_fit)
{
	static struct errand e = { .has_phone = true };
	struct fetch_request rq = { .post = false };

	memset(e.user, '\xff', sizeof(e.user) - 1);
	ck_assert(provider_mfad.begin.ask(&e, NULL, 1, &rq));
	ck_assert_uint_eq(strlen(rq.path), strlen("/v1/users//certificates") + 3 * 256);
	ck_assert(!provider_mfad.begin.ask(&e, NULL, 2, &rq));
	memset(e.user, 'x', sizeof(e.user) - 1);
	in = (struct query){ .type = QUERY_PUSH, .nonce_len = STATEMENT_NONCE_LEN, .digits = 6,
	    .expires = UINT32_MAX, .decoy = 1, .method = QUERY_BY_CALL, .form = QUERY_FORM_HASH };
	memset(in.service, '"', sizeof(in.service) - 1);
	memset(in.origin, '\\', sizeof(in.origin) - 1);
	ck_assert(provider_mfad.choose.ask(&e, &in, 0, &rq));
	in = (struct query){ .type = QUERY_CODE };
	memset(in.code.data, '"', in.code.len = SECRET_MAX);
	ck_assert(provider_mfad.code.ask(&e, &in, 0, &rq));
	ck_assert_uint_eq(strlen(rq.body), strlen("{\"code\":\"\"}") + 2 * SECRET_MAX);
}
END_TEST

/* No phone may hear of one. */
START_TEST(a_decoy_is_said_to_be_one)
{
	static struct errand e = { .user = "anna" };
	struct fetch_request rq = { .post = false };
	uint32_t decoy;

	for (decoy = 0; decoy < 3; decoy++) {
		in = (struct query){ .type = QUERY_PUSH, .nonce_len = STATEMENT_NONCE_LEN,
		    .service = "sshd", .origin = "console", .digits = 6, .decoy = decoy,
		    .method = QUERY_BY_PUSH };
		ck_assert(provider_mfad.choose.ask(&e, &in, 0, &rq));
		ck_assert_int_eq(strstr(rq.body, ",\"decoy\":true}") != NULL, decoy != 0);
		ck_assert_int_eq(strstr(rq.body, "decoy") != NULL, decoy != 0);
	}
}
END_TEST

static const struct {
	uint32_t method, form;
	const char *body;	/* what is in it; NULL: it is not asked */
} methods[] = {
	{ QUERY_BY_PUSH, 0, ",\"digits\":6}" }, { QUERY_BY_PUSH, QUERY_FORM_HASH, ",\"digits\":6}" },
	{ QUERY_BY_CALL, 0, ",\"digits\":6,\"method\":\"call\"}" },
	{ QUERY_BY_CALL, QUERY_FORM_HASH, ",\"digits\":6,\"method\":\"call\",\"form\":\"hash\"}" },
	{ QUERY_BY_CALL, 2, ",\"digits\":6,\"method\":\"call\"}" },
	{ QUERY_BY_TEXT, QUERY_FORM_HASH, ",\"digits\":6,\"method\":\"text\"}" },
	{ QUERY_NO_METHOD, 0, NULL }, { 4, 0, NULL }, { UINT32_MAX, 0, NULL },
};

START_TEST(it_is_said_how_the_person_is_to_be_asked)
{
	static struct errand e = { .user = "anna" };
	struct fetch_request rq = { .post = false };

	in = (struct query){ .type = QUERY_PUSH, .nonce_len = STATEMENT_NONCE_LEN,
	    .service = "sshd", .origin = "console", .digits = 6, .method = methods[_i].method,
	    .form = methods[_i].form };
	ck_assert_int_eq(provider_mfad.choose.ask(&e, &in, 0, &rq), methods[_i].body != NULL);
	if (methods[_i].body != NULL)
		ck_assert_msg(strstr(rq.body, methods[_i].body) != NULL, "%s", rq.body);
}
END_TEST

/* What was keyed in is nobody's business. */
START_TEST(a_wrong_number_is_said_to_be_wrong_and_no_more)
{
	static struct errand e = { .user = "anna", .login = "l_x", .key = "k" };
	struct fetch_request rq = { .post = false };

	in = (struct query){ .type = QUERY_WRONG, .keys = "482913" };
	ck_assert(provider_mfad.wrong.ask(&e, &in, 0, &rq));
	ck_assert_str_eq(rq.path, "/v1/logins/l_x/keys");
	ck_assert_str_eq(rq.body, "{\"right\":false}");
	ck_assert_str_eq(rq.key, "k");
}
END_TEST

START_TEST(a_login_that_was_not_opened_is_not_closed)
{
	struct errand e = { .user = "anna" };
	struct fetch_request rq = { .post = false };

	in = (struct query){ .type = QUERY_CLOSE, .outcome = QUERY_GRANTED };
	ck_assert(!provider_mfad.cancel.ask(&e, &in, 0, &rq));
}
END_TEST

/* ---- replies, damaged ---- */

#define LOGIN "l_0123456789abcdefghijkl"

static const struct op {
	const struct provider_op *op;
	unsigned int step, asked, type;		/* of the reply that is whole */
	long status;
	const char *text;
	uint32_t method;
} ops[] = {
	{ &provider_mfad.begin, 0, QUERY_BEGIN, 0, 200, "{\"user\":\"anna\",\"methods\":[\"push\",\"totp\"],"
	    "\"push_locked\":false,\"locked\":false}", 0 },
	{ &provider_mfad.begin, 1, QUERY_BEGIN, QUERY_METHODS, 200,
	    "{\"certificates\":[],\"revocations\":[\"a\\nb\\n\",\"c\\n\"]}", 0 },
	{ &provider_mfad.begin, 1, QUERY_BEGIN, QUERY_METHODS, 200,
	    "{\"compulsory_from\":1790000000,\"number_digits\":6}", 0 },
	{ &provider_mfad.begin, 1, QUERY_BEGIN, QUERY_METHODS, 200,
	    "{\"compulsory_from\":null,\"number_digits\":6}", 0 },
	{ &provider_mfad.choose, 0, QUERY_PUSH, QUERY_PUSHED, 201, "{\"login\":\"" LOGIN "\","
	    "\"state\":\"waiting\",\"methods\":[\"push\"],\"expires\":1790000000}", QUERY_BY_PUSH },
	{ &provider_mfad.choose, 0, QUERY_PUSH, QUERY_FAILED, 423, "{\"type\":"
	    "\"urn:pam-mfa:problem:push-locked\",\"title\":\"locked\",\"status\":423}", 0 },
	{ &provider_mfad.poll, 0, 0, QUERY_ENDED, 200, "{\"login\":\"" LOGIN "\","
	    "\"state\":\"expired\"}", QUERY_BY_PUSH },
	{ &provider_mfad.poll, 0, 0, QUERY_ANSWERED, 200, "{\"login\":\"" LOGIN "\","
	    "\"state\":\"answered\",\"answer\":{\"decision\":\"approve\",\"device\":\"d_x\","
	    "\"certificate\":\"pam_mfa device 1\\nuser anna\\n\",\"kind\":\"webauthn-es256\","
	    "\"signature\":\"MEUCIQ\",\"authenticator_data\":\"AAEC\",\"client_data\":\"e30\"}}", QUERY_BY_PUSH },
	{ &provider_mfad.code, 0, QUERY_CODE, QUERY_CODED, 200,
	    "{\"result\":\"accepted\",\"factor\":\"totp\"}", 0 },
	{ &provider_mfad.code, 0, QUERY_CODE, QUERY_CODED, 200,
	    "{\"result\":\"accepted\",\"factor\":\"sms\"}", 0 },
	{ &provider_mfad.begin, 0, QUERY_BEGIN, 0, 200, "{\"user\":\"anna\",\"methods\":[\"call\","
	    "\"text\"],\"method\":\"text\",\"push_locked\":false,\"locked\":false}", 0 },
	{ &provider_mfad.choose, 0, QUERY_PUSH, QUERY_PUSHED, 201, "{\"login\":\"" LOGIN "\","
	    "\"state\":\"waiting\",\"methods\":[\"call\"],\"expires\":1790000000}", QUERY_BY_CALL },
	{ &provider_mfad.choose, 0, QUERY_PUSH, QUERY_FAILED, 429, "{\"type\":"
	    "\"urn:pam-mfa:problem:too-many-calls\",\"title\":\"later\",\"status\":429}",
	    QUERY_BY_TEXT },
	{ &provider_mfad.poll, 0, 0, QUERY_KEYED, 200, "{\"login\":\"" LOGIN "\","
	    "\"state\":\"keyed\",\"keys\":\"482913\"}", QUERY_BY_CALL },
	{ &provider_mfad.poll, 0, 0, QUERY_KEYED, 200, "{\"login\":\"" LOGIN "\","
	    "\"state\":\"keyed\",\"keys\":\"\"}", QUERY_BY_CALL },
	{ &provider_mfad.poll, 0, 0, QUERY_ENDED, 200, "{\"login\":\"" LOGIN "\","
	    "\"state\":\"cancelled\",\"why\":\"hung-up\"}", QUERY_BY_CALL },
	{ &provider_mfad.poll, 0, 0, QUERY_ENDED, 200, "{\"login\":\"" LOGIN "\","
	    "\"state\":\"cancelled\",\"why\":\"gateway\"}", QUERY_BY_TEXT },
	{ &provider_mfad.wrong, 0, QUERY_WRONG, QUERY_AGAIN, 200, "{\"again\":true}",
	    QUERY_BY_CALL },
};

static int
read_as(const struct op *o)
{
	struct errand e = { .user = "anna", .login = LOGIN, .method = o->method,
	    .has_phone = strstr(o->text, "revocations") != NULL };

	memset(&out, 0, sizeof(out));
	return o->op->read(&e, &reply, o->step, &out);
}

static const struct {
	const char *text;
	int result;
	uint32_t from;
} policies[] = {
	{ "{\"compulsory_from\":1790000000}", MFA_OK, 1790000000 },
	{ "{\"compulsory_from\":4294967295}", MFA_OK, 4294967295 },
	{ "{\"compulsory_from\":null}", MFA_OK, 0 },
	{ "{\"compulsory_from\":4294967296}", MFA_E_INVALID, 0 },
	{ "{\"compulsory_from\":18446744073709551617}", MFA_E_INVALID, 0 },
	{ "{\"compulsory_from\":0}", MFA_E_INVALID, 0 },
	{ "{\"compulsory_from\":-1}", MFA_E_INVALID, 0 },
	{ "{\"compulsory_from\":1.5}", MFA_E_INVALID, 0 },
	{ "{\"compulsory_from\":\"1790000000\"}", MFA_E_INVALID, 0 },
	{ "{\"compulsory_from\":false}", MFA_E_INVALID, 0 },
	{ "{}", MFA_E_INVALID, 0 },
};

/* Of somebody who has nothing there. */
START_TEST(a_policy_says_from_when)
{
	struct errand e = { .user = "anna" };

	memset(&out, 0, sizeof(out));
	set_reply(200, policies[_i].text, strlen(policies[_i].text));
	ck_assert_int_eq(provider_mfad.begin.read(&e, &reply, 1, &out), policies[_i].result);
	ck_assert_uint_eq(out.type, policies[_i].result == MFA_OK ? QUERY_METHODS : 0);
	ck_assert_uint_eq(out.compulsory_from, policies[_i].from);
}
END_TEST

START_TEST(replies_that_are_whole)
{
	set_reply(ops[_i].status, ops[_i].text, strlen(ops[_i].text));
	ck_assert_int_eq(read_as(&ops[_i]), MFA_OK);
	ck_assert_uint_eq(out.type, ops[_i].type);
	reply.json = reply.problem = false;
	ck_assert(read_as(&ops[_i]) == MFA_E_INVALID || out.type == QUERY_FAILED);
}
END_TEST

/* Whatever it says, it is a message that may be sent, or none. */
static void
check_out(const struct op *o, unsigned int number)
{
	struct query_dialogue d = { .begun = true, .asked = o->asked, .waits = o->asked == 0,
	    .method = o->method };
	unsigned char buf[WIRE_MAX];
	size_t len;

	ck_assert_msg(out.type == 0 || out.type == ops->type || out.type == QUERY_FAILED ||
	    out.type == o->type || out.type == QUERY_METHODS || out.type == QUERY_ENDED,
	    "mutation %u: type %u", number, out.type);
	if (out.type == 0)
		return;
	ck_assert_int_eq(query_pack(&out, buf, &len), MFA_OK);
	ck_assert_int_eq(query_permit(&d, QUERY_HTTP, &out), MFA_OK);
}

/* ---- replies, of calls and text messages ---- */

#define STATE(more) "{\"login\":\"" LOGIN "\"," more "}"
#define KEYED(keys) STATE("\"state\":\"keyed\",\"keys\":" keys)
#define CANCELLED(why) STATE("\"state\":\"cancelled\",\"why\":" why)
#define DIGITS "12345678901234567890123456789012"

static const struct {
	uint32_t method;
	const char *text;
	unsigned int type;		/* 0: it is not of the form */
	uint32_t why;
	const char *keys;
} polled[] = {
	{ QUERY_BY_CALL, KEYED("\"482913\""), QUERY_KEYED, 0, "482913" },
	{ QUERY_BY_CALL, KEYED("\"\""), QUERY_KEYED, 0, "" },
	{ QUERY_BY_CALL, KEYED("\"*0A1B2C3D\""), QUERY_KEYED, 0, "*0A1B2C3D" },
	{ QUERY_BY_CALL, KEYED("\"" DIGITS "\""), QUERY_KEYED, 0, DIGITS },
	{ QUERY_BY_CALL, KEYED("\"" DIGITS "3\""), 0, 0, NULL },
	{ QUERY_BY_CALL, KEYED("\"48#\""), 0, 0, NULL },
	{ QUERY_BY_CALL, KEYED("\"48 2\""), 0, 0, NULL },
	{ QUERY_BY_CALL, KEYED("\"48\\u0000\""), 0, 0, NULL },
	{ QUERY_BY_CALL, KEYED("\"\\uff14\""), 0, 0, NULL },
	{ QUERY_BY_CALL, KEYED("482913"), 0, 0, NULL },
	{ QUERY_BY_CALL, KEYED("null"), 0, 0, NULL },
	{ QUERY_BY_CALL, KEYED("[\"482913\"]"), 0, 0, NULL },
	{ QUERY_BY_CALL, STATE("\"state\":\"keyed\""), 0, 0, NULL },
	{ QUERY_BY_CALL, STATE("\"state\":\"answered\",\"answer\":{}"), 0, 0, NULL },
	{ QUERY_BY_PUSH, KEYED("\"482913\""), 0, 0, NULL },
	{ QUERY_BY_TEXT, KEYED("\"482913\""), 0, 0, NULL },
	{ QUERY_BY_TEXT, STATE("\"state\":\"answered\",\"answer\":{}"), 0, 0, NULL },
	{ QUERY_BY_CALL, CANCELLED("\"no-answer\""), QUERY_ENDED, QUERY_WHY_NO_ANSWER, "" },
	{ QUERY_BY_CALL, CANCELLED("\"busy\""), QUERY_ENDED, QUERY_WHY_BUSY, "" },
	{ QUERY_BY_CALL, CANCELLED("\"declined\""), QUERY_ENDED, QUERY_WHY_DECLINED, "" },
	{ QUERY_BY_CALL, CANCELLED("\"hung-up\""), QUERY_ENDED, QUERY_WHY_HUNG_UP, "" },
	{ QUERY_BY_CALL, CANCELLED("\"no-keys\""), QUERY_ENDED, QUERY_WHY_NO_KEYS, "" },
	{ QUERY_BY_CALL, CANCELLED("\"twice\""), QUERY_ENDED, QUERY_WHY_TWICE, "" },
	{ QUERY_BY_TEXT, CANCELLED("\"gateway\""), QUERY_ENDED, QUERY_WHY_GATEWAY, "" },
	{ QUERY_BY_CALL, CANCELLED("\"not-allowed\""), QUERY_ENDED, QUERY_WHY_NOT_ALLOWED, "" },
	{ QUERY_BY_CALL, CANCELLED("\"reported\""), QUERY_ENDED, QUERY_WHY_REPORTED, "" },
	{ QUERY_BY_CALL, CANCELLED("\"something-new\""), QUERY_ENDED, 0, "" },
	{ QUERY_BY_CALL, CANCELLED("null"), QUERY_ENDED, 0, "" },
	{ QUERY_BY_PUSH, STATE("\"state\":\"cancelled\""), QUERY_ENDED, 0, "" },
	{ QUERY_BY_CALL, CANCELLED("7"), 0, 0, NULL },
	{ QUERY_BY_CALL, CANCELLED("{}"), 0, 0, NULL },
	{ QUERY_BY_CALL, CANCELLED("\"" DIGITS DIGITS "\""), 0, 0, NULL },
};

START_TEST(only_what_was_asked_for_comes_back)
{
	struct errand e = { .user = "anna", .login = LOGIN, .method = polled[_i].method };

	memset(&out, 0, sizeof(out));
	set_reply(200, polled[_i].text, strlen(polled[_i].text));
	ck_assert_int_eq(provider_mfad.poll.read(&e, &reply, 0, &out),
	    polled[_i].type != 0 ? MFA_OK : MFA_E_INVALID);
	ck_assert_uint_eq(out.type, polled[_i].type);
	ck_assert_uint_eq(out.why, polled[_i].why);
	if (polled[_i].type != 0)
		ck_assert_str_eq(out.keys, polled[_i].keys);
}
END_TEST

#define OPENED(methods) STATE("\"state\":\"waiting\",\"methods\":" methods)
#define USER(method) "{\"user\":\"anna\",\"methods\":[\"push\"],\"push_locked\":false," \
	"\"locked\":false" method "}"

static const struct {
	const struct provider_op *op;
	long status;
	uint32_t method;
	const char *text;
	int result;
	uint32_t value;			/* `preferred`, `again` or `by_text` */
} others[] = {
	{ &provider_mfad.choose, 201, QUERY_BY_CALL, OPENED("[\"call\"]"), MFA_OK, 0 },
	{ &provider_mfad.choose, 201, QUERY_BY_TEXT, OPENED("[\"new\",\"text\"]"), MFA_OK, 0 },
	{ &provider_mfad.choose, 201, QUERY_BY_CALL, OPENED("[\"push\"]"), MFA_E_INVALID, 0 },
	{ &provider_mfad.choose, 201, QUERY_BY_CALL, OPENED("[\"text\"]"), MFA_E_INVALID, 0 },
	{ &provider_mfad.choose, 201, QUERY_BY_TEXT, OPENED("[]"), MFA_E_INVALID, 0 },
	{ &provider_mfad.choose, 201, QUERY_BY_TEXT, OPENED("\"text\""), MFA_E_INVALID, 0 },
	{ &provider_mfad.choose, 201, QUERY_BY_TEXT, STATE("\"state\":\"waiting\""), MFA_E_INVALID, 0 },
	{ &provider_mfad.begin, 200, 0, USER(",\"method\":\"push\""), MFA_OK, QUERY_BY_PUSH },
	{ &provider_mfad.begin, 200, 0, USER(",\"method\":\"call\""), MFA_OK, QUERY_BY_CALL },
	{ &provider_mfad.begin, 200, 0, USER(",\"method\":\"text\""), MFA_OK, QUERY_BY_TEXT },
	{ &provider_mfad.begin, 200, 0, USER(",\"method\":\"pigeon\""), MFA_OK, 0 },
	{ &provider_mfad.begin, 200, 0, USER(",\"method\":null"), MFA_OK, 0 },
	{ &provider_mfad.begin, 200, 0, USER(""), MFA_OK, 0 },
	{ &provider_mfad.begin, 200, 0, USER(",\"method\":1"), MFA_E_INVALID, 0 },
	{ &provider_mfad.begin, 200, 0, USER(",\"method\":[\"call\"]"), MFA_E_INVALID, 0 },
	{ &provider_mfad.wrong, 200, QUERY_BY_CALL, "{\"again\":true}", MFA_OK, 1 },
	{ &provider_mfad.wrong, 200, QUERY_BY_CALL, "{\"again\":false}", MFA_OK, 0 },
	{ &provider_mfad.wrong, 200, QUERY_BY_CALL, "{\"again\":1}", MFA_E_INVALID, 0 },
	{ &provider_mfad.wrong, 200, QUERY_BY_CALL, "{\"again\":\"true\"}", MFA_E_INVALID, 0 },
	{ &provider_mfad.wrong, 200, QUERY_BY_CALL, "{}", MFA_E_INVALID, 0 },
	{ &provider_mfad.code, 200, 0, "{\"result\":\"accepted\",\"factor\":\"sms\"}", MFA_OK, 1 },
	{ &provider_mfad.code, 200, 0, "{\"result\":\"accepted\",\"factor\":\"pass\"}", MFA_OK, 0 },
	{ &provider_mfad.code, 200, 0, "{\"result\":\"refused\",\"factor\":null}", MFA_OK, 0 },
	{ &provider_mfad.code, 200, 0, "{\"result\":\"accepted\",\"factor\":7}", MFA_E_INVALID, 0 },
};

START_TEST(a_reply_is_of_its_form)
{
	struct errand e = { .user = "anna", .method = others[_i].method };

	memset(&out, 0, sizeof(out));
	set_reply(others[_i].status, others[_i].text, strlen(others[_i].text));
	ck_assert_int_eq(others[_i].op->read(&e, &reply, 0, &out), others[_i].result);
	if (others[_i].result == MFA_OK)
		ck_assert_uint_eq(out.preferred + out.again + out.by_text, others[_i].value);
	else
		ck_assert_uint_eq(out.type, 0);
}
END_TEST

START_TEST(replies_that_are_damaged)
{
	const struct op *o = &ops[_i];
	size_t len = strlen(o->text);
	unsigned int n, refused = 0;
	int r;

	for (n = 0; n < MUTATIONS; n++) {
		set_reply(o->status, o->text, len);
		reply.len = mutate(reply.body, len, FETCH_REPLY_MAX, n);
		reply.body[reply.len] = '\0';
		r = read_as(o);
		ck_assert(r == MFA_OK || r == MFA_E_INVALID);
		if (r == MFA_OK)
			check_out(o, n);
		refused += r != MFA_OK || out.type == QUERY_FAILED;
	}
	ck_assert_uint_gt(refused, MUTATIONS / 2);
}
END_TEST

/* ---- heads ---- */

static uint32_t
retry_after(const char *line)
{
	static struct fetch_incoming incoming;
	char copy[256];

	memset(&incoming, 0, sizeof(incoming));
	(void)snprintf(copy, sizeof(copy), "%s\r\n", line);
	ck_assert_uint_eq(fetch_take_header(copy, 1, strlen(copy), &incoming), strlen(copy));
	return incoming.reply.retry_after;
}

START_TEST(retry_after_is_seconds)
{
	ck_assert_uint_eq(retry_after("Retry-After: 7"), 7);
	ck_assert_uint_eq(retry_after("retry-after:\t7  "), 7);
	ck_assert_uint_eq(retry_after("Retry-After: 999999999999999999999999"), 86400);
	ck_assert_uint_eq(retry_after("Retry-After: -7"), 0);
	ck_assert_uint_eq(retry_after("Retry-After: 7s"), 0);
	ck_assert_uint_eq(retry_after("Retry-After:"), 0);
	ck_assert_uint_eq(retry_after("Retry-After"), 0);
	ck_assert_uint_eq(retry_after("X-Retry-After: 7"), 0);
	ck_assert_uint_eq(retry_after("Retry-After: Wed, 21 Oct 2026 07:28:00 GMT"), 0);
}
END_TEST

START_TEST(a_head_and_a_body_are_bounded)
{
	static struct fetch_incoming incoming;
	static char data[FETCH_REPLY_MAX];
	int i;

	for (i = 0; i < FETCH_HEAD_LINES; i++)
		ck_assert_uint_eq(fetch_take_header(data, 1, 2, &incoming), 2);
	ck_assert_uint_eq(fetch_take_header(data, 1, 2, &incoming), 0);
	ck_assert(incoming.too_large);
	memset(&incoming, 0, sizeof(incoming));
	ck_assert_uint_eq(fetch_take_body(data, 1, sizeof(data) - 1, &incoming), sizeof(data) - 1);
	ck_assert_uint_eq(fetch_take_body(data, 1, 1, &incoming), 1);
	ck_assert_uint_eq(fetch_take_body(data, 1, 1, &incoming), 0);
	ck_assert(incoming.too_large);
}
END_TEST

START_TEST(words_are_printable_and_fit)
{
	char words[QUERY_WORDS_MAX], text[1024];
	int len;

	for (len = 0; len < (int)sizeof(text) - 1; len++) {
		memset(text, 0xe2, sizeof(text));
		text[len] = '\0';
		fetch_words(words, text);
		ck_assert(text_printable(words, strlen(words)));
	}
	fetch_words(words, "as it was");
	ck_assert_str_eq(words, "as it was");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("http_read");
	TCase *t = tcase_create("http_read");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, what_is_no_json_is_not_read, 0, COUNT(bad_json));
	tcase_add_loop_test(t, what_is_json_is_read, 0, COUNT(good_json));
	tcase_add_test(t, a_zero_byte_is_no_json);
	tcase_add_test(t, texts_are_bounded);
	tcase_add_test(t, what_is_written_is_whole_or_nothing);
	tcase_add_loop_test(t, addresses, 0, COUNT(urls));
	tcase_add_test(t, an_address_that_does_not_fit_is_none);
	tcase_add_test(t, the_longest_names_fit);
	tcase_add_test(t, a_decoy_is_said_to_be_one);
	tcase_add_test(t, a_login_that_was_not_opened_is_not_closed);
	tcase_add_loop_test(t, it_is_said_how_the_person_is_to_be_asked, 0, COUNT(methods));
	tcase_add_test(t, a_wrong_number_is_said_to_be_wrong_and_no_more);
	tcase_add_loop_test(t, only_what_was_asked_for_comes_back, 0, COUNT(polled));
	tcase_add_loop_test(t, a_reply_is_of_its_form, 0, COUNT(others));
	tcase_add_loop_test(t, a_policy_says_from_when, 0, COUNT(policies));
	tcase_add_loop_test(t, replies_that_are_whole, 0, COUNT(ops));
	tcase_add_loop_test(t, replies_that_are_damaged, 0, COUNT(ops));
	tcase_add_test(t, retry_after_is_seconds);
	tcase_add_test(t, a_head_and_a_body_are_bounded);
	tcase_add_test(t, words_are_printable_and_fit);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
