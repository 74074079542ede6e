#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Calls through mfa-call as it ships, as its own user and in its sandbox: over SIP to
# a line that somebody else wrote (sipp), and by a program.
. "$TOP/tests/call/lib.sh"
. "$TOP/tests/call/texts.sh"

chmod 0755 "$work"
put_secret secret-of-the-line
sip="prefixes = +31
call_gateway = sip
call_units = 5
sip_server = 127.0.0.1:5060
sip_user = mfa
sip_register = no
sip_address = 127.0.0.1"
configure_call <<< "$sip"
start_call

line invite trying ring answer pause:500 key:4 key:2 key:pound ended
dial language nl call $text_to 60000 1 2 hear hear hear say 1 hear hear
is "a call over SIP" "$heard" "progress ringing
progress answered
keys 42
ended done units=5 words=
end"
succeeds "as the line saw it" line_done
is "what was spoken is kept, for mfad_call alone" \
    "$(stat -c '%U %a' /var/cache/mfad_call | head -n 1) $(($(ls /var/cache/mfad_call | wc -l) > 0))" "mfad_call 700 1"
like "it is in the log, with the number masked" "$(cat /var/log/auth.log)" \
    'mfa-call\[[0-9]+\]: call to=\+31\.+78 id=l_0123456789abcdefghijkl gateway=sip outcome=done units=5 words=-'
line invite trying busy
dial call $text_to 30000 1 2 hear hear
is "busy" "$heard" "ended busy units=0 words=486 Busy Here
end"
line_done
dial call +32123456789 30000 1 2 hear
like "a number that is not allowed" "$heard" "ended refused units=0 words=prefixes"
dial language xx call $text_to 30000 1 2 hear
like "a language that nobody speaks" "$heard" "ended refused units=0 words=not a call"
dial call $text_to 30000 7 2 hear
like "a form that there is not" "$heard" "ended refused units=0 words=not a call"

# To nobody, while no line is there: mfad is told how long somebody has who does not pick
# up, and waits itself.
configure_call <<< "$sip
ring_seconds = 5"
dial call "" 30000 1 2 hear hear
like "to nobody" "$heard" '^ended no-answer units=0 words= in=(5000|49[0-9][0-9])
end$'
succeeds "no process waits for that" [ "$ms" -lt 4000 ]
dial call "" 3000 1 2 hear hear
like "no longer than there is time" "$heard" '^ended no-answer units=0 words= in=(3000|29[0-9][0-9])'
like "it is in the log as what it is" "$(cat /var/log/auth.log)" \
    'mfa-call\[[0-9]+\]: call to=- id=l_0123456789abcdefghijkl gateway=decoy outcome=no-answer'
dial call "" 30000 3 2 hear
like "nobody has a telephone to be proved" "$heard" "ended refused units=0 words=not a call"

cat > /usr/local/bin/call <<- 'END'
	#!/bin/sh
	while read -r line && [ -n "$line" ]; do [ "$line" != form=number ] || echo ringing; done
	echo answered
	echo keys 42
	read said
	[ "$said" = "say thanks" ] && echo ended done fine || echo ended gateway "$said"
END
chmod 0755 /usr/local/bin/call
configure_call <<< "prefixes = +31
call_gateway = exec
call_command = /usr/local/bin/call"
dial call $text_to 30000 1 2 hear hear hear say 1 hear hear
is "a call by a program" "$heard" "progress ringing
progress answered
keys 42
ended done units=1 words=fine
end"
printf '#!/bin/sh\nexec unshare -r true\n' > /usr/local/bin/call
dial call $text_to 30000 1 2 hear
like "one that does what only an attacker would" "$heard" "ended gateway"
dial bytes 02 hear
is "the listener is still there" "$heard" end

stop_call
done_testing
