/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "error.h"
#include "json.h"
#include "state.h"
#include "table.h"
#include "when.h"

#define LONG_NAME 40	/* leaves no room for the rest on a line of 80 */
#define AHEAD_STEPS 11	/* more than totp_window can be */

struct list {
	struct state st;
	bool json;
	struct json_list items;
	int error;
};

/* Everything that is shown of one user. */
struct entry {
	const char *user;
	struct user_state u;
	struct token tokens[TOKENS_MAX];
	size_t token_count;
	struct pass passes[PASSES_MAX];
	size_t pass_count;
};

static int
read_entry(struct state *st, const char *user, struct entry *e)
{
	int r;

	e->user = user;
	if ((r = store_user(st->store, user, st->now, &e->u)) != MFA_OK ||
	    (r = store_tokens(st->store, user, e->tokens, &e->token_count)) != MFA_OK)
		return r;
	return store_passes(st->store, user, st->now, e->passes, &e->pass_count);
}

/* ---- for a program ---- */

static struct json_object *
token_json(const struct token *t)
{
	struct json_object *o = json_new();

	json_add_text(o, "name", t->name);
	json_add_text(o, "kind", otp_kind_name(t->params.kind));
	json_add_text(o, "algorithm", otp_algorithm_name(t->params.algorithm));
	json_add_number(o, "digits", t->params.digits);
	if (t->params.kind == OTP_TOTP)
		json_add_number(o, "period", t->params.period);
	json_add_time(o, "created", t->created);
	json_add_time(o, "used", t->used);
	return o;
}

static struct json_object *
pass_json(const struct pass *p)
{
	struct json_object *o = json_new();

	json_add_time(o, "created", p->created);
	json_add_time(o, "expires", p->expires);
	json_add_number(o, "uses", p->uses);
	json_add_text(o, "by", p->by);
	return o;
}

static struct json_object *
entry_json(const struct entry *e)
{
	struct json_object *o = json_new(), *tokens = json_new_list(), *passes = json_new_list();
	size_t i;

	json_add_text(o, "user", e->user);
	for (i = 0; i < e->token_count; i++)
		json_append(tokens, token_json(&e->tokens[i]));
	json_put(o, "tokens", tokens);
	json_add_number(o, "recovery", e->u.recovery);
	for (i = 0; i < e->pass_count; i++)
		json_append(passes, pass_json(&e->passes[i]));
	json_put(o, "passes", passes);
	json_add_number(o, "failures", e->u.failures);
	json_add_time(o, "last_failure", e->u.last_failure);
	json_add_number(o, "grace_used", e->u.grace_used);
	json_add_bool(o, "locked", e->u.locked);
	if (e->u.locked) {
		json_add_time(o, "locked_at", e->u.locked_at);
		json_add_text(o, "lock_reason", e->u.lock_reason);
	}
	return o;
}

/* ---- for a person ---- */

/* The first second of the step behind the last one that was used. */
static int64_t
unlocks_at(const struct token *t)
{
	return (t->last + 1) * (int64_t)t->params.period;
}

/* By more than any window lets an app's clock be off. */
static bool
is_ahead(const struct token *t, int64_t now)
{
	return t->params.kind == OTP_TOTP && t->last >= 0 &&
	    t->last < INT64_MAX / 3600 &&
	    unlocks_at(t) > now + AHEAD_STEPS * (int64_t)t->params.period;
}

static void
print_token(const struct token *t, int64_t now)
{
	char shown[SHOW_MAX], made[WHEN_MAX], used[WHEN_MAX];

	(void)printf("    %s:%s%s, %s, %u digits", show(shown, sizeof(shown), t->name),
	    strlen(t->name) > LONG_NAME ? "\n        " : " ", otp_kind_name(t->params.kind),
	    otp_algorithm_name(t->params.algorithm), t->params.digits);
	if (t->params.kind == OTP_TOTP)
		(void)printf(", %u s", t->params.period);
	(void)printf("\n        enrolled %s, %s%s\n", when_format(made, t->created),
	    t->used == 0 ? "never used" : "last used ",
	    t->used == 0 ? "" : when_format(used, t->used));
	if (is_ahead(t, now))
		(void)printf("        no code before %s: the clock was ahead when one was used\n",
		    when_format(used, unlocks_at(t)));
}

static void
print_pass(const struct pass *p)
{
	char by[SHOW_MAX], until[WHEN_MAX];

	(void)printf("    pass from %s: until %s, for %u more login%s\n",
	    show(by, sizeof(by), p->by), when_format(until, p->expires), p->uses,
	    p->uses == 1 ? "" : "s");
}

static void
print_lock(const struct user_state *u)
{
	char reason[SHOW_MAX], at[WHEN_MAX], text[SHOW_MAX + WHEN_MAX + 16];
	const char *cells[] = { text };
	struct table t = { .columns = 1 };

	(void)snprintf(text, sizeof(text), "locked since %s: %s", when_format(at, u->locked_at),
	    show(reason, sizeof(reason), u->lock_reason));
	table_row(&t, cells);
	table_print(&t, 4);
}

static void
print_entry(const struct entry *e, int64_t now)
{
	char shown[SHOW_MAX];
	size_t i;

	(void)printf("%s: %u recovery code%s left", show(shown, sizeof(shown), e->user),
	    e->u.recovery, e->u.recovery == 1 ? "" : "s");
	if (e->u.failures > 0)
		(void)printf(", %u failure%s in a row", e->u.failures,
		    e->u.failures == 1 ? "" : "s");
	if (e->u.grace_used > 0)
		(void)printf(", %u grace login%s used", e->u.grace_used,
		    e->u.grace_used == 1 ? "" : "s");
	(void)putchar('\n');
	if (e->u.locked)
		print_lock(&e->u);
	if (e->token_count == 0)
		(void)puts("    no token");
	for (i = 0; i < e->token_count; i++)
		print_token(&e->tokens[i], now);
	for (i = 0; i < e->pass_count; i++)
		print_pass(&e->passes[i]);
}

static bool
list_one(void *arg, const char *user)
{
	struct list *l = arg;
	struct entry e;

	if ((l->error = read_entry(&l->st, user, &e)) != MFA_OK)
		return false;
	if (l->json)
		json_list_item(&l->items, entry_json(&e));
	else
		print_entry(&e, l->st.now);
	return true;
}

static int
list_named(struct list *l, const char *user)
{
	struct user_state u;
	int r = state_user(&l->st, user, &u);

	if (r != CTL_DONE)
		return r;
	return list_one(l, user) ? CTL_DONE : state_fault(&l->st, l->error);
}

static int
list_all(struct list *l)
{
	int r = store_users(l->st.store, list_one, l);

	if (r == MFA_OK)
		r = l->error;
	return r == MFA_OK ? CTL_DONE : state_fault(&l->st, r);
}

int
cmd_list(int argc, char **argv)
{
	struct list l = { .error = MFA_OK };
	const struct opt opts[] = { { "json", NULL, &l.json } };
	int first, r;

	if ((r = opts_read(argc, argv, opts, 1, 0, 1, &first)) != CTL_DONE)
		return r;
	if ((r = state_open(&l.st, 0)) == CTL_DONE) {
		r = first < argc ? list_named(&l, argv[first]) : list_all(&l);
		if (l.json && r == CTL_DONE)
			json_list_end(&l.items);
	}
	state_close(&l.st);
	return r;
}
