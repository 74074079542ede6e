# SPDX-License-Identifier: BSD-2-Clause
#
# For tests of mfa-call in the throw-away world (bash): its configuration, mfad's
# side, and gateways of the tests' own at http(s)://…:8443.

. "$TOP/tests/lib.sh"

DIAL="$BUILD/tests/call/dial"
made=/run/gateway
mkdir -p $made
cd $made || exit 1
chmod 0755 $made
echo "127.0.0.1 sms.test" >> /etc/hosts
: > /var/log/call.out

# configure_call: the configuration from standard input, in one step
configure_call() {
	cat > /etc/mfad/mfa-call.conf.new
	chown root:mfad_call /etc/mfad/mfa-call.conf.new
	chmod 0640 /etc/mfad/mfa-call.conf.new
	mv /etc/mfad/mfa-call.conf.new /etc/mfad/mfa-call.conf
}

# put_secret SECRET: into $made/secret.key
put_secret() {
	canary "$1"
	printf '%s\n' "$1" > secret.new
	chown root:mfad_call secret.new
	chmod 0640 secret.new
	mv secret.new secret.key
}

start_call() {
	rm -f /run/mfad/call.sock
	/usr/libexec/pam_mfa/mfa-call >> /var/log/call.out 2>&1 &
	call=$!
	wait_until 30 test -S /run/mfad/call.sock || bail "mfa-call does not listen"
}

stop_call() {
	kill "$call"
	wait "$call" 2>/dev/null
	rm -f /run/mfad/call.sock
}

# dial WORD...: what was heard is in $heard, without the milliseconds; those of the
# last line are in $ms
dial() {
	local all
	all=$(runuser -u mfad -- "$DIAL" "$@" 2>&1)
	ms=$(tail -n 1 <<< "$all" | cut -d' ' -f1)
	heard=$(sed 's/^[0-9]* //' <<< "$all")
}

# send_text TEXT [TO [MS]]: the text's code is a canary
text_to=+31612345678
send_text() {
	printf '%s' "$1" > text
	chmod 0644 text
	dial text "${2-$text_to}" "${3-20000}" text hear hear
	rm text
}

# example WORDS: the lines of the sample that follow them
example() {
	awk -v words="$1" '$0 ~ "^# .*" words { on = 1 } on && /^#   / { print substr($0, 5); seen = 1; next }
	    seen { exit }' "$TOP/conf/mfa-call.conf"
}

# ---- a gateway that does as it is told ----

# serve [OPTION...] < RULES: starts it anew; $log is what it was asked
log=$made/secret.asked	# what it was asked has the secrets in it
serve() {
	stop_serving
	cat > rules
	: > $log
	[ $# -gt 0 ] || set -- -n
	"$BUILD/tests/http/server" "$@" "${gateway_port:=8443}" rules $log &
	server=$!
	wait_until 10 serving || bail "the gateway of the tests does not listen"
}

serving() { ss -tlnH "sport = :${gateway_port:-8443}" | grep -q .; }
not_serving() { ! serving; }

stop_serving() {
	[ -n "${server:-}" ] || return 0
	kill "$server" 2>/dev/null
	wait "$server" 2>/dev/null
	server=
	wait_until 10 not_serving
}

# How often it was asked.
times() { grep -c -- "$1" $log; }
