#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# The whole chain but for the line: a real ssh client, sshd, the module, the helper,
# mfa-http, mfad, and calls and text messages that reach a telephone that is played.
. "$TOP/tests/lib.sh"
. "$TOP/tests/service.sh"

configure <<- 'END'
	delay_after = 20
	attested = call, sms
END
line=/run/telephone
mkdir -p $line
"$BUILD/tests/telephone/telephone" $line/sock $line > /var/log/telephone.out 2>&1 &
wait_until 10 test -S $line/sock || bail "no telephone"
service_up "telephone = call, text" "call_socket = $line/sock" "country = 31" "calls_per_user = 100" \
    "calls_per_number = 100" "calls_per_hour = 1000"
host_up

# do NAME TEXT: the telephone does that once
do_once() {
	echo "$2" > "$line/.$1"
	mv "$line/.$1" "$line/$1"
}
# heard REGEX: mfad says that, soon
heard() { wait_until 20 grep -Eq -- "$1" $line/log; }
fresh() { rm -f $line/keys $line/end; : > $line/log; }
shows() { grep -qE -- "$2" "$1"; }

# A person takes a moment to press Enter (sleep); sooner, it was a client without one.

# For scripts of tests/talk, which are run by sh: keys in the number of the screen, or another,
# and waits until mfad says something.
cat > /usr/local/bin/key-in <<- 'END'
	#!/bin/bash
	# key-in right | KEYS [REGEX]: then waits for a line of the log like that
	keys=$1
	end=$((SECONDS + 20))
	if [ "$keys" = right ]; then
		until grep -qE 'number [0-9 ]+ and #' /run/screen || [ $SECONDS -ge $end ]; do sleep 0.02; done
		keys=$(grep -oE 'number [0-9 ]+ and #' /run/screen | tail -n 1 | tr -cd 0-9)
	fi
	echo "$keys" > /run/telephone/.keys
	mv /run/telephone/.keys /run/telephone/keys
	until { [ -z "${2:-}" ] && [ ! -e /run/telephone/keys ]; } ||
	    { [ -n "${2:-}" ] && grep -qE "$2" /run/telephone/log; } || [ $SECONDS -ge $end ]; do sleep 0.02; done
END
chmod +x /usr/local/bin/key-in

# telephone_of USER NUMBER METHOD: proved by a call, and chosen
telephone_of() {
	fresh
	rm -f /run/proof
	mfactl --server telephone "$1" "$2" > /run/proof 2>&1 &
	local asking=$!
	wait_until 20 shows /run/proof 'Key in [0-9]+ and #' || bail "no call: $(cat /run/proof)"
	do_once keys "$(grep -oE 'Key in [0-9]+' /run/proof | tr -cd 0-9)"
	wait $asking || bail "no telephone: $(cat /run/proof)"
	mfactl --server method "$1" "$3" || bail "no method"
}
for user in alice bob; do
	add_user $user
done
enrol alice
telephone_of alice +31612345678 call
telephone_of bob 0687654321 text
is "whose_a_number_is" "$(mfactl --server whose "06-87 65 43 21" --json | jq -r .user)" bob

# ssh_in USER LINE...: a login from the cafe up to the prompt of the second factor
ssh_in() {
	local user=$1
	shift
	fresh
	: > /run/screen
	mark
	printf '%s\n' '? assword:' "> $(password_of "$user")" "$@" |
	    "$TOP/tests/talk" ip netns exec cafe $SSH "$user@198.51.100.1" "echo in as \$USER" \
	    > /run/screen 2>&1
	shown=$(< /run/screen)
}
record() {
	mfactl log --user "$1" --json |
	    jq -r '.[0] | [.event, .verdict, .factor, (if .attested then "attested" else "-" end), .reason] | join(" ")'
}
enter='? Press Enter when done, or type a code.*: '

# ---- calls ----

ssh_in alice "$enter" '! key-in right' '! sleep 0.2' '> ' '$'
like "the_number_is_in_the_prompt" "$shown" 'Your telephone rings: key in number [0-9]{3} [0-9]{3} and #\. '
like "keyed_in_it_lets_in" "$shown" "in as alice"
logged "one_line_says_so_and_that_it_is_attested" \
    'auth verdict=grant user=alice service=sshd origin=198.51.100.10 factor=call reason=approved ms=[0-9]+ attested=yes$'
