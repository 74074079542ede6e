/* SPDX-License-Identifier: BSD-2-Clause */
#include "../suite.h"
#include "message.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "error.h"

#define TYPES 256
#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static const enum msg_type types[] = {
	MSG_BEGIN, MSG_ANSWER, MSG_CANCEL, MSG_PROMPT, MSG_INFO, MSG_ERROR, MSG_VERDICT,
	MSG_LOOK_UP, MSG_IDS, MSG_REACH, MSG_REACHED, MSG_WAITING,
};

/* ---- one message of each type, small and large ---- */

static void
fill_text(char *s, size_t size, bool large, char c)
{
	size_t len = large ? size - 1 : 3;

	memset(s, c, len);
	s[len] = '\0';
}

static void
fill_begin(struct msg *m, bool large)
{
	m->version = MSG_VERSION;
	m->phase = PHASE_ACCOUNT;
	m->flags = BEGIN_SILENT | BEGIN_CODE_HELD;
	m->loginuid = UID_UNSET;
	m->sessionid = 0x01020304;
	m->ms_left = 90000;
	fill_text(m->service, sizeof(m->service), large, 's');
	fill_text(m->user, sizeof(m->user), large, 'u');
	fill_text(m->ruser, sizeof(m->ruser), large, 'r');
	fill_text(m->rhost, sizeof(m->rhost), large, 'h');
	fill_text(m->tty, sizeof(m->tty), large, 't');
	fill_text(m->xdisplay, sizeof(m->xdisplay), large, 'x');
	fill_text(m->ssh_connection, sizeof(m->ssh_connection), large, 'c');
}

static void
fill_ids(struct msg *m, bool large)
{
	uint32_t i;

	m->uid = 1000;
	m->group_count = large ? MSG_GROUPS_MAX : 2;
	for (i = 0; i < m->group_count; i++)
		m->groups[i] = 0xfffffff0U - i;
}

static void
make(struct msg *m, enum msg_type type, bool large)
{
	memset(m, 0, sizeof(*m));
	m->type = type;
	if (type == MSG_BEGIN) {
		fill_begin(m, large);
	} else if (type == MSG_ANSWER) {
		m->answer.len = large ? SECRET_MAX : 6;
		memset(m->answer.data, 0x80, m->answer.len);	/* any bytes */
		m->answer.data[1] = '\0';
	} else if (type == MSG_PROMPT || type == MSG_INFO || type == MSG_ERROR ||
	    type == MSG_WAITING) {
		m->echo = type == MSG_PROMPT;
		fill_text(m->text, sizeof(m->text), large, 'p');
	} else if (type == MSG_VERDICT) {
		m->verdict = VERDICT_SPLIT;
		m->digits = 6;
	} else if (type == MSG_IDS) {
		fill_ids(m, large);
	}
}

static struct msg in, out;
static unsigned char wire[MSG_MAX + 1];
static size_t len;

/* The loop's number is type and size. */
static void
pack_sample(int i)
{
	make(&in, types[i / 2], i % 2);
	ck_assert_int_eq(msg_pack(&in, wire, &len), MFA_OK);
}

START_TEST(every_type_comes_back_as_it_was)
{
	pack_sample(_i);
	memset(&out, 0xff, sizeof(out));
	ck_assert_int_eq(msg_unpack(wire, len, &out), MFA_OK);
	ck_assert(memcmp(&in, &out, sizeof(in)) == 0);
}
END_TEST

START_TEST(every_truncation_is_refused)
{
	size_t shorter;

	pack_sample(_i);
	for (shorter = 0; shorter < len; shorter++) {
		unsigned char *exact = malloc(shorter + 1);	/* for the sanitizers */

		memcpy(exact, wire, shorter);
		ck_assert_int_eq(msg_unpack(exact, shorter, &out), MFA_E_PROTOCOL);
		free(exact);
	}
}
END_TEST

START_TEST(every_extension_by_a_byte_is_refused)
{
	int byte;

	pack_sample(_i);
	for (byte = 0; byte < 256 && len < MSG_MAX; byte++) {
		wire[len] = (unsigned char)byte;
		ck_assert_int_eq(msg_unpack(wire, len + 1, &out), MFA_E_PROTOCOL);
	}
}
END_TEST

