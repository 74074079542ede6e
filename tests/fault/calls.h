/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CALL(result, name, parameters, arguments, error, failure): the wrapped
 * calls.  The Makefile reads the names from here for ld --wrap, one a line.
 */

/* memory */
CALL(void *, malloc, (size_t n), (n), ENOMEM, NULL)
CALL(void *, calloc, (size_t n, size_t m), (n, m), ENOMEM, NULL)
CALL(void *, realloc, (void *p, size_t n), (p, n), ENOMEM, NULL)
CALL(char *, strdup, (const char *s), (s), ENOMEM, NULL)
CALL(char *, strndup, (const char *s, size_t n), (s, n), ENOMEM, NULL)
CALL(void *, mmap, (void *a, size_t n, int p, int f, int d, off_t o), (a, n, p, f, d, o), ENOMEM, MAP_FAILED)

/* descriptors and files */
CALL(int, open, (const char *p, int f, mode_t m), (p, f, m), EMFILE, -1)
CALL(int, openat, (int d, const char *p, int f, mode_t m), (d, p, f, m), EMFILE, -1)
CALL(ssize_t, read, (int d, void *b, size_t n), (d, b, n), EIO, -1)
CALL(ssize_t, write, (int d, const void *b, size_t n), (d, b, n), ENOSPC, -1)
CALL(ssize_t, pread, (int d, void *b, size_t n, off_t o), (d, b, n, o), EIO, -1)
CALL(int, fcntl, (int d, int c, long a), (d, c, a), EINVAL, -1)
CALL(int, fstat, (int d, struct stat *s), (d, s), EIO, -1)
CALL(int, stat, (const char *p, struct stat *s), (p, s), EACCES, -1)
CALL(int, lstat, (const char *p, struct stat *s), (p, s), EACCES, -1)
CALL(int, fsync, (int d), (d), EIO, -1)
CALL(int, fdatasync, (int d), (d), EIO, -1)
CALL(int, fchmod, (int d, mode_t m), (d, m), EPERM, -1)
CALL(int, fchown, (int d, uid_t u, gid_t g), (d, u, g), EPERM, -1)
CALL(int, link, (const char *a, const char *b), (a, b), EPERM, -1)
CALL(int, rename, (const char *a, const char *b), (a, b), EPERM, -1)
CALL(int, flock, (int d, int o), (d, o), EINTR, -1)
CALL(int, dup2, (int a, int b), (a, b), EBADF, -1)
CALL(int, pipe2, (int *p, int f), (p, f), EMFILE, -1)
CALL(FILE *, fopen, (const char *p, const char *m), (p, m), EMFILE, NULL)
CALL(FILE *, fdopen, (int d, const char *m), (d, m), ENOMEM, NULL)
CALL(DIR *, opendir, (const char *p), (p), EMFILE, NULL)
CALL(DIR *, fdopendir, (int d), (d), ENOMEM, NULL)
CALL(ssize_t, getline, (char **l, size_t *n, FILE *f), (l, n, f), ENOMEM, -1)

/* sockets */
CALL(int, socket, (int d, int t, int p), (d, t, p), EMFILE, -1)
CALL(int, socketpair, (int d, int t, int p, int *s), (d, t, p, s), EMFILE, -1)
CALL(int, connect, (int d, const struct sockaddr *a, socklen_t n), (d, a, n), ECONNREFUSED, -1)
CALL(int, getsockopt, (int d, int l, int o, void *v, socklen_t *n), (d, l, o, v, n), EBADF, -1)
CALL(int, poll, (struct pollfd *p, nfds_t n, int ms), (p, n, ms), ENOMEM, -1)
CALL(ssize_t, send, (int d, const void *b, size_t n, int f), (d, b, n, f), EPIPE, -1)
CALL(ssize_t, recvmsg, (int d, struct msghdr *m, int f), (d, m, f), ECONNRESET, -1)

