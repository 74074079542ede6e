/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings of sshd that lead past PAM, or past what PAM can show. */
#include "check_sshd.h"

#include <ctype.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "check.h"
#include "ctl.h"
#include "error.h"
#include "text.h"

#define SERVICE "sshd"

/* A documentation address (RFC 5737) and two kinds of user. */
static const char *const specs[] = {
	"user=nobody,host=client.example,addr=192.0.2.1,laddr=192.0.2.2,lport=22",
	"user=root,host=client.example,addr=192.0.2.1,laddr=192.0.2.2,lport=22",
};

struct look {
	const struct check_paths *paths;
	struct sshd_settings settings;
	bool guard, echo;
	unsigned int deadline;
	struct findings *f;
};

static struct spot
spot(const struct look *k)
{
	return (struct spot){ k->paths->sshd_configs[0], 0, SERVICE };
}

/* ---- single settings ---- */

static void
check_pam_is_asked(const struct look *k)
{
	const struct sshd_settings *s = &k->settings;

	if (!sshd_is(s, "usepam", "yes"))
		finding_add(k->f, LEVEL_ERROR, "sshd_without_pam", spot(k), "set UsePAM yes",
		    "UsePAM is not yes: pam_mfa is never asked");
	/* Before OpenSSH 8.7 it had another name. */
	if (sshd_is(s, "kbdinteractiveauthentication", "no") ||
	    sshd_is(s, "challengeresponseauthentication", "no"))
		finding_add(k->f, LEVEL_ERROR, "sshd_cannot_ask", spot(k),
		    "set KbdInteractiveAuthentication yes",
		    "KbdInteractiveAuthentication is no: pam_mfa's question cannot be shown");
	if (sshd_is(s, "passwordauthentication", "yes"))
		finding_add(k->f, LEVEL_WARNING, "sshd_password_method", spot(k),
		    "set PasswordAuthentication no: keyboard-interactive asks for the password "
		    "as well",
		    "PasswordAuthentication is yes: that method cannot show pam_mfa's question%s",
		    k->echo ? " and fails" : ", and answers it with the password (echo = no)");
}

static void
check_names(const struct look *k)
{
	if (sshd_is(&k->settings, "usedns", "yes"))
		finding_add(k->f, LEVEL_WARNING, "sshd_uses_dns", spot(k), "set UseDNS no",
		    "UseDNS is yes: sudo inside a session does not know where it came from");
}

static void
check_time(const struct look *k)
{
	char text[32];
	unsigned long seconds;

	if (sshd_value(&k->settings, "logingracetime", text, sizeof(text)) == NULL ||
	    text_number(text, 1, 1000000, &seconds) != MFA_OK || seconds > k->deadline)
		return;
	finding_add(k->f, LEVEL_WARNING, "sshd_gives_up_first", spot(k),
	    "set LoginGraceTime longer, or deadline in pam_mfa.conf shorter",
	    "LoginGraceTime is %lu seconds, and a login may take %u (deadline in pam_mfa.conf)",
	    seconds, k->deadline);
}

/* ---- methods ---- */

/* One list, "publickey,keyboard-interactive:pam": does it come to PAM's auth? */
static bool
asks_pam(const char *list, size_t len)
{
	static const char *const methods[] = { "keyboard-interactive", "password" };
	size_t i, n;

	for (; len > 0; list += n, len -= n) {
		n = 0;
		while (n < len && list[n] != ',')
			n++;
		for (i = 0; i < 2; i++)
			if (n >= strlen(methods[i]) &&
			    strncmp(list, methods[i], strlen(methods[i])) == 0)
				return true;
		n += n < len;
	}
	return false;
}

static void
say_around(const struct look *k, const char *methods)
{
	if (k->guard)
		finding_add(k->f, LEVEL_NOTE, "sshd_guarded", spot(k),
		    "set AuthenticationMethods publickey,keyboard-interactive:pam, so that they "
		    "are asked instead",
		    "logins with %s alone are denied, except where the policy asks nobody "
		    "(guard = yes)", methods);
	else
		finding_add(k->f, LEVEL_ERROR, "sshd_around", spot(k),
		    "set AuthenticationMethods publickey,keyboard-interactive:pam, or guard = yes "
		    "in pam_mfa.conf",
		    "%s alone gets in without the second factor", methods);
}

