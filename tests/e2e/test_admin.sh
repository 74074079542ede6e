#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# The recipes of pam_mfa(8), WHEN YOU ARE LOCKED OUT, and what an administrator
# is told when files were restored with the wrong owner, when a clock ran ahead
# and when mfactl runs without standard descriptors.
. "$TOP/tests/lib.sh"

state=/var/lib/pam_mfa
printf 'delay_after = 20\necho = no\n' | configure
for type in auth account session; do
	printf '%s required pam_permit.so\n%s required pam_mfa.so\n' $type $type
done > /etc/pam.d/direct
for user in alice bob carol; do
	add_user $user
done
enrol alice

login() {	# USER CODE; leaves $status and $shown
	mark
	status=0
	shown=$("$BUILD/tests/onefield" direct "$1" <<< "$2" 2>&1) || status=$?
}

ctl() {
	status=0
	out=$(mfactl "$@" 2>&1 < /dev/null) || status=$?
}

# ---- the manual has the recipes ----

manual=$(MANWIDTH=78 mandoc -T ascii "$TOP/man/pam_mfa.8" | sed 's/.\x08//g')
for section in "SETTING IT UP" "WHEN YOU ARE LOCKED OUT"; do
	like "the_manual_has:_$section" "$manual" "^$section\$"
done

# ---- files that root restored, while the helper runs ----

start_helper
sqlite3 $state/state.db ".backup /run/secret.copy"
rm -f $state/*
cp /run/secret.copy $state/state.db
login alice "$(code "$key")"
is "a_state_that_root_owns_is_a_denial" "$((status != 0))" 1
logged "and_the_log_says_what_to_do" 'chown -R pam_mfa:pam_mfa'
ctl check
like "and_so_does_check" "$out" 'state.db: it belongs to user 0'
ctl unlock alice
like "and_so_does_mfactl" "$status $out" '^7 .*chown -R pam_mfa:pam_mfa'
chown -R pam_mfa:pam_mfa $state
chmod 600 $state/*
# Those that waited ready may still have the file that is gone.
for i in 1 2 3 4 5 6; do
	login alice "$(code "$key")"
	[ $status != 0 ] || break
done
is "and_then_it_works_again,_without_a_restart" "$status" 0

# root's own sqlite3 leaves nothing that the helper cannot use
rm -f $state/state.db-*
sqlite3 $state/state.db "update user set failures = 0; select 1" > /run/out &
wait $!
is "nothing_of_root's_is_left_by_sqlite3" "$(find $state ! -user pam_mfa)" ""

# ---- the recipe: restore a copy ----

stop_helper
mkdir /run/aside
mv $state/state.db* /run/aside/
cp /run/secret.copy $state/state.db
chown pam_mfa:pam_mfa $state/state.db
chmod 600 $state/state.db
start_helper
login alice "$(code "$key" 1)"
is "a_copy_put_back_as_the_manual_says_works" "$shown" "in: Success"

# ---- modes that check did not see ----

stop_helper
for case in "/usr/libexec/pam_mfa/mfa-helper 644 755" "/etc/pam_mfa 700 755" "$state/state.db 000 600"; do
	read -r file wrong right <<< "$case"
	chmod "$wrong" "$file"
	ctl check
	like "check_finds_${file}_with_mode_$wrong" "$out" "error: $file: its mode is 0$wrong"
	login alice 123456
	is "and_it_is_a_denial" "$((status != 0))" 1
	unlike "and_no_line_0_is_named" "$(since_mark)" ":0:"
	chmod "$right" "$file"
done

# ---- a clock that ran ahead ----

enrol bob
mfactl recovery bob > /run/secret.codes
recovery=$(grep -oE '[a-z2-7]{4}(-[a-z2-7]{4}){3}' /run/secret.codes | head -n 1)
canary "$recovery"
ctl list bob
unlike "list_says_nothing_of_a_right_clock" "$out" "clock was ahead"
sqlite3 $state/state.db "update token set last = last + 2880 * 365 where user = 'bob'"
login bob "$(code "$key" 1)"
logged "a_code_is_refused_for_its_reason" 'reason=clock_behind'
ctl list bob
like "list_says_until_when" "$out" 'no code before 20[0-9-]+T[0-9:]+: the clock was ahead'
login bob "$recovery"
is "a_recovery_code_lets_in" "$shown" "in: Success"
ctl pass bob --life 10m
pass=$(grep -oE '^ +[a-z2-7]+(-[a-z2-7]+)+$' <<< "$out" | tr -d ' ')
canary "$pass"
login bob "$pass"
is "and_so_does_a_pass" "$shown" "in: Success"
ctl remove bob authenticator
enrol bob
login bob "$(code "$key")"
is "and_a_new_token_is_the_repair" "$shown" "in: Success"

# ---- the configuration has a mistake; the phone is lost; break glass ----

printf 'delay_after = 20\necho = no\ntrys = 3\n' | configure
login bob "$(code "$key" 1)"
logged "a_typing_error_is_named_with_its_line" 'pam_mfa.conf:3'
ctl check
like "and_check_names_it" "$status $out" '^1 error: /etc/pam_mfa/pam_mfa.conf:3'
printf 'delay_after = 20\necho = no\nexcept_users = carol\n' | configure
login carol ""
is "the_user_of_except_users_comes_in_without_a_code" "$shown" "in: Success"
rm -f $state/state.db* /etc/pam_mfa/state.key
login carol ""
is "also_without_key_and_state" "$shown" "in: Success"
printf 'echo = no\nenabled = no\n' | configure
login alice ""
is "enabled_=_no_lets_everybody_in" "$shown" "in: Success"

# ---- key gone for good: start over ----

printf 'delay_after = 20\necho = no\n' | configure
enrol alice
login alice "$(code "$key")"
is "with_key_and_state_away_enrolling_begins_anew" "$shown" "in: Success"

# ---- why, in words ----

ctl why alice --service sshd --from 203.0.113.7
like "why_says_that_no_network_covers_it" "$out" "from --from\\): in no trusted network\$"
like "and_counts_without_grammar" "$out" "tokens: 1, recovery codes: 0, passes: 0,"

# ---- closed standard descriptors ----

for closed in "<&-" ">&-" "<&- >&-" "<&- >&- 2>&-"; do
	before=$(wc -c < $state/lock)
	status=0
	mark
	eval "timeout 20 mfactl enroll alice --name other $closed" > /run/out 2>&1 || status=$?
	is "enroll_${closed}_ends_at_once" "$status" 7
	unlike "and_shows_no_key_to_the_log:_$closed" "$(since_mark)" otpauth
	is "nor_to_the_state:_$closed" "$(wc -c < $state/lock)" "$before"
done
for c in list log check status; do
	status=0
	mfactl $c 2> /run/err > /dev/full || status=$?
	is "${c}_that_could_not_be_read_is_an_error" "$status" 7
done

# ---- forget, and names that are none ----

ctl forget nobody-of-that-name
is "forget_of_a_name_mistyped" "$status" 4
ctl forget carol
is "forget_of_one_without_any" "$status" 0

# ---- 80 columns ----

long="A name of a token that is as long as they may be, 63 characters"
ctl rename alice authenticator "$long"
is "a_long_name" "$status" 0
ctl lock alice --reason "lost the phone in the train on the way home and called at ten in the evening to say so, all is well"
ctl list
is "list_fits_80_columns" "$(awk 'length > 80' <<< "$out")" ""

done_testing
