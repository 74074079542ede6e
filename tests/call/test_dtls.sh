#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Sound under keys of DTLS, at a line that is played by sipp and, on the ports of the
# sound, by openssl's own server: whose certificate counts, and what there is no call
# without.  (With a telephone that talks and keys: test_sound.sh.)
. "$TOP/tests/tap.sh"
. "$TOP/tests/call/lib.sh"

certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" \
	    -keyout "$work/$1.key" -out "$work/$1.pem" 2> /dev/null
}
# digest NAME [HASH]
digest() { openssl x509 -in "$work/$1.pem" -noout -fingerprint "-${2:-sha256}" | cut -d= -f2; }
certificate line
certificate other
srtp="-use_srtp SRTP_AES128_CM_SHA1_80"

# server OPTION...: at the sound's port
server() {
	# shellcheck disable=SC2086
	openssl s_server -dtls1_2 -accept 127.0.0.1:7002 -cert "$work/line.pem" -key "$work/line.key" \
	    -Verify 1 "$@" > "$work/server.out" 2>&1 < <(exec sleep 60) &
	server_pid=$!
	until_true eval 'ss -Hlnu "sport = :7002" | grep -q 7002' || bail "openssl: $(cat "$work/server.out")"
}
server_done() {
	kill $server_pid
	wait $server_pid
}

# heard NAME ATTRIBUTES "WORDS" "WHAT MFAD SEES" SETTING=VALUE...: the line's answer has these
heard() {
	local name=$1 got
	CRYPTO=$2 PROTO=${PROTO:-UDP/TLS/RTP/SAVP} MEDIA_PORT=7002 line $3
	got=$(call sip_media=dtls "${@:5}" | paste -sd ';')
	is "$name" "$got" "$4"
	line_done || fail "${name}__line" "$(tail -n 20 "$work/line.out" "$work"/line_errors 2> /dev/null)"
}
attributes() { printf 'a=setup:%s\na=fingerprint:sha-256 %s\na=rtcp-mux\n' "$1" "$2"; }
fails="ended gateway units=3 words=[the line's sound cannot be protected: its DTLS fails]"
none="ended gateway units=0 words=[the line takes no G.711, or not protected as sip_media says]"

# shellcheck disable=SC2086
server $srtp
heard the_certificate_of_the_answer "$(attributes passive "$(digest line)")" "invite answer ended" \
    "answered;ended no-keys units=3 words=[]" ms=4000
server_done
like was_shown_and_keys_were_made "$(cat "$work/server.out")" 'SRTP Extension negotiated, profile=SRTP_AES128_CM_SHA1_80'
like we_showed_one_too "$(cat "$work/server.out")" 'subject=CN = mfa-call'
ours=$(tr -d '\r' < "$work/line_messages" | sed -n 's/^a=fingerprint:sha-256 //p' | head -n 1)
is the_one_of_our_offer "$(sed -n '/BEGIN CERT/,/END CERT/p' "$work/server.out" | tail -n 12 |
    openssl x509 -noout -fingerprint -sha256 | cut -d= -f2)" "$ours"
like which_leaves_it_to_the_line_who_begins "$(cat "$work/line_messages")" 'a=setup:actpass'
like and_takes_nothing_else "$(cat "$work/line_messages")" 'm=audio [0-9]+ UDP/TLS/RTP/SAVP 8 0 101'

# shellcheck disable=SC2086
server $srtp
heard the_certificate_of_somebody_else "$(attributes passive "$(digest other)")" "invite answer ended" \
    "answered;$fails"
server_done
server
heard one_that_makes_no_keys "$(attributes passive "$(digest line)")" "invite answer ended" "answered;$fails"
server_done
server -use_srtp SRTP_AES128_CM_SHA1_32
heard or_weaker_ones "$(attributes passive "$(digest line)")" "invite answer ended" "answered;$fails"
server_done
heard nobody_begins "$(attributes active "$(digest line)")" "invite answer ended" "answered;$fails"
heard plain_keys_do_not_count "$(attributes active "$(digest line)")" \
    "invite answer key:4 key:2 key:pound ended" "answered;$fails"
