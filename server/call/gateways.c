/* SPDX-License-Identifier: BSD-2-Clause */
#include "gateways.h"

#include "error.h"

const struct text_gateway *
gateway_for_texts(const struct call_config *c)
{
	static const struct text_gateway *const gateways[] = {
		[TEXT_BY_NONE] = NULL,
		[TEXT_BY_HTTP] = &text_gateway_http,
		[TEXT_BY_SMSTOOLS] = &text_gateway_smstools,
		[TEXT_BY_EXEC] = &text_gateway_exec,
	};

	return gateways[c->text_gateway];
}

int
gateway_call(const struct line *l, const struct dial *asked, struct dial_dialogue *dialogue,
    int mfad, struct deadline deadline)
{
	(void)l;
	(void)asked;
	(void)dialogue;
	(void)mfad;
	(void)deadline;
	return MFA_E_ABSENT;
}
