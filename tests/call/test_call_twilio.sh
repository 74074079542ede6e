#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Calls over Twilio's API: what is asked of it, what it is told, and that only Twilio
# is answered, about this call, once.  Signatures are made by node here;
# tests/call/test_twilio_sdk.sh holds them against Twilio's own code.
. "$TOP/tests/call/texts.sh"

token=0123456789abcdeffedcba9876543210
canary $token
put_secret $token
signer=secret.key
echo 1123456789abcdeffedcba9876543210 > secret.other
base="prefixes = +31
call_gateway = twilio
call_units = 2
ring_seconds = 25
twilio_api = http://127.0.0.1:8443/2010-04-01
twilio_account = AC0123
twilio_token_file = $made/secret.key
twilio_from = +31201234567
twilio_callback = https://mfa.example.org/v1/callbacks"
configure_call <<< "$base"
start_call
id=l_0123456789abcdefghijkl
at=https://mfa.example.org/v1/callbacks/$id
calls=/2010-04-01/Accounts/AC0123/Calls
echo '{"sid": "CA77", "status": "queued", "subresource_uris": {"a": "b"}}' > sid
works="POST $calls.json status 201 body sid
POST $calls/CA77.json status 200 body sid"

# signature URL NAME=VALUE...: of fields that are sorted already
signature() {
	local url=$1 text=
	shift
	for field; do text+=${field/=/}; done
	printf %s "$url$text" | node -e 'const fs = require("fs");
		const key = fs.readFileSync(process.argv[1], "utf8").trim();
		process.stdout.write(require("crypto").createHmac("sha1", key)
		    .update(fs.readFileSync(0)).digest("base64"))' "$signer"
}

# form NAME=VALUE...: as a body, in the file that is named on standard output

