#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Every call of mfa-http that can fail, failed in turn (http_torture.c).
. "$TOP/tests/http/lib.sh"

jq '.answer.decision = "deny"' approved > denied
serve <<< "$PUSH_RULES
GET $LOGIN wait 20 body denied
POST $LOGIN/code body refused"
status=0
shown=$(timeout 800 "$BUILD/tests/fault/http_torture" https://mfad.test:8443 $made/ca.pem 2>&1) || status=$?
is "every_failing_call_fails_closed" "$status" 0
note "$(tail -n 40 <<< "$shown")"
like "there_are_some" "$shown" '^[0-9]{2,} calls$'
done_testing
