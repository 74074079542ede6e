/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As calls.h, for mfad: the calls of its own code, not those within the
 * libraries.
 */
#include "../../server/writer.h"
#include "error.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <json-c/json.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/random.h>

/* Its queue is full. */
CALL(int, writer_submit, (struct writer *w, struct job *j), (w, j), 0, MFA_E_BUSY)

CALL(void *, malloc, (size_t n), (n), ENOMEM, NULL)
CALL(void *, calloc, (size_t n, size_t m), (n, m), ENOMEM, NULL)
CALL(void *, realloc, (void *p, size_t n), (p, n), ENOMEM, NULL)
CALL(char *, strdup, (const char *s), (s), ENOMEM, NULL)
CALL(char *, strndup, (const char *s, size_t n), (s, n), ENOMEM, NULL)
CALL(FILE *, open_memstream, (char **p, size_t *n), (p, n), ENOMEM, NULL)

CALL(ssize_t, getrandom, (void *b, size_t n, unsigned int f), (b, n, f), ENOSYS, -1)
CALL(int, stat, (const char *p, struct stat *s), (p, s), EIO, -1)

CALL(int, event_add, (struct event *e, const struct timeval *t), (e, t), ENOMEM, -1)
CALL(struct event *, event_new, (struct event_base *b, evutil_socket_t s, short w, event_callback_fn f, void *a), (b, s, w, f, a), ENOMEM, NULL)
CALL(int, evbuffer_add, (struct evbuffer *b, const void *p, size_t n), (b, p, n), ENOMEM, -1)
CALL(int, bufferevent_write, (struct bufferevent *b, const void *p, size_t n), (b, p, n), ENOMEM, -1)
CALL(int, bufferevent_enable, (struct bufferevent *b, short w), (b, w), ENOMEM, -1)
CALL(struct bufferevent *, bufferevent_socket_new, (struct event_base *b, evutil_socket_t s, int o), (b, s, o), ENOMEM, NULL)
CALL(struct bufferevent *, bufferevent_openssl_socket_new, (struct event_base *b, evutil_socket_t s, SSL *t, enum bufferevent_ssl_state w, int o), (b, s, t, w, o), ENOMEM, NULL)
CALL(SSL *, SSL_new, (SSL_CTX *c), (c), 0, NULL)

CALL(json_tokener *, json_tokener_new_ex, (int d), (d), 0, NULL)
CALL(int, json_object_object_add, (json_object *o, const char *n, json_object *v), (o, n, v), 0, -1)
CALL(json_object *, json_object_new_object, (void), (), 0, NULL)
CALL(json_object *, json_object_new_string, (const char *s), (s), 0, NULL)
CALL(json_object *, json_object_new_int, (int32_t n), (n), 0, NULL)
CALL(const char *, json_object_to_json_string_ext, (json_object *o, int f), (o, f), 0, NULL)

CALL(int, sqlite3_prepare_v3, (sqlite3 *d, const char *s, int n, unsigned int f, sqlite3_stmt **o, const char **t), (d, s, n, f, o, t), 0, SQLITE_NOMEM)
CALL(int, sqlite3_step, (sqlite3_stmt *s), (s), 0, SQLITE_IOERR)
CALL(const unsigned char *, sqlite3_column_text, (sqlite3_stmt *s, int i), (s, i), 0, NULL)
CALL(int, sqlite3_exec, (sqlite3 *d, const char *s, int (*f)(void *, int, char **, char **), void *a, char **e), (d, s, f, a, e), 0, SQLITE_IOERR)
CALL(int, sqlite3_bind_text, (sqlite3_stmt *s, int i, const char *t, int n, void (*f)(void *)), (s, i, t, n, f), 0, SQLITE_NOMEM)
CALL(int, sqlite3_bind_blob, (sqlite3_stmt *s, int i, const void *t, int n, void (*f)(void *)), (s, i, t, n, f), 0, SQLITE_NOMEM)
CALL(int, sqlite3_bind_int64, (sqlite3_stmt *s, int i, sqlite3_int64 n), (s, i, n), 0, SQLITE_NOMEM)

CALL(EVP_MD_CTX *, EVP_MD_CTX_new, (void), (), 0, NULL)
CALL(EVP_MAC_CTX *, EVP_MAC_CTX_new, (EVP_MAC *m), (m), 0, NULL)
CALL(int, EVP_MAC_final, (EVP_MAC_CTX *c, unsigned char *o, size_t *l, size_t n), (c, o, l, n), 0, 0)
CALL(int, EVP_Digest, (const void *d, size_t n, unsigned char *o, unsigned int *l, const EVP_MD *m, ENGINE *e), (d, n, o, l, m, e), 0, 0)
CALL(EVP_CIPHER_CTX *, EVP_CIPHER_CTX_new, (void), (), 0, NULL)
CALL(int, EVP_CipherFinal_ex, (EVP_CIPHER_CTX *c, unsigned char *o, int *n), (c, o, n), 0, 0)
CALL(int, EVP_PBE_scrypt, (const char *p, size_t n, const unsigned char *s, size_t m, uint64_t a, uint64_t b, uint64_t c, uint64_t d, unsigned char *k, size_t l), (p, n, s, m, a, b, c, d, k, l), 0, 0)
CALL(int, EVP_DigestSign, (EVP_MD_CTX *c, unsigned char *o, size_t *n, const unsigned char *d, size_t m), (c, o, n, d, m), 0, 0)
