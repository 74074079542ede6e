#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# mfactl test: a push from a host to a phone and back, with a phone that signs
# and a service that carries what it is given.
. "$TOP/tests/lib.sh"

mkdir /srv/work && cd /srv/work || exit 1
. "$TOP/tests/phone/lib.sh"
start_service
add_user alice
configure <<- END
	factors = totp
	server = $url
	server_ca = /srv/work/ca.pem
END
host=$(random_id) secret=$(random_secret)
canary "$secret"
(umask 077 && echo "h_$host.$secret" > /etc/pam_mfa/host.key)
chgrp pam_mfa_http /etc/pam_mfa/host.key
chmod 0640 /etc/pam_mfa/host.key
mfactl authority init own > /dev/null
mfactl authority init other > /dev/null
canary "$(sed 's/.* //' own)" "$(sed 's/.* //' other)"

mfactl test alice > out 2>&1
is "a_host_that_believes_nobody" "$?" 6
cp own.pub /etc/pam_mfa/authorities

# A phone of alice's, certified.
e=$(random_id) s=$(random_secret) d=$(random_secret)
canary "$s" "$d"
says "PUT /v1/enrolments/e_$e/device" 201 "{\"device\":\"d_$e\",\"secret\":\"$d\"}"
"$PHONE" enrol --store phone --name phone --ca ca.pem <<< "$url/#e_$e.$s.alice" > /dev/null
canary "$(sed -n 's/^private //p' phone/phone)"
printf 'pam_mfa enrolment 1\nuser alice\ndevice d_%s\nkind p256\nkey %s\norigin -\n' "$e" \
    "$(sed -n 's/^public //p' phone/phone)" > request
mfactl authority sign own request certificate > /dev/null
mfactl authority sign other request strange > /dev/null

# try [CERTIFICATE]: begins a test; then the push is in $body
l=$(random_id)
try() {
	forget_service
	says "GET /v1/hosts/self" 200 '{"host":"h","name":"web1","created":1,"authorities":[]}'
	says "GET /v1/users/alice/certificates" 200 "$(jq -Rsc '{certificates: [.], revocations: []}' "${1-certificate}")"
	says "POST /v1/logins" 201 "{\"login\":\"l_$l\",\"state\":\"waiting\",\"methods\":[\"push\"],\"expires\":1}"
	says "POST /v1/logins/l_$l/close" 204
	: > out
	mfactl test alice > out 2>&1 &
	pid=$!
	soon grep -q number out || return
	number=$(sed -n 's/.*number //p' out | tr -d ' ')
	body=$(bodies "POST /v1/logins HTTP" | tail -n 1)
}

