#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# mfactl: who may use it, what it runs as, how key and state come into being
# and never get lost, and every exit status.
. "$TOP/tests/lib.sh"

add_user alice
state=/var/lib/pam_mfa key_file=/etc/pam_mfa/state.key
subcommands=$(mfactl help | sed -n 's/^  \([a-z]*\)  *[a-z].*/\1/p' | grep -vxE 'man|mfactl')

ctl() {
	status=0
	out=$(mfactl "$@" 2> /run/err < /dev/null) || status=$?
	err=$(< /run/err)
}

# ---- the table, the help and the manual name the same things ----

manual=$(MANWIDTH=200 mandoc -T ascii "$TOP/man/mfactl.1" | sed 's/.\x08//g')
is "there_are_subcommands" "$(wc -w <<< "$subcommands")" 19
is "the_manual_describes_the_same_ones" \
    "$(sed -n 's/^\.It Cm \([a-z]*\).*/\1/p' "$TOP/man/mfactl.1" | grep -vx help | sort -u)" \
    "$(sort <<< "$subcommands")"
is "and_shows_how_each_is_used" \
    "$(sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESC/s/^\.Cm \([a-z]*\).*/\1/p' "$TOP/man/mfactl.1" | grep -vx help | sort -u)" \
    "$(sort <<< "$subcommands")"
