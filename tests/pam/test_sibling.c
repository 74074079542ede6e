/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../suite.h"
#include "error.h"
#include "paths.h"
#include "sibling.h"
#include "stage.h"

/*
 * sibling_open with each of its calls failing in turn, in the caller and in
 * the processes between clone and exec: the helper either starts exactly as
 * it has to, or not at all.  The calls below take the place of libc's in this
 * program; a count that has come to zero is a failure.
 */

static long countdown;		/* 0: nothing fails */
static bool armed, fired;

static bool
fails(int error)
{
	if (!armed || countdown == 0 || --countdown > 0)
		return false;
	fired = true;
	errno = error;
	return true;
}

static void *
real(const char *name)
{
	void *p = dlsym(RTLD_NEXT, name);

	if (p == NULL)
		abort();
	return p;
}

/* The real one is looked up before anything is cloned. */
#define CALL(result, name, params, args, error) \
	static result (*real_##name) params; \
	result name params; \
	result name params { \
		if (fails(error)) \
			return -1; \
		return real_##name args; \
	}

CALL(int, socket, (int d, int t, int p), (d, t, p), EMFILE)
CALL(int, socketpair, (int d, int t, int p, int s[2]), (d, t, p, s), EMFILE)
CALL(int, setsockopt, (int d, int l, int o, const void *v, socklen_t n), (d, l, o, v, n), ENOMEM)
CALL(int, dup2, (int a, int b), (a, b), EBADF)
CALL(int, chdir, (const char *p), (p), EACCES)
CALL(pid_t, setsid, (void), (), EPERM)
CALL(pid_t, waitpid, (pid_t p, int *s, int o), (p, s, o), EINTR)

static int (*real_pthread_sigmask)(int, const sigset_t *, sigset_t *);

int
pthread_sigmask(int how, const sigset_t *new, sigset_t *old)
{
	/* Setting back what was there cannot fail. */
	if (old != NULL && fails(EINVAL))
		return EINVAL;
	return real_pthread_sigmask(how, new, old);
}

static int (*real_getpwnam_r)(const char *, struct passwd *, char *, size_t, struct passwd **);

int
getpwnam_r(const char *name, struct passwd *pw, char *buf, size_t size, struct passwd **found)
{
	*found = NULL;
	return fails(EIO) ? EIO : real_getpwnam_r(name, pw, buf, size, found);
}

static int (*real_open)(const char *, int, ...);

int
open(const char *path, int flags, ...)
{
	return fails(EMFILE) ? -1 : real_open(path, flags, 0);
}

static int (*real_fcntl)(int, int, ...);

int
fcntl(int fd, int command, ...)
{
	va_list ap;
	long arg;

	va_start(ap, command);
	arg = va_arg(ap, long);
	va_end(ap);
	return fails(EMFILE) ? -1 : real_fcntl(fd, command, arg);
}

static int (*real_prctl)(int, ...);

int
prctl(int what, ...)
{
	va_list ap;
	unsigned long arg;

	va_start(ap, what);
	arg = va_arg(ap, unsigned long);
	va_end(ap);
	return fails(EPERM) ? -1 : real_prctl(what, arg, 0UL, 0UL, 0UL);
}

static long (*real_syscall)(long, ...);

long
syscall(long number, ...)
{
	va_list ap;
	long a[5];
	int i;

	va_start(ap, number);
	for (i = 0; i < 5; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	return fails(EPERM) ? -1 : real_syscall(number, a[0], a[1], a[2], a[3], a[4]);
}

/* ISO C has no way from dlsym's pointer to a function's. */
#define LOOK_UP(name) do { \
		void *p = real(#name); \
		memcpy(&real_##name, &p, sizeof(p)); \
	} while (0)

static void
look_up(void)
{
	LOOK_UP(socket); LOOK_UP(socketpair); LOOK_UP(setsockopt); LOOK_UP(dup2);
	LOOK_UP(chdir); LOOK_UP(setsid); LOOK_UP(waitpid); LOOK_UP(pthread_sigmask);
	LOOK_UP(getpwnam_r); LOOK_UP(open); LOOK_UP(fcntl); LOOK_UP(prctl); LOOK_UP(syscall);
}

/* ---- the test ---- */

static const char *const argv[] = { "mfa-helper", "login", NULL };
static const struct sibling sibling = { MFA_SOCKET, MFA_USER, MFA_HELPER, argv };

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

/* Tells it to begin; is there a grant? */
static bool
granted(int fd)
{
	static struct msg m;

	memset(&m, 0, sizeof(m));
	m.type = MSG_BEGIN;
	m.version = MSG_VERSION;
	if (msg_send(fd, &m, deadline_in(10000)) != MFA_OK)
		return false;
	return msg_recv(fd, &m, deadline_in(10000)) == MFA_OK && m.type == MSG_VERDICT &&
	    m.verdict == VERDICT_GRANT;
}

/* One opening in which the n-th call fails. */
static bool
open_failing(long n)
{
	unsigned int before = descriptors();
	sigset_t mask;
	int fd = -2, r;
	bool ok = false;

	(void)unlink("/tmp/probe");
	fired = false;
	countdown = n;
	armed = true;
	r = sibling_open(&sibling, deadline_in(10000), &fd);
	armed = false;
	ck_assert_int_eq(r == MFA_OK, fd >= 3);
	if (r == MFA_OK) {
		ck_assert_int_eq(real_fcntl(fd, F_GETFD), FD_CLOEXEC);
		ok = granted(fd);
		close(fd);
	}
	ck_assert_int_eq(access("/tmp/probe", F_OK) == 0, ok);
	if (ok)
		stage_spawned_clean();
	ck_assert_uint_eq(descriptors(), before);
	ck_assert_int_eq(real_waitpid(-1, NULL, (int)__WALL), -1);
	real_pthread_sigmask(SIG_SETMASK, NULL, &mask);
	ck_assert_int_eq(sigismember(&mask, SIGTERM), 0);
	return ok;
}

/* A process between clone and exec counts on where its parent was, so that
 * its calls fail in turn, too; the end is where a count was never used up and
 * the caller's own calls have all had their turn. */
START_TEST(whatever_fails_the_helper_starts_right_or_not_at_all)
{
	unsigned int passed = 0, refused = 0;
	long n;

	stage_install_probe();
	for (n = 1; n < 200; n++) {
		if (open_failing(n))
			passed++;
		else
			refused++;
	}
	/* Some forty calls have to succeed, and nearly all of them matter. */
	ck_assert_uint_ge(refused, 15);
	ck_assert_uint_ge(passed, 100);
	ck_assert(!fired);
}
END_TEST

int
main(void)
{
	Suite *s;
	TCase *t = tcase_create("sibling");

	look_up();
	stage_prepare();
	tcase_add_test(t, whatever_fails_the_helper_starts_right_or_not_at_all);
	tcase_set_timeout(t, 120);
	s = suite_create("sibling");
	suite_add_tcase(s, t);
	return suite_run(s);
}
