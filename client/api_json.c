/* SPDX-License-Identifier: BSD-2-Clause */
#include <json-c/json.h>
#include <string.h>

#include "api.h"
#include "error.h"
#include "link.h"
#include "text.h"

int
api_text(struct json_object *o, const char *name, char *out, size_t size)
{
	size_t len;

	if (json_text(o, name, out, size, &len) == MFA_OK && len > 0 && text_printable(out, len))
		return MFA_OK;
	out[0] = '\0';
	return MFA_E_INVALID;
}

int
api_number(struct json_object *o, const char *name, int64_t min, int64_t max, int64_t *out)
{
	struct json_object *m = NULL;
	int64_t n;

	*out = 0;
	if (!json_object_object_get_ex(o, name, &m) || !json_object_is_type(m, json_type_int))
		return MFA_E_INVALID;
	n = json_object_get_int64(m);
	if (n < min || n > max)
		return MFA_E_INVALID;
	*out = n;
	return MFA_OK;
}

int
api_id(struct json_object *o, const char *name, char letter, char *out, size_t size)
{
	size_t len;

	if (json_text(o, name, out, size, &len) == MFA_OK && link_id(out, letter))
		return MFA_OK;
	out[0] = '\0';
	return MFA_E_INVALID;
}

/* The tree's copy of a text, whose bytes are the tree's to change. */
static void
wipe_member(struct json_object *o, const char *name)
{
	struct json_object *m = NULL;

	if (json_object_object_get_ex(o, name, &m) && json_object_is_type(m, json_type_string))
		explicit_bzero((void *)(uintptr_t)json_object_get_string(m),
		    (size_t)json_object_get_string_len(m));
}

int
api_secret(struct json_object *o, const char *name, char out[API_SECRET_MAX])
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t len;
	int r = json_text(o, name, out, API_SECRET_MAX, &len);

	wipe_member(o, name);
	if (r == MFA_OK && len == API_SECRET_MAX - 1 && strspn(out, alphabet) == len)
		return MFA_OK;
	explicit_bzero(out, API_SECRET_MAX);
	return MFA_E_INVALID;
}

int
api_objects(struct json_object *o, const char *name, size_t max,
    int (*fn)(void *arg, struct json_object *element), void *arg)
{
	struct json_object *list = NULL, *m;
	size_t i;
	int r = MFA_OK;

	if (!json_object_object_get_ex(o, name, &list) ||
	    !json_object_is_type(list, json_type_array) || json_object_array_length(list) > max)
		return MFA_E_INVALID;
	for (i = 0; r == MFA_OK && i < json_object_array_length(list); i++) {
		m = json_object_array_get_idx(list, i);
		r = json_object_is_type(m, json_type_object) ? fn(arg, m) : MFA_E_INVALID;
	}
	return r;
}

/* ---- writing ---- */

static void
put(struct json_writer *w, const char *s)
{
	size_t len = strlen(s);

	if (w->failed || len >= w->size - w->len) {
		w->failed = true;
		return;
	}
	memcpy(w->buf + w->len, s, len);
	w->len += len;
}

static void
put_name(struct json_writer *w, const char *name)
{
	put(w, w->len == 0 ? "{\"" : ",\"");
	put(w, name);
	put(w, "\":");
}

void
api_put_true(struct json_writer *w, const char *name)
{
	put_name(w, name);
	put(w, "true");
}

/* Records are lines of printable text; what is not, is refused as a whole. */
void
api_put_lines(struct json_writer *w, const char *name, const char *value)
{
	char one[2] = "";
	size_t len, i;

	put_name(w, name);
	put(w, "\"");
	for (; *value != '\0'; value += len + (value[len] == '\n')) {
		len = strcspn(value, "\n");
		w->failed |= !text_printable(value, len);
		for (i = 0; i < len; i++) {
			one[0] = value[i];
			put(w, *one == '"' ? "\\\"" : *one == '\\' ? "\\\\" : one);
		}
		put(w, value[len] == '\n' ? "\\n" : "");
	}
	put(w, "\"");
}
