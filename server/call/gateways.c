/* SPDX-License-Identifier: BSD-2-Clause */
#include "gateways.h"

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

const struct call_gateway *
gateway_for_calls(const struct call_config *c)
{
	static const struct call_gateway *const gateways[] = {
		[CALL_BY_NONE] = NULL,
		[CALL_BY_SIP] = &call_gateway_sip,
		[CALL_BY_TWILIO] = &call_gateway_twilio,
		[CALL_BY_EXEC] = &call_gateway_exec,
	};

	return gateways[c->call_gateway];
}

void
gateway_call_settings(const struct line *l, struct call_settings *s)
{
	const struct call_config *c = l->config;

	*s = (struct call_settings){
		.sip_server = c->sip_server, .sip_user = c->sip_user,
		.sip_auth_user = c->sip_auth_user,
		.sip_password = l->sip_password.len > 0 ? &l->sip_password : NULL,
		.sip_register = c->sip_register, .sip_media = (enum sip_media)c->sip_media,
		.sip_address = c->sip_address, .sip_ca = c->sip_ca, .rtp_low = c->rtp_low,
		.rtp_high = c->rtp_high, .call_command = c->call_command,
		.twilio_api = c->twilio_api, .twilio_account = c->twilio_account,
		.twilio_token = &l->twilio_token, .twilio_from = c->twilio_from,
		.twilio_callback = c->twilio_callback,
		.prompt_dir = c->prompt_dir, .cache_dir = c->cache_dir,
		.ring_seconds = c->ring_seconds, .call_units = c->call_units,
	};
}
