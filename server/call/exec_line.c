/* SPDX-License-Identifier: BSD-2-Clause */
#include "exec_line.h"

#include <stdbool.h>
#include <string.h>

#include "error.h"
#include "text.h"

static const struct { const char *word; enum dial_outcome outcome; } outcomes[] = {
	{ "done", DIAL_DONE },
	{ "no-answer", DIAL_NO_ANSWER },
	{ "busy", DIAL_BUSY },
	{ "declined", DIAL_DECLINED },
	{ "hung-up", DIAL_HUNG_UP },
	{ "no-keys", DIAL_NO_KEYS },
	{ "gateway", DIAL_GATEWAY },
};

/* ---- a line ---- */

/* What follows a word and one blank; NULL where it is another word. */
static const char *
after(const char *line, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(line, word, n) != 0)
		return NULL;
	if (line[n] == '\0')
		return line + n;
	return line[n] == ' ' && line[n + 1] != '\0' ? line + n + 1 : NULL;
}

static int
read_keys(const char *keys, struct exec_said *said)
{
	if (keys[strspn(keys, "0123456789")] != '\0')
		return MFA_E_INVALID;
	said->word = EXEC_KEYS;
	return text_copy(said->keys, sizeof(said->keys), keys);
}

static int
read_ended(const char *rest, struct exec_said *said)
{
	size_t i;

	said->word = EXEC_ENDED;
	for (i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
		said->words = after(rest, outcomes[i].word);
		said->outcome = outcomes[i].outcome;
		if (said->words != NULL)
			return MFA_OK;
	}
	return MFA_E_INVALID;
}

int
exec_read(const char *line, struct exec_said *said)
{
	const char *rest;

	memset(said, 0, sizeof(*said));
	said->words = "";
	if (strcmp(line, "ringing") == 0)
		said->word = EXEC_RINGING;
	else if (strcmp(line, "answered") == 0)
		said->word = EXEC_ANSWERED;
	else if ((rest = after(line, "keys")) != NULL)
		return read_keys(rest, said);
	else if ((rest = after(line, "ended")) != NULL)
		return read_ended(rest, said);
	else
		return MFA_E_INVALID;
	return MFA_OK;
}

/* ---- lines ---- */

size_t
exec_room(const struct exec_lines *l)
{
	return sizeof(l->buf) - (l->len - l->taken);
}

int
exec_next(struct exec_lines *l, const char **line)
{
	char *end;

	*line = NULL;
	l->len -= l->taken;
	memmove(l->buf, l->buf + l->taken, l->len);
	l->taken = 0;
	end = memchr(l->buf, '\n', l->len);
	if (end == NULL)
		return l->len < sizeof(l->buf) ? MFA_E_ABSENT : MFA_E_INVALID;
	l->taken = (size_t)(end - l->buf) + 1;
	if (!text_printable(l->buf, l->taken - 1))
		return MFA_E_INVALID;
	*end = '\0';
	*line = l->buf;
	return MFA_OK;
}
