#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The catalogues of what people read and hear: every text is in them, no other is, with
# the same arguments, and a prompt ends as a prompt does.  Each kind of damage is found.
. "$TOP/tests/tap.sh"

cd "$TOP" || bail "no $TOP"
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

extract() {
	xgettext --language=C --from-code=UTF-8 --no-wrap -k -kN_ -ktalk_info:2 -ktalk_waiting:3 \
	    -o "$1" "${@:2}"
}

# ---- what is wrong with the catalogue $1, of the texts $2: nothing, if nothing is ----

# Text and translation in a line, with a tab between.
pairs() { msgattrib --no-wrap "$1" | grep -E '^(msgid|msgstr) ".' | paste - -; }
# What msgattrib selects, without the header.
selected() { msgattrib --no-wrap "$@" | awk -v RS= 'NR > 1'; }

malformed() { msgfmt --check-format -o "$made/mo" "$1" 2>&1; }
incomplete() { msgcmp "$1" "$2" 2>&1; }
stale() {
	msgcomm --unique --no-wrap --omit-header "$1" "$2" 2>&1 | grep msgid
	selected --only-obsolete "$1"
}
unfinished() { selected --untranslated --no-obsolete "$1"; selected --only-fuzzy "$1"; }
ended_otherwise() { pairs "$1" | awk -F '\t' '($1 ~ /: "$/) != ($2 ~ /: "$/)'; }
# Of a format, malformed sees more; what is filled in by number may be in another order.
misfilled() {
	pairs "$1" | awk -F '\t' '{
		wrong = gsub(/%/, "&", $1) != gsub(/%/, "&", $2)
		for (i = 1; i <= 9; i++)
			wrong += gsub("%" i, "&", $1) != gsub("%" i, "&", $2)
	} wrong'
}
long() { pairs "$1" | LC_ALL=C awk -F '\t' -v most="$most" 'length($1) > most || length($2) > most'; }

# ---- damage: standard input with one fault ----

# Its second entry; the first is the header.
second() { awk -v RS= -v ORS='\n\n' "NR == 2 { $1 } 1"; }
without_a_text() { awk -v RS= -v ORS='\n\n' 'NR != 2'; }
with_another() { cat; printf '\nmsgid "no text of ours"\nmsgstr "geen tekst van ons"\n'; }
with_an_old_one() { cat; printf '\n#~ msgid "no text of ours"\n#~ msgstr "geen tekst van ons"\n'; }
with_guesses() { msgattrib --no-wrap --set-fuzzy; }
untranslated() { second 'sub(/msgstr.*/, "msgstr \"\"")'; }
without_an_argument() { sed '/^msgstr/s/%[a-z1-9]//'; }
with_another_argument() { sed '/^msgstr/s/%1/%2/'; }
with_a_percentage() { second 'sub(/msgstr "/, "&100% ")'; }
with_an_end() { sed '/^msgstr ".*[^n]"$/s/"$/: "/'; }
without_ends() { sed '/^msgstr/s/: "$/"/'; }
with_a_story() { second "sub(/msgstr \"/, \"&$(printf '%0220d' 0)\")"; }

# damaged DAMAGE WHAT-IS-WRONG: it is found
damaged() {
	msgcat --no-wrap "$po" | "$1" > "$made/damaged.po"
	like "${name}_$1_is_$2" "$("$2" "$made/damaged.po" "$pot")" .
}

# ---- each catalogue ----

# catalogues PROGRAM BYTES SOURCE...: those of po/PROGRAM, with texts of BYTES at most
catalogues() {
	local program=$1 most=$2 pot=$made/$1.pot po name wrong
	extract "$pot" "${@:3}"
	for po in po/"$program"/*.po; do
		name=${po#po/}
		for wrong in malformed incomplete stale unfinished misfilled ended_otherwise long; do
			is "${name}_is_not_$wrong" "$("$wrong" "$po" "$pot")" ""
		done
		damaged without_a_text incomplete
		damaged with_another stale
		damaged with_an_old_one stale
		damaged with_guesses unfinished
		damaged untranslated unfinished
		damaged without_an_argument misfilled
		damaged with_a_percentage misfilled
		damaged with_an_end ended_otherwise
		damaged with_a_story long
	done
}

texts() { grep -c '^msgid "' "$made/$1.pot"; }

catalogues login 220 helper/login/*.c
like "there_are_texts_of_logins" "$(texts login)" '^[4-9][0-9]$'
po=po/login/nl.po pot=$made/login.pot name=login/nl.po
damaged without_an_argument malformed
damaged without_ends ended_otherwise

# What is said must fit with the names in it (server/call/words.c).
catalogues server 160 server/*.c server/call/*.c
like "there_are_texts_of_telephones" "$(texts server)" '^1[0-9]$'
po=po/server/nl.po pot=$made/server.pot name=server/nl.po
damaged with_another_argument misfilled

is "there_is_no_other_catalogue" "$(cd po && echo *)" "login server"
done_testing
