#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# A service that is slow, broken or hostile: each dialogue ends in time, with the
# reason, and nothing of it is believed.
. "$TOP/tests/http/lib.sh"

start_http

# Whatever it is, the helper hears of it in less than the 5 seconds that it waits.
bad() {
	ask begin anna 90000 hear
	like "$1" "$heard" "^failed failure=$2 .*words=.*${3:-}"
	is "in time: $1" "$((ms < 5000))" 1
}
# as_user TEXT: the service says that of the user
as_user() {
	printf '%s' "$1" > other
	serve <<< "GET /v1/users/anna body other
GET /v1/users/anna/certificates body certificates"
}

# ---- too much ----

{ head -c 65000 /dev/zero | tr '\0' ' '; echo "$user_json"; } > large
head -c 66560 < <(cat large; yes ' ') > larger
serve <<< "GET /v1/users/anna body larger"
bad "a reply of 65 KiB" 4 "too large"
serve <<< "GET /v1/users/anna body large
GET /v1/users/anna/certificates body certificates"
ask begin anna 90000 hear
is "one of less is read" "$heard" "methods bits=3 revocations=0"
{ printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'
	for i in $(seq 70); do printf '400\r\n%1024s\r\n' x; done; } > chunks
serve <<< "GET /v1/users/anna raw chunks"
bad "chunks of as much" 4 "too large"
serve <<< "GET /v1/users/anna heads"
bad "endless headers" 4 "too large"
serve <<< "GET /v1/users/anna interim"
bad "endless provisional replies" 4 "too large"
{ printf 'HTTP/1.1 200 OK\r\nX: '; head -c 20000 /dev/zero | tr '\0' x; printf '\r\nContent-Length: 0\r\n\r\n'; } > long
serve <<< "GET /v1/users/anna raw long"
bad "a header of 20 kB" 4 "too large"

# ---- too slow ----

serve <<< "GET /v1/users/anna wait 20000 body user"
bad "accepts and never answers" 1
is "and it was asked once" "$(times 'GET ')" 1
serve <<< "GET /v1/users/anna drip user 200"
bad "a byte every 0.2 seconds" 1
serve <<< "GET /v1/users/anna wait 20000 body user"
ask begin anna 1200 hear
like "a deadline that is sooner" "$heard" "^failed failure=1"
is "is kept" "$((ms < 1700))" 1
stop_serving
nft -f - <<< 'table inet t { chain c { type filter hook input priority 0; tcp dport 8443 drop; }; }'
ask begin anna 90000 hear
like "packets that go nowhere" "$heard" "^failed failure=1"
is "for no longer than the helper waits" "$((ms < 5000))" 1
nft delete table inet t
# A resolver that never answers.
configure <<< "${basics/mfad.test/mfad.example}"
cp /etc/resolv.conf $made/resolv.conf
echo "nameserver 127.0.0.1" > /etc/resolv.conf
nft -f - <<< 'table inet t { chain c { type filter hook input priority 0; udp dport 53 drop; tcp dport 53 drop; }; }'
ask begin anna 90000 hear
like "names that are not resolved" "$heard" "^failed failure=1"
is "for no longer than that, too" "$((ms < 5000))" 1
ask begin anna 90000 pause 200 close 5 hear
is "a cancel meanwhile is instant" "$((ms < 300))" 1
nft delete table inet t
cat $made/resolv.conf > /etc/resolv.conf
configure <<< "$basics"

# ---- too often ----

serve <<< "GET /v1/users/anna status 429 header Retry-After=1 body user
$USER_RULES"
ask begin anna 90000 hear
is "429 with Retry-After: asked again" "$heard" "methods bits=3 revocations=0"
is "no sooner" "$((ms >= 1000))" 1
serve <<< "GET /v1/users/anna status 429 header Retry-After=60 body user"
bad "429 for longer than there is" 4 "429"
is "is told" "$(grep -o 'retry=[0-9]*' <<< "$heard")" "retry=60"
is "and not repeated" "$(times 'GET ')" 1
serve <<< "GET /v1/users/anna status 429 body user"
bad "429 alone" 4 "429"
is "is not repeated either" "$(times 'GET ')" 1
serve <<< "GET /v1/users/anna status 503 header Retry-After=0 body user"
bad "503 for ever" 4 "503"
is "is asked three times" "$(times 'GET ')" 3
serve <<< "GET /v1/users/anna status 503 body user
$USER_RULES"
ask begin anna 90000 hear
is "503 once" "$heard" "methods bits=3 revocations=0"
for value in -1 x 1x '' 99999999999999999999 'Wed,_21_Oct_2026_07:28:00_GMT'; do
	serve <<< "GET /v1/users/anna status 429 header Retry-After=$value body user"
	bad "Retry-After: $value" 4
done

# ---- cut off ----

serve <<< "GET /v1/users/anna cut user 20
$USER_RULES"
ask begin anna 90000 hear
is "cut in the middle, once" "$heard" "methods bits=3 revocations=0"
serve <<< "GET /v1/users/anna cut user 20"
bad "cut every time" 1
is "three times" "$(times 'GET ')" 3
serve <<< "GET /v1/users/anna leave"
bad "gone without a word" 1
serve <<< "$USER_RULES
POST /v1/users/anna/code leave"
ask begin anna 90000 hear code 123456 hear
like "a code whose answer is lost" "$heard" "failed failure=1"
is "is not sent again: it may be spent" "$(times 'POST ')" 1
serve <<< "$USER_RULES
POST /v1/logins leave
POST /v1/logins status 201 body login
POST $LOGIN/close status 204 nothing
GET $LOGIN wait 20000 body waiting"
ask begin anna 90000 hear push sshd 192.0.2.7 1790000090 hear close 5 hear
is "a push whose answer is lost" "$(sed -n 2p <<< "$heard")" pushed
is "is sent again with the same key" "$(sed -n 's/.*POST .v1.logins key=\([^ ]*\).*/\1/p' $log | uniq -c | awk '{ print $1 }')" 2
is "another op has another" "$(sed -n 's/.*key=\([^ -][^ ]*\) {.*/\1/p' $log | sort -u | wc -l)" 1

