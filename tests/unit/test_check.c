/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl check on PAM stacks: each way around the second factor is found where
 * it is, and a good stack is left in peace.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../suite.h"
#include "check_world.h"
#include "error.h"

static struct check_world w;

static void
set_up(void)
{
	check_world_make(&w);
}

static void
tear_down(void)
{
	check_world_drop(&w);
}

#define ACCOUNT "@include common-account\n"
#define SESSION "session required pam_loginuid.so\n@include common-session\n"
#define REST ACCOUNT SESSION

static const struct {
	const char *what, *files, *conf, *wanted;
} stacks[] = {
	/* as they should be */
	{ "Debian with the profile", "== sshd\n@include common-auth\n" REST
	    "== sudo\n@include common-auth\n" ACCOUNT "@include common-session\n"
	    "== login\nauth optional pam_faildelay.so delay=3000000\nauth requisite pam_nologin.so\n"
	    "@include common-auth\nauth optional pam_group.so\n" REST, "", "" },
	{ "su, which root may", "== su\nauth sufficient pam_rootok.so\n@include common-auth\n"
	    ACCOUNT "@include common-session\n", "", "" },
	{ "after the password", "== su\nauth requisite pam_unix.so\nauth required pam_mfa.so\n"
	    ACCOUNT, "", "" },
	{ "in another place", "== su\nauth requisite pam_unix.so\n"
	    "auth required /opt/lib/security/pam_mfa.so debug deadline=120\n" ACCOUNT, "", "" },
	{ "in an included file", "== base-mine\nauth required pam_mfa.so\naccount required pam_deny.so\n"
	    "== su\nauth requisite pam_unix.so\nauth include base-mine\n" ACCOUNT, "", "" },
	{ "substack with a sufficient password", "== base-auth\nauth sufficient pam_unix.so\n"
	    "auth sufficient pam_sss.so use_first_pass\nauth required pam_deny.so\n"
	    "== su\nauth substack base-auth\nauth required pam_mfa.so\n" ACCOUNT, "",
	    /* the substack's failure does not end the stack */
	    "warning wrong_password_goes_on base-auth:1 su\n" },
	{ "requisite in a substack", "== base-auth\nauth requisite pam_unix.so\n"
	    "== su\nauth substack base-auth\nauth requisite pam_mfa.so\n" ACCOUNT, "",
	    "warning wrong_password_goes_on base-auth:1 su\n" },
	{ "with a first factor by key", "== sshd\nauth required pam_mfa.so\n" REST, "",
	    "note no_first_factor sshd:1 sshd\n" },
	{ "written over lines and in capitals", "== su\n# auth sufficient pam_permit.so\n"
	    "AUTH \\\n  [success=ok \\\n default=die] pam_unix.so # x\n-auth Required pam_mfa.so\n"
	    ACCOUNT, "", "" },
	{ "jump to ours", "== su\nauth [success=1 default=die] pam_unix.so\n"
	    "auth required pam_deny.so\nauth required pam_mfa.so\n" ACCOUNT, "", "" },
	{ "a service that nobody logs in with", "== cron\nauth required pam_permit.so\n"
	    "== chsh\nauth required pam_shells.so\n", "", "" },
	{ "copies and hidden files", "== su.bak\nauth optional pam_mfa.so\n"
	    "== sshd.dpkg-dist\nauth sufficient pam_unix.so\n== .x\nauth optional pam_mfa.so\n",
	    "", "" },

	/* not asked */
	{ "left out", "== su\nauth required pam_unix.so\n" ACCOUNT
	    "== sshd\n@include common-auth\n" REST, "", "warning no_second_factor su:0 su\n" },
	{ "left out, with settings", "== thing\nauth required pam_unix.so\n",
	    "[service thing]\ntries = 2\n", "error settings_without_effect thing:0 thing\n" },
	{ "settings for nothing", "", "\n[service sshf]\ntries = 2\n",
	    "warning no_such_service conf:2 sshf\n" },
	{ "switched off", "== su\n@include common-auth\n" ACCOUNT, "[service su]\nenabled = no\n",
	    "warning not_enabled su:0 su\n" },

	/* ways around it */
	{ "sufficient password", "== su\nauth sufficient pam_unix.so\nauth required pam_mfa.so\n"
	    ACCOUNT, "", "error skipped su:1 su\n"
	    "warning wrong_password_goes_on su:1 su\n" },
	{ "done", "== su\nauth [success=done default=die] pam_sss.so\nauth required pam_mfa.so\n"
	    ACCOUNT, "", "error skipped su:1 su\nerror nobody_passes su:2 su\n" },
	{ "jump too far", "== su\nauth [success=2 default=ignore] pam_unix.so\n"
	    "auth requisite pam_deny.so\nauth required pam_mfa.so\nauth required pam_permit.so\n"
	    ACCOUNT, "", "error skipped su:1 su\nerror nobody_passes su:3 su\n" },
	{ "two jumps too far", "== su\nauth [success=3 default=ignore] pam_unix.so\n"
	    "auth [success=2 default=ignore] pam_ldap.so\nauth requisite pam_deny.so\n"
	    "auth required pam_mfa.so\nauth required pam_permit.so\n" ACCOUNT, "",
	    "error skipped su:1 su\nerror skipped su:2 su\nerror nobody_passes su:4 su\n" },
	{ "fingerprint", "== sudo\nauth sufficient pam_fprintd.so\n@include common-auth\n" ACCOUNT,
	    "", "error skipped sudo:1 sudo\n" },
	{ "condition", "== sudo\nauth sufficient pam_succeed_if.so user ingroup wheel\n"
	    "@include common-auth\n" ACCOUNT, "",
	    "warning skipped_by_condition sudo:1 sudo\n" },
	{ "condition that jumps", "== sudo\nauth requisite pam_unix.so\n"
	    "auth [success=1 default=ignore] pam_access.so\nauth required pam_mfa.so\n"
	    "auth required pam_permit.so\n" ACCOUNT, "",
	    "warning skipped_by_condition sudo:2 sudo\n" },
	{ "jump out of a substack is none", "== base-auth\nauth [success=1 default=die] pam_unix.so\n"
	    "auth required pam_deny.so\nauth required pam_permit.so\n"
	    "== su\nauth substack base-auth\nauth required pam_mfa.so\n" ACCOUNT, "",
	    "warning wrong_password_goes_on base-auth:1 su\n" },
	{ "done in a file that is included", "== base-auth\nauth sufficient pam_unix.so\n"
	    "== su\nauth include base-auth\nauth required pam_mfa.so\n" ACCOUNT, "",
	    "error skipped base-auth:1 su\nwarning wrong_password_goes_on base-auth:1 su\n" },
	{ "jump over a substack with ours", "== base-auth\nauth required pam_env.so\n"
	    "auth required pam_mfa.so\n== su\nauth [success=1 default=die] pam_unix.so\n"
	    "auth substack base-auth\nauth required pam_permit.so\n" ACCOUNT, "",
	    "error skipped su:1 su\nerror nobody_passes base-auth:2 su\n" },

	/* a denial that is none */
	{ "optional", "== su\nauth requisite pam_unix.so\nauth optional pam_mfa.so\n" ACCOUNT, "",
	    "error denial_ignored su:2 su\n" },
	{ "sufficient", "== su\nauth requisite pam_unix.so\nauth sufficient pam_mfa.so\n" ACCOUNT,
	    "", "error denial_ignored su:2 su\n" },
	{ "sufficient, and then a denial", "== su\nauth requisite pam_unix.so\n"
	    "auth sufficient pam_mfa.so\nauth required pam_deny.so\n" ACCOUNT, "", "" },
	{ "default=ignore", "== su\nauth requisite pam_unix.so\n"
	    "auth [success=ok default=ignore] pam_mfa.so\n" ACCOUNT, "",
	    "error denial_ignored su:2 su\n" },
	{ "one value only", "== su\nauth requisite pam_unix.so\n"
	    "auth [success=ok authinfo_unavail=ignore default=die] pam_mfa.so\n" ACCOUNT, "",
	    "error denial_ignored su:2 su\n" },
	{ "a missing module is ignored", "== su\nauth requisite pam_unix.so\n"
	    "auth [success=ok module_unknown=ignore default=die] pam_mfa.so\n" ACCOUNT, "",
	    "error denial_ignored su:2 su\n" },
	{ "reset", "== su\nauth requisite pam_unix.so\n"
	    "auth [success=ok default=reset] pam_mfa.so\nauth required pam_permit.so\n" ACCOUNT, "",
	    "error denial_ignored su:2 su\n" },
	{ "jump on a denial", "== su\nauth requisite pam_unix.so\n"
	    "auth [success=ok default=1] pam_mfa.so\nauth required pam_env.so\n"
	    "auth required pam_permit.so\n" ACCOUNT, "", "error denial_ignored su:2 su\n" },
	{ "bad jump is a denial", "== su\nauth requisite pam_unix.so\n"
	    "auth [success=ok default=9] pam_mfa.so\nauth required pam_permit.so\n" ACCOUNT, "", "" },
	{ "its own word is its only one", "== su\nauth optional pam_mfa.so\n" ACCOUNT, "",
	    "warning no_first_factor su:1 su\n" },

	/* tries of others */
	{ "required password", "== su\nauth required pam_unix.so\nauth required pam_mfa.so\n"
	    ACCOUNT, "", "warning wrong_password_goes_on su:1 su\n" },
	{ "before the password", "== su\nauth required pam_mfa.so\nauth required pam_unix.so\n"
	    ACCOUNT, "", "warning no_first_factor su:1 su\n" },

	/* nobody gets in */
	{ "nobody", "== su\nauth requisite pam_deny.so\nauth required pam_mfa.so\n" ACCOUNT, "",
	    "error nobody_passes su:2 su\n" },
	{ "success is bad", "== su\nauth requisite pam_unix.so\n"
	    "auth [success=bad default=die] pam_mfa.so\n" ACCOUNT, "",
	    "error nobody_passes su:2 su\n" },
	{ "wrong argument", "== su\nauth requisite pam_unix.so\n"
	    "auth required pam_mfa.so nullok deadline=5 deadline=30\n" ACCOUNT, "",
	    "error wrong_argument su:2 su\nerror wrong_argument su:2 su\n"
	    "warning module_gives_up_first su:2 su\n" },
	{ "longer than the module waits", "== su\n@include common-auth\n" ACCOUNT,
	    "[service su]\ndeadline = 120\n",
	    "warning module_gives_up_first common-auth:4 su\n" },

	/* combined */
	{ "combined", "== xrdp-sesman\nauth requisite pam_mfa.so split\n"
	    "auth requisite pam_unix.so use_first_pass\nauth required pam_mfa.so\n" REST,
	    "[service xrdp-sesman]\ncombined = yes\n", "" },
	{ "combined without split", "== xrdp-sesman\n@include common-auth\n" REST,
	    "[service xrdp-sesman]\ncombined = yes\n",
	    "error no_split common-auth:4 xrdp-sesman\n" },
	{ "split without combined", "== xrdp-sesman\nauth requisite pam_mfa.so split\n"
	    "auth requisite pam_unix.so use_first_pass\nauth required pam_mfa.so\n" REST, "",
	    "error split_not_combined xrdp-sesman:1 xrdp-sesman\n" },
	{ "not judged", "== xrdp-sesman\nauth requisite pam_mfa.so split\n"
	    "auth requisite pam_unix.so use_first_pass\n" REST,
	    "[service xrdp-sesman]\ncombined = yes\n",
	    "error split_not_judged xrdp-sesman:1 xrdp-sesman\n" },
	{ "split too late", "== xrdp-sesman\nauth requisite pam_unix.so use_first_pass\n"
	    "auth requisite pam_mfa.so split\nauth required pam_mfa.so\n" REST,
	    "[service xrdp-sesman]\ncombined = yes\n",
	    "error password_before_split xrdp-sesman:1 xrdp-sesman\n" },
	{ "judged too early", "== xrdp-sesman\nauth required pam_mfa.so\n"
	    "auth requisite pam_mfa.so split\nauth requisite pam_unix.so use_first_pass\n" REST,
	    "[service xrdp-sesman]\ncombined = yes\n",
	    "error judged_before_split xrdp-sesman:1 xrdp-sesman\n"
	    "warning no_first_factor xrdp-sesman:1 xrdp-sesman\n" },
	{ "password asked again", "== xrdp-sesman\nauth requisite pam_mfa.so split\n"
	    "auth requisite pam_unix.so\nauth required pam_mfa.so\n" REST,
	    "[service xrdp-sesman]\ncombined = yes\n",
	    "warning password_asked_again xrdp-sesman:2 xrdp-sesman\n" },
	{ "code never judged after a jump", "== xrdp-sesman\nauth requisite pam_mfa.so split\n"
	    "auth sufficient pam_unix.so use_first_pass\nauth required pam_mfa.so\n" REST,
	    "[service xrdp-sesman]\ncombined = yes\n",
	    "error skipped xrdp-sesman:2 xrdp-sesman\n"
	    "warning wrong_password_goes_on xrdp-sesman:2 xrdp-sesman\n" },

	/* guard and session */
	{ "guard", "== sshd\n@include common-auth\n" REST, "guard = yes\n", "" },
	{ "guard without a line", "== sshd\n@include common-auth\naccount required pam_unix.so\n"
	    SESSION, "guard = yes\n", "error no_guard_line sshd:0 sshd\n" },
	{ "guard that is not heard", "== sshd\n@include common-auth\naccount required pam_unix.so\n"
	    "account optional pam_mfa.so\n" SESSION, "[service sshd]\nguard = yes\n",
	    "error denial_ignored sshd:3 sshd\n" },
	{ "guard that is passed by", "== sshd\n@include common-auth\n"
	    "account sufficient pam_localuser.so\naccount required pam_mfa.so\n" SESSION,
	    "guard = yes\n", "warning skipped_by_condition sshd:2 sshd\n" },
	{ "no session line", "== sshd\n@include common-auth\n" ACCOUNT
	    "session required pam_loginuid.so\n", "", "warning no_session_line sshd:0 sshd\n" },
	{ "session too early", "== sshd\n@include common-auth\n" ACCOUNT
	    "session optional pam_mfa.so\nsession required pam_loginuid.so\n", "",
	    "warning session_too_early sshd:3 sshd\n" },

	{ "sessions without logins", "== cron\n@include common-auth\n" ACCOUNT
	    "session required pam_loginuid.so\n", "", "" },

	/* mistakes of libpam's own */
	{ "missing file", "== su\n@include common-auth\nauth include nothing\n" ACCOUNT, "",
	    "error stack_fault su:2 su\nerror nobody_passes common-auth:4 su\n" },
	{ "itself", "== su\nauth required pam_mfa.so\nauth include su\n" ACCOUNT, "",
	    "error stack_fault su:2 su\nerror nobody_passes su:1 su\n"
	    "warning no_first_factor su:1 su\n" },
	{ "no control value", "== su\n@include common-auth\nauth\n" ACCOUNT, "",
	    "error stack_fault su:2 su\nerror nobody_passes common-auth:4 su\n" },
	{ "no type", "== su\n@include common-auth\nauht required pam_env.so\n" ACCOUNT, "",
	    "error stack_fault su:2 su\nerror nobody_passes common-auth:4 su\n" },
	{ "no module", "== su\n@include common-auth\nauth required\n" ACCOUNT, "",
	    "error stack_fault su:2 su\nerror nobody_passes common-auth:4 su\n" },
	{ "no such value", "== su\n@include common-auth\nauth [succes=ok default=ok] pam_env.so\n"
	    ACCOUNT, "", "error stack_fault su:2 su\nerror nobody_passes common-auth:4 su\n" },
};

