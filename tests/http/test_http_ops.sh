#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# mfa-http between a helper and a service: everything that the one asks and the
# other answers.
. "$TOP/tests/http/lib.sh"

start_http
push="begin anna 90000 hear push sshd 192.0.2.7 1790000090 hear"

# seen REGEX: the service was asked that, within a second
seen() { wait_until 1 asked "$1"; }
soon() { if [ "$2" -lt "$3" ]; then pass "$1"; else fail "$1" "$2 ms"; fi; }

# ---- begin ----

serve <<< "$USER_RULES"
ask begin anna 90000 hear close 5 hear
is "a user's methods" "$heard" "methods bits=3 revocations=0
end"
is "two questions" "$(times ' GET ')" 2
is "on one connection" "$(times OPEN)" 1
is "of TLS 1.3" "$(times 'OPEN TLSv1.3')" 1

# methods JSON: what becomes of such a user, in $heard
methods() {
	echo "$1" > other
	serve <<< "GET /v1/users/anna body other
GET /v1/users/anna/certificates body certificates
GET /v1/policy body policy"
	ask begin anna 90000 hear
}
echo '{"compulsory_from":1790000000,"number_digits":6}' > policy
methods '{"user":"anna","methods":[],"push_locked":false,"locked":false}'
is "nobody that the service knows" "$heard" "methods bits=0 revocations=0 compulsory"
is "whose certificates are not asked for" "$(times certificates)" 0
methods '{"user":"anna","methods":["push"],"push_locked":true,"locked":false,"new":{"x":[1]}}'
is "locked pushes; what is new to us is ignored" "$heard" "methods bits=5 revocations=0"
methods '{"user":"anna","methods":["carrier-pigeon","pass"],"push_locked":false,"locked":true}'
is "locked altogether; a method that is new to us" "$heard" "methods bits=6 revocations=0 compulsory"

jq -n --rawfile r "$TOP/tests/vectors/revocation" '{certificates: [], revocations: [$r, $r]}' > two
serve <<< "GET /v1/users/anna body user
GET /v1/users/anna/certificates body two"
ask begin anna 90000 hear
is "revocations come along" "$heard" \
    "methods bits=3 revocations=$((2 * $(wc -c < "$TOP/tests/vectors/revocation")))"
jq -n --rawfile r "$TOP/tests/vectors/revocation" '{certificates: [],
    revocations: [range(40) | $r]}' > two
ask begin anna 90000 hear
like "more than fit are not left out" "$heard" 'failed failure=4'

methods '{"user":"anna","methods":["totp"],"push_locked":false,"locked":false}'
is "from when it is compulsory is asked of somebody with codes, which a host need not believe" \
    "$heard" "methods bits=2 revocations=0 compulsory"

serve <<< 'GET /v1/users/%C3%A9%2E%2E%2F%3Fx%20%25 body other
GET /v1/policy body policy'
echo '{"user":"é../?x %","methods":[],"push_locked":false,"locked":false}' > other
ask begin 'é../?x %' 90000 hear
is "a name that is not fit for an address" "$heard" "methods bits=0 revocations=0 compulsory"

serve <<< "$USER_RULES"
ask version 7 begin anna 90000 hear
like "a helper of another version" "$heard" 'failed failure=2 .*different versions'

# ---- push ----

serve <<< "$PUSH_RULES
GET $LOGIN until $made/now body approved"
(sleep 0.5; touch $made/now) &
ask $push hear close 1 hear
rm $made/now
is "a push, and what came back" "$heard" "methods bits=3 revocations=0
pushed
answered decision=appr certificate=$(wc -c < "$TOP/tests/vectors/certificate-p256"):pam_mfa device 1 signature=30450221 authenticator= client=
end"
like "what the service was asked" "$(grep 'POST /v1/logins ' $log)" \
    ' key=[A-Za-z0-9_-]{22} \{"user":"anna","service":"sshd","origin":"192.0.2.7","nonce":"A{22}","expires":1790000090,"digits":6\}$'
