/* SPDX-License-Identifier: BSD-2-Clause */
#include "json.h"

#include <stdio.h>
#include <stdlib.h>

#include "ctl.h"
#include "when.h"

_Noreturn static void
no_memory(void)
{
	exit(complain(CTL_STATE, "out of memory"));
}

static struct json_object *
must(struct json_object *o)
{
	if (o == NULL)
		no_memory();
	return o;
}

struct json_object *
json_new(void)
{
	return must(json_object_new_object());
}

struct json_object *
json_new_list(void)
{
	return must(json_object_new_array());
}

void
json_put(struct json_object *o, const char *key, struct json_object *value)
{
	if (json_object_object_add(o, key, value) != 0)
		no_memory();
}

void
json_append(struct json_object *list, struct json_object *value)
{
	if (json_object_array_add(list, value) != 0)
		no_memory();
}

void
json_add_text(struct json_object *o, const char *key, const char *value)
{
	json_put(o, key, must(json_object_new_string(value)));
}

void
json_add_number(struct json_object *o, const char *key, int64_t value)
{
	json_put(o, key, must(json_object_new_int64(value)));
}

void
json_add_bool(struct json_object *o, const char *key, bool value)
{
	json_put(o, key, must(json_object_new_boolean(value)));
}

void
json_add_time(struct json_object *o, const char *key, int64_t t)
{
	char text[WHEN_MAX];

	if (t == 0)
		json_put(o, key, NULL);
	else
		json_add_text(o, key, when_format_full(text, t));
}

static void
print(struct json_object *o)
{
	const char *text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_NOSLASHESCAPE);

	if (text == NULL)
		no_memory();
	(void)fputs(text, stdout);
}

void
json_print(struct json_object *o)
{
	print(o);
	(void)putchar('\n');
	(void)json_object_put(o);
}

void
json_list_item(struct json_list *l, struct json_object *o)
{
	(void)fputs(l->begun ? ",\n" : "[", stdout);
	l->begun = true;
	print(o);
	(void)json_object_put(o);
}

void
json_list_end(const struct json_list *l)
{
	(void)puts(l->begun ? "]" : "[]");
}

void
json_print_text(const char *text)
{
	struct json_object *o = must(json_object_new_string(text));

	print(o);
	(void)json_object_put(o);
}
