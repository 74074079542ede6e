/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl authority: keys that vouch for devices, kept in files.  It opens no
 * state and needs no rights but those to the files, so that it works on a
 * machine that is no login host.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "authority_key.h"
#include "certificate.h"
#include "ctl.h"
#include "enrol.h"
#include "error.h"
#include "record_file.h"
#include "when.h"

#define LIFE		"90d"	/* without --life */

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
		return record_file_unwritten(operand[0], r);
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
		return record_file_explain(path, line, r, why);
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

	if ((r = authority_key_load(path, &key)) == CTL_DONE &&
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

	if ((r = record_file_read(path, text, sizeof(text), &len)) != CTL_DONE)
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
	char user[SHOW_MAX], shown[SHOW_MAX], until[WHEN_MAX], print[AUTHORITY_ID_MAX];

	(void)printf("user         %s\ndevice       %s\nkind         %s\nfingerprint  %s\n"
	    "origin       %s\nuntil        %s\n", show(user, sizeof(user), c->device.user),
	    c->device.id, record_word(device_kinds, c->device.kind),
	    fingerprint(&c->device.key, print), c->device.origin, when_format(until, c->expires));
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
	if ((r = record_file_write(path, text, len)) == CTL_DONE)
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
	if ((r = authority_key_load(operand[0], &key)) == CTL_DONE &&
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
	if ((r = authority_key_load(operand[0], &key)) == CTL_DONE) {
		if (revocation_issue(&key, &v, text, sizeof(text), &len) != MFA_OK)
			r = complain(CTL_USAGE, "not a device: its id is letters, digits, \"-\" "
			    "and \"_\", as in its certificate");
		else
			r = record_file_write(operand[3], text, len);
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
