#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# mfad, mfa-http and the phone are killed (SIGKILL) at each step of a login.
# Relays in front of mfad hold the message that is the step.  Whatever was
# acknowledged is there afterwards, whatever was spent is spent, and nobody is in
# without an approval or a code.
. "$TOP/tests/lib.sh"
. "$TOP/tests/service.sh"
. "$TOP/tests/fleet.sh"

relayed_fleet_up
new_host web1 203.0.113.2
configure_host web1 <<< 'deadline = 60'
host_up web1
simple_su
for user in alice bob carol dave; do
	add_user $user
	new_phone $user
done
for user in bob carol; do
	key=$(on web1 "$TOP/tests/enrol" $user)
	canary "$key"
	declare "key_$user=$key"
done

grants() { audit_of web1 alice event verdict factor | grep -c '^login grant push'; }
approvals() { mfad_says "SELECT count(*) FROM login WHERE decision = 1"; }
settled() { [ "$(grants)" = "$(approvals)" ]; }

# ---- holding a step, and killing ----

# hold hosts|phones service|asker TEXT: the first message with it, from now on
hold() {
	rm -f /run/held /run/held.once
	relay $1 -h $2 "$3" /run/held
}
held() { wait_until 20 test -e /run/held || note "nothing was held"; }
let_go() { rm -f /run/held; }
cut() { echo cut > /run/held.cut; mv /run/held.cut /run/held; }

kill_mfad() {
	kill -KILL $mfad
	wait $mfad 2> /dev/null
}
kill_http() {
	kill -KILL "${http_of[web1]}" $(pgrep -P "${http_of[web1]}")
	wait "${http_of[web1]}" 2> /dev/null
}
kill_http_child() { pkill -KILL -P "${http_of[web1]}"; }

# begin SCRIPT...: a login in the background
begin() {
	rm -f /run/typed /run/screen /run/said.alice
	mkfifo /run/typed
	su_talk web1 "${who:-alice}" "$@" &
	login=$!
}
# Beside the login: a phone that is not told how it ended waits until its time is over.
APPROVE='! approve alice &'
ended() { # NAME REGEX: the login has ended, and shows that
	wait $login
	like "$1" "$(< /run/screen)" "$2"
}
# The host knows that it is open, too.
login_waits() { wait_until 20 grep -q 'Waiting for it' /run/screen; }
phone_shows() { wait_until 20 grep -q 'to deny' /run/said.alice; }

mine_waits() {
	[ "$(mfad_says "SELECT count(*) FROM login WHERE state = 0 AND user = '$who'")" = 1 ]
}
not_mine() { ! mine_waits; }
states() { mfad_says "SELECT group_concat(state) FROM login WHERE user = '$1'"; }

AWAY='The approval service cannot be reached\. Type a code: '

# ---- mfad ----

