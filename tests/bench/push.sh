#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Inside the world, by tests/bench/run: approvals over a real mfad with TLS, all
# on loopback.
DEMO=yes
. "$TOP/tests/lib.sh"
. "$TOP/tests/service.sh"
set -e

rounds=${ROUNDS:-400}
: | configure
mkdir -p /etc/bench.d
echo "auth required pam_deny.so" > /etc/bench.d/other
echo "auth required pam_mfa.so" > /etc/bench.d/bench-push
service_up
join_host bench.example.org
start_http
start_helper
add_user alice
enrol_phone alice
echo "an approval posted by the phone, until pam_authenticate returns ($rounds logins, TLS)"
"$BUILD/tests/bench/push" /run/phone.alice "$rounds" bench-push > /tmp/push
awk '{ printf "  median %.3f ms   p99 %.3f ms\n", $2 / 1000, $3 / 1000
	printf "BENCH approval_p50_ms %.2f 3.0 %s\n", $2 / 1000, $2 <= 3000 ? "ok" : "short"
	printf "BENCH approval_p99_ms %.2f 15.0 %s\n", $3 / 1000, $3 <= 15000 ? "ok" : "short" }' /tmp/push
