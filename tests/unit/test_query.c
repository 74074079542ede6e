/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The messages between mfa-helper and mfa-http: their form, and who may say
 * which of them when.
 */
#include "../suite.h"
#include "query.h"

#include <check.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "error.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const unsigned int types[] = { QUERY_BEGIN, QUERY_METHODS, QUERY_PUSH, QUERY_PUSHED,
	QUERY_ANSWERED, QUERY_ENDED, QUERY_CODE, QUERY_CODED, QUERY_CLOSE, QUERY_FAILED,
	QUERY_KEYED, QUERY_WRONG, QUERY_AGAIN };

/* ---- form ---- */

static void
fill_text(char *s, size_t size, bool large)
{
	size_t len = large ? size - 1 : 3;

	memset(s, 'x', len);
	s[len] = '\0';
}

static void
fill_bytes(unsigned char *data, uint32_t *len, size_t size, bool large)
{
	*len = large ? (uint32_t)size : 0;
	memset(data, 0xff, *len);
}

static void
fill_answer(struct query *q, bool large)
{
	q->decision = DECISION_REPORT;
	fill_bytes(q->certificate, &q->certificate_len, sizeof(q->certificate), large);
	fill_bytes(q->signature, &q->signature_len, sizeof(q->signature), large);
	fill_bytes(q->authenticator_data, &q->authenticator_data_len,
	    sizeof(q->authenticator_data), large);
	fill_bytes(q->client_data, &q->client_data_len, sizeof(q->client_data), large);
}

static void
fill_push(struct query *q, bool large)
{
	fill_text(q->service, sizeof(q->service), large);
	fill_text(q->origin, sizeof(q->origin), large);
	fill_bytes(q->nonce, &q->nonce_len, sizeof(q->nonce), large);
	q->digits = 6;
	q->expires = UINT32_MAX;
	q->decoy = large;
	q->method = QUERY_BY_CALL;
	q->form = large ? QUERY_FORM_HASH : QUERY_FORM_NUMBER;
}

static void
make(struct query *q, unsigned int type, bool large)
{
	memset(q, 0, sizeof(*q));
	q->type = type;
	if (type == QUERY_BEGIN) {
		q->version = QUERY_VERSION;
		q->ms_left = 90000;
		fill_text(q->user, sizeof(q->user), large);
	} else if (type == QUERY_METHODS) {
		q->methods = QUERY_CAN_PUSH | QUERY_PUSH_LOCKED;
		q->compulsory_from = large ? UINT32_MAX : 0;
		q->preferred = large ? QUERY_BY_TEXT : QUERY_NO_METHOD;
		fill_bytes(q->revocations, &q->revocations_len, sizeof(q->revocations), large);
	} else if (type == QUERY_PUSH) {
		fill_push(q, large);
	} else if (type == QUERY_ANSWERED) {
		fill_answer(q, large);
	} else if (type == QUERY_CODE) {
		q->nonce_len = STATEMENT_NONCE_LEN;
		memset(q->nonce, 0xff, sizeof(q->nonce));
		q->code.len = large ? SECRET_MAX : 6;
		memset(q->code.data, 0x80, q->code.len);
	} else if (type == QUERY_CODED) {
		q->nonce_len = large ? STATEMENT_NONCE_LEN : 0;
		q->result = QUERY_CODE_ACCEPTED;
		q->by_text = large;
	} else if (type == QUERY_CLOSE) {
		q->outcome = QUERY_CANCELLED;
	} else if (type == QUERY_FAILED) {
		q->failure = QUERY_LOCKED;
		q->retry_after = 7;
		fill_text(q->words, sizeof(q->words), large);
	} else if (type == QUERY_ENDED) {
		q->why = large ? QUERY_WHY_TWICE : QUERY_WHY_UNKNOWN;
	} else if (type == QUERY_KEYED) {
		fill_text(q->keys, sizeof(q->keys), large);
	} else if (type == QUERY_AGAIN) {
		q->again = large;
	}
}

START_TEST(each_message_comes_back_as_it_was)
{
	unsigned char buf[WIRE_MAX], again[WIRE_MAX];
	struct query q, back;
	size_t len, len_again;

	make(&q, types[_i / 2], _i % 2 == 1);
	ck_assert_int_eq(query_pack(&q, buf, &len), MFA_OK);
	ck_assert_int_eq(query_unpack(buf, len, &back), MFA_OK);
	ck_assert_mem_eq(&back, &q, sizeof(q));
	ck_assert_int_eq(query_pack(&back, again, &len_again), MFA_OK);
	ck_assert_uint_eq(len_again, len);
	ck_assert_mem_eq(again, buf, len);
}
END_TEST

