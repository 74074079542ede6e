#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Calls to a telephone that somebody else wrote (baresip): what is heard there, held
# against what espeak-ng and sox make of the words; its keys; TLS and SRTP.
. "$TOP/tests/tap.sh"
. "$TOP/tests/call/lib.sh"

# spoken FILE VOICE TEXT: as it should be heard
spoken() {
	printf '%s' "$3" | espeak-ng -b 1 -s 140 -v "$2" --stdin -w "$work/spoken.wav"
	sox -q "$work/spoken.wav" -r 8000 -c 1 -b 16 "$1"
}

# ring SETTING=VALUE...: in the background, into $work/call
ring() {
	call sip_server=127.0.0.1:5070 "$@" > "$work/call" &
	call_pid=$!
}

# said WORDS: has mfad heard it?
said() { grep -q "^$1" "$work/call"; }

# place_of PART: where in what was heard, if it was
place_of() {
	local where alike
	read -r where alike <<< "$("$BUILD/tests/call/alike" "$work/heard.wav" "$1")"
	if [ "${alike:-0}" -ge 85 ]; then echo "$where"; else echo "none ($alike)"; fi
}

in_order() {
	local before=-1 where
	for where; do
		[[ $where =~ ^[0-9]+$ ]] && [ "$where" -gt $before ] || return 1
		before=$where
	done
}

spoken "$work/en1.wav" en-gb "Hello. This is Example."
spoken "$work/en2.wav" en-gb "Somebody is logging in with your name, on web1, with sshd."
spoken "$work/en3.wav" en-gb "If this is you, key in the number on your screen, and then hash."
spoken "$work/en4.wav" en-gb "If this was not you, key in zero, and then hash."
spoken "$work/en5.wav" en-gb "Thank you. Goodbye."
spoken "$work/nl1.wav" nl "Goedendag. Dit is Example."
spoken "$work/nl3.wav" nl "Bent u dit? Toets dan het nummer op uw scherm in, en daarna een hekje."

# ---- each language, whole, and again ----

phone
ring language=en ms=32000
until_true said answered
wait $call_pid
cp "$(phone_heard)" "$work/heard.wav"
is nobody_pressed_anything "$(tail -n 1 "$work/call")" "ended no-keys units=3 words=[]"
for n in 1 2 3 4; do en[n]=$(place_of "$work/en$n.wav"); done
if in_order "${en[@]}"; then pass english_is_heard_in_order; else fail english_is_heard_in_order "${en[*]}"; fi
like dutch_is_not "$(place_of "$work/nl3.wav")" none
sox -q "$work/heard.wav" "$work/rest.wav" trim "$(((en[4] + 2000) / 1000))"
mv "$work/rest.wav" "$work/heard.wav"
like it_is_said_again "$(place_of "$work/en1.wav")" '^[0-9]+$'

phone
ring language=nl
until_true said answered
until_true eval '[ "$(stat -c %s "$work"/phone/heard/*-dec.wav)" -gt 224000 ]'
press 5 5 '#'
wait $call_pid
cp "$(phone_heard)" "$work/heard.wav"
is the_same_key_twice "$(grep -v ringing "$work/call" | paste -sd ';')" \
    "answered;keys [55];say thanks;ended done units=3 words=[]"
like dutch_is_heard "$(place_of "$work/nl1.wav")" '^[0-9]+$'
like dutch_number_is_heard "$(place_of "$work/nl3.wav")" '^[0-9]+$'
like english_is_not "$(place_of "$work/en3.wav")" none

# ---- the organisation's own recording ----

mkdir "$work/own"
sox -q -n -r 8000 -c 1 -b 16 "$work/own/hello.en.wav" synth 1 sine 300:900
phone
ring prompt_dir="$work/own"
until_true said answered
until_true eval '[ "$(stat -c %s "$work"/phone/heard/*-dec.wav)" -gt 32000 ]'
press 0 '#'
wait $call_pid
cp "$(phone_heard)" "$work/heard.wav"
like the_own_recording_is_heard "$(place_of "$work/own/hello.en.wav")" '^[0-9]+$'
like instead_of_ours "$(place_of "$work/en1.wav")" none
like and_not_me_is_heard "$(cat "$work/call")" 'keys \[0\]'

# ---- protected ----

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=pbx \
    -addext subjectAltName=IP:127.0.0.1 -keyout "$work/key.pem" -out "$work/pbx.pem" 2> /dev/null
cat "$work/key.pem" "$work/pbx.pem" > "$work/both.pem"

# protected NAME ACCOUNT SETTING=VALUE...
protected() {
	local name=$1 account=$2
	shift 2
	PHONE_CONFIG="sip_certificate $work/both.pem" phone "$account"
	ring "sip_server=127.0.0.1:5071;transport=tls" sip_ca="$work/pbx.pem" "$@"
	until_true said answered
	press 5 5 '#'
	until_true said keys
	wait $call_pid
	cp "$(phone_heard)" "$work/heard.wav"
	is "$name" "$(grep -v ringing "$work/call" | paste -sd ';')" \
	    "answered;keys [55];say thanks;ended done units=3 words=[]"
	like "${name}__is_heard" "$(place_of "$work/en5.wav")" '^[0-9]+$'
}
protected tls "" sip_media=none
protected tls_and_srtp ";mediaenc=srtp-mand" sip_media=srtp-mandatory
protected tls_and_srtp_where_it_is_taken ";mediaenc=srtp" sip_media=srtp
protected tls_and_dtls ";mediaenc=dtls_srtp" sip_media=dtls

done_testing
