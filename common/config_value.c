/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "config_private.h"
#include "error.h"
#include "message.h"
#include "text.h"

#define WORDS_MAX	10000

/* A value on its way into a field of settings. */
struct setting {
	const struct config_key *key;
	const char *value;
	void *field;
	struct settings *s;
	const char *file;
	unsigned int line;
	struct config_error *e;
};

static int
malformed(const struct setting *v)
{
	return config_fail(v->e, v->file, v->line, "%s = %.64s: expected %s", v->key->name,
	    v->value, v->key->expects);
}

static bool
is_none(const char *value)
{
	return value[0] == '\0' || strcmp(value, "none") == 0;
}

static int
set_bool(const struct setting *v)
{
	bool yes = strcmp(v->value, "yes") == 0;

	if (!yes && strcmp(v->value, "no") != 0)
		return malformed(v);
	*(bool *)v->field = yes;
	return MFA_OK;
}

static int
set_number(const struct setting *v)
{
	unsigned long n;

	if (text_number(v->value, v->key->min, v->key->max, &n) != MFA_OK)
		return malformed(v);
	*(unsigned int *)v->field = (unsigned int)n * (v->key->kind == KEY_MINUTES ? 60 : 1);
	return MFA_OK;
}

static int
set_choice(const struct setting *v)
{
	int i;

	for (i = 0; v->key->choices[i] != NULL; i++)
		if (strcmp(v->key->choices[i], v->value) == 0) {
			*(int *)v->field = i;
			return MFA_OK;
		}
	return malformed(v);
}

static int
set_text(const struct setting *v)
{
	char **field = v->field;

	*field = NULL;
	if (is_none(v->value))
		return MFA_OK;
	if ((v->key->kind == KEY_PATH && v->value[0] != '/') ||
	    (v->key->kind == KEY_WORD && strpbrk(v->value, " ,") != NULL) ||
	    strlen(v->value) > 255)
		return malformed(v);
	*field = strdup(v->value);
	return *field != NULL ? MFA_OK : MFA_E_MEMORY;
}

/* 2027-01-31: until the end of that day, local time. */
static int
set_date(const struct setting *v)
{
	struct tm tm = { .tm_isdst = -1 };
	char text[11];
	unsigned long y, m, d;

	*(int64_t *)v->field = 0;
	if (is_none(v->value))
		return MFA_OK;
	if (strlen(v->value) != 10 || v->value[4] != '-' || v->value[7] != '-')
		return malformed(v);
	memcpy(text, v->value, sizeof(text));
	text[4] = text[7] = '\0';
	if (text_number(text, 2000, 9999, &y) != MFA_OK ||
	    text_number(text + 5 + (text[5] == '0'), 1, 12, &m) != MFA_OK ||
	    text_number(text + 8 + (text[8] == '0'), 1, 31, &d) != MFA_OK)
		return malformed(v);
	tm.tm_year = (int)y - 1900;
	tm.tm_mon = (int)m - 1;
	tm.tm_mday = (int)d + 1;
	*(int64_t *)v->field = mktime(&tm);
	/* A day that the month does not have moves into the next. */
	if (tm.tm_mday == 1 ? tm.tm_mon != (int)m % 12 : tm.tm_mon != (int)m - 1)
		return malformed(v);
	return MFA_OK;
}

/* ---- lists ---- */

static int
add_word(struct names *n, const char *s, size_t len)
{
	char **grown = realloc(n->word, (n->count + 2) * sizeof(*grown));

	if (grown == NULL)
		return MFA_E_MEMORY;
	n->word = grown;
	n->word[n->count + 1] = NULL;
	if ((n->word[n->count] = strndup(s, len)) == NULL)
		return MFA_E_MEMORY;
	n->count++;
	return MFA_OK;
}

