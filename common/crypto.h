/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CRYPTO_H
#define MFA_CRYPTO_H

#include <stddef.h>

/*
 * libcrypto, started with nothing that we do not use: a helper that is spawned
 * for one login pays for every part of it.  No configuration file is read, so
 * nothing is opened after this, and nothing that it could name is loaded.
 */
int crypto_start(void);

/* Random bytes from the kernel. MFA_E_SYSTEM, with the buffer zeroed. */
int crypto_random(void *buf, size_t len);

#endif