# decide ARGUMENT...: the phone, and the service carries it to the host
decide() {
	says "GET /v1/device/logins.1" 200 \
	    "$(jq -c "{logins: [. + {login: \"l_$l\", host: \"web1\"}], seq: 1}" <<< "$body")"
	says "POST /v1/device/logins/l_$l/answer" 204
	says "GET /v1/device/logins/l_$l" 200 '{"state":"granted"}'
	"$PHONE" wait --store phone --once "$@" > phone.out
	answer=$(bodies "POST /v1/device" | tail -n 1 | jq -c --rawfile c certificate '. + {certificate: $c, kind: "p256", device: "d"}')
}
carry() {
	says "GET /v1/logins/l_$l" 200 "{\"login\":\"l_$l\",\"state\":\"answered\",\"answer\":$1}"
	status=0
	wait $pid || status=$?
	out=$(< out)
}
closed() { bodies "POST /v1/logins/l_$l/close" | jq -r .outcome; }

try
unlike "the_number_is_not_told" "$(< service/log)" "$number"
decide --approve "$number"
carry "$answer"
is "approved" "$status $(closed)" "0 granted"
is "each_hop_is_shown" "$(sed 's/  *[0-9]* ms/ N ms/; s/number .*/number N/' <<< "$out")" \
    "service N ms  reached, and it knows this host
certificates N ms  there is a phone that this host believes
push N ms  the service has it

Approve on the phone: number N

phone N ms  it answered
signature N ms  right, of this number, by a phone that is believed

A login would go on."
try
decide --approve "$(printf '%06d' $(((10#$number + 1) % 1000000)))"
carry "$answer"
is "a_wrong_number" "$status $(closed)" "1 wrong_number"
try
decide --deny
carry "$answer"
is "denied" "$status $(closed)" "1 cancelled"
try
decide --approve "$number" --sign-as mallory
carry "$answer"
is "another_user" "$status" 1
try
decide --approve "$number"
carry "$(jq -c --rawfile c strange '.certificate = $c' <<< "$answer")"
is "a_strange_certificate" "$status $(closed)" "1 refused"
for change in '.signature = "AAAA"' 'del(.signature)' '.certificate = ""' '.decision = 1' '.signature = "?"'; do
	try
	decide --approve "$number"
	carry "$(jq -c "$change" <<< "$answer")"
	[ "$status" = 1 ] || [ "$status" = 8 ]
	is "no_answer:$change" $? 0
done
try
says "GET /v1/logins/l_$l" 200 "{\"login\":\"l_$l\",\"state\":\"expired\"}"
wait $pid
is "not_in_time" "$? $(closed)" "1 cancelled"
try
soon grep -q "GET /v1/logins" service/log
kill -INT $pid
wait $pid
is "interrupted" "$? $(closed)" "5 cancelled"

# ---- calls and texts ----

# ring METHOD [INPUT]: begins a test; then the number of a call is in $number
mkfifo typed
ring() {
	forget_service
	says "GET /v1/hosts/self" 200 '{"host":"h","name":"web1","created":1,"authorities":[]}'
	says "POST /v1/logins" 201 "{\"login\":\"l_$l\",\"state\":\"waiting\",\"methods\":[\"$1\"],\"expires\":1}"
	says "GET /v1/logins/l_$l" 200 "{\"login\":\"l_$l\",\"state\":\"waiting\"}"
	says "POST /v1/logins/l_$l/close" 204
	: > out
	mfactl test alice "$1" < typed > out 2>&1 &
	pid=$!
	exec 9> typed
	soon grep -qE 'telephone: [0-9]|code of the text' out || return
	number=$(sed -n 's/^Key in on the telephone: \([0-9 ]*\) and #$/\1/p' out | tr -d ' ')
}
keyed() { says "GET /v1/logins/l_$l" 200 "{\"login\":\"l_$l\",\"state\":\"keyed\",\"expires\":1,\"keys\":\"$1\"}"; }
over() { says "GET /v1/logins/l_$l" 200 "{\"login\":\"l_$l\",\"state\":\"$1\",\"expires\":1${2:+,\"why\":\"$2\"}}"; }
hung_up() {	# the test has ended
	status=0
	wait $pid || status=$?
	exec 9>&-
	out=$(< out)
}

for i in 1 2 3 4; do
	ring call
	unlike "no_key_is_pressed_twice_in_a_row:$i" "$number" '([0-9])\1'
	keyed "$number"
	hung_up
done
ring call
is "a_call_is_asked_for" "$(bodies "POST /v1/logins HTTP" | jq -r '[.user, .method, .digits] | join(" ")')" "alice call 6"
unlike "its_number_is_not_told" "$(< service/log)" "$number"
keyed "$number"
hung_up
is "keyed_in" "$status $(closed)" "0 granted"
is "each_hop_of_a_call_is_shown" "$(sed 's/  *[0-9]* ms/ N ms/; s/telephone: .* and/telephone: N and/' <<< "$out")" \
    "service N ms  reached, and it knows this host
call N ms  the service has it placed

Key in on the telephone: N and #

telephone N ms  the number was keyed in

A login would go on, of a service whose attested lists call."
ring call
says "POST /v1/logins/l_$l/keys" 200 '{"again":true}'
keyed "${number}0"
soon grep -q 'once more' out
keyed "$number"
hung_up
is "the_second_number_counts" "$status $(closed) $(bodies "POST /v1/logins/l_$l/keys" | tail -n 1)" '0 granted {"right":false}'
for keys in 12345 "" "${number}0"; do
	ring call
	says "POST /v1/logins/l_$l/keys" 200 '{"again":false}'
	keyed "$keys"
	hung_up
	is "another_number:${#keys}" "$status $(closed) $(grep -c 'another number was keyed in' out)" "1 wrong_number 1"
done
for end in "cancelled busy:it is busy" "cancelled twice:one key at a time" "cancelled gateway:the line does not work" "cancelled reported:--phones" \
    "cancelled:the service ended it" "expired:in time"; do
	ring call
	# shellcheck disable=SC2086
	over ${end%%:*}
	hung_up
	is "a_call_that_ends:$end" "$status $(closed) $(grep -c -e "${end#*:}" out)" "1 cancelled 1"
done
ring call
soon grep -q "GET /v1/logins" service/log
kill -INT $pid
hung_up
is "a_call_that_is_interrupted" "$status $(closed)" "5 cancelled"
ring call
keyed '1\u0000'
hung_up
is "keys_that_are_none" "$status $(closed)" "8 cancelled"

ring text
says "POST /v1/logins/l_$l/code" 200 '{"result":"accepted","factor":"sms","left":0}'
echo 345678 >&9
hung_up
is "a_text" "$status $(closed) $(bodies "POST /v1/logins/l_$l/code")" '0 code {"code":"345678"}'
is "each_hop_of_a_text_is_shown" "$(sed 's/  *[0-9]* ms/ N ms/' <<< "$out")" \
    "service N ms  reached, and it knows this host
text N ms  the service has it sent

The code of the text: 
telephone N ms  a code was typed
code N ms  right, of this text

A login would go on, of a service whose attested lists sms."
for answer in '{"result":"refused"}' '{"result":"accepted","factor":"totp","left":0}'; do
	ring text
	says "POST /v1/logins/l_$l/code" 200 "$answer"
	echo 345678 >&9
	hung_up
	is "a_code_that_is_not_the_text's:$answer" "$status $(closed)" "1 cancelled"
done
ring text
over cancelled gateway
hung_up
is "a_text_that_is_not_sent" "$status $(grep -c 'the line does not work' out)" "1 1"
ring text
exec 9>&-
hung_up
is "no_code" "$status $(closed) $(asked "POST /v1/logins/l_$l/code")" "5 cancelled 0"
ring text
kill -INT $pid
hung_up
is "a_text_that_is_interrupted" "$status $(closed)" "5 cancelled"
says "POST /v1/logins" 404 "$(problem no-device 404)"
: > service/log
mfactl test alice call > out 2>&1 < /dev/null
is "somebody_without_a_telephone" "$? $(grep -c 'mfactl --server telephone USER' out) $(asked "POST /v1/logins/l_$l/close")" "5 1 0"
mv /etc/pam_mfa/authorities /etc/pam_mfa/none
mfactl test alice call > out 2>&1 < /dev/null
is "no_authority_is_needed" "$?" 5
mv /etc/pam_mfa/none /etc/pam_mfa/authorities

# ---- phones that do not count ----

forget_service
says "GET /v1/hosts/self" 200 '{"host":"h","name":"web1","created":1,"authorities":[]}'
says "GET /v1/users/alice/certificates" 200 "$(jq -Rsc '{certificates: [.], revocations: []}' certificate)"
enrol alice
sqlite3 /var/lib/pam_mfa/state.db "INSERT INTO revocation VALUES ('alice', 'd_$e', 1)"
mfactl test alice > out 2>&1
is "a_phone_that_this_host_saw_revoked" "$? $(grep -c 'the phone is revoked' out)" "1 1"
says "GET /v1/users/alice/certificates" 200 "$(jq -Rsc '{certificates: [.], revocations: []}' strange)"
mfactl test alice > out 2>&1
is "no_phone_that_is_believed" "$? $(grep -c '^certificates .* failed' out)" "1 1"
like "and_why_not" "$(< out)" 'no phone that this host believes: unknown authority: mfactl phone enrols one'
says "GET /v1/hosts/self" 401 "$(problem unauthenticated 401)"
mfactl test alice > out 2>&1
is "a_host_that_is_not_known" "$?" 5
kill $stand_in
mfactl test alice > out 2>&1
is "a_service_that_is_gone" "$? $(grep -c '^service .* failed' out)" "8 1"
mfactl test > out 2>&1
is "usage" "$?" 2
mfactl test alice fax > out 2>&1
is "usage:fax" "$?" 2

done_testing
