# SPDX-License-Identifier: BSD-2-Clause
#
# Results of shell tests (bash) in TAP.

set -u

tap_count=0 tap_failed=0

# pass NAME, or fail NAME [WHY]
pass() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1"
}

fail() {
	tap_count=$((tap_count + 1)) tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $1"
	[ $# -lt 2 ] || printf '%s\n' "$2" | tail -n 40 | sed 's/^/#   /'
}

# is NAME GOT WANTED
is() {
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "got: $2"$'\n'"wanted: $3"; fi
}

# like NAME TEXT REGEX, unlike NAME TEXT REGEX
like() {
	if grep -Eq -- "$3" <<< "$2"; then pass "$1"; else fail "$1" "not in it: $3"$'\n'"$2"; fi
}

unlike() {
	if grep -Eq -- "$3" <<< "$2"; then fail "$1" "in it: $3"$'\n'"$2"; else pass "$1"; fi
}

# succeeds NAME COMMAND..., refused NAME COMMAND...: by exit status
succeeds() {
	local name=$1 shown status=0
	shift
	shown=$("$@" 2>&1 < /dev/null) || status=$?
	if [ $status = 0 ]; then pass "$name"; else fail "$name" "status $status: $*"$'\n'"$shown"; fi
}

refused() {
	local name=$1 shown status=0
	shift
	shown=$("$@" 2>&1 < /dev/null) || status=$?
	if [ $status != 0 ]; then pass "$name"; else fail "$name" "it succeeded: $*"$'\n'"$shown"; fi
}

note() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

bail() {
	echo "Bail out! $*"
	exit 1
}

done_testing() {
	last_words
	echo "1..$tap_count"
	exit $((tap_failed > 0))
}

# What else is to be checked or shown at the end; a library may replace it.
last_words() {
	:
}

