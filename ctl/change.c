/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "../helper/login/login.h"
#include "ctl.h"
#include "error.h"
#include "log.h"
#include "state.h"
#include "text.h"
#include "when.h"

static void
append(char *dst, size_t size, const char *key, const char *quote, const char *value)
{
	size_t at = strlen(dst), left = size - at;
	int n = snprintf(dst + at, left, "%s%s=%s%s%s", at > 0 ? " " : "", key, quote, value,
	    quote);

	/* Not in the middle of a character. */
	if (n < 0 || (size_t)n >= left)
		dst[at] = '\0';
}

void
change_add(struct change *c, const char *key, const char *value)
{
	char escaped[128], shown[128];
	bool plain = strpbrk(value, " \"") == NULL;

	append(c->logged, sizeof(c->logged), key, "", text_escape(escaped, sizeof(escaped), value));
	append(c->recorded, sizeof(c->recorded), key, plain ? "" : "\"",
	    show(shown, sizeof(shown), value));
}

/* Each change of a binding is told to the person at the next login. */
static int
notify(struct state *st, const struct change *c)
{
	static const struct {
		const char *event, *told;
	} bindings[] = {
		{ "enrol", "an authenticator was added" },
		{ "import", "an authenticator was added" },
		{ "replace", "an authenticator was replaced" },
		{ "remove", "an authenticator was removed" },
		{ "recovery", "new recovery codes were made" },
		{ "pass", "a temporary access pass was issued" },
		{ "phone", "a phone was added" },
	};
	char notice[STORE_NOTICE_MAX], when[WHEN_MAX];
	size_t i;

	for (i = 0; i < sizeof(bindings) / sizeof(bindings[0]); i++) {
		if (strcmp(bindings[i].event, c->event) != 0)
			continue;
		(void)snprintf(notice, sizeof(notice), "%s on %s by %s", bindings[i].told,
		    when_format(when, st->now), st->by);
		return store_user_notice(st->store, c->user, notice);
	}
	return MFA_OK;
}

int
state_record(struct state *st, const struct change *c)
{
	struct audit a = { .ms = 0 };
	int r;

	if ((r = text_copy(a.event, sizeof(a.event), c->event)) != MFA_OK ||
	    (r = text_copy(a.user, sizeof(a.user), c->user)) != MFA_OK ||
	    (r = text_copy(a.reason, sizeof(a.reason), c->recorded)) != MFA_OK ||
	    (r = text_copy(a.by, sizeof(a.by), st->by)) != MFA_OK)
		return r;
	r = store_audit(st->store, &a, st->now);
	return r != MFA_OK ? r : notify(st, c);
}

void
state_log(const struct state *st, const struct change *c)
{
	char user[SHOW_MAX];

	log_line(LOG_NOTICE, "%s user=%s by=%s%s%s", c->event,
	    text_escape(user, sizeof(user), c->user), st->by, c->logged[0] != '\0' ? " " : "",
	    c->logged);
}

int
state_change(struct state *st, const struct change *c,
    int (*apply)(struct state *st, void *arg), void *arg)
{
	int r;

	if ((r = store_begin(st->store, CTL_STORE_MS)) != MFA_OK)
		return r;
	if ((r = wall_clock(&st->now)) == MFA_OK && (r = apply(st, arg)) == MFA_OK &&
	    (r = state_record(st, c)) == MFA_OK)
		r = store_commit(st->store, true);
	if (r != MFA_OK) {
		store_rollback(st->store);
		return r;
	}
	state_log(st, c);
	return MFA_OK;
}