START_TEST(every_unknown_type_is_refused)
{
	unsigned char buf[64] = { 0 };
	size_t i;
	int type;

	for (type = 0; type < TYPES; type++) {
		if (type >= MSG_BEGIN && type <= MSG_WAITING)
			continue;
		buf[0] = (unsigned char)type;
		for (i = 1; i < sizeof(buf); i++)
			ck_assert_int_eq(msg_unpack(buf, i, &out), MFA_E_PROTOCOL);
	}
	in.type = (enum msg_type)99;
	ck_assert_int_eq(msg_pack(&in, wire, &len), MFA_E_INVALID);
}
END_TEST

START_TEST(too_long_a_message_is_refused)
{
	static unsigned char big[MSG_MAX + 1] = { MSG_CANCEL };

	ck_assert_int_eq(msg_unpack(big, sizeof(big), &out), MFA_E_PROTOCOL);
	ck_assert_int_eq(msg_unpack(big, 1, &out), MFA_OK);
}
END_TEST

/* ---- the wire, byte by byte: another program may speak it ---- */

static const struct { const char *bytes; size_t len; struct msg m; } golden[] = {
	{ "\3", 1, { .type = MSG_CANCEL } },
	{ "\2\0\3" "abc", 6, { .type = MSG_ANSWER, .answer = { 3, "abc" } } },
	{ "\4\0\0\0\1\0\2?:", 9, { .type = MSG_PROMPT, .echo = 1, .text = "?:" } },
	{ "\5\0\1i", 4, { .type = MSG_INFO, .text = "i" } },
	{ "\6\0\1e", 4, { .type = MSG_ERROR, .text = "e" } },
	{ "\7gran\0\0\0\0", 9, { .type = MSG_VERDICT, .verdict = VERDICT_GRANT } },
	{ "\7splt\0\0\0\6", 9, { .type = MSG_VERDICT, .verdict = VERDICT_SPLIT, .digits = 6 } },
	{ "\1\0\0\0\3\0\0\0\1\0\0\0\0\377\377\377\377\377\377\377\377\0\1\137\220"
	    "\0\4sshd\0\4anna\0\0\0\0\0\3ssh\0\0\0\0", 50,
	    { .type = MSG_BEGIN, .version = 3, .phase = PHASE_AUTH,
	    .loginuid = UID_UNSET, .sessionid = UID_UNSET, .ms_left = 90000, .service = "sshd",
	    .user = "anna", .tty = "ssh" } },
	{ "\10", 1, { .type = MSG_LOOK_UP } },
	{ "\11\0\0\3\350\0\0\0\1\0\0\3\350", 13,
	    { .type = MSG_IDS, .uid = 1000, .group_count = 1, .groups = { 1000 } } },
	{ "\12", 1, { .type = MSG_REACH } },
	{ "\13", 1, { .type = MSG_REACHED } },
	{ "\14\0\1w", 4, { .type = MSG_WAITING, .text = "w" } },
};

START_TEST(the_wire_form_is_fixed)
{
	ck_assert_int_eq(msg_pack(&golden[_i].m, wire, &len), MFA_OK);
	ck_assert_uint_eq(len, golden[_i].len);
	ck_assert(memcmp(wire, golden[_i].bytes, len) == 0);
}
END_TEST

START_TEST(no_verdict_is_near_another_or_zero)
{
	static const uint32_t words[] = { VERDICT_GRANT, VERDICT_DENY, VERDICT_UNAVAILABLE,
	    VERDICT_TRIES, VERDICT_SPLIT, VERDICT_NO_SPLIT, 0, 1, UINT32_MAX };
	int i, j;

	for (i = 0; i < 6; i++)
		for (j = i + 1; j < COUNT(words); j++)
			ck_assert_int_ge(__builtin_popcount(words[i] ^ words[j]), 4);
}
END_TEST

/* ---- what is not of its form ---- */

