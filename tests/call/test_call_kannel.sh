#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Text messages over Kannel, as the sample configuration has it: bearerbox, smsbox
# and the message centre of its own tests.
. "$TOP/tests/call/texts.sh"

password='ka+nn&el=1'
canary "$password"
cat > kannel.conf <<- END
	group = core
	admin-port = 13000
	admin-password = admin
	admin-allow-ip = 127.0.0.1
	smsbox-port = 13001
	box-allow-ip = 127.0.0.1
	log-file = /run/gateway/secret.bearerbox.log
	store-type = file
	store-location = /run/gateway/secret.store
	group = smsc
	smsc = fake
	smsc-id = fake
	host = 127.0.0.1
	port = 10000
	connect-allow-ip = 127.0.0.1
	group = smsbox
	bearerbox-host = 127.0.0.1
	sendsms-port = 13013
	global-sender = 13013
	log-file = /run/gateway/secret.smsbox.log
	group = sendsms-user
	username = mfa
	password = "$password"
	max-messages = 10
	concatenation = true
END
sed -i 's/^group/\n&/' kannel.conf
chmod 0600 kannel.conf
mv kannel.conf secret.kannel.conf

listens() { ss -tlnH "sport = :$1" | grep -q .; }
/usr/sbin/bearerbox -v 1 secret.kannel.conf > secret.bearerbox.out 2>&1 &
wait_until 20 listens 10000 || bail "bearerbox does not listen"
wait_until 20 listens 13001 || bail "bearerbox does not listen for smsbox"
/usr/sbin/smsbox -v 1 secret.kannel.conf > secret.smsbox.out 2>&1 &
wait_until 20 listens 13013 || bail "smsbox does not listen"

# start_centre: what it was sent is in $made/secret.centre
start_centre() {
	/usr/lib/kannel/test/fakesmsc -H 127.0.0.1 -r 10000 -m 0 -i 1 '1 2 text nop' > secret.centre 2>&1 &
	centre=$!
	wait_until 20 connected || bail "the centre of the tests is not connected"
}
connected() { curl -s 'http://127.0.0.1:13000/status.txt?password=admin' | grep -q 'fake.*online'; }
not_connected() { ! connected; }

put_secret "$password"
basics="prefixes = +31
text_gateway = http
text_http_secret_file = $made/secret.key"
(echo "$basics"; example Kannel) | configure_call
start_call
start_centre

# ---- taken ----

# Kannel's line in the centre's log; its protocol ends a message at the end of a line.
got() { grep -qF -- "$1" secret.centre; }
arrives() { # NAME TEXT
	if wait_until 10 got "$2"; then pass "$1"; else fail "$1" "$(cat secret.centre)"; fi
}
send_text $'Your code for "web1" is 482913 + 1 & more = 2%20? {to} #\n@web1.example #482913'
is "accepted" "$heard" "ended done units=1 words=
end"
arrives "it is what mfad said" '<13013 +31612345678 text Your code for "web1" is 482913 + 1 & more = 2%20? {to} #>'
arrives "to its last line" '<@web1.example #482913>'
send_text $'S\u00f6hne \u20ac 17'
is "beyond ASCII" "$(head -n 1 <<< "$heard")" "ended done units=1 words="
arrives "it is whole" $'text S\u00f6hne \u20ac 17>'
is "each was sent once" "$(grep -c 'Got message.* text ' secret.centre)" 2

# ---- queued: 202 as well ----

kill "$centre"
wait "$centre"
wait_until 20 not_connected
send_text 'while the centre is away'
is "queued" "$(head -n 1 <<< "$heard")" "ended done units=1 words="
queued() { grep -qF 'Got ACK (3)' secret.smsbox.log; }
succeeds "Kannel said so" wait_until 10 queued
start_centre
arrives "it comes when the centre is there again" 'while the centre is away>'
(echo "$basics"; example Kannel | sed 's/(0|3)/0/') | configure_call
kill "$centre"
wait "$centre"
wait_until 20 not_connected
send_text 'where queued does not count'
like "unless text_http_success leaves it out" "$heard" "ended gateway units=0 words=HTTP status 202, and a reply"
start_centre

# ---- letters that the network's alphabet lacks ----

(echo "$basics"; example Kannel | sed 's/&charset/\&coding=2&/') | configure_call
send_text $'\u0417\u043e\u0451 17'
is "coding=2" "$(head -n 1 <<< "$heard")" "ended done units=1 words="
arrives "Cyrillic, in UCS-2" 'ucs-2 %04%17%04%3E%04Q%00+%001%007>'

# ---- refused ----

put_secret another-password
send_text 'with a wrong password'
is "403" "$(head -n 1 <<< "$heard")" "ended gateway units=0 words=HTTP status 403"
put_secret "$password"
send_text "$(printf '%0481d' 7)"
is "the longest there is" "$(head -n 1 <<< "$heard")" "ended done units=1 words="
stop_call
kill %1 %2 2> /dev/null
done_testing
