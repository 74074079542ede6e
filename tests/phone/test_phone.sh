#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# mfa-phone against a service whose answers are written here: what it signs,
# what it shows, and what it does not put up with.
. "$TOP/tests/tap.sh"

work=$(mktemp -d)
cd "$work" || exit 1
. "$TOP/tests/phone/lib.sh"
trap 'kill $stand_in; cd /; rm -rf "$work"' EXIT
start_service
: > secrets

# phone ARGUMENT... [< INPUT]: what it shows is in $out, $err, $status
phone() {
	status=0
	out=$(timeout 30 "$PHONE" "$@" 2> err) || status=$?
	err=$(< err)
}

# ---- enrol ----

# link USER: a new enrolment, in $e, $secret, $link
link() {
	e=$(random_id) secret=$(random_secret) device_secret=$(random_secret)
	printf '%s\n' "$secret" "$device_secret" >> secrets
	link=$url/#e_$e.$secret${1:+.$1}
	offer="PUT /v1/enrolments/e_$e/device"
	says "$offer" 201 "{\"device\":\"d_$e\",\"secret\":\"$device_secret\"}"
}

# The record of PROTOCOL.md, and its HMAC by the openssl command.
record() {
	printf 'pam_mfa enrolment 1\nuser %s\ndevice d_%s\nkind %s\nkey %s\norigin -\n' "$1" "$e" \
	    "$(jq -r .kind <<< "$body")" "$(jq -r .key <<< "$body")"
}
proof() {
	record "$1" | openssl dgst -sha256 -mac HMAC -binary \
	    -macopt "hexkey:$(bytes "$secret" | hex)" | basenc --base64url | tr -d =
}

for kind in p256 ed25519; do
	link alice
	phone enrol --store $kind --name "Anna's phone" --kind $kind --ca ca.pem <<< "$link"
	is "enrol_$kind" "$status $err" "0 "
	body=$(bodies "PUT /v1/enrolments/e_$e/")
	is "with_name_and_kind" "$(jq -c '[.name, .kind, .origin]' <<< "$body")" \
	    "[\"Anna's phone\",\"$kind\",\"-\"]"
	is "the_proof_is_the_HMAC_of_the_record" "$(jq -r .proof <<< "$body")" "$(proof alice)"
	print=$(bytes "$(jq -r .key <<< "$body")" | openssl dgst -sha256 -binary | head -c 16 |
	    basenc --base64url | tr -d =)
	is "what_it_shows" "$out" "Type the link that the login host shows: 
Enrolled: this is a phone of alice's.
device       d_$e
fingerprint  $print
Compare the fingerprint with what the login host shows."
	is "the_file_is_its_owners" "$(stat -c '%a' $kind $kind/phone | paste -sd' ')" "700 600"
	is "and_nothing_else_is_made" "$(ls -A $kind)" phone
	mv "$service/log" "$service/log.$kind"
	: > "$service/log"
	link alice
	before=$(sha256sum $kind/phone)
	phone enrol --store $kind --name other --ca ca.pem <<< "$link"
	is "a_phone_is_not_written_over" "$status $(sha256sum $kind/phone)" "6 $before"
	is "and_the_enrolment_is_not_used_up" "$(asked PUT)" 0
	: > "$service/log"
done

link "zo%C3%AB%20x"
phone enrol --store z --name z --ca ca.pem "$link"
body=$(bodies "PUT /v1/enrolments/e_$e/")
is "a_name_of_many_characters" "$status $(jq -r .proof <<< "$body")" "0 $(proof 'zoë x')"
link ""
phone enrol --store u --name u --ca ca.pem "$link"
is "the_user_must_be_known" "$status $(asked "PUT /v1/enrolments/e_$e")" "2 0"
phone enrol --store u --name u --user bob --ca ca.pem <<< "$link"
body=$(bodies "PUT /v1/enrolments/e_$e/")
is "from_the_command_line_if_need_be" "$status $(jq -r .proof <<< "$body")" "0 $(proof bob)"

