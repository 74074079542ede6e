/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_HTTP_SERVICE_H
#define MFA_HTTP_SERVICE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "config.h"
#include "secret.h"

/*
 * Which approval service this host asks, and as whom: from the configuration
 * (server, server_ca, server_proxy) and the host's key.
 */

/* ---- all limits ---- */
#define SERVICE_URL_MAX		320	/* https://, a name of 253, :65535, terminator */
#define SERVICE_KEY_FILE_MAX	128	/* bytes of the key's file */
#define SERVICE_PEM_MAX		65536	/* bytes of a certificate with its chain */
#define SERVICE_FAULT_MAX	200	/* as QUERY_WORDS_MAX */
#define SERVICE_SOCKET_MAX	108	/* as sun_path */

/* A file's text in memory. */
struct pem {
	char *data;		/* terminated; NULL: none */
	size_t len;
};

struct service {
	char url[SERVICE_URL_MAX];	/* without a slash at its end */
	char proxy[SERVICE_URL_MAX];	/* "": none */
	char ca[PATH_MAX];		/* a file; "": the system's authorities */
	char socket[SERVICE_SOCKET_MAX];	/* a Unix socket, without TLS, to url; "": TCP */
	struct secret key;		/* "h_….SECRET"; empty: none is sent */
	struct pem certificate, certificate_key;	/* of this host; empty: none */
	char fault[SERVICE_FAULT_MAX];	/* "", or why none of this can be used */

	struct config *config;
	struct stat key_file, ca_file;	/* all zero: not there */
	struct stat certificate_file, certificate_key_file;
};

/* Reads everything anew, what was there before is freed and wiped.  What is
 * wrong is in ->fault and in the log; such a service is asked nothing. */
void service_load(struct service *s);

/* Frees and wipes what it holds. */
void service_drop(struct service *s);

/* Has a file changed since?  Some stat(2) calls. */
bool service_stale(const struct service *s);

/* "https" or "http", "://", a host name or address, perhaps a colon and a port
 * from 1 to 65535, perhaps one slash, which is left out of the copy.
 * MFA_E_INVALID (out empty). */
int service_url(const char *text, const char *scheme, char out[SERVICE_URL_MAX]);

/*
 * The host's key from its file: one line "h_", 22 characters, ".", 43
 * characters of base64url.  The file is opened once, without following a
 * symbolic link, and must be a regular file of root's or of our own user's,
 * with no mode bit beyond 0640; checked on the open descriptor.  MFA_E_ABSENT,
 * MFA_E_CONFIG, MFA_E_SYSTEM: *key is empty and *why says what is wrong.
 */
int host_key_read(const char *path, struct secret *key, const char **why);

/* Reads a file of this host's certificate or its key (secret), judged in the
 * same way, with no mode bit beyond 0644 or 0640.  The caller frees it with
 * pem_free.  Errors as above; MFA_E_MEMORY. */
int pem_read(const char *path, bool secret, struct pem *out, const char **why);
void pem_free(struct pem *p);		/* wipes it, too */

#endif
