/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_STACK_H
#define MFA_CALL_STACK_H

/*
 * The telephone stack, as Debian builds it: its headers leave these out.
 */
#include <stdbool.h>
#include <stdint.h>
#include <inttypes.h>

#define HAVE_INTTYPES_H	1
#define HAVE_STDBOOL_H	1
#define HAVE_INET6	1
#define USE_OPENSSL	1

#define DEBUG_MODULE	"mfa-call"
#define DEBUG_LEVEL	0

#include <re/re.h>
#include <re/re_dbg.h>
#include <rem/rem.h>

#endif
