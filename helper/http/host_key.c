/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "keyfile.h"
#include "service.h"

/* No bit beyond these. */
#define MODE_SECRET	0640
#define MODE_PUBLIC	0644

static int
open_key(const char *path, mode_t mode, int *fd, const char **why)
{
	struct stat st;
	int r = keyfile_open(path, fd, &st, why);

	if (r != MFA_OK)
		return r;
	if (st.st_uid != 0 && st.st_uid != geteuid())
		*why = "is owned neither by root nor by the user that needs it";
	else if ((st.st_mode & 07777 & ~mode) != 0)
		*why = mode == MODE_SECRET ? "has a mode wider than 0640" :
		    "has a mode wider than 0644";
	else
		return MFA_OK;
	return MFA_E_CONFIG;
}

static int
read_line(int fd, char line[SERVICE_KEY_FILE_MAX], size_t *len)
{
	int r = keyfile_read(fd, line, SERVICE_KEY_FILE_MAX, len);

	if (*len > 0 && line[*len - 1] == '\n')
		(*len)--;
	return r;
}

/* Of the form of API keys; what they are worth the service knows. */
static bool
is_key(const char *line, size_t len)
{
	static const char form[] = "h_"
	    "xxxxxxxxxxxxxxxxxxxxxx" "." "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t i;

	if (len != sizeof(form) - 1)
		return false;
	for (i = 0; i < len; i++)
		if (form[i] == 'x' ? line[i] == '\0' || strchr(alphabet, line[i]) == NULL :
		    line[i] != form[i])
			return false;
	return true;
}

int
host_key_read(const char *path, struct secret *key, const char **why)
{
	char line[SERVICE_KEY_FILE_MAX];
	size_t len = 0;
	int fd, r;

	secret_wipe(key);
	*why = "";
	if ((r = open_key(path, MODE_SECRET, &fd, why)) == MFA_OK) {
		if ((r = read_line(fd, line, &len)) != MFA_OK)
			*why = "cannot be read";
		else if (!is_key(line, len))
			r = MFA_E_CONFIG, *why = "does not hold the key of a host: mfactl join";
		else
			r = secret_set(key, line, len);
	}
	if (r == MFA_E_ABSENT)
		*why = "is missing: mfactl join";
	if (fd != -1)
		(void)close(fd);
	explicit_bzero(line, sizeof(line));
	return r;
}

/* ---- a certificate and its key ---- */

void
pem_free(struct pem *p)
{
	if (p->data != NULL)
		explicit_bzero(p->data, p->len);
	free(p->data);
	*p = (struct pem){ .data = NULL };
}

/* What is in it libcurl knows, when it is used. */
static int
read_pem(int fd, struct pem *out, const char **why)
{
	int r = (out->data = malloc(SERVICE_PEM_MAX + 1)) == NULL ? MFA_E_MEMORY :
	    keyfile_read(fd, out->data, SERVICE_PEM_MAX + 1, &out->len);

	if (r == MFA_OK && (out->len == 0 || out->len > SERVICE_PEM_MAX)) {
		*why = out->len == 0 ? "is empty" : "is larger than 64 KiB";
		return MFA_E_CONFIG;
	}
	if (r == MFA_OK)
		out->data[out->len] = '\0';
	else
		*why = "cannot be read";
	return r;
}

int
pem_read(const char *path, bool secret, struct pem *out, const char **why)
{
	int fd, r;

	*out = (struct pem){ .data = NULL };
	*why = "";
	if ((r = open_key(path, secret ? MODE_SECRET : MODE_PUBLIC, &fd, why)) == MFA_OK)
		r = read_pem(fd, out, why);
	if (fd != -1)
		(void)close(fd);
	if (r != MFA_OK)
		pem_free(out);
	return r;
}
