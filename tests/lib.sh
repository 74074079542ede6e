# SPDX-License-Identifier: BSD-2-Clause
#
# For tests that run in the throw-away world (bash): users and their codes,
# servers, clients in networks of their own, and waiting for conditions.  A
# test begins with `. "$TOP/tests/lib.sh"` and ends with `done_testing`.

set -u

. "$TOP/tests/tap.sh"

# ---- waiting ----

# wait_until SECONDS COMMAND...: until it succeeds; looks every 20 ms.
wait_until() {
	local end=$((${EPOCHREALTIME/./} + $1 * 1000000))
	shift
	until "$@" > /dev/null 2>&1; do
		[ "${EPOCHREALTIME/./}" -lt "$end" ] || return 1
		sleep 0.02
	done
}

# The log from here on: mark, do something, then `logged REGEX` waits for a line.
log_from=1
mark() {
	log_from=$(($(wc -l < /var/log/auth.log) + 1))
}

since_mark() {
	tail -n "+$log_from" /var/log/auth.log
}

in_log() {
	since_mark | grep -Eq -- "$1"
}

# logged NAME REGEX
logged() {
	if wait_until 30 in_log "$2"; then pass "$1"; else fail "$1" "not logged: $2"$'\n'"$(since_mark)"; fi
}

# ---- secrets: known ones must never turn up where they do not belong ----

# The list is open only on descriptor 9, and its file is gone, so that a search
# through files does not find the list itself.
exec 9<> /tmp/canaries && rm /tmp/canaries
canaries=/proc/$$/fd/9

