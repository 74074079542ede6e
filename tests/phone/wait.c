/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for logins: one held request says which there are, and meanwhile the
 * person answers, or nobody does.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "error.h"
#include "outcome.h"
#include "pending.h"
#include "phone.h"
#include "text.h"
#include "watch.h"

/* ---- all limits ---- */
#define PAUSE_FIRST_MS	500	/* after a question that failed; it doubles */
#define PAUSE_MOST_MS	30000
#define FOREVER_MS	(365 * INT64_C(86400000))

struct vigil {
	struct api api;
	struct watch watch;
	struct card card;
	const struct wishes *w;

	struct pending now;		/* what the person is asked about */
	bool asking;
	struct deadline expires;	/* its own */
	char done[LINK_ID_LEN + 1];	/* the login that was answered last */

	struct deadline end;		/* --timeout */
	bool holding;			/* the service holds our question */
	struct deadline again;		/* it is not asked anew before this */
	int64_t pause, seq;		/* pause: ms, 0 when the last question went well */
	bool known;			/* seq is */
};

/* CONTINUE: and no exit status yet. */
enum { CONTINUE = -1 };

/* ---- the question that is held ---- */

static int
hold(struct vigil *v)
{
	struct fetch_request rq;
	char after[40] = "";

	if (v->holding || deadline_left(v->again) > 0)
		return CONTINUE;
	if (v->known)
		(void)snprintf(after, sizeof(after), "&after=%lld", (long long)v->seq);
	api_request(&rq, "GET", "/v1/device/logins?wait=%d%s", API_WAIT, after);
	if (api_hold(&v->api, &rq) != MFA_OK)
		return complain(PHONE_FAILED, "the service cannot be asked: out of memory");
	v->holding = true;
	return CONTINUE;
}

/* Not known here is not known at all; anything else may pass. */
static int
put_up_with(struct vigil *v, int error, const struct api_reply *reply)
{
	bool passes = error == MFA_E_ABSENT || error == MFA_E_PROTOCOL ||
	    (error == MFA_E_REFUSED && (reply->status >= 500 || reply->status == 429));

	if (!passes)
		return complain_of(error, reply);
	if (v->pause == 0)
		(void)fprintf(stderr, "mfa-phone: %s: trying again\n", reply->words);
	v->pause = v->pause == 0 ? PAUSE_FIRST_MS : 2 * v->pause;
	if (v->pause < reply->retry_after * INT64_C(1000))
		v->pause = reply->retry_after * INT64_C(1000);
	v->pause = v->pause > PAUSE_MOST_MS ? PAUSE_MOST_MS : v->pause;
	v->again = deadline_in(v->pause);
	return CONTINUE;
}

/* ---- the answer ---- */

static void
stop_asking(struct vigil *v)
{
	(void)text_copy(v->done, sizeof(v->done), v->now.login);
	v->asking = false;
}

static int
finish(struct vigil *v, int status)
{
	stop_asking(v);
	(void)fflush(stdout);
	return v->w->once ? status : CONTINUE;
}

static int
answer(struct vigil *v, enum phone_decision decision, const char *number)
{
	struct fetch_request rq;
	struct api_reply reply;
	int r = pending_answer(&v->now, &v->card, decision, number, v->w, &rq);

	if (r != MFA_OK)
		return complain(PHONE_FAILED, "the answer cannot be signed: %s", mfa_strerror(r));
	r = api_ask(&v->api, &rq, deadline_min(v->expires, deadline_in(API_MS)), &reply);
	if (r != MFA_OK && reply.status != 409 && reply.status != 410) {
		r = complain_of(r, &reply);
		api_reply_free(&reply);
		return r == PHONE_REFUSED ? r : finish(v, r);
	}
	api_reply_free(&reply);
	if (r != MFA_OK)
		(void)puts("It was too late:");
	else if (decision != DECISION_APPROVE)
		(void)puts(decision == DECISION_DENY ? "Denied." : 
		    "Reported.  Nobody is let in, and this phone is not asked any more until that is "
		    "looked into.");
	if (r == MFA_OK && decision != DECISION_APPROVE)
		return finish(v, PHONE_DONE);
	return finish(v, outcome(&v->api, v->now.login, v->expires));
}

/* "482 913" is a number of six digits. */
static bool
read_number(const char *typed, unsigned int digits, char number[STATEMENT_DIGITS_MAX + 1])
{
	size_t n = 0;

	for (; *typed != '\0'; typed++) {
		if (*typed == ' ' || *typed == '\r')
			continue;
		if (*typed < '0' || *typed > '9' || n == digits)
			return false;
		number[n++] = *typed;
	}
	number[n] = '\0';
	return n == digits;
}

static void
prompt(const struct vigil *v)
{
	(void)printf("Type the %u digits that the login shows, n to deny, or r if it was not you: ",
	    v->now.digits);
	(void)fflush(stdout);
}

static int
hear(struct vigil *v)
{
	char typed[WATCH_LINE_MAX], number[STATEMENT_DIGITS_MAX + 1];
	int r = watch_typed(&v->watch, typed);

	if (r == MFA_E_CLOSED && v->asking)
		return complain(PHONE_REFUSED, "nothing was typed: the login was not answered");
	if (r != MFA_OK || !v->asking)
		return CONTINUE;
	if (strcmp(typed, "n") == 0 || strcmp(typed, "r") == 0)
		return answer(v, *typed == 'n' ? DECISION_DENY : DECISION_REPORT, "-");
	if (read_number(typed, v->now.digits, number))
		return answer(v, DECISION_APPROVE, number);
	(void)puts("That is neither.");
	prompt(v);
	return CONTINUE;
}

