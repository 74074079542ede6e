#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# A screen locker: PAM runs as the user, without any capability.  i3lock has
# one field for everything.
. "$TOP/tests/lib.sh"

configure <<- 'END'
	delay_after = 10
	[service i3lock]
	combined = yes
END
cat > /etc/pam.d/i3lock <<- 'END'
	auth requisite pam_mfa.so split
	auth requisite pam_unix.so use_first_pass
	auth required pam_mfa.so
END
start_helper
for user in alice bob; do
	add_user $user
	enrol $user
	declare "key_$user=$key"
done

as_alice() {
	setpriv --reuid=alice --regid=alice --init-groups --inh-caps=-all --bounding-set=-all \
	    --no-new-privs env -i HOME=/home/alice DISPLAY=:7 PATH=/usr/bin:/bin "$@"
}

# pam_unix needs its setgid reader of passwords; no_new_privs would take it.
as_alice_with_readers() {
	setpriv --reuid=alice --regid=alice --init-groups \
	    env -i HOME=/home/alice DISPLAY=:7 PATH=/usr/bin:/bin "$@"
}

as_alice Xvfb :7 -noreset -screen 0 640x480x24 -nolisten tcp > /run/xvfb.log 2>&1 &
wait_until 60 as_alice xdotool getdisplaygeometry || bail "no X server: $(cat /run/xvfb.log)"

lock() {
	as_alice_with_readers i3lock -n -c 000000 > /run/i3lock.log 2>&1 &
	locker=$!
	wait_until 60 covered || bail "i3lock does not lock: $(cat /run/i3lock.log)"
}

covered() {
	[ -n "$(as_alice xdotool search --class i3lock 2>/dev/null)" ]
}

type_in() {
	printf '%s' "$1" | as_alice xdotool type --delay 5 --file -
	as_alice xdotool key Return
}

open_again() {
	! kill -0 "$locker" 2>/dev/null
}

# ---- with the service ----

lock
mark
type_in "$(password_of alice)"
logged "the_password_alone_does_not_unlock" 'i3lock.*(authentication failure|pam_mfa)|verdict=deny user=alice service=i3lock'
refused "and_the_screen_stays_locked" open_again

now=$(code "$key_alice")
canary "$(password_of alice)$now"
# i3lock shows "wrong" for two seconds, and then takes keys again.
unlocked() { type_in "$(password_of alice)$now"; wait_until 2 open_again; }
mark
succeeds "password_and_code_unlock" wait_until 20 unlocked
logged "and_are_logged" 'verdict=grant user=alice service=i3lock origin=unknown factor=totp'

# ---- only oneself ----

cat > /etc/pam.d/other-service <<< 'auth required pam_mfa.so'
mark
shown=$(as_alice "$BUILD/tests/onefield" other-service bob <<< "$(code "$key_bob")")
is "another_user's_code_cannot_be_tried" "$?" 7
logged "and_the_log_says_why" 'verdict=deny user=bob .* reason=not_yourself'

# ---- without the service: nobody may become pam_mfa, so it is a denial ----

stop_helper
lock
now=$(code "$key_alice" 1)
canary "$(password_of alice)$now"
mark
type_in "$(password_of alice)$now"
logged "without_the_service_it_stays_locked_and_says_so" 'i3lock.*pam_mfa'
refused "the_screen_stays_locked" open_again
start_helper
succeeds "with_the_service_back_it_opens" wait_until 20 unlocked

done_testing
