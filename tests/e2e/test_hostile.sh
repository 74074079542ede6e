#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# An approval service in the wrong hands: the right name and certificate, all of
# its state, whatever it was ever told; but neither an authority that hosts
# believe, nor a key of a phone.  Then the same with the authority that mfad has
# by default; a host, and a phone, in the wrong hands.
. "$TOP/tests/lib.sh"
. "$TOP/tests/service.sh"
. "$TOP/tests/fleet.sh"

fleet_up
new_host web1 203.0.113.2
new_host web2 203.0.113.3
for host in web1 web2; do
	configure_host $host <<- 'END'
		deadline = 60
		delay = 0
		max_failures = 99
		[service door]
		deadline = 10
	END
done
use_profile
host_up web1
host_up web2
for service in su door; do
	printf 'auth required pam_mfa.so\naccount required pam_permit.so\n' > /etc/pam.d/$service
done
for user in alice bob carol; do
	add_user $user
	new_phone $user
done

# ---- what it is told while it is honest ----

su_talk web1 alice '? Waiting for it' '! approve alice' '$'
like "a_real_approval_lets_in" "$shown" "in as alice"
phone_is_done alice
certificate_of() { mfad_says "SELECT certificate FROM device WHERE user = '$1'"; }
recorded=$(mfad_says "SELECT signature FROM login WHERE user = 'alice' AND decision = 1")
for user in alice bob carol; do
	echo "$(certificate_of $user)" > /run/certificate.$user
done
like "it_has_the_signature" "$recorded" '^[A-Za-z0-9_-]{90,100}$'

# ---- in the wrong hands ----

# Every request waits for its answer, until it is written down here.
stop_mfad
hostile=/srv/hostile
mkdir $hostile
"$BUILD/tests/stand_in" $hostile /run/hostile.sock &
ip netns exec mfa "$BUILD/tests/relay" "${TLS[@]}" $service_address 443 \
    /run/hostile.sock 2>> /var/log/relay.out &
relay=$!

says() { # REQUEST STATUS [BODY], in one step
	printf '%s\n%s' "$2" "${3-}" > $hostile/new
	mv $hostile/new "$hostile/$1"
}
LOGIN=l_AAAAAAAAAAAAAAAAAAAAAA
says_of() { # USER: that it has a phone
	says "GET_v1_users_$1" 200 "$(jq -n --arg u "$1" \
	    '{user: $u, methods: ["push"], push_locked: false, locked: false}')"
	says "GET_v1_users_$1_certificates" 200 '{"certificates":[],"revocations":[]}'
}
for user in alice bob carol; do
	says_of $user
done
says POST_v1_logins 201 "$(jq -n --arg l $LOGIN \
    '{login: $l, state: "waiting", methods: ["push"], expires: 4000000000}')"
says POST_v1_logins_${LOGIN}_close 204

# answers CERTIFICATE SIGNATURE [DECISION]: to every login from now on
answers() {
	jq -n --rawfile c "$1" --arg s "$2" --arg d "${3:-approve}" --arg l $LOGIN '{login: $l,
	    state: "answered", answer: {decision: $d, device: "d_x", certificate: $c, kind: "p256",
	    signature: $s}}' > /run/answer
	says GET_v1_logins_$LOGIN 200 "$(< /run/answer)"
}

# barred NAME HOST USER SERVICE REASON: one login with that answer
barred() {
	local out
	mark
	began=$SECONDS
	out=$(on "$2" "$BUILD/tests/logins" "$4" "$3" 1)
	like "$1" "$out" '^in=0 '
	like "in_time:_$1" "$((SECONDS - began))" '^([0-9]|1[0-2])$'
	logged "with_its_reason:_$1" " verdict=deny user=$3 service=$4 .*reason=$5"
}

answers /run/certificate.alice "$recorded"
barred "a_replayed_approval" web1 alice su wrong_number
barred "an_approval_moved_to_another_service" web1 alice door wrong_number
barred "an_approval_moved_to_another_host" web2 alice su wrong_number
barred "an_approval_moved_to_another_user" web1 bob su bad_approval
answers /run/certificate.bob "$recorded"
barred "and_with_that_user's_certificate" web1 bob su wrong_number
answers /run/certificate.alice "$recorded" deny
barred "an_approval_as_a_denial" web1 alice su denied_on_phone
answers /run/certificate.alice "$recorded" report
barred "nor_can_it_report" web1 alice su denied_on_phone
unlike "whatever_it_says" "$(on web1 mfactl log --user alice --json | jq -r '.[].reason')" \
    '^reported$'

# ---- what it signs itself ----

openssl ecparam -name prime256v1 -genkey -noout -out /run/secret.forged
mfactl authority init /run/secret.authority > /run/authority.pub
base64url() { basenc --base64url -w 0 | tr -d =; }
point() { openssl ec -in "$1" -pubout -outform DER 2> /dev/null | tail -c 65 | base64url; }
# mint AUTHORITY CERTIFICATE: it says that the forged key is alice's
mint() {
	printf '%s\n' "pam_mfa enrolment 1" "user alice" "device d_AAAAAAAAAAAAAAAAAAAAAA" \
	    "kind p256" "key $(point /run/secret.forged)" "origin -" > /run/request
	mfactl authority sign "$1" /run/request "$2" > /run/mint.out 2>&1 ||
	    bail "no certificate: $(cat /run/mint.out)"
}
mint /run/secret.authority /run/certificate.self

