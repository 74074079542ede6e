/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_SPAWN_H
#define MFA_SPAWN_H

#include <stdint.h>

/* The part of sibling.h that runs a program; its MUSTs 2 to 4 hold here. */
struct spawn {
	const char *path;
	const char *const *argv;
	uint32_t uid, gid;		/* neither may be 0 */
	int fd;				/* becomes SIBLING_FD; stays the caller's too */
};

/*
 * Starts it, detached: not a child of ours, in a session of its own.  MFA_OK
 * when the new process exists; whether it could be executed shows on its
 * socket.  MFA_E_SYSTEM (errno), MFA_E_INTERNAL (a user or group of 0).
 */
int spawn_detached(const struct spawn *what);

#endif
