/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "paths.h"
#include "stage.h"

/* The helper may run nothing: it asks the module for the way to mfa-http.  The
 * module connects to it or runs it, hands the socket over and keeps nothing;
 * whatever goes wrong with that is no denial of the module's. */

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

static struct login l;

static void
clear(void)
{
	stage_helper_stop();
	(void)unlink(MFA_HTTP);
	(void)unlink(MFA_HTTP_SOCKET);
	(void)unlink("/tmp/probe");
}

/* ---- roles ---- */

/* What is at the other end begins with a word of the module's language, as the
 * probe wants it. */
static void
play_reach(struct role *r)
{
	struct msg m = { .type = MSG_BEGIN };
	int fd;

	role_hear(r);
	if ((fd = role_reach(r)) != -1) {
		(void)msg_send(fd, &m, deadline_in(5000));
		(void)msg_recv(fd, &m, deadline_in(5000));
		close(fd);
	}
	role_verdict(r, VERDICT_GRANT);
	role_hear(r);
}

static void
play_reach_often(struct role *r)
{
	int i, fd;

	role_hear(r);
	for (i = 0; i < MSG_REACHES_MAX + 1; i++)
		if ((fd = role_reach(r)) != -1)
			close(fd);
	role_verdict(r, VERDICT_GRANT);
	role_hear(r);
}

static void
play_no_reach(struct role *r)
{
	role_hear(r);
	role_verdict(r, VERDICT_GRANT);
	role_hear(r);
}

/* ---- who is reached ---- */

static unsigned int
descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned int n = 0;

	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

/* The one who plays the helper is one. */
static unsigned int
children(void)
{
	FILE *f = fopen("/proc/thread-self/children", "r");
	unsigned int n = 0;
	int pid;

	ck_assert_ptr_nonnull(f);
	while (fscanf(f, "%d", &pid) == 1)
		n++;
	fclose(f);
	return n;
}

/* No child is left, no descriptor, and it was a success. */
static void
log_in(enum phase_call call)
{
	unsigned int before;

	openlog(NULL, LOG_NDELAY, LOG_AUTHPRIV);
	before = descriptors();
	ck_assert_int_eq(login_once(&l, call, 0), PAM_SUCCESS);
	ck_assert_uint_eq(descriptors(), before);
	ck_assert_uint_eq(children(), 1);
}

START_TEST(where_nobody_listens_it_is_run_as_its_own_user)
{
	static const enum phase_call calls[] = { AUTH, ACCT };

	stage_install_http_probe();
	stage_helper_start(play_reach);
	log_in(calls[_i]);
	ck_assert_uint_eq(played->heard[1].type, MSG_REACHED);
	ck_assert(played->way);
	ck_assert_uint_eq(played->way_uid, 0);
	stage_http_spawned_clean();
}
END_TEST

START_TEST(it_is_not_run_where_nobody_asks)
{
	stage_install_http_probe();
	stage_helper_start(play_no_reach);
	log_in(AUTH);
	ck_assert_int_eq(access("/tmp/probe", F_OK), -1);
}
END_TEST

static int
listen_as(uid_t uid)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX, .sun_path = MFA_HTTP_SOCKET };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	ck_assert_int_eq(seteuid(uid), 0);
	ck_assert_int_eq(listen(fd, 4), 0);
	ck_assert_int_eq(seteuid(0), 0);
	return fd;
}

