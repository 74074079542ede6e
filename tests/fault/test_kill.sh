#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# The shipped helper is killed at its first, second, third … write or sync of
# a login, until a login gets through unharmed; then the same code is tried
# again, and the next.  None is accepted twice, and none unspent is lost.
. "$TOP/tests/lib.sh"

configure <<- 'END'
	delay = 0
	max_failures = 99
	tries = 1
	echo = no
END
printf 'auth required pam_mfa.so\naccount required pam_permit.so\n' > /etc/pam.d/killed
key=3132333435363738393031323334353637383930
add_user alice
oathtool --hotp -c 0 $key | cat <(printf 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n') - |
    mfactl enroll alice --kind hotp --key-stdin > /dev/null
echo "$BUILD/tests/kill_at_write.so" > /etc/ld.so.preload

# try CODE: 0 when it is granted
try() {
	"$BUILD/tests/onefield" killed alice <<< "$1" > /dev/null 2>&1
}

# tortured NAME NEXT: NEXT sets $code to a fresh code each time
tortured() {
	local n=0 first second twice= lost=
	while :; do
		n=$((n + 1))
		mfactl unlock alice > /dev/null
		$2
		local killed=$code
		echo "mfa-helper kill $n" > /run/kill_at_write
		first=denied second=denied
		! try "$killed" || first=granted
		rm /run/kill_at_write
		! try "$killed" || second=granted
		[ $first$second != grantedgranted ] || twice+=" $n"
		[ $first = denied ] || break
		$2
		try "$code" || lost+=" $n"
		[ $n -lt 100 ] || break
	done
	is "${1}_is_never_accepted_twice ($n kills)" "$twice" ""
	is "${1}_is_not_lost_by_another's_death" "$lost" ""
	is "${1}_is_granted_when_nothing_dies" "$first" granted
	succeeds "${1}:_the_helper_did_die" test $n -ge 4
}

counter=0
next_hotp() {
	counter=$((counter + 1))
	code=$(oathtool --hotp -c $counter $key)
}

list=()
next_recovery() {
	[ ${#list[@]} -gt 0 ] ||
	    mapfile -t list < <(mfactl recovery alice | grep -oE '[a-z2-7]{4}(-[a-z2-7]{4}){3}')
	code=${list[0]}
	list=("${list[@]:1}")
}

next_pass() {
	code=$(mfactl pass alice | grep -oE '[a-z2-7]{4}(-[a-z2-7]{4}){2}' | head -n 1)
}

tortured hotp next_hotp
tortured recovery next_recovery
tortured pass next_pass
done_testing
