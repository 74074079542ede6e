/* SPDX-License-Identifier: BSD-2-Clause */
#include "by.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "message.h"
#include "text.h"

static int
login_uid(unsigned long *uid)
{
	char text[16];
	int fd = open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd != -1)
		(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return text_number(text, 0, UID_UNSET - 1, uid);
}

static void
name_uid(char *by, size_t size, unsigned long uid)
{
	struct passwd pw, *found = NULL;
	char buf[16384];

	if (getpwuid_r((uid_t)uid, &pw, buf, sizeof(buf), &found) == 0 && found != NULL)
		(void)text_escape(by, size, pw.pw_name);
	else
		(void)snprintf(by, size, "#%lu", uid);
	explicit_bzero(buf, sizeof(buf));
}

void
by_whom(char *by, size_t size)
{
	const char *sudo = secure_getenv("SUDO_USER");
	unsigned long uid;

	if (login_uid(&uid) == MFA_OK)
		name_uid(by, size, uid);
	else if (sudo != NULL && *sudo != '\0')
		(void)text_escape(by, size, sudo);
	else
		name_uid(by, size, getuid());
}
