#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# The number of a login is in nothing that a host, the service and a phone say to
# each other.  Whatever they say is recorded where its TLS ends, in front of
# mfad.
. "$TOP/tests/lib.sh"
. "$TOP/tests/service.sh"
. "$TOP/tests/fleet.sh"

relayed_fleet_up
new_host web1 203.0.113.2
relay hosts -r /srv/wire.hosts
relay phones -r /srv/wire.phones
host_up web1
simple_su
for user in alice bob; do
	add_user $user
	new_phone $user
done

for i in 1 2 3; do
	su_talk web1 alice '? Waiting for it' '! approve alice' '$'
	like "approved_$i" "$shown" 'in as alice'
	phone_is_done alice
done
su_talk web1 bob '? Waiting for it' '! n=$(number /run/screen); phone bob --deny' \
    '? Denied' '> p' '? Waiting for it' \
    '! approve bob' '$'
like "denied_and_then_approved" "$shown" 'in as bob'
wait_until 5 none_waits

# ---- what was said ----

sort -u /run/numbers | grep . > /run/each
is "five_numbers_were_shown" "$(wc -l < /run/each)" 5
for wire in hosts phones; do
	is "$wire:_the_nonces_are_on_the_wire" "$(mfad_says 'SELECT nonce FROM login' |
	    while read -r text; do grep -aqF -- "$text" /srv/wire.$wire || echo "$text"; done)" ""
	is "$wire:_so_are_the_answers" \
	    "$(mfad_says 'SELECT signature FROM login WHERE signature IS NOT NULL' |
	    while read -r text; do grep -aqF -- "$text" /srv/wire.$wire || echo "$text"; done)" ""
	for form in 's/$//' 's/^\(...\)/\1 /' 's/^\(...\)/\1%20/' 's/^\(...\)/\1+/' 's/^\(...\)/\1-/' \
	    's/./\\u003&/g' 's/./3&/g'; do
		is "$wire:_no_number_as_$form" \
		    "$(sed "$form" /run/each | grep -oaF -f - /srv/wire.$wire | sort | uniq -c)" ""
	done
	is "$wire:_nor_in_base64" "$(while read -r n; do
		for pad in '' x xx; do
			printf '%s' "$pad$n" | base64 | cut -c"$((${#pad} * 2 + 1))"-8
		done
	    done < /run/each | grep -E '.{7}' | grep -oaF -f - /srv/wire.$wire)" ""
done
sed -n 1p /run/each >> /srv/wire.hosts
is "the_search_finds_one_that_is_there" "$(grep -oaF -f /run/each /srv/wire.hosts | wc -l)" 1

done_testing
