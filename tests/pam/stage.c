/* SPDX-License-Identifier: BSD-2-Clause */
#include "stage.h"

#include <err.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../suite.h"
#include "paths.h"

#define LOG	"/var/log/auth.log"
#define STACKS	"/tmp/stacks"
#define MODULE	STACKS "/pam_mfa.so"	/* where an ordinary user can load it */

/* ---- the world ---- */

static char build[512];

/* By rename: what is there may be running. */
static void
install(const char *name, const char *to)
{
	char from[sizeof(build) + 64], fresh[256];
	ssize_t n = -1;
	int in, out;

	snprintf(from, sizeof(from), "%s/%s", build, name);
	snprintf(fresh, sizeof(fresh), "%s.new", to);
	in = open(from, O_RDONLY | O_CLOEXEC);
	out = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	while (in != -1 && out != -1 && (n = sendfile(out, in, NULL, 1 << 20)) > 0)
		;
	if (n == -1 || fchmod(out, 0755) == -1 || close(out) == -1 || rename(fresh, to) == -1)
		err(1, "cannot install %s", name);
	close(in);
}

void
stage_install_probe(void)
{
	install("tests/pam/probe", MFA_HELPER);
}

void
stage_install_http_probe(void)
{
	install("tests/pam/probe", MFA_HTTP);
}

uid_t
stage_uid(const char *user)
{
	struct passwd *pw = getpwnam(user);

	ck_assert_ptr_nonnull(pw);
	return pw->pw_uid;
}

/* This program is BUILD/tests/pam/test_NAME. */
static void
find_build(void)
{
	ssize_t n = readlink("/proc/self/exe", build, sizeof(build) - 1);
	int up;

	if (n <= 0)
		err(1, "/proc/self/exe");
	build[n] = '\0';
	for (up = 0; up < 3; up++)
		*strrchr(build, '/') = '\0';
}

static void
append_line(const char *path, const char *line)
{
	FILE *f = fopen(path, "a");

	if (f == NULL || fputs(line, f) == EOF || fclose(f) == EOF)
		err(1, "%s", path);
}

static void
make_user(const char *name, const char *passwd, const char *group)
{
	if (getpwnam(name) != NULL)
		return;
	append_line("/etc/passwd", passwd);
	append_line("/etc/group", group);
}

void
stage_prepare(void)
{
	char host[65] = "";

	if (gethostname(host, sizeof(host) - 1) == -1 || strcmp(host, "world") != 0 ||
	    geteuid() != 0)
		errx(1, "runs as root in the throw-away world only (tests/world/run)");
	find_build();
	make_user(MFA_USER, MFA_USER ":x:64101:64101::/:/usr/sbin/nologin\n",
	    MFA_USER ":x:64101:\n");
	make_user(MFA_HTTP_USER, MFA_HTTP_USER ":x:64104:64104::/:/usr/sbin/nologin\n",
	    MFA_HTTP_USER ":x:64104:\n");
	make_user("anna", "anna:x:64102:64102::/:/bin/sh\n",
	    "anna:x:64102:\nanna2:x:64103:anna\n");
	(void)mkdir(MFA_RUNDIR, 0755);
	(void)mkdir(MFA_LIBEXECDIR, 0755);
	(void)mkdir(STACKS, 0755);
	install("pam_mfa.so", MODULE);
	(void)unlink(MFA_HELPER);
	(void)unlink(MFA_SOCKET);
	(void)unlink(MFA_HTTP);
	(void)unlink(MFA_HTTP_SOCKET);
}

int
stage_run(TCase *(*const cases[])(void), size_t count, const char *name)
{
	Suite *s = suite_create(name);
	size_t i;

	stage_prepare();
	for (i = 0; i < count; i++)
		suite_add_tcase(s, cases[i]());
	return suite_run(s);
}

/* ---- what the probe reported ---- */

/* Does the probe's report have this line?  The probe has ended or is about to. */
static bool
reported(const char *wanted)
{
	char line[1024];
	bool found = false;
	FILE *f = fopen("/tmp/probe", "r");

	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		found = strcmp(line, wanted) == 0;
	}
	if (f != NULL)
		fclose(f);
	return found;
}

#define ck_reported(line) ck_assert_msg(reported(line), "the probe did not report: %s", line)

