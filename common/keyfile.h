/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_KEYFILE_H
#define MFA_KEYFILE_H

#include <stddef.h>
#include <sys/stat.h>

/*
 * Small files that hold keys.  Who may own one, and with which mode, the reader of each
 * judges by *st, which is that of the open file: it cannot be changed for another.
 */

/* Opens a regular file and no link to one; a FIFO or a terminal does not hold us up.  The
 * caller closes *fd; -1 unless MFA_OK.  On error *why says in words that follow the path
 * what is wrong (static).  MFA_E_ABSENT, MFA_E_CONFIG, MFA_E_SYSTEM (errno). */
int keyfile_open(const char *path, int *fd, struct stat *st, const char **why);

/* All of it, or its first `size` bytes: *len.  MFA_E_SYSTEM (errno). */
int keyfile_read(int fd, void *to, size_t size, size_t *len);

#endif
