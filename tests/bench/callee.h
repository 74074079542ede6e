/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_BENCH_CALLEE_H
#define MFA_BENCH_CALLEE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The line and its telephones, as little as measuring needs: SIP over UDP at one
 * port of 127.0.0.1, every call picked up at once, keys as RTP events (RFC 4733) on
 * demand.  In the thread of its caller.  Whatever fails ends the program with a line
 * that says what.
 */
#define CALLEE_CALLS	256

struct callee_call {
	char id[128];			/* Call-ID */
	char answer[2048];		/* to its INVITE, which may come twice */
	double invited_us;		/* the first one arrived */
	bool acknowledged, over;
	uint16_t rtp;			/* where its sound is heard */
	uint32_t time;			/* of the last key */
	uint16_t seq;
};

void callee_open(uint16_t port);

/* Answers what comes until the next call is there. */
struct callee_call *callee_invited(int ms);

/* The same, until that call, or every one, is set up. */
void callee_set_up(const struct callee_call *c, int ms);

/* The same, until every call is over, or so long. */
void callee_finish(int ms);

/* One key, '0' to '9' or '#'; when its first packet left. */
double callee_press(struct callee_call *c, char key);

double callee_now_us(void);

#endif
