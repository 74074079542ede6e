#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What is signed, verified with the openssl command and nothing of ours: the
# vectors, and what mfactl signs; and what openssl signs for an authority's key
# is what mfactl signs.
. "$TOP/tests/tap.sh"

cd "$TOP/tests/vectors" || bail "no vectors"
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

# bytes BASE64URL
bytes() {
	local text=$1
	while [ $((${#text} % 4)) != 0 ]; do text+==; done
	tr -- '-_' '+/' <<< "$text" | base64 -d
}
value() {	# value KEY FILE
	sed -n "s/^$1 //p" "$2"
}
unhex() {
	printf '%b' "$(sed 's/../\\x&/g' <<< "$1")"
}
hex() {
	od -An -v -tx1 | tr -d ' \n'
}

# key_of KIND BASE64URL: a public key, in SubjectPublicKeyInfo (RFC 5480, 8410)
key_of() {
	case $1 in
	*p256 | *es256) unhex 3059301306072a8648ce3d020106082a8648ce3d030107034200 ;;
	*) unhex 302a300506032b6570032100 ;;
	esac
	bytes "$2"
}

# verify KIND KEY.der DATA SIGNATURE
verify() {
	case $1 in
	*p256 | *es256) openssl dgst -sha256 -keyform DER -verify "$2" -signature "$4" "$3" ;;
	*) openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$2" -in "$3" -sigfile "$4" ;;
	esac
}

# ---- statements ----

for decision in approve deny report; do
	is "digest_of_$decision" "$(openssl dgst -sha256 -r "statement-$decision" | cut -d' ' -f1)" \
	    "$(< "statement-$decision.sha256")"
	for kind in p256 ed25519 webauthn-es256 webauthn-eddsa; do
		evidence=evidence-$kind-$decision
		key_of $kind "$(value key certificate-$kind)" > "$made/key"
		bytes "$(value signature "$evidence")" > "$made/signature"
		if [[ $kind = webauthn-* ]]; then
			bytes "$(value authenticator_data "$evidence")" > "$made/data"
			bytes "$(value client_data "$evidence")" > "$made/client"
			openssl dgst -sha256 -binary "$made/client" >> "$made/data"
			like "the_challenge_of_$evidence" "$(< "$made/client")" \
			    "\"challenge\":\"$(openssl dgst -sha256 -binary "statement-$decision" |
			    base64 | tr '+/' '-_' | tr -d '=')\""
		else
			cp "statement-$decision" "$made/data"
		fi
		succeeds "signature_of_$evidence" verify $kind "$made/key" "$made/data" "$made/signature"
		printf x >> "$made/data"
		refused "and_of_nothing_else" verify $kind "$made/key" "$made/data" "$made/signature"
	done
done

# ---- what an authority signs ----

# signed FILE AUTHORITY.pub: its last line is over all others
signed() {
	key_of ed25519 "$(value ed25519 "$2")" > "$made/key"
	sed '$d' "$1" > "$made/data"
	bytes "$(value signature "$1")" > "$made/signature"
	verify ed25519 "$made/key" "$made/data" "$made/signature"
}
for file in certificate-* revocation; do
	succeeds "signature_of_$file" signed "$file" authority.pub
done

mfactl=$BUILD/mfactl
"$mfactl" authority init "$made/authority" > /dev/null
"$mfactl" authority sign "$made/authority" enrolment "$made/certificate" > /dev/null
"$mfactl" authority revoke "$made/authority" alice phone "$made/revocation" > /dev/null
for file in certificate revocation; do
	succeeds "what_mfactl_signs:_$file" signed "$made/$file" "$made/authority.pub"
	refused "and_not_with_another_key:_$file" signed "$made/$file" authority.pub
	{ unhex 302e020100300506032b657004220420
	  bytes "$(value ed25519-private "$made/authority")"; } > "$made/private"
	sed '$d' "$made/$file" > "$made/data"
	openssl pkeyutl -sign -rawin -keyform DER -inkey "$made/private" -in "$made/data" -out "$made/theirs"
	is "openssl_signs_alike:_$file" "$(hex < "$made/theirs")" \
	    "$(bytes "$(value signature "$made/$file")" | hex)"
done

# ---- the enrolment's HMAC ----

is "hmac_of_the_enrolment" \
    "$(openssl dgst -sha256 -mac HMAC -macopt "hexkey:$(bytes "$(value secret enrolment.mac)" | hex)" -r enrolment |
    cut -d' ' -f1)" "$(bytes "$(value mac enrolment.mac)" | hex)"

done_testing
