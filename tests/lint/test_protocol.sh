#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# PROTOCOL.md names the fields of every message in the order of the table in
# common/message.c, the lines of everything that is signed in the order of
# theirs, and every limit.
. "$TOP/tests/tap.sh"

for type in BEGIN ANSWER PROMPT INFO ERROR VERDICT IDS WAITING; do
	code=$(grep -oE "(NUMBER|TEXT)\(MSG_$type, [a-z_]+|\(msg, MSG_$type, WIRE_[A-Z]+, [a-z_]+" \
	    "$TOP/common/message.c" | sed 's/.*, //')
	row=$(grep -iE "^\| [0-9]+ $type " "$TOP/PROTOCOL.md" | cut -d'|' -f4 | tr ',' '\n' |
	    sed 's/^ *//; s/[ :(].*//' | grep -E '^[a-z_]+$')
	is "PROTOCOL.md: fields of $type" "$row" "$code"
done
is "PROTOCOL.md: version" "$(grep -oE 'version \([0-9]+\)' "$TOP/PROTOCOL.md" | head -n 1)" \
    "version ($(sed -n 's/^#define MSG_VERSION[[:space:]]*//p' "$TOP/common/message.h"))"

for type in BEGIN METHODS PUSH ANSWERED CODE CODED CLOSE FAILED; do
	code=$(grep -oE "(NUMBER|TEXT|BYTES)\(QUERY_$type, [a-z_]+|\(query, QUERY_$type, WIRE_[A-Z]+, [a-z_]+" \
	    "$TOP/common/query.c" | sed 's/.*, //')
	row=$(grep -iE "^\| q[0-9]+ $type " "$TOP/PROTOCOL.md" | cut -d'|' -f4 | tr ',' '\n' |
	    sed 's/^ *//; s/[ :(].*//' | grep -E '^[a-z_]+$')
	is "PROTOCOL.md: fields of $type to and from mfa-http" "$row" "$code"
done

# ---- what is signed ----

cd "$TOP/common" || bail "no common"
device=$(sed -n '/^#define DEVICE_FIELDS/,/[^\\]$/p' device.h)

# table SECTION: the rows of its first table
table() {
	sed -n "/^## $1\$/,/^## /p" "$TOP/PROTOCOL.md" | sed -n '/^|---/,/^$/p' | grep '^| `'
}
# lines FILE TABLE: what the code has, "key kind", or the constant
lines() {
	sed -n "/^static const struct record_field $2\[/,/^};/p" "$1" |
	    awk -v d="$device" '/DEVICE_FIELDS/ { print d; next } { print }' |
	    sed -n 's/.*{ "\([a-z_]*\)", RECORD_CONSTANT, 0, 0, "\([^"]*\)".*/\1 \2/p
	        t
	        s/.*{ "\([a-z_]*\)", RECORD_\([A-Z]*\),.*/\1 \2/p'
}
# described SECTION: the same, as the page has it
described() {
	table "$1" | while IFS='|' read -r _ key value _; do
		key=$(tr -d ' `' <<< "$key")
		case $value in
		\ text*) echo "$key TEXT" ;;
		\ name*) echo "$key NAME" ;;
		\ time*) echo "$key TIME" ;;
		\ base64url\ of\ 16*) echo "$key BYTES" ;;
		\ base64url*) echo "$key BLOB" ;;
		*) [ "$key" != pam_mfa ] && echo "$key WORD" || echo "$key $(sed 's/^ `\(.*\)` *$/\1/' <<< "$value")" ;;
		esac
	done
}
agree() {
	unlike "PROTOCOL.md: there are lines of $2" "$(lines "$1" "$3" | wc -l)" '^[0-3]$'
	is "PROTOCOL.md: lines of $2" "$(described "$2")" "$(lines "$1" "$3")"
}
agree statement.c "The statement" fields
agree certificate.c "The certificate" certificate_fields
agree certificate.c "The revocation" revocation_fields
is "PROTOCOL.md: lines of The enrolment" \
    "$(described "The enrolment" | cut -d' ' -f1)" "$(lines enrol.c fields | cut -d' ' -f1)"
