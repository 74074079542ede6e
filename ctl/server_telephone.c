/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl --server telephone: a number that is called or sent texts is proved at once, with
 * its owner at it, and their other one, which consents.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "ctl.h"
#include "e164.h"
#include "error.h"
#include "json.h"
#include "line.h"
#include "server.h"

/* ---- all limits ---- */
#define LOOK_MS		500	/* between two looks at a call, and until that at a text */
#define LOOKS_MAX	200
#define TRIES		3	/* of the code of a text */
#define WORD		16

/* ---- dialling one ---- */

struct adding {
	const char *user, *number, *language;
	const char *becomes;		/* what the list has of it then: proved, consented */
	bool text, json, vouched;
	int64_t id;
	char shown[E164_MASKED_MAX], keys[WORD];
	bool done;			/* as the list has it */
	char end[LINE_END_MAX];		/* of the call or text; "": it goes on */
	bool over;		/* another code would not help */
};

/* Sends what is written in w so far, which is about a telephone that is dialled then. */
static int
dial(struct api *a, struct adding *t, struct fetch_request *rq, struct json_writer *w)
{
	struct api_reply reply = { .json = NULL };
	int r;

	json_put_text(w, "by", t->text ? "text" : "call");
	if (json_end(w) != MFA_OK || api_once(rq) != MFA_OK)
		return complain(CTL_STATE, "the question cannot be written");
	if ((r = remote_ask(a, rq, true, &reply)) == CTL_DONE &&
	    (api_number(reply.json, "telephone", 1, INT64_MAX, &t->id) != MFA_OK ||
	    api_text(reply.json, "shown", t->shown, sizeof(t->shown)) != MFA_OK ||
	    (!t->text && api_text(reply.json, "number", t->keys, sizeof(t->keys)) != MFA_OK)))
		r = remote_nonsense("telephone");
	api_reply_free(&reply);
	return r;
}

static int
add(struct api *a, struct adding *t)
{
	char segment[API_SEGMENT_MAX];
	struct fetch_request rq;
	struct json_writer w;

	t->becomes = "proved";
	api_request(&rq, "POST", "/v1/users/%s/telephones", api_segment(segment, t->user));
	json_begin(&w, rq.body, sizeof(rq.body));
	json_put_text(&w, "number", t->number);
	json_put_text(&w, "language", t->language);
	if (t->vouched)
		json_put_flag(&w, "vouched", true);
	return dial(a, t, &rq, &w);
}

static int
keep(void *arg, struct json_object *o)
{
	struct adding *t = arg;
	struct json_object *m = NULL;
	int64_t id, since = 0;

	if (api_number(o, "telephone", 1, INT64_MAX, &id) != MFA_OK)
		return MFA_E_INVALID;
	if (id != t->id)
		return MFA_OK;
	if (json_object_object_get_ex(o, t->becomes, &m) && m != NULL &&
	    api_number(o, t->becomes, 0, INT64_MAX, &since) != MFA_OK)
		return MFA_E_INVALID;
	t->done = since != 0;
	t->end[0] = '\0';
	if (json_object_object_get_ex(o, "call", &m) && m != NULL &&
	    api_text(o, "call", t->end, sizeof(t->end)) != MFA_OK)
		return MFA_E_INVALID;
	return MFA_OK;
}

static int
look_by(struct api *a, struct adding *t, int (*fn)(void *arg, struct json_object *o))
{
	char segment[API_SEGMENT_MAX];
	struct api_reply reply = { .json = NULL };
	struct fetch_request rq;
	int r;

	api_request(&rq, "GET", "/v1/users/%s/telephones", api_segment(segment, t->user));
	r = remote_ask(a, &rq, true, &reply);
	if (r == CTL_DONE && api_objects(reply.json, "telephones", WORD, fn, t) != MFA_OK)
		r = remote_nonsense("list");
	api_reply_free(&reply);
	return r;
}

static int
look(struct api *a, struct adding *t)
{
	return look_by(a, t, keep);
}

static int
wait_for_keys(struct api *a, struct adding *t)
{
	int i, r = CTL_DONE;

	(void)fprintf(stderr, "Calling %s. Key in %s and # on that telephone.\n", t->shown,
	    t->keys);
	for (i = 0; r == CTL_DONE && !t->done && t->end[0] == '\0' && i < LOOKS_MAX; i++) {
		(void)poll(NULL, 0, LOOK_MS);
		r = look(a, t);
	}
	if (r != CTL_DONE || t->done)
		return r;
	return complain(CTL_REFUSED, "%s: %s", t->shown, line_end_words(t->end[0] != '\0' ? t->end :
	    "no-keys"));
}

/* A text that was not sent has no code to type. */
static int
sent(struct api *a, struct adding *t)
{
	int r;

	(void)poll(NULL, 0, LOOK_MS);
	if ((r = look(a, t)) != CTL_DONE || t->end[0] == '\0')
		return r;
	t->over = true;
	return complain(CTL_REFUSED, "%s: %s", t->shown, line_end_words(t->end));
}

