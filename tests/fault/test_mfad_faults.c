/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every request of the API, in which every call of mfad's that can fail fails in
 * turn: the first, the second, the third … until one has passed that made no
 * failing call.  mfad is built with AddressSanitizer and UBSan.  It stays up;
 * what it answers is the right thing or that it could not, never a wrong refusal;
 * what it acknowledged is there; and the same request once more does what it
 * did not, once.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../suite.h"
#include "../unit/api_world.h"
#include "faulty_world.h"
#include "wrap.h"

#define OTHERS	16	/* who take her place */
#define ROUNDS_MAX 3000		/* far more calls than a request makes */

static struct api_host web;
static struct api_phone anna;	/* or one in her place */
static char login[32];
static struct asked held;

/* What is asked, made anew for each round. */
struct ask {
	const char *who;
	char path[256], body[1024];
};

static void
set(struct ask *a, const char *who, const char *path, const char *body)
{
	a->who = who;
	snprintf(a->path, sizeof(a->path), "%s", path);
	snprintf(a->body, sizeof(a->body), "%s", body != NULL ? body : "");
}

/* ---- who and what is needed before ---- */

static void
end_login(void)
{
	static int others;
	char name[16];

	if (login[0] == '\0')
		return;
	/* Those that nobody answers may be only a few of one user: a login whose timer
	 * could not be set is cancelled at once. */
	if (api_reply(&anna, login, "approve") != 204 && others < OTHERS) {
		snprintf(name, sizeof(name), "anna%d", ++others);
		anna = api_phone(&web, name);
	}
	ck_assert_int_eq(api_world_close(&web, login, "granted"), 204);
	login[0] = '\0';
}

static void
begin_login(void)
{
	end_login();
	api_login(&web, anna.user, login);
}

static const char *
enrolment(void)
{
	static char id[32];

	api_enrolment(&web, "bert", id);
	return id;
}

/* ---- the requests ---- */

static void
health(struct ask *a)
{
	set(a, ANYBODY, "/v1/health", NULL);
}

static void
document(struct ask *a)
{
	set(a, ANYBODY, "/v1/openapi.json", NULL);
}

static void
counters(struct ask *a)
{
	set(a, ANYBODY, "/metrics", NULL);
}

static void
join_token(struct ask *a)
{
	set(a, ADMIN, "/v1/join-tokens", "{\"life\":60}");
}

static void
join(struct ask *a)
{
	static int number;
	char token[80], name[32];

	snprintf(name, sizeof(name), "host%d", number++);
	api_token(name, token);
	set(a, ANYBODY, "/v1/hosts", api_path("{\"token\":\"%s\"}", token));
}

static void
hosts(struct ask *a)
{
	set(a, ADMIN, "/v1/hosts", NULL);
}

static void
self(struct ask *a)
{
	set(a, web.credential, "/v1/hosts/self", NULL);
}

static void
rotate(struct ask *a)
{
	static struct api_host other;
	static int number;
	char name[32];

	snprintf(name, sizeof(name), "rotate%d", number++);
	other = api_host(name);
	set(a, other.credential, "/v1/hosts/self/key", "{}");
}

static void
drop_host(struct ask *a)
{
	static int number;
	char name[32];

	snprintf(name, sizeof(name), "drop%d", number++);
	set(a, ADMIN, api_path("/v1/hosts/%s", api_host(name).id), NULL);
}

static void
open_login(struct ask *a)
{
	if (login[0] != '\0')
		end_login();
	set(a, web.credential, "/v1/logins", api_login_body(anna.user, 60));
}

static void
look(struct ask *a)
{
	begin_login();
	set(a, web.credential, api_path("/v1/logins/%s", login), NULL);
}

static void
look_answered(struct ask *a)
{
	begin_login();
	ck_assert_int_eq(api_reply(&anna, login, "approve"), 204);
	set(a, web.credential, api_path("/v1/logins/%s?wait=50", login), NULL);
}

static void
close_login(struct ask *a)
{
	begin_login();
	ck_assert_int_eq(api_reply(&anna, login, "approve"), 204);
	set(a, web.credential, api_path("/v1/logins/%s/close", login), "{\"outcome\":\"granted\"}");
	login[0] = '\0';
}

