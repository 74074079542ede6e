#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# mfactl why and status.
. "$TOP/tests/lib.sh"

add_user alice
add_user bob
configure <<- 'END'
	trusted_networks = 192.0.2.0/24, !192.0.2.9
	except_users = bob
	grace_until = 2020-01-01
	[service sudo]
	enabled = no
	[service login]
	trust_console = yes
END

ctl() {
	status=0
	out=$(mfactl "$@" 2> /run/err < /dev/null) || status=$?
	err=$(< /run/err)
}

# ---- why ----

ctl why alice --service sshd --from 192.0.2.7
like "a_trusted_network_needs_no_state" "$status $(head -n 3 <<< "$out" | tr -s '\n ' ' ')" '^0 user alice service sshd from 192.0.2.7 $'
like "and_passes" "$out" '^The login passes without a code: trusted_network\.$'
like "the_step_that_decides_is_marked" "$out" '^  origin +decides +192.0.2.7 .*trusted'
like "and_the_setting_found" "$(tr -d '\n' <<< "$out" | tr -s ' ')" '\[trusted_networks: /etc/pam_mfa/pam_mfa.conf:1\]'
ctl why alice --service sshd --from 203.0.113.7
is "without_a_state_it_is_denied" "$status" 1
is "and_none_is_made" "$(find /var/lib/pam_mfa -type f)" ""
enrol alice
before=$(mfactl log --json; sha256sum /var/lib/pam_mfa/state.db*)
ctl why alice --service sshd --from 203.0.113.7
is "elsewhere_it_is_asked" "$status $(tail -n 1 <<< "$out")" \
    "0 The login is asked for a code: factor_needed."
like "for_the_factors_that_there_are" "$out" '^  factors +decides +asks for one of: totp'
is "in_80_columns" "$(awk 'length > 80' <<< "$out")" ""
ctl why alice --service sshd --from 192.0.2.9
is "an_excluded_address_is_asked" "$(tail -n 1 <<< "$out")" "The login is asked for a code: factor_needed."
ctl why alice --service sshd --from ::ffff:192.0.2.7
like "a_mapped_address_is_the_same" "$out" trusted_network
ctl why bob --service sshd
is "out_of_scope" "$status $(tail -n 1 <<< "$out")" "0 The login passes without a code: out_of_scope."
ctl why alice --service sudo
like "not_enabled" "$out" '^The login passes without a code: not_enabled\.$'
ctl why alice --service login --from console
like "the_console" "$out" 'trusted_console'
ctl why alice --service login --from unknown
like "unknown_is_never_trusted" "$out" 'factor_needed'
is "asking_changes_nothing" "$(mfactl log --json; sha256sum /var/lib/pam_mfa/state.db*)" "$before"
mfactl lock alice --reason "lost it" > /dev/null
ctl why alice --service sshd
is "locked" "$status $(tail -n 1 <<< "$out")" "1 The login is asked, but no code is accepted: locked."
mfactl unlock alice > /dev/null
add_user carol
ctl why carol --service sshd
is "not_enrolled" "$status $(tail -n 1 <<< "$out")" "1 The login is asked, but no code is accepted: not_enrolled."
ctl why carol --service sshd --json
is "json_has_every_step" "$(jq -r '[.steps[].step] | join(" ")' <<< "$out")" \
    "enabled scope origin state lock remembered service enrolment"
is "and_the_result" "$(jq -c '[.outcome, .reason, .factors]' <<< "$out")" '["refused","not_enrolled",[]]'
configure <<- 'END'
	unenrolled = allow
	grace_until = 2030-01-01
END
ctl why carol --service sshd --at 2029-12-31T23:00:00
is "before_the_grace_date" "$status $(tail -n 1 <<< "$out")" "0 The login passes without a code: grace_until."
ctl why carol --service sshd --at 2030-01-02
is "and_after_it" "$status" 1
for case in "--from localhost" "--from 192.0.2.0/24" "--from 192.0.2.7:22" "--at noon" "--at 2026-02-30" \
    "--service=" "--at 2026-01-01T25:00"; do
	# shellcheck disable=SC2086
	ctl why alice --service sshd $case
	is "refused_as_usage:$case" "$status" 2
done
ctl why nobody-of-that-name --service sshd
is "an_unknown_user_is_not_found" "$status" 4

# ---- status ----

