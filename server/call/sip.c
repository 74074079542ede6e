/* SPDX-License-Identifier: BSD-2-Clause */
#include "sip_private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "media.h"
#include "prompts.h"
#include "seclude_sip.h"
#include "sip_line.h"

#define RING_S		30
#define REACH_MS	5000	/* for the line's first sign of life */
#define RENDER_MS	10000
#define EXPIRES_S	120	/* of a registration, should its end not be heard */

/* ---- the line's answers ---- */

static void
on_closed(void *arg)
{
	(void)arg;
	re_cancel();
}

static void
on_unreached(void *arg)
{
	line_end(arg, DIAL_GATEWAY, "no answer from the line");
}

/* Called once more for each challenge; the stack does not take the same twice. */
static int
on_challenge(char **user, char **password, const char *realm, void *arg)
{
	const struct call_settings *s = ((struct line *)arg)->call->settings;
	const char *name = s->sip_auth_user != NULL ? s->sip_auth_user : s->sip_user;
	int err;

	(void)realm;
	if (s->sip_password == NULL)
		return EAUTH;
	err = str_dup(user, name);
	return err != 0 ? err : str_dup(password, (const char *)s->sip_password->data);
}

static void
on_progress(const struct sip_msg *msg, void *arg)
{
	struct line *l = arg;

	tmr_cancel(&l->reach);
	if (msg->scode == 180 || msg->scode == 183)
		line_hear(l, (struct heard){ .event = HEARD_RINGING });
}

static int
on_answer(const struct sip_msg *msg, void *arg)
{
	struct line *l = arg;
	int err = l->media == NULL ? EPROTO : media_answered(l->media, msg->mb, &msg->src);

	if (err != 0)
		line_end(l, DIAL_GATEWAY,
		    "the line takes no G.711, or not protected as sip_media says");
	return err;
}

/* The line moves the sound elsewhere. */
static int
on_offer(struct mbuf **answer, const struct sip_msg *msg, void *arg)
{
	struct line *l = arg;

	if (l->media == NULL)
		return EPROTO;
	return mbuf_get_left(msg->mb) > 0 ?
	    media_offered(l->media, msg->mb, &msg->src, answer) : media_offer(l->media, answer);
}

static void
on_established(const struct sip_msg *msg, void *arg)
{
	struct line *l = arg;

	(void)msg;
	if (l->ended)
		return;
	tmr_cancel(&l->reach);
	l->answered = true;
	(void)media_start(l->media);
	line_hear(l, (struct heard){ .event = HEARD_ANSWERED });
}

static void
on_session_end(int err, const struct sip_msg *msg, void *arg)
{
	struct line *l = arg;

	if (l->answered)
		line_hear(l, (struct heard){ .event = HEARD_HANG_UP });
	else
		line_end_with(l, err, msg, "");
}

/* ---- redirections ---- */

/* Read by the stack itself, so that nothing means one thing here and another there. */
static struct sip_msg *
read_packet(const uint8_t *packet, size_t len)
{
	struct sip_msg *msg = NULL;
	struct mbuf *mb;

	/* Over TCP there may be line ends before it. */
	for (; len > 0 && (*packet == '\r' || *packet == '\n'); len--)
		packet++;
	mb = mbuf_alloc(len);
	if (mb != NULL && mbuf_write_mem(mb, packet, len) == 0) {
		mb->pos = 0;
		(void)sip_msg_decode(&msg, mb);
	}
	mem_deref(mb);
	return msg;
}

/* One without the INVITE's branch is not the line's (RFC 3261, section 17.1.3): who is not
 * on the way to it cannot know that, and the stack does not follow it. */
static void
hear_answer(struct line *l, const struct sip_msg *msg)
{
	if (l->branch[0] == '\0' || pl_strcmp(&msg->via.branch, l->branch) != 0 ||
	    pl_strcmp(&msg->cseq.met, "INVITE") != 0 || msg->scode < 200)
		return;
	l->branch[0] = '\0';
	if (msg->scode < 300 || msg->scode > 399)
		return;
	l->session = mem_deref(l->session);
	line_end(l, DIAL_GATEWAY, "the line sends the call to another number");
}

/* The stack follows a redirection to any number, and so past the rules of which may be
 * called, unless its session is gone before it reads of it. */
static void
on_packet(bool sent, enum sip_transp transport, const struct sa *from, const struct sa *to,
    const uint8_t *packet, size_t len, void *arg)
{
	struct sip_msg *msg = read_packet(packet, len);
	struct line *l = arg;

	(void)transport;
	(void)from;
	(void)to;
	if (msg != NULL && sent && pl_strcmp(&msg->met, "INVITE") == 0)
		(void)pl_strcpy(&msg->via.branch, l->branch, sizeof(l->branch));
	else if (msg != NULL && !sent && !msg->req)
		hear_answer(l, msg);
	mem_deref(msg);
}

/* ---- what nobody waits for ---- */

static void
on_foreign_call(const struct sip_msg *msg, void *arg)
{
	(void)sip_treply(NULL, ((struct line *)arg)->sip, msg, 486, "Busy Here");
}

/* What nothing else takes, the stack would write to the log as it came. */
static bool
on_stray(const struct sip_msg *msg, void *arg)
{
	struct sip *sip = ((struct line *)arg)->sip;

	if (msg->req && pl_strcmp(&msg->met, "CANCEL") == 0)
		(void)sip_reply(sip, msg, 481, "Transaction Does Not Exist");
	else if (msg->req)
		(void)sip_reply(sip, msg, 501, "Not Implemented");
	return true;
}

/* ---- the call's beginning ---- */

