/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole logins, module and helper in one process, in which every call that
 * can fail fails in turn: the first, the second, the third … until a login
 * has passed that made no failing call.  Built with AddressSanitizer and
 * UBSan.  Never a crash, a leak or a hang; never success where nothing should
 * be granted; and where a right code is granted in spite of a fault, it is
 * spent.
 */
#include <errno.h>
#include <pthread.h>
#include <security/pam_modules.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../helper/login/workshop.h"
#include "error.h"
#include "fake_pam.h"
#include "../unit/http_world.h"
#include "paths.h"
#include "sibling.h"
#include "wrap.h"

int __lsan_do_recoverable_leak_check(void);
/* Looked for by the sanitizer, outside this program. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);

/* What was freed is kept back to be watched, and each of the thousands of
 * processes inherits all of it: so a little, of the thread as of all. */
const char *
__asan_default_options(void)
{
	return "quarantine_size_mb=1:thread_local_quarantine_size_kb=64";
}

#define ROUNDS_MAX	3000	/* far more calls than a login makes */
#define HANG_SECONDS	20

static char dir[64];
static struct seal_key key;

/* ---- the helper's side, in a thread ---- */

struct side {
	int fd;
	pthread_t thread;
};

static void *
help(void *arg)
{
	struct caller caller = { .uid = 0, .root = true };
	struct config *config = NULL;
	struct config_error error = { .line = 0 };
	struct workshop w = { .logind = -1, .boot = "boot" };
	struct side *side = arg;
	char path[128];

	snprintf(path, sizeof(path), "%s/conf", dir);
	(void)config_load(path, "/nonexistent", &config, &error);
	w.config = config;
	w.authorities[0] = world_authority;
	w.authority_count = 1;
	(void)store_open(dir, &key, STORE_LOGIN, &w.store, w.store_error, sizeof(w.store_error));
	login_serve(&w, &caller, side->fd);
	close(side->fd);
	workshop_tidy(&w);
	store_close(&w.store);
	config_free(&config);
	return NULL;
}

/* Takes the place of the module's way to the helper. */
static struct side side;

int
sibling_open(const struct sibling *what, struct deadline deadline, int *fd)
{
	int pair[2];

	(void)deadline;
	*fd = -1;
	if (strcmp(what->user, MFA_HTTP_USER) == 0)
		return (*fd = http_way()) != -1 ? MFA_OK : MFA_E_ABSENT;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return MFA_E_SYSTEM;
	side.fd = pair[1];
	if (pthread_create(&side.thread, NULL, help, &side) != 0)
		abort();
	*fd = pair[0];
	return MFA_OK;
}

int
sibling_run(const struct sibling *what, int *fd)
{
	(void)what;
	*fd = -1;
	return MFA_E_ABSENT;
}

/* ---- the application's side ---- */

static const char *answer;

static int
converse(int count, const struct pam_message **messages, struct pam_response **out, void *arg)
{
	struct pam_response *r = calloc((size_t)count, sizeof(*r));

	(void)arg;
	if (r == NULL)
		return PAM_BUF_ERR;
	if (http_seen != NULL)
		http_person_reads(messages[0]->msg);
	if (messages[0]->msg_style == PAM_PROMPT_ECHO_ON ||
	    messages[0]->msg_style == PAM_PROMPT_ECHO_OFF)
		r->resp = strdup(answer);
	*out = r;
	return PAM_SUCCESS;
}

static int
run_phase(int (*phase)(pam_handle_t *, int, int, const char **))
{
	const struct pam_conv conv = { .conv = converse };
	struct pam_handle pamh = { .user = "alice", .service = "sshd", .rhost = "198.51.100.7",
	    .ssh_connection = "198.51.100.7 1 192.0.2.1 22", .conv = &conv };
	int r;

	memset(&side, 0, sizeof(side));
	r = phase(&pamh, 0, 0, NULL);
	if (side.thread != 0)
		pthread_join(side.thread, NULL);
	fake_pam_end(&pamh, r);
	return r;
}

/* ---- scenarios ---- */

struct scenario {
	const char *name;
	const char *configuration;
	int (*phase)(pam_handle_t *, int, int, const char **);
	bool code;	/* answers the right code, which is spent when granted */
	bool grants;	/* without a fault */
	const struct http_act *phone;	/* what an approval service plays; NULL: there is none */
	bool reached;	/* by the module, not by the helper */
};

static void other_number(struct http_answer *a) { a->statement.number[0] ^= 1; }

