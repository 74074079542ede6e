/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "../../server/call/conversation.h"
#include "../suite.h"

/*
 * A call as a line of what happens and a line of what is done.
 *
 * happens: r ringing, a answered, 0-9 * # a key, e the prompt ended, t the time to
 * wake has come, d the deadline, c mfad cancels, h the person hangs up; mfad says
 * k thanks, m once more, w wrong, p reported, o over, x a key came through twice.
 * done: R ringing, A answered, [keys], - hush, G greeting, M once more, D a key came
 * twice, J a moment, T thanks, W wrong, P reported, O over; and how it ended.
 */
struct scene {
	const char *name;
	enum dial_form form;
	const char *happens, *done;
};

static const struct scene scenes[] = {
	{ "right number", DIAL_WANTS_NUMBER, "rae55#ke", "RAG[55]-T-=done" },
	{ "key before the end of the greeting", DIAL_WANTS_NUMBER, "a42#k", "AG-[42]-T" },
	{ "ringing is said once", DIAL_WANTS_NUMBER, "rrra", "RAG" },
	{ "ringing after the answer", DIAL_WANTS_NUMBER, "ar", "AG" },
	{ "hash alone, a number is wanted", DIAL_WANTS_NUMBER, "a#e#e#", "AGGG" },
	{ "hash alone, a code is wanted", DIAL_WANTS_CODE, "ae#", "AGG" },
	{ "hash alone before the end", DIAL_WANTS_HASH, "a##", "AG" },
	{ "hash alone after the greeting", DIAL_WANTS_HASH, "ae#ke", "AG[]-T-=done" },
	{ "hash in the second greeting", DIAL_WANTS_HASH, "aet#", "AGG[]-" },
	{ "greeting cut short was not heard", DIAL_WANTS_HASH, "a1*#e#", "AG-G[]-" },
	{ "digits where hash would do", DIAL_WANTS_HASH, "a55#", "AG-[55]-" },
	{ "not me", DIAL_WANTS_NUMBER, "ae0#pe", "AG[0]-P-=done" },
	{ "not me at once, hash wanted", DIAL_WANTS_HASH, "a0#p", "AG-[0]-P" },
	{ "star clears", DIAL_WANTS_NUMBER, "ae12*34#", "AG[34]-" },
	{ "once more", DIAL_WANTS_NUMBER, "ae11#me22#we", "AG[11]-M[22]-W-=done" },
	{ "once more, and then silence", DIAL_WANTS_NUMBER, "ae1#metete", "AG[1]-MGG" },
	{ "a key that came through twice", DIAL_WANTS_NUMBER, "ae1223#x123#ke",
	    "AG[1223]-D-[123]-T-=done" },
	{ "and again", DIAL_WANTS_NUMBER, "ae1223#xe1233#oe", "AG[1223]-D[1233]-O-=done" },
	{ "hung up then", DIAL_WANTS_NUMBER, "ae1223#hx", "AG[1223]--=hung up" },
	{ "a hash that came through twice", DIAL_WANTS_HASH, "ae12#m#e#", "AG[12]-M[]-" },
	{ "asked again in the middle of the greeting", DIAL_WANTS_HASH, "a12#me#e#",
	    "AG-[12]-MG[]-" },
	{ "one that counts, twice", DIAL_WANTS_HASH, "ae##k", "AG[]-T" },
	{ "keys while mfad thinks", DIAL_WANTS_NUMBER, "ae11#22#k", "AG[11]-T" },
	{ "keys while thanks is said", DIAL_WANTS_NUMBER, "ae11#k22#e", "AG[11]-T-=done" },
	{ "keys before the answer", DIAL_WANTS_NUMBER, "r55#", "R" },
	{ "mfad thinks, or Enter is waited for", DIAL_WANTS_NUMBER, "ae11#tetke",
	    "AG[11]-JJT-=done" },
	{ "the answer comes while a moment is asked for", DIAL_WANTS_NUMBER, "ae11#tke",
	    "AG[11]-JT-=done" },
	{ "wrong, after a moment", DIAL_WANTS_NUMBER, "ae11#tem22#k", "AG[11]-JM-[22]-T" },
	{ "keys in that moment", DIAL_WANTS_NUMBER, "ae11#t22#ek", "AG[11]-JT" },
	{ "mfad thinks too long", DIAL_WANTS_NUMBER, "ae11#tetetetetet",
	    "AG[11]-JJJJJ-=cancelled" },
	{ "and whoever has hung up waits no longer", DIAL_WANTS_NUMBER, "ae11#tht",
	    "AG[11]-J--=cancelled" },
	{ "hung up, and mfad thinks", DIAL_WANTS_NUMBER, "ae11#htk", "AG[11]--=cancelled" },
	{ "as many keys as there may be", DIAL_WANTS_NUMBER, "ae1234567890123456#",
	    "AG[1234567890123456]-" },
	{ "more keys than there may be", DIAL_WANTS_NUMBER, "ae12345678901234567#",
	    "AG[1234567890123456]-" },
	{ "half a number, then nothing", DIAL_WANTS_NUMBER, "ae1te2#", "AGG[2]-" },
	{ "a machine", DIAL_WANTS_NUMBER, "aetetetetet", "AGGGGG-=no keys" },
	{ "nobody picks up", DIAL_WANTS_NUMBER, "rt", "R-=no answer" },
	{ "hung up in the greeting", DIAL_WANTS_NUMBER, "ah", "AG-=hung up" },
	{ "hung up half-way", DIAL_WANTS_NUMBER, "ae5h", "AG-=hung up" },
	{ "hung up after the hash", DIAL_WANTS_NUMBER, "ae55#hk", "AG[55]--=done" },
	{ "hung up after a wrong number", DIAL_WANTS_NUMBER, "ae55#hm", "AG[55]--=hung up" },
	{ "hung up in the thanks", DIAL_WANTS_NUMBER, "ae55#kh", "AG[55]-T-=done" },
	{ "cancelled while it rings", DIAL_WANTS_NUMBER, "rc", "R-=cancelled" },
	{ "cancelled in the greeting", DIAL_WANTS_NUMBER, "ac", "AG-=cancelled" },
	{ "deadline, nothing keyed in", DIAL_WANTS_NUMBER, "aed", "AG-=no keys" },
	{ "deadline, something keyed in", DIAL_WANTS_NUMBER, "ae5d", "AG-=cancelled" },
	{ "deadline in the thanks", DIAL_WANTS_NUMBER, "ae5#kd", "AG[5]-T-=done" },
	{ "mfad answers nothing it was asked", DIAL_WANTS_NUMBER, "aek", "AG" },
	{ "nothing after the end", DIAL_WANTS_NUMBER, "aca5#ehtd", "AG-=cancelled" },
	{ "other keys of the telephone", DIAL_WANTS_NUMBER, "ae1A!2#", "AG[12]-" },
};

