#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# mfa-http on its host: who may ask, what it reads, what it is.
. "$TOP/tests/http/lib.sh"

start_http
serve <<< "$USER_RULES"

works() {
	ask begin anna 90000 hear close 5 hear
	is "$1" "$heard" "methods bits=3 revocations=0
end"
}
misconfigured() {
	ask begin anna 90000 hear
	like "$1" "$heard" "^failed failure=2 retry=0 words=.*$2"
}

# ---- the process ----

works "it works"
is "as a user of its own" "$(ps -o user:20=,group:20= -p "$http" | xargs)" "pam_mfa_http pam_mfa_http"
ask_pid() { cat "/proc/$http/task/$http/children"; }
runuser -u pam_mfa -- "$ASK" begin anna 90000 hear pause 3000 > /run/kept &
wait_until 5 grep -q methods /run/kept
child=$(ask_pid | tr -d ' ')
is "a child has seccomp's filter" "$(awk '/^Seccomp:/ { print $2 }' "/proc/$child/status")" 2
is "no new privileges" "$(awk '/^NoNewPrivs:/ { print $2 }' "/proc/$child/status")" 1
is "and few descriptors" "$(ls "/proc/$child/fd" | wc -l | awk '{ print $1 < 16 }')" 1
wait $!

# ---- the socket ----

is "root's socket, for the helper's group" "$(stat -c '%U %G %a' /run/pam_mfa/http.sock)" "root pam_mfa 660"
add_user carl
is "nobody else reaches it" "$(runuser -u carl -- "$ASK" begin anna 90000 hear)" unreachable
chmod 0666 /run/pam_mfa/http.sock
mark
is "and where they can, is not heard" \
    "$(runuser -u carl -- "$ASK" begin anna 90000 hear | tail -n 1 | sed 's/^[0-9]* //')" end
logged "which is logged" "mfa-http.*turned away: it is user $(id -u carl)"
chmod 0660 /run/pam_mfa/http.sock
is "root is" "$("$ASK" begin anna 90000 hear | sed 's/^[0-9]* //')" "methods bits=3 revocations=0"

# ---- changes, without a restart ----

configure <<< "factors = totp"
misconfigured "no server" "no server is configured"
configure <<< "factors = totp
server = http://mfad.test:8443"
misconfigured "a server without TLS" "server "
for url in 'https://' 'https://user:pw@mfad.test' 'https://mfad.test:0' 'https://mfad.test:99999' \
    'https://mfad.test/path' 'https://mfad.test?x' 'ftp://mfad.test' 'https://[::1' 'https://-x'; do
	configure <<< "factors = totp
server = $url"
	misconfigured "server = $url" "server"
done
configure <<< "$basics
server_proxy = https://mfad.test"
misconfigured "a proxy of another kind" "server_proxy"
configure <<< "factors = totp
server = https://mfad.test:8443
server_ca = /run/service/none.pem"
misconfigured "a file of authorities that is not there" ""
configure <<< nonsense
misconfigured "a mistake in the file" "pam_mfa.conf"
configure <<< "$basics"
works "all of it is over at the next login"

# ---- the key ----

key=/etc/pam_mfa/host.key
for mode in 0644 0660 0750 4640; do
	chmod $mode $key
	misconfigured "a key of mode $mode" "has a mode wider than 0640"
done
chmod 0600 $key
misconfigured "a key that it may not read" "cannot be opened"
put_key
chown pam_mfa $key
chmod 0640 $key
misconfigured "a key of another's" "is owned neither by root nor by the user that needs it"
put_key
chown pam_mfa_http $key
works "a key of its own"
mv $key $key.other
ln -s $key.other $key
misconfigured "a link to a key" "is a symbolic link"
rm $key
misconfigured "no key" "is missing: mfactl join"
mkfifo -m 0640 $key
chown root:pam_mfa_http $key
misconfigured "a FIFO" "is not a regular file"
rm $key
mkdir $key
misconfigured "a directory" ""
rmdir $key
for bad in "" "$host_key x" "h_short.$host_key" "${host_key/h_/d_}" "${host_key//./ }" "$(printf '%s\n%s' "$host_key" "$host_key")"; do
	put_key "$bad"
	misconfigured "a file with something else" "does not hold the key of a host"
done
put_key
works "the key again"
like "no key is in the log" "$(grep -cf <(printf '%s\n' "${host_key#*.}") /var/log/auth.log)" '^0$'

# ---- many at once ----

for i in $(seq 256); do
	"$ASK" pause 4000 > /dev/null 2>&1 &
	pids[i]=$!
done
full() { [ "$(ask_pid | wc -w)" = 256 ]; }
wait_until 4 full
is "256 logins at once" "$?" 0
mark
is "and no more" "$("$ASK" hear | sed 's/^[0-9]* //')" end
logged "which is logged" 'mfa-http.*turned away: logins at once: 256'
wait "${pids[@]}"
empty() { [ "$(ask_pid | wc -w)" = 0 ]; }
wait_until 10 empty
works "it goes on"

# ---- the end ----

serve <<< "$PUSH_RULES
GET $LOGIN until $made/now body approved"
runuser -u pam_mfa -- "$ASK" begin anna 90000 hear push sshd 192.0.2.7 1790000090 hear hear > /run/kept &
asking=$!
wait_until 5 grep -q pushed /run/kept
stop_http
touch $made/now
wait $asking
like "a login under way outlives the listener" "$(cat /run/kept)" 'answered decision=appr'
is "usage" "$(/usr/libexec/pam_mfa/mfa-http 2>&1 | head -n 1)" "usage: mfa-http listen"
refused "it does not run as somebody else" runuser -u carl -- /usr/libexec/pam_mfa/mfa-http listen
done_testing