# ---- polls ----

serve <<< "$PUSH_RULES
GET $LOGIN leave
GET $LOGIN status 503 body user
GET $LOGIN cut waiting 10
GET $LOGIN body approved"
ask begin anna 90000 hear push sshd 192.0.2.7 1790000090 hear hear close 1 hear
like "polls that fail are made again" "$heard" "answered decision=appr"
serve <<< "$PUSH_RULES
GET $LOGIN leave"
ask begin anna 90000 hear push sshd 192.0.2.7 1790000090 hear hear
like "but not for ever" "$(tail -n 1 <<< "$heard")" "^failed failure=1"
serve <<< "$PUSH_RULES
GET $LOGIN body waiting"
ask begin anna 5000 hear push sshd 192.0.2.7 1790000090 hear hear
is "polls that are not held are made at most" "$(($(times "GET $LOGIN") <= 20))" 1
is "and some times" "$(($(times "GET $LOGIN") >= 5))" 1
for answer in '{"login":"l_0123456789abcdefghijkl","state":"answered"}' \
    '{"login":"l_other","state":"expired"}' '{"login":"l_0123456789abcdefghijkl","state":"granted"}' \
    "$(jq '.answer.decision = "grant"' approved)" "$(jq '.answer.signature = "!!"' approved)" \
    "$(jq '.answer.signature = ("A" * 200)' approved)" "$(jq '.answer.certificate = 7' approved)" \
    "$(jq '.answer.certificate = ("A" * 3000)' approved)" "$(jq '.answer.client_data = null' approved)"; do
	printf '%s' "$answer" > other
	serve <<< "$PUSH_RULES
GET $LOGIN body other"
	ask begin anna 90000 hear push sshd 192.0.2.7 1790000090 hear hear
	like "an answer that is none: $(cut -c1-60 <<< "$answer" | head -n 1)" "$(tail -n 1 <<< "$heard")" "^failed failure=4"
done

# ---- what is no reply ----

for user in '' '{' '[]' 'null' '"x"' "$user_json x" "$user_json$user_json" "'x'" '{"user":"anna"}' \
    '{"user":"anna","methods":"push","push_locked":false,"locked":false}' \
    '{"user":"anna","methods":["push"],"push_locked":0,"locked":false}' \
    '{"user":"anna","methods":[7],"push_locked":false,"locked":false}' \
    '{"user":7,"methods":[],"push_locked":false,"locked":false}' \
    '{"user":"anna\u0000","methods":[],"push_locked":false,"locked":false}' \
    '{"user":"bert","methods":[],"push_locked":false,"locked":false}' \
    '{"user":"anna","methods":[],"push_locked":true,"push_locked":false,"locked":false}' \
    '{"user":"anna","methods":[],"push_locked":true,"push_l\u006fcked":false,"locked":false}' \
    '{"user":"anna","methods":[],"push_locked":false,"locked":false,"x":[[[[[[[[[[]]]]]]]]]]}' \
    "$(printf '{"user":"anna","methods":[],"push_locked":false,"locked":false,"x":"\377"}')" \
    '{"user":"anna","methods":[],"push_locked":false,"locked":FALSE}' \
    '{"user":"anna","methods":[],"push_locked":false,"locked":false,}' \
    '{"user":"anna","methods":[],"push_locked":false,"locked":false,"x":NaN}'; do
	as_user "$user"
	bad "no reply: $(cut -c1-70 <<< "$user")" 4
done
serve <<< "GET /v1/users/anna type text/html body user"
bad "another type" 4
serve <<< "GET /v1/users/anna status 201 body user"
bad "another status" 4
printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\n\037\213abc' > raw
serve <<< "GET /v1/users/anna raw raw"
bad "compressed" 4
for raw in 'SSH-2.0-x\r\n' 'HTTP/9.9 200 OK\r\n\r\n' '\0\0\0\0\0\0\0\0' 'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n' \
    'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n' 'HTTP/2 200\r\n\r\n'; do
	printf "$raw" > raw
	serve <<< "GET /v1/users/anna raw raw"
	bad "no HTTP: $raw" '[14]'
done

# Mutations of a reply, each from its number; the second request of a login gets
# the next.
"$BUILD/tests/http/mutate" user 300 > /dev/null
serve <<< "$(for i in $(seq 300); do echo "GET /v1/users/anna body user.$i"; done)
GET /v1/users/anna/certificates body certificates
GET /v1/policy body policy"
echo '{"compulsory_from":null,"number_digits":6}' > policy
strange=0
for i in $(seq 300); do
	ask begin anna 90000 hear
	grep -Eqx 'methods bits=[0-7] revocations=0|failed failure=4 .*' <<< "$heard" || strange=$((strange + 1))
done
is "300 damaged replies" "$strange" 0
is "no process died of any of it" "$(grep -c 'died of signal' /var/log/auth.log)" 0
serve <<< "$USER_RULES"
ask begin anna 90000 hear
is "and it still works" "$heard" "methods bits=3 revocations=0"

stop_http
done_testing