is "so_does_the_record" "$(record alice)" "login grant call attested approved"
heard '^say 1'
is "the_telephone_hears_thanks" "$(cut -d' ' -f1-3 $line/log | xargs)" "call +31612345678 1 say 1"

fresh
: > /run/trial
mfactl test alice call > /run/trial 2>&1 &
trying=$!
wait_until 20 shows /run/trial 'telephone: [0-9 ]+ and #' || bail "no trial: $(cat /run/trial)"
do_once keys "$(grep -oE 'telephone: [0-9 ]+ and #' /run/trial | tr -cd 0-9)"
wait $trying
is "mfactl_tries_the_line" "$? $(tail -n 1 /run/trial)" "0 A login would go on, of a service whose attested lists call."
heard '^say 1'
like "which_hears_thanks" "$(cut -d' ' -f1-3 $line/log | xargs)" '^call \+31612345678 1 say 1$'
fresh
mkfifo /run/typed
: > /run/trial
mfactl test bob text < /run/typed > /run/trial 2>&1 &
trying=$!
exec 9> /run/typed
heard '^text '
sed -n 's/^text [^ ]* //p' $line/log >&9
wait $trying
is "and_that_of_texts" "$? $(tail -n 1 /run/trial)" "0 A login would go on, of a service whose attested lists sms."
exec 9>&-

ssh_in alice "$enter" '! key-in 13 "^say 2"' '! key-in right' '! sleep 0.2' '> ' '$'
like "one_wrong_number_is_asked_again_before_enter" "$shown" "in as alice"
is "and_said_at_once" "$(grep -c '^say 2' $line/log)" 1
logged "and_counted" 'call verdict=deny user=alice .*factor=call reason=wrong_number'

ssh_in alice "$enter" '! key-in 13 "^say 2"' '! key-in 12 "^say 3"' '> ' \
    '? The number keyed in on the telephone was wrong\. Type a code, or c for a call, s for a text message:' '^ C'
unlike "two_let_nobody_in" "$shown" "in as"
heard '^say 3'
is "and_the_telephone_hears_that" "$(grep -c '^say 3' $line/log)" 1

ssh_in alice "$enter" '! key-in 0 "^say 4"' '! sleep 0.2' '> ' '? Denied on the telephone' '^ C'
logged "a_report_has_its_reason" 'call verdict=deny user=alice .*factor=call reason=reported'
mfactl --server unlock alice > /dev/null 2>&1
mfactl --server unlock alice --phones > /dev/null 2>&1
mfactl unlock alice > /dev/null 2>&1

while read -r outcome reason words; do
	ssh_in alice "$enter" "! echo $outcome > $line/.end; mv $line/.end $line/end; sleep 0.2" '> ' \
	    "? $words" '^ C'
	logged "an_end_has_its_sentence_and_its_reason: $reason" \
	    "call verdict=deny user=alice .*factor=call reason=$reason"
done <<- 'END'
	2 not_picked_up Nobody picked up
	3 busy Your telephone is busy
	4 declined The call was declined
	5 hung_up The call ended
	6 no_keys Nothing was keyed in
	8 gateway out of order
	9 number_not_allowed may not be called
END

ssh_in alice "$enter" "> $(code "$key")" '$'
like "a_code_instead_lets_in" "$shown" "in as alice"
like "which_is_not_attested" "$(record alice)" "^login grant totp - "
like "the_list_marks_those_that_are" "$(mfactl log --user alice)" " call \(attested\) approved"
like "and_no_other" "$(mfactl log --user alice)" " totp code_accepted"
heard '^(cancel|gone)'
is "and_the_call_is_hung_up" "$(grep -cE '^(cancel|gone)' $line/log)" 1

# ---- text messages ----

cat > /usr/local/bin/text-code <<- 'END'
	#!/bin/bash
	end=$((SECONDS + 20))
	until grep -q '^text' /run/telephone/log || [ $SECONDS -ge $end ]; do sleep 0.02; done
	tail -n 1 /run/telephone/log | cut -d' ' -f3
END
chmod +x /usr/local/bin/text-code
ssh_in bob '? Type the code from the text message' '! text-code > /run/code' '< /run/code' '$'
like "a_text_message_has_a_code" "$(< /run/code)" '^[0-9]{6,8}$'
like "which_lets_in" "$shown" "in as bob"
logged "one_line_says_so_too" \
    'auth verdict=grant user=bob service=sshd origin=198.51.100.10 factor=sms reason=code_accepted ms=[0-9]+ attested=yes$'