START_TEST(stack_is_judged_as_libpam_runs_it)
{
	struct findings *f = findings_new();
	struct config *c;
	char *got;

	check_world_put(&w, "pam.d", stacks[_i].files);
	config_world_put(&w.files, "conf", stacks[_i].conf);
	c = config_world_load(&w.files);
	check_pam(&w.paths, c, f);
	got = check_world_list(f);
	ck_assert_msg(strcmp(got, stacks[_i].wanted) == 0, "%s:\n%s", stacks[_i].what, got);
	free(got);
	config_free(&c);
	findings_free(&f);
}
END_TEST

START_TEST(finding_is_said_once_for_all_services)
{
	struct findings *f = findings_new();
	char *got;

	check_world_put(&w, "pam.d", "== common-auth\nauth requisite pam_unix.so\n"
	    "auth optional pam_mfa.so\n== su\n@include common-auth\n" ACCOUNT
	    "== sudo\n@include common-auth\n" ACCOUNT);
	check_pam(&w.paths, NULL, f);
	got = check_world_list(f);
	ck_assert_str_eq(got, "error denial_ignored common-auth:2 other,su,sudo\n");
	free(got);
	findings_free(&f);
}
END_TEST

START_TEST(host_without_the_module_is_one_error)
{
	struct findings *f = findings_new();
	char *got;

	check_world_put(&w, "pam.d", "== common-auth\nauth required pam_unix.so\n"
	    "== sshd\n@include common-auth\n" REST "== su\n@include common-auth\n" ACCOUNT);
	check_pam(&w.paths, NULL, f);
	got = check_world_list(f);
	ck_assert_str_eq(got, "error nobody_is_asked pam.d:0\n");
	free(got);
	findings_free(&f);
}
END_TEST