# The command "forge CERTIFICATE NUMBER [HOST]": answers the login that was opened
# last as its phone would, with the forged key.
cat > /usr/local/bin/forge <<- END
	#!/bin/bash
	body=\$(grep -a '^{.*"nonce"' $hostile/log | tail -n 1)
	of() { jq -r ".\$1" <<< "\$body"; }
	signature=\$(printf '%s\n' "pam_mfa approval 1" "host \${3:-web1.example.org}" \
	    "user \$(of user)" "service \$(of service)" "origin \$(of origin)" \
	    "nonce \$(of nonce)" "number \$2" "expires \$(of expires)" "decision approve" |
	    openssl dgst -sha256 -sign /run/secret.forged | basenc --base64url -w 0 | tr -d =)
	jq -n --rawfile c "\$1" --arg s "\$signature" '{login: "$LOGIN", state: "answered",
	    answer: {decision: "approve", device: "d_x", certificate: \$c, kind: "p256",
	    signature: \$s}}' | cat <(echo 200) - > $hostile/forged
	mv $hostile/forged $hostile/GET_v1_logins_$LOGIN.1
END
chmod +x /usr/local/bin/forge
rm $hostile/GET_v1_logins_$LOGIN

# forged NAME HOST WORDS ARGUMENTS: even to one who is told the number
forged() {
	rm -f $hostile/GET_v1_logins_$LOGIN.1
	su_talk "$2" alice '? Waiting for it' "! n=\$(number /run/screen); forge $4" \
	    "? $3" '^ C' '$'
	unlike "$1" "$shown" 'in as'
	like "with_a_sentence:_$1" "$shown" "$3"
}

forged "a_certificate_of_an_authority_of_its_own" web1 'This computer does not accept your phone' \
    '/run/certificate.self $n'
sed "s/^authority .*/$(grep '^authority ' /run/certificate.alice)/" /run/certificate.self \
    > /run/certificate.named
forged "that_names_the_real_one" web1 'This computer does not accept your phone' \
    '/run/certificate.named $n'
sed "s/^key .*/key $(point /run/secret.forged)/" /run/certificate.alice > /run/certificate.mended
forged "a_real_certificate_with_another_key" web1 'This computer does not accept your phone' \
    '/run/certificate.mended $n'
forged "a_real_certificate_and_another_key's_signature" web1 \
    'The number typed on the phone was wrong' \
    '/run/certificate.alice $n'

# ---- it says nothing, or no end of it ----

barred "withheld" web1 alice door '(no_approval|deadline)'
head -c 900000 /dev/zero | tr '\0' ' ' > /run/flood
says GET_v1_logins_$LOGIN 200 "$(< /run/flood){}"
barred "flooded" web1 alice su no_approval
says GET_v1_users_alice 200 "$(< /run/flood){}"
mark
is "flooded_before_it_is_asked" "$(on web1 "$BUILD/tests/logins" su alice 1 | cut -d' ' -f1)" "in=0"
logged "is_a_service_that_is_not_there" 'verdict=deny user=alice service=su .*'
rm $hostile/GET_v1_logins_$LOGIN
says_of alice

# ---- it has the authority that hosts believe: what SECURITY.md warns of ----

cp /etc/mfad/authority.key /run/secret.stolen
mint /run/secret.stolen /run/certificate.minted
su_talk web1 alice '? Waiting for it' \
    '! n=$(number /run/screen); forge /run/certificate.minted $n' '$'
like "whoever_has_it_and_sees_the_login_is_let_in" "$shown" 'in as alice'
forged "but_must_see_the_number" web1 'The number typed on the phone was wrong' \
    '/run/certificate.minted $(echo $n | tr 0-9 1-90)'
succeeds "SECURITY.md_says_so" \
    grep -q "certify a phone of their own as anybody's" "$TOP/SECURITY.md"
mfactl authority init /run/secret.elsewhere > /dev/null
cp /run/secret.elsewhere.pub /srv/fleet/web2/etc/pam_mfa/authorities
forged "and_is_not_where_the_key_is_elsewhere" web2 'This computer does not accept your phone' \
    '/run/certificate.minted $n web2.example.org'
mint /run/secret.elsewhere /run/certificate.elsewhere
su_talk web2 alice '? Waiting for it' \
    '! n=$(number /run/screen); forge /run/certificate.elsewhere $n web2.example.org' '$'
like "whose_certificate_counts_there" "$shown" 'in as alice'

# ---- it alters what the phone is told ----

