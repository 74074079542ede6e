/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "module.h"

#define GRANTED	"pam_mfa_granted"
#define CODE	"pam_mfa_code"

struct granted {
	char user[sizeof(((struct msg *)0)->user)];
	char service[sizeof(((struct msg *)0)->service)];
};

static void
free_granted(pam_handle_t *pamh, void *data, int status)
{
	(void)pamh;
	(void)status;
	free(data);
}

static void
free_code(pam_handle_t *pamh, void *data, int status)
{
	(void)pamh;
	(void)status;
	if (data != NULL)
		secret_wipe(data);
	free(data);
}

static const void *
recall(pam_handle_t *pamh, const char *name)
{
	const void *data = NULL;

	return pam_get_data(pamh, name, &data) == PAM_SUCCESS ? data : NULL;
}

int
memory_set_granted(struct request *rq)
{
	struct granted *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return MFA_E_MEMORY;
	memcpy(g->user, rq->begin.user, sizeof(g->user));
	memcpy(g->service, rq->begin.service, sizeof(g->service));
	if (pam_set_data(rq->pamh, GRANTED, g, free_granted) == PAM_SUCCESS)
		return MFA_OK;
	free(g);
	return MFA_E_MEMORY;
}

bool
memory_granted(const struct request *rq)
{
	const struct granted *g = recall(rq->pamh, GRANTED);

	return g != NULL && strcmp(g->user, rq->begin.user) == 0 &&
	    strcmp(g->service, rq->begin.service) == 0;
}

void
memory_forget_granted(pam_handle_t *pamh)
{
	if (recall(pamh, GRANTED) != NULL)
		(void)pam_set_data(pamh, GRANTED, NULL, free_granted);
}

int
memory_hold_code(pam_handle_t *pamh, const void *code, size_t len)
{
	struct secret *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return MFA_E_MEMORY;
	if (secret_set(s, code, len) == MFA_OK &&
	    pam_set_data(pamh, CODE, s, free_code) == PAM_SUCCESS)
		return MFA_OK;
	free_code(pamh, s, 0);
	return MFA_E_MEMORY;
}

int
memory_take_code(pam_handle_t *pamh, struct secret *code)
{
	const struct secret *held = recall(pamh, CODE);
	int r;

	secret_wipe(code);
	if (held == NULL)
		return MFA_E_ABSENT;
	r = secret_set(code, held->data, held->len);
	/* Replacing it frees the old one by its own cleanup. */
	if (pam_set_data(pamh, CODE, NULL, free_code) != PAM_SUCCESS)
		r = MFA_E_MEMORY;
	return r;
}

void
memory_forget_code(pam_handle_t *pamh)
{
	if (recall(pamh, CODE) != NULL)
		(void)pam_set_data(pamh, CODE, NULL, free_code);
}

bool
memory_holds_code(pam_handle_t *pamh)
{
	return recall(pamh, CODE) != NULL;
}
