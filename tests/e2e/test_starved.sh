#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# A mfad that runs has no room on its disk, nobody who lets it write, no
# descriptors: what it cannot do it says, what it said it has, and when there is
# room again it goes on as if nothing had been.
. "$TOP/tests/lib.sh"
. "$TOP/tests/service.sh"
. "$TOP/tests/fleet.sh"

state=/var/lib/mfad
mount -t tmpfs -o size=6m,mode=0750,uid=mfad,gid=mfad state $state
fleet_up "listen_plain = /run/mfad/plain.sock"
new_host web1 203.0.113.2
configure_host web1 <<< 'deadline = 60'
host_up web1
simple_su
add_user alice
new_phone alice
key=$(on web1 "$TOP/tests/enrol" alice)
canary "$key"

plain() { curl -s --unix-socket /run/mfad/plain.sock "http://mfa.test$1"; }
status() { plain /v1/health | jq -r .status; }
# write NAME: one change; what was answered is in $answer, the status in $code
write() {
	code=$(curl -s -o /run/answer -w '%{http_code}' --unix-socket /run/mfad/admin.sock \
	    -H 'Content-Type: application/json' -d "{\"name\":\"$1\",\"life\":600}" \
	    http://mfa.test/v1/join-tokens)
	answer=$(jq -r .type /run/answer)
}
reads() { plain /v1/openapi.json | jq -e .openapi; mfactl --server waiting --json; }
in_by_phone() {
	su_talk web1 alice '? Waiting for it' '! approve alice &' '$'
	like "$1" "$shown" 'in as alice'
}
acknowledged=0
tokens() { mfad_says "SELECT count(*) FROM join_token"; }

is "in_the_beginning_all_is_well" "$(status)" ok
in_by_phone "and_the_phone_lets_in"

# ---- no room ----

before=$(tokens)
cat /dev/zero > $state/filler 2> /dev/null
# What is free in the log's file is used up first.
for ((i = 0; i < 3000; i++)); do
	write "full$i"
	[ "$code" = 201 ] || break
	acknowledged=$((acknowledged + 1))
done
is "a_full_disk:_a_change_is_refused" "$code $answer" "503 urn:pam-mfa:problem:storage"
is "health_says_so" "$(status)" cannot-write
reads > /dev/null
is "what_reads_goes_on" $? 0
logged "the_log_says_why" 'mfad.* (disk|full)'
is "what_was_acknowledged_is_there" "$(($(tokens) - before))" "$acknowledged"
su_talk web1 alice '? Type a code: ' "> $(code "$key")" '$'
like "a_code_of_the_host_s_own_lets_in" "$shown" 'in as alice'
mark
rm $state/filler
in_by_phone "with_room_again_the_phone_lets_in_without_a_restart"
is "and_health_is_well" "$(status)" ok
logged "and_the_log" 'mfad.* the state can be written again'
is "nothing_was_lost" "$(($(tokens) - before))" "$acknowledged"
is "the_database_is_sound" "$(mfad_says 'PRAGMA integrity_check')" ok

# ---- somebody else holds the database ----

mkfifo /run/hold
sqlite3 $state/mfad.db < /run/hold > /run/holds &
holder=$!
exec 7> /run/hold
echo "BEGIN IMMEDIATE; SELECT 'held';" >&7
wait_until 10 grep -q held /run/holds
write locked
is "held_by_another:_a_change_is_refused" "$code $answer" "503 urn:pam-mfa:problem:busy"
is "health_says_that_too" "$(status)" cannot-write
reads > /dev/null
is "what_reads_goes_on_beside_it" $? 0
exec 7>&-
wait $holder
write free
is "let_go_it_is_done" "$code $(status)" "201 ok"

# ---- no descriptors ----

# Whoever it runs as may do so.
limit() { setpriv --reuid=mfad --regid=mfad --clear-groups prlimit --pid $mfad "$@"; }
few() { limit --nofile="$1:"; }
mark
was=$(limit --nofile --output SOFT --noheadings | tr -d " ")
few 3	# which it has
plain /v1/health > /run/late &
late=$!
logged "without_descriptors_the_log_says_so" 'mfad.* connections have to wait: Too many open files'
su_talk web1 alice '? code: ' "> $(code "$key" 1)" '$'
like "a_code_lets_in_meanwhile" "$shown" 'in as alice'
few $was
wait $late
is "who_had_to_wait_is_served" "$(jq -r .status /run/late)" ok
in_by_phone "and_the_phone_lets_in_again"

done_testing
