#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# The shipped units of mfa-http under a real systemd: socket activation, and that
# the hardening leaves it what it needs.

# ---- outside: systemd, in a control group and a process namespace of its own ----

boot() {
	mkdir /run/cgroup
	mount -t cgroup2 cgroup2 /run/cgroup || exit 1
	group=/run/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/pam_mfa-test-$(cut -d- -f1 /proc/sys/kernel/random/uuid)
	mkdir "$group" || exit 1
	trap leave EXIT
	printf '[Unit]\nWants=mfa-http.socket systemd-tmpfiles-setup.service\n' \
	    > /etc/systemd/system/tested.target
	cat > /run/boot <<- 'END'
		mount -t cgroup2 cgroup2 /sys/fs/cgroup
		exec env -i container=world /lib/systemd/systemd --system --unit=tested.target \
		    --log-target=journal --show-status=no
	END
	sh -c "echo \$\$ > $group/cgroup.procs
		exec unshare --cgroup --mount --pid --fork --kill-child=KILL --mount-proc sh /run/boot" &
	systemd=$!
	disown
}

# The group would outlive the world.
leave() {
	kill -KILL "$systemd" 2>/dev/null
	while grep -q 'populated 1' "$group/cgroup.events"; do sleep 0.02; done
	find "$group" -depth -type d -exec rmdir {} +
}

# Whoever talks to systemd must be in its process namespace.
if [ "${1:-}" != --inside ]; then
	boot
	for try in {1..1000}; do
		[ -S /run/pam_mfa/http.sock ] && break
		sleep 0.02
	done
	nsenter --target "$(pgrep -P "$systemd")" --pid --mount "$0" --inside
	exit
fi

# ---- inside ----

. "$TOP/tests/http/lib.sh"

main_pid() { systemctl show -P MainPID mfa-http.service; }
status_of() { sed -n "s/^$1:\t//p" "/proc/$(main_pid)/status"; }

is "the_socket_is_the_helper's" "$(stat -c '%a %U %G' /run/pam_mfa/http.sock)" "660 root pam_mfa"
is "nothing_runs_before_it_is_needed" "$(main_pid)" 0
serve <<< "$PUSH_RULES
GET $LOGIN wait 100 body approved
POST $LOGIN/code body refused"
ask begin anna 90000 hear push sshd 192.0.2.7 1790000090 hear code 123456 hear hear close 1 hear
like "a_login_starts_it_and_is_served" "$heard" "answered decision=appr"
is "as_is_its_code" "$(grep -c 'coded result=2' <<< "$heard")" 1
unlike "it_is_systemd's_service" "$(main_pid)" '^0$'
is "it_is_the_user_pam_mfa_http" "$(status_of Uid | cut -f1)" "$(id -u pam_mfa_http)"
is "it_has_no_capability" "$(status_of CapBnd)" 0000000000000000
is "its_system_calls_are_filtered" "$(status_of Seccomp)" 2
is "the_state_is_hidden_from_it" "$(nsenter --target "$(main_pid)" --mount stat -c %a /var/lib/pam_mfa)" 0
kill -KILL "$(main_pid)"
ask begin anna 90000 hear
is "killed_it_is_there_again" "$heard" "methods bits=3 revocations=0"
configure <<< "${basics/mfad.test/localhost}"
ask begin anna 90000 hear
like "a_changed_configuration_is_noticed" "$heard" "failed failure=1 .*localhost"
systemctl stop mfa-http.socket mfa-http.service
is "stopped_nothing_listens" "$(ls /run/pam_mfa/http.sock 2>/dev/null)" ""
done_testing