static void
wrong_code(struct ask *a)
{
	begin_login();
	set(a, web.credential, api_path("/v1/logins/%s/code", login), "{\"code\":\"123456\"}");
}

static void
user(struct ask *a)
{
	set(a, web.credential, "/v1/users/anna", NULL);
}

static void
certificates(struct ask *a)
{
	set(a, web.credential, "/v1/users/anna/certificates", NULL);
}

static void
revocations(struct ask *a)
{
	set(a, web.credential, "/v1/revocations", NULL);
}

static void
policy(struct ask *a)
{
	set(a, web.credential, "/v1/policy", NULL);
}

static void
enrol(struct ask *a)
{
	set(a, web.credential, "/v1/enrolments", "{\"user\":\"bert\",\"life\":60}");
}

static void
look_enrolment(struct ask *a)
{
	set(a, web.credential, api_path("/v1/enrolments/%s", enrolment()), NULL);
}

static void
offer(struct ask *a)
{
	set(a, ANYBODY, api_path("/v1/enrolments/%s/device", enrolment()), api_offer("p256"));
}

static void
certify(struct ask *a)
{
	static int number;
	char name[32], id[32];

	snprintf(name, sizeof(name), "certified%d", number++);
	api_enrolment(&web, name, id);
	ck_assert_int_eq(api_call(ANYBODY, "PUT", api_path("/v1/enrolments/%s/device", id),
	    api_offer("p256")), 201);
	set(a, web.credential, api_path("/v1/enrolments/%s/certificate", id), "{\"sign\":true}");
}

static void
device(struct ask *a)
{
	set(a, anna.credential, "/v1/device", NULL);
}

static void
pending(struct ask *a)
{
	if (login[0] == '\0')
		begin_login();
	set(a, anna.credential, "/v1/device/logins", NULL);
}

static void
look_pending(struct ask *a)
{
	if (login[0] == '\0')
		begin_login();
	set(a, anna.credential, api_path("/v1/device/logins/%s", login), NULL);
}

/* With somebody who waits for it. */
static void
answer(struct ask *a)
{
	begin_login();
	api_world_ask(&held, web.credential, "GET", api_path("/v1/logins/%s?wait=50", login), NULL);
	ck_assert(metric_becomes(&api, "mfad_held_requests", 1));
	set(a, anna.credential, api_path("/v1/device/logins/%s/answer", login),
	    "{\"decision\":\"approve\",\"signature\":\"c2ln\"}");
}

static void
users(struct ask *a)
{
	set(a, ADMIN, "/v1/users", NULL);
}

static void
devices(struct ask *a)
{
	set(a, ADMIN, "/v1/users/anna/devices", NULL);
}

static void
drop_device(struct ask *a)
{
	static int number;
	char name[32];

	snprintf(name, sizeof(name), "dropped%d", number++);
	set(a, ADMIN, api_path("/v1/devices/%s", api_phone(&web, name).id), NULL);
}

static void
lock(struct ask *a)
{
	set(a, ADMIN, "/v1/users/bert/lock", "{\"what\":\"push\",\"reason\":\"test\"}");
}

static void
unlock(struct ask *a)
{
	ck_assert_int_eq(api_call(ADMIN, "PUT", "/v1/users/bert/lock",
	    "{\"what\":\"push\",\"reason\":\"test\"}"), 204);
	set(a, ADMIN, "/v1/users/bert/lock?what=push", NULL);
}

static void
pass(struct ask *a)
{
	static int number;

	set(a, ADMIN, api_path("/v1/users/with-pass%d/passes", number++), "{\"life\":60}");
}

static void
token(struct ask *a)
{
	static int number;

	set(a, ADMIN, api_path("/v1/users/with-token%d/tokens", number++), "{\"name\":\"t\"}");
}

static void
tokens(struct ask *a)
{
	set(a, ADMIN, "/v1/users/anna/tokens", NULL);
}

