/* SPDX-License-Identifier: BSD-2-Clause */
#include "tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>

#include "error.h"
#include "log.h"
#include "tls_files.h"
#include "tls_peer.h"

/* ---- all limits ---- */
#define CLIENT_CHAIN_MAX	16384	/* bytes of a client's certificates */

#define CIPHERS_TLS12	"ECDHE+AESGCM:ECDHE+CHACHA20"
#define GROUPS		"X25519:P-256:P-384"

struct tls {
	SSL_CTX *context;
	char *certificate, *key;
	char *host_ca;		/* NULL: no client is asked for a certificate */
	struct stat seen[3];	/* as they were when last looked at */
};

/* ---- what is spoken ---- */

/* A client that names protocols must name ours, so that a connection meant for
 * another service is not taken for one to us. */
static int
choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
    const unsigned char *in, unsigned int in_len, void *arg)
{
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *chosen = NULL;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&chosen, out_len, ours, sizeof(ours) - 1, in, in_len) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static bool
configure(SSL_CTX *c)
{
	char groups[] = GROUPS;		/* the call's type lacks the const */

	(void)SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
	    SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
	/* A connection that waits keeps no buffers. */
	(void)SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
	(void)SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_alpn_select_cb(c, choose_protocol, NULL);
	SSL_CTX_set_max_cert_list(c, CLIENT_CHAIN_MAX);
	return SSL_CTX_set_num_tickets(c, 0) == 1 &&
	    SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION) == 1 &&
	    SSL_CTX_set_cipher_list(c, CIPHERS_TLS12) == 1 &&
	    SSL_CTX_set1_groups_list(c, groups) == 1;
}

static int
load(const struct tls *t, SSL_CTX **out)
{
	SSL_CTX *c = SSL_CTX_new(TLS_server_method());
	int r = MFA_E_CRYPTO;

	*out = NULL;
	if (c == NULL || !configure(c) || (t->host_ca != NULL && !tls_peer_ask(c)))
		log_line(LOG_ERR, "TLS cannot be used");
	else if ((r = tls_load_chain(c, t->certificate)) == MFA_OK &&
	    (r = tls_load_key(c, t->key, t->certificate)) == MFA_OK && t->host_ca != NULL)
		r = tls_load_authorities(c, t->host_ca);
	if (r == MFA_OK)
		*out = c;
	else
		SSL_CTX_free(c);
	ERR_clear_error();
	return r;
}

int
tls_in_time(const struct tls *t)
{
	return tls_check_dates(t->context, t->certificate);
}

/* ---- when it changes ---- */

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	    a->st_mode == b->st_mode && a->st_uid == b->st_uid &&
	    same_time(a->st_mtim, b->st_mtim) && same_time(a->st_ctim, b->st_ctim);
}

/* Are they others than when last looked at? */
static bool
look(struct tls *t)
{
	const char *paths[3] = { t->certificate, t->key, t->host_ca };
	bool changed = false;
	struct stat st;
	int i;

	for (i = 0; i < 3; i++) {
		if (paths[i] == NULL || stat(paths[i], &st) == -1)
			memset(&st, 0, sizeof(st));
		changed |= !same_file(&st, &t->seen[i]);
		t->seen[i] = st;
	}
	return changed;
}

void
tls_refresh(struct tls *t, bool anyway)
{
	SSL_CTX *fresh;

	if (!look(t) && !anyway)
		return;
	if (load(t, &fresh) != MFA_OK) {
		log_line(LOG_ERR, "the certificate in use stays");
		return;
	}
	/* Connections keep the old one for as long as they live. */
	SSL_CTX_free(t->context);
	t->context = fresh;
	log_line(LOG_NOTICE, "the certificate was loaded anew");
	(void)tls_in_time(t);
}

void
tls_start(void)
{
	(void)OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_LOAD_SSL_STRINGS, NULL);
}

int
tls_open(const char *certificate, const char *key, const char *host_ca, struct tls **out)
{
	struct tls *t = calloc(1, sizeof(*t));
	int r = MFA_E_MEMORY;

	*out = NULL;
	if (t == NULL)
		return r;
	t->certificate = strdup(certificate);
	t->key = strdup(key);
	if (host_ca != NULL)
		t->host_ca = strdup(host_ca);
	if (t->certificate != NULL && t->key != NULL && (t->host_ca != NULL) == (host_ca != NULL)) {
		(void)look(t);
		r = load(t, &t->context);
	}
	if (r == MFA_OK)
		*out = t;
	else
		tls_close(&t);
	return r;
}

void
tls_close(struct tls **t)
{
	if (*t == NULL)
		return;
	SSL_CTX_free((*t)->context);
	free((*t)->certificate);
	free((*t)->key);
	free((*t)->host_ca);
	free(*t);
	*t = NULL;
}

SSL *
tls_session(struct tls *t)
{
	return SSL_new(t->context);
}
