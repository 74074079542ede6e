#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The table of keys, the sample and the manual have the same keys, with the
# same defaults, in the same order.
. "$TOP/tests/tap.sh"

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

# Keys and defaults, as "key = default", from the table itself.
cat > "$made/print.c" <<'C'
#include <stdio.h>
#include "config.h"
int
main(void)
{
	for (size_t i = 0; i < config_key_count; i++)
		printf("%s = %s\n", config_keys[i].name,
		    config_keys[i].initial[0] ? config_keys[i].initial : "none");
	return 0;
}
C
cc -std=c11 -I"$TOP/common" -o "$made/print" "$made/print.c" "$TOP/common/config_table.c" ||
    bail "the table does not compile"
table=$("$made/print")

# An example in the sample stands under its own [service].
sample=$(sed '/^#\[service/,$d' "$TOP/conf/pam_mfa.conf" | sed -nE 's/^#([a-z_]+ = .*)/\1/p')
manual=$(sed -nE 's/^\.It Cm ([a-z_]+) No = .* Pq Cm (.*)/\1 = \2/p' "$TOP/man/pam_mfa.conf.5" |
    sed 's/ , /, /g')

is "sample_has_every_key_with_its_default" "$sample" "$table"
is "manual_has_every_key_with_its_default" "$manual" "$table"
is "sample_is_no_change_as_installed" "$(grep -vE '^(#|$)' "$TOP/conf/pam_mfa.conf")" ""
is "every_key_is_explained_in_the_sample" "$(awk '
	/^#\[service/ { exit }
	/^#[a-z_]+ = / { if (!explained) print; next }
	{ explained = /^# [A-Za-z0-9]/ || (explained && /^# /) }
	' "$TOP/conf/pam_mfa.conf")" ""
ranges=$(sed -nE 's/.*NUMBER\(([a-z_]+), "[0-9]+", ([0-9]+), ([0-9]+),.*/\1 \2 \3/p' \
    "$TOP/common/config_table.c")
is "manual_has_the_ranges" "$(while read -r key min max; do
	sed -n "/^\.It Cm $key No/,/^\.Ss/p" "$TOP/man/pam_mfa.conf.5" | tr '\n' ' ' |
	    grep -Eq "(from|\() ?$min to $max|from $min \(never\) to $max|\($min to $max" ||
	    echo "$key $min $max"
    done <<< "$ranges")" ""

done_testing
