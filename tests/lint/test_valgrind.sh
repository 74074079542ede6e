#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Unit tests under valgrind, in one process each, so that leaks show too.
. "$TOP/tests/tap.sh"

for name in message http_parse text secret networks origin config seal otp import store_rows \
    statement signature enrol authority vectors; do
	[ -e "$TOP/tests/unit/test_$name.c" ] || continue
	log=$(mktemp)
	CK_FORK=no CK_TAP_LOG_FILE_NAME=/dev/null valgrind -q --error-exitcode=9 --leak-check=full \
	    --errors-for-leak-kinds=definite,indirect --num-callers=20 \
	    "$BUILD/tests/unit/test_$name" > "$log" 2>&1
	status=$?
	is "valgrind: test_$name" "$status" 0
	[ $status = 0 ] || tail -n 40 "$log"
	rm -f "$log"
done
done_testing