ctl status
is "without_a_listener_something_is_wrong" "$status" 1
like "and_that_is_named" "$out" '^helper +WRONG +nobody listens on /run/pam_mfa/login.sock'
start_helper
mark
ctl status
is "with_one_all_is_well" "$status" 0
is "in_80_columns" "$(awk 'length > 80' <<< "$out")" ""
unlike "nothing_is_wrong" "$out" WRONG
like "it_counts" "$out" '^users +ok +1 enrolled, 0 locked'
like "the_helper_answered" "$out" '^helper +ok +answers on '
like "the_clock_is_shown" "$out" '^clock +ok +20'
unlike "asking_is_no_login" "$(since_mark)" verdict
is "json_has_the_same" "$(mfactl status --json | jq -r 'to_entries | map("\(.key)=\(.value.ok)") | join(" ")')" \
    "version=true configuration=true key=true state=true users=true helper=true service=true clock=true"
echo 'nonsense = yes' | configure
ctl status
like "a_bad_configuration_is_seen" "$out" '^configuration +WRONG +/etc/pam_mfa/pam_mfa.conf:1: '
like "and_that_the_helper_refuses" "$out" '^helper +WRONG +.* refuses'
configure < /dev/null
chmod 644 /etc/pam_mfa/state.key
ctl status
like "a_key_that_others_can_read_is_seen" "$out" '^key +WRONG +/etc/pam_mfa/state.key: '
is "and_wrong" "$status" 1
chmod 640 /etc/pam_mfa/state.key
sqlite3 /var/lib/pam_mfa/state.db "insert into audit
    (id, event, verdict, user, service, origin, factor, reason, by, ms) values (
    ($(date +%s) + 7200) * 1048576, 'login', 'deny', 'alice', 'sshd', 'unknown', 'none', 'x', 'helper', 1)"
ctl status
like "a_clock_that_was_set_back_is_seen" "$out" '^clock +WRONG .* before the last record'
kill -STOP $helper $(pgrep -P $helper)
is "a_helper_that_hangs_is_seen" "$(timeout 20 mfactl status > /run/shown; echo $?)" 1
like "in_time" "$(cat /run/shown)" '^helper +WRONG +no answer'
kill -CONT $helper $(pgrep -P $helper)

# ---- what the approval service said last ----

configure <<- 'END'
	server = https://mfa.test
	grace_logins = 5
END
ctl why carol --service sshd
like "grace_as_the_host_says" "$(tail -n 1 <<< "$out")" 'grace_login'
sqlite3 /var/lib/pam_mfa/state.db "INSERT INTO told VALUES ('compulsory_from', 1000000000, 1)"
ctl why carol --service sshd
is "until_the_service_ends_it" "$status $(tail -n 1 <<< "$out")" \
    "0 Otherwise the login is asked, but no code is accepted: compulsory."
like "which_is_said" "$(tr -s '\n ' ' ' <<< "$out")" \
    'enrolment decides not enrolled here; compulsory by the approval service, as it said last; no grace'

# ---- what it may have of somebody who has nothing here ----

configure <<- 'END'
	server = https://mfa.test
	factors = totp
	attested = call, sms
END
sqlite3 /var/lib/pam_mfa/state.db "DELETE FROM told"
ctl why carol --service sshd
is "somebody_with_a_telephone_alone_may_log_in" "$status $(tail -n 3 <<< "$out")" \
    "0 It depends on the approval service, not asked here (mfactl test carol does):
whoever has one of these there is asked for it: call, sms.
Otherwise the login is asked, but no code is accepted: not_enrolled."
unlike "and_nobody_says_otherwise" "$out" 'not enrolled[^ ]* and no|^The login is asked, but'
is "in_80_columns" "$(awk 'length > 80' <<< "$out")" ""
ctl why carol --service sshd --json
is "nor_to_a_program" "$status $(jq -c '[.outcome, .reason, .factors, .otherwise]' <<< "$out")" \
    '0 ["depends","service_not_asked",["call","sms"],{"outcome":"refused","reason":"not_enrolled"}]'
ctl why alice --service sshd
is "a_token_is_enough" "$status $(tail -n 2 <<< "$out")" \
    "0 Without the approval service, which was not asked (mfactl test alice tries it):
The login is asked for a code: factor_needed."
mfactl lock carol > /dev/null
ctl why carol --service sshd
is "a_lock_depends_on_nobody" "$status $(tail -n 2 <<< "$out")" \
    "1 
The login is asked, but no code is accepted: locked."
mfactl unlock carol > /dev/null
configure <<- 'END'
	server = https://mfa.test
	factors = totp
END
ctl why carol --service sshd
is "where_nothing_of_the_service_counts_it_is_known" "$status $(tail -n 1 <<< "$out")" \
    "1 The login is asked, but no code is accepted: not_enrolled."
done_testing