START_TEST(an_unprintable_text_is_neither_sent_nor_taken)
{
	static const char *const bad[] = { "a\nb", "\033[2J", "\x7f", "\xc2\x9b", "\xff",
	    "\xe2\x80\xaexyz", "\xc0\x80" };
	size_t n = strlen(bad[_i % 7]);

	memset(&in, 0, sizeof(in));
	in.type = _i < 7 ? MSG_INFO : MSG_PROMPT;
	memcpy(in.text, bad[_i % 7], n + 1);
	ck_assert_int_eq(msg_pack(&in, wire, &len), MFA_E_INVALID);
	memset(in.text, 'a', n);
	ck_assert_int_eq(msg_pack(&in, wire, &len), MFA_OK);
	memcpy(wire + len - n, bad[_i % 7], n);
	ck_assert_int_eq(msg_unpack(wire, len, &out), MFA_E_PROTOCOL);
}
END_TEST

START_TEST(what_does_not_fit_is_not_sent)
{
	make(&in, MSG_IDS, false);
	in.group_count = MSG_GROUPS_MAX + 1;
	ck_assert_int_eq(msg_pack(&in, wire, &len), MFA_E_INVALID);
	make(&in, MSG_ANSWER, false);
	in.answer.len = SECRET_MAX + 1;
	ck_assert_int_eq(msg_pack(&in, wire, &len), MFA_E_INVALID);
	make(&in, MSG_INFO, false);
	memset(in.text, 'a', sizeof(in.text));	/* without its end */
	ck_assert_int_eq(msg_pack(&in, wire, &len), MFA_E_INVALID);
}
END_TEST

START_TEST(a_count_beyond_the_limit_is_refused)
{
	unsigned char *at;

	make(&in, MSG_IDS, true);
	ck_assert_int_eq(msg_pack(&in, wire, &len), MFA_OK);
	at = wire + len - MSG_GROUPS_MAX * 4 - 4;
	at[2] = (MSG_GROUPS_MAX + 1) >> 8;
	at[3] = (MSG_GROUPS_MAX + 1) & 0xff;
	memset(wire + len, 0, 4);
	ck_assert_int_eq(msg_unpack(wire, len + 4, &out), MFA_E_PROTOCOL);
	at[0] = 0xff;
	ck_assert_int_eq(msg_unpack(wire, len, &out), MFA_E_PROTOCOL);
	make(&in, MSG_ANSWER, true);
	ck_assert_int_eq(msg_pack(&in, wire, &len), MFA_OK);
	wire[2]++;
	ck_assert_int_eq(msg_unpack(wire, len + 1, &out), MFA_E_PROTOCOL);
}
END_TEST

/* ---- the permit table: every type, side and turn ---- */

/* Written down a second time, as the design has it. */
static bool
allowed(enum msg_type type, enum msg_side from, enum msg_turn turn, enum msg_turn *next)
{
	if (turn == TURN_BEGIN && from == SIDE_MODULE && type == MSG_BEGIN)
		*next = TURN_HELPER;
	else if (turn == TURN_HELPER && from == SIDE_HELPER && (type == MSG_INFO ||
	    type == MSG_ERROR || type == MSG_WAITING))
		*next = TURN_HELPER;
	else if (turn == TURN_HELPER && from == SIDE_HELPER && type == MSG_PROMPT)
		*next = TURN_MODULE;
	else if ((turn == TURN_HELPER || turn == TURN_MODULE) && from == SIDE_HELPER &&
	    type == MSG_VERDICT)
		*next = TURN_OVER;
	else if (turn == TURN_MODULE && from == SIDE_MODULE && type == MSG_ANSWER)
		*next = TURN_HELPER;
	else if ((turn == TURN_MODULE || turn == TURN_IDS) && from == SIDE_MODULE &&
	    type == MSG_CANCEL)
		*next = TURN_OVER;
	else if (turn == TURN_HELPER && from == SIDE_HELPER && type == MSG_LOOK_UP)
		*next = TURN_IDS;
	else if (turn == TURN_IDS && from == SIDE_MODULE && type == MSG_IDS)
		*next = TURN_HELPER;
	else if (turn == TURN_HELPER && from == SIDE_HELPER && type == MSG_REACH)
		*next = TURN_REACH;
	else if (turn == TURN_REACH && from == SIDE_MODULE && type == MSG_REACHED)
		*next = TURN_HELPER;
	else
		return false;
	return true;
}

