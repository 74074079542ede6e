/* SPDX-License-Identifier: BSD-2-Clause */
/* Tokens and recovery codes that an administrator gives to a user, and that
 * each work once for all hosts, through the shipped mfad. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "../../common/otp.h"
#include "../suite.h"
#include "api_world.h"
#include "error.h"

#define KEY	"aaaaaaaaaaaaaaaaaaaaaa"
#define TOKENS	"/v1/users/anna/tokens"
#define CODE	"/v1/users/anna/code"
#define IMPORTED "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"	/* of RFC 6238 */
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static struct api_host web, db;

static void
begin(const char *more)
{
	api_start(more);
	web = api_host("web1");
	db = api_host("db1");
}

static void
setup(void)
{
	begin("issuer = Example\n");
}

static void
teardown(void)
{
	api_stop();
}

/* The code of a key in base32, so many steps from now. */
static const char *
code_of(const char *base32, int steps)
{
	static char code[OTP_CODE_MAX];
	struct secret key;

	ck_assert_int_eq(otp_key_import(base32, &key), MFA_OK);
	ck_assert_int_eq(otp_code(&otp_default, &key, (uint64_t)((int64_t)time(NULL) / 30 + steps),
	    code), MFA_OK);
	return code;
}

/* No step ends while a test counts on one. */
static void
early_in_a_step(void)
{
	while (time(NULL) % 30 >= 25)
		mfad_pause();
}

static const char *
body_of(const char *code)
{
	return api_path("{\"code\":\"%s\"}", code);
}

static const char *
type_on(const struct api_host *h, const char *code)
{
	ck_assert_int_eq(api_call(h->credential, "POST", CODE, body_of(code)), 200);
	return api_world_text("result");
}

static size_t
tokens(void)
{
	struct json_object *list = NULL;

	ck_assert_int_eq(api_get(ADMIN, TOKENS), 200);
	ck_assert(json_object_object_get_ex(api_json(), "tokens", &list));
	return json_object_array_length(list);
}

/* ---- tokens ---- */

START_TEST(a_key_is_made_shown_once_and_taken_back)
{
	char secret[128], url[512], first[1024];
	int64_t id;

	early_in_a_step();
	ck_assert_int_eq(api_call_once(ADMIN, "POST", TOKENS, "{\"name\":\"phone\"}", KEY), 201);
	id = api_world_number("token");
	snprintf(secret, sizeof(secret), "%s", api_world_text("secret"));
	ck_assert_uint_eq(strlen(secret), 32);
	snprintf(url, sizeof(url), "otpauth://totp/Example:anna?secret=%s&issuer=Example"
	    "&algorithm=SHA1&digits=6&period=30", secret);
	ck_assert_str_eq(api_world_text("url"), url);
	snprintf(first, sizeof(first), "%s", api_body());
	ck_assert_int_eq(api_call_once(ADMIN, "POST", TOKENS, "{\"name\":\"phone\"}", KEY), 201);
	ck_assert_str_eq(api_body(), first);
	API_PROBLEM(422, "idempotency-mismatch", NULL, api_call_once(ADMIN, "POST", TOKENS,
	    "{\"name\":\"tablet\"}", KEY));
	API_PROBLEM(422, "idempotency-mismatch", NULL, api_call_once(ADMIN, "POST",
	    "/v1/users/bert/tokens", "{\"name\":\"phone\"}", KEY));
	ck_assert_uint_eq(tokens(), 1);
	ck_assert(api_has("\"name\":\"phone\",\"kind\":\"totp\",\"algorithm\":\"SHA1\","
	    "\"digits\":6,\"period\":30") && api_has("\"last_used\":null"));
	ck_assert(api_has("\"issuer\":\"Example\"") && !api_has(secret));
	ck_assert_int_eq(api_get(web.credential, "/v1/users/anna"), 200);
	ck_assert(api_has("\"methods\":[\"totp\"]"));
	ck_assert_str_eq(type_on(&web, code_of(secret, 0)), "accepted");
	ck_assert_str_eq(api_world_text("factor"), "totp");
	ck_assert_str_eq(type_on(&db, code_of(secret, 0)), "replayed");
	ck_assert_int_eq(api_call(ADMIN, "DELETE", api_path(TOKENS "/%lld", (long long)id), NULL),
	    204);
	API_PROBLEM(404, "not-found", NULL, api_call(ADMIN, "DELETE",
	    api_path(TOKENS "/%lld", (long long)id), NULL));
	ck_assert_uint_eq(tokens(), 0);
	ck_assert_str_eq(type_on(&web, code_of(secret, 1)), "refused");
}
END_TEST

