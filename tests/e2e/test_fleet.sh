#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Two login hosts, one approval service, and phones, each on a network of its
# own.
. "$TOP/tests/lib.sh"
. "$TOP/tests/service.sh"
. "$TOP/tests/fleet.sh"

fleet_up
use_profile
new_host web1 203.0.113.2
new_host web2 203.0.113.3
configure_host web2 <<- 'END'
	[service brief]
	deadline = 10
END
host_up web1
host_up web2
for user in alice bob carol dave erin frank grace; do
	add_user $user
	new_phone $user
done
key=$(on web1 "$TOP/tests/enrol" alice)
canary "$key"

reasons_of() { audit_of "$1" "$2" event reason | cut -d' ' -f2- | paste -sd ' '; }

# ---- nobody answers: it goes on beside the others, until its time is over ----

printf 'auth required pam_mfa.so\naccount required pam_permit.so\n' > /etc/pam.d/brief
(
	began=$SECONDS
	on web2 "$BUILD/tests/onefield" brief erin <<< '' > /run/erin 2>&1
	echo $((SECONDS - began)) > /run/erin.took
) &
nobody_answers=$!

# ---- yes, at either host ----

for host in web1 web2; do
	ssh_push $host alice 'phone alice --approve $n &'
	like "approved_lets_in_at_$host" "$shown" "in as alice at $host"
	phone_is_done alice
	like "and_the_phone_shows_that_host" "$(< /run/said.alice)" "$host\.example\.org"
	is "with_one_record_there" \
	    "$(audit_of $host alice event verdict factor reason | grep login)" \
	    "login grant push approved"
done

# ---- no ----

ssh_push web2 bob 'phone bob --deny &' '? Denied on the phone\. Type a code: ' '^ C'
unlike "denied_lets_nobody_in" "$shown" "in as"
logged "and_is_logged" 'push verdict=deny user=bob .*reason=denied_on_phone'

ssh_push web1 carol 'phone carol --report &' '? Denied on the phone\. Type a code: ' '^ C'
unlike "reported_lets_nobody_in" "$shown" "in as"
logged "and_raises_an_alert" 'mfad.*report.*user=carol'
ssh_talk web2 carol '? Requests to your phone are locked\.' '^ C'
unlike "and_locks_the_phone_at_the_other_host_as_well" "$shown" "in as|number [0-9]"

ssh_push web2 dave 'phone dave --approve $(echo $n | tr 0-9 1-90) &' \
    '? The number typed on the phone was wrong\. Type a code' '^ C'
unlike "a_wrong_number_lets_nobody_in" "$shown" "in as"
phone_is_done dave
like "and_the_phone_is_told" "$(< /run/said.dave)" "That was not the number"

# ---- a code instead ----

ssh_talk web1 alice '? or type a code: ' "> $(code "$key")"
like "a_code_instead_lets_in" "$shown" "in as alice at web1"
ssh_talk web2 alice '? or type a code: ' "> $(code "$key" 1)" '? Not accepted' '^ C'
unlike "but_not_where_it_was_not_enrolled" "$shown" "in as"

# ---- two answers: one counts ----

# both A B: phones that both show the login before the number is typed on either
both() {
	mkfifo /run/typed.$1 /run/typed.$2
	echo "for p in $1 $2; do phone \$p <> /run/typed.\$p & done;
	    for p in $1 $2; do await grep -q to.deny /run/said.\$p; done;
	    for p in $1 $2; do echo \$n > /run/typed.\$p; done;" | tr -d '\n'
}
cp -r /run/phone.frank /run/phone.frank.twin
ssh_push web1 frank "$(both frank frank.twin)"
like "two_answers_of_one_phone_let_in" "$shown" "in as frank at web1"
is "once" "$(reasons_of web1 frank | grep -o approved)" approved
phone_is_done frank && phone_is_done frank.twin
is "and_both_phones_are_told" \
    "$(grep -lE 'went on|too late' /run/said.frank /run/said.frank.twin | wc -l)" 2
answers_to() {
	mfactl --server log --json |
	    jq -c --arg u "$1" '[.[] | select(.event == "answer" and .user == $u)]'
}
is "as_one_answer_was_taken" "$(answers_to frank | jq length)" 1

mv /run/phone.grace /run/phone.grace.old
at_phone=(from p-grace) at_host=(on web2)
enrol_phone grace ed25519
at_phone=() at_host=()
ssh_push web2 grace "$(both grace grace.old)"
like "two_phones_of_one_person_let_in" "$shown" "in as grace at web2"
is "once_as_well" "$(reasons_of web2 grace | grep -o approved)" approved
is "by_one_of_them" "$(answers_to grace | jq length)" 1

