#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# mfactl: looking at tokens, and changing everything else about them; each
# change leaves a record and a line in the log.
. "$TOP/tests/lib.sh"

for user in alice bob carol; do
	add_user $user
done

ctl() {
	status=0
	out=$(mfactl "$@" 2> /run/err < /dev/null) || status=$?
	err=$(< /run/err)
}


# hidden NAME TEXT SECRET: it is not in it (and no argument of a grep)
hidden() {
	case $2 in
	*"$3"*) fail "$1" ;;
	*) pass "$1" ;;
	esac
}

# recorded EVENT: the newest record of it, as "user|reason|by"
recorded() {
	mfactl log --json |
	    jq -r "[.[] | select(.event == \"$1\")][0] | \"\(.user)|\(.reason)|\(.by)\""
}

# ---- before anything is there ----

ctl list
is "without_a_state_nothing_is_found" "$status" 4
ctl unlock alice
is "and_nothing_is_unlocked" "$status" 4
ctl remove alice phone
is "or_removed" "$status" 4
ctl log
is "and_there_is_no_log" "$status" 4
is "and_no_state_was_made_by_that" "$(find /var/lib/pam_mfa /etc/pam_mfa -type f ! -name "pam_mfa.conf*")" ""

# ---- list ----

enrol alice
enrol bob
ctl list
is "list_is_done" "$status" 0
like "it_shows_every_user" "$out" '^bob: 0 recovery codes left$'
like "and_every_token" "$out" '^    authenticator: totp, SHA1, 6 digits, 30 s$'
like "with_local_iso_8601_times" "$out" 'enrolled 20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}, never used$'
hidden "but_never_a_key" "$out" "$key"
hidden "nor_with_json" "$(mfactl list --json)" "$key"
is "json_has_the_same" "$(mfactl list --json | jq -c '.[] | [.user, .tokens[0].name, .recovery, .locked]')" \
    '["alice","authenticator",0,false]'$'\n''["bob","authenticator",0,false]'
like "json_times_have_an_offset" "$(mfactl list alice --json | jq -r '.[0].tokens[0].created')" \
    '^20..-..-..T..:..:..[+-]..:..$'
ctl list bob
unlike "list_of_one_shows_no_other" "$out" alice
ctl list carol
is "list_of_nobody_finds_nothing" "$status" 4
like "local_times_follow_the_time_zone" "$(TZ=Asia/Tokyo mfactl list alice --json)" '\+09:00'

# ---- rename ----

mark
ctl rename bob authenticator "Bob's phone"
is "rename_is_done" "$status" 0
like "and_shows" "$(mfactl list bob)" "^    Bob's phone: "
logged "and_is_logged" "mfactl.*: rename user=bob by=root token=authenticator to=Bob's\\\\x20phone"
is "and_recorded" "$(recorded rename)" "bob|token=authenticator to=\"Bob's phone\"|root"
ctl rename bob authenticator x
is "what_is_renamed_must_exist" "$status" 4
enrol bob
ctl rename bob authenticator "Bob's phone"
is "a_taken_name_is_refused" "$status" 5
for name in "" " x" "x " $'a\tb' $'a\nb' $'\xff' "$(printf 'x%.0s' {1..64})" $'a\u202eb'; do
	ctl rename bob authenticator "$name"
	is "refused_as_a_name:$(printf %q "${name:0:8}")" "$status" 2
done

# ---- remove ----

before=$(mfactl list alice)
ctl remove alice nothing
is "what_is_removed_must_exist" "$status" 4
is "and_nothing_else_goes" "$(mfactl list alice)" "$before"
mark
ctl remove alice authenticator
is "remove_is_done" "$status" 0
like "and_says_that_it_was_the_last" "$out" "mfactl enroll alice"
like "and_shows" "$(mfactl list alice)" "no token"
logged "and_is_logged" 'mfactl.*: remove user=alice by=root token=authenticator$'
is "and_recorded" "$(recorded remove)" "alice|token=authenticator|root"
ctl remove -- bob "Bob's phone"
is "two_hyphens_end_the_options" "$status" 0

