/* SPDX-License-Identifier: BSD-2-Clause */
/* Hosts, enrolments, users and records through the shipped mfad. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../suite.h"
#include "api_world.h"

#define KEY	"aaaaaaaaaaaaaaaaaaaaaa"
#define NOT_A	"AAAAAAAAAAAAAAAAAAAAAA"

static struct api_host web;

static void
setup(void)
{
	api_start("");
	web = api_host("web1");
}

static void
teardown(void)
{
	api_stop();
}

static const char *
join_body(const char *token, const char *name)
{
	static char body[256];

	snprintf(body, sizeof(body), name != NULL ? "{\"token\":\"%s\",\"name\":\"%s\"}" :
	    "{\"token\":\"%s\"}", token, name);
	return body;
}

static size_t
count(const char *list)
{
	struct json_object *o = NULL;

	ck_assert(json_object_object_get_ex(api_json(), list, &o));
	return json_object_array_length(o);
}

/* ---- hosts ---- */

START_TEST(a_token_lets_one_host_in)
{
	char token[80], first[512];

	api_token(NULL, token);
	API_PROBLEM(400, "invalid", "name", api_call(ANYBODY, "POST", "/v1/hosts",
	    join_body(token, NULL)));
	API_PROBLEM(409, "name-taken", NULL, api_call(ANYBODY, "POST", "/v1/hosts",
	    join_body(token, "web1")));
	ck_assert_int_eq(api_call_once(ANYBODY, "POST", "/v1/hosts", join_body(token, "db1"), KEY),
	    201);
	ck_assert(api_has("\"authorities\":[\"ed25519 "));
	snprintf(first, sizeof(first), "%s", api_body());
	ck_assert_int_eq(api_call_once(ANYBODY, "POST", "/v1/hosts", join_body(token, "db1"), KEY),
	    201);
	ck_assert_str_eq(api_body(), first);
	API_PROBLEM(422, "idempotency-mismatch", NULL, api_call_once(ANYBODY, "POST", "/v1/hosts",
	    join_body(token, "db2"), KEY));
	API_PROBLEM(403, "bad-token", NULL, api_call(ANYBODY, "POST", "/v1/hosts",
	    join_body(token, "db2")));
	API_PROBLEM(403, "bad-token", NULL, api_call(ANYBODY, "POST", "/v1/hosts",
	    join_body("j_x", "db2")));
	ck_assert_int_eq(api_get(ADMIN, "/v1/hosts"), 200);
	ck_assert_uint_eq(count("hosts"), 2);
	api_token("fixed", token);
	API_PROBLEM(400, "invalid", "name", api_call(ANYBODY, "POST", "/v1/hosts",
	    join_body(token, "other")));
	API_PROBLEM(400, "invalid", "life", api_call(ADMIN, "POST", "/v1/join-tokens",
	    "{\"life\":0}"));
	ck_assert_int_eq(api_call_once(ADMIN, "POST", "/v1/join-tokens", "{\"life\":60}", KEY), 201);
	API_PROBLEM(422, "idempotency-mismatch", NULL, api_call_once(ADMIN, "POST",
	    "/v1/join-tokens", "{\"life\":61}", KEY));
}
END_TEST

START_TEST(a_host_s_key_is_changed_and_voided)
{
	char fresh[80], first[128];

	ck_assert_int_eq(api_get(web.credential, "/v1/hosts/self"), 200);
	ck_assert_str_eq(api_world_text("host"), web.id);
	ck_assert_int_eq(api_call_once(web.credential, "POST", "/v1/hosts/self/key", "{}", KEY),
	    201);
	snprintf(fresh, sizeof(fresh), "%s.%s", web.id, api_world_text("key"));
	snprintf(first, sizeof(first), "%s", api_body());
	ck_assert_int_eq(api_call_once(web.credential, "POST", "/v1/hosts/self/key", "{}", KEY),
	    201);
	ck_assert_str_eq(api_body(), first);
	API_PROBLEM(422, "idempotency-mismatch", NULL, api_call_once(web.credential, "POST",
	    "/v1/hosts/self/key", "{ }", KEY));
	ck_assert_int_eq(api_get(web.credential, "/v1/hosts/self"), 200);
	ck_assert_int_eq(api_get(fresh, "/v1/hosts/self"), 200);
	usleep(200000);		/* the use of the new key is noted */
	API_PROBLEM(401, "unauthenticated", NULL, api_get(web.credential, "/v1/hosts/self"));
	ck_assert_int_eq(api_call(ADMIN, "DELETE", api_path("/v1/hosts/%s", web.id), NULL), 204);
	API_PROBLEM(401, "unauthenticated", NULL, api_get(fresh, "/v1/hosts/self"));
	API_PROBLEM(404, "not-found", NULL, api_call(ADMIN, "DELETE",
	    api_path("/v1/hosts/%s", web.id), NULL));
}
END_TEST

