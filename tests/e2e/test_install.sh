#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# make install, install over a running system, and uninstall.
. "$TOP/tests/lib.sh"

make_it() {
	make --no-print-directory -C "$TOP" BUILD="$BUILD" "$@" 2>&1
}

security=/usr/lib/$(gcc -print-multiarch)/security

# ---- what was put where ----

is "module" "$(stat -c '%U %a' $security/pam_mfa.so)" "root 644"
is "helper" "$(stat -c '%U %a' /usr/libexec/pam_mfa/mfa-helper)" "root 755"
is "its_client_of_the_approval_service" "$(stat -c '%U %a' /usr/libexec/pam_mfa/mfa-http)" "root 755"
is "which_has_a_user_of_its_own" "$(getent passwd pam_mfa_http | cut -d: -f6,7)" "/:/usr/sbin/nologin"
is "service" "$(stat -c '%U %a' /usr/sbin/mfad)" "root 755"
is "its_state_is_its_alone" "$(stat -c '%U %G %a' /var/lib/mfad)" "mfad mfad 700"
is "what_seals_it_it_can_only_read" "$(stat -c '%U %G %a %s' /etc/mfad/state.key)" "root mfad 640 32"
is "its_authority_is_its_alone" "$(stat -c '%U %G %a' /etc/mfad/authority.key)" "mfad mfad 600"
keys=$(sha256sum /etc/mfad/*.key)
is "its_client_of_the_telephone" "$(stat -c '%U %a' /usr/libexec/pam_mfa/mfa-call)" "root 755"
is "which_has_a_user_of_its_own,_too" "$(getent passwd mfad_call | cut -d: -f6,7)" "/:/usr/sbin/nologin"
is "and_a_configuration_that_it_can_only_read" "$(stat -c '%U %G %a' /etc/mfad/mfa-call.conf)" "root mfad_call 640"
succeeds "which_says_nothing_wrong" /usr/libexec/pam_mfa/mfa-call -t
is "its_cache_is_its_alone" "$(stat -c '%U %G %a' /var/cache/mfad_call)" "mfad_call mfad_call 700"
is "its_sample_lacks_a_certificate_alone" "$(mfad -t -f /usr/share/doc/pam_mfa/mfad.conf 2>&1 | sed "s/\[[0-9]*\]//")" \
    "mfad: /etc/mfad/tls.crt: No such file or directory"
is "state_is_the_helper's_alone" "$(stat -c '%U %G %a' /var/lib/pam_mfa)" "pam_mfa pam_mfa 700"
is "socket_directory" "$(stat -c '%U %a' /run/pam_mfa)" "root 755"
is "nothing_is_setuid" "$(find /usr/libexec/pam_mfa /usr/bin/mfactl /usr/sbin/mfad $security/pam_mfa.so -perm /7000)" ""
is "no_temporary_file_is_left" "$(find /usr /etc/pam_mfa -name '*.new' -path '*mfa*')" ""
for page in "$TOP"/man/*.[158]; do
	succeeds "manual_$(basename "$page")" test -e "/usr/share/man/man${page##*.}/$(basename "$page")"
done
is "the_module_links_libpam_and_libc_only" \
    "$(objdump -p $security/pam_mfa.so | awk '/NEEDED/ { print $2 }' | sort | xargs)" "libc.so.6 libpam.so.0"
is "it_exports_its_five_entry_points_and_nothing_else" \
    "$(nm -D --defined-only $security/pam_mfa.so | awk '$2 == "T" || $2 == "D" { print $3 }' | sort | sed 's/@.*//' | xargs)" \
    "pam_sm_acct_mgmt pam_sm_authenticate pam_sm_close_session pam_sm_open_session pam_sm_setcred"
is "it_is_not_in_the_stacks_by_itself" "$(grep -l pam_mfa /etc/pam.d/*)" ""

make_it install DESTDIR=/tmp/staged > /tmp/out
is "DESTDIR_takes_everything" "$(cd /tmp/staged && find . -name 'pam_mfa.so' -o -name mfactl -o -name mfa-helper.socket | wc -l)" 3
make_it uninstall DESTDIR=/tmp/staged > /tmp/out
is "and_gives_it_back" "$(find /tmp/staged -type f ! -path '*/etc/*')" ""

make_it install > /tmp/out
is "its_keys_stay" "$(sha256sum /etc/mfad/*.key)" "$keys"

# ---- systemd's units ----

is "the_units_are_well_formed" \
    "$(systemd-analyze verify --man=no /usr/lib/systemd/system/mfa{-helper,-http,-call,d}.{socket,service} \
    /usr/lib/systemd/system/mfad-admin.socket 2>&1)" ""
for service in mfa-helper mfad mfa-http mfa-call; do
	most=15
	[[ $service != mfa-http && $service != mfa-call ]] || most=20	# they have the network
	systemd-analyze security --offline=true --threshold=$most \
	    /usr/lib/systemd/system/$service.service > /tmp/out 2>&1
	is "systemd_rates_${service}_well" "$?" 0
	note "$(tail -n 1 /tmp/out)"
done

# ---- the profile ----

use_profile
lines() {
	grep -h 'pam_mfa' "/etc/pam.d/$1" | tr -s '\t ' ' ' | sed 's/ $//'
}
is "auth" "$(lines common-auth)" "auth required pam_mfa.so"
is "account" "$(lines common-account)" "account required pam_mfa.so"
is "session" "$(lines common-session)" "session optional pam_mfa.so"
is "not_in_sessions_without_a_person" "$(lines common-session-noninteractive)" ""

# The whole of Debian's auth stack around it, with our result replaced by
# every code that PAM knows: success alone lets in.
gcc -shared -fPIC -x c -o $security/pam_any.so - <<- 'END'
	#include <stdlib.h>
	int pam_sm_authenticate(void *h, int f, int c, const char **v) { return atoi(v[0]); }
	int pam_sm_setcred(void *h, int f, int c, const char **v) { return 0; }
END
add_user alice
entered=
for n in $(seq 1 31); do
	sed "s/pam_mfa.so/pam_any.so $n/; s/nullok/nodelay/" /etc/pam.d/common-auth > /etc/pam.d/any
	echo "account required pam_permit.so" >> /etc/pam.d/any
	[ $n != 25 ] || continue	# PAM_IGNORE: this module never returns it where it judges
	"$BUILD/tests/onefield" any alice <<< "$(password_of alice)" > /dev/null && entered+=" $n"
done
is "no_error_of_ours_lets_in_through_the_profile" "$entered" ""
sed "s/pam_mfa.so/pam_any.so 0/" /etc/pam.d/common-auth > /etc/pam.d/any
echo "account required pam_permit.so" >> /etc/pam.d/any
echo "session required pam_permit.so" >> /etc/pam.d/any
is "and_success_does" "$("$BUILD/tests/onefield" any alice <<< "$(password_of alice)")" "in: Success"
rm $security/pam_any.so /etc/pam.d/any

# ---- over a running system ----

configure <<- 'END'
	# mine
	delay_after = 10
END
start_helper
enrol alice
sed -i '/^#*\(KbdInteractive\|Password\)Authentication/d' /etc/ssh/sshd_config
sed -i '1i KbdInteractiveAuthentication yes\nPasswordAuthentication no' /etc/ssh/sshd_config
sed -i '1i AuthenticationMethods publickey,keyboard-interactive:pam keyboard-interactive:pam' \
    /etc/ssh/sshd_config
ssh-keygen -q -A
succeeds "after_the_readme's_steps_mfactl_check_finds_nothing_wrong" mfactl check
succeeds "nor_does_mfactl_status" mfactl status
mark
coproc waiting { "$TOP/tests/talk" setpriv --reuid=nobody --regid=nogroup --clear-groups \
    su alice -c 'echo now $(id -un)' <<- END
	? assword:
	> $(password_of alice)
	? Authentication code:
	! while [ ! -e /run/installed ]; do sleep 0.02; done
	> $(code "$key")
	$
END
}
exec 8<&"${waiting[0]}"
asked() { pgrep -f 'su alice' > /dev/null && pgrep -u pam_mfa -c mfa-helper > /dev/null; }
wait_until 30 asked
make_it install > /tmp/out
is "installing_again_succeeds" "$?" 0
is "an_existing_configuration_stays" "$(head -n 1 /etc/pam_mfa/pam_mfa.conf)" "# mine"
touch /run/installed
like "a_login_under_way_is_finished" "$(cat <&8)" "now alice"
exec 8<&-
talk setpriv --reuid=nobody --regid=nogroup --clear-groups su alice -c 'echo now $(id -un)' <<- END
	? assword:
	> $(password_of alice)
	? Authentication code:
	> $(code "$key" 1)
	$
END
like "and_so_is_the_next" "$shown" "now alice"
stop_helper

# ---- away again ----

echo 'auth required pam_mfa.so' > /etc/pam.d/by-hand
refused "uninstall_refuses_while_a_stack_names_the_module" make_it uninstall
succeeds "and_leaves_the_module" test -e $security/pam_mfa.so
rm /etc/pam.d/by-hand
succeeds "uninstall" make_it uninstall
is "the_stacks_no_longer_name_it" "$(grep -l pam_mfa /etc/pam.d/*)" ""
is "the_files_are_gone" "$(find /usr -name '*pam_mfa*' -o -name '*mfa-h*' -o -name 'mfa-call*' -o -name 'mfactl*' -o -name 'mfad*' |
    grep -v "^$TOP\|^$BUILD")" ""
succeeds "configuration_and_state_stay" test -e /etc/pam_mfa/pam_mfa.conf -a -e /var/lib/pam_mfa/state.db
talk setpriv --reuid=nobody --regid=nogroup --clear-groups su alice -c 'echo now $(id -un)' <<- END
	? assword:
	> $(password_of alice)
	$
END
like "logins_go_on_without_it" "$shown" "now alice"

done_testing
