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

void
change_add(struct change *c, const char *key, const char *value)
{
	size_t at = strlen(c->what), left = sizeof(c->what) - at;
	char escaped[SHOW_MAX];
	int n;

	n = snprintf(c->what + at, left, "%s%s=%s", at > 0 ? " " : "", key,
	    text_escape(escaped, sizeof(escaped), value));
	if (n >= 0 && (size_t)n >= left && left > 4)
		memcpy(c->what + sizeof(c->what) - 4, "...", 4);
}

int
state_record(struct state *st, const struct change *c)
{
	struct audit a = { .ms = 0 };
	int r;

	if ((r = text_copy(a.event, sizeof(a.event), c->event)) != MFA_OK ||
	    (r = text_copy(a.user, sizeof(a.user), c->user)) != MFA_OK ||
	    (r = text_copy(a.reason, sizeof(a.reason), c->what)) != MFA_OK ||
	    (r = text_copy(a.by, sizeof(a.by), st->by)) != MFA_OK)
		return r;
	return store_audit(st->store, &a, st->now);
}

void
state_log(const struct state *st, const struct change *c)
{
	char user[SHOW_MAX];

	log_line(LOG_NOTICE, "%s user=%s by=%s%s%s", c->event,
	    text_escape(user, sizeof(user), c->user), st->by, c->what[0] != '\0' ? " " : "",
	    c->what);
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
