/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfa-helper: decides about logins.  See mfa-helper(8).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "../sandbox.h"
#include "child.h"
#include "error.h"
#include "listener.h"
#include "listening.h"
#include "log.h"
#include "paths.h"
#include "workshop.h"

static int
become_user(void)
{
	unsigned int uid = 0, gid = 0;
	int r = workshop_user(&uid, &gid);

	if (r == MFA_OK)
		r = sandbox_become(uid, gid);
	if (r != MFA_OK)
		log_line(LOG_ERR, "cannot become user " MFA_USER ": %s", mfa_strerror(r));
	return r;
}

static int
listen_for_logins(void)
{
	int fd;

	if ((fd = listening_socket(MFA_SOCKET, 0666, NULL)) == -1 || become_user() != MFA_OK)
		return EXIT_FAILURE;
	if (workshop_warm_up() != MFA_OK) {
		log_line(LOG_ERR, "OpenSSL cannot be used");
		return EXIT_FAILURE;
	}
	return listener_run(fd);
}

static int
usage(void)
{
	(void)fputs("usage: mfa-helper listen\n"
	    "Run by systemd (mfa-helper.socket) or by hand as root; see mfa-helper(8).\n", stderr);
	return EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	(void)umask(077);
	log_open("pam_mfa");
	if (argc == 2 && strcmp(argv[1], "listen") == 0)
		return listen_for_logins();
	if (argc == 2 && strcmp(argv[1], "login") == 0) {
		/* The module became the user before it ran us; another than
		 * that has nothing here that it could open. */
		if (geteuid() == 0 && become_user() != MFA_OK)
			return EXIT_FAILURE;
		child_spawned();
	}
	return usage();
}
