#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Each table of keys, its sample and its manual have the same keys, with the
# same defaults, in the same order.
. "$TOP/tests/tap.sh"

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

# Keys and defaults, as "key = default", from the table itself.
# print_table HEADER TABLE KEYS COUNT
print_table() {
	cat > "$made/print.c" <<- C
	#include <stdio.h>
	#include "$1"
	int
	main(void)
	{
		for (size_t i = 0; i < $4; i++)
			printf("%s = %s\n", $3[i].name, $3[i].initial[0] ? $3[i].initial : "none");
		return 0;
	}
	C
	cc -std=c11 -I"$TOP/common" -I"$TOP/server" -o "$made/print" "$made/print.c" "$TOP/$2" &&
	    "$made/print"
}

# agree NAME TABLE-FILE TABLE: conf/NAME, man/NAME.5 and the table's own words
agree() {
	local name=$1 source=$2 table=$3 sample manual ranges
	# An example in the sample stands under its own [service].
	sample=$(sed '/^#\[service/,$d' "$TOP/conf/$name" | sed -nE 's/^#([a-z_]+ = .*)/\1/p')
	manual=$(sed -nE 's/^\.It Cm ([a-z_]+) No = .* Pq Cm (.*)/\1 = \2/p' "$TOP/man/$name.5" |
	    sed 's/ , /, /g')
	is "$name: sample_has_every_key_with_its_default" "$sample" "$table"
	is "$name: manual_has_every_key_with_its_default" "$manual" "$table"
	is "$name: sample_is_no_change_as_installed" "$(grep -vE '^(#|$)' "$TOP/conf/$name")" ""
	is "$name: every_key_is_explained_in_the_sample" "$(awk '
		/^#\[service/ { exit }
		/^#[a-z_]+ = / { if (!explained) print; next }
		{ explained = /^# [A-Za-z0-9]/ || (explained && /^# /) }
		' "$TOP/conf/$name")" ""
	ranges=$(sed -nE 's/.*NUMBER\(([a-z_]+), "[0-9]+", ([0-9]+), ([0-9]+),.*/\1 \2 \3/p' \
	    "$TOP/$source")
	is "$name: manual_has_the_ranges" "$(while read -r key min max; do
		sed -n "/^\.It Cm $key No/,/^\.Ss/p" "$TOP/man/$name.5" | tr '\n' ' ' |
		    grep -Eq "(from|\() ?$min to $max|from $min \(never\) to $max|\($min to $max" ||
		    echo "$key $min $max"
	    done <<< "$ranges")" ""
}

table=$(print_table config.h common/config_table.c config_keys config_key_count) ||
    bail "the table does not compile"
agree pam_mfa.conf common/config_table.c "$table"
table=$(print_table config_mfad.h server/config_table.c mfad_keys mfad_key_count) ||
    bail "the table of mfad does not compile"
agree mfad.conf server/config_table.c "$table"
table=$(print_table call/call_config.h server/call/call_config_table.c call_config_keys call_config_key_count) ||
    bail "the table of mfa-call does not compile"
agree mfa-call.conf server/call/call_config_table.c "$table"

done_testing
