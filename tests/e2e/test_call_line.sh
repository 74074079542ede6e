#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# The whole chain, with a telephone that somebody else wrote: a real ssh client,
# sshd, the module, the helper, mfa-http, mfad, mfa-call, a call over SIP to baresip
# whose keys let the login go on; and a text through a modem's spool.
. "$TOP/tests/call/lib.sh"
. "$TOP/tests/call/texts.sh"
. "$TOP/tests/service.sh"

cd / || exit 1
chmod 0755 "$work"
mkdir -p /var/spool/sms/outgoing
chown mfad_call:mfad_call /var/spool/sms/outgoing
configure_call <<- 'END'
	prefixes = +31
	call_gateway = sip
	sip_server = 127.0.0.1:5070
	sip_user = mfa
	sip_register = no
	sip_address = 127.0.0.1
	text_gateway = smstools
END
configure <<- 'END'
	attested = call, sms
END
service_up "telephone = call, text" "issuer = Example Org" "country = 31" "calls_per_user = 100" \
    "calls_per_number = 100" "calls_per_hour = 1000"
start_call
host_up
add_user alice

# keys_of FILE REGEX: the digits of it, when it is there
shows() { grep -qE -- "$2" "$1"; }
keys_of() {
	wait_until 30 shows "$1" "$2" || bail "not shown: $2: $(cat "$1")"
	grep -oE -- "$2" "$1" | tail -n 1 | tr -cd 0-9 | sed 's/./& /g'
}

# What is keyed in before the greeting is over counts as well.
picked_up() { grep -q 'Call established' "$work/phone/out"; }
over() { grep -qE 'session closed|terminated' "$work/phone/out"; }
# mfad dies, and is there again.
restart_mfad() {
	kill -KILL $mfad
	wait $mfad 2> /dev/null
	start_mfad
}

# ---- a telephone is proved ----

