/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl --server log: the service's records come oldest first, page after
 * page; the last of them are kept and shown.
 */
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "error.h"
#include "json.h"
#include "server.h"
#include "table.h"

/* ---- all limits ---- */
#define PAGE		100	/* records in an answer */
#define LIMIT_DEFAULT	"50"
#define LIMIT_MAX	10000

static const struct column columns[] = {
	{ "id", COLUMN_NUMBER, "" }, { "at", COLUMN_TIME, "" }, { "event", COLUMN_TEXT, "" },
	{ "user", COLUMN_TEXT, "" }, { "host", COLUMN_TEXT, "host" },
	{ "service", COLUMN_TEXT, "service" }, { "origin", COLUMN_TEXT, "from" },
	{ "device", COLUMN_TEXT, "phone" }, { "outcome", COLUMN_TEXT, "outcome" },
	{ "by", COLUMN_TEXT, "by" },
};

#define COLUMNS	(sizeof(columns) / sizeof(columns[0]))
#define FIRST_DETAIL 4	/* those with a title share the last column */

struct log {
	struct json_object *kept[LIMIT_MAX];	/* a ring */
	size_t limit, count;	/* count: of all that came */
	int64_t last;		/* the id of the newest */
	const char *user;
	bool json;
};

static int
keep(void *arg, struct json_object *o)
{
	struct log *l = arg;
	struct json_object **place = &l->kept[l->count % l->limit];
	char text[CELL_MAX];
	int64_t id;
	size_t i;

	if (api_number(o, "id", l->last + 1, INT64_MAX, &id) != MFA_OK)
		return MFA_E_INVALID;
	for (i = 0; i < COLUMNS; i++)
		if (rows_cell(o, &columns[i], text) != CTL_DONE)
			return MFA_E_REFUSED;
	l->last = id;
	(void)json_object_put(*place);
	*place = json_object_get(o);
	l->count++;
	return MFA_OK;
}

/* *more: there may be another page. */
static int
page(struct api *a, struct log *l, bool *more)
{
	char user[API_SEGMENT_MAX];
	struct fetch_request rq;
	struct api_reply reply = { .json = NULL };
	size_t before = l->count;
	int r, error;

	api_request(&rq, "GET", "/v1/audit?after=%lld&limit=%d%s%s", (long long)l->last, PAGE,
	    l->user != NULL ? "&user=" : "", api_segment(user, l->user != NULL ? l->user : ""));
	r = remote_ask(a, &rq, true, &reply);
	if (r == CTL_DONE &&
	    (error = api_objects(reply.json, "records", PAGE, keep, l)) != MFA_OK)
		r = error == MFA_E_REFUSED ? CTL_SERVICE : remote_nonsense("log");
	api_reply_free(&reply);
	*more = l->count - before == PAGE;
	return r;
}

static int
row(struct table *t, struct json_object *o)
{
	char text[COLUMNS][CELL_MAX], rest[COLUMNS * (CELL_MAX + 16)] = "";
	const char *cells[] = { text[1], text[2], text[3], rest };
	size_t i, at = 0;
	int r;

	for (i = 0; i < COLUMNS; i++) {
		if ((r = rows_cell(o, &columns[i], text[i])) != CTL_DONE)
			return r;
		if (i >= FIRST_DETAIL && strcmp(text[i], "-") != 0)
			at += (size_t)snprintf(rest + at, sizeof(rest) - at, "%s%s=%s",
			    at > 0 ? " " : "", columns[i].title, text[i]);
	}
	table_row(t, cells);
	return CTL_DONE;
}

static int
print(const struct log *l)
{
	size_t i = l->count > l->limit ? l->count - l->limit : 0;
	struct table table = { .columns = 4 };
	struct json_list items = { .begun = false };
	int r = CTL_DONE;

	for (; i < l->count && r == CTL_DONE; i++) {
		if (l->json)
			json_list_item(&items, rows_json(l->kept[i % l->limit], columns, COLUMNS));
		else
			r = row(&table, l->kept[i % l->limit]);
	}
	if (r != CTL_DONE)
		return r;
	if (l->json)
		json_list_end(&items);
	else
		table_print(&table, 0);
	return CTL_DONE;
}

int
server_log(struct api *a, int argc, char **argv)
{
	static struct log l;
	const char *limit = LIMIT_DEFAULT;
	const struct opt opts[] = {
		{ "user", &l.user, NULL }, { "limit", &limit, NULL }, { "json", NULL, &l.json },
	};
	unsigned int n;
	bool more;
	int first, r;

	if ((r = opts_read(argc, argv, opts, 3, 0, 0, &first)) != CTL_DONE ||
	    (r = opts_number("limit", limit, 1, LIMIT_MAX, &n)) != CTL_DONE ||
	    (l.user != NULL && (r = user_valid(l.user)) != CTL_DONE))
		return r;
	l.limit = n;
	do
		r = page(a, &l, &more);
	while (r == CTL_DONE && more);
	if (r == CTL_DONE)
		r = print(&l);
	for (n = 0; n < l.limit; n++)
		(void)json_object_put(l.kept[n]);
	return r;
}
