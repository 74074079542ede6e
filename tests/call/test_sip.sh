#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Calls over SIP to a line that somebody else wrote (sipp, with its recordings of
# keys): each outcome, and what the line and the person may do.
. "$TOP/tests/tap.sh"
. "$TOP/tests/call/lib.sh"

# Words that take a fifth of a second, so that a greeting takes two.
sox -q -n -r 22050 -c 1 -b 16 "$work/tone.wav" synth 0.2 sine 440
printf '#!/bin/sh\nexec cat %s\n' "$work/tone.wav" > "$work/short"
chmod +x "$work/short"

# heard NAME "WORDS OF THE LINE" "WHAT MFAD SEES, ; FOR A NEW LINE" SETTING=VALUE...
heard() {
	local name=$1 words=$2 want=$3 got
	shift 3
	# shellcheck disable=SC2086
	line $words
	got=$(call number=42 "espeak_path=$work/short" "$@" | paste -sd ';')
	is "$name" "$got" "$want"
	if ! line_done; then
		fail "${name}__line" "$(tail -n 20 "$work/line.out" "$work"/line_errors 2> /dev/null)"
	fi
}

done42='keys [42];say thanks;ended done units=3 words=[]'

# ---- what the person does ----

heard right_number "invite trying ring answer key:4 key:2 key:pound ended" "ringing;answered;$done42"
heard once_more "invite ring answer key:4 key:1 key:pound pause:1200 key:4 key:2 key:pound ended" \
    "ringing;answered;keys [41];say once-more;$done42"
heard wrong_twice "invite answer key:4 key:1 key:pound pause:1200 key:4 key:3 key:pound ended" \
    "answered;keys [41];say once-more;keys [43];say wrong;ended done units=3 words=[]"
heard hash_alone_where_the_number_is_wanted "invite answer key:pound pause:2500 key:pound pause:1200 key:4 key:2 key:pound ended" \
    "answered;$done42"
heard hash_alone_after_the_greeting "invite answer key:pound pause:2500 key:pound ended" \
    "answered;keys [];say thanks;ended done units=3 words=[]" form=hash
heard not_me "invite answer key:0 key:pound ended" \
    "answered;keys [0];say reported;ended done units=3 words=[]"
heard star_clears "invite answer key:7 key:star key:4 key:2 key:pound ended" "answered;$done42"
heard a_code_to_prove_a_telephone "invite answer key:4 key:2 key:pound ended" "answered;$done42" form=code

# ---- the same key twice, and one key that is told twice ----

EVENTS=96 heard the_same_key_twice "invite answer pause:200 dtmf:442# pause:3000 dtmf:42# pause:200 ended" \
    "answered;keys [442];say twice;$done42"
EVENTS=96 heard and_once_more "invite answer pause:200 dtmf:442# pause:3000 dtmf:422# pause:200 ended" \
    "answered;keys [442];say twice;keys [422];say over;ended done units=3 words=[]"
heard one_press_sent_twice_is_one "invite answer key:4 key:4 key:2 key:2 key:pound ended" "answered;$done42"

# ---- how it ends without keys ----

heard busy "invite trying busy" "ended busy units=0 words=[486 Busy Here]"
heard declined "invite ring decline" "ringing;ended declined units=0 words=[603 Decline]"
heard unavailable "invite trying unavailable" "ended no-answer units=0 words=[480 Temporarily Unavailable]"
heard no_such_number "invite trying notfound" "ended gateway units=0 words=[404 Not Found]"
heard a_phrase_that_has_the_number "invite trying named" \
    "ended gateway units=0 words=[404 No (+**) *-** **.**/** here, nor *************; try 101]"
heard nobody_picks_up "invite ring cancelled" "ringing;ended no-answer units=0 words=[]" ring_seconds=1
heard hung_up_half_way "invite answer key:4 bye" "answered;ended hung-up units=3 words=[]"
heard hung_up_after_the_hash "invite answer key:4 key:2 key:pound bye" "answered;$done42"
heard a_machine_that_answers "invite answer pause:2500 bye" "answered;ended hung-up units=3 words=[]"
heard time_is_up "invite answer ended" "answered;ended no-keys units=3 words=[]" ms=2500
heard keys_in_early_media_do_not_count "invite early key:7 key:pound answer key:4 key:2 key:pound ended" \
    "ringing;answered;$done42"

# ---- mfad ----

