/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The syntax is read here and not by libeconf, which Linux-PAM uses: the
 * version in Debian 12 (0.5.1) opens files by name, so that owner and mode
 * cannot be checked on what is read; keeps no line number with a value, so
 * that an error in one could not say where; and of a key given twice silently
 * keeps one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config_private.h"
#include "error.h"
#include "text.h"

#define LINE_MAX_BYTES 4096
#define SERVICES_MAX 256

int
config_fail(struct config_error *e, const char *file, unsigned int line, const char *format, ...)
{
	va_list ap;

	(void)snprintf(e->file, sizeof(e->file), "%s", file);
	e->line = line;
	va_start(ap, format);
	(void)vsnprintf(e->text, sizeof(e->text), format, ap);
	va_end(ap);
	return MFA_E_CONFIG;
}

int
config_open(const char *path, off_t max, struct stat *st, struct config_error *e)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd == -1) {
		(void)config_fail(e, path, 0, "cannot be opened: %s", strerror(errno));
		return -1;
	}
	if (fstat(fd, st) == -1)
		(void)config_fail(e, path, 0, "cannot be examined: %s", strerror(errno));
	else if (!S_ISREG(st->st_mode))
		(void)config_fail(e, path, 0, "is not a regular file");
	else if (st->st_uid != 0)
		(void)config_fail(e, path, 0, "must be owned by root: chown root");
	else if (st->st_mode & 022)
		(void)config_fail(e, path, 0, "must be writable by root only: chmod go-w");
	else if (st->st_size > max)
		(void)config_fail(e, path, 0, "is larger than %lld bytes", (long long)max);
	else
		return fd;
	(void)close(fd);
	return -1;
}

int
config_saw(struct config *c, const char *path, const struct stat *st)
{
	struct seen *grown = realloc(c->seen, (c->seen_count + 1) * sizeof(*grown));
	struct seen *s;

	if (grown == NULL)
		return MFA_E_MEMORY;
	c->seen = grown;
	s = &c->seen[c->seen_count];
	memset(s, 0, sizeof(*s));
	if ((s->path = strdup(path)) == NULL)
		return MFA_E_MEMORY;
	if (st != NULL)
		s->st = *st;
	c->seen_count++;
	return MFA_OK;
}

/* ---- lines ---- */

struct reading {
	struct config *c;
	struct config_error *e;
	const char *file;
	unsigned int line;
	size_t section;
};

static char *
trim(char *s)
{
	char *end;

	s += strspn(s, " \t");
	for (end = s + strlen(s); end > s && strchr(" \t\r", end[-1]) != NULL;)
		*--end = '\0';
	return s;
}

static int
new_section(struct config *c, const char *service)
{
	struct section *grown = realloc(c->sections, (c->count + 1) * sizeof(*grown)), *s;

	if (grown == NULL)
		return MFA_E_MEMORY;
	c->sections = grown;
	s = &c->sections[c->count];
	memset(s, 0, sizeof(*s));
	c->count++;
	s->service = strdup(service);
	s->values = calloc(config_key_count, sizeof(*s->values));
	s->places = calloc(config_key_count, sizeof(*s->places));
	return s->service != NULL && s->values != NULL && s->places != NULL ? MFA_OK : MFA_E_MEMORY;
}

static int
enter_section(struct reading *r, char *text)
{
	char *name = text + strlen("[service "), *end = strchr(text, ']');

	if (strncmp(text, "[service ", strlen("[service ")) != 0 || end == NULL || end[1] != '\0')
		return config_fail(r->e, r->file, r->line, "expected [service NAME]");
	*end = '\0';
	name = trim(name);
	if (name[0] == '\0' || strlen(name) > 64 || strpbrk(name, " \t/[") != NULL)
		return config_fail(r->e, r->file, r->line, "expected the name of a PAM service");
	for (r->section = 1; r->section < r->c->count; r->section++)
		if (strcmp(r->c->sections[r->section].service, name) == 0)
			return MFA_OK;
	if (r->c->count >= SERVICES_MAX)
		return config_fail(r->e, r->file, r->line, "more than %d services", SERVICES_MAX);
	return new_section(r->c, name);
}

static size_t
find_key(const char *name)
{
	size_t i;

	for (i = 0; i < config_key_count && strcmp(config_keys[i].name, name) != 0; i++)
		;
	return i;
}

static int
set_key(struct reading *r, char *text)
{
	struct section *s = &r->c->sections[r->section];
	char *equals = strchr(text, '='), *value, *name;
	size_t key;

	if (equals == NULL)
		return config_fail(r->e, r->file, r->line, "expected KEY = VALUE or [service NAME]");
	*equals = '\0';
	name = trim(text);
	if ((key = find_key(name)) == config_key_count)
		return config_fail(r->e, r->file, r->line, "unknown key \"%.64s\"", name);
	if (config_keys[key].global_only && r->section != 0)
		return config_fail(r->e, r->file, r->line, "%s is for all services: put it before "
		    "the first [service]", name);
	if (s->places[key].file != NULL && strcmp(s->places[key].file, r->file) == 0)
		return config_fail(r->e, r->file, r->line, "%s was set already in line %u", name,
		    s->places[key].line);
	if ((value = strdup(trim(equals + 1))) == NULL)
		return MFA_E_MEMORY;
	free(s->values[key]);
	s->values[key] = value;
	s->places[key] = (struct place){ r->file, r->line };
	return MFA_OK;
}

static int
read_line(struct reading *r, char *line)
{
	char *text;

	if (strlen(line) > 0 && line[strlen(line) - 1] == '\r')
		line[strlen(line) - 1] = '\0';
	text = trim(line);
	for (char *tab = text; (tab = strchr(tab, '\t')) != NULL;)
		*tab = ' ';
	if (!text_printable(text, strlen(text)))
		return config_fail(r->e, r->file, r->line, "holds a character that is not printable "
		    "UTF-8");
	if (*text == '\0' || *text == '#')
		return MFA_OK;
	return *text == '[' ? enter_section(r, text) : set_key(r, text);
}

static int
read_lines(struct reading *r, FILE *f)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int result = MFA_OK;

	errno = 0;
	while (result == MFA_OK && (n = getline(&line, &room, f)) != -1) {
		r->line++;
		if (n > 0 && line[n - 1] == '\n')
			line[--n] = '\0';
		if (strlen(line) != (size_t)n)
			result = config_fail(r->e, r->file, r->line, "holds a zero byte");
		else if (n > LINE_MAX_BYTES)
			result = config_fail(r->e, r->file, r->line, "is longer than %d bytes",
			    LINE_MAX_BYTES);
		else
			result = read_line(r, line);
	}
	if (result == MFA_OK && !feof(f))
		result = config_fail(r->e, r->file, r->line, "cannot be read: %s", strerror(errno));
	free(line);
	return result;
}

int
config_read(struct config *c, const char *path, struct config_error *e)
{
	struct reading r = { .c = c, .e = e };
	struct stat st;
	FILE *f;
	int fd = config_open(path, CONFIG_FILE_MAX, &st, e), result;

	if (fd == -1)
		return MFA_E_CONFIG;
	if ((f = fdopen(fd, "r")) == NULL) {
		(void)close(fd);
		return MFA_E_MEMORY;
	}
	if ((result = config_saw(c, path, &st)) == MFA_OK) {
		r.file = c->seen[c->seen_count - 1].path;
		if (c->count == 0)
			result = new_section(c, "");
	}
	if (result == MFA_OK)
		result = read_lines(&r, f);
	(void)fclose(f);
	return result;
}
