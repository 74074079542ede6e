#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The catalogues of what people read: every text is in them, no other is, with the
# same arguments, and a prompt ends as a prompt does.
. "$TOP/tests/tap.sh"

cd "$TOP" || bail "no $TOP"
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

extract() {
	xgettext --language=C --from-code=UTF-8 --no-wrap -k -kN_ -ktalk_info:2 -ktalk_waiting:3 \
	    -o "$1" "${@:2}"
}
pairs() { msgattrib --no-wrap "$1" | grep -E '^(msgid|msgstr) ".' | paste - -; }

extract "$made/texts.pot" helper/login/*.c
like "there_are_texts" "$(grep -c '^msgid' "$made/texts.pot")" '^[4-9][0-9]$'
for po in po/login/*.po; do
	name=$(basename "$po")
	is "${name}_is_a_catalogue" "$(msgfmt --check-format -o "$made/mo" "$po" 2>&1)" ""
	is "${name}_has_every_text" "$(msgcmp "$po" "$made/texts.pot" 2>&1)" ""
	is "${name}_has_no_other" "$(msgcomm --unique --no-wrap --omit-header "$po" "$made/texts.pot" 2>&1 | grep '^msgid')" ""
	is "${name}_is_translated" "$(msgattrib --untranslated --no-obsolete --omit-header "$po")$(msgattrib --only-fuzzy --omit-header "$po")" ""
	is "${name}_ends_prompts_as_prompts" "$(pairs "$po" | awk -F '\t' '($1 ~ /: "$/) != ($2 ~ /: "$/)')" ""
	is "${name}_fits_a_prompt" "$(pairs "$po" | awk -F '\t' 'length($2) > 220')" ""
done

# What is missing is found.
sed '/^msgid "Your telephone is busy/,+1d' po/login/nl.po > "$made/less.po"
like "a_text_that_is_missing_is_seen" "$(msgcmp "$made/less.po" "$made/texts.pot" 2>&1)" "Your telephone is busy|used but not defined"

done_testing
