/* SPDX-License-Identifier: BSD-2-Clause */
#include <security/pam_appl.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "module_script.h"
#include "user.h"

/*
 * Every entry point of the module, in the order of a login, against a helper,
 * PAM items, arguments and answers made of bytes.  libpam is played here.
 * Success only where the last thing that the helper sent is a grant.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DATA_MAX 4
#define TEXT_MAX 600

struct pam_handle {
	char text[5][TEXT_MAX];		/* what items are made of */
	const char *item[PAM_AUTHTOK_TYPE + 1];
	char *authtok;
	struct pam_conv conv;
	struct { const char *name; void *data; void (*cleanup)(pam_handle_t *, void *, int); }
	    data[DATA_MAX];
	unsigned int prompts;
};

static void
check(bool promise)
{
	if (!promise)
		abort();
}

/* ---- libpam ---- */

int
pam_get_item(const pam_handle_t *pamh, int type, const void **item)
{
	check(type > 0 && type <= PAM_AUTHTOK_TYPE);
	*item = type == PAM_CONV ? (const void *)&pamh->conv : (const void *)pamh->item[type];
	return PAM_SUCCESS;
}

int
pam_set_item(pam_handle_t *pamh, int type, const void *item)
{
	check(type == PAM_AUTHTOK);
	free(pamh->authtok);
	pamh->authtok = strdup(item);
	return pamh->authtok == NULL ? PAM_BUF_ERR : PAM_SUCCESS;
}

int
pam_get_user(pam_handle_t *pamh, const char **user, const char *prompt)
{
	(void)prompt;
	*user = pamh->item[PAM_USER];
	return *user == NULL ? PAM_CONV_ERR : PAM_SUCCESS;
}

const char *
pam_getenv(pam_handle_t *pamh, const char *name)
{
	check(strcmp(name, "SSH_CONNECTION") == 0);
	return pamh->text[4][0] == '\0' ? NULL : pamh->text[4];
}

int
pam_get_data(const pam_handle_t *pamh, const char *name, const void **data)
{
	size_t i;

	for (i = 0; i < DATA_MAX; i++)
		if (pamh->data[i].name != NULL && strcmp(pamh->data[i].name, name) == 0) {
			*data = pamh->data[i].data;
			return PAM_SUCCESS;
		}
	return PAM_NO_MODULE_DATA;
}

int
pam_set_data(pam_handle_t *pamh, const char *name, void *data,
    void (*cleanup)(pam_handle_t *, void *, int))
{
	size_t i, free_at = DATA_MAX;

	for (i = 0; i < DATA_MAX; i++) {
		if (pamh->data[i].name == NULL)
			free_at = i < free_at ? i : free_at;
		else if (strcmp(pamh->data[i].name, name) == 0)
			break;
	}
	if (i < DATA_MAX)
		pamh->data[i].cleanup(pamh, pamh->data[i].data, PAM_DATA_REPLACE);
	else
		i = free_at;
	check(i < DATA_MAX);
	pamh->data[i].name = name;
	pamh->data[i].data = data;
	pamh->data[i].cleanup = cleanup;
	return PAM_SUCCESS;
}

/* A log line is one line of printable ASCII. */
void
pam_syslog(const pam_handle_t *pamh, int priority, const char *format, ...)
{
	char line[4096];
	va_list ap;
	int i, n;

	(void)pamh;
	(void)priority;
	va_start(ap, format);
	n = vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	check(n > 0 && (size_t)n < sizeof(line));
	for (i = 0; i < n; i++)
		check(line[i] >= ' ' && line[i] < 0x7f);
}

/* In place of NSS. */
int
user_find(const char *name, uint32_t *uid, uint32_t *gid)
{
	*uid = *gid = 0;
	return name[0] == 'r' ? MFA_OK : name[0] == 's' ? MFA_E_SYSTEM : MFA_E_ABSENT;
}

/* ---- the person ---- */

