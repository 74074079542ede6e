/* SPDX-License-Identifier: BSD-2-Clause */
#include "route.h"

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "http_syntax.h"

/* Compares one segment, which begins behind a "/", and keeps what a {name}
 * stands for. */
static bool
same_segment(const char *pattern, size_t pattern_len, char *path, size_t path_len,
    struct route_match *m)
{
	if (pattern_len == 0 || pattern[0] != '{')
		return pattern_len == path_len && memcmp(pattern, path, path_len) == 0;
	if (path_len == 0 || m->count == ROUTE_PARAMS)
		return false;
	m->params[m->count].name = pattern + 1;
	m->params[m->count].name_len = pattern_len - 2;
	m->params[m->count++].value = path;
	return true;
}

static bool
same_path(const char *pattern, char *path, struct route_match *m)
{
	size_t a, b;

	m->count = 0;
	while (*pattern == '/' && *path == '/') {
		a = strcspn(++pattern, "/");
		b = strcspn(++path, "/");
		if (!same_segment(pattern, a, path, b, m))
			return false;
		pattern += a;
		path += b;
	}
	return *pattern == '\0' && *path == '\0';
}

void
route_find(const struct route *table, enum http_method method, char *path, struct route_match *m)
{
	struct route_match here = { .route = NULL };

	for (; table->handle != NULL; table++) {
		if (!same_path(table->path, path, &here))
			continue;
		m->methods |= 1U << table->method;
		if (table->method != method || m->route != NULL)
			continue;
		m->route = table;
		m->count = here.count;
		memcpy(m->params, here.params, sizeof(m->params));
	}
}

int
route_cut(struct route_match *m)
{
	size_t i, len;
	int r = MFA_OK;

	for (i = 0; i < m->count && r == MFA_OK; i++) {
		len = strcspn(m->params[i].value, "/");
		r = http_decode(m->params[i].value, len, m->params[i].value, len + 1);
	}
	return r;
}

const char *
route_allow(const struct route_match *m, char *dst)
{
	enum http_method i;
	size_t len = 0;

	dst[0] = '\0';
	for (i = HTTP_GET; i < HTTP_METHODS; i++)
		if (m->methods & 1U << i)
			len += (size_t)snprintf(dst + len, ROUTE_ALLOW_MAX - len, "%s%s",
			    len > 0 ? ", " : "", http_method_name(i));
	return dst;
}
