/* SPDX-License-Identifier: BSD-2-Clause */
#include "seclude.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "config_mfad.h"
#include "confine.h"
#include "confine_calls.h"
#include "error.h"
#include "log.h"
#include "paths_mfad.h"
#include "user.h"

#define READ_DIRS 6

int
seclude_user(void)
{
	uint32_t uid, gid;
	int r;

	if (geteuid() != 0)
		return MFA_OK;
	if ((r = user_find(MFAD_USER, &uid, &gid)) == MFA_OK)
		r = confine_user(uid, gid);
	if (r != MFA_OK)
		log_line(LOG_ERR, "cannot become user " MFAD_USER ": %s", mfa_strerror(r));
	return r;
}

/* ---- system calls ---- */

/* The calls that a server with a database and libraries may come to need are
 * many, and the service's unit names them; here stands what none ever does. */
static const struct sock_filter filter[] = {
	BEGIN_FILTER,
	KILL(execve), KILL(execveat), KILL(ptrace), KILL(process_vm_readv),
	KILL(process_vm_writev), KILL(bpf), KILL(init_module), KILL(finit_module),
	KILL(mount), KILL(umount2), KILL(pivot_root), KILL(chroot), KILL(setns), KILL(unshare),
	KILL(kexec_load), KILL(add_key), KILL(keyctl), KILL(request_key), KILL(userfaultfd),
	KILL(perf_event_open), KILL(io_uring_setup), KILL(swapon), KILL(reboot),
	RETURN(SECCOMP_RET_ALLOW),
};

/* ---- files ---- */

/* The directory of a file as it is written, or where its links end: a tool that
 * renews a certificate may change either. */
static char *
directory_of(const char *path, bool at_the_end)
{
	char *real = at_the_end ? realpath(path, NULL) : strdup(path);
	char *slash = real != NULL ? strrchr(real, '/') : NULL;

	if (slash != NULL)
		slash[slash == real] = '\0';
	return real;
}

static int
confine_to(const struct mfad_config *c)
{
	const char *files[READ_DIRS] = { c->certificate, c->certificate, c->certificate_key,
	    c->certificate_key, c->host_ca, c->host_ca };
	const char *dirs[READ_DIRS + 1] = { NULL };
	char *made[READ_DIRS], *state = directory_of(c->state, false);
	size_t i, count = 0;
	int r;

	for (i = 0; i < READ_DIRS; i++) {
		made[i] = files[i] != NULL ? directory_of(files[i], i % 2 == 1) : NULL;
		if (made[i] != NULL)
			dirs[count++] = made[i];
	}
	r = confine_files(state, dirs);
	free(state);
	for (i = 0; i < READ_DIRS; i++)
		free(made[i]);
	return r;
}

int
seclude(const struct mfad_config *c)
{
	int r;

	if ((r = confine_privileges()) == MFA_OK && (r = confine_to(c)) == MFA_OK)
		r = confine_calls(filter, sizeof(filter) / sizeof(filter[0]));
	if (r != MFA_OK)
		log_line(LOG_ERR, "the sandbox cannot be entered: %s", strerror(errno));
	return r;
}
