#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# mfactl join and rotate: a host gets its key, and believes what it was told to
# believe; after anything else it is as it was.
. "$TOP/tests/lib.sh"

mkdir /srv/work && cd /srv/work || exit 1
. "$TOP/tests/phone/lib.sh"
start_service
configure <<< 'factors = totp'

ctl() {
	status=0
	out=$(mfactl "$@" 2> /srv/work/err) || status=$?
	err=$(< /srv/work/err)
}

# contains NAME TEXT SECRET: it is in it (and no argument of a grep)
contains() {
	case $2 in
	*"$3"*) pass "$1" ;;
	*) fail "$1" ;;
	esac
}

# etc: everything below /etc/pam_mfa, as it is
etc() { find /etc/pam_mfa -printf '%p %M %u %g\n' -type f -exec sha256sum {} + | sort; }

authority() {	# authority NAME: its public line is then in $public, its id in $id
	out=$(mfactl authority init "$1")
	id=$(sed -n 's/^key id *//p' <<< "$out")
	public=$(< "$1.pub")
}

# offer [NAME]: what the service gives to a host that joins
token=j_$(random_id).$(random_secret)
canary "$token"
host=$(random_id)
authority mfad
offer() {
	key=$(random_secret)
	canary "$key"
	says "POST /v1/hosts" 201 "{\"host\":\"h_$host\",\"key\":\"$key\",\"name\":\"${1-web1.example.org}\",\"authorities\":[\"$public\"]}"
}
start=$(etc)

# ---- what is refused, and changes nothing ----

as_before() {	# as_before NAME STATUS WANTED
	is "$1" "$2 $(diff <(etc) <(echo "$start"))" "$3 "
}
offer
for bad in "" "j_x" "${token:1}" "$token." "h${token:1}" "${token//./-}"; do
	ctl join "$url" --ca ca.pem <<< "$bad"
	as_before "no_token:${bad:0:4}" $status 5
done
ctl join "$url" --ca ca.pem < /dev/null
as_before "no_token_at_all" $status 5
for bad in "http${url#https}" "localhost" "$url/v1" "https://a b" "https://root@localhost"; do
	ctl join "$bad" --ca ca.pem <<< "$token"
	as_before "no_url:$bad" $status 2
done
ctl join "$url" --ca missing.pem <<< "$token"
as_before "no_ca" $status 2
ctl join "$url" --ca ca.pem --name "a b" <<< "$token"
as_before "no_name" $status 2
ctl join "$url" <<< "$token"
as_before "another_authority_of_tls" $status 8
is "the_service_was_told_nothing" "$(asked POST)" 0
for case in "bad-token 403 5" "name-taken 409 5" "unknown 500 8" "too-many 429 5"; do
	set -- $case
	says "POST /v1/hosts" "$2" "$(problem "$1" "$2")"
	ctl join "$url" --ca ca.pem <<< "$token"
	as_before "problem_$1" $status "$3"
done
# reply NAME JQ: the answer changed like this
reply() {
	offer
	tail -n 1 service/POST_v1_hosts | jq -c "$2" > answer
	says "POST /v1/hosts" 201 "$(< answer)"
	ctl join "$url" --ca ca.pem --yes ${3-} <<< "$token"
	as_before "reply:$1" $status 8
}
reply "no_id" 'del(.host)'
reply "a_device's_id" '.host = "d" + .host[1:]'
reply "an_id_with_a_line" '.host += "\n"'
reply "a_short_key" '.key |= .[1:]'
reply "no_key" '.key = null'
reply "a_key_with_a_dot" '.key |= "." + .[1:]'
reply "no_name" '.name = ""'
reply "a_name_of_two_lines" '.name = "a\nfactors = none"'
reply "a_name_of_two_words" '.name = "a b"'
reply "another_name" '.name = "other"' "--name web1"
reply "no_list" 'del(.authorities)'
reply "no_authority" '.authorities = ["ed25519 x"]'
reply "an_authority_of_two_lines" '.authorities[0] += "\nx"'
reply "a_list" '[.]'
says "POST /v1/hosts" close
ctl join "$url" --ca ca.pem <<< "$token"
as_before "no_reply" $status 8
is "nothing_is_left_beside" "$(find /etc/pam_mfa -name '*-[0-9a-f]*')" ""
setpriv --reuid=nobody --clear-groups mfactl join "$url" <<< "$token" 2>/dev/null
is "only_root_may" $? 3
echo 'host_name = two words' > /etc/pam_mfa/pam_mfa.conf.d/99-late.conf
ctl join "$url" --ca ca.pem --yes <<< "$token"
is "a_broken_configuration_is_seen_first" "$status" 6
rm /etc/pam_mfa/pam_mfa.conf.d/99-late.conf

# ---- interrupted ----

offer
rm service/POST_v1_hosts
: > service/log
mfactl join "$url" --ca ca.pem <<< "$token" > /dev/null 2>&1 &
pid=$!
soon asked POST
soon grep -q '^POST' service/log
kill -INT $pid
kill -TERM $pid
wait $pid
as_before "interrupted" x x

# ---- joining ----

