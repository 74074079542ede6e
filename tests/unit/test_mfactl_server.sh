#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# mfactl --server: what it asks of mfad on its socket, and how it shows the
# answers, to people and programs.
. "$TOP/tests/lib.sh"

mkdir -p /srv/work /run/mfad && cd /srv/work || exit 1
. "$TOP/tests/phone/lib.sh"
export TZ=UTC

ctl() {
	status=0
	out=$(mfactl --server "$@" 2> err < /dev/null) || status=$?
	err=$(< err)
}

ctl users
is "without_mfad" "$status" 8
like "it_is_said_where_it_is" "$err" "^mfactl: /run/mfad/admin.sock: .*the machine that mfad runs on"
mkdir service
: > service/log
"$STAND_IN" service /run/mfad/admin.sock &
stand_in=$!
soon test -S /run/mfad/admin.sock || bail "the service of the tests does not listen"
chmod 0600 /run/mfad/admin.sock
setpriv --reuid=nobody --clear-groups mfactl --server users 2> err
is "only_root_may" $? 3

# ---- lists ----

says "GET /v1/users.1" 200 '{"users":[{"user":"alice","devices":2,"tokens":0,"locked":false,"push_locked":true},
    {"user":"a\u00efda","devices":0,"tokens":1,"locked":true,"push_locked":false}],"next":"bob"}'
says "GET /v1/users.2" 200 '{"users":[{"user":"bob","devices":0,"tokens":0,"locked":false,"push_locked":false}],"next":null}'
ctl users
is "users" "$status $out" "0 user   phones  tokens  phones locked  locked
alice  2       0       yes            -
aïda   0       1       -              yes
bob    0       0       -              -"
is "page_after_page" "$(grep -o '^GET [^ ]*' service/log)" "GET /v1/users?limit=100
GET /v1/users?limit=100&after=bob"
unlike "nobody's_name_is_needed" "$(< service/log)" "^Authorization"
says "GET /v1/users" 200 '{"users":[],"next":null}'
ctl users
is "no_users" "$out" "There is no user."
ctl users --json
is "for_a_program" "$out" "[]"
says "GET /v1/users" 200 '{"users":[{"user":"a","devices":1,"tokens":2,"locked":true,"push_locked":false}],"next":null}'
ctl users --json
is "types_stay" "$(jq -c . <<< "$out")" '[{"user":"a","devices":1,"tokens":2,"push_locked":false,"locked":true}]'

says "GET /v1/users/al%20%C3%AFce/devices" 200 '{"devices":[{"device":"d_AAAAAAAAAAAAAAAAAAAAAA","name":"Anna'"'"'s phone",
    "kind":"p256","created":1790000000,"expires":1797776000,"last_used":0,"certified":true},
    {"device":"d_BBBBBBBBBBBBBBBBBBBBBB","name":"old","kind":"webauthn-es256","created":1780000000,"expires":null,"last_used":1790000000,"certified":false}]}'
ctl devices "al ïce"
is "devices" "$status $out" "0 phone                     kind            since       until       used
    name
d_AAAAAAAAAAAAAAAAAAAAAA  p256            2026-09-21  2026-12-20  -
    Anna's phone
d_BBBBBBBBBBBBBBBBBBBBBB  webauthn-es256  2026-05-28  -           2026-09-21
    old"
says "GET /v1/users/nobody/devices" 404 "$(problem not-found 404)"
ctl devices nobody
is "an_unknown_user" "$status" 4
phone='{"token":7,"name":"phone","kind":"totp","algorithm":"SHA1","digits":6,"period":30,"created":1790000000,"last_used":null}'
fob='{"token":9,"name":"a fob","kind":"hotp","algorithm":"SHA1","digits":8,"created":1790000000,"last_used":1790000000}'
says "GET /v1/users/alice/tokens" 200 "{\"tokens\":[$phone,$fob],\"recovery\":0,\"issuer\":\"Example\"}"
ctl tokens alice
is "tokens" "$status $out" "0 token  kind  algorithm  digits  period  since       used
phone  totp  SHA1       6       30      2026-09-21  -
a fob  hotp  SHA1       8       -       2026-09-21  2026-09-21"
ctl tokens alice --json
is "tokens_for_a_program" "$(jq -c '.[1] | [.name, .digits, .period]' <<< "$out")" '["a fob",8,null]'
says "GET /v1/hosts" 200 '{"hosts":[{"host":"h_AAAAAAAAAAAAAAAAAAAAAA","name":"web1.example.org","created":1790000000,"last_seen":1790000001}]}'
ctl hosts
is "hosts" "$status $out" "0 host                      since       seen                 name
h_AAAAAAAAAAAAAAAAAAAAAA  2026-09-21  2026-09-21T14:13:21  web1.example.org"
ctl hosts --json
is "hosts_for_a_program" "$(jq -rc '.[0].last_seen' <<< "$out")" "2026-09-21T14:13:21+00:00"
says "GET /v1/logins" 200 '{"logins":[{"login":"l_AAAAAAAAAAAAAAAAAAAAAA","host":"web1","user":"alice","service":"sshd","origin":"203.0.113.7","nonce":"x","expires":1790000000,"digits":6}]}'
ctl waiting
is "waiting" "$status $(tail -n 1 <<< "$out")" "0 2026-09-21T14:13:20  alice  sshd     203.0.113.7  web1"
is "nothing_is_wider_than_80" "$(mfactl help --server | awk 'length > 80')" ""

