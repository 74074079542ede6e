/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The syntax is read here and not by libeconf, which Linux-PAM itself uses.
 * Tried with version 0.5.1: it opens files by name, so that owner and mode
 * cannot be checked on what is read; of a key given twice it silently keeps the
 * first; it takes a line without "=" for a continuation of the value before;
 * it removes quotes and text behind "#" from values; it reads past zero bytes
 * and control characters; and has no line number for a value.  All of these
 * are errors here, with their line.
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
#include "lines.h"
#include "text.h"

#define SHOWN_MAX 64	/* of what was written, in a sentence about it */

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

/* ---- files ---- */

int
config_open(const char *path, off_t max, struct stat *st, struct config_error *e)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd == -1 && errno == ELOOP)
		(void)config_fail(e, path, 0, "is a symbolic link: a regular file was expected");
	else if (fd == -1)
		(void)config_fail(e, path, 0, "cannot be opened: %s", strerror(errno));
	if (fd == -1)
		return -1;
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
config_saw(struct config *c, const char *path, const struct stat *st, const char **kept)
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
	if (kept != NULL)
		*kept = s->path;
	c->seen_count++;
	return MFA_OK;
}

/* ---- sections ---- */

struct reading {
	struct config *c;
	struct config_error *e;
	struct place at;
	size_t section;
};

static int
fail(const struct reading *r, const char *about, const char *sentence)
{
	char shown[SHOWN_MAX];

	return config_fail(r->e, r->at.file, r->at.line, "%s: %s",
	    text_escape(shown, sizeof(shown), about), sentence);
}

static char *
trim(char *s)
{
	size_t len;

	s += strspn(s, " ");
	for (len = strlen(s); len > 0 && s[len - 1] == ' '; len--)
		s[len - 1] = '\0';
	return s;
}

static int
new_section(struct config *c, const char *service)
{
	struct section *grown = realloc(c->sections, (c->count + 1) * sizeof(*grown)), *s;

	if (grown == NULL)
		return MFA_E_MEMORY;
	c->sections = grown;
	s = &c->sections[c->count++];
	memset(s, 0, sizeof(*s));
	s->service = strdup(service);
	s->values = calloc(*c->form->count, sizeof(*s->values));
	s->places = calloc(*c->form->count, sizeof(*s->places));
	return s->service != NULL && s->values != NULL && s->places != NULL ? MFA_OK : MFA_E_MEMORY;
}

/* The name in "[service NAME]", or NULL. */
static char *
service_name(char *text)
{
	static const char opening[] = "[service ";
	size_t len = strlen(text);
	char *name;

	if (strncmp(text, opening, sizeof(opening) - 1) != 0 || text[len - 1] != ']')
		return NULL;
	text[len - 1] = '\0';
	name = trim(text + sizeof(opening) - 1);
	if (name[0] == '\0' || strlen(name) > CONFIG_SERVICE_MAX ||
	    strpbrk(name, " /[]\"'=,*") != NULL)
		return NULL;
	return name;
}

static int
enter_section(struct reading *r, char *text)
{
	struct config *c = r->c;
	char shown[CONFIG_SERVICE_MAX * 4];
	const char *name;
	struct place *begun;
	int result;

	(void)text_escape(shown, sizeof(shown), text);
	if ((name = service_name(text)) == NULL)
		return config_fail(r->e, r->at.file, r->at.line, "%s: [service NAME] was expected, "
		    "with the name of a PAM service", shown);
	for (r->section = 1; r->section < c->count; r->section++)
		if (strcmp(c->sections[r->section].service, name) == 0)
			break;
	if (r->section > CONFIG_SERVICES_MAX)
		return fail(r, name, "more services than can be kept");
	if (r->section == c->count && (result = new_section(c, name)) != MFA_OK)
		return result;
	begun = &c->sections[r->section].begun;
	if (begun->file == r->at.file)
		return config_fail(r->e, r->at.file, r->at.line, "%s begins already in line %u: "
		    "put its keys there", shown, begun->line);
	*begun = r->at;
	return MFA_OK;
}

