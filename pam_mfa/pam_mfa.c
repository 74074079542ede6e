/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "error.h"
#include "module.h"

#define EXPORT __attribute__((visibility("default")))	/* and exports.map */

/* ---- what the entry points share ---- */

static int
request_start(struct request *rq, pam_handle_t *pamh, uint32_t phase, int flags, int argc,
    const char **argv)
{
	int r;

	memset(rq, 0, sizeof(*rq));
	rq->pamh = pamh;
	rq->phase = phase;
	rq->silent = ((unsigned int)flags & PAM_SILENT) != 0;
	if ((r = args_parse(rq, argc, argv)) != MFA_OK)
		return r;
	if (rq->args.split)
		rq->phase = PHASE_SPLIT;
	rq->deadline = deadline_in((int64_t)rq->args.deadline * 1000);
	if (phase != PHASE_AUTH)
		rq->deadline = deadline_min(rq->deadline, deadline_in(UNASKED_MS));
	rq->begin.flags = rq->silent ? BEGIN_SILENT : 0;
	return items_gather(rq);
}

/* Asks the helper.  Its grant is for whom it was asked about; an application
 * or module that renamed PAM_USER meanwhile lets somebody else in. */
static int
request_run(struct request *rq)
{
	int r = relay_run(rq);

	if (r == MFA_OK && rq->verdict == VERDICT_GRANT && !items_same_user(rq))
		r = MFA_E_REFUSED;
	return r;
}

/* The helper's judgement is in the helper's own log line. */
static bool
is_judgement(const struct request *rq)
{
	return rq->error == MFA_OK &&
	    (rq->verdict == VERDICT_DENY || rq->verdict == VERDICT_TRIES);
}

static int
request_end(struct request *rq)
{
	int result = result_pam(rq->phase, rq->error, rq->verdict);

	if (result != PAM_SUCCESS && result != PAM_IGNORE && !is_judgement(rq))
		fault_report(rq);
	fault_debug(rq, result);
	return result;
}

/* ---- auth ---- */

/* In combined mode the code is spent here, whatever comes of it. */
static int
judge(struct request *rq)
{
	struct secret held;
	int r = memory_take_code(rq->pamh, &held);

	if (r == MFA_OK) {
		rq->begin.flags |= BEGIN_CODE_HELD;
		rq->held = &held;
	}
	if (r == MFA_OK || r == MFA_E_ABSENT)
		r = request_run(rq);
	if (r == MFA_OK && rq->verdict == VERDICT_GRANT)
		r = memory_set_granted(rq);
	secret_wipe(&held);
	rq->held = NULL;
	return r;
}

EXPORT int
pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct request rq;

	memory_forget_granted(pamh);
	rq.error = request_start(&rq, pamh, PHASE_AUTH, flags, argc, argv);
	if (rq.error == MFA_OK)
		rq.error = rq.args.split ? split_run(&rq) : judge(&rq);
	return request_end(&rq);
}

/* A code that was taken and never judged: the stack lacks its second line, or
 * jumped over it. */
static int
check_judged(struct request *rq)
{
	if (!memory_holds_code(rq->pamh))
		return MFA_OK;
	rq->what = "combined mode took a code that was never judged";
	rq->todo = "put auth required pam_mfa.so after the password module";
	return MFA_E_REFUSED;
}

EXPORT int
pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct request rq = {
		.pamh = pamh,
		.phase = PHASE_AUTH,
		.silent = ((unsigned int)flags & PAM_SILENT) != 0,
	};

	rq.error = args_parse(&rq, argc, argv);
	if (rq.error == MFA_OK)
		rq.error = check_judged(&rq);
	if (rq.error != MFA_OK)
		fault_report(&rq);
	return result_pam_setcred(rq.error);
}

/* ---- account and session ---- */

EXPORT int
pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct request rq;

	rq.error = request_start(&rq, pamh, PHASE_ACCOUNT, flags, argc, argv);
	if (rq.error == MFA_OK)
		rq.error = check_judged(&rq);
	if (rq.error == MFA_OK) {
		if (memory_granted(&rq))
			rq.begin.flags |= BEGIN_JUDGED;
		rq.error = request_run(&rq);
	}
	return request_end(&rq);
}

static int
session(pam_handle_t *pamh, uint32_t phase, int flags, int argc, const char **argv)
{
	struct request rq;

	rq.error = request_start(&rq, pamh, phase, flags, argc, argv);
	if (rq.error == MFA_OK)
		rq.error = request_run(&rq);
	return request_end(&rq);
}

EXPORT int
pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	return session(pamh, PHASE_OPEN, flags, argc, argv);
}

EXPORT int
pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	return session(pamh, PHASE_CLOSE, flags, argc, argv);
}