# shellcheck disable=SC2086
server $srtp
heard neither_behind_the_handshake "$(attributes passive "$(digest line)")" \
    "invite answer key:4 key:2 key:pound ended" "answered;ended no-keys units=3 words=[]" ms=5000
server_done
heard nobody_answers "$(attributes passive "$(digest line)")" "invite answer ended" "answered;$fails"

# ---- several fingerprints (RFC 8122, section 5) ----

# fingerprints HASH:NAME...: of these certificates
fingerprints() {
	local one hash
	echo a=setup:passive
	for one; do
		hash=${one%:*}
		echo "a=fingerprint:$hash $(digest "${one#*:}" "${hash/-/}")"
	done
}
# counts NAME YES-OR-NO FINGERPRINT...: is the line's certificate one of them?
counts() {
	local want="answered;ended no-keys units=3 words=[]"
	[ "$2" = yes ] || want="answered;$fails"
	# shellcheck disable=SC2086
	server $srtp
	heard "$1" "$(fingerprints "${@:3}")" "invite answer ended" "$want" ms=2500
	server_done
}
counts a_hash_that_we_do_not_take_is_passed_over yes sha-1:line sha-256:line
counts and_counts_for_nothing no sha-1:line sha-256:other
counts one_of_several_certificates yes sha-256:other sha-256:line
counts the_strongest_hash_counts yes sha-256:other sha-512:line sha-384:other
counts and_no_weaker_one no sha-384:line sha-512:other sha-256:line
counts sha_384_is_enough yes sha-384:line
SESSION=$(fingerprints sha-256:line) counts one_of_the_whole_session yes
SESSION=$(fingerprints sha-256:line) counts which_is_not_looked_at_beside_one_of_the_sound no sha-256:other
heard one_that_cannot_be_read "$(fingerprints sha-256:line; echo a=fingerprint:sha-512 00)" "invite answer ended" "$none"
heard one_too_many "$(fingerprints sha-256:other sha-256:other sha-256:other sha-256:other sha-256:line)" \
    "invite answer ended" "$none"

# The line begins, from the sound's port; PORT is ours, in the offer.
begins() {
	local port
	until_true eval 'port=$(tr -d "\r" < "$work/line_messages" 2> /dev/null | sed -n "s/^m=audio \([0-9]*\) .*/\1/p" | head -n 1); [ -n "$port" ]'
	exec openssl s_client -dtls1_2 -connect "127.0.0.1:$port" -bind "127.0.0.1:$2" -cert "$work/$1.pem" \
	    -key "$work/$1.key" $srtp > "$work/client_$1" 2>&1 < <(exec sleep 20)
}
# begin_both: somebody else is there before the answer
begin_both() {
	begins other 7004 &
	others=$!
	until_true grep -qs 'SRTP Extension negotiated' "$work/client_other"
	until_true grep -qs '^SIP/2.0 200' "$work/line_messages"
	begins line 7002 &
	lines=$!
	wait $lines
}
rm -f "$work"/line_*
begin_both &
both=$!
heard somebody_else_before_the_answer_is_in_nobodys_way "$(attributes active "$(digest line)")" \
    "invite ring pause:1500 answer ended" "ringing;answered;ended no-keys units=3 words=[]" ms=6000
pkill -P $both openssl
kill $both
like whose_handshake_counts "$(cat "$work/client_line")" 'SRTP Extension negotiated'

heard an_answer_without_a_digest "a=setup:passive" "invite answer ended" "$none"
heard with_one_of_another_kind "$(attributes passive "$(digest line)" | sed s/sha-256/sha-1/)" \
    "invite answer ended" "$none"
heard with_half_of_one "$(attributes passive "$(digest line | cut -c 1-47)")" "invite answer ended" "$none"
heard with_more_than_one "$(attributes passive "$(digest line):00")" "invite answer ended" "$none"
heard with_nobody_to_begin "$(attributes actpass "$(digest line)")" "invite answer ended" "$none"
PROTO=RTP/AVP heard a_line_that_takes_plain_sound "" "invite answer ended" "$none"
PROTO=RTP/SAVP heard or_keys_in_sip \
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" "invite answer ended" "$none"

done_testing
