/* SPDX-License-Identifier: BSD-2-Clause */
/* Every operation of the API with callers that it is not for, and with bodies
 * that are not its own. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "../suite.h"
#include "api_world.h"

#define COUNT(a)	((int)(sizeof(a) / sizeof((a)[0])))
#define L	"l_AAAAAAAAAAAAAAAAAAAAAA"
#define E	"e_AAAAAAAAAAAAAAAAAAAAAA"
#define H	"h_AAAAAAAAAAAAAAAAAAAAAA"
#define D	"d_AAAAAAAAAAAAAAAAAAAAAA"
#define S43	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

enum who { HOST = 1, DEVICE = 2, ROOT = 4, NOBODY = 8 };

static struct api_host web;
static struct api_phone anna;

static void
setup(void)
{
	api_start("");
	web = api_host("web1");
	anna = api_phone(&web, "anna");
}

static void
teardown(void)
{
	api_stop();
}

/* A body that is taken, or is refused for nothing in it. */
static const struct {
	const char *method, *path;
	enum who who;
	const char *body, *optional;	/* its optional members, with blanks around */
} operations[] = {
	{ "POST", "/v1/hosts", NOBODY, "{\"token\":\"j\",\"name\":\"x\"}", " name " },
	{ "POST", "/v1/hosts/self/key", HOST, "{}", "" },
	{ "GET", "/v1/hosts/self", HOST, NULL, NULL },
	{ "GET", "/v1/hosts", ROOT, NULL, NULL },
	{ "DELETE", "/v1/hosts/" H, ROOT, NULL, NULL },
	{ "POST", "/v1/join-tokens", ROOT, "{\"name\":\"x\",\"life\":60}", " name " },
	{ "POST", "/v1/logins", HOST, "{\"user\":\"anna\",\"service\":\"s\",\"origin\":\"o\","
	    "\"nonce\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"expires\":1,\"digits\":6,\"push\":true,"
	    "\"decoy\":false,\"method\":\"push\",\"language\":\"en\"}",
	    " digits push decoy method language " },
	{ "GET", "/v1/logins", ROOT, NULL, NULL },
	{ "GET", "/v1/logins/" L, HOST, NULL, NULL },
	{ "POST", "/v1/logins/" L "/close", HOST, "{\"outcome\":\"code\"}", "" },
	{ "POST", "/v1/logins/" L "/code", HOST, "{\"code\":\"123456\"}", "" },
	{ "GET", "/v1/users/anna", HOST, NULL, NULL },
	{ "GET", "/v1/users/anna/certificates", HOST, NULL, NULL },
	{ "POST", "/v1/users/anna/code", HOST, "{\"code\":\"123456\"}", "" },
	{ "GET", "/v1/revocations", HOST, NULL, NULL },
	{ "GET", "/v1/policy", HOST, NULL, NULL },
	{ "POST", "/v1/enrolments", HOST, "{\"user\":\"x\",\"life\":60}", "" },
	{ "GET", "/v1/enrolments/" E, HOST, NULL, NULL },
	{ "PUT", "/v1/enrolments/" E "/device", NOBODY, "{\"name\":\"x\",\"kind\":\"p256\","
	    "\"key\":\"A\",\"origin\":\"-\",\"proof\":\"" S43 "\"}", "" },
	{ "PUT", "/v1/enrolments/" E "/certificate", HOST, "{\"certificate\":\"x\"}",
	    " certificate " },
	{ "GET", "/v1/device", DEVICE, NULL, NULL },
	{ "GET", "/v1/device/logins", DEVICE, NULL, NULL },
	{ "GET", "/v1/device/logins/" L, DEVICE, NULL, NULL },
	{ "POST", "/v1/device/logins/" L "/answer", DEVICE, "{\"decision\":\"deny\","
	    "\"signature\":\"A\",\"authenticator_data\":\"A\",\"client_data\":\"A\"}",
	    " authenticator_data client_data " },
	{ "GET", "/v1/users", ROOT, NULL, NULL },
	{ "GET", "/v1/users/anna/devices", ROOT, NULL, NULL },
	{ "DELETE", "/v1/devices/" D, ROOT, NULL, NULL },
	{ "PUT", "/v1/users/bert/lock", ROOT, "{\"what\":\"all\",\"reason\":\"x\"}", " reason " },
	{ "DELETE", "/v1/users/bert/lock?what=all", ROOT, NULL, NULL },
	{ "POST", "/v1/logins/" L "/keys", HOST, "{\"right\":false}", "" },
	{ "GET", "/v1/users/bert/telephones", ROOT, NULL, NULL },
	{ "POST", "/v1/users/bert/telephones", ROOT, "{\"number\":\"+31612345678\","
	    "\"by\":\"text\",\"language\":\"nl\"}", " by language " },
	{ "DELETE", "/v1/users/bert/telephones/1", ROOT, NULL, NULL },
	{ "POST", "/v1/users/bert/telephones/1/proof", ROOT, "{\"code\":\"123456\"}", "" },
	{ "POST", "/v1/users/bert/telephones/1/consent", ROOT, "{}", "" },
	{ "POST", "/v1/telephones/owner", ROOT, "{\"number\":\"+31612345678\"}", "" },
	{ "PUT", "/v1/users/bert/method", ROOT, "{\"method\":\"push\"}", "" },
	{ "GET", "/v1/users/bert/tokens", ROOT, NULL, NULL },
	{ "POST", "/v1/users/bert/tokens", ROOT, "{\"name\":\"x\",\"kind\":\"totp\","
	    "\"algorithm\":\"SHA1\",\"digits\":6,\"period\":30,\"counter\":0,"
	    "\"secret\":\"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\",\"code\":\"12345678\"}",
	    " kind algorithm digits period counter secret code " },
	{ "DELETE", "/v1/users/bert/tokens/1", ROOT, NULL, NULL },
	{ "POST", "/v1/users/bert/recovery", ROOT, "{}", "" },
	{ "POST", "/v1/users/bert/passes", ROOT, "{\"life\":60,\"uses\":1}", " uses " },
	{ "GET", "/v1/audit", ROOT, NULL, NULL },
	{ "POST", "/v1/backup", ROOT, "{\"path\":\"x\"}", "" },
};