record() {	# record ID
	echo "{\"id\":$1,\"at\":$((1790000000 + $1)),\"event\":\"login\",\"user\":\"alice\",\"host\":\"web1\",\"service\":\"sshd\",\"origin\":\"203.0.113.7\",\"device\":null,\"outcome\":\"granted\",\"by\":\"\"}"
}
records() {	# records FIRST LAST
	echo "{\"records\":[$(for ((i = $1; i <= $2; i++)); do record $i; done | paste -sd,)],\"next\":$2}"
}
: > service/log
says "GET /v1/audit.1" 200 "$(records 1 100)"
says "GET /v1/audit.2" 200 "$(records 101 107)"
ctl log --limit 2
is "the_last_of_the_log" "$status $out" "0 2026-09-21T14:15:06  login  alice  host=web1 service=sshd from=203.0.113.7
                                   outcome=granted
2026-09-21T14:15:07  login  alice  host=web1 service=sshd from=203.0.113.7
                                   outcome=granted"
is "asked_for_in_pages" "$(grep -o '^GET [^ ]*' service/log)" "GET /v1/audit?after=0&limit=100
GET /v1/audit?after=100&limit=100"
says "GET /v1/audit" 200 "$(records 1 3)"
ctl log --user "al ice" --json
is "for_a_program" "$(jq -c '[.[].id], .[0].device, .[0].at' <<< "$out" | paste -sd' ')" '[1,2,3] null "2026-09-21T14:13:21+00:00"'
like "of_one_user" "$(tail -n 9 service/log)" '&user=al%20ice '

# ---- changes ----

token=j_$(random_id).$(random_secret)
canary "$token"
says "POST /v1/join-tokens" 201 "{\"token\":\"$token\",\"expires\":1790000000}"
ctl token --name web1 --life 2h
is "token" "$status $(sha256sum <<< "${out%%$'\n'*}")" "0 $(sha256sum <<< "$token")"
is "as_it_was_asked_for" "$(bodies POST | tail -n 1)" '{"name":"web1","life":7200}'
like "under_a_key_of_its_own" "$(< service/log)" '^Idempotency-Key: [A-Za-z0-9_-]{22}.$'
says "POST /v1/join-tokens.1" close
ctl token --json
is "a_reply_that_was_lost_is_asked_for_again" "$status $(jq -r .token <<< "$out" | sha256sum)" "0 $(sha256sum <<< "$token")"
is "with_the_same_key" "$(grep -a Idempotency service/log | tail -n 2 | sort -u | wc -l)" 1

pass=$(random_id)
canary "$pass"
says "POST /v1/users/alice/passes" 201 "{\"pass\":\"$pass\",\"expires\":1790000000}"
ctl pass alice --uses 3
is "pass" "$status $(sha256sum <<< "${out%%$'\n'*}")" "0 $(sha256sum <<< "$pass")"
is "for_so_long" "$(bodies "POST /v1/users/alice/passes" | tail -n 1)" '{"life":28800,"uses":3}'

