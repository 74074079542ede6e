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

done_testing
