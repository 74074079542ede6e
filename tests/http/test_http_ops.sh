#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# mfa-http between a helper and a service: everything that the one asks and the
# other answers.
. "$TOP/tests/http/lib.sh"

start_http
serve <<< "$USER_RULES"
ask begin anna 90000 hear close 5 hear
is "a user's methods" "$heard" "methods bits=3 revocations=0
end"
done_testing
