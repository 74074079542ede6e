/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_ORIGIN_H
#define MFA_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "message.h"
#include "networks.h"

/*
 * Where the person sits.  Unknown is the start of everything and is never
 * trusted.
 */
enum origin_kind { ORIGIN_UNKNOWN = 0, ORIGIN_CONSOLE = 1, ORIGIN_ADDRESS = 2 };

struct origin {
	enum origin_kind kind;
	struct address address;		/* ORIGIN_ADDRESS */
	const char *from;		/* static: how we know ("SSH_CONNECTION",
					 * "audit session", "logind", "tty" …) */
};

#define ORIGIN_TEXT_MAX ADDRESS_TEXT_MAX

/* "unknown", "console", or the address; returns dst (ORIGIN_TEXT_MAX bytes). */
const char *origin_format(const struct origin *o, char *dst);

/* The reverse, for the state database and `mfactl why --from`; MFA_E_INVALID
 * leaves *out unknown. */
int origin_parse(const char *s, struct origin *out);

/*
 * What the message itself shows, for a caller that is root:
 *  1. SSH_CONNECTION in the PAM environment: its first word, numeric, when
 *     PAM_RHOST is the same numeric address or (with UseDNS) a name; in the
 *     session phases a name is not enough.  pam_env may have let the user
 *     write to that environment, and sshd always sets both.  Present but
 *     unusable: unknown, and final.
 *  2. An audit session id: MFA_E_ABSENT, the caller asks origin_of_session's
 *     sources instead (recorded origin, then logind).
 *  3. PAM_RHOST: a numeric address; anything else non-empty is unknown.
 *  4. A virtual terminal (tty1 … tty63, with or without /dev/), or an X
 *     display of this host (":0") for a service that the configuration lists
 *     as a display manager: console.
 *  5. unknown.
 * Returns MFA_OK with *out set (maybe unknown), or MFA_E_ABSENT (case 2).
 * For the session phases (PHASE_OPEN, PHASE_CLOSE) case 2 does not apply: the
 * audit session has just begun, and a direct origin is what is recorded.
 */
int origin_of_login(const struct msg *begin, bool display_manager, struct origin *out);

/* logind's word on an audit session: reads DIR/SESSIONID (MFA_LOGIND_DIR in
 * the field): REMOTE=1 and a numeric REMOTE_HOST, or REMOTE=0 with SEAT and
 * VTNR and no REMOTE_HOST: console.  dirfd is an open directory.  MFA_E_ABSENT
 * when there is no such session; a file that says neither, or is about another
 * audit session, leaves unknown with MFA_OK; so do MFA_E_SYSTEM (errno) and
 * MFA_E_INVALID (not text) with their error. */
int origin_of_logind(int dirfd, uint32_t sessionid, struct origin *out);

#endif