/* Words with commas between them. */
static int
split(const struct setting *v, struct names *out)
{
	const char *at = v->value;
	size_t len;
	int r;

	if ((out->word = calloc(1, sizeof(*out->word))) == NULL)
		return MFA_E_MEMORY;
	if (is_none(v->value))
		return MFA_OK;
	for (;; at++) {
		at += strspn(at, " ");
		len = strcspn(at, ", ");
		if (len == 0 || out->count >= WORDS_MAX)
			return malformed(v);
		if ((r = add_word(out, at, len)) != MFA_OK)
			return r;
		at += len;
		at += strspn(at, " ");
		if (*at == '\0')
			return MFA_OK;
		if (*at != ',')
			return malformed(v);
	}
}

static int
set_names(const struct setting *v)
{
	return split(v, v->field);
}

static int
set_groups(const struct setting *v)
{
	struct groups *g = v->field;
	struct group entry, *found;
	char *buf = NULL;
	size_t i, size = 65536;
	int r = split(v, &g->names);

	if (r != MFA_OK || g->names.count == 0)
		return r;
	if ((g->gid = calloc(g->names.count, sizeof(*g->gid))) == NULL ||
	    (buf = malloc(size)) == NULL)
		r = MFA_E_MEMORY;
	for (i = 0; r == MFA_OK && i < g->names.count; i++) {
		int error = getgrnam_r(g->names.word[i], &entry, buf, size, &found);

		/* One that cannot be looked up might be an exception or a
		 * restriction: not knowing is no answer. */
		if (error != 0 && error != ENOENT && error != ESRCH)
			r = config_fail(v->e, v->file, v->line, "%s: group %.64s cannot be looked "
			    "up: %s", v->key->name, g->names.word[i], strerror(error));
		g->gid[i] = error == 0 && found != NULL ? found->gr_gid : UID_UNSET;
	}
	free(buf);
	return r;
}

static int
set_factors(const struct setting *v)
{
	enum factor *f = v->field;
	struct names words = { NULL, 0 };
	size_t i, j, n = 0;
	int r = split(v, &words), k;

	for (i = 0; r == MFA_OK && i < words.count; i++) {
		for (k = FACTOR_TOTP; k < FACTOR_COUNT; k++)
			if (strcmp(words.word[i], factor_name((enum factor)k)) == 0)
				break;
		for (j = 0; j < n; j++)
			if ((int)f[j] == k)
				k = FACTOR_COUNT;
		if (k == FACTOR_COUNT)
			r = malformed(v);
		else
			f[n++] = (enum factor)k;
	}
	if (r == MFA_OK && n == 0)
		r = malformed(v);
	for (i = 0; i < words.count; i++)
		free(words.word[i]);
	free(words.word);
	return r;
}

static int
set_value(const struct setting *v)
{
	switch (v->key->kind) {
	case KEY_BOOL:
		return set_bool(v);
	case KEY_NUMBER:
	case KEY_MINUTES:
		return set_number(v);
	case KEY_WORD:
	case KEY_TEXT:
	case KEY_PATH:
		return set_text(v);
	case KEY_NAMES:
	case KEY_NETWORKS:
		return set_names(v);
	case KEY_GROUPS:
		return set_groups(v);
	case KEY_FACTORS:
		return set_factors(v);
	case KEY_DATE:
		return set_date(v);
	case KEY_CHOICE:
		return set_choice(v);
	}
	return MFA_E_INTERNAL;
}

/* ---- what several keys make together ---- */

static size_t
index_of(const char *name)
{
	size_t i;

	for (i = 0; strcmp(config_keys[i].name, name) != 0; i++)
		;
	return i;
}

/* Where a key was set for this section, else for all services. */
static struct place
place_of(const struct config *c, const struct section *s, const char *name)
{
	size_t key = index_of(name);
	struct place p = s->places[key].file != NULL ? s->places[key] : c->sections[0].places[key];

	if (p.file == NULL)
		p = (struct place){ c->seen[0].path, 0 };
	return p;
}

static int
add_networks_file(struct config *c, const struct section *s, struct networks_builder *b,
    struct config_error *e)
{
	const char *path = s->settings.trusted_networks_file;
	char why[NETWORKS_WHY_MAX];
	unsigned int line;
	struct stat st;
	int fd, r;

