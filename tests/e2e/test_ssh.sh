#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Real ssh clients at a real sshd, with the shipped profile in Debian's stacks.
. "$TOP/tests/lib.sh"

configure <<- 'END'
	trusted_networks = 192.0.2.0/24, 2001:db8:1::/64
	delay_after = 10
END
use_profile
start_helper
start_sshd
new_client office 192.0.2.10 192.0.2.1 2001:db8:1::10 2001:db8:1::1
new_client cafe 198.51.100.10 198.51.100.1 2001:db8:2::10 2001:db8:2::1

# login USER ADDRESS CODE [COMMAND]: from the cafe, by password and code
login() {
	talk ip netns exec cafe $SSH "$1@$2" "${4:-echo in as \$USER}" <<- END
		? assword:
		> $(password_of "$1")
		? Authentication code:
		> $3
		\$
	END
}

# ---- keyboard-interactive ----

add_user alice
enrol alice
mark
used=$(code "$key")
login alice 198.51.100.1 "$used"
like "password_and_code_let_in" "$shown" "in as alice"
is "and_the_command's_status_is_ssh's" "$status" 0
logged "one_line_says_who_where_why" \
    'auth verdict=grant user=alice service=sshd origin=198.51.100.10 factor=totp reason=code_accepted ms=[0-9]+'
is "the_line_is_one_line" "$(since_mark | grep -c 'auth verdict=')" 1

mark
talk ip netns exec cafe $SSH alice@198.51.100.1 'echo in' <<- END
	? assword:
	> $(password_of alice)
	? Authentication code:
	> $used
	? Not accepted
	> $used
	? Not accepted
	> $used
	$
END
unlike "a_replayed_code_is_refused" "$shown" "^in"
is "ssh_says_so_by_its_status" "$status" 255
logged "the_log_calls_it_replayed" 'verdict=deny user=alice .* reason=code_replayed'

mark
talk ip netns exec cafe $SSH alice@198.51.100.1 'echo in as $USER' <<- END
	? assword:
	> $(password_of alice)
	? Authentication code:
	> 000 000
	? Not accepted
	> $(code "$key" 1)
	$
END
like "a_wrong_code_is_followed_by_another_try" "$shown" "in as alice"

mark
talk ip netns exec cafe $SSH alice@198.51.100.1 'echo in' <<- END
	? assword:
	> wrong-password
	$
END
is "a_wrong_password_is_not_asked_for_a_code" "$status $(grep -c 'Authentication code' <<< "$shown")" "255 0"
is "and_spends_none_of_the_tries" "$(since_mark | grep -c 'pam_mfa.*auth verdict')" 0

# ---- addresses ----

add_user bob
enrol bob
mark
login bob 2001:db8:2::1 "$(code "$key")"
like "ipv6_from_outside_is_asked" "$shown" "in as bob"
logged "with_its_numeric_origin" 'verdict=grant user=bob service=sshd origin=2001:db8:2::10 factor=totp'

for server in 192.0.2.1 2001:db8:1::1; do
	mark
	talk ip netns exec office $SSH "bob@$server" 'echo in as $USER' <<- END
		? assword:
		> $(password_of bob)
		$
	END
	like "trusted_network_is_not_asked_${server//:/.}" "$shown" "in as bob"
	unlike "and_sees_no_prompt_of_ours_${server//:/.}" "$shown" "code"
	logged "the_log_says_why_${server//:/.}" 'verdict=grant user=bob .* factor=none reason=trusted_network'
done

link=$(ip -n cafe -6 -o addr show dev eth0 scope link | awk '{print $4}' | cut -d/ -f1)
peer=$(ip -6 -o addr show dev v-cafe scope link | awk '{print $4}' | cut -d/ -f1)
settled() { ! ip -n cafe -6 addr show tentative | grep -q tentative && ! ip -6 addr show tentative | grep -q tentative; }
wait_until 30 settled
mark
login bob "$peer%eth0" "$(code "$key" 1)"
like "a_link_local_address_with_its_zone_is_an_address" "$shown" "in as bob"
logged "and_is_logged_without_the_zone" "verdict=grant user=bob service=sshd origin=$link factor=totp"

# ---- what does not come from a person ----

add_user carol
enrol carol
mark
talk ip netns exec cafe $SSH carol@198.51.100.1 'echo in' <<- END
	? assword:
	> $(password_of carol)
	? Authentication code:
	^ C
	$
END
is "ctrl_c_at_the_prompt_ends_it" "$status $(grep -c "^in" <<< "$shown")" "130 0"
logged "and_is_logged_as_cancelled" 'verdict=deny user=carol .* reason=cancelled'

mark
coproc gone { ip netns exec cafe "$TOP/tests/talk" $SSH carol@198.51.100.1 'echo in' <<- END
	? assword:
	> $(password_of carol)
	? Authentication code:
	! pkill -KILL -f '^ssh .*carol@198.51.100.1'
	$
END
}
wait "$gone_PID" 2>/dev/null
logged "a_client_that_vanishes_is_cancelled" 'verdict=deny user=carol .* reason=cancelled'
idle() { ! pgrep -f 'sshd: carol' && [ "$(pgrep -cu pam_mfa mfa-helper)" -le 5 ]; }
succeeds "and_leaves_no_process_behind" wait_until 10 idle
login carol 198.51.100.1 "$(code "$key")"
like "neither_has_cost_a_code" "$shown" "in as carol"

# ---- the password method: one answer, and sshd gives it to every hidden prompt ----

start_sshd PasswordAuthentication=yes KbdInteractiveAuthentication=no
mark
talk ip netns exec cafe $SSH carol@198.51.100.1 'echo in' <<- END
	? assword:
	> $(password_of carol)
	$
END
is "the_password_method_alone_is_refused" "$status $(grep -c '^in' <<< "$shown")" "255 0"
logged "and_the_password_is_no_try_of_a_code" 'verdict=deny user=carol .* reason=(cancelled|fault|no_answer|no_terminal)'
talk ip netns exec office $SSH carol@192.0.2.1 'echo in as $USER' <<- END
	? assword:
	> $(password_of carol)
	$
END
like "but_works_from_a_trusted_network" "$shown" "in as carol"

done_testing
