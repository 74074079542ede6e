/* SPDX-License-Identifier: BSD-2-Clause */
#include "template.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "error.h"

static const char lower[] = "abcdefghijklmnopqrstuvwxyz_";
static const char unreserved[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "0123456789-._~";
static const char hex[] = "0123456789ABCDEF";

enum holder { HOLDS_TO, HOLDS_TO_DIGITS, HOLDS_TEXT, HOLDS_ID, HOLDS_SECRET, HOLDERS };

static const struct {
	const char *name;
	enum template_use use;
} holders[HOLDERS] = {
	[HOLDS_TO] = { "to", TEMPLATE_USES_TO },
	[HOLDS_TO_DIGITS] = { "to_digits", TEMPLATE_USES_TO },
	[HOLDS_TEXT] = { "text", TEMPLATE_USES_TEXT },
	[HOLDS_ID] = { "id", TEMPLATE_USES_ID },
	[HOLDS_SECRET] = { "secret", TEMPLATE_USES_SECRET },
};

/* The length of the name behind this brace, 0 when it is no placeholder. */
static size_t
name_length(const char *brace)
{
	size_t len = brace[0] == '{' ? strspn(brace + 1, lower) : 0;

	return len > 0 && brace[1 + len] == '}' ? len : 0;
}

static enum holder
find(const char *name, size_t len)
{
	enum holder h;

	for (h = HOLDS_TO; h < HOLDERS; h++)
		if (strlen(holders[h].name) == len && memcmp(holders[h].name, name, len) == 0)
			break;
	return h;
}

int
template_check(const char *template, enum template_place place, unsigned int *uses,
    char why[TEMPLATE_WHY_MAX])
{
	enum holder h;
	size_t len;

	why[0] = '\0';
	for (; *template != '\0'; template++) {
		if ((len = name_length(template)) == 0)
			continue;
		h = find(template + 1, len);
		if (h == HOLDERS)
			(void)snprintf(why, TEMPLATE_WHY_MAX, "{%.*s}: {to}, {to_digits}, "
			    "{text}, {id} or {secret} was expected",
			    (int)(len < 32 ? len : 32), template + 1);
		else if (h == HOLDS_TEXT && place == TEMPLATE_HEADER)
			(void)snprintf(why, TEMPLATE_WHY_MAX, "{text} cannot stand in a header");
		if (why[0] != '\0')
			return MFA_E_INVALID;
		*uses |= (unsigned int)holders[h].use;
	}
	return MFA_OK;
}

/* ---- filling in ---- */

struct output {
	char *at;
	size_t left;		/* with the terminator's place */
	bool full;
};

static void
put(struct output *o, char c)
{
	if (o->left <= 1) {
		o->full = true;
		return;
	}
	*o->at++ = c;
	o->left--;
}

static void
put_hex(struct output *o, unsigned char c)
{
	put(o, hex[c >> 4]);
	put(o, hex[c & 15]);
}

static void
put_percent(struct output *o, unsigned char c)
{
	if (c != '\0' && strchr(unreserved, c) != NULL) {
		put(o, (char)c);
		return;
	}
	put(o, '%');
	put_hex(o, c);
}

static void
put_json(struct output *o, unsigned char c)
{
	const char *s;

	if (c == '\n') {
		put(o, '\\');
		put(o, 'n');
	} else if (c < ' ' || c == 0x7f) {
		for (s = "\\u00"; *s != '\0'; s++)
			put(o, *s);
		put_hex(o, c);
	} else {
		if (c == '"' || c == '\\')
			put(o, '\\');
		put(o, (char)c);
	}
}

static void
put_value(struct output *o, enum template_place place, const void *value, size_t len)
{
	const unsigned char *c = value;

	for (; len > 0; c++, len--) {
		if (place == TEMPLATE_URL || place == TEMPLATE_FORM)
			put_percent(o, *c);
		else if (place == TEMPLATE_JSON)
			put_json(o, *c);
		else if (*c < ' ' || *c == 0x7f)
			o->full = true;	/* a header ends at the end of its line */
		else
			put(o, (char)*c);
	}
}

static void
put_holder(struct output *o, enum template_place place, enum holder h,
    const struct template_values *v)
{
	switch (h) {
	case HOLDS_TO:
		put_value(o, place, v->to, strlen(v->to));
		break;
	case HOLDS_TO_DIGITS:
		put_value(o, place, v->to + (v->to[0] == '+'), strlen(v->to) - (v->to[0] == '+'));
		break;
	case HOLDS_TEXT:
		put_value(o, place, v->text, v->text_len);
		break;
	case HOLDS_ID:
		put_value(o, place, v->id, strlen(v->id));
		break;
	case HOLDS_SECRET:
		put_value(o, place, v->secret->data, v->secret->len);
		break;
	case HOLDERS:
		o->full = true;
		break;
	}
}

int
template_fill(const char *template, enum template_place place,
    const struct template_values *v, char out[TEMPLATE_FILLED_MAX])
{
	struct output o = { .at = out, .left = TEMPLATE_FILLED_MAX };
	size_t len;

	while (*template != '\0' && !o.full) {
		if ((len = name_length(template)) == 0) {
			put(&o, *template++);
			continue;
		}
		put_holder(&o, place, find(template + 1, len), v);
		template += len + 2;
	}
	*o.at = '\0';
	if (!o.full)
		return MFA_OK;
	explicit_bzero(out, TEMPLATE_FILLED_MAX);
	return MFA_E_INVALID;
}