is "one connection" "$(times OPEN)" 1
like "the poll is to be held" "$(grep 'GET /v1/logins' $log)" 'wait=50 '
seen '/close .*"outcome":"granted"'
is "and the outcome" "$?" 0
is "nothing was wrong with what was asked" "$(grep BAD $log)" ""

for state in expired cancelled; do
	serve <<< "$PUSH_RULES
GET $LOGIN body waiting
GET $LOGIN wait 50 body $state"
	ask $push hear
	is "a push that is $state, at the second poll" "$(tail -n 1 <<< "$heard")" ended
done

jq '.answer += {decision: "report", authenticator_data: "AAEC", client_data: "e30"}' approved > other
serve <<< "$PUSH_RULES
GET $LOGIN body other"
ask $push hear
like "a report, by a passkey" "$heard" 'decision=repo .* authenticator=000102 client=7b7d'

# ---- closing ----

n=0
for outcome in granted code wrong_number refused cancelled; do
	n=$((n + 1))
	serve <<< "$PUSH_RULES
GET $LOGIN wait 20000 body waiting"
	start=${EPOCHREALTIME/./}
	ask $push pause 100 close $n hear
	seen "close .*\"outcome\":\"$outcome\""
	is "a login that ended: $outcome" "$?" 0
	soon "and the service heard it soon" $(((${EPOCHREALTIME/./} - start) / 1000 - 100)) 1000
	seen "LEFT $LOGIN"
	is "before the poll was let go" "$(grep -E 'LEFT|close' $log | head -n 1 | grep -c close)" 1
done

serve <<< "$PUSH_RULES
GET $LOGIN wait 20000 body waiting"
ask $push leave pause 1000
is "a helper that vanishes cancels" "$(times '/close .*"outcome":"cancelled"')" 1
serve <<< "$PUSH_RULES
GET $LOGIN wait 20000 body waiting"
ask $push bytes 01ffff hear
is "one that talks nonsense is hung up on" "$(tail -n 1 <<< "$heard")" end
is "and cancels" "$(times '/close .*"outcome":"cancelled"')" 1
ask begin anna 90000 hear begin anna 90000 hear
is "one that begins twice is, too" "$(tail -n 1 <<< "$heard")" end

serve <<< "$USER_RULES
POST /v1/logins wait 500 status 201 body login
POST $LOGIN/close status 204 nothing"
ask begin anna 90000 hear push sshd 192.0.2.7 1790000090 pause 100 close 5 hear
seen '/close .*"outcome":"cancelled"'
is "a push that was cancelled while it was being sent is taken back" "$?" 0

serve <<< "GET /v1/users/anna wait 20000 body user"
ask begin anna 90000 pause 100 close 5 hear
is "a question that is given up" "$heard" end
soon "ends at once" "$ms" 300

# Time is up, and the helper says nothing.
serve <<< "$PUSH_RULES
GET $LOGIN wait 20000 body waiting"
ask begin anna 2000 hear push sshd 192.0.2.7 1790000090 hear hear hear
is "at the deadline it is over" "$(tail -n 1 <<< "$heard")" end
is "and cancelled" "$(times '/close .*"outcome":"cancelled"')" 1

# ---- codes ----

n=0
for result in accepted:636f6465 refused:2 replayed:3 too-soon:4 locked:5; do
	serve <<< "$USER_RULES
POST /v1/users/anna/code body ${result%:*}"
	ask begin anna 90000 hear code 48291$n hear
	is "a code is ${result%:*}" "$(tail -n 1 <<< "$heard")" "coded result=${result#*:}"
	is "the user's, where no login is open" "$(times "POST /v1/users/anna/code .*{\"code\":\"48291$n\"}")" 1
	n=$((n + 1))
