#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Whom mfa-http believes to be the service, and how it gets there.
. "$TOP/tests/http/lib.sh"

# The environment names a proxy, another resolver and another authority.
start_http env https_proxy=http://127.0.0.1:9 HTTPS_PROXY=http://127.0.0.1:9 ALL_PROXY=http://127.0.0.1:9 \
    RES_OPTIONS=timeout:1 SSL_CERT_FILE=$made/evil.pem CURL_CA_BUNDLE=$made/evil.pem \
    SSLKEYLOGFILE=$made/secrets OPENSSL_CONF=$made/none HOME=$made

works() {
	ask begin anna 90000 hear close 5 hear
	is "$1" "$heard" "methods bits=3 revocations=0
end"
}
# unreachable NAME [REGEX]: and nothing was asked of whoever was there
unreachable() {
	ask begin anna 90000 hear
	like "$1" "$heard" "^failed failure=1 retry=0 words=.*${2:-}"
	is "and nothing was said to it: $1" "$(times ' GET ')" 0
}

serve <<< "$USER_RULES"
works "the environment changes nothing"
is "no session key is written" "$(ls $made/secrets 2>/dev/null)" ""

# ---- somebody else ----

new_ca evil
new_certificate evil-leaf evil mfad.test
new_certificate other ca other.test
serve -c evil-leaf.pem -k evil-leaf.key <<< "$USER_RULES"
unreachable "another authority" certificate
serve -c other.pem -k other.key <<< "$USER_RULES"
unreachable "another name" mfad.test
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout self.key -out self.pem \
    -days 9 -subj /CN=mfad.test -addext subjectAltName=DNS:mfad.test 2>/dev/null
serve -c self.pem -k self.key <<< "$USER_RULES"
unreachable "nobody's authority" certificate
# A day that is over: the request is made now, the certificate then.
mkdir -p past
cat > past/ca.conf <<- END
	[ca]
	default_ca = x
	[x]
	database = past/index
	serial = past/serial
	new_certs_dir = past
	policy = p
	default_md = sha256
	[p]
	commonName = supplied
END
: > past/index
echo 01 > past/serial
openssl ca -batch -config past/ca.conf -cert ca.pem -keyfile ca.key -in good.csr -out expired.pem -notext \
    -startdate 20200101000000Z -enddate 20200201000000Z -extfile <(echo subjectAltName=DNS:mfad.test) 2>/dev/null
succeeds "there is a certificate of then" grep -q BEGIN expired.pem
serve -c expired.pem -k good.key <<< "$USER_RULES"
unreachable "one whose time is over" expired
serve -1 -c good.pem -k good.key <<< "$USER_RULES"
unreachable "TLS 1.1"
is "which was tried, as handshakes that fail are" "$(times NOTLS)" 3
serve -n <<< "$USER_RULES"
unreachable "no TLS at all"
serve <<< "$USER_RULES"
works "the right one again"

# ---- elsewhere ----

for status in 301 302 307 308; do
	serve <<< "GET /v1/users/anna status $status header Location=https://mfad.test:8443/v1/elsewhere body user
GET /v1/elsewhere body user"
	ask begin anna 90000 hear
	like "a redirect, $status" "$heard" "^failed failure=4 retry=0 words=status.*$status.*redirect"
	is "is not followed, $status" "$(times 'GET ')" 1
done
serve <<< "GET /v1/users/anna header Set-Cookie=a=b body user
GET /v1/users/anna/certificates body certificates"
works "a cookie"
is "is not sent back" "$(grep BAD $log)" ""
stop_serving
ask begin anna 90000 hear
like "nobody there" "$heard" "^failed failure=1 .*words=.*onnect"
is "tried three times at most, within a second" "$((ms < 1500))" 1
configure <<< "${basics/mfad.test/nowhere.invalid}"
ask begin anna 90000 hear
like "no such name" "$heard" "^failed failure=1 .*words=.*resolve"
echo "machine mfad.test login eve password swordfish" > $made/.netrc

# ---- IPv6 ----

new_certificate six ca six.test
configure <<< "${basics/mfad.test/six.test}"
serve -6 -c six.pem -k six.key <<< "$USER_RULES"
works "over IPv6"
openssl x509 -req -in six.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out address.pem -days 9 \
    -extfile <(echo subjectAltName=IP:::1) 2>/dev/null
configure <<< "${basics/mfad.test/[::1]}"
serve -6 -c address.pem -k six.key <<< "$USER_RULES"
works "by an address"
configure <<< "$basics"

# ---- the system's authorities ----

configure <<< "factors = totp
server = https://mfad.test:8443"
serve <<< "$USER_RULES"
unreachable "not one of the system's" certificate
cp ca.pem /etc/ssl/certs/tests.pem
ln -s tests.pem "/etc/ssl/certs/$(openssl x509 -hash -noout -in ca.pem).0"
works "one of the system's"
rm /etc/ssl/certs/tests.pem
mkdir -p /usr/local/share/ca-certificates
cp ca.pem /usr/local/share/ca-certificates/tests.crt
ln -s /usr/local/share/ca-certificates/tests.crt /etc/ssl/certs/tests.pem
works "one that links elsewhere, as Debian's do"
configure <<< "$basics"

# ---- a proxy ----

configure <<< "$basics
server_proxy = http://127.0.0.1:8080"
: > $made/proxied
printf 'CONNECT mfad.test:8443 status 403 body user\n' > $made/proxy-rules
"$BUILD/tests/http/server" -n 8080 $made/proxy-rules $made/proxied &
proxy=$!
proxying() { ss -tlnH sport = :8080 | grep -q .; }
wait_until 10 proxying
serve <<< "$USER_RULES"
unreachable "a configured proxy that refuses" CONNECT
is "was asked" "$(grep -c 'CONNECT mfad.test:8443' $made/proxied)" 1
is "and not told the key" "$(grep -c 'BAD Authorization' $made/proxied)" 1
kill $proxy
wait $proxy 2>/dev/null
"$BUILD/tests/http/tunnel" 8080 8443 &
proxy=$!
wait_until 10 proxying
works "one that agrees"
kill $proxy

stop_http
done_testing
