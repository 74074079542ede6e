#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Things that break under a running installation: every fault is a denial with
# a clear log line, and the logins come back when the fault goes.
. "$TOP/tests/lib.sh"

basics="delay_after = 10"
configure <<< "$basics"
# What stands before us has succeeded, so that anything but an error lets in.
for type in auth account session; do
	printf '%s required pam_permit.so\n%s required pam_mfa.so\n' $type $type
done > /etc/pam.d/direct

# The state lives on a small disk of its own.
mount -t tmpfs -o size=8m,mode=0700,uid=pam_mfa,gid=pam_mfa state /var/lib/pam_mfa
state=/var/lib/pam_mfa
sed -i 's/^@include common-auth/auth required pam_mfa.so/' /etc/pam.d/su

# One login, straight through libpam: what the hidden field holds is the code.
configure <<- END
	$basics
	echo = no
END
login() {
	shown=$("$BUILD/tests/onefield" direct "$1" <<< "$2")
	status=$?
}

# Users by the dozen: each has two codes to spend.
users=0
fresh_user() {
	users=$((users + 1))
	user=user$users
	add_user $user
	enrol $user
}

# broken NAME LOG-REGEX; whole NAME: with the helper listening, and by spawn
broken() {
	local how
	for how in warm spawned; do
		[ $how = warm ] && start_helper || stop_helper
		mark
		login "$user" "$(code "$key")"
		is "$1: denied, $how" "$((status != 0))" 1
		logged "$1: the log says why, $how" "$2"
	done
}

whole() {
	start_helper
	login "$user" "$(code "$key")"
	is "$1: logins are back" "$shown" "in: Success"
	stop_helper
	login "$user" "$(code "$key" 1)"
	is "$1: and by spawn" "$shown" "in: Success"
}

fresh_user
whole "in the beginning"

# ---- disk full ----

fresh_user
fill() { cat /dev/zero > $state/filler 2>/dev/null; sync; }
fill
broken "disk full" 'pam_mfa.*(disk|full|state)'
rm $state/filler
whole "disk no longer full"

# ---- read-only state directory ----

fresh_user
mount -o remount,ro $state
broken "read-only state" 'pam_mfa.*(read-?only|state)'
mount -o remount,rw $state
whole "state writable again"

# ---- the clock set back an hour: the last step spent lies ahead ----

fresh_user
last=$(sqlite3 $state/state.db "select max(last) from token where user = '$user'")
sqlite3 $state/state.db "update token set last = $(($(date +%s) / 30 + 120)) where user = '$user'"
broken "clock behind" 'verdict=deny .* reason=clock_behind'
sqlite3 $state/state.db "update token set last = $last where user = '$user'"
whole "clock right again"

# ---- the key ----

fresh_user
mv /etc/pam_mfa/state.key /run/secret.key
broken "key missing" 'state\.key'
head -c 32 /dev/urandom > /etc/pam_mfa/state.key
chown root:pam_mfa /etc/pam_mfa/state.key
chmod 0640 /etc/pam_mfa/state.key
broken "another key" 'pam_mfa.*(deny|denied)'
chmod 0666 /etc/pam_mfa/state.key
broken "key open to all" 'state\.key'
rm /etc/pam_mfa/state.key
mv /run/secret.key /etc/pam_mfa/state.key
whole "key back"

# ---- the database ----

fresh_user
for file in state.db state.db-wal state.db-shm; do
	[ ! -e $state/$file ] || cp -p $state/$file "/run/secret.$file"
done
damage() {
	rm -f $state/state.db-wal $state/state.db-shm
	"$@"
}
damage dd if=/dev/urandom of=$state/state.db bs=4096 count=8 conv=notrunc status=none
broken "database damaged" 'pam_mfa.*(not a database|malformed|state)'
damage truncate -s 100 $state/state.db
broken "database cut short" 'pam_mfa.*(not a database|malformed|state)'
damage truncate -s 0 $state/state.db
broken "database empty" 'pam_mfa.*state'
damage rm $state/state.db
broken "database missing" 'pam_mfa.*state'
is "a_missing_database_is_not_made_by_a_login" "$(ls $state/state.db 2>/dev/null)" ""
for file in state.db state.db-wal state.db-shm; do
	[ ! -e /run/secret.$file ] || cp -p /run/secret.$file $state/$file
done
whole "database back"

# ---- the configuration ----

fresh_user
good=$(cat /etc/pam_mfa/pam_mfa.conf)
configure <<< "no_such_key = 1"
broken "unknown key" 'pam_mfa\.conf:1'
rm /etc/pam_mfa/pam_mfa.conf
broken "no configuration" 'pam_mfa\.conf'
configure <<< "$good"
chmod 0666 /etc/pam_mfa/pam_mfa.conf
broken "configuration open to all" 'pam_mfa\.conf'
configure <<< "$good"
whole "configuration back"

# ---- the helper ----

fresh_user
start_helper
kill -KILL "$helper"
wait "$helper" 2>/dev/null
login "$user" "$(code "$key")"
is "the_listener_killed_spawn_takes_over" "$shown" "in: Success"
rm -f /run/pam_mfa/login.sock
mv /usr/libexec/pam_mfa/mfa-helper /usr/libexec/pam_mfa/away
mark
login "$user" "$(code "$key" 1)"
is "no_helper_at_all_is_a_denial" "$((status != 0))" 1
logged "and_said_in_the_log" 'pam_mfa\(direct:auth\).*helper'
mv /usr/libexec/pam_mfa/away /usr/libexec/pam_mfa/mfa-helper
login "$user" "$(code "$key" 1)"
is "and_cost_nothing" "$shown" "in: Success"

# ---- a helper that crashes while it holds secrets ----

mkdir -m 1777 /tmp/cores
cd /tmp/cores
ulimit -c unlimited
start_helper
mark
talk setpriv --reuid=nobody --regid=nogroup --clear-groups su "$user" -c 'echo now $(id -un)' <<- END
	? code:
	! pkill -SEGV -P $helper
	! while pgrep -P $helper -r Z > /dev/null; do sleep 0.02; done
	> 123456
	$
END
unlike "a_helper_that_crashes_is_a_denial" "$shown" "now $user"
logged "and_said_in_the_log" 'su.*pam_mfa.*went away without a verdict'
is "and_leaves_no_core" "$(ls /tmp/cores)" ""
login "$user" "$(code "$key" 1)"
stop_helper
ulimit -c 0
cd /tmp

done_testing
