/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base64url.h"
#include "crypto.h"
#include "ctl.h"
#include "enrolment.h"
#include "error.h"
#include "json.h"
#include "phone.h"
#include "qr.h"
#include "record_file.h"
#include "text.h"

/* ---- all limits ---- */
#define PAUSE_MS	500	/* at least, between two questions */
#define PAUSE_FAIL_MS	2000	/* after one that was not answered */

/* ---- the link ---- */

static int
open_enrolment(struct phone *p)
{
	struct fetch_request rq;
	struct api_reply reply = { .json = NULL };
	struct json_writer w;
	int r;

	api_request(&rq, "POST", "/v1/enrolments");
	json_begin(&w, rq.body, sizeof(rq.body));
	json_put_text(&w, "user", p->user);
	json_put_number(&w, "life", PHONE_LIFE);
	if ((r = json_end(&w)) != MFA_OK || (r = api_once(&rq)) != MFA_OK)
		return complain(CTL_STATE, "the question cannot be written: %s", mfa_strerror(r));
	r = remote_ask(&p->api, &rq, true, &reply);
	if (r == CTL_DONE && api_id(reply.json, "enrolment", 'e', p->link.enrolment,
	    sizeof(p->link.enrolment)) != MFA_OK)
		r = remote_nonsense("enrolment");
	api_reply_free(&reply);
	return r;
}

static int
make_link(struct phone *p, char text[LINK_MAX])
{
	int r;

	if ((r = text_copy(p->link.server, sizeof(p->link.server), p->api.service.url)) == MFA_OK &&
	    (r = text_copy(p->link.user, sizeof(p->link.user), p->user)) == MFA_OK &&
	    (r = crypto_random(p->link.secret, sizeof(p->link.secret))) == MFA_OK)
		r = link_format(&p->link, text);
	if (r == MFA_OK)
		return CTL_DONE;
	return complain(CTL_STATE, "the link cannot be made: %s", mfa_strerror(r));
}

static void
show_link(const struct phone *p, const char *text)
{
	char user[SHOW_MAX];

	if (p->json) {
		(void)fputs("{ \"user\": ", stdout);
		json_print_text(p->user);
		(void)printf(", \"url\": \"%s\" }\n", text);
		return;
	}
	(void)printf("A new phone for %s.  %s\n\n", show(user, sizeof(user), p->user),
	    offer_pictures() ? "Scan this code with it:" : "Give it this link.");
	if (offer_pictures())
		(void)fputs(qr_print(stdout, text) == MFA_OK ? "\nor type this link:\n\n" :
		    "(The link is too long for a QR code.)\n\n", stdout);
	(void)printf("Link: %s\n\nIt works once, for %d minutes.  Waiting for the phone ...\n",
	    text, PHONE_LIFE / 60);
}

/* ---- the phone's answer ---- */

static int
read_bytes(struct json_object *o, const char *name, unsigned char *out, size_t size, size_t *len)
{
	char text[BASE64URL_CHARS(RECORD_BYTES_MAX) + 1];
	int r = api_text(o, name, text, sizeof(text));

	*len = 0;
	return r != MFA_OK ? r : base64url_decode(text, strlen(text), out, size, len);
}

static int
read_kind(struct json_object *o, uint32_t *kind)
{
	const struct record_word *w;
	char text[32];

	*kind = 0;
	if (api_text(o, "kind", text, sizeof(text)) != MFA_OK)
		return MFA_E_INVALID;
	for (w = device_kinds; w->word != NULL; w++)
		if (strcmp(w->word, text) == 0)
			*kind = w->value;
	return *kind != 0 ? MFA_OK : MFA_E_INVALID;
}

/* The device as the service tells of it, and its proof. */
static int
read_device(const struct phone *p, struct json_object *o, struct device *d,
    char name[PHONE_NAME_MAX], unsigned char mac[ENROL_MAC_LEN], size_t *mac_len)
{
	char id[LINK_ID_LEN + 1];
	int r;

	memset(d, 0, sizeof(*d));
	link_device(p->link.enrolment, d->id);
	if ((r = api_id(o, "device", 'd', id, sizeof(id))) != MFA_OK ||
	    (r = strcmp(id, d->id) == 0 ? MFA_OK : MFA_E_INVALID) != MFA_OK ||
	    (r = api_text(o, "name", name, PHONE_NAME_MAX)) != MFA_OK ||
	    (r = read_kind(o, &d->kind)) != MFA_OK ||
	    (r = read_bytes(o, "key", d->key.data, sizeof(d->key.data), &d->key.len)) != MFA_OK ||
	    (r = api_text(o, "origin", d->origin, sizeof(d->origin))) != MFA_OK ||
	    (r = read_bytes(o, "proof", mac, ENROL_MAC_LEN, mac_len)) != MFA_OK)
		return r;
	return text_copy(d->user, sizeof(d->user), p->user);
}

