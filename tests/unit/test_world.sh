#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The throw-away world that the other tests trust: nothing gets out of it.
. "$TOP/tests/tap.sh"

world() {
	"$TOP/tests/world/run" -n -b "$BUILD" "$@"
}

machine() {
	md5sum /etc/passwd /etc/shadow /etc/group
	ls -A / /etc/pam.d /etc/ssh
	md5sum /etc/pam.d/*
	findmnt -n | md5sum
	hostname
	ip -o link | awk '{ print $2 }'
	ls -d /tmp/new-in-the-world 2>&1
}

before=$(machine)
world sh -c 'useradd stranger; echo x > /etc/pam.d/sshd; rm -rf /var/log/* /etc/ssh; hostname other
	ip link add veth0 type veth peer name veth1; mount -t tmpfs none /mnt; mkdir /new; touch /tmp/new-in-the-world'
is "what_is_done_in_it_is_gone" "$(machine)" "$before"
world sh -c 'exit 42'
is "the_status_is_the_command's" "$?" 42
world sh -c 'kill -9 $$'
is "a_signal_too" "$?" 137
world sh -c 'setsid sleep 4711 & exit 0'
is "everything_ends_with_it" "$(pgrep -f 'sleep 4711')" ""
refused "the_sources_are_read_only_in_it" world touch "$TOP/new-file"
refused "and_so_is_the_build_directory" world touch "$BUILD/new-file"
is "it_has_no_network_but_its_own" "$(world sh -c 'ip -o link | wc -l; ip route')" 1
is "its_log_is_read_line_by_line" "$(world sh -c 'logger -p authpriv.notice "one
two"; cat /var/log/auth.log' | sed 's/ [A-Z][a-z][a-z] .*:[0-9][0-9] / /')" \
    "authpriv.notice root: one?two"
is "the_environment_is_fixed" "$(SECRET=x world env | grep -c SECRET)" 0
is "sessions_begin_unset" "$(world cat /proc/self/loginuid)" 4294967295

done_testing
