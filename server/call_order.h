/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFAD_CALL_ORDER_H
#define MFAD_CALL_ORDER_H

#include "dial.h"
#include "model_login.h"

/* A call or a text for a login. */
struct call_order {
	const char *host, *host_name;	/* id and name of the login's host */
	const char *user, *service;
	const struct model_login_opened *opened;
	bool decoy;			/* nobody's telephone: mfa-call tells how it would go */
	enum model_dial dial;
	enum dial_form form;
	unsigned int digits;
	const char *language;		/* that the host asks for; NULL: the user's */
};

/* As mfa-call is asked for it, who asks being that organisation: type, to, id, and what
 * is spoken or written. */
void call_order_dial(const struct call_order *o, const char *organisation,
    struct dial *d);

#endif
