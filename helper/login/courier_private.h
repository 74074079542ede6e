/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_COURIER_PRIVATE_H
#define MFA_COURIER_PRIVATE_H

#include "login.h"

/* What courier.c, courier_code.c and courier_wait.c share. */

/* Takes note of a failure; MFA_E_ABSENT. */
int courier_fail(struct login *l, enum query_failure failure, const char *words);

/* One message; a failure is taken note of. */
int courier_hear(struct login *l, struct query *out, struct deadline deadline);

/* Asks and hears; what is not an answer to it ends the dialogue.  What the phone
 * says meanwhile is kept for when it is waited for. */
int courier_request(struct login *l, const struct query *q, struct query *out, int ms);
int courier_keep_early(struct login *l, const struct query *said);

/* The end of the dialogue, with a last word and without. */
void courier_leave(struct login *l, enum query_outcome outcome);
void courier_hang_up(struct login *l);

/* The end of one behind which another begins: where something is out, not before mfa-http
 * has told the service, which would not take the next. */
void courier_take_back(struct login *l);

#endif
