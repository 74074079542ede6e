/* SPDX-License-Identifier: BSD-2-Clause */
/* What an auth or account stack must not let happen. */
#include <stdlib.h>
#include <string.h>

#include "check_service.h"
#include "check_walk.h"
#include "ctl.h"
#include "error.h"
#include "text.h"

#define VALUES_MAX 256

struct look {
	const struct service *service;
	const struct stack *stack;
	struct walk walk;
	struct findings *f;
};

static struct spot
spot_of(const struct look *k, size_t line)
{
	const struct stack_line *l = &k->stack->lines[line];

	return (struct spot){ l->file, l->line, k->service->name };
}

static struct spot
spot_of_kind(const struct look *k, enum module_kind kind)
{
	int i = stack_find(k->stack, kind);

	if (i == -1)
		return (struct spot){ k->service->file, 0, k->service->name };
	return spot_of(k, (size_t)i);
}

/* ---- around ours ---- */

/* The names of those values with which line `culprit` let a login pass. */
static bool
values_that_pass(const struct look *k, size_t culprit, char *names)
{
	const struct walk *w = &k->walk;
	bool seen[_PAM_RETURN_VALUES] = { false };
	size_t at = 0, n = 0;
	uint32_t i;

	names[0] = '\0';
	for (i = w->first[k->stack->count]; i != 0; i = w->nodes[i - 1].next) {
		const struct walk_node *e = &w->nodes[i - 1];

		if (e->culprit != culprit + 1 || !walk_passes(w, e) || seen[e->value] ||
		    (e->flags & (WALK_GRANTED | WALK_ROOT)) != 0)
			continue;
		seen[e->value] = true;
		n++;
	}
	for (i = 0; i < _PAM_RETURN_VALUES; i++)
		if (seen[i] && at < VALUES_MAX - 40)
			at += (size_t)snprintf(names + at, VALUES_MAX - at, "%s%s",
			    at > 0 ? ", " : "", stack_value_name((int)i));
	return n > 0;
}

static void
say_swallowed(const struct look *k, size_t line, const char *values)
{
	finding_add(k->f, LEVEL_ERROR, "denial_ignored", spot_of(k, line),
	    "give the line the control value \"required\" or \"requisite\"",
	    "a denial of pam_mfa (%s) does not end in a denial", values);
}

static void
say_skipped(const struct look *k, size_t line, const char *values)
{
	const struct stack_line *l = &k->stack->lines[line];

	if (l->kind == MODULE_CONDITION)
		finding_add(k->f, LEVEL_WARNING, "skipped_by_condition", spot_of(k, line),
		    "move pam_mfa before it, or say who is not asked in pam_mfa.conf, where it "
		    "is logged", "%s passes logins without the second factor", l->module);
	else
		finding_add(k->f, LEVEL_ERROR, "skipped", spot_of(k, line),
		    "move pam_mfa before it, or let it jump to pam_mfa instead of past it",
		    "when %s returns %s, the login passes without the second factor", l->module,
		    values);
}

static void
check_around(const struct look *k)
{
	char values[VALUES_MAX];
	size_t i;

	for (i = 0; i < k->stack->count; i++) {
		enum module_kind kind = k->stack->lines[i].kind;

		if (!values_that_pass(k, i, values))
			continue;
		if (kind == MODULE_JUDGE || kind == MODULE_SPLIT)
			say_swallowed(k, i, values);
		else
			say_skipped(k, i, values);
	}
}

/* Can anybody get in? */
static void
check_open(const struct look *k)
{
	const struct walk *w = &k->walk;
	uint32_t i;

	for (i = w->first[k->stack->count]; i != 0; i = w->nodes[i - 1].next)
		if (walk_passes(w, &w->nodes[i - 1]) &&
		    (w->nodes[i - 1].flags & WALK_GRANTED) != 0)
			return;
	finding_add(k->f, LEVEL_ERROR, "nobody_passes", spot_of_kind(k, MODULE_JUDGE),
	    "look at the control values before and after it",
	    "no login with the second factor can pass this stack");
}

