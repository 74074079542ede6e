/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "paths.h"
#include "stage.h"

/* Where nobody listens and we are root, the helper is run: how, and what it
 * starts with. */

static struct login l;

static void
remove_probe(void)
{
	stage_helper_stop();
	(void)unlink(MFA_HELPER);
	(void)unlink("/tmp/probe");
}

START_TEST(the_spawned_helper_starts_with_nothing_of_the_applications)
{
	struct rlimit small = { 1 << 20, RLIM_INFINITY };
	const gid_t groups[] = { 1, 2, 64103 };
	sigset_t all;
	int i;

	ck_assert_int_eq(setgroups(3, groups), 0);
	setenv("LD_PRELOAD_NOT", "x", 1);
	(void)umask(0);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	for (i = 1; i < 32; i++)
		(void)signal(i, SIG_IGN);
	(void)signal(SIGCHLD, SIG_DFL);
	for (i = 0; i < 20; i++)
		(void)open("/etc/passwd", O_RDONLY);
	(void)dup2(0, 200);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
	stage_spawned_clean();
}
END_TEST

START_TEST(every_phase_can_spawn)
{
	ck_assert_int_eq(login_once(&l, ACCT, 0), PAM_SUCCESS);
	ck_assert_int_eq(login_once(&l, OPEN, 0), PAM_SUCCESS);
	ck_assert_int_eq(login_once(&l, CLOSE, 0), PAM_SUCCESS);
	stage_spawned_clean();
}
END_TEST

/* su and sudo: the real user is the person, with the person's limits. */
START_TEST(a_setuid_application_spawns_with_no_id_of_the_person)
{
	ck_assert_int_eq(setresgid(64102, 0, 0), 0);
	ck_assert_int_eq(setresuid(64102, 0, 0), 0);
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
	stage_spawned_clean();
}
END_TEST

START_TEST(no_new_privs_does_not_keep_it_from_spawning)
{
	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
	stage_spawned_clean();
}
END_TEST

static void
forbid_close_range(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 38),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

START_TEST(descriptors_are_closed_where_close_range_is_missing_too)
{
	int i;

	for (i = 0; i < 900; i++)
		(void)open("/etc/passwd", O_RDONLY);
	forbid_close_range();
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
	stage_spawned_clean();
}
END_TEST

/* ---- when it is spawned, and when not ---- */

static void
grants(struct role *r)
{
	role_hear(r);
	role_verdict(r, VERDICT_GRANT);
	role_hear(r);
}

START_TEST(it_is_not_spawned_where_somebody_listens)
{
	stage_helper_start(grants);
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_uint_eq(played->served, 1);
	ck_assert_int_eq(access("/tmp/probe", F_OK), -1);
}
END_TEST

static int
bind_socket(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX, .sun_path = MFA_SOCKET };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	ck_assert_int_eq(chmod(MFA_SOCKET, 0666), 0);
	return fd;
}

START_TEST(it_is_spawned_where_a_socket_was_left_behind)
{
	close(bind_socket());
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
	stage_spawned_clean();
}
END_TEST

static void
fill_queue(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX, .sun_path = MFA_SOCKET };
	int fd = bind_socket(), client;

	ck_assert_int_eq(listen(fd, 0), 0);
	do
		client = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);
	while (connect(client, (struct sockaddr *)&sun, sizeof(sun)) == 0);
}

START_TEST(it_is_spawned_where_the_queue_stays_full)
{
	int64_t before = stage_now();

	fill_queue();
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_int_ge(stage_now() - before, 1900);
	ck_assert_int_lt(stage_now() - before, 4000);
	stage_spawned_clean();
}
END_TEST

START_TEST(an_ordinary_user_never_spawns_and_is_denied)
{
	stage_log_clear();
	ck_assert_int_eq(chmod("/var/log/auth.log", 0644), 0);
	ck_assert_int_eq(setresgid(64102, 64102, 64102), 0);
	ck_assert_int_eq(setresuid(64102, 64102, 64102), 0);
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_AUTHINFO_UNAVAIL);
	ck_assert_int_eq(access("/tmp/probe", F_OK), -1);
	ck_assert_uint_eq(stage_logged("nobody serves"), 1);
}
END_TEST

START_TEST(an_ordinary_user_is_denied_where_the_queue_stays_full)
{
	fill_queue();
	ck_assert_int_eq(setresgid(64102, 64102, 64102), 0);
	ck_assert_int_eq(setresuid(64102, 64102, 64102), 0);
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_AUTHINFO_UNAVAIL);
	ck_assert_int_eq(access("/tmp/probe", F_OK), -1);
}
END_TEST

/* ---- what cannot be spawned denies ---- */

static void
write_helper(const char *text, mode_t mode)
{
	FILE *f;

	(void)unlink(MFA_HELPER);
	f = fopen(MFA_HELPER, "w");
	fputs(text, f);
	fclose(f);
	ck_assert_int_eq(chmod(MFA_HELPER, mode), 0);
}