static void
check_permit(enum msg_type type, enum msg_side from, enum msg_turn turn)
{
	struct msg_dialogue d = { .turn = turn };
	enum msg_turn next = TURN_OVER;
	bool ok = allowed(type, from, turn, &next);

	ck_assert_int_eq(msg_permit(&d, from, type), ok ? MFA_OK : MFA_E_PROTOCOL);
	ck_assert_int_eq(d.turn, next);
}

START_TEST(only_the_permitted_may_be_said_in_turn)
{
	int type, turn;

	for (type = 0; type < TYPES; type++)
		for (turn = TURN_BEGIN; turn <= TURN_OVER; turn++) {
			check_permit((enum msg_type)type, SIDE_MODULE, (enum msg_turn)turn);
			check_permit((enum msg_type)type, SIDE_HELPER, (enum msg_turn)turn);
		}
}
END_TEST

START_TEST(eight_lines_and_no_ninth)
{
	static const enum msg_type lines[] = { MSG_INFO, MSG_ERROR, MSG_WAITING };
	struct msg_dialogue d = { .turn = TURN_HELPER };
	int i;

	for (i = 0; i < 8; i++)
		ck_assert_int_eq(msg_permit(&d, SIDE_HELPER, lines[i % 3]), MFA_OK);
	ck_assert_int_eq(msg_permit(&d, SIDE_HELPER, lines[_i]), MFA_E_PROTOCOL);
	ck_assert_int_eq(d.turn, TURN_OVER);
	ck_assert_int_eq(msg_permit(&d, SIDE_HELPER, MSG_VERDICT), MFA_E_PROTOCOL);
}
END_TEST

START_TEST(sixteen_prompts_and_no_seventeenth)
{
	struct msg_dialogue d = { .turn = TURN_HELPER };
	int i;

	for (i = 0; i < 16; i++) {
		ck_assert_int_eq(msg_permit(&d, SIDE_HELPER, MSG_PROMPT), MFA_OK);
		ck_assert_int_eq(msg_permit(&d, SIDE_MODULE, MSG_ANSWER), MFA_OK);
	}
	ck_assert_int_eq(msg_permit(&d, SIDE_HELPER, MSG_PROMPT), MFA_E_PROTOCOL);
	ck_assert_int_eq(d.turn, TURN_OVER);
}
END_TEST

START_TEST(one_look_up_and_no_second)
{
	struct msg_dialogue d = { .turn = TURN_HELPER };

	ck_assert_int_eq(msg_permit(&d, SIDE_HELPER, MSG_LOOK_UP), MFA_OK);
	ck_assert_int_eq(msg_permit(&d, SIDE_MODULE, MSG_IDS), MFA_OK);
	ck_assert_int_eq(msg_permit(&d, SIDE_HELPER, MSG_LOOK_UP), MFA_E_PROTOCOL);
	ck_assert_int_eq(d.turn, TURN_OVER);
}
END_TEST

START_TEST(four_reaches_and_no_fifth)
{
	struct msg_dialogue d = { .turn = TURN_HELPER };
	int i;

	for (i = 0; i < 4; i++) {
		ck_assert_int_eq(msg_permit(&d, SIDE_HELPER, MSG_REACH), MFA_OK);
		ck_assert_int_eq(msg_permit(&d, SIDE_MODULE, MSG_REACHED), MFA_OK);
	}
	ck_assert_int_eq(msg_permit(&d, SIDE_HELPER, MSG_REACH), MFA_E_PROTOCOL);
	ck_assert_int_eq(d.turn, TURN_OVER);
}
END_TEST

/* ---- sockets ---- */

static int pair[2];

static void
make_pair(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
}

static void
close_pair(void)
{
	close(pair[0]);
	close(pair[1]);
}

START_TEST(a_message_goes_over_a_socket)
{
	if (_i == 1)
		ck_assert_int_eq(fcntl(pair[1], F_SETFL, O_NONBLOCK), 0);
	make(&in, MSG_BEGIN, true);
	ck_assert_int_eq(msg_send(pair[0], &in, deadline_in(1000)), MFA_OK);
	ck_assert_int_eq(msg_recv(pair[1], &out, deadline_in(1000)), MFA_OK);
	ck_assert(memcmp(&in, &out, sizeof(in)) == 0);
}
END_TEST

