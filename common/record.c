/* SPDX-License-Identifier: BSD-2-Clause */
#include "record.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base64url.h"
#include "error.h"
#include "text.h"

#define VALUE_MAX	512	/* of a value, with its terminator */

static const char name_characters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* The empty word is the one that ends a list. */
const char *
record_word(const struct record_word *words, uint32_t value)
{
	for (; words->word != NULL; words++)
		if (words->value == value)
			return words->word;
	return "?";
}

static bool
find_word(const struct record_word *words, const char *value, uint32_t *out)
{
	for (; words->word != NULL; words++) {
		if (strcmp(words->word, value) == 0) {
			*out = words->value;
			return true;
		}
	}
	return false;
}

/* ---- one value: out as text, and in again ---- */

static int
put_text(const struct record_field *f, const char *from, char *value)
{
	if (strnlen(from, f->size) >= f->size)
		return MFA_E_INVALID;
	return text_copy(value, VALUE_MAX, from);
}

static int
get_text(const struct record_field *f, const char *value, char *to)
{
	size_t len = strlen(value);

	if (len == 0 || !text_printable(value, len))
		return MFA_E_INVALID;
	if (f->kind == RECORD_NAME && strspn(value, name_characters) != len)
		return MFA_E_INVALID;
	return text_copy(to, f->size, value);
}

static int
put_time(int64_t t, char *value)
{
	return snprintf(value, VALUE_MAX, "%lld", (long long)t) > 0 ? MFA_OK : MFA_E_INVALID;
}

static int
get_time(const char *value, int64_t *to)
{
	unsigned long n;

	if (text_number(value, 1, (unsigned long)RECORD_TIME_MAX, &n) != MFA_OK)
		return MFA_E_INVALID;
	*to = (int64_t)n;
	return MFA_OK;
}

static int
get_bytes(const char *value, unsigned char *to, size_t size)
{
	size_t len;

	if (base64url_decode(value, strlen(value), to, size, &len) != MFA_OK || len != size)
		return MFA_E_INVALID;
	return MFA_OK;
}

static int
put_blob(const struct blob *b, char *value)
{
	if (b->len > sizeof(b->data))
		return MFA_E_INVALID;
	return base64url_encode(b->data, b->len, value, VALUE_MAX);
}

static int
get_blob(const char *value, struct blob *to)
{
	if (base64url_decode(value, strlen(value), to->data, sizeof(to->data), &to->len) != MFA_OK)
		return MFA_E_INVALID;
	return to->len > 0 ? MFA_OK : MFA_E_INVALID;
}

/* value holds VALUE_MAX bytes. */
static int
put(const struct record_field *f, const void *from, char *value)
{
	const unsigned char *member = (const unsigned char *)from + f->offset;
	uint32_t word;
	int64_t t;

	switch (f->kind) {
	case RECORD_CONSTANT:
		return text_copy(value, VALUE_MAX, f->text);
	case RECORD_TEXT:
	case RECORD_NAME:
		return put_text(f, (const char *)member, value);
	case RECORD_TIME:
		memcpy(&t, member, sizeof(t));
		return put_time(t, value);
	case RECORD_WORD:
		memcpy(&word, member, sizeof(word));
		return text_copy(value, VALUE_MAX, record_word(f->words, word));
	case RECORD_BYTES:
		return base64url_encode(member, f->size, value, VALUE_MAX);
	case RECORD_BLOB:
		return put_blob((const struct blob *)(const void *)member, value);
	}
	return MFA_E_INTERNAL;
}

static int
get(const struct record_field *f, const char *value, void *to)
{
	unsigned char *member = (unsigned char *)to + f->offset;
	uint32_t word = 0;
	int64_t t = 0;
	int r;

	switch (f->kind) {
	case RECORD_CONSTANT:
		return strcmp(value, f->text) == 0 ? MFA_OK : MFA_E_INVALID;
	case RECORD_TEXT:
	case RECORD_NAME:
		return get_text(f, value, (char *)member);
	case RECORD_TIME:
		r = get_time(value, &t);
		memcpy(member, &t, sizeof(t));
		return r;
	case RECORD_WORD:
		r = find_word(f->words, value, &word) ? MFA_OK : MFA_E_INVALID;
		memcpy(member, &word, sizeof(word));
		return r;
	case RECORD_BYTES:
		return get_bytes(value, member, f->size);
	case RECORD_BLOB:
		return get_blob(value, (struct blob *)(void *)member);
	}
	return MFA_E_INTERNAL;
}