for bad in "" x "$url" "$url/#" "$url/#e_$e" "$url/#e_$e." "$url/#e_$e.$secret." "$url/#e_$e.${secret:1}" \
    "$url/#e_$e.$secret.a%" "$url/#e_$e.$secret.a%0a" "$url/#d_$e.$secret.a" "http${url#https}/#e_$e.$secret.a" \
    "https://user@localhost/#e_$e.$secret.a" "$url/#e_$e.${secret}A.a" "$url/#e_$e.$secret.%00"; do
	phone enrol --store bad --name bad --ca ca.pem <<< "$bad"
	is "no_link:${bad:0:8}…${bad: -4}" "$status" 2
done
phone enrol --store bad --name bad --ca ca.pem < /dev/null
is "no_link_at_all" "$status" 5

# reply NAME STATUS WANTED [BODY]: what the service must not say
reply() {
	link alice
	says "$offer" "$2" "${4-}"
	phone enrol --store bad --name bad --ca ca.pem <<< "$link"
	is "$1" "$status $(ls -A bad)" "$3 "
}
reply "an_enrolment_that_is_used" 409 5 "$(problem already-used 409)"
reply "or_over" 410 5 "$(problem gone 410)"
reply "or_unknown" 404 5 "$(problem not-found 404)"
reply "a_failure" 500 5 "$(problem internal 500)"
reply "no_problem_document" "500|Content-Type: text/html" 5 "<html>"
reply "no_body" 201 7 ""
reply "an_empty_object" 201 7 "{}"
reply "another_device" 201 7 "{\"device\":\"d_$(random_id)\",\"secret\":\"$(random_secret)\"}"
reply "half_a_reply" 201 7 "{\"device\":\"d_"
reply "a_list" 201 7 "[]"
reply "another_type" "201|Content-Type: text/plain" 7 "{\"device\":\"d_$e\",\"secret\":\"$secret\"}"
reply "a_redirection" "302|Location: $url/" 7 ""
reply "too_much" 201 7 "$(head -c 70000 /dev/zero | tr '\0' ' ')"
reply "noise" raw 7 "$(head -c 300 /dev/urandom | basenc --base64)"
reply "the_end" close 7
rm -r bad
link alice
says "$offer.1" close
phone enrol --store again --name again --ca ca.pem <<< "$link"
is "a_reply_that_was_lost_is_asked_for_again" "$status $(asked "$offer")" "0 2"
is "with_the_same_key" "$(grep -A9 "^$offer" "$service/log" | grep -c "$(grep -m1 -A9 "^$offer" "$service/log" |
    grep Idempotency)")" 2
link alice
phone enrol --store bad --name bad <<< "$link"
is "another_authority_is_not_believed" "$status $(ls -A bad)" "7 "
is "and_is_told_nothing" "$(asked "$offer")" 0
link alice
phone enrol --store bad --name bad --ca ca.pem <<< "${link/localhost/127.0.0.1}"
is "nor_another_name" "$status $(asked "$offer")" "7 0"
link alice
phone enrol --store /proc/nowhere --name bad --ca ca.pem <<< "$link"
is "a_place_that_cannot_be_made" "$status $(asked "$offer")" "6 0"

# ---- a login ----

LOGINS="GET /v1/device/logins"

# login [KEY VALUE...]: one that waits, in $l, $now
login() {
	l=$(random_id) nonce=$(random_id) expires=$(($(date +%s) + ${LIFE:-60}))
	forget_service
	now=$(jq -nc --arg l "l_$l" --arg n "$nonce" --argjson e $expires '{login: $l, host: "web1.example.org",
	    user: "alice", service: "sshd", origin: "203.0.113.7", nonce: $n, expires: $e, digits: 6}')
	says "$LOGINS.1" 200 "{\"logins\":[$now],\"seq\":1}"
	says "POST /v1/device/logins/l_$l/answer" 204
	says "GET /v1/device/logins/l_$l" 200 "{\"login\":\"l_$l\",\"state\":\"${1:-granted}\"}"
}

