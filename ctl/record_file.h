/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_RECORD_FILE_H
#define MFA_RECORD_FILE_H

#include <stddef.h>

#include "authority_key.h"

/*
 * Files that hold what authorities sign, and their keys.  All of them return an
 * enum ctl_exit, after a complaint.
 */

/* A whole small file, in buf with room to spare. */
int record_file_read(const char *path, char *buf, size_t size, size_t *len);
/* A new file; one that is there stays. */
int record_file_write(const char *path, const char *text, size_t len);

int authority_key_load(const char *path, struct sign_key *key);

/* The complaints about an mfa_error: why follows the path ("is missing"). */
int record_file_explain(const char *path, unsigned int line, int error, const char *why);
int record_file_unwritten(const char *path, int error);

/* Of a device's key, as PROTOCOL.md has it; returns dst. */
const char *fingerprint(const struct blob *key, char dst[AUTHORITY_ID_MAX]);

#endif