static const char *
expected(enum record_kind kind)
{
	switch (kind) {
	case RECORD_CONSTANT: return "this is no file of this kind and version";
	case RECORD_TEXT: return "the value is empty, too long or not printable";
	case RECORD_NAME: return "the value is not a name of letters, digits, \"-\" and \"_\"";
	case RECORD_TIME: return "the value is not a time in seconds since 1970";
	case RECORD_WORD: return "the value is none of the known words";
	case RECORD_BYTES:
	case RECORD_BLOB: return "the value is not base64url of the right length";
	}
	return "the value is wrong";
}

/* ---- writer ---- */

static int
write_fields(const struct record_type *type, const void *from, char *buf, size_t size, size_t *len)
{
	const struct record_field *f;
	char value[VALUE_MAX];
	size_t i;
	int n, r;

	for (i = 0; i < type->count; i++) {
		f = &type->fields[i];
		if ((r = put(f, from, value)) != MFA_OK)
			return r;
		n = snprintf(buf + *len, size - *len, "%s %s\n", f->key, value);
		if (n < 0 || (size_t)n >= size - *len)
			return MFA_E_INVALID;
		*len += (size_t)n;
	}
	return MFA_OK;
}

/* ---- reader ---- */

/* The next line of text, without its LF; false when there is none. */
static bool
cut_line(const char **text, size_t *len, const char **line, size_t *line_len)
{
	const char *end = *len > 0 ? memchr(*text, '\n', *len) : NULL;

	if (end == NULL)
		return false;
	*line = *text;
	*line_len = (size_t)(end - *text);
	*len -= *line_len + 1;
	*text = end + 1;
	return true;
}

/* The value of a line "key value"; NULL when it is another one. */
static const char *
read_line(const struct record_field *f, const char *line, size_t len, char *value)
{
	size_t key = strlen(f->key);

	if (len < key + 1 || memcmp(line, f->key, key) != 0 || line[key] != ' ')
		return "another line is expected here, or a line is missing";
	len -= key + 1;
	if (len >= VALUE_MAX || memchr(line + key + 1, '\0', len) != NULL)
		return expected(f->kind);
	memcpy(value, line + key + 1, len);
	value[len] = '\0';
	return NULL;
}

static int
read_fields(const struct record_type *type, const char *text, size_t len, void *to,
    struct record_error *error)
{
	const struct record_field *f;
	char value[VALUE_MAX];
	const char *line;
	size_t i, line_len;

	for (i = 0; i < type->count; i++) {
		f = &type->fields[i];
		error->line = (unsigned int)i + 1;
		error->why = "it ends before this line does";
		if (!cut_line(&text, &len, &line, &line_len))
			return MFA_E_INVALID;
		if ((error->why = read_line(f, line, line_len, value)) != NULL)
			return MFA_E_INVALID;
		error->why = expected(f->kind);
		if (get(f, value, to) != MFA_OK)
			return MFA_E_INVALID;
	}
	error->line = (unsigned int)type->count + 1;
	error->why = "there is something after the last line";
	return len == 0 ? MFA_OK : MFA_E_INVALID;
}

static bool
comes_back(const struct record_type *type, const void *from, const char *text, size_t len)
{
	char again[RECORD_MAX + 1];
	size_t again_len = 0;

	return write_fields(type, from, again, sizeof(again), &again_len) == MFA_OK &&
	    again_len == len && memcmp(again, text, len) == 0;
}

int
record_parse(const struct record_type *type, const char *text, size_t len, void *to,
    struct record_error *error)
{
	struct record_error where = { 1, "it is too long" };
	int r = MFA_E_INVALID;

	memset(to, 0, type->size);
	if (len <= RECORD_MAX && (r = read_fields(type, text, len, to, &where)) == MFA_OK) {
		where = (struct record_error){ 1, "it is written in another way than we would" };
		r = comes_back(type, to, text, len) ? MFA_OK : MFA_E_INVALID;
	}
	if (r != MFA_OK)
		memset(to, 0, type->size);
	if (error != NULL)
		*error = r == MFA_OK ? (struct record_error){ 0, "" } : where;
	return r;
}

/* Values are checked in one place, where they are read. */
static bool
can_be_read(const struct record_type *type, const char *text, size_t len)
{
	struct record_error error;
	uint64_t to[RECORD_MAX / sizeof(uint64_t)] = { 0 };

	return type->size <= sizeof(to) &&
	    read_fields(type, text, len, to, &error) == MFA_OK;
}

int
record_format(const struct record_type *type, const void *from, char *buf, size_t size,
    size_t *len)
{
	size_t room = size <= RECORD_MAX ? size : RECORD_MAX + 1;
	int r = MFA_E_INVALID;

	*len = 0;
	if (size > 0 && (r = write_fields(type, from, buf, room, len)) == MFA_OK &&
	    !can_be_read(type, buf, *len))
		r = MFA_E_INVALID;
	if (r != MFA_OK) {
		*len = 0;
		explicit_bzero(buf, size);
	}
	return r;
}
