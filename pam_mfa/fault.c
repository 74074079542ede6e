/* SPDX-License-Identifier: BSD-2-Clause */
#include <security/pam_appl.h>
#include <security/pam_ext.h>
#include <stddef.h>
#include <string.h>
#include <syslog.h>

#include "error.h"
#include "module.h"
#include "paths.h"
#include "text.h"

static const char unavailable[] =
    "Second factor unavailable; access denied. Tell your administrator.";
static const char too_late[] = "Time is up; access denied. Try again.";

static const struct fault {
	int error;
	const char *what, *todo;
} faults[] = {
	{ MFA_E_ABSENT, "nobody serves " MFA_SOCKET " and no helper could be run",
	    "start mfa-helper.socket; see that " MFA_HELPER " and user " MFA_USER " exist" },
	{ MFA_E_BUSY, "the queue of " MFA_SOCKET " is full", "look at the load of pam_mfa" },
	{ MFA_E_PEER, MFA_SOCKET " is served by neither root nor " MFA_USER,
	    "find out who listens there" },
	{ MFA_E_CLOSED, "the helper went away without a verdict",
	    "see its lines in this log and run mfactl check" },
	{ MFA_E_UNHEARD, "the helper went away without a verdict",
	    "see its lines in this log and run mfactl check" },
	{ MFA_E_DEADLINE, "the helper gave no verdict in time",
	    "see its lines in this log and run mfactl check" },
	{ MFA_E_PROTOCOL, "the helper sent what it may not send",
	    "install module and helper of one version and restart mfa-helper" },
	{ MFA_E_CONV, "the application could not ask the person",
	    "nothing, unless it happens to people at terminals" },
	{ MFA_E_INVALID, "something typed or given by the application is too long",
	    "nothing, unless it happens to honest people" },
	{ MFA_E_REFUSED, "PAM_USER changed while the login was judged",
	    "look at the modules and the application of this stack" },
	{ MFA_E_MEMORY, "out of memory", "look at the memory of this machine" },
	{ MFA_E_SYSTEM, "a system call failed", "look at the errno" },
};

static const struct fault unknown = { 0, "a broken assumption in pam_mfa", "report it" };
static const struct fault late = { 0, "the person did not answer in time",
    "nothing, or a longer deadline" };
static const struct fault said_so = { 0, "the helper found a fault",
    "see its line in this log and run mfactl check" };
static const struct fault wrong_verdict = { 0, "the helper gave a verdict of another phase",
    "install module and helper of one version and restart mfa-helper" };

static const struct fault *
find(const struct request *rq)
{
	size_t i;

	if (rq->late)
		return &late;
	if (rq->error == MFA_OK)
		return rq->verdict == VERDICT_UNAVAILABLE ? &said_so : &wrong_verdict;
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (faults[i].error == rq->error)
			return &faults[i];
	return &unknown;
}

/* People who leave a prompt alone or press Ctrl-C are no error of the system. */
static int
priority_of(const struct request *rq)
{
	return rq->late || rq->error == MFA_E_CONV ? LOG_NOTICE : LOG_ERR;
}

static void
log_fault(const struct request *rq)
{
	const struct fault *f = find(rq);
	const char *what = rq->what != NULL ? rq->what : f->what;
	const char *todo = rq->todo != NULL ? rq->todo : f->todo;
	const char *name = rq->error == MFA_E_SYSTEM ? strerrorname_np(rq->saved_errno) : NULL;
	char user[128];
	unsigned int taken = low_fds_occupy();

	(void)text_escape(user, sizeof(user), rq->begin.user);
	pam_syslog(rq->pamh, priority_of(rq), "denied user=%s error=\"%s\"%s%s%s%s do=\"%s\"",
	    user, what, rq->at[0] != '\0' ? " at=" : "", rq->at, name != NULL ? " errno=" : "",
	    name != NULL ? name : "", todo);
	low_fds_release(taken);
}

void
fault_report(struct request *rq)
{
	log_fault(rq);
	/* Nobody is there to read it when a session ends. */
	if (!rq->silent && rq->error != MFA_E_CONV && rq->phase != PHASE_CLOSE)
		(void)conv_tell(rq->pamh, PAM_ERROR_MSG, rq->late ? too_late : unavailable);
}

void
fault_debug(const struct request *rq, int result)
{
	unsigned int taken;

	if (!rq->args.debug)
		return;
	taken = low_fds_occupy();
	pam_syslog(rq->pamh, LOG_DEBUG, "phase=%u error=\"%s\" verdict=%08x result=%d", rq->phase,
	    mfa_strerror(rq->error), rq->verdict, result);
	low_fds_release(taken);
}
