#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# The shipped units of mfa-http under a real systemd: socket activation, and that
# the hardening leaves it what it needs.

. "$TOP/tests/systemd.sh"

if [ "${1:-}" != --inside ]; then
	under_systemd /run/pam_mfa/http.sock mfa-http.socket
fi

# ---- inside ----

. "$TOP/tests/http/lib.sh"

is "the_socket_is_the_helper's" "$(stat -c '%a %U %G' /run/pam_mfa/http.sock)" "660 root pam_mfa"
is "nothing_runs_before_it_is_needed" "$(main_pid mfa-http.service)" 0
serve <<< "$PUSH_RULES
GET $LOGIN wait 100 body approved
POST $LOGIN/code body refused"
ask begin anna 90000 hear push sshd 192.0.2.7 1790000090 hear code 123456 hear hear close 1 hear
like "a_login_starts_it_and_is_served" "$heard" "answered decision=appr"
is "as_is_its_code" "$(grep -c 'coded result=2' <<< "$heard")" 1
unlike "it_is_systemd's_service" "$(main_pid mfa-http.service)" '^0$'
is "it_is_the_user_pam_mfa_http" "$(status_of mfa-http.service Uid | cut -f1)" "$(id -u pam_mfa_http)"
is "it_has_no_capability" "$(status_of mfa-http.service CapBnd)" 0000000000000000
is "its_system_calls_are_filtered" "$(status_of mfa-http.service Seccomp)" 2
is "the_state_is_hidden_from_it" "$(nsenter --target "$(main_pid mfa-http.service)" --mount stat -c %a /var/lib/pam_mfa)" 0
kill -KILL "$(main_pid mfa-http.service)"
ask begin anna 90000 hear
is "killed_it_is_there_again" "$heard" "methods bits=3 revocations=0"
configure <<< "${basics/mfad.test/localhost}"
ask begin anna 90000 hear
like "a_changed_configuration_is_noticed" "$heard" "failed failure=1 .*localhost"
systemctl stop mfa-http.socket mfa-http.service
is "stopped_nothing_listens" "$(ls /run/pam_mfa/http.sock 2>/dev/null)" ""
done_testing
