/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_CALLER_H
#define MFAD_CALLER_H

#include "http.h"
#include "model.h"

/*
 * Who calls.  A host or a device shows "Authorization: Bearer ID.SECRET", a host
 * perhaps a certificate instead or as well; the administrator comes by a socket
 * that the kernel guards.
 */
enum caller_kind { CALLER_HOST = 1, CALLER_DEVICE, CALLER_ADMIN };

#define CALLER_ADMIN_ID "admin"	/* in idempotency and audit */

/* Is it one of this kind?  If not, the request has been answered: 401 for one
 * who is not known, 403 for another kind. */
bool caller_is(struct request *r, enum caller_kind kind, struct model_caller *out);

#endif