/* ---- enrolments ---- */

static const char *const kinds[] = { "p256", "ed25519", "webauthn-es256", "webauthn-eddsa" };

START_TEST(a_phone_is_enrolled)
{
	struct asked poll;
	char e[32], phone[80], certificate[4096];

	api_enrolment(&web, "anna", e);
	api_world_ask(&poll, web.credential, "GET", api_path("/v1/enrolments/%s?wait=50", e), NULL);
	ck_assert(api_waits(&poll, 200));
	API_PROBLEM(409, "not-offered", NULL, api_call(web.credential, "PUT",
	    api_path("/v1/enrolments/%s/certificate", e), "{\"sign\":true}"));
	ck_assert_int_eq(api_call_once(ANYBODY, "PUT", api_path("/v1/enrolments/%s/device", e),
	    api_offer(kinds[_i]), KEY), 201);
	ck_assert_str_eq(api_world_text("device") + 1, e + 1);
	snprintf(phone, sizeof(phone), "%s.%s", api_world_text("device"), api_world_text("secret"));
	ck_assert_int_eq(api_answer(&poll), 200);
	ck_assert_str_eq(api_world_text("state"), "offered");
	/* Once more, as a phone does that heard no answer. */
	ck_assert_int_eq(api_call_once(ANYBODY, "PUT", api_path("/v1/enrolments/%s/device", e),
	    api_offer(kinds[_i]), KEY), 201);
	ck_assert_str_eq(api_world_text("secret"), phone + 25);
	API_PROBLEM(409, "already-used", NULL, api_call(ANYBODY, "PUT",
	    api_path("/v1/enrolments/%s/device", e), api_offer(kinds[_i])));
	API_PROBLEM(422, "idempotency-mismatch", NULL, api_call_once(ANYBODY, "PUT",
	    api_path("/v1/enrolments/%s/device", e), api_offer(kinds[(_i + 1) % 4]), KEY));
	ck_assert_int_eq(api_get(phone, "/v1/device"), 200);
	ck_assert(api_has("\"certified\":false,\"expires\":null"));
	API_PROBLEM(403, "forbidden", NULL, api_call(phone, "POST",
	    "/v1/device/logins/l_" NOT_A "/answer", "{\"decision\":\"deny\",\"signature\":\"A\"}"));
	ck_assert_int_eq(api_call(web.credential, "PUT",
	    api_path("/v1/enrolments/%s/certificate", e), "{\"sign\":true}"), 200);
	snprintf(certificate, sizeof(certificate), "%s", api_world_text("certificate"));
	ck_assert_int_eq(api_call(web.credential, "PUT",
	    api_path("/v1/enrolments/%s/certificate", e), "{\"sign\":true}"), 200);
	ck_assert_str_eq(api_world_text("certificate"), certificate);
	ck_assert_int_eq(api_get(phone, "/v1/device"), 200);
	ck_assert(api_has("\"certified\":true"));
	ck_assert_int_eq(api_get(web.credential, "/v1/enrolments/%s?wait=50", e), 200);
	ck_assert_str_eq(api_world_text("state"), "done");
	ck_assert_int_eq(api_get(web.credential, "/v1/users/anna/certificates"), 200);
	ck_assert_uint_eq(count("certificates"), 1);
}
END_TEST