static int
converse(int n, const struct pam_message **m, struct pam_response **r, void *arg)
{
	pam_handle_t *pamh = arg;
	uint8_t how = module_script_byte();
	size_t len = how == 1 ? 512 : how == 2 ? 513 : how % 40;

	check(n == 1 && m[0]->msg != NULL && ++pamh->prompts < 200);
	if (how == 255)
		return PAM_CONV_ERR;
	*r = how == 254 ? NULL : calloc(1, sizeof(**r));
	if (how == 254 || how == 253)
		return PAM_SUCCESS;
	check(*r != NULL && ((*r)->resp = malloc(len + 1)) != NULL);
	memset((*r)->resp, how % 2 ? '7' : 'p', len);
	(*r)->resp[len] = '\0';
	if (how == 252)
		pamh->text[0][0] ^= 1;		/* PAM_USER changes */
	return PAM_SUCCESS;
}

static void
make_text(char *text)
{
	size_t len = module_script_byte(), i;

	if (len == 255)
		len = TEXT_MAX - 1;
	for (i = 0; i < len; i++)
		text[i] = (char)(i < 16 ? module_script_byte() : 'a');
	text[len] = '\0';
}

static void
make_handle(pam_handle_t *pamh)
{
	static const int types[] = { PAM_USER, PAM_RHOST, PAM_TTY, PAM_RUSER };
	size_t i;

	memset(pamh, 0, sizeof(*pamh));
	for (i = 0; i < 5; i++)
		make_text(pamh->text[i]);
	for (i = 0; i < 4; i++)
		pamh->item[types[i]] = pamh->text[i];
	pamh->item[PAM_SERVICE] = "sshd";
	pamh->conv = (struct pam_conv){ converse, pamh };
}

static void
end_handle(pam_handle_t *pamh)
{
	size_t i;

	for (i = 0; i < DATA_MAX; i++)
		if (pamh->data[i].name != NULL)
			pamh->data[i].cleanup(pamh, pamh->data[i].data, 0);
	free(pamh->authtok);
}

/* ---- a login ---- */

static int
authenticate(pam_handle_t *pamh, int flags)
{
	static const char *const choice[] = { "split", "debug", "deadline=10", "deadline=", "" };
	const char *argv[2];
	int argc = module_script_byte() % 3, i, r;
	bool split = false;

	for (i = 0; i < argc; i++) {
		argv[i] = choice[module_script_byte() % 5];
		split = split || strcmp(argv[i], "split") == 0;
	}
	module_script.ends_in_grant = false;
	r = pam_sm_authenticate(pamh, flags, argc, argv);
	check(r != PAM_SUCCESS || (module_script.ends_in_grant && !split));
	check(r != PAM_IGNORE || split);
	check(r == PAM_SUCCESS || r == PAM_IGNORE || r == PAM_AUTH_ERR || r == PAM_MAXTRIES ||
	    r == PAM_AUTHINFO_UNAVAIL || r == PAM_CONV_ERR);
	return r;
}

static void
afterwards(pam_handle_t *pamh, int flags)
{
	static int (*const calls[])(pam_handle_t *, int, int, const char **) = {
		pam_sm_acct_mgmt, pam_sm_open_session, pam_sm_close_session,
	};
	size_t i;
	int r;

	for (i = 0; i < 3; i++) {
		module_script.ends_in_grant = false;
		r = calls[i](pamh, flags, 0, NULL);
		check(r != PAM_SUCCESS || module_script.ends_in_grant);
		check(r == PAM_SUCCESS || r == (i == 0 ? PAM_PERM_DENIED : PAM_SESSION_ERR));
	}
	r = pam_sm_setcred(pamh, flags, 0, NULL);
	check(r == PAM_SUCCESS || r == PAM_CRED_ERR);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static pam_handle_t pamh;
	int next = module_script_next_fd(), flags;

	module_script_start(data, size);
	flags = module_script_byte() & 1 ? (int)PAM_SILENT : 0;
	make_handle(&pamh);
	(void)authenticate(&pamh, flags);
	(void)authenticate(&pamh, flags);
	afterwards(&pamh, flags);
	end_handle(&pamh);
	module_script_end();
	check(module_script_next_fd() == next);
	return 0;
}
