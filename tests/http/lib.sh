# SPDX-License-Identifier: BSD-2-Clause
#
# For tests of mfa-http in the throw-away world (bash): an approval service that
# does as it is told at https://mfad.test:8443, and mfa-helper's side.

. "$TOP/tests/lib.sh"

ASK="$BUILD/tests/http/ask"
made=/run/service
mkdir -p $made
cd $made || exit 1
echo "127.0.0.1 mfad.test" >> /etc/hosts
echo "::1 six.test" >> /etc/hosts

# ---- certificates ----

# new_ca NAME
new_ca() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" \
	    -out "$1.pem" -days 30 -subj "/CN=$1" -addext basicConstraints=critical,CA:TRUE 2>/dev/null
}

# new_certificate NAME CA HOST [DAYS]: NAME.pem and NAME.key
new_certificate() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" \
	    -out "$1.csr" -subj "/CN=$3" 2>/dev/null
	openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -out "$1.pem" \
	    -days "${4:-20}" -extfile <(echo "subjectAltName=DNS:$3") 2>/dev/null
}

new_ca ca
new_certificate good ca mfad.test
chmod 0755 $made
chmod 0644 ca.pem

# ---- the service ----

# serve [OPTION...] < RULES: starts it anew; $log is what it was asked
log=$made/asked
serve() {
	stop_serving
	cat > rules
	: > $log
	[ $# -gt 0 ] || set -- -c good.pem -k good.key
	"$BUILD/tests/http/server" "$@" 8443 rules $log &
	server=$!
	wait_until 10 serving || bail "the service of the tests does not listen"
}

serving() { ss -tlnH sport = :8443 | grep -q .; }
not_serving() { ! serving; }

stop_serving() {
	[ -n "${server:-}" ] || return 0
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	server=
	wait_until 10 not_serving
}

asked() { grep -q -- "$1" $log; }

# How often it was asked, and no more than that.
times() { grep -c -- "$1" $log; }

# ---- what it says ----

user_json='{"user":"anna","methods":["push","totp","recovery"],"push_locked":false,"locked":false}'
echo "$user_json" > user
echo '{"certificates":[],"revocations":[]}' > certificates
login_json='{"login":"l_0123456789abcdefghijkl","state":"waiting","methods":["push"],"expires":1790000000}'
echo "$login_json" > login
echo '{"login":"l_0123456789abcdefghijkl","state":"waiting"}' > waiting
echo '{"login":"l_0123456789abcdefghijkl","state":"expired"}' > expired
echo '{"login":"l_0123456789abcdefghijkl","state":"cancelled"}' > cancelled
jq -n --rawfile c "$TOP/tests/vectors/certificate-p256" '{login: "l_0123456789abcdefghijkl",
    state: "answered", answer: {decision: "approve", device: "d_x", certificate: $c,
    kind: "p256", signature: "MEUCIQ"}}' > approved
for result in accepted refused replayed too-soon locked; do
	echo "{\"result\":\"$result\",\"factor\":\"totp\"}" > $result
done

# problem NAME STATUS: a problem document in a file of that name
problem() {
	echo "{\"type\":\"urn:pam-mfa:problem:$1\",\"title\":\"about $1\",\"status\":$2}" > "$1"
}

USER_RULES="GET /v1/users/anna body user
GET /v1/users/anna/certificates body certificates"
LOGIN=/v1/logins/l_0123456789abcdefghijkl
PUSH_RULES="$USER_RULES
POST /v1/logins status 201 body login
POST $LOGIN/close status 204 nothing"

# ---- mfa-http ----

host_key="h_$(head -c 16 /dev/urandom | basenc --base64url | tr -d =).$(head -c 32 /dev/urandom |
    basenc --base64url | tr -d =)"
canary "${host_key#*.}"
put_key() {
	(umask 077 && echo "${1-$host_key}" > /etc/pam_mfa/host.key)
	chown root:pam_mfa_http /etc/pam_mfa/host.key
	chmod "${2:-0640}" /etc/pam_mfa/host.key
}

basics="factors = totp
server = https://mfad.test:8443
server_ca = $made/ca.pem"

start_http() {
	rm -f /run/pam_mfa/http.sock
	"$@" /usr/libexec/pam_mfa/mfa-http listen >> /var/log/http.out 2>&1 &
	http=$!
	wait_until 30 test -S /run/pam_mfa/http.sock || bail "mfa-http does not listen"
}

stop_http() {
	kill "$http"
	wait "$http" 2>/dev/null
	rm -f /run/pam_mfa/http.sock
}

# ask WORD...: what was heard is in $heard, without the milliseconds; those of
# the last line are in $ms
ask() {
	local all
	all=$(runuser -u pam_mfa -- "$ASK" "$@" 2>&1)
	ms=$(tail -n 1 <<< "$all" | cut -d' ' -f1)
	heard=$(sed 's/^[0-9]* //' <<< "$all")
}

configure <<< "$basics"
put_key
