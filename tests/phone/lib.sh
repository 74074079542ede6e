# SPDX-License-Identifier: BSD-2-Clause
#
# For tests with an approval service whose answers they write themselves (bash):
# tests/world/stand_in.c, in $service.  Begins after tests/tap.sh or
# tests/lib.sh, in a directory of its own.

STAND_IN="$BUILD/tests/stand_in"
PHONE="$BUILD/mfa-phone"
service=$PWD/service

# start_service: at $url, with a certificate of ca.pem's
start_service() {
	mkdir "$service"
	: > "$service/log"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 -keyout ca.key \
	    -out ca.pem -subj /CN=test -addext subjectAltName=DNS:localhost 2>/dev/null
	"$STAND_IN" "$service" "$PWD/ca.pem" "$PWD/ca.key" 2>> stand_in.err &
	stand_in=$!
	soon test -s "$service/port" || bail "the service of the tests does not listen"
	url=https://localhost:$(< "$service/port")
}

# soon COMMAND...: until it succeeds, ten seconds at most
soon() {
	local end=$((${EPOCHREALTIME/./} + 10000000))
	until "$@" > /dev/null 2>&1; do
		[ "${EPOCHREALTIME/./}" -lt $end ] || return 1
		sleep 0.01
	done
}

# says REQUEST STATUS [BODY]: from now on.  REQUEST is like "GET /v1/device", or
# "GET /v1/device.1" for once only.  Whole at once.
says() {
	local name=${1/ /_}
	name=${name//\//_}
	name=${name/__/_}
	printf '%s\n%s' "$2" "${3-}" > "$service/new.$$"
	mv "$service/new.$$" "$service/$name"
}

# problem NAME STATUS: a body
problem() {
	printf '{"type":"urn:pam-mfa:problem:%s","title":"about %s","status":%d}' "$1" "$1" "$2"
}

forget_service() {
	find "$service" -maxdepth 1 -name '[A-Z]*_*' -delete
	: > "$service/log"
}

# How often, the bodies, and a field of requests whose first line begins with this.
asked() { grep -c "^$1" "$service/log"; }
bodies() {
	awk -v want="$1" 'index($0, want) == 1 { on = 1 } on && /^{/ { print; on = 0 }' "$service/log"
}

random_id() { head -c 16 /dev/urandom | basenc --base64url | tr -d =; }
random_secret() { head -c 32 /dev/urandom | basenc --base64url | tr -d =; }

# A base64url text as bytes.
bytes() {
	local text=$1
	while [ $((${#text} % 4)) != 0 ]; do text+==; done
	basenc --base64url -d <<< "$text"
}

hex() { basenc --base16 -w 0; }
unhex() { basenc --base16 -d <<< "$1"; }