START_TEST(one_code_at_two_hosts_at_once_is_accepted_once)
{
	struct asked a, b;
	char answers[2][32];
	int step;

	ck_assert_int_eq(api_call(ADMIN, "POST", TOKENS,
	    "{\"name\":\"phone\",\"secret\":\"" IMPORTED "\"}"), 201);
	ck_assert(!api_has("secret"));
	early_in_a_step();
	for (step = -1; step <= 1; step++) {
		const char *body = body_of(code_of(IMPORTED, step));

		api_world_ask(&a, web.credential, "POST", CODE, body);
		api_world_ask(&b, db.credential, "POST", CODE, body);
		ck_assert_int_eq(api_answer(&a), 200);
		snprintf(answers[0], sizeof(answers[0]), "%s", api_world_text("result"));
		ck_assert_int_eq(api_answer(&b), 200);
		snprintf(answers[1], sizeof(answers[1]), "%s", api_world_text("result"));
		ck_assert_msg((strcmp(answers[0], "accepted") == 0) !=
		    (strcmp(answers[1], "accepted") == 0), "%s, %s", answers[0], answers[1]);
		ck_assert(strcmp(answers[0], "replayed") == 0 ||
		    strcmp(answers[1], "replayed") == 0);
	}
}
END_TEST

START_TEST(a_first_code_proves_and_is_spent)
{
	early_in_a_step();
	API_PROBLEM(409, "wrong-code", "code", api_call(ADMIN, "POST", TOKENS, api_path(
	    "{\"name\":\"phone\",\"secret\":\"" IMPORTED "\",\"code\":\"%s\"}",
	    code_of(IMPORTED, 9))));
	API_PROBLEM(409, "wrong-code", "code", api_call(ADMIN, "POST", TOKENS,
	    "{\"name\":\"phone\",\"secret\":\"" IMPORTED "\",\"code\":\"12345678\"}"));
	ck_assert_uint_eq(tokens(), 0);
	ck_assert_int_eq(api_call(ADMIN, "POST", TOKENS, api_path(
	    "{\"name\":\"phone\",\"secret\":\"gezd gnbv gy3t qojq gezd gnbv gy3t qojq\","
	    "\"code\":\"%s\"}", code_of(IMPORTED, 0))), 201);
	ck_assert_str_eq(type_on(&web, code_of(IMPORTED, 0)), "replayed");
	ck_assert_str_eq(type_on(&web, code_of(IMPORTED, -1)), "replayed");
	ck_assert_str_eq(type_on(&web, code_of(IMPORTED, 1)), "accepted");
}
END_TEST

/* RFC 4226 appendix D: the codes of counters 0, 3 and 4. */
START_TEST(a_counting_token_begins_where_it_is_said)
{
	ck_assert_int_eq(api_call(ADMIN, "POST", TOKENS, "{\"name\":\"fob\",\"kind\":\"hotp\","
	    "\"secret\":\"" IMPORTED "\",\"counter\":2,\"code\":\"969429\"}"), 201);
	ck_assert_str_eq(type_on(&web, "755224"), "refused");
	ck_assert_str_eq(type_on(&web, "969429"), "refused");
	ck_assert_str_eq(type_on(&web, "338314"), "accepted");
	ck_assert_uint_eq(tokens(), 1);
	ck_assert(api_has("\"kind\":\"hotp\"") && !api_has("period"));
}
END_TEST

