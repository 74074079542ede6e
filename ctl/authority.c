/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl authority: keys that vouch for devices, kept in files.  It opens no
 * state and needs no rights but those to the files, so that it works on a
 * machine that is no login host.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "authority_key.h"
#include "base64url.h"
#include "certificate.h"
#include "crypto.h"
#include "ctl.h"
#include "enrol.h"
#include "error.h"
#include "newfile.h"
#include "when.h"

#define LIFE		"90d"	/* without --life */

/* ---- what is said of files ---- */

/* why follows the path: "is missing". */
static int
explain_file(const char *path, unsigned int line, int error, const char *why)
{
	int status = error == MFA_E_ABSENT ? CTL_ABSENT :
	    error == MFA_E_SYSTEM || error == MFA_E_CRYPTO ? CTL_STATE : CTL_REFUSED;
	const char *because = error == MFA_E_SYSTEM ? strerror(errno) : NULL;
	char shown[SHOW_MAX];

	show(shown, sizeof(shown), path);
	if (line > 0)
		return complain(status, "%s:%u: the file %s", shown, line, why);
	return complain(status, "%s %s%s%s", shown, why, because != NULL ? ": " : "",
	    because != NULL ? because : "");
}

static int
explain_write(const char *path, int error)
{
	const char *because = error == MFA_E_SYSTEM ? strerror(errno) : mfa_strerror(error);
	char shown[SHOW_MAX];

	show(shown, sizeof(shown), path);
	if (error == MFA_E_EXISTS)
		return complain(CTL_REFUSED, "%s: there is one already, which stays as it is: "
		    "give another name", shown);
	return complain(CTL_STATE, "%s cannot be written: %s: nothing was made", shown, because);
}

static int
write_record(const char *path, const char *text, size_t len)
{
	int r = newfile_write(path, text, len, 0644);

	return r == MFA_OK ? CTL_DONE : explain_write(path, r);
}

/* A whole small file. */
static int
read_all(int fd, char *buf, size_t size, size_t *len)
{
	ssize_t n;

	*len = 0;
	while ((n = read(fd, buf + *len, size - *len)) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return MFA_E_SYSTEM;
		if ((*len += (size_t)n) == size)
			return MFA_E_INVALID;
	}
	return MFA_OK;
}

static int
read_record(const char *path, char *buf, size_t size, size_t *len)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), r;
	struct stat st;

	*len = 0;
	if (fd == -1)
		return explain_file(path, 0, errno == ENOENT ? MFA_E_ABSENT : MFA_E_SYSTEM,
		    errno == ENOENT ? "is missing" : "cannot be opened");
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		r = explain_file(path, 0, MFA_E_INVALID, "is not a regular file");
	else if ((r = read_all(fd, buf, size, len)) != MFA_OK)
		r = explain_file(path, 0, r, r == MFA_E_INVALID ? "is too long" : "cannot be read");
	(void)close(fd);
	return r;
}

static int
read_key(const char *path, struct sign_key *key)
{
	const char *why;
	int r = authority_key_read(path, key, &why);

	return r == MFA_OK ? CTL_DONE : explain_file(path, 0, r, why);
}

/* ---- init, show ---- */

static void
print_authority(const struct authority *a)
{
	char id[AUTHORITY_ID_MAX], line[AUTHORITY_LINE_MAX];

	authority_format(a, line);
	(void)printf("key id      %s\npublic key  %s\n", authority_id(a, id), line);
}

static int
init(char **operand, const char *life)
{
	char shown[SHOW_MAX];
	struct authority a;
	int r = authority_key_create(operand[0], &a);

	(void)life;
	show(shown, sizeof(shown), operand[0]);
	if (r == MFA_E_EXISTS)
		return complain(CTL_REFUSED, "%s or %s" AUTHORITY_KEY_SUFFIX " is there already, "
		    "and stays as it is: give another name", shown, shown);
	if (r != MFA_OK)
		return explain_write(operand[0], r);
	print_authority(&a);
	(void)printf("The private key is in %s: keep it where no server can read it, and a copy.\n"
	    "Give %s" AUTHORITY_KEY_SUFFIX " to the login hosts.\n", shown, shown);
	return CTL_DONE;
}

static int
show_public(const char *path)
{
	struct authority list[AUTHORITIES_MAX];
	unsigned int line;
	const char *why;
	size_t count, i;
	int r = authorities_read(path, (uint32_t)geteuid(), list, AUTHORITIES_MAX, &count, &line,
	    &why);

	if (r != MFA_OK)
		return explain_file(path, line, r, why);
	for (i = 0; i < count; i++)
		print_authority(&list[i]);
	return CTL_DONE;
}

static int
show_private(const char *path)
{
	struct authority a;
	struct sign_key key;
	int r;

	if ((r = read_key(path, &key)) == CTL_DONE &&
	    authority_set(&a, key.public.data) != MFA_OK)
		r = complain(CTL_STATE, "the public key cannot be computed");
	sign_key_wipe(&key);
	if (r == CTL_DONE)
		print_authority(&a);
	return r;
}

static int
show_key(char **operand, const char *life)
{
	const size_t len = strlen(operand[0]), suffix = strlen(AUTHORITY_KEY_SUFFIX);

	(void)life;
	if (len > suffix && strcmp(operand[0] + len - suffix, AUTHORITY_KEY_SUFFIX) == 0)
		return show_public(operand[0]);
	return show_private(operand[0]);
}

