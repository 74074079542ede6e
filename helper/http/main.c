/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfa-http: asks an approval service for mfa-helper, and decides nothing.  See
 * mfa-http(8).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "child.h"
#include "confine.h"
#include "error.h"
#include "fetch.h"
#include "listener.h"
#include "listening.h"
#include "log.h"
#include "paths.h"
#include "seclude.h"
#include "user.h"

static int
become_user(void)
{
	uint32_t uid = 0, gid = 0;
	int r = user_find(MFA_HTTP_USER, &uid, &gid);

	if (r == MFA_OK)
		r = confine_user(uid, gid);
	if (r != MFA_OK)
		log_line(LOG_ERR, "cannot become user " MFA_HTTP_USER ": %s", mfa_strerror(r));
	return r;
}

/* Neither a proxy, nor a resolver's options, nor OpenSSL's files come from an
 * environment. */
static int
prepare(void)
{
	if (clearenv() != 0 || become_user() != MFA_OK)
		return MFA_E_SYSTEM;
	seclude_warm_up();
	if (fetch_start_up() != MFA_OK) {
		log_line(LOG_ERR, "libcurl cannot be used");
		return MFA_E_SYSTEM;
	}
	return MFA_OK;
}

static int
listen_for_helpers(void)
{
	int fd = listening_socket(MFA_HTTP_SOCKET, 0660, MFA_USER);

	if (fd == -1 || prepare() != MFA_OK)
		return EXIT_FAILURE;
	return listener_run(fd);
}

int
main(int argc, char **argv)
{
	(void)umask(077);
	log_open("mfa-http");
	if (argc == 2 && strcmp(argv[1], "listen") == 0)
		return listen_for_helpers();
	/* Whoever ran us for one login became the user before. */
	if (argc == 2 && strcmp(argv[1], "login") == 0) {
		if (prepare() != MFA_OK)
			return EXIT_FAILURE;
		child_spawned();
	}
	(void)fputs("usage: mfa-http listen\n"
	    "Run by systemd (mfa-http.socket) or by hand as root; see mfa-http(8).\n", stderr);
	return EXIT_FAILURE;
}