static const struct {
	const char *field, *body;
} mistakes[] = {
	{ "name", "{\"name\":\"\"}" },
	{ "name", "{\"name\":\"a\\u0007\"}" },
	{ "kind", "{\"name\":\"a\",\"kind\":\"push\"}" },
	{ "algorithm", "{\"name\":\"a\",\"algorithm\":\"MD5\"}" },
	{ "digits", "{\"name\":\"a\",\"digits\":5}" },
	{ "digits", "{\"name\":\"a\",\"digits\":9}" },
	{ "period", "{\"name\":\"a\",\"period\":31}" },
	{ "period", "{\"name\":\"a\",\"kind\":\"hotp\",\"period\":60}" },
	{ "counter", "{\"name\":\"a\",\"counter\":1}" },
	{ "counter", "{\"name\":\"a\",\"kind\":\"hotp\",\"counter\":-1}" },
	{ "counter", "{\"name\":\"a\",\"kind\":\"hotp\",\"counter\":1000000001}" },
	{ "secret", "{\"name\":\"a\",\"secret\":\"\"}" },
	{ "secret", "{\"name\":\"a\",\"secret\":\"GEZDGNBVGY3TQOJQ1\"}" },
	{ "secret", "{\"name\":\"a\",\"secret\":\"GEZDGNBVGY3TQOJQGEZDG\"}" },
	{ "code", "{\"name\":\"a\",\"code\":\"123456\"}" },
};

START_TEST(a_mistake_is_named)
{
	API_PROBLEM(400, "invalid", mistakes[_i].field, api_call(ADMIN, "POST", TOKENS,
	    mistakes[_i].body));
	ck_assert_uint_eq(tokens(), 0);
}
END_TEST

START_TEST(tokens_have_names_and_a_limit)
{
	static const char *const none[] = { "0", "x", "-1", "01", "1x", "99999999999999999999" };
	int i;

	API_PROBLEM(400, "invalid", "user", api_call(ADMIN, "POST", "/v1/users/a%3Ab/tokens",
	    "{\"name\":\"phone\"}"));
	ck_assert_int_eq(api_get(ADMIN, "/v1/users/a%%3Ab/tokens"), 200);
	ck_assert(api_has("\"tokens\":[],\"recovery\":0"));
	for (i = 0; i < 16; i++)
		ck_assert_int_eq(api_call(ADMIN, "POST", TOKENS,
		    api_path("{\"name\":\"t%d\",\"digits\":8,\"period\":60,"
		    "\"algorithm\":\"SHA512\"}", i)), 201);
	API_PROBLEM(409, "too-many", NULL, api_call(ADMIN, "POST", TOKENS, "{\"name\":\"x\"}"));
	for (i = 0; i < COUNT(none); i++)
		API_PROBLEM(404, "not-found", NULL, api_call(ADMIN, "DELETE",
		    api_path(TOKENS "/%s", none[i]), NULL));
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/bert/tokens", "{\"name\":\"t0\"}"), 201);
	API_PROBLEM(404, "not-found", NULL, api_call(ADMIN, "DELETE",
	    api_path(TOKENS "/%lld", (long long)api_world_number("token")), NULL));
	API_PROBLEM(409, "name-taken", NULL, api_call(ADMIN, "POST", "/v1/users/bert/tokens",
	    "{\"name\":\"t0\"}"));
}
END_TEST

/* ---- the rules of the configuration ---- */

