/* SPDX-License-Identifier: BSD-2-Clause */
/* The PAM services of this host, one after the other. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "check_service.h"
#include "ctl.h"

struct list {
	char **names;
	size_t count;
};

struct hall {			/* what every service is looked at with */
	const struct check_paths *paths;
	const struct config *config;
	struct findings *f;
};

static void *
must(void *p)
{
	if (p == NULL)
		exit(complain(CTL_STATE, "out of memory"));
	return p;
}

/* ---- names ---- */

static bool
ends_with(const char *s, const char *end)
{
	size_t len = strlen(s), n = strlen(end);

	return len >= n && strcmp(s + len - n, end) == 0;
}

/* No service: copies that editors and packages leave, and parts that services
 * include. */
static bool
is_service(const char *name)
{
	static const char *const copies[] = { "~", ".bak", ".orig", ".old", ".swp", ".new",
	    ".rpmnew", ".rpmsave", ".rpmorig", ".dpkg-old", ".dpkg-dist", ".dpkg-new",
	    ".dpkg-tmp", ".ucf-old", ".ucf-dist", ".ucf-new", NULL };
	static const char *const parts[] = { "common-", "system-", "password-auth", "postlogin",
	    "fingerprint-auth", "smartcard-auth", "base-", NULL };
	size_t i;

	if (name[0] == '.')
		return false;
	for (i = 0; copies[i] != NULL; i++)
		if (ends_with(name, copies[i]))
			return false;
	for (i = 0; parts[i] != NULL; i++)
		if (strncmp(name, parts[i], strlen(parts[i])) == 0)
			return false;
	return true;
}

static bool
has(const struct list *l, const char *name)
{
	size_t i;

	for (i = 0; i < l->count; i++)
		if (strcmp(l->names[i], name) == 0)
			return true;
	return false;
}

static void
list_dir(struct list *l, const char *dir)
{
	struct dirent **found = NULL;
	int i, n = scandir(dir, &found, NULL, alphasort);

	for (i = 0; i < n; i++) {
		if (is_service(found[i]->d_name) && !has(l, found[i]->d_name)) {
			l->names = must(reallocarray(l->names, l->count + 1, sizeof(char *)));
			l->names[l->count++] = must(strdup(found[i]->d_name));
		}
		free(found[i]);
	}
	free(found);
}

/* Where people log in. */
static bool
is_login(const char *name)
{
	static const char *const logins[] = { "sshd", "login", "su", "su-l", "sudo", "sudo-i",
	    "doas", "polkit-1", "gdm-password", "gdm-fingerprint", "gdm-smartcard", "lightdm",
	    "sddm", "lxdm", "xdm", "wdm", "slim", "greetd", "kde", "xrdp-sesman", "cockpit",
	    "remote", "vsftpd", "proftpd" };
	size_t i;

	for (i = 0; i < sizeof(logins) / sizeof(logins[0]); i++)
		if (strcmp(name, logins[i]) == 0)
			return true;
	return false;
}

static bool
has_section(const struct config *c, const char *name)
{
	const struct names *services;
	size_t i;

	if (c == NULL)
		return false;
	services = config_services(c);
	for (i = 0; i < services->count; i++)
		if (strcmp(services->word[i], name) == 0)
			return true;
	return false;
}

/* ---- one service ---- */

static void
report_fault(struct hall *h, const struct service *s, const struct stack *stack)
{
	if (stack->fault[0] != '\0')
		finding_add(h->f, LEVEL_ERROR, "stack_fault",
		    (struct spot){ stack->fault_file, stack->fault_line, s->name },
		    "correct it: libpam lets such a line fail", "%s", stack->fault);
}

static void
check_without(struct hall *h, const struct service *s)
{
	if (has_section(h->config, s->name))
		finding_add(h->f, LEVEL_ERROR, "settings_without_effect",
		    (struct spot){ s->file, 0, s->name },
		    "add pam_mfa.so to its auth stack, or remove its settings",
		    "pam_mfa.conf has settings for this service, but its auth stack has no "
		    "pam_mfa");
	else if (is_login(s->name))
		finding_add(h->f, LEVEL_WARNING, "no_second_factor",
		    (struct spot){ s->file, 0, s->name },
		    "add pam_mfa.so to its auth stack (pam_mfa(8)), if that is not meant",
		    "people log in here, and are not asked for a second factor");
}

/* An audit session begins with pam_loginuid; ours records where it came from. */
static void
check_session(struct hall *h, const struct service *s)
{
	static const char todo[] = "put \"session optional pam_mfa.so\" after pam_loginuid";
	int ours = stack_find(&s->session, MODULE_JUDGE), begins = -1;
	size_t i;

	for (i = 0; i < s->session.count; i++)
		if (ends_with(s->session.lines[i].module, "pam_loginuid.so"))
			begins = (int)i;
	if (ours == -1 && (is_login(s->name) || has_section(h->config, s->name)) &&
	    (begins != -1 || strcmp(s->name, "sshd") == 0))
		finding_add(h->f, LEVEL_WARNING, "no_session_line",
		    (struct spot){ s->file, 0, s->name }, todo,
		    "the session stack has no pam_mfa: sudo inside these sessions does not know "
		    "where they came from");
	if (ours != -1 && ours < begins)
		finding_add(h->f, LEVEL_WARNING, "session_too_early",
		    (struct spot){ s->session.lines[ours].file, s->session.lines[ours].line,
		    s->name }, todo, "pam_mfa records the session before pam_loginuid begins it");
}

