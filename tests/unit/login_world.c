/* SPDX-License-Identifier: BSD-2-Clause */
#include "login_world.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "text.h"

static void
must(int r, const char *what)
{
	if (r != MFA_OK)
		ck_abort_msg("%s: %s", what, mfa_strerror(r));
}

struct config *
login_world_config(const struct login_world *w, const char *text)
{
	struct config_error error;
	struct config *config;
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/conf", w->dir);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	if (config_load(path, "/nonexistent", &config, &error) != MFA_OK)
		ck_abort_msg("%s:%u: %s", error.file, error.line, error.text);
	return config;
}

void
login_world_make(struct login_world *w, const char *configuration)
{
	char why[256];

	memset(w, 0, sizeof(*w));
	snprintf(w->dir, sizeof(w->dir), "/tmp/mfa-login-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(w->dir));
	memset(w->key.bytes, 7, sizeof(w->key.bytes));
	w->config = login_world_config(w, configuration);
	if (store_open(w->dir, &w->key, STORE_CREATE, &w->store, why, sizeof(why)) != MFA_OK)
		ck_abort_msg("%s", why);
}

void
login_world_drop(struct login_world *w)
{
	static const char *const names[] = { "conf", "state.db", "state.db-wal", "state.db-shm", "lock" };
	char path[128];
	size_t i;

	store_close(&w->store);
	config_free(&w->config);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", w->dir, names[i]);
		unlink(path);
	}
	rmdir(w->dir);
}

struct login_script
login_script(const char *user, const char *answer)
{
	struct login_script s = {
		.begin = { .type = MSG_BEGIN, .version = MSG_VERSION, .phase = PHASE_AUTH,
		    .loginuid = UID_UNSET, .sessionid = UID_UNSET, .ms_left = 20000,
		    .service = "sshd", .ssh_connection = "198.51.100.7 4711 192.0.2.1 22",
		    .rhost = "198.51.100.7" },
		.ids = { .type = MSG_IDS, .uid = 1000 },
		.caller = { .uid = 0, .root = true },
	};
	size_t i;

	must(text_copy(s.begin.user, sizeof(s.begin.user), user), user);
	for (i = 0; i < ANSWERS; i++)
		s.answers[i] = answer;
	return s;
}

static void
serve(struct login_world *w, const struct login_script *s, int fd)
{
	struct workshop shop = { .config = w->config, .logind = -1, .boot = "boot",
	    .busy = w->busy, .still_ms = w->still_ms };

	memcpy(shop.authorities, w->authorities, sizeof(w->authorities));
	shop.authority_count = w->authority_count;
	if (store_open(w->dir, &w->key, STORE_LOGIN, &shop.store, shop.store_error,
	    sizeof(shop.store_error)) != MFA_OK)
		_exit(3);
	login_serve(&shop, &s->caller, fd);
	_exit(0);
}

static void
answer(const struct login_script *s, struct login_result *r, int fd, const char *text)
{
	struct msg m = { .type = MSG_ANSWER };

	(void)text_copy(r->prompt, sizeof(r->prompt), text);
	if (s->pause_ms > 0)
		usleep((unsigned int)s->pause_ms * 1000);
	if (r->prompts >= ANSWERS || s->answers[r->prompts] == NULL)
		m.type = MSG_CANCEL;
	else
		must(secret_set(&m.answer, s->answers[r->prompts],
		    strlen(s->answers[r->prompts])), "answer");
	r->prompts++;
	(void)msg_send(fd, &m, deadline_in(5000));
}

static void
answer_reach(const struct login_script *s, struct login_result *r, int fd)
{
	int way = s->reach != NULL ? s->reach() : -1;

	r->reaches++;
	must(msg_send_reached(fd, way, deadline_in(5000)), "reached");
	if (way != -1)
		close(way);
}

