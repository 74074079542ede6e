/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CONN_DISPATCH_H
#define MFA_CONN_DISPATCH_H

struct conn;

/* Finds the handler of a request that is whole and calls it, or answers that
 * there is none. */
void conn_dispatch(struct conn *c);

#endif