statement() {	# statement NUMBER DECISION [USER [HOST]]
	printf 'pam_mfa approval 1\nhost %s\nuser %s\nservice sshd\norigin 203.0.113.7\nnonce %s\nnumber %s\nexpires %s\ndecision %s\n' \
	    "${4:-web1.example.org}" "${3:-alice}" "$nonce" "$1" $expires "$2"
}

# signed NAME KIND STATEMENT-ARGUMENT...: exactly this was signed, says openssl
signed() {
	local name=$1 kind=$2 key
	shift 2
	key=$(bytes "$(sed -n 's/^public //p' $kind/phone)" | hex)
	case $kind in
	p256) key=3059301306072A8648CE3D020106082A8648CE3D030107034200$key ;;
	*) key=302A300506032B6570032100$key ;;
	esac
	unhex "$key" | openssl pkey -pubin -inform DER -out key.pem 2>/dev/null
	statement "$@" > signed
	bytes "$(bodies POST | jq -r .signature)" > signature
	if [ $kind = p256 ]; then
		succeeds "$name" openssl dgst -sha256 -verify key.pem -signature signature signed
	else
		succeeds "$name" openssl pkeyutl -verify -rawin -pubin -inkey key.pem -in signed -sigfile signature
	fi
	is "as_$2" "$(bodies POST | jq -r .decision)" "$2"
}

for kind in p256 ed25519; do
	login
	phone wait --store $kind --once --approve 482913
	is "approve_$kind" "$status $err" "0 "
	signed "the_statement_is_signed" $kind 482913 approve
	unlike "the_number_is_not_told" "$(< "$service/log")" 482913
	is "what_it_shows" "$(sed 's/ [0-9:]* (.*/ TIME/' <<< "$out")" "Somebody logs in:
  user     alice
  host     web1.example.org
  service  sshd
  from     203.0.113.7
  until    TIME
Approved: the login went on."
	login
	phone wait --store $kind --once --deny
	is "deny_$kind" "$status $(tail -n 1 <<< "$out")" "0 Denied."
	signed "without_a_number" $kind - deny
	login
	phone wait --store $kind --once --report
	is "report_$kind" "$status" 0
	signed "without_a_number" $kind - report
done
like "the_device_says_who_it_is" "$(< "$service/log")" "^Authorization: Bearer d_[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}.\$"

for state in wrong_number refused cancelled expired code; do
	login $state
	phone wait --store p256 --once --approve 482913
	is "and_then_$state" "$status $(tail -n 1 <<< "$out" | grep -c .)" "1 1"
done
login answered
says "GET /v1/device/logins/l_$l.1" 200 '{"state":"answered"}'
says "GET /v1/device/logins/l_$l.2" 200 '{"state":"answered"}'
says "GET /v1/device/logins/l_$l" 200 '{"state":"granted"}'
phone wait --store p256 --once --approve 482913
is "the_outcome_is_waited_for" "$status" 0
login nonsense
phone wait --store p256 --once --approve 482913
is "and_must_be_one" "$status" 7
login
says "POST /v1/device/logins/l_$l/answer" 410 "$(problem gone 410)"
says "GET /v1/device/logins/l_$l" 200 '{"state":"cancelled"}'
phone wait --store p256 --once --approve 482913
is "too_late" "$status $(tail -n 2 <<< "$out")" "1 It was too late:
The login was given up."
login
says "POST /v1/device/logins/l_$l/answer" 409 "$(problem already-answered 409)"
phone wait --store p256 --once --deny
is "another_phone_was_faster" "$status $(tail -n 2 <<< "$out")" "0 It was too late:
Approved: the login went on."

# ---- a hostile phone ----

