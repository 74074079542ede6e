/* SPDX-License-Identifier: BSD-2-Clause */
#include <security/pam_appl.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "module.h"

/* One message to the application.  libpam's pam_prompt(3) would leave copies
 * of its own.  *resp is NULL unless there is one to be freed: after a failure
 * the application has kept or freed what it allocated. */
static int
converse(pam_handle_t *pamh, int style, const char *text, struct pam_response **resp)
{
	const struct pam_message message = { .msg_style = style, .msg = text };
	const struct pam_message *messages[] = { &message };
	const struct pam_conv *conv = NULL;
	const void *item = NULL;

	*resp = NULL;
	if (pam_get_item(pamh, PAM_CONV, &item) != PAM_SUCCESS || item == NULL)
		return MFA_E_CONV;
	conv = item;
	if (conv->conv == NULL)
		return MFA_E_CONV;
	if (conv->conv(1, messages, resp, conv->appdata_ptr) != PAM_SUCCESS) {
		*resp = NULL;
		return MFA_E_CONV;
	}
	return MFA_OK;
}

static void
wipe_response(struct pam_response *resp)
{
	if (resp == NULL)
		return;
	if (resp->resp != NULL) {
		explicit_bzero(resp->resp, strlen(resp->resp));
		free(resp->resp);
	}
	free(resp);
}

int
conv_ask(pam_handle_t *pamh, bool echo, const char *text, struct secret *answer)
{
	struct pam_response *resp;
	int r;

	secret_wipe(answer);
	r = converse(pamh, echo ? PAM_PROMPT_ECHO_ON : PAM_PROMPT_ECHO_OFF, text, &resp);
	if (r == MFA_OK && (resp == NULL || resp->resp == NULL))
		r = MFA_E_CONV;
	if (r == MFA_OK)
		r = secret_set(answer, resp->resp, strlen(resp->resp));
	wipe_response(resp);
	return r;
}

int
conv_tell(pam_handle_t *pamh, int style, const char *text)
{
	struct pam_response *resp;
	int r = converse(pamh, style, text, &resp);

	wipe_response(resp);
	return r;
}