is "each_has_a_source_of_its_own" "$(for c in $subcommands; do
	grep -lE "^cmd_$c\(" "$TOP"/ctl/*.c > /dev/null || echo "$c"
    done)" ""
for c in $subcommands; do
	ctl help $c
	like "help_$c" "$status $out" "^0 $c: "
	missing=
	for option in $(grep -oE -- '--[a-z-]+' <<< "$out" | sort -u); do
		grep -qF -- "$option" <<< "$manual" || missing+=" $option"
	done
	is "the_manual_has_every_option_of_$c" "$missing" ""
done
is "help_fits_80_columns" "$( (mfactl help; for c in $subcommands; do mfactl help $c; done) | awk 'length > 80')" ""
ctl help nonsense
is "help_of_nonsense" "$status" 2
ctl --version
like "the_version" "$status $out" '^0 mfactl \(pam_mfa\) [0-9.]+$'
ctl list --help
like "help_of_one_as_an_option" "$status $out" '^0 list: '

# ---- usage: 2 ----

ctl
is "no_subcommand" "$status $out" "2 "
like "says_which_there_are" "$err" enroll
ctl nonsense
like "no_such_subcommand" "$status $err" '^2 mfactl: nonsense is no subcommand: see mfactl help'
ctl $'\e[31m'
like "is_escaped" "$err" '^mfactl: .x1b\[31m is'
for case in "enroll" "enroll a b" "list a b" "remove a" "rename a b" "recovery" "pass" "lock" "unlock" \
    "forget" "log x" "why" "why alice" "status x" "import" "import google" "import google f" \
    "import oath f u" "import other f" "import oath f --name x" "list --nonsense" "enroll --name"; do
	# shellcheck disable=SC2086
	ctl $case
	is "usage:_$case" "$status" 2
done
is "nothing_was_made_by_all_that" "$(find $state $key_file -type f 2>/dev/null)" ""

# ---- only root: 3 ----

for c in $(grep -vx authority <<< "$subcommands"); do	# that one has a test of its own
	case $c in
	list | log | status | check | rotate) operands= ;;
	rename) operands="alice a b" ;;
	remove) operands="alice a" ;;
	why) operands="alice --service sshd" ;;
	import) operands="oath /nothing" ;;
	*) operands=alice ;;
	esac
	status=0
	# shellcheck disable=SC2086
	err=$(setpriv --reuid alice --regid alice --clear-groups mfactl $c $operands 2>&1 < /dev/null) ||
	    status=$?
	is "only_root_may:_$c" "$status $err" "3 mfactl: only root may do this: try it with sudo"
done

# ---- key and state are made once, together ----

ctl enroll alice
is "an_enrolment_that_fails_may_make_them" "$status" 5
is "the_key_is_root's_and_readable_by_the_helper" "$(stat -c '%U %G %a %s' $key_file)" "root pam_mfa 640 32"
is "the_state_is_the_helper's_alone" "$(find $state -type f -printf '%u %g %m\n' | sort -u)" "pam_mfa pam_mfa 600"
enrol alice
first=$key
sum=$(sha256sum < $key_file)
add_user bob
enrol bob
is "the_key_stays_the_same" "$(sha256sum < $key_file)" "$sum"
is "and_the_state_the_helper's" "$(find $state ! -user pam_mfa)" ""

mv $key_file /run/kept
ctl enroll bob --name again
is "with_a_state_but_no_key_nothing_is_enrolled" "$status" 7
like "which_says_what_to_do" "$err" 'state.key is missing.*: put it back from your copy'
is "and_no_new_key_is_made" "$(ls $key_file 2>/dev/null)" ""
ctl recovery bob
is "nor_are_codes_made_that_no_login_could_take" "$status $out" "7 "
ctl pass bob
is "nor_a_pass" "$status $out" "7 "
ctl why bob --service sshd --from 203.0.113.7
like "why_tells_of_it" "$status $(tail -n 1 <<< "$out")" '^1 The login is denied .*state_unusable'
ctl lock bob
is "but_a_lock_needs_no_key" "$status" 0
ctl list
is "nor_does_list" "$status" 0
ctl unlock bob
ctl remove bob authenticator
is "nor_removal" "$status" 0
head -c 32 /dev/urandom > $key_file
chown root:pam_mfa $key_file
chmod 640 $key_file
ctl enroll alice --replace authenticator
is "another_key_is_noticed_before_anything_is_shown" "$status $out" "7 "
ctl list alice
is "and_list_still_lists" "$status" 0
chmod 644 $key_file
ctl enroll bob
is "a_key_that_others_can_read_is_not_used" "$status" 7
rm $key_file
mv /run/kept $key_file
ctl enroll alice --replace authenticator
is "with_the_right_key_all_is_well" "$status" 5

# ---- it runs as pam_mfa ----

mkfifo /run/wait
mfactl enroll alice --name waiting < /run/wait > /run/shown 2>&1 &
pid=$!
exec 5> /run/wait
wait_until 5 grep -q 'shows now' /run/shown
uid=$(id -u pam_mfa) gid=$(id -g pam_mfa)
is "it_has_become_pam_mfa_for_good" "$(grep -E '^(Uid|Gid|Groups|CapPrm|CapEff)' /proc/$pid/status | tr -s '\t ' ' ' | sed 's/ *$//' | paste -sd' ')" \
    "Uid: $uid $uid $uid $uid Gid: $gid $gid $gid $gid Groups: CapPrm: 0000000000000000 CapEff: 0000000000000000"
is "and_leaves_no_core" "$(awk '/core file/ { print $5, $6 }' /proc/$pid/limits)" "0 0"
exec 5>&-
wait $pid
rm /run/wait /run/shown

# ---- not found, the configuration: 4, 6 ----

ctl list nobody-of-that-name
is "not_found" "$status" 4
echo 'nonsense = yes' | configure
ctl enroll bob
is "a_bad_configuration_stops_an_enrolment" "$status" 6
like "with_file_and_line" "$err" '^mfactl: /etc/pam_mfa/pam_mfa.conf:1: '
ctl why bob --service sshd
is "and_an_explanation" "$status" 6
ctl lock bob
is "but_not_a_lock" "$status" 0
ctl unlock bob
is "or_its_end" "$status" 0
configure < /dev/null

# ---- the state failed: 7 ----

cp -a $state /run/state
rm $state/state.db?*
head -c 8192 /dev/urandom > $state/state.db
for case in list log "lock alice" "unlock alice" "pass alice" "recovery alice"; do
	# shellcheck disable=SC2086
	ctl $case
	is "a_damaged_state:_$case" "$status" 7
	like "says_so" "$err" '^mfactl: .*state.*: '
done
rm -r $state
ctl list
is "no_state_directory:_nothing_is_found" "$status" 4
ctl lock alice
is "and_nothing_can_be_written" "$status" 7
cp -a /run/state $state
ctl list
is "put_back_it_works" "$status" 0
mount -t tmpfs -o size=16k full $state
chown pam_mfa:pam_mfa $state
chmod 700 $state
head -c 16384 /dev/zero > $state/filler 2>/dev/null
ctl lock alice
is "a_full_disk" "$status" 7
umount $state
mfactl list > /dev/full 2>/dev/null
is "output_that_cannot_be_written" "$?" 7

# ---- two at once ----

before=$(mfactl log --limit 100000 --json | jq length)
for i in {1..16}; do
	mfactl lock alice > /dev/null &
	mfactl unlock alice > /dev/null &
done
wait $(jobs -p | grep -vx "$watcher")
is "32_changes_at_once_are_32_records" \
    "$(($(mfactl log --limit 100000 --json | jq length) - before))" 32

done_testing
