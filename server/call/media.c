/* SPDX-License-Identifier: BSD-2-Clause */
#include "media.h"

#include <errno.h>
#include <string.h>

#include "deadline.h"
#include "dtls.h"
#include "player.h"
#include "srtp.h"
#include "stack.h"
#include "telephone_event.h"

#define PACKET_MS	20
#define SAMPLES		(PROMPT_RATE * PACKET_MS / 1000)
#define BEHIND_MS	500	/* then time is taken as it is, instead of catching up */
#define EVENTS		101	/* payload type of our offer */
#define EVENT_NAME	"telephone-event"
#define DTLS_PROTO	"UDP/TLS/RTP/SAVP"

/* With the line.  What is refused changes none of it. */
struct agreement {
	struct sa to, signalling;	/* where sound goes, and where answers come from */
	uint8_t events;			/* their payload type */
	bool listens, a_law;
};

struct media {
	const struct call_settings *settings;
	struct media_heard heard;
	struct sdp_session *session;
	struct sdp_media *audio;
	struct rtp_sock *rtp;
	struct protection *protection;	/* NULL: none is wanted */
	struct handshake *handshake;	/* NULL: its keys are in offer and answer */
	bool keyed;			/* the handshake has ended well */
	struct agreement agreed;
	struct tmr timer;
	int64_t next_ms;		/* when the next packet is due */
	uint32_t time;			/* its RTP time */
	bool started;
	struct player player;
	struct telephone_events events;
};

/* ---- in ---- */

static bool
is_lines(const struct media *m, const struct sa *src)
{
	return sa_cmp(src, &m->agreed.to, SA_ADDR) || sa_cmp(src, &m->agreed.signalling, SA_ADDR);
}

/* Of our offer, or of their answer: both happen. */
static bool
is_event_type(const struct media *m, uint8_t type)
{
	return type == EVENTS || type == m->agreed.events;
}

static void
hear_packet(const struct sa *src, const struct rtp_header *head, struct mbuf *mb, void *arg)
{
	struct media *m = arg;
	struct telephone_packet packet = { head->ssrc, head->ts, monotonic_ms(), mbuf_buf(mb),
		mbuf_get_left(mb) };
	char key;

	if (!m->started || !is_lines(m, src) || !is_event_type(m, head->pt))
		return;
	key = telephone_event_hear(&m->events, &packet);
	if (key != '\0')
		m->heard.key(key, m->heard.arg);
}

/* ---- out ---- */

static int
encode(const struct media *m, const int16_t *samples, struct mbuf *mb)
{
	int err = 0;
	size_t i;

	for (i = 0; i < SAMPLES && err == 0; i++)
		err = mbuf_write_u8(mb, m->agreed.a_law ? g711_pcm2alaw(samples[i]) :
		    g711_pcm2ulaw(samples[i]));
	return err;
}

static void
send_packet(struct media *m, const int16_t *samples)
{
	struct mbuf *mb = mbuf_alloc(RTP_HEADER_SIZE + SAMPLES + 64);

	if (mb == NULL)
		return;
	mb->pos = mb->end = RTP_HEADER_SIZE;
	if (encode(m, samples, mb) == 0) {
		mb->pos = RTP_HEADER_SIZE;
		(void)rtp_send(m->rtp, &m->agreed.to, false, false, m->agreed.a_law ? 8 : 0,
		    m->time, mb);
	}
	mem_deref(mb);
}

/* One packet for each 20 ms that went by, so that the pace is the clock's and not
 * the timer's. */
static void
on_time(void *arg)
{
	struct media *m = arg;
	int64_t now = monotonic_ms();
	bool ended = false;
	int16_t samples[SAMPLES];

	if (now - m->next_ms > BEHIND_MS)
		m->next_ms = now;
	while (m->next_ms <= now) {
		ended = player_read(&m->player, samples, SAMPLES) || ended;
		if (m->agreed.listens)
			send_packet(m, samples);
		m->time += SAMPLES;
		m->next_ms += PACKET_MS;
	}
	tmr_start(&m->timer, (uint64_t)(m->next_ms - now), on_time, m);
	if (ended)
		m->heard.prompt_end(m->heard.arg);
}

static void
begin(struct media *m)
{
	m->next_ms = monotonic_ms();
	tmr_start(&m->timer, 0, on_time, m);
}

int
media_start(struct media *m)
{
	m->started = true;
	if (m->handshake == NULL || m->keyed)
		begin(m);
	return 0;
}

static void
on_handshake(bool well, void *arg)
{
	struct media *m = arg;

	m->keyed = well;
	if (!well)
		m->heard.unprotected(m->heard.arg);
	else if (m->started)
		begin(m);
}

void
media_play(struct media *m, const struct prompt *prompt)
{
	player_start(&m->player, prompt);
}

void
media_hush(struct media *m)
{
	player_stop(&m->player);
}

/* ---- offer and answer ---- */

static int
offer_protection(struct media *m)
{
	if (m->handshake != NULL)
		return handshake_offer(m->handshake, m->audio);
	return m->protection != NULL ? protection_offer(m->protection, m->audio) : 0;
}

