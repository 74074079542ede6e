/* SPDX-License-Identifier: BSD-2-Clause */
#include "seal.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

#define VERSION		1
#define NONCE_LEN	12
#define TAG_LEN		16

static const char *
why_not(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if (st->st_uid != 0)
		return "must be owned by root";
	if ((st->st_mode & 0137) != 0)
		return "must have mode 0640 or stricter";
	if (st->st_size != SEAL_KEY_LEN)
		return "must hold exactly 32 bytes; restore it from a copy";
	return NULL;
}

int
seal_key_read(const char *path, struct seal_key *key, const char **why)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK), r = MFA_OK;

	seal_key_wipe(key);
	*why = "cannot be opened";
	if (fd == -1) {
		if (errno == ENOENT)
			*why = "is missing; restore it from a copy";
		return errno == ENOENT ? MFA_E_ABSENT : MFA_E_SYSTEM;
	}
	if (fstat(fd, &st) == -1)
		r = MFA_E_SYSTEM;
	else if ((*why = why_not(&st)) != NULL)
		r = MFA_E_CONFIG;
	else if (read(fd, key->bytes, SEAL_KEY_LEN) != SEAL_KEY_LEN) {
		*why = "cannot be read";
		r = MFA_E_SYSTEM;
	}
	(void)close(fd);
	if (r != MFA_OK)
		seal_key_wipe(key);
	return r;
}

static int
write_key(int fd, unsigned int gid)
{
	struct seal_key key;
	int r = MFA_E_SYSTEM;

	if (getrandom(key.bytes, sizeof(key.bytes), 0) != (ssize_t)sizeof(key.bytes))
		r = MFA_E_CRYPTO;
	else if (write(fd, key.bytes, sizeof(key.bytes)) == (ssize_t)sizeof(key.bytes) &&
	    fchown(fd, 0, gid) == 0 && fchmod(fd, 0640) == 0 && fsync(fd) == 0)
		r = MFA_OK;
	seal_key_wipe(&key);
	return r;
}

int
seal_key_create(const char *path, unsigned int gid)
{
	char fresh[256];
	int fd, r, n = snprintf(fresh, sizeof(fresh), "%s.new.%ld", path, (long)getpid());

	if (n < 0 || (size_t)n >= sizeof(fresh))
		return MFA_E_INVALID;
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return MFA_E_SYSTEM;
	r = write_key(fd, gid);
	if (close(fd) == -1 && r == MFA_OK)
		r = MFA_E_SYSTEM;
	/* link(2), unlike rename(2), never replaces a key that is there. */
	if (r == MFA_OK && link(fresh, path) == -1)
		r = errno == EEXIST ? MFA_E_EXISTS : MFA_E_SYSTEM;
	(void)unlink(fresh);
	return r;
}

int
seal_warm_up(void)
{
	struct seal_key key = { { 0 } };
	struct secret plain = { .len = 1 }, back;
	unsigned char out[1 + SEAL_OVERHEAD];
	size_t len;
	int r = seal(&key, "", &plain, out, sizeof(out), &len);

	return r != MFA_OK ? r : unseal(&key, "", out, len, &back);
}

int
seal(const struct seal_key *key, const char *bound, const struct secret *plain,
    unsigned char *out, size_t size, size_t *out_len)
{
	unsigned char *nonce = out + 1, *text = nonce + NONCE_LEN, *tag = text + plain->len;
	EVP_CIPHER_CTX *c = NULL;
	int n, r = MFA_E_CRYPTO;

	if (plain->len > SECRET_MAX || size < plain->len + SEAL_OVERHEAD)
		return MFA_E_INVALID;
	out[0] = VERSION;
	if (getrandom(nonce, NONCE_LEN, 0) != NONCE_LEN || (c = EVP_CIPHER_CTX_new()) == NULL)
		goto out;
	if (EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, key->bytes, nonce) == 1 &&
	    EVP_EncryptUpdate(c, NULL, &n, (const unsigned char *)bound, (int)strlen(bound)) == 1 &&
	    EVP_EncryptUpdate(c, text, &n, plain->data, (int)plain->len) == 1 &&
	    EVP_EncryptFinal_ex(c, text + n, &n) == 1 &&
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, TAG_LEN, tag) == 1) {
		*out_len = plain->len + SEAL_OVERHEAD;
		r = MFA_OK;
	}
out:
	EVP_CIPHER_CTX_free(c);
	return r;
}

int
unseal(const struct seal_key *key, const char *bound, const unsigned char *sealed, size_t len,
    struct secret *plain)
{
	const unsigned char *nonce = sealed + 1, *text = nonce + NONCE_LEN;
	size_t text_len = len - SEAL_OVERHEAD;
	unsigned char tag[TAG_LEN];
	EVP_CIPHER_CTX *c;
	int n = 0, r = MFA_E_CRYPTO;

	secret_wipe(plain);
	if (len < SEAL_OVERHEAD || text_len > SECRET_MAX || sealed[0] != VERSION)
		return MFA_E_CRYPTO;
	memcpy(tag, text + text_len, TAG_LEN);
	if ((c = EVP_CIPHER_CTX_new()) == NULL)
		return MFA_E_CRYPTO;
	if (EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, key->bytes, nonce) == 1 &&
	    EVP_DecryptUpdate(c, NULL, &n, (const unsigned char *)bound, (int)strlen(bound)) == 1 &&
	    EVP_DecryptUpdate(c, plain->data, &n, text, (int)text_len) == 1 &&
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG_LEN, tag) == 1 &&
	    EVP_DecryptFinal_ex(c, plain->data + n, &n) == 1) {
		plain->len = text_len;
		r = MFA_OK;
	}
	EVP_CIPHER_CTX_free(c);
	if (r != MFA_OK)
		secret_wipe(plain);
	return r;
}

void
seal_key_wipe(struct seal_key *key)
{
	explicit_bzero(key, sizeof(*key));
}
