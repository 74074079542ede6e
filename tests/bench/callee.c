/* SPDX-License-Identifier: BSD-2-Clause */
#include "callee.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define EVENTS		101	/* payload type */
#define SAMPLES		160	/* of a packet */
#define ENDINGS		3	/* packets that say that a key was let go */

static struct callee_call calls[CALLEE_CALLS];
static unsigned int count;
static int sip, rtp;
static uint16_t rtp_port;

double
callee_now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "callee: %s\n", what);
	exit(2);
}

static int
port_open(uint16_t *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(*port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&at, len) == -1 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) == -1)
		die("no port");
	*port = ntohs(at.sin_port);
	return fd;
}

void
callee_open(uint16_t port)
{
	sip = port_open(&port);
	rtp = port_open(&rtp_port);
}

/* ---- SIP ---- */

/* A header's line, with its end; "" where there is none. */
static const char *
line_of(const char *message, const char *name, int *len)
{
	char start[32];
	const char *at;

	(void)snprintf(start, sizeof(start), "\r\n%s:", name);
	*len = 0;
	if ((at = strstr(message, start)) == NULL)
		return "";
	at += 2;
	*len = (int)(strstr(at, "\r\n") - at) + 2;
	return at;
}

static void
write_answer(const char *request, const char *body, char *out, size_t size)
{
	static const char *const names[] = { "Via", "From", "Call-ID", "CSeq" };
	int n = snprintf(out, size, "SIP/2.0 200 OK\r\n"), len, i;
	const char *at;

	for (i = 0; i < 4; i++) {
		at = line_of(request, names[i], &len);
		n += snprintf(out + n, size - (size_t)n, "%.*s", len, at);
	}
	at = line_of(request, "To", &len);
	n += snprintf(out + n, size - (size_t)n, "%.*s%s\r\nContact: <sip:callee@127.0.0.1:5060>\r\n"
	    "%sContent-Length: %zu\r\n\r\n%s", len - 2, at,
	    strstr(at, ";tag=") != NULL && strstr(at, ";tag=") < at + len ? "" : ";tag=callee",
	    body[0] != '\0' ? "Content-Type: application/sdp\r\n" : "", strlen(body), body);
	if ((size_t)n >= size)
		die("a request is too long");
}

static struct callee_call *
find(const char *request)
{
	char id[sizeof(calls[0].id)];
	int len;
	const char *at = line_of(request, "Call-ID", &len);

	if (len == 0 || (size_t)len >= sizeof(id))
		die("a request without a Call-ID");
	(void)snprintf(id, sizeof(id), "%.*s", len - 2, at);
	for (unsigned int i = 0; i < count; i++)
		if (strcmp(calls[i].id, id) == 0)
			return &calls[i];
	if (count == CALLEE_CALLS)
		die("too many calls");
	memcpy(calls[count].id, id, sizeof(id));
	return &calls[count++];
}

static void
pick_up(struct callee_call *c, const char *request, double now)
{
	const char *audio = strstr(request, "m=audio ");
	char body[256];

	if (audio == NULL)
		die("no sound is offered");
	c->invited_us = now;
	c->rtp = (uint16_t)strtoul(audio + 8, NULL, 10);
	(void)snprintf(body, sizeof(body), "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"
	    "c=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %u RTP/AVP 8 %d\r\na=rtpmap:8 PCMA/8000\r\n"
	    "a=rtpmap:%d telephone-event/8000\r\n", rtp_port, EVENTS, EVENTS);
	write_answer(request, body, c->answer, sizeof(c->answer));
}

static void
say(const char *text, const struct sockaddr_in *to)
{
	if (sendto(sip, text, strlen(text), 0, (const struct sockaddr *)to, sizeof(*to)) == -1)
		die("nothing can be sent");
}

static void
answer(const char *request, const struct sockaddr_in *from, double now)
{
	struct callee_call *c = find(request);
	char text[2048];

	if (strncmp(request, "INVITE ", 7) == 0) {
		if (c->answer[0] == '\0')
			pick_up(c, request, now);
		say(c->answer, from);
	} else if (strncmp(request, "ACK ", 4) == 0) {
		c->acknowledged = true;
	} else if (strncmp(request, "SIP/2.0 ", 8) != 0) {
		c->over = c->over || strncmp(request, "BYE ", 4) == 0;
		write_answer(request, "", text, sizeof(text));
		say(text, from);
	}
}

/* One request at most. */
static void
hear(int ms)
{
	struct pollfd p = { .fd = sip, .events = POLLIN };
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char request[4096];
	double now;
	ssize_t n;

	if (poll(&p, 1, ms) <= 0)
		return;
	now = callee_now_us();
	n = recvfrom(sip, request, sizeof(request) - 1, 0, (struct sockaddr *)&from, &len);
	if (n <= 0)
		die("nothing can be read");
	request[n] = '\0';
	answer(request, &from, now);
}

static int
left(double end)
{
	double ms = (end - callee_now_us()) / 1e3;

	return ms > 0 ? (int)ms + 1 : 0;
}

struct callee_call *
callee_invited(int ms)
{
	double end = callee_now_us() + ms * 1e3;
	unsigned int before = count;

	while (count == before && left(end) > 0)
		hear(left(end));
	if (count == before)
		die("no call comes");
	return &calls[before];
}

static bool
all(bool (*is)(const struct callee_call *c))
{
	for (unsigned int i = 0; i < count; i++)
		if (!is(&calls[i]))
			return false;
	return true;
}

static bool
is_set_up(const struct callee_call *c)
{
	return c->acknowledged;
}

static bool
is_over(const struct callee_call *c)
{
	return c->over;
}

void
callee_set_up(const struct callee_call *c, int ms)
{
	double end = callee_now_us() + ms * 1e3;

	while (!(c != NULL ? is_set_up(c) : all(is_set_up)) && left(end) > 0)
		hear(left(end));
	if (!(c != NULL ? is_set_up(c) : all(is_set_up)))
		die("a call is not set up");
}

void
callee_finish(int ms)
{
	double end = callee_now_us() + ms * 1e3;

	while (!all(is_over) && left(end) > 0)
		hear(left(end));
}

/* ---- RTP ---- */

static void
send_event(struct callee_call *c, unsigned char event, bool first, bool ends)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(c->rtp),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	uint32_t time = htonl(c->time), ssrc = htonl(1);
	uint16_t seq = htons(++c->seq), duration = htons(ends ? 2 * SAMPLES : SAMPLES);
	unsigned char packet[16] = { 0x80, (unsigned char)(EVENTS | (first ? 0x80 : 0)) };

	memcpy(packet + 2, &seq, 2);
	memcpy(packet + 4, &time, 4);
	memcpy(packet + 8, &ssrc, 4);
	packet[12] = event;
	packet[13] = ends ? 0x8a : 0x0a;
	memcpy(packet + 14, &duration, 2);
	if (sendto(rtp, packet, sizeof(packet), 0, (struct sockaddr *)&to, sizeof(to)) == -1)
		die("no key can be sent");
}

double
callee_press(struct callee_call *c, char key)
{
	unsigned char event = key == '#' ? 11 : (unsigned char)(key - '0');
	double pressed;

	c->time += 100 * SAMPLES;
	pressed = callee_now_us();
	send_event(c, event, true, false);
	for (int i = 0; i < ENDINGS; i++)
		send_event(c, event, false, true);
	return pressed;
}
