/* SPDX-License-Identifier: BSD-2-Clause */
#include "twilio_api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../helper/http/json.h"
#include "error.h"
#include "template.h"
#include "web.h"

/* ---- all limits ---- */
#define ASK_MS	10000	/* for an answer of Twilio's; it waits 15 s for ours */

static const char sid_letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "0123456789";

/* Adds "NAME=VALUE" to a form; false when it does not fit. */
static bool
add(char form[TEMPLATE_FILLED_MAX], const char *name, const char *value)
{
	static const struct secret none = { .len = 0 };
	const struct template_values v = { .to = "", .id = "", .text = value,
	    .text_len = strlen(value), .secret = &none };
	char escaped[TEMPLATE_FILLED_MAX];
	size_t at = strlen(form);
	int n;

	if (template_fill("{text}", TEMPLATE_FORM, &v, escaped) != MFA_OK)
		return false;
	n = snprintf(form + at, TEMPLATE_FILLED_MAX - at, "%s%s=%s", at > 0 ? "&" : "", name,
	    escaped);
	return n > 0 && (size_t)n < TEMPLATE_FILLED_MAX - at;
}

/* Posts a form to .../Accounts/ACCOUNT/Calls[/SID].json. */
static int
ask(const struct call *c, const char *sid, const char *form, struct fetch_incoming *in)
{
	const struct call_settings *s = c->settings;
	struct deadline deadline = deadline_in(ASK_MS);
	char url[2 * TWILIO_URL_MAX];
	struct web_request w = { .url = url, .body = form, .user = s->twilio_account,
	    .password = (const char *)s->twilio_token->data };
	struct curl_slist *headers = NULL;
	CURLcode result;
	int n, r;

	n = snprintf(url, sizeof(url), "%s/Accounts/%s/Calls%s%s.json", s->twilio_api,
	    s->twilio_account, sid != NULL ? "/" : "", sid != NULL ? sid : "");
	if (n < 0 || (size_t)n >= sizeof(url))
		return MFA_E_INVALID;
	if ((r = web_header(&headers, "Expect:")) == MFA_OK) {
		w.headers = headers;
		r = web_ask(&w, -1, sid == NULL ? deadline_min(deadline, c->deadline) : deadline,
		    in, &result);
	}
	web_headers_free(&headers);
	return r;
}

static int
read_sid(const struct fetch_reply *reply, char sid[TWILIO_SID_MAX])
{
	struct json_object *o = NULL;
	size_t len;
	int r = json_read(reply->body, reply->len, &o);

	if (r == MFA_OK)
		r = json_text(o, "sid", sid, TWILIO_SID_MAX, &len);
	json_drop(&o);
	return r == MFA_OK && sid[0] != '\0' && sid[strspn(sid, sid_letters)] == '\0' ? MFA_OK :
	    MFA_E_INVALID;
}

static int
judge(const struct fetch_reply *reply, char sid[TWILIO_SID_MAX], char words[DIAL_WORDS_MAX])
{
	if (reply->failure != 0)
		(void)snprintf(words, DIAL_WORDS_MAX, "%s", reply->words);
	else if (reply->status < 200 || reply->status > 299)
		(void)snprintf(words, DIAL_WORDS_MAX, "HTTP status %ld", reply->status);
	else if (read_sid(reply, sid) != MFA_OK)
		(void)snprintf(words, DIAL_WORDS_MAX, "a reply without a sid");
	else
		return MFA_OK;
	return MFA_E_REFUSED;
}

int
twilio_place(const struct call *c, const char *voice, const char *status,
    char sid[TWILIO_SID_MAX], char words[DIAL_WORDS_MAX])
{
	struct fetch_incoming *in = calloc(1, sizeof(*in));
	char form[TEMPLATE_FILLED_MAX] = "", ring[16];
	int r = MFA_E_REFUSED;

	(void)snprintf(ring, sizeof(ring), "%u", c->settings->ring_seconds);
	(void)snprintf(words, DIAL_WORDS_MAX, "the request cannot be made");
	if (in != NULL && add(form, "To", c->asked->to) &&
	    add(form, "From", c->settings->twilio_from) && add(form, "Url", voice) &&
	    add(form, "Method", "POST") && add(form, "Timeout", ring) &&
	    add(form, "StatusCallback", status) && add(form, "StatusCallbackMethod", "POST") &&
	    add(form, "StatusCallbackEvent", "ringing") &&
	    add(form, "StatusCallbackEvent", "completed") && ask(c, NULL, form, in) == MFA_OK)
		r = judge(&in->reply, sid, words);
	free(in);
	return r;
}

void
twilio_hang_up(const struct call *c, const char *sid)
{
	struct fetch_incoming *in = calloc(1, sizeof(*in));

	if (in != NULL)
		(void)ask(c, sid, "Status=completed", in);
	free(in);
}
