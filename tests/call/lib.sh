# SPDX-License-Identifier: BSD-2-Clause
#
# What calls are tried with: sipp as the organisation's line, which does as a few
# words say, and `place`, which stands in for mfad.

place=$BUILD/tests/call/place
work=$(mktemp -d)
cache=${CALL_CACHE:-$work/cache}
mkdir -p "$cache"
recordings=/usr/share/sip-tester

# ---- a scenario of sipp, of words ----

xml_send() {
	printf '<send%s><![CDATA[\n\n%s\n]]></send>\n' "${2:-}" "$1"
}

# xml_reply CODE REASON [sdp] [MORE HEADERS]
xml_reply() {
	local body='Content-Length: 0

' tag=';tag=[call_number]' more=${4:-} events=${EVENTS:-101}
	[ "${3:-}" != sdp ] || body='Content-Type: application/sdp
Content-Length: [len]

v=0
o=sipp 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[local_ip_type] [local_ip]
t=0 0
'${SESSION:+$SESSION
}'m=audio '${MEDIA_PORT:-[media_port]}' '${PROTO:-RTP/AVP}' 8 '$events'
a=rtpmap:8 PCMA/8000
a=rtpmap:'$events' telephone-event/8000
a=fmtp:'$events' 0-15
'${CRYPTO:-}
	[ "$1" != 100 ] || tag=
	xml_send "SIP/2.0 $1 $2
[last_Via:]
[last_From:]
[last_To:]$tag
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:${CONTACT:-[local_ip]}:[local_port];transport=[transport]>
${more:+$more
}$body"
}

xml_bye() {
	xml_send "BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From:[\$to];tag=[call_number]
To:[\$from]
[last_Call-ID:]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

" ' retrans="500"'
	echo '<recv response="200"/>'
}

# Kept for requests of the line, and for what is said of the INVITE later.
remember='<action><ereg regexp=".*" search_in="hdr" header="From:" assign_to="from"/><ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/><ereg regexp=".*" search_in="hdr" header="CSeq:" assign_to="cseq"/></action>'

xml_invite() {
	echo "<recv request=\"INVITE\" rrs=\"true\">$remember</recv><Reference variables=\"from,to,cseq\"/>"
}

xml_gone() {
	xml_send "SIP/2.0 487 Request Terminated
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
CSeq:[\$cseq]
Content-Length: 0

"
	echo '<recv request="ACK"/>'
}

# xml_challenge CODE REASON HEADER
xml_challenge() {
	xml_reply "$1" "$2" "" "$3: Digest realm=\"line\", nonce=\"n0nce[call_number]\", algorithm=MD5, qop=\"auth\""
}

# xml_proved METHOD: as user mfa with the password "secret", or the line says 403
xml_proved() {
	echo "<recv request=\"$1\" rrs=\"true\"><action><verifyauth assign_to=\"proved\" username=\"mfa\" password=\"secret\"/></action></recv>"
	echo '<nop test="proved" next="yes"/>'
	xml_reply 403 Forbidden
	[ "$1" != INVITE ] || echo '<recv request="ACK"/>'
	echo '<nop next="end"/><label id="yes"/>'
}

# A call of sipp's is one Call-ID, so that a REGISTER goes its own way.
xml_registers() {
	echo '<recv request="REGISTER" optional="true" next="register"/>'
	echo '<recv request="INVITE" rrs="true" next="call"/><label id="register"/>'
	xml_challenge 401 Unauthorized WWW-Authenticate
	xml_proved REGISTER
	xml_reply 200 OK "" "Expires: 120"
	echo '<nop next="end"/><label id="call"/>'
}

