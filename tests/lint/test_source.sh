#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What can be seen without running anything: both compilers, the manual's lint,
# and the house rules that a machine can check.
. "$TOP/tests/tap.sh"

cd "$TOP" || bail "no $TOP"
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

mapfile -t files < <(git ls-files 2>/dev/null || find * .ci -type f ! -path 'build/*')
sources() { printf '%s\n' "${files[@]}" | grep -E '\.[ch]$' | grep -v '^tests/' ; }
mapfile -t ours < <(sources)

# nothing NAME LIST: it is empty
nothing() {
	is "$1" "$2" ""
}

# ---- compilers ----

for cc in gcc clang; do
	succeeds "builds_with_$cc" make -s -j2 BUILD="$made/$cc" CC=$cc all
done

# Whatever was built before: a newcomer's first command is one of these.
used=(tests/service.sh tests/fleet.sh tests/lib.sh)
for what in demo bench; do
	plan=$(make -nB BUILD="$made/none" "$what" 2>&1)
	nothing "make_${what}_builds_what_it_runs" "$(grep -ohE '\$(BUILD|build)/tests/[a-z_./]+' "tests/$what"/* "${used[@]}" |
	    cut -d/ -f2- | sort -u | while read -r tool; do
		grep -q "$made/none/$tool\b" <<< "$plan" || echo "$tool"
	    done)"
done

# ---- manual ----

for page in man/*.[158]; do
	nothing "mandoc_${page#man/}" "$(mandoc -T lint -W warning "$page" 2>&1)"
done
for page in pam_mfa.8 mfa-helper.8 mfa-http.8 mfad.8 mfa-call.8 mfactl.1 pam_mfa.conf.5 mfad.conf.5 mfa-call.conf.5; do
	succeeds "there_is_$page" test -s "man/$page"
done

# ---- house rules ----

nothing "every_file_names_its_licence" "$(printf '%s\n' "${files[@]}" |
    grep -E '\.(c|h|sh|map|service|socket)$|/run$|^run$|Makefile|\.conf$|man/' |
    xargs grep -L 'SPDX-License-Identifier: BSD-2-Clause')"
banned='strcpy|strcat|sprintf|vsprintf|atoi|atol|sscanf|strtok|getenv|system|popen|alloca|gets'
nothing "no_banned_function" "$(grep -nE "(^|[^_a-zA-Z0-9])($banned)\(" "${ours[@]}")"
mapfile -t tests < <(printf '%s\n' "${files[@]}" | grep -E '^tests/.*\.[ch]$')
nothing "nor_in_a_test" "$(grep -nE "(^|[^_a-zA-Z0-9])(${banned/|getenv/})\(" "${tests[@]}")"
nothing "no_line_over_100_columns" "$(for f in "${ours[@]}"; do
	expand "$f" | awk -v f="$f" 'length > 100 { print f ":" NR }'
    done)"
nothing "no_file_over_400_lines" "$(wc -l "${ours[@]}" | awk '$1 > 400 && $2 != "total"')"
nothing "no_typedef'd_struct" "$(grep -nE '^typedef struct' "${ours[@]}")"
nothing "no_trailing_blanks" "$(grep -nE '[ 	]+$' "${ours[@]}")"
nothing "headers_compile_alone" "$(for f in "${ours[@]}"; do
	[[ $f != *.h ]] || gcc -std=c11 -D_GNU_SOURCE -Icommon -fsyntax-only -x c "$f" 2>&1
    done)"

# Every path of a login sets its result, so that nothing but this line can show
# that the result begins as a denial; and one place alone makes it a grant.
is "a_login_begins_as_a_denial" "$(sed -n '/^login_serve/,/^}/p' helper/login/login.c |
    grep -oE '\.verdict = [A-Z_]+')" ".verdict = VERDICT_DENY"
is "one_place_grants" "$(grep -nE '(->|\.)verdict = VERDICT_GRANT' helper/login/*.c | cut -d: -f1,3 | tr -d '\t')" \
    "helper/login/login.c:l->verdict = VERDICT_GRANT;"

done_testing