/* One line of JSON of a certificate as an authority elsewhere would sign it. */
static const char *
certificate_body(const char *user, const char *e)
{
	static char body[2048];

	snprintf(body, sizeof(body), "{\"certificate\":\"pam_mfa device 1\\nuser %s\\ndevice d%s\\n"
	    "kind p256\\nkey %.87s\\norigin -\\ncreated 1700000000\\nexpires %lld\\n"
	    "authority " NOT_A "\\nsignature AAAA\\n\"}", user, e + 1,
	    strstr(api_offer("p256"), "\"key\":\"") + 7, (long long)time(NULL) + 86400);
	return body;
}

START_TEST(a_certificate_from_elsewhere)
{
	struct api_host db = api_host("db1");
	char e[32];

	api_enrolment(&web, "anna", e);
	ck_assert_int_eq(api_call(ANYBODY, "PUT", api_path("/v1/enrolments/%s/device", e),
	    api_offer("p256")), 201);
	API_PROBLEM(400, "bad-certificate", NULL, api_call(web.credential, "PUT",
	    api_path("/v1/enrolments/%s/certificate", e), certificate_body("bert", e)));
	API_PROBLEM(404, "not-found", NULL, api_call(db.credential, "PUT",
	    api_path("/v1/enrolments/%s/certificate", e), certificate_body("anna", e)));
	API_PROBLEM(404, "not-found", NULL, api_get(db.credential, "/v1/enrolments/%s", e));
	ck_assert_int_eq(api_call(web.credential, "PUT",
	    api_path("/v1/enrolments/%s/certificate", e), certificate_body("anna", e)), 204);
	ck_assert_int_eq(api_call(web.credential, "PUT",
	    api_path("/v1/enrolments/%s/certificate", e), certificate_body("anna", e)), 204);
	API_PROBLEM(409, "already-used", NULL, api_call(web.credential, "PUT",
	    api_path("/v1/enrolments/%s/certificate", e), certificate_body("bert", e)));
	API_PROBLEM(400, "invalid", "certificate", api_call(web.credential, "PUT",
	    api_path("/v1/enrolments/%s/certificate", e), "{}"));
	API_PROBLEM(400, "invalid", "certificate", api_call(web.credential, "PUT",
	    api_path("/v1/enrolments/%s/certificate", e), "{\"sign\":true,\"certificate\":\"x\"}"));
	API_PROBLEM(404, "not-found", NULL, api_call(ANYBODY, "PUT",
	    "/v1/enrolments/e_" NOT_A "/device", api_offer("p256")));
}
END_TEST

START_TEST(what_is_no_key_is_not_signed)
{
	char e[32], body[512];

	snprintf(body, sizeof(body), "%s", api_offer("p256"));
	memset(strstr(body, "BGsX0f"), 'B', 20);
	api_enrolment(&web, "anna", e);
	ck_assert_int_eq(api_call(ANYBODY, "PUT", api_path("/v1/enrolments/%s/device", e), body),
	    201);
	API_PROBLEM(400, "bad-certificate", NULL, api_call(web.credential, "PUT",
	    api_path("/v1/enrolments/%s/certificate", e), "{\"sign\":true}"));
}
END_TEST

START_TEST(an_enrolment_has_its_time)
{
	struct asked poll;
	char e[32];

	ck_assert_int_eq(api_call_once(web.credential, "POST", "/v1/enrolments",
	    "{\"user\":\"anna\",\"life\":1}", KEY), 201);
	snprintf(e, sizeof(e), "%s", api_world_text("enrolment"));
	API_PROBLEM(422, "idempotency-mismatch", NULL, api_call_once(web.credential, "POST",
	    "/v1/enrolments", "{\"user\":\"anna\",\"life\":2}", KEY));
	api_world_ask(&poll, web.credential, "GET", api_path("/v1/enrolments/%s?wait=50", e), NULL);
	ck_assert_int_eq(api_answer(&poll), 200);
	ck_assert_str_eq(api_world_text("state"), "expired");
	API_PROBLEM(410, "gone", NULL, api_call(ANYBODY, "PUT",
	    api_path("/v1/enrolments/%s/device", e), api_offer("p256")));
	API_PROBLEM(410, "gone", NULL, api_call(web.credential, "PUT",
	    api_path("/v1/enrolments/%s/certificate", e), "{\"sign\":true}"));
	API_PROBLEM(400, "invalid", "life", api_call(web.credential, "POST", "/v1/enrolments",
	    "{\"user\":\"anna\",\"life\":86401}"));
	API_PROBLEM(400, "invalid", "wait", api_get(web.credential, "/v1/enrolments/%s?wait=", e));
}
END_TEST