/* Any method that is allowed is enough. */
static void
check_any(const struct look *k)
{
	static const struct {
		const char *key, *method;
	} alone[] = {
		{ "pubkeyauthentication", "publickey" },
		{ "hostbasedauthentication", "hostbased" },
		{ "gssapiauthentication", "gssapi-with-mic" },
	};
	size_t i;

	for (i = 0; i < sizeof(alone) / sizeof(alone[0]); i++)
		if (sshd_is(&k->settings, alone[i].key, "yes"))
			say_around(k, alone[i].method);
}

static void
check_methods(const struct look *k)
{
	char text[1024], shown[128];
	const char *at = sshd_value(&k->settings, "authenticationmethods", text, sizeof(text));
	size_t len;

	if (at == NULL || strcmp(at, "any") == 0) {
		check_any(k);
		return;
	}
	for (; *at != '\0'; at += len, at += strspn(at, " ")) {
		len = strcspn(at, " ");
		if (asks_pam(at, len))
			continue;
		(void)snprintf(shown, sizeof(shown), "%.*s", (int)len, at);
		say_around(k, shown);
	}
}

/* ---- all ---- */

static bool
is_match(const char *line)
{
	line += strspn(line, " \t");
	return strncasecmp(line, "match", 5) == 0 && isspace((unsigned char)line[5]);
}

static void
find_matches(const struct look *k, const char *path)
{
	FILE *in = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	unsigned int at = 0;

	if (in == NULL)
		return;
	while (getline(&line, &room, in) != -1) {
		at++;
		if (is_match(line))
			finding_add(k->f, LEVEL_NOTE, "sshd_match",
			    (struct spot){ path, at, SERVICE },
			    "look at the others: sshd -T -C user=USER,host=HOST,addr=ADDRESS",
			    "what is inside Match holds for some logins only; looked at were those "
			    "of nobody and root from 192.0.2.1");
	}
	free(line);
	(void)fclose(in);
}

static void
check_matches(const struct look *k)
{
	size_t i, j;
	glob_t g;

	for (i = 0; k->paths->sshd_configs[i] != NULL; i++) {
		if (glob(k->paths->sshd_configs[i], 0, NULL, &g) != 0)
			continue;
		for (j = 0; j < g.gl_pathc; j++)
			find_matches(k, g.gl_pathv[j]);
		globfree(&g);
	}
}

static bool
check_spec(struct look *k, const char *spec)
{
	if (!sshd_read(k->paths->sshd, spec, &k->settings)) {
		k->settings.text[strcspn(k->settings.text, "\r\n")] = '\0';
		finding_add(k->f, LEVEL_WARNING, "sshd_unreadable", spot(k),
		    "run sshd -T and correct what it says",
		    "its settings were not looked at, because sshd -T failed: %.200s",
		    k->settings.text);
		return false;
	}
	check_pam_is_asked(k);
	check_methods(k);
	check_names(k);
	check_time(k);
	return true;
}

void
check_sshd(const struct check_paths *paths, const struct config *config, struct findings *f)
{
	const struct settings *s = config == NULL ? NULL : config_service(config, SERVICE);
	struct look *k;
	size_t i;

	if (access(paths->sshd, X_OK) == -1)
		return;
	if ((k = calloc(1, sizeof(*k))) == NULL)
		exit(complain(CTL_STATE, "out of memory"));
	*k = (struct look){ .paths = paths, .f = f, .guard = s != NULL && s->guard,
	    .echo = s == NULL || s->echo, .deadline = s == NULL ? 0 : s->deadline };
	for (i = 0; i < sizeof(specs) / sizeof(specs[0]); i++)
		if (!check_spec(k, specs[i]))
			break;
	check_matches(k);
	free(k);
}
