/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <string.h>

#include "error.h"
#include "login.h"

static const struct origin unknown = { .from = "nothing" };

static bool
display_manager(const struct login *l)
{
	return l->settings->display_manager;
}

/* What our own session hook recorded when this audit session began. */
static int
recorded_origin(struct login *l)
{
	char text[ORIGIN_TEXT_MAX];
	int r;

	if (l->w->store == NULL || l->w->boot[0] == '\0')
		return MFA_E_ABSENT;
	r = store_session_find(l->w->store, l->w->boot, l->begin.sessionid, text, sizeof(text));
	if (r == MFA_OK && (r = origin_parse(text, &l->origin)) == MFA_OK)
		l->origin.from = "audit session";
	return r;
}

static void
find_origin(struct login *l)
{
	int r = MFA_E_ABSENT;

	l->origin = unknown;
	/* A caller that is not root could put anything into its own items. */
	if (l->caller.root)
		r = origin_of_login(&l->begin, display_manager(l), &l->origin);
	if (r == MFA_OK || l->begin.sessionid == UID_UNSET)
		return;
	if (recorded_origin(l) == MFA_OK)
		return;
	l->origin = unknown;
	if (l->w->logind == -1 ||
	    origin_of_logind(l->w->logind, l->begin.sessionid, &l->origin) != MFA_OK)
		l->origin = unknown;
}

/* A daemon that somebody started by hand carries the id of that somebody's
 * audit session; whom it serves sits where PAM_RHOST says. */
static bool
is_elsewhere(const struct login *l)
{
	char rhost[ADDRESS_TEXT_MAX], here[ORIGIN_TEXT_MAX];
	struct address a;

	if (l->begin.rhost[0] == '\0')
		return false;
	return address_parse(l->begin.rhost, &a) != MFA_OK ||
	    strcmp(address_format(&a, rhost), origin_format(&l->origin, here)) != 0;
}

void
session_find_origin(struct login *l)
{
	find_origin(l);
	if (l->caller.root && l->origin.kind != ORIGIN_UNKNOWN &&
	    l->begin.ssh_connection[0] == '\0' && is_elsewhere(l))
		l->origin = unknown;
}

/* The two session phases decide nothing about the person; their verdict says
 * whether the record was kept. */
static int
record(struct login *l, bool open)
{
	char text[ORIGIN_TEXT_MAX];
	struct store *s = l->w->store;
	int64_t now;
	int r;

	if (s == NULL)
		return MFA_E_STATE;
	login_busy(l);
	if ((r = wall_clock(&now)) != MFA_OK || (r = login_begin_change(l)) != MFA_OK)
		return r;
	if (open)
		r = store_session_open(s, l->w->boot, l->begin.sessionid, l->begin.user,
		    l->begin.service, origin_format(&l->origin, text), now);
	else
		r = store_session_close(s, l->w->boot, l->begin.sessionid, l->begin.service);
	if (r == MFA_OK)
		r = store_commit(s, false);
	else
		store_rollback(s);
	/* The first record of an audit session stands: su inside it, say. */
	return r == MFA_E_EXISTS || r == MFA_E_ABSENT ? MFA_OK : r;
}

static void
session(struct login *l, bool open)
{
	int r;

	if (!l->caller.root) {
		login_deny(l, REASON_NOT_ROOT, NULL);
		return;
	}
	r = origin_of_login(&l->begin, display_manager(l), &l->origin);
	if (l->begin.sessionid == UID_UNSET || l->w->boot[0] == '\0' ||
	    (open && (r != MFA_OK || l->origin.kind == ORIGIN_UNKNOWN)))
		r = MFA_OK;	/* nothing to record */
	else
		r = record(l, open);
	if (r != MFA_OK) {
		login_deny(l, REASON_STATE, mfa_strerror(r));
		return;
	}
	l->quiet = true;
	login_grant(l, REASON_NONE, FACTOR_NONE);
}

void
session_open(struct login *l)
{
	session(l, true);
}

void
session_close(struct login *l)
{
	session(l, false);
}