START_TEST(sixteen_phones_are_enough)
{
	char e[32];
	int i;

	for (i = 0; i < 16; i++)
		(void)api_phone(&web, "anna");
	api_enrolment(&web, "anna", e);
	ck_assert_int_eq(api_call(ANYBODY, "PUT", api_path("/v1/enrolments/%s/device", e),
	    api_offer("p256")), 201);
	API_PROBLEM(409, "too-many", NULL, api_call(web.credential, "PUT",
	    api_path("/v1/enrolments/%s/certificate", e), "{\"sign\":true}"));
}
END_TEST

/* ---- users ---- */

START_TEST(a_phone_is_revoked)
{
	struct api_phone anna = api_phone(&web, "anna");
	struct asked host, phone;
	char login[32];

	api_login(&web, "anna", login);
	api_world_ask(&host, web.credential, "GET", api_path("/v1/logins/%s?wait=50", login), NULL);
	ck_assert_int_eq(api_get(anna.credential, "/v1/device/logins"), 200);
	api_world_ask(&phone, anna.credential, "GET", api_path(
	    "/v1/device/logins?wait=50&after=%lld", (long long)api_world_number("seq")), NULL);
	ck_assert(api_waits(&host, 200) && api_waits(&phone, 0));
	ck_assert_int_eq(api_get(ADMIN, "/v1/users/anna/devices"), 200);
	ck_assert_uint_eq(count("devices"), 1);
	ck_assert_int_eq(api_call(ADMIN, "DELETE", api_path("/v1/devices/%s", anna.id), NULL), 204);
	ck_assert_int_eq(api_answer(&host), 200);
	ck_assert_str_eq(api_world_text("state"), "cancelled");
	API_PROBLEM(401, "unauthenticated", NULL, api_answer(&phone));
	ck_assert_int_eq(api_get(web.credential, "/v1/users/anna/certificates"), 200);
	ck_assert_uint_eq(count("certificates"), 0);
	ck_assert_uint_eq(count("revocations"), 1);
	ck_assert_int_eq(api_get(web.credential, "/v1/revocations"), 200);
	ck_assert_uint_eq(count("revocations"), 1);
	ck_assert_int_eq(api_get(web.credential, "/v1/revocations?after=%lld",
	    (long long)api_world_number("next")), 200);
	ck_assert_uint_eq(count("revocations"), 0);
	API_PROBLEM(400, "invalid", "after", api_get(web.credential, "/v1/revocations?after=x"));
	API_PROBLEM(404, "not-found", NULL, api_call(ADMIN, "DELETE",
	    api_path("/v1/devices/%s", anna.id), NULL));
}
END_TEST