/* ---- sign ---- */

static int
read_request(const char *path, struct device *d)
{
	char text[RECORD_MAX + 1], shown[SHOW_MAX];
	struct record_error e;
	size_t len;
	int r;

	if ((r = read_record(path, text, sizeof(text), &len)) != CTL_DONE)
		return r;
	if (enrol_parse(text, len, d, &e) == MFA_OK)
		return CTL_DONE;
	return complain(CTL_REFUSED, "%s:%u: no enrolment request: %s: nothing was signed",
	    show(shown, sizeof(shown), path), e.line, e.why);
}

/* What a person compares before the certificate is handed out. */
static void
print_certificate(const struct certificate *c, const char *path)
{
	unsigned char digest[CRYPTO_SHA256_LEN];
	char user[SHOW_MAX], shown[SHOW_MAX], until[WHEN_MAX], print[AUTHORITY_ID_MAX] = "?";

	if (crypto_sha256(c->device.key.data, c->device.key.len, digest) == MFA_OK)
		(void)base64url_encode(digest, AUTHORITY_ID_LEN, print, sizeof(print));
	(void)printf("user         %s\ndevice       %s\nkind         %s\nfingerprint  %s\n"
	    "origin       %s\nuntil        %s\n", show(user, sizeof(user), c->device.user),
	    c->device.id, record_word(device_kinds, c->device.kind), print, c->device.origin,
	    when_format(until, c->expires));
	(void)printf("Signed: the certificate is in %s.\n", show(shown, sizeof(shown), path));
}

static int
issue(const struct sign_key *key, struct certificate *c, const char *path)
{
	char text[SIGNED_MAX + 1];
	size_t len;
	int r = certificate_issue(key, c, text, sizeof(text), &len);

	if (r != MFA_OK)
		return complain(CTL_STATE, "it cannot be signed: %s: check the clock of this "
		    "machine", mfa_strerror(r));
	if ((r = write_record(path, text, len)) == CTL_DONE)
		print_certificate(c, path);
	return r;
}

static int
sign_request(char **operand, const char *life)
{
	struct certificate c = { .created = (int64_t)time(NULL) };
	struct sign_key key = { .public = { .len = 0 } };
	int64_t seconds;
	int r;

	if (duration_parse(life, &seconds) != MFA_OK || seconds > CERTIFICATE_LIFE_MAX)
		return complain(CTL_USAGE, "--life: not a length of time up to 366d, like 90d");
	c.expires = c.created + seconds;
	if ((r = read_key(operand[0], &key)) == CTL_DONE &&
	    (r = read_request(operand[1], &c.device)) == CTL_DONE)
		r = issue(&key, &c, operand[2]);
	sign_key_wipe(&key);
	return r;
}

/* ---- revoke ---- */

static int
revoke_device(char **operand, const char *life)
{
	struct revocation v = { .at = (int64_t)time(NULL) };
	char text[SIGNED_MAX + 1], user[SHOW_MAX], shown[SHOW_MAX];
	struct sign_key key;
	size_t len;
	int r;

	(void)life;
	if ((r = user_valid(operand[1])) != CTL_DONE)
		return r;
	(void)snprintf(v.user, sizeof(v.user), "%s", operand[1]);
	if (strlen(operand[2]) >= sizeof(v.device))
		return complain(CTL_USAGE, "not a device: its id is at most 64 characters");
	(void)snprintf(v.device, sizeof(v.device), "%s", operand[2]);
	if ((r = read_key(operand[0], &key)) == CTL_DONE) {
		if (revocation_issue(&key, &v, text, sizeof(text), &len) != MFA_OK)
			r = complain(CTL_USAGE, "not a device: its id is letters, digits, \"-\" "
			    "and \"_\", as in its certificate");
		else
			r = write_record(operand[3], text, len);
	}
	sign_key_wipe(&key);
	if (r == CTL_DONE)
		(void)printf("Revoked: device %s of %s; the revocation is in %s.\n", v.device,
		    show(user, sizeof(user), v.user), show(shown, sizeof(shown), operand[3]));
	return r;
}

/* ---- the command ---- */

static const struct {
	const char *name;
	int operands;		/* behind the name */
	bool life;		/* takes --life */
	int (*run)(char **operand, const char *life);
} actions[] = {
	{ "init", 1, false, init },
	{ "show", 1, false, show_key },
	{ "sign", 3, true, sign_request },
	{ "revoke", 4, false, revoke_device },
};

#define ACTIONS (sizeof(actions) / sizeof(actions[0]))

int
cmd_authority(int argc, char **argv)
{
	const char *life = NULL;
	const struct opt opts[] = { { "life", &life, NULL } };
	size_t i;
	int first, r;

	if ((r = opts_read(argc, argv, opts, 1, 1, 5, &first)) != CTL_DONE)
		return r;
	for (i = 0; i < ACTIONS && strcmp(actions[i].name, argv[first]) != 0; i++)
		;
	if (i == ACTIONS)
		return complain(CTL_USAGE, "authority: init, show, sign or revoke: see mfactl help "
		    "authority");
	if (argc - first - 1 != actions[i].operands || (life != NULL && !actions[i].life))
		return complain(CTL_USAGE, "authority %s is used in another way: see mfactl help "
		    "authority", actions[i].name);
	return actions[i].run(argv + first + 1, life != NULL ? life : LIFE);
}