START_TEST(a_message_that_is_cut_or_longer_is_none)
{
	unsigned char buf[WIRE_MAX + 1];
	struct query q, back;
	size_t len, n;

	make(&q, types[_i / 2], _i % 2 == 1);
	ck_assert_int_eq(query_pack(&q, buf, &len), MFA_OK);
	for (n = 0; n < len; n++)
		ck_assert_int_eq(query_unpack(buf, n, &back), MFA_E_PROTOCOL);
	buf[len] = 0;
	ck_assert_int_eq(query_unpack(buf, len + 1, &back), MFA_E_PROTOCOL);
}
END_TEST

START_TEST(no_other_type_is_a_message)
{
	unsigned char buf[WIRE_MAX] = { 0 };
	struct query q = { .type = 0 };
	unsigned int type;
	size_t len;

	for (type = 0; type < 256; type++) {
		if (type >= QUERY_BEGIN && type <= QUERY_LAST)
			continue;
		buf[0] = (unsigned char)type;
		ck_assert_int_eq(query_unpack(buf, 1, &q), MFA_E_PROTOCOL);
		q.type = type;
		ck_assert_int_eq(query_pack(&q, buf, &len), MFA_E_INVALID);
	}
}
END_TEST

/* ---- who may say what, when ---- */

/* flag: the method of a PUSH; the word of an AGAIN. */
struct step {
	enum query_side from;
	unsigned int type;
	uint32_t flag;
};

static int
permit(struct query_dialogue *d, const struct step *s)
{
	struct query q;

	q.type = s->type;
	q.method = q.again = s->flag;
	return query_permit(d, s->from, &q);
}

static bool
permitted(const struct step *steps, int count)
{
	struct query_dialogue d = { .asked = 0 };
	int i;

	for (i = 0; i < count; i++)
		if (permit(&d, &steps[i]) != MFA_OK)
			return false;
	return true;
}

/* What the header says, in other words: what each side may say is known from
 * what was said before. */
struct heard {
	bool begun, closed, push, waits, to_judge;
	unsigned int question, keyed;
	uint32_t method;
};

static bool
allowed(const struct heard *h, const struct step *s)
{
	if (h->closed)
		return false;
	if (s->from == QUERY_HELPER)
		return s->type == QUERY_BEGIN ? !h->begun :
		    s->type == QUERY_CLOSE ? h->begun :
		    s->type == QUERY_PUSH ? h->begun && h->question == 0 && !h->push :
		    s->type == QUERY_WRONG ? h->question == 0 && h->to_judge :
		    s->type == QUERY_CODE ? h->begun && h->question == 0 : false;
	return s->type == QUERY_METHODS ? h->question == QUERY_BEGIN :
	    s->type == QUERY_PUSHED ? h->question == QUERY_PUSH :
	    s->type == QUERY_CODED ? h->question == QUERY_CODE :
	    s->type == QUERY_AGAIN ? h->question == QUERY_WRONG :
	    s->type == QUERY_ANSWERED ? h->waits && h->method == QUERY_BY_PUSH :
	    s->type == QUERY_KEYED ? h->waits && h->method == QUERY_BY_CALL && h->keyed < 2 :
	    s->type == QUERY_ENDED ? h->waits :
	    s->type == QUERY_FAILED ? h->question != 0 || h->waits : false;
}

static void
hear(struct heard *h, const struct step *s)
{
	if (s->from == QUERY_HELPER) {
		h->begun = true;
		h->closed = s->type == QUERY_CLOSE;
		h->method = s->type == QUERY_PUSH ? s->flag : h->method;
		h->push |= s->type == QUERY_PUSH;
		h->to_judge &= s->type != QUERY_WRONG;
		h->question = s->type;
	} else if (s->type == QUERY_ANSWERED || s->type == QUERY_ENDED ||
	    s->type == QUERY_KEYED) {
		h->waits = false;
		h->to_judge |= s->type == QUERY_KEYED;
		h->keyed += s->type == QUERY_KEYED;
	} else if (s->type == QUERY_FAILED && h->question == 0) {
		h->waits = false;
	} else {
		h->waits |= s->type == QUERY_PUSHED || (s->type == QUERY_AGAIN && s->flag != 0);
		h->question = 0;
	}
}

#define DEPTH 10
static unsigned long walked;

static void walk(const struct query_dialogue *d, const struct heard *h, int depth);

static void
walk_on(const struct query_dialogue *d, const struct heard *h, const struct step *s, int depth)
{
	struct query_dialogue d_next = *d;
	struct heard h_next = *h;
	int r = permit(&d_next, s);

	walked++;
	ck_assert_int_eq(r, allowed(h, s) ? MFA_OK : MFA_E_PROTOCOL);
	ck_assert(r == MFA_OK || d_next.over);
	if (r != MFA_OK || depth == 0)
		return;
	hear(&h_next, s);
	walk(&d_next, &h_next, depth - 1);
}

