/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_NEWFILE_H
#define MFA_NEWFILE_H

#include <stddef.h>

/*
 * Makes a file of exactly these bytes, or none: written beside it, flushed,
 * renamed into place, and its directory flushed.  Its mode is never wider than
 * the given one.  MFA_E_EXISTS when the name is taken, and what has it stays as
 * it is; MFA_E_INVALID for a path that is too long; MFA_E_SYSTEM (errno).
 */
int newfile_write(const char *path, const void *data, size_t len, unsigned int mode);

/* The same, of root's and of this group, with exactly this mode. */
int newfile_write_root(const char *path, const void *data, size_t len, unsigned int mode,
    unsigned int gid);

#endif
