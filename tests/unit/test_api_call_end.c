/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a call: how it is told, and what ends it; mfad between login hosts and
 * mfa-call, which is played.
 */
#include <check.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../suite.h"
#include "call_world.h"

#define CALL	"\"method\":\"call\""
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static struct api_host web, db;
static char login[32];

static void
setup(void)
{
	call_world_start("");
	web = api_host("web1.example.org");
	db = api_host("db1");
}

static void
teardown(void)
{
	call_world_stop();
}

/* ---- how it ends by itself ---- */

static const struct { enum dial_outcome outcome; const char *why; } ends[] = {
	{ DIAL_NO_ANSWER, "no-answer" }, { DIAL_BUSY, "busy" }, { DIAL_DECLINED, "declined" },
	{ DIAL_HUNG_UP, "hung-up" }, { DIAL_NO_KEYS, "no-keys" }, { DIAL_GATEWAY, "gateway" },
	{ DIAL_REFUSED, "not-allowed" }, { DIAL_MISCONFIGURED, "gateway" },
	{ DIAL_DONE, "no-keys" }, { (enum dial_outcome)99, "gateway" },
};

START_TEST(how_a_call_ends_is_told)
{
	struct asked a;
	struct dial d;
	int fd;

	call_world_telephone("anna", CALL_MOBILE);
	call_world_login(&web, "anna", CALL, login);
	fd = call_world_accept(&d);
	call_world_poll(&web, login, &a);
	ck_assert(api_waits(&a, 100));
	call_world_end(fd, ends[_i].outcome);
	ck_assert_int_eq(api_answer(&a), 200);
	ck_assert_str_eq(api_world_text("state"), "cancelled");
	ck_assert_str_eq(api_world_text("why"), ends[_i].why);
	/* And another may be asked. */
	call_world_login(&web, "anna", CALL, login);
	fd = call_world_accept(&d);
	call_world_end(fd, DIAL_BUSY);
}
END_TEST

