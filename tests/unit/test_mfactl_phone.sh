#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# mfactl phone: only the phone that saw the link is enrolled, with a
# certificate that this host believes; and the user is told.
. "$TOP/tests/lib.sh"

mkdir /srv/work && cd /srv/work || exit 1
. "$TOP/tests/phone/lib.sh"
start_service
add_user alice
add_user bob

# contains NAME TEXT SECRET: it is in it (and no argument of a grep)
contains() {
	case $2 in
	*"$3"*) pass "$1" ;;
	*) fail "$1" ;;
	esac
}

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
mfactl authority init mfad > /dev/null
canary "$(sed 's/.* //' own)" "$(sed 's/.* //' other)" "$(sed 's/.* //' mfad)"

# What the state says about a user.
notice() { sqlite3 /var/lib/pam_mfa/state.db "select notice from user where name = '$1'" 2>/dev/null; }

# begin ARGUMENT...: mfactl phone, on pipes; its link is then in $link, and the
# enrolment in $e.  finish waits for its end: $out, $status
begin() {
	forget_service
	e=$(random_id)
	says "POST /v1/enrolments" 201 "{\"enrolment\":\"e_$e\",\"expires\":2000000000}"
	: > out
	mfactl phone "$@" > out 2>&1 &
	pid=$!
	link=
	soon grep -q "$url/#" out || return
	link=$(grep -o "$url/#[^\" ]*" out)
	canary "$(cut -d. -f2 <<< "${link#*#}")"
}
finish() {
	status=0
	wait $pid || status=$?
	out=$(< out)
}

# answer [ARGUMENT...]: a phone answers; what the host is told is in $device
answer() {
	local device_secret=$(random_secret)
	canary "$device_secret"
	says "PUT /v1/enrolments/e_$e/device" 201 "{\"device\":\"d_$e\",\"secret\":\"$device_secret\"}"
	rm -rf phone
	"$PHONE" enrol --store phone --name "Anna's phone" --ca ca.pem "$@" > phone.out <<< "$link" ||
	    fail "the_phone_enrols" "$(< phone.out)"
	canary "$(sed -n 's/^private //p' phone/phone)"
	device=$(bodies PUT | tail -n 1 | jq -c ". + {device: \"d_$e\"}")
}
offered() {
	says "GET /v1/enrolments/e_$e" 200 "{\"enrolment\":\"e_$e\",\"state\":\"offered\",\"device\":$1}"
}
# What an authority signs of that request; the life is a certificate's.
request() {
	printf 'pam_mfa enrolment 1\nuser %s\ndevice d_%s\nkind %s\nkey %s\norigin -\n' "$1" "$e" \
	    "$(jq -r .kind <<< "$device")" "$(jq -r .key <<< "$device")"
}
sign() {	# sign AUTHORITY: $certificate, a text in JSON
	rm -f signed
	mfactl authority sign "$1" - signed > /dev/null < /dev/null 2>&1 || {
		request "${2-alice}" > request
		mfactl authority sign "$1" request signed > /dev/null
	}
	certificate=$(jq -Rs . signed)
}
CERTIFICATE="PUT /v1/enrolments/e_"

# ---- before it begins ----

mfactl phone alice > out 2>&1
is "a_host_that_believes_nobody" "$? $(grep -c 'authorities is missing' out)" "6 1"
cat own.pub mfad.pub > /etc/pam_mfa/authorities
mfactl phone nobody-of-that-name > out 2>&1
is "no_such_user" "$?" 4
is "the_service_was_not_asked" "$(asked POST)" 0
for case in "" "alice bob" "alice --life 3d" "alice --authority own --request x" "alice --authority own --life 400d" \
    "alice --certificate x --request y"; do
	mfactl phone $case > out 2>&1
	is "usage:$case" "$?" 2
done
mfactl phone alice --authority missing > out 2>&1
is "no_such_authority" "$?" 4
forget_service
says "POST /v1/enrolments" 401 "$(problem unauthenticated 401)"
mfactl phone alice > out 2>&1
is "a_host_that_is_not_known" "$?" 5

# ---- signed here ----

begin alice --authority own --life 30d
contains "the_link_names_the_user" "$link" ".alice"
is "the_service_is_told_user_and_life" "$(bodies "POST /v1/enrolments" | jq -c .)" '{"user":"alice","life":600}'
answer
says "PUT /v1/enrolments/e_$e/certificate" 204
offered "$device"
finish
is "signed_here" "$status" 0
print=$(sed -n 's/^fingerprint *//p' phone.out)
is "what_is_shown" "$(sed 's/until .*/until TIME./; s/^Link: .*/LINK/' <<< "$out")" "A new phone for alice.  Give it this link.

LINK

It works once, for 10 minutes.  Waiting for the phone ...
The phone answered, and saw the link.
name         Anna's phone
device       d_$e
kind         p256
fingerprint  $print
Enrolled: alice can approve logins with it until TIME."
bodies PUT | tail -n 1 | jq -rj .certificate > certificate
is "the_certificate_is_of_that_phone" "$(sed -n '2,6p' certificate)" "$(request alice | tail -n +2)"
is "for_thirty_days" "$(($(sed -n 's/^expires //p' certificate) - $(sed -n 's/^created //p' certificate)))" 2592000
like "the_user_is_told" "$(notice alice)" "^a phone was added on .* by root$"
like "it_is_recorded" "$(mfactl log --user alice --json | jq -r '.[0] | "\(.event) \(.reason)"')" "^phone device=d_$e kind=p256 until="
like "and_logged" "$(< /var/log/auth.log)" "mfactl.*: phone user=alice by=root device=d_$e kind=p256"
contains "the_host_says_who_it_is" "$(< service/log)" "Bearer h_$host.$secret"
unlike "the_secret_of_the_link_is_not_told" "$(< service/log)" "$(cut -d. -f2 <<< "${link#*#}" | cut -c 1-30)"

# ---- signed by the service ----

begin bob
answer --kind ed25519
sign mfad bob
says "PUT /v1/enrolments/e_$e/certificate" 200 "{\"certificate\":$certificate}"
offered "$device"
finish
is "signed_by_the_service" "$status $(bodies PUT | tail -n 1)" '0 {"sign":true}'
like "the_user_is_told" "$(notice bob)" "^a phone was added"
begin alice
answer
says "PUT /v1/enrolments/e_$e/certificate" 409 "$(problem no-authority 409)"
offered "$device"
finish
is "a_service_without_an_authority" "$status $(grep -c 'mfactl authority sign' <<< "$out")" "5 1"

# certified NAME WANTED: after the service answered with $certificate
before=$(mfactl log --json | sha256sum)
certified() {
	says "PUT /v1/enrolments/e_$e/certificate" 200 "{\"certificate\":$certificate}"
	offered "$device"
	finish
	is "$1" "$status" "$2"
}
begin alice
answer
sign other
certified "an_authority_that_is_not_believed" 5
begin alice
answer
sign mfad bob
certified "a_certificate_of_another_user" 5
begin alice
answer
kept=$device
answer
sign mfad
device=$kept
certified "a_certificate_of_another_key" 5
begin alice
answer
sign mfad
certificate=$(jq -c '. | sub("p256"; "ed25519")' <<< "$certificate")
certified "an_altered_one" 5
begin alice
answer
certificate='""'
certified "none" 5
begin alice
answer
certificate=7
certified "a_number" 8

# ---- phones that did not see the link, and services that alter ----

# altered NAME JQ WANTED: what the host is told of the phone
altered() {
	begin alice --authority own
	answer
	says "PUT /v1/enrolments/e_$e/certificate" 204
	offered "$(jq -c "$2" <<< "$device")"
	finish
	is "$1" "$status $(asked "PUT /v1/enrolments/e_$e/certificate")" "$3 0"
}
other_key=$(jq -r .key <<< "$device")
altered "another_key" ".key = \"$other_key\"" 5
altered "another_kind" '.kind = "webauthn-es256" | .origin = "https://mfa.example.org"' 5
altered "another_proof" '.proof |= (if .[0:1] == "A" then "B" else "A" end) + .[1:]' 5
altered "no_proof" 'del(.proof)' 8
altered "a_short_proof" '.proof |= .[0:40]' 5
altered "another_device" '.device |= "d_" + (.[2:] | ascii_downcase | "A" + .[1:])' 8
altered "a_name_of_two_lines" '.name = "a\nb"' 8
altered "a_key_that_is_none" '.key = "AAAA"' 8
altered "a_kind_that_is_none" '.kind = "rsa"' 8
begin bob --authority own
link=${link%.*}.alice
answer
offered "$device"
finish
is "a_phone_that_proved_itself_for_another_user" "$status" 5
for state in expired done nonsense; do
	begin alice --authority own
	says "GET /v1/enrolments/e_$e" 200 "{\"state\":\"$state\"}"
	finish
	is "an_enrolment_that_is_$state" "$status" 5
done
for body in '{}' '[]' '{"state":7}' '{"state":"offered"}' '{"state":"offered","device":[]}' 'x'; do
	begin alice --authority own
	says "GET /v1/enrolments/e_$e" 200 "$body"
	finish
	is "no_enrolment:$body" "$status" 8
done
begin alice --authority own
answer
says "GET /v1/enrolments/e_$e.1" 500 "$(problem internal 500)"
says "GET /v1/enrolments/e_$e.2" 200 '{"state":"open"}'
says "GET /v1/enrolments/e_$e.3" close
says "PUT /v1/enrolments/e_$e/certificate" 409 "$(problem already-used 409)"
offered "$device"
finish
is "a_service_that_fails_is_asked_again;_a_refusal_stands" "$status" 5
is "none_of_them_is_recorded" "$(mfactl log --json | sha256sum)" "$before"

# ---- interrupted ----

for signal in INT TERM HUP; do
	begin alice --authority own
	soon grep -q '^GET' service/log
	kill -$signal $pid
	finish
	is "interrupted_by_$signal" "$status $(tail -n 1 <<< "$out")" "5 mfactl: interrupted: nothing was changed"
done
begin alice
kill -KILL $pid
wait $pid 2>/dev/null
is "killed" "$(mfactl log --json | sha256sum)" "$before"

# ---- signed elsewhere ----

begin alice --request alice.request
answer
offered "$device"
finish
is "a_request_is_written" "$status $(< alice.request)" "0 $(request alice)"
is "by_root" "$(stat -c '%U' alice.request)" root
is "and_nothing_is_certified" "$(asked "PUT /v1/enrolments/e_$e/certificate")" 0
mfactl authority sign own alice.request alice.certificate > /dev/null
says "PUT /v1/enrolments/e_$e/certificate" 204
mfactl phone bob --certificate alice.certificate > out 2>&1
is "the_certificate_is_alice's" "$? $(asked "PUT /v1/enrolments/e_$e/certificate")" "5 0"
mfactl phone alice --certificate alice.certificate > out 2>&1
is "which_is_brought_back" "$?" 0
is "as_it_is" "$(bodies "PUT /v1/enrolments/e_$e/certificate" | jq -r .certificate)" "$(< alice.certificate)"
mfactl authority sign other alice.request other.certificate > /dev/null
mfactl phone alice --certificate other.certificate > out 2>&1
is "by_somebody_who_is_not_believed" "$?" 5
for change in '$d' '3s/d_/d_A/' 's/$/ /'; do
	sed "$change" alice.certificate > bad.certificate
	mfactl phone alice --certificate bad.certificate > out 2>&1
	is "no_certificate:$change" "$?" 5
done
head -c 5000 /dev/zero > bad.certificate
mfactl phone alice --certificate bad.certificate > out 2>&1
is "a_large_file" "$?" 5

# ---- for a program, and a person ----

begin alice --authority own --json
answer
says "PUT /v1/enrolments/e_$e/certificate" 204
offered "$device"
finish
is "json" "$status $(jq -c 'keys' out | paste -sd' ')" \
    '0 ["url","user"] ["device","enrolled","expires","fingerprint","kind","user"]'
forget_service
e=$(random_id)
says "POST /v1/enrolments" 201 "{\"enrolment\":\"e_$e\",\"expires\":2000000000}"
talk mfactl phone alice --authority own <<- 'END'
	? Waiting for the phone
	^ C
	$
END
canary "$(grep -o "$url/#[^ ]*" <<< "$shown" | tr -d '\r' | cut -d. -f2)"
is "Ctrl-C" "$status" 5
like "a_terminal_is_shown_a_picture" "$shown" '▀|▄|█'
rm -f out

done_testing
