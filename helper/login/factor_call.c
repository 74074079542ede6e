/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A number keyed in on the telephone.  It is made here and compared here; that the keys
 * are of the right telephone, and pressed at all, is the approval service's word alone.
 */
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "login.h"
#include "text.h"
#include "words.h"

static const char wrong[] = N_("The number keyed in on the telephone was wrong. Type a code: ");
static const char late[] = N_("The call came too late. Type a code: ");

/* "#" alone counts only where the policy says so; the number always does.  At full length:
 * what follows the terminators is zero in both. */
static bool
is_right(const struct login *l, const char *keys)
{
	char keyed[QUERY_KEYS_MAX] = "", number[QUERY_KEYS_MAX] = "";
	bool right;

	if (keys[0] == '\0')
		return l->settings->call_form == CALL_HASH;
	if (text_copy(keyed, sizeof(keyed), keys) != MFA_OK ||
	    text_copy(number, sizeof(number), l->courier.statement.number) != MFA_OK)
		return false;
	right = number[0] != '\0' && secret_equal(keyed, number, sizeof(number));
	explicit_bzero(keyed, sizeof(keyed));
	explicit_bzero(number, sizeof(number));
	return right;
}

static void
refuse(struct judgement *out, enum reason reason)
{
	*out = (struct judgement){ .reason = reason };
}

/* Inside the one transaction of judge_push, the nonce is spent, or the try counted. */
static int
judge_keys(struct login *l, const struct decision *d, const char *keys, struct judgement *out)
{
	struct approved approved = { .factor = FACTOR_CALL, .device = "telephone" };
	int64_t now;
	int r = wall_clock(&now);

	if (r != MFA_OK)
		return r;
	if (now >= l->courier.statement.expires) {
		refuse(out, REASON_NO_APPROVAL);
		return MFA_OK;
	}
	approved.verified = is_right(l, keys);
	memcpy(approved.nonce, l->courier.statement.nonce, sizeof(approved.nonce));
	return judge_push(l, d, &approved, out);
}

/* A wrong one, which is counted already: does the telephone ask for another? */
static bool
asks_again(struct login *l, const struct judgement *j)
{
	bool again;

	if (courier_wrong(l, &again) != MFA_OK || !again)
		return false;
	login_deny(l, j->reason, NULL);
	l->factor = FACTOR_CALL;
	report_asked(l, "call", "", j->counted);
	return true;
}

static void
end_call(struct login *l, const struct judgement *j, const char **sentence)
{
	bool was_wrong = j->reason == REASON_WRONG_NUMBER;

	*sentence = was_wrong ? wrong : j->reason == REASON_NO_APPROVAL ? late : NULL;
	courier_close(l, was_wrong ? QUERY_WRONG_NUMBER : QUERY_REFUSED);
}

/* One thing that came back.  True: another is to come. */
static bool
take(struct login *l, const struct decision *d, const struct query *q, struct judgement *out,
    const char **sentence, int *r)
{
	bool asked = d->outcome == OUTCOME_ASK;

	if (!asked || q->type != QUERY_KEYED) {
		/* Nobody was called about a decoy, so nobody keys anything in. */
		refuse(out, asked ? ended_reason(l, FACTOR_CALL, q) : d->reason);
		*sentence = ended_sentence(l, FACTOR_CALL, q);
		return false;
	}
	*r = judge_keys(l, d, q->keys, out);
	if (*r == MFA_OK && out->accepted)
		return false;
	if (*r == MFA_OK && out->reason == REASON_WRONG_NUMBER && asks_again(l, out))
		return true;
	end_call(l, out, sentence);
	return false;
}

int
call_finish(struct login *l, const struct decision *d, struct judgement *out,
    const char **sentence)
{
	struct query *q = calloc(1, sizeof(*q));
	bool more = q != NULL;
	int r = q != NULL ? MFA_OK : MFA_E_MEMORY;

	refuse(out, d->outcome == OUTCOME_ASK ? REASON_FAULT : d->reason);
	*sentence = NULL;
	while (more && (r = courier_wait(l, q)) == MFA_OK) {
		more = take(l, d, q, out, sentence, &r);
		explicit_bzero(q->keys, sizeof(q->keys));
	}
	free(q);
	return r;
}

/* True: another number is to come. */
static bool
judge_early(struct login *l, const struct decision *d, struct call_heard *heard)
{
	if (judge_keys(l, d, l->courier.early->keys, &heard->judgement) != MFA_OK)
		return false;	/* nothing was counted, so it is judged again */
	courier_forget_early(l);
	if (heard->judgement.reason == REASON_WRONG_NUMBER && asks_again(l, &heard->judgement))
		return true;
	end_call(l, &heard->judgement, &heard->sentence);
	heard->over = true;
	return false;
}

bool
call_listen(struct login *l, const struct decision *d, struct call_heard *heard)
{
	const struct courier *c = &l->courier;

	courier_listen(l);
	if (c->early == NULL)
		return c->fd != -1;
	if (d->outcome != OUTCOME_ASK || c->early->type != QUERY_KEYED ||
	    is_right(l, c->early->keys))
		return false;
	return judge_early(l, d, heard);
}
