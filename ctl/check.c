/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>

#include "config.h"
#include "ctl.h"
#include "error.h"
#include "paths.h"

int
cmd_check(int argc, char **argv)
{
	struct config *c = NULL;
	struct config_error e;

	(void)argc;
	(void)argv;
	if (config_load(MFA_CONF, MFA_CONF_DIR, &c, &e) != MFA_OK) {
		fprintf(stderr, "mfactl: %s:%u: %s\n", e.file, e.line, e.text);
		return 1;
	}
	config_free(&c);
	return 0;
}