START_TEST(a_gone_peer_is_told_without_sigpipe)
{
	make(&in, MSG_CANCEL, false);
	close(pair[1]);
	(void)signal(SIGPIPE, SIG_DFL);
	ck_assert_int_eq(msg_send(pair[0], &in, deadline_in(1000)), MFA_E_UNHEARD);
	ck_assert_int_eq(msg_recv(pair[0], &out, deadline_in(1000)), MFA_E_CLOSED);
	pair[1] = -1;
}
END_TEST

START_TEST(nothing_waits_beyond_the_deadline)
{
	int64_t before = monotonic_ms();
	int r;

	ck_assert_int_eq(msg_recv(pair[0], &out, deadline_in(100)), MFA_E_DEADLINE);
	make(&in, MSG_BEGIN, true);
	while ((r = msg_send(pair[0], &in, deadline_in(100))) == MFA_OK)
		continue;
	ck_assert_int_eq(r, MFA_E_DEADLINE);
	ck_assert_int_ge(monotonic_ms() - before, 200);
	ck_assert_int_lt(monotonic_ms() - before, 1000);
}
END_TEST

START_TEST(what_came_in_time_is_not_read_after_it)
{
	make(&in, MSG_CANCEL, false);
	ck_assert_int_eq(msg_send(pair[0], &in, deadline_in(1000)), MFA_OK);
	ck_assert_int_eq(msg_recv(pair[1], &out, deadline_in(0)), MFA_E_DEADLINE);
	ck_assert_int_eq(msg_send(pair[0], &in, deadline_in(-5)), MFA_E_DEADLINE);
}
END_TEST

START_TEST(an_oversized_datagram_is_refused_whole)
{
	static unsigned char big[MSG_MAX * 2] = { MSG_CANCEL };

	ck_assert_int_eq(send(pair[0], big, sizeof(big), 0), (int)sizeof(big));
	ck_assert_int_eq(send(pair[0], big, 1, 0), 1);
	ck_assert_int_eq(msg_recv(pair[1], &out, deadline_in(1000)), MFA_E_PROTOCOL);
	ck_assert_int_eq(msg_recv(pair[1], &out, deadline_in(1000)), MFA_OK);
}
END_TEST

/* A message of one byte, with descriptors: standard input, several times. */
static void
send_with(unsigned char byte, size_t count)
{
	union { char bytes[CMSG_SPACE(4 * sizeof(int))]; struct cmsghdr head; } control;
	struct iovec iov = { &byte, 1 };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes,
	    .msg_controllen = CMSG_SPACE(count * sizeof(int)) };

	memset(&control, 0, sizeof(control));
	control.head = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
	    .cmsg_len = CMSG_LEN(count * sizeof(int)) };
	ck_assert_int_eq(sendmsg(pair[0], &h, 0), 1);
}

