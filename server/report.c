/* SPDX-License-Identifier: BSD-2-Clause */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <syslog.h>

#include "log.h"
#include "text.h"

void
report_raise(struct api *api, const struct model_answered *what, const char *login,
    const char *device, int64_t now)
{
	char user[4 * MODEL_NAME_MAX], host[4 * MODEL_NAME_MAX], service[4 * MODEL_SERVICE_MAX];
	char origin[256], text[ALARM_TEXT_MAX];

	(void)text_escape(user, sizeof(user), what->user);
	(void)text_escape(host, sizeof(host), what->host);
	(void)text_escape(service, sizeof(service), what->service);
	(void)text_escape(origin, sizeof(origin), what->origin);
	log_line(LOG_ALERT, "reported user=%s host=%s service=%s origin=%s login=%s device=%s: "
	    "somebody knows the password; the user's phones are locked", user, host, service,
	    origin, login, device);
	if (api->alarm == NULL)
		return;
	(void)snprintf(text, sizeof(text), "event=report\nuser=%.512s\nhost=%.512s\nservice=%s\n"
	    "origin=%s\nlogin=%s\ndevice=%s\nat=%" PRId64 "\n", user, host, service, origin,
	    login, device, now);
	alarm_raise(api->alarm, text);
}

void
pending_put(struct answer *a, const struct model_pending *p)
{
	answer_open(a, NULL, '{');
	answer_text(a, "login", p->login);
	answer_text(a, "host", p->host);
	answer_text(a, "user", p->user);
	answer_text(a, "service", p->service);
	answer_text(a, "origin", p->origin);
	answer_text(a, "nonce", p->nonce);
	answer_number(a, "expires", p->expires);
	answer_number(a, "digits", p->digits);
	answer_close(a, '}');
}
