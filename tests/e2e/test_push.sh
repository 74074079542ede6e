#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# The whole chain: a real ssh client, sshd, the module, the helper, mfa-http,
# mfad, and phones.
. "$TOP/tests/lib.sh"
. "$TOP/tests/service.sh"

configure <<- 'END'
	delay_after = 20
END
service_up
host_up
for user in alice bob carol dave erin frank; do
	add_user $user
	enrol_phone $user
done
enrol alice

number_tool

# phone USER WHAT...: the phone of USER answers the next login
cat > /usr/local/bin/phone <<- 'END'
	#!/bin/bash
	user=$1
	shift
	timeout 60 mfa-phone wait --store "/run/phone.$user" --once "$@" > "/run/said.$user" 2>&1
	echo $? > "/run/over.$user"
END
chmod +x /usr/local/bin/phone
over() { [ -e "/run/over.$1" ]; }
phone_is_done() { wait_until 30 over "$1"; }

# ssh_push USER REACTION [SCRIPT...]: a login from the cafe, with the phone's
# reaction (a command, with NUMBER in $n), then Enter, then the script's lines
ssh_push() {
	local user=$1 reaction=$2
	shift 2
	rm -f /run/screen /run/over.*
	mark
	status=0
	# A person takes a moment; sooner, it was a client without one.
	printf '%s\n' '? assword:' "> $(password_of "$user")" '? Press Enter when done, or type a code:' \
	    "! n=\$(number /run/screen); $reaction sleep 0.2" '> ' "$@" '$' |
	    "$TOP/tests/talk" ip netns exec cafe $SSH "$user@198.51.100.1" "echo in as \$USER" \
	    > /run/screen 2>&1 || status=$?
	shown=$(< /run/screen)
}

# ---- yes ----

ssh_push alice 'phone alice --approve $n &'
like "the_number_is_in_the_prompt" "$shown" \
    'Approve on your phone: number [0-9]{3} [0-9]{3}\. Press Enter when done, or type a code: '
like "approved_on_the_phone_lets_in" "$shown" "in as alice"
logged "one_line_says_so" \
    'auth verdict=grant user=alice service=sshd origin=198.51.100.10 factor=push reason=approved ms=[0-9]+'
phone_is_done alice
like "the_phone_shows_where" "$(< /run/said.alice)" 'web1\.example\.org'
like "and_from_where" "$(< /run/said.alice)" '198\.51\.100\.10'
is "and_that_it_went_on" "$(< /run/over.alice)" 0
is "the_record_is_in_the_state" \
    "$(mfactl log --user alice --json | jq -r '.[0] | [.event, .verdict, .factor, .reason] | join(" ")')" \
    "login grant push approved"

# ---- no ----

ssh_push bob 'phone bob --approve $(echo $n | tr 0-9 1-90) &' \
    '? number typed on the phone was wrong' '^ C'
unlike "a_wrong_number_lets_nobody_in" "$shown" "in as"
logged "and_has_a_line_of_its_own" 'push verdict=deny user=bob .*reason=wrong_number'
is "in_the_state" "$(mfactl log --user bob --json | jq -r '[.[].reason] | index("wrong_number") != null')" true
phone_is_done bob
is "and_the_phone_is_told" "$(< /run/over.bob)" 1

ssh_push carol 'phone carol --deny &' '? Denied on the phone' '^ C'
unlike "denied_on_the_phone_lets_nobody_in" "$shown" "in as"
logged "denied_has_one_too" 'push verdict=deny user=carol .*reason=denied_on_phone'
is "and_a_record" "$(mfactl log --user carol --json | jq -r '[.[].reason] | index("denied_on_phone") != null')" true

ssh_push dave 'phone dave --sign-as alice --approve $n &' '? number typed on the phone was wrong' '^ C'
unlike "a_phone_that_signs_for_another_lets_nobody_in" "$shown" "in as"

ssh_push dave 'phone dave --sign-host web2.example.org --approve $n &' \
    '? number typed on the phone was wrong' '^ C'
unlike "nor_one_that_signs_for_another_host" "$shown" "in as"

# ---- a code instead ----

mark
talk ip netns exec cafe $SSH alice@198.51.100.1 'echo in as $USER' <<- END
	? assword:
	> $(password_of alice)
	? or type a code:
	> $(code "$key")
	\$
END
like "a_code_at_the_same_prompt_lets_in" "$shown" "in as alice"
logged "by_the_code" 'verdict=grant user=alice .*factor=totp'
none_waits() { [ "$(mfactl --server waiting --json | jq length)" = 0 ]; }
wait_until 5 none_waits
is "and_nothing_waits_on_the_phone_any_more" "$?" 0

# ---- whoever goes away ----

