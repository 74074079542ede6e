/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The messages between mfad and mfa-call: their form, and who may say which of
 * them when.
 */
#include "../suite.h"
#include "dial.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "error.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const unsigned int types[] = { DIAL_CALL, DIAL_TEXT, DIAL_PROGRESS, DIAL_KEYS, DIAL_SAY,
	DIAL_CALLBACK, DIAL_REPLY, DIAL_CANCEL, DIAL_ENDED };

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
fill_call(struct dial *d, bool large)
{
	d->form = DIAL_WANTS_CODE;
	d->digits = 8;
	fill_text(d->language, sizeof(d->language), large);
	fill_text(d->organisation, sizeof(d->organisation), large);
	fill_text(d->host, sizeof(d->host), large);
	fill_text(d->service, sizeof(d->service), large);
}

static void
fill_errand(struct dial *d, bool large)
{
	d->version = DIAL_VERSION;
	d->ms_left = large ? UINT32_MAX : 0;
	fill_text(d->to, sizeof(d->to), large);
	fill_text(d->id, sizeof(d->id), large);
	if (d->type == DIAL_CALL)
		fill_call(d, large);
	else
		fill_bytes(d->text, &d->text_len, sizeof(d->text), large);
}

static void
fill_callback(struct dial *d, bool large)
{
	fill_text(d->url, sizeof(d->url), large);
	fill_text(d->signature, sizeof(d->signature), large);
	fill_bytes(d->body, &d->body_len, sizeof(d->body), large);
}

static void
fill_ended(struct dial *d, bool large)
{
	d->outcome = DIAL_REFUSED;
	d->units = 7;
	d->ms_left = 9;
	fill_text(d->words, sizeof(d->words), large);
}

static void
make(struct dial *d, unsigned int type, bool large)
{
	memset(d, 0, sizeof(*d));
	d->type = type;
	if (type == DIAL_CALL || type == DIAL_TEXT)
		fill_errand(d, large);
	else if (type == DIAL_PROGRESS)
		d->progress = DIAL_ANSWERED;
	else if (type == DIAL_KEYS)
		fill_text(d->keys, sizeof(d->keys), large);
	else if (type == DIAL_SAY)
		d->say = DIAL_OVER;
	else if (type == DIAL_CALLBACK)
		fill_callback(d, large);
	else if (type == DIAL_ENDED)
		fill_ended(d, large);
	if (type == DIAL_REPLY) {
		d->status = 403;
		fill_bytes(d->body, &d->body_len, sizeof(d->body), large);
	}
}

START_TEST(each_message_comes_back_as_it_was)
{
	unsigned char buf[WIRE_MAX], again[WIRE_MAX];
	struct dial d, back;
	size_t len, len_again;

	make(&d, types[_i / 2], _i % 2 == 1);
	ck_assert_int_eq(dial_pack(&d, buf, &len), MFA_OK);
	ck_assert_int_eq(dial_unpack(buf, len, &back), MFA_OK);
	ck_assert_mem_eq(&back, &d, sizeof(d));
	ck_assert_int_eq(dial_pack(&back, again, &len_again), MFA_OK);
	ck_assert_uint_eq(len_again, len);
	ck_assert_mem_eq(again, buf, len);
}
END_TEST

START_TEST(a_message_that_is_cut_or_longer_is_none)
{
	unsigned char buf[WIRE_MAX + 1];
	struct dial d, back;
	size_t len, n;

	make(&d, types[_i / 2], _i % 2 == 1);
	ck_assert_int_eq(dial_pack(&d, buf, &len), MFA_OK);
	for (n = 0; n < len; n++)
		ck_assert_int_eq(dial_unpack(buf, n, &back), MFA_E_PROTOCOL);
	buf[len] = 0;
	ck_assert_int_eq(dial_unpack(buf, len + 1, &back), MFA_E_PROTOCOL);
}
END_TEST

START_TEST(no_other_type_is_a_message)
{
	unsigned char buf[WIRE_MAX] = { 0 };
	struct dial d = { .type = 0 };
	unsigned int type;
	size_t len;

	for (type = 0; type < 256; type++) {
		if (type >= DIAL_CALL && type <= DIAL_ENDED)
			continue;
		buf[0] = (unsigned char)type;
		ck_assert_int_eq(dial_unpack(buf, 1, &d), MFA_E_PROTOCOL);
		d.type = type;
		ck_assert_int_eq(dial_pack(&d, buf, &len), MFA_E_INVALID);
	}
}
END_TEST

/* ---- who may say what, when ---- */

struct step {
	enum dial_side from;
	unsigned int type;
};

/* What the header says, in other words. */
struct heard {
	bool call, text, ended, keys;
	int callbacks;
};