START_TEST(locks)
{
	struct api_phone anna = api_phone(&web, "anna");
	char login[32];

	api_login(&web, "anna", login);
	ck_assert_int_eq(api_call(ADMIN, "PUT", "/v1/users/anna/lock",
	    "{\"what\":\"push\",\"reason\":\"\"}"), 204);
	ck_assert_str_eq(api_state(&anna, login), "cancelled");
	API_PROBLEM(423, "push-locked", NULL, api_call(web.credential, "POST", "/v1/logins",
	    api_login_body("anna", 60)));
	ck_assert_int_eq(api_call(ADMIN, "DELETE", "/v1/users/anna/lock?what=push", NULL), 204);
	ck_assert_int_eq(api_call(ADMIN, "PUT", "/v1/users/anna/lock", "{\"what\":\"all\"}"), 204);
	API_PROBLEM(423, "locked", NULL, api_call(web.credential, "POST", "/v1/logins",
	    api_login_body("anna", 60)));
	ck_assert_int_eq(api_get(web.credential, "/v1/users/anna"), 200);
	ck_assert(api_has("\"push_locked\":false,\"locked\":true"));
	API_PROBLEM(400, "invalid", "what", api_call(ADMIN, "PUT", "/v1/users/anna/lock",
	    "{\"what\":\"some\"}"));
	API_PROBLEM(400, "invalid", "what", api_call(ADMIN, "DELETE", "/v1/users/anna/lock", NULL));
	ck_assert_int_eq(api_get(ADMIN, "/v1/users"), 200);
	ck_assert_uint_eq(count("users"), 1);
	ck_assert(api_has("\"locked\":true"));
}
END_TEST

START_TEST(users_come_in_pages)
{
	int i;

	for (i = 0; i < 5; i++)
		(void)api_phone(&web, api_path("user%d", i));
	ck_assert_int_eq(api_get(ADMIN, "/v1/users?limit=3"), 200);
	ck_assert_uint_eq(count("users"), 3);
	ck_assert_str_eq(api_world_text("next"), "user2");
	ck_assert_int_eq(api_get(ADMIN, "/v1/users?limit=3&after=user2"), 200);
	ck_assert_uint_eq(count("users"), 2);
	ck_assert(api_has("\"next\":null"));
	API_PROBLEM(400, "invalid", "limit", api_get(ADMIN, "/v1/users?limit=0"));
	API_PROBLEM(400, "invalid", "limit", api_get(ADMIN, "/v1/users?limit=1001"));
	API_PROBLEM(400, "invalid", "after", api_get(ADMIN, "/v1/users?after=a&after=b"));
}
END_TEST

/* ---- passes and codes ---- */

static const char *
code_body(const char *code)
{
	static char body[128];

	snprintf(body, sizeof(body), "{\"code\":\"%s\"}", code);
	return body;
}

static const char *
try_code(const char *path, const char *code, const char *key)
{
	ck_assert_int_eq(api_call_once(web.credential, "POST", path, code_body(code), key), 200);
	return api_world_text("result");
}

START_TEST(a_pass_is_spent_once)
{
	char pass[64], login[32], first[128];

	ck_assert_int_eq(api_call_once(ADMIN, "POST", "/v1/users/anna/passes",
	    "{\"life\":600,\"uses\":2}", KEY), 201);
	snprintf(pass, sizeof(pass), "%s", api_world_text("pass"));
	ck_assert_int_eq(api_call_once(ADMIN, "POST", "/v1/users/anna/passes",
	    "{\"life\":600,\"uses\":2}", KEY), 201);
	ck_assert_str_eq(api_world_text("pass"), pass);
	API_PROBLEM(422, "idempotency-mismatch", NULL, api_call_once(ADMIN, "POST",
	    "/v1/users/anna/passes", "{\"life\":600,\"uses\":3}", KEY));
	ck_assert_int_eq(api_get(web.credential, "/v1/users/anna"), 200);
	ck_assert(api_has("\"methods\":[\"pass\"]"));
	ck_assert_str_eq(try_code("/v1/users/anna/code", "000000", NULL), "refused");
	ck_assert_str_eq(try_code("/v1/users/anna/code", pass, KEY), "accepted");
	ck_assert_str_eq(api_world_text("factor"), "pass");
	ck_assert_int_eq(api_world_number("left"), 1);
	snprintf(first, sizeof(first), "%s", api_body());
	ck_assert_str_eq(try_code("/v1/users/anna/code", pass, KEY), "accepted");
	ck_assert_str_eq(api_body(), first);
	API_PROBLEM(422, "idempotency-mismatch", NULL, api_call_once(web.credential, "POST",
	    "/v1/users/anna/code", code_body("111111"), KEY));
	/* The second use ends a login, which no phone is asked about. */
	ck_assert_int_eq(api_call(web.credential, "POST", "/v1/logins", api_path(
	    "{\"user\":\"anna\",\"service\":\"s\",\"origin\":\"o\",\"nonce\":\"" NOT_A "\","
	    "\"expires\":%lld,\"push\":false}", (long long)time(NULL) + 60)), 201);
	snprintf(login, sizeof(login), "%s", api_world_text("login"));
	API_PROBLEM(422, "idempotency-mismatch", NULL, api_call_once(web.credential, "POST",
	    api_path("/v1/logins/%s/code", login), code_body("111111"), KEY));
	ck_assert_str_eq(try_code(api_path("/v1/logins/%s/code", login), pass, NULL), "accepted");
	API_PROBLEM(410, "gone", NULL, api_call(web.credential, "POST",
	    api_path("/v1/logins/%s/code", login), code_body(pass)));
	ck_assert_str_eq(try_code("/v1/users/anna/code", pass, NULL), "refused");
	API_PROBLEM(404, "not-found", NULL, api_call(web.credential, "POST",
	    "/v1/logins/l_" NOT_A "/code", code_body("123456")));
	ck_assert_int_eq(metric(&api, "mfad_codes_total{result=\"accepted\"}"), 3);
}
END_TEST

