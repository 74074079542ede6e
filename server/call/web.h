/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_WEB_H
#define MFA_CALL_WEB_H

#include <curl/curl.h>

#include "../../helper/http/fetch_reply.h"
#include "deadline.h"

/*
 * One request to a gateway: TLS 1.2 or later with certificate and name verified (or
 * http to this machine's loopback, as web_url_check let it pass), no redirect, no
 * proxy, and never a second try, since what was sent costs and rings.
 */
struct web_request {
	const char *url;
	const char *body;		/* of a POST; NULL: a GET */
	const struct curl_slist *headers;
	const char *ca;			/* PEM; NULL: the system's authorities */
	const char *user, *password;	/* Basic (RFC 7617); NULL: none */
};

/* Adds a header line to a list, which web_headers_free wipes.  MFA_E_MEMORY. */
int web_header(struct curl_slist **list, const char *line);
void web_headers_free(struct curl_slist **list);

/*
 * Asks.  MFA_OK: in->reply is what came of it, and *result libcurl's word.
 * MFA_E_CLOSED: something can be read from mfad (-1: nobody), and the request was
 * broken off.  MFA_E_MEMORY, MFA_E_SYSTEM: it could not be made.
 */
int web_ask(const struct web_request *w, int mfad, struct deadline deadline,
    struct fetch_incoming *in, CURLcode *result);

/* Scheme, host and port of an address that is to be asked, with a path behind them.
 * NULL, or a sentence about what is wrong. */
const char *web_url_check(const char *url);

#endif
