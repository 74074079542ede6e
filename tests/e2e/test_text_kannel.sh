#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# The whole chain with the programs that ship: ssh, sshd, the module, the helper,
# mfa-http, mfad, mfa-call, and Kannel with the message centre of its own tests.  The
# telephone is proved by a program that keys in what is shown; the code is read from
# the centre's log and typed at the prompt.
. "$TOP/tests/lib.sh"
. "$TOP/tests/service.sh"

made=/run/gateway
install -d -m 0755 $made
cd $made || exit 1

# ---- Kannel ----

printf '%s\n' 'group = core' 'admin-port = 13000' 'admin-password = admin' 'admin-allow-ip = 127.0.0.1' \
    'smsbox-port = 13001' 'box-allow-ip = 127.0.0.1' '' 'group = smsc' 'smsc = fake' 'smsc-id = fake' \
    'host = 127.0.0.1' 'port = 10000' 'connect-allow-ip = 127.0.0.1' '' 'group = smsbox' \
    'bearerbox-host = 127.0.0.1' 'sendsms-port = 13013' 'global-sender = 13013' '' \
    'group = sendsms-user' 'username = mfa' 'password = kannel-word' 'max-messages = 10' \
    'concatenation = true' > secret.kannel.conf
listens() { ss -tlnH "sport = :$1" | grep -q .; }
/usr/sbin/bearerbox -v 1 secret.kannel.conf > secret.bearerbox 2>&1 &
wait_until 20 listens 10000 && wait_until 20 listens 13001 || bail "bearerbox does not listen"
/usr/sbin/smsbox -v 1 secret.kannel.conf > secret.smsbox 2>&1 &
wait_until 20 listens 13013 || bail "smsbox does not listen"
/usr/lib/kannel/test/fakesmsc -H 127.0.0.1 -r 10000 -m 0 -i 1 '1 2 text nop' > secret.centre 2>&1 &
online() { curl -s 'http://127.0.0.1:13000/status.txt?password=admin' | grep -q 'fake.*online'; }
wait_until 20 online || bail "the centre is not there"

# ---- mfa-call ----

(umask 077; echo kannel-word > secret.key)
canary kannel-word
chgrp mfad_call secret.key && chmod 0640 secret.key
cat > /usr/local/bin/call <<- 'END'
	#!/bin/bash
	while read -r line && [ -n "$line" ]; do :; done
	echo answered
	until [ -e /run/gateway/keys ]; do sleep 0.02; done
	echo "keys $(< /run/gateway/keys)"
	read -r said
	echo "ended done $said"
END
chmod 0755 /usr/local/bin/call
cat > /etc/mfad/mfa-call.conf <<- END
	prefixes = +31
	call_gateway = exec
	call_command = /usr/local/bin/call
	text_gateway = http
	text_http_url = http://127.0.0.1:13013/cgi-bin/sendsms?username=mfa&password={secret}&to={to}&charset=UTF-8&text={text}
	text_http_method = GET
	text_http_success = ^(0|3):
	text_http_secret_file = $made/secret.key
END
/usr/libexec/pam_mfa/mfa-call > /var/log/call.out 2>&1 &
wait_until 20 test -S /run/mfad/call.sock || bail "mfa-call does not listen"

# ---- the rest ----

configure <<- 'END'
	delay_after = 20
	attested = call, sms
END
service_up "telephone = call, text" "country = 31"
host_up
add_user bob
mfactl --server telephone bob 0612345678 > proof 2>&1 &
asking=$!
shown_number() { grep -qE 'Key in [0-9]+ and #' proof; }
wait_until 20 shown_number || bail "no call: $(cat proof)"
grep -oE 'Key in [0-9]+' proof | tr -cd 0-9 > .keys && mv .keys keys
wait $asking
is "a_telephone_is_proved_by_a_call" "$?" 0
succeeds "and_chosen_for_texts" mfactl --server method bob text

cat > /usr/local/bin/text-code <<- 'END'
	#!/bin/bash
	end=$((SECONDS + 20))
	until grep -qE '^.*#[0-9]{6,8}>' /run/gateway/secret.centre || [ $SECONDS -ge $end ]; do sleep 0.02; done
	grep -oE '#[0-9]{6,8}>' /run/gateway/secret.centre | tail -n 1 | tr -cd 0-9
END
chmod +x /usr/local/bin/text-code
printf '%s\n' '? assword:' "> $(password_of bob)" '? Type the code from the text message' \
    '! text-code > /run/secret.code' '< /run/secret.code' '$' |
    "$TOP/tests/talk" ip netns exec cafe $SSH bob@198.51.100.1 'echo in as $USER' > /run/screen 2>&1
like "the_code_from_the_centre_lets_in" "$(< /run/screen)" "in as bob"
like "it_went_to_the_number_that_was_given" "$(grep -a 'text ' secret.centre | tail -n 1)" '<13013 \+31612345678 text '
logged "one_line_says_so" 'auth verdict=grant user=bob .*factor=sms reason=[a-z_]+ .*attested=yes'
like "and_one_of_mfa-call" "$(< /var/log/auth.log)" 'mfa-call\[[0-9]+\]: text to=\+31\.+78 id=[^ ]+ gateway=http outcome=done units=1'
kill $(jobs -p) 2> /dev/null
done_testing