says "DELETE /v1/users/alice/tokens/9" 204
ctl remove alice "a fob"
is "remove_a_token" "$status $out" "0 The token a fob of alice is worth nothing any more."
ctl remove alice tablet
is "a_token_that_is_not_there" "$status" 4
key=$(head -c 20 /dev/urandom | base32)
code=$(oathtool --hotp -b -c 3 - <<< "$key")
canary "$key"
type_in() {	# type_in ARGUMENT...: with key and code
	status=0
	printf '%s\n' "$key" "$code" | mfactl --server enroll "$@" > out 2> err || status=$?
}
says "POST /v1/users/alice/tokens" 201 '{"token":10}'
type_in alice --kind hotp --key-stdin
is "enroll" "$status $(tail -n 1 out)" "0 Enrolled: alice has the token token, for all hosts."
is "as_it_was_proved" "$(bodies "POST /v1/users/alice/tokens" | tail -n 1 | jq -c '[.name, .kind, .digits, .period, .counter]')" \
    '["token","hotp",6,null,3]'
is "with_the_key_and_its_code" "$(bodies "POST /v1/users/alice/tokens" | tail -n 1 | jq -r '.secret, .code' | sha256sum)" \
    "$(printf '%s\n' "$key" "$code" | sha256sum)"
type_in alice --kind hotp --key-stdin --name phone
is "a_name_that_is_taken_is_not_asked_about" "$status $(asked "POST /v1/users/alice/tokens")" "5 1"
says "POST /v1/users/alice/tokens" 409 "$(problem wrong-code 409)"
type_in alice --kind hotp --key-stdin --name new
is "a_code_that_the_service_does_not_take" "$status $(grep -c 'did not take the code' err)" "5 1"

codes=$(for i in 0 1 2 3 4 5 6 7 8 9; do head -c 10 /dev/urandom | base32 | tr A-Z a-z | sed -E 's/(.{4})(.{4})(.{4})/\1-\2-\3-/'; done)
canary $codes
says "POST /v1/users/alice/recovery" 201 "$(jq -Rn '{codes: [inputs]}' <<< "$codes")"
ctl recovery alice
is "recovery" "$status $(grep -oE '([a-z2-7]{4}-){3}[a-z2-7]{4}' <<< "$out" | sha256sum)" "0 $(sha256sum <<< "$codes")"
ctl recovery alice --json
is "recovery_for_a_program" "$status $(jq -r '.codes[]' <<< "$out" | sha256sum)" "0 $(sha256sum <<< "$codes")"

says "PUT /v1/users/alice/lock" 204
ctl lock alice --reason 'left "us"'
is "lock" "$status $out $(bodies PUT | tail -n 1)" '0 Everything of alice is locked, at every host. {"what":"all","reason":"left \"us\""}'
ctl lock alice --phones
is "lock_phones" "$status $(bodies PUT | tail -n 1)" '0 {"what":"push","reason":""}'
says "DELETE /v1/users/alice/lock" 204
ctl unlock alice --phones
is "unlock_phones" "$status $(grep -o '^DELETE [^ ]*' service/log | tail -n 1)" "0 DELETE /v1/users/alice/lock?what=push"
ctl unlock alice
is "unlock_leaves_the_phones_as_they_are" "$status $out" \
    "0 alice is not locked any more; phones that are stay so without --phones."
says "DELETE /v1/devices/d_AAAAAAAAAAAAAAAAAAAAAA" 204
ctl remove d_AAAAAAAAAAAAAAAAAAAAAA
is "remove_a_phone" "$status" 0
says "DELETE /v1/hosts/h_AAAAAAAAAAAAAAAAAAAAAA" 204
ctl remove h_AAAAAAAAAAAAAAAAAAAAAA
is "remove_a_host" "$status" 0
says "DELETE /v1/hosts/h_AAAAAAAAAAAAAAAAAAAAAA" 404 "$(problem not-found 404)"
ctl remove h_AAAAAAAAAAAAAAAAAAAAAA
is "one_that_is_not_there" "$status" 4
says "POST /v1/telephones/owner" 200 '{"user":"alice","telephone":7,"shown":"+31 \u2022\u202278","proved":1790000000}'
: > service/log
ctl whose "06-12 34 56 78"
is "whose" "$status $out $(bodies "POST /v1/telephones/owner")" \
    '0 +31 ••78 is telephone 7 of alice. {"number":"06-12 34 56 78"}'