static const char *
right(int i)
{
	return operations[i].who == HOST ? web.credential :
	    operations[i].who == DEVICE ? anna.credential :
	    operations[i].who == ROOT ? ADMIN : ANYBODY;
}

static int
call(int i, const char *who, const char *body)
{
	return api_call(who, operations[i].method, operations[i].path, body);
}

START_TEST(other_callers_are_refused)
{
	char wrong[80];
	int i;

	for (i = 0; i < COUNT(operations); i++) {
		const char *body = operations[i].body;

		if (operations[i].who == NOBODY)
			continue;
		API_PROBLEM(401, "unauthenticated", NULL, call(i, ANYBODY, body));
		ck_assert(api_has("\r\nWWW-Authenticate: Bearer realm=\"mfad\"\r\n"));
		if (operations[i].who != HOST)
			API_PROBLEM(403, "forbidden", NULL, call(i, web.credential, body));
		if (operations[i].who != DEVICE)
			API_PROBLEM(403, "forbidden", NULL, call(i, anna.credential, body));
		if (operations[i].who != ROOT)
			API_PROBLEM(403, "forbidden", NULL, call(i, ADMIN, body));
		/* The right id and another secret. */
		snprintf(wrong, sizeof(wrong), "%s", web.credential);
		wrong[30] ^= 1;
		API_PROBLEM(401, "unauthenticated", NULL, call(i, wrong, body));
	}
}
END_TEST

static const char *const credentials[] = {
	"", "x", H, H "." S43, D "." S43, "j_AAAAAAAAAAAAAAAAAAAAAA." S43, H "." S43 "A",
};

START_TEST(what_is_no_credential_is_nobody)
{
	API_PROBLEM(401, "unauthenticated", NULL, api_get(credentials[_i], "/v1/hosts/self"));
	API_PROBLEM(401, "unauthenticated", NULL, api_get(credentials[_i], "/v1/device"));
}
END_TEST

static const char *const no_objects[] = {
	"", " ", "x", "null", "1", "\"a\"", "[]", "[{}]", "{", "{\"", "{}}", "{} x", "{\"a\":{}}",
	"{\"a\":[]}", "{\"a\":NaN}", "{'a':1}", "{\"a\":1,}", "{a:1}", "{\"a\":1 /* x */}",
	"{\"a\":\"\xff\"}", "{\"a\":\"\xc0\x80\"}", "{\"a\":\"\xed\xa0\x80\"}", "\xef\xbb\xbf{}",
};

START_TEST(what_is_no_object_is_refused)
{
	int i;

	for (i = 0; i < COUNT(operations); i++)
		if (operations[i].body != NULL)
			ck_assert_msg(call(i, right(i), no_objects[_i]) == 400, "%s %s: %s",
			    operations[i].method, operations[i].path, no_objects[_i]);
}
END_TEST

