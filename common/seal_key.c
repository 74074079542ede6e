/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file that holds the key of the seals.
 */
#include <unistd.h>

#include "crypto.h"
#include "error.h"
#include "keyfile.h"
#include "newfile.h"
#include "seal.h"

#define MODE		0640	/* no bit beyond these */

static int
check_key(const struct stat *st, const char **why)
{
	if (st->st_uid != 0)
		*why = "is not owned by root";
	else if ((st->st_mode & 07777 & ~(mode_t)MODE) != 0)
		*why = "has a mode wider than 0640";
	else if (st->st_size != SEAL_KEY_LEN)
		*why = "does not hold exactly 32 bytes; restore it from a copy";
	else
		return MFA_OK;
	return MFA_E_CONFIG;
}

int
seal_key_read(const char *path, struct seal_key *key, const char **why)
{
	struct stat st;
	size_t len = 0;
	int fd, r;

	seal_key_wipe(key);
	*why = "";
	r = keyfile_open(path, &fd, &st, why);
	if (r == MFA_E_ABSENT)
		*why = "is missing; restore it from a copy";
	if (r == MFA_OK && (r = check_key(&st, why)) == MFA_OK) {
		r = keyfile_read(fd, key->bytes, sizeof(key->bytes), &len);
		if (r == MFA_OK && len != sizeof(key->bytes))
			r = MFA_E_SYSTEM;
		if (r != MFA_OK)
			*why = "cannot be read";
	}
	if (fd != -1)
		(void)close(fd);
	if (r != MFA_OK)
		seal_key_wipe(key);
	return r;
}

/* ---- a new one ---- */

int
seal_key_create(const char *path, unsigned int gid)
{
	struct seal_key key;
	int r = crypto_random(key.bytes, sizeof(key.bytes));

	if (r == MFA_OK)
		r = newfile_write_root(path, key.bytes, sizeof(key.bytes), MODE, gid);
	seal_key_wipe(&key);
	return r;
}
