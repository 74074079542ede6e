/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_SECLUDE_SIP_H
#define MFA_CALL_SECLUDE_SIP_H

#include "call_settings.h"

/*
 * The sandbox of a telephone stack, before it reads a byte from outside: sockets,
 * and for reading what is played, the authorities and the resolver's settings; no
 * program, no further process, nothing to write.  It holds for good.  MFA_E_SYSTEM:
 * the call must not go on.
 */
int seclude_sip(const struct call_settings *s);

#endif
