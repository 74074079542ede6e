# SPDX-License-Identifier: BSD-2-Clause
#
# For tests with several machines in the world (bash, after tests/service.sh).
# Each is a network namespace with an address on one bridge: mfad's, login hosts,
# phones, clients.  A login host has a name of its own, and files of its own
# where pam_mfa and sshd keep theirs; users and PAM stacks are the same on all.

service_address=203.0.113.1
CAFE=203.0.113.99	# where people sit who log in

# fleet_up [SETTING...]: the bridge, mfad, a cafe
fleet_up() {
	network_up
	service_up "$@"
}

network_up() {
	ip link add fleet type bridge
	ip addr add 203.0.113.254/24 dev fleet
	ip link set fleet up
	new_place mfa $service_address
	new_place cafe $CAFE
	at_mfad=(ip netns exec mfa)
	number_tool
	phone_tool
}

# ---- relays: what hosts, and what phones, say to mfad passes through one ----

TLS=(-c /etc/mfad/tls.crt -k /etc/mfad/tls.key)
declare -A relay_of address_for=([hosts]=$service_address [phones]=203.0.113.5)

# relayed_fleet_up: as fleet_up, with relays that do nothing yet
relayed_fleet_up() {
	network_up
	ip -n mfa addr add ${address_for[phones]}/24 dev eth0
	make_certificate
	service_listen=127.0.0.1:443
	relay hosts
	relay phones
	service_up "listen_plain = /run/mfad/plain.sock" "$@"
}

# relay hosts|phones [OPTION...]: another one, see tests/world/relay.c
relay() {
	local whose=$1
	shift
	unrelay $whose
	ip netns exec mfa "$BUILD/tests/relay" "${TLS[@]}" "$@" \
	    ${address_for[$whose]} 443 /run/mfad/plain.sock 2>> /var/log/relay.out &
	relay_of[$whose]=$!
	wait_until 10 from mfa sh -c "ss -tlnH src ${address_for[$whose]}:443 | grep -q ." ||
	    bail "no relay: $(cat /var/log/relay.out)"
}

# Connections that it has stay; there is nobody for new ones.
unrelay() {
	[ -n "${relay_of[$1]:-}" ] || return 0
	kill "${relay_of[$1]}"
	wait "${relay_of[$1]}" 2> /dev/null
	relay_of[$1]=
}

# new_place NAME ADDRESS: a machine; `from NAME COMMAND...` runs one there
new_place() {
	ip netns add "$1"
	ip link add "v-$1" type veth peer name eth0 netns "$1"
	ip link set "v-$1" master fleet up
	ip -n "$1" addr add "$2/24" dev eth0
	ip -n "$1" link set lo up
	ip -n "$1" link set eth0 up
}

# What mfad has in its database.
mfad_says() { sqlite3 -readonly /var/lib/mfad/mfad.db "$1"; }

# ---- login hosts ----

declare -A place	# of each, the process that its name and its files belong to
declare -A http_of helper_of sshd_of
OWN=(/etc/pam_mfa /run/pam_mfa /var/lib/pam_mfa /run/sshd)

# new_host NAME ADDRESS: `on NAME COMMAND...` runs a command there
new_host() {
	local own=/srv/fleet/$1 dir
	new_place "$1" "$2"
	grep -q " $1$" /etc/hosts || echo "$2 $1" >> /etc/hosts
	mkdir -p "$own"
	for dir in "${OWN[@]}"; do
		mkdir -p "$own$dir"
		cp -aT "$dir" "$own$dir"
	done
	nsenter --net="/run/netns/$1" unshare --mount --uts --propagation private bash -c '
		hostname "$0"; own=$1; shift
		for dir; do mount --bind "$own$dir" "$dir"; done
		: > "$own/there"
		exec sleep infinity' "$1" "$own" "${OWN[@]}" &
	place[$1]=$!
	wait_until 10 test -e "$own/there" || bail "no host $1"
}

on() {
	local pid=${place[$1]}
	shift
	nsenter -t "$pid" --net --mount --uts -- "$@"
}

# start_on NAME COMMAND...: in the background; $! is the command's process
start_on() {
	local pid=${place[$1]}
	shift
	nsenter -t "$pid" --net --mount --uts -- "$@" &
}

# configure_host NAME: its configuration, from standard input; mfactl join adds
# what it needs in a file of its own
configure_host() {
	cat > "/srv/fleet/$1/etc/pam_mfa/new"
	mv "/srv/fleet/$1/etc/pam_mfa/new" "/srv/fleet/$1/etc/pam_mfa/pam_mfa.conf"
}

# host_up NAME [SSHD-OPTION...]: joins the service as NAME.example.org and serves
host_up() {
	local at_host=(on "$1")
	join_host "$1.example.org"
	host_http "$1"
	host_helper "$1"
	host_sshd "$@"
}

host_http() {
	rm -f "/srv/fleet/$1/run/pam_mfa/http.sock"
	start_on "$1" /usr/libexec/pam_mfa/mfa-http listen >> /var/log/http.out 2>&1
	http_of[$1]=$!
	wait_until 30 test -S "/srv/fleet/$1/run/pam_mfa/http.sock" || bail "no mfa-http on $1"
}