/* Every dialogue of so many messages, as far as each is allowed. */
static void
walk(const struct query_dialogue *d, const struct heard *h, int depth)
{
	struct step s;
	uint32_t flags;

	for (s.from = QUERY_HELPER; s.from <= QUERY_HTTP; s.from++)
		for (s.type = 0; s.type <= QUERY_LAST + 1; s.type++) {
			flags = s.type == QUERY_PUSH ? 3 : s.type == QUERY_AGAIN ? 1 : 0;
			for (s.flag = 0; s.flag <= flags; s.flag++)
				walk_on(d, h, &s, depth);
		}
}

START_TEST(every_dialogue_goes_as_the_table_says)
{
	struct query_dialogue d = { .asked = 0 };
	struct heard h = { .begun = false };

	walk(&d, &h, DEPTH);
	ck_assert_uint_gt(walked, 10000);
}
END_TEST

#define H QUERY_HELPER
#define S QUERY_HTTP

START_TEST(a_whole_login_is_permitted)
{
	static const struct step login[] = {
		{ H, QUERY_BEGIN, 0 }, { S, QUERY_METHODS, 0 }, { H, QUERY_PUSH, 1 }, { S, QUERY_PUSHED, 0 },
		{ H, QUERY_CODE, 0 }, { S, QUERY_ANSWERED, 0 }, { S, QUERY_CODED, 0 }, { H, QUERY_CLOSE, 0 },
	};
	static const struct step twice[] = {
		{ H, QUERY_BEGIN, 0 }, { S, QUERY_METHODS, 0 }, { H, QUERY_PUSH, 1 }, { S, QUERY_PUSHED, 0 },
		{ S, QUERY_ANSWERED, 0 }, { S, QUERY_ANSWERED, 0 },
	};
	static const struct step after[] = {
		{ H, QUERY_BEGIN, 0 }, { H, QUERY_CLOSE, 0 }, { S, QUERY_METHODS, 0 },
	};

	ck_assert(permitted(login, COUNT(login)));
	ck_assert(!permitted(twice, COUNT(twice)));
	ck_assert(!permitted(after, COUNT(after)));
}
END_TEST

START_TEST(a_call_hears_two_numbers_and_no_third)
{
	static const struct step call[] = {
		{ H, QUERY_BEGIN, 0 }, { S, QUERY_METHODS, 0 }, { H, QUERY_PUSH, QUERY_BY_CALL },
		{ S, QUERY_PUSHED, 0 }, { S, QUERY_KEYED, 0 }, { H, QUERY_WRONG, 0 },
		{ S, QUERY_AGAIN, 1 }, { S, QUERY_KEYED, 0 }, { H, QUERY_WRONG, 0 },
		{ S, QUERY_AGAIN, 1 }, { S, QUERY_KEYED, 0 },
	};

	ck_assert(permitted(call, COUNT(call) - 1));
	ck_assert(!permitted(call, COUNT(call)));
}
END_TEST

START_TEST(what_was_out_of_turn_ends_it)
{
	struct query_dialogue d = { .asked = 0 };

	ck_assert_int_eq(permit(&d, &(struct step){ S, QUERY_METHODS, 0 }), MFA_E_PROTOCOL);
	ck_assert_int_eq(permit(&d, &(struct step){ H, QUERY_BEGIN, 0 }), MFA_E_PROTOCOL);
}
END_TEST

START_TEST(messages_travel)
{
	struct query q, back;
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	make(&q, QUERY_ANSWERED, true);
	ck_assert_int_eq(query_send(pair[0], &q, deadline_in(1000)), MFA_OK);
	ck_assert_int_eq(query_recv(pair[1], &back, deadline_in(1000)), MFA_OK);
	ck_assert_mem_eq(&back, &q, sizeof(q));
	close(pair[0]);
	ck_assert_int_eq(query_recv(pair[1], &back, deadline_in(1000)), MFA_E_CLOSED);
	close(pair[1]);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("query");
	TCase *t = tcase_create("query");

	tcase_add_loop_test(t, each_message_comes_back_as_it_was, 0, 2 * COUNT(types));
	tcase_add_loop_test(t, a_message_that_is_cut_or_longer_is_none, 0, 2 * COUNT(types));
	tcase_add_test(t, no_other_type_is_a_message);
	tcase_add_test(t, every_dialogue_goes_as_the_table_says);
	tcase_add_test(t, a_whole_login_is_permitted);
	tcase_add_test(t, a_call_hears_two_numbers_and_no_third);
	tcase_add_test(t, what_was_out_of_turn_ends_it);
	tcase_add_test(t, messages_travel);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
