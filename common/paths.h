/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_PATHS_H
#define MFA_PATHS_H

/*
 * Where things are at run time.  Fixed when built (make variables of the same
 * names override them) and never read from an environment or an argument, so
 * that nobody who calls us can point us elsewhere.
 */
#ifndef MFA_LIBEXECDIR
#define MFA_LIBEXECDIR "/usr/libexec/pam_mfa"
#endif
#ifndef MFA_SYSCONFDIR
#define MFA_SYSCONFDIR "/etc/pam_mfa"
#endif
#ifndef MFA_STATEDIR
#define MFA_STATEDIR "/var/lib/pam_mfa"
#endif
#ifndef MFA_RUNDIR
#define MFA_RUNDIR "/run/pam_mfa"
#endif

#define MFA_HELPER	MFA_LIBEXECDIR "/mfa-helper"
#define MFA_HTTP	MFA_LIBEXECDIR "/mfa-http"
#define MFA_SOCKET	MFA_RUNDIR "/login.sock"
#define MFA_HTTP_SOCKET	MFA_RUNDIR "/http.sock"
#define MFA_HOST_KEY	MFA_SYSCONFDIR "/host.key"
#define MFA_CONF	MFA_SYSCONFDIR "/pam_mfa.conf"
#define MFA_CONF_DIR	MFA_SYSCONFDIR "/pam_mfa.conf.d"
#define MFA_STATE_KEY	MFA_SYSCONFDIR "/state.key"
#define MFA_STATE_DB	MFA_STATEDIR "/state.db"
#define MFA_LOGIND_DIR	"/run/systemd/sessions"

/* The user and group that the helper runs as. */
#define MFA_USER	"pam_mfa"
/* And mfa-http. */
#define MFA_HTTP_USER	"pam_mfa_http"

#endif
