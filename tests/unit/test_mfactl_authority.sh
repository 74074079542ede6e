#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# mfactl authority: keys in files, for any user, and nothing else of this host;
# what it signs is what was asked, and a file is never written over.
. "$TOP/tests/lib.sh"

add_user signer
work=/home/signer/work
install -d -m 0755 -o signer -g signer $work
vectors=$TOP/tests/vectors
request=$work/request
install -m 0644 "$vectors/enrolment" $request

# As an ordinary user, with a umask that hides nothing.
ctl() {
	status=0
	out=$(cd $work && setpriv --reuid=signer --regid=signer --clear-groups sh -c 'umask 0; exec "$@"' sh \
	    mfactl authority "$@" 2> /run/err < /dev/null) || status=$?
	err=$(< /run/err)
}

value() {	# value KEY FILE
	sed -n "s/^$1 //p" "$2"
}

# ---- init and show ----

ctl init key
is "an_ordinary_user_makes_an_authority" "$status" 0
is "the_private_key_is_its_owners" "$(stat -c '%a %U' $work/key)" "600 signer"
is "the_public_one_is_for_all" "$(stat -c '%a %U' $work/key.pub)" "644 signer"
like "which_is_one_line" "$(< $work/key.pub)" '^ed25519 [A-Za-z0-9_-]{43}$'
is "with_an_end" "$(wc -lc < $work/key.pub | tr -s ' ')" " 1 52"
canary "$(sed 's/.* //' $work/key)"
id=$(sed -n 's/^key id *//p' <<< "$out")
like "the_id_has_128_bits" "$id" '^[A-Za-z0-9_-]{22}$'
is "and_is_that_of_the_key" "$id" "$(sed 's/ed25519 //; y/-_/+\//; s/$/=/' $work/key.pub |
    base64 -d | openssl dgst -sha256 -binary | head -c 16 | base64 | tr '+/' '-_' | tr -d '=')"
like "the_public_key_is_shown" "$out" "^public key  $(< $work/key.pub)$"
unlike "the_private_one_is_not" "$out" "$(sed 's/.* //' $work/key)"
shown=$(head -n 2 <<< "$out")
ctl show key
is "show_of_the_private_key" "$status $out" "0 $shown"
ctl show key.pub
is "show_of_the_public_key" "$status $out" "0 $shown"
before=$(sha256sum $work/key*)
ctl init key
is "a_key_is_never_made_anew" "$status" 5
like "and_it_is_said" "$err" '^mfactl: key or key\.pub is there already'
is "both_files_stay" "$(sha256sum $work/key*)" "$before"
touch $work/half.pub
ctl init half
is "a_public_file_alone_is_enough" "$status $(ls $work | grep -c '^half')" "5 1"
ctl init missing/key
is "no_such_directory" "$status" 7
is "nothing_else_is_left" "$(ls $work | paste -sd' ')" "half.pub key key.pub request"

# ---- sign ----

ctl sign key request certificate --life 30d
is "a_request_is_signed" "$status" 0
cert=$work/certificate
is "the_lines_are_those_that_were_asked" "$(sed -n '2,6p' $cert)" "$(sed 1d $request)"
is "and_those_of_a_certificate" "$(cut -d' ' -f1 $cert | paste -sd' ')" \
    "pam_mfa user device kind key origin created expires authority signature"
is "of_this_version" "$(head -n 1 $cert)" "pam_mfa device 1"
is "by_this_authority" "$(value authority $cert)" "$id"
is "for_that_long" "$(($(value expires $cert) - $(value created $cert)))" 2592000
now=$(date +%s)
is "from_now" "$((now - $(value created $cert) < 60 && now >= $(value created $cert)))" 1
for word in zoë phone-webauthn-es256 webauthn-es256 https://mfa.example.org:8443; do
	like "what_was_signed_is_shown" "$out" " $word$"
done
print=$(value key $cert | tr -- '-_' '+/' | sed 's/$/=/' | base64 -d 2>/dev/null | openssl dgst -sha256 -binary |
    head -c 16 | base64 | tr '+/' '-_' | tr -d '=')
is "with_the_keys_fingerprint" "$(sed -n 's/^fingerprint *//p' <<< "$out")" "$print"
before=$(sha256sum $cert)
ctl sign key request certificate
is "a_certificate_is_not_written_over" "$status $(sha256sum $cert)" "5 $before"
ctl sign key request other
is "ninety_days_without_a_life" "$(($(value expires $work/other) - $(value created $work/other)))" 7776000
for life in 0d 367d 9 forever -1d ''; do
	ctl sign key request never --life "$life"
	is "a_life_of_'$life'" "$status" 2
