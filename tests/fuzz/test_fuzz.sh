#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# tests/fuzz/test_fuzz.sh [SECONDS]: every fuzzer replays its seeds and then
# goes on by itself for a few seconds.  What makes one fail is left in BUILD,
# and its name is shown.
set -u

seconds=${1:-5}
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build}
n=0 failed=0

for program in "$build"/clang/fuzz/fuzz_*; do
	case $program in *.d | *.o) continue ;; esac
	name=$(basename "$program")
	n=$((n + 1))
	made=$(mktemp -d)
	if [ -n "$(ls "tests/fuzz/corpus/$name" 2>/dev/null)" ] &&
	    "$program" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=4096 \
	    -artifact_prefix="$build/clang/$name-" -print_final_stats=1 "$made" \
	    "tests/fuzz/corpus/$name" > "$build/clang/$name.log" 2>&1; then
		echo "ok $n - $name: $(sed -n 's/^stat::number_of_executed_units: *//p' \
		    "$build/clang/$name.log") inputs"
	else
		echo "not ok $n - $name"
		tail -n 30 "$build/clang/$name.log"
		failed=1
	fi
	rm -rf "$made"
done
echo "1..$n"
[ "$n" -ge 23 ] || { echo "Bail out! only $n fuzzers were built"; exit 1; }
exit $failed
