/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A phone comes into being: a new key, which proves itself to the login host
 * with the secret that the host showed.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base64url.h"
#include "enrol.h"
#include "error.h"
#include "phone.h"
#include "text.h"
#include "watch.h"

/* ---- what is asked for ---- */

static int
read_link(const struct wishes *w, char *text, struct link *l, struct watch *watch)
{
	char typed[WATCH_LINE_MAX];
	int r = MFA_OK;

	if (text == NULL) {
		(void)fputs("Type the link that the login host shows: ", stdout);
		(void)fflush(stdout);
		r = watch_line(watch, typed);
		if (!isatty(STDIN_FILENO) || r != MFA_OK)
			(void)putchar('\n');
	}
	if (r == MFA_OK)
		r = link_parse(text != NULL ? text : typed, l);
	explicit_bzero(typed, sizeof(typed));
	if (text != NULL)
		explicit_bzero(text, strlen(text));
	if (r == MFA_OK && w->user != NULL)
		r = text_copy(l->user, sizeof(l->user), w->user);
	if (r == MFA_E_CLOSED)
		return complain(PHONE_REFUSED, "no link was typed: nothing was changed");
	if (r != MFA_OK)
		return complain(PHONE_USAGE, "that is no link of an enrolment: it is "
		    "https://SERVER/#e_ID.SECRET.USER");
	if (l->user[0] == '\0')
		return complain(PHONE_USAGE, "the link does not say whose phone it is: add --user");
	return PHONE_DONE;
}

static int
read_wishes(const struct wishes *w, struct card *c)
{
	char *ca;

	c->kind = DEVICE_P256;
	if (w->kind != NULL && strcmp(w->kind, "ed25519") == 0)
		c->kind = DEVICE_ED25519;
	else if (w->kind != NULL && strcmp(w->kind, "p256") != 0)
		return complain(PHONE_USAGE, "--kind: p256 or ed25519");
	if (w->name == NULL || *w->name == '\0' || !text_printable(w->name, strlen(w->name)) ||
	    text_copy(c->name, sizeof(c->name), w->name) != MFA_OK)
		return complain(PHONE_USAGE, "--name: what the phone is called, up to %d bytes",
		    CARD_NAME_MAX - 1);
	(void)text_copy(c->ca, sizeof(c->ca), "-");
	if (w->ca == NULL)
		return PHONE_DONE;
	/* Found from any directory later. */
	if ((ca = realpath(w->ca, NULL)) == NULL)
		return complain(PHONE_USAGE, "--ca: %s", strerror(errno));
	if (text_copy(c->ca, sizeof(c->ca), ca) != MFA_OK || !text_printable(ca, strlen(ca))) {
		free(ca);
		return complain(PHONE_USAGE, "--ca: the path is too long, or not printable");
	}
	free(ca);
	return PHONE_DONE;
}

static int
check_place(const char *dir)
{
	int r = card_place(dir);

	if (r == MFA_E_EXISTS)
		return complain(PHONE_STORE, "there is a phone in %s already, which stays as it "
		    "is: name another directory", dir);
	if (r != MFA_OK)
		return complain(PHONE_STORE, "%s cannot be used: %s", dir, strerror(errno));
	return PHONE_DONE;
}

/* ---- the key and its proof ---- */

static int
make_key(struct card *c)
{
	struct sign_key key;
	int r = sign_key_new(device_algorithm((enum device_kind)c->kind), &key);

	if (r == MFA_OK) {
		memcpy(c->private, key.secret, sizeof(c->private));
		c->public = key.public;
	}
	sign_key_wipe(&key);
	return r;
}

static int
prove(const struct card *c, const struct link *l, char proof[BASE64URL_CHARS(ENROL_MAC_LEN) + 1])
{
	struct device d = { .kind = c->kind, .key = c->public, .origin = "-" };
	unsigned char mac[ENROL_MAC_LEN];
	char text[RECORD_MAX + 1];
	size_t len;
	int r;

	if ((r = text_copy(d.user, sizeof(d.user), l->user)) != MFA_OK ||
	    (r = text_copy(d.id, sizeof(d.id), c->device)) != MFA_OK ||
	    (r = enrol_format(&d, text, sizeof(text), &len)) != MFA_OK ||
	    (r = enrol_mac(l->secret, text, len, mac)) != MFA_OK)
		return r;
	return base64url_encode(mac, sizeof(mac), proof, BASE64URL_CHARS(ENROL_MAC_LEN) + 1);
}

