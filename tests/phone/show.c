/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What this phone is, and what the service says about it.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "error.h"
#include "phone.h"
#include "text.h"

static void
line(const char *label, const char *value)
{
	char shown[4 * SERVICE_URL_MAX];

	(void)printf("%-13s%s\n", label, text_escape(shown, sizeof(shown), value));
}

static void
show_card(const struct card *c)
{
	char print[FINGERPRINT_MAX];

	line("user", c->user);
	line("device", c->device);
	line("name", c->name);
	line("kind", record_word(device_kinds, c->kind));
	line("fingerprint", fingerprint(&c->public, print));
	line("server", c->server);
}

static int
show_state(const struct api_reply *reply)
{
	char text[32] = "?";
	int64_t expires;
	struct tm tm;
	time_t until;
	bool certified;

	if (reply->json == NULL || json_flag(reply->json, "certified", &certified) != MFA_OK)
		return complain(PHONE_FAILED, "the service answers with something that is no "
		    "device");
	if (!certified) {
		line("certificate", "none");
		return PHONE_DONE;
	}
	if (api_number(reply->json, "expires", 1, RECORD_TIME_MAX, &expires) != MFA_OK)
		return complain(PHONE_FAILED, "the service answers with something that is no "
		    "device");
	until = (time_t)expires;
	if (localtime_r(&until, &tm) != NULL)
		(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)printf("%-13suntil %s\n", "certificate", text);
	return PHONE_DONE;
}

static int
ask_state(const struct card *c)
{
	struct api a = { .fetch = NULL };
	struct fetch_request rq;
	struct api_reply reply;
	int r;

	if ((r = phone_api(&a, c, -1)) == PHONE_DONE) {
		api_request(&rq, "GET", "/v1/device");
		r = api_ask(&a, &rq, deadline_in(API_MS), &reply);
		r = r == MFA_OK ? show_state(&reply) : complain_of(r, &reply);
		api_reply_free(&reply);
	}
	api_close(&a);
	return r;
}

int
phone_show(const struct wishes *w)
{
	struct card c;
	const char *why;
	int r = card_read(w->store, &c, &why);

	if (r == MFA_OK) {
		show_card(&c);
		r = ask_state(&c);
	} else {
		r = complain(r == MFA_E_ABSENT ? PHONE_ABSENT : PHONE_STORE, "%s %s", w->store,
		    why);
	}
	explicit_bzero(&c, sizeof(c));
	return r;
}
