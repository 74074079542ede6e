/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Approvals on the phone, as the login host judges them: an honest phone lets
 * its user in, and a service that has everything but the keys of phone and
 * authority lets nobody in.
# needs the world
 */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "error.h"
#include "http_login.h"
#include "text.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static struct login_world w;

static void
make(const char *more)
{
	http_login_world(&w, HTTP_CONFIGURATION, more);
}

/* One login of alice's over ssh, who presses Enter at the first prompt. */
static struct login_result
approve(const struct http_act *act)
{
	struct login_script s = http_login_script("");
	struct login_result r;

	http_start(act);
	r = login_run(&w, &s);
	return r;
}

/* ---- honest ---- */

START_TEST(an_approval_lets_its_user_in)
{
	struct http_act act = { .name = "honest", .kind = (enum device_kind)_i };
	struct login_result r;

	make("tries = 1\n");
	r = approve(&act);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(r.prompts, 1);
	ck_assert_ptr_nonnull(strstr(r.prompt, "Press Enter when done, or type a code: "));
	ck_assert_uint_eq(login_records(&w, "login", "approved"), 1);
	http_stop();
	ck_assert_uint_eq(http_seen->outcome, QUERY_GRANTED);
}
END_TEST

START_TEST(a_line_that_is_seen_at_once_needs_no_enter)
{
	static const struct http_act act = { .name = "honest" };
	struct login_script s = login_script(WORLD_USER, NULL);
	struct login_result r;

	make("tries = 1\n");
	s.seen = http_person_reads;
	(void)text_copy(s.begin.service, sizeof(s.begin.service), "sudo");
	s.begin.ssh_connection[0] = '\0';
	http_start(&act);
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(r.prompts, 0);
	ck_assert_uint_eq(r.infos, 1);
}
END_TEST

START_TEST(a_login_without_lines_has_the_number_in_its_prompt)
{
	static const struct http_act act = { .name = "honest" };
	struct login_script s = http_login_script("");
	struct login_result r;

	make("tries = 1\nshow_at_once = yes\n");
	s.begin.flags = BEGIN_SILENT;
	http_start(&act);
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(r.prompts, 1);
	ck_assert_uint_eq(r.infos, 0);
}
END_TEST

/* ---- whatever is not alice's phone approving this login ---- */

static void other_number(struct http_answer *a) { a->statement.number[0] ^= 1; }
static void other_user(struct http_answer *a) { a->statement.user[0] ^= 1; }
static void other_host(struct http_answer *a) { a->statement.host[3] ^= 1; }
static void other_service(struct http_answer *a) { a->statement.service[0] ^= 1; }
static void other_nonce(struct http_answer *a) { a->statement.nonce[15] ^= 1; }
static void later(struct http_answer *a) { a->statement.expires++; }
static void
other_origin(struct http_answer *a)
{
	(void)text_copy(a->statement.origin, sizeof(a->statement.origin), "192.0.2.200");
}
static void
no_decision(struct http_answer *a)
{
	a->statement.decision = DECISION_DENY;
	(void)text_copy(a->statement.number, sizeof(a->statement.number), "-");
}
static void
a_report(struct http_answer *a)
{
	no_decision(a);
	a->statement.decision = DECISION_REPORT;
}
static void bobs_phone(struct http_answer *a)
{
	(void)text_copy(a->certificate.device.user, sizeof(a->certificate.device.user), "bob");
}
static void other_key(struct http_answer *a)
{
	a->certificate.device = world_certificates[DEVICE_ED25519].device;
}
static void expired(struct http_answer *a)
{
	a->certificate.created -= 7200;
	a->certificate.expires -= 7200;
}
static void not_yet(struct http_answer *a)
{
	a->certificate.created += 3600;
	a->certificate.expires += 3600;
}
static void own_authority(struct http_answer *a) { a->authority = &world_device_keys[DEVICE_ED25519]; }