heard cancelled_while_it_rings "invite ring cancelled" \
    "ringing;cancel;ended cancelled units=0 words=[]" cancel=ringing
heard cancelled_in_the_greeting "invite answer ended" \
    "answered;cancel;ended cancelled units=3 words=[]" cancel=answered
heard cancelled_after_the_keys "invite answer key:4 key:2 press:pound ended" \
    "answered;keys [42];cancel;ended cancelled units=3 words=[]" cancel=keys
heard hangs_up_when_mfad_leaves "invite answer ended" "answered" leave=answered

# ---- the line ----

# The line is the other number, too, and would hear of it.
elsewhere="ended gateway units=0 words=[the line sends the call to another number]"
heard a_redirection_is_not_followed "invite redirect pause:700" "$elsewhere"
heard nor_is_one_that_comes_late "invite trying moved let-go pause:700" "$elsewhere"
STATUS=0302 heard nor_is_one_that_is_written_oddly "invite trying moved let-go pause:700" "$elsewhere"
LINE_OPTIONS="-t t1" heard nor_is_one_over_tcp "invite redirect" "$elsewhere" \
    "sip_server=127.0.0.1:5060;transport=tcp"
LINE_CALLS=1 heard nor_is_one_of_a_registration "registers-elsewhere" \
    "ended gateway units=0 words=[register: 302 Moved Temporarily]" sip_register=yes

# Somebody who is not the line answers the INVITE.

# of_invite HEADER: its line in the first message that the line was sent
of_invite() { tr -d '\r' < "$work/line_messages" | grep -m1 "^$1: "; }
# forge START VIA [METHOD]: with that first line; all but these they know
forge() {
	local via=$2 port
	port=$(of_invite Via | grep -oE '127.0.0.1:[0-9]+' | cut -d: -f2)
	printf '%s\r\n' "$1" ${via:+"$via"} "$(of_invite From)" "$(of_invite To);tag=1" \
	    "$(of_invite Call-ID)" "$(of_invite CSeq | cut -d' ' -f1,2) ${3:-INVITE}" \
	    "Contact: <sip:elsewhere@127.0.0.1:5060>" "Content-Length: 0" "" |
	    perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.9",
		Proto => "udp", PeerAddr => "127.0.0.1", PeerPort => $ARGV[0]) or die; local $/;
		$s->send(<STDIN>) or die' "$port"
}
forge_with_its_branch() { forge "$1" "$(of_invite Via)"; }
guesses() {
	local via status
	via=$(of_invite Via)
	for status in 302 200 401 404 486 603; do
		forge "SIP/2.0 $status Forged" ""
		forge "SIP/2.0 $status Forged" "${via%%;*}"
		forge "SIP/2.0 $status Forged" "${via%%;*};branch=z9hG4bK0123456789abcdef;rport"
	done
	forge "SIP/2.0 302 Forged" "$via" CANCEL
	forge "HELLO sip:Forged SIP/2.0" "$via" HELLO
}
# forged REGEX COMMAND ...: heard ..., and that once it is in what the line hears and says
forged() {
	local stranger
	rm -f "$work"/line_*
	{ until_true grep -qsE "$1" "$work/line_messages" && eval "$2"; } &
	stranger=$!
	heard "${@:3}"
	wait $stranger || fail "${3}__forged"
}
forged '^SIP/2.0 180' guesses a_guessed_answer_is_none \
    "invite ring pause:2500 answer key:4 key:2 key:pound ended" "ringing;answered;$done42"
unlike nor_is_it_repeated_anywhere "$(cat "$work/complaints")" Forged
forged '^ACK' guesses nor_is_one_during_the_call \
    "invite answer pause:2500 key:4 key:2 key:pound ended" "answered;$done42"
forged '^ACK' 'forge_with_its_branch "SIP/2.0 302 Forged"' nor_is_one_behind_the_lines_own \
    "invite answer pause:1000 key:4 key:2 key:pound ended" "answered;$done42"
for start in "SIP/2.0 302" "SIP/2.0 65838" "x 302"; do
	forged '^SIP/2.0 180' "forge_with_its_branch '$start Forged'" "what_the_stack_would_follow_is_seen_${start// /_}" \
	    "invite ring let-go pause:700" "ringing;$elsewhere"
done

heard the_line_asks_who_we_are "invite asks proved ring answer key:4 key:2 key:pound ended" \
    "ringing;answered;$done42" sip_password=secret
