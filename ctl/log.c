/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "../helper/login/login.h"
#include "ctl.h"
#include "error.h"
#include "json.h"
#include "state.h"
#include "table.h"
#include "text.h"
#include "when.h"

#define LIMIT_DEFAULT	"50"
#define LIMIT_MAX	1000000

struct reading {
	struct state st;
	struct audit_filter filter;
	bool json;
	struct json_list items;
	struct table table;
};

/* The service alone vouched for it. */
static bool
is_attested(const char *factor)
{
	unsigned int f = FACTOR_NONE;

	while (f < FACTOR_COUNT && strcmp(factor_name((enum factor)f), factor) != 0)
		f++;
	return f < FACTOR_COUNT && factor_is_attested((enum factor)f);
}

static bool
item(void *arg, const struct audit *a)
{
	struct reading *l = arg;
	struct json_object *o = json_new();

	json_add_time(o, "at", a->at);
	json_add_text(o, "event", a->event);
	json_add_text(o, "verdict", a->verdict);
	json_add_text(o, "user", a->user);
	json_add_text(o, "service", a->service);
	json_add_text(o, "origin", a->origin);
	json_add_text(o, "factor", a->factor);
	json_add_bool(o, "attested", is_attested(a->factor));
	json_add_text(o, "reason", a->reason);
	json_add_text(o, "by", a->by);
	json_add_number(o, "ms", a->ms);
	json_list_item(&l->items, o);
	return true;
}

/* What is left of a record after time, event and user: of a login where it
 * came from and why, of a change what and by whom. */
static void
details(const struct audit *a, char *dst, size_t size)
{
	char service[80], reason[SHOW_MAX], by[SHOW_MAX], origin[SHOW_MAX];
	const char *factor = strcmp(a->factor, "none") == 0 ? "" : a->factor;

	show(reason, sizeof(reason), a->reason);
	if (a->verdict[0] == '\0')
		(void)snprintf(dst, size, "%s%sby %s", a->reason[0] != '\0' ? reason : "",
		    a->reason[0] != '\0' ? " " : "", show(by, sizeof(by), a->by));
	else
		(void)snprintf(dst, size, "%s %s %s%s%s%s",
		    show(service, sizeof(service), a->service),
		    show(origin, sizeof(origin), a->origin), factor,
		    is_attested(factor) ? " (attested)" : "", *factor != '\0' ? " " : "", reason);
}

static bool
row(void *arg, const struct audit *a)
{
	struct reading *l = arg;
	char at[WHEN_MAX], user[SHOW_MAX], rest[1024];
	const char *cells[] = { at, a->verdict[0] != '\0' ? a->verdict : a->event, user, rest };

	when_format(at, a->at);
	show(user, sizeof(user), a->user);
	details(a, rest, sizeof(rest));
	table_row(&l->table, cells);
	return true;
}

static int
read_log(struct reading *l)
{
	int r;

	l->table.columns = 4;
	r = store_audit_read(l->st.store, &l->filter, l->json ? item : row, l);
	if (r != MFA_OK)
		return state_fault(&l->st, r);
	if (l->json)
		json_list_end(&l->items);
	else
		table_print_reversed(&l->table, 0);
	return CTL_DONE;
}

static int
parse(struct reading *l, const char *since, const char *limit)
{
	int64_t now = 0;
	int r = opts_number("limit", limit, 1, LIMIT_MAX, &l->filter.limit);

	if (r != CTL_DONE || since == NULL)
		return r;
	if (wall_clock(&now) != MFA_OK || when_parse(since, now, &l->filter.since) != MFA_OK)
		return complain(CTL_USAGE,
		    "--since: not a time like 2026-03-01, 2026-03-01T09:30, 30m, 8h or 2d");
	return CTL_DONE;
}

int
cmd_log(int argc, char **argv)
{
	struct reading l = { .json = false };
	const char *since = NULL, *limit = LIMIT_DEFAULT;
	const struct opt opts[] = {
		{ "user", &l.filter.user, NULL }, { "service", &l.filter.service, NULL },
		{ "since", &since, NULL }, { "limit", &limit, NULL }, { "json", NULL, &l.json },
	};
	int first, r;

	if ((r = opts_read(argc, argv, opts, 5, 0, 0, &first)) != CTL_DONE ||
	    (r = parse(&l, since, limit)) != CTL_DONE)
		return r;
	if ((r = state_open(&l.st, 0)) == CTL_DONE)
		r = read_log(&l);
	state_close(&l.st);
	return r;
}