/* The body with a member left out, or changed to JSON text. */
static const char *
change(const char *body, const char *member, const char *to)
{
	static char text[2048];
	struct json_object *o = json_tokener_parse(body);

	if (to == NULL)
		json_object_object_del(o, member);
	else
		json_object_object_add(o, member, json_tokener_parse(to));
	snprintf(text, sizeof(text), "%s", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
	return text;
}

static void
expect_types(int i, const char *member, struct json_object *value)
{
	static const char *const others[] = { "1", "1.5", "true", "\"x\"", "null" };
	static const json_type types[] = { json_type_int, json_type_double, json_type_boolean,
	    json_type_string, json_type_null };
	int k;

	for (k = 0; k < COUNT(others); k++)
		if (!json_object_is_type(value, types[k]))
			API_PROBLEM(400, "invalid", member, call(i, right(i),
			    change(operations[i].body, member, others[k])));
}

START_TEST(members_are_of_their_types_and_known)
{
	char named[64], twice[4096];
	struct json_object *o;
	int i;

	for (i = 0; i < COUNT(operations); i++) {
		const char *body = operations[i].body;

		if (body == NULL)
			continue;
		API_PROBLEM(400, "invalid", "unknown", call(i, right(i),
		    change(body, "unknown", "1")));
		o = json_tokener_parse(body);
		json_object_object_foreach(o, name, value) {
			expect_types(i, name, value);
			snprintf(twice, sizeof(twice), "{\"%s\":%s,%s", name,
			    json_object_to_json_string(value), body + 1);
			API_PROBLEM(400, "invalid", NULL, call(i, right(i), twice));
			snprintf(named, sizeof(named), " %s ", name);
			if (strstr(operations[i].optional, named) == NULL)
				API_PROBLEM(400, "invalid", name, call(i, right(i),
				    change(body, name, NULL)));
		}
		json_object_put(o);
	}
}
END_TEST

START_TEST(another_type_of_body_is_refused)
{
	char request[1024];
	int i;

	for (i = 0; i < COUNT(operations); i++) {
		struct asked a = { .body = "" };
		bool admin = operations[i].who == ROOT;
		const char *body = operations[i].body;

		if (body == NULL)
			continue;
		/* The connection is made by a request that is withdrawn. */
		api_world_ask(&a, right(i), "GET", "/v1/health", NULL);
		ck_assert_int_eq(client_reply(&a.client), 200);
		snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\nHost: a\r\n%s%s%s"
		    "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n%s",
		    operations[i].method, operations[i].path,
		    right(i) == NULL || admin ? "" : "Authorization: Bearer ",
		    right(i) == NULL || admin ? "" : right(i),
		    right(i) == NULL || admin ? "" : "\r\n", strlen(body), body);
		snprintf(a.method, sizeof(a.method), "%s", operations[i].method);
		snprintf(a.path, sizeof(a.path), "%s", operations[i].path);
		client_send(&a.client, request);
		ck_assert_int_eq(api_answer(&a), 415);
	}
}
END_TEST

START_TEST(paths_and_methods_are_known)
{
	ck_assert_int_eq(api_get(web.credential, "/v1/nothing"), 404);
	ck_assert_int_eq(api_get(web.credential, "/v1/logins/" L "/x"), 404);
	ck_assert_int_eq(api_call(web.credential, "PUT", "/v1/logins", "{}"), 405);
	ck_assert(api_has("\r\nAllow: GET, POST\r\n"));
	ck_assert_int_eq(api_get(web.credential, "/v1/users/%%ff"), 400);
	ck_assert_int_eq(api_get(web.credential, "/v1/users/%%41"), 400);
	ck_assert_int_eq(api_get(web.credential, "/v1/users/a%%2Fb"), 400);
	API_PROBLEM(400, "invalid", "user", api_get(web.credential, "/v1/users/%0257d", 0));
	ck_assert_int_eq(api_get(web.credential, "/v1/users/%0256d", 0), 200);
}
END_TEST

START_TEST(what_anybody_may_see)
{
	ck_assert_int_eq(api_get(ANYBODY, "/v1/health"), 200);
	ck_assert_int_eq(api_get(ANYBODY, "/metrics"), 200);
	ck_assert_int_eq(api_get(ADMIN, "/metrics"), 200);
	ck_assert(api_has("\nmfad_writer_queue "));
	ck_assert_int_eq(api_get(ANYBODY, "/v1/openapi.json"), 200);
	ck_assert_str_eq(api_world_text("openapi"), "3.1.0");
	ck_assert_int_eq(api_get(web.credential, "/v1/policy"), 200);
	ck_assert_int_eq(api_world_number("number_digits"), 6);
	ck_assert(api_has("\"compulsory_from\":null"));
}
END_TEST

START_TEST(metrics_are_for_some)
{
	api_start("metrics_from = none\n");
	ck_assert_int_eq(api_get(ANYBODY, "/metrics"), 403);
	ck_assert_int_eq(api_get(ADMIN, "/metrics"), 200);
	api_stop();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("api_callers");
	TCase *tc = tcase_create("callers"), *own = tcase_create("own");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, other_callers_are_refused);
	tcase_add_loop_test(tc, what_is_no_credential_is_nobody, 0, COUNT(credentials));
	tcase_add_loop_test(tc, what_is_no_object_is_refused, 0, COUNT(no_objects));
	tcase_add_test(tc, members_are_of_their_types_and_known);
	tcase_add_test(tc, another_type_of_body_is_refused);
	tcase_add_test(tc, paths_and_methods_are_known);
	tcase_add_test(tc, what_anybody_may_see);
	suite_add_tcase(s, tc);
	tcase_set_timeout(own, 60);
	tcase_add_test(own, metrics_are_for_some);
	suite_add_tcase(s, own);
	return suite_run(s);
}
