/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <string.h>

#include "../../server/call/telephone_event.h"
#include "../suite.h"

#define END 0x80

/* Packets: the key's number, RTP time, end and duration, when it came; and what is
 * heard, a key for each packet that is one and "." for others. */
struct packet { uint8_t event; uint32_t time; uint8_t end; uint16_t duration; int64_t at; uint32_t ssrc; };

struct scene {
	const char *name;
	struct packet packets[12];
	const char *heard;
};

static const struct scene scenes[] = {
	{ "one press", { { 5, 1000, 0, 160, 0, 1 }, { 5, 1000, 0, 320, 20, 1 },
	    { 5, 1000, END, 480, 40, 1 }, { 5, 1000, END, 480, 41, 1 }, { 5, 1000, END, 480, 42, 1 } },
	    "5...." },
	{ "the same key twice, fast", { { 5, 1000, 0, 160, 0, 1 }, { 5, 1000, END, 320, 40, 1 },
	    { 5, 1640, 0, 160, 80, 1 }, { 5, 1640, END, 320, 120, 1 } }, "5.5." },
	{ "the end's repetition after the next began", { { 5, 1000, END, 320, 0, 1 },
	    { 5, 1640, 0, 160, 80, 1 }, { 5, 1000, END, 320, 81, 1 }, { 5, 1640, END, 320, 90, 1 } },
	    "55.." },
	{ "only its last packet arrives", { { 7, 1000, END, 800, 0, 1 } }, "7" },
	{ "a long press in segments", { { 1, 1000, 0, 64000, 0, 1 }, { 1, 1000, 0, 65535, 190, 1 },
	    { 1, 66535, 0, 160, 210, 1 }, { 1, 66535, END, 320, 230, 1 } }, "1..." },
	{ "a sender whose time moves", { { 2, 1000, 0, 160, 0, 1 }, { 2, 1160, 0, 320, 20, 1 },
	    { 2, 1320, END, 480, 40, 1 }, { 2, 1480, END, 480, 60, 1 }, { 3, 3000, 0, 160, 250, 1 } },
	    "2...3" },
	{ "time around its end", { { 4, 0xffffff00, 0, 160, 0, 1 }, { 4, 0xffffff00, END, 400, 40, 1 },
	    { 4, 0x300, 0, 160, 130, 1 } }, "4.4" },
	{ "another source", { { 4, 1000, END, 400, 0, 1 }, { 4, 1000, END, 400, 20, 2 } }, "44" },
	{ "the same time much later", { { 4, 1000, END, 400, 0, 1 }, { 4, 1000, 0, 400, 2000, 1 } }, "44" },
	{ "a recording out of order", { { 4, 37120, END, 400, 0, 1 }, { 2, 23200, 0, 400, 200, 1 },
	    { 11, 92640, 0, 400, 400, 1 } }, "42#" },
	{ "star, and letters that no telephone has", { { 10, 1000, 0, 160, 0, 1 }, { 12, 2000, 0, 160, 300, 1 },
	    { 16, 3000, 0, 160, 600, 1 }, { 255, 4000, 0, 160, 900, 1 } }, "*..." },
};

START_TEST(each_press_is_one_key)
{
	const struct scene *s = &scenes[_i];
	struct telephone_events events = { 0 };
	char heard[16] = "";
	size_t i;

	for (i = 0; i < strlen(s->heard); i++) {
		const struct packet *p = &s->packets[i];
		uint8_t bytes[4] = { p->event, p->end, (uint8_t)(p->duration >> 8), (uint8_t)p->duration };
		struct telephone_packet packet = { p->ssrc, p->time, 10000 + p->at, bytes, 4 };
		char key = telephone_event_hear(&events, &packet);

		heard[i] = key != '\0' ? key : '.';
	}
	ck_assert_msg(strcmp(heard, s->heard) == 0, "%s: %s", s->name, heard);
}
END_TEST

START_TEST(a_short_packet_is_none)
{
	struct telephone_events events = { 0 };
	uint8_t bytes[4] = { 5, 0, 0, 160 };
	struct telephone_packet packet = { 1, 1000, 1, bytes, 3 };

	ck_assert_int_eq(telephone_event_hear(&events, &packet), 0);
	packet.len = 0;
	ck_assert_int_eq(telephone_event_hear(&events, &packet), 0);
	packet.len = 4;
	ck_assert_int_eq(telephone_event_hear(&events, &packet), '5');
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("call_keys");
	TCase *t = tcase_create("call_keys");

	tcase_add_loop_test(t, each_press_is_one_key, 0, sizeof(scenes) / sizeof(scenes[0]));
	tcase_add_test(t, a_short_packet_is_none);
	suite_add_tcase(s, t);
	return suite_run(s);
}
