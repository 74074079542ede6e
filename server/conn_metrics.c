/* SPDX-License-Identifier: BSD-2-Clause */
/* What is counted of connections and answers. */
#include "conn.h"
#include "metrics.h"
#include "status.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct metric open_now = {
	.name = "mfad_connections", .kind = METRIC_GAUGE, .help = "Connections that are open."
};

#define OPENED(tls) { .name = "mfad_connections_opened_total", \
	.labels = "tls=\"" tls "\"", .help = "Connections that were accepted." }
static struct metric opened[] = { OPENED("no"), OPENED("yes") };

#define REFUSED(reason) { .name = "mfad_connections_refused_total", \
	.labels = "reason=\"" reason "\"", \
	.help = "Connections that were closed at once, and times when none was accepted." }
static struct metric refused[] = { REFUSED("full"), REFUSED("address") };

#define HANDSHAKES(result) { .name = "mfad_tls_handshakes_total", \
	.labels = "result=\"" result "\"", .help = "TLS handshakes that ended." }
static struct metric handshakes[] = { HANDSHAKES("failed"), HANDSHAKES("done") };

static struct metric held = {
	.name = "mfad_held_requests", .kind = METRIC_GAUGE,
	.help = "Requests that wait for their answer."
};

#define TIMEOUT(state) { .name = "mfad_timeouts_total", .labels = "state=\"" state "\"", \
	.help = "Times that ran out, by what the connection was doing." }
static struct metric timeouts[] = {
	TIMEOUT("handshake"), TIMEOUT("head"), TIMEOUT("body"), TIMEOUT("handling"),
	TIMEOUT("held"), TIMEOUT("writing"), TIMEOUT("idle"), TIMEOUT("lingering"),
};

#define ANSWER(status, phrase) { status, phrase, { .name = "mfad_requests_total", \
	.labels = "status=\"" #status "\"", .help = "Requests that were answered." } }
static struct {
	int status;
	const char *phrase;
	struct metric count;
} answers[] = {
	ANSWER(200, "OK"), ANSWER(201, "Created"), ANSWER(202, "Accepted"),
	ANSWER(204, "No Content"), ANSWER(303, "See Other"), ANSWER(304, "Not Modified"),
	ANSWER(400, "Bad Request"), ANSWER(401, "Unauthorized"), ANSWER(403, "Forbidden"),
	ANSWER(404, "Not Found"), ANSWER(405, "Method Not Allowed"),
	ANSWER(406, "Not Acceptable"), ANSWER(408, "Request Timeout"), ANSWER(409, "Conflict"),
	ANSWER(410, "Gone"), ANSWER(411, "Length Required"), ANSWER(412, "Precondition Failed"),
	ANSWER(413, "Content Too Large"), ANSWER(415, "Unsupported Media Type"),
	ANSWER(417, "Expectation Failed"), ANSWER(422, "Unprocessable Content"),
	ANSWER(423, "Locked"),
	ANSWER(429, "Too Many Requests"), ANSWER(431, "Request Header Fields Too Large"),
	ANSWER(500, "Internal Server Error"), ANSWER(501, "Not Implemented"),
	ANSWER(502, "Bad Gateway"), ANSWER(503, "Service Unavailable"),
	ANSWER(505, "HTTP Version Not Supported"),
};

void
conn_metrics_add(void)
{
	size_t i;

	metrics_add(&open_now, 1);
	metrics_add(opened, COUNT(opened));
	metrics_add(refused, COUNT(refused));
	metrics_add(handshakes, COUNT(handshakes));
	metrics_add(&held, 1);
	metrics_add(timeouts, COUNT(timeouts));
	for (i = 0; i < COUNT(answers); i++)
		metrics_add(&answers[i].count, 1);
}

void
conn_count(const struct conn *c, int n)
{
	metric_count(&open_now, n);
	if (n > 0)
		metric_count(&opened[c->tls], n);
}

void
conn_count_handshake(bool done)
{
	metric_count(&handshakes[done], 1);
}

void
conn_count_timeout(enum conn_state state)
{
	if ((size_t)state < COUNT(timeouts))
		metric_count(&timeouts[state], 1);
}

void
conn_count_held(int n)
{
	metric_count(&held, n);
}

void
conn_count_refused(bool by_address)
{
	metric_count(&refused[by_address], 1);
}

void
reply_count(int status)
{
	size_t i;

	for (i = 0; i < COUNT(answers); i++)
		if (answers[i].status == status)
			metric_count(&answers[i].count, 1);
}

const char *
status_phrase(int status)
{
	size_t i;

	for (i = 0; i < COUNT(answers); i++)
		if (answers[i].status == status)
			return answers[i].phrase;
	return "Unknown";
}
