/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_ASK_H
#define MFA_ASK_H

#include <stdbool.h>

#include "secret.h"

/*
 * Shows prompt on standard error and reads one line, without its end, from
 * standard input: a terminal (echo false turns its echo off meanwhile) or
 * anything else.  Nothing behind the line is taken.  MFA_E_CLOSED at the end
 * of input and when interrupted (SIGINT, SIGTERM, SIGHUP, SIGQUIT; the
 * terminal is as before), MFA_E_INVALID for a line that is too long,
 * MFA_E_SYSTEM.  The caller wipes *out.
 */
int ask(const char *prompt, bool echo, struct secret *out);

#endif
