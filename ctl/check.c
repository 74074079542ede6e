/* SPDX-License-Identifier: BSD-2-Clause */
#include "check.h"

#include "ctl.h"
#include "paths.h"
#include "state.h"

static const char *const modules[] = {
	"/usr/lib/*/security/pam_mfa.so", "/usr/lib/security/pam_mfa.so",
	"/usr/lib64/security/pam_mfa.so", "/usr/local/lib/*/security/pam_mfa.so",
	"/usr/local/lib/security/pam_mfa.so", NULL,
};
static const char *const pam_dirs[] = { "/etc/pam.d", "/usr/lib/pam.d", NULL };
static const char *const sshd_configs[] = {
	"/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d/*.conf", NULL,
};

const struct check_paths check_paths_installed = {
	.conf = MFA_CONF,
	.conf_dir = MFA_CONF_DIR,
	.etc_dir = MFA_SYSCONFDIR,
	.key = MFA_STATE_KEY,
	.state_dir = MFA_STATEDIR,
	.helper = MFA_HELPER,
	.run_dir = MFA_RUNDIR,
	.socket = MFA_SOCKET,
	.user = MFA_USER,
	.host_key = MFA_HOST_KEY,
	.http_socket = MFA_HTTP_SOCKET,
	.http_user = MFA_HTTP_USER,
	.modules = modules,
	.pam_dirs = pam_dirs,
	.sshd = "/usr/sbin/sshd",
	.sshd_configs = sshd_configs,
};

int
check_run(FILE *out, bool json, const struct check_paths *paths)
{
	struct findings *f = findings_new();
	struct config *config = check_config(paths, f);
	int r;

	check_files(paths, f);
	check_approvals(paths, config, f);
	check_pam(paths, config, f);
	check_sshd(paths, config, f);
	config_free(&config);
	(json ? findings_print_json : findings_print)(f, out);
	r = findings_count(f, LEVEL_ERROR) > 0 ? CTL_NO : CTL_DONE;
	findings_free(&f);
	return r;
}

int
cmd_check(int argc, char **argv)
{
	bool json = false;
	const struct opt opts[] = { { "json", NULL, &json } };
	int first, r;

	if ((r = opts_read(argc, argv, opts, 1, 0, 0, &first)) != CTL_DONE ||
	    (r = need_root()) != CTL_DONE)
		return r;
	return check_run(stdout, json, &check_paths_installed);
}