static int
type_code(struct api *a, struct adding *t)
{
	char segment[API_SEGMENT_MAX], prompt[E164_MASKED_MAX + 64];
	struct secret code = { .len = 0 };
	struct fetch_request rq;
	struct json_writer w;
	int r;

	if ((r = sent(a, t)) != CTL_DONE)
		return r;
	(void)snprintf(prompt, sizeof(prompt), "The code that was sent to %s: ", t->shown);
	if (ask(prompt, true, &code) != MFA_OK) {
		t->over = true;
		return complain(CTL_REFUSED, "no code was typed: the telephone does not count");
	}
	api_request(&rq, "POST", "/v1/users/%s/telephones/%" PRId64 "/proof",
	    api_segment(segment, t->user), t->id);
	json_begin(&w, rq.body, sizeof(rq.body));
	json_put_text(&w, "code", (const char *)code.data);
	secret_wipe(&code);
	if (json_end(&w) != MFA_OK || api_once(&rq) != MFA_OK)
		return complain(CTL_STATE, "the question cannot be written");
	return server_do(a, &rq);
}

static int
prove(struct api *a, struct adding *t)
{
	int i, r = CTL_REFUSED;

	if (!t->text)
		return wait_for_keys(a, t);
	for (i = 0; i < TRIES && r == CTL_REFUSED && !t->over; i++)
		r = type_code(a, t);
	return r;
}

/* ---- the consent of one that counts ---- */

/* The first, which is the one that is called at logins. */
static int
find_counting(void *arg, struct json_object *o)
{
	struct adding *old = arg;
	struct json_object *proved = NULL;

	if (old->id != 0 || !json_object_object_get_ex(o, "proved", &proved) || proved == NULL)
		return MFA_OK;
	return api_number(o, "telephone", 1, INT64_MAX, &old->id);
}

static int
consent(struct api *a, const struct adding *t)
{
	struct adding old = { .user = t->user, .text = t->text, .becomes = "consented" };
	char segment[API_SEGMENT_MAX];
	struct fetch_request rq;
	struct json_writer w;
	int r = look_by(a, &old, find_counting);

	if (r != CTL_DONE || old.id == 0)
		return r;
	(void)fprintf(stderr, "A telephone that counts has to consent to another. (Where it is "
	    "lost: --vouch, which is on record.)\n");
	api_request(&rq, "POST", "/v1/users/%s/telephones/%" PRId64 "/consent",
	    api_segment(segment, t->user), old.id);
	json_begin(&w, rq.body, sizeof(rq.body));
	if ((r = dial(a, &old, &rq, &w)) == CTL_DONE)
		r = prove(a, &old);
	explicit_bzero(&old, sizeof(old));
	return r;
}

/* ---- telephone USER NUMBER ---- */

static void
tell(const struct adding *t)
{
	char user[SHOW_MAX];
	struct json_object *o;

	if (t->json) {
		o = json_new();
		json_add_text(o, "user", t->user);
		json_add_number(o, "telephone", t->id);
		json_add_text(o, "shown", t->shown);
		json_print(o);
		return;
	}
	(void)printf("%s is a telephone of %s.\n", t->shown, show(user, sizeof(user), t->user));
}

static int
remove_one(struct api *a, const char *user, const char *text)
{
	char segment[API_SEGMENT_MAX];
	struct fetch_request rq;
	unsigned int id;
	int r;

	if ((r = opts_number("remove", text, 1, UINT32_MAX, &id)) != CTL_DONE)
		return r;
	api_request(&rq, "DELETE", "/v1/users/%s/telephones/%u", api_segment(segment, user), id);
	return server_do(a, &rq);
}

int
server_telephone(struct api *a, int argc, char **argv)
{
	struct adding t = { .language = "en" };
	const char *gone = NULL;
	const struct opt opts[] = {
		{ "text", NULL, &t.text }, { "language", &t.language, NULL },
		{ "remove", &gone, NULL }, { "json", NULL, &t.json },
		{ "vouch", NULL, &t.vouched },
	};
	int first, r;

	if ((r = opts_read(argc, argv, opts, 5, 1, 2, &first)) != CTL_DONE ||
	    (r = user_valid(argv[first])) != CTL_DONE)
		return r;
	t.user = argv[first];
	t.number = argv[first + 1];
	if ((gone != NULL) == (first + 1 < argc))
		return complain(CTL_USAGE, "telephone: a number, or --remove with an id of "
		    "mfactl --server telephones");
	if (gone != NULL)
		return remove_one(a, t.user, gone);
	if ((t.vouched || (r = consent(a, &t)) == CTL_DONE) &&
	    (r = add(a, &t)) == CTL_DONE && (r = prove(a, &t)) == CTL_DONE)
		tell(&t);
	explicit_bzero(&t, sizeof(t));
	return r;
}
