/* SPDX-License-Identifier: BSD-2-Clause */
#include "body.h"

#include <json-c/json.h>
#include <string.h>

#include "error.h"
#include "problem.h"
#include "text.h"

#define DEPTH		2	/* the object, and its members */
#define NAME_MAX_SHOWN	64	/* bytes of a member's name in an answer */

/* ---- the text ---- */

/* json-c keeps the last of several members with one name.  In a flat object
 * there is one colon for each that was written. */
static size_t
count_colons(const char *text, size_t len)
{
	bool quoted = false;
	size_t i, count = 0;

	for (i = 0; i < len; i++) {
		if (quoted && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && text[i] == ':')
			count++;
	}
	return count;
}

static int
parse(struct body *b, const char *text, size_t len, const char **why)
{
	struct json_tokener *tok = json_tokener_new_ex(DEPTH);
	enum json_tokener_error error;

	if (tok == NULL)
		return MFA_E_MEMORY;
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	b->tree = json_tokener_parse_ex(tok, text, (int)len);
	error = json_tokener_get_error(tok);
	if (error == json_tokener_success && json_tokener_get_parse_end(tok) != len)
		error = json_tokener_error_parse_unexpected;
	json_tokener_free(tok);
	*why = "the body must be one JSON object in UTF-8, without objects or lists in it";
	if (error != json_tokener_success || !json_object_is_type(b->tree, json_type_object))
		return PROBLEM_INVALID;
	*why = "a member stands twice";
	return count_colons(text, len) == (size_t)json_object_object_length(b->tree) ? MFA_OK :
	    PROBLEM_INVALID;
}

/* ---- the members ---- */

static const char *
set_text(const struct body_member *m, struct json_object *value, const char **out)
{
	size_t len = (size_t)json_object_get_string_len(value);
	const char *s = json_object_get_string(value);

	if (len >= m->size)
		return "the text is too long";
	if (strlen(s) != len)
		return "the text has a NUL";
	*out = s;
	return NULL;
}

/* NULL, or what is wrong. */
static const char *
set(const struct body_member *m, struct json_object *value, void *to)
{
	void *out = (char *)to + m->offset;

	if (m->kind == BODY_TEXT) {
		if (!json_object_is_type(value, json_type_string))
			return "a text was expected";
		return set_text(m, value, out);
	}
	if (m->kind == BODY_NUMBER) {
		if (!json_object_is_type(value, json_type_int))
			return "a whole number was expected";
		*(int64_t *)out = json_object_get_int64(value);
		return NULL;
	}
	if (!json_object_is_type(value, json_type_boolean))
		return "true or false was expected";
	*(bool *)out = json_object_get_boolean(value) != 0;
	return NULL;
}

/* One that is none of ours, if its name can be shown. */
static const char *
name_unknown(const struct body *b, const struct body_member *members)
{
	const struct body_member *m;

	json_object_object_foreach(b->tree, name, value) {
		(void)value;
		for (m = members; m->name != NULL && strcmp(m->name, name) != 0; m++)
			;
		if (m->name == NULL && strlen(name) <= NAME_MAX_SHOWN &&
		    text_printable(name, strlen(name)))
			return name;
	}
	return NULL;
}

static int
set_all(const struct body *b, const struct body_member *members, void *to, const char **field,
    const char **why)
{
	const struct body_member *m;
	struct json_object *value;
	int found = 0;

	for (m = members; m->name != NULL; m++) {
		*field = m->name;
		*why = NULL;
		if (json_object_object_get_ex(b->tree, m->name, &value)) {
			*why = set(m, value, to);
			found++;
		} else if (!m->optional) {
			*why = "the member is missing";
		}
		if (*why != NULL)
			return PROBLEM_INVALID;
	}
	*field = NULL;
	if (found == json_object_object_length(b->tree))
		return MFA_OK;
	*field = name_unknown(b, members);
	*why = "the member is not known here";
	return PROBLEM_INVALID;
}

int
body_read(struct body *b, const char *text, size_t len, const struct body_member *members,
    void *to, const char **field, const char **why)
{
	int r;

	b->tree = NULL;
	*field = *why = NULL;
	if ((r = parse(b, text, len, why)) == MFA_OK)
		r = set_all(b, members, to, field, why);
	return r;
}

/* The bytes are the tree's to change. */
void
body_free(struct body *b)
{
	struct json_object_iterator it, end;
	struct json_object *value;

	if (b->tree == NULL)
		return;
	if (json_object_is_type(b->tree, json_type_object)) {
		end = json_object_iter_end(b->tree);
		for (it = json_object_iter_begin(b->tree); !json_object_iter_equal(&it, &end);
		    json_object_iter_next(&it)) {
			value = json_object_iter_peek_value(&it);
			if (json_object_is_type(value, json_type_string))
				explicit_bzero((void *)(uintptr_t)json_object_get_string(value),
				    (size_t)json_object_get_string_len(value));
		}
	}
	(void)json_object_put(b->tree);
	b->tree = NULL;
}