START_TEST(passes_have_limits)
{
	int i;

	API_PROBLEM(400, "invalid", "uses", api_call(ADMIN, "POST", "/v1/users/anna/passes",
	    "{\"life\":600,\"uses\":100}"));
	API_PROBLEM(400, "invalid", "life", api_call(ADMIN, "POST", "/v1/users/anna/passes",
	    "{\"life\":0}"));
	for (i = 0; i < 16; i++)
		ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/passes", "{\"life\":600}"),
		    201);
	API_PROBLEM(409, "too-many", NULL, api_call(ADMIN, "POST", "/v1/users/anna/passes",
	    "{\"life\":600}"));
}
END_TEST

/* A guess whose peer does not wait for the answer is a guess. */
START_TEST(failures_count_whoever_listens)
{
	struct asked a;
	int i;

	for (i = 0; i < 5; i++) {
		api_world_ask(&a, web.credential, "POST", "/v1/users/anna/code", i % 2 == 0 ?
		    "{\"code\":\"123456\"}" : "{\"code\":\"abcd-efgh-ijkl-mnop\"}");
		usleep(20000);
		client_reset(&a.client);
	}
	(void)api_phone(&web, "anna");
	for (i = 0; i < 5; i++)
		(void)try_code("/v1/users/anna/code", "123456", NULL);
	ck_assert_str_eq(try_code("/v1/users/anna/code", "123456", NULL), "too-soon");
}
END_TEST

/* ---- records and copies ---- */

START_TEST(records_say_who_did_what)
{
	struct api_phone anna = api_phone(&web, "anna");
	char login[32];
	int64_t next;

	api_login(&web, "anna", login);
	ck_assert_int_eq(api_reply(&anna, login, "deny"), 204);
	ck_assert_int_eq(api_world_close(&web, login, "refused"), 204);
	ck_assert_int_eq(api_get(ADMIN, "/v1/audit?user=anna"), 200);
	ck_assert(api_has("\"event\":\"answer\"") && api_has("\"outcome\":\"deny\""));
	next = api_world_number("next");
	ck_assert_int_eq(api_get(ADMIN, "/v1/audit?after=%lld", (long long)next), 200);
	ck_assert_uint_eq(count("records"), 0);
	ck_assert_int_eq(api_world_number("next"), next);
	ck_assert_int_eq(api_get(ADMIN, "/v1/audit?limit=2"), 200);
	ck_assert_uint_eq(count("records"), 2);
	API_PROBLEM(400, "invalid", "limit", api_get(ADMIN, "/v1/audit?limit=5000"));
	API_PROBLEM(400, "invalid", "after", api_get(ADMIN, "/v1/audit?after=-2"));
}
END_TEST