offer
: > service/log
ctl join "$url" --ca ca.pem <<< "$token"$'\nno'
is "joined" "$status" 0
is "the_token_is_sent,_and_no_name" "$(bodies "POST /v1/hosts" | jq -c 'keys')" '["token"]'
is "the_key_is_for_mfa-http" "$(stat -c '%a %U %G' /etc/pam_mfa/host.key)" "640 root pam_mfa_http"
is "whole" "$(cat /etc/pam_mfa/host.key | sha256sum)" "$(echo "h_$host.$key" | sha256sum)"
is "the_settings" "$(< /etc/pam_mfa/pam_mfa.conf.d/50-server.conf)" "# Made by mfactl join.
server = $url
server_ca = /srv/work/ca.pem
host_name = web1.example.org"
is "which_anybody_may_read" "$(stat -c '%a %U' /etc/pam_mfa/pam_mfa.conf.d/50-server.conf)" "644 root"
is "no_authority_was_added_without_a_yes" "$(ls /etc/pam_mfa/authorities 2>&1 | grep -c 'No such')" 1
like "its_id_was_shown" "$err" "^    key id  $id\$"
like "and_what_it_gives_up" "$err" "whoever controls the service"
like "and_what_to_do_instead" "$out" "No phone is believed yet: put .* into /etc/pam_mfa/authorities"
is "nothing_is_left_beside" "$(find /etc/pam_mfa -name '*-[0-9a-f]*')" ""

before=$(etc)
: > service/log
ctl join "$url" --ca ca.pem --yes <<< "$token"
is "it_is_not_done_twice" "$status $(etc)" "5 $before"
is "nor_asked" "$(asked POST)" 0
offer
mfactl authority init own > /dev/null
{ echo "# ours"; cat own.pub; } > /etc/pam_mfa/authorities
ctl join "$url" --ca ca.pem --yes --force --name web1.example.org <<< "$token"
is "but_by_force" "$status" 0
is "the_key_is_another" "$(sha256sum < /etc/pam_mfa/host.key)" "$(echo "h_$host.$key" | sha256sum)"
is "with_yes_the_authority_is_believed_beside_others" "$(< /etc/pam_mfa/authorities)" "# ours
$(< own.pub)
# of $url
$public"
offer
ctl join "$url" --ca ca.pem --force <<< "$token"
is "one_that_is_believed_is_not_asked_about" "$status $(grep -c 'key id' <<< "$err") $(wc -l < /etc/pam_mfa/authorities)" "0 0 4"
says "POST /v1/hosts.1" 400 "$(problem invalid 400)"
offer "$(hostname)"
: > service/log
ctl join "$url" --ca ca.pem --force <<< "$token"
is "a_token_without_a_name_takes_the_host's" "$status $(bodies POST | tail -n 1 | jq -r .name)" "0 $(hostname)"
talk mfactl join "$url" --ca ca.pem --force <<- END
	? token to join with:
	> $token
	\$
END
is "on_a_terminal" "$status" 0
unlike "the_token_is_not_echoed" "$shown" "${token:3:20}"

# All or nothing: the place of the settings is taken by a directory.
before=$(etc)
rm /etc/pam_mfa/pam_mfa.conf.d/50-server.conf
mkdir /etc/pam_mfa/pam_mfa.conf.d/50-server.conf
held=$(etc)
offer
ctl join "$url" --ca ca.pem --force <<< "$token"
is "when_one_file_cannot_be_written_none_is" "$status $(diff <(etc) <(echo "$held"))" "6 "
rmdir /etc/pam_mfa/pam_mfa.conf.d/50-server.conf
offer
ctl join "$url" --ca ca.pem --force <<< "$token"
is "and_then_all_are" "$status" 0

# ---- rotate ----

says "GET /v1/hosts/self" 200 '{"host":"h","name":"web1","created":1,"authorities":[]}'
old=$key
key=$(random_secret)
canary "$key"
says "POST /v1/hosts/self/key" 201 "{\"key\":\"$key\"}"
: > service/log
ctl rotate
is "rotated" "$status $(sha256sum < /etc/pam_mfa/host.key)" "0 $(echo "h_$host.$key" | sha256sum)"
is "it_is_for_mfa-http" "$(stat -c '%a %U %G' /etc/pam_mfa/host.key)" "640 root pam_mfa_http"
contains "asked_with_the_old_one" "$(grep -A5 '^POST' service/log)" "Bearer h_$host.$old"
contains "and_used_with_the_new_one" "$(grep -A5 '^GET' service/log)" "Bearer h_$host.$key"
before=$(etc)
says "GET /v1/hosts/self" 401 "$(problem unauthenticated 401)"
says "POST /v1/hosts/self/key" 201 "{\"key\":\"$(random_secret)\"}"
ctl rotate
is "a_key_that_does_not_work_is_taken_back" "$status $(etc)" "5 $before"
for body in '{}' '{"key":7}' '{"key":"short"}' '[]' 'x'; do
	says "POST /v1/hosts/self/key" 201 "$body"
	ctl rotate
	is "no_key:$body" "$status $(etc)" "8 $before"
done
says "POST /v1/hosts/self/key" 401 "$(problem unauthenticated 401)"
ctl rotate
is "a_host_that_is_not_known" "$status $(etc)" "5 $before"
kill $stand_in
ctl rotate
is "a_service_that_is_gone" "$status $(etc)" "8 $before"
rm /etc/pam_mfa/host.key
ctl rotate
is "a_host_without_a_key" "$status" 6

for case in "join" "join $url x" "join $url --token x" "rotate x" "rotate --name y"; do
	ctl $case < /dev/null
	is "usage:$case" "$status" 2
done

done_testing
