# SPDX-License-Identifier: BSD-2-Clause
#
# For tests of shipped units in the throw-away world: a real systemd.

# under_systemd SOCKET UNIT: runs this test again, told "--inside", where a systemd that
# is wanted nothing of but UNIT listens at SOCKET; then ends.  It has a control group and a
# process namespace of its own, and whoever talks to it must be in that.
under_systemd() {
	local try
	boot_systemd "$2"
	for try in {1..1000}; do
		[ -S "$1" ] && break
		sleep 0.02
	done
	nsenter --target "$(pgrep -P "$systemd")" --pid --mount "$0" --inside
	exit
}

boot_systemd() {
	mkdir /run/cgroup
	mount -t cgroup2 cgroup2 /run/cgroup || exit 1
	group=/run/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/pam_mfa-test-$(cut -d- -f1 /proc/sys/kernel/random/uuid)
	mkdir "$group" || exit 1
	trap leave_systemd EXIT
	printf '[Unit]\nWants=%s systemd-tmpfiles-setup.service\n' "$1" \
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
leave_systemd() {
	kill -KILL "$systemd" 2>/dev/null
	while grep -q 'populated 1' "$group/cgroup.events"; do sleep 0.02; done
	find "$group" -depth -type d -exec rmdir {} +
}

# ---- inside ----

# main_pid SERVICE; status_of SERVICE FIELD: of /proc/PID/status
main_pid() { systemctl show -P MainPID "$1"; }
status_of() { sed -n "s/^$2:\t//p" "/proc/$(main_pid "$1")/status"; }
