/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What this host needs to ask an approval service: files that mfa-http reads,
 * and the keys that vouch for phones.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authority.h"
#include "check.h"
#include "error.h"
#include "user.h"

#define MODE_SECRET	0640	/* as mfa-http demands */
#define MODE_PUBLIC	0644

struct look {
	const struct check_paths *paths;
	const struct config *config;
	struct findings *f;
	uint32_t uid, gid;	/* of mfa-http */
};

/* Where the setting stands that names the file. */
static struct spot
spot_of(const struct look *k, const char *key)
{
	unsigned int line = 0;
	const char *file = config_where(k->config, "", key, &line);

	return (struct spot){ file != NULL ? file : k->paths->conf, line, "" };
}

/* A regular file that mfa-http takes, open; -1 after a finding. */
static int
open_file(const struct look *k, const char *path, mode_t widest)
{
	const struct spot at = { path, 0, "" };
	const char *todo = widest == MODE_SECRET ? "chown root:pam_mfa_http and chmod 0640" :
	    "chown root and chmod 0644";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1) {
		finding_add(k->f, LEVEL_ERROR, "missing", at, "put it there, or correct the "
		    "setting that names it", "the approval service cannot be asked: %s",
		    errno == ELOOP ? "it is a symbolic link" : strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		finding_add(k->f, LEVEL_ERROR, "wrong_kind", at, "name a regular file",
		    "it is not a regular file");
	} else if (st.st_uid != 0 && st.st_uid != k->uid) {
		finding_add(k->f, LEVEL_ERROR, "wrong_owner", at, todo, "it belongs to user %lu",
		    (unsigned long)st.st_uid);
	} else if ((st.st_mode & 07777 & ~widest) != 0) {
		finding_add(k->f, LEVEL_ERROR, "wrong_mode", at, todo,
		    "its mode is %04o, which mfa-http does not take",
		    (unsigned int)(st.st_mode & 07777));
	} else if ((st.st_mode & S_IROTH) == 0 && st.st_uid != k->uid &&
	    (st.st_gid != k->gid || (st.st_mode & S_IRGRP) == 0)) {
		finding_add(k->f, LEVEL_ERROR, "wrong_owner", at, todo, "mfa-http cannot read it");
	} else {
		return fd;
	}
	if (fd != -1)
		(void)close(fd);
	return -1;
}

/* ---- who this host is ---- */

static int
no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

static FILE *
stream(int fd)
{
	FILE *f = fd != -1 ? fdopen(fd, "r") : NULL;

	if (f == NULL && fd != -1)
		(void)close(fd);
	return f;
}

static void
check_pair(const struct look *k, const char *path, const char *key_path, X509 *x, EVP_PKEY *key)
{
	const struct spot at = { path, 0, "" };

	if (x == NULL)
		finding_add(k->f, LEVEL_ERROR, "no_certificate", at,
		    "put the certificate there, in PEM", "it does not begin with a certificate");
	else if (X509_cmp_current_time(X509_get0_notAfter(x)) <= 0)
		finding_add(k->f, LEVEL_ERROR, "certificate_expired", at, "put a new one there",
		    "the certificate has expired: the service does not know this host by it");
	if (key == NULL)
		finding_add(k->f, LEVEL_ERROR, "no_key", (struct spot){ key_path, 0, "" },
		    "put the private key there, in PEM", "it is no private key without a "
		    "passphrase");
	else if (x != NULL && X509_check_private_key(x, key) != 1)
		finding_add(k->f, LEVEL_ERROR, "not_a_pair", at,
		    "put certificate and key of one request there",
		    "it does not belong to the key in %s", key_path);
}

static void
check_certificate(const struct look *k, const char *path, const char *key_path)
{
	FILE *certificate = stream(open_file(k, path, MODE_PUBLIC));
	FILE *secret = stream(open_file(k, key_path, MODE_SECRET));
	X509 *x = certificate != NULL ?
	    PEM_read_X509(certificate, NULL, no_passphrase, NULL) : NULL;
	EVP_PKEY *key = secret != NULL ?
	    PEM_read_PrivateKey(secret, NULL, no_passphrase, NULL) : NULL;

	if (certificate != NULL && secret != NULL)
		check_pair(k, path, key_path, x, key);
	X509_free(x);
	EVP_PKEY_free(key);
	if (certificate != NULL)
		(void)fclose(certificate);
	if (secret != NULL)
		(void)fclose(secret);
}

static void
check_host_key(const struct look *k, bool needed)
{
	struct stat st;
	int fd;

	if (lstat(k->paths->host_key, &st) == -1 && errno == ENOENT) {
		if (needed)
			finding_add(k->f, LEVEL_ERROR, "missing",
			    (struct spot){ k->paths->host_key, 0, "" }, "mfactl join",
			    "the approval service does not know this host");
	} else if ((fd = open_file(k, k->paths->host_key, MODE_SECRET)) != -1) {
		(void)close(fd);
	}
}

/* ---- whom it believes ---- */

static void
check_authorities(const struct look *k, const char *path)
{
	struct authority believed[AUTHORITIES_MAX];
	const char *why = "";
	unsigned int line = 0;
	size_t count;

	if (authorities_read(path, 0, believed, AUTHORITIES_MAX, &count, &line, &why) != MFA_OK)
		finding_add(k->f, LEVEL_ERROR, "no_authority", (struct spot){ path, line, "" },
		    "put the public key of the authority there, as in KEY.pub of mfactl authority "
		    "init; mfad's is /etc/mfad/authority.key.pub",
		    "no phone is believed: the file %s", why);
}

static void
check_reach(const struct look *k, const char *ca)
{
	struct stat st;

	if (lstat(k->paths->http_socket, &st) == -1 && errno == ENOENT)
		finding_add(k->f, LEVEL_WARNING, "no_socket",
		    (struct spot){ k->paths->http_socket, 0, "" },
		    "systemctl enable --now mfa-http.socket",
		    "nobody listens: root's logins run an mfa-http each, and for others (screen "
		    "lockers) the approval service counts as one that cannot be reached");
	if (ca != NULL && (stat(ca, &st) == -1 || (st.st_mode & S_IROTH) == 0))
		finding_add(k->f, LEVEL_ERROR, "no_server_ca", spot_of(k, "server_ca"),
		    "put the certificate there, chmod 0644", "%s is missing, or mfa-http cannot "
		    "read it: the service cannot be verified", ca);
}

void
check_approvals(const struct check_paths *paths, const struct config *config, struct findings *f)
{
	struct look k = { .paths = paths, .config = config, .f = f };
	const struct settings *s = config != NULL ? config_service(config, "") : NULL;

	if (s == NULL || s->server == NULL)
		return;
	if (user_find(paths->http_user, &k.uid, &k.gid) != MFA_OK) {
		finding_add(f, LEVEL_ERROR, "no_user", (struct spot){ "/etc/passwd", 0, "" },
		    "systemd-sysusers, or install pam_mfa again",
		    "there is no user %s for mfa-http to run as", paths->http_user);
		return;
	}
	check_reach(&k, s->server_ca);
	check_host_key(&k, s->host_certificate == NULL);
	if (s->host_certificate != NULL && s->host_certificate_key != NULL)
		check_certificate(&k, s->host_certificate, s->host_certificate_key);
	if (factor_is_in(FACTOR_PUSH, s->factors) && s->authorities != NULL)
		check_authorities(&k, s->authorities);
}