is "and_the_record_of_it" "$(record bob)" "login grant sms attested code_accepted"

ssh_in bob '? Type the code from the text message' '! text-code > /run/other' '< /run/code' \
    '? Not accepted. Type the code from the text message' '< /run/other' '$'
like "the_code_of_another_login_is_none_and_its_own_is_still_one" "$shown" "in as bob"

# The helper reads how a text ended when something is typed: until then it waits in its socket.
cat > /usr/local/bin/text-ended <<- 'END'
	#!/bin/bash
	end=$((SECONDS + 20))
	until ss -xHp | awk '/"mfa-helper"/ && $3 > 0 { found = 1 } END { exit !found }' || [ $SECONDS -ge $end ]; do
		sleep 0.02
	done
END
chmod +x /usr/local/bin/text-ended
do_once end 8
: > $line/log
: > /run/screen
printf '%s\n' '? assword:' "> $(password_of bob)" '? Type the code from the text message' '! text-ended' \
    '> 123456' '? The text message could not be sent. Type a code, or c for a call, s for a text message:' '> s' \
    '? Type the code from the text message' "! until [ \$(grep -c ^text $line/log) = 2 ]; do sleep 0.05; done; text-code > /run/code" \
    '< /run/code' '$' | "$TOP/tests/talk" ip netns exec cafe $SSH bob@198.51.100.1 'echo in as $USER' \
    > /run/screen 2>&1
like "one_that_was_not_sent_is_said_to_be_and_asked_again" "$(< /run/screen)" "in as bob"

# ---- what an administrator is told who gives a telephone ----

# told NAME STATUS WORDS ARGUMENT...: nothing is typed
told() {
	local name=$1 status=$2 words=$3 out got=0
	shift 3
	out=$(mfactl --server telephone "$@" < /dev/null 2>&1) || got=$?
	is "$name:_status" "$got" "$status"
	is "$name" "$(grep '^mfactl: ' <<< "$out")" "mfactl: $words"
}
do_once end 9
told "a_text_to_a_number_that_is_not_allowed" 5 \
    "+31 •••••••11: this number is not allowed: see prefixes in mfa-call.conf(5)" carol +31611111111 --text
do_once end 8
told "a_text_that_is_not_sent" 5 \
    "+31 •••••••11: the line does not work: the log lines of mfad and mfa-call say why" carol +31611111111 --text
told "a_code_that_is_not_typed" 5 "no code was typed: the telephone does not count" carol +31611111111 --text
do_once end 2
told "a_call_that_nobody_takes" 5 "+31 •••••••11: nobody picked up: try again" carol +31611111111
told "a_number_of_somebody_else" 5 \
    "that name or number is taken at the service already: choose another, or remove the one that has it" \
    carol +31612345678

# ---- another telephone ----

do_once end 2
told "a_telephone_that_does_not_consent" 5 "+31 •••••••78: nobody picked up: try again" alice +31611111112
do_once end 2
told "one_that_is_lost" 5 "+31 •••••••12: nobody picked up: try again" alice +31611111112 --vouch
fresh
rm -f /run/proof
mfactl --server telephone alice +31611111112 > /run/proof 2>&1 &
asking=$!
for n in 1 2; do
	wait_until 20 eval '[ $(grep -c "Key in [0-9]* and #" /run/proof) = $n ]' || bail "no call: $(cat /run/proof)"
	do_once keys "$(grep -oE 'Key in [0-9]+' /run/proof | tail -n 1 | tr -cd 0-9)"
done
wait $asking
is "with_its_consent" $? 0
is "is_asked_first" "$(grep '^call' $line/log)" "call +31612345678 4 world
call +31611111112 3 world"
is "what_was_said_of_it" "$(< /run/proof)" "A telephone that counts has to consent to another. (Where it is lost: --vouch, which is on record.)
Calling +31 •••••••78. Key in $(sed -n 2p /run/proof | grep -oE '[0-9]{6}') and # on that telephone.
Calling +31 •••••••12. Key in $(sed -n 3p /run/proof | grep -oE '[0-9]{6}') and # on that telephone.
+31 •••••••12 is a telephone of alice."

# ---- where the policy does not list them ----

configure <<- 'END'
	delay_after = 20
END
ssh_in bob '? assword:|code' '^ C'
unlike "nobody_is_sent_anything_by_default" "$(< $line/log)" '^(text|call)'
unlike "nor_is_it_offered" "$shown" "text message"

done_testing
