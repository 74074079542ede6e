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

' tag=';tag=[call_number]' more=${4:-}
	[ "${3:-}" != sdp ] || body='Content-Type: application/sdp
Content-Length: [len]

v=0
o=sipp 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] '${PROTO:-RTP/AVP}' 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
'${CRYPTO:-}
	[ "$1" != 100 ] || tag=
	xml_send "SIP/2.0 $1 $2
[last_Via:]
[last_From:]
[last_To:]$tag
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port];transport=[transport]>
${more:+$more
}$body"
}

xml_bye() {
	xml_send "BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
[last_To:]
[last_From:]
[last_Call-ID:]
CSeq: 2 BYE
Max-Forwards: 70
Content-Length: 0

" ' retrans="500"'
	echo '<recv response="200"/>'
}

xml_word() {
	case $1 in
	invite) echo '<recv request="INVITE" crlf="true"><action><ereg regexp=".*" search_in="msg" assign_to="invite"/></action></recv><Reference variables="invite"/>' ;;
	trying) xml_reply 100 Trying ;;
	ring) xml_reply 180 Ringing ;;
	early) xml_reply 183 "Session Progress" sdp ;;
	answer) xml_reply 200 OK sdp; echo '<recv request="ACK" rtd="true" rrs="true"/>' ;;
	busy) xml_reply 486 "Busy Here"; echo '<recv request="ACK"/>' ;;
	decline) xml_reply 603 Decline; echo '<recv request="ACK"/>' ;;
	unavailable) xml_reply 480 "Temporarily Unavailable"; echo '<recv request="ACK"/>' ;;
	notfound) xml_reply 404 "Not Found"; echo '<recv request="ACK"/>' ;;
	forbidden) xml_reply 403 Forbidden; echo '<recv request="ACK"/>' ;;
	redirect) xml_reply 302 "Moved Temporarily" "" ""; echo '<recv request="ACK"/>' ;;
	key:*) printf '<nop><action><exec play_pcap_audio="%s"/></action></nop><pause milliseconds="200"/>\n' \
		"$recordings/dtmf_2833_${1#key:}.pcap" ;;
	dtmf:*) printf '<nop><action><exec play_dtmf="%s"/></action></nop>\n' "${1#dtmf:}" ;;
	pause:*) printf '<pause milliseconds="%s"/>\n' "${1#pause:}" ;;
	ended) echo '<recv request="BYE"/>'; xml_reply 200 OK ;;
	cancelled) echo '<recv request="CANCEL"/>'; xml_reply 200 OK ;;
	bye) xml_bye ;;
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
		echo '</scenario>'
	} > "$file"
}

# ---- the line ----

# line WORD...: sipp on port 5060, for one call.  Ready when this returns.
line() {
	scenario "$work/line.xml" "$@"
	rm -f "$work"/line_*
	(cd "$work" && exec sipp -sf line.xml -i 127.0.0.1 -p 5060 -mi 127.0.0.1 -m 1 -nostdin \
	    -timeout 60 -trace_msg -message_file line_messages -trace_err -error_file line_errors \
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
	timeout 90 "$place" sip sip_server=127.0.0.1:5060 sip_user=mfa sip_address=127.0.0.1 \
	    "cache_dir=$cache" "$@" 2>&1
}

last_words() {
	rm -rf "$work"
}
