#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# mfactl check on an installed host: Debian's own stacks and a real sshd -T.
. "$TOP/tests/lib.sh"

check() {
	shown=$(mfactl check 2>&1)
	status=$?
}

configure < /dev/null
check
is "a_host_whose_stacks_have_no_module_is_an_error" "$status" 1
like "and_it_says_what_to_do" "$shown" "pam-auth-update --enable pam_mfa"

use_profile
mkdir -p /run/sshd
ssh-keygen -A > /dev/null
cat > /etc/ssh/sshd_config <<- 'END'
	UsePAM yes
	PasswordAuthentication no
	KbdInteractiveAuthentication yes
	AuthenticationMethods publickey,keyboard-interactive:pam
END
start_helper
check
is "the_shipped_profile_has_no_error" "$status" 0
like "and_no_warning" "$shown" "^0 errors, 0 warnings, "
unlike "and_lines_of_80_columns" "$shown" "^.{81}"

echo "AuthenticationMethods any" > /etc/ssh/sshd_config
echo "UsePAM yes" >> /etc/ssh/sshd_config
check
is "a_key_alone_is_an_error" "$status" 1
like "which_names_the_method" "$shown" "publickey alone gets in without"
configure <<< $'[service sshd]\nguard = yes'
check
is "but_not_with_the_guard" "$status" 0

sed -i 's/^auth.*required.*pam_mfa.so/auth optional pam_mfa.so/' /etc/pam.d/common-auth
check
is "a_denial_that_does_not_count_is_an_error" "$status" 1
line=$(grep -n pam_mfa /etc/pam.d/common-auth | cut -d: -f1)
like "with_file_and_line" "$shown" "/etc/pam.d/common-auth:$line"
like "and_for_scripts" "$(mfactl check --json)" '"errors": ?1,'

head -c 32 /dev/urandom > /etc/pam_mfa/state.key
chmod 0644 /etc/pam_mfa/state.key
check
like "a_key_that_all_can_read_is_an_error" "$shown" "state.key: its mode is 0644"
configure <<< "trys = 3"
check
like "so_is_a_mistake_in_the_configuration" "$shown" "pam_mfa.conf:1: trys: unknown key"
is "only_root_may" "$(setpriv --reuid=65534 --clear-groups mfactl check > /dev/null 2>&1; echo $?)" 3

done_testing
