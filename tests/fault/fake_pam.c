/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake_pam.h"

#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int
pam_get_item(const pam_handle_t *pamh, int type, const void **item)
{
	*item = type == PAM_USER ? pamh->user : type == PAM_SERVICE ? pamh->service :
	    type == PAM_RHOST ? pamh->rhost : type == PAM_CONV ? (const void *)pamh->conv :
	    type == PAM_AUTHTOK ? pamh->authtok : NULL;
	return PAM_SUCCESS;
}

int
pam_set_item(pam_handle_t *pamh, int type, const void *item)
{
	char *copy;

	if (type != PAM_AUTHTOK || (copy = strdup(item)) == NULL)
		return PAM_BUF_ERR;
	free(pamh->authtok);
	pamh->authtok = copy;
	return PAM_SUCCESS;
}

int
pam_get_user(pam_handle_t *pamh, const char **user, const char *prompt)
{
	(void)prompt;
	*user = pamh->user;
	return PAM_SUCCESS;
}

const char *
pam_getenv(pam_handle_t *pamh, const char *name)
{
	return strcmp(name, "SSH_CONNECTION") == 0 ? pamh->ssh_connection : NULL;
}

int
pam_set_data(pam_handle_t *pamh, const char *name, void *data,
    void (*cleanup)(pam_handle_t *, void *, int))
{
	size_t i, n = sizeof(pamh->data) / sizeof(pamh->data[0]);

	for (i = 0; i < n && pamh->data[i].name[0] != '\0'; i++)
		if (strcmp(pamh->data[i].name, name) == 0)
			break;
	if (i == n)
		return PAM_BUF_ERR;
	if (pamh->data[i].cleanup != NULL)
		pamh->data[i].cleanup(pamh, pamh->data[i].data, PAM_DATA_REPLACE);
	(void)strncpy(pamh->data[i].name, name, sizeof(pamh->data[i].name) - 1);
	pamh->data[i].data = data;
	pamh->data[i].cleanup = cleanup;
	return PAM_SUCCESS;
}

int
pam_get_data(const pam_handle_t *pamh, const char *name, const void **data)
{
	size_t i;

	for (i = 0; i < sizeof(pamh->data) / sizeof(pamh->data[0]); i++)
		if (strcmp(pamh->data[i].name, name) == 0) {
			*data = pamh->data[i].data;
			return PAM_SUCCESS;
		}
	return PAM_NO_MODULE_DATA;
}

void
pam_syslog(const pam_handle_t *pamh, int priority, const char *format, ...)
{
	(void)pamh;
	(void)priority;
	(void)format;
}

void
fake_pam_end(struct pam_handle *pamh, int status)
{
	size_t i;

	for (i = 0; i < sizeof(pamh->data) / sizeof(pamh->data[0]); i++)
		if (pamh->data[i].cleanup != NULL)
			pamh->data[i].cleanup(pamh, pamh->data[i].data, status);
	free(pamh->authtok);
}