static const struct http_act honest = { .name = "honest", .kind = DEVICE_WEBAUTHN_ES256 };
static const struct http_act revoked = { .name = "revoked", .kind = DEVICE_WEBAUTHN_ES256 };
static const struct http_act wrong = { .name = "wrong number", .before = other_number };
static const struct http_act called = { .name = "call", .methods = QUERY_CAN_CALL,
    .preferred = QUERY_BY_CALL, .keys = { "000", RIGHT_KEYS } };
static const struct http_act misled = { .name = "wrong call", .methods = QUERY_CAN_CALL,
    .preferred = QUERY_BY_CALL, .keys = { "000", "" } };
static const struct http_act texted = { .name = "text", .methods = QUERY_CAN_TEXT,
    .preferred = QUERY_BY_TEXT, .silent = true, .coded = QUERY_CODE_ACCEPTED, .by_text = true };

#define WITH_PHONE "server = https://mfa.example.org\nhost_name = web1.example.org\n" \
	"authorities = none\nshow_at_once = yes\ntries = 1\ndeadline = 10\n"

/* Each counter that is searched is three calls more, all alike. */
#define FEW_CODES "hotp_look_ahead = 1\nhotp_resync = 2\n"

static const struct scenario scenarios[] = {
	{ "right code", "", pam_sm_authenticate, true, true, NULL, false },
	{ "wrong code", FEW_CODES "tries = 2\n", pam_sm_authenticate, false, false, NULL, false },
	{ "trusted network", "trusted_networks = 198.51.100.0/24\n", pam_sm_authenticate, false, true,
	    NULL, false },
	{ "another network", FEW_CODES "trusted_networks = 192.0.2.0/24\ntries = 1\n",
	    pam_sm_authenticate, false, false, NULL, false },
	{ "remembered for its origin", "remember = 5\nremember_for = origin\n", pam_sm_authenticate,
	    true, true, NULL, false },
	{ "guard", "[service sshd]\nguard = yes\n", pam_sm_acct_mgmt, false, false, NULL, false },
	{ "recovery code that is wrong", "tries = 1\n", pam_sm_authenticate, false, false, NULL, false },
	{ "session", "", pam_sm_open_session, false, true, NULL, false },
	{ "approval", WITH_PHONE, pam_sm_authenticate, false, true, &honest, false },
	{ "approval with a wrong number", FEW_CODES WITH_PHONE, pam_sm_authenticate, false, false,
	    &wrong, false },
	{ "approval by way of the module", WITH_PHONE, pam_sm_authenticate, false, true, &honest, true },
	{ "approval of a phone that was revoked", FEW_CODES WITH_PHONE, pam_sm_authenticate, false,
	    false, &revoked, false },
	{ "call", WITH_PHONE "attested = call\n", pam_sm_authenticate, false, true, &called, false },
	{ "call with wrong numbers", FEW_CODES WITH_PHONE "attested = call\n", pam_sm_authenticate,
	    false, false, &misled, false },
	{ "text message", FEW_CODES WITH_PHONE "attested = sms\n", pam_sm_authenticate, false, true,
	    &texted, false },
};

static void
must(int r, const char *what)
{
	if (r == MFA_OK)
		return;
	printf("Bail out! %s: %s\n", what, mfa_strerror(r));
	exit(1);
}

static struct store *
open_state(void)
{
	struct store *s = NULL;
	char why[256];

	must(store_open(dir, &key, STORE_CREATE, &s, why, sizeof(why)), "store_open");
	return s;
}

static int64_t
last_counter(void)
{
	struct token t[TOKENS_MAX];
	struct store *s = open_state();
	size_t n = 0;

	must(store_begin(s, 5000), "begin");
	must(store_tokens(s, "alice", t, &n), "tokens");
	store_rollback(s);
	store_close(&s);
	return n == 1 ? t[0].last : -2;
}

static void
make_state(const struct scenario *sc)
{
	struct token t = { .name = "hotp", .last = -1, .resync = -1 };
	struct store *s;
	char path[128];
	FILE *f;

	snprintf(dir, sizeof(dir), "/tmp/mfa-fault-XXXXXX");
	if (mkdtemp(dir) == NULL)
		must(MFA_E_SYSTEM, "mkdtemp");
	snprintf(path, sizeof(path), "%s/conf", dir);
	if ((f = fopen(path, "w")) == NULL || fputs(sc->configuration, f) == EOF || fclose(f) == EOF)
		must(MFA_E_SYSTEM, path);
	s = open_state();
	t.params = otp_default;
	t.params.kind = OTP_HOTP;
	t.params.period = 0;
	must(secret_set(&t.key, "12345678901234567890", 20), "key");
	must(store_begin(s, 5000), "begin");
	must(store_token_add(s, "alice", &t, time(NULL)), "token");
	if (sc->phone == &revoked)
		must(store_revocation_add(s, world_certificates[DEVICE_WEBAUTHN_ES256].device.id,
		    "alice", time(NULL)), "revocation");
	must(store_commit(s, true), "commit");
	store_close(&s);
}