/* Nothing of what the service says counts before the HMAC does. */
static int
verify(struct phone *p, struct json_object *o)
{
	unsigned char mac[ENROL_MAC_LEN];
	char text[RECORD_MAX + 1];
	size_t len, mac_len;
	enum refusal why;
	struct device d;

	if (o == NULL || read_device(p, o, &d, p->name, mac, &mac_len) != MFA_OK ||
	    enrol_format(&d, text, sizeof(text), &len) != MFA_OK)
		return remote_nonsense("phone: nothing was changed");
	if (enrol_verify(p->link.secret, text, len, mac, mac_len, p->user, &p->device, &why) ==
	    MFA_OK)
		return CTL_DONE;
	return complain(CTL_REFUSED, "what answered is no phone that saw the link, or the service "
	    "altered what it said: nothing was changed; begin again");
}

static void
show_device(const struct phone *p)
{
	char name[SHOW_MAX], print[AUTHORITY_ID_MAX];

	if (p->json)
		return;
	(void)printf("The phone answered, and saw the link.\nname         %s\ndevice       %s\n"
	    "kind         %s\nfingerprint  %s\n", show(name, sizeof(name), p->name), p->device.id,
	    record_word(device_kinds, p->device.kind), fingerprint(&p->device.key, print));
}

/* ---- waiting ---- */

/* True when somebody wants us to stop. */
static bool
rest(const struct phone *p, int ms)
{
	struct pollfd heed = { .fd = p->api.heed, .events = POLLIN };

	return poll(&heed, 1, ms) > 0;
}

/* WAITING: not yet; else a ctl_exit. */
enum { WAITING = -1 };

static int
look_at(struct phone *p, struct json_object *o)
{
	struct json_object *device;
	char state[16] = "";

	if (o == NULL || api_text(o, "state", state, sizeof(state)) != MFA_OK)
		return remote_nonsense("enrolment");
	if (strcmp(state, "open") == 0)
		return WAITING;
	if (strcmp(state, "offered") != 0)
		return complain(CTL_REFUSED, "the enrolment is over: nothing was changed; begin "
		    "again");
	return json_object_member(o, "device", &device) == MFA_OK ? verify(p, device) :
	    remote_nonsense("enrolment");
}

static int
ask(struct phone *p, int *pause)
{
	struct fetch_request rq;
	struct api_reply reply;
	int r;

	*pause = PAUSE_MS;
	api_request(&rq, "GET", "/v1/enrolments/%s?wait=%d", p->link.enrolment, API_WAIT);
	r = api_ask(&p->api, &rq, deadline_in(API_HELD_MS), &reply);
	if (r == MFA_OK) {
		r = look_at(p, reply.json);
	} else if (r == MFA_E_CLOSED) {
		r = complain(CTL_REFUSED, "interrupted: nothing was changed");
	} else if (r == MFA_E_ABSENT || reply.status >= 500 || reply.status == 429) {
		*pause = reply.retry_after > 0 && reply.retry_after < 60 ?
		    (int)reply.retry_after * 1000 : PAUSE_FAIL_MS;
		r = WAITING;
	} else {
		r = remote_complain(r, &reply);
	}
	api_reply_free(&reply);
	return r;
}

static int
wait_for_phone(struct phone *p)
{
	struct deadline end = deadline_in(PHONE_LIFE * INT64_C(1000));
	int r, pause;

	while ((r = ask(p, &pause)) == WAITING) {
		if (deadline_left(end) == 0)
			return complain(CTL_REFUSED, "no phone answered: nothing was changed");
		if (rest(p, pause))
			return complain(CTL_REFUSED, "interrupted: nothing was changed");
	}
	return r;
}

int
phone_offer(struct phone *p)
{
	char text[LINK_MAX] = "";
	int r;

	if ((r = open_enrolment(p)) != CTL_DONE)
		return r;
	if ((r = make_link(p, text)) == CTL_DONE) {
		show_link(p, text);
		if (fflush(stdout) != 0)
			r = complain(CTL_STATE, "the link cannot be shown");
	}
	explicit_bzero(text, sizeof(text));
	if (r == CTL_DONE && (r = wait_for_phone(p)) == CTL_DONE)
		show_device(p);
	explicit_bzero(&p->link.secret, sizeof(p->link.secret));
	return r;
}
