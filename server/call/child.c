/* SPDX-License-Identifier: BSD-2-Clause */
#include "child.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "error.h"
#include "forker.h"
#include "gateways.h"
#include "log.h"
#include "numbers.h"
#include "seclude_call.h"
#include "text.h"

/* ---- all limits ---- */
#define FIRST_MS	5000	/* until mfad has said what it wants */
#define LONGEST_MS	600000	/* of a call or text, whatever mfad says */
#define MARGIN_MS	500	/* of a text's time, to say how it ended; a tenth at most */
#define SEND_MS		2000	/* mfad reads at once, or is not there */
#define WATCHDOG	660	/* seconds: the longest and some; ends a child whatever it
				 * hangs in */

struct errand {
	const struct line *line;
	struct dial asked;
	struct dial_dialogue dialogue;
	const char *by;			/* the gateway's name, for the log */
};

/* Nobody is called or texted: see dial.h. */
static bool
is_decoy(const struct errand *e)
{
	return e->asked.to[0] == '\0';
}

/* ---- how it ended ---- */

static const char *
outcome_name(unsigned int outcome)
{
	static const char *const names[] = {
		[DIAL_DONE] = "done", [DIAL_NO_ANSWER] = "no-answer", [DIAL_BUSY] = "busy",
		[DIAL_DECLINED] = "declined", [DIAL_HUNG_UP] = "hung-up",
		[DIAL_NO_KEYS] = "no-keys", [DIAL_CANCELLED] = "cancelled",
		[DIAL_GATEWAY] = "gateway", [DIAL_REFUSED] = "refused",
		[DIAL_MISCONFIGURED] = "misconfigured",
	};

	return outcome >= DIAL_DONE && outcome <= DIAL_MISCONFIGURED ? names[outcome] : "-";
}

/* The one log line.  mfad may have left: the text may have been sent all the same. */
static void
report(const struct errand *e, const struct dial *ended)
{
	char masked[NUMBER_MASKED_MAX], id[4 * sizeof(e->asked.id)], words[2 * DIAL_WORDS_MAX];
	bool done = ended->outcome == DIAL_DONE;

	log_line(done ? LOG_INFO : LOG_WARNING,
	    "%s to=%s id=%s gateway=%s outcome=%s units=%u words=%s",
	    e->dialogue.calls ? "call" : "text", number_masked(e->asked.to, masked),
	    text_escape(id, sizeof(id), e->asked.id), e->by, outcome_name(ended->outcome),
	    ended->units, text_escape(words, sizeof(words), ended->words));
}

/* A connection that is closed with something unread is one that broke, and the last
 * message may be lost with it: mfad closes first. */
static void
let_mfad_leave(void)
{
	struct pollfd mfad = { .fd = FORKER_FD, .events = POLLIN };
	struct deadline end = deadline_in(SEND_MS);
	char byte;

	(void)shutdown(FORKER_FD, SHUT_WR);
	while (poll(&mfad, 1, deadline_left(end)) > 0 &&
	    recv(FORKER_FD, &byte, sizeof(byte), MSG_DONTWAIT) > 0)
		;
}

static void
end(struct errand *e, struct dial *ended)
{
	ended->type = DIAL_ENDED;
	report(e, ended);
	if (dial_permit(&e->dialogue, DIAL_MFA_CALL, DIAL_ENDED) == MFA_OK &&
	    dial_send(FORKER_FD, ended, deadline_in(SEND_MS)) == MFA_OK)
		let_mfad_leave();
}

static void
end_with(struct errand *e, enum dial_outcome outcome, const char *words)
{
	struct dial ended = { .outcome = outcome };

	(void)snprintf(ended.words, sizeof(ended.words), "%s", words);
	end(e, &ended);
}

/* ---- a text ---- */

/* Some of the time is for saying how it ended. */
static struct deadline
text_deadline(uint32_t ms_left)
{
	uint32_t ms = ms_left < LONGEST_MS ? ms_left : LONGEST_MS;

	return deadline_in(ms - (ms / 10 < MARGIN_MS ? ms / 10 : MARGIN_MS));
}

