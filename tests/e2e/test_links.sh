#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# The link between a login host and the approval service fails, in each way and
# at each step of a login.  The login ends in its time and says so, a code does
# what the policy left for that, and with the link the next approval counts.
. "$TOP/tests/lib.sh"
. "$TOP/tests/service.sh"
. "$TOP/tests/fleet.sh"

DEADLINE=10
relayed_fleet_up
new_host web1 203.0.113.2
configure_host web1 <<- END
	deadline = $DEADLINE
	show_at_once = no
	delay = 0
END
host_up web1
simple_su
# One for each kind of fault: who leaves too many requests unanswered is not asked
# for a while.
for user in down drop reject others; do
	add_user $user
	new_phone $user
	on web1 mfactl recovery $user | grep -oE '[a-z2-7]{4}(-[a-z2-7]{4}){3}' > /run/secret.$user
	canary $(< /run/secret.$user)
done
spend() {
	code=$(head -n 1 /run/secret.$user)
	sed -i 1d /run/secret.$user
}

# ---- links ----

# link up|down|drop|reject, of web1 to everybody else
cat > /usr/local/bin/link <<- END
	#!/bin/bash
	on() { nsenter -t ${place[web1]} --net --mount --uts -- "\$@"; }
	on nft flush ruleset
	on ip link set eth0 up
	case \$1 in
	down) on ip link set eth0 down ;;
	drop | reject) on nft -f - <<< "table inet t {
	    chain i { type filter hook input priority 0; iifname eth0 \$1; }
	    chain o { type filter hook output priority 0; oifname eth0 \$1; }; }" ;;
	esac
END
chmod +x /usr/local/bin/link

# timed SCRIPT...: a login, and the milliseconds that it took, by its own account
timed() {
	su_talk web1 $user "$@"
	wait_until 5 in_log "auth verdict=.*user=$user "
	took=$(since_mark | sed -n "s/.*auth verdict=.*user=$user .*ms=\([0-9]*\).*/\1/p")
}
in_time() { is "in_time:_$1" "$((${took:-99999} <= DEADLINE * 1000 + 500))" 1; }

# back NAME: the link is there, and the next login is as before
back() {
	link up
	wait_until 20 none_waits
	timed '? or type a code: ' "! approve $user & sleep 0.2" '> ' '$'
	like "approved_when_it_is_back:_$1" "$shown" "in as $user"
	phone_is_done $user
}

# unreached NAME: nothing reaches the service, and a code lets in
unreached() {
	spend
	timed '? Authentication code: ' '> 123456' '? Not accepted' "> $code" '$'
	like "a_code_lets_in:_$1" "$shown" "in as $user"
	unlike "and_nothing_is_asked_of_a_phone:_$1" "$shown" 'number [0-9]'
	in_time "$1"
	logged "and_is_logged:_$1" "verdict=grant user=$user .*factor=recovery"
}

for fault in down drop reject; do
	user=$fault
	link $fault
	unreached "before_the_request,_$fault"
	back "$fault"

	spend
	timed '? or type a code: ' "! link $fault" "> $code" '$'
	like "a_code_at_the_prompt:_$fault" "$shown" "in as $user"
	in_time "at_the_prompt,_$fault"
	link up
	wait_until 20 none_waits

	rm -f /run/held /run/held.once
	relay hosts -h service '"state":"answered"' /run/held
	timed '? or type a code: ' "! approve $user & await test -e /run/held" \
	    "! link $fault; rm /run/held; sleep 0.2" '> ' '$'
	unlike "just_before_the_answer:_$fault" "$shown" 'in as'
	in_time "just_before_the_answer,_$fault"
	logged "and_why:_$fault" "verdict=deny user=$user .*reason=(deadline|no_approval)"
	relay hosts
	back "after_an_answer,_$fault"
done

# ---- a service that is there and says nothing ----

user=others
kill -STOP "${relay_of[hosts]}"
unreached "accepts_and_says_nothing"
kill -CONT "${relay_of[hosts]}"
mkdir /run/silent
"$BUILD/tests/stand_in" /run/silent /run/silent.sock &
unrelay hosts
ip netns exec mfa "$BUILD/tests/relay" "${TLS[@]}" $service_address 443 \
    /run/silent.sock &
relay_of[hosts]=$!
unreached "speaks_TLS_and_says_nothing"
like "was_asked" "$(< /run/silent/log)" 'GET /v1/users/others'
rm -r /run/silent
relay hosts
back "silent"

# ---- names ----

echo "nameserver $service_address" > /srv/fleet/resolv.conf
on web1 mount --bind /srv/fleet/resolv.conf /etc/resolv.conf
from mfa nft -f - <<- 'END'
	table inet t { chain i {
		type filter hook input priority 0
		udp dport 53 drop
		tcp dport 53 drop
	}; }
END
sed -i 's/mfa\.test/mfa.hangs/' /srv/fleet/web1/etc/pam_mfa/pam_mfa.conf.d/50-server.conf
unreached "names_are_not_resolved"
sed -i 's/mfa\.hangs/mfa.test/' /srv/fleet/web1/etc/pam_mfa/pam_mfa.conf.d/50-server.conf
on web1 umount /etc/resolv.conf
back "names"

# ---- slow, and cut again and again ----

through=0 strange=
for seed in 1 2 3; do
	relay hosts -d 30 -x $seed
	relay phones -d 30
	timed '? ode: ' \
	    "! if grep -q 'number [0-9]' /run/screen; then approve $user & fi; sleep 0.2" \
	    '> ' "? in as $user|ode: |ervice" '^ C' '$'
	[ "${took:-99999}" -le $((DEADLINE * 1000 + 500)) ] || strange+=" seed $seed took $took ms"
	if tr -d '\r' <<< "$shown" | grep -qx "in as $user"; then
		through=$((through + 1))
		grep -q approved <<< "$shown$(since_mark)" || strange+=" seed $seed is in"
	fi
	relay hosts
	relay phones
	wait_until 20 none_waits
done
is "slow_and_cut:_in_time,_and_in_by_approval_only" "$strange" ""
is "some_get_through" "$((through >= 1))" 1
note "$through of 3 got through"
back "slow"

done_testing