static const char *const outcomes[] = { "", "done", "no answer", "busy", "declined", "hung up",
	"no keys", "cancelled" };

static const struct { char c; enum conversation_event event; uint32_t say; } events[] = {
	{ 'r', HEARD_RINGING, 0 }, { 'a', HEARD_ANSWERED, 0 }, { 'e', HEARD_PROMPT_END, 0 },
	{ 't', HEARD_TIME, 0 }, { 'd', HEARD_TIME, 0 }, { 'c', HEARD_CANCEL, 0 },
	{ 'h', HEARD_HANG_UP, 0 }, { 'k', HEARD_SAY, DIAL_THANKS }, { 'm', HEARD_SAY, DIAL_ONCE_MORE },
	{ 'w', HEARD_SAY, DIAL_WRONG }, { 'p', HEARD_SAY, DIAL_REPORTED }, { 'o', HEARD_SAY, DIAL_OVER },
	{ 'x', HEARD_SAY, DIAL_TWICE },
};

static struct heard
heard_of(char c, const struct conversation *talk, int64_t *now)
{
	struct heard h = { .event = HEARD_KEY, .key = c };
	size_t i;

	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (events[i].c == c) {
			h.event = events[i].event;
			h.say = events[i].say;
		}
	*now = c == 't' ? talk->wake_ms : c == 'd' ? talk->deadline_ms : *now + 10;
	h.now_ms = *now;
	return h;
}

static void
note(char *done, size_t size, const struct conversation_act *act)
{
	static const char progress[] = { '\0', 'R', 'A' }, prompts[] = "\0GMDJTWPO";
	size_t n = strlen(done);

	if (act->progress != 0)
		done[n++] = progress[act->progress];
	if (act->report)
		n += (size_t)snprintf(done + n, size - n, "[%s]", act->keys);
	if (act->hush)
		done[n++] = '-';
	if (act->play != PROMPT_NONE)
		done[n++] = prompts[act->play];
	done[n] = '\0';
	if (act->ended)
		(void)snprintf(done + n, size - n, "=%s", outcomes[act->outcome]);
}

START_TEST(each_call_goes_as_it_should)
{
	const struct scene *s = &scenes[_i];
	struct conversation talk;
	struct conversation_act act;
	char done[200] = "";
	int64_t now = 1000;
	size_t i;

	conversation_start(&talk, s->form, now, 30000, now + 90000);
	for (i = 0; s->happens[i] != '\0'; i++) {
		struct heard h = heard_of(s->happens[i], &talk, &now);

		conversation_hear(&talk, &h, &act);
		note(done, sizeof(done), &act);
	}
	ck_assert_msg(strcmp(done, s->done) == 0, "%s: %s", s->name, done);
}
END_TEST

START_TEST(time_that_has_not_come_changes_nothing)
{
	struct conversation talk;
	struct conversation_act act;
	struct heard h = { .event = HEARD_TIME, .now_ms = 30999 };

	conversation_start(&talk, DIAL_WANTS_NUMBER, 1000, 30000, 91000);
	conversation_hear(&talk, &h, &act);
	ck_assert(!act.ended);
	h.now_ms = 31000;
	conversation_hear(&talk, &h, &act);
	ck_assert(act.ended);
	ck_assert_int_eq(act.outcome, DIAL_NO_ANSWER);
}
END_TEST

START_TEST(it_never_wakes_after_the_deadline)
{
	struct conversation talk;

	conversation_start(&talk, DIAL_WANTS_NUMBER, 1000, 30000, 5000);
	ck_assert_int_eq(talk.wake_ms, 5000);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("call_conversation");
	TCase *t = tcase_create("call_conversation");

	tcase_add_loop_test(t, each_call_goes_as_it_should, 0, sizeof(scenes) / sizeof(scenes[0]));
	tcase_add_test(t, time_that_has_not_come_changes_nothing);
	tcase_add_test(t, it_never_wakes_after_the_deadline);
	suite_add_tcase(s, t);
	return suite_run(s);
}
