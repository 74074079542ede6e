#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What programs see that read the source: they take longest of all lints.
. "$TOP/tests/tap.sh"

cd "$TOP" || bail "no $TOP"
mapfile -t ours < <(git ls-files 2>/dev/null || find * -type f ! -path 'build/*')
mapfile -t ours < <(printf '%s\n' "${ours[@]}" | grep -E '\.[ch]$' | grep -v '^tests/')
mapfile -t units < <(printf '%s\n' "${ours[@]}" | grep '\.c$')

is "cppcheck" "$(cppcheck --quiet --std=c11 --enable=warning,portability \
    --inline-suppr --suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches \
    --error-exitcode=1 -D_GNU_SOURCE -D__x86_64__ -Icommon "${ours[@]}" 2>&1)" ""
is "clang's_analyser" "$(for f in "${units[@]}"; do
	clang --analyze --analyzer-output text -std=c11 -D_GNU_SOURCE -Icommon "$f" 2>&1
    done)" ""

done_testing