host_helper() {
	rm -f "/srv/fleet/$1/run/pam_mfa/login.sock"
	start_on "$1" /usr/libexec/pam_mfa/mfa-helper listen >> /var/log/helper.out 2>&1
	helper_of[$1]=$!
	wait_until 30 test -S "/srv/fleet/$1/run/pam_mfa/login.sock" || bail "no helper on $1"
}

host_sshd() {
	local name=$1 option
	shift
	[ -e /run/hostkey ] || ssh-keygen -q -t ed25519 -N '' -f /run/hostkey
	{
		for option; do
			echo "${option/=/ }"
		done
		printf '%s\n' "UsePAM yes" "HostKey /run/hostkey" "PidFile none" \
		    "LogLevel VERBOSE" \
		    "PasswordAuthentication no" "KbdInteractiveAuthentication yes" "PrintMotd no"
	} > "/srv/fleet/$name/run/sshd/config"
	start_on "$name" /usr/sbin/sshd -D -f /run/sshd/config >> /var/log/sshd.out 2>&1
	sshd_of[$name]=$!
	wait_until 30 on "$name" sh -c 'ss -tlnH sport = :22 | grep -q .' || bail "no sshd on $name"
}

# audit_of HOST USER FIELD...: of its records, oldest first, a line each
audit_of() {
	local host=$1 user=$2
	shift 2
	on "$host" mfactl log --user "$user" --json |
	    jq -r --args 'reverse[] | [.[$ARGS.positional[]]] | map(. // "-") | join(" ")' "$@"
}

# ---- phones ----

phone_number=10
# new_phone USER [KIND]: a phone of USER's in a place of its own, enrolled at web1
new_phone() {
	local at_host=(on web1) at_phone=(from "p-$1")
	new_place "p-$1" "203.0.113.$((phone_number += 1))"
	if [ -n "${relay_of[phones]:-}" ]; then
		mkdir -p "/etc/netns/p-$1"
		echo "${address_for[phones]} mfa.test" > "/etc/netns/p-$1/hosts"
	fi
	enrol_phone "$@"
}

# The command "phone USER WHAT...": the phone of USER answers the next login;
# USER.other is another phone in the same place.  And "await COMMAND": until it
# succeeds.
phone_tool() {
	cat > /usr/local/bin/phone <<- 'END'
		#!/bin/bash
		name=$1
		shift
		ip netns exec "p-${name%%.*}" timeout 60 mfa-phone wait --once \
		    --store "/run/phone.$name" "$@" > "/run/said.$name" 2>&1
		echo $? > "/run/over.$name"
	END
	# The same of the login that is on the screen, with its number.
	cat > /usr/local/bin/approve <<- 'END'
		#!/bin/bash
		exec phone "$1" --approve "$(number /run/screen)"
	END
	cat > /usr/local/bin/await <<- 'END'
		#!/bin/bash
		end=$((SECONDS + 30))
		until "$@" > /dev/null 2>&1; do
			[ $SECONDS -lt $end ] || exit 1
			sleep 0.02
		done
	END
	chmod +x /usr/local/bin/{phone,approve,await}
}

phone_is_done() { wait_until 30 test -s "/run/over.$1"; }

# ---- logins ----

# ssh_push HOST USER REACTION [SCRIPT...]: a login from the cafe, with the phone's
# reaction (a command, with the number in $n), then Enter, then the script's
# lines.  What is shown is in $shown, and as it comes in /run/screen.
ssh_push() {
	local host=$1 user=$2 reaction=$3
	shift 3
	mark
	# A person takes a moment; sooner, it was a client without one.
	ssh_talk "$host" "$user" '? Press Enter when done, or type a code:' \
	    "! n=\$(number /run/screen); $reaction sleep 0.2" '> ' "$@"
}

# ssh_talk HOST USER SCRIPT...: the same from the password on
ssh_talk() {
	local host=$1 user=$2
	shift 2
	rm -f /run/screen /run/over.*
	status=0
	printf '%s\n' '? assword:' "> $(password_of "$user")" "$@" '$' |
	    "$TOP/tests/talk" -t 30 ip netns exec cafe $SSH "$user@$(address_of "$host")" \
	    'echo in as $USER at $(hostname)' > /run/screen 2>&1 || status=$?
	shown=$(< /run/screen)
}

address_of() {
	ip -n "$1" -j addr show dev eth0 | jq -r '.[0].addr_info[0].local'
}

# su_talk HOST USER SCRIPT...: su, which shows the number and waits for the phone
su_talk() {
	local host=$1 user=$2
	shift 2
	rm -f /run/screen /run/over.*
	mark
	printf '%s\n' "$@" |
	    "$TOP/tests/talk" -t 30 nsenter -t "${place[$host]}" --net --mount --uts \
	    setpriv --reuid=nobody --regid=nogroup --clear-groups su "$user" \
	    -c 'echo in as $(id -un)' \
	    > /run/screen 2>&1
	shown=$(< /run/screen)
}

# Second factor only, for su_talk and tests/world/logins.c
simple_su() {
	printf 'auth required pam_mfa.so\naccount required pam_permit.so\n' > /etc/pam.d/su
}

none_waits() { [ "$(mfactl --server waiting --json | jq length)" = 0 ]; }
one_waits() { [ "$(mfactl --server waiting --json | jq length)" = 1 ]; }
