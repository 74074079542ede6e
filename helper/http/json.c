/* SPDX-License-Identifier: BSD-2-Clause */
#include "json.h"

#include <json-c/json.h>
#include <string.h>

#include "error.h"

/* ---- what json-c lets pass ---- */

/* It takes NaN and Infinity, and of a member that is there twice it keeps the
 * last, where another reader might keep the first.  The text holds as many names
 * as the tree, or some name was there twice. */

#define NOT_JSON SIZE_MAX

static const char *
skip_string(const char *s, const char *end)
{
	for (; s < end && *s != '"'; s++)
		s += *s == '\\';
	return s < end ? s + 1 : end;
}

/* The text is well-formed to json-c by now: a string with a colon behind it is a
 * name. */
static size_t
names_in_text(const char *s, const char *end)
{
	static const char structure[] = " \t\r\n{}[]:,0123456789+-.Etruefalsn";
	bool string = false;
	size_t names = 0;

	while (s < end) {
		names += string && *s == ':';
		if (*s == '"') {
			s = skip_string(s + 1, end);
			string = true;
			continue;
		}
		if (strchr(structure, *s) == NULL)
			return NOT_JSON;
		string = string && strchr(" \t\r\n", *s) != NULL;
		s++;
	}
	return names;
}

static size_t names_in_tree(struct json_object *o);	/* no deeper than JSON_DEPTH */

static size_t
names_in_array(struct json_object *o)
{
	size_t i, names = 0;

	for (i = 0; i < json_object_array_length(o); i++)
		names += names_in_tree(json_object_array_get_idx(o, i));
	return names;
}

static size_t
names_in_tree(struct json_object *o)
{
	size_t names = 0;

	if (json_object_is_type(o, json_type_array))
		return names_in_array(o);
	if (!json_object_is_type(o, json_type_object))
		return 0;
	json_object_object_foreach(o, name, value) {
		(void)name;
		names += 1 + names_in_tree(value);
	}
	return names;
}

/* ---- reading ---- */

int
json_read(const char *text, size_t len, struct json_object **out)
{
	struct json_tokener *t = json_tokener_new_ex(JSON_DEPTH);
	int r = MFA_E_INVALID;

	*out = NULL;
	if (t == NULL)
		return MFA_E_MEMORY;
	json_tokener_set_flags(t, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	/* With its terminator: the end of the text is the end of the value. */
	if (len > 0 && len < INT32_MAX && memchr(text, '\0', len) == NULL)
		*out = json_tokener_parse_ex(t, text, (int)len + 1);
	if (json_tokener_get_error(t) == json_tokener_success &&
	    json_tokener_get_parse_end(t) == len &&
	    json_object_is_type(*out, json_type_object) &&
	    names_in_text(text, text + len) == names_in_tree(*out))
		r = MFA_OK;
	json_tokener_free(t);
	if (r != MFA_OK)
		json_drop(out);
	return r;
}

void
json_drop(struct json_object **o)
{
	(void)json_object_put(*o);
	*o = NULL;
}

static struct json_object *
member(struct json_object *o, const char *name, json_type type)
{
	struct json_object *m = NULL;

	if (!json_object_object_get_ex(o, name, &m) || !json_object_is_type(m, type))
		return NULL;
	return m;
}

int
json_text(struct json_object *o, const char *name, char *out, size_t size, size_t *len)
{
	struct json_object *m = member(o, name, json_type_string);
	size_t n;

	out[0] = '\0';
	*len = 0;
	if (m == NULL)
		return MFA_E_INVALID;
	n = (size_t)json_object_get_string_len(m);
	if (n >= size || strlen(json_object_get_string(m)) != n)
		return MFA_E_INVALID;
	memcpy(out, json_object_get_string(m), n + 1);
	*len = n;
	return MFA_OK;
}

int
json_flag(struct json_object *o, const char *name, bool *out)
{
	struct json_object *m = member(o, name, json_type_boolean);

	*out = m != NULL && json_object_get_boolean(m);
	return m != NULL ? MFA_OK : MFA_E_INVALID;
}

int
json_time(struct json_object *o, const char *name, uint32_t *out)
{
	struct json_object *m = member(o, name, json_type_int);
	int64_t n = m != NULL ? json_object_get_int64(m) : 0;

	*out = n > 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
	if (*out != 0 || (json_object_object_get_ex(o, name, &m) && m == NULL))
		return MFA_OK;
	return MFA_E_INVALID;
}

int
json_object_member(struct json_object *o, const char *name, struct json_object **out)
{
	*out = member(o, name, json_type_object);
	return *out != NULL ? MFA_OK : MFA_E_INVALID;
}

int
json_texts(struct json_object *o, const char *name,
    int (*fn)(void *arg, const char *text, size_t len), void *arg)
{
	struct json_object *list = member(o, name, json_type_array), *m;
	size_t i, len;
	int r = MFA_OK;

	if (list == NULL || json_object_array_length(list) > JSON_LIST_MAX)
		return MFA_E_INVALID;
	for (i = 0; r == MFA_OK && i < json_object_array_length(list); i++) {
		m = json_object_array_get_idx(list, i);
		if (!json_object_is_type(m, json_type_string))
			return MFA_E_INVALID;
		len = (size_t)json_object_get_string_len(m);
		if (strlen(json_object_get_string(m)) != len)
			return MFA_E_INVALID;
		r = fn(arg, json_object_get_string(m), len);
	}
	return r;
}
