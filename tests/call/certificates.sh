# SPDX-License-Identifier: BSD-2-Clause
#
# Certificates of a gateway at sms.test (bash), in the directory that one is in: good,
# and others that are not.

# new_authority NAME
new_authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" \
	    -out "$1.pem" -days 30 -subj "/CN=$1" -addext basicConstraints=critical,CA:TRUE 2>/dev/null
	chmod 0644 "$1.pem"
}

# new_certificate NAME AUTHORITY HOST DAYS
new_certificate() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" \
	    -out "$1.csr" -subj "/CN=$3" 2>/dev/null
	openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -out "$1.pem" \
	    -days "$4" -extfile <(echo "subjectAltName=DNS:$3") 2>/dev/null
}

new_authority ca
new_authority stranger
new_certificate good ca sms.test 20
new_certificate other ca other.test 20
new_certificate unknown stranger sms.test 20
new_certificate old ca sms.test -1