START_TEST(where_somebody_listens_the_way_leads_there)
{
	int fd = listen_as(0), status;
	pid_t pid;

	stage_install_http_probe();
	stage_helper_start(play_reach);
	if ((pid = fork()) == 0) {
		struct msg m;
		int caller = accept(fd, NULL, NULL);

		(void)msg_recv(caller, &m, deadline_in(5000));
		_exit(m.type == MSG_BEGIN ? 0 : 1);
	}
	close(fd);
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert(played->way);
	ck_assert_int_eq(access("/tmp/probe", F_OK), -1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* Another user's socket there is no way, and not one to be gone around. */
START_TEST(a_listener_of_another_user_is_no_way)
{
	int fd = listen_as(64102);

	stage_install_http_probe();
	stage_helper_start(play_reach);
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_uint_eq(played->heard[1].type, MSG_REACHED);
	ck_assert(!played->way);
	ck_assert_int_eq(access("/tmp/probe", F_OK), -1);
	close(fd);
}
END_TEST

/* ---- what cannot be run ---- */

static void
write_http(const char *text, mode_t mode)
{
	FILE *f;

	(void)unlink(MFA_HTTP);
	f = fopen(MFA_HTTP, "w");
	fputs(text, f);
	fclose(f);
	ck_assert_int_eq(chmod(MFA_HTTP, mode), 0);
}

static const struct { const char *text; mode_t mode; bool way; } broken[] = {
	{ NULL, 0, false },
	{ "#!/bin/sh\n", 0644, false },
	/* These show as the end of the stream. */
	{ "", 0755, true },
	{ "noise", 0755, true },
	{ "#!/nonexistent\n", 0755, true },
	{ "#!/bin/sh\nkill -SEGV $$\n", 0755, true },
};

START_TEST(one_that_cannot_run_is_the_helpers_to_judge)
{
	int64_t before = stage_now();

	if (broken[_i].text != NULL)
		write_http(broken[_i].text, broken[_i].mode);
	stage_helper_start(play_reach);
	log_in(AUTH);
	ck_assert_int_eq(played->way, broken[_i].way);
	ck_assert_int_lt(stage_now() - before, 4000);
}
END_TEST

/* Whether it says anything is the helper's to wait for. */
static void
play_reach_and_go_on(struct role *r)
{
	int fd;

	role_hear(r);
	if ((fd = role_reach(r)) != -1)
		close(fd);
	role_verdict(r, VERDICT_GRANT);
	role_hear(r);
}

START_TEST(one_that_hangs_holds_up_nobody)
{
	int64_t before = stage_now();

	write_http("#!/bin/sh\nexec sleep 20\n", 0755);
	stage_helper_start(play_reach_and_go_on);
	log_in(AUTH);
	ck_assert(played->way);
	ck_assert_int_lt(stage_now() - before, 4000);
}
END_TEST

START_TEST(an_ordinary_user_runs_nothing)
{
	stage_install_http_probe();
	stage_helper_start(play_reach);
	ck_assert_int_eq(setresgid(64102, 64102, 64102), 0);
	ck_assert_int_eq(setresuid(64102, 64102, 64102), 0);
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_SUCCESS);
	ck_assert_uint_eq(played->heard[1].type, MSG_REACHED);
	ck_assert(!played->way);
	ck_assert_int_eq(access("/tmp/probe", F_OK), -1);
}
END_TEST

START_TEST(whoever_asks_too_often_is_not_believed)
{
	unsigned int before;

	openlog(NULL, LOG_NDELAY, LOG_AUTHPRIV);
	stage_install_http_probe();
	stage_helper_start(play_reach_often);
	before = descriptors();
	ck_assert_int_eq(login_once(&l, AUTH, 0), PAM_AUTHINFO_UNAVAIL);
	ck_assert_uint_eq(descriptors(), before);
	ck_assert_uint_eq(played->count, 1 + MSG_REACHES_MAX);
}
END_TEST

static TCase *
reach(void)
{
	TCase *t = tcase_create("reach");

	tcase_add_checked_fixture(t, NULL, clear);
	tcase_set_timeout(t, 60);
	/* Those in which nothing is run: a late one of another test would report. */
	tcase_add_test(t, it_is_not_run_where_nobody_asks);
	tcase_add_test(t, an_ordinary_user_runs_nothing);
	tcase_add_test(t, where_somebody_listens_the_way_leads_there);
	tcase_add_test(t, a_listener_of_another_user_is_no_way);
	tcase_add_loop_test(t, where_nobody_listens_it_is_run_as_its_own_user, 0, 2);
	tcase_add_loop_test(t, one_that_cannot_run_is_the_helpers_to_judge, 0, COUNT(broken));
	tcase_add_test(t, one_that_hangs_holds_up_nobody);
	tcase_add_test(t, whoever_asks_too_often_is_not_believed);
	return t;
}

int
main(void)
{
	TCase *(*const cases[])(void) = { reach };

	return stage_run(cases, 1, "reach");
}