/* ---- what waits ---- */

static int
ask(struct vigil *v, const struct pending *p)
{
	const struct wishes *w = v->w;
	int64_t now = (int64_t)time(NULL);

	v->now = *p;
	if (p->asked.expires <= now) {
		stop_asking(v);
		(void)fprintf(stderr, "mfa-phone: a login was over before it came: is this clock "
		    "right?\n");
		return CONTINUE;
	}
	v->asking = true;
	v->expires = deadline_in((p->asked.expires - now) * 1000);
	pending_show(p, now);
	if (w->approve != NULL)
		return answer(v, DECISION_APPROVE, w->approve);
	if (w->deny || w->report)
		return answer(v, w->deny ? DECISION_DENY : DECISION_REPORT, "-");
	watch_forget(&v->watch);
	prompt(v);
	return v->watch.file || v->watch.len > 0 || v->watch.ended ? hear(v) : CONTINUE;
}

static const struct pending *
find(const struct pendings *list, const char *login)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (strcmp(list->list[i].login, login) == 0)
			return &list->list[i];
	return NULL;
}

static int
look_at(struct vigil *v, const struct pendings *list)
{
	size_t i;
	int r;

	if (v->asking && find(list, v->now.login) == NULL) {
		(void)putchar('\n');
		r = finish(v, outcome(&v->api, v->now.login, deadline_in(0)));
		if (r != CONTINUE)
			return r;
	}
	for (i = 0; !v->asking && i < list->count; i++)
		if (strcmp(list->list[i].login, v->done) != 0 &&
		    (r = ask(v, &list->list[i])) != CONTINUE)
			return r;
	return CONTINUE;
}

static int
take(struct vigil *v)
{
	static struct pendings list;
	struct api_reply reply;
	int r = api_held(&v->api, &reply);

	v->holding = false;
	if (r == MFA_OK && pending_read(reply.json, v->card.user, &list) != MFA_OK) {
		(void)text_copy(reply.words, sizeof(reply.words), "the service tells of a login "
		    "that is none");
		r = MFA_E_PROTOCOL;
	}
	if (r == MFA_OK) {
		/* One that answers early is not asked in a loop. */
		v->again = deadline_in(v->known && v->seq == list.seq ? PAUSE_FIRST_MS : 0);
		v->pause = 0;
		v->known = true;
		v->seq = list.seq;
		r = look_at(v, &list);
	} else {
		r = put_up_with(v, r, &reply);
	}
	api_reply_free(&reply);
	return r;
}

/* ---- waiting ---- */

static int
late(struct vigil *v)
{
	if (v->asking && deadline_left(v->expires) == 0) {
		(void)puts("\nNobody answered in time.");
		return finish(v, PHONE_ABSENT);
	}
	if (!v->asking && deadline_left(v->end) == 0)
		return complain(PHONE_ABSENT, "nobody logged in");
	return CONTINUE;
}

static int
wait_once(struct vigil *v)
{
	struct deadline next = v->asking ? v->expires : v->end;

	if (!v->holding)
		next = deadline_min(next, v->again);
	switch (api_wait(&v->api, v->asking ? v->watch.fd : v->watch.signals, next)) {
	case FETCH_HEARD:
		if (watch_interrupted(&v->watch))
			return complain(v->w->once || v->asking ? PHONE_REFUSED : PHONE_DONE,
			    "interrupted");
		return hear(v);
	case FETCH_HELD_DONE:
		return take(v);
	case FETCH_BROKEN:
		return complain(PHONE_FAILED, "the connection cannot be waited for");
	case FETCH_DONE:
	case FETCH_LATE:
	default:
		return late(v);
	}
}

static int
keep_vigil(struct vigil *v)
{
	int r;

	while ((r = hold(v)) == CONTINUE && (r = wait_once(v)) == CONTINUE)
		;
	return r;
}

static int
begin(struct vigil *v)
{
	const char *why;
	int r = card_read(v->w->store, &v->card, &why);

	if (r != MFA_OK)
		return complain(r == MFA_E_ABSENT ? PHONE_ABSENT : PHONE_STORE, "%s %s",
		    v->w->store, why);
	if (watch_open(&v->watch, v->w->approve == NULL && !v->w->deny && !v->w->report) != MFA_OK)
		return complain(PHONE_FAILED, "signals cannot be watched: %s", strerror(errno));
	if ((r = phone_api(&v->api, &v->card, v->watch.signals)) != PHONE_DONE)
		return r;
	v->end = deadline_in(v->w->timeout > 0 ? v->w->timeout * INT64_C(1000) : FOREVER_MS);
	return keep_vigil(v);
}

int
phone_wait(const struct wishes *w)
{
	static struct vigil v;
	char number[STATEMENT_DIGITS_MAX + 1];
	int r;

	if (w->approve != NULL && (strlen(w->approve) < STATEMENT_DIGITS_MIN ||
	    strlen(w->approve) > STATEMENT_DIGITS_MAX ||
	    !read_number(w->approve, (unsigned int)strlen(w->approve), number)))
		return complain(PHONE_USAGE, "--approve: the digits that the login shows");
	v = (struct vigil){ .w = w, .watch = { .signals = -1, .fd = -1 } };
	r = begin(&v);
	api_close(&v.api);
	watch_close(&v.watch);
	explicit_bzero(&v, sizeof(v));
	return r;
}
