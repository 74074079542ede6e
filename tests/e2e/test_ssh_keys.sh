#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Public keys: with a code after them, alone, and the guard of the account phase.
. "$TOP/tests/lib.sh"

basics="trusted_networks = 192.0.2.0/24
delay_after = 10"
configure <<< "$basics"
use_profile
start_helper
new_client office 192.0.2.10 192.0.2.1
new_client cafe 198.51.100.10 198.51.100.1
add_user alice
enrol alice
new_key alice
KEY="-i $keyfile"

# ---- publickey,keyboard-interactive:pam; the key is the first factor ----

sed -i 's/^@include common-auth/auth required pam_mfa.so/' /etc/pam.d/sshd
start_sshd AuthenticationMethods=publickey,keyboard-interactive:pam

mark
talk ip netns exec cafe $SSH $KEY alice@198.51.100.1 'echo in as $USER' <<- END
	? Authentication code:
	> $(code "$key")
	$
END
like "key_and_code_let_in" "$shown" "in as alice"
logged "and_are_logged" 'verdict=grant user=alice service=sshd .* factor=totp'

talk ip netns exec cafe $SSH alice@198.51.100.1 'echo in' <<< '$'
is "a_code_without_the_key_is_not_even_asked" "$status $(grep -c code: <<< "$shown")" "255 0"

talk ip netns exec office $SSH $KEY alice@192.0.2.1 'echo in as $USER' <<< '$'
like "from_a_trusted_network_the_key_is_enough" "$shown" "in as alice"

# ---- programs without a person ----

start=$EPOCHSECONDS
refused "batch_mode_is_refused" ip netns exec cafe $SSH $KEY -o BatchMode=yes alice@198.51.100.1 true
[ $((EPOCHSECONDS - start)) -le 5 ] && pass "and_at_once" || fail "and_at_once"

echo "some data" > /run/file
talk ip netns exec cafe scp -F /run/ssh_config $KEY /run/file alice@198.51.100.1:by-scp <<- END
	? Authentication code:
	> $(code "$key" 1)
	$
END
is "scp_asks_and_copies" "$status $(cat /home/alice/by-scp 2>&1)" "0 some data"
echo "put /run/file by-sftp" > /run/batch
refused "sftp_batch_is_refused_from_outside" \
    ip netns exec cafe sftp -F /run/ssh_config $KEY -b /run/batch alice@198.51.100.1
# ---- the key alone: the auth phase never runs ----

start_sshd
succeeds "without_the_guard_a_key_alone_is_sshd's_own_business" \
    ip netns exec cafe $SSH $KEY alice@198.51.100.1 true

printf '%s\nguard = yes\n' "$basics" | configure
mark
refused "the_guard_refuses_a_key_alone" ip netns exec cafe $SSH $KEY alice@198.51.100.1 true
logged "and_says_that_there_was_no_verdict" 'account verdict=deny user=alice .* reason=no_verdict'
succeeds "the_guard_lets_a_trusted_network_pass" ip netns exec office $SSH $KEY alice@192.0.2.1 true
refused "the_guard_refuses_batch_mode" \
    ip netns exec cafe $SSH $KEY -o BatchMode=yes alice@198.51.100.1 true
succeeds "batch_mode_works_from_a_trusted_network" \
    ip netns exec office $SSH $KEY -o BatchMode=yes alice@192.0.2.1 true
succeeds "sftp_batch_works_from_a_trusted_network" \
    ip netns exec office sftp -F /run/ssh_config $KEY -b /run/batch alice@192.0.2.1
is "and_copies" "$(cat /home/alice/by-sftp 2>&1)" "some data"
succeeds "scp_works_from_a_trusted_network" \
    ip netns exec office scp -F /run/ssh_config $KEY /run/file alice@192.0.2.1:by-scp-again

printf '%s\n[service sshd]\nguard = yes\nexcept_users = porter\n' "$basics" | configure
add_user robot
new_key robot
refused "the_guard_refuses_the_not_enrolled_too" \
    ip netns exec cafe $SSH -i "$keyfile" robot@198.51.100.1 true
add_user porter
new_key porter
succeeds "and_lets_the_excepted_pass" \
    ip netns exec cafe $SSH -i "$keyfile" porter@198.51.100.1 true
start_sshd AuthenticationMethods=publickey,keyboard-interactive:pam
add_user bob
enrol bob
new_key bob
talk ip netns exec cafe $SSH -i "$keyfile" bob@198.51.100.1 'echo in as $USER' <<- END
	? Authentication code:
	> $(code "$key")
	$
END
like "the_guard_lets_a_verdict_of_this_transaction_pass" "$shown" "in as bob"

done_testing
