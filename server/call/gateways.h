/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_GATEWAYS_H
#define MFA_CALL_GATEWAYS_H

#include "texting.h"

/* The one place that knows every gateway there is. */

/* What the configuration names; NULL: nothing. */
const struct text_gateway *gateway_for_texts(const struct call_config *c);

/* Places the call that mfad asked for, with the number already allowed, and says
 * everything to mfad, DIAL_ENDED too.  MFA_E_ABSENT: nothing places calls, and
 * nothing was said. */
int gateway_call(const struct line *l, const struct dial *asked, struct dial_dialogue *dialogue,
    int mfad, struct deadline deadline);

#endif
