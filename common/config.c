/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config_private.h"
#include "error.h"

#define DROP_INS_MAX 256

/* ---- drop-ins ---- */

static int
is_drop_in(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return d->d_name[0] != '.' && len > 5 && strcmp(d->d_name + len - 5, ".conf") == 0;
}

static int
read_drop_in(struct config *c, const char *dir, const char *name, struct config_error *e)
{
	char path[512];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, name);

	if (n < 0 || (size_t)n >= sizeof(path))
		return config_fail(e, dir, 0, "a name in it is too long");
	return config_read(c, path, e);
}

static int
read_drop_ins(struct config *c, const char *dir, struct config_error *e)
{
	struct dirent **list = NULL;
	struct stat st;
	int i, n, r;

	if (stat(dir, &st) == -1) {
		if (errno == ENOENT)
			return config_saw(c, dir, NULL);
		return config_fail(e, dir, 0, "cannot be examined: %s", strerror(errno));
	}
	if (st.st_uid != 0 || st.st_mode & 022)
		return config_fail(e, dir, 0, "must be owned by root and writable by root only");
	if ((r = config_saw(c, dir, &st)) != MFA_OK)
		return r;
	if ((n = scandir(dir, &list, is_drop_in, alphasort)) == -1)
		return config_fail(e, dir, 0, "cannot be read: %s", strerror(errno));
	if (n > DROP_INS_MAX)
		r = config_fail(e, dir, 0, "holds more than %d files", DROP_INS_MAX);
	for (i = 0; i < n; i++) {
		if (r == MFA_OK)
			r = read_drop_in(c, dir, list[i]->d_name, e);
		free(list[i]);
	}
	free(list);
	return r;
}

/* ---- loading ---- */

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

int
config_load(const char *path, const char *dir, struct config **out, struct config_error *error)
{
	struct config *c = calloc(1, sizeof(*c));
	size_t i;
	int r;

	*out = NULL;
	*error = (struct config_error){ .text = "out of memory" };
	if (c == NULL)
		return MFA_E_MEMORY;
	if ((r = config_read(c, path, error)) == MFA_OK)
		r = read_drop_ins(c, dir, error);
	for (i = 0; r == MFA_OK && i < c->count; i++)
		r = config_settle(c, &c->sections[i], error);
	if (r == MFA_OK && (r = list_services(c)) == MFA_OK) {
		*error = (struct config_error){ .line = 0 };
		*out = c;
		return MFA_OK;
	}
	config_free(&c);
	return r;
}

static bool
changed(const struct seen *s)
{
	struct stat now;

	if (stat(s->path, &now) == -1)
		return errno != ENOENT || s->st.st_ino != 0;
	return now.st_dev != s->st.st_dev || now.st_ino != s->st.st_ino ||
	    now.st_size != s->st.st_size || now.st_mode != s->st.st_mode ||
	    now.st_uid != s->st.st_uid ||
	    now.st_mtim.tv_sec != s->st.st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != s->st.st_mtim.tv_nsec ||
	    now.st_ctim.tv_sec != s->st.st_ctim.tv_sec ||
	    now.st_ctim.tv_nsec != s->st.st_ctim.tv_nsec;
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
	size_t i;

	*line = 0;
	for (i = 0; i < config_key_count; i++) {
		const struct place *p = s->places[i].file != NULL ? &s->places[i] :
		    &c->sections[0].places[i];

		if (strcmp(config_keys[i].name, key) != 0)
			continue;
		*line = p->line;
		return p->file;
	}
	return NULL;
}

static void
free_section(struct section *s)
{
	size_t i;

	for (i = 0; s->values != NULL && i < config_key_count; i++)
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
		free_section(&(*c)->sections[i]);
	for (i = 0; i < (*c)->seen_count; i++)
		free((*c)->seen[i].path);
	free((*c)->sections);
	free((*c)->seen);
	free((*c)->services.word);
	free(*c);
	*c = NULL;
}
