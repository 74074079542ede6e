#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# sudo, also inside SSH sessions: it is judged by where the session came from.
. "$TOP/tests/lib.sh"

configure <<- 'END'
	trusted_networks = 192.0.2.0/24
	delay_after = 10
END
use_profile
start_helper
start_sshd
new_client office 192.0.2.10 192.0.2.1
new_client cafe 198.51.100.10 198.51.100.1
rm -f /etc/sudoers.d/*
echo 'Defaults !lecture, timestamp_timeout=0' > /etc/sudoers.d/test
for user in alice bob carol dave; do
	add_user $user
	enrol $user
	echo "$user ALL=(ALL) ALL" >> /etc/sudoers.d/test
	declare "key_$user=$key"
done

# ---- in a session from a trusted network ----

mark
talk ip netns exec office $SSH -t alice@192.0.2.1 <<- END
	? assword:
	> $(password_of alice)
	? \\$
	> sudo id -un
	? assword
	> $(password_of alice)
	? root
	? \\$
	> exit
	$
END
is "sudo_in_a_session_from_a_trusted_network_is_not_asked" "$status $(grep -c code: <<< "$shown")" "0 0"
logged "since_the_session's_origin_is_recorded" \
    'verdict=grant user=alice service=sudo origin=192.0.2.10 factor=none reason=trusted_network'

# ---- in a session from elsewhere ----

mark
talk ip netns exec cafe $SSH -t alice@198.51.100.1 <<- END
	? assword:
	> $(password_of alice)
	? Authentication code:
	> $(code "$key_alice")
	? \\$
	> sudo id -un
	? assword
	> $(password_of alice)
	? Authentication code:
	> $(code "$key_alice" 1)
	? root
	? \\$
	> exit
	$
END
is "sudo_in_a_session_from_elsewhere_is_asked" "$status" 0
logged "with_the_session's_origin" \
    'verdict=grant user=alice service=sudo origin=198.51.100.10 factor=totp'

# The environment is the user's to write, and says nothing.
mark
talk ip netns exec cafe $SSH -t bob@198.51.100.1 <<- END
	? assword:
	> $(password_of bob)
	? Authentication code:
	> $(code "$key_bob")
	? \\$
	> export SSH_CONNECTION="192.0.2.10 4711 192.0.2.1 22" SSH_CLIENT="192.0.2.10 4711 22"
	? \\$
	> SUDO_USER=root sudo -E id -un
	? assword
	> $(password_of bob)
	? Authentication code:
	> $(code "$key_bob" 1)
	? root
	? \\$
	> exit
	$
END
logged "a_forged_SSH_CONNECTION_is_not_believed" \
    'verdict=grant user=bob service=sudo origin=198.51.100.10 factor=totp'

mark
talk -t 30 ip netns exec cafe $SSH -t carol@198.51.100.1 <<- END
	? assword:
	> $(password_of carol)
	? Authentication code:
	> $(code "$key_carol")
	? \\$
	> PS1='outer> ' tmux -L outer new-session 'PS1="inner> " TMUX= tmux -L inner new-session'
	? \\$
	> sudo id -un; echo done
	? assword
	> $(password_of carol)
	? Authentication code:
	> $(code "$key_carol" 1)
	? root
	? \\$
	> tmux -L inner kill-server; tmux -L outer kill-server
	? \\$
	> exit
	$
END
logged "nested_tmux_in_it_is_still_that_session" \
    'verdict=grant user=carol service=sudo origin=198.51.100.10 factor=totp'

# ---- without a terminal ----

mark
talk ip netns exec office $SSH alice@192.0.2.1 'sudo -n id -un' <<- END
	? assword:
	> $(password_of alice)
	$
END
unlike "sudo_n_is_refused_when_a_password_is_needed" "$shown" "root"
echo 'dave ALL=(ALL) NOPASSWD: ALL' >> /etc/sudoers.d/test
talk ip netns exec office $SSH dave@192.0.2.1 'sudo -n id -un' <<- END
	? assword:
	> $(password_of dave)
	$
END
like "sudo_n_with_NOPASSWD_never_comes_to_us" "$shown" "root"

# ---- the record goes with the session ----

records() { sqlite3 /var/lib/pam_mfa/state.db 'select count(*) from session'; }
none_left() { [ "$(records)" = 0 ]; }
succeeds "closed_sessions_leave_no_record" wait_until 30 none_left

# sudo without any session of ours: unknown, which is never trusted.
mark
talk setpriv --reuid=alice --regid=alice --init-groups sudo id -un <<- END
	? assword
	> $(password_of alice)
	? Authentication code:
	> 123456
	^ C
	$
END
logged "a_session_that_nobody_recorded_is_unknown" \
    'verdict=deny user=alice service=sudo origin=unknown .* reason=(cancelled|code_refused)'

done_testing
