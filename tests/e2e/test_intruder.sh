#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Somebody with an account here and alice's password, but not her second factor.
. "$TOP/tests/lib.sh"

add_user alice
add_user mallory
use_profile
start_helper
enrol alice

# as_mallory COMMAND...: with mallory's user and groups, and nothing else
as_mallory() {
	setpriv --reuid mallory --regid mallory --clear-groups "$@"
}

# su_alice LIMIT: su by mallory under a limit of resources (prlimit(1))
su_alice() {
	talk -t 20 prlimit "$1" setpriv --reuid mallory --regid mallory --clear-groups \
	    su alice -c 'echo in as $(id -un)' <<- END
		? assword:
		> $(password_of alice)
		$
	END
}

# ---- limits of resources: su runs with those of its caller ----

# A group as directories have them: its line needs more memory than is left.
groupadd staff-of-all
groupadd admins
usermod -aG admins alice
{
	grep -v '^admins:\|^staff-of-all:' /etc/group
	printf 'staff-of-all:x:60001:'
	seq -f person%.0f -s , 300000
	grep '^admins:' /etc/group
} > /etc/group.new
mv /etc/group.new /etc/group
configure <<- 'END'
	only_groups = admins
END
for limit in --as=7000000 --as=8000000 --as=10000000 --nofile=6 --nofile=8; do
	mark
	su_alice $limit
	unlike "groups_that_cannot_be_looked_up_let_nobody_in${limit/=/_}" "$shown" 'in as alice'
	unlike "nor_do_they_put_anybody_out_of_scope${limit/=/_}" "$(since_mark)" out_of_scope
done

# ---- filling logs and disks ----

configure < /dev/null
printf 'auth required pam_mfa.so\naccount required pam_permit.so\n' > /etc/pam.d/locker
rm -f /tmp/stop
mark
for i in 1 2 3 4 5 6 7 8; do
	until [ -e /tmp/stop ]; do
		as_mallory "$BUILD/tests/onefield" locker alice <<< x
	done > /dev/null 2>&1 &
	flood[i]=$!
done
sleep 4
mark_end=$(since_mark)
touch /tmp/stop
wait "${flood[@]}"
refused_count=$(grep -c 'service=locker.*reason=not_yourself' <<< "$mark_end")
is "caller_that_is_not_root_is_served_a_few_times_a_second" "$((refused_count >= 4 && refused_count <= 24))" 1
is "and_is_too_many_once_in_the_log" "$(grep -c 'too many logins at once' <<< "$mark_end")" 1
like "and_is_named_whomever_it_named" "$mark_end" "user=alice .* caller=$(id -u mallory) "
like "in_its_record_too" "$(mfactl log --user alice --json)" '"by": *"mallory"'
su_alice --core=0
like "while_nobody_else_waits" "$shown" 'Authentication code:'

done_testing
