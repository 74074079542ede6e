#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# The whole chain with Twilio's API at its end, which is played: ssh, sshd, the module,
# the helper, mfa-http, mfad, mfa-call, and callbacks that come in through mfad.
. "$TOP/tests/call/texts.sh"
. "$TOP/tests/service.sh"

put_secret 0123456789abcdeffedcba9876543210
echo '{"sid": "CA77", "status": "queued"}' > sid
configure_call <<- END
	prefixes = +31
	call_gateway = twilio
	twilio_api = http://127.0.0.1:8443/2010-04-01
	twilio_account = AC0123
	twilio_token_file = $made/secret.key
	twilio_from = +31201234567
	twilio_callback = https://mfa.test/v1/callbacks
END
configure <<< "attested = call"
service_up "telephone = call" "issuer = Example Org"
start_call
host_up
add_user alice

# placed: the call that was asked for; its address is then in $at
api="POST /2010-04-01/Accounts/AC0123/Calls.json status 201 body sid
POST /2010-04-01/Accounts/AC0123/Calls/CA77.json status 200 body sid"
asked_for() { [ "$(times Calls.json)" -gt 0 ]; }
placed() {
	wait_until 20 asked_for || bail "no call: $(cat $log)"
	at=$(sed -n 's/.*&Url=\([^&]*\)%2Fstep-0&.*/\1/p' $log | sed 's/%3A/:/g; s/%2F/\//g')
}

sign() {
	node -e 'const fs = require("fs"), key = fs.readFileSync("secret.key", "utf8").trim();
		process.stdout.write(require("crypto").createHmac("sha1", key)
		    .update(fs.readFileSync(0)).digest("base64"))'
}

# back STEP NAME=VALUE...: a callback as Twilio signs it (or signed $forged), to $at; $code
# and $answer
back() {
	local url=$at/$1 text field fields=()
	shift
	text=$url
	for field; do
		text+=${field/=/}
		fields+=(--data-urlencode "$field")
	done
	signature=$(printf %s "$text" | sign)
	answer=$(curl -s --cacert /run/ca.pem -w '\n%{http_code}' "${fields[@]}" \
	    -H "X-Twilio-Signature: ${forged:-$signature}" "$url")
	code=${answer##*$'\n'}
	answer=${answer%$'\n'*}
}
me=(AccountSid=AC0123 CallSid=CA77)

# ---- a telephone is proved ----

shows() { grep -qE -- "$2" "$1"; }
serve <<< "$api"
mfactl --server telephone alice +31612345678 > /run/proof 2>&1 &
asking=$!
wait_until 20 shows /run/proof 'Key in [0-9]+' || bail "no call: $(cat /run/proof)"
placed
proof=$at
back step-0 "${me[@]}"
like "the_words_are_asked_for_through_mfad" "$code $answer" \
    '^200 .*<Say language="en-GB">Hello. This is Example Org.</Say>'
keys=$(grep -oE 'Key in [0-9]+' /run/proof | tr -cd 0-9)
forged=$signature back step-1 "${me[@]}" "Digits=$keys"
is "what_is_not_signed_is_refused" "$code" 403
back step-1 "${me[@]}" "Digits=$keys"
like "the_number_is_right" "$code $answer" '^200 .*<Hangup/>'
wait $asking
is "it_is_a_telephone_then" "$?" 0
mfactl --server method alice call

# ---- logins ----

# ssh_in WORDS...: in the background, up to its call; what is typed comes after `ended`
ssh_in() {
	serve <<< "$api"
	rm -f /run/done
	: > /run/screen
	mark
	printf '%s\n' '? assword:' "> $(password_of alice)" '? Press Enter when done, or type a code.*: ' \
	    '! until [ -e /run/done ]; do sleep 0.05; done' '> ' "$@" |
	    "$TOP/tests/talk" ip netns exec cafe $SSH alice@198.51.100.1 'echo in as $USER' > /run/screen 2>&1 &
	login=$!
	wait_until 20 shows /run/screen 'Press Enter when done' || bail "no prompt: $(cat /run/screen)"
	placed
}
# Soon: what is keyed in is judged, and the telephone told, when Enter is pressed.  (At once, it
# would be a client without a person.)
enter() {
	(sleep 0.3; touch /run/done) &
}
number() { grep -oE 'number [0-9 ]+ and #' /run/screen | tail -n 1 | tr -cd 0-9; }

ssh_in '$'
back step-0 "${me[@]}"
like "the_words_say_where" "$answer" 'Somebody is logging in with your name, on web1.example.org, with sshd'
this=$at
at=$proof back step-1 "${me[@]}" "Digits=$(number)"
like "a_callback_of_a_call_that_is_over_is_refused" "$code" '^40[34]$'
at=$this
enter
back step-1 "${me[@]}" "Digits=$(number)"
like "the_number_is_right_here_as_well" "$code $answer" '^200 .*Thank you'
wait $login
back step-1 "${me[@]}" "Digits=$(number)"
like "once" "$code" '^40[34]$'
like "it_lets_in" "$(< /run/screen)" "in as alice"
logged "as_an_attested_factor" \
    'auth verdict=grant user=alice service=sshd .*factor=call reason=approved .*attested=yes$'

# ---- "#" alone, where the host's policy takes it, and where not ----

ssh_in '? : $' '^ C'
back step-0 "${me[@]}"
like "by_default_a_number_is_gathered" "$answer" '<Gather [^>]*finishOnKey="#"><Say'
back step-1 "${me[@]}" Digits=
like "hash_alone_is_no_number" "$code $answer" '^200 .*key in the number'
back status "${me[@]}" CallStatus=completed
enter
wait $login
like "and_lets_nobody_in" "$(< /run/screen)" "The call ended before"
configure <<- 'END'
	attested = call
	call_form = hash
END
ssh_in '$'
like "the_prompt_says_what_will_do" "$(< /run/screen)" 'key in # there, or number'
back step-0 "${me[@]}"
like "hash_is_a_key_behind_the_words" "$answer" '</Say><Gather [^>]*numDigits="1" finishOnKey=""></Gather>'
enter
back step-1 "${me[@]}" Digits=#
like "and_that_it_was_pressed" "$code $answer" '^200 .*Thank you'
wait $login
like "it_lets_in_where_the_policy_says_so" "$(< /run/screen)" "in as alice"

ssh_in '? Denied on the telephone' '^ C'
back step-0 "${me[@]}"
back step-1 "${me[@]}" Digits=0
like "zero_is_not_me" "$code $answer" '^200 .*<Hangup/>'
enter
wait $login
logged "it_raises_an_alert" 'authpriv.alert .*mfad.*reported user=alice'

stop_serving
stop_call
done_testing