# xml_reinvite STATUS FORMATS: the line moves the sound elsewhere, and says by what it is
xml_reinvite() {
	xml_send "INVITE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From:[\$to];tag=[call_number]
To:[\$from]
[last_Call-ID:]
CSeq: 1 INVITE
Contact: <sip:[local_ip]:[local_port];transport=[transport]>
Max-Forwards: 70
Content-Type: application/sdp
Content-Length: [len]

v=0
o=sipp 1 2 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.3
t=0 0
m=audio 7000 RTP/AVP $2
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
" ' retrans="500"'
	echo "<recv response=\"100\" optional=\"true\"/><recv response=\"$1\"/>"
	xml_send "ACK [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From:[\$to];tag=[call_number]
To:[\$from]
[last_Call-ID:]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0

"
}

xml_word() {
	case $1 in
	invite) xml_invite ;;
	trying) xml_reply 100 Trying ;;
	ring) xml_reply 180 Ringing ;;
	early) xml_reply 183 "Session Progress" sdp ;;
	answer) xml_reply 200 OK sdp; echo '<recv request="ACK"/>' ;;
	busy) xml_reply 486 "Busy Here"; echo '<recv request="ACK"/>' ;;
	decline) xml_reply 603 Decline; echo '<recv request="ACK"/>' ;;
	unavailable) xml_reply 480 "Temporarily Unavailable"; echo '<recv request="ACK"/>' ;;
	notfound) xml_reply 404 "Not Found"; echo '<recv request="ACK"/>' ;;
	named) xml_reply 404 "No (+31) 6-12 34.56/78 here, nor 0031612345678; try 101"
		echo '<recv request="ACK"/>' ;;
	forbidden) xml_reply 403 Forbidden; echo '<recv request="ACK"/>' ;;
	redirect) xml_reply 302 "Moved Temporarily"; echo '<recv request="ACK"/>' ;;
	moved) xml_reply "${STATUS:-302}" "Moved Temporarily" ;;
	let-go) echo '<recv request="CANCEL"/>'; xml_reply 200 OK; echo '<recv request="ACK"/>' ;;
	registers-elsewhere) echo '<recv request="REGISTER"/>'; xml_reply 302 "Moved Temporarily" ;;
	asks) xml_challenge 401 Unauthorized WWW-Authenticate
		echo '<recv request="ACK"/>' ;;
	challenge) xml_challenge 407 "Proxy Authentication Required" Proxy-Authenticate
		echo '<recv request="ACK"/>' ;;
	proved) xml_proved INVITE ;;
	registers) xml_registers ;;
	key:*) printf '<nop><action><exec play_pcap_audio="%s"/></action></nop><pause milliseconds="200"/>\n' \
		"$recordings/dtmf_2833_${1#key:}.pcap" ;;
	press:*) printf '<nop><action><exec play_pcap_audio="%s"/></action></nop>\n' \
		"$recordings/dtmf_2833_${1#press:}.pcap" ;;
	dtmf:*) printf '<nop><action><exec play_dtmf="%s"/></action></nop>\n' "${1#dtmf:}" ;;
	pause:*) printf '<pause milliseconds="%s"/>\n' "${1#pause:}" ;;
	ended) echo '<recv request="BYE"/>'; xml_reply 200 OK ;;
	cancelled) echo '<recv request="CANCEL"/>'; xml_reply 200 OK; xml_gone ;;
	mark) echo '<nop><action><log message="mark [timestamp]"/></action></nop>' ;;
	bye) xml_bye ;;
	reinvite) xml_reinvite 200 "0 101" ;;
	reinvite-refused) xml_reinvite 488 18 ;;
	*) bail "no such word: $1" ;;
	esac
}

# scenario FILE WORD...
scenario() {
	local file=$1
	shift
	{
		echo '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE scenario SYSTEM "sipp.dtd">'
		echo '<scenario name="line">'
		for word; do xml_word "$word"; done
		echo '<label id="end"/></scenario>'
	} > "$file"
}

# ---- the line ----