# ---- recovery codes ----

mark
ctl recovery alice
is "recovery_is_done" "$status" 0
mapfile -t first < <(grep -oE '[a-z2-7]{4}(-[a-z2-7]{4}){3}' <<< "$out")
canary "${first[@]}"
is "there_are_ten_different_codes" "$(printf '%s\n' "${first[@]}" | sort -u | wc -l)" 10
logged "their_making_is_logged" 'mfactl.*: recovery user=alice by=root codes=10$'
is "and_recorded" "$(recorded recovery)" "alice|codes=10|root"
ctl recovery alice --count
is "they_are_counted" "$status $out" "0 10"
ctl recovery alice --json
mapfile -t second < <(grep -oE '[a-z2-7]{4}(-[a-z2-7]{4}){3}' <<< "$out")
canary "${second[@]}"
is "json_has_ten_others" "$(jq -r '.user, (.codes | length)' <<< "$out" | paste -sd' ') \
$(printf '%s\n' "${first[@]}" "${second[@]}" | sort -u | wc -l)" "alice 10 20"
is "ten_are_left,_not_twenty" "$(mfactl recovery alice --count)" 10
hidden "no_code_is_in_the_state" "$(strings /var/lib/pam_mfa/state.db*)" "${second[0]}"
ctl recovery nobody-of-that-name
is "recovery_of_an_unknown_user" "$status" 4
ctl recovery carol --count
is "count_of_one_without" "$status" 4
mfactl recovery carol > /dev/full 2> /run/err
is "codes_that_could_not_be_shown_are_an_error" "$?" 7
like "that_says_what_to_do" "$(< /run/err)" "make new ones"

# ---- passes ----

mark
now=$(date +%s)
ctl pass carol --life 2h --uses 3 --length 16
is "pass_is_done" "$status" 0
pass=$(grep -oE '^    [a-z2-7-]+$' <<< "$out" | tr -d ' ')
canary "$pass"
like "it_has_the_length_asked_for" "$pass" '^([a-z2-7]{4}-){3}[a-z2-7]{4}$'
like "and_says_how_often" "$out" 'for 3 logins\.$'
logged "it_is_logged" 'mfactl.*: pass user=carol by=root uses=3 until='
left=$(mfactl list carol --json | jq -r '.[0].passes[0].expires')
left=$(($(date -d "$left" +%s) - now))
is "it_lives_as_long_as_asked_for" $((left >= 7200 && left <= 7205)) 1
hidden "it_is_nowhere_in_the_state" "$(strings /var/lib/pam_mfa/state.db*)" "$pass"
ctl pass carol --json
pass=$(jq -r .pass <<< "$out")
canary "$pass"
like "json_has_one_of_twelve" "$pass" '^([a-z2-7]{4}-){2}[a-z2-7]{4}$'
like "list_shows_them" "$(mfactl list carol)" '^    pass from root: until .*, for 3 more logins$'
for case in "--life 0h" "--life 8" "--life 32d" "--life 1w" "--life -1h" "--uses 0" "--uses 101" \
    "--uses 1.5" "--length 9" "--length 33"; do
	# shellcheck disable=SC2086
	ctl pass carol $case
	is "refused_as_usage:$case" "$status" 2
done
ctl pass carol --revoke
like "passes_are_revoked" "$status $out" '^0 2 passes are revoked'
unlike "and_gone" "$(mfactl list carol)" pass
is "which_is_recorded" "$(recorded revoke)" "carol||root"
for i in {1..16}; do
	mfactl pass carol > /dev/null
done
ctl pass carol
is "there_are_no_more_than_16" "$status" 5
ctl pass nobody-of-that-name
is "pass_for_an_unknown_user" "$status" 4

# ---- lock, unlock, forget ----