heard a_wrong_password "invite asks proved" \
    "ended gateway units=0 words=[403 Forbidden]" sip_password=guess
# sipp does not look at what a proxy is answered, so it is looked at here (RFC 2617, 3.2.2).
# digest PASSWORD: what the answer must be
md5() { printf %s "$1" | md5sum | cut -d' ' -f1; }
field() { grep -oE "[ ,]$1=\"?[^\",]+" <<< "$answer" | sed 's/^[^=]*="\?//'; }
digest() {
	md5 "$(md5 "mfa:line:$1"):$(field nonce):$(field nc):$(field cnonce):auth:$(md5 "INVITE:$(field uri)")"
}
heard a_proxy_asks_who_we_are "invite challenge invite ring answer key:4 key:2 key:pound ended" \
    "ringing;answered;$done42" sip_password=secret
answer=$(tr -d '\r' < "$work/line_messages" | grep -m1 '^Proxy-Authorization: Digest ')
like it_is_told "$answer" 'username="mfa", realm="line", nonce="n0nce1"'
is with_the_password "$(field response)" "$(digest secret)"
heard a_proxy_that_is_not_satisfied "invite challenge invite challenge" \
    "ended gateway units=0 words=[407 Proxy Authentication Required]" sip_password=guess
answer=$(tr -d '\r' < "$work/line_messages" | grep -m1 '^Proxy-Authorization: Digest ')
is is_told_no_more_than_that "$(grep -c '^INVITE' "$work/line_messages") $(field response)" "2 $(digest guess)"
heard no_password "invite challenge" \
    "ended gateway units=0 words=[407 Proxy Authentication Required]"
LINE_CALLS=3 heard registers_calls_and_leaves "registers ring answer key:4 key:2 key:pound ended" \
    "ringing;answered;$done42" sip_register=yes sip_password=secret
LINE_CALLS=1 heard registers_with_a_wrong_password "registers" \
    "ended gateway units=0 words=[register: 403 Forbidden]" sip_register=yes sip_password=guess
is nobody_is_there "$(call)" "ended gateway units=0 words=[no answer from the line]"
is no_registrar_is_there "$(call sip_register=yes)" "ended gateway units=0 words=[no answer from the line]"

# mute: a line that takes everything and says nothing
mute() {
	perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1",
		LocalPort => 5060, Proto => "udp") or die; 1 while defined $s->recv(my $b, 9000)' &
	line_pid=$!
	until_true eval 'ss -Hlnu "sport = :5060" | grep -q 5060' || bail "no mute line"
}
mute
is a_registrar_that_says_nothing "$(call sip_register=yes)" \
    "ended gateway units=0 words=[no answer from the line]"
is a_line_that_says_nothing "$(call)" "ended gateway units=0 words=[no answer from the line]"
kill $line_pid
wait $line_pid 2> /dev/null
LINE_MEDIA=127.0.0.2 heard keys_from_another_address "invite answer key:4 key:2 key:pound bye" \
    "answered;ended hung-up units=3 words=[]"
# moved REGEX NAME...: heard NAME..., with so many packets of sound where the line moves it to
moved() {
	local listener
	perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.3",
		LocalPort => 7000, Proto => "udp") or die; my $n = 0; $SIG{TERM} = sub { print $n; exit };
		while (defined $s->recv(my $b, 9000)) { $n++ }' > "$work/moved" &
	listener=$!
	until_true eval 'ss -Hlnu "sport = :7000" | grep -q 7000' || bail "no listener"
	heard "${@:2}"
	kill $listener
	wait $listener
	like "${2}__packets" "$(< "$work/moved")" "$1"
}
moved '^[1-9]' the_line_moves_the_sound "invite answer reinvite key:4 key:2 key:pound ended" "answered;$done42"
EVENTS=96 moved '^0$' but_not_by_what_is_refused "invite answer pause:200 reinvite-refused dtmf:55# pause:2000 ended" \
    "answered;keys [55];say thanks;ended done units=3 words=[]" number=55
heard plain_sound_where_srtp_is_a_must "invite trying answer ended" \
    "ended gateway units=0 words=[the line takes no G.711, or not protected as sip_media says]" sip_media=srtp-mandatory
heard plain_sound_where_srtp_would_be_nice "invite answer key:4 key:2 key:pound ended" \
    "answered;$done42" sip_media=srtp
LINE_OPTIONS="-t t1" heard over_tcp "invite answer key:4 key:2 key:pound ended" "answered;$done42" \
    "sip_server=127.0.0.1:5060;transport=tcp"