START_TEST(report_for_a_person_fits_eighty_columns)
{
	char *text = NULL, *line;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct findings *f = findings_new();

	check_world_put(&w, "pam.d", "== su\nauth sufficient pam_unix.so\nauth required pam_mfa.so\n"
	    "== sshd\nauth optional pam_mfa.so\n");
	check_pam(&w.paths, NULL, f);
	findings_print(f, out);
	fclose(out);
	ck_assert_ptr_nonnull(strstr(text, "(service su)"));
	ck_assert_ptr_nonnull(strstr(text, " error"));
	for (line = text; *line != '\0'; line += strcspn(line, "\n") + 1)
		ck_assert_msg(strcspn(line, "\n") <= 80, "%s", line);
	ck_assert_int_eq(text[len - 1], '\n');
	free(text);
	findings_free(&f);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("check");
	TCase *t = tcase_create("check");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, stack_is_judged_as_libpam_runs_it, 0,
	    (int)(sizeof(stacks) / sizeof(stacks[0])));
	tcase_add_test(t, finding_is_said_once_for_all_services);
	tcase_add_test(t, host_without_the_module_is_one_error);
	tcase_add_test(t, report_for_a_person_fits_eighty_columns);
	suite_add_tcase(s, t);
	return suite_run(s);
}
