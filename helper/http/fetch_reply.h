/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_HTTP_FETCH_REPLY_H
#define MFA_HTTP_FETCH_REPLY_H

#include <curl/curl.h>

#include "fetch.h"

/* The receiving half of fetch.c. */

struct fetch_incoming {
	size_t head_len, head_lines;
	bool too_large;
	struct fetch_reply reply;
};

/* libcurl's callbacks; a return that differs from the size breaks it off. */
size_t fetch_take_header(char *data, size_t one, size_t len, void *incoming);
size_t fetch_take_body(char *data, size_t one, size_t len, void *incoming);

/* Completes in->reply after the transfer ended with result. */
void fetch_finish(struct fetch_incoming *in, CURL *easy, CURLcode result, const char *error);

/* Copies what it holds of src, with what is not printable escaped. */
void fetch_words(char dst[QUERY_WORDS_MAX], const char *src);

#endif