canary() {
	local word
	for word; do
		[ ${#word} -lt 6 ] || printf '%s\n' "$word" >> "$canaries"
	done
}

# Every command line and environment of the world, as they come and go.
if [ -z "${DEMO:-}" ]; then
	"$BUILD/tests/watch" /run/watched &
	watcher=$!
fi

# What programs showed while they ran is kept by `keep`, to be searched.
no_canary_sings() {
	local where found=
	kill "$watcher" 2>/dev/null
	wait "$watcher" 2>/dev/null
	sort -u "$canaries" > /dev/shm/words
	for where in /var/log /run /var/lib/systemd /tmp; do
		found+=$(grep -rlFaf /dev/shm/words --exclude-dir=b-\* --exclude='secret.*' "$where" 2>/dev/null)
	done
	found+=$(find / -xdev \( -name core -o -name 'core.[0-9]*' \) -type f -newer /run/world 2>/dev/null)
	[ -z "$found" ] || grep -aFf /dev/shm/words -B 2 -A 2 /run/watched | head -n 40 | sed 's/^/# watched: /'
	local count=$(wc -l < /dev/shm/words)
	rm /dev/shm/words
	is "no secret of $count in a log, an argument, an environment or a core file" "$found" ""
}

last_words() {
	no_canary_sings
	[ "$tap_failed" = 0 ] || { echo "# ---- the log"; tail -n 60 /var/log/auth.log | sed 's/^/# /'; }
}

# ---- users ----

# add_user NAME [PASSWORD]
add_user() {
	local password=${2:-"horse-battery-$1"}
	canary "$password"
	useradd -m -s /bin/bash -p "$(openssl passwd -6 -stdin <<< "$password")" "$1"
}

password_of() {
	echo "horse-battery-$1"
}

# ---- the second factor ----

# configure: the configuration from standard input, in one step
configure() {
	cat > /etc/pam_mfa/pam_mfa.conf.new
	mv /etc/pam_mfa/pam_mfa.conf.new /etc/pam_mfa/pam_mfa.conf
}

# use_profile: the shipped profile in the shipped stacks
use_profile() {
	DEBIAN_FRONTEND=noninteractive pam-auth-update --force --enable pam_mfa < /dev/null
}

# start_helper: the listener, as an administrator starts it by hand
start_helper() {
	rm -f /run/pam_mfa/login.sock
	/usr/libexec/pam_mfa/mfa-helper listen >> /var/log/helper.out 2>&1 &
	helper=$!
	wait_until 30 test -S /run/pam_mfa/login.sock || bail "the helper does not listen"
}

stop_helper() {
	kill "$helper"
	wait "$helper" 2>/dev/null
	rm -f /run/pam_mfa/login.sock
}

# enrol USER: a TOTP token; its key is then in $key
enrol() {
	key=$("$TOP/tests/enrol" "$1") || bail "cannot enrol $1"
	canary "$key"
}

# code KEY [STEPS]: the code of now, or of some steps later, which is accepted
# as long as the window holds it
code() {
	local c
	c=$(oathtool --totp -b -N "@$(($(date +%s) + 30 * ${2:-0}))" - <<< "$1")
	canary_code "$c"
	echo "$c"
}

# Six digits turn up by chance; only between other characters they are a code.
canary_code() {
	canary "$1"
}

# ---- servers and clients ----

# start_sshd [OPTION=VALUE...]: on port 22, through PAM; replaces a running one
start_sshd() {
	local option
	[ -z "${sshd:-}" ] || stop_sshd
	mkdir -p /run/sshd
	[ -e /run/sshd/key ] || ssh-keygen -q -t ed25519 -N '' -f /run/sshd/key
	{
		for option; do
			echo "${option/=/ }"
		done
		cat <<- END
		UsePAM yes
		HostKey /run/sshd/key
		PidFile /run/sshd.pid
		LogLevel VERBOSE
		PasswordAuthentication no
		KbdInteractiveAuthentication yes
		PrintMotd no
		AcceptEnv MFA_*
		Subsystem sftp /usr/lib/openssh/sftp-server
		END
	} > /run/sshd/config
	/usr/sbin/sshd -D -f /run/sshd/config >> /var/log/sshd.out 2>&1 &
	sshd=$!
	wait_until 30 sshd_listens || bail "sshd does not listen"
}

sshd_listens() {
	ss -tlnH sport = :22 | grep -q "$(echo :22)"
}

stop_sshd() {
	kill "$sshd"
	wait "$sshd" 2>/dev/null
	sshd=
}

cat > /run/ssh_config <<- 'END'
	UserKnownHostsFile /dev/null
	StrictHostKeyChecking no
	LogLevel ERROR
	NumberOfPasswordPrompts 1
	ConnectTimeout 10
	IdentitiesOnly yes
END
SSH="ssh -F /run/ssh_config"

# new_key USER: a key pair in $keyfile that opens USER's account
new_key() {
	keyfile=/run/key.$1
	ssh-keygen -q -t ed25519 -N '' -f "$keyfile"
	install -d -m 0700 -o "$1" -g "$1" "/home/$1/.ssh"
	install -m 0600 -o "$1" -g "$1" "$keyfile.pub" "/home/$1/.ssh/authorized_keys"
}

# new_client NAME ADDRESS SERVER-ADDRESS [ADDRESS SERVER-ADDRESS...]: a network
# of its own from which `from NAME COMMAND...` reaches this host
new_client() {
	local name=$1 bits
	shift
	ip netns add "$name"
	ip link add "v-$name" type veth peer name eth0 netns "$name"
	ip link set "v-$name" up
	ip -n "$name" link set lo up
	ip -n "$name" link set eth0 up
	while [ $# -ge 2 ]; do
		bits=32
		[[ $1 != *:* ]] || bits=128
		if [ $bits = 128 ]; then
			ip addr add "$2" peer "$1/$bits" dev "v-$name" nodad
			ip -n "$name" addr add "$1" peer "$2/$bits" dev eth0 nodad
		else
			ip addr add "$2" peer "$1/$bits" dev "v-$name"
			ip -n "$name" addr add "$1" peer "$2/$bits" dev eth0
		fi
		shift 2
	done
}

from() {
	ip netns exec "$@"
}

# talk [-t SECONDS] COMMAND... < SCRIPT: see tests/talk.  What it showed is in
# $shown, its status in $status.
talk() {
	status=0
	shown=$("$TOP/tests/talk" "$@") || status=$?
}

: > /run/world