	if (path == NULL)
		return MFA_OK;
	if ((fd = config_open(path, NETWORKS_FILE_MAX, &st, e)) == -1)
		return MFA_E_CONFIG;
	r = networks_add_fd(b, fd, &line, why);
	if (close(fd) == -1 && r == MFA_OK)
		r = MFA_E_SYSTEM;
	if (r == MFA_OK)
		return config_saw(c, path, &st);
	return r == MFA_E_MEMORY ? r : config_fail(e, path, line, "%s", why);
}

static int
build_networks(struct config *c, struct section *s, struct config_error *e)
{
	struct place p = place_of(c, s, "trusted_networks");
	struct networks_builder *b = networks_builder_new();
	char why[NETWORKS_WHY_MAX];
	unsigned int line;
	size_t i;
	int r = b == NULL ? MFA_E_MEMORY : MFA_OK;

	if (s != &c->sections[0] && s->values[index_of("trusted_networks")] == NULL &&
	    s->values[index_of("trusted_networks_file")] == NULL) {
		s->settings.trusted = c->sections[0].own;
		networks_builder_free(&b);
		return MFA_OK;
	}

	for (i = 0; r == MFA_OK && i < s->settings.trusted_networks.count; i++) {
		r = networks_add(b, s->settings.trusted_networks.word[i], why);
		if (r == MFA_E_INVALID)
			r = config_fail(e, p.file, p.line, "trusted_networks: %.64s: %s",
			    s->settings.trusted_networks.word[i], why);
	}
	if (r == MFA_OK)
		r = add_networks_file(c, s, b, e);
	if (r == MFA_OK && (r = networks_build(&b, &s->own, &line, why)) == MFA_E_INVALID)
		r = config_fail(e, p.file, p.line, "trusted_networks: %s", why);
	s->settings.trusted = s->own;
	networks_builder_free(&b);
	return r;
}

static int
check_together(struct config *c, const struct section *s, struct config_error *e)
{
	const struct settings *v = &s->settings;
	struct place p;

	if (v->unenrolled == UNENROLLED_ALLOW && v->grace_until == 0) {
		p = place_of(c, s, "unenrolled");
		return config_fail(e, p.file, p.line, "unenrolled = allow needs grace_until");
	}
	if (v->delay > v->delay_max) {
		p = place_of(c, s, "delay");
		return config_fail(e, p.file, p.line, "delay is longer than delay_max");
	}
	return MFA_OK;
}

int
config_settle(struct config *c, struct section *s, struct config_error *e)
{
	size_t i;
	int r;

	for (i = 0; i < config_key_count; i++) {
		const struct config_key *key = &config_keys[i];
		struct place p = place_of(c, s, key->name);
		const char *written = s->values[i] != NULL ? s->values[i] : c->sections[0].values[i];
		struct setting v = { .key = key, .s = &s->settings, .file = p.file,
		    .line = p.line, .e = e, .value = written != NULL ? written : key->initial,
		    .field = (char *)&s->settings + key->offset };

		if (written != NULL && written[0] == '\0')
			return config_fail(e, p.file, p.line, "%s has no value: expected %s",
			    key->name, key->expects);
		if ((r = set_value(&v)) != MFA_OK)
			return r;
	}
	if (s->settings.issuer == NULL) {
		char host[65] = "";

		(void)gethostname(host, sizeof(host) - 1);
		if ((s->settings.issuer = strdup(text_printable(host, strlen(host)) && host[0] ?
		    host : "linux")) == NULL)
			return MFA_E_MEMORY;
	}
	if ((r = build_networks(c, s, e)) != MFA_OK)
		return r;
	return check_together(c, s, e);
}

static void
free_names(struct names *n)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		free(n->word[i]);
	free(n->word);
}

void
config_settings_free(struct settings *s)
{
	free_names(&s->only_users);
	free_names(&s->except_users);
	free_names(&s->only_groups.names);
	free_names(&s->except_groups.names);
	free_names(&s->trusted_networks);
	free(s->only_groups.gid);
	free(s->except_groups.gid);
	free(s->trusted_networks_file);
	free(s->service_class);
	free(s->issuer);
}
