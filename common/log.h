/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_LOG_H
#define MFA_LOG_H

/*
 * The log of helper, mfad and mfactl: authpriv, one event a line, "key=value".
 * (The module uses pam_syslog, which leaves the application's log as it is.)
 */

/* Opens the connection to syslog now, for a sandbox that comes later. */
void log_open(const char *name);

/* From now on to standard error as well; after log_open. */
void log_to_stderr(const char *name);

/* priority: LOG_ERR, LOG_NOTICE …  Remote text in it is escaped by the
 * caller (text_escape). */
void log_line(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
