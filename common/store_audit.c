/* SPDX-License-Identifier: BSD-2-Clause */
#include "error.h"
#include "store_private.h"

#define LAST_SECOND ((INT64_MAX / AUDIT_IDS) - 1)

int
store_audit(struct store *s, const struct audit *a, int64_t now)
{
	if (now < 0 || now > LAST_SECOND)
		return store_say(s, MFA_E_INVALID, "%s: impossible time", s->path);
	return store_do(s, STMT_AUDIT, ARGS(NUMBER(now * AUDIT_IDS), TEXT(a->event),
	    TEXT(a->verdict), TEXT(a->user), TEXT(a->service), TEXT(a->origin), TEXT(a->factor),
	    TEXT(a->reason), TEXT(a->by), NUMBER(a->ms),), NULL);
}

static void
read_record(sqlite3_stmt *st, struct audit *a)
{
	a->id = sqlite3_column_int64(st, 0);
	a->at = a->id / AUDIT_IDS;
	sql_text(st, 1, a->event, sizeof(a->event));
	sql_text(st, 2, a->verdict, sizeof(a->verdict));
	sql_text(st, 3, a->user, sizeof(a->user));
	sql_text(st, 4, a->service, sizeof(a->service));
	sql_text(st, 5, a->origin, sizeof(a->origin));
	sql_text(st, 6, a->factor, sizeof(a->factor));
	sql_text(st, 7, a->reason, sizeof(a->reason));
	sql_text(st, 8, a->by, sizeof(a->by));
	a->ms = sql_uint(st, 9);
}

/* A second of the filter, within what an id can hold. */
static int64_t
second(int64_t t)
{
	return t < 0 ? 0 : t > LAST_SECOND ? LAST_SECOND : t;
}

int
store_audit_read(struct store *s, const struct audit_filter *f,
    bool (*fn)(void *arg, const struct audit *a), void *arg)
{
	int64_t first = second(f->since) * AUDIT_IDS;
	int64_t last = f->until == 0 ? INT64_MAX : second(f->until) * AUDIT_IDS + AUDIT_IDS - 1;
	int64_t limit = f->limit == 0 ? -1 : (int64_t)f->limit;
	struct audit a;
	sqlite3_stmt *st;
	int r = store_first(s, STMT_AUDIT_READ, ARGS(NUMBER(first), NUMBER(last), TEXT(f->user),
	    TEXT(f->service), TEXT(f->event), NUMBER(limit),), &st);

	for (; r == MFA_OK; r = store_next(s, st)) {
		read_record(st, &a);
		if (!fn(arg, &a)) {
			sql_end(st);
			return MFA_OK;
		}
	}
	return r == MFA_E_ABSENT ? MFA_OK : r;
}
