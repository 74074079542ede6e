/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfa-call: calls and sends text messages for mfad, and decides nothing.  See
 * mfa-call(8).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "../../helper/http/fetch.h"
#include "../../helper/http/seclude.h"
#include "../paths_mfad.h"
#include "child.h"
#include "confine.h"
#include "error.h"
#include "forker.h"
#include "line.h"
#include "listening.h"
#include "log.h"
#include "user.h"

#define EXIT_CONFIG	2	/* the configuration cannot be used */
#define CALLS_UNKNOWN	1	/* at once, where it cannot be read: to say so */

struct options {
	const char *config;
	bool test;
};

static int
usage(void)
{
	(void)fputs("usage: mfa-call [-t] [-f FILE]\n"
	    "  -f FILE  the configuration, instead of " MFA_CALL_CONF "\n"
	    "  -t       say what is wrong with it, and end\n"
	    "Run by systemd (mfa-call.socket) or by hand as root; see mfa-call(8).\n", stderr);
	return EXIT_CONFIG;
}

static bool
read_options(int argc, char **argv, struct options *o)
{
	int c;

	while ((c = getopt(argc, argv, "f:t")) != -1) {
		if (c == 'f')
			o->config = optarg;
		else if (c == 't')
			o->test = true;
		else
			return false;
	}
	return optind == argc;
}

/* With the groups that the administrator put it into: a modem's spool. */
static int
become_user(void)
{
	uint32_t uid = 0, gid = 0;
	int r;

	if (geteuid() != 0)
		return MFA_OK;
	if ((r = user_find(MFAD_CALL_USER, &uid, &gid)) == MFA_OK)
		r = confine_user_and_groups(MFAD_CALL_USER, uid, gid);
	if (r != MFA_OK)
		log_line(LOG_ERR, "cannot become user " MFAD_CALL_USER ": %s", mfa_strerror(r));
	return r;
}

static bool
can_run(const char *key, bool used, const char *path)
{
	if (!used || access(path, X_OK) == 0)
		return true;
	(void)fprintf(stderr, "mfa-call: %s: %s cannot be run by user " MFAD_CALL_USER ": %s\n",
	    key, path, strerror(errno));
	return false;
}

/* What is looked at only when somebody is called: it may change until then. */
static bool
look_at_the_rest(const struct call_config *c)
{
	bool call = can_run("call_command", c->call_gateway == CALL_BY_EXEC, c->call_command);
	bool text = can_run("text_command", c->text_gateway == TEXT_BY_EXEC, c->text_command);

	if (c->prefixes.count == 0 && (c->call_gateway != CALL_BY_NONE ||
	    c->text_gateway != TEXT_BY_NONE))
		(void)fputs("mfa-call: prefixes = none: there is no number that may be called or "
		    "texted\n", stderr);
	return call && text;
}

/* As the user that would use it, where there is one. */
static int
look_only(struct line *l)
{
	uint32_t uid, gid;

	if (geteuid() == 0 && user_find(MFAD_CALL_USER, &uid, &gid) == MFA_OK &&
	    become_user() != MFA_OK)
		return EXIT_FAILURE;
	l->quiet = true;
	line_load(l);
	if (l->fault[0] != '\0')
		(void)fprintf(stderr, "mfa-call: %s\n", l->fault);
	return l->fault[0] == '\0' && look_at_the_rest(l->config) ? EXIT_SUCCESS : EXIT_CONFIG;
}

/* ---- serving ---- */

struct calls {
	struct line line;
	struct forker forker;
};

static void
count_calls(struct calls *s)
{
	s->forker.most = s->line.config != NULL ? s->line.config->calls : CALLS_UNKNOWN;
}

static void
look_again(void *ctx)
{
	struct calls *s = ctx;

	if (!line_stale(&s->line))
		return;
	line_load(&s->line);
	count_calls(s);
}

static void
serve_one(void *ctx)
{
	const struct calls *s = ctx;

	call_child_serve(&s->line);
}

/* Neither a proxy, nor a resolver's options, nor OpenSSL's files come from an
 * environment. */
static int
serve(struct calls *s)
{
	int fd = listening_socket(MFAD_CALL_SOCKET, 0660, MFAD_USER);

	if (clearenv() != 0 || fd == -1 || become_user() != MFA_OK)
		return EXIT_FAILURE;
	seclude_warm_up();
	if (fetch_start_up() != MFA_OK) {
		log_line(LOG_ERR, "libcurl cannot be used");
		return EXIT_FAILURE;
	}
	line_load(&s->line);
	count_calls(s);
	return forker_run(&s->forker, fd);
}

int
main(int argc, char **argv)
{
	struct options o = { .config = MFA_CALL_CONF };
	static struct calls s;
	int status;

	(void)umask(077);
	log_open("mfa-call");
	if (!read_options(argc, argv, &o))
		return usage();
	s.line.path = o.config;
	s.forker = (struct forker){ .name = "mfa-call", .what = "call", .user = MFAD_USER,
	    .prepare = look_again, .serve = serve_one, .ctx = &s };
	status = o.test ? look_only(&s.line) : serve(&s);
	line_drop(&s.line);
	return status;
}