static void
forget_everything(void)
{
	struct store *s = open_state();
	unsigned int n;

	must(store_begin(s, 5000), "begin");
	must(store_user_unlock(s, "alice"), "unlock");
	must(store_grants_forget(s, "alice", &n), "forget");
	must(store_commit(s, true), "commit");
	store_close(&s);
}

/* ---- one login with its n-th call failing, in a process of its own ---- */

enum { FIRED = 1, GRANTED = 2, ODD = 4, LEAKED = 8 };

static void
attempt(const struct scenario *sc, long n)
{
	struct otp_params p = otp_default;
	char code[OTP_CODE_MAX] = "000000";
	struct secret secret;
	int r, status = 0;

	p.kind = OTP_HOTP;
	p.period = 0;
	must(secret_set(&secret, "12345678901234567890", 20), "key");
	if (sc->code)
		must(otp_code(&p, &secret, (uint64_t)(last_counter() + 1), code), "code");
	answer = strncmp(sc->name, "recovery", 8) == 0 ? "aaaa-bbbb-cccc-dddd" : code;
	if (http_seen != NULL)
		http_seen->has_number = false;
	(void)alarm(HANG_SECONDS);
	fault_arm(n);
	r = run_phase(sc->phase);
	status |= fault_fired() ? FIRED : 0;
	if (fault_fired() && getenv("TORTURE_SHOW") != NULL)
		fprintf(stderr, "%s %ld %s: %d\n", sc->name, n, fault_name(), r);
	fault_arm(0);
	status |= r == PAM_SUCCESS ? GRANTED : 0;
	status |= r == PAM_IGNORE || r < 0 ? ODD : 0;
	status |= __lsan_do_recoverable_leak_check() != 0 ? LEAKED : 0;
	_exit(status);
}

static const char *
judge_run(const struct scenario *sc, int status, int64_t before)
{
	int64_t after = last_counter();
	bool granted = WIFEXITED(status) && (WEXITSTATUS(status) & GRANTED);

	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGALRM ? "hangs" : "crashes";
	if (WEXITSTATUS(status) >= 16)
		return "is stopped by a sanitizer";
	if (WEXITSTATUS(status) & LEAKED)
		return "leaks";
	if (WEXITSTATUS(status) & ODD)
		return "is neither success nor denial";
	if (granted && !sc->grants)
		return "is granted";
	if (granted && sc->code && after != before + 1)
		return "is granted and its code unspent";
	if (!granted && sc->grants && !(WEXITSTATUS(status) & FIRED))
		return "is denied without a fault";
	return NULL;
}

static const char *
torture(const struct scenario *sc, long *n)
{
	const char *fault;
	int64_t before;
	int status;
	pid_t pid;

	for (*n = 1; *n < ROUNDS_MAX; ++*n) {
		forget_everything();
		before = last_counter();
		fflush(stdout);
		if ((pid = fork()) == 0)
			attempt(sc, *n);
		if (pid == -1 || waitpid(pid, &status, 0) != pid)
			return "cannot be run";
		if ((fault = judge_run(sc, status, before)) != NULL)
			return fault;
		if (!(WEXITSTATUS(status) & FIRED))
			return NULL;
	}
	return "never ends";
}

/* By hand: NUMBER for that scenario only; TORTURE_SHOW=1 names the calls. */
int
main(int argc, char **argv)
{
	size_t i, count = sizeof(scenarios) / sizeof(scenarios[0]);
	size_t only = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	int failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	memset(key.bytes, 7, sizeof(key.bytes));
	must(workshop_warm_up(), "warm up");
	world_make();
	printf("1..%zu\n", count);
	for (i = 0; i < count; i++) {
		const char *fault;
		long n = 0;

		if (only != 0 && only != i + 1)
			continue;
		make_state(&scenarios[i]);
		if (scenarios[i].phone != NULL)
			http_start(scenarios[i].phone);
		if (scenarios[i].reached)
			http_hide();
		fault = torture(&scenarios[i], &n);
		if (scenarios[i].phone != NULL)
			http_stop();
		failed |= fault != NULL;
		printf("%sok %zu - every_failing_call_denies: %s (%ld calls)%s%s\n",
		    fault != NULL ? "not " : "", i + 1, scenarios[i].name, n,
		    fault != NULL ? ": with that call failing it " : "", fault != NULL ? fault : "");
	}
	return failed;
}
