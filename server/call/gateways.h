/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_GATEWAYS_H
#define MFA_CALL_GATEWAYS_H

#include "call.h"
#include "texting.h"

/* The one place that knows every gateway there is. */

/* What the configuration names; NULL: nothing. */
const struct text_gateway *gateway_for_texts(const struct call_config *c);

const struct call_gateway *gateway_for_calls(const struct call_config *c);

/* The settings of calls, which stay the line's. */
void gateway_call_settings(const struct line *l, struct call_settings *s);

#endif
