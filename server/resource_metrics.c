/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>
#include <stdlib.h>

#include "deadline.h"
#include "login_metrics.h"
#include "metrics.h"
#include "resources.h"

static struct metric uptime = {
	.name = "mfad_uptime_seconds", .kind = METRIC_GAUGE, .help = "Seconds since the start."
};

static const struct networks *readers;
static struct writer *writer;
static int64_t started;

void
metrics_start(const struct networks *set, struct writer *w)
{
	readers = set;
	writer = w;
	if (started == 0)
		started = monotonic_ms();
	metrics_add(&uptime, 1);
}

static void
get_metrics(struct request *r)
{
	const struct address *from = request_address(r);
	char *text;
	size_t len;

	if (from != NULL && !networks_contain(readers, from)) {
		reply_problem(r, 403, NULL, NULL, "metrics_from does not name your address");
		return;
	}
	if (writer != NULL)
		login_metrics_writer(writer);
	metric_set(&uptime, (monotonic_ms() - started) / 1000);
	if ((text = metrics_text(&len)) == NULL) {
		reply_problem(r, 503, NULL, NULL, NULL);
		return;
	}
	reply(r, 200, "text/plain; version=0.0.4; charset=utf-8", text, len);
	free(text);
}

const struct route metrics_routes[] = {
	{ HTTP_GET, "/metrics", get_metrics },
	{ .handle = NULL },
};
