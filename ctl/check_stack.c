/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads /etc/pam.d as libpam does (pam.d(5)), with Debian's @include. */
#include "check_stack.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "check_control.h"
#include "ctl.h"

#define NAME_MAX_BYTES 512

static const char *const type_names[] = {
	[STACK_AUTH] = "auth",
	[STACK_ACCOUNT] = "account",
	[STACK_SESSION] = "session",
	[STACK_PASSWORD] = "password",
};

struct reading {
	const char *const *dirs;
	enum stack_type type;
	struct stack *out;
	const char *file;	/* the one that is being read */
	unsigned int line;
	unsigned int depth;	/* of files within files */
	unsigned int level;	/* of substacks */
};

static void *
must(void *p)
{
	if (p == NULL)
		exit(complain(CTL_STATE, "out of memory"));
	return p;
}

static void fault(struct reading *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The first one is kept. */
static void
fault(struct reading *r, const char *format, ...)
{
	va_list ap;

	if (r->out->fault[0] != '\0')
		return;
	va_start(ap, format);
	(void)vsnprintf(r->out->fault, sizeof(r->out->fault), format, ap);
	va_end(ap);
	(void)snprintf(r->out->fault_file, sizeof(r->out->fault_file), "%s", r->file);
	r->out->fault_line = r->line;
}

/* ---- words ---- */

/* The next word, or what stands in square brackets; NULL at the end. */
static char *
next_word(char **at)
{
	char *word = *at + strspn(*at, " \t\n"), *end;

	if (*word == '\0')
		return NULL;
	if (*word == '[' && (end = strchr(word, ']')) != NULL)
		word++;
	else
		end = word + strcspn(word, " \t\n");
	*at = *end == '\0' ? end : end + 1;
	*end = '\0';
	return word;
}

static char *
rest_of(char *at)
{
	char *out = must(calloc(1, strlen(at) + 2)), *word;
	size_t n = 0;

	while ((word = next_word(&at)) != NULL) {
		if (n > 0)
			out[n++] = ' ';
		memcpy(out + n, word, strlen(word));
		n += strlen(word);
	}
	return out;
}

/* ---- modules ---- */

static const struct {
	const char *name;
	enum module_kind kind;
} modules[] = {
	{ "pam_mfa.so", MODULE_JUDGE },
	{ "pam_unix.so", MODULE_PASSWORD }, { "pam_unix2.so", MODULE_PASSWORD },
	{ "pam_sss.so", MODULE_PASSWORD }, { "pam_ldap.so", MODULE_PASSWORD },
	{ "pam_ldapd.so", MODULE_PASSWORD }, { "pam_krb5.so", MODULE_PASSWORD },
	{ "pam_winbind.so", MODULE_PASSWORD }, { "pam_userdb.so", MODULE_PASSWORD },
	{ "pam_pwdb.so", MODULE_PASSWORD }, { "pam_lsass.so", MODULE_PASSWORD },
	{ "pam_systemd_home.so", MODULE_PASSWORD }, { "pam_kanidm.so", MODULE_PASSWORD },
	{ "pam_himmelblau.so", MODULE_PASSWORD }, { "pam_radius_auth.so", MODULE_PASSWORD },
	{ "pam_tcb.so", MODULE_PASSWORD }, { "pam_pgsql.so", MODULE_PASSWORD },
	{ "pam_mysql.so", MODULE_PASSWORD }, { "pam_slurm.so", MODULE_CONDITION },
	{ "pam_fprintd.so", MODULE_FACTOR }, { "pam_u2f.so", MODULE_FACTOR },
	{ "pam_pkcs11.so", MODULE_FACTOR }, { "pam_p11.so", MODULE_FACTOR },
	{ "pam_ssh_agent_auth.so", MODULE_FACTOR }, { "pam_rssh.so", MODULE_FACTOR },
	{ "pam_google_authenticator.so", MODULE_FACTOR }, { "pam_oath.so", MODULE_FACTOR },
	{ "pam_yubico.so", MODULE_FACTOR }, { "pam_duo.so", MODULE_FACTOR },
	{ "pam_rhosts.so", MODULE_CONDITION }, { "pam_succeed_if.so", MODULE_CONDITION },
	{ "pam_access.so", MODULE_CONDITION }, { "pam_listfile.so", MODULE_CONDITION },
	{ "pam_localuser.so", MODULE_CONDITION }, { "pam_wheel.so", MODULE_CONDITION },
	{ "pam_time.so", MODULE_CONDITION }, { "pam_securetty.so", MODULE_CONDITION },
	{ "pam_usertype.so", MODULE_CONDITION }, { "pam_timestamp.so", MODULE_CONDITION },
	{ "pam_exec.so", MODULE_CONDITION }, { "pam_script.so", MODULE_CONDITION },
	{ "pam_rootok.so", MODULE_ROOTOK },
	{ "pam_permit.so", MODULE_PERMIT }, { "pam_deny.so", MODULE_DENY },
};

static enum module_kind
kind_of(const char *module, const struct stack_line *l)
{
	const char *slash = strrchr(module, '/');
	size_t i;

	if (slash != NULL)
		module = slash + 1;
	for (i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		if (strcmp(module, modules[i].name) != 0)
			continue;
		if (modules[i].kind == MODULE_JUDGE && stack_has_argument(l, "split"))
			return MODULE_SPLIT;
		return modules[i].kind;
	}
	return MODULE_OTHER;
}

bool
stack_has_argument(const struct stack_line *l, const char *word)
{
	const char *at = l->arguments;
	size_t len = strlen(word);

	for (; *at != '\0'; at += strcspn(at, " "), at += *at == ' ')
		if (strncmp(at, word, len) == 0 && (at[len] == ' ' || at[len] == '\0'))
			return true;
	return false;
}

/* ---- lines ---- */

static struct stack_line *
add_line(struct reading *r, enum module_kind kind, const char *module, char *arguments)
{
	struct stack *s = r->out;
	struct stack_line *l;

	if (s->count >= STACK_LINES) {
		fault(r, "the stack has more than %d lines", STACK_LINES);
		free(arguments);
		return NULL;
	}
	s->lines = must(reallocarray(s->lines, s->count + 1, sizeof(*s->lines)));
	l = &s->lines[s->count++];
	*l = (struct stack_line){ .file = must(strdup(r->file)), .line = r->line,
	    .level = r->level, .kind = kind, .module = must(strdup(module)),
	    .arguments = arguments };
	control_set_all(l->actions, ACTION_BAD);
	return l;
}

static void
add_broken(struct reading *r)
{
	(void)add_line(r, MODULE_BROKEN, "", must(strdup("")));
}

static bool read_named(struct reading *r, const char *name);

static void
include(struct reading *r, const char *name, bool substack)
{
	struct reading inner = *r;

	if (name == NULL) {
		fault(r, "the name of a file is missing");
		add_broken(r);
		return;
	}
	if (substack)
		(void)add_line(r, MODULE_SUBSTACK, "", must(strdup("")));
	inner.level += substack;
	inner.depth++;
	if (inner.depth >= STACK_LEVELS) {
		fault(r, "more than %d files within files", STACK_LEVELS);
		add_broken(r);
	} else if (!read_named(&inner, name)) {
		fault(r, "%s, which it includes, cannot be read: %s", name, strerror(errno));
		add_broken(r);
	}
}

static void
take_module(struct reading *r, const char *control, char *rest)
{
	char *module = next_word(&rest);
	struct stack_line *l;

	if (module == NULL) {
		fault(r, "the name of a module is missing");
		add_broken(r);
		return;
	}
	if ((l = add_line(r, MODULE_OTHER, module, rest_of(rest))) == NULL)
		return;
	l->kind = kind_of(module, l);
	if (!control_parse(control, l->actions))
		fault(r, "%s is not a control value that libpam understands", control);
}

/* Is the line of our type?  One whose type libpam does not know fails in every
 * stack that includes it. */
static bool
is_ours(struct reading *r, const char *type)
{
	size_t i;

	type += *type == '-';
	if (strcasecmp(type, type_names[r->type]) == 0)
		return true;
	for (i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++)
		if (strcasecmp(type, type_names[i]) == 0)
			return false;
	fault(r, "%s: auth, account, session or password was expected", type);
	if (r->type == STACK_AUTH)
		add_broken(r);
	return false;
}

static void
take_line(struct reading *r, char *text)
{
	char *type = next_word(&text), *control;

	if (type == NULL)
		return;
	if (strcasecmp(type, "@include") == 0) {
		include(r, next_word(&text), false);
		return;
	}
	if (!is_ours(r, type))
		return;
	if ((control = next_word(&text)) == NULL) {
		fault(r, "a control value is missing");
		add_broken(r);
		return;
	}
	if (strcasecmp(control, "include") == 0 || strcasecmp(control, "substack") == 0)
		include(r, next_word(&text), strcasecmp(control, "substack") == 0);
	else
		take_module(r, control, text);
}

/* ---- files ---- */

/* Without its comment; true when the next line continues it. */
static bool
strip(char *line)
{
	size_t len;

	line[strcspn(line, "#\n")] = '\0';
	len = strlen(line);
	if (len == 0 || line[len - 1] != '\\')
		return false;
	line[len - 1] = ' ';
	return true;
}

static void
read_file(struct reading *r, FILE *in)
{
	char *line = NULL, *whole = must(strdup(""));
	size_t room = 0, len = 0, more;
	unsigned int at = 0;

	while (getline(&line, &room, in) != -1) {
		bool goes_on = strip(line);

		at++;
		if (len == 0)
			r->line = at;
		more = strlen(line);
		whole = must(realloc(whole, len + more + 1));
		memcpy(whole + len, line, more + 1);
		len += more;
		if (goes_on)
			continue;
		take_line(r, whole);
		len = 0;
	}
	if (len > 0)
		take_line(r, whole);
	free(whole);
	free(line);
}

static bool
read_path(struct reading *r, const char *path)
{
	const char *before = r->file;
	FILE *in = fopen(path, "re");

	if (in == NULL)
		return false;
	r->file = path;
	read_file(r, in);
	r->file = before;
	(void)fclose(in);
	return true;
}

static bool
read_named(struct reading *r, const char *name)
{
	char path[NAME_MAX_BYTES];
	size_t i;
	int n;

	if (name[0] == '/')
		return read_path(r, name);
	for (i = 0; r->dirs[i] != NULL; i++) {
		n = snprintf(path, sizeof(path), "%s/%s", r->dirs[i], name);
		if (n > 0 && (size_t)n < sizeof(path) && read_path(r, path))
			return true;
	}
	return false;
}

bool
stack_read(const char *const *dirs, const char *service, enum stack_type type, struct stack *out)
{
	struct reading r = { .dirs = dirs, .type = type, .out = out, .file = service };

	*out = (struct stack){ .count = 0 };
	return read_named(&r, service);
}

void
stack_free(struct stack *s)
{
	size_t i;

	for (i = 0; i < s->count; i++) {
		free(s->lines[i].file);
		free(s->lines[i].module);
		free(s->lines[i].arguments);
	}
	free(s->lines);
	*s = (struct stack){ .count = 0 };
}

int
stack_find(const struct stack *s, enum module_kind kind)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (s->lines[i].kind == kind)
			return (int)i;
	return -1;
}