# ---- an answer after the end ----

# says USER LOGIN: what the service says to an answer of USER's phone
says() {
	local secret=$(sed -n 's/^secret //p' "/run/phone.$1/phone")
	local device=$(sed -n 's/^device //p' "/run/phone.$1/phone")
	from "p-$1" curl -s --cacert /run/ca.pem -H "Content-Type: application/json" \
	    -H @<(echo "Authorization: Bearer $device.$secret") \
	    -H "Idempotency-Key: $(openssl rand -hex 11)" \
	    -d '{"decision":"approve","signature":"MEUCIQ"}' -o /dev/null -w '%{http_code}' \
	    "https://mfa.test/v1/device/logins/$2/answer"
}

cat > /usr/local/bin/waiting <<- 'END'
	#!/bin/sh
	sqlite3 -readonly /var/lib/mfad/mfad.db "SELECT id FROM login WHERE state = 0"
END
chmod +x /usr/local/bin/waiting
ssh_talk web1 dave '? or type a code: ' '! waiting > /run/login' '^ C'
wait_until 5 none_waits
is "Ctrl-C_takes_the_request_back" $? 0
is "and_an_answer_after_that_is_too_late" "$(says dave "$(< /run/login)")" 410
unlike "and_lets_nobody_in" "$(reasons_of web1 dave)" approved

# ---- two logins of one person at once ----

# second HOST NAME: while alice's login at web1 waits, another one at HOST
second() {
	rm -f /run/first /run/go
	printf '%s\n' '? assword:' "> $(password_of alice)" '? or type a code: ' \
	    '! n=$(number /run/first); await test -e /run/go; phone alice --approve $n & sleep 0.2' \
	    '> ' '$' > /run/secret.script
	"$TOP/tests/talk" -t 40 ip netns exec cafe $SSH "alice@203.0.113.2" \
	    'echo in as $USER at $(hostname)' < /run/secret.script > /run/first 2>&1 &
	local first=$!
	wait_until 20 one_waits
	ssh_talk "$1" alice '? A request is already waiting on your phone\. Type a code: ' \
	    '! : > /run/go; await grep -q "in as" /run/first' '> ' '? Type a|Not' '^ C'
	wait $first
	like "$2:_the_first_is_let_in" "$(< /run/first)" "in as alice at web1"
	like "$2:_the_second_says_that_one_waits" "$shown" "already waiting on your phone"
	unlike "$2:_and_is_not_let_in_by_its_approval" "$shown" "in as"
}
second web1 "two_at_one_host"
second web2 "two_at_two_hosts"

# ---- sudo and the console ----

rm -f /etc/sudoers.d/*
printf 'Defaults !lecture, timestamp_timeout=0\nbob ALL=(ALL) ALL\n' > /etc/sudoers.d/fleet
rm -f /run/screen /run/over.*
printf '%s\n' '? assword:' "> $(password_of bob)" '? or type a code: ' \
    '! approve bob & sleep 0.2' '> ' \
    '? assword' "> $(password_of bob)" '? or type a code: ' \
    '! await test -s /run/over.bob; rm /run/over.bob; approve bob & sleep 0.2' '> ' '$' |
    "$TOP/tests/talk" ip netns exec cafe $SSH -t bob@203.0.113.2 \
    'sudo sh -c "echo now \$(id -un)"' \
    > /run/screen 2>&1
phone_is_done bob
like "sudo_in_an_ssh_session_asks_the_phone" "$(< /run/screen)" "now root"
like "and_the_phone_shows_from_where" "$(< /run/said.bob)" "service +sudo"
like "which_is_where_the_session_came_from" "$(< /run/said.bob)" "from +${CAFE//./\\.}"

rm -f /run/screen /run/over.*
printf '%s\n' '? login:' '> dave' '? assword:' "> $(password_of dave)" '? Waiting for it' \
    '! approve dave' '? \$ ' \
    '> echo now $(id -un) at $(hostname)' \
    '? now dave at web2' '> exit' '$' |
    "$TOP/tests/talk" nsenter -t "${place[web2]}" --net --mount --uts \
    login > /run/screen 2>&1
like "login_on_a_terminal_asks_the_phone" "$(< /run/screen)" "now dave at web2"

# ---- nobody answered ----

wait $nobody_answers
unlike "whom_nobody_answers_is_not_let_in" "$(< /run/erin)" '^in:'
is "in_the_time_that_there_was" "$(($(< /run/erin.took) >= 9 && $(< /run/erin.took) <= 11))" 1
like "and_it_was_the_time" "$(audit_of web2 erin event verdict reason)" \
    "deny (deadline|no_approval)"

done_testing
