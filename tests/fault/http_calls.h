/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As calls.h, for mfa-http.
 */
#include <curl/curl.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <sys/random.h>

CALL(void *, malloc, (size_t n), (n), ENOMEM, NULL)
CALL(void *, calloc, (size_t n, size_t m), (n, m), ENOMEM, NULL)
CALL(void *, realloc, (void *p, size_t n), (p, n), ENOMEM, NULL)
CALL(char *, strdup, (const char *s), (s), ENOMEM, NULL)

CALL(ssize_t, getrandom, (void *b, size_t n, unsigned int f), (b, n, f), ENOSYS, -1)
CALL(int, clock_gettime, (clockid_t c, struct timespec *t), (c, t), EINVAL, -1)
CALL(int, poll, (struct pollfd *p, nfds_t n, int ms), (p, n, ms), ENOMEM, -1)
CALL(ssize_t, send, (int d, const void *b, size_t n, int f), (d, b, n, f), EPIPE, -1)
CALL(ssize_t, sendmsg, (int d, const struct msghdr *m, int f), (d, m, f), EPIPE, -1)
CALL(ssize_t, recvmsg, (int d, struct msghdr *m, int f), (d, m, f), ECONNRESET, -1)

CALL(CURL *, curl_easy_init, (void), (), 0, NULL)
CALL(CURLM *, curl_multi_init, (void), (), 0, NULL)
CALL(struct curl_slist *, curl_slist_append, (struct curl_slist *l, const char *s), (l, s), 0, NULL)
CALL(CURLMcode, curl_multi_add_handle, (CURLM *m, CURL *e), (m, e), 0, CURLM_OUT_OF_MEMORY)
CALL(CURLMcode, curl_multi_perform, (CURLM *m, int *n), (m, n), 0, CURLM_INTERNAL_ERROR)
CALL(CURLMcode, curl_multi_poll, (CURLM *m, struct curl_waitfd *w, unsigned int n, int ms, int *r), (m, w, n, ms, r), 0, CURLM_UNRECOVERABLE_POLL)
CALL(json_tokener *, json_tokener_new_ex, (int d), (d), 0, NULL)
CALL(json_object *, json_tokener_parse_ex, (json_tokener *t, const char *s, int n), (t, s, n), 0, NULL)
