#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Inside the world, by tests/bench/run: calls to sipp on loopback, their words made
# before.
. "$TOP/tests/tap.sh"
. "$TOP/tests/call/lib.sh"
trap last_words EXIT

rounds=40 many=100

# seconds of the day, of "HH:MM:SS.ffffff"
seconds() { awk -F: '{ printf "%.3f\n", $1 * 3600 + $2 * 60 + $3 }'; }

# short NAME GOAL: of milliseconds on standard input
short() {
	sort -n | awk -v name="$1" -v goal="$2" '{ ms[NR] = $1 } END {
		m = ms[int((NR + 1) / 2)]
		printf "  median %.1f ms   most %.1f ms   (%d calls)\n", m, ms[NR], NR
		printf "BENCH %s %.1f %s %s\n", name, m, goal, (NR > 0 && m <= goal) ? "ok" : "short" }'
}

line invite busy
call > /dev/null
line_done

echo "a call is asked for, until the INVITE arrives"
LINE_CALLS=$rounds line invite busy
for n in $(seq $rounds); do
	date -u +%H:%M:%S.%N | seconds >> "$work/asked"
	call > /dev/null
done
line_done
awk '/^-------/ { at = $3 } /^INVITE sip:/ { print at }' "$work/line_messages" | TZ=UTC seconds > "$work/left"
paste "$work/asked" "$work/left" | awk '{ print ($2 - $1) * 1000 }' | short invite_p50_ms 400

echo "the hash leaves the telephone, until mfad has the keys"
LINE_CALLS=10 LINE_OPTIONS="-trace_logs -log_file line_log" line invite answer key:4 key:2 mark press:pound ended
for n in $(seq 10); do call number=42 clock=yes >> "$work/heard"; done
line_done
awk '/^mark/ { print $3 }' "$work/line_log" | seconds > "$work/pressed"
awk '$2 == "keys" { print $1 }' "$work/heard" > "$work/had"
paste "$work/pressed" "$work/had" | awk '{ print ($2 - $1) * 1000 }' | short key_p50_ms 100

echo "$many calls in progress"
LINE_CALLS=$many LINE_OPTIONS="-l $many" line invite answer ended
for n in $(seq $many); do call ms=15000 > "$work/call$n" & pids="${pids:-} $!"; done
all_answered() { [ "$(cat "$work"/call[0-9]* | grep -c answered)" = $many ]; }
until_true all_answered
# Of a call's processes, mfa-call is the last.
last_of() {
	local pid=$1 child
	# the file ends without a newline
	while read -r child _ < "/proc/$pid/task/$pid/children" || [ -n "$child" ]; do pid=$child; done
	echo "$pid"
}
mib=$(for pid in $pids; do awk '/^Pss:/ { print $2 }' "/proc/$(last_of "$pid")/smaps_rollup"; done |
    awk '{ kib += $1 } END { printf "%.1f", kib / 1024 }')
echo "  $mib MiB in all"
awk -v mib="$mib" 'BEGIN { printf "BENCH calls_100_mib %.1f 1536 %s\n", mib, (mib > 0 && mib <= 1536) ? "ok" : "short" }'
# shellcheck disable=SC2086
wait $pids
line_done