done
ask begin anna 90000 hear code 'a"\b' hear
is "a code that needs escaping" "$(times '{"code":"a\\"\\\\b"}')" 1
ask begin anna 90000 hear code $'1\t2' hear code 123456 hear
like "one that is none is not sent" "$heard" 'failed failure=2'
is "but the next is" "$(tail -n 1 <<< "$heard")" "coded result=5"

serve <<< "$PUSH_RULES
GET $LOGIN until $made/now body approved
POST $LOGIN/code wait 200 body refused"
(sleep 1; touch $made/now) &
ask $push code 482913 hear hear close 1 hear
rm $made/now
is "a code while a push is out" "$(sed -n '3,4p' <<< "$heard" | cut -c1-20 | xargs)" \
    "coded result=2 answered decision=ap"
is "leaves the poll held" "$(times LEFT)" 0
is "on a connection of its own" "$(times OPEN)" 2
is "of the same session" "$(times 'OPEN .*resumed')" 1
is "nothing was wrong with what was asked then" "$(grep BAD $log)" ""

# ---- calls and text messages ----

call=${push/ push sshd/ method 2 push sshd} text=${push/ push sshd/ method 3 push sshd}
sed 's/"push"/"call"/' login > login.call
sed 's/"push"/"text"/' login > login.text
cp login login.push
rules() {
	sed "s/body login/body login.$1/" <<< "$PUSH_RULES"
}
keyed() {
	jq --arg k "$1" '. + {state: "keyed", keys: $k}' login > "keyed.$1"
}
keyed 111111
keyed 482913
keyed ''
echo '{"again":true}' > again
echo '{"again":false}' > enough

methods '{"user":"anna","methods":["call","text"],"method":"call","push_locked":false,"locked":false}'
is "a telephone and its user's choice" "$heard" "methods bits=18 revocations=0 compulsory prefers call"

serve <<< "$(rules call)
GET $LOGIN body waiting
GET $LOGIN body keyed.111111
GET $LOGIN body keyed.482913
POST $LOGIN/keys body again"
ask $call hear wrong hear hear close 1 hear
is "a call, a wrong number and the right one" "$heard" "methods bits=3 revocations=0
pushed
keyed 111111#
again 1
keyed 482913#
end"
like "what was asked for" "$(grep 'POST /v1/logins ' $log)" '"digits":6,"method":"call"\}$'
like "what was said about the wrong one" "$(grep "POST $LOGIN/keys" $log)" ' key=[A-Za-z0-9_-]{22} \{"right":false\}$'
is "nobody polls for what was keyed in" "$(times "GET $LOGIN")" 3
seen '/close .*"outcome":"granted"'
is "and the outcome of the call" "$?" 0
is "nothing was wrong with what was asked for it" "$(grep BAD $log)" ""

serve <<< "$(rules call)
GET $LOGIN body keyed.
POST $LOGIN/keys body enough"
ask ${call/ method 2/ method 2 form 1} hear wrong hear pause 300 close 3 hear
is "# alone, which did not count" "$(tail -n 3 <<< "$heard")" "keyed #
again 0
end"
like "was asked for" "$(grep 'POST /v1/logins ' $log)" '"method":"call","form":"hash"\}$'
is "and nothing is asked after it" "$(times "GET $LOGIN")" 1
serve <<< "$(rules call)
GET $LOGIN body keyed.111111
POST $LOGIN/keys body again"
ask $call hear wrong hear hear wrong hear hear
is "a third number is not heard" "$(sed -n '3,$p' <<< "$heard" | xargs)" "keyed 111111# again 1 keyed 111111# again 1 end"
serve <<< "$(rules call)
GET $LOGIN wait 20000 body waiting"
ask $call wrong hear
is "no number is wrong before there is one" "$(tail -n 1 <<< "$heard")" end

n=0
for why in no-answer busy declined hung-up no-keys gateway not-allowed reported; do
	n=$((n + 1))
	jq --arg w $why '. + {state: "cancelled", why: $w}' login > other
	serve <<< "$(rules call)
