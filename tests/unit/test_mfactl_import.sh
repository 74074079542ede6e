#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# mfactl import: people who use google-authenticator or pam_oath can move, all
# of them or none, and a file of somebody's cannot trick root.
. "$TOP/tests/lib.sh"

for user in alice bob carol; do
	add_user $user
done
configure <<< 'delay_after = 50'

ctl() {
	status=0
	out=$(mfactl "$@" 2> /run/err < /dev/null) || status=$?
	err=$(< /run/err)
}

tokens() {
	mfactl list --json 2>/dev/null | jq -r '.[] | .user as $u | .tokens[] |
	    "\($u) \(.name) \(.kind) \(.algorithm) \(.digits) \(.period // "-")"'
}

# ---- a file that google-authenticator itself made ----

file=/home/alice/.google_authenticator
su alice -s /bin/sh -c 'google-authenticator -t -d -f -r 3 -R 30 -w 3 -q -C' > /dev/null
[ -s $file ] || bail "google-authenticator made no file"
key=$(head -n 1 $file)
canary "$key" $(sed -n 's/^\([0-9]\{8\}\)$/\1/p' $file)
before=$(sha256sum $file)

ctl import google $file alice --dry-run
is "a_dry_run_reads" "$status $out" "0 1 token would be imported."
is "and_changes_nothing" "$(find /var/lib/pam_mfa /etc/pam_mfa/state.key -type f 2>/dev/null)" ""
like "what_is_not_moved_is_said" "$err" '\.google_authenticator:[0-9]+: '
mark
ctl import google $file alice
is "the_token_is_imported" "$status $out" "0 1 token imported."
is "with_its_parameters" "$(tokens)" "alice google-authenticator totp SHA1 6 30"
logged "which_is_logged" 'mfactl.*: import user=alice by=root token=google-authenticator kind=totp'
is "and_recorded" "$(mfactl log --json | jq -r '[.[] | select(.event == "import")][0] | .user, .by' | paste -sd,)" "alice,root"
is "the_file_is_as_it_was" "$(sha256sum $file)" "$before"
ctl import google $file alice
is "again_it_is_known_already" "$status $(tokens | wc -l)" "5 1"
like "and_says_so" "$out" '1 known already'

use_profile
start_helper
start_sshd
talk $SSH alice@127.0.0.1 'echo in as $USER' <<- END
	? assword:
	> $(password_of alice)
	? code:
	> $(code "$key")
	\$
END
like "and_opens_a_login" "$shown" "in as alice"

# ---- a file that is not right changes nothing ----

state() {
	mfactl list --json
}
before=$(state)
put() {	# a file of bob's from standard input
	cat > /home/bob/file
	chown bob:bob /home/bob/file
	chmod 600 /home/bob/file
}
put <<< "not base32!"
ctl import google /home/bob/file bob
is "no_key" "$status" 5
like "is_said_with_the_line" "$err" '^mfactl: /home/bob/file:1: .*: nothing was changed$'
put < /dev/null
ctl import google /home/bob/file bob
is "an_empty_file" "$status" 5
head -c 4096 /dev/urandom | put
ctl import google /home/bob/file bob
is "garbage" "$status" 5
ctl import google /home/bob/nothing bob
is "no_file" "$status" 4
ctl import google /home/bob bob
is "a_directory" "$status" 5
ctl import google $file nobody-of-that-name
is "no_user" "$status" 4
is "and_all_of_that_changed_nothing" "$(state)" "$before"

# ---- a file of somebody's cannot trick root ----

ctl import google $file bob
is "another's_file" "$status" 5
ln -s $file /home/bob/link
chown -h bob:bob /home/bob/link
ctl import google /home/bob/link bob
is "a_symbolic_link_at_the_end" "$status" 5
put < $file
ln -sf /home/bob/file /home/bob/link
chown -h bob:bob /home/bob/link
ctl import google /home/bob/link bob
is "even_to_a_file_of_his_own" "$status" 5
mkdir /root/secret
cp $file /root/secret/file
chmod 600 /root/secret/file
ln -s /root/secret /home/bob/dir
ctl import google /home/bob/dir/file bob
is "a_symbolic_link_on_the_way_to_a_file_of_root's" "$status" 5
mkfifo /home/bob/pipe
chown bob:bob /home/bob/pipe
is "a_pipe_does_not_block" "$(timeout 5 mfactl import google /home/bob/pipe bob 2> /dev/null; echo $?)" 5
put < $file
chmod 622 /home/bob/file
ctl import google /home/bob/file bob
is "a_file_that_others_can_write" "$status" 5
put < /dev/null
truncate -s 9M /home/bob/file
ctl import google /home/bob/file bob
is "a_file_that_is_too_large" "$status" 5
like "says_so" "$err" 'larger than 8 MiB'
is "and_all_of_that_changed_nothing" "$(state)" "$before"
ctl import google /root/secret/file carol --name "old phone"
is "a_file_of_root's_is_taken" "$status" 0
is "under_a_name_of_choice" "$(tokens | grep carol)" "carol old phone totp SHA1 6 30"

# ---- users.oath ----

hex=$(head -c 20 /dev/urandom | od -An -tx1 | tr -d ' \n')
canary "$hex"
cat > /etc/users.oath <<- END
	# who can log in
	HOTP alice - $hex 41
	HOTP/T30/8 bob - ${hex}aa
	HOTP/T60 bob - ${hex}bb
	HOTP/E/7 nobody-of-that-name - ${hex}cc
END
chmod 600 /etc/users.oath
before=$(state)
ctl import oath /etc/users.oath --dry-run
is "a_dry_run_counts" "$status $out" "0 3 tokens would be imported, 1 of users who do not exist left out."
is "and_changes_nothing" "$(state)" "$before"
ctl import oath /etc/users.oath
is "users_of_a_host_are_imported" "$status" 0
like "who_does_not_exist_is_said" "$err" 'users.oath:5: there is no user nobody-of-that-name: left out'
is "each_with_parameters_and_a_name" "$(tokens | grep oath | sort)" "alice oath hotp SHA1 6 -
bob oath totp SHA1 8 30
bob oath-2 totp SHA1 6 60"
is "each_with_a_record" "$(mfactl log --json | jq '[.[] | select(.event == "import")] | length')" 5
talk $SSH alice@127.0.0.1 'echo in as $USER' <<- END
	? assword:
	> $(password_of alice)
	? code:
	> $(oathtool --hotp -c 41 - <<< "$hex")
	\$
END
like "a_counter_goes_on_where_it_was" "$shown" "in as alice"

before=$(state)
{
	for i in {1..10}; do
		echo "HOTP carol - ${hex}$(printf %02x $i)"
	done
	echo "HOTP carol - xyz"
} > /etc/users.oath
ctl import oath /etc/users.oath
is "one_bad_line_imports_nothing" "$status" 5
like "and_is_named" "$err" 'users.oath:11: '
for i in {1..20}; do
	echo "HOTP carol - ${hex}$(printf %02x $i)"
done > /etc/users.oath
ctl import oath /etc/users.oath
is "nor_do_too_many_tokens_of_one_user" "$status" 5
is "nothing_of_them_is_there" "$(state)" "$before"

done_testing
