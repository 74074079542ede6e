#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# The shipped units under a real systemd, which runs inside the world: socket
# activation, the hardening, and a new version put over a running one.

. "$TOP/tests/systemd.sh"

if [ "${1:-}" != --inside ]; then
	rmdir /run/pam_mfa	# its tmpfiles.d makes it
	under_systemd /run/pam_mfa/login.sock mfa-helper.socket
fi

# ---- inside ----

. "$TOP/tests/lib.sh"

configure <<< 'delay_after = 10'
use_profile
for user in alice bob; do
	add_user $user
	enrol $user
	declare "key_$user=$key"
done

su_alice() {
	talk setpriv --reuid=nobody --regid=nogroup --clear-groups su alice -c 'echo now $(id -un)' <<- END
		? assword:
		> $(password_of alice)
		? Authentication code:
		> $1
		\$
	END
}

# ---- socket activation ----

is "tmpfiles_make_the_directory" "$(stat -c '%a %U' /run/pam_mfa)" "755 root"
is "the_socket_is_open_to_all" "$(stat -c '%a %U' /run/pam_mfa/login.sock)" "666 root"
is "nothing_runs_before_it_is_needed" "$(main_pid mfa-helper.service)" 0
su_alice "$(code "$key_alice")"
like "a_login_starts_it_and_passes" "$shown" "now alice"
unlike "it_is_systemd's_service" "$(main_pid mfa-helper.service)" '^0$'

# ---- the hardening ----

is "it_is_the_user_pam_mfa" "$(status_of mfa-helper.service Uid | cut -f1)" "$(id -u pam_mfa)"
is "it_has_no_capability" "$(status_of mfa-helper.service CapBnd)" 0000000000000000
is "it_can_gain_no_privilege" "$(status_of mfa-helper.service NoNewPrivs)" 1
is "its_system_calls_are_filtered" "$(status_of mfa-helper.service Seccomp)" 2

new_recovery() {
	recovery=$(mfactl recovery alice | grep -oE '[a-z2-7]{4}(-[a-z2-7]{4}){3}' | head -n 1)
	canary "$recovery"
}
new_recovery
su_alice "$recovery"
like "slow_hashes_work_in_it" "$shown" "now alice"

# ---- callers that are not root ----

printf 'auth required pam_mfa.so\naccount required pam_permit.so\nsession required pam_permit.so\n' \
    > /etc/pam.d/locker
printf 'delay_after = 10\necho = no\n' | configure
as_bob() {
	setpriv --reuid=bob --regid=bob --init-groups --no-new-privs "$BUILD/tests/onefield" "$@"
}
is "a_user_may_authenticate_itself" "$(as_bob locker bob <<< "$(code "$key_bob")")" "in: Success"
as_bob locker alice <<< "$(code "$key_alice" 1)" > /dev/null
is "and_nobody_else" "$?" 7
rm /etc/pam.d/locker
configure <<< 'delay_after = 10'

# ---- when it dies, and when it is replaced ----

kill -KILL "$(main_pid mfa-helper.service)"
su_alice "$(code "$key_alice" 1)"
like "killed_it_is_there_again" "$shown" "now alice"

new_recovery
old=$(main_pid mfa-helper.service)
coproc waiting { "$TOP/tests/talk" setpriv --reuid=nobody --regid=nogroup --clear-groups \
    su alice -c 'echo now $(id -un)' <<- END
	? assword:
	> $(password_of alice)
	? Authentication code:
	! touch /run/asked; while [ ! -e /run/replaced ]; do sleep 0.02; done
	> $recovery
	$
END
}
exec 8<&"${waiting[0]}"
wait_until 10 test -e /run/asked
succeeds "install_over_it" make --no-print-directory -C "$TOP" BUILD="$BUILD" install
unlike "the_old_one_has_gone" "$(main_pid mfa-helper.service)" "^$old\$"
touch /run/replaced
like "the_login_under_way_is_finished_by_its_own_process" "$(cat <&8)" "now alice"
exec 8<&-
new_recovery
su_alice "$recovery"
like "the_new_one_serves" "$shown" "now alice"

# ---- the approval service ----

is "nobody_listens_for_it_unless_told" "$(ss -tlnH sport = :443)" ""
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days 2 \
    -keyout /etc/mfad/tls.key -out /etc/mfad/tls.crt 2> /dev/null
chgrp mfad /etc/mfad/tls.key
chmod 0640 /etc/mfad/tls.key
health() {
	printf 'GET /v1/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' |
	    timeout 30 openssl s_client -quiet -connect 127.0.0.1:443 2> /dev/null | tr -d '\r'
}
mfad_pid() {
	systemctl show -P MainPID mfad.service
}
systemctl start mfad.socket
is "mfad_waits_for_the_first_connection" "$(mfad_pid)" 0
like "and_serves_it" "$(health)" '"status":"ok"'
is "the_administrator's_socket_is_its_alone" "$(stat -c '%U %a' /run/mfad/admin.sock)" "mfad 600"
like "and_it_listens_there" "$(ss -xlpH src /run/mfad/admin.sock)" '"mfad"'
is "it_has_made_its_state" "$(stat -c '%U %a' /var/lib/mfad/mfad.db)" "mfad 600"
is "it_told_systemd_that_it_is_ready" "$(systemctl is-active mfad.service)" active
is "it_is_the_user_mfad" "$(ps -o user= -p "$(mfad_pid)")" mfad
is "it_too_has_no_capability" "$(sed -n 's/^CapBnd:\t//p' "/proc/$(mfad_pid)/status")" 0000000000000000
mfad_was=$(mfad_pid)
kill -KILL "$mfad_was"
like "mfad_killed_is_there_again" "$(health)" '"status":"ok"'
unlike "as_another" "$(mfad_pid)" "^$mfad_was\$"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=renewed -days 2 \
    -keyout /etc/mfad/tls.key -out /etc/mfad/tls.crt 2> /dev/null
systemctl reload mfad.service
renewed() {
	timeout 30 openssl s_client -connect 127.0.0.1:443 < /dev/null 2> /dev/null | grep -q 'CN *= *renewed'
}
if wait_until 30 renewed; then pass "a_reload_takes_the_new_certificate"; else fail "a_reload_takes_the_new_certificate"; fi
systemctl stop mfad.socket mfad.service
is "it_ends_well" "$(systemctl show -P Result mfad.service)" success
is "and_its_sockets_go" "$(ls /run/mfad/admin.sock 2> /dev/null)" ""

# ---- away ----

succeeds "uninstall" make --no-print-directory -C "$TOP" BUILD="$BUILD" uninstall
is "stops_it" "$(pgrep -x mfa-helper)" ""
is "and_nothing_listens" "$(ls /run/pam_mfa/login.sock 2>/dev/null)" ""

done_testing
