#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Text messages over a gateway of HTTP that is right, slow, failing, lying, or too
# talkative; what is asked of it, byte for byte; and which numbers are let through.
. "$TOP/tests/call/texts.sh"
. "$TOP/tests/call/certificates.sh"

put_secret 'pa&ss+wörd=1'
rules="prefixes = +31, +3290
refused_prefixes = +3190, +32"
form="$rules
text_gateway = http
text_units = 3
text_http_secret_file = $made/secret.key
text_http_url = http://127.0.0.1:8443/send?u=mfa&h={secret}
text_http_body = to={to}&digits={to_digits}&id={id}&text={text}"
configure_call <<< "$form"
start_call

# ---- what is asked ----

canary 482913
serve <<< "POST /send status 200 nothing"
send_text $'Your code for web1 of Example & Söhne + "Co" is 482913\n@web1.example #482913'
is "a text is taken" "$heard" "ended done units=3 words=
end"
is "it is asked once" "$(times 'POST /send')" 1
asked=$(sed -n 's/.*POST \([^ ]*\) key=- \(.*\)/\1 \2/p' $log)
is "the secret is escaped in the address" "${asked%% *}" "/send?u=mfa&h=pa%26ss%2Bw%C3%B6rd%3D1"
is "and all of it in the form" "${asked#* }" \
    "to=%2B31612345678&digits=31612345678&id=l_0123456789abcdefghijkl&text=Your%20code%20for%20web1%20of%20Example%20%26%20S%C3%B6hne%20%2B%20%22Co%22%20is%20482913%0A%40web1.example%20%23482913"

