/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_HTTP_SYNTAX_H
#define MFA_HTTP_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

#include "http.h"

/* The words and forms of HTTP/1.1 (RFC 9110, 9112, 3986), on strings of
 * printable ASCII.  What is refused beyond the RFCs is said in http_parse.h. */

enum http_method http_method_of(const char *name);	/* HTTP_METHODS: none */
enum http_field http_field_of(const char *name);	/* any case; HTTP_FIELDS: none */
const char *http_field_name(enum http_field f);

bool http_is_token(const char *s);
bool http_is_digits(const char *s);
bool http_is_version(const char *s);	/* any "HTTP/D.D" */
bool http_is_path(const char *s);
bool http_is_query(const char *s);
bool http_is_host(const char *s);	/* with or without a port */

/* Is the word, in any case, in a list with commas? */
bool http_has_token(const char *list, const char *word);

/* "%XX" into its byte; out may be value itself.  MFA_E_INVALID when it does not
 * fit into size bytes, or is not printable UTF-8 (text.h). */
int http_decode(const char *value, size_t len, char *out, size_t size);

/* The decoded value of the first `name` in a query: "+" is a plus, "%XX" its
 * byte.  MFA_E_ABSENT; MFA_E_INVALID when it does not fit, stands twice, or is
 * not printable UTF-8 (text.h). */
int http_query_value(const char *query, const char *name, char *out, size_t size);

#endif