done

# refuses NAME STATUS REGEX: the request on standard input
refuses() {
	cat > $work/bad
	ctl sign key bad never
	is "$1" "$status" "$2"
	like "and_says_where" "$err" "$3"
}
refuses "a_line_without_a_value" 5 '^mfactl: bad:2: ' < <(sed 's/^user .*/user/' $request)
refuses "an_unknown_kind" 5 '^mfactl: bad:4: ' < <(sed 's/^kind .*/kind rsa/' $request)
refuses "a_point_that_is_not_on_the_curve" 5 '^mfactl: bad:5: ' < <(sed 's/^key .\{5\}/key BAAAA/' $request)
refuses "a_passkey_without_origin" 5 '^mfactl: bad:6: ' < <(sed 's/^origin .*/origin -/' $request)
refuses "a_line_more" 5 '^mfactl: bad:7: ' < <(sed '$a x y' $request)
refuses "windows_lines" 5 '^mfactl: bad:1: ' < <(sed 's/$/\r/' $request)
refuses "a_certificate_is_no_request" 5 '^mfactl: bad:1: ' < $cert
refuses "an_empty_file" 5 '^mfactl: bad:1: ' < /dev/null
refuses "a_large_file" 5 '^mfactl: bad is too long' < <(head -c 100000 /dev/zero)
ctl sign key nowhere never
is "no_such_request" "$status" 4
mkfifo $work/fifo
ctl sign key fifo never
is "a_fifo_does_not_hold_it_up" "$status" 5
ctl sign key . never
is "a_directory_is_no_request" "$status" 5
is "none_of_them_made_a_certificate" "$(ls $work/never* 2>/dev/null)" ""

# ---- the private key is looked at before it is used ----

key_refused() {	# NAME STATUS REGEX
	ctl sign key request never
	is "$1" "$status" "$2"
	like "and_why" "$err" "$3"
	ctl show key
	is "show_says_the_same" "$status" "$2"
}
kept=$work/kept
cp -p $work/key $kept
chmod 0640 $work/key
key_refused "a_mode_wider_than_0600" 5 'key has a mode wider than 0600$'
chmod 0600 $work/key
chown root $work/key
key_refused "somebody_elses_key" 7 'key cannot be opened'
chmod 0644 $work/key
key_refused "that_can_be_read" 5 'key is owned by somebody else$'
rm $work/key
ln -s kept $work/key
key_refused "a_symbolic_link" 5 'key is a symbolic link$'
rm $work/key
key_refused "no_key" 4 'key is missing$'
install -m 0600 -o signer $work/key.pub $work/key
key_refused "the_public_key" 5 'key is no private key of an authority$'
head -c 60 /dev/zero | install -m 0600 -o signer /dev/stdin $work/key
key_refused "zeros" 5 'key is no private key of an authority$'
mv $kept $work/key
ctl sign key request again
is "and_the_right_one_works" "$status" 0

# ---- revoke ----

ctl revoke key zoë phone-webauthn-es256 revocation
is "a_device_is_revoked" "$status" 0
is "in_these_lines" "$(sed 's/^\(at\|signature\) .*/\1/' $work/revocation)" "pam_mfa revocation 1
user zoë
device phone-webauthn-es256
at
authority $id
signature"
ctl revoke key zoë phone-webauthn-es256 revocation
is "a_revocation_is_not_written_over" "$status" 5
for device in '' 'my phone' 'x/y' "$(printf 'x%.0s' {1..65})"; do
	ctl revoke key zoë "$device" never
	is "no_device_'${device:0:9}'" "$status" 2
done
ctl revoke key $'zo\e' phone never
is "no_user" "$status" 2

# ---- usage ----

for case in "" "nonsense" "init" "init a b" "show" "show a b" "sign" "sign key" "sign key request" \
    "sign key request a b" "revoke key" "revoke key user device" "init new --life 3d" "show key --json"; do
	ctl $case
	is "usage_of_'$case'" "$status" 2
	like "says_where_to_look" "$err" 'see mfactl help authority$'
done
is "nothing_of_this_host_was_touched" "$(find /var/lib/pam_mfa /etc/pam_mfa/state.key -type f 2>/dev/null)" ""
is "no_temporary_file_is_left" "$(ls $work | grep -E '\.[0-9a-f]{16}$')" ""

done_testing