START_TEST(wrong_codes_are_counted_for_all_hosts)
{
	begin("delay_after = 3\ndelay = 3600\ndelay_max = 3600\nmax_failures = 5\n");
	ck_assert_int_eq(api_call(ADMIN, "POST", TOKENS,
	    "{\"name\":\"phone\",\"secret\":\"" IMPORTED "\"}"), 201);
	ck_assert_str_eq(type_on(&web, code_of(IMPORTED, 9)), "refused");
	ck_assert_str_eq(type_on(&db, code_of(IMPORTED, 9)), "refused");
	ck_assert_str_eq(type_on(&web, code_of(IMPORTED, 9)), "refused");
	ck_assert_str_eq(type_on(&db, code_of(IMPORTED, 0)), "too-soon");
	ck_assert_int_eq(metric(&api, "mfad_codes_total{result=\"refused\"}"), 3);
	ck_assert_int_eq(api_call(ADMIN, "DELETE", "/v1/users/anna/lock?what=all", NULL), 204);
	ck_assert_str_eq(type_on(&db, code_of(IMPORTED, 0)), "accepted");
	api_stop();
}
END_TEST

START_TEST(so_many_failures_lock)
{
	int i;

	begin("delay_after = 5\ndelay = 0\nmax_failures = 5\n");
	ck_assert_int_eq(api_call(ADMIN, "POST", TOKENS,
	    "{\"name\":\"phone\",\"secret\":\"" IMPORTED "\"}"), 201);
	for (i = 0; i < 5; i++)
		ck_assert_str_eq(type_on(&web, code_of(IMPORTED, 9)), "refused");
	ck_assert_str_eq(type_on(&db, code_of(IMPORTED, 0)), "locked");
	api_stop();
}
END_TEST

START_TEST(the_window_is_as_wide_as_it_is_set)
{
	static const struct { const char *more; int step; const char *result; } cases[] = {
		{ "totp_window = 0\n", -1, "refused" }, { "totp_window = 0\n", 0, "accepted" },
		{ "totp_window = 3\n", 3, "accepted" }, { "totp_window = 3\n", 4, "refused" },
	};

	begin(cases[_i].more);
	ck_assert_int_eq(api_call(ADMIN, "POST", TOKENS,
	    "{\"name\":\"phone\",\"secret\":\"" IMPORTED "\"}"), 201);
	early_in_a_step();
	ck_assert_str_eq(type_on(&web, code_of(IMPORTED, cases[_i].step)), cases[_i].result);
	api_stop();
}
END_TEST

/* ---- recovery codes ---- */

static void
recovery(char codes[10][24], const char *key)
{
	struct json_object *list = NULL;
	size_t i;

	ck_assert_int_eq(api_call_once(ADMIN, "POST", "/v1/users/anna/recovery", "{}", key), 201);
	ck_assert(json_object_object_get_ex(api_json(), "codes", &list));
	ck_assert_uint_eq(json_object_array_length(list), 10);
	memset(codes, 0, 10 * sizeof(codes[0]));
	for (i = 0; i < 10; i++)
		snprintf(codes[i], 24, "%s", json_object_get_string(
		    json_object_array_get_idx(list, i)));
}

START_TEST(recovery_codes_are_shown_once_and_work_once)
{
	char first[10][24], again[10][24], fresh[10][24];

	recovery(first, KEY);
	recovery(again, KEY);
	ck_assert_mem_eq(first, again, sizeof(first));
	API_PROBLEM(422, "idempotency-mismatch", NULL, api_call_once(ADMIN, "POST",
	    "/v1/users/anna/recovery", "{ }", KEY));
	API_PROBLEM(422, "idempotency-mismatch", NULL, api_call_once(ADMIN, "POST",
	    "/v1/users/bert/recovery", "{}", KEY));
	ck_assert_str_eq(type_on(&web, first[3]), "accepted");
	ck_assert_str_eq(api_world_text("factor"), "recovery");
	ck_assert_int_eq(api_world_number("left"), 9);
	ck_assert_str_eq(type_on(&db, first[3]), "refused");
	ck_assert_uint_eq(tokens(), 0);
	ck_assert_int_eq(api_world_number("recovery"), 9);
	recovery(fresh, NULL);
	ck_assert_str_eq(type_on(&web, first[4]), "refused");
	ck_assert_str_eq(type_on(&web, fresh[0]), "accepted");
}
END_TEST

