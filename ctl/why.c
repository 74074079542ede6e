/* SPDX-License-Identifier: BSD-2-Clause */
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../helper/login/login.h"
#include "ctl.h"
#include "error.h"
#include "json.h"
#include "state.h"
#include "table.h"
#include "text.h"
#include "user.h"
#include "when.h"

struct question {
	const char *user, *service;
	bool json;
	struct policy_ids ids;
	struct origin origin;
	int64_t now;
	struct state st;
	const struct settings *settings;
	struct table table;
	struct json_object *steps;
};

#define KEYS 4

/* The settings that a step looks at. */
static const struct {
	const char *step;
	const char *keys[KEYS];
} looked_at[] = {
	{ "enabled", { "enabled" } },
	{ "scope", { "only_users", "only_groups", "except_users", "except_groups" } },
	{ "origin", { "trusted_networks", "trusted_networks_file", "trust_console" } },
	{ "remembered", { "remember", "remember_for", "service_class" } },
	{ "enrolment", { "unenrolled", "grace_until", "grace_logins" } },
	{ "factors", { "factors", "attested", "call_form", "prompts" } },
};

/* "KEY is set in FILE:LINE", for those keys that are set at all. */
static void
add_places(const struct question *q, const char *key, char *dst, size_t size)
{
	const char *services[] = { q->service, "" }, *file;
	size_t at = strlen(dst), i;
	unsigned int line = 0;

	for (i = 0; i < 2; i++) {
		file = config_where(q->st.config, services[i], key, &line);
		if (file != NULL) {
			(void)snprintf(dst + at, size - at, " [%s: %s:%u]", key, file, line);
			return;
		}
	}
}

static void
trace(void *arg, const char *step, bool decided, const char *saw)
{
	struct question *q = arg;
	char text[1024], places[1024] = "";
	const char *cells[] = { step, decided ? "decides" : "", text };
	struct json_object *o;
	size_t i, j;

	for (i = 0; i < sizeof(looked_at) / sizeof(looked_at[0]); i++)
		for (j = 0; j < KEYS && looked_at[i].keys[j] != NULL; j++)
			if (strcmp(looked_at[i].step, step) == 0)
				add_places(q, looked_at[i].keys[j], places, sizeof(places));
	(void)snprintf(text, sizeof(text), "%s%s", saw, places);
	if (!q->json) {
		table_row(&q->table, cells);
		return;
	}
	o = json_new();
	json_add_text(o, "step", step);
	json_add_bool(o, "decides", decided);
	json_add_text(o, "saw", saw);
	json_add_text(o, "set", places[0] == ' ' ? places + 1 : places);
	json_append(q->steps, o);
}

static int
load(void *arg, struct policy_state *out)
{
	struct question *q = arg;
	char key[POLICY_KEY_MAX];

	if (q->st.store == NULL)
		return MFA_E_ABSENT;
	(void)policy_remember_key(q->settings, q->service, &q->origin, "", UID_UNSET, key);
	return policy_read_state(q->st.store, q->user, key, q->now, out);
}

static const char *
outcome_name(enum outcome o)
{
	switch (o) {
	case OUTCOME_GRANT:
		return "granted";
	case OUTCOME_ASK:
		return "asked";
	case OUTCOME_DECOY:
		return "refused";
	case OUTCOME_DENY:
	default:
		return "denied";
	}
}

/* What the outcome means at a login. */
static const char *
outcome_meaning(enum outcome o)
{
	switch (o) {
	case OUTCOME_GRANT:
		return "passes without a code";
	case OUTCOME_ASK:
		return "is asked for a code";
	case OUTCOME_DECOY:
		return "is asked, but no code is accepted";
	case OUTCOME_DENY:
	default:
		return "is denied without being asked";
	}
}

/* A lock here decides whatever the service has; else whoever has something there is
 * asked for that. */
static bool
depends(const struct decision *d)
{
	return d->state.service_unasked && d->outcome != OUTCOME_ASK && d->reason != REASON_LOCKED;
}

/* What the service may have of the user's, as the policy lists it. */
static size_t
list_unasked(const struct settings *s, enum factor out[FACTOR_COUNT])
{
	size_t i, n = 0;

	if (factor_is_in(FACTOR_PUSH, s->factors))
		out[n++] = FACTOR_PUSH;
	for (i = 0; i < FACTOR_COUNT && s->attested[i] != FACTOR_NONE; i++)
		out[n++] = s->attested[i];
	return n;
}

static void
print_unasked(const struct question *q, bool decides)
{
	enum factor list[FACTOR_COUNT];
	size_t i, n = list_unasked(q->settings, list);
	char user[SHOW_MAX];

	show(user, sizeof(user), q->user);
	if (!decides) {
		(void)printf("\nWithout the approval service, which was not asked (mfactl test %s "
		    "tries it):", user);
		return;
	}
	(void)printf("\nIt depends on the approval service, not asked here (mfactl test %s "
	    "does):\nwhoever has one of these there is asked for it:", user);
	for (i = 0; i < n; i++)
		(void)printf("%s %s", i > 0 ? "," : "", factor_name(list[i]));
	(void)puts(".");
}

static void
print(struct question *q, const struct decision *d)
{
	char user[SHOW_MAX], service[SHOW_MAX], origin[ORIGIN_TEXT_MAX], at[WHEN_MAX];

	(void)printf("user     %s\nservice  %s\nfrom     %s\nat       %s\n\n",
	    show(user, sizeof(user), q->user), show(service, sizeof(service), q->service),
	    origin_format(&q->origin, origin), when_format(at, q->now));
	table_print(&q->table, 2);
	if (d->state.service_unasked && d->reason != REASON_LOCKED)
		print_unasked(q, depends(d));
	(void)printf("%s login %s: %s.\n", depends(d) ? "Otherwise the" : "\nThe",
	    outcome_meaning(d->outcome), reason_name(d->reason));
}