static void
drop_token(struct ask *a)
{
	static int number;
	char name[32];

	snprintf(name, sizeof(name), "dropped-token%d", number++);
	ck_assert_int_eq(api_call(ADMIN, "POST", api_path("/v1/users/%s/tokens", name),
	    "{\"name\":\"t\"}"), 201);
	set(a, ADMIN, api_path("/v1/users/%s/tokens/%lld", name,
	    (long long)api_world_number("token")), NULL);
}

static void
recovery(struct ask *a)
{
	set(a, ADMIN, "/v1/users/bert/recovery", "{}");
}

/* A number of nobody's yet, which is dialled: mfa-call is not there, so nothing rings. */
static void
telephone(struct ask *a)
{
	static int number;

	number++;
	set(a, ADMIN, api_path("/v1/users/with-telephone%d/telephones", number),
	    api_path("{\"number\":\"+316%08d\",\"by\":\"text\"}", number));
}

static void
telephones(struct ask *a)
{
	set(a, ADMIN, "/v1/users/with-telephone1/telephones", NULL);
}

static void
drop_telephone(struct ask *a)
{
	telephone(a);
	ck_assert_int_eq(api_call(a->who, "POST", a->path, a->body), 201);
	set(a, ADMIN, api_path("%s/%lld", a->path, (long long)api_world_number("telephone")), NULL);
}

static void
prove_telephone(struct ask *a)
{
	drop_telephone(a);
	set(a, ADMIN, api_path("%s/proof", a->path), "{\"code\":\"000000\"}");
}

static void
method(struct ask *a)
{
	set(a, ADMIN, "/v1/users/anna/method", "{\"method\":\"push\"}");
}

static void
call_first(struct ask *a)
{
	set(a, ADMIN, "/v1/users/anna/method", "{\"method\":\"call\"}");
}

static void
audit(struct ask *a)
{
	set(a, ADMIN, "/v1/audit", NULL);
}

static void
logins(struct ask *a)
{
	set(a, ADMIN, "/v1/logins", NULL);
}

static const struct request_case {
	const char *name, *method;
	void (*make)(struct ask *a);
	int status;
	int after;	/* when it was done, but nobody heard of it; 0: the same */
	long step;	/* 0: each call; or one of so many, when each takes long */
} cases[] = {
	{ "health", "GET", health, 200, 0, 0 },
	{ "document", "GET", document, 200, 0, 0 },
	{ "counters", "GET", counters, 200, 0, 0 },
	{ "join_token", "POST", join_token, 201, 0, 0 },
	{ "join", "POST", join, 201, 0, 0 },
	{ "hosts", "GET", hosts, 200, 0, 0 },
	{ "self", "GET", self, 200, 0, 0 },
	{ "rotate", "POST", rotate, 201, 0, 0 },
	{ "drop_host", "DELETE", drop_host, 204, 404, 0 },
	{ "open_login", "POST", open_login, 201, 0, 0 },
	{ "look", "GET", look, 200, 0, 0 },
	{ "look_answered", "GET", look_answered, 200, 0, 0 },
	{ "close_login", "POST", close_login, 204, 0, 0 },
	{ "wrong_code", "POST", wrong_code, 200, 0, 0 },
	{ "user", "GET", user, 200, 0, 0 },
	{ "certificates", "GET", certificates, 200, 0, 0 },
	{ "revocations", "GET", revocations, 200, 0, 0 },
	{ "policy", "GET", policy, 200, 0, 0 },
	{ "enrol", "POST", enrol, 201, 0, 0 },
	{ "look_enrolment", "GET", look_enrolment, 200, 0, 0 },
	{ "offer", "PUT", offer, 201, 0, 0 },
	{ "certify", "PUT", certify, 200, 0, 0 },
	{ "device", "GET", device, 200, 0, 0 },
	{ "pending", "GET", pending, 200, 0, 0 },
	{ "look_pending", "GET", look_pending, 200, 0, 0 },
	{ "answer", "POST", answer, 204, 0, 0 },
	{ "users", "GET", users, 200, 0, 0 },
	{ "devices", "GET", devices, 200, 0, 0 },
	{ "drop_device", "DELETE", drop_device, 204, 404, 0 },
	{ "lock", "PUT", lock, 204, 0, 0 },
	{ "unlock", "DELETE", unlock, 204, 404, 0 },
	{ "pass", "POST", pass, 201, 0, 0 },
	{ "token", "POST", token, 201, 0, 0 },
	{ "tokens", "GET", tokens, 200, 0, 0 },
	{ "drop_token", "DELETE", drop_token, 204, 404, 0 },
	{ "telephone", "POST", telephone, 201, 0, 0 },
	{ "telephones", "GET", telephones, 200, 0, 0 },
	{ "drop_telephone", "DELETE", drop_telephone, 204, 404, 0 },
	{ "prove_telephone", "POST", prove_telephone, 409, 410, 0 },
	{ "method", "PUT", method, 204, 0, 0 },
	{ "call_first", "PUT", call_first, 404, 0, 0 },
	{ "recovery", "POST", recovery, 201, 0, 9 },
	{ "audit", "GET", audit, 200, 0, 0 },
	{ "logins", "GET", logins, 200, 0, 0 },
};