/* ---- what must not be found anywhere ---- */

static void
lacks(const char *name, const void *bytes, size_t len)
{
	FILE *f = fopen(mfad_path(&api, name), "r");
	static char all[1 << 22];
	size_t n;

	if (f == NULL)
		return;
	n = fread(all, 1, sizeof(all), f);
	fclose(f);
	ck_assert_uint_lt(n, sizeof(all));
	ck_assert_msg(memmem(all, n, bytes, len) == NULL, "a secret is in %s", name);
}

static void
lacks_everywhere(const char *text)
{
	static const char *const files[] = { "log", "state/mfad.db", "state/mfad.db-wal" };
	int i;

	for (i = 0; i < COUNT(files); i++)
		lacks(files[i], text, strlen(text));
}

START_TEST(no_secret_is_in_a_log_or_the_database)
{
	struct secret key;
	char made[128], codes[10][24];
	struct stat st;

	ck_assert_int_eq(api_call_once(ADMIN, "POST", TOKENS, "{\"name\":\"phone\"}", KEY), 201);
	snprintf(made, sizeof(made), "%s", api_world_text("secret"));
	ck_assert_int_eq(api_call(ADMIN, "POST", TOKENS,
	    "{\"name\":\"other\",\"secret\":\"" IMPORTED "\"}"), 201);
	recovery(codes, "bbbbbbbbbbbbbbbbbbbbbb");
	ck_assert_str_eq(type_on(&web, codes[0]), "accepted");
	ck_assert_int_eq(stat(mfad_path(&api, "state/mfad.db-wal"), &st), 0);
	lacks_everywhere(made);
	lacks_everywhere(IMPORTED);
	lacks_everywhere("12345678901234567890");
	lacks_everywhere(codes[0]);
	lacks_everywhere(codes[1]);
	ck_assert_int_eq(otp_key_import(made, &key), MFA_OK);
	lacks("state/mfad.db", key.data, key.len);
	lacks("state/mfad.db-wal", key.data, key.len);
}
END_TEST

START_TEST(each_change_is_recorded)
{
	char codes[10][24];
	int64_t id;

	ck_assert_int_eq(api_call(ADMIN, "POST", TOKENS, "{\"name\":\"phone\"}"), 201);
	id = api_world_number("token");
	ck_assert_int_eq(api_call(ADMIN, "DELETE", api_path(TOKENS "/%lld", (long long)id), NULL),
	    204);
	recovery(codes, NULL);
	ck_assert_int_eq(api_get(ADMIN, "/v1/audit?user=anna"), 200);
	ck_assert(api_has("\"event\":\"token\"") && api_has("\"outcome\":\"added\"") &&
	    api_has("\"outcome\":\"removed\"") && api_has("\"event\":\"recovery\"") &&
	    api_has("\"by\":\"admin\""));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("api_codes");
	TCase *tc = tcase_create("codes"), *own = tcase_create("own");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_key_is_made_shown_once_and_taken_back);
	tcase_add_test(tc, one_code_at_two_hosts_at_once_is_accepted_once);
	tcase_add_test(tc, a_first_code_proves_and_is_spent);
	tcase_add_test(tc, a_counting_token_begins_where_it_is_said);
	tcase_add_loop_test(tc, a_mistake_is_named, 0, COUNT(mistakes));
	tcase_add_test(tc, tokens_have_names_and_a_limit);
	tcase_add_test(tc, recovery_codes_are_shown_once_and_work_once);
	tcase_add_test(tc, no_secret_is_in_a_log_or_the_database);
	tcase_add_test(tc, each_change_is_recorded);
	suite_add_tcase(s, tc);
	tcase_set_timeout(own, 60);
	tcase_add_test(own, wrong_codes_are_counted_for_all_hosts);
	tcase_add_test(own, so_many_failures_lock);
	tcase_add_loop_test(own, the_window_is_as_wide_as_it_is_set, 0, 4);
	suite_add_tcase(s, own);
	return suite_run(s);
}
