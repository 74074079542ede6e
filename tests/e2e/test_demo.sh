#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# The demo without a terminal: everything happens as it says, and it ends.
. "$TOP/tests/tap.sh"

shown=$(env DEMO=yes "$TOP/tests/demo/demo" < /dev/null 2>&1)
is "the_demo_ends_with_0" "$?" 0
# Log lines are folded for a screen of 80 columns.
flat=$(tr -s '\n ' ' ' <<< "$shown")
like "it_logs_in" "$shown" "hello, this is world"
like "it_shows_the_prompt" "$shown" "Authentication code:"
like "a_replayed_code_is_refused" "$shown" "reason=code_replayed"
like "the_trusted_network_is_not_asked" "$shown" "reason=trusted_network"
like "sudo_inside_that_session_is_not_asked" "$flat" "service=sudo origin=192.0.2.10"
like "sudo_inside_another_session_is" "$flat" "service=sudo origin=198.51.100.10"
like "a_call_is_keyed_in" "$flat" "user=bob service=sshd origin=198.51.100.10 factor=call reason=approved"
like "a_text_is_typed" "$flat" "user=bob service=sshd origin=198.51.100.10 factor=sms reason=code_accepted"
unlike "no_program_complains" "$shown" "(demo failed|command not found|No such file|talk:)"
is "it_fits_80_columns" "$(awk 'length > 80' <<< "$shown")" ""
note "$shown"

done_testing
