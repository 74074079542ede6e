#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# PROTOCOL.md names the fields of every message in the order of the table in
# common/message.c.
. "$TOP/tests/tap.sh"

for type in BEGIN ANSWER PROMPT INFO ERROR VERDICT IDS; do
	code=$(grep -oE "(NUMBER|TEXT)\(MSG_$type, [a-z_]+|MSG_$type, FIELD_(SECRET|GROUPS)" \
	    "$TOP/common/message.c" | sed 's/.*FIELD_SECRET/answer/; s/.*FIELD_GROUPS/groups/; s/.*, //')
	row=$(grep -iE "^\| [0-9] $type " "$TOP/PROTOCOL.md" | cut -d'|' -f4 | tr ',' '\n' |
	    sed 's/^ *//; s/[ :(].*//' | grep -E '^[a-z_]+$')
	is "PROTOCOL.md: fields of $type" "$row" "$code"
done
is "PROTOCOL.md: version" "$(grep -oE 'version \([0-9]+\)' "$TOP/PROTOCOL.md")" \
    "version ($(sed -n 's/^#define MSG_VERSION[[:space:]]*//p' "$TOP/common/message.h"))"
done_testing
