/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CHECK_WORLD_H
#define CHECK_WORLD_H

#include "../../ctl/check.h"
#include "config_world.h"

/* A directory "pam.d" with Debian's common files, and a configuration. */
struct check_world {
	struct config_world files;
	char pam_dir[96], conf[96], conf_dir[96], sshd[96], sshd_config[96];
	const char *pam_dirs[2], *sshd_configs[2], *modules[2];
	char paths_of[8][96], glob[96];
	struct check_paths paths;
};

void check_world_make(struct check_world *w);
void check_world_drop(struct check_world *w);

/* Files as "== NAME" lines with their text below them, in `under`. */
void check_world_put(const struct check_world *w, const char *under, const char *text);

/* The findings, as "LEVEL ID FILE:LINE SERVICES\n" with the names of files
 * only; freed by the caller. */
char *check_world_list(const struct findings *f);

#endif
