/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_private.h"
#include "error.h"
#include "text.h"

/* ---- drop-ins ---- */

static int
is_drop_in(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return d->d_name[0] != '.' && len > 5 && strcmp(d->d_name + len - 5, ".conf") == 0;
}

/* By bytes, whatever the locale. */
static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
read_drop_in(struct config *c, const char *dir, const char *name, struct config_error *e)
{
	char path[sizeof(e->file)], shown[64];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, name);

	if (n < 0 || (size_t)n >= sizeof(path) || !text_printable(name, strlen(name)))
		return config_fail(e, dir, 0, "%s: the name is too long or not printable",
		    text_escape(shown, sizeof(shown), name));
	return config_read(c, path, e);
}

/* Looked at before it is read, so that what comes later is seen as a change. */
static int
examine_dir(struct config *c, const char *dir, bool *there, struct config_error *e)
{
	struct stat st;

	*there = stat(dir, &st) == 0;
	if (!*there && errno == ENOENT)
		return config_saw(c, dir, NULL, NULL);
	if (!*there)
		return config_fail(e, dir, 0, "cannot be examined: %s", strerror(errno));
	if (!S_ISDIR(st.st_mode) || st.st_uid != 0 || st.st_mode & 022)
		return config_fail(e, dir, 0, "must be a directory, owned by root and writable by "
		    "root only");
	return config_saw(c, dir, &st, NULL);
}

static int
read_drop_ins(struct config *c, const char *dir, struct config_error *e)
{
	struct dirent **list = NULL;
	bool there;
	int i, n, r = examine_dir(c, dir, &there, e);

	if (r != MFA_OK || !there)
		return r;
	if ((n = scandir(dir, &list, is_drop_in, by_name)) == -1)
		return config_fail(e, dir, 0, "cannot be read: %s", strerror(errno));
	if (n > CONFIG_FILES_MAX)
		r = config_fail(e, dir, 0, "holds more than %d files", CONFIG_FILES_MAX);
	for (i = 0; i < n; i++) {
		if (r == MFA_OK)
			r = read_drop_in(c, dir, list[i]->d_name, e);
		free(list[i]);
	}
	free(list);
	return r;
}

/* ---- loading ---- */

static const struct config_form login_form = {
	config_keys, &config_key_count, "pam_mfa.conf(5)", true
};

static int
list_services(struct config *c)
{
	size_t i;

	if ((c->services.word = calloc(c->count, sizeof(char *))) == NULL)
		return MFA_E_MEMORY;
	for (i = 1; i < c->count; i++)
		c->services.word[c->services.count++] = c->sections[i].service;
	return MFA_OK;
}

static int
load(struct config *c, const char *path, const char *dir, struct config_error *e)
{
	size_t i;
	int r;

	if ((r = config_read(c, path, e)) == MFA_OK)
		r = read_drop_ins(c, dir, e);
	for (i = 0; r == MFA_OK && i < c->count; i++)
		r = config_settle(c, &c->sections[i], e);
	return r == MFA_OK ? list_services(c) : r;
}

int
config_load(const char *path, const char *dir, struct config **out, struct config_error *error)
{
	struct config *c = calloc(1, sizeof(*c));
	int r = MFA_E_MEMORY;

	*out = NULL;
	*error = (struct config_error){ .line = 0 };
	if (c != NULL) {
		c->form = &login_form;
		r = load(c, path, dir, error);
	}
	if (r == MFA_OK) {
		*out = c;
		return MFA_OK;
	}
	if (r != MFA_E_CONFIG)
		(void)config_fail(error, path, 0, "%s", mfa_strerror(r));
	config_free(&c);
	return r;
}

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool
changed(const struct seen *s)
{
	const struct stat *was = &s->st;
	struct stat now;

	if (stat(s->path, &now) == -1)
		return errno != ENOENT || was->st_ino != 0;
	return now.st_dev != was->st_dev || now.st_ino != was->st_ino ||
	    now.st_size != was->st_size || now.st_mode != was->st_mode ||
	    now.st_uid != was->st_uid || !same_time(now.st_mtim, was->st_mtim) ||
	    !same_time(now.st_ctim, was->st_ctim);
}

bool
config_stale(const struct config *c)
{
	size_t i;

	for (i = 0; i < c->seen_count; i++)
		if (changed(&c->seen[i]))
			return true;
	return false;
}

/* ---- asking ---- */

static const struct section *
section_of(const struct config *c, const char *service)
{
	size_t i;

	for (i = 1; i < c->count; i++)
		if (strcmp(c->sections[i].service, service) == 0)
			return &c->sections[i];
	return &c->sections[0];
}

const struct settings *
config_service(const struct config *c, const char *service)
{
	return &section_of(c, service)->settings;
}

const struct names *
config_services(const struct config *c)
{
	return &c->services;
}

const char *
config_where(const struct config *c, const char *service, const char *key, unsigned int *line)
{
	const struct section *s = section_of(c, service);
	size_t i = config_find(c, key);
	struct place p = { NULL, 0 };

	if (i < *c->form->count)
		p = s->places[i].file != NULL ? s->places[i] : c->sections[0].places[i];
	*line = p.line;
	return p.file;
}

const char *
config_section(const struct config *c, const char *service, unsigned int *line)
{
	const struct section *s = section_of(c, service);

	*line = s->begun.line;
	return s->begun.file;
}

/* ---- freeing ---- */

static void
free_section(const struct config_form *form, struct section *s)
{
	size_t i;

	for (i = 0; s->values != NULL && i < *form->count; i++)
		free(s->values[i]);
	free(s->values);
	free(s->places);
	free(s->service);
	config_settings_free(&s->settings);
	networks_free(&s->own);
}

void
config_free(struct config **c)
{
	size_t i;

	if (*c == NULL)
		return;
	for (i = 0; i < (*c)->count; i++)
		free_section((*c)->form, &(*c)->sections[i]);
	for (i = 0; i < (*c)->seen_count; i++)
		free((*c)->seen[i].path);
	free((*c)->sections);
	free((*c)->seen);
	free((*c)->services.word);
	free(*c);
	*c = NULL;
}

const char *
config_error_place(const struct config_error *e, char place[CONFIG_PLACE_MAX])
{
	place[0] = '\0';
	if (e->line > 0)
		(void)snprintf(place, CONFIG_PLACE_MAX, "%s:%u: ", e->file, e->line);
	else if (e->file[0] != '\0')
		(void)snprintf(place, CONFIG_PLACE_MAX, "%s: ", e->file);
	return place;
}