/* ---- a world whose faults are ours ---- */

static void
setup(void)
{
	faulty_start("telephone = call, text\ncall_socket = /nonexistent\n"
	    "calls_per_hour = 100000\n");
	web = api_host("web1");
	anna = api_phone(&web, "anna");
}

static const char *
new_key(void)
{
	static char key[32];
	static unsigned int number;

	snprintf(key, sizeof(key), "fault%022u", number++);
	return key;
}

/* An answer that was held may be lost, but its login's state is not. */
static void
expect_held(void)
{
	int status;

	if (held.method[0] == '\0')
		return;
	status = client_reply(&held.client);
	ck_assert(status == 200 || status >= 500 || status == 0);
	client_close(&held.client);
	memset(&held, 0, sizeof(held));
	ck_assert_int_eq(api_get(web.credential, "/v1/logins/%s", login), 200);
	ck_assert_str_eq(api_world_text("state"), "answered");
}

/* True when a call failed in it. */
static bool
round_of(const struct request_case *c, long n)
{
	char first[2048] = "", what[128];
	struct ask a;
	const char *body, *key;
	int status, again;
	bool fired;

	c->make(&a);
	body = a.body[0] != '\0' ? a.body : NULL;
	key = body != NULL ? new_key() : NULL;
	fault_arm(n);
	status = api_try(a.who, c->method, a.path, body, key);
	fired = fault_fired();
	snprintf(what, sizeof(what), "%s, call %ld (%s)", c->name, n, fault_name());
	fault_arm(0);
	ck_assert_msg(status == c->status || status >= 500 || status == 0, "%s: %d %s", what,
	    status, api_body());
	ck_assert_msg(fired || status == c->status, "%s: %d without a fault", what, status);
	if (status == c->status)
		snprintf(first, sizeof(first), "%s", api_body());
	again = api_try(a.who, c->method, a.path, body, key);
	ck_assert_msg(again == c->status || (c->after != 0 && again == c->after),
	    "%s, once more: %d %s", what, again, api_body());
	if (key != NULL && first[0] != '\0')
		ck_assert_msg(strncmp(first, api_body(), sizeof(first) - 1) == 0,
		    "%s: %s and then %s", what, first, api_body());
	if (c->make == open_login)
		snprintf(login, sizeof(login), "%s", api_world_text("login"));
	expect_held();
	return fired;
}

START_TEST(every_call_fails_in_turn)
{
	const struct request_case *c = &cases[_i];
	long n = 1;

	setup();
	while (round_of(c, n) && n < ROUNDS_MAX)
		n += c->step != 0 ? c->step : 1;
	ck_assert_int_gt(n, 5);
	ck_assert_int_lt(n, ROUNDS_MAX);
	fprintf(stderr, "# %s: %ld calls\n", c->name, n - 1);
	api_stop();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mfad_faults");
	TCase *t = tcase_create("faults");

	tcase_set_timeout(t, 600);
	tcase_add_loop_test(t, every_call_fails_in_turn, 0, sizeof(cases) / sizeof(cases[0]));
	suite_add_tcase(s, t);
	return suite_run(s);
}
