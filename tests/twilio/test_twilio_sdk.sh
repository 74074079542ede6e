#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The signatures that mfa-call computes and the TwiML that it writes are those of
# Twilio's own SDK.
. "$TOP/tests/tap.sh"

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

# The packages that the lock names, by their checksums; kept for another run.
kept=$BUILD/tests/twilio
if ! cmp -s "$TOP/tests/twilio/package-lock.json" "$kept/package-lock.json" || [ ! -d "$kept/node_modules" ]; then
	mkdir -p "$kept"
	cp "$TOP/tests/twilio/package.json" "$kept"
	cp "$TOP/tests/twilio/package-lock.json" "$kept"
	(cd "$kept" && timeout 300 npm ci --no-audit --no-fund --ignore-scripts) > "$made/npm" 2>&1 ||
	    rm -f "$kept/package-lock.json"
fi
succeeds "the_SDK_is_there" test -s "$kept/package-lock.json" -a -d "$kept/node_modules/twilio"
ln -s "$kept/node_modules" "$made/node_modules"
cd "$made" || exit 1

check() {
	timeout 200 node "$TOP/tests/twilio/check.mjs" "$@" 2>&1
}
is "signatures_are_alike" "$(check signatures "$BUILD/tests/call/twilio")" "300 alike"
is "TwiML_is_alike" "$(check twiml "$BUILD/tests/call/twilio")" "128 alike"

# What differs is found.
printf '#!/bin/sh\n%s "$@" | sed "s/=$/-/; s/Hangup/Hangout/"\n' "$BUILD/tests/call/twilio" > wrong
chmod +x wrong
like "a_wrong_signature_is_found" "$(check signatures ./wrong)" "^  ours   .*-$"
like "as_is_wrong_TwiML" "$(check twiml ./wrong)" "Hangout"

done_testing
