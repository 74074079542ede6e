#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Inside the world, by tests/bench/run: calls through mfad and mfa-call as they ship,
# with TLS on loopback, mfad's state on the disk that is /mnt, to telephones that pick
# up at once.
DEMO=yes
. "$TOP/tests/call/texts.sh"
. "$TOP/tests/service.sh"
set -e

bench=$BUILD/tests/bench/calls
rounds=40 many=100

# of FILE WORD NAME GOAL: the middle of what is said of it, in milliseconds
middle() {
	awk -v word="$2" '$1 == word { print $2 / 1000 }' "$1" | sort -n | awk -v name="$3" -v goal="$4" '
		{ ms[NR] = $1 } END { m = ms[int((NR + 1) / 2)]
		printf "  median %.1f ms   most %.1f ms   (%d calls)\n", m, ms[NR], NR
		printf "BENCH %s %.1f %s %s\n", name, m, goal, (NR > 0 && m <= goal) ? "ok" : "short" }'
}

set_up() {
	mkdir /mnt/calls
	chown mfad:mfad /mnt/calls
	chmod 0700 /mnt/calls
	mount --bind /mnt/calls /var/lib/mfad
	"$bench" make /var/lib/mfad/mfad.db /etc/mfad/state.key $((2 + rounds + many)) /run/asking
	chown mfad:mfad /var/lib/mfad/*
	configure_call <<- END
		prefixes = +316
		calls = $many
		call_gateway = sip
		sip_server = 127.0.0.1:5060
		sip_user = mfa
		sip_address = 127.0.0.1
		sip_register = no
	END
	start_call
	service_up "telephone = call" "calls_per_user = 1000" "calls_per_number = 1000" \
	    "calls_per_hour = 10000" "connections_per_address = 1000"
	configure <<< "attested = call"
	mkdir /etc/bench.d
	echo "auth required pam_deny.so" > /etc/bench.d/other
	echo "auth required pam_mfa.so" > /etc/bench.d/bench-call
	join_host bench.example.org
	start_http
	start_helper
	add_user alice
}

# rendered COUNT: all that a call may say is in the cache
rendered() { [ "$(find /var/cache/mfad_call -name '*.wav' | wc -l)" = "$1" ]; }

one_after_another() {
	"$bench" asked /run/asking 0 1 > /dev/null
	wait_until 30 rendered 11 || bail "the words are not rendered: $(ls /var/cache/mfad_call)"
	"$bench" asked /run/asking 1 $rounds > /tmp/asked
	echo "a host asks mfad for a call, until the INVITE arrives"
	middle /tmp/asked invited mfad_invite_p50_ms 400
	echo "# is pressed on the telephone, until the host's poll has the keys"
	middle /tmp/asked keyed mfad_key_p50_ms 100
	"$bench" login alice 1 bench-call > /dev/null
	"$bench" login alice $rounds bench-call > /tmp/login
	echo "# is pressed, until pam_authenticate returns"
	middle /tmp/login returned call_login_p50_ms 100
}

pss() { awk '/^Pss:/ { print $2 }' "/proc/$1/smaps_rollup"; }

at_once() {
	echo "$many calls in progress: mfad, the listener and the processes of calls"
	mkfifo /tmp/hold
	"$bench" waiting /run/asking $((1 + rounds)) $many < /tmp/hold > /tmp/ready &
	exec 9> /tmp/hold
	wait_until 60 grep -q ready /tmp/ready || bail "the calls are not picked up"
	local pids=$(pgrep -P "$call") pid
	[ "$(wc -w <<< "$pids")" = $many ] || bail "not $many processes: $pids"
	local mib=$(for pid in $pids "$call" "$mfad"; do pss "$pid"; done |
	    awk '{ kib += $1 } END { printf "%.1f", kib / 1024 }')
	echo "  $mib MiB in all, of which mfad $(($(pss "$mfad") / 1024)), the listener $(($(pss "$call") / 1024))"
	awk -v mib="$mib" 'BEGIN { printf "BENCH mfad_calls_100_mib %.1f 1536 %s\n", mib, mib <= 1536 ? "ok" : "short" }'
	exec 9>&-
	wait %%
}

set_up
one_after_another
at_once
stop_call
stop_mfad
