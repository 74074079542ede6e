/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the person sits, from what a message shows and from logind's files.
 */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../suite.h"
#include "error.h"
#include "origin.h"

/* ---- text ---- */

static const struct {
	const char *text, *shown;	/* NULL: refused, and unknown */
} texts[] = {
	{ "console", "console" }, { "unknown", "unknown" }, { "192.0.2.1", "192.0.2.1" },
	{ "::ffff:192.0.2.1", "192.0.2.1" }, { "2001:DB8::1", "2001:db8::1" },
	{ "fe80::1%eth0", "fe80::1" },
	{ "", NULL }, { "Console", NULL }, { "office.example", NULL }, { "192.0.2.0/24", NULL },
	{ "console ", NULL }, { "localhost", NULL },
};

START_TEST(text_is_read_and_written)
{
	char shown[ORIGIN_TEXT_MAX];
	struct origin o = { .kind = ORIGIN_CONSOLE };
	int r = origin_parse(texts[_i].text, &o);

	ck_assert_int_eq(r, texts[_i].shown != NULL ? MFA_OK : MFA_E_INVALID);
	ck_assert_ptr_nonnull(o.from);
	ck_assert_str_eq(origin_format(&o, shown),
	    texts[_i].shown != NULL ? texts[_i].shown : "unknown");
}
END_TEST

/* ---- messages ---- */

#define A "192.0.2.7"
#define SSH A " 51234 192.0.2.1 22"
#define NO UID_UNSET

