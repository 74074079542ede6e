/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_CALL_METRICS_H
#define MFAD_CALL_METRICS_H

#include "dial.h"

/* What is counted of calls and texts, in the loop's thread. */
enum call_event { CALL_PLACED, CALL_SENT, CALL_ANSWERED, CALL_APPROVED, CALL_REFUSED,
	CALL_REPORTED };

void call_metrics_add(void);
void call_count(enum call_event e);
void call_count_end(enum dial_outcome outcome);
void call_count_units(uint32_t units);	/* of cost, as mfa-call.conf has them */

#endif
