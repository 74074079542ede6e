/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CONFIG_PRIVATE_H
#define MFA_CONFIG_PRIVATE_H

#include <sys/stat.h>

#include "config.h"

/* A file as it was when it was read. */
struct seen {
	char *path;
	struct stat st;		/* zeros: it was not there */
};

/* Where a key was set; parallel to config_keys. */
struct place {
	const char *file;	/* owned by struct config's seen; NULL: the default */
	unsigned int line;
};

struct section {
	char *service;		/* "" for the general one */
	char **values;		/* parallel to config_keys, as written; NULL: not set */
	struct place *places;
	struct settings settings;
	struct networks *own;	/* NULL: those of the general section */
};

struct config {
	struct section *sections;	/* the first is the general one */
	size_t count;
	struct names services;
	struct seen *seen;
	size_t seen_count;
};

int config_fail(struct config_error *e, const char *file, unsigned int line,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Opens a file that must be root's alone to write (config.h); -1 and *e. */
int config_open(const char *path, off_t max, struct stat *st, struct config_error *e);
/* Remembers it for config_stale; st NULL: it was not there. */
int config_saw(struct config *c, const char *path, const struct stat *st);

/* Reads one file's keys into the sections. */
int config_read(struct config *c, const char *path, struct config_error *e);

/* Turns the written values of a section, over those of the general one, into
 * its settings. */
int config_settle(struct config *c, struct section *s, struct config_error *e);
void config_settings_free(struct settings *s);

#endif
