#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Combined mode, at a program that asks as xrdp-sesman does: one field, whose
# line is the password with the code at its end.
. "$TOP/tests/lib.sh"

configure <<- 'END'
	delay_after = 10
	[service xrdp-sesman]
	combined = yes
END
cat > /etc/pam.d/xrdp-sesman <<- 'END'
	auth requisite pam_mfa.so split
	auth requisite pam_unix.so use_first_pass
	auth required pam_mfa.so
	account required pam_unix.so
	account required pam_mfa.so
	session required pam_unix.so
	session optional pam_mfa.so
END
start_helper

add_user alice
enrol alice
type_in() {
	shown=$("$BUILD/tests/onefield" xrdp-sesman alice <<< "$1")
	status=$?
}

now=$(code "$key")
canary "$(password_of alice)$now"
mark
type_in "$(password_of alice)$now"
is "password_and_code_in_one_line_let_in" "$shown" "in: Success"
logged "and_are_logged" 'verdict=grant user=alice service=xrdp-sesman origin=unknown factor=totp'
type_in "$(password_of alice)$now"
is "the_same_line_again_is_refused" "$status" 11
type_in "$(password_of alice)"
is "the_password_without_a_code_is_refused" "$status" 7
type_in "$now"
is "a_code_without_the_password_is_refused" "$status" 7
type_in ""
is "an_empty_line_is_refused" "$status" 7

failures() { sqlite3 /var/lib/pam_mfa/state.db "select failures from user where name='alice'"; }
before=$(failures)
type_in "wrong-password$(code "$key" 1)"
is "a_wrong_password_is_refused" "$status" 7
is "and_costs_the_user_no_try" "$(failures)" "$before"
type_in "$(password_of alice)$(code "$key" 1)"
is "nor_the_code" "$shown" "in: Success"

# ---- stacks that are set up wrong let nobody in ----

sed -i '/split/d' /etc/pam.d/xrdp-sesman
sed -i 's/ use_first_pass//' /etc/pam.d/xrdp-sesman
mark
type_in "$(password_of alice)"
is "combined_without_a_split_line_is_refused" "$((status != 0))" 1
logged "and_said_in_the_log" 'verdict=deny .* reason=stack'

cat > /etc/pam.d/xrdp-sesman <<- 'END'
	auth requisite pam_mfa.so split
	auth requisite pam_unix.so use_first_pass
	account required pam_mfa.so
END
type_in "$(password_of alice)$(code "$key" 1)"
is "a_split_whose_code_nobody_judged_is_refused" "$((status != 0))" 1

done_testing
