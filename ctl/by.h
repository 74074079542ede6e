/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_BY_H
#define MFA_BY_H

#include <stddef.h>

/*
 * Who is at work, for the records: the name of the audit login uid, which the
 * kernel keeps through su and sudo; else what sudo says; else the name of our
 * own uid.  Before the user is changed.  Printable, escaped; "#UID" for one
 * without a name.
 */
void by_whom(char *by, size_t size);

#endif