static const struct login {
	const char *what;
	enum msg_phase phase;
	const char *ssh, *rhost, *tty, *xdisplay;
	uint32_t sessionid;
	bool display_manager;
	const char *origin;	/* NULL: MFA_E_ABSENT */
} logins[] = {
	{ "sshd", PHASE_AUTH, SSH, A, "ssh", "", NO, 0, A },
	{ "sshd with a name", PHASE_AUTH, SSH, "office.example", "ssh", "", NO, 0, A },
	{ "sshd in a session", PHASE_AUTH, SSH, A, "ssh", "", 4, 0, A },
	{ "guard", PHASE_ACCOUNT, SSH, A, "ssh", "", NO, 0, A },
	{ "IPv6", PHASE_AUTH, "2001:db8::1 1 2001:db8::2 22", "2001:db8::1", "", "", NO, 0,
	    "2001:db8::1" },
	{ "mapped", PHASE_AUTH, "::ffff:192.0.2.7 1 ::1 22", A, "", "", NO, 0, A },
	{ "zone", PHASE_AUTH, "fe80::1%eth0 1 ::1 22", "fe80::1%eth0", "", "", NO, 0, "fe80::1" },
	{ "UNKNOWN", PHASE_AUTH, "UNKNOWN 65535 UNKNOWN 65535", "UNKNOWN", "", "", NO, 0,
	    "unknown" },
	{ "unusable is final", PHASE_AUTH, "office.example 1 2 3", "", "tty1", "", 4, 0,
	    "unknown" },
	{ "unusable before rhost", PHASE_AUTH, " " SSH, A, "tty1", "", NO, 0, "unknown" },
	{ "port glued on", PHASE_AUTH, A ":22 1 2 3", A, "", "", NO, 0, "unknown" },
	{ "they disagree", PHASE_AUTH, SSH, "203.0.113.9", "ssh", "", NO, 0, "unknown" },
	{ "not sshd's", PHASE_AUTH, SSH, "", "/dev/pts/1", "", 4, 0, "unknown" },
	{ "not sshd's, on a terminal", PHASE_ACCOUNT, SSH, "", "tty1", "", NO, 0, "unknown" },
	{ "recorded", PHASE_OPEN, SSH, A, "ssh", "", 4, 0, A },
	{ "session disagrees", PHASE_OPEN, SSH, "203.0.113.9", "ssh", "", 4, 0, "unknown" },
	{ "session with a name", PHASE_OPEN, SSH, "office.example", "ssh", "", 4, 0, "unknown" },
	{ "session without", PHASE_OPEN, SSH, "", "tty1", "", 4, 0, "unknown" },
	{ "close without", PHASE_CLOSE, SSH, "", "tty1", "", 4, 0, "unknown" },

	{ "sudo", PHASE_AUTH, "", "", "/dev/pts/3", "", 4, 0, NULL },
	{ "sudo on a terminal", PHASE_AUTH, "", "", "/dev/tty1", "", 4, 0, NULL },
	{ "a session before rhost", PHASE_AUTH, "", A, "", "", 0, 0, NULL },
	{ "guard in a session", PHASE_ACCOUNT, "", "", "", "", 4, 0, NULL },
	{ "split in a session", PHASE_SPLIT, "", "", "", "", 4, 0, NULL },

	{ "rlogin", PHASE_AUTH, "", A, "pts/1", "", NO, 0, A },
	{ "a name", PHASE_AUTH, "", "office.example", "tty1", "", NO, 0, "unknown" },
	{ "localhost", PHASE_AUTH, "", "localhost", "tty1", "", NO, 0, "unknown" },
	{ "rhost in a session phase", PHASE_OPEN, "", A, "tty1", "", 4, 0, A },

	{ "login", PHASE_AUTH, "", "", "/dev/tty1", "", NO, 0, "console" },
	{ "login, short", PHASE_AUTH, "", "", "tty63", "", NO, 0, "console" },
	{ "console recorded", PHASE_OPEN, "", "", "tty2", "", 4, 0, "console" },
	{ "no such terminal", PHASE_AUTH, "", "", "tty0", "", NO, 0, "unknown" },
	{ "no such terminal 64", PHASE_AUTH, "", "", "tty64", "", NO, 0, "unknown" },
	{ "leading zero", PHASE_AUTH, "", "", "tty01", "", NO, 0, "unknown" },
	{ "serial line", PHASE_AUTH, "", "", "ttyS0", "", NO, 0, "unknown" },
	{ "USB", PHASE_AUTH, "", "", "ttyUSB0", "", NO, 0, "unknown" },
	{ "the current one", PHASE_AUTH, "", "", "tty", "", NO, 0, "unknown" },
	{ "pseudo-terminal", PHASE_AUTH, "", "", "/dev/pts/1", "", NO, 0, "unknown" },
	{ "like a terminal", PHASE_AUTH, "", "", "/dev/tty1x", "", NO, 0, "unknown" },
	{ "elsewhere", PHASE_AUTH, "", "", "/tmp/tty1", "", NO, 0, "unknown" },
	{ "twice /dev", PHASE_AUTH, "", "", "/dev//dev/tty1", "", NO, 0, "unknown" },

	{ "display manager", PHASE_AUTH, "", "", "", ":0", NO, 1, "console" },
	{ "its screen", PHASE_AUTH, "", "", "", ":0.0", NO, 1, "console" },
	{ "display as terminal", PHASE_AUTH, "", "", ":1", "", NO, 1, "console" },
	{ "not declared one", PHASE_AUTH, "", "", ":0", ":0", NO, 0, "unknown" },
	{ "another host's", PHASE_AUTH, "", "", "", "x.example:0", NO, 1, "unknown" },
	{ "forwarded", PHASE_AUTH, "", "", "", "localhost:10.0", NO, 1, "unknown" },
	{ "no number", PHASE_AUTH, "", "", "", ":", NO, 1, "unknown" },
	{ "half a screen", PHASE_AUTH, "", "", "", ":0.", NO, 1, "unknown" },
	{ "and more", PHASE_AUTH, "", "", "", ":0 x", NO, 1, "unknown" },
	{ "nothing", PHASE_AUTH, "", "", "", "", NO, 1, "unknown" },
};