static void
spawned_clean(const char *user, const char *argv0)
{
	char line[128];
	uid_t uid = stage_uid(user);

	ck_reported(argv0);
	ck_reported("argv login");
	ck_reported("descriptors 0=/dev/null 1=/dev/null 2=/dev/null 3=socket");
	snprintf(line, sizeof(line), "Uid:\t%u\t%u\t%u\t%u", uid, uid, uid, uid);
	ck_reported(line);
	ck_reported("Groups:\t ");
	ck_reported("SigBlk:\t0000000000000000");
	ck_reported("SigIgn:\t0000000000000000");
	ck_reported("CapInh:\t0000000000000000");
	ck_reported("CapPrm:\t0000000000000000");
	ck_reported("CapEff:\t0000000000000000");
	ck_reported("CapAmb:\t0000000000000000");
	ck_reported("Umask:\t0077");
	ck_reported("cwd /");
	ck_reported("leads its session 1");
	ck_reported("core 0 0");
	ck_reported("fsize -1 -1");
	ck_reported("cpu -1 -1");
	ck_reported("environment 0");
}

void
stage_spawned_clean(void)
{
	spawned_clean(MFA_USER, "argv mfa-helper");
}

void
stage_http_spawned_clean(void)
{
	spawned_clean(MFA_HTTP_USER, "argv mfa-http");
}

/* The world's syslogd writes a line after syslog(3) has returned. */
unsigned int
stage_logged(const char *what)
{
	char line[8192];
	unsigned int n = 0, round;
	FILE *f;

	for (round = 0; n == 0 && round < 50; round++) {
		role_pause(20);
		if ((f = fopen(LOG, "r")) == NULL)
			continue;
		while (fgets(line, sizeof(line), f) != NULL)
			n += strstr(line, what) != NULL;
		fclose(f);
	}
	return n;
}

void
stage_log_clear(void)
{
	if (truncate(LOG, 0) == -1)
		warn(LOG);
}

int64_t
stage_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* ---- the person ---- */

static bool
is_prompt(int style)
{
	return style == PAM_PROMPT_ECHO_ON || style == PAM_PROMPT_ECHO_OFF;
}

static void
note_line(struct person *p, const struct pam_message *m)
{
	ck_assert_uint_lt(p->shown, LINES_MAX);
	p->line[p->shown].style = m->msg_style;
	snprintf(p->line[p->shown].text, sizeof(p->line[0].text), "%s", m->msg);
	p->shown++;
	if (p->waits_ms > 0)
		role_pause(p->waits_ms);
}

static int
converse(int n, const struct pam_message **messages, struct pam_response **responses, void *arg)
{
	struct person *p = arg;
	bool prompt = is_prompt(messages[0]->msg_style);
	const char *answer;

	ck_assert_int_eq(n, 1);
	note_line(p, messages[0]);
	if (p->then != NULL)
		p->then(p);
	if (p->fails_with != 0 && (prompt || p->fails_lines))
		return p->fails_with;
	*responses = NULL;
	if (p->no_response)
		return PAM_SUCCESS;
	*responses = calloc(1, sizeof(**responses));
	if (prompt) {
		answer = p->answers[p->asked++];
		(*responses)->resp = answer == NULL ? NULL : strdup(answer);
	}
	return PAM_SUCCESS;
}

/* ---- the application ---- */

static void
write_stack(const char *path, const char *stack)
{
	FILE *f = fopen(path, "w");

	/* An ordinary user takes what is there. */
	if (f == NULL)
		return;
	for (; *stack != '\0'; stack++)
		if (*stack == '@')
			fputs(MODULE, f);
		else
			fputc(*stack, f);
	ck_assert_int_eq(fclose(f), 0);
}

void
login_begin(struct login *l, const char *user, const char *stack)
{
	write_stack(STACKS "/stage", stack);
	write_stack(STACKS "/other", stack);
	l->conv = (struct pam_conv){ converse, &l->person };
	ck_assert_int_eq(pam_start_confdir("stage", user, &l->conv, STACKS, &l->pamh),
	    PAM_SUCCESS);
	l->person.pamh = l->pamh;
}

void
login_end(struct login *l, int status)
{
	ck_assert_int_eq(pam_end(l->pamh, status), PAM_SUCCESS);
	l->pamh = NULL;
}

int
login_call(struct login *l, enum phase_call call, int flags)
{
	static int (*const calls[CALLS])(pam_handle_t *, int) = {
		[AUTH] = pam_authenticate,
		[CRED] = pam_setcred,
		[ACCT] = pam_acct_mgmt,
		[OPEN] = pam_open_session,
		[CLOSE] = pam_close_session,
	};

	return calls[call](l->pamh, flags);
}

int
login_once(struct login *l, enum phase_call call, int flags)
{
	int r;

	login_begin(l, "anna", ONE_OF_EACH);
	r = login_call(l, call, flags);
	login_end(l, r);
	return r;
}