# line WORD...: sipp on port 5060, for one call.  Ready when this returns.
line() {
	scenario "$work/line.xml" "$@"
	rm -f "$work"/line_*
	(cd "$work" && exec sipp -sf line.xml -i "${LINE_ADDRESS:-127.0.0.1}" -p 5060 \
	    -mi "${LINE_MEDIA:-${LINE_ADDRESS:-127.0.0.1}}" -m "${LINE_CALLS:-1}" -nostdin \
	    -timeout 30 -trace_msg -message_file line_messages -trace_err -error_file line_errors \
	    ${LINE_OPTIONS:-} > line.out 2>&1) &
	line_pid=$!
	until ss -Hlntu "sport = :5060" | grep -q 5060; do
		kill -0 $line_pid 2> /dev/null || bail "sipp: $(tail -n 5 "$work/line.out")"
		read -rt 0.02 <> <(:) || :
	done
}

# The line's own verdict: 0 if all went as its words say.
line_done() {
	local status=0
	wait $line_pid || status=$?
	return $status
}

# call SETTING=VALUE...: prints what mfad hears and says
call() {
	timeout 40 "$place" sip sip_server=127.0.0.1:5060 sip_user=mfa sip_address=127.0.0.1 \
	    "cache_dir=$cache" ms=20000 "$@" 2> "$work/complaints"
}

# until_true COMMAND...: as soon as it is; 20 seconds at most
until_true() {
	local end=$((SECONDS + 20))
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		read -rt 0.02 <> <(:) || :
	done
}

# ---- a telephone: baresip, which answers by itself and records what it hears ----

# phone [ACCOUNT OPTIONS]: on port 5070, and 5071 with TLS
phone() {
	local dir=$work/phone
	rm -rf "$dir"
	mkdir -p "$dir/heard"
	[ -e "$work/silence.wav" ] || sox -q -n -r 8000 -c 1 -b 16 "$work/silence.wav" trim 0 90
	cat > "$dir/config" <<-EOF
	sip_listen 127.0.0.1:5070
	${PHONE_CONFIG:-}
	net_interface 127.0.0.1
	audio_player aubridge,x
	audio_source aufile,$work/silence.wav
	audio_alert aubridge,z
	module_path /usr/lib/baresip/modules
	module g711.so
	module aubridge.so
	module aufile.so
	module sndfile.so
	module srtp.so
	module dtls_srtp.so
	module account.so
	module_app menu.so
	module_app ctrl_tcp.so
	ctrl_tcp_listen 127.0.0.1:4444
	snd_path $dir/heard
	EOF
	echo "<sip:+31612345678@127.0.0.1>;regint=0;answermode=auto${1:-}" > "$dir/accounts"
	: > "$dir/contacts"
	baresip -f "$dir" -v > "$dir/out" 2>&1 < <(exec sleep 300) &
	phone_pid=$!
	until_true eval 'ss -Hlnt "sport = :4444" | grep -q 4444' || bail "baresip: $(tail "$dir/out")"
	exec 9<> /dev/tcp/127.0.0.1/4444
}

# How much the telephone has heard, in bytes: its clock, 16 of them a millisecond.
heard_bytes() { cat "$work"/phone/heard/*-dec.wav 2> /dev/null | wc -c; }

# press KEY...: one after the other, each when the one before was sent; no sooner than a
# person could, or two presses are one, and not before the line carries sound
press() {
	local key json sent heard
	for key; do
		heard=$(heard_bytes)
		until_true eval '[ $(heard_bytes) -gt $((heard + 3200)) ]'
		sent=$(grep -c 'DTMF digit end' "$work/phone/out")
		json="{\"command\":\"sndcode\",\"params\":\"$key\"}"
		printf '%d:%s,' ${#json} "$json" >&9
		until_true eval '[ $(grep -c "DTMF digit end" "$work/phone/out") -gt $sent ]'
	done
}

# Its recording of the call, once that is over and the telephone is gone.
phone_heard() {
	exec 9>&-
	kill $phone_pid
	wait $phone_pid
	ls "$work"/phone/heard/*-dec.wav
}

last_words() {
	rm -rf "$work"
}
