#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# su, login on a terminal, and what counts as the console.
. "$TOP/tests/lib.sh"

configure <<- 'END'
	delay_after = 10
	trusted_networks = 192.0.2.0/24
END
use_profile
start_helper
for user in alice bob carol; do
	add_user $user
	enrol $user
	declare "key_$user=$key"
done

# ---- su ----

used=$(code "$key_alice")
mark
talk setpriv --reuid=bob --regid=bob --init-groups su alice -c 'echo now $(id -un)' <<- END
	? assword:
	> $(password_of alice)
	? Authentication code:
	> $used
	$
END
like "su_asks_for_the_other_user's_code" "$shown" "now alice"
logged "and_logs_it" 'verdict=grant user=alice service=su origin=unknown factor=totp'

talk setpriv --reuid=bob --regid=bob --init-groups su alice -c 'echo now $(id -un)' <<- END
	? assword:
	> $(password_of alice)
	? Authentication code:
	> 12345
	? Not accepted
	> 000000
	? Not accepted
	> $used
	$
END
unlike "su_refuses_wrong_and_replayed_codes" "$shown" "now alice"
mark
talk su alice -c 'echo now $(id -un)' <<< '$'
like "root's_own_su_is_not_asked" "$shown" "now alice"

# ---- login ----

mark
talk login <<- END
	? login:
	> bob
	? assword:
	> $(password_of bob)
	? Authentication code:
	> $(code "$key_bob")
	? \\$
	> echo now \$(id -un)
	? now bob
	> exit
	$
END
like "login_asks_on_a_terminal" "$shown" "now bob"
logged "a_pseudo_terminal_is_no_console" 'verdict=grant user=bob service=login origin=unknown factor=totp'

mark
talk login <<- END
	? login:
	> bob
	? assword:
	> $(password_of bob)
	? Authentication code:
	^ C
	$
END
unlike "ctrl_c_at_login_lets_nobody_in" "$shown" '\$ $'

# ---- the console, by what the application says its terminal is ----

onefield() {
	shown=$("$BUILD/tests/onefield" "$@")
	status=$?
}

printf 'auth required pam_mfa.so\naccount required pam_mfa.so\nsession optional pam_mfa.so\n' > /etc/pam.d/getty
mark
onefield getty carol tty1 <<< none
is "a_console_is_asked_unless_trusted" "$status" 11
logged "and_its_origin_is_the_console" 'verdict=deny user=carol service=getty origin=console'
configure <<- 'END'
	trust_console = yes
END
mark
onefield getty carol tty1 <<< none
is "a_trusted_console_is_not_asked" "$shown" "in: Success"
logged "and_the_log_says_so" 'verdict=grant user=carol service=getty origin=console factor=none reason=trusted_console'
for tty in pts/1 ttyS0 tty0 tty64 /dev/pts/tty1 tty1x; do
	onefield getty carol $tty <<< none
	is "no_console_${tty//\//.}" "$status" 11
done

done_testing
