/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "error.h"
#include "log.h"
#include "login.h"
#include "text.h"

static const char *const phase_names[] = {
	[PHASE_AUTH] = "auth", [PHASE_ACCOUNT] = "account", [PHASE_OPEN] = "open",
	[PHASE_CLOSE] = "close", [PHASE_SPLIT] = "split",
};

static unsigned int
milliseconds(const struct login *l)
{
	int64_t ms = monotonic_ms() - l->started;

	return ms < 0 ? 0 : (unsigned int)ms;
}

void
report_audit(const struct login *l, const char *event, struct audit *out)
{
	*out = (struct audit){ .by = "helper", .ms = milliseconds(l) };
	(void)text_copy(out->event, sizeof(out->event), event);
	(void)text_copy(out->verdict, sizeof(out->verdict),
	    l->verdict == VERDICT_GRANT ? "grant" : "deny");
	(void)text_copy(out->user, sizeof(out->user), l->begin.user);
	(void)text_copy(out->service, sizeof(out->service), l->begin.service);
	(void)text_copy(out->factor, sizeof(out->factor), factor_name(l->factor));
	(void)text_copy(out->reason, sizeof(out->reason), reason_name(l->reason));
	origin_format(&l->origin, out->origin);
	/* It chose the other names itself. */
	if (!l->caller.root)
		(void)text_escape(out->by, sizeof(out->by), l->caller.name);
}

static const char *
phase_name(const struct login *l)
{
	uint32_t phase = l->begin.phase;

	return phase >= PHASE_AUTH && phase <= PHASE_SPLIT ? phase_names[phase] : "login";
}

static void
log_decision(const struct login *l, const char *what, const char *detail)
{
	char user[300], service[100], origin[ORIGIN_TEXT_MAX], caller[32] = "";
	bool granted = l->verdict == VERDICT_GRANT;

	if (!l->caller.root)
		(void)snprintf(caller, sizeof(caller), " caller=%lu", (unsigned long)l->caller.uid);
	log_line(granted ? LOG_NOTICE : LOG_WARNING,
	    "%s verdict=%s user=%s service=%s origin=%s factor=%s reason=%s ms=%u%s%s%s%s%s",
	    what, granted ? "grant" : "deny", text_escape(user, sizeof(user), l->begin.user),
	    text_escape(service, sizeof(service), l->begin.service),
	    origin_format(&l->origin, origin), factor_name(l->factor), reason_name(l->reason),
	    milliseconds(l), factor_is_attested(l->factor) ? " attested=yes" : "", caller,
	    detail != NULL ? " detail=\"" : "", detail != NULL ? detail : "",
	    detail != NULL ? "\"" : "");
}

/* Not durable: no counter stands behind it, and the log line is there. */
static int
record(const struct login *l, const char *event, bool over)
{
	struct store *s = l->w->store;
	struct audit a;
	int64_t now;
	int r;

	if (s == NULL)
		return MFA_E_STATE;
	report_audit(l, event, &a);
	if ((r = wall_clock(&now)) != MFA_OK || (r = over ? store_begin(s, STORE_MS) :
	    login_begin_change(l)) != MFA_OK)
		return r;
	if ((r = store_audit(s, &a, now)) == MFA_OK)
		r = store_commit(s, false);
	if (r != MFA_OK)
		store_rollback(s);
	return r;
}

/* When the verdict has left, nobody waits for the record any more. */
static void
keep(const struct login *l, const char *event, bool over)
{
	int r = record(l, event, over);

	if (r != MFA_OK)
		log_line(LOG_ERR, "audit record not kept: %s: %s", mfa_strerror(r),
		    l->w->store != NULL ? store_message(l->w->store) : l->w->store_error);
}

void
report_log(const struct login *l)
{
	if (!l->quiet)
		log_decision(l, phase_name(l), l->detail);
}

/* Between quotes a blank may stay one. */
static void
escape_words(char *dst, size_t size, const char *words)
{
	char *from = dst, *to;

	(void)text_escape(dst, size, words);
	for (to = dst; *from != '\0'; to++) {
		bool blank = strncmp(from, "\\x20", 4) == 0;

		*to = blank ? ' ' : *from;
		from += blank ? 4 : 1;
	}
	*to = '\0';
}

void
report_asked(const struct login *l, const char *what, const char *words, bool recorded)
{
	char detail[2 * QUERY_WORDS_MAX] = "";

	if (words[0] != '\0')
		escape_words(detail, sizeof(detail), words);
	log_decision(l, what, words[0] != '\0' ? detail : l->detail);
	if (!recorded)
		keep(l, what, false);
}

void
report_record(const struct login *l)
{
	if (!l->quiet && !l->recorded)
		keep(l, "login", true);
}