START_TEST(the_state_is_copied_while_it_is_used)
{
	static const char *const bad[] = { "copy.db", "/tmp/copy.db", "state/../copy.db",
	    "state/mfad.db-wal", "state/", "state/x/copy.db", "state/..\\u002fcopy.db" };
	char body[256];
	struct stat st;
	size_t i;

	snprintf(body, sizeof(body), "{\"path\":\"%s\"}", mfad_path(&api, "state/copy.db"));
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/backup", body), 201);
	ck_assert_int_eq(stat(mfad_path(&api, "state/copy.db"), &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	API_PROBLEM(409, "exists", NULL, api_call(ADMIN, "POST", "/v1/backup", body));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(body, sizeof(body), "{\"path\":\"%s\"}",
		    strncmp(bad[i], "state", 5) == 0 ? mfad_path(&api, bad[i]) : bad[i]);
		API_PROBLEM(400, "invalid", "path", api_call(ADMIN, "POST", "/v1/backup", body));
	}
}
END_TEST

/* The others' phones it does not vouch for. */
START_TEST(only_hosts_that_are_named_have_phones_certified)
{
	static const struct { const char *line; bool may; } lines[] = {
		{ "sign_for = desk.example.org, web1\n", true }, { "sign_for = any\n", true },
		{ "sign_for = desk.example.org\n", false }, { "sign_for = web1.example.org\n", false },
		{ "sign_for = none\n", false },
	};
	char e[32];
	int status;

	api_start(lines[_i].line);
	web = api_host("web1");
	api_enrolment(&web, "anna", e);
	status = api_call(ANYBODY, "PUT", api_path("/v1/enrolments/%s/device", e), api_offer("p256"));
	ck_assert_int_eq(status, 201);
	status = api_call(web.credential, "PUT", api_path("/v1/enrolments/%s/certificate", e),
	    "{\"sign\":true}");
	ck_assert_int_eq(status, lines[_i].may ? 200 : 409);
	ck_assert(lines[_i].may || api_has("\"urn:pam-mfa:problem:no-authority\""));
	api_stop();
}
END_TEST

START_TEST(without_an_authority)
{
	char e[32];

	api_start("number_digits = 4\ncompulsory_from = 2031-12-31\n");
	ck_assert_int_eq(unlink(mfad_path(&api, "state/authority.key")), 0);
	mfad_stop(&api);
	mfad_start(&api, "mfad");
	web = api_host("web1");
	ck_assert(api_has("\"authorities\":[]"));
	api_enrolment(&web, "anna", e);
	API_PROBLEM(409, "no-authority", NULL, api_call(web.credential, "PUT",
	    api_path("/v1/enrolments/%s/certificate", e), "{\"sign\":true}"));
	ck_assert_int_eq(api_get(web.credential, "/v1/policy"), 200);
	ck_assert_int_eq(api_world_number("number_digits"), 4);
	ck_assert_int_gt(api_world_number("compulsory_from"), 1900000000);
	api_stop();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("api_rest");
	TCase *tc = tcase_create("rest"), *own = tcase_create("own");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_token_lets_one_host_in);
	tcase_add_test(tc, a_host_s_key_is_changed_and_voided);
	tcase_add_loop_test(tc, a_phone_is_enrolled, 0, 4);
	tcase_add_test(tc, a_certificate_from_elsewhere);
	tcase_add_test(tc, what_is_no_key_is_not_signed);
	tcase_add_test(tc, an_enrolment_has_its_time);
	tcase_add_test(tc, sixteen_phones_are_enough);
	tcase_add_test(tc, a_phone_is_revoked);
	tcase_add_test(tc, locks);
	tcase_add_test(tc, users_come_in_pages);
	tcase_add_test(tc, a_pass_is_spent_once);
	tcase_add_test(tc, passes_have_limits);
	tcase_add_test(tc, failures_count_whoever_listens);
	tcase_add_test(tc, records_say_who_did_what);
	tcase_add_test(tc, the_state_is_copied_while_it_is_used);
	suite_add_tcase(s, tc);
	tcase_set_timeout(own, 60);
	tcase_add_loop_test(own, only_hosts_that_are_named_have_phones_certified, 0, 5);
	tcase_add_test(own, without_an_authority);
	suite_add_tcase(s, own);
	return suite_run(s);
}
