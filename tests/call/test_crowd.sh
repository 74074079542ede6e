#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Fifty calls at once, each to its own person, over one line.
. "$TOP/tests/tap.sh"
. "$TOP/tests/call/lib.sh"

many=50
call ring_seconds=1 sip_server=127.0.0.1:5061 > /dev/null	# makes the words
LINE_CALLS=$many LINE_OPTIONS="-l $many" line invite trying ring answer pause:5000 key:4 key:2 \
    key:pound ended
pids=
for n in $(seq $many); do
	call number=42 > "$work/call$n" &
	pids="$pids $!"
done
all_answered() { [ "$(cat "$work"/call* | grep -c answered)" = $many ]; }
until_true all_answered && pass all_are_answered_while_none_is_over || fail all_are_answered_while_none_is_over
is none_is_over "$(cat "$work"/call* | grep -c ended)" 0
# shellcheck disable=SC2086
wait $pids
is each_hears_its_own_keys "$(cat "$work"/call* | grep -v ringing | sort | uniq -c | tr -s ' ' | paste -sd ';')" \
    " $many answered; $many ended done units=3 words=[]; $many keys [42]; $many say thanks"
line_done && pass the_line_saw_each_end || fail the_line_saw_each_end "$(tail -n 20 "$work"/line_errors)"

done_testing