static void
send_text(struct errand *e)
{
	const struct text_gateway *gateway = gateway_for_texts(e->line->config);
	struct dial ended = { .outcome = DIAL_GATEWAY };
	char bytes[DIAL_TEXT_MAX + 1] = "";
	struct text t = {
		.line = e->line, .to = e->asked.to, .id = e->asked.id, .bytes = bytes,
		.len = e->asked.text_len, .deadline = text_deadline(e->asked.ms_left),
		.mfad = FORKER_FD,
	};

	if (gateway == NULL) {
		end_with(e, DIAL_MISCONFIGURED, "no text_gateway is configured");
		return;
	}
	if (!text_sendable(e->asked.text, e->asked.text_len)) {
		end_with(e, DIAL_REFUSED, "not a text that can be sent");
		return;
	}
	if (is_decoy(e)) {
		e->by = call_gateway_decoy.name;
		end_with(e, DIAL_DONE, "");
		return;
	}
	memcpy(bytes, e->asked.text, e->asked.text_len);
	e->by = gateway->name;
	ended.outcome = gateway->send(&t, &ended.units, ended.words);
	explicit_bzero(bytes, sizeof(bytes));
	end(e, &ended);
}

/* ---- a call ---- */

/* The gateway says everything to mfad. */
static void
place_with(struct errand *e, const struct call_gateway *gateway)
{
	struct call_settings settings;
	struct call call = { .fd = FORKER_FD, .dialogue = e->dialogue,
	    .deadline = deadline_in(e->asked.ms_left < LONGEST_MS ? e->asked.ms_left :
	    LONGEST_MS), .asked = &e->asked, .settings = &settings };
	struct dial ended = { .type = DIAL_ENDED };

	e->by = gateway->name;
	gateway_call_settings(e->line, &settings);
	gateway->place(&call);
	ended.outcome = call.outcome;
	ended.units = call.units;
	memcpy(ended.words, call.words, sizeof(ended.words));
	report(e, &ended);
	let_mfad_leave();
}

static void
place_call(struct errand *e)
{
	const struct call_gateway *gateway = gateway_for_calls(e->line->config);

	if (gateway == NULL)
		end_with(e, DIAL_MISCONFIGURED, "no call_gateway is configured");
	else if (call_asked_well(&e->asked) != MFA_OK)
		end_with(e, DIAL_REFUSED, "not a call that can be placed");
	else if (seclude_running() != MFA_OK)
		end_with(e, DIAL_GATEWAY, "the sandbox cannot be entered");
	else
		place_with(e, is_decoy(e) ? &call_gateway_decoy : gateway);
}

/* ---- either ---- */

static void
run(struct errand *e)
{
	const struct call_config *c = e->line->config;

	if (e->asked.version != DIAL_VERSION)
		end_with(e, DIAL_MISCONFIGURED, "mfad speaks another version");
	else if (e->line->fault[0] != '\0')
		end_with(e, DIAL_MISCONFIGURED, e->line->fault);
	else if (!is_decoy(e) && !number_valid(e->asked.to))
		end_with(e, DIAL_REFUSED, "not a telephone number");
	else if (!is_decoy(e) &&
	    !number_allowed(&c->prefixes, &c->refused_prefixes, e->asked.to))
		end_with(e, DIAL_REFUSED, "prefixes and refused_prefixes do not allow it");
	else if (e->dialogue.calls)
		place_call(e);
	else
		send_text(e);
}

/* What is not heard well is not answered: mfad sees the connection end. */
static int
hear(struct errand *e)
{
	int r = dial_recv(FORKER_FD, &e->asked, deadline_in(FIRST_MS));

	if (r == MFA_OK)
		r = dial_permit(&e->dialogue, DIAL_MFAD, e->asked.type);
	if (r != MFA_OK && r != MFA_E_CLOSED)
		log_line(LOG_ERR, "mfad is not understood: %s", mfa_strerror(r));
	return r;
}

_Noreturn void
call_child_serve(const struct line *l)
{
	struct errand e = { .line = l, .by = "-" };

	(void)alarm(WATCHDOG);
	if (seclude_begin() != MFA_OK) {
		log_line(LOG_ERR, "the sandbox cannot be entered; nobody is called or texted");
		_exit(EXIT_FAILURE);
	}
	if (hear(&e) == MFA_OK)
		run(&e);
	explicit_bzero(&e, sizeof(e));
	_exit(EXIT_SUCCESS);
}