GET $LOGIN body other"
	ask $call hear
	is "a call that ended: $why" "$(tail -n 1 <<< "$heard")" "ended why=$n"
done

echo '{"result":"accepted","factor":"sms"}' > accepted.text
serve <<< "$(rules text)
GET $LOGIN wait 20000 body waiting
POST $LOGIN/code body accepted.text"
ask $text code 482913 hear close 2 hear
is "the code of a text message" "$(tail -n 2 <<< "$heard" | head -n 1)" "coded result=636f6465 by text"
is "is this login's" "$(times "POST $LOGIN/code .*{\"code\":\"482913\"}")" 1
like "which asked for it" "$(grep 'POST /v1/logins ' $log)" '"digits":6,"method":"text"\}$'

for bad in '"482913", "state": "answered"' 482913 null '"48#"' "\"$(printf '1%.0s' {1..40})\""; do
	jq ". + {state: \"keyed\", keys: $bad}" login > other
	serve <<< "$(rules call)
GET $LOGIN body other"
	ask $call hear
	like "keys that are none: $bad" "$(tail -n 1 <<< "$heard")" '^failed failure=4'
done
for method in push text; do
	serve <<< "${PUSH_RULES/body login/body login.$method}
GET $LOGIN body keyed.482913"
	ask $([ $method = push ] && echo "$push" || echo "$text") hear
	like "keys of no telephone, but of a $method" "$(tail -n 1 <<< "$heard")" '^failed failure=4'
done
serve <<< "$PUSH_RULES"
ask $call
like "a service that pushes where it was to call" "$(tail -n 1 <<< "$heard")" '^failed failure=4'
for answer in '{}' '{"again":1}' '{"again":"true"}' '[]' ''; do
	printf '%s' "$answer" > other
	serve <<< "$(rules call)
GET $LOGIN body keyed.111111
POST $LOGIN/keys body other"
	ask $call hear wrong hear
	like "whether again: $answer" "$(tail -n 1 <<< "$heard")" '^failed failure=4'
done

# ---- what the service refuses ----

refused_as() {
	problem "$1" "$2"
	serve <<< "$USER_RULES
POST /v1/logins status $2 type application/problem+json ${4:-} body $1"
	ask $push
	is "a push that is refused: $1" "$(tail -n 1 <<< "$heard")" \
	    "failed failure=$3 retry=${5:-0} words=status $2: about $1"
}
refused_as unauthenticated 401 3
refused_as forbidden 403 3
refused_as no-device 404 5
refused_as already-waiting 409 6
refused_as too-many-unanswered 429 7 "header Retry-After=540" 540
refused_as too-many-calls 429 10 "header Retry-After=540" 540
refused_as push-locked 423 8
refused_as locked 423 8
refused_as something-else 500 4
refused_as invalid 400 4
refused_as something-new 400 4
is "is asked once" "$(times 'POST')" 1
problem invalid 400
sed -i 's/}$/,"field":"expires"}/' invalid
serve <<< "$USER_RULES
POST /v1/logins status 400 type application/problem+json body invalid"
ask $push
is "a push whose time is none to the service" "$(tail -n 1 <<< "$heard")" \
    "failed failure=9 retry=0 words=status 400: about invalid: the clocks are apart"
serve <<< "$USER_RULES
POST /v1/logins status 401 type text/html body user"
ask $push
is "a status alone says enough" "$(tail -n 1 <<< "$heard")" "failed failure=3 retry=0 words=status 401"
ask $push push sshd 192.0.2.7 1790000090 hear
is "one push a login" "$(tail -n 1 <<< "$heard")" end
printf '{"type":"x","title":"a\\u001b[2Jb"}' > other
serve <<< "GET /v1/users/anna status 500 type application/problem+json body other"
ask begin anna 90000 hear
is "its words are made printable" "$heard" \
    'failed failure=4 retry=0 words=status\x20500:\x20a\x1b[2Jb'

stop_http
done_testing
