/* SPDX-License-Identifier: BSD-2-Clause */
#include "config_world.h"

#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

void
config_world_make(struct config_world *w)
{
	char path[128];

	snprintf(w->dir, sizeof(w->dir), "/tmp/mfa-config-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(w->dir));
	umask(022);
	ck_assert_int_eq(mkdir(config_world_path(w, "d", path), 0755), 0);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
config_world_drop(struct config_world *w)
{
	(void)nftw(w->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *
config_world_path(const struct config_world *w, const char *name, char *dst)
{
	snprintf(dst, 128, "%s/%s", w->dir, name);
	return dst;
}

void
config_world_put_bytes(const struct config_world *w, const char *name, const void *data,
    size_t len)
{
	char path[128];
	int fd = open(config_world_path(w, name, path), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, data, len), (ssize_t)len);
	close(fd);
}

void
config_world_put(const struct config_world *w, const char *name, const char *text)
{
	config_world_put_bytes(w, name, text, strlen(text));
}

struct config *
config_world_load(const struct config_world *w)
{
	char path[128], dir[128];
	struct config *c = NULL;
	struct config_error e;

	if (config_load(config_world_path(w, "conf", path), config_world_path(w, "d", dir), &c,
	    &e) != MFA_OK)
		ck_abort_msg("%s:%u: %s", e.file, e.line, e.text);
	return c;
}
