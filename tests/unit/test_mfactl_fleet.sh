#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# mfactl --server enroll, tokens, recovery, remove, against the real mfad: who is
# given a token there has one at every host.  And a backup, brought back.
. "$TOP/tests/lib.sh"
. "$TOP/tests/service.sh"

service_up "issuer = Example Org"
join_host web1.example.org

ctl() {
	status=0
	out=$(mfactl --server "$@" 2> /run/err < /dev/null) || status=$?
	err=$(< /run/err)
}

# begin ARGUMENT...: starts an enrolment on pipes; its key is then in $key.
# answer LINE... then types, ends the input, and waits.
begin() {
	coproc ctl_ { exec mfactl --server enroll "$@" 2>&1; }
	exec 3<&"${ctl_[0]}" 4>&"${ctl_[1]}"
	eval "exec ${ctl_[0]}<&- ${ctl_[1]}>&-"
	pid=$ctl__PID shown= key=
	local line
	while IFS= read -r -t 10 -u 3 line; do
		shown+=$line$'\n'
		case $line in
		*otpauth://*) key=$(grep -oP 'secret=\K[A-Z2-7]+' <<< "$line") && break ;;
		esac
	done
	canary "$key"
}

answer() {
	local word
	trap '' PIPE
	for word; do
		echo "$word" >&4
	done
	exec 4>&-
	shown+=$(cat <&3)
	status=0
	wait "$pid" || status=$?
	exec 3<&-
}

# at_a_host USER CODE: what the service says about it to a host
at_a_host() {
	jq -nc --rawfile code /dev/stdin '{code: ($code | rtrimstr("\n"))}' <<< "$2" |
	    curl -s --cacert /run/ca.pem -H 'Content-Type: application/json' --data-binary @- \
	    -K <(echo "header = \"Authorization: Bearer $(tail -n 1 /etc/pam_mfa/host.key)\"") \
	    "https://mfa.test/v1/users/$1/code" | jq -r '.result // .type'
}

tokens() {
	mfactl --server tokens "$1" --json | jq -r '.[] | "\(.name) \(.kind) \(.algorithm) \(.digits) \(.period // "-")"'
}

soon() {	# does not let a step end between a code and its comparison
	while [ $(($(date +%s) % 30)) -gt 24 ]; do sleep 0.2; done
}

# ---- a token ----

soon
begin alice
like "the_key_is_shown_as_text" "$shown" '[A-Z2-7]{4}( [A-Z2-7]{4}){7}'
like "and_as_a_link_of_the_service" "$shown" 'otpauth://totp/Example%20Org:alice\?secret='
answer "$(code "$key" 0)"
is "enroll" "$status" 0
like "it_is_said_where_it_counts" "$shown" 'Enrolled: alice has the token authenticator, for all hosts\.'
is "it_is_there" "$(tokens alice)" "authenticator totp SHA1 6 30"
is "the_first_code_is_spent" "$(at_a_host alice "$(code "$key" 0)")" replayed
is "the_next_is_accepted" "$(at_a_host alice "$(code "$key" 1)")" accepted
is "once" "$(at_a_host alice "$(code "$key" 1)")" replayed
ctl tokens alice
is "tokens" "$status $(head -n 1 <<< "$out" | tr -s ' ')" "0 token kind algorithm digits period since used"
ctl users
like "users_counts_it" "$out" '^alice +0 +1 '

begin bob
answer 000000 111111 222222
is "a_wrong_code_enrols_nobody" "$status $(tokens bob)" "5 "

begin alice --algorithm SHA256 --digits 8 --period 60
answer "$(oathtool --totp=sha256 -d 8 -s 60s -b - <<< "$key" | tee -a "$canaries")"
is "other_parameters" "$status $(tokens alice | tail -n 1)" "0 authenticator-2 totp SHA256 8 60"
ctl enroll alice --name authenticator
is "a_name_is_taken" "$status" 5

fob=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
canary $fob
printf '%s\n' $fob "$(oathtool --hotp -b -c 7 - <<< $fob)" |
    mfactl --server enroll carol --kind hotp --key-stdin --name "carol's fob" > /run/out 2>&1
is "a_counting_token_with_its_key" "$? $(tokens carol)" "0 carol's fob hotp SHA1 6 -"
is "counts_from_where_it_was" "$(at_a_host carol "$(oathtool --hotp -b -c 7 - <<< $fob)") $(
    at_a_host carol "$(oathtool --hotp -b -c 8 - <<< $fob)")" "refused accepted"

ctl remove alice nothing
is "remove_what_is_not_there" "$status" 4
ctl remove carol "carol's fob"
is "remove" "$status $out" "0 The token carol's fob of carol is worth nothing any more."
is "it_is_gone" "$(tokens carol)" ""
is "and_refused" "$(at_a_host carol "$(oathtool --hotp -b -c 9 - <<< $fob)")" refused
ctl tokens carol
is "no_token" "$status $out" "0 The user has no token."

# ---- recovery codes ----

ctl recovery alice --json
mapfile -t codes < <(jq -r '.codes[]' <<< "$out")
canary "${codes[@]}"
is "recovery" "$status ${#codes[@]}" "0 10"
is "a_recovery_code" "$(at_a_host alice "${codes[0]}") $(at_a_host alice "${codes[0]}")" "accepted refused"
ctl recovery alice
mapfile -t fresh < <(grep -oE '([a-z2-7]{4}-){3}[a-z2-7]{4}' <<< "$out")
canary "${fresh[@]}"
is "new_ones" "$status ${#fresh[@]}" "0 10"
is "instead_of_the_old_ones" "$(at_a_host alice "${codes[1]}") $(at_a_host alice "${fresh[9]}")" "refused accepted"

# ---- records ----

is "all_of_it_is_recorded" "$(mfactl --server log --json |
    jq -r '.[] | select(.event == "token" or .event == "recovery") | "\(.event) \(.user) \(.outcome // "") \(.by)"' |
    sed 's/ null / /')" "token alice added admin
token alice added admin
token carol added admin
token carol removed admin
recovery alice  admin
recovery alice  admin"

# ---- a backup, brought back over what was left behind ----

ctl backup /var/lib/mfad/copy.db
is "backup" "$status" 0
ctl remove alice authenticator
is "what_comes_later" "$status $(tokens alice | wc -l)" "0 1"
# Killed, it leaves the log of its last changes beside the database.
kill -KILL "$mfad"
wait "$mfad" 2> /dev/null
succeeds "a_log_is_left" test -s /var/lib/mfad/mfad.db-wal
restore() {
	rm "$1/mfad.db-wal" "$1/mfad.db-shm"
	mv "$1/copy.db" "$1/mfad.db"
}
restore /var/lib/mfad
is "the_manual_says_the_same" "$(sed -n '/^To restore/,/^\.Ss/p' "$TOP/man/mfad.8" |
    grep -oE 'mfad\.db(-wal|-shm)?' | paste -sd' ')" "mfad.db-wal mfad.db-shm mfad.db"
start_mfad
is "what_was_copied_is_there" "$(tokens alice | wc -l)" 2
stop_mfad
is "and_whole" "$(sqlite3 -readonly /var/lib/mfad/mfad.db 'pragma integrity_check' 2>&1)" ok
done_testing
