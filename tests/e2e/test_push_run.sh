#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Approvals on the phone where no mfa-http serves, as without systemd: the module
# runs one for the login.  And where no helper serves either: it runs both.
. "$TOP/tests/lib.sh"
. "$TOP/tests/service.sh"

configure <<- 'END'
	delay_after = 20
END
service_up
join_host web1.example.org
use_profile
start_helper
start_sshd
new_client cafe 198.51.100.10 198.51.100.1
for user in alice bob carol; do
	add_user $user
	enrol_phone $user
done
enrol carol
number_tool
is "no_mfa-http_serves" "$(ls /run/pam_mfa/http.sock 2>&1 > /dev/null | grep -c 'No such file')" 1

# phone USER WHAT...: the phone of USER answers the next login
cat > /usr/local/bin/phone <<- 'END'
	#!/bin/bash
	user=$1
	shift
	timeout 60 mfa-phone wait --store "/run/phone.$user" --once "$@" > "/run/said.$user" 2>&1
	echo $? > "/run/over.$user"
END
chmod +x /usr/local/bin/phone

# Those of mfa-http and of the helper, with the way they were run.
running() { ps -o user:20=,args= -u "pam_mfa_http,pam_mfa" | sort | uniq; }
no_http() { [ -z "$(ps -o pid= -u pam_mfa_http)" ]; }

# ssh_push USER REACTION [SCRIPT...]: as in test_push.sh
ssh_push() {
	local user=$1 reaction=$2
	shift 2
	rm -f /run/screen /run/over.* /run/running
	mark
	status=0
	printf '%s\n' '? assword:' "> $(password_of "$user")" '? Press Enter when done, or type a code:' \
	    "! n=\$(number /run/screen); ps -o user:20=,args= -u pam_mfa_http > /run/running; $reaction sleep 0.2" \
	    '> ' "$@" '$' |
	    "$TOP/tests/talk" ip netns exec cafe $SSH "$user@198.51.100.1" "echo in as \$USER" \
	    > /run/screen 2>&1 || status=$?
	shown=$(< /run/screen)
}

# ---- the helper serves, mfa-http does not ----

ssh_push alice 'phone alice --approve $n &'
like "approved_on_the_phone_lets_in" "$shown" "in as alice"
logged "by_the_phone" 'auth verdict=grant user=alice service=sshd origin=198.51.100.10 factor=push reason=approved'
is "the_module_has_run_mfa-http_as_its_user" "$(tr -s ' ' < /run/running)" "pam_mfa_http mfa-http login"
wait_until 10 no_http
is "which_ends_with_the_login" "$?" 0

ssh_push bob 'phone bob --approve $(echo $n | tr 0-9 1-90) &' \
    '? number typed on the phone was wrong' '> p' '? number' \
    '! n=$(number /run/screen); phone bob --approve $n & sleep 0.2' '> '
like "the_phone_can_be_asked_again" "$shown" "in as bob"

rm -f /run/screen
talk ip netns exec cafe $SSH bob@198.51.100.1 'echo in' > /run/screen <<- END
	? assword:
	> $(password_of bob)
	? or type a code:
	^ C
	\$
END
none_waits() { [ "$(mfactl --server waiting --json | jq length)" = 0 ]; }
wait_until 10 none_waits
is "Ctrl-C_takes_the_request_back" "$?" 0
wait_until 10 no_http
is "and_ends_it_too" "$?" 0

# ---- neither serves ----

stop_helper
ssh_push alice 'phone alice --approve $n &'
like "without_any_service_of_ours_it_lets_in_as_well" "$shown" "in as alice"
logged "by_the_phone_as_before" 'auth verdict=grant user=alice .*factor=push reason=approved'
wait_until 10 no_http
is "and_nothing_is_left" "$?:$(running)" "0:"
start_helper

# ---- a caller that is not root ----

printf '%s\n' 'auth required pam_mfa.so' 'account required pam_permit.so' \
    'session required pam_permit.so' > /etc/pam.d/locker
configure <<< "echo = no
[service locker]
show_at_once = no"
mark
like "not_root_has_what_offline_names" \
    "$(runuser -u carol -- "$BUILD/tests/onefield" locker carol <<< "$(code "$key")")" "Success"
logged "and_no_phone" 'service verdict=deny user=carol service=locker .*reason=service_down .*mfa-http does not serve'
is "nor_has_it_run_one" "$(since_mark | grep -c 'could not be run')" 0

# ---- what cannot be run ----

mark
mv /etc/pam_mfa/host.key /run/host.key
ssh_code() {
	talk ip netns exec cafe $SSH carol@198.51.100.1 'echo in as $USER' <<- END
		? assword:
		> $(password_of carol)
		? code
		> $1
		\$
	END
}
ssh_code "$(code "$key" 1)"
like "without_a_key_a_code_lets_in" "$shown" "in as carol"
logged "mfa-http_says_why" 'mfa-http\[[0-9]+\]: the approval service cannot be asked: .*host.key is missing'
mv /run/host.key /etc/pam_mfa/host.key

mark
mv /usr/libexec/pam_mfa/mfa-http /run/mfa-http
ssh_push alice : '^ C' &> /dev/null &
logged "without_the_program_the_log_says_so" \
    'service verdict=deny user=alice .*reason=service_down .*mfa-http does not serve /run/pam_mfa/http.sock and could not be run'
mv /run/mfa-http /usr/libexec/pam_mfa/mfa-http
like "status_says_that_none_serves" "$(mfactl status --json | jq -r '.service | "\(.ok) \(.text)"')" \
    '^false .*nobody listens on .*root.s logins run one each.*: systemctl start mfa-http.socket'
done_testing
