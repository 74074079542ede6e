/* SPDX-License-Identifier: BSD-2-Clause */
#include "tls_files.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "error.h"
#include "log.h"

#define FILE_MAX	(256 * 1024)	/* bytes of a file with certificates */
#define CHAIN_MAX	16		/* certificates in it */

static int
complain(const char *path, const char *what)
{
	log_line(LOG_ERR, "%s: %s", path, what);
	return MFA_E_CONFIG;
}

/* What is wrong with the file, or NULL. */
static const char *
judge(const struct stat *st, mode_t closed)
{
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if (st->st_size > FILE_MAX)
		return "is too large";
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return "must be owned by root or by the user of mfad";
	if (st->st_mode & closed)
		return closed & S_IROTH ? "must not be open to others: chmod o-rwx,g-w" :
		    "must be writable by its owner only: chmod go-w";
	return NULL;
}

/* Links are followed: tools that renew certificates use them. */
static BIO *
open_file(const char *path, mode_t closed)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	const char *why = NULL;
	struct stat st;
	BIO *b = NULL;

	if (fd == -1 || fstat(fd, &st) == -1)
		why = strerror(errno);
	else if ((why = judge(&st, closed)) == NULL && (b = BIO_new_fd(fd, BIO_CLOSE)) == NULL)
		why = mfa_strerror(MFA_E_MEMORY);
	if (b != NULL)
		return b;
	(void)complain(path, why);
	if (fd != -1)
		(void)close(fd);
	return NULL;
}

/* A key with a passphrase: nobody is there to type it. */
static int
no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

static int
add_others(SSL_CTX *c, BIO *b, const char *path)
{
	X509 *x;
	int n = 0;

	while ((x = PEM_read_bio_X509(b, NULL, no_passphrase, NULL)) != NULL) {
		if (++n > CHAIN_MAX || SSL_CTX_add0_chain_cert(c, x) != 1) {
			X509_free(x);
			return complain(path, "the chain of certificates cannot be used");
		}
	}
	if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		return complain(path, "holds something that is no certificate in PEM");
	ERR_clear_error();
	return MFA_OK;
}

int
tls_load_chain(SSL_CTX *c, const char *path)
{
	BIO *b = open_file(path, S_IWGRP | S_IWOTH);
	X509 *x;
	int r;

	if (b == NULL)
		return MFA_E_CONFIG;
	x = PEM_read_bio_X509_AUX(b, NULL, no_passphrase, NULL);
	if (x == NULL || SSL_CTX_use_certificate(c, x) != 1)
		r = complain(path, "does not begin with a certificate in PEM that can be used");
	else
		r = add_others(c, b, path);
	X509_free(x);
	BIO_free(b);
	return r;
}

int
tls_load_key(SSL_CTX *c, const char *path, const char *certificate)
{
	BIO *b = open_file(path, S_IWGRP | S_IRWXO);
	EVP_PKEY *key;
	int r = MFA_OK;

	if (b == NULL)
		return MFA_E_CONFIG;
	key = PEM_read_bio_PrivateKey(b, NULL, no_passphrase, NULL);
	if (key == NULL)
		r = complain(path, "is no private key in PEM, without a passphrase");
	else if (SSL_CTX_use_PrivateKey(c, key) != 1 || SSL_CTX_check_private_key(c) != 1)
		r = complain(certificate, "this certificate and its key do not belong together");
	EVP_PKEY_free(key);
	BIO_free(b);
	return r;
}

int
tls_check_dates(SSL_CTX *c, const char *path)
{
	const X509 *x = SSL_CTX_get0_certificate(c);

	if (x == NULL)
		return MFA_E_INTERNAL;
	if (X509_cmp_current_time(X509_get0_notAfter(x)) <= 0)
		return complain(path, "the certificate has expired: no client takes it");
	if (X509_cmp_current_time(X509_get0_notBefore(x)) > 0)
		return complain(path, "the certificate is not valid yet: is the clock right?");
	return MFA_OK;
}

static bool
add_authority(SSL_CTX *c, X509 *x)
{
	return X509_STORE_add_cert(SSL_CTX_get_cert_store(c), x) == 1 &&
	    SSL_CTX_add_client_CA(c, x) == 1;
}

int
tls_load_authorities(SSL_CTX *c, const char *path)
{
	BIO *b = open_file(path, S_IWGRP | S_IWOTH);
	int n, r = MFA_OK;
	X509 *x;

	if (b == NULL)
		return MFA_E_CONFIG;
	for (n = 0; r == MFA_OK &&
	    (x = PEM_read_bio_X509_AUX(b, NULL, no_passphrase, NULL)) != NULL; n++) {
		if (n == CHAIN_MAX || !add_authority(c, x))
			r = complain(path, "the authorities cannot be used");
		X509_free(x);
	}
	if (r == MFA_OK && (n == 0 ||
	    ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE))
		r = complain(path, "holds something that is no certificate in PEM");
	ERR_clear_error();
	BIO_free(b);
	return r;
}