static int
describe(struct media *m, const struct sa *address)
{
	enum sip_media how = m->settings->sip_media;
	int err = sdp_session_alloc(&m->session, address);

	if (err == 0)
		err = sdp_media_add(&m->audio, m->session, sdp_media_audio,
		    sa_port(rtp_local(m->rtp)), how == SIP_MEDIA_DTLS ? DTLS_PROTO :
		    how == SIP_MEDIA_SRTP_MANDATORY ? sdp_proto_rtpsavp : sdp_proto_rtpavp);
	if (err == 0 && how == SIP_MEDIA_SRTP)
		err = sdp_media_set_alt_protos(m->audio, 1, sdp_proto_rtpsavp);
	if (err == 0)
		err = sdp_format_add(NULL, m->audio, false, "8", "PCMA", PROMPT_RATE, 1, NULL, NULL,
		    NULL, false, NULL);
	if (err == 0)
		err = sdp_format_add(NULL, m->audio, false, "0", "PCMU", PROMPT_RATE, 1, NULL, NULL,
		    NULL, false, NULL);
	if (err == 0)
		err = sdp_format_add(NULL, m->audio, false, "101", EVENT_NAME, PROMPT_RATE, 1, NULL,
		    NULL, NULL, false, "0-15");
	if (err == 0)
		err = sdp_media_set_lattr(m->audio, true, "ptime", "%d", PACKET_MS);
	return err != 0 ? err : offer_protection(m);
}

/* How much protection there must be is the settings' to say, never the line's. */
static int
settle_protection(struct media *m)
{
	if (m->protection == NULL)
		return 0;
	if (m->handshake != NULL)
		return handshake_agree(m->handshake, m->session, m->audio);
	if (protection_agree(m->protection, m->audio) == 0)
		return 0;
	if (m->settings->sip_media == SIP_MEDIA_SRTP_MANDATORY ||
	    strcmp(sdp_media_proto(m->audio), sdp_proto_rtpsavp) == 0)
		return EPROTO;
	m->protection = mem_deref(m->protection);
	sdp_media_del_lattr(m->audio, "crypto");
	return 0;
}

/* Is what was read last one that we can speak? */
static int
settle(struct media *m)
{
	if (sdp_media_rport(m->audio) == 0 || (sdp_media_rformat(m->audio, "PCMA") == NULL &&
	    sdp_media_rformat(m->audio, "PCMU") == NULL))
		return EPROTO;
	return settle_protection(m);
}

/* From now on.  Of our formats, the line's first choice. */
static void
agree(struct media *m, const struct sa *from)
{
	const struct sdp_format *a = sdp_media_rformat(m->audio, "PCMA");
	const struct sdp_format *u = sdp_media_rformat(m->audio, "PCMU");
	const struct sdp_format *events = sdp_media_rformat(m->audio, EVENT_NAME);

	m->agreed.to = *sdp_media_raddr(m->audio);
	m->agreed.signalling = *from;
	m->agreed.events = events != NULL ? (uint8_t)events->pt : EVENTS;
	m->agreed.listens = (sdp_media_rdir(m->audio) & SDP_RECVONLY) != 0;
	m->agreed.a_law = a != NULL && (u == NULL || sdp_media_rformat(m->audio, NULL) == a);
}

int
media_offer(struct media *m, struct mbuf **offer)
{
	return sdp_encode(offer, m->session, true);
}

int
media_answered(struct media *m, struct mbuf *answer, const struct sa *from)
{
	int err = sdp_decode(m->session, answer, false);

	if (err == 0)
		err = settle(m);
	if (err == 0)
		agree(m, from);
	return err;
}

int
media_offered(struct media *m, struct mbuf *offer, const struct sa *from, struct mbuf **answer)
{
	int err = sdp_decode(m->session, offer, true);

	*answer = NULL;
	if (err == 0)
		err = settle(m);
	if (err == 0)
		err = offer_protection(m);
	if (err == 0)
		err = sdp_encode(answer, m->session, false);
	if (err == 0)
		agree(m, from);
	return err;
}

/* ---- its life ---- */

static void
forget(void *arg)
{
	struct media *m = arg;

	tmr_cancel(&m->timer);
	player_stop(&m->player);
	mem_deref(m->handshake);
	mem_deref(m->protection);
	mem_deref(m->rtp);
	mem_deref(m->session);
}

int
media_open(struct media **out, const struct call_settings *s, const struct sa *address,
    const struct media_heard *heard)
{
	struct media *m = mem_zalloc(sizeof(*m), forget);
	uint32_t low = s->rtp_low != 0 ? s->rtp_low : 16384;
	uint32_t high = s->rtp_high != 0 ? s->rtp_high : 32767;
	const struct handshake_heard shaken = { on_handshake, m };
	int err;

	*out = NULL;
	if (m == NULL)
		return ENOMEM;
	m->settings = s;
	m->heard = *heard;
	tmr_init(&m->timer);
	err = rtp_listen(&m->rtp, IPPROTO_UDP, address, (uint16_t)low, (uint16_t)high, false,
	    hear_packet, NULL, m);
	if (err == 0 && s->sip_media != SIP_MEDIA_NONE)
		err = protection_open(&m->protection, rtp_sock(m->rtp),
		    s->sip_media == SIP_MEDIA_DTLS);
	if (err == 0 && s->sip_media == SIP_MEDIA_DTLS)
		err = handshake_open(&m->handshake, rtp_sock(m->rtp), m->protection, &shaken);
	if (err == 0)
		err = describe(m, address);
	if (err != 0)
		mem_deref(m);
	else
		*out = m;
	return err;
}

void
media_free(struct media **m)
{
	*m = mem_deref(*m);
}
