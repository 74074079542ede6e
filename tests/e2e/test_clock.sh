#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# A login host whose clock is wrong, and is set right, while its helper runs.
. "$TOP/tests/lib.sh"
. "$TOP/tests/service.sh"

configure < /dev/null
service_up
join_host web1.example.org
use_profile
start_http
export LD_PRELOAD=$BUILD/tests/wall_clock.so WALL_CLOCK=/run/clock
printf '\0\0\0\0\0\0\0\0' > $WALL_CLOCK
start_helper
unset LD_PRELOAD
start_sshd
new_client cafe 198.51.100.10 198.51.100.1
number_tool
add_user alice
enrol_phone alice

# off_by SECONDS: the helper's clock; eight bytes of it, the first one last
off_by() {
	local hex=$(printf '%016x' "$1") bytes= i
	for i in 14 12 10 8 6 4 2 0; do
		bytes+="\\x${hex:i:2}"
	done
	printf "$bytes" > /run/clock.new
	dd if=/run/clock.new of=$WALL_CLOCK conv=notrunc status=none
}

# login SCRIPT...: alice from the cafe, in $shown
login() {
	mark
	rm -f /run/screen
	printf '%s\n' '? assword:' "> $(password_of alice)" "$@" |
	    "$TOP/tests/talk" ip netns exec cafe $SSH alice@198.51.100.1 'echo in as $USER' \
	    > /run/screen 2>&1
	shown=$(< /run/screen)
}
# The phone answers, and stays until it is told how that ended.
cat > /usr/local/bin/approve <<- 'END'
	#!/bin/bash
	timeout 60 mfa-phone wait --store /run/phone.alice --once --approve "$(number /run/screen)" \
	    > /run/said 2>&1 &
	end=$((SECONDS + 30))
	# A person takes a moment; sooner, it was a client without one.
	sleep 0.2
	until [ "$(sqlite3 -readonly /var/lib/mfad/mfad.db 'SELECT max(decision) FROM login')" = 1 ]; do
		[ $SECONDS -lt $end ] || exit 1
	done
END
chmod +x /usr/local/bin/approve

for off in 3600 -3600; do
	off_by $off
	login '? or tell your administrator: ' '^ C'
	like "a_clock_that_is_off_by_${off}_s_is_named" "$shown" \
	    'The clocks of this computer and the approval service are apart\. Type a code, or tell'
	logged "in_the_log_too:_$off" 'push verdict=deny user=alice .*the clocks are apart'
done
off_by 0
login '? Press Enter when done' '! approve' '> ' '$'
like "right_again_it_needs_no_restart" "$shown" "in as alice"

done_testing