static void
speak(const struct login_script *s, struct login_result *r, int fd)
{
	struct msg m;

	if (s->silent_ms > 0)
		usleep((unsigned int)s->silent_ms * 1000);
	must(msg_send(fd, &s->begin, deadline_in(5000)), "begin");
	while (msg_recv(fd, &m, deadline_in(30000)) == MFA_OK) {
		if (s->seen != NULL)
			s->seen(m.text);
		if (m.type == MSG_VERDICT) {
			r->verdict = m.verdict;
			return;
		}
		if (m.type == MSG_LOOK_UP) {
			r->look_ups++;
			must(msg_send(fd, &s->ids, deadline_in(5000)), "ids");
		} else if (m.type == MSG_REACH) {
			answer_reach(s, r, fd);
		} else if (m.type == MSG_PROMPT) {
			answer(s, r, fd, m.text);
		} else {
			size_t at = strlen(r->said);

			r->infos++;
			snprintf(r->said + at, sizeof(r->said) - at, "%s\n", m.text);
			if (r->infos == s->leaves_at)
				return;
		}
	}
}

struct login_result
login_run(struct login_world *w, const struct login_script *s)
{
	struct login_result r = { .verdict = 0 };
	int pair[2], status;
	pid_t pid;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	if ((pid = fork()) == 0) {
		close(pair[0]);
		serve(w, s, pair[1]);
	}
	close(pair[1]);
	speak(s, &r, pair[0]);
	close(pair[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	return r;
}

struct login_result
login_try(struct login_world *w, const char *user, const char *answer)
{
	struct login_script s = login_script(user, answer);

	return login_run(w, &s);
}

void
login_granted(const struct login_result *r)
{
	ck_assert_msg(r->verdict == VERDICT_GRANT, "not granted: %08x", r->verdict);
}

void
login_denied(const struct login_result *r)
{
	ck_assert_msg(r->verdict == VERDICT_DENY || r->verdict == VERDICT_TRIES ||
	    r->verdict == VERDICT_UNAVAILABLE, "not denied: %08x", r->verdict);
}

int
login_start(struct login_world *w, const struct login_script *s)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct login_result r = login_run(w, s);

		_exit(r.verdict == VERDICT_GRANT ? 0 : 1);
	}
	return pid;
}

static void
rfc_key(struct secret *key)
{
	must(secret_set(key, "12345678901234567890", 20), "key");
}

void
login_enrol(struct login_world *w, const char *user, enum otp_kind kind)
{
	struct token t = { .params = otp_default, .last = -1, .resync = -1 };

	t.params.kind = kind;
	if (kind == OTP_HOTP)
		t.params.period = 0;
	must(text_copy(t.name, sizeof(t.name), otp_kind_name(kind)), "name");
	rfc_key(&t.key);
	must(store_begin(w->store, 5000), "begin");
	must(store_token_add(w->store, user, &t, time(NULL)), "token");
	must(store_commit(w->store, true), "commit");
}

const char *
login_code(int offset)
{
	static char code[OTP_CODE_MAX];
	struct secret key;

	rfc_key(&key);
	must(otp_code(&otp_default, &key, otp_step(&otp_default, time(NULL)) + (uint64_t)offset,
	    code), "code");
	return code;
}

const char *
login_hotp(uint64_t counter)
{
	static char code[OTP_CODE_MAX];
	struct otp_params p = otp_default;
	struct secret key;

	p.kind = OTP_HOTP;
	p.period = 0;
	rfc_key(&key);
	must(otp_code(&p, &key, counter, code), "code");
	return code;
}

struct counting {
	const char *reason;
	unsigned int n;
};

static bool
count(void *arg, const struct audit *a)
{
	struct counting *c = arg;

	c->n += c->reason == NULL || strcmp(a->reason, c->reason) == 0;
	return true;
}

unsigned int
login_records(struct login_world *w, const char *event, const char *reason)
{
	struct audit_filter f = { .event = event };
	struct counting c = { .reason = reason };

	must(store_audit_read(w->store, &f, count, &c), "audit");
	return c.n;
}
