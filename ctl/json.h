/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_JSON_H
#define MFA_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * What --json prints.  The program ends (CTL_STATE) when memory is short: half
 * an object must not look like a whole one.  Nothing secret goes through here.
 */
struct json_object *json_new(void);
struct json_object *json_new_list(void);
void json_add_text(struct json_object *o, const char *key, const char *value);
void json_add_number(struct json_object *o, const char *key, int64_t value);
void json_add_bool(struct json_object *o, const char *key, bool value);
/* ISO 8601 with the offset; null for 0. */
void json_add_time(struct json_object *o, const char *key, int64_t t);
/* o takes over value. */
void json_put(struct json_object *o, const char *key, struct json_object *value);
void json_append(struct json_object *list, struct json_object *value);

/* Prints one object and a line end, and frees it. */
void json_print(struct json_object *o);

/* A long list that is printed as it comes: json_list_item prints and frees. */
struct json_list {
	bool begun;
};
void json_list_item(struct json_list *l, struct json_object *o);
void json_list_end(const struct json_list *l);

/* Prints a text as JSON, in quotes. */
void json_print_text(const char *text);

#endif
