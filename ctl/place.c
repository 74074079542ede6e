/* SPDX-License-Identifier: BSD-2-Clause */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto.h"
#include "error.h"
#include "newfile.h"
#include "text.h"

/* A name beside path that nobody has, and that does not end as it does. */
static int
beside(const char *path, const char *what, char out[PATH_MAX])
{
	uint64_t random;
	int n, r = crypto_random(&random, sizeof(random));

	out[0] = '\0';
	if (r != MFA_OK)
		return r;
	n = snprintf(out, PATH_MAX, "%s.%s-%016" PRIx64, path, what, random);
	if (n > 0 && n < PATH_MAX - 32)
		return MFA_OK;
	out[0] = '\0';
	return MFA_E_INVALID;
}

int
places_add(struct places *p, const char *path, const void *data, size_t len, unsigned int mode,
    uint32_t gid, bool force)
{
	struct place *one = &p->list[p->count];
	struct stat st;
	int r;

	if (p->count == PLACES_MAX)
		return MFA_E_INVALID;
	memset(one, 0, sizeof(*one));
	if ((r = text_copy(one->path, sizeof(one->path), path)) != MFA_OK ||
	    (r = beside(path, "new", one->made)) != MFA_OK)
		return r;
	p->count++;
	if (lstat(path, &st) == 0) {
		if (!force)
			return MFA_E_EXISTS;
		if ((r = beside(path, "old", one->old)) != MFA_OK)
			return r;
	} else if (errno != ENOENT) {
		return MFA_E_SYSTEM;
	}
	if ((r = newfile_write(one->made, data, len, 0600)) != MFA_OK)
		return r;
	if (chown(one->made, 0, (gid_t)gid) == -1 || chmod(one->made, (mode_t)mode) == -1)
		return MFA_E_SYSTEM;
	return MFA_OK;
}

/* ---- moving ---- */

/* What was there keeps a second name meanwhile. */
static int
put(struct place *one)
{
	if (one->old[0] != '\0' && link(one->path, one->old) == -1)
		return MFA_E_SYSTEM;
	if (one->old[0] == '\0' ?
	    renameat2(AT_FDCWD, one->made, AT_FDCWD, one->path, RENAME_NOREPLACE) == -1 :
	    rename(one->made, one->path) == -1)
		return MFA_E_SYSTEM;
	one->made[0] = '\0';
	one->placed = true;
	return MFA_OK;
}

static void
take_back(struct place *one)
{
	if (one->placed && one->old[0] != '\0')
		(void)rename(one->old, one->path);
	else if (one->placed)
		(void)unlink(one->path);
	if (one->old[0] != '\0')
		(void)unlink(one->old);
	if (one->made[0] != '\0')
		(void)unlink(one->made);
}

static void
hold_signals(int how)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGQUIT);
	(void)sigprocmask(how, &set, NULL);
}

int
places_put(struct places *p)
{
	size_t i;
	int r = MFA_OK, kept;

	hold_signals(SIG_BLOCK);
	for (i = 0; r == MFA_OK && i < p->count; i++)
		r = put(&p->list[i]);
	if (r == MFA_OK)
		return MFA_OK;
	kept = errno;
	places_back(p);
	errno = kept;
	return r;
}

/* ---- the end ---- */

static void
sync_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];
	int fd;

	(void)snprintf(dir, sizeof(dir), "%.*s", slash != NULL ? (int)(slash - path + 1) : 1,
	    slash != NULL ? path : ".");
	if ((fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return;
	(void)fsync(fd);
	(void)close(fd);
}

void
places_keep(struct places *p)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		if (p->list[i].old[0] != '\0')
			(void)unlink(p->list[i].old);
		sync_directory(p->list[i].path);
	}
	p->count = 0;
	hold_signals(SIG_UNBLOCK);
}

void
places_back(struct places *p)
{
	size_t i;

	for (i = p->count; i > 0; i--)
		take_back(&p->list[i - 1]);
	p->count = 0;
	hold_signals(SIG_UNBLOCK);
}
