#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# mfactl enroll: a token comes into being only by a right code of it, and an
# old one stays until then.
. "$TOP/tests/lib.sh"

configure <<< 'issuer = Example Org'
for user in alice bob carol dave; do
	add_user $user
done

# ctl ARGUMENT... < INPUT: what it shows is in $out, $err, $status
ctl() {
	status=0
	out=$(mfactl "$@" 2> /run/err) || status=$?
	err=$(< /run/err)
}

# hidden NAME TEXT SECRET: it is not in it (and no argument of a grep)
hidden() {
	case $2 in
	*"$3"*) fail "$1" ;;
	*) pass "$1" ;;
	esac
}

# begin ARGUMENT...: starts an enrolment on pipes; its key is then in $key.
# answer LINE... then types, ends the input, and waits.
begin() {
	coproc ctl_ { exec mfactl enroll "$@" 2>&1; }
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

tokens() {
	mfactl list "$1" --json 2>/dev/null |
	    jq -r '.[].tokens[] | "\(.name) \(.kind) \(.algorithm) \(.digits) \(.period // "-")"'
}

# last USER: what is spent of the user's first token
last() {
	sqlite3 -readonly /var/lib/pam_mfa/state.db \
	    "select last from token where user = '$1' order by id limit 1"
}

soon() {	# does not let a step end between a code and its comparison
	while [ $(($(date +%s) % 30)) -gt 26 ]; do sleep 0.2; done
}

# ---- a first token ----

soon
begin alice
like "the_text_secret_is_in_groups_of_four" "$shown" '^    ([A-Z2-7]{4} ){7}[A-Z2-7]{4}$'
is "and_is_the_one_of_the_url" "$(grep -E '^    ([A-Z2-7]{4} ){7}' <<< "$shown" | tr -d ' ')" "$key"
like "the_url_names_issuer_user_and_parameters" "$shown" \
    'otpauth://totp/Example%20Org:alice\?secret=[A-Z2-7]{32}&issuer=Example%20Org&algorithm=SHA1&digits=6&period=30'
unlike "a_pipe_is_shown_no_picture" "$shown" $'\033'
step=$(($(date +%s) / 30))
right=$(code "$key")
answer "${right:0:3} ${right:3}"
is "a_right_code_enrols" "$status" 0
is "with_the_usual_parameters" "$(tokens alice)" "authenticator totp SHA1 6 30"
like "recovery_codes_are_hinted_at" "$shown" "mfactl recovery alice"
hidden "the_right_code_is_never_shown" "$shown" "$right"
is "the_code_is_spent" "$(last alice)" "$step"

soon
begin bob --name phone
step=$(($(date +%s) / 30))
answer "$(code "$key" -1)"
is "the_step_before_is_accepted" "$status $(last bob)" "0 $((step - 1))"
soon
begin bob --name second
step=$(($(date +%s) / 30))
answer "$(code "$key" 1)"
is "and_the_step_after" "$status" 0
soon
begin bob --name third
answer "$(code "$key" -2)" "$(code "$key" 2)" "$(code "$key" -2)"
is "but_no_other" "$status" 5
is "several_tokens_have_names" "$(tokens bob | cut -d' ' -f1 | paste -sd,)" "phone,second"

# ---- refused ----

before=$(mfactl list --json)
soon
begin carol
wrong=$(code "$key" 700)
answer "$wrong" "$wrong" "$wrong" "$(code "$key")"
is "three_wrong_codes_enrol_nothing" "$status" 5
like "and_say_so" "$shown" "nothing was changed"
is "and_the_prompt_came_three_times" "$(grep -o 'that it shows now' <<< "$shown" | wc -l)" 3
begin carol
answer
is "the_end_of_input_enrols_nothing" "$status" 5
like "and_says_so" "$shown" "nothing was changed"
begin carol
answer "" "     " "$(printf '1%.0s' {1..2000})"
is "empty_and_endless_answers_enrol_nothing" "$status" 5
begin carol
IFS= read -r -t 5 -u 3 -d : shown	# the prompt
kill -INT "$pid"
answer
is "an_interruption_enrols_nothing" "$status" 5
begin carol
kill -KILL "$pid"
wait "$pid" 2>/dev/null
exec 3<&- 4>&-
is "a_killed_enrolment_enrols_nothing" "$(mfactl list --json)" "$before"

for case in "--digits 5" "--digits 9" "--digits six" "--period 45" "--kind push" "--algorithm MD5" \
    "--kind hotp --period 30" "--counter 7" "--name=" "--nonsense" "--name"; do
	# shellcheck disable=SC2086
	ctl enroll carol $case < /dev/null
	is "refused_as_usage:$case" "$status" 2
done
ctl enroll nobody-of-that-name < /dev/null
is "an_unknown_user_is_not_found" "$status" 4
like "and_the_spelling_is_doubted" "$err" "nobody-of-that-name: check the spelling"
ctl enroll alice --name authenticator < /dev/null
is "a_taken_name_is_refused_before_anything_is_shown" "$status $out" "5 "
ctl enroll alice --replace nothing < /dev/null
is "what_is_replaced_must_exist" "$status" 4
is "and_all_of_that_changed_nothing" "$(mfactl list --json)" "$before"

# ---- parameters ----

soon
begin carol --algorithm SHA256 --digits 8 --period 60 --name wide
like "the_url_has_them" "$shown" 'algorithm=SHA256&digits=8&period=60'
answer "$(oathtool --totp=SHA256 -d 8 -s 60 -b - <<< "$key")"
is "other_parameters_work" "$status $(tokens carol)" "0 wide totp SHA256 8 60"
soon
begin carol --algorithm SHA512
is "the_longest_key_has_64_bytes" "$(base32 -d <<< "$key=" 2>/dev/null | wc -c)" 64
is "and_no_line_but_the_link_is_too_long" \
    "$(grep -v otpauth <<< "$shown" | awk 'length > 80' | wc -l)" 0
answer "$(oathtool --totp=SHA512 -b - <<< "$key")"
is "and_works" "$status" 0
begin carol --kind hotp
like "a_hotp_url_has_a_counter" "$shown" 'otpauth://hotp/.*counter=0'
answer "$(oathtool --hotp -b -c 3 - <<< "$key")"
is "a_hotp_token_is_found_some_presses_later" "$status" 0
is "and_gets_a_name_of_its_own" "$(tokens carol | tail -n 1)" "token hotp SHA1 6 -"

# ---- replacing ----

old=$key
before=$(tokens alice)
begin alice --replace authenticator
answer 000000 000000 000000
is "an_old_token_stays_when_the_new_one_is_not_proved" "$status $(tokens alice)" "5 $before"
sqlite3 /var/lib/pam_mfa/state.db "insert into remembered (user, key, created, expires)
    values ('alice', 'session x 1', $(date +%s), $(date +%s) + 900)"
mark
soon
begin alice --replace authenticator --name tablet
answer "$(code "$key")"
is "and_goes_when_it_is" "$status $(tokens alice)" "0 tablet totp SHA1 6 30"
logged "which_is_logged" 'mfactl.*: replace user=alice by=root token=tablet was=authenticator kind=totp'
ctl forget alice
like "and_remembered_logins_are_forgotten" "$out" '^0 remembered'
begin carol --replace token
like "a_replacement_is_of_the_same_kind" "$shown" 'otpauth://hotp/'
answer "$(oathtool --hotp -b -c 0 - <<< "$key")"
is "and_works_too" "$status" 0

# ---- keys from outside ----

seed=$(head -c 20 /dev/urandom | base32)
canary "$seed"
ctl enroll dave --name fob --kind hotp --digits 6 --key-stdin <<- END
	$(sed 's/..../& /g; y/ABCDEFGHIJ/abcdefghij/' <<< "$seed")
	$(oathtool --hotp -b -c 1 - <<< "$seed")
END
is "a_hardware_token's_key_is_typed" "$status" 0
hidden "and_not_shown" "$out$err" "${seed:0:4}"
is "its_second_value_was_spent" "$(last dave)" 1
ctl enroll dave --name far --kind hotp --counter 5000 --key-stdin <<- END
	$seed
	$(oathtool --hotp -b -c 5001 - <<< "$seed")
END
is "a_token_may_have_come_far" "$status" 0
for bad in "" "too short" "GEZDGNBVGY1TQOJQGEZDGNBVGY3TQOJQ" "$(printf 'A%.0s' {1..2000})"; do
	ctl enroll dave --key-stdin <<< "$bad"
	is "refused_as_a_key:${bad:0:12}" "$status" 5
done

# ---- for a program ----

soon
mkfifo /run/codes
mfactl enroll dave --name json --json < /run/codes > /run/offer 2> /dev/null &
exec 5> /run/codes
wait_until 5 grep -q url /run/offer
key=$(head -n 1 /run/offer | jq -r .secret)
canary "$key"
code "$key" >&5
exec 5>&-
wait $!
is "with_json_the_offer_and_the_result_are_lines" \
    "$(jq -c keys /run/offer)" \
    '["secret","token","url","user"]'$'\n''["enrolled","token","user"]'
rm /run/offer /run/codes

# ---- on a terminal ----

talk mfactl enroll dave --name screen <<- 'END'
	? Scan this code
	? that it shows now:
	> 12345
	? That is not it: wait for the next code[^:]*now:
	^ C
	$
END
is "Ctrl-C_ends_it" "$status" 5
like "a_terminal_is_shown_a_picture" "$shown" '▀|▄|█'
canary "$(grep -oP 'secret=\K[A-Z2-7]+' <<< "$shown")"
like "and_says_that_nothing_changed" "$shown" "nothing was changed"
talk sh -c 'trap : INT; mfactl enroll dave --key-stdin --name quiet; stty -a' <<- END
	? key .base32.:
	> $seed
	? that it shows now:
	^ C
	? echonl
	\$
END
hidden "a_typed_key_is_not_echoed" "$shown" "$seed"
like "and_the_terminal_echoes_again" "$shown" '[^-]echo '

# ---- the code that enrolled does not open a login ----

configure <<< 'delay_after = 10'
use_profile
start_helper
start_sshd
add_user erin
soon
begin erin
right=$(code "$key")
answer "$right"
talk $SSH erin@127.0.0.1 'echo in as $USER' <<- END
	? assword:
	> $(password_of erin)
	? code:
	> $right
	? Not accepted
	> $(code "$key" 1)
	\$
END
like "the_code_that_enrolled_is_refused_at_a_login,_the_next_is_not" "$shown" "in as erin"

done_testing
