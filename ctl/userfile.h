/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_USERFILE_H
#define MFA_USERFILE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Reads a file that somebody else may own, as root, without doing more than
 * its owner could:
 *  1. A child reads it that has taken on the owner's ids (and no groups); of
 *     root's files, only by a path without any symbolic link, so that nobody
 *     else decides which of them is read.
 *  2. The last part of the path is never a symbolic link, and what is opened
 *     is a regular file of that same owner, at most USERFILE_MAX bytes,
 *     writable by no group and no others; checked on the open descriptor.
 *  3. Opening never blocks.
 */
#define USERFILE_MAX	(8 * 1024 * 1024)

/* On CTL_DONE *data is size bytes, to be given back with userfile_free;
 * CTL_ROOT, CTL_ABSENT, CTL_REFUSED or CTL_STATE after a complaint.  owner is
 * who it must belong to unless it is root's; UID_UNSET: whoever. */
int userfile_read(const char *path, uint32_t owner, char **data, size_t *size);
void userfile_free(char **data, size_t size);

#endif