static void
check_followed(const struct look *k)
{
	if (!k->walk.whole)
		finding_add(k->f, LEVEL_WARNING, "too_many_ways",
		    (struct spot){ k->service->file, 0, k->service->name },
		    "make the stack simpler", "the stack can go more ways than were followed");
}

/* ---- before ours ---- */

/* All ways that arrive at lines of a kind: flags that all have, and that some
 * have. */
static bool
arriving(const struct look *k, enum module_kind kind, unsigned int *all, unsigned int *some,
    bool *wrong)
{
	const struct walk *w = &k->walk;
	bool any = false;
	uint32_t i;

	*all = ~0u;
	*some = 0;
	*wrong = false;
	for (i = 0; i < w->count; i++) {
		const struct walk_node *n = &w->nodes[i];

		if (n->at == k->stack->count || k->stack->lines[n->at].kind != kind)
			continue;
		any = true;
		*all &= n->flags;
		*some |= n->flags;
		*wrong |= (n->flags & (WALK_PROVED | WALK_WRONG)) == WALK_WRONG;
	}
	return any;
}

static void
check_first_factor(const struct look *k)
{
	static const char todo[] = "let a wrong password end the stack before pam_mfa: "
	    "control value \"requisite\", and include instead of substack";
	unsigned int all, some;
	bool wrong, sshd = strcmp(k->service->name, "sshd") == 0;

	if (!arriving(k, MODULE_JUDGE, &all, &some, &wrong))
		return;
	if (wrong)
		finding_add(k->f, LEVEL_WARNING, "wrong_password_goes_on",
		    spot_of_kind(k, MODULE_PASSWORD), todo,
		    "after a wrong password the second factor is asked all the same: somebody "
		    "without the password can spend a user's tries, and lock the user out");
	else if ((some & WALK_PROVED) == 0)
		finding_add(k->f, sshd ? LEVEL_NOTE : LEVEL_WARNING, "no_first_factor",
		    spot_of_kind(k, MODULE_JUDGE),
		    sshd ? "make sure of it with AuthenticationMethods" :
		    "put pam_mfa after the password",
		    "nothing before pam_mfa asks for a first factor%s",
		    sshd ? ": that is right where sshd always asks for a key first" :
		    ": anybody can spend a user's tries, and lock the user out");
}

/* ---- combined mode ---- */

static void
check_lines(const struct look *k)
{
	bool split = stack_find(k->stack, MODULE_SPLIT) != -1;

	if (k->service->combined && !split)
		finding_add(k->f, LEVEL_ERROR, "no_split", spot_of_kind(k, MODULE_JUDGE),
		    "add \"auth requisite pam_mfa.so split\" before the password module",
		    "the service is combined in pam_mfa.conf, but no line has \"split\": every "
		    "login that needs a code is denied");
	if (!k->service->combined && split)
		finding_add(k->f, LEVEL_ERROR, "split_not_combined",
		    spot_of_kind(k, MODULE_SPLIT),
		    "set \"combined = yes\" for the service in pam_mfa.conf, or remove the line",
		    "the line has \"split\", but the service is not combined: every login is "
		    "denied");
	if (split && stack_find(k->stack, MODULE_JUDGE) == -1)
		finding_add(k->f, LEVEL_ERROR, "split_not_judged",
		    spot_of_kind(k, MODULE_SPLIT),
		    "add \"auth required pam_mfa.so\" after the password module",
		    "the code is taken off the password, and no line judges it");
}

static void
check_order(const struct look *k)
{
	unsigned int all, some;
	bool wrong;

	if (arriving(k, MODULE_PASSWORD, &all, &some, &wrong) && (all & WALK_SPLIT) == 0)
		finding_add(k->f, LEVEL_ERROR, "password_before_split",
		    spot_of_kind(k, MODULE_PASSWORD),
		    "move the \"split\" line before the password module",
		    "the password is compared while the code may still be at its end");
	if (arriving(k, MODULE_JUDGE, &all, &some, &wrong) && (all & WALK_SPLIT) == 0)
		finding_add(k->f, LEVEL_ERROR, "judged_before_split", spot_of_kind(k, MODULE_JUDGE),
		    "move the \"split\" line before the password, and this one after it",
		    "pam_mfa judges before the code was taken off the password");
}