/* ---- keys ---- */

size_t
config_find(const struct config *c, const char *key)
{
	size_t i;

	for (i = 0; i < *c->form->count && strcmp(c->form->keys[i].name, key) != 0; i++)
		;
	return i;
}

static int
check_value(const struct reading *r, const struct config_key *key, const char *value)
{
	if (value[0] == '\0')
		return config_fail(r->e, r->at.file, r->at.line, "%s has no value: %s was expected",
		    key->name, key->expects);
	if (value[0] == '#' || strstr(value, " #") != NULL)
		return config_fail(r->e, r->at.file, r->at.line, "%s: a comment stands on a line "
		    "of its own", key->name);
	if (value[0] == '"' || value[0] == '\'')
		return config_fail(r->e, r->at.file, r->at.line, "%s: a value is written without "
		    "quotes", key->name);
	return MFA_OK;
}

static int
keep(struct reading *r, size_t key, const char *value)
{
	struct section *s = &r->c->sections[r->section];
	char *copy;

	if (s->places[key].file == r->at.file)
		return config_fail(r->e, r->at.file, r->at.line, "%s was set already in line %u: "
		    "remove one of them", r->c->form->keys[key].name, s->places[key].line);
	if ((copy = strdup(value)) == NULL)
		return MFA_E_MEMORY;
	free(s->values[key]);
	s->values[key] = copy;
	s->places[key] = r->at;
	return MFA_OK;
}

static int
read_key(struct reading *r, char *text)
{
	const struct config_form *form = r->c->form;
	char shown[SHOWN_MAX];
	char *equals = strchr(text, '='), *name, *value;
	size_t key;
	int result;

	if (equals == NULL)
		return fail(r, text, form->services ?
		    "KEY = VALUE, [service NAME] or a # comment was expected" :
		    "KEY = VALUE or a # comment was expected");
	*equals = '\0';
	name = trim(text);
	value = trim(equals + 1);
	if ((key = config_find(r->c, name)) == *form->count)
		return config_fail(r->e, r->at.file, r->at.line, "%s: unknown key: one of those in "
		    "%s was expected", text_escape(shown, sizeof(shown), name), form->manual);
	if (form->keys[key].global_only && r->section != 0)
		return fail(r, name, "is for all services: put it before the first [service]");
	if ((result = check_value(r, &form->keys[key], value)) != MFA_OK)
		return result;
	return keep(r, key, value);
}

/* ---- a file ---- */

static int
read_lines(struct reading *r, int fd)
{
	struct lines l;
	const char *why = "";
	char *line;
	int result;

	lines_start(&l, fd, CONFIG_LINE_MAX, CONFIG_FILE_MAX);
	while ((result = lines_next(&l, &line, &why)) == MFA_OK) {
		r->at.line = l.number;
		line = trim(line);
		if (*line == '[' && r->c->form->services)
			result = enter_section(r, line);
		else if (*line != '\0' && *line != '#')
			result = read_key(r, line);
		if (result != MFA_OK)
			return result;
	}
	if (result == MFA_E_ABSENT)
		return MFA_OK;
	if (result == MFA_E_SYSTEM)
		return config_fail(r->e, r->at.file, 0, "%s: %s", why, strerror(errno));
	return config_fail(r->e, r->at.file, l.number, "%s (UTF-8, at most %d bytes a line)", why,
	    CONFIG_LINE_MAX);
}

int
config_read(struct config *c, const char *path, struct config_error *e)
{
	struct reading r = { .c = c, .e = e };
	struct stat st;
	int fd = config_open(path, CONFIG_FILE_MAX, &st, e), result;

	if (fd == -1)
		return MFA_E_CONFIG;
	if ((result = config_saw(c, path, &st, &r.at.file)) == MFA_OK && c->count == 0)
		result = new_section(c, "");
	if (result == MFA_OK)
		result = read_lines(&r, fd);
	(void)close(fd);
	return result;
}