phone
mfactl --server telephone alice 06-12345678 > /run/proof 2>&1 &
asking=$!
keys=$(keys_of /run/proof 'Key in [0-9]+')
wait_until 30 picked_up || bail "no call: $(tail /var/log/call.out)"
listened() { [ $(cat "$work"/phone/heard/*-dec.wav | wc -c) -gt 80000 ]; }	# 5 seconds
wait_until 30 listened || bail "nothing is heard"
press $keys '#'
wait $asking
is "a_number_is_proved_over_the_line" "$?" 0
like "and_shown_masked" "$(< /run/proof)" '^\+31 •+78 is a telephone of alice\.$'
heard=$(phone_heard)
duration=$(soxi -D "$heard")
like "its_owner_heard_something" "$duration" '^([3-9]|[1-9][0-9])\.'
like "that_was_no_silence" "$(sox "$heard" -n stat 2>&1 | awk '/RMS.*amplitude/ { print ($3 > 0.01) }')" 1
mfactl --server method alice call

# ---- a login ----

cat > /usr/local/bin/key-in <<- 'END'
	#!/bin/bash
	# asks the telephone's side of the test to key in what the screen shows, and waits
	: > /run/key-in
	until [ ! -e /run/key-in ]; do sleep 0.02; done
END
chmod +x /usr/local/bin/key-in

# ssh_call KEY...: a login whose call is answered with these keys ("number": the number)
ssh_call() {
	local key digits
	phone
	rm -f /run/key-in
	: > /run/screen
	mark
	# A person takes a moment to press Enter; sooner, it was a client without one.
	printf '%s\n' '? assword:' "> $(password_of alice)" '? Press Enter when done, or type a code.*: ' \
	    '! key-in' '! sleep 0.2' '> ' "${after[@]}" |
	    "$TOP/tests/talk" ip netns exec cafe $SSH alice@198.51.100.1 'echo in as $USER' > /run/screen 2>&1 &
	login=$!
	digits=$(keys_of /run/screen 'number [0-9 ]+ and #')
	wait_until 30 picked_up || bail "no call: $(tail /var/log/call.out)"
	wait_until 30 test -e /run/key-in
	for key; do
		[ "$key" = number ] && press $digits || press "$key"
	done
	rm -f /run/key-in
	wait $login
	shown=$(< /run/screen)
	phone_heard > /run/heard
}

after=('$')
ssh_call number '#'
like "the_number_keyed_in_lets_in" "$shown" "in as alice"
logged "as_an_attested_factor" 'auth verdict=grant user=alice service=sshd .*factor=call reason=approved .*attested=yes$'
unlike "no_log_has_the_number" "$(cat /var/log/auth.log /var/log/*.out)" "$(grep -oE 'number [0-9]{3} [0-9]{3}' /run/screen | cut -d' ' -f2-)"

after=('? came through twice' '^ C')
ssh_call 4 4 '#' 1 2 2 '#'
unlike "a_key_that_comes_through_twice_is_no_number" "$shown" "in as"
logged "which_the_log_says" 'call verdict=deny user=alice .*factor=call reason=keys_twice'

after=('? Denied on the telephone' '^ C')
ssh_call 0 '#'
unlike "zero_lets_nobody_in" "$shown" "in as"
logged "and_raises_an_alert" 'mfad.*report.*user=alice'
mfactl --server unlock alice --phones

# ---- mfad is started anew while somebody is on the line ----

phone
rm -f /run/key-in
mark
printf '%s\n' '? assword:' "> $(password_of alice)" '? Press Enter when done, or type a code.*: ' \
    '! key-in' '! sleep 0.2' '> ' '? : $' '^ C' |
    "$TOP/tests/talk" ip netns exec cafe $SSH alice@198.51.100.1 'echo in as $USER' > /run/screen 2>&1 &
login=$!
wait_until 30 test -e /run/key-in
wait_until 30 picked_up || bail "no call: $(tail /var/log/call.out)"
restart_mfad
succeeds "the_call_of_a_mfad_that_died_is_hung_up" wait_until 20 over
rm -f /run/key-in
wait $login
unlike "which_lets_nobody_in" "$(< /run/screen)" "in as"
like "and_the_prompt_says_what_to_do" "$(< /run/screen)" "(out of order|cannot be reached)\. Type a code"
phone_heard > /run/heard
after=('$')
ssh_call number '#'
like "the_next_call_lets_in" "$shown" "in as alice"

# ---- a text ----

cat > /usr/local/bin/text-code <<- 'END'
	#!/bin/bash
	until file=$(ls /var/spool/sms/outgoing/* 2> /dev/null | head -n 1); [ -n "$file" ]; do sleep 0.02; done
	cp "$file" /run/message
	tail -n 1 "$file" | grep -oE '#[0-9]+$' | tr -d '#'
END
chmod +x /usr/local/bin/text-code
mfactl --server method alice text
mark
printf '%s\n' '? assword:' "> $(password_of alice)" '? Type the code from the text message' \
    '! text-code > /run/code' '< /run/code' '$' |
    "$TOP/tests/talk" ip netns exec cafe $SSH alice@198.51.100.1 'echo in as $USER' > /run/screen 2>&1
like "a_code_from_the_modem_lets_in" "$(< /run/screen)" "in as alice"
like "for_its_number" "$(< /run/message)" '^To: 31612345678$'
like "with_who_and_where" "$(< /run/message)" 'Example Org: [0-9]{6} is your code to log in to web1.example.org'
like "and_the_line_that_phones_fill_in" "$(tail -n 1 /run/message)" '^@web1\.example\.org #[0-9]{6}$'

# ---- the telephone's number is shown nowhere ----

for what in "users --json" "telephones alice" "telephones alice --json" "waiting --json" "log --json --limit 500"; do
	# shellcheck disable=SC2086
	mfactl --server $what
done > /run/lists
mfactl log --json >> /run/lists
curl_service /metrics >> /run/lists
like "all_of_that_is_there" "$(< /run/lists)" 'mfad_calls_total\{event="approved"\} 2'
like "it_is_known_by_its_ends" "$(< /run/lists)" '\+31 •+78'
is "it_is_in_no_log_list_state_or_cache" "$(grep -rlFa 612345678 /var/log /run/lists /run/proof \
    /run/screen /var/lib/mfad /var/lib/pam_mfa /var/cache/mfad_call)" ""

# ---- the line is out of order ----

stop_call
mfactl --server method alice call
mark
printf '%s\n' '? assword:' "> $(password_of alice)" '? (Type a code|out of order)' '^ C' |
    "$TOP/tests/talk" ip netns exec cafe $SSH alice@198.51.100.1 'echo in as $USER' > /run/screen 2>&1
unlike "without_mfa-call_nobody_is_let_in" "$(< /run/screen)" "in as"
logged "which_the_log_says" 'mfad.*mfa-call does not serve'

done_testing
