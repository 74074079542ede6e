/* SPDX-License-Identifier: BSD-2-Clause */
#include "call_metrics.h"

#include "metrics.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define EVENT(event) { .name = "mfad_calls_total", .labels = "event=\"" event "\"", \
	.help = "Calls and texts, by what became of them." }
static struct metric events[] = { EVENT("call"), EVENT("text"), EVENT("answered"),
	EVENT("approved"), EVENT("refused"), EVENT("reported") };

#define END(outcome) { .name = "mfad_calls_ended_total", .labels = "outcome=\"" outcome "\"", \
	.help = "Calls and texts that ended, by how." }
static struct metric ends[] = { END("done"), END("no-answer"), END("busy"), END("declined"),
	END("hung-up"), END("no-keys"), END("cancelled"), END("gateway"), END("refused"),
	END("misconfigured") };

static struct metric units = { .name = "mfad_calls_units_total",
	.help = "What calls and texts have cost, in the units of mfa-call.conf." };

void
call_metrics_add(void)
{
	metrics_add(events, COUNT(events));
	metrics_add(ends, COUNT(ends));
	metrics_add(&units, 1);
}

void
call_count(enum call_event e)
{
	metric_count(&events[e], 1);
}

void
call_count_end(enum dial_outcome outcome)
{
	if (outcome >= DIAL_DONE && outcome <= DIAL_MISCONFIGURED)
		metric_count(&ends[outcome - DIAL_DONE], 1);
}

void
call_count_units(uint32_t n)
{
	metric_count(&units, n);
}
