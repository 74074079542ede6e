/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_SETTINGS_H
#define MFA_CALL_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "secret.h"

/* How the sound travels: sip_media. */
enum sip_media {
	SIP_MEDIA_NONE,			/* RTP as it is */
	SIP_MEDIA_SRTP,			/* SRTP (RFC 4568) where the line takes it */
	SIP_MEDIA_SRTP_MANDATORY,	/* SRTP, or no call */
	SIP_MEDIA_DTLS,			/* SRTP with keys of DTLS (RFC 5764), or no call */
};

/* What places calls, as the configuration has it.  A text that is not set is
 * NULL, a number that is not set 0, and then what is said here holds. */
struct call_settings {
	/* the gateway "sip" */
	const char *sip_server;		/* "pbx.example.org", "192.0.2.7:5061;transport=tls" */
	const char *sip_user;		/* of the account, the caller */
	const char *sip_auth_user;	/* who is authenticated; sip_user */
	const struct secret *sip_password;	/* no account with a password */
	bool sip_register;		/* before the call, and not afterwards */
	enum sip_media sip_media;
	const char *sip_address;	/* of ours, numeric; the one that routes to the world */
	const char *sip_ca;		/* PEM; the system's authorities */
	uint32_t rtp_low, rtp_high;	/* UDP ports of the sound; 16384 to 32767 */

	/* the gateway "twilio" */
	const char *twilio_api;		/* address, up to "/Accounts" */
	const char *twilio_account;	/* its SID */
	const struct secret *twilio_token;
	const char *twilio_from;	/* E.164: who calls */
	const char *twilio_callback;	/* address at mfad, to which "/" and the id are added */

	/* the gateway "exec" */
	const char *call_command;	/* absolute path of the administrator's program */

	/* what is spoken */
	const char *prompt_dir;		/* the organisation's recordings; none */
	const char *cache_dir;		/* of what was rendered; may be written to */
	const char *espeak_path;	/* /usr/bin/espeak-ng */

	uint32_t ring_seconds;		/* until somebody should have picked up; 30 */
	uint32_t call_units;		/* of cost, of a call that was answered */
};

#endif
