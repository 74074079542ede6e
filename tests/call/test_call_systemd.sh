#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# The shipped units of mfa-call under a real systemd: socket activation, and that
# the hardening leaves each gateway what it needs.

. "$TOP/tests/systemd.sh"

if [ "${1:-}" != --inside ]; then
	usermod -aG smsd mfad_call
	under_systemd /run/mfad/call.sock mfa-call.socket
fi

# ---- inside ----

. "$TOP/tests/call/texts.sh"

is "the_socket_is_mfad's" "$(stat -c '%a %U %G' /run/mfad/call.sock)" "660 root mfad"
is "the_cache_is_its_own" "$(stat -c '%a %U %G' /var/cache/mfad_call)" "700 mfad_call mfad_call"
is "nothing_runs_before_it_is_needed" "$(main_pid mfa-call.service)" 0
put_secret 'a-secret-word'
configure_call <<< "prefixes = +31
text_gateway = http
text_http_secret_file = $made/secret.key
text_http_url = http://127.0.0.1:8443/send?to={to}
text_http_body = key={secret}&text={text}"
serve <<< "POST /send status 200 nothing"
send_text 'hello 77'
is "a_text_starts_it_and_is_sent" "$(head -n 1 <<< "$heard")" "ended done units=1 words="
like "as_it_was" "$(cat $log)" 'key=a-secret-word&text=hello%2077'
unlike "it_is_systemd's_service" "$(main_pid mfa-call.service)" '^0$'
is "it_is_the_user_mfad_call" "$(status_of mfa-call.service Uid | cut -f1)" "$(id -u mfad_call)"
is "it_has_no_capability" "$(status_of mfa-call.service CapBnd)" 0000000000000000
is "its_system_calls_are_filtered" "$(status_of mfa-call.service Seccomp)" 2
is "what_mfad_knows_is_hidden_from_it" \
    "$(nsenter --target "$(main_pid mfa-call.service)" --mount stat -c %a /var/lib/mfad /etc/mfad/state.key)" "0
0"

configure_call <<< "prefixes = +31
text_gateway = smstools"
send_text 'hello 78'
is "a_modem's_spool" "$(head -n 1 <<< "$heard")" "ended done units=1 words="
is "has_the_file" "$(tail -n 1 /var/spool/sms/outgoing/mfa-*)" "hello 78"
cat > /usr/local/bin/send <<- 'END'
	#!/bin/sh
	tail -n 1 > /var/cache/mfad_call/sent
	curl -s -d "$(cat /var/cache/mfad_call/sent)" http://127.0.0.1:8443/send
	echo fine
END
chmod 0755 /usr/local/bin/send
configure_call <<< "prefixes = +31
text_gateway = exec
text_command = /usr/local/bin/send"
send_text 'hello 79'
is "a_program" "$(head -n 1 <<< "$heard")" "ended done units=1 words=fine"
is "can_keep_things" "$(cat /var/cache/mfad_call/sent)" "hello 79"
like "and_talk_to_the_network" "$(tail -n 1 $log; cat $log)" 'hello 79'

kill -KILL "$(main_pid mfa-call.service)"
send_text 'hello 80'
is "killed_it_is_there_again" "$(head -n 1 <<< "$heard")" "ended done units=1 words=fine"
systemctl stop mfa-call.socket mfa-call.service
is "stopped_nothing_listens" "$(ls /run/mfad/call.sock 2>/dev/null)" ""

# ---- the cache: what is there after so many days without being used ----

after() {
	printf "\\x$(printf "%016x\\n" $(($1 * 86400)) | fold -w2 | tac | paste -sd x | sed 's/x/\\x/g')" > /run/off
	LD_PRELOAD=$BUILD/tests/wall_clock.so WALL_CLOCK=/run/off \
	    systemd-tmpfiles --clean /usr/lib/tmpfiles.d/pam_mfa.conf
	ls /var/cache/mfad_call
}
rm -f /var/cache/mfad_call/*
: > /var/cache/mfad_call/speech.wav
is "what_was_heard_lately_is_kept" "$(after 29)" speech.wav
is "what_was_not_for_a_month_is_removed" "$(after 31)" ""
is "and_its_directory_is_there" "$(stat -c '%a %U' /var/cache/mfad_call)" "700 mfad_call"
done_testing