form() {
	local body= field name
	for field; do body+="${body:+&}${field%%=*}=$(jq -rn --arg v "${field#*=}" '$v|@uri')"; done
	name=$(mktemp form.XXXXXX)
	printf %s "$body" > "$name"
	chmod 0644 "$name"
	echo "$made/$name"
}

# back WHAT NAME=VALUE...: the words for dial of a callback that is right
back() {
	url=$at/$1
	shift
	words+=(callback "${url#https://mfa.example.org}" "$(signature "$url" "$@")" "$(form "$@")")
}
me=(AccountSid=AC0123 CallSid=CA77)

# ---- a call ----

serve <<< "$works"
words=(call $text_to 8000 1 6)
back status "${me[@]}" CallStatus=ringing
words+=(hear hear)
back step-0 "${me[@]}" CallStatus=in-progress
words+=(hear hear)
back step-1 "${me[@]}" Digits=482913
words+=(hear say 2 hear)
back step-3 "${me[@]}" 'Digits=99*482914'
words+=(hear say 1 hear hear hear)
dial "${words[@]}"
is "a_call_goes_well" "$(sed 's/^\(reply 200\) .*/\1/' <<< "$heard")" "reply 204 
progress ringing
progress answered
reply 200
keys 482913
reply 200
keys 482914
reply 200
ended done units=2 words=
end"
asked=$(sed -n 's/.*POST [^ ]* key=- //p' $log)
is "it_was_asked_for_once" "$(times POST)" 1
like "for_this_number" "$asked" '^To=%2B31612345678&From=%2B31201234567&'
like "with_where_to_ask" "$asked" '&Url=https%3A%2F%2Fmfa.example.org%2Fv1%2Fcallbacks%2Fl_0123456789abcdefghijkl%2Fstep-0&Method=POST&'
like "and_whom_to_tell" "$asked" '&Timeout=25&StatusCallback=https.*%2Fstatus&.*=ringing&StatusCallbackEvent=completed$'
twiml=$(sed -n 's/^reply 200 //p' <<< "$heard" | sed -n 1p)
like "the_greeting_can_be_interrupted_by_a_number" "$twiml" \
    '^<\?xml [^>]*\?><Response><Gather [^>]*action="https://mfa.example.org/v1/callbacks/l_0123456789abcdefghijkl/step-1" finishOnKey="#"><Say language="en-GB">Hello. This is Example.</Say>.*</Say></Gather></Response>$'
like "the_end_hangs_up" "$(sed -n 's/^reply 200 //p' <<< "$heard" | tail -n 1)" \
    '<Response><Say language="en-GB">Thank you. Goodbye.</Say><Hangup/></Response>$'
like "it_is_in_the_log" "$(cat /var/log/auth.log)" 'call to=\+31\.+78 id=[^ ]* gateway=twilio outcome=done units=2'

# ---- a login that waits for Enter ----

# keyed: the words of a call in which a moment was asked for
keyed() {
	serve <<< "$works"
	words=(call $text_to 20000 1 6)
	back step-0 "${me[@]}"
	words+=(hear hear)
	back step-1 "${me[@]}" Digits=42
	words+=(hear hear)
}
replies() { sed 's/^\(reply 200\) .*/\1/' <<< "$heard" | tail -n +4; }

keyed
back step-1 "${me[@]}" Digits=43
words+=(hear)
back step-2 "${me[@]}"
words+=(hear)
back step-3 "${me[@]}"
words+=(say 1 hear hear)
dial "${words[@]}"
is "a_moment_is_asked_for_until_it_is_judged" "$(replies)" "reply 200
reply 403 
reply 200
reply 200
ended done units=2 words="
like "it_says_what_may_be_waited_for,_and_asks_again" "$(grep reply <<< "$heard" | sed -n 2p)" \
    '<Response><Say language="en-GB">One moment\. If your computer asks you to press Enter, do that now\.</Say><Redirect method="POST">https://mfa.example.org/v1/callbacks/l_0123456789abcdefghijkl/step-2</Redirect></Response>$'
like "and_then_the_word_is_heard" "$(grep 'reply 200' <<< "$heard" | tail -n 1)" 'Thank you\. Goodbye\.</Say><Hangup/>'

keyed
words+=(say 2)
back step-2 "${me[@]}"
words+=(hear)
back step-4 "${me[@]}" Digits=43
words+=(hear say 1 hear hear)
dial "${words[@]}"
is "a_word_that_comes_meanwhile_is_heard_next" "$(replies)" "reply 200
reply 200
keys 43
reply 200
ended done units=2 words="

keyed
words+=(say 6)
back step-2 "${me[@]}"
words+=(hear say 5 cancel hear)
dial "${words[@]}"
like "a_key_that_came_through_twice_is_asked_for_once_more" "$heard" \
    '<Gather[^>]*><Say language="en-GB">A key came through twice\. Please key in the number once more'

keyed
back status "${me[@]}" CallStatus=completed
words+=(hear say 1 hear)
dial "${words[@]}"
is "hung_up_meanwhile,_the_keys_count" "$(replies)" "reply 200
reply 204 
ended done units=2 words="

# ---- "#" alone ----

words=(language nl call $text_to 8000 2 2)
back step-0 "${me[@]}"
words+=(hear hear)
back step-1 "${me[@]}" Digits=5
words+=(hear)
back step-2 "${me[@]}" Digits=
words+=(hear)
back step-3 "${me[@]}" Digits=#
words+=(hear say 1 hear hear)
serve <<< "$works"
dial "${words[@]}"
is "hash_alone_approves" "$(grep -v reply <<< "$heard")" "progress answered
keys 
ended done units=2 words="
like "it_is_a_key_like_others_behind_the_words" "$(grep -m 1 reply <<< "$heard")" \
    '<Response><Say language="nl-NL">Goedendag.*</Say><Gather [^>]*numDigits="1" finishOnKey=""></Gather></Response>$'
words=(call $text_to 8000 2 2)
back step-0 "${me[@]}"
words+=(hear hear)
back step-1 "${me[@]}" Digits=0
words+=(hear say 4 hear hear)
dial "${words[@]}"
is "zero_says_it_was_not_me" "$(grep -v reply <<< "$heard")" "progress answered
keys 0
ended done units=2 words="
words=(call $text_to 8000 1 6)
back step-0 "${me[@]}"
words+=(hear hear)
for step in 1 2 3 4 5; do
	back step-$step "${me[@]}" Digits=$([ $step = 3 ] && echo '#')
	words+=(hear)
done
words+=(hear)
dial "${words[@]}"
is "where_the_number_is_wanted_it_does_not" "$(grep -v reply <<< "$heard")" "progress answered
ended no-keys units=2 words="
is "the_greeting_is_said_five_times" "$(grep -c 'reply 200.*<Gather' <<< "$heard")" 5

# ---- how it ends ----

for end in busy:busy no-answer:no-answer failed:gateway canceled:gateway completed:no-answer; do
	words=(call $text_to 8000 1 6)
	back status "${me[@]}" CallStatus=${end%:*}
	words+=(hear hear)
	dial "${words[@]}"
	like "ends:_${end%:*}" "$(tail -n 1 <<< "$heard")" "^ended ${end#*:} units=0"
done
words=(call $text_to 8000 1 6)
back step-0 "${me[@]}"
words+=(hear hear)
back status "${me[@]}" CallStatus=completed
words+=(hear hear)
dial "${words[@]}"
like "hung_up" "$(tail -n 1 <<< "$heard")" "^ended hung-up units=2"
words=(call $text_to 8000 1 6)
back step-0 "${me[@]}"
words+=(hear hear)
back step-1 "${me[@]}" Digits=42
words+=(hear)
back status "${me[@]}" CallStatus=completed
words+=(say 1 hear hear hear)
dial "${words[@]}"
is "hung_up_behind_the_keys:_they_count" "$(sed 's/^\(reply 200\) .*/\1/' <<< "$heard" | tail -n 3)" "reply 200
reply 204 
ended done units=2 words="
serve <<< "$works"
dial call $text_to 8000 1 6 pause 300 cancel hear
like "cancelled" "$heard" "^ended cancelled units=0"
is "it_is_ended_there" "$(grep -c "POST $calls/CA77.json key=- Status=completed" $log)" 1
serve <<< "$works"
dial call $text_to 1500 1 6 hear
like "nobody_answers_in_time" "$heard" "^ended no-answer units=0"
is "ended_there,_too" "$(times CA77.json)" 1
serve <<< "$works"
dial call $text_to 8000 1 6 pause 300 leave
ended_there() { [ "$(times CA77.json)" = 1 ]; }
succeeds "mfad_leaves" wait_until 5 ended_there

# ---- who asks ----

answers() { # NAME STATUS, of words
	words+=(hear cancel hear)
	dial "${words[@]}"
	is "$1" "$heard" "reply $2 
ended cancelled units=0 words="
}
serve <<< "$works"
url=$at/step-0
path=${url#https://mfa.example.org}
good=$(signature "$url" "${me[@]}")
body=$(form "${me[@]}")
n=0
for bad in "" x "${good/?/_}" "${good}=" "${good%=}" "$(signer=secret.other; signature "$url" "${me[@]}")" \
    "$(signature "$at/step-1" "${me[@]}")" "$(signature "http${url#https}" "${me[@]}")" \
    "$(signature "$url" "${me[@]}" x=y)" "$(signature "${url#https://mfa.example.org}" "${me[@]}")"; do
	words=(call $text_to 8000 1 6 callback "$path" "$bad" "$body")
	answers "a_wrong_signature_$((++n))" 403
done
words=(call $text_to 8000 1 6)
back step-0 AccountSid=AC0123 CallSid=CA78
answers "of_another_call,_rightly_signed" 403
words=(call $text_to 8000 1 6)
back step-1 "${me[@]}" Digits=42
answers "a_step_that_has_not_come" 403
other=${at%kl}xx/step-0
words=(call $text_to 8000 1 6 callback "${other#https://mfa.example.org}" "$(signature "$other" "${me[@]}")" "$body")
answers "at_the_address_of_another_call" 403
printf 'AccountSid=AC0123&CallSid=CA77&CallSid=CA77' > twice
printf 'CallSid=%%zz' > broken
printf 'CallSid=CA77&x=\0' > zero
chmod 0644 twice broken zero
for body in twice broken zero; do
	words=(call $text_to 8000 1 6 callback "$path" "$good" $made/$body)
	answers "a_body_that_is_$body" 403
done
words=(call $text_to 8000 1 6)
back step-0 "${me[@]}"
words+=(hear hear)
back step-1 "${me[@]}" Digits=42
words+=(hear)
back step-1 "${me[@]}" Digits=42
words+=(say 2 hear hear)
back step-1 "${me[@]}" Digits=42
words+=(hear)
back step-0 "${me[@]}"
words+=(hear cancel hear)
dial "${words[@]}"
is "what_is_repeated_is_not_there" "$(sed 's/^\(reply 200\) .*/\1/' <<< "$heard")" "progress answered
reply 200
keys 42
reply 200
reply 403 
reply 403 
reply 403 
ended cancelled units=2 words="
configure_call <<< "${base/example.org/example.org/mfa}"
at=https://mfa.example.org/mfa/v1/callbacks/$id
words=(call $text_to 8000 1 6 callback "/v1/callbacks/$id/step-0" "$(signature "$at/step-0" "${me[@]}")" "$(form "${me[@]}")")
words+=(hear hear cancel hear)
dial "${words[@]}"
like "behind_a_proxy_the_end_of_the_path_is_the_same" "$heard" "^reply 200 "
configure_call <<< "$base"

# ---- an API that fails ----

for rule in "status 400 body sid" "status 401 nothing" "status 500 nothing" "status 201 nothing" "leave"; do
	serve <<< "POST $calls.json $rule"
	dial call $text_to 8000 1 6 hear hear
	like "the_API:_$rule" "$heard" "^ended gateway units=0 words=."
done
echo '{"sid": "CA77/../x"}' > odd
serve <<< "POST $calls.json status 201 body odd"
dial call $text_to 8000 1 6 hear hear
like "a_sid_that_is_none" "$heard" "^ended gateway units=0 words=a reply without a sid"
serve <<< "POST $calls.json wait 30000 nothing"
dial call $text_to 1500 1 6 hear hear
like "an_API_that_is_slow" "$heard" "^ended gateway units=0"
is "no_process_died_of_any_of_it" "$(grep -c 'died of signal' /var/log/auth.log)" 0

# ---- another gateway ----

printf '#!/bin/sh\necho answered\nsleep 20\n' > answers
chmod 0755 answers
configure_call <<< "prefixes = +31
call_gateway = exec
call_command = $made/answers"
words=(call $text_to 8000 1 6)
back step-0 "${me[@]}"
words+=(hear hear cancel hear)
dial "${words[@]}"
like "has_no_callbacks,_and_its_call_goes_on" "$(paste -sd ';' <<< "$heard")" \
    '(progress answered;reply 404 |reply 404 ;progress answered);ended cancelled'

stop_call
done_testing