is "PROTOCOL.md: first line of The enrolment" "$(described "The enrolment" | head -n 1)" \
    "$(lines enrol.c fields | head -n 1)"

# defined NAME FILE
defined() {
	sed -n "s/^#define $1[[:space:]]*\([^/]*[^/[:space:]]\).*/\1/p" "$2"
}
# limit SECTION KEY
limit() {
	table "$1" | grep "^| \`$2\`" | cut -d'|' -f4 | tr -d ' '
}
address=$(defined ADDRESS_TEXT_MAX networks.h)
for row in "host $(defined STATEMENT_HOST_MAX statement.h)" "user $(defined STATEMENT_USER_MAX statement.h)" \
    "service $(defined STATEMENT_SERVICE_MAX statement.h)" "origin $address" \
    "number $(($(defined STATEMENT_DIGITS_MAX statement.h) + 1))"; do
	is "PROTOCOL.md: limit of ${row% *}" "$(limit "The statement" "${row% *}")" "${row#* }"
done
for section in "The certificate" "The enrolment"; do
	is "PROTOCOL.md: limits of $section" "$(for key in user device origin; do limit "$section" $key; done)" \
	    "$(defined STATEMENT_USER_MAX statement.h; defined DEVICE_ID_MAX device.h; defined DEVICE_ORIGIN_MAX device.h)"
done
is "PROTOCOL.md: limits of The revocation" "$(limit "The revocation" user; limit "The revocation" device)" \
    "$(defined STATEMENT_USER_MAX statement.h; defined DEVICE_ID_MAX device.h)"

# Words and numbers in the text.
says() {
	like "PROTOCOL.md says: $1" "$(< "$TOP/PROTOCOL.md")" "$1"
}
thousands() {
	sed ':a; s/\([0-9]\)\([0-9]\{3\}\)\($\|,\)/\1,\2\3/; ta' <<< "$1"
}
says "of at most $(thousands "$(defined RECORD_MAX record.h)") bytes"
says "at most $(defined STATEMENT_LIFE_MAX statement.h) seconds ahead"
says "$(defined STATEMENT_DIGITS_MIN statement.h) to $(defined STATEMENT_DIGITS_MAX statement.h) digits"
says "by at most $(($(defined CERTIFICATE_LIFE_MAX certificate.h))) seconds"
says "more than $(defined CERTIFICATE_SKEW certificate.h) seconds of clocks apart"
says "$(defined WEBAUTHN_AUTHENTICATOR_DATA_MIN webauthn.h) to $(thousands "$(defined WEBAUTHN_AUTHENTICATOR_DATA_MAX webauthn.h)") bytes"
says "Client data \(at most $(thousands "$(defined WEBAUTHN_CLIENT_DATA_MAX webauthn.h)") bytes\)"
says "in DER, at most $(defined SIGNATURE_P256_MAX signature.h) bytes"
says "such lines, at most $(defined AUTHORITIES_MAX authority.h),"
is "PROTOCOL.md: kinds of devices" "$(table "Devices and their evidence" | cut -d'`' -f2)" \
    "$(sed -n 's/^\t{ "\([a-z0-9-]*\)", DEVICE_.*/\1/p' device.c)"
is "PROTOCOL.md: decisions" "$(table "The statement" | sed -n 's/^| `decision` | \(.*\) | |$/\1/p' | grep -oE '[a-z]+' | grep -vx or)" \
    "$(sed -n 's/^\t{ "\([a-z]*\)", DECISION_.*/\1/p' statement.c)"
is "PROTOCOL.md: vectors" "$(cd "$TOP/tests/vectors" && for f in *; do
	grep -qE "\`(${f%%[-.]*}|-${f##*-})" "$TOP/PROTOCOL.md" || echo "$f"
    done | grep -vx make)" ""
done_testing