/* time, chance, names, processes */
CALL(int, clock_gettime, (clockid_t c, struct timespec *t), (c, t), EINVAL, -1)
CALL(ssize_t, getrandom, (void *b, size_t n, unsigned int f), (b, n, f), ENOSYS, -1)
CALL(int, timer_create, (clockid_t c, struct sigevent *e, timer_t *t), (c, e, t), EAGAIN, -1)
CALL(int, timer_settime, (timer_t t, int f, const struct itimerspec *n, struct itimerspec *o), (t, f, n, o), EINVAL, -1)
CALL(int, setitimer, (__itimer_which_t w, const struct itimerval *n, struct itimerval *o), (w, n, o), EINVAL, -1)
CALL(int, sigaction, (int s, const struct sigaction *n, struct sigaction *o), (s, n, o), EINVAL, -1)
CALL(int, getpwnam_r, (const char *n, struct passwd *p, char *b, size_t s, struct passwd **r), (n, p, b, s, r), EIO, (*r = NULL, EIO))
CALL(int, getpwuid_r, (uid_t u, struct passwd *p, char *b, size_t s, struct passwd **r), (u, p, b, s, r), EIO, (*r = NULL, EIO))
CALL(int, getgrnam_r, (const char *n, struct group *p, char *b, size_t s, struct group **r), (n, p, b, s, r), EIO, (*r = NULL, EIO))
CALL(int, getgrouplist, (const char *u, gid_t g, gid_t *l, int *n), (u, g, l, n), ENOMEM, (*n = 0, -1))
CALL(int, prctl, (int o, unsigned long a, unsigned long b, unsigned long c, unsigned long d), (o, a, b, c, d), EINVAL, -1)
CALL(int, getrlimit, (__rlimit_resource_t r, struct rlimit *l), (r, l), EINVAL, -1)
CALL(int, setrlimit, (__rlimit_resource_t r, const struct rlimit *l), (r, l), EPERM, -1)
CALL(long, syscall, (long n, long a, long b, long c, long d, long e, long f), (n, a, b, c, d, e, f), EPERM, -1)

/* SQLite */
CALL(int, sqlite3_open_v2, (const char *p, sqlite3 **d, int f, const char *v), (p, d, f, v), 0, (*d = NULL, SQLITE_CANTOPEN))
CALL(int, sqlite3_prepare_v2, (sqlite3 *d, const char *q, int n, sqlite3_stmt **s, const char **t), (d, q, n, s, t), 0, (*s = NULL, SQLITE_NOMEM))
CALL(int, sqlite3_prepare_v3, (sqlite3 *d, const char *q, int n, unsigned int f, sqlite3_stmt **s, const char **t), (d, q, n, f, s, t), 0, (*s = NULL, SQLITE_NOMEM))
CALL(int, sqlite3_step, (sqlite3_stmt *s), (s), 0, SQLITE_IOERR)
CALL(int, sqlite3_exec, (sqlite3 *d, const char *q, int (*c)(void *, int, char **, char **), void *a, char **e), (d, q, c, a, e), 0, SQLITE_FULL)
CALL(int, sqlite3_bind_int, (sqlite3_stmt *s, int i, int v), (s, i, v), 0, SQLITE_NOMEM)
CALL(int, sqlite3_bind_int64, (sqlite3_stmt *s, int i, sqlite3_int64 v), (s, i, v), 0, SQLITE_NOMEM)
CALL(int, sqlite3_bind_text, (sqlite3_stmt *s, int i, const char *v, int n, void (*d)(void *)), (s, i, v, n, d), 0, SQLITE_NOMEM)
CALL(int, sqlite3_bind_blob, (sqlite3_stmt *s, int i, const void *v, int n, void (*d)(void *)), (s, i, v, n, d), 0, SQLITE_NOMEM)

/* OpenSSL */
CALL(int, OPENSSL_init_crypto, (uint64_t o, const OPENSSL_INIT_SETTINGS *s), (o, s), 0, 0)
CALL(EVP_MAC *, EVP_MAC_fetch, (OSSL_LIB_CTX *c, const char *n, const char *p), (c, n, p), 0, NULL)
CALL(EVP_MAC_CTX *, EVP_MAC_CTX_new, (EVP_MAC *m), (m), 0, NULL)
CALL(int, EVP_MAC_init, (EVP_MAC_CTX *c, const unsigned char *k, size_t n, const OSSL_PARAM *p), (c, k, n, p), 0, 0)
CALL(int, EVP_MAC_update, (EVP_MAC_CTX *c, const unsigned char *d, size_t n), (c, d, n), 0, 0)
CALL(int, EVP_MAC_final, (EVP_MAC_CTX *c, unsigned char *o, size_t *l, size_t n), (c, o, l, n), 0, 0)