mark
ctl lock alice --reason "lost her phone"
is "lock_is_done" "$status" 0
like "and_shows" "$(mfactl list alice)" '^    locked since .*: lost her phone$'
logged "and_is_logged" 'mfactl.*: lock user=alice by=root reason=lost\\x20her\\x20phone'
ctl lock nobody-of-that-name
is "lock_of_an_unknown_user" "$status" 4
ctl lock alice --reason "$(printf 'x%.0s' {1..128})"
is "a_reason_that_is_too_long" "$status" 2
ctl lock alice --reason $'\e[2J'
is "a_reason_that_is_not_printable" "$status" 2
ctl unlock alice
like "unlock_is_done" "$status $out" '^0 Unlocked'
unlike "and_shows" "$(mfactl list alice)" locked
is "and_is_recorded" "$(recorded unlock)" "alice||root"
ctl unlock alice
like "once_more_is_no_error" "$status $out" '^0 alice was not locked'

remember() {
	sqlite3 /var/lib/pam_mfa/state.db "insert into remembered (user, key, created, expires)
	    values ('$1', 'session x 1', $(date +%s), $(date +%s) + 900)" 2>&1
}
remember alice
remember bob
ctl forget alice
like "forget_forgets_one" "$status $out" '^0 1 remembered login is forgotten'
ctl forget --all
like "or_all" "$status $out" '^0 1 remembered login is forgotten'
is "which_is_recorded" "$(recorded forget)" "||root"
remember alice
ctl lock alice
ctl forget alice
like "a_lock_forgot_them_already" "$out" '^0 remembered'
remember bob
ctl remove bob authenticator
ctl forget bob
like "so_did_a_removal" "$out" '^0 remembered'
ctl forget
is "forget_whom?" "$status" 2
ctl forget alice --all
is "one_or_all" "$status" 2

# ---- the log ----

ctl log
is "log_is_done" "$status" 0
like "it_has_the_changes" "$out" '^20..-..-..T..:..:..  lock +alice +reason="lost her phone" by root$'
is "in_80_columns" "$(awk 'length > 80' <<< "$out")" ""
is "the_newest_is_last" "$(tail -n 1 <<< "$out" | grep -c forget)" 1
is "limit_keeps_the_newest" "$(mfactl log --limit 1 --json | jq -r '.[].event')" forget
is "user_and_service_select" "$(mfactl log --user carol --json | jq -r '[.[].user] | unique | join(",")') \
$(mfactl log --service sshd --json)" "carol []"
is "since_a_time_to_come_there_is_nothing" "$(mfactl log --since 2999-01-01 --json)" "[]"
is "since_an_hour_ago_there_is_all" "$(mfactl log --since 1h --limit 1000 --json | jq length)" \
    "$(mfactl log --limit 1000 --json | jq length)"
for case in "--since yesterday" "--since 2026-02-30" "--since 2026-13-01" "--since 5" "--limit 0" "--limit x"; do
	# shellcheck disable=SC2086
	ctl log $case
	is "refused_as_usage:$case" "$status" 2
done
useradd -l -u 54321 wendy
is "sudo_names_the_administrator" "$(SUDO_USER=wendy mfactl unlock alice > /dev/null; recorded unlock)" \
    "alice||wendy"
if echo 54321 > /proc/self/loginuid 2>/dev/null; then
	is "but_the_login_names_him_better" "$(SUDO_USER=mallory mfactl unlock alice > /dev/null; recorded unlock)" \
	    "alice||wendy"
fi
sqlite3 /var/lib/pam_mfa/state.db "insert into audit
    (id, event, verdict, user, service, origin, factor, reason, by, ms) values (
    $(date +%s) * 1048576 + 1048000, 'login', 'deny', 'mal' || char(27) || '[2Jlory',
    'ss' || char(10) || 'hd', 'unknown', 'none', 'x', 'helper', 1)"
like "what_an_attacker_wrote_is_escaped" "$(mfactl log --limit 1)" 'mal.x1b.2Jlory  ss.x0ahd unknown x$'

done_testing