kill $relay
wait $relay 2> /dev/null
service_listen=127.0.0.1:443
# altered NAME FROM=TO: the person sees it, or does not, and types the number
altered() {
	ip netns exec mfa "$BUILD/tests/relay" "${TLS[@]}" -s "$2" $service_address 443 \
	    /run/mfad/plain.sock 2>> /var/log/relay.out &
	relay=$!
	wait_until 10 mfad_serves || bail "the relay does not serve"
	su_talk web1 alice '? Waiting for it' '! approve alice' \
	    '? Type a code' '^ C' '$'
	unlike "$1" "$shown" 'in as'
	like "is_a_wrong_number:_$1" "$shown" "The number typed on the phone was wrong"
	kill $relay
	wait $relay 2> /dev/null
}
printf '%s\n' "listen = 127.0.0.1:443" "listen_plain = /run/mfad/plain.sock" > /etc/mfad/mfad.conf
ip netns exec mfa /usr/sbin/mfad >> /var/log/mfad.out 2>&1 &
mfad=$!
wait_until 10 test -S /run/mfad/plain.sock || bail "mfad does not serve"
altered "another_host" web1.example.org=web9.example.org
altered "another_service" '"service":"su"=''"service":"xu"'
altered "another_origin" '"origin":"unknown"=''"origin":"console"'

# ---- a phone in the wrong hands ----

# keyed NAME USER KEY-OF: USER's phone, but it signs with the key of another
cp -r /run/phone.carol /run/phone.carol.stranger
sed -i "s/^private .*/$(grep '^private ' /run/phone.bob/phone)/
    s/^public .*/$(grep '^public ' /run/phone.bob/phone)/" /run/phone.carol.stranger/phone
stop_mfad
service_listen=
service_up
su_talk web1 carol '? Waiting for it' '! approve carol.stranger' \
    '? Type a code' '^ C' '$'
unlike "a_phone_with_another_key" "$shown" 'in as'
like "it_is_a_wrong_number" "$shown" 'The number typed on the phone was wrong'

# api PHONE-OF METHOD PATH [BODY]: the status that the service answers with
api() {
	from "p-$1" curl -s --cacert /run/ca.pem -X "$2" -H "Content-Type: application/json" \
	    -H @<(echo "Authorization: Bearer $(sed -n 's/^device //p' "/run/phone.$1/phone").$(
		sed -n 's/^secret //p' "/run/phone.$1/phone")") \
	    -H "Idempotency-Key: $(openssl rand -hex 11)" ${4:+-d "$4"} -o /run/api.out \
	    -w '%{http_code}' "https://mfa.test$3"
}
# host_api HOST METHOD PATH [BODY]: the same as a login host
host_api() {
	on "$1" curl -s --cacert /run/ca.pem -X "$2" -H "Content-Type: application/json" \
	    -H @<(echo "Authorization: Bearer $(< "/srv/fleet/$1/etc/pam_mfa/host.key")") \
	    -H "Idempotency-Key: $(openssl rand -hex 11)" ${4:+-d "$4"} -o /run/api.out \
	    -w '%{http_code}' "https://mfa.test$3"
}
start_on web1 "$BUILD/tests/logins" su carol 1 > /run/waits
waits=$!
wait_until 10 one_waits
login=$(mfad_says "SELECT id FROM login WHERE state = 0")
yes='{"decision":"approve","signature":"MEUCIQ"}'
is "another_user's_phone_cannot_answer" "$(api bob POST /v1/device/logins/$login/answer "$yes")" 404
is "nor_see_it" "$(api bob GET /v1/device/logins/$login)" 404
is "nor_is_it_told_of_it" "$(api bob GET /v1/device/logins; jq -c .logins /run/api.out)" "200[]"

# ---- a host in the wrong hands ----

is "another_host_cannot_poll_it" "$(host_api web2 GET /v1/logins/$login)" 404
is "nor_end_it" "$(host_api web2 POST /v1/logins/$login/close '{"outcome":"granted"}')" 404
is "nor_try_a_code_at_it" "$(host_api web2 POST /v1/logins/$login/code '{"code":"123456"}')" 404
open_as() { # MEMBERS: web2 opens a login of bob's
	host_api web2 POST /v1/logins "{\"user\":\"bob\",\"service\":\"su\",\"origin\":\"unknown\",
	    \"nonce\":\"$(openssl rand 16 | base64url)\",\"expires\":$(($(date +%s) + 60))$1}"
}
is "nor_name_another_host_in_its_own" "$(open_as ',"host":"web1.example.org"')" 400
is "it_can_ask_in_its_own_name" "$(open_as '')" 201
is "which_the_phone_is_told" \
    "$(api bob GET /v1/device/logins; jq -r '.logins[0].host' /run/api.out)" \
    "200web2.example.org"
id=$(cut -d. -f1 /srv/fleet/web1/etc/pam_mfa/host.key)
is "with_a_made_up_key_it_can_do_nothing" "$(on web2 curl -s --cacert /run/ca.pem -o /dev/null \
    -w '%{http_code}' -H "Authorization: Bearer $id.$(openssl rand 32 | base64url)" \
    https://mfa.test/v1/hosts/self)" 401
unlike "and_nobody_is_let_in" "$(< /run/waits)" 'in='
kill $waits
wait $waits 2> /dev/null
unlike "nor_was_carol_ever" "$(audit_of web1 carol event verdict)" 'login grant'

done_testing
