#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Codes of a token that is in the approval service, at two login hosts: each is
# spent for both.  The two are one machine that changes its key and its state.
. "$TOP/tests/lib.sh"
. "$TOP/tests/service.sh"

settings() {
	configure <<- END
		factors = totp, recovery
		$*
	END
}
service_up
host_up
for user in alice bob carol dave; do
	add_user $user
done

# at HOST: this machine is that host from now on
host=web1
at() {
	[ $host != "$1" ] || return 0
	stop_helper
	stop_http
	mkdir -p "/run/hosts/$host" "/run/hosts/$1"
	mv /etc/pam_mfa/host.key /etc/pam_mfa/state.key /etc/pam_mfa/pam_mfa.conf.d/50-server.conf \
	    "/run/hosts/$host" 2> /dev/null
	mkdir -p "/run/hosts/$host/state"
	mv /var/lib/pam_mfa/* "/run/hosts/$host/state" 2> /dev/null
	host=$1
	if [ -e "/run/hosts/$host/host.key" ]; then
		mv "/run/hosts/$host/50-server.conf" /etc/pam_mfa/pam_mfa.conf.d
		mv "/run/hosts/$host"/*.key /etc/pam_mfa
		mv "/run/hosts/$host"/state/* /var/lib/pam_mfa
	else
		join_host "$host.example.org"
	fi
	start_http
	start_helper
}

# Any state at all: a host has one once somebody is enrolled there.
enrol bob
bobs=$key
at web2
enrol dave
at web1

fob=$(head -c 20 /dev/urandom | base32)
canary "$fob"
value() {
	oathtool --hotp -b -c "$1" - <<< "$fob"
}
printf '%s\n' "$fob" "$(value 0)" | mfactl --server enroll alice --kind hotp --key-stdin > /run/out 2>&1 ||
    bail "no token for alice: $(cat /run/out)"

# login USER CODE [THEN...]: from the cafe, in $shown
login() {
	local user=$1 typed=$2
	shift 2
	mark
	status=0
	shown=$(printf '%s\n' '? assword:' "> $(password_of "$user")" '? uthentication code' "> $typed" \
	    "$@" | "$TOP/tests/talk" ip netns exec cafe $SSH "$user@198.51.100.1" 'echo in as $USER' \
	    2>&1) || status=$?
}
# tried USER: why this host refused the last code
tried() {
	mfactl log --user "$1" --json | jq -r '[.[] | select(.event == "try")][0].reason'
}
again=('? Not accepted' '^ C')

settings
login alice "$(value 1)" "${again[@]}"
unlike "nobody_believes_the_service_by_default" "$shown" "in as"
is "for_this_host_she_has_nothing" "$(tried alice)" not_enrolled

settings attested = server_code
login alice "$(value 1)" '$'
like "a_code_lets_in_at_one_host" "$shown" "in as alice"
logged "by_the_service" \
    'auth verdict=grant user=alice service=sshd origin=198.51.100.10 factor=server_code reason=code_accepted'
is "which_the_record_says" \
    "$(mfactl log --user alice --json | jq -r '.[0] | [.event, .verdict, .factor, .reason] | join(" ")')" \
    "login grant server_code code_accepted"
login alice "$(value 1)" "${again[@]}"
unlike "and_not_twice_there" "$shown" "in as"
at web2
login alice "$(value 1)" "${again[@]}"
unlike "nor_at_the_other" "$shown" "in as"
like "where_it_is_refused" "$(tried alice)" '^code_(refused|replayed)$'
login alice "$(value 2)" '$'
like "the_next_lets_in_there" "$shown" "in as alice"
at web1
login alice "$(value 2)" "${again[@]}"
unlike "and_not_at_the_first" "$shown" "in as"

# ---- what this host has itself ----

before=$(mfactl --server log --json | jq '[.[] | select(.event == "code")] | length')
login bob "$(code "$bobs" 1)" '$'
like "an_own_token_lets_in" "$shown" "in as bob"
login bob 000000 "${again[@]}"
is "and_none_of_its_codes_was_sent" \
    "$(mfactl --server log --json | jq '[.[] | select(.event == "code")] | length')" "$before"
login carol 123456 "${again[@]}"
unlike "nobody_else_gets_in" "$shown" "in as"
like "and_is_asked_like_all" "$shown" "Not accepted\. Wait for a new code, then type it"

# ---- the service goes ----

mfactl recovery alice > /run/codes || bail "no recovery codes"
recovery=$(grep -oE '[a-z2-7]{4}(-[a-z2-7]{4}){3}' /run/codes | head -n 1)
rm /run/codes
canary "$recovery"
stop_mfad
login alice "$(value 3)" '? Not accepted' "> $recovery" '$'
like "without_it_what_offline_names_is_left" "$shown" "in as alice"
settings 'attested = server_code
offline = totp'
login alice "$(value 3)" "${again[@]}"
unlike "and_nothing_else" "$shown" "in as"
start_mfad
settings attested = server_code
mark
kill -STOP "$mfad"
printf '%s\n' '? assword:' "> $(password_of alice)" '? uthentication code' '^ C' |
    timeout 60 "$TOP/tests/talk" ip netns exec cafe $SSH alice@198.51.100.1 true > /dev/null 2>&1
kill -CONT "$mfad"
login alice "$(value 3)" '$'
like "and_is_back_when_it_is_back" "$shown" "in as alice"
rm -r /run/hosts	# with the other host's key
done_testing
