/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_WHEN_H
#define MFA_WHEN_H

#include <stddef.h>
#include <stdint.h>

/* Times as people read and write them (ISO 8601, this host's time zone). */
#define WHEN_MAX 32

/* 2026-03-01T09:30:00, for a person; returns dst (WHEN_MAX bytes). */
const char *when_format(char *dst, int64_t t);
/* 2026-03-01T09:30:00+01:00, for a program; the same. */
const char *when_format_full(char *dst, int64_t t);

/* 2026-03-01, 2026-03-01T09:30 or 2026-03-01T09:30:00, with "Z" or an offset
 * like +01:00 after a time; a blank for the T is fine.  Or how long ago: a
 * duration.  MFA_E_INVALID. */
int when_parse(const char *s, int64_t now, int64_t *out);

/* 90s, 30m, 8h, 2d; from one second to a year.  MFA_E_INVALID. */
int duration_parse(const char *s, int64_t *seconds);

#endif
