/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_HTTP_H
#define MFA_HTTP_H

#include <stddef.h>

/*
 * What a resource of mfad sees of HTTP.  A handler is called in the loop's
 * thread with a request that is whole, and must do one of two things with it
 * before it returns: reply, or hold it and reply later.  A request is answered
 * once; the pointer is void after the reply, and after its `gone` was called.
 */

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_METHODS };

/* The fields that are kept; others are read past.  None may stand twice. */
enum http_field {
	HTTP_HOST, HTTP_CONTENT_LENGTH, HTTP_TRANSFER_ENCODING, HTTP_CONNECTION, HTTP_EXPECT,
	HTTP_AUTHORIZATION, HTTP_CONTENT_TYPE, HTTP_IDEMPOTENCY_KEY, HTTP_ACCEPT,
	HTTP_ACCEPT_LANGUAGE, HTTP_COOKIE, HTTP_IF_NONE_MATCH, HTTP_LAST_EVENT_ID, HTTP_ORIGIN,
	HTTP_SEC_FETCH_SITE, HTTP_USER_AGENT,
	HTTP_FIELDS
};

const char *http_method_name(enum http_method m);

#endif
