/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CONFIG_PRIVATE_H
#define MFA_CONFIG_PRIVATE_H

#include <sys/stat.h>

#include "config.h"

/* All limits. */
#define CONFIG_LINE_MAX		4096	/* bytes of one line */
#define CONFIG_SERVICES_MAX	256
#define CONFIG_SERVICE_MAX	64	/* bytes of a name: as in a message */
#define CONFIG_FILES_MAX	256	/* drop-ins */
#define CONFIG_WORDS_MAX	10000	/* in one list */
#define CONFIG_TEXT_MAX		255	/* bytes of a text, word or path */

/* A file as it was when it was read. */
struct seen {
	char *path;
	struct stat st;		/* zeros: it was not there */
};

/* Where something was written. */
struct place {
	const char *file;	/* owned by struct config's seen; NULL: nowhere */
	unsigned int line;
};

struct section {
	char *service;		/* "" for the general one */
	struct place begun;	/* where it was last opened */
	char **values;		/* parallel to the form's keys, as written; NULL: not set */
	struct place *places;	/* parallel to them */
	struct settings settings;
	struct networks *own;	/* NULL: those of the general section */
};

/* What a file of ours may say. */
struct config_form {
	const struct config_key *keys;
	const size_t *count;
	const char *manual;	/* where they are explained: "pam_mfa.conf(5)" */
	bool services;		/* it may have [service NAME] */
};

struct config {
	const struct config_form *form;
	struct section *sections;	/* the first is the general one */
	size_t count;
	struct names services;
	struct seen *seen;
	size_t seen_count;
};

/* Fills in *e; returns MFA_E_CONFIG. */
int config_fail(struct config_error *e, const char *file, unsigned int line,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Opens a file that must be root's alone to write (config.h); -1 and *e. */
int config_open(const char *path, off_t max, struct stat *st, struct config_error *e);

/* Remembers it for config_stale; st NULL: it was not there.  *kept, when it is
 * not NULL, is the path as the configuration owns it. */
int config_saw(struct config *c, const char *path, const struct stat *st, const char **kept);

/* Reads one file's keys into the sections; c->form is set before the first. */
int config_read(struct config *c, const char *path, struct config_error *e);

/* The place of a key among the form's, or their count. */
size_t config_find(const struct config *c, const char *key);

/* Where a key was set for this section, else for all services; file is the
 * main file when it is the default. */
struct place config_place(const struct config *c, const struct section *s, const char *key);

/* A value on its way into its field of a section's settings. */
struct setting {
	const struct config_key *key;
	const char *value;
	void *field;
	const void *general;	/* the same value in the general settings; NULL: it is not
				 * the same */
	struct place place;
	struct config_error *e;
};
int config_set(const struct setting *v);

/* Turns the written values of a section, over those of the general one, into
 * its settings.  The general one must be the first. */
int config_settle(struct config *c, struct section *s, struct config_error *e);
void config_settings_free(struct settings *s);

#endif
