/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_ROUTE_H
#define MFA_ROUTE_H

#include "http.h"

/* What a path means to a table. */
struct route_match {
	const struct route *route;	/* NULL: none for this method */
	unsigned int methods;		/* a bit for each that the path has; 0: no such path */
	struct { const char *name; size_t name_len; char *value; } params[ROUTE_PARAMS];
	size_t count;
};

/* Looks in one table and adds to *m, which begins as zeros.  Values point into
 * path and are not terminated yet. */
void route_find(const struct route *table, enum http_method method, char *path,
    struct route_match *m);

/* Terminates and decodes the values, which ends the path's life as one.
 * MFA_E_INVALID when one is not printable UTF-8. */
int route_cut(struct route_match *m);

/* "GET, POST": for Allow; dst holds ROUTE_ALLOW_MAX bytes; returns it. */
#define ROUTE_ALLOW_MAX 64
const char *route_allow(const struct route_match *m, char *dst);

#endif