static void says_approved(struct http_answer *a) { a->out.decision = DECISION_APPROVE; }
static void says_reported(struct http_answer *a) { a->out.decision = DECISION_REPORT; }
static void says_nothing(struct http_answer *a) { a->out.decision = 0; }
static void no_signature(struct http_answer *a) { a->out.signature_len = 0; }
static void one_bit(struct http_answer *a) { a->out.signature[a->out.signature_len - 1] ^= 1; }
static void no_certificate(struct http_answer *a) { a->out.certificate_len = 0; }
static void longer(struct http_answer *a) { a->out.certificate[a->out.certificate_len++] = '\n'; }
static void forged(struct http_answer *a) { a->out.certificate[60] ^= 1; }
static void not_verified(struct http_answer *a) { a->out.authenticator_data[32] &= (unsigned char)~4; }
static void not_present(struct http_answer *a) { a->out.authenticator_data[32] &= (unsigned char)~1; }
static void other_rp(struct http_answer *a) { a->out.authenticator_data[0] ^= 1; }
static void no_client_data(struct http_answer *a) { a->out.client_data_len = 0; }

static const struct {
	struct http_act act;
	const char *reason;
	uint32_t outcome;
} refused[] = {
	{ { .name = "wrong number", .before = other_number }, "wrong_number", QUERY_WRONG_NUMBER },
	{ { .name = "wrong number, passkey", .kind = DEVICE_WEBAUTHN_ES256, .before = other_number },
	    "wrong_number", QUERY_WRONG_NUMBER },
	{ { .name = "moved to another user", .before = other_user }, "wrong_number",
	    QUERY_WRONG_NUMBER },
	{ { .name = "moved to another host", .before = other_host }, "wrong_number",
	    QUERY_WRONG_NUMBER },
	{ { .name = "moved to another service", .before = other_service }, "wrong_number",
	    QUERY_WRONG_NUMBER },
	{ { .name = "shown another origin", .before = other_origin }, "wrong_number",
	    QUERY_WRONG_NUMBER },
	{ { .name = "of another login", .before = other_nonce }, "wrong_number",
	    QUERY_WRONG_NUMBER },
	{ { .name = "that lives longer", .before = later }, "wrong_number", QUERY_WRONG_NUMBER },
	{ { .name = "a denial called approval", .before = no_decision, .after = says_approved },
	    "wrong_number", QUERY_WRONG_NUMBER },
	{ { .name = "another phone's key", .before = other_key }, "wrong_number",
	    QUERY_WRONG_NUMBER },
	{ { .name = "another user's phone", .before = bobs_phone }, "bad_approval", QUERY_REFUSED },
	{ { .name = "an authority of its own", .before = own_authority }, "bad_approval",
	    QUERY_REFUSED },
	{ { .name = "an expired certificate", .before = expired }, "bad_approval", QUERY_REFUSED },
	{ { .name = "a certificate of tomorrow", .before = not_yet }, "bad_approval",
	    QUERY_REFUSED },
	{ { .name = "a forged certificate", .after = forged }, "bad_approval", QUERY_REFUSED },
	{ { .name = "a longer certificate", .after = longer }, "bad_approval", QUERY_REFUSED },
	{ { .name = "no certificate", .after = no_certificate }, "bad_approval", QUERY_REFUSED },
	{ { .name = "a revoked phone", .revokes = true }, "bad_approval", QUERY_REFUSED },
	{ { .name = "no signature", .after = no_signature }, "wrong_number", QUERY_WRONG_NUMBER },
	{ { .name = "one bit of the signature", .after = one_bit }, "wrong_number",
	    QUERY_WRONG_NUMBER },
	{ { .name = "nobody verified", .kind = DEVICE_WEBAUTHN_ES256, .after = not_verified },
	    "bad_approval", QUERY_REFUSED },
	{ { .name = "nobody present", .kind = DEVICE_WEBAUTHN_EDDSA, .after = not_present },
	    "bad_approval", QUERY_REFUSED },
	{ { .name = "another relying party", .kind = DEVICE_WEBAUTHN_ES256, .after = other_rp },
	    "bad_approval", QUERY_REFUSED },
	{ { .name = "a passkey without its page", .kind = DEVICE_WEBAUTHN_ES256,
	    .after = no_client_data }, "wrong_number", QUERY_WRONG_NUMBER },
	{ { .name = "denied", .before = no_decision }, "denied_on_phone", QUERY_REFUSED },
	{ { .name = "reported", .before = a_report }, "reported", QUERY_REFUSED },
	{ { .name = "a denial called report", .before = no_decision, .after = says_reported },
	    "denied_on_phone", QUERY_REFUSED },
	{ { .name = "an approval called report", .after = says_reported }, "denied_on_phone",
	    QUERY_REFUSED },
	{ { .name = "neither yes nor no", .after = says_nothing }, "denied_on_phone",
	    QUERY_REFUSED },
	{ { .name = "expired", .ends = true }, "no_approval", QUERY_CANCELLED },
};