START_TEST(login_shows_its_origin)
{
	const struct login *l = &logins[_i];
	char shown[ORIGIN_TEXT_MAX];
	struct origin o = { .kind = ORIGIN_CONSOLE };
	struct msg m = { .type = MSG_BEGIN, .phase = l->phase, .sessionid = l->sessionid };
	int r;

	snprintf(m.ssh_connection, sizeof(m.ssh_connection), "%s", l->ssh);
	snprintf(m.rhost, sizeof(m.rhost), "%s", l->rhost);
	snprintf(m.tty, sizeof(m.tty), "%s", l->tty);
	snprintf(m.xdisplay, sizeof(m.xdisplay), "%s", l->xdisplay);
	r = origin_of_login(&m, l->display_manager, &o);
	ck_assert_msg(r == (l->origin == NULL ? MFA_E_ABSENT : MFA_OK), "%s", l->what);
	ck_assert_ptr_nonnull(o.from);
	origin_format(&o, shown);
	ck_assert_msg(strcmp(shown, l->origin == NULL ? "unknown" : l->origin) == 0, "%s: %s",
	    l->what, shown);
}
END_TEST

/* ---- logind ---- */

static const struct {
	const char *file;	/* of audit session 12 */
	const char *origin;
} sessions[] = {
	{ "# This is private data. Do not parse.\nUID=1000\nREMOTE=1\nREMOTE_HOST=192.0.2.7\n"
	    "AUDIT=12\n", A },
	{ "REMOTE=1\nREMOTE_HOST=::ffff:192.0.2.7\n", A },
	{ "REMOTE=1\nREMOTE_HOST=192.0.2.7", A },
	{ "REMOTE=1\nREMOTE_HOST=office.example\n", "unknown" },
	{ "REMOTE=1\nREMOTE_HOST=\n", "unknown" },
	{ "REMOTE=1\n", "unknown" },
	{ "REMOTE=1\nSEAT=seat0\nVTNR=1\n", "unknown" },
	{ "REMOTE=1\nREMOTE_HOST=192.0.2.7\nSEAT=seat0\nVTNR=1\n", A },
	{ "REMOTE=0\nSEAT=seat0\nTTY=tty1\nVTNR=1\nAUDIT=12\n", "console" },
	{ "REMOTE=0\nSEAT=seat0\n", "unknown" },
	{ "REMOTE=0\nVTNR=1\n", "unknown" },
	{ "REMOTE=0\nSEAT=seat0\nVTNR=0\n", "unknown" },
	{ "REMOTE=0\nSEAT=seat0\nVTNR=99\n", "unknown" },
	{ "REMOTE=0\nSEAT=\nVTNR=1\n", "unknown" },
	{ "REMOTE=0\nREMOTE_HOST=localhost\nSEAT=seat0\nVTNR=1\n", "unknown" },
	{ "REMOTE=0\nTTY=pts/1\n", "unknown" },
	{ "REMOTE=2\nSEAT=seat0\nVTNR=1\n", "unknown" },
	{ "SEAT=seat0\nVTNR=1\n", "unknown" },
	{ "REMOTE=0\nSEAT=seat0\nVTNR=1\nAUDIT=13\n", "unknown" },
	{ "REMOTE=1\nREMOTE_HOST=192.0.2.7\nAUDIT=13\n", "unknown" },
	{ "REMOTE=0\nREMOTE=1\nSEAT=seat0\nVTNR=1\n", "unknown" },
	{ "REMOTE=1\nREMOTE_HOST=192.0.2.7\nREMOTE_HOST=192.0.2.8\n", "unknown" },
	{ "REMOTE=1\nREMOTE_HOST=192.0.2.7/24\n", "unknown" },
	{ "REMOTE=00\nSEAT=seat0\nVTNR=1\n", "unknown" },
	{ "xREMOTE=0\nSEAT=seat0\nVTNR=1\n", "unknown" },
	{ "REMOTE=1\nSTATE=active\nREMOTE_HOST=192.0.2.7\n", A },
	{ "REMOTE=1\nSTATE=closing\nREMOTE_HOST=192.0.2.7\n", "unknown" },
	{ "REMOTE=0\nSTATE=closing\nSEAT=seat0\nVTNR=1\n", "unknown" },
	{ "", "unknown" },
	{ "REMOTE\n=\n====\n", "unknown" },
};