static void
check_with(struct hall *h, const struct service *s)
{
	if (!s->enabled)
		finding_add(h->f, LEVEL_WARNING, "not_enabled",
		    (struct spot){ s->file, 0, s->name },
		    "remove \"enabled = no\" from pam_mfa.conf, if that is not meant",
		    "the stack has pam_mfa, but it is not enabled: every login passes it");
	check_auth(s, h->f);
	check_session(h, s);
}

static void
read_settings(struct service *s, const struct config *c)
{
	const struct settings *v = c == NULL ? NULL : config_service(c, s->name);

	s->enabled = v == NULL || v->enabled;
	s->combined = v != NULL && v->combined;
	/* Keys and the like are sshd's alone. */
	s->guard = v != NULL && v->guard && strncmp(s->name, "sshd", 4) == 0;
	s->deadline = v == NULL ? 0 : v->deadline;
}

/* The name of its file, as a message shows it. */
static void
find_file(const struct hall *h, const char *name, char *dst, size_t size)
{
	size_t i;
	FILE *in;

	for (i = 0; h->paths->pam_dirs[i] != NULL; i++) {
		(void)snprintf(dst, size, "%s/%s", h->paths->pam_dirs[i], name);
		if ((in = fopen(dst, "re")) != NULL) {
			(void)fclose(in);
			return;
		}
	}
}

/* libpam takes "other" for a type that the service's own file has not. */
static void
read_stack(const struct hall *h, const char *name, enum stack_type type, struct stack *out)
{
	if (stack_read(h->paths->pam_dirs, name, type, out) && out->count > 0)
		return;
	stack_free(out);
	(void)stack_read(h->paths->pam_dirs, "other", type, out);
}

static bool
has_ours(const struct stack *auth)
{
	return stack_find(auth, MODULE_JUDGE) != -1 || stack_find(auth, MODULE_SPLIT) != -1;
}

static void
check_service(struct hall *h, const char *name)
{
	char file[512] = "";
	struct service s = { .name = name, .file = file };

	find_file(h, name, file, sizeof(file));
	read_settings(&s, h->config);
	read_stack(h, name, STACK_AUTH, &s.auth);
	read_stack(h, name, STACK_ACCOUNT, &s.account);
	read_stack(h, name, STACK_SESSION, &s.session);
	if (!has_ours(&s.auth)) {
		check_without(h, &s);
	} else {
		report_fault(h, &s, &s.auth);
		report_fault(h, &s, &s.account);
		report_fault(h, &s, &s.session);
		check_with(h, &s);
	}
	check_account(&s, h->f);
	stack_free(&s.auth);
	stack_free(&s.account);
	stack_free(&s.session);
}

static bool
anybody_is_asked(const struct hall *h, const struct list *l)
{
	struct stack auth;
	bool asked = false;
	size_t i;

	for (i = 0; !asked && i < l->count; i++) {
		read_stack(h, l->names[i], STACK_AUTH, &auth);
		asked = has_ours(&auth);
		stack_free(&auth);
	}
	return asked;
}

static void
check_sections(struct hall *h, const struct list *l)
{
	const struct names *services;
	const char *file;
	unsigned int line;
	size_t i;

	if (h->config == NULL)
		return;
	services = config_services(h->config);
	for (i = 0; i < services->count; i++) {
		if (has(l, services->word[i]))
			continue;
		file = config_section(h->config, services->word[i], &line);
		finding_add(h->f, LEVEL_WARNING, "no_such_service",
		    (struct spot){ file, line, services->word[i] },
		    "check the name: it is that of the file in /etc/pam.d",
		    "there is no PAM service of this name on this host");
	}
}

void
check_pam(const struct check_paths *paths, const struct config *config, struct findings *f)
{
	struct hall h = { .paths = paths, .config = config, .f = f };
	struct list l = { NULL, 0 };
	size_t i;

	for (i = 0; paths->pam_dirs[i] != NULL; i++)
		list_dir(&l, paths->pam_dirs[i]);
	if (anybody_is_asked(&h, &l))
		for (i = 0; i < l.count; i++)
			check_service(&h, l.names[i]);
	else
		finding_add(f, LEVEL_ERROR, "nobody_is_asked",
		    (struct spot){ paths->pam_dirs[0], 0, "" },
		    "enable it: pam-auth-update --enable pam_mfa, or see pam_mfa(8)",
		    "no PAM service has pam_mfa in its auth stack: nobody is asked");
	check_sections(&h, &l);
	for (i = 0; i < l.count; i++)
		free(l.names[i]);
	free(l.names);
}
