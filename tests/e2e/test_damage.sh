#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Ten thousand logins at an approval service that damages one reply of each, and
# answers with an approval of an earlier login.  Nobody is let in, nothing dies,
# and no login takes longer than it may.
. "$TOP/tests/lib.sh"
. "$TOP/tests/service.sh"
. "$TOP/tests/fleet.sh"

LOGINS=10000 USERS=8 DRIVERS=20
BATCH=100	# logins of one driver, after which its user is unlocked

fleet_up
new_host web1 203.0.113.2
configure_host web1 <<- 'END'
	deadline = 10
	delay = 0
	max_failures = 99
	tries = 1
END
host_up web1
printf 'auth required pam_mfa.so\naccount required pam_permit.so\n' > /etc/pam.d/su
for ((i = 0; i < USERS; i++)); do
	add_user u$i
	new_phone u$i
done

# ---- a real approval of each, as its host was told ----

log_in() { # USER: one login, which the phone approves
	rm -f /run/screen
	printf '%s\n' '? Waiting for it' "! approve $1" '$' |
	    "$TOP/tests/talk" nsenter -t "${place[web1]}" --net --mount --uts \
	    setpriv --reuid=nobody --regid=nogroup --clear-groups su "$1" \
	    -c 'echo in as $(id -un)' \
	    > /run/screen 2>&1
	shown=$(< /run/screen)
}
log_in u0
like "a_real_approval_lets_in" "$shown" "in as u0"
phone_is_done u0
sqlite3 -readonly -json /var/lib/mfad/mfad.db "SELECT
    'approve' AS decision, d.id AS device, d.certificate, d.kind,
    l.signature FROM login AS l JOIN device AS d ON d.id = l.device" | jq -c '.[0]' > /run/answer
stop_mfad
ip netns exec mfa "$BUILD/tests/http/damage" $service_address 443 \
    /etc/mfad/tls.crt /etc/mfad/tls.key /run/answer 2>> /var/log/damage.out &
damage=$!
wait_until 10 curl_service / || wait_until 10 from mfa sh -c 'ss -tlnH sport = :443 | grep -q .'

# ---- ten thousand ----

many() { # DRIVER
	local done user=u$(($1 % USERS))
	for ((done = 0; done < LOGINS / DRIVERS; done += BATCH)); do
		on web1 "$BUILD/tests/logins" su $user $BATCH
		on web1 mfactl unlock $user > /dev/null
	done
}
mark
began=$SECONDS
for ((i = 0; i < DRIVERS; i++)); do
	many $i > /run/many.$i 2>&1 &
	many_of+=($!)
done
wait "${many_of[@]}"
note "$LOGINS logins took $((SECONDS - began)) s"
is "as_many_as_that" "$(cat /run/many.* | tr ' ' '\n' |
    awk -F = '/^(in|code_)/ { n += $2 } END { print n }')" $LOGINS
is "nobody_is_let_in" "$(cat /run/many.* | grep -cv '^in=0 ')" 0
is "and_the_log_has_no_grant" "$(since_mark | grep -c 'verdict=grant')" 0
is "no_login_takes_longer_than_it_may" \
    "$(cat /run/many.* | sed 's/.*slowest=//' | awk '$1 > 15000' | wc -l)" 0
for reason in wrong_number bad_approval no_approval; do
	is "many_come_as_far_as_$reason" \
	    "$(($(since_mark | grep -c "push verdict=deny.*reason=$reason") >= 30))" 1
done
unlike "no_process_died" "$(since_mark)" 'died of signal|killed|segfault'
succeeds "the_helper_serves_still" kill -0 "${helper_of[web1]}"
succeeds "and_so_does_mfa-http" kill -0 "${http_of[web1]}"
kill $damage
wait $damage 2> /dev/null
start_mfad
log_in u0
like "and_the_next_login_is_as_the_first" "$shown" "in as u0"

done_testing