configure_call <<< "$rules
text_gateway = http
text_http_secret_file = $made/secret.key
text_http_type = json
text_http_url = http://localhost:8443/v1
text_http_headers = Authorization: Bearer {secret}, X-Id: {id}
text_http_body = {\"to\": \"{to}\", \"a\": {\"text\": \"{text}\"}}"
serve <<< "POST /v1 status 202 nothing"
send_text $'a "b" \\ c\nö 482913'
is "a changed configuration is noticed" "$heard" "ended done units=1 words=
end"
is "JSON is JSON" "$(sed -n 's/.*POST .v1 key=- //p' $log | jq -r '.to, .a.text')" "+31612345678
a \"b\" \\ c
ö 482913"
configure_call <<< "$rules
text_gateway = http
text_http_method = GET
text_http_url = http://[::1]:8443/g/{to_digits}?t={text}"
serve -6 -n <<< "GET /g/31612345678 status 200 nothing"
send_text '+&%?#/é{to}'
is "GET" "$heard" "ended done units=1 words=
end"
is "a value that looks like a placeholder is none" "$(sed -n 's/.*GET \([^ ]*\) .*/\1/p' $log)" \
    "/g/31612345678?t=%2B%26%25%3F%23%2F%C3%A9%7Bto%7D"

# ---- which numbers ----

configure_call <<< "$form"
serve <<< "POST /send status 200 nothing"
for to in +31201234567 +329012345; do
	send_text hello $to
	is "allowed: $to" "$heard" "ended done units=3 words=
end"
done
is "those were asked" "$(times POST)" 2
for to in +31900123456 +3212345678 +33123456789 +441234567; do
	send_text hello $to
	is "not allowed: $to" "$heard" "ended refused units=0 words=prefixes and refused_prefixes do not allow it
end"
done
for to in 31612345678 +31 +0612345678 +316123 +31612345678a '+31 6123456' +31612345678901x; do
	send_text hello "$to"
	is "no number: $to" "$(head -n 1 <<< "$heard")" "ended refused units=0 words=not a telephone number"
done
send_text hello ""
is "to nobody" "$(head -n 1 <<< "$heard")" "ended done units=0 words="
is "for none of them was the gateway asked" "$(times POST)" 2
sed '/^prefixes/d' <<< "$form" | configure_call
send_text hello
like "without prefixes nobody is texted" "$heard" "ended refused"
is "nor asked for" "$(times POST)" 2

# ---- what is no text ----

configure_call <<< "$form"
for bytes in '' $'a\tb' $'a\rb' $'a\x1b[1m' $'\xff' $'a\xe2\x80\xaeb'; do
	send_text "$bytes"
	like "no text: $(printf %q "$bytes")" "$heard" "ended refused units=0 words=not a text"
done
is "it was not sent" "$(times POST)" 2
dial call $text_to 5000 1 6 hear hear
is "a call without a gateway for calls" "$heard" "ended misconfigured units=0 words=no call_gateway is configured
end"
dial version 99 text $text_to 5000 /dev/null hear
like "another version" "$heard" "ended misconfigured .*version"

# ---- what mfad cannot say ----

dial bytes 09000000010000000000 hear
is "an outcome from mfad" "$heard" end
dial bytes 02 hear
is "a text without fields" "$heard" end
dial bytes ffff hear
is "no message at all" "$heard" end
dial cancel hear
is "a cancel of nothing" "$heard" end
is "none was the end of the listener" "$(kill -0 "$call" && echo there)" there
is "strangers are turned away" "$(runuser -u nobody -- "$DIAL" hear)" unreachable
chmod 0666 /run/mfad/call.sock
like "by the kernel's word, too" "$(runuser -u nobody -- "$DIAL" hear)" "end$"

# ---- a gateway that fails ----

mark
for status in 199 300 301 400 403 404 429 500 503; do
	serve <<< "POST /send status $status header Location=http://127.0.0.1:8443/other nothing
POST /other status 200 nothing
GET /other status 200 nothing"
	send_text 'code 482913' $text_to 4000
	like "status $status" "$heard" "ended gateway units=0 words=(HTTP status $status|no answer in time)"
	is "is asked once: $status" "$(grep -cE 'POST|GET' $log)" 1
done
stop_serving
send_text hello
like "nobody listens" "$heard" "ended gateway units=0 words=.*(connect|Connect)"
for raw in 'SSH-2.0-x\r\n' 'HTTP/9.9 200 OK\r\n\r\n' '\0\0\0\0' 'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n' ''; do
	printf "$raw" > raw
	serve <<< "POST /send raw raw"
	send_text hello
	like "no HTTP: $raw" "$heard" "ended gateway units=0"
done

# ---- one that lies ----

configure_call <<< "$form
text_http_success = ^(0|3): "
echo "0: Accepted for delivery" > good
printf '3: Queued' > queued
printf 'ERR 10: Accepted for delivery\n0: no' > lies
printf '\0000: Accepted' > zero
: > empty
for body in good queued; do
	serve <<< "POST /send status 202 body $body"
	send_text hello
	like "the pattern matches: $body" "$heard" "ended done units=3"
done
for body in lies zero empty; do
	serve <<< "POST /send status 200 body $body"
	send_text hello
	like "it does not: $body" "$heard" "ended gateway units=0 words=HTTP status 200, and a reply that text_http_success"
done
serve <<< "POST /send status 500 body good"
send_text hello
like "nor does it count with another status" "$heard" "ended gateway units=0 words=HTTP status 500"

# ---- the examples of the sample, as they stand there ----

echo "127.0.0.1 sms.example.org api.twilio.com" >> /etc/hosts
new_certificate examples ca sms.example.org,DNS:api.twilio.com 20
words=$'482913 is your code, S\u00f6hne + "Co" & {to}\n\n@web1.example #482913'
put_secret 'wo+rd=='
stop_serving
gateway_port=443

# shipped WORDS PATH STATUS BODY OUTCOME: what became of $words, with such an answer
shipped() {
	(echo "prefixes = +31"; echo "text_gateway = http"; echo "text_http_ca = $made/ca.pem"
	    echo "text_http_secret_file = $made/secret.key"; example "$1") | configure_call
	printf %s "$4" > answer
	serve -c examples.pem -k examples.key <<< "$2 status $3 body answer"
	send_text "$words"
	like "the_example_of_${1%;}: $3 $4" "$heard" "^ended $5"
}
asked_path() { sed -n 's/.*\(POST\|GET\) \([^ ]*\) key=.*/\2/p' $log; }
asked_body() { sed -n 's/.*POST [^ ]* key=- //p' $log; }
# form_of FIELDS: a line for each, decoded
form_of() { perl -pe 's/&/\0/g; s/\+/ /g; s/%(..)/chr hex $1/ge; s/\0/\n/g' <<< "$1"; }

playsms='GET /index.php'
shipped playSMS "$playsms" 200 '{"data":[{"status":"OK","error":"0","smslog_id":"7","queue":"x","to":"+31612345678"}],"error_string":null,"timestamp":1}' done
is "playSMS_is_asked_this" "$(form_of "$(asked_path | sed 's/^[^?]*?//')")" "app=ws
u=mfa
h=wo+rd==
op=pv
to=+31612345678
unicode=1
msg=$words"
shipped playSMS "$playsms" 200 '{"data":[{"status": "OK"}]}' done
shipped playSMS "$playsms" 200 '{"status":"ERR","error":"100","error_string":"authentication failed","timestamp":1}' gateway
shipped playSMS "$playsms" 200 '{"data":[{"status":"ERR","error":"200","to":"+31612345678"}],"error_string":"OK"}' gateway
twilio='POST /2010-04-01/Accounts/SID/Messages.json'
shipped 'Twilio;' "$twilio" 201 '{"account_sid": "AC1", "body": "x", "sid": "SM1", "status": "queued"}' done
is "Twilio_is_asked_this" "$(form_of "$(asked_body)")" "To=+31612345678
From=+15005550006
Body=$words"
shipped 'Twilio;' "$twilio" 400 '{"code": 21211, "message": "no number", "sid": "SM1", "status": 400}' gateway
shipped 'Twilio;' "$twilio" 200 '{"account_sid": "SM1"}' gateway
json='POST /v1/messages'
shipped 'takes JSON' "$json" 202 '{}' done
is "a_gateway_of_JSON_is_asked_this" "$(asked_body | jq -r '.to, .text, .reference')" "+31612345678
$words
l_0123456789abcdefghijkl"
shipped 'takes JSON' "$json" 401 '{}' gateway
stop_serving
gateway_port=8443
put_secret 'pa&ss+wörd=1'

# ---- one that talks too much, or too slowly ----

configure_call <<< "$form"
head -c 10000000 /dev/zero | tr '\0' 0 > ten
serve <<< "POST /send status 200 body ten"
send_text hello
like "10 MB" "$heard" "ended gateway units=0 words=the reply is too large"
serve <<< "POST /send heads"
send_text hello
like "headers without end" "$heard" "ended gateway units=0 words=the reply is too large"
serve <<< "POST /send wait 30000 nothing"
send_text hello $text_to 1500
like "too slow" "$heard" "ended gateway units=0 words=no answer in time"
dial text $text_to 1500 /etc/hostname hear
is "the answer is there before mfad's time is over" "$((ms >= 1000 && ms < 1500))" 1
printf 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok' > slow
serve <<< "POST /send drip slow 200"
dial text $text_to 1500 /etc/hostname hear
is "a byte now and then, the same" "$((ms >= 1000 && ms < 1500))" 1
serve <<< "POST /send wait 30000 nothing"
was_asked() { [ "$(times POST)" -gt 0 ]; }
(wait_until 20 was_asked; touch asked) &
printf hello > text; chmod 644 text
dial text $text_to 20000 text await $made/asked cancel hear
like "a cancel meanwhile is at once" "$heard" "ended cancelled"
is "at once" "$((ms < 300))" 1
rm asked
serve <<< "POST /send wait 30000 nothing"
(wait_until 20 was_asked; touch asked) &
dial text $text_to 20000 text await $made/asked leave
left() { grep -q LEFT $log; }
succeeds "when mfad leaves, so do we" wait_until 5 left

# ---- many ----

configure_call <<< "$form
calls = 3"
rm -f asked
serve <<< "POST /send until $made/go status 200 nothing"
for i in 1 2 3; do
	runuser -u mfad -- "$DIAL" text $text_to 20000 text hear > answer.$i &
	waiting[$i]=$!
done
three() { [ "$(times POST)" = 3 ]; }
wait_until 20 three
dial text $text_to 20000 text hear
like "a fourth of three is turned away" "$heard" "end|deaf"
touch go
wait "${waiting[@]}"
is "three at once are served" "$(cat answer.* | grep -c 'ended done')" 3
three_ended() { ! pgrep -P "$call" > /dev/null; }
wait_until 10 three_ended
send_text hello
like "then there is room again" "$heard" "ended done"

# ---- the log ----

like "the log has the outcome, and the number masked" "$(cat /var/log/auth.log)" \
    'mfa-call\[[0-9]+\]: text to=\+31\.+78 id=l_0123456789abcdefghijkl gateway=http outcome=done units=3 words=-'
is "nowhere the number" "$(grep -c 31612345678 /var/log/auth.log)" 0
is "no process died of any of it" "$(grep -c 'died of signal' /var/log/auth.log)" 0

# ---- what cannot be used ----

rm secret.key
send_text hello
like "a secret that is gone is noticed" "$heard" "ended misconfigured units=0 words=.*secret.key is missing"
put_secret other
chmod 0644 secret.key
send_text hello
like "one that is open to all" "$heard" "ended misconfigured .*wider than 0640"
chmod 0600 secret.key
send_text hello
like "one that is closed to us" "$heard" "ended misconfigured .*secret.key cannot be opened by user mfad_call"
mark
like "mfa-call -t says so, too" "$(/usr/libexec/pam_mfa/mfa-call -t 2>&1)" "secret.key cannot be opened by user mfad_call"
unlike "and logs nothing" "$(since_mark)" "nobody can be called"
chmod 0640 secret.key
send_text hello
like "when it is right again" "$heard" "ended done"
configure_call <<< "text_gateway = carrier-pigeon"
send_text hello
like "a configuration that is broken while it runs" "$heard" "ended misconfigured .*mfa-call.conf:1: text_gateway"
chmod 0666 /etc/mfad/mfa-call.conf
send_text hello
like "one that all can write" "$heard" "ended misconfigured .*writable by root only"
configure_call <<< "prefixes = +31"
send_text hello
is "no gateway for texts" "$(head -n 1 <<< "$heard")" "ended misconfigured units=0 words=no text_gateway is configured"

# ---- TLS ----

configure_call <<< "prefixes = +31
text_gateway = http
text_http_ca = $made/ca.pem
text_http_url = https://sms.test:8443/send
text_http_body = {to}{text}"
serve -c good.pem -k good.key <<< "POST /send status 200 nothing"
send_text hello
is "a gateway with TLS" "$(head -n 1 <<< "$heard")" "ended done units=1 words="
tls_fails() {
	serve "${@:2}" <<< "POST /send status 200 nothing"
	send_text hello
	like "$1" "$heard" "ended gateway units=0 words=."
	is "it is told nothing: $1" "$(times POST)" 0
}
tls_fails "another's name" -c other.pem -k other.key
tls_fails "an unknown authority" -c unknown.pem -k unknown.key
tls_fails "an expired certificate" -c old.pem -k old.key
tls_fails "TLS 1.1" -1 -c good.pem -k good.key
export http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 ALL_PROXY=http://127.0.0.1:9
stop_call
start_call
unset http_proxy https_proxy ALL_PROXY
serve -c good.pem -k good.key <<< "POST /send status 200 nothing"
send_text hello
is "no proxy out of the environment" "$(head -n 1 <<< "$heard")" "ended done units=1 words="

stop_call
done_testing
