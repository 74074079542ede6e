/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FAKE_PAM_H
#define FAKE_PAM_H

#include <security/pam_appl.h>

/*
 * As much of libpam as the module uses, in the same process and without
 * dlopen, so that the module's own objects can be driven with faults.
 */
struct pam_handle {
	const char *user, *service, *rhost, *ssh_connection;
	const struct pam_conv *conv;
	char *authtok;
	struct {
		char name[32];
		void *data;
		void (*cleanup)(pam_handle_t *, void *, int);
	} data[4];
};

void fake_pam_end(struct pam_handle *pamh, int status);

#endif
