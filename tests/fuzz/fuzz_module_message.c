/* SPDX-License-Identifier: BSD-2-Clause */
#include <security/pam_appl.h>
#include <stdlib.h>
#include <string.h>

#include "../../pam_mfa/module.h"
#include "error.h"
#include "module_script.h"

/*
 * The module's side of the messages: a relay in any phase against a helper
 * made of bytes.  It says "granted" only where the last thing sent is a
 * grant, shows only printable lines, and never more than is permitted.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned int infos, prompts;

static void
check(bool promise)
{
	if (!promise)
		abort();
}

static void
check_line(const char *text)
{
	size_t i;

	check(strlen(text) <= MSG_TEXT_MAX);
	for (i = 0; text[i] != '\0'; i++)
		check((unsigned char)text[i] >= ' ' && text[i] != 0x7f);
}

/* In place of conv.c. */
int
conv_ask(pam_handle_t *pamh, bool echo, const char *text, struct secret *answer)
{
	(void)pamh;
	(void)echo;
	check_line(text);
	check(++prompts <= MSG_PROMPTS_MAX);
	return prompts % 8 == 7 ? MFA_E_CONV : secret_set(answer, "123456", 6);
}

int
conv_tell(pam_handle_t *pamh, int style, const char *text)
{
	(void)pamh;
	check(style == PAM_TEXT_INFO || style == PAM_ERROR_MSG);
	check_line(text);
	check(++infos <= MSG_INFOS_MAX);
	return infos % 4 == 3 ? MFA_E_CONV : MFA_OK;
}

static void
fill_begin(struct msg *m, uint32_t phase)
{
	static const char user[] = "anna", service[] = "sshd";

	m->type = MSG_BEGIN;
	m->version = MSG_VERSION;
	m->phase = phase;
	memcpy(m->user, user, sizeof(user));
	memcpy(m->service, service, sizeof(service));
}

static void
relay(uint32_t phase, bool silent, const struct secret *held)
{
	struct request rq = {
		.phase = phase,
		.silent = silent,
		.held = held,
		.deadline = deadline_in(5000),
	};

	infos = prompts = 0;
	fill_begin(&rq.begin, phase);
	rq.error = relay_run(&rq);
	check(rq.error == MFA_OK || rq.error == MFA_E_CLOSED || rq.error == MFA_E_UNHEARD ||
	    rq.error == MFA_E_PROTOCOL || rq.error == MFA_E_CONV ||
	    (rq.error == MFA_E_DEADLINE && rq.late && (prompts > 0 || held != NULL)));
	check(rq.error != MFA_OK || module_script.has_verdict);
	check(rq.error != MFA_OK || rq.verdict != VERDICT_GRANT || module_script.ends_in_grant);
	check(result_pam(phase, rq.error, rq.verdict) != PAM_SUCCESS ||
	    (module_script.ends_in_grant && phase != PHASE_SPLIT));
	check(phase == PHASE_AUTH || prompts == 0);
	check(held == NULL || prompts == 0);
	check(!silent || infos == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct secret held = { .len = 6, .data = "123456" };
	int next = module_script_next_fd();
	uint8_t how;

	module_script_start(data, size);
	how = module_script_byte();
	relay(how % 6, how & 8, how & 16 ? &held : NULL);
	module_script_end();
	check(module_script_next_fd() == next);
	return 0;
}
