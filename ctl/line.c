/* SPDX-License-Identifier: BSD-2-Clause */
#include "line.h"

#include <stddef.h>
#include <string.h>

static const struct { const char *end, *words; } ends[] = {
	{ "no-answer", "nobody picked up: try again" },
	{ "busy", "it is busy: try later" },
	{ "declined", "the call was declined: try again" },
	{ "hung-up", "the call ended before the number was keyed in: try again" },
	{ "no-keys", "nothing was keyed in: try again" },
	{ "twice", "a key came through twice: try again, one key at a time" },
	{ "wrong", "another number was keyed in: try again" },
	{ "not-allowed", "this number is not allowed: see prefixes in mfa-call.conf(5)" },
	{ "reported", "0 was keyed in, which says \"this was not me\": "
	    "mfactl --server unlock USER --phones ends the lock" },
};

const char *
line_end_words(const char *end)
{
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strcmp(ends[i].end, end) == 0)
			return ends[i].words;
	return "the line does not work: the log lines of mfad and mfa-call say why";
}