unlike "the_number_is_in_no_path" "$(grep -E '^(GET|POST)' service/log)" '12'
ctl whose +31612345678 --json
is "whose_for_a_program" "$status $(jq -c '[.user, .telephone, .proved]' <<< "$out")" '0 ["alice",7,"2026-09-21T14:13:20+00:00"]'
says "POST /v1/telephones/owner" 404 "$(problem not-found 404)"
ctl whose +31612345678
is "nobody's" "$status $(grep -c "nobody's" <<< "$err")" "4 1"
says "PUT /v1/users/alice/method" 204
ctl method alice call
is "method" "$status $(bodies "PUT /v1/users/alice/method" | tail -n 1)" '0 {"method":"call"}'
says "PUT /v1/users/alice/method" 404 "$(problem no-device 404)"
ctl method alice text
is "nobody_without_a_telephone_is_sent_texts" "$status $err" "5 mfactl: the user has no telephone that was proved: mfactl --server telephone USER NUMBER gives one"
says "POST /v1/backup" 201 '{}'
ctl backup /var/backups/mfad.db
is "backup" "$status $(bodies "POST /v1/backup")" '0 {"path":"/var/backups/mfad.db"}'
says "POST /v1/backup" 409 "$(problem exists 409)"
ctl backup /var/backups/mfad.db
is "a_backup_is_not_written_over" "$status" 5

# ---- what mfad must not say ----

bad() {	# bad NAME REQUEST BODY COMMAND...
	local name=$1
	says "$2" 200 "$3"
	shift 3
	ctl "$@"
	is "$name" "$status" 8
	ctl "$@" --json
	is "nor_to_a_program" "$status" 8
}
bad "no_list" "GET /v1/users" '{"next":null}' users
bad "a_list_of_names" "GET /v1/users" '{"users":["x"],"next":null}' users
bad "a_name_with_control_characters" "GET /v1/users" '{"users":[{"user":"a\u001b[2J"}],"next":null}' users
bad "a_name_as_a_number" "GET /v1/users" '{"users":[{"user":7}],"next":null}' users
bad "a_negative_number" "GET /v1/users" '{"users":[{"user":"a","devices":-1}],"next":null}' users
bad "a_page_that_comes_again" "GET /v1/users" '{"users":[],"next":"a"}' users
bad "a_log_that_comes_again" "GET /v1/audit" "$(records 1 100)" log
bad "a_log_of_texts" "GET /v1/audit" '{"records":["x"]}' log
bad "a_log_with_a_line_break" "GET /v1/audit" '{"records":[{"id":1,"user":"a\nb"}]}' log
bad "no_token" "POST /v1/join-tokens" '{"expires":1}' token
bad "nine_codes" "POST /v1/users/alice/recovery" '{"codes":["aaaa-aaaa-aaaa-aaaa"]}' recovery alice
bad "codes_with_a_line_break" "POST /v1/users/alice/recovery" \
    "$(jq -n '[range(10) | "aaaa-aaaa-aaaa-aaa\n"] | {codes: .}')" recovery alice
bad "a_token_without_a_name" "GET /v1/users/alice/tokens" '{"tokens":[{"token":1}],"recovery":0,"issuer":"x"}' enroll alice
bad "tokens_without_an_issuer" "GET /v1/users/alice/tokens" '{"tokens":[],"recovery":0}' enroll alice
bad "nobody_at_all" "POST /v1/telephones/owner" '{"user":"","telephone":7,"shown":"x","proved":1}' whose +31612345678
bad "no_pass" "POST /v1/users/alice/passes" '{"pass":"a\u0007","expires":1}' pass alice

commands=$(mfactl help --server | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' | sort)
is "the_manual_describes_the_same_ones" \
    "$(sed -n 's/^\.It Fl .-server Cm \([a-z]*\).*/\1/p' "$TOP/man/mfactl.1" | sort)" "$commands"
is "and_shows_how_each_is_used" "$(sed -n 's/^\.Fl .-server Cm //p' "$TOP/man/mfactl.1" |
    grep -oE '[a-z]+' | sort -u)" "$commands"

for case in "nonsense" "devices" "devices a b" "users x" "remove" "remove x" "remove d_x" "token x" "token --life 99d" \
    "tokens" "tokens a b" "enroll" "enroll a b" "enroll a --digits 5" "enroll a --period 31" "enroll a --counter 1" \
    "enroll a --kind x" "recovery" "recovery a b" "remove a b c" "whose" "whose 1 2" "lock" "lock a b" "unlock" "pass" "pass alice --uses 0" "log x" "log --limit 0" "backup"; do
	ctl $case
	is "usage:$case" "$status" 2
done
ctl
is "without_a_word_it_shows_all" "$status $(grep -c '^  [a-z]' <<< "$out")" "0 18"

kill $stand_in
done_testing