LINE_ADDRESS=::1 heard over_ipv6 "invite answer key:4 key:2 key:pound ended" "answered;$done42" \
    "sip_server=[::1]:5060" sip_address=::1

# ---- TLS: the server must have a certificate of its name ----

authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$2" \
	    -addext "subjectAltName=$3" -keyout "$work/$1.key" -out "$work/$1.pem" 2> /dev/null
}
authority right line IP:127.0.0.1
authority other other IP:127.0.0.2

tls_refused() {
	openssl s_server -accept 127.0.0.1:5060 -cert "$work/$1.pem" -key "$work/$1.key" -quiet \
	    > "$work/heard" 2>&1 < <(exec sleep 60) &
	line_pid=$!
	until ss -Hlnt "sport = :5060" | grep -q 5060; do read -rt 0.02 <> <(:) || :; done
	like "$2" "$(call "sip_server=127.0.0.1:5060;transport=tls" "sip_ca=$work/$3.pem")" \
	    '^ended gateway units=0 words='
	unlike "${2}__no_invite" "$(cat "$work/heard")" INVITE
	like "${2}__is_said" "$(cat "$work/complaints")" "sip_server: its certificate does not count: $4"
	kill $line_pid
	wait $line_pid
}
tls_refused other a_certificate_of_another_name other 'IP address mismatch'
tls_refused right a_certificate_of_nobody_we_know other self

# ---- names (RFC 3263) ----

printf 'nameserver 127.0.0.1\n' > "$work/resolv.conf"
mount --bind "$work/resolv.conf" /etc/resolv.conf
dnsmasq -k -C /dev/null -R -h --user=root --listen-address=127.0.0.1 --bind-interfaces \
    --address=/host.example/127.0.0.1 --srv-host=_sip._udp.pbx.example,host.example,5060 \
    2> "$work/dns" &
dns_pid=$!
until_true eval 'ss -Hlnu "sport = :53" | grep -q 127.0.0.1' || bail "$(cat "$work/dns")"
heard a_name_with_a_port "invite answer key:4 key:2 key:pound ended" "answered;$done42" \
    sip_server=host.example:5060
heard a_name_with_a_service "invite answer key:4 key:2 key:pound ended" "answered;$done42" \
    "sip_server=pbx.example;transport=udp"
like the_callers_address "$(cat "$work/line_messages")" 'From: <sip:mfa@pbx.example>'
heard a_name_alone "invite answer key:4 key:2 key:pound ended" "answered;$done42" sip_server=pbx.example
CONTACT=host.example heard a_name_in_its_answer "invite answer key:4 key:2 key:pound ended" "answered;$done42"
like no_such_name "$(call sip_server=nowhere.example)" '^ended gateway'
kill $dns_pid
wait $dns_pid
echo "127.0.0.1 Pbx.Hosts also.hosts" >> /etc/hosts
heard a_name_of_etc_hosts "invite answer key:4 key:2 key:pound ended" "answered;$done42" sip_server=pbx.hosts
like it_is_still_what_is_asked "$(cat "$work/line_messages")" '^INVITE sip:.31612345678@pbx.hosts SIP'
heard such_a_name_with_port_and_transport "invite answer key:4 key:2 key:pound ended" \
    "answered;$done42" "sip_server=also.hosts:5060;transport=udp"
LINE_CALLS=3 heard registers_at_such_a_name "registers ring answer key:4 key:2 key:pound ended" \
    "ringing;answered;$done42" sip_register=yes sip_password=secret sip_server=pbx.hosts
like no_names_at_all "$(call sip_server=pbx.example)" '^ended gateway units=0 words=\[no answer from the line'

# ---- what is wrong with the settings ----

like a_server_that_is_none "$(call sip_server=a@b)" '^ended gateway units=0 words=\[cannot call: Invalid argument'
like no_synthesizer "$(call espeak_path=/nowhere cache_dir="$work/empty")" '^ended misconfigured units=0 words=.nothing to speak'
printf '#!/bin/sh\nsleep 0.5\nexit 1\n' > "$work/fails"
chmod +x "$work/fails"
heard a_synthesizer_that_fails "invite trying ring cancelled" \
    "ringing;ended misconfigured units=0 words=[the words cannot be spoken: espeak-ng, its cache]" \
    espeak_path="$work/fails" host=another

done_testing