START_TEST(nothing_else_lets_anybody_in)
{
	struct login_result r;

	make("tries = 1\n");
	r = approve(&refused[_i].act);
	ck_assert_msg(r.verdict == VERDICT_TRIES, "%s: verdict %x", refused[_i].act.name, r.verdict);
	ck_assert_msg(login_records(&w, "login", refused[_i].reason) == 1, "%s: not %s",
	    refused[_i].act.name, refused[_i].reason);
	http_stop();
	ck_assert_msg(http_seen->outcome == refused[_i].outcome, "%s: outcome %u",
	    refused[_i].act.name, http_seen->outcome);
}
END_TEST

/* Sends again what let alice in before. */
static struct query kept;
static void replay(struct http_answer *a) { a->out = kept; }

START_TEST(an_approval_counts_once)
{
	static const struct http_act honest = { .name = "honest" };
	static const struct http_act again = { .name = "again", .after = replay };
	struct login_result r;

	make("tries = 1\n");
	r = approve(&honest);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	http_stop();
	kept = http_seen->answer;
	r = approve(&again);
	ck_assert_uint_eq(r.verdict, VERDICT_TRIES);
	ck_assert_uint_eq(login_records(&w, "login", "approved"), 1);
}
END_TEST

START_TEST(an_approval_is_spent_in_the_state)
{
	const unsigned char nonce[STATEMENT_NONCE_LEN] = { 1 };

	make("");
	ck_assert_int_eq(store_begin(w.store, 1000), MFA_OK);
	ck_assert_int_eq(store_approval_spend(w.store, nonce, sizeof(nonce), "alice", "d", 1), MFA_OK);
	ck_assert_int_eq(store_approval_spend(w.store, nonce, sizeof(nonce), "alice", "d", 2),
	    MFA_E_REFUSED);
	store_rollback(w.store);
}
END_TEST