static char dir[64];
static int dirfd;

static void
make_dir(void)
{
	snprintf(dir, sizeof(dir), "/tmp/mfa-origin-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void
drop_dir(void)
{
	unlinkat(dirfd, "12", 0);
	unlinkat(dirfd, "4294967294", 0);
	close(dirfd);
	rmdir(dir);
}

static void
put(const char *name, const char *text, size_t len)
{
	int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
	close(fd);
}

START_TEST(logind_says_where_a_session_came_from)
{
	struct origin o = { .kind = ORIGIN_CONSOLE };
	char shown[ORIGIN_TEXT_MAX];

	put("12", sessions[_i].file, strlen(sessions[_i].file));
	ck_assert_int_eq(origin_of_logind(dirfd, 12, &o), MFA_OK);
	ck_assert_str_eq(origin_format(&o, shown), sessions[_i].origin);
	ck_assert_str_eq(o.from, "logind");
}
END_TEST

START_TEST(session_that_logind_does_not_know_is_absent)
{
	struct origin o = { .kind = ORIGIN_CONSOLE };

	ck_assert_int_eq(origin_of_logind(dirfd, 12, &o), MFA_E_ABSENT);
	ck_assert_int_eq(o.kind, ORIGIN_UNKNOWN);
	o.kind = ORIGIN_CONSOLE;
	ck_assert_int_eq(origin_of_logind(-1, 12, &o), MFA_E_SYSTEM);
	ck_assert_int_eq(o.kind, ORIGIN_UNKNOWN);
	put("4294967294", "REMOTE=1\nREMOTE_HOST=192.0.2.7\n", 31);
	ck_assert_int_eq(origin_of_logind(dirfd, 4294967294u, &o), MFA_OK);
	ck_assert_int_eq(o.kind, ORIGIN_ADDRESS);
}
END_TEST

START_TEST(odd_file_leaves_it_unknown)
{
	struct origin o = { .kind = ORIGIN_CONSOLE };
	static char long_line[3000];

	put("12", "REMOTE=0\nSEAT=seat0\nVTNR=1\n\0", 28);
	ck_assert_int_eq(origin_of_logind(dirfd, 12, &o), MFA_E_INVALID);
	ck_assert_int_eq(o.kind, ORIGIN_UNKNOWN);
	memset(long_line, 'x', sizeof(long_line));
	put("12", long_line, sizeof(long_line));
	ck_assert_int_eq(origin_of_logind(dirfd, 12, &o), MFA_E_INVALID);
	unlinkat(dirfd, "12", 0);
	ck_assert_int_eq(symlinkat("/proc/version", dirfd, "12"), 0);
	ck_assert_int_eq(origin_of_logind(dirfd, 12, &o), MFA_E_SYSTEM);
	unlinkat(dirfd, "12", 0);
	ck_assert_int_eq(mkfifoat(dirfd, "12", 0600), 0);	/* does not hang */
	ck_assert_int_eq(origin_of_logind(dirfd, 12, &o), MFA_OK);
	ck_assert_int_eq(o.kind, ORIGIN_UNKNOWN);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int
main(void)
{
	Suite *s = suite_create("origin");
	TCase *t = tcase_create("origin"), *l = tcase_create("logind");

	tcase_add_loop_test(t, text_is_read_and_written, 0, COUNT(texts));
	tcase_add_loop_test(t, login_shows_its_origin, 0, COUNT(logins));
	tcase_add_checked_fixture(l, make_dir, drop_dir);
	tcase_add_loop_test(l, logind_says_where_a_session_came_from, 0, COUNT(sessions));
	tcase_add_test(l, session_that_logind_does_not_know_is_absent);
	tcase_add_test(l, odd_file_leaves_it_unknown);
	suite_add_tcase(s, t);
	suite_add_tcase(s, l);
	return suite_run(s);
}