/* The lowest that is free: another than before is one that was kept. */
static int
next_descriptor(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

START_TEST(a_descriptor_is_refused_and_not_taken)
{
	int next = next_descriptor();

	send_with(_i ? MSG_REACHED : MSG_CANCEL, 1);
	ck_assert_int_eq(msg_recv(pair[1], &out, deadline_in(1000)), MFA_E_PROTOCOL);
	ck_assert_int_eq(next_descriptor(), next);
}
END_TEST

/* ---- what was reached ---- */

START_TEST(what_was_reached_comes_along)
{
	int next = next_descriptor(), fd;

	ck_assert_int_eq(msg_send_reached(pair[0], _i ? 0 : -1, deadline_in(1000)), MFA_OK);
	ck_assert_int_eq(msg_recv_reached(pair[1], &out, &fd, deadline_in(1000)), MFA_OK);
	ck_assert_int_eq(out.type, MSG_REACHED);
	ck_assert_int_eq(fd, _i ? next : -1);
	if (fd != -1)
		ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
}
END_TEST

static const struct { unsigned char byte; size_t count; } burdened[] = {
	{ MSG_CANCEL, 1 },	/* of another type */
	{ 99, 1 },		/* of no type */
	{ MSG_REACHED, 2 }, { MSG_REACHED, 3 }, { MSG_REACHED, 4 },
};

START_TEST(any_other_descriptor_is_refused_and_not_kept)
{
	int next = next_descriptor(), fd = 0;

	send_with(burdened[_i].byte, burdened[_i].count);
	ck_assert_int_eq(msg_recv_reached(pair[1], &out, &fd, deadline_in(1000)),
	    MFA_E_PROTOCOL);
	ck_assert_int_eq(fd, -1);
	ck_assert_int_eq(next_descriptor(), next);
}
END_TEST

START_TEST(another_message_may_come_instead)
{
	int fd = 0;

	make(&in, MSG_CANCEL, false);
	ck_assert_int_eq(msg_send(pair[0], &in, deadline_in(1000)), MFA_OK);
	ck_assert_int_eq(msg_recv_reached(pair[1], &out, &fd, deadline_in(1000)), MFA_OK);
	ck_assert_int_eq(out.type, MSG_CANCEL);
	ck_assert_int_eq(fd, -1);
	ck_assert_int_eq(msg_recv_reached(pair[1], &out, &fd, deadline_in(50)), MFA_E_DEADLINE);
	ck_assert_int_eq(fd, -1);
}
END_TEST

START_TEST(a_wiped_message_is_all_zero)
{
	static const struct msg zero;

	make(&in, MSG_ANSWER, true);
	msg_wipe(&in);
	ck_assert(memcmp(&in, &zero, sizeof(in)) == 0);
}
END_TEST

static TCase *
form(void)
{
	TCase *t = tcase_create("form");

	tcase_add_loop_test(t, every_type_comes_back_as_it_was, 0, COUNT(types) * 2);
	tcase_add_loop_test(t, every_truncation_is_refused, 0, COUNT(types) * 2);
	tcase_add_loop_test(t, every_extension_by_a_byte_is_refused, 0, COUNT(types) * 2);
	tcase_add_test(t, every_unknown_type_is_refused);
	tcase_add_test(t, too_long_a_message_is_refused);
	tcase_add_loop_test(t, the_wire_form_is_fixed, 0, COUNT(golden));
	tcase_add_test(t, no_verdict_is_near_another_or_zero);
	tcase_add_loop_test(t, an_unprintable_text_is_neither_sent_nor_taken, 0, 14);
	tcase_add_test(t, what_does_not_fit_is_not_sent);
	tcase_add_test(t, a_count_beyond_the_limit_is_refused);
	tcase_add_test(t, a_wiped_message_is_all_zero);
	return t;
}

static TCase *
permit(void)
{
	TCase *t = tcase_create("permit");

	tcase_add_test(t, only_the_permitted_may_be_said_in_turn);
	tcase_add_loop_test(t, eight_lines_and_no_ninth, 0, 3);
	tcase_add_test(t, sixteen_prompts_and_no_seventeenth);
	tcase_add_test(t, one_look_up_and_no_second);
	tcase_add_test(t, four_reaches_and_no_fifth);
	return t;
}

static TCase *
sockets(void)
{
	TCase *t = tcase_create("sockets");

	tcase_add_checked_fixture(t, make_pair, close_pair);
	tcase_add_loop_test(t, a_message_goes_over_a_socket, 0, 2);
	tcase_add_test(t, a_gone_peer_is_told_without_sigpipe);
	tcase_add_test(t, nothing_waits_beyond_the_deadline);
	tcase_add_test(t, what_came_in_time_is_not_read_after_it);
	tcase_add_test(t, an_oversized_datagram_is_refused_whole);
	tcase_add_loop_test(t, a_descriptor_is_refused_and_not_taken, 0, 2);
	tcase_add_loop_test(t, what_was_reached_comes_along, 0, 2);
	tcase_add_loop_test(t, any_other_descriptor_is_refused_and_not_kept, 0, COUNT(burdened));
	tcase_add_test(t, another_message_may_come_instead);
	return t;
}

int
main(void)
{
	Suite *s = suite_create("message");

	suite_add_tcase(s, form());
	suite_add_tcase(s, permit());
	suite_add_tcase(s, sockets());
	return suite_run(s);
}
