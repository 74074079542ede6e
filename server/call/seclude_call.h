/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_SECLUDE_H
#define MFA_CALL_SECLUDE_H

/*
 * What a child of mfa-call gives up, in two steps: what none ever needs, before mfad
 * is heard; and then all but what its gateway needs, before a byte from outside is
 * read.  (The gateway "http" of texts takes on mfa-http's sandbox.)  Where one
 * fails the child must go no further.
 */

/* New privileges, core files, being looked at; much time and memory. */
int seclude_begin(void);

/* To run programs, which have it, too: what only an attacker would try.  No files are
 * closed to them: which ones a program of the administrator's needs is not known. */
int seclude_running(void);

/* To put files into `dir`: every other file, the network, processes, programs. */
int seclude_spool(const char *dir);

/* To wait for a program that runs already, and to end it: every file, the network,
 * further processes. */
int seclude_waiting(void);

#endif
