/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_SECLUDE_H
#define MFA_SECLUDE_H

struct mfad_config;

/* Becomes the user mfad, if root; who is not root stays who it is.  The fault
 * is logged. */
int seclude_user(void);

/* Gives up what serving does not need: other files than the state and those of
 * the certificate, new programs, looking into other processes.  The fault is
 * logged. */
int seclude(const struct mfad_config *c);

#endif
