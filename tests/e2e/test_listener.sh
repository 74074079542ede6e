#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# The listener and its children: who serves whom, one after another.
. "$TOP/tests/lib.sh"

for type in auth account session; do
	printf '%s required pam_permit.so\n%s required pam_mfa.so\n' $type $type
done > /etc/pam.d/direct
cp /etc/pam.d/direct /etc/pam.d/free
basics="echo = no
delay_after = 10
[service free]
enabled = no"
configure <<< "$basics"

# login SERVICE CODE: straight through libpam; $served is the process that decided
login() {
	mark
	shown=$("$BUILD/tests/onefield" "$1" anna <<< "$2")
	wait_until 30 in_log ' auth verdict=' || bail "no log line of a login"
	served=$(since_mark | sed -n 's/.*pam_mfa\[\([0-9]*\)\]: auth verdict=.*/\1/p' | tail -n 1)
}

children() { cat "/proc/$helper/task/$helper/children"; }
is_child() { children | tr ' ' '\n' | grep -qx "$1"; }
no_child() { ! is_child "$1"; }
add_user anna
enrol anna

# ---- reuse ----

start_helper
login free x
first=$served
reused=0
for i in 1 2 3 4 5 6 7 8; do
	login free x
	[ "$served" != "$first" ] || reused=$((reused + 1))
done
is "a process that granted serves again" "$((reused > 0))" 1

login direct "$(code "$key")"
is "a code is accepted" "$shown" "in: Success"
granted=$served
login direct 000000
is "a wrong code is not" "$(grep -c '^in: Success' <<< "$shown")" 0
refused=$served
wait_until 30 no_child "$refused"
is "the process that refused is gone" "$?" 0
again=0
for i in 1 2 3 4 5 6 7 8; do
	login free x
	[ "$served" != "$refused" ] || again=$((again + 1))
done
is "and serves nobody again" "$again" 0

# ---- more at once than wait; they go home again ----

for i in $(seq 24); do
	"$BUILD/tests/onefield" free anna <<< x > "/run/out.$i" &
	pids[i]=$!
done
for i in $(seq 24); do wait "${pids[i]}"; done
is "24 at once" "$(cat /run/out.* | grep -c 'in: Success')" 24
few() { [ "$(children | wc -w)" -le 8 ]; }
wait_until 30 few
is "no more than eight wait afterwards" "$?" 0

# ---- changes ----

configure <<< "${basics/enabled = no/enabled = yes}"
login free "$(code "$key" 1)"
is "a changed configuration holds at the next login" \
    "$(since_mark | grep -c 'auth verdict=grant.*reason=code_accepted')" 1
configure <<< "$basics"
for i in 1 2 3; do
	login free x
	is "and so does the next change, login $i" "$(since_mark | grep -c 'reason=not_enabled')" 1
done
echo nonsense > /etc/pam_mfa/pam_mfa.conf.d/10-bad.conf
login free x
is "a mistake in it denies at the next login" "$(since_mark | grep -c 'reason=configuration')" 1
rm /etc/pam_mfa/pam_mfa.conf.d/10-bad.conf
login free x
is "and is over with the mistake" "$shown" "in: Success"

# ---- children that die, a listener that goes ----

for pid in $(children); do kill -KILL "$pid"; done
login free x
is "all waiting children killed: the next login is served" "$shown" "in: Success"

# A login that waits for the state, which somebody else holds.
add_user bert
enrol bert
mkfifo /run/holder
sqlite3 /var/lib/pam_mfa/state.db < /run/holder > /run/held &
holder=$!
exec 8> /run/holder
echo "BEGIN IMMEDIATE; SELECT 'held';" >&8
wait_until 30 grep -q held /run/held || bail "the state cannot be held"
mark
"$BUILD/tests/onefield" direct bert <<< "$(code "$key")" > /run/slow.out &
slow=$!
asked() { [ "$(grep -c /run/pam_mfa/login.sock /proc/net/unix)" -gt 1 ]; }
wait_until 30 asked || bail "the login did not reach the helper"
stop_helper
start_helper
echo "ROLLBACK;" >&8
echo .quit >&8
exec 8>&-
wait $slow
is "a login under way outlives the listener" "$(cat /run/slow.out)" "in: Success"
wait $holder
old_gone() { [ "$(pgrep -c -x mfa-helper)" -le "$(($(children | wc -w) + 1))" ]; }
wait_until 30 old_gone
is "and nothing of the old one stays" "$?" 0
stop_helper
none_left() { ! pgrep -x mfa-helper; }
wait_until 30 none_left
is "children go with their listener" "$?" 0

# ---- a fault of the state that goes, while trusted people come ----

start_helper
chown root:root /var/lib/pam_mfa/lock
touch /etc/pam_mfa/pam_mfa.conf
for i in 1 2 3; do login free x; done
chown pam_mfa:pam_mfa /var/lib/pam_mfa/lock
add_user carl
enrol carl
mark
shown=$("$BUILD/tests/onefield" direct carl <<< "$(code "$key")")
is "processes that could not open the state do not keep that" "$shown" "in: Success"
stop_helper
wait_until 30 none_left

# ---- anybody, while the configuration is broken ----

start_helper
echo nonsense > /etc/pam_mfa/pam_mfa.conf.d/10-bad.conf
mark
for i in $(seq 40); do
	setpriv --reuid=anna --regid=anna --clear-groups "$BUILD/tests/onefield" free anna <<< x > /run/anna.out
done
read=$(since_mark | grep -c 'configuration unusable')
is "a caller that is not root cannot have it read as often as it likes" "$((read > 0 && read < 30))" 1
rm /etc/pam_mfa/pam_mfa.conf.d/10-bad.conf
stop_helper
wait_until 30 none_left

# ---- a listener that can make no process ----

rm -f /run/pam_mfa/login.sock
(ulimit -u 1; exec /usr/libexec/pam_mfa/mfa-helper listen) >> /var/log/helper.out 2>&1 &
helper=$!
wait_until 30 test -S /run/pam_mfa/login.sock || bail "the helper does not listen"
login free x
is "a listener that cannot fork sends root away to a helper of its own" "$shown" "in: Success"
logged "and says so" 'no process for a login'
stop_helper
done_testing
