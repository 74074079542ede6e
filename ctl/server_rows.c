/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "error.h"
#include "json.h"
#include "server.h"
#include "table.h"
#include "when.h"

/* ---- all limits ---- */
#define PAGE		100	/* rows in an answer */
#define LIST_MAX	4096	/* the same, of a list that has no pages */

/* ---- one member ---- */

static int
number_cell(struct json_object *o, const struct column *c, char dst[CELL_MAX])
{
	char when[WHEN_MAX];
	int64_t n;

	if (api_number(o, c->member, 0, INT64_MAX, &n) != MFA_OK)
		return remote_nonsense("list");
	if (c->kind == COLUMN_NUMBER)
		(void)snprintf(dst, CELL_MAX, "%" PRId64, n);
	else
		(void)snprintf(dst, CELL_MAX, "%.*s", c->kind == COLUMN_DAY ? 10 : WHEN_MAX,
		    n == 0 ? "-" : when_format(when, n));
	return CTL_DONE;
}

static bool
is_there(struct json_object *o, const char *member)
{
	struct json_object *m = NULL;

	return json_object_object_get_ex(o, member, &m) && m != NULL;
}

int
rows_cell(struct json_object *o, const struct column *c, char dst[CELL_MAX])
{
	size_t len;
	bool flag;

	(void)snprintf(dst, CELL_MAX, "-");
	if (!is_there(o, c->member))
		return CTL_DONE;
	switch (c->kind) {
	case COLUMN_TEXT:
		if (json_text(o, c->member, dst, CELL_MAX, &len) != MFA_OK ||
		    (len > 0 && api_text(o, c->member, dst, CELL_MAX) != MFA_OK))
			return remote_nonsense("list");
		if (len == 0)
			(void)snprintf(dst, CELL_MAX, "-");
		return CTL_DONE;
	case COLUMN_FLAG:
		if (json_flag(o, c->member, &flag) != MFA_OK)
			return remote_nonsense("list");
		(void)snprintf(dst, CELL_MAX, "%s", flag ? "yes" : "-");
		return CTL_DONE;
	case COLUMN_NUMBER:
	case COLUMN_TIME:
	case COLUMN_DAY:
	default:
		return number_cell(o, c, dst);
	}
}

struct json_object *
rows_json(struct json_object *o, const struct column *columns, size_t count)
{
	struct json_object *out = json_new();
	char text[CELL_MAX];
	int64_t n;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct column *c = &columns[i];

		(void)api_number(o, c->member, 0, INT64_MAX, &n);
		if (!is_there(o, c->member))
			json_put(out, c->member, NULL);
		else if (c->kind == COLUMN_NUMBER)
			json_add_number(out, c->member, n);
		else if (c->kind == COLUMN_TIME || c->kind == COLUMN_DAY)
			json_add_time(out, c->member, n);
		else if (rows_cell(o, c, text) == CTL_DONE && c->kind == COLUMN_FLAG)
			json_add_bool(out, c->member, strcmp(text, "yes") == 0);
		else
			json_add_text(out, c->member, strcmp(text, "-") == 0 ? "" : text);
	}
	return out;
}

/* ---- all of them ---- */

struct listing {
	const struct rows *rows;
	bool json;
	struct json_list items;
	struct table table;
	size_t shown;
	int status;
};

static void
titles(struct listing *l)
{
	const char *cells[TABLE_COLUMNS];
	size_t i;

	for (i = 0; i < l->rows->count; i++)
		cells[i] = l->rows->columns[i].title;
	l->table.columns = l->rows->count;
	table_row(&l->table, cells);
}

static int
row(void *arg, struct json_object *o)
{
	struct listing *l = arg;
	char text[TABLE_COLUMNS][CELL_MAX];
	const char *cells[TABLE_COLUMNS];
	size_t i;

	for (i = 0; i < l->rows->count && l->status == CTL_DONE; i++) {
		l->status = rows_cell(o, &l->rows->columns[i], text[i]);
		cells[i] = text[i];
	}
	if (l->status != CTL_DONE)
		return MFA_E_REFUSED;
	if (l->json)
		json_list_item(&l->items, rows_json(o, l->rows->columns, l->rows->count));
	else
		table_row(&l->table, cells);
	l->shown++;
	return MFA_OK;
}

/* The name that the next page begins after; "" behind the last. */
static int
next_page(struct json_object *o, char next[STATEMENT_USER_MAX])
{
	char before[STATEMENT_USER_MAX];

	(void)snprintf(before, sizeof(before), "%s", next);
	next[0] = '\0';
	if (!is_there(o, "next"))
		return CTL_DONE;
	/* One that goes back would have no end. */
	if (api_text(o, "next", next, STATEMENT_USER_MAX) != MFA_OK || strcmp(next, before) <= 0)
		return remote_nonsense("list");
	return CTL_DONE;
}

static int
page(struct api *a, struct listing *l, const char *path, char next[STATEMENT_USER_MAX])
{
	char after[API_SEGMENT_MAX];
	struct fetch_request rq;
	struct api_reply reply = { .json = NULL };
	int r;

	if (l->rows->pages)
		api_request(&rq, "GET", "%s?limit=%d%s%s", path, PAGE, *next != '\0' ?
		    "&after=" : "", api_segment(after, next));
	else
		api_request(&rq, "GET", "%s", path);
	r = remote_ask(a, &rq, true, &reply);
	if (r == CTL_DONE && api_objects(reply.json, l->rows->list,
	    l->rows->pages ? PAGE : LIST_MAX, row, l) != MFA_OK)
		r = l->status != CTL_DONE ? l->status : remote_nonsense("list");
	if (r == CTL_DONE && l->rows->pages)
		r = next_page(reply.json, next);
	api_reply_free(&reply);
	return r;
}

int
rows_show(struct api *a, const struct rows *rows, const char *path, bool json)
{
	struct listing l = { .rows = rows, .json = json, .status = CTL_DONE };
	char next[STATEMENT_USER_MAX] = "";
	int r;

	titles(&l);
	do
		r = page(a, &l, path, next);
	while (r == CTL_DONE && *next != '\0');
	if (r != CTL_DONE)
		return r;
	if (json)
		json_list_end(&l.items);
	else if (l.shown == 0)
		(void)puts(rows->none);
	else
		table_print(&l.table, 0);
	return CTL_DONE;
}