static bool
allowed(const struct heard *h, const struct step *s)
{
	bool begun = h->call || h->text;

	if (h->ended)
		return false;
	if (s->from == DIAL_MFAD)
		return s->type == DIAL_CALL || s->type == DIAL_TEXT ? !begun :
		    s->type == DIAL_SAY ? h->keys :
		    s->type == DIAL_CALLBACK ? h->call && h->callbacks < 4 :
		    s->type == DIAL_CANCEL ? begun : false;
	return s->type == DIAL_PROGRESS ? h->call :
	    s->type == DIAL_KEYS ? h->call && !h->keys :
	    s->type == DIAL_REPLY ? h->callbacks > 0 :
	    s->type == DIAL_ENDED ? begun : false;
}

static void
hear(struct heard *h, const struct step *s)
{
	h->call |= s->type == DIAL_CALL;
	h->text |= s->type == DIAL_TEXT;
	h->ended = s->type == DIAL_ENDED;
	h->keys = s->type == DIAL_KEYS || (h->keys && s->type != DIAL_SAY);
	h->callbacks += (s->type == DIAL_CALLBACK) - (s->type == DIAL_REPLY);
}

#define DEPTH 7
static unsigned long walked;

/* Every dialogue of so many messages, as far as each is allowed. */
static void
walk(const struct dial_dialogue *d, const struct heard *h, int depth)
{
	struct dial_dialogue d_next;
	struct heard h_next;
	struct step s;
	int r;

	for (s.from = DIAL_MFAD; s.from <= DIAL_MFA_CALL; s.from++)
		for (s.type = 0; s.type <= DIAL_ENDED + 1; s.type++) {
			d_next = *d;
			r = dial_permit(&d_next, s.from, s.type);
			walked++;
			ck_assert_int_eq(r, allowed(h, &s) ? MFA_OK : MFA_E_PROTOCOL);
			ck_assert(r == MFA_OK || d_next.over);
			if (r != MFA_OK || depth == 0)
				continue;
			h_next = *h;
			hear(&h_next, &s);
			walk(&d_next, &h_next, depth - 1);
		}
}

START_TEST(every_dialogue_goes_as_the_table_says)
{
	struct dial_dialogue d = { .begun = false };
	struct heard h = { .call = false };

	walk(&d, &h, DEPTH);
	ck_assert_uint_gt(walked, 10000);
}
END_TEST

START_TEST(a_text_has_no_keys)
{
	struct dial_dialogue d = { .begun = false };

	ck_assert_int_eq(dial_permit(&d, DIAL_MFAD, DIAL_TEXT), MFA_OK);
	ck_assert_int_eq(dial_permit(&d, DIAL_MFA_CALL, DIAL_KEYS), MFA_E_PROTOCOL);
	ck_assert_int_eq(dial_permit(&d, DIAL_MFA_CALL, DIAL_ENDED), MFA_E_PROTOCOL);
}
END_TEST

START_TEST(nothing_comes_after_the_end)
{
	struct dial_dialogue d = { .begun = false };

	ck_assert_int_eq(dial_permit(&d, DIAL_MFAD, DIAL_CALL), MFA_OK);
	ck_assert_int_eq(dial_permit(&d, DIAL_MFA_CALL, DIAL_ENDED), MFA_OK);
	ck_assert_int_eq(dial_permit(&d, DIAL_MFA_CALL, DIAL_ENDED), MFA_E_PROTOCOL);
	ck_assert_int_eq(dial_permit(&d, DIAL_MFAD, DIAL_CALL), MFA_E_PROTOCOL);
}
END_TEST

START_TEST(messages_travel)
{
	struct dial d, back;
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	make(&d, DIAL_CALLBACK, true);
	ck_assert_int_eq(dial_send(pair[0], &d, deadline_in(1000)), MFA_OK);
	ck_assert_int_eq(dial_recv(pair[1], &back, deadline_in(1000)), MFA_OK);
	ck_assert_mem_eq(&back, &d, sizeof(d));
	close(pair[0]);
	ck_assert_int_eq(dial_recv(pair[1], &back, deadline_in(1000)), MFA_E_CLOSED);
	close(pair[1]);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("dial");
	TCase *t = tcase_create("dial");

	tcase_add_loop_test(t, each_message_comes_back_as_it_was, 0, 2 * COUNT(types));
	tcase_add_loop_test(t, a_message_that_is_cut_or_longer_is_none, 0, 2 * COUNT(types));
	tcase_add_test(t, no_other_type_is_a_message);
	tcase_add_test(t, every_dialogue_goes_as_the_table_says);
	tcase_add_test(t, a_text_has_no_keys);
	tcase_add_test(t, nothing_comes_after_the_end);
	tcase_add_test(t, messages_travel);
	suite_add_tcase(suite, t);
	return suite_run(suite);
}
