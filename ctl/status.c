/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <unistd.h>

#include "../helper/login/login.h"
#include "../helper/sandbox.h"
#include "ctl.h"
#include "error.h"
#include "json.h"
#include "paths.h"
#include "service_reach.h"
#include "sibling.h"
#include "state.h"
#include "table.h"
#include "user.h"
#include "when.h"

#define ANSWER_MS	5000	/* for the helper */
#define BUILT_AFTER	1767225600	/* 2026-01-01: a clock before it is wrong */
#define AHEAD		120	/* seconds that a record may be ahead of the clock */

/* One thing that was looked at. */
struct item {
	const char *name;
	bool good;
	char text[512];
};

struct look {
	struct store *store;
	struct seal_key key;
	bool have_key;
	uint32_t uid, gid;
	unsigned int users, enrolled, locked;
	int64_t now;
	char server[256];	/* "": there is no approval service */
};

static bool say(struct item *i, bool good, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool
say(struct item *i, bool good, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(i->text, sizeof(i->text), format, ap);
	va_end(ap);
	i->good = good;
	return good;
}

static void
look_version(struct look *l, struct item *i)
{
	(void)l;
	(void)say(i, true, "mfactl %s, SQLite %s, %s", CTL_VERSION, sqlite3_libversion(),
	    OpenSSL_version(OPENSSL_VERSION));
}

static void
look_config(struct look *l, struct item *i)
{
	struct config_error e = { .line = 0 };
	struct config *c = NULL;
	char place[CONFIG_PLACE_MAX];

	if (config_load(MFA_CONF, MFA_CONF_DIR, &c, &e) == MFA_OK) {
		const char *server = config_service(c, "")->server;

		(void)snprintf(l->server, sizeof(l->server), "%s", server != NULL ? server : "");
		(void)say(i, true, "%s can be used", MFA_CONF);
	} else
		(void)say(i, false, "%s%s: every login is denied",
		    config_error_place(&e, place), e.text);
	config_free(&c);
}

/* The last one that needs root; from here on we are pam_mfa. */
static void
look_key(struct look *l, struct item *i)
{
	const char *why = "";

	l->have_key = seal_key_read(MFA_STATE_KEY, &l->key, &why) == MFA_OK;
	if (l->have_key)
		(void)say(i, true, "%s can be used", MFA_STATE_KEY);
	else
		(void)say(i, false, "%s: %s", MFA_STATE_KEY, why);
	if (user_find(MFA_USER, &l->uid, &l->gid) != MFA_OK)
		(void)say(i, false, "there is no user %s: install pam_mfa again", MFA_USER);
	else if (sandbox_become(l->uid, l->gid) != MFA_OK)
		(void)say(i, false, "cannot become user %s", MFA_USER);
}

static void
look_state(struct look *l, struct item *i)
{
	char why[256] = "";

	if (geteuid() != 0 && access(MFA_STATE_DB, F_OK) == -1 && errno == ENOENT &&
	    access(MFA_STATEDIR, X_OK) == 0)
		(void)say(i, false, "nobody is enrolled yet: the first mfactl enroll makes %s",
		    MFA_STATE_DB);
	else if (geteuid() == 0)
		(void)say(i, false, "not looked at");
	else if (store_open(MFA_STATEDIR, l->have_key ? &l->key : NULL, STORE_READ, &l->store, why,
	    sizeof(why)) == MFA_OK)
		(void)say(i, true, "%s can be read", MFA_STATE_DB);
	else
		(void)say(i, false, "%s", why);
}

static bool
count_user(void *arg, const char *user)
{
	struct look *l = arg;
	struct user_state u;

	if (store_user(l->store, user, l->now, &u) != MFA_OK)
		return false;
	l->users++;
	l->enrolled += u.tokens > 0;
	l->locked += u.locked;
	return true;
}

static void
look_users(struct look *l, struct item *i)
{
	if (l->store == NULL)
		(void)say(i, false, "not looked at");
	else if (store_users(l->store, count_user, l) != MFA_OK)
		(void)say(i, false, "%s", store_message(l->store));
	else
		(void)say(i, true, "%u enrolled, %u locked, %u known", l->enrolled, l->locked,
		    l->users);
}

/* A whole exchange that decides nothing and leaves no trace: the account
 * phase of a login of our own that is not remote. */
static int
ask_helper(const struct look *l)
{
	static const char *const argv[] = { "mfa-helper", "login", NULL };
	const struct sibling helper = { MFA_SOCKET, MFA_USER, MFA_HELPER, argv };
	struct deadline deadline = deadline_in(ANSWER_MS);
	static struct msg m;
	int fd, r = sibling_open(&helper, deadline, &fd);

	if (r != MFA_OK)
		return r;
	m = (struct msg){ .type = MSG_BEGIN, .version = MSG_VERSION, .phase = PHASE_ACCOUNT,
	    .uid = l->uid, .loginuid = UID_UNSET, .sessionid = UID_UNSET, .ms_left = ANSWER_MS,
	    .service = "mfactl", .user = MFA_USER };
	if ((r = msg_send(fd, &m, deadline)) == MFA_OK &&
	    (r = msg_recv(fd, &m, deadline)) == MFA_OK &&
	    (m.type != MSG_VERDICT || m.verdict != VERDICT_GRANT))
		r = MFA_E_REFUSED;
	(void)close(fd);
	return r;
}

static void
look_helper(struct look *l, struct item *i)
{
	int64_t began = monotonic_ms();
	int r;

	if (geteuid() == 0)
		(void)say(i, false, "not looked at");
	else if ((r = ask_helper(l)) == MFA_OK)
		(void)say(i, true, "answers on %s, in %lld ms", MFA_SOCKET,
		    (long long)(monotonic_ms() - began));
	else if (r == MFA_E_ABSENT)
		(void)say(i, false, "nobody listens on %s: root's logins start a helper each, "
		    "screen lockers cannot: systemctl start mfa-helper.socket", MFA_SOCKET);
	else if (r == MFA_E_REFUSED)
		(void)say(i, false, "answers on %s, but refuses: see the system's log",
		    MFA_SOCKET);
	else
		(void)say(i, false, "no answer on %s: %s", MFA_SOCKET, mfa_strerror(r));
}

static void
look_service(struct look *l, struct item *i)
{
	int64_t began = monotonic_ms();
	char words[QUERY_WORDS_MAX + 64];

	if (l->server[0] == '\0')
		(void)say(i, true, "none is configured");
	else if (geteuid() == 0)
		(void)say(i, false, "not looked at");
	else if (service_reach(words, sizeof(words)) == MFA_OK)
		(void)say(i, true, "%s answers, in %lld ms", l->server,
		    (long long)(monotonic_ms() - began));
	else
		(void)say(i, false, "%s: %s", l->server, words);
}

static bool
newest(void *arg, const struct audit *a)
{
	*(int64_t *)arg = a->at;
	return false;
}

/* Codes are as right as the clock. */
static void
look_clock(struct look *l, struct item *i)
{
	const struct audit_filter last = { .limit = 1 };
	struct timex t = { .modes = 0 };
	char now[WHEN_MAX], then[WHEN_MAX];
	int64_t at = 0;
	bool synchronised = adjtimex(&t) >= 0 && (t.status & STA_UNSYNC) == 0;

	if (l->store != NULL)
		(void)store_audit_read(l->store, &last, newest, &at);
	when_format_full(now, l->now);
	if (l->now < BUILT_AFTER)
		(void)say(i, false, "%s cannot be right: codes from apps are refused", now);
	else if (at > l->now + AHEAD)
		(void)say(i, false, "%s is before the last record, of %s: codes may be refused",
		    now, when_format_full(then, at));
	else
		(void)say(i, true, "%s, %s", now, synchronised ? "synchronised" :
		    "but the kernel does not know it to be synchronised");
}

static const struct {
	const char *name;
	void (*look)(struct look *l, struct item *i);
} looks[] = {
	{ "version", look_version },
	{ "configuration", look_config },
	{ "key", look_key },
	{ "state", look_state },
	{ "users", look_users },
	{ "helper", look_helper },
	{ "service", look_service },
	{ "clock", look_clock },
};

#define LOOKS (sizeof(looks) / sizeof(looks[0]))

static void
print(const struct item items[LOOKS])
{
	struct table t = { .columns = 3 };
	size_t i;

	for (i = 0; i < LOOKS; i++) {
		const char *cells[] = { looks[i].name, items[i].good ? "ok" : "WRONG",
		    items[i].text };

		table_row(&t, cells);
	}
	table_print(&t, 0);
}

static void
print_json(const struct item items[LOOKS])
{
	struct json_object *o = json_new();
	size_t i;

	for (i = 0; i < LOOKS; i++) {
		struct json_object *one = json_new();

		json_add_bool(one, "ok", items[i].good);
		json_add_text(one, "text", items[i].text);
		json_put(o, looks[i].name, one);
	}
	json_print(o);
}

int
cmd_status(int argc, char **argv)
{
	static struct item items[LOOKS];
	bool json = false;
	const struct opt opts[] = { { "json", NULL, &json } };
	struct look l = { .store = NULL };
	int first, r;
	size_t i;

	if ((r = opts_read(argc, argv, opts, 1, 0, 0, &first)) != CTL_DONE ||
	    (r = need_root()) != CTL_DONE)
		return r;
	if (wall_clock(&l.now) != MFA_OK)
		l.now = 0;
	for (i = 0; i < LOOKS; i++) {
		looks[i].look(&l, &items[i]);
		r = items[i].good ? r : CTL_NO;
	}
	(json ? print_json : print)(items);
	store_close(&l.store);
	seal_key_wipe(&l.key);
	return r;
}