login
phone wait --store p256 --once --approve 482913 --sign-as mallory
signed "it_can_sign_for_another_user" p256 482913 approve mallory
login
phone wait --store p256 --once --approve 482913 --sign-host other
signed "and_for_another_host" p256 482913 approve alice other

# ---- a person ----

login
phone wait --store p256 --once <<< $'12345\nx\n482 913'
is "what_is_typed" "$status" 0
is "until_it_is_an_answer" "$(grep -c neither <<< "$out")" 2
signed "is_what_is_signed" p256 482913 approve
login
phone wait --store p256 --once <<< n
signed "n" p256 - deny
login
phone wait --store p256 --once <<< r
signed "r" p256 - report
login
phone wait --store p256 --once < /dev/null
is "the_end_of_input_is_no_answer" "$status $(bodies POST)" "5 "
login cancelled
says "$LOGINS.2" 200 '{"logins":[],"seq":2}'
phone wait --store p256 --once < <(sleep 9)
is "a_login_that_ends_meanwhile" "$status $(tail -n 1 <<< "$out")" "1 The login was given up."
like "which_the_service_was_asked_about" "$(< "$service/log")" "^GET /v1/device/logins\?wait=[0-9]+&after=1 "
LIFE=2
login expired
phone wait --store p256 --once < <(sleep 9)
is "a_login_that_nobody_answers" "$status $(tail -n 1 <<< "$out")" "4 Nobody answered in time."
LIFE=-5
login
phone wait --store p256 --once --timeout 1 --approve 482913
is "one_that_is_over_is_not_answered" "$status $(bodies POST)" "4 "
LIFE=60

# ---- signals ----

login
"$PHONE" wait --store p256 < <(sleep 9) > out 2> err &
pid=$!
soon grep -q "Type the 6" out
signalled=${EPOCHREALTIME/./}
kill -INT $pid
wait $pid
is "Ctrl-C_ends_it" "$? $(bodies POST)" "5 "
[ $((${EPOCHREALTIME/./} - signalled)) -lt 1000000 ]
is "at_once" $? 0
succeeds "and_the_service_sees_it_leave" soon grep -q '^LEFT GET /v1/device/logins' "$service/log"
forget_service
"$PHONE" wait --store p256 < /dev/null > out 2> err &
pid=$!
soon grep -q "GET" "$service/log"
kill -TERM $pid
wait $pid
is "while_nothing_waits_that_is_no_error" "$?" 0
phone wait --store p256 --timeout 1 < /dev/null
is "nobody_logs_in" "$status $err" "4 mfa-phone: nobody logged in"

# ---- what the service must not say ----

