/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "error.h"
#include "json.h"
#include "salt.h"
#include "state.h"
#include "text.h"
#include "when.h"

/* ---- all limits ---- */
#define LIFE_DEFAULT	"8h"
#define LIFE_MAX	(31 * 24 * 60 * 60)	/* seconds */
#define USES_MAX	100

struct issue {
	const char *user;
	bool json;
	unsigned int length;
	int64_t life;
	struct pass pass;
	unsigned char salt[ONETIME_SALT_LEN], hash[ONETIME_HASH_LEN];
	char text[PASS_CHARS_MAX + PASS_CHARS_MAX / 4 + 1];
};

static int
apply(struct state *st, void *arg)
{
	struct issue *i = arg;
	struct pass passes[PASSES_MAX];
	size_t count;
	int r;

	i->pass.created = st->now;
	i->pass.expires = st->now + i->life;
	if ((r = text_copy(i->pass.by, sizeof(i->pass.by), st->by)) != MFA_OK ||
	    (r = salt_same(st, i->user, i->salt)) != MFA_OK ||
	    (r = store_passes(st->store, i->user, st->now, passes, &count)) != MFA_OK)
		return r;
	if (count >= PASSES_MAX)
		return MFA_E_REFUSED;
	return store_pass_add(st->store, i->user, i->hash, &i->pass);
}

static void
print(const struct issue *i)
{
	char user[SHOW_MAX], until[WHEN_MAX];

	(void)printf("Pass for %s, in place of a code.  It is not shown again.\n\n    %s\n\n"
	    "It works until %s, for %u login%s.\n", show(user, sizeof(user), i->user), i->text,
	    when_format(until, i->pass.expires), i->pass.uses, i->pass.uses == 1 ? "" : "s");
}

static void
print_json(const struct issue *i)
{
	char until[WHEN_MAX];

	(void)fputs("{ \"user\": ", stdout);
	json_print_text(i->user);
	(void)printf(", \"pass\": \"%s\", \"expires\": \"%s\", \"uses\": %u }\n", i->text,
	    when_format_full(until, i->pass.expires), i->pass.uses);
}

static int
issue(struct state *st, struct issue *i)
{
	struct change c = { .event = "pass", .user = i->user };
	char number[16], until[WHEN_MAX];
	int r;

	(void)snprintf(number, sizeof(number), "%u", i->pass.uses);
	change_add(&c, "uses", number);
	change_add(&c, "until", when_format_full(until, st->now + i->life));
	if ((r = salt_make(st, i->user, i->salt)) == MFA_OK &&
	    (r = pass_new(i->length, i->text, sizeof(i->text))) == MFA_OK &&
	    (r = onetime_hash_text(i->text, i->salt, i->hash)) == MFA_OK)
		r = state_change(st, &c, apply, i);
	if (r == MFA_E_REFUSED)
		return complain(CTL_REFUSED, "there are %d passes already: mfactl pass USER "
		    "--revoke ends them", PASSES_MAX);
	if (r != MFA_OK)
		return state_fault(st, r);
	(i->json ? print_json : print)(i);
	if (fflush(stdout) != 0)
		return complain(CTL_STATE, "the pass could not be shown: issue another");
	return CTL_DONE;
}

/* ---- taking them back ---- */

static int
apply_revoke(struct state *st, void *arg)
{
	struct issue *i = arg;

	return store_passes_remove(st->store, i->user);
}

static int
revoke(struct state *st, struct issue *i)
{
	struct change c = { .event = "revoke", .user = i->user };
	struct user_state u;
	int r;

	if ((r = state_user(st, i->user, &u)) != CTL_DONE)
		return r;
	if ((r = state_change(st, &c, apply_revoke, i)) != MFA_OK)
		return state_fault(st, r);
	(void)printf("%u pass%s.\n", u.passes, u.passes == 1 ? " is revoked" : "es are revoked");
	return CTL_DONE;
}

static int
parse(struct issue *i, const char *length, const char *life, const char *uses)
{
	int r;

	if ((r = opts_number("length", length, PASS_CHARS_MIN, PASS_CHARS_MAX, &i->length)) !=
	    CTL_DONE || (r = opts_number("uses", uses, 1, USES_MAX, &i->pass.uses)) != CTL_DONE)
		return r;
	if (duration_parse(life, &i->life) != MFA_OK || i->life > LIFE_MAX)
		return complain(CTL_USAGE, "--life: not a time like 30m, 8h or 2d, of at most 31d");
	return CTL_DONE;
}

int
cmd_pass(int argc, char **argv)
{
	static struct issue i;
	const char *length = "12", *life = LIFE_DEFAULT, *uses = "1";
	bool take_back = false;
	const struct opt opts[] = {
		{ "length", &length, NULL }, { "life", &life, NULL }, { "uses", &uses, NULL },
		{ "json", NULL, &i.json }, { "revoke", NULL, &take_back },
	};
	struct state st;
	int first, r;

	if ((r = opts_read(argc, argv, opts, 5, 1, 1, &first)) != CTL_DONE ||
	    (r = parse(&i, length, life, uses)) != CTL_DONE || (r = need_root()) != CTL_DONE ||
	    (!take_back && (r = user_known(argv[first])) != CTL_DONE))
		return r;
	i.user = argv[first];
	if ((r = state_open(&st, take_back ? STATE_CHANGE :
	    STATE_CHANGE | STATE_MAKE | STATE_SEAL)) == CTL_DONE)
		r = take_back ? revoke(&st, &i) : issue(&st, &i);
	state_close(&st);
	explicit_bzero(&i, sizeof(i));
	return r;
}