# step NAME HOLD...: killed there and started again, it makes no difference
step() {
	local name=$1 before=$(mfad_says "SELECT count(*) FROM login") 
	shift
	hold "$@"
	begin '? Waiting for it' "$APPROVE" '$'
	held
	kill_mfad
	start_mfad_again
	cut
	ended "$name" 'in as alice'
	is "opened_once:_$name" "$(($(mfad_says "SELECT count(*) FROM login") - before))" 1
	relay hosts
	relay phones
}
start_mfad_again() {
	"${at_mfad[@]}" /usr/sbin/mfad >> /var/log/mfad.out 2>&1 &
	mfad=$!
	wait_until 20 test_serves || bail "mfad does not come back"
}
test_serves() { curl -sf --unix-socket /run/mfad/plain.sock http://mfa.test/v1/health; }

step "before_the_login_is_opened" hosts asker 'POST /v1/logins '
step "opened_and_the_host_not_told" hosts service 'HTTP/1.1 201'
step "the_phone_asks_for_it" phones asker 'GET /v1/device/logins'
step "the_phone_not_told_of_it" phones service '"nonce"'
step "answered_before_mfad_hears_it" phones asker '/answer '
step "answered_and_the_phone_not_told" phones service 'HTTP/1.1 204'
step "answered_and_the_host_not_told" hosts service '"state":"answered"'
step "let_in_and_mfad_not_told" hosts asker '"outcome":"granted"'

begin '? Waiting for it' '! await test -e /run/again; approve alice' '$'
login_waits
kill_mfad
start_mfad_again
: > /run/again
ended "while_it_waits" 'in as alice'

begin '? Waiting for it' \
    '! n=$(number /run/screen); phone alice <> /run/typed & echo $n > /run/shown' '$'
phone_shows
kill_mfad
start_mfad_again
cat /run/shown > /run/typed
ended "while_the_phone_shows_it" 'in as alice'

wait_until 10 settled
is "as_many_are_in_as_approved" "$(grants)" "$(approvals)"
is "that_is_ten" "$(grants)" 10
is "each_by_another_approval" \
    "$(mfad_says "SELECT count(DISTINCT nonce) FROM login WHERE decision = 1")" 10

# ---- and it stays away ----

who=bob
begin '? Waiting for it' "? $AWAY" "> $(code "$key_bob")" '$'
login_waits
kill_mfad
ended "a_code_lets_in_when_it_does_not_come_back" 'in as bob'
begin '? code: ' '> 000000' '? Not accepted' '^ C' '$'
ended "nothing_else_does" 'Not accepted'
unlike "nothing" "$(< /run/screen)" 'in as'
start_mfad_again
who=alice

# ---- mfa-http ----

# http_step NAME HOLD...: mfa-http dies there; the login goes on with a code only
http_step() {
	local name=$1
	shift
	hold "$@"
	begin '? Type a code: |cannot be reached' '^ C' '$' 
	[ "$3" != '"state":"answered"' ] || phone alice --deny &
	held
	kill_http_child
	cut
	ended "mfa-http:_$name" "$AWAY"
	unlike "mfa-http:_nobody_is_in:_$name" "$(< /run/screen)" 'in as'
	relay hosts
}
nothing_waits() {
	wait_until 20 not_mine
	is "mfa-http:_and_nothing_waits:_$1" $? 0
}
http_step "before_the_login_is_opened" hosts asker 'POST /v1/logins '
nothing_waits "before_it_is_opened"
http_step "answered_and_mfa-http_not_told" hosts service '"state":"answered"'
nothing_waits "after_it_was_answered"
# It never came to its poll, which is taken for leaving.
who=dave
http_step "opened_and_mfa-http_not_told" hosts service 'HTTP/1.1 201'
nothing_waits "after_it_was_opened"
is "mfa-http:_that_was_cancelled" "$(states dave)" 2
is "so_was_what_mfad_found_when_it_came_back_and_nobody_asked_for" "$(states bob)" 2

who=carol
begin '? Waiting for it' "? $AWAY" "> $(code "$key_carol")" '$'
login_waits
kill_http
ended "a_code_lets_in_without_mfa-http" 'in as carol'
host_http web1
who=alice

# ---- the phone ----

# phone_step NAME HOLD...: the phone dies there, and is there again
phone_step() {
	local name=$1 again=$2
	shift 2
	hold "$@"
	begin '? Waiting for it' \
    '! n=$(number /run/screen); phone alice --approve $n & echo $n > /run/shown' '$'
	held
	pkill -KILL -x mfa-phone
	cut
	relay phones
	[ $again = no ] || phone alice --approve "$(< /run/shown)"
	ended "the_phone:_$name" 'in as alice'
}
phone_step "before_it_hears_of_the_login" yes phones asker 'GET /v1/device/logins'
phone_step "before_mfad_hears_the_answer" yes phones asker '/answer '
phone_step "answered_and_not_told" no phones service 'HTTP/1.1 204'

wait_until 10 settled
is "in_the_end_as_many_are_in_as_approved" "$(grants)" "$(approvals)"
is "and_that_is_thirteen" "$(grants)" 13
unlike "mfad_complains_of_nothing" "$(since_mark | grep mfad)" 'damaged|corrupt|malformed'

done_testing
