/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl --server telephones, whose and method: who has which telephone, and what a user
 * is asked with first.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "e164.h"
#include "error.h"
#include "json.h"
#include "server.h"

/* ---- telephones USER ---- */

static const struct column columns[] = {
	{ "telephone", COLUMN_NUMBER, "id" },
	{ "shown", COLUMN_TEXT, "number" },
	{ "language", COLUMN_TEXT, "language" },
	{ "created", COLUMN_DAY, "since" },
	{ "proved", COLUMN_DAY, "proved" },
};
static const struct rows rows = { "telephones", columns, sizeof(columns) / sizeof(columns[0]),
    "The user has no telephone.", false };

int
server_telephones(struct api *a, int argc, char **argv)
{
	return rows_of_user(a, argc, argv, &rows, "telephones");
}

/* ---- whose NUMBER ---- */

struct owner {
	char user[STATEMENT_USER_MAX], shown[E164_MASKED_MAX];
	int64_t id, proved;
};

static int
find(struct api *a, const char *number, struct owner *o)
{
	struct api_reply reply = { .json = NULL };
	struct fetch_request rq;
	struct json_writer w;
	int r;

	api_request(&rq, "POST", "/v1/telephones/owner");
	json_begin(&w, rq.body, sizeof(rq.body));
	json_put_text(&w, "number", number);
	if (json_end(&w) != MFA_OK)
		return complain(CTL_USAGE, "whose: that is no number");
	r = api_ask(a, &rq, deadline_in(API_MS), &reply);
	if (r == MFA_E_REFUSED && strcmp(reply.problem, "not-found") == 0)
		r = complain(CTL_ABSENT, "that number is nobody's: it is somebody's once it is "
		    "proved");
	else if (r != MFA_OK)
		r = remote_complain(r, &reply);
	else if (reply.json == NULL ||
	    api_text(reply.json, "user", o->user, sizeof(o->user)) != MFA_OK ||
	    api_text(reply.json, "shown", o->shown, sizeof(o->shown)) != MFA_OK ||
	    api_number(reply.json, "telephone", 1, INT64_MAX, &o->id) != MFA_OK ||
	    api_number(reply.json, "proved", 1, INT64_MAX, &o->proved) != MFA_OK)
		r = remote_nonsense("telephone");
	api_reply_free(&reply);
	return r;
}

int
server_whose(struct api *a, int argc, char **argv)
{
	struct owner owner = { .id = 0 };
	struct json_object *o;
	bool json = false;
	const struct opt opts[] = { { "json", NULL, &json } };
	char user[SHOW_MAX];
	int first, r;

	if ((r = opts_read(argc, argv, opts, 1, 1, 1, &first)) != CTL_DONE ||
	    (r = find(a, argv[first], &owner)) != CTL_DONE)
		return r;
	if (!json) {
		(void)printf("%s is telephone %" PRId64 " of %s.\n", owner.shown, owner.id,
		    show(user, sizeof(user), owner.user));
		return CTL_DONE;
	}
	o = json_new();
	json_add_text(o, "user", owner.user);
	json_add_number(o, "telephone", owner.id);
	json_add_text(o, "shown", owner.shown);
	json_add_time(o, "proved", owner.proved);
	json_print(o);
	return CTL_DONE;
}

/* ---- method USER METHOD ---- */

int
server_method(struct api *a, int argc, char **argv)
{
	char segment[API_SEGMENT_MAX];
	struct fetch_request rq;
	struct json_writer w;
	int first, r;

	if ((r = opts_read(argc, argv, NULL, 0, 2, 2, &first)) != CTL_DONE ||
	    (r = user_valid(argv[first])) != CTL_DONE)
		return r;
	api_request(&rq, "PUT", "/v1/users/%s/method", api_segment(segment, argv[first]));
	json_begin(&w, rq.body, sizeof(rq.body));
	json_put_text(&w, "method", argv[first + 1]);
	if (json_end(&w) != MFA_OK)
		return complain(CTL_USAGE, "method: push, call, text or none");
	return server_do(a, &rq);
}