static const struct { const char *text; mode_t mode; const char *why; } broken[] = {
	{ "#!/bin/sh\n", 0644, "nobody serves" },
	{ "", 0755, "the helper went away without a verdict" },
	{ "noise", 0755, "the helper went away without a verdict" },
	{ "#!/nonexistent\n", 0755, "the helper went away without a verdict" },
	{ "#!/bin/sh\nexit 0\n", 0755, "the helper went away without a verdict" },
	{ "#!/bin/sh\nkill -SEGV $$\n", 0755, "the helper went away without a verdict" },
	{ "#!/bin/sh\necho granted >&3\nsleep 1\n", 0755, "the helper sent what it may not send" },
};

START_TEST(a_helper_that_cannot_run_denies)
{
	stage_log_clear();
	write_helper(broken[_i].text, broken[_i].mode);
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_AUTHINFO_UNAVAIL);
	ck_assert_uint_eq(stage_logged(broken[_i].why), 1);
	ck_assert_int_eq(waitpid(-1, NULL, 0), -1);
}
END_TEST

#define PASSWD	"/etc/passwd"
#define KEPT	"/etc/passwd.kept"
#define CHANGED	"/etc/passwd.changed"

/* Until restore_passwd: this line instead of the helper's user. */
static void
change_user(const char *instead)
{
	FILE *in = fopen(PASSWD, "re"), *out = fopen(CHANGED, "we");
	char line[1024];

	ck_assert(in != NULL && out != NULL);
	while (fgets(line, sizeof(line), in) != NULL)
		fputs(strncmp(line, MFA_USER ":", sizeof(MFA_USER)) == 0 ? instead : line, out);
	ck_assert_int_eq(fchmod(fileno(out), 0644), 0);
	ck_assert_int_eq(fclose(in) | fclose(out), 0);
	ck_assert_int_eq(rename(PASSWD, KEPT), 0);
	ck_assert_int_eq(rename(CHANGED, PASSWD), 0);
}

START_TEST(a_missing_user_denies)
{
	change_user("");
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_AUTHINFO_UNAVAIL);
	ck_assert_int_eq(access("/tmp/probe", F_OK), -1);
}
END_TEST

START_TEST(a_helper_user_that_is_root_is_refused)
{
	change_user(MFA_USER ":x:0:64101::/:/usr/sbin/nologin\n");
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_AUTHINFO_UNAVAIL);
	ck_assert_int_eq(access("/tmp/probe", F_OK), -1);
}
END_TEST

static void
restore_passwd(void)
{
	remove_probe();
	if (access(KEPT, F_OK) == 0 && rename(KEPT, PASSWD) == -1)
		ck_abort_msg("the user is gone for the tests that follow");
}

START_TEST(without_descriptors_a_login_is_denied)
{
	struct rlimit none = { 0, 0 };
	int fd = open("/dev/null", O_RDONLY);

	login_begin(&l, "anna", ONE_OF_EACH);
	ck_assert_int_eq(login_call(&l, AUTH, PAM_SILENT), PAM_SUCCESS);
	none.rlim_cur = none.rlim_max = (rlim_t)fd + (rlim_t)_i;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	ck_assert_int_ne(login_call(&l, AUTH, PAM_SILENT), PAM_SUCCESS);
	login_end(&l, PAM_AUTH_ERR);
}
END_TEST

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static TCase *
spawn(void)
{
	TCase *t = tcase_create("spawn");

	tcase_add_checked_fixture(t, stage_install_probe, remove_probe);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, the_spawned_helper_starts_with_nothing_of_the_applications);
	tcase_add_test(t, every_phase_can_spawn);
	tcase_add_test(t, a_setuid_application_spawns_with_no_id_of_the_person);
	tcase_add_test(t, no_new_privs_does_not_keep_it_from_spawning);
	tcase_add_test(t, descriptors_are_closed_where_close_range_is_missing_too);
	tcase_add_test(t, it_is_not_spawned_where_somebody_listens);
	tcase_add_test(t, it_is_spawned_where_a_socket_was_left_behind);
	tcase_add_test(t, it_is_spawned_where_the_queue_stays_full);
	tcase_add_test(t, an_ordinary_user_never_spawns_and_is_denied);
	tcase_add_test(t, an_ordinary_user_is_denied_where_the_queue_stays_full);
	tcase_add_loop_test(t, a_helper_that_cannot_run_denies, 0, COUNT(broken));
	tcase_add_loop_test(t, without_descriptors_a_login_is_denied, 0, 2);
	return t;
}

static TCase *
no_user(void)
{
	TCase *t = tcase_create("no user");

	tcase_add_checked_fixture(t, stage_install_probe, restore_passwd);
	tcase_add_test(t, a_missing_user_denies);
	tcase_add_test(t, a_helper_user_that_is_root_is_refused);
	return t;
}

int
main(void)
{
	TCase *(*const cases[])(void) = { spawn, no_user };

	return stage_run(cases, 2, "spawn");
}