static void
check_passed_on(const struct look *k)
{
	size_t i;

	for (i = 0; i < k->stack->count; i++) {
		const struct stack_line *l = &k->stack->lines[i];

		if (l->kind == MODULE_PASSWORD && !stack_has_argument(l, "use_first_pass") &&
		    !stack_has_argument(l, "try_first_pass"))
			finding_add(k->f, LEVEL_WARNING, "password_asked_again", spot_of(k, i),
			    "give it the argument use_first_pass",
			    "%s asks again, instead of taking the password that is left when the "
			    "code is taken off", l->module);
	}
}

static void
check_combined(const struct look *k)
{
	check_lines(k);
	if (!k->service->combined || stack_find(k->stack, MODULE_SPLIT) == -1)
		return;
	check_order(k);
	check_passed_on(k);
}

/* ---- arguments of ours ---- */

static bool
is_argument(const char *word, size_t len, unsigned long *deadline)
{
	char number[16] = "";

	if ((len == 5 && strncmp(word, "split", len) == 0) ||
	    (len == 5 && strncmp(word, "debug", len) == 0))
		return true;
	if (len <= 9 || len - 9 >= sizeof(number) || strncmp(word, "deadline=", 9) != 0)
		return false;
	memcpy(number, word + 9, len - 9);
	return text_number(number, 10, 600, deadline) == MFA_OK;
}

static void
check_line(const struct look *k, size_t line)
{
	const char *at = k->stack->lines[line].arguments;
	unsigned long deadline = 90;
	size_t len;

	for (; *at != '\0'; at += len, at += *at == ' ') {
		len = strcspn(at, " ");
		if (!is_argument(at, len, &deadline))
			finding_add(k->f, LEVEL_ERROR, "wrong_argument", spot_of(k, line),
			    "see ARGUMENTS in pam_mfa(8)",
			    "pam_mfa does not know \"%.*s\" and denies every login", (int)len, at);
	}
	if (deadline < k->service->deadline)
		finding_add(k->f, LEVEL_WARNING, "module_gives_up_first", spot_of(k, line),
		    "give the line a longer deadline=SECONDS",
		    "the module gives up after %lu seconds, before the %u of pam_mfa.conf",
		    deadline, k->service->deadline);
}

static void
check_arguments(const struct look *k)
{
	size_t i;

	for (i = 0; i < k->stack->count; i++)
		if (k->stack->lines[i].kind == MODULE_JUDGE ||
		    k->stack->lines[i].kind == MODULE_SPLIT)
			check_line(k, i);
}

void
check_auth(const struct service *s, struct findings *f)
{
	struct look k = { .service = s, .stack = &s->auth, .f = f };

	walk_run(&k.walk, k.stack, STACK_AUTH);
	check_arguments(&k);
	check_combined(&k);
	if (stack_find(k.stack, MODULE_JUDGE) != -1) {
		check_around(&k);
		check_open(&k);
		check_first_factor(&k);
	}
	check_followed(&k);
	walk_free(&k.walk);
}

/* A guard that is passed by, or whose word does not count, is none. */
void
check_account(const struct service *s, struct findings *f)
{
	struct look k = { .service = s, .stack = &s->account, .f = f };

	if (stack_find(k.stack, MODULE_JUDGE) == -1) {
		if (s->guard)
			finding_add(f, LEVEL_ERROR, "no_guard_line",
			    (struct spot){ s->file, 0, s->name },
			    "add \"account required pam_mfa.so\" to the stack",
			    "pam_mfa.conf has \"guard = yes\", but the account stack has no "
			    "pam_mfa: a key alone gets in");
		return;
	}
	walk_run(&k.walk, k.stack, STACK_ACCOUNT);
	if (s->guard || s->combined)
		check_around(&k);
	check_open(&k);
	check_followed(&k);
	walk_free(&k.walk);
}
