/* SPDX-License-Identifier: BSD-2-Clause */
/* What is written as a value, and the field that it becomes: a function a kind. */
#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config_private.h"
#include "error.h"
#include "message.h"
#include "text.h"

#define SHOWN_MAX	64	/* of what was written, in a sentence about it */
#define GROUP_FIRST	4096	/* enough for nearly every entry */
#define GROUP_MAX	(16 * 1024 * 1024)	/* of one entry of group, with its members */

static int
malformed(const struct setting *v)
{
	char shown[SHOWN_MAX];

	return config_fail(v->e, v->place.file, v->place.line, "%s = %s: %s was expected",
	    v->key->name, text_escape(shown, sizeof(shown), v->value), v->key->expects);
}

/* The default of what has none, and the way to undo a general value. */
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
	unsigned int i;

	for (i = 0; v->key->choices[i] != NULL; i++)
		if (strcmp(v->key->choices[i], v->value) == 0) {
			*(unsigned int *)v->field = i;
			return MFA_OK;
		}
	return malformed(v);
}

static int
set_text(const struct setting *v)
{
	char **field = v->field;

	if (is_none(v->value))
		return MFA_OK;
	if ((v->key->kind == KEY_PATH && v->value[0] != '/') ||
	    (v->key->kind == KEY_WORD && strpbrk(v->value, " ,") != NULL) ||
	    strlen(v->value) > CONFIG_TEXT_MAX)
		return malformed(v);
	*field = strdup(v->value);
	return *field != NULL ? MFA_OK : MFA_E_MEMORY;
}

/* ---- dates ---- */

/* Two digits or more, with leading zeros; 0 when it is anything else. */
static int
digits(const char *s, size_t len)
{
	int n = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return 0;
		n = n * 10 + (s[i] - '0');
	}
	return n;
}

/* YYYY-MM-DD: until the end of that day, in local time. */
static int
set_date(const struct setting *v)
{
	const char *s = v->value;
	struct tm tm = { .tm_isdst = -1 }, had;
	time_t at;

	if (is_none(s))
		return MFA_OK;
	if (strlen(s) != 10 || s[4] != '-' || s[7] != '-')
		return malformed(v);
	tm.tm_year = digits(s, 4) - 1900;
	tm.tm_mon = digits(s + 5, 2) - 1;
	tm.tm_mday = digits(s + 8, 2);
	tm.tm_hour = 12;
	had = tm;
	/* At noon every day exists in every zone; a day that the month does not
	 * have comes back as another. */
	if (tm.tm_year < 100 || tm.tm_mon < 0 || tm.tm_mday < 1 || mktime(&tm) == -1 ||
	    tm.tm_mon != had.tm_mon || tm.tm_mday != had.tm_mday)
		return malformed(v);
	had.tm_hour = 0;
	had.tm_mday++;
	if ((at = mktime(&had)) == -1)
		return malformed(v);
	*(int64_t *)v->field = at;
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
	if (is_none(at))
		return MFA_OK;
	for (;; at++) {
		at += strspn(at, " ");
		len = strcspn(at, ", ");
		if (len == 0 || out->count >= CONFIG_WORDS_MAX)
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

/* FACTOR_NONE for an unknown word. */
static enum factor
factor_of(const char *word)
{
	enum factor f;

	for (f = FACTOR_PUSH; f < FACTOR_COUNT; f++)
		if (strcmp(word, factor_name(f)) == 0)
			return f;
	return FACTOR_NONE;
}

static int
set_factors(const struct setting *v)
{
	enum factor *list = v->field, f;
	struct names words = { NULL, 0 };
	bool given[FACTOR_COUNT] = { [FACTOR_NONE] = true };
	size_t i;
	int r = split(v, &words);

	/* Only what is none by default may be none. */
	if (r == MFA_OK && words.count == 0 && v->key->initial[0] != '\0')
		r = malformed(v);
	for (i = 0; r == MFA_OK && i < words.count; i++) {
		f = factor_of(words.word[i]);
		if (given[f] || f < v->key->min || f > v->key->max)
			r = malformed(v);
		else
			list[i] = f;
		given[f] = true;
	}
	for (i = 0; i < words.count; i++)
		free(words.word[i]);
	free(words.word);
	return r;
}

/* ---- groups ---- */

static int
find_group_in(const char *name, size_t size, uint32_t *gid)
{
	struct group entry, *found = NULL;
	char *buf = malloc(size);
	int error;

	if (buf == NULL)
		return ENOMEM;
	error = getgrnam_r(name, &entry, buf, size, &found);
	*gid = error == 0 && found != NULL ? found->gr_gid : UID_UNSET;
	free(buf);
	return error;
}

/* A group that is not there, or that no name service can tell of just now, is
 * no error: then nobody could log in while a directory is away.  The policy
 * leaves nobody out for it (UID_UNSET), and mfactl check names it. */
static int
find_group(const char *name, uint32_t *gid)
{
	size_t size = GROUP_FIRST;
	int error;

	while ((error = find_group_in(name, size, gid)) == ERANGE && size < GROUP_MAX)
		size *= 8;
	return error == ENOMEM ? MFA_E_MEMORY : MFA_OK;
}

static int
set_groups(const struct setting *v)
{
	const struct groups *general = v->general;
	struct groups *g = v->field;
	size_t i;
	int r = split(v, &g->names);

	if (r != MFA_OK || g->names.count == 0)
		return r;
	if ((g->gid = calloc(g->names.count, sizeof(*g->gid))) == NULL)
		return MFA_E_MEMORY;
	for (i = 0; r == MFA_OK && i < g->names.count; i++) {
		if (general != NULL)
			g->gid[i] = general->gid[i];
		else
			r = find_group(g->names.word[i], &g->gid[i]);
	}
	return r;
}

int
config_set(const struct setting *v)
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
		return split(v, v->field);
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
