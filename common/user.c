/* SPDX-License-Identifier: BSD-2-Clause */
#include "user.h"

#include <errno.h>
#include <pwd.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "error.h"

#define ENTRY_FIRST	4096		/* enough for nearly every entry */
#define ENTRY_MAX	(1024 * 1024)	/* of one entry of passwd */

/* A whole entry can hold a password hash. */
static int
find_in(const char *name, size_t size, struct passwd *pw, struct passwd **found)
{
	char *buf = malloc(size);
	int error;

	if (buf == NULL)
		return ENOMEM;
	error = getpwnam_r(name, pw, buf, size, found);
	explicit_bzero(buf, size);
	free(buf);
	return error;
}

int
user_find(const char *name, uint32_t *uid, uint32_t *gid)
{
	struct passwd pw, *found = NULL;
	size_t size;
	int error = ERANGE;

	for (size = ENTRY_FIRST; error == ERANGE && size <= ENTRY_MAX; size *= 4)
		error = find_in(name, size, &pw, &found);
	if (error == 0 && found != NULL) {
		*uid = pw.pw_uid;
		*gid = pw.pw_gid;
		return MFA_OK;
	}
	/* getpwnam_r(3) lists ENOENT and ESRCH among the ways to say "no such". */
	if (error == 0 || error == ENOENT || error == ESRCH)
		return MFA_E_ABSENT;
	errno = error;
	return error == ENOMEM ? MFA_E_MEMORY : MFA_E_SYSTEM;
}
