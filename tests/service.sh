# SPDX-License-Identifier: BSD-2-Clause
#
# For tests with a real approval service in the world (bash, after tests/lib.sh):
# mfad at https://mfa.test on an address of its own, this host joined to it, and
# phones.

# Where mfad is, and what runs a command on its machine, on the login host, and
# where phones are; tests/fleet.sh has other ones.
service_address=127.0.0.2
service_listen=		# where mfad listens, if something is in front of it
at_mfad=() at_host=() at_phone=()

# service_up [SETTING...]: mfad with a certificate of /run/ca.pem's
service_up() {
	grep -q mfa.test /etc/hosts || echo "$service_address mfa.test" >> /etc/hosts
	[ -e /run/ca.pem ] || make_certificate
	printf '%s\n' "listen = ${service_listen:-$service_address:443}" "$@" > /etc/mfad/mfad.conf
	[ -e /etc/mfad/authority.key ] || service_authority
	start_mfad
}

make_certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 \
	    -keyout /run/ca.key -out /run/ca.pem -subj "/CN=authority of the tests" 2> /dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /etc/mfad/tls.key \
	    -out /run/tls.csr -subj /CN=mfa.test 2> /dev/null
	openssl x509 -req -in /run/tls.csr -CA /run/ca.pem -CAkey /run/ca.key -days 9 \
	    -extfile <(echo subjectAltName=DNS:mfa.test) -out /etc/mfad/tls.crt 2> /dev/null
	chown root:mfad /etc/mfad/tls.key
	chmod 0640 /etc/mfad/tls.key
}

# An authority of its own, which hosts may believe.
service_authority() {
	mfactl authority init /etc/mfad/authority.key > /dev/null
	chown mfad:mfad /etc/mfad/authority.key
}

start_mfad() {
	"${at_mfad[@]}" /usr/sbin/mfad >> /var/log/mfad.out 2>&1 &
	mfad=$!
	wait_until 30 mfad_serves ||
	    bail "mfad does not serve: $(cat /var/log/mfad.out; tail -n 5 /var/log/auth.log)"
}

mfad_serves() {
	curl_service /v1/health
}

curl_service() {
	curl -sf --cacert /run/ca.pem "https://mfa.test$1"
}

stop_mfad() {
	kill "$mfad"
	wait "$mfad" 2> /dev/null
}

start_http() {
	rm -f /run/pam_mfa/http.sock
	/usr/libexec/pam_mfa/mfa-http listen >> /var/log/http.out 2>&1 &
	http=$!
	wait_until 30 test -S /run/pam_mfa/http.sock ||
	    bail "mfa-http does not listen: $(cat /var/log/http.out)"
}

stop_http() {
	kill "$http"
	wait "$http" 2> /dev/null
	rm -f /run/pam_mfa/http.sock
}

# join_host NAME: this host joins the service, and believes its authority
join_host() {
	mfactl --server token --name "$1" --json | jq -r .token > /run/token ||
	    bail "no token to join"
	canary "$(cut -d. -f2 < /run/token)"
	"${at_host[@]}" mfactl join https://mfa.test --ca /run/ca.pem --yes \
	    < /run/token > /run/join.out 2>&1 ||
	    bail "cannot join: $(cat /run/join.out)"
	canary "$("${at_host[@]}" cut -d. -f2 /etc/pam_mfa/host.key)"
	rm /run/token
}

# host_up: this host joins as web1.example.org and serves logins over ssh, for one from "cafe"
host_up() {
	join_host web1.example.org
	use_profile
	start_http
	start_helper
	start_sshd
	new_client cafe 198.51.100.10 198.51.100.1
}

# enrol_phone USER [KIND]: a phone in /run/phone.USER
enrol_phone() {
	local store=/run/phone.$1
	mkfifo "/run/link.$1"
	"${at_host[@]}" mfactl phone "$1" > "/run/link.$1" 2> "/run/enrol.$1" &
	local asking=$!
	grep --line-buffered -om1 'https://[^ ]*#e_[^ ]*' "/run/link.$1" > "/run/url.$1"
	cat "/run/link.$1" > /dev/null &
	canary "$(cut -d. -f3 < "/run/url.$1")"
	"${at_phone[@]}" mfa-phone enrol --store "$store" --name "phone of $1" --kind "${2:-p256}" \
	    --ca /run/ca.pem < "/run/url.$1" > "/run/phone.out.$1" 2>&1 ||
	    bail "no phone: $(cat "/run/phone.out.$1" "/run/enrol.$1")"
	wait $asking || bail "no certificate: $(cat "/run/enrol.$1")"
	rm "/run/link.$1" "/run/url.$1"
}

# The command "number FILE": waits, but not for ever, for the number that a login shows, in the file
# that what it shows goes to.  All of them are in /run/numbers.
number_tool() {
	cat > /usr/local/bin/number <<- 'END'
		#!/bin/bash
		end=$((SECONDS + 60))
		until grep -qE 'number [0-9 ]+( and #)?\.' "$1" 2> /dev/null; do
			[ $SECONDS -lt $end ] || exit 1
			sleep 0.02
		done
		grep -oE 'number [0-9 ]+( and #)?\.' "$1" | tail -n 1 | tr -cd 0-9 | tee -a /run/numbers
		echo >> /run/numbers
	END
	chmod +x /usr/local/bin/number
}
