#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Two hundred people log in by ssh, a hundred at each of two hosts, while the
# phones of all of them wait.  Every tenth denies, and every tenth types another
# number than the one that the login shows.  Not more than 24 are under way at
# any moment, and each takes the place of one who is done: all at once are more
# than two processors can serve in the seconds that a host waits for its service.
. "$TOP/tests/lib.sh"
. "$TOP/tests/service.sh"
. "$TOP/tests/fleet.sh"

PEOPLE=200 AT_ONCE=24

fleet_up
use_profile
new_host web1 203.0.113.2
new_host web2 203.0.113.3
new_place phones 203.0.113.9
host_up web1 MaxStartups=$AT_ONCE
host_up web2 MaxStartups=$AT_ONCE

# ---- the people ----

mapfile -t people < <(seq -f 'u%03.0f' $PEOPLE)
host_of() { echo "web$((10#${1#u} % 2 + 1))"; }
does() { # what USER does
	case $1 in
	*0) echo deny ;;
	*5) echo mistype ;;
	*) echo approve ;;
	esac
}

canary crowded-house
hash=$(openssl passwd -6 -stdin <<< crowded-house)
id=20000
for user in "${people[@]}"; do
	id=$((id + 1))
	echo "$user:x:$id:65534::/tmp:/bin/bash" >> /etc/passwd
	echo "$user:$hash:20000:0:99999:7:::" >> /etc/shadow
done

enrol_some() { # those whose number leaves this rest
	local at_host=(on "web$(($1 + 1))") at_phone=(from phones) user
	for user in "${people[@]}"; do
		[ $((10#${user#u} % 2)) != "$1" ] || enrol_phone $user
	done
}
enrol_some 0 &
others=$!
enrol_some 1
wait $others
is "everybody_has_a_phone" "$(ls -d /run/phone.u??? | wc -l)" $PEOPLE

# What ssh asks, each answers as a person does who looks at the screen: what is
# typed on the phone goes through a pipe.
cat > /usr/local/bin/answer <<- 'END'
	#!/bin/bash
	user=${1#(} user=${user%%@*}
	case $1 in
	*assword:*)
		echo crowded-house
		;;
	*"Approve on your phone: number "*)
		number=${1#*number } number=${number%%.*}
		echo "$user ${number/ /}" >> /run/shown
		case $user in
		*0) typed=n ;;
		*5) typed=$(tr 0-9 1-90 <<< "$number") ;;
		*) typed=$number ;;
		esac
		echo "$typed" > "/run/typed.$user"
		sleep 0.2
		echo
		;;
	*)
		echo "$1" > "/run/then.$user"
		exit 1
		;;
	esac
END
chmod +x /usr/local/bin/answer
export SSH_ASKPASS=/usr/local/bin/answer SSH_ASKPASS_REQUIRE=force

for user in "${people[@]}"; do
	mkfifo /run/typed.$user
	ip netns exec phones timeout 150 mfa-phone wait --store /run/phone.$user --once \
	    <> /run/typed.$user > /run/said.$user 2>&1 &
	phone_of+=($!)
done
held() { [ "$(from mfa ss -tnH state established sport = :443 | wc -l)" -ge "$1" ]; }
wait_until 60 held $PEOPLE
is "all_of_them_wait" $? 0

# ---- all of them ----

log_in() { # FIRST: that one and every 24th after
	local i user
	for ((i = $1; i < PEOPLE; i += AT_ONCE)); do
		user=${people[i]}
		from cafe setsid timeout 60 $SSH "$user@$(host_of $user)" \
		    'echo in as $USER at $(hostname)' \
		    > /run/in.$user 2> /run/err.$user < /dev/null
	done
}

began=$SECONDS
for ((first = 0; first < AT_ONCE; first++)); do
	log_in $first &
	login_of+=($!)
done
wait "${login_of[@]}"
note "$PEOPLE logins took $((SECONDS - began)) s"
wait "${phone_of[@]}"

# ---- who is in ----

wrong= again=
for user in "${people[@]}"; do
	wanted=
	[ "$(does $user)" != approve ] || wanted="in as $user at $(host_of $user)"
	[ "$(< /run/in.$user)" = "$wanted" ] || wrong+=" $user:$(tail -n 1 /run/err.$user)"
done
is "who_approved_is_in_and_nobody_else" "$wrong" ""
for host in web1 web2; do
	on $host mfactl log --limit 9999 --json > /run/log.$host
done
granted() {
	jq -r '.[] | select(.event == "login" and .verdict == "grant") |
	    [.user, .factor, .reason] | join(" ")' "$@"
}
approvers() { for user in "${people[@]}"; do [ "$(does $user)" != approve ] || echo $user; done; }
is "each_with_one_approval" "$(granted /run/log.web1 /run/log.web2 | sort)" \
    "$(approvers | sed 's/$/ push approved/')"

# mfad's records: an answer by each, from a phone of theirs.
mfactl --server log --limit 9999 --json > /run/log.mfad
is "each_by_a_phone_of_their_own" "$(jq -r '.[] |
    select(.event == "answer" and .outcome == "approve") |
    [.user, .device] | join(" ")' /run/log.mfad | sort)" \
    "$(for user in "${people[@]}"; do [ "$(does $user)" = deny ] ||
	echo "$user $(sed -n 's/^device //p' /run/phone.$user/phone)"; done)"
count() {
	jq --arg o "$1" '[.[] | select(.event == "close" and .outcome == $o)] | length' /run/log.mfad
}
is "and_the_service_knows_how_each_ended" \
    "$(count granted) $(count wrong_number) $(count refused)" \
    "$((PEOPLE * 8 / 10)) $((PEOPLE / 10)) $((PEOPLE / 10))"
is "as_do_the_phones" "$(cat /run/said.u??? | grep -c 'the login went on')" $((PEOPLE * 8 / 10))
is "each_login_showed_one_number" "$(cut -d' ' -f1 /run/shown | sort | uniq -c | awk '$1 != 1')" ""
wait_until 5 none_waits
is "and_nobody_waits_any_more" $? 0
unlike "no_process_died" "$(< /var/log/auth.log)" 'died|signal|fault'

done_testing