static int
offer(const struct card *c, const struct link *l, struct fetch_request *rq)
{
	char proof[BASE64URL_CHARS(ENROL_MAC_LEN) + 1];
	char key[BASE64URL_CHARS(RECORD_BYTES_MAX) + 1];
	struct json_writer w;
	int r;

	api_request(rq, "PUT", "/v1/enrolments/%s/device", l->enrolment);
	if ((r = api_once(rq)) != MFA_OK || (r = prove(c, l, proof)) != MFA_OK ||
	    (r = base64url_encode(c->public.data, c->public.len, key, sizeof(key))) != MFA_OK)
		return r;
	json_begin(&w, rq->body, sizeof(rq->body));
	json_put_text(&w, "name", c->name);
	json_put_text(&w, "kind", record_word(device_kinds, c->kind));
	json_put_text(&w, "key", key);
	json_put_text(&w, "origin", "-");
	json_put_text(&w, "proof", proof);
	return json_end(&w);
}

/* ---- the whole ---- */

static int
take(struct card *c, const struct api_reply *reply)
{
	char device[LINK_ID_LEN + 1];

	if (api_id(reply->json, "device", 'd', device, sizeof(device)) != MFA_OK ||
	    strcmp(device, c->device) != 0 ||
	    api_secret(reply->json, "secret", c->secret) != MFA_OK)
		return complain(PHONE_FAILED, "the service answers with something that is no "
		    "device of this enrolment");
	return PHONE_DONE;
}

static int
enrol(struct card *c, const struct link *l, struct api *a)
{
	struct fetch_request rq;
	struct api_reply reply;
	int r;

	if ((r = make_key(c)) != MFA_OK || (r = offer(c, l, &rq)) != MFA_OK)
		return complain(PHONE_FAILED, "the key: %s", mfa_strerror(r));
	r = api_ask(a, &rq, deadline_in(API_MS), &reply);
	if (r == MFA_OK && reply.json == NULL)
		r = complain(PHONE_FAILED, "the service answers with nothing");
	else
		r = r == MFA_OK ? take(c, &reply) : complain_of(r, &reply);
	api_reply_free(&reply);
	return r;
}

static int
keep(const char *dir, const struct card *c)
{
	char print[FINGERPRINT_MAX], user[4 * STATEMENT_USER_MAX];
	int r = card_write(dir, c);

	if (r != MFA_OK)
		return complain(PHONE_STORE, "%s: the phone cannot be kept: %s: begin again", dir,
		    r == MFA_E_SYSTEM ? strerror(errno) : mfa_strerror(r));
	(void)printf("Enrolled: this is a phone of %s's.\ndevice       %s\nfingerprint  %s\n"
	    "Compare the fingerprint with what the login host shows.\n",
	    text_escape(user, sizeof(user), c->user), c->device, fingerprint(&c->public, print));
	return PHONE_DONE;
}

static int
run(const struct wishes *w, char *text, struct watch *watch, struct card *c, struct link *l)
{
	struct api a = { .fetch = NULL };
	int r;

	if ((r = read_wishes(w, c)) != PHONE_DONE || (r = check_place(w->store)) != PHONE_DONE ||
	    (r = read_link(w, text, l, watch)) != PHONE_DONE)
		return r;
	(void)text_copy(c->server, sizeof(c->server), l->server);
	(void)text_copy(c->user, sizeof(c->user), l->user);
	link_device(l->enrolment, c->device);
	if ((r = phone_api(&a, c, watch->signals)) == PHONE_DONE &&
	    (r = enrol(c, l, &a)) == PHONE_DONE)
		r = keep(w->store, c);
	api_close(&a);
	return r;
}

int
phone_enrol(const struct wishes *w, char *text)
{
	struct card c = { .kind = 0 };
	struct link l = { .user = "" };
	struct watch watch;
	int r;

	if (watch_open(&watch, true) != MFA_OK)
		r = complain(PHONE_FAILED, "signals cannot be watched: %s", strerror(errno));
	else
		r = run(w, text, &watch, &c, &l);
	watch_close(&watch);
	explicit_bzero(&c, sizeof(c));
	explicit_bzero(&l, sizeof(l));
	return r;
}