static sqlite3 *
hold_state(void)
{
	sqlite3 *hold;

	ck_assert_int_eq(sqlite3_open(mfad_path(&api, "state/mfad.db"), &hold), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(hold, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	return hold;
}

static void
release_state(sqlite3 *hold)
{
	ck_assert_int_eq(sqlite3_exec(hold, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(hold);
}

START_TEST(how_a_call_ends_is_written_when_it_can_be)
{
	struct asked a;
	struct dial d;
	sqlite3 *hold;
	int fd;

	call_world_telephone("anna", CALL_MOBILE);
	call_world_login(&web, "anna", CALL, login);
	fd = call_world_accept(&d);
	call_world_poll(&web, login, &a);
	hold = hold_state();
	call_world_end(fd, DIAL_BUSY);
	ck_assert(mfad_logged(&api, "the end of a call cannot be written"));
	ck_assert(api_waits(&a, 0));
	release_state(hold);
	ck_assert_int_eq(api_answer(&a), 200);
	ck_assert_str_eq(api_world_text("state"), "cancelled");
	ck_assert_str_eq(api_world_text("why"), "busy");
}
END_TEST

/* ---- what ends it ---- */

/* Whoever reports has not approved the other one either, or was fooled. */
START_TEST(a_report_stops_what_the_phone_approved)
{
	struct api_phone phone = api_phone(&web, "anna");
	char pushed[32];
	struct dial d;
	int fd;

	call_world_telephone("anna", CALL_MOBILE);
	api_login(&db, "anna", pushed);
	ck_assert_int_eq(api_reply(&phone, pushed, "approve"), 204);
	call_world_login(&web, "anna", CALL, login);
	fd = call_world_accept(&d);
	call_world_keys(fd, "0");
	call_world_hear(fd, DIAL_SAY, &d);
	call_world_end(fd, DIAL_DONE);
	ck_assert_str_eq(call_world_state(&web, login), "cancelled");
	ck_assert_int_eq(api_get(db.credential, "/v1/logins/%s", pushed), 200);
	ck_assert_str_eq(api_world_text("state"), "cancelled");
	ck_assert(!api_has("\"answer\""));
	ck_assert_str_eq(api_state(&phone, pushed), "cancelled");
}
END_TEST

/* "The administrators are told": not before that is sure.  A "0" may come through twice. */
START_TEST(a_report_is_confirmed_once_it_is_written)
{
	struct dial d;
	sqlite3 *hold;
	int fd;

	call_world_telephone("anna", CALL_MOBILE);
	call_world_login(&web, "anna", CALL, login);
	fd = call_world_accept(&d);
	hold = hold_state();
	call_world_keys(fd, _i == 0 ? "0" : "00");
	ck_assert(call_world_goes_on(fd, 300));
	release_state(hold);
	call_world_hear(fd, DIAL_SAY, &d);
	ck_assert_uint_eq(d.say, DIAL_REPORTED);
	call_world_end(fd, DIAL_DONE);
	ck_assert_str_eq(call_world_state(&web, login), "cancelled");
	ck_assert_str_eq(api_world_text("why"), "reported");
}
END_TEST

START_TEST(a_phones_report_ends_the_call)
{
	struct api_phone phone = api_phone(&web, "anna");
	char pushed[32];
	struct asked a;
	struct dial d;
	int fd;

	call_world_telephone("anna", CALL_MOBILE);
	call_world_login(&web, "anna", CALL, login);
	fd = call_world_accept(&d);
	api_login(&db, "anna", pushed);
	call_world_poll(&web, login, &a);
	ck_assert(api_waits(&a, 200));
	call_world_keys(fd, "482913");
	ck_assert_int_eq(api_answer(&a), 200);
	ck_assert_str_eq(api_world_text("state"), "keyed");
	ck_assert_int_eq(api_reply(&phone, pushed, "report"), 204);
	ck_assert(call_world_hung_up(fd));
	ck_assert_str_eq(call_world_state(&web, login), "cancelled");
	ck_assert_int_eq(api_get(db.credential, "/v1/logins/%s", pushed), 200);
	ck_assert(api_has("\"decision\":\"report\""));
}
END_TEST

/* Each of these hangs up. */
static void
leave(void)
{
	struct asked a;

	call_world_poll(&web, login, &a);
	ck_assert(api_waits(&a, 200));
	client_close(&a.client);
}

/* At once: its host is there, and so does not end it by having left. */
static void
lock(void)
{
	struct asked a;

	call_world_poll(&web, login, &a);
	ck_assert(api_waits(&a, 200));
	ck_assert_int_eq(api_call(ADMIN, "PUT", "/v1/users/anna/lock",
	    "{\"what\":\"push\",\"reason\":\"test\"}"), 204);
	ck_assert(!api_waits(&a, 2000));
	ck_assert_int_eq(api_answer(&a), 200);
	ck_assert_str_eq(api_world_text("state"), "cancelled");
}

/* What another host says of a login that is not its own changes nothing. */
static void
lock_behind_a_stranger(void)
{
	ck_assert_int_eq(api_world_close(&db, login, "code"), 404);
	lock();
}

static void
revoke_host(void)
{
	ck_assert_int_eq(api_call(ADMIN, "DELETE", api_path("/v1/hosts/%s", web.id), NULL), 204);
}

static void
type_code(void)
{
	ck_assert_int_eq(api_world_close(&web, login, "code"), 204);
}

/* Whoever has it now is somebody else. */
static void
remove_telephone(void)
{
	struct asked a;

	call_world_poll(&web, login, &a);
	ck_assert(api_waits(&a, 200));
	ck_assert_int_eq(api_call(ADMIN, "DELETE", "/v1/users/anna/telephones/1", NULL), 204);
	ck_assert(!api_waits(&a, 2000));
	ck_assert_int_eq(api_answer(&a), 200);
	ck_assert_str_eq(api_world_text("state"), "cancelled");
}

static void
die(void)
{
	ck_assert_int_eq(kill(api.pid, SIGKILL), 0);
	ck_assert_int_eq(mfad_wait(&api), -SIGKILL);
	mfad_start(&api, "mfad");
}

static void
die_behind_a_lock(bool for_long)
{
	struct asked a;
	sqlite3 *hold;

	ck_assert_int_eq(kill(api.pid, SIGKILL), 0);
	ck_assert_int_eq(mfad_wait(&api), -SIGKILL);
	hold = hold_state();
	mfad_start(&api, "mfad");
	call_world_poll(&web, login, &a);
	ck_assert(api_waits(&a, 200));
	if (for_long)
		ck_assert(mfad_logged(&api, "the end of a call cannot be written"));
	release_state(hold);
	ck_assert_int_eq(api_answer(&a), 200);
	ck_assert_str_eq(api_world_text("state"), "cancelled");
	ck_assert_str_eq(api_world_text("why"), "gateway");
}

/* Its host asks before mfad, back again, has written that the call is lost. */
static void
die_and_be_asked_first(void)
{
	die_behind_a_lock(false);
}

/* And the first try to write it fails. */
static void
die_and_fail_first(void)
{
	die_behind_a_lock(true);
}

static void (*const leavers[])(void) = { leave, lock, lock_behind_a_stranger,
    revoke_host, type_code, remove_telephone, die,
    die_and_be_asked_first, die_and_fail_first };

START_TEST(whatever_ends_a_login_ends_its_call)
{
	struct dial d;
	int fd;

	call_world_telephone("anna", CALL_MOBILE);
	call_world_login(&web, "anna", CALL, login);
	fd = call_world_accept(&d);
	leavers[_i]();
	ck_assert(call_world_hung_up(fd));
	if (leavers[_i] == die) {
		ck_assert_str_eq(call_world_state(&web, login), "cancelled");
		ck_assert_str_eq(api_world_text("why"), "gateway");
	}
}
END_TEST

START_TEST(another_telephone_that_is_removed_ends_nothing)
{
	struct dial d;
	int fd;

	call_world_telephone("anna", CALL_MOBILE);
	call_world_telephone("anna", "+31687654321");
	call_world_end(call_world_accept(&d), DIAL_DONE);	/* tells of it */
	call_world_login(&web, "anna", CALL, login);
	fd = call_world_accept(&d);
	ck_assert_int_eq(api_call(ADMIN, "DELETE", "/v1/users/anna/telephones/2", NULL), 204);
	call_world_end(call_world_accept(&d), DIAL_DONE);
	ck_assert(call_world_goes_on(fd, 500));
	call_world_keys(fd, "482913");
	ck_assert_str_eq(call_world_state(&web, login), "keyed");
	ck_assert_int_eq(api_world_close(&web, login, "granted"), 204);
	call_world_hear(fd, DIAL_SAY, &d);
	call_world_end(fd, DIAL_DONE);
}
END_TEST

START_TEST(a_number_that_is_removed_or_given_again_rings_no_more)
{
	int first, second, status;
	struct dial d;

	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones",
	    "{\"number\":\"" CALL_MOBILE "\"}"), 201);
	first = call_world_accept(&d);
	ck_assert_int_eq(api_call(ADMIN, "POST", "/v1/users/anna/telephones",
	    "{\"number\":\"" CALL_MOBILE "\"}"), 201);
	ck_assert(call_world_hung_up(first));
	second = call_world_accept(&d);
	ck_assert(call_world_goes_on(second, 200));
	status = api_call(ADMIN, "DELETE", api_path("/v1/users/anna/telephones/%lld",
	    (long long)api_world_number("telephone")), NULL);
	ck_assert_int_eq(status, 204);
	ck_assert(call_world_hung_up(second));
}
END_TEST

/* ---- mfa-call that is not there, or not itself ---- */

START_TEST(without_mfa_call_the_login_says_so_and_phones_ring)
{
	struct api_phone bert = api_phone(&web, "bert");
	char berts[32];

	call_world_telephone("anna", CALL_MOBILE);
	call_world_deaf();
	call_world_login(&web, "anna", CALL, login);
	ck_assert_str_eq(call_world_state(&web, login), "cancelled");
	ck_assert_str_eq(api_world_text("why"), "gateway");
	api_login(&web, "bert", berts);
	ck_assert_int_eq(api_reply(&bert, berts, "approve"), 204);
}
END_TEST

static void
garbage(int fd)
{
	ck_assert_int_eq(send(fd, "garbage", 7, MSG_NOSIGNAL), 7);
}

static void
two_keys(int fd)
{
	call_world_keys(fd, "121212");
	call_world_keys(fd, "343434");
}

static void
foreign(int fd)
{
	struct dial d = { .type = DIAL_SAY, .say = DIAL_THANKS };

	call_world_tell(fd, &d);
}

static void
nothing(int fd)
{
	(void)fd;
}

static void (*const faults[])(int fd) = { garbage, two_keys, foreign, nothing };

START_TEST(mfa_call_out_of_turn_ends_the_login)
{
	struct asked a;
	struct dial d;
	int fd;

	call_world_telephone("anna", CALL_MOBILE);
	call_world_login(&web, "anna", CALL, login);
	fd = call_world_accept(&d);
	call_world_poll(&web, login, &a);
	faults[_i](fd);
	close(fd);
	ck_assert_int_eq(api_answer(&a), 200);
	while (strcmp(api_world_text("state"), "keyed") == 0)
		(void)call_world_state(&web, login);
	ck_assert_str_eq(api_world_text("state"), "cancelled");
	ck_assert_str_eq(api_world_text("why"), "gateway");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("api_call_end");
	TCase *t = tcase_create("api_call_end");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, how_a_call_ends_is_told, 0, COUNT(ends));
	tcase_add_test(t, how_a_call_ends_is_written_when_it_can_be);
	tcase_add_test(t, a_report_stops_what_the_phone_approved);
	tcase_add_loop_test(t, a_report_is_confirmed_once_it_is_written, 0, 2);
	tcase_add_test(t, a_phones_report_ends_the_call);
	tcase_add_loop_test(t, whatever_ends_a_login_ends_its_call, 0, COUNT(leavers));
	tcase_add_test(t, another_telephone_that_is_removed_ends_nothing);
	tcase_add_test(t, a_number_that_is_removed_or_given_again_rings_no_more);
	tcase_add_test(t, without_mfa_call_the_login_says_so_and_phones_ring);
	tcase_add_loop_test(t, mfa_call_out_of_turn_ends_the_login, 0, COUNT(faults));
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
