/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * onefield SERVICE USER [TTY]: logs in as xrdp-sesman does, which has one field for
 * everything: an echo-off prompt gets the line that standard input begins
 * with, an echo-on prompt the user's name, and nothing is ever shown.  No
 * PAM_RHOST; PAM_TTY only when TTY is given.  Prints the name of the phase that refused and what
 * PAM says, or "in"; exits with the PAM code.
 */
#include <security/pam_appl.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fields {
	char *user;
	char typed[600];
};

static int
converse(int count, const struct pam_message **msg, struct pam_response **resp, void *arg)
{
	struct fields *f = arg;
	struct pam_response *r = calloc((size_t)count, sizeof(*r));
	int i;

	if (r == NULL)
		return PAM_BUF_ERR;
	for (i = 0; i < count; i++) {
		if (msg[i]->msg_style == PAM_PROMPT_ECHO_OFF)
			r[i].resp = strdup(f->typed);
		else if (msg[i]->msg_style == PAM_PROMPT_ECHO_ON)
			r[i].resp = strdup(f->user);
	}
	*resp = r;
	return PAM_SUCCESS;
}

static void
end(pam_handle_t *h, const char *phase, int code)
{
	printf("%s: %s\n", phase, pam_strerror(h, code));
	(void)pam_end(h, code);
	exit(code);
}

int
main(int argc, char **argv)
{
	struct fields f = { .typed = "" };
	struct pam_conv conv = { .conv = converse, .appdata_ptr = &f };
	pam_handle_t *h = NULL;
	int r;

	if (argc != 3 && argc != 4)
		errx(100, "usage: onefield SERVICE USER [TTY]");
	f.user = argv[2];
	if (fgets(f.typed, sizeof(f.typed), stdin) == NULL)
		errx(100, "nothing typed");
	f.typed[strcspn(f.typed, "\n")] = '\0';
	if ((r = pam_start(argv[1], f.user, &conv, &h)) != PAM_SUCCESS)
		end(h, "start", r);
	if (argc == 4 && (r = pam_set_item(h, PAM_TTY, argv[3])) != PAM_SUCCESS)
		end(h, "tty", r);
	if ((r = pam_authenticate(h, 0)) != PAM_SUCCESS)
		end(h, "authenticate", r);
	if ((r = pam_acct_mgmt(h, 0)) != PAM_SUCCESS)
		end(h, "account", r);
	if ((r = pam_setcred(h, PAM_ESTABLISH_CRED)) != PAM_SUCCESS)
		end(h, "setcred", r);
	if ((r = pam_open_session(h, 0)) != PAM_SUCCESS)
		end(h, "session", r);
	(void)pam_close_session(h, 0);
	end(h, "in", PAM_SUCCESS);
}