/* As a rule while it rings; whoever picks up sooner hears silence for a moment. */
static void
on_words(int flags, void *arg)
{
	struct line *l = arg;

	(void)flags;
	fd_close(l->words);
	(void)close(l->words);
	l->words = -1;
	if (!prompts_ready(l->call->settings, l->call->asked))
		line_end(l, DIAL_MISCONFIGURED, "the words cannot be spoken: espeak-ng, its cache");
	else
		line_play(l);
}

static int
start_words(struct line *l)
{
	int r = prompts_start(l->call->settings, l->call->asked,
	    deadline_min(l->call->deadline, deadline_in(RENDER_MS)), &l->words);

	return r == MFA_OK && l->words != -1 ? fd_listen(l->words, FD_READ, on_words, l) :
	    r == MFA_OK ? 0 : ENOEXEC;
}

static void
invite(struct line *l)
{
	const struct call_settings *s = l->call->settings;
	char to[SIP_URI_MAX], from[SIP_URI_MAX];
	const char *route = l->route;
	struct mbuf *offer = NULL;
	int err = sip_line_uri(s, l->call->asked->to, 1, to);

	if (err == 0)
		err = sip_line_uri(s, s->sip_user, 0, from);
	if (err == 0)
		err = media_offer(l->media, &offer);
	if (err == 0)
		err = sipsess_connect(&l->session, l->calls, to, NULL, from, s->sip_user,
		    &route, route[0] != '\0', "application/sdp", offer, on_challenge, l,
		    false, on_offer, on_answer, on_progress, on_established, NULL, NULL,
		    on_session_end, l, NULL);
	mem_deref(offer);
	if (err != 0) {
		line_end_with(l, err, NULL, "");
		return;
	}
	tmr_start(&l->reach, REACH_MS, on_unreached, l);
}

static void
on_registered(int err, const struct sip_msg *msg, void *arg)
{
	struct line *l = arg;

	if (l->ended || l->session != NULL)
		return;
	if (err == 0 && msg->scode < 200)
		return;
	if (err == 0 && msg->scode < 300)
		invite(l);
	else
		line_end_with(l, err, msg, "register: ");
}

static int
enlist(struct line *l)
{
	const struct call_settings *s = l->call->settings;
	char server[SIP_URI_MAX], self[SIP_URI_MAX];
	const char *route = l->route;
	int err = sip_line_uri(s, NULL, 1, server);

	if (err == 0)
		err = sip_line_uri(s, s->sip_user, 0, self);
	if (err == 0)
		err = sipreg_register(&l->registration, l->sip, server, self, NULL, self, EXPIRES_S,
		    s->sip_user, &route, route[0] != '\0', 0, on_challenge, l, false,
		    on_registered, l, NULL, NULL);
	if (err == 0)
		tmr_start(&l->reach, REACH_MS, on_unreached, l);
	return err;
}

static void
on_unprotected(void *arg)
{
	line_end(arg, DIAL_GATEWAY, "the line's sound cannot be protected: its DTLS fails");
}

static int
open_line(struct line *l)
{
	const struct media_heard heard = { line_hear_key, line_hear_prompt_end, on_unprotected, l };
	const struct call_settings *s = l->call->settings;
	struct sa address;
	int err = sip_line_address(s, &address);

	if (err == 0)
		err = sip_line_route(s, l->route);
	if (err == 0)
		err = sip_line_open(s, &address, on_closed, l, &l->sip);
	if (err == 0)
		sip_set_trace_handler(l->sip, on_packet);
	if (err == 0)
		err = sipsess_listen(&l->calls, l->sip, 4, on_foreign_call, l);
	if (err == 0)
		err = sip_listen(NULL, l->sip, true, on_stray, l);
	if (err == 0)
		err = sip_listen(NULL, l->sip, false, on_stray, l);
	if (err == 0)
		err = media_open(&l->media, s, &address, &heard);
	if (err == 0)
		err = fd_listen(l->call->fd, FD_READ, line_hear_mfad, l);
	return err;
}

static void
begin(struct line *l)
{
	const struct call_settings *s = l->call->settings;
	int64_t now = monotonic_ms(), ring = s->ring_seconds != 0 ? s->ring_seconds : RING_S;
	int err = open_line(l);
	bool speaks = err != 0 || start_words(l) == 0;

	conversation_start(&l->talk, l->call->asked->form, now, ring * 1000,
	    l->call->deadline.at_ms);
	if (!speaks)
		line_end(l, DIAL_MISCONFIGURED, "nothing to speak the words with: espeak-ng");
	else if (err == 0 && s->sip_register)
		err = enlist(l);
	else if (err == 0)
		invite(l);
	if (err != 0)
		line_end_with(l, err, NULL, "cannot call: ");
	else if (!l->ended)
		line_wake(l);
}

static void
place(struct call *c)
{
	struct line l = { .call = c, .words = -1 };

	if (c->settings->sip_server == NULL || c->settings->sip_user == NULL ||
	    c->settings->cache_dir == NULL) {
		call_ended(c, DIAL_MISCONFIGURED, "sip_server, sip_user and cache are needed");
		return;
	}
	dbg_init(DBG_EMERG, DBG_NONE);
	if (libre_init() != 0) {
		call_ended(c, DIAL_GATEWAY, "the telephone stack does not start");
		return;
	}
	tmr_init(&l.wake);
	tmr_init(&l.reach);
	tmr_init(&l.leave);
	begin(&l);
	if (seclude_sip(c->settings) == MFA_OK)
		(void)re_main(NULL);
	if (!l.ended)
		call_ended(c, DIAL_GATEWAY, "the telephone stack ended");
	tmr_cancel(&l.leave);
	if (l.words != -1)
		fd_close(l.words);
	sip_close(l.sip, true);
	mem_deref(l.sip);
	libre_close();
}

const struct call_gateway call_gateway_sip = { "sip", place };
