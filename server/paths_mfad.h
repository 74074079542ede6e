/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_PATHS_MFAD_H
#define MFA_PATHS_MFAD_H

/* Where mfad's things are; fixed when built, as common/paths.h says. */
#ifndef MFAD_SYSCONFDIR
#define MFAD_SYSCONFDIR "/etc/mfad"
#endif
#ifndef MFAD_STATEDIR
#define MFAD_STATEDIR "/var/lib/mfad"
#endif
#ifndef MFAD_RUNDIR
#define MFAD_RUNDIR "/run/mfad"
#endif

#define MFAD_CONF	MFAD_SYSCONFDIR "/mfad.conf"

/* The user and group that mfad runs as. */
#define MFAD_USER	"mfad"

/* Those of mfa-call, where it listens, and what it reads and keeps. */
#define MFAD_CALL_USER	"mfad_call"
#define MFAD_CALL_SOCKET MFAD_RUNDIR "/call.sock"
#define MFA_CALL_CONF	MFAD_SYSCONFDIR "/mfa-call.conf"
#ifndef MFA_CALL_CACHEDIR
#define MFA_CALL_CACHEDIR "/var/cache/mfad_call"
#endif

#endif
