/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CHECK_H
#define MFA_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "config.h"

/*
 * mfactl check: what in configuration, files, PAM stacks and sshd's settings
 * lets somebody around the second factor, or keeps everybody out.  It changes
 * nothing.
 */

/* What is looked at; a test has its own. */
struct check_paths {
	const char *conf, *conf_dir;	/* read by config_load */
	const char *etc_dir, *key, *state_dir, *helper, *run_dir, *socket;
	const char *user;		/* whom the helper runs as */
	const char *host_key, *http_socket, *http_user;	/* and mfa-http */
	const char *const *modules;	/* glob(3) patterns of pam_mfa.so, ends with NULL */
	const char *const *pam_dirs;	/* the first that has a file wins, ends with NULL */
	const char *sshd;		/* the program */
	const char *const *sshd_configs;	/* glob(3) patterns, ends with NULL */
};

extern const struct check_paths check_paths_installed;

/* Looks at everything and prints what was found; CTL_NO when that has an
 * error, else CTL_DONE.  The program ends (CTL_STATE) when memory is short. */
int check_run(FILE *out, bool json, const struct check_paths *paths);

/* ---- findings ---- */

enum level { LEVEL_NOTE, LEVEL_WARNING, LEVEL_ERROR };

struct findings;

struct findings *findings_new(void);
void findings_free(struct findings **f);

/* Where something was found: file is copied; line 0 is the file as a whole;
 * service "" is none. */
struct spot {
	const char *file;
	unsigned int line;
	const char *service;
};

/* id is a static word that stays the same between versions; todo (static) says
 * what to do.  The same finding for another service is added to the first. */
void finding_add(struct findings *f, enum level level, const char *id, struct spot at,
    const char *todo, const char *what, ...) __attribute__((format(printf, 6, 7)));

size_t findings_count(const struct findings *f, enum level level);
void findings_print(const struct findings *f, FILE *out);
void findings_print_json(const struct findings *f, FILE *out);

/* ---- the parts ---- */

/* The configuration; NULL, and an error is added, when it cannot be used. */
struct config *check_config(const struct check_paths *paths, struct findings *f);

void check_files(const struct check_paths *paths, struct findings *f);

/* config may be NULL. */
void check_approvals(const struct check_paths *paths, const struct config *config,
    struct findings *f);
void check_pam(const struct check_paths *paths, const struct config *config,
    struct findings *f);
void check_sshd(const struct check_paths *paths, const struct config *config,
    struct findings *f);

#endif