static void
put_factors(struct json_object *o, const enum factor *list, size_t most)
{
	struct json_object *factors = json_new_list();
	size_t i;

	for (i = 0; i < most && list[i] != FACTOR_NONE; i++)
		json_append(factors, json_object_new_string(factor_name(list[i])));
	json_put(o, "factors", factors);
}

static void
put_outcome(struct json_object *o, const char *outcome, const char *reason)
{
	json_add_text(o, "outcome", outcome);
	json_add_text(o, "reason", reason);
}

/* Where it depends on the service, the decision is what is left without it. */
static void
put_decision(const struct question *q, struct json_object *o, const struct decision *d)
{
	enum factor list[FACTOR_COUNT];
	struct json_object *otherwise;

	if (!depends(d)) {
		put_outcome(o, outcome_name(d->outcome), reason_name(d->reason));
		put_factors(o, d->factors, FACTOR_COUNT);
		return;
	}
	put_outcome(o, "depends", "service_not_asked");
	put_factors(o, list, list_unasked(q->settings, list));
	otherwise = json_new();
	put_outcome(otherwise, outcome_name(d->outcome), reason_name(d->reason));
	json_put(o, "otherwise", otherwise);
}

static void
print_json(struct question *q, const struct decision *d)
{
	struct json_object *o = json_new();
	char origin[ORIGIN_TEXT_MAX];

	json_add_text(o, "user", q->user);
	json_add_text(o, "service", q->service);
	json_add_text(o, "origin", origin_format(&q->origin, origin));
	json_add_time(o, "at", q->now);
	json_put(o, "steps", q->steps);
	put_decision(q, o, d);
	json_print(o);
}

static int
look_up(void *arg, struct policy_ids *out)
{
	const struct question *q = arg;

	*out = q->ids;
	return MFA_OK;
}

static int
answer(struct question *q)
{
	struct policy_input in = {
		.settings = q->settings = config_service(q->st.config, q->service),
		.service = q->service,
		.user = q->user,
		.origin = &q->origin,
		.now = q->now,
		.look_up = look_up,
		.load = load,
		.arg = q,
	};
	struct decision d;

	q->table.columns = 3;
	q->steps = q->json ? json_new_list() : NULL;
	policy_decide(&in, &d, trace, q);
	(q->json ? print_json : print)(q, &d);
	return d.outcome == OUTCOME_GRANT || d.outcome == OUTCOME_ASK || depends(&d) ? CTL_DONE :
	    CTL_NO;
}

/* ---- what was asked ---- */

static int
parse(struct question *q, const char *from, const char *at)
{
	size_t len = q->service != NULL ? strlen(q->service) : 0;

	if (len == 0 || len >= sizeof(((struct msg *)NULL)->service) ||
	    !text_printable(q->service, len))
		return complain(CTL_USAGE, "why: for which --service? For instance sshd, sudo or "
		    "login");
	if (from != NULL && origin_parse(from, &q->origin) != MFA_OK)
		return complain(CTL_USAGE,
		    "--from: not a numeric address, \"console\" or \"unknown\"");
	q->origin.from = "--from";
	if (wall_clock(&q->now) != MFA_OK)
		return complain(CTL_STATE, "the clock cannot be read");
	if (at != NULL && when_parse(at, q->now, &q->now) != MFA_OK)
		return complain(CTL_USAGE,
		    "--at: not a time like 2026-03-01, 2026-03-01T09:30, 30m or 2d (ago)");
	return CTL_DONE;
}

static int
find_groups(struct question *q)
{
	gid_t groups[MSG_GROUPS_MAX];
	int count = MSG_GROUPS_MAX, i;
	uint32_t uid, gid;

	if (user_find(q->user, &uid, &gid) != MFA_OK)
		return complain(CTL_STATE, "the user cannot be looked up: try again");
	if (getgrouplist(q->user, gid, groups, &count) == -1)
		return complain(CTL_STATE, "the user has more than %d groups", MSG_GROUPS_MAX);
	for (i = 0; i < count; i++)
		q->ids.groups[i] = groups[i];
	q->ids.group_count = (size_t)count;
	return CTL_DONE;
}

int
cmd_why(int argc, char **argv)
{
	static struct question q = { .origin = { .kind = ORIGIN_UNKNOWN } };
	const char *from = NULL, *at = NULL;
	const struct opt opts[] = {
		{ "service", &q.service, NULL }, { "from", &from, NULL }, { "at", &at, NULL },
		{ "json", NULL, &q.json },
	};
	int first, r;

	if ((r = opts_read(argc, argv, opts, 4, 1, 1, &first)) != CTL_DONE ||
	    (r = parse(&q, from, at)) != CTL_DONE || (r = need_root()) != CTL_DONE ||
	    (r = user_known(q.user = argv[first])) != CTL_DONE || (r = find_groups(&q)) != CTL_DONE)
		return r;
	r = state_open(&q.st, STATE_CONFIG | STATE_MAYBE | STATE_SEAL);
	/* A state that cannot be opened, as without its key, is a part of the answer. */
	if (r == CTL_DONE || (r == CTL_STATE && q.st.config != NULL))
		r = answer(&q);
	state_close(&q.st);
	return r;
}