rm -f /run/screen
talk ip netns exec cafe $SSH erin@198.51.100.1 'echo in' > /run/screen <<- END
	? assword:
	> $(password_of erin)
	? or type a code:
	^ C
	\$
END
wait_until 5 none_waits
is "Ctrl-C_takes_the_request_back" "$?" 0

# ---- one at a time ----

# two_of USER: two logins, the second while the first waits, in $shown
mkfifo /run/never /run/asked
two_of() {
	talk -t 60 ip netns exec cafe $SSH "$1@198.51.100.1" 'echo in' > /run/first <<- END &
		? assword:
		> $(password_of $1)
		? or type a code:
		! echo > /run/asked
		! cat /run/never
		^ C
		\$
	END
	first=$!
	cat /run/asked > /dev/null
	waiting=$(mfactl --server waiting --json | jq length)
	talk ip netns exec cafe $SSH "$1@198.51.100.1" 'echo in' <<- END
		? assword:
		> $(password_of $1)
		? already waiting on your phone
		^ C
		\$
	END
}

two_of erin
logged "and_the_log_says_so" 'push verdict=deny user=erin .*reason=no_approval'
like "a_second_login_says_that_one_waits" "$shown" "A request is already waiting on your phone. Type a code: "
is "an_administrator_sees_it_wait" "$waiting" 1
: > /run/never
wait $first
add_user gina
two_of gina
like "somebody_without_a_phone_hears_the_same" "$shown" \
    "A request is already waiting on your phone. Type a code: "
is "and_nothing_waits" "$waiting" 0
: > /run/never
wait $first

# ---- "this was not me" ----

ssh_push frank 'phone frank --report &' '? Denied on the phone' '^ C'
unlike "reported_lets_nobody_in" "$shown" "in as"
logged "the_server_raises_an_alert" 'mfad.*report.*user=frank'
talk ip netns exec cafe $SSH frank@198.51.100.1 'echo in' <<- END
	? assword:
	> $(password_of frank)
	? equests to your phone are locked
	^ C
	\$
END
like "and_locks_the_phone" "$shown" "Requests to your phone are locked"
mfactl --server unlock frank --phones
ssh_push frank 'phone frank --approve $n &'
like "until_an_administrator_unlocks_it" "$shown" "in as frank"

# ---- where lines are seen at once ----

sed -i 's/^@include common-auth/auth required pam_mfa.so/' /etc/pam.d/su
rm -f /run/screen
"$TOP/tests/talk" setpriv --reuid=nobody --regid=nogroup --clear-groups su alice -c 'echo in as $(id -un)' \
    > /run/screen 2>&1 <<- 'END'
	? Waiting for it
	! n=$(number /run/screen); phone alice --approve $n
	$
END
like "su_waits_without_Enter" "$(< /run/screen)" "in as alice"

# ---- the service goes ----

status_of() { mfactl status --json | jq -r '.service | "\(.ok) \(.text)"'; }
like "status_says_that_the_service_answers" "$(status_of)" '^true https://mfa\.test answers, in [0-9]+ ms'
stop_mfad
like "and_that_it_does_not" "$(status_of)" '^false https://mfa\.test: .'
mfactl status > /dev/null
is "which_is_something_wrong" "$?" 1
mark
talk ip netns exec cafe $SSH alice@198.51.100.1 'echo in as $USER' <<- END
	? assword:
	> $(password_of alice)
	? code
	> $(code "$key" 1)
	\$
END
like "without_the_service_a_code_lets_in" "$shown" "in as alice"
talk ip netns exec cafe $SSH bob@198.51.100.1 'echo in as $USER' <<- END
	? assword:
	> $(password_of bob)
	? code
	> 123456
	? Not accepted
	^ C
	\$
END
unlike "and_nobody_who_has_none" "$shown" "in as"
logged "the_log_says_that_it_is_down" 'service verdict=deny user=bob .*reason=service_down .*detail="[^"\\]+ [^"\\]+"'
like "as_does_the_record" "$(mfactl log --user bob --limit 3)" 'service_down'
mfactl --server users > /run/out 2>&1
is "nobody_at_the_socket" "$?" 8
like "which_is_named" "$(< /run/out)" '/run/mfad/admin.sock: nobody answers'
mfactl why bob --service sshd --from 198.51.100.10 > /run/out
like "why_says_what_it_does_not_know" "$(< /run/out)" '^It depends on the approval service, not asked here \(mfactl test bob'
stop_http
like "nor_mfa-http" "$(status_of)" '^false .*nobody listens on .*: systemctl start mfa-http.socket'
start_http
start_mfad
ssh_push carol 'phone carol --approve $n &'
like "and_is_back_when_it_is_back" "$shown" "in as carol"

# ---- the number ----

is "no_number_is_in_the_service's_database" "$(strings -a /var/lib/mfad/mfad.db* | grep -cxF -f /run/numbers)" 0
done_testing