# told NAME JQ: a login changed like this is not shown, not answered
told() {
	login
	says "$LOGINS.1" 200 "$(jq -c "$2" <<< "{\"logins\":[$now],\"seq\":1}")"
	phone wait --store p256 --once --timeout 1 --approve 482913
	is "$1" "$status $(bodies POST)$out" "4 "
}
told "another_user's" '.logins[0].user = "bob"'
told "no_user" 'del(.logins[0].user)'
told "an_empty_host" '.logins[0].host = ""'
told "a_host_with_control_characters" '.logins[0].host = "a\u001b[2J"'
told "a_host_of_two_lines" '.logins[0].host = "a\nuser root"'
told "a_host_in_two_directions" '.logins[0].host = "a\u202eb"'
told "a_long_host" '.logins[0].host = "a" * 300'
told "a_number_for_a_service" '.logins[0].service = 7'
told "a_short_nonce" '.logins[0].nonce = "AAAA"'
told "a_nonce_with_a_slash" '.logins[0].nonce |= "/" + .[1:]'
told "one_digit" '.logins[0].digits = 1'
told "nine_digits" '.logins[0].digits = 9'
told "digits_as_a_text" '.logins[0].digits = "6"'
told "no_time" '.logins[0].expires = -1'
told "no_id" '.logins[0].login = "l_../../device"'
told "no_list" '.logins = {}'
told "too_many" '.logins = [range(40) as $i | .logins[0]]'
told "no_seq" 'del(.seq)'
told "a_list_of_texts" '.logins = ["x"]'
login
now=$(jq -c '.service = "ss\u200Ahd ü\\"' <<< "$now")
says "$LOGINS.1" 200 "{\"logins\":[$now],\"seq\":1}"
phone wait --store p256 --once --deny
like "what_is_not_plain_is_escaped" "$out" '^  service  ss\\xe2\\x80\\x8ahd\\x20\\xc3\\xbc\\x5c$'
forget_service
says "$LOGINS" 200 '{"logins":[],"seq":1}'
phone wait --store p256 --timeout 2 --deny
[ "$(asked "$LOGINS")" -le 6 ]
is "one_that_does_not_hold_is_not_asked_in_a_loop" "$status $?" "4 0"
forget_service
says "$LOGINS" "429|Retry-After: 5" "$(problem too-many 429)"
phone wait --store p256 --timeout 2 --deny
is "nor_one_that_says_later" "$status $(asked "$LOGINS")" "4 1"
forget_service
says "$LOGINS" 401 "$(problem unauthenticated 401)"
phone wait --store p256 --timeout 9 --deny
is "a_phone_that_is_not_known_any_more_ends" "$status" 5
like "and_says_so" "$err" "enrol it anew"
login
says "$LOGINS.1" close
says "$LOGINS.2" 200 "{\"logins\":[$now],\"seq\":1}"
phone wait --store p256 --once --approve 482913
is "a_service_that_comes_back" "$status $(grep -c 'trying again' <<< "$err")" "0 1"

# ---- show ----

forget_service
says "GET /v1/device" 200 '{"device":"d_x","user":"alice","name":"x","certified":true,"expires":1893456000}'
TZ=UTC phone show --store ed25519
is "show" "$status $(grep -v finger <<< "$out")" "0 user         alice
device       $(sed -n 's/^device //p' ed25519/phone)
name         Anna's\\x20phone
kind         ed25519
server       $url
certificate  until 2030-01-01T00:00:00"
says "GET /v1/device" 200 '{"certified":false}'
phone show --store ed25519
is "not_yet_certified" "$status $(tail -n 1 <<< "$out")" "0 certificate  none"
says "GET /v1/device" 200 '{"certified":1}'
phone show --store ed25519
is "what_the_service_may_not_say" "$status" 7

# ---- the directory ----

mkdir empty
phone show --store empty
is "no_phone" "$status" 4
cp -r p256 open
chmod 0640 open/phone
phone show --store open
is "a_phone_that_others_can_read" "$status" 6
mkdir linked
ln -s ../p256/phone linked/phone
phone show --store linked
is "a_symbolic_link" "$status" 6
for change in '$d' '2s/.*/&\r/' '1s/1/2/' 's/^private ./private /' '/^ca/d' 's/$/ /'; do
	mkdir -p damaged
	(umask 077 && sed "$change" p256/phone > damaged/phone)
	phone show --store damaged
	is "a_damaged_file:$change" "$status" 6
done

# ---- usage ----

for case in "" "nonsense" "enrol" "enrol --store x" "wait" "wait --store x y" "wait --store p256 --approve 1" \
    "wait --store p256 --approve 12345x" "wait --store p256 --approve 123456789" "wait --store x --deny --report" \
    "wait --store x --timeout 0" "wait --store x --name y" "show --store" "enrol --store x --name y --kind rsa" \
    "enrol --store x --name y --ca missing" "enrol --store x --name $(printf 'x%.0s' {1..65})"; do
	phone $case < /dev/null
	is "usage:$case" "$status" 2
done

sed -n 's/^private //p' ./*/phone >> secrets
is "no_secret_was_shown_or_left_behind" "$(grep -rlFf secrets out err . --include=out --include=err --include='phone.*')" ""
unlike "no_secret_of_an_enrolment_was_sent" "$(cat "$service"/log*)" "$(sed -n 1p secrets)"

done_testing