START_TEST(a_revocation_that_was_seen_cannot_be_taken_back)
{
	static const struct http_act revoking = { .name = "revoking", .revokes = true };
	static const struct http_act withholding = { .name = "withholding" };
	struct login_result r;

	make("tries = 1\n");
	r = approve(&revoking);
	ck_assert_uint_ne(r.verdict, VERDICT_GRANT);
	http_stop();
	r = approve(&withholding);
	ck_assert_uint_ne(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(login_records(&w, "login", "bad_approval"), 2);
}
END_TEST

/* A right number that comes while tries are not looked at was not wrong. */
START_TEST(a_right_number_too_soon_is_not_called_wrong)
{
	static const struct http_act honest = { .name = "honest" };
	struct login_script s = http_login_script("");
	struct login_result r;

	make("delay_after = 1\n");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	ck_assert_int_eq(store_begin(w.store, 1000), MFA_OK);
	ck_assert_int_eq(store_user_failed(w.store, WORLD_USER, time(NULL)), MFA_OK);
	ck_assert_int_eq(store_commit(w.store, true), MFA_OK);
	s.answers[1] = NULL;
	http_start(&honest);
	r = login_run(&w, &s);
	ck_assert_uint_eq(login_records(&w, "try", "too_soon"), 1);
	ck_assert_msg(strstr(r.prompt, "Not accepted") == r.prompt, "%s", r.prompt);
}
END_TEST

/* However many phones its user has lost. */
START_TEST(no_revocation_is_one_too_many)
{
	static const struct http_act honest = { .name = "honest" };
	char device[STORE_DEVICE_MAX];
	int i;

	make("tries = 1\n");
	ck_assert_int_eq(store_begin(w.store, 1000), MFA_OK);
	for (i = 0; i < _i; i++) {
		snprintf(device, sizeof(device), "0%d", i);
		ck_assert_int_eq(store_revocation_add(w.store, device, WORLD_USER, 1), MFA_OK);
	}
	ck_assert_int_eq(store_revocation_add(w.store, world_certificates[DEVICE_P256].device.id,
	    WORLD_USER, 1), MFA_OK);
	ck_assert_int_eq(store_commit(w.store, true), MFA_OK);
	ck_assert_uint_ne(approve(&honest).verdict, VERDICT_GRANT);
}
END_TEST

/* A second of deadline, and STORE_MS for the record behind the verdict. */
START_TEST(a_state_that_is_stuck_keeps_nobody_beyond_the_deadline)
{
	static const struct http_act revoking = { .name = "revoking", .revokes = true };
	struct login_script s = login_script(WORLD_USER, NULL);
	int64_t from;

	make("");
	s.begin.ms_left = 1000;
	http_start(&revoking);
	ck_assert_int_eq(store_begin(w.store, 1000), MFA_OK);
	from = monotonic_ms();
	(void)login_run(&w, &s);
	ck_assert_int_lt(monotonic_ms() - from, 1000 + STORE_MS + 4000);
	store_rollback(w.store);
}
END_TEST

START_TEST(wrong_numbers_are_counted_like_wrong_codes)
{
	static const struct http_act wrong = { .name = "wrong", .before = other_number };
	struct user_state u;
	int i;

	make("tries = 1\ndelay_after = 5\nmax_failures = 5\n");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	for (i = 0; i < 5; i++) {
		(void)approve(&wrong);
		http_stop();
	}
	ck_assert_int_eq(store_user(w.store, WORLD_USER, time(NULL), &u), MFA_OK);
	ck_assert_uint_eq(u.failures, 5);
	ck_assert(u.locked);
}
END_TEST

START_TEST(whoever_approved_once_has_no_grace_whatever_the_service_says)
{
	static const struct http_act honest = { .name = "honest" };
	static const struct http_act forgetful = { .name = "forgetful", .methods = QUERY_PUSH_LOCKED };
	struct login_script s = login_script(WORLD_USER, "123456");

	make("tries = 1\ngrace_logins = 5\nunenrolled = allow\ngrace_until = 2037-12-31\n");
	ck_assert_uint_eq(approve(&honest).verdict, VERDICT_GRANT);
	http_stop();
	http_start(&forgetful);
	ck_assert_uint_ne(login_run(&w, &s).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(login_records(&w, "grace", NULL), 0);
}
END_TEST

START_TEST(wrong_numbers_of_a_user_with_nothing_but_a_phone_are_counted)
{
	static const struct http_act wrong = { .name = "wrong", .before = other_number };
	struct user_state u;

	make("tries = 1\n");
	(void)approve(&wrong);
	http_stop();
	(void)approve(&wrong);
	ck_assert_int_eq(store_user(w.store, WORLD_USER, time(NULL), &u), MFA_OK);
	ck_assert_uint_eq(u.failures, 2);
}
END_TEST

/* ---- the number ---- */

START_TEST(the_number_is_in_nothing_that_leaves_the_host)
{
	static const struct http_act honest = { .name = "honest" };
	struct login_result r;

	make("tries = 1\nnumber_digits = 8\n");
	r = approve(&honest);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	http_stop();
	ck_assert_uint_eq(strlen(http_seen->number), 8);
	ck_assert_uint_gt(http_seen->len, 50);
	ck_assert_ptr_null(memmem(http_seen->bytes, http_seen->len, http_seen->number, 8));
}
END_TEST

START_TEST(the_number_has_its_digits)
{
	static const struct http_act honest = { .name = "honest" };
	char more[64];

	snprintf(more, sizeof(more), "tries = 1\nnumber_digits = %d\n", _i);
	make(more);
	ck_assert_uint_eq(approve(&honest).verdict, VERDICT_GRANT);
	ck_assert_uint_eq(strlen(http_seen->number), (size_t)_i);
	ck_assert_uint_eq(http_seen->push.digits, (uint32_t)_i);
}
END_TEST

/* ---- codes beside it, and a service that is not there ---- */

START_TEST(a_code_at_the_same_prompt_ends_the_request)
{
	static const struct http_act silent = { .name = "silent", .silent = true };
	struct login_script s = login_script(WORLD_USER, NULL);
	struct login_result r;

	make("");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	s.answers[0] = login_code(0);
	s.seen = http_person_reads;
	http_start(&silent);
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	http_stop();
	ck_assert_uint_eq(http_seen->pushes, 1);
	ck_assert_uint_eq(http_seen->outcome, QUERY_BY_CODE);
}
END_TEST

START_TEST(whoever_goes_away_takes_the_request_along)
{
	static const struct http_act silent = { .name = "silent", .silent = true };
	struct login_script s = login_script(WORLD_USER, NULL);

	make("");
	http_start(&silent);
	ck_assert_uint_ne(login_run(&w, &s).verdict, VERDICT_GRANT);
	http_stop();
	ck_assert_uint_eq(http_seen->outcome, QUERY_CANCELLED);
}
END_TEST

START_TEST(a_phone_that_is_not_the_first_factor_is_asked_by_a_letter)
{
	static const struct http_act honest = { .name = "honest" };
	struct login_script s = http_login_script("");
	struct login_result r;

	make("factors = totp, push\n");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	s.answers[0] = "p";
	http_start(&honest);
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_uint_eq(r.prompts, 2);
}
END_TEST

/* "p for a new request" is kept as promised, whatever became of the last one. */
static const struct {
	struct http_act act;
	const char *first;
} agains[] = {
	{ { .name = "no answer", .ends = true }, "" },
	{ { .name = "denied", .before = no_decision }, "" },
	{ { .name = "wrong number", .before = other_number }, "" },
	{ { .name = "not taken", .push_failure = QUERY_TOO_MANY }, "p" },
};

START_TEST(the_phone_can_be_asked_again)
{
	struct login_script s = http_login_script("");
	struct login_result r;

	make("");
	s.answers[0] = agains[_i].first;
	s.answers[1] = agains[_i].first[0] == 'p' ? NULL : "p";
	http_start(&agains[_i].act);
	r = login_run(&w, &s);
	http_stop();
	ck_assert_uint_ne(r.verdict, VERDICT_GRANT);
	ck_assert_msg(http_seen->pushes == 2, "%s: %u pushes, %s", agains[_i].act.name,
	    http_seen->pushes, r.prompt);
}
END_TEST

static void
is_busy(void)
{
	http_seen->busy = true;
}

/* Otherwise a service that is slow holds up those who do not need it. */
START_TEST(whoever_asks_the_service_is_busy)
{
	static const struct http_act honest = { .name = "honest" };

	make("tries = 1\n");
	w.busy = is_busy;
	(void)approve(&honest);
	http_stop();
	ck_assert_uint_eq(http_seen->begins, 1);
	ck_assert(!http_seen->waited_idle);
}
END_TEST

static const struct {
	uint32_t failure;
	const char *words;
} failures[] = {
	{ QUERY_UNREACHABLE, "cannot be reached" }, { QUERY_MISCONFIGURED, "cannot be reached" },
	{ QUERY_NOT_ACCEPTED, "cannot be reached" }, { QUERY_SERVICE, "cannot be reached" },
	{ QUERY_WAITING, "already waiting" }, { QUERY_TOO_MANY, "Too many" },
	{ QUERY_LOCKED, "locked" }, { QUERY_CLOCKS, "clocks" }, { 99, "cannot be reached" },
};

START_TEST(a_push_that_cannot_be_sent_says_why_and_takes_a_code)
{
	struct http_act act = { .name = "fails", .push_failure = failures[_i].failure };
	struct login_script s = login_script(WORLD_USER, NULL);
	struct login_result r;

	make("");
	login_enrol(&w, WORLD_USER, OTP_TOTP);
	s.answers[0] = login_code(0);
	http_start(&act);
	r = login_run(&w, &s);
	ck_assert_uint_eq(r.verdict, VERDICT_GRANT);
	ck_assert_msg(strstr(r.prompt, failures[_i].words) != NULL, "%s", r.prompt);
}
END_TEST

/* Nobody listens, or the service does not answer. */
/* What the service says of a decoy is said as of anybody's request. */
START_TEST(a_decoy_that_cannot_be_sent_is_told_the_same)
{
	const struct http_act act = { .name = "fails", .methods = QUERY_PUSH_LOCKED,
	    .push_failure = failures[_i].failure };
	struct login_script s = login_script("nobody", NULL);
	struct login_result r;

	make("");
	http_start(&act);
	r = login_run(&w, &s);
	ck_assert_uint_ne(r.verdict, VERDICT_GRANT);
	ck_assert_msg(strstr(r.prompt, failures[_i].words) != NULL, "%s", r.prompt);
}
END_TEST

START_TEST(whoever_is_not_asked_asks_nobody)
{
	static const struct http_act honest = { .name = "honest" };
	struct login_script s = login_script(WORLD_USER, NULL);

	make("trusted_networks = 198.51.100.0/24\n");
	http_start(&honest);
	ck_assert_uint_eq(login_run(&w, &s).verdict, VERDICT_GRANT);
	http_stop();
	ck_assert_uint_eq(http_seen->begins, 0);
}
END_TEST

static void
add(TCase *t)
{
	tcase_add_loop_test(t, an_approval_lets_its_user_in, DEVICE_P256, WORLD_KINDS);
	tcase_add_test(t, a_line_that_is_seen_at_once_needs_no_enter);
	tcase_add_test(t, a_login_without_lines_has_the_number_in_its_prompt);
	tcase_add_loop_test(t, nothing_else_lets_anybody_in, 0, COUNT(refused));
	tcase_add_test(t, an_approval_counts_once);
	tcase_add_test(t, an_approval_is_spent_in_the_state);
	tcase_add_test(t, a_revocation_that_was_seen_cannot_be_taken_back);
	tcase_add_test(t, a_right_number_too_soon_is_not_called_wrong);
	tcase_add_loop_test(t, no_revocation_is_one_too_many, 62, 66);
	tcase_add_loop_test(t, no_revocation_is_one_too_many, 254, 258);
	tcase_add_test(t, a_state_that_is_stuck_keeps_nobody_beyond_the_deadline);
	tcase_add_test(t, wrong_numbers_are_counted_like_wrong_codes);
	tcase_add_test(t, whoever_approved_once_has_no_grace_whatever_the_service_says);
	tcase_add_test(t, wrong_numbers_of_a_user_with_nothing_but_a_phone_are_counted);
	tcase_add_test(t, the_number_is_in_nothing_that_leaves_the_host);
	tcase_add_loop_test(t, the_number_has_its_digits, 2, 9);
	tcase_add_test(t, a_code_at_the_same_prompt_ends_the_request);
	tcase_add_test(t, whoever_goes_away_takes_the_request_along);
	tcase_add_test(t, a_phone_that_is_not_the_first_factor_is_asked_by_a_letter);
	tcase_add_loop_test(t, the_phone_can_be_asked_again, 0, COUNT(agains));
	tcase_add_test(t, whoever_asks_the_service_is_busy);
	tcase_add_loop_test(t, a_push_that_cannot_be_sent_says_why_and_takes_a_code, 0,
	    COUNT(failures));
	tcase_add_loop_test(t, a_decoy_that_cannot_be_sent_is_told_the_same, 0, COUNT(failures));
	tcase_add_test(t, whoever_is_not_asked_asks_nobody);
}

int
main(void)
{
	return http_login_main(&w, "push", add);
}
