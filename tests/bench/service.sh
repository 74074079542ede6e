#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Inside the world, by tests/bench/run: mfad alone on one core, its state on the
# disk that is /mnt, under the load of hosts and phones from the others.
DEMO=yes
. "$TOP/tests/lib.sh"
. "$TOP/tests/service.sh"
set -e

held=${HELD:-10000}
logins=${LOGINS:-6000}
bench=$BUILD/tests/bench/service
core=$(taskset -cp $$ | sed 's/.*: //; s/[,-].*//')
others=$(taskset -cp $$ | sed 's/.*: //; s/^[0-9]*[,-]//')
[ -n "$others" ] || others=$core

goal() { # NAME VALUE GOAL at-most|at-least
	awk -v name="$1" -v r="$2" -v g="$3" -v way="$4" 'BEGIN {
		printf "BENCH %s %.2f %s %s\n", name, r, g, (way == "at-most" ? r <= g : r >= g) ? "ok" : "short" }'
}
field() { awk -v f="$2" '{ print $f }' "$1"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.4f", a / b }'; }
load() { taskset -c "$others" "$bench" "$@"; }

# mfad on its core, with what is to be preloaded.
serve() {
	LD_PRELOAD=${1:-} taskset -c "$core" /usr/sbin/mfad >> /var/log/mfad.out 2>&1 &
	mfad=$!
	wait_until 30 mfad_serves || bail "mfad does not serve: $(cat /var/log/mfad.out)"
}

set_up() {
	echo "127.0.0.2 mfa.test" >> /etc/hosts
	make_certificate
	printf '%s\n' "listen = 127.0.0.2:443" "connections = 40000" "connections_per_address = 40000" \
	    > /etc/mfad/mfad.conf
	ulimit -n "$(ulimit -Hn)"
	mkdir /mnt/mfad
	chown mfad:mfad /mnt/mfad
	chmod 0700 /mnt/mfad
	mount --bind /mnt/mfad /var/lib/mfad
	"$bench" make /var/lib/mfad/mfad.db /etc/mfad/state.key $((held + 4 * logins)) /run/people
	chown mfad:mfad /var/lib/mfad/*
}

many_held() {
	echo "$held logins held with TLS, and 500 of them approved, one after the other"
	load held /run/people 0 "$held" 500 "$mfad" > /tmp/held
	awk '{ printf "  %.1f kB of memory each; %d ms of processor time in 2 s; approval posted until " \
	    "the waiter has it: median %.3f ms, p99 %.3f ms\n", $2 / 1000, $3 * 10, $4 / 1000, $5 / 1000 }' /tmp/held
	goal held_login_kb "$(ratio "$(field /tmp/held 2)" 1000)" 18 at-most
	goal idle_cpu_ms "$(($(field /tmp/held 3) * 10))" 0 at-most
	goal wake_p50_ms "$(ratio "$(field /tmp/held 4)" 1000)" 0.3 at-most
	goal wake_p99_ms "$(ratio "$(field /tmp/held 5)" 1000)" 5 at-most
}

# Full handshakes a second, in real time.
handshakes() {
	taskset -c "$core" openssl s_server -accept 127.0.0.2:4433 -cert /etc/mfad/tls.crt \
	    -key /etc/mfad/tls.key -quiet > /dev/null 2>&1 &
	local server=$!
	wait_until 30 listens || bail "openssl s_server does not listen"
	taskset -c "$others" openssl s_time -connect 127.0.0.2:4433 -new -time 6 -CAfile /run/ca.pem \
	    > /tmp/s_time 2>&1
	kill $server
	wait $server 2> /dev/null || :
	awk '/real seconds/ { print "handshakes", $1 / $4; exit }' /tmp/s_time
}
listens() { ss -Hltn sport = :4433 | grep -q .; }

rates() {
	echo "$logins logins, each on a connection of its own: opened, waited for, approved, durable"
	handshakes > /tmp/bare
	load logins /run/people "$held" "$logins" 64 > /tmp/fast
	load logins /run/people $((held + logins)) $((logins / 4)) 1 > /tmp/single
	stop_mfad
	serve "$BUILD/tests/bench/slow_sync.so"
	load logins /run/people $((held + 2 * logins)) "$logins" 64 > /tmp/slow
	printf '  %s a second: %.0f bare handshakes, %.0f logins (64 at once), %.0f (one after the other), %.0f (64 at once, 2 ms more for each sync)\n' \
	    "one core" "$(field /tmp/bare 2)" "$(field /tmp/fast 2)" "$(field /tmp/single 2)" "$(field /tmp/slow 2)"
	goal logins_to_handshakes "$(ratio "$(field /tmp/fast 2)" "$(field /tmp/bare 2)")" 0.5 at-least
	goal slow_disk "$(ratio "$(field /tmp/slow 2)" "$(field /tmp/fast 2)")" 0.7 at-least
}

set_up
serve
many_held
rates
stop_mfad
