#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# A login host that shows the approval service a certificate: who is believed,
# what is said otherwise, and that nothing weaker is tried then.
. "$TOP/tests/lib.sh"
. "$TOP/tests/service.sh"

mkdir -p /run/hosts
cd /run/hosts || bail "no /run/hosts"
chmod 0755 .

# authority NAME
authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -keyout "$1.key" \
	    -out "$1.pem" -subj "/CN=$1" -addext basicConstraints=critical,CA:TRUE 2> /dev/null
}
authority hosts
authority others
cat > ca.conf <<- 'END'
	[ca]
	default_ca = x
	[x]
	database = index
	rand_serial = yes
	new_certs_dir = .
	policy = p
	default_md = sha256
	default_days = 9
	[p]
	commonName = supplied
END

# show NAME [AUTHORITY [USE [OPTION...]]]: this host has a certificate for NAME from now on
show() {
	local name=$1 ca=${2:-hosts} use=${3:-clientAuth}
	shift $(($# < 3 ? $# : 3))
	: > index
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" -keyout host.key \
	    -out host.csr 2> /dev/null
	openssl ca -batch -config ca.conf -cert "$ca.pem" -keyfile "$ca.key" -in host.csr -out host.pem \
	    -notext -extfile <(printf '%s\n' "subjectAltName=DNS:$name" "extendedKeyUsage=$use") "$@" \
	    2> /dev/null || bail "no certificate for $name"
	chown root:pam_mfa_http host.key
	chmod 0640 host.key
	chmod 0644 host.pem
}

# asks NAME REGEX: what the service says of a user
asks() {
	like "$1" "$("$BUILD/tests/http/ask" begin alice 9000 hear 2>&1 | cut -d' ' -f2-)" "$2"
}
# join_another: web2.example.org, whose id is $web2
join_another() {
	local joined
	joined=$(mfactl --server token --name web2.example.org --json | jq '{token}' |
	    curl -sf --cacert /run/ca.pem -H 'Content-Type: application/json' -d @- https://mfa.test/v1/hosts)
	canary "$(jq -r .key <<< "$joined")"
	web2=$(jq -r .host <<< "$joined")
}
known='^methods bits=0'

service_up "host_ca = /run/hosts/hosts.pem"
join_host web1.example.org
add_user alice
start_http
with_certificate() {
	configure "$@" <<- 'END'
		host_certificate = /run/hosts/host.pem
		host_certificate_key = /run/hosts/host.key
	END
}

asks "without_a_certificate_the_key_is_enough" "$known"
with_certificate
show web1.example.org
asks "its_own_certificate_beside_its_key" "$known"
mv /etc/pam_mfa/host.key key
asks "and_without_a_key" "$known"

# checked: what mfactl check has against it
checked() { mfactl check --json | jq -r '.findings[] | select(.file | startswith("/run/hosts/")) | .id'; }
is "check_finds_nothing" "$(checked)" ""
cp -p host.pem host.kept
show web1.example.org hosts clientAuth -startdate 20200101000000Z -enddate 20200102000000Z
is "check_finds_one_that_has_expired" "$(checked)" "certificate_expired"
cp -p host.kept host.pem
is "and_one_of_another_key" "$(checked)" "not_a_pair"
show web1.example.org
rm host.kept
like "mfactl_asks_with_it_as_well" "$(mfactl test alice 2>&1)" "reached, and it knows this host"
mv key /etc/pam_mfa/host.key

# ---- whom the service does not believe; the key beside it is right all the time ----

refused="^failed failure=3 .*status 401.*the host's certificate: "
show web1.example.org others
asks "another_authority_is_not_believed" "${refused}unable to get local issuer certificate"
show web1.example.org hosts clientAuth -startdate 20200101000000Z -enddate 20200201000000Z
asks "nor_one_that_has_expired" "${refused}certificate has expired"
show web1.example.org hosts serverAuth
asks "nor_one_for_servers" "${refused}unsuitable certificate purpose"
show web1.example.org,DNS:web2.example.org hosts
asks "nor_one_with_two_names" "${refused}it does not have exactly one DNS name"
show web2.example.org
asks "nor_one_of_a_host_that_has_not_joined" "${refused}no host has joined under its name"
join_another
asks "nor_another_hosts_beside_this_ones_key" "${refused}the credential beside it is another's"
mv /etc/pam_mfa/host.key key
asks "which_by_itself_is_that_host" "$known"
mfactl --server remove "$web2" > /dev/null
asks "until_that_one_is_removed" "${refused}no host has joined under its name"
join_another
asks "and_is_not_revived_by_another_of_that_name" "${refused}no host has joined under its name since"
sleep 1.1
show web2.example.org
asks "who_needs_a_new_one" "$known"
mv key /etc/pam_mfa/host.key

# ---- what this host cannot use is no reason for less either ----

show web1.example.org
asks "the_right_one_again" "$known"
broken='^failed failure=2 '
chmod 0644 host.key
asks "a_key_that_others_can_read" "${broken}.*host.key has a mode wider than 0640"
chmod 0640 host.key
chmod 0664 host.pem
asks "a_certificate_that_others_can_write" "${broken}.*host.pem has a mode wider than 0644"
chmod 0644 host.pem
mv host.pem gone.pem
asks "no_certificate" "${broken}.*host.pem is missing"
ln -s gone.pem host.pem
asks "a_link" "${broken}.*host.pem is a symbolic link"
rm host.pem
echo nonsense > host.pem
asks "nonsense" "${broken}.*certificate"
cp gone.pem host.pem
cp host.key kept
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out host.key 2> /dev/null
chown root:pam_mfa_http host.key
chmod 0640 host.key
asks "another_key" "${broken}"
cat kept > host.key
asks "both_again" "$known"
configure <<< "host_certificate = /run/hosts/host.pem"
asks "half_a_pair" "${broken}.*host_certificate and host_certificate_key need each other"
configure <<< ""
asks "none_again" "$known"
# ---- the service's own ----

openssl req -new -key /etc/mfad/tls.key -subj /CN=mfa.test 2> /dev/null | openssl x509 -req -CA /run/ca.pem \
    -CAkey /run/ca.key -days -1 > /run/late.pem 2> /dev/null
mark
cat /run/late.pem > /etc/mfad/tls.crt
kill -HUP "$mfad"
logged "mfad_says_that_its_own_has_expired" 'mfad.*tls\.crt: the certificate has expired: no client takes it'
kill "$mfad"
wait "$mfad" 2> /dev/null
mark
/usr/sbin/mfad >> /var/log/mfad.out 2>&1 &
mfad=$!
logged "and_when_it_starts" 'mfad.*tls\.crt: the certificate has expired: no client takes it'

done_testing
