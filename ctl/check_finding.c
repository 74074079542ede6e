/* SPDX-License-Identifier: BSD-2-Clause */
/* What was found, and how it is shown. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "ctl.h"
#include "json.h"

#define WIDTH		78	/* and two more for punctuation */
#define INDENT		4
#define WHAT_MAX	512

struct finding {
	enum level level;
	const char *id, *todo;
	char *file, *what;
	unsigned int line;
	char **services;
	size_t service_count;
};

struct findings {
	struct finding *list;
	size_t count;
};

static const char *const level_names[] = {
	[LEVEL_NOTE] = "note",
	[LEVEL_WARNING] = "warning",
	[LEVEL_ERROR] = "error",
};

static void *
must(void *p)
{
	if (p == NULL)
		exit(complain(CTL_STATE, "out of memory"));
	return p;
}

struct findings *
findings_new(void)
{
	return must(calloc(1, sizeof(struct findings)));
}

/* ---- adding ---- */

static void
add_service(struct finding *f, const char *service)
{
	size_t i;

	if (service[0] == '\0')
		return;
	for (i = 0; i < f->service_count; i++)
		if (strcmp(f->services[i], service) == 0)
			return;
	f->services = must(reallocarray(f->services, f->service_count + 1, sizeof(char *)));
	f->services[f->service_count++] = must(strdup(service));
}

static struct finding *
find(struct findings *f, const char *id, const struct spot *at, const char *what)
{
	size_t i;

	for (i = 0; i < f->count; i++) {
		struct finding *x = &f->list[i];

		if (strcmp(x->id, id) == 0 && x->line == at->line &&
		    strcmp(x->file, at->file) == 0 && strcmp(x->what, what) == 0)
			return x;
	}
	return NULL;
}

void
finding_add(struct findings *f, enum level level, const char *id, struct spot at,
    const char *todo, const char *what, ...)
{
	char text[WHAT_MAX], shown[WHAT_MAX];
	struct finding *x;
	va_list ap;

	va_start(ap, what);
	(void)vsnprintf(text, sizeof(text), what, ap);
	va_end(ap);
	(void)show(shown, sizeof(shown), text);
	if ((x = find(f, id, &at, shown)) == NULL) {
		f->list = must(reallocarray(f->list, f->count + 1, sizeof(*f->list)));
		x = &f->list[f->count++];
		*x = (struct finding){ .level = level, .id = id, .todo = todo, .line = at.line,
		    .file = must(strdup(at.file)), .what = must(strdup(shown)) };
	}
	if (level > x->level)
		x->level = level;
	add_service(x, at.service);
}

size_t
findings_count(const struct findings *f, enum level level)
{
	size_t i, n = 0;

	for (i = 0; i < f->count; i++)
		n += f->list[i].level == level;
	return n;
}

/* ---- for a person ---- */

/* Words in lines of WIDTH; `used` columns are taken already.  Returns how many
 * are taken afterwards. */
static size_t
print_words(FILE *out, const char *s, size_t used)
{
	size_t len;

	for (s += strspn(s, " "); *s != '\0'; s += strspn(s, " ")) {
		len = strcspn(s, " ");
		if (used > INDENT && used + 1 + len > WIDTH) {
			(void)fprintf(out, "\n%*s", INDENT, "");
			used = INDENT;
		} else if (used > INDENT) {
			(void)fputc(' ', out);
			used++;
		}
		(void)fprintf(out, "%.*s", (int)len, s);
		used += len;
		s += len;
	}
	return used;
}

static void
print_one(FILE *out, const struct finding *x)
{
	char line[32] = "";
	size_t i, used;

	if (x->line > 0)
		(void)snprintf(line, sizeof(line), ":%u", x->line);
	used = (size_t)fprintf(out, "%s: %s%s", level_names[x->level], x->file, line);
	for (i = 0; i < x->service_count; i++) {
		used = print_words(out, i == 0 ? "(service" : "and", used);
		used = print_words(out, x->services[i], used);
	}
	if (x->service_count > 0)
		used += (size_t)fprintf(out, ")");
	used += (size_t)fprintf(out, ":");
	(void)print_words(out, x->what, used);
	(void)fprintf(out, ".\n%*s", INDENT, "");
	(void)print_words(out, x->todo, INDENT);
	(void)fprintf(out, ".\n");
}

static void
print_count(FILE *out, size_t n, enum level level, const char *end)
{
	(void)fprintf(out, "%zu %s%s%s", n, level_names[level], n == 1 ? "" : "s", end);
}

void
findings_print(const struct findings *f, FILE *out)
{
	int level;
	size_t i;

	for (level = LEVEL_ERROR; level >= LEVEL_NOTE; level--)
		for (i = 0; i < f->count; i++)
			if ((int)f->list[i].level == level)
				print_one(out, &f->list[i]);
	print_count(out, findings_count(f, LEVEL_ERROR), LEVEL_ERROR, ", ");
	print_count(out, findings_count(f, LEVEL_WARNING), LEVEL_WARNING, ", ");
	print_count(out, findings_count(f, LEVEL_NOTE), LEVEL_NOTE, "\n");
}

/* ---- for a script ---- */

static struct json_object *
to_json(const struct finding *x)
{
	struct json_object *o = json_new(), *services = json_new_list();
	size_t i;

	json_add_text(o, "level", level_names[x->level]);
	json_add_text(o, "id", x->id);
	json_add_text(o, "file", x->file);
	json_add_number(o, "line", x->line);
	for (i = 0; i < x->service_count; i++)
		json_append(services, must(json_object_new_string(x->services[i])));
	json_put(o, "services", services);
	json_add_text(o, "what", x->what);
	json_add_text(o, "todo", x->todo);
	return o;
}

void
findings_print_json(const struct findings *f, FILE *out)
{
	struct json_object *o = json_new(), *list = json_new_list();
	const char *text;
	size_t i;

	for (i = 0; i < f->count; i++)
		json_append(list, to_json(&f->list[i]));
	json_put(o, "findings", list);
	json_add_number(o, "errors", (int64_t)findings_count(f, LEVEL_ERROR));
	json_add_number(o, "warnings", (int64_t)findings_count(f, LEVEL_WARNING));
	json_add_number(o, "notes", (int64_t)findings_count(f, LEVEL_NOTE));
	if ((text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY)) == NULL)
		exit(complain(CTL_STATE, "out of memory"));
	(void)fprintf(out, "%s\n", text);
	(void)json_object_put(o);
}

void
findings_free(struct findings **f)
{
	size_t i, j;

	if (*f == NULL)
		return;
	for (i = 0; i < (*f)->count; i++) {
		struct finding *x = &(*f)->list[i];

		for (j = 0; j < x->service_count; j++)
			free(x->services[j]);
		free(x->services);
		free(x->file);
		free(x->what);
	}
	free((*f)->list);
	free(*f);
	*f = NULL;
}
