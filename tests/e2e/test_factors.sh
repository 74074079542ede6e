#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Recovery codes, passes, counters, locks, and what an outsider can tell apart.
. "$TOP/tests/lib.sh"

configure <<- 'END'
	delay_after = 10
	tries = 3
END
use_profile
# Debian's pam_unix waits two seconds after a wrong password.
sed -i 's/pam_unix.so/& nodelay/' /etc/pam.d/common-auth
start_helper
start_sshd

# login USER CODE...: each code answers one prompt
login() {
	local user=$1 answers=
	shift
	for answer; do
		answers+="? (code|type it):"$'\n'"> $answer"$'\n'
	done
	talk $SSH "$user@127.0.0.1" 'echo in as $USER' <<- END
		? assword:
		> $(password_of "$user")
		$answers
		\$
	END
}

# ---- recovery codes ----

add_user alice
enrol alice
mapfile -t recovery < <(mfactl recovery alice | grep -oE '[a-z2-7]{4}(-[a-z2-7]{4}){3}')
canary "${recovery[@]}"
is "there_are_ten_recovery_codes" "${#recovery[@]}" 10
mark
login alice "${recovery[0]}"
like "a_recovery_code_lets_in" "$shown" "in as alice"
logged "and_is_logged_as_one" 'verdict=grant user=alice .* factor=recovery reason=code_accepted'
login alice "${recovery[0]}" "${recovery[0]}" "${recovery[0]}"
unlike "once" "$shown" "in as alice"
login alice "$(tr 'a-z-' 'A-Z ' <<< "${recovery[1]}")"
like "typed_in_capitals_and_with_blanks" "$shown" "in as alice"
# sshd keeps what is said after the last prompt for the start of a shell.
talk $SSH alice@127.0.0.1 <<- END
	? assword:
	> $(password_of alice)
	? code:
	> ${recovery[2]}
	? \\$
	> exit
	$
END
like "and_the_user_is_told_how_many_are_left" "$shown" "7 left"

# ---- a temporary access pass ----

add_user bob
pass=$(mfactl pass bob | grep -oE '[a-z2-7]{4}(-[a-z2-7]{2,4}){2,}' | head -n 1)
canary "$pass"
mark
login bob "$pass"
like "a_pass_lets_the_not_yet_enrolled_in" "$shown" "in as bob"
logged "and_is_logged_as_one" 'verdict=grant user=bob .* factor=pass'
login bob "$pass" "$pass" "$pass"
unlike "once" "$shown" "in as bob"

# ---- an authenticator app set up at the login, after a pass ----

configure <<- 'END'
	delay_after = 10
	unenrolled = enrol
END
add_user erin
pass=$(mfactl pass erin | grep -oE '[a-z2-7]{4}(-[a-z2-7]{2,4}){2,}' | head -n 1)
canary "$pass"
: > /run/secret.screen
talk sh -c "$SSH erin@127.0.0.1 'echo in as \$USER' | tee /run/secret.screen" <<- END
	? assword:
	> $(password_of erin)
	? code:
	> $pass
	? that the app shows now:
	^ C
	$
END
like "the_key_is_shown_at_the_login" "$shown" "key: [a-z2-7 ]{32,}"
like "and_as_a_URL" "$shown" "otpauth://totp/"
configure <<- 'END'
	delay_after = 10
	tries = 3
END

# ---- locked, unknown and not enrolled look alike ----

add_user carol
add_user dave
enrol dave
mfactl lock dave > /dev/null
shape() {
	tr -d '\r' <<< "$shown" | sed -e 's/carol\|dave\|nobody-such/USER/g' -e '/^$/d'
}
login carol 111111 111111 111111
unenrolled=$(shape)
unlike "the_not_enrolled_are_refused" "$shown" "in as"
right=$(code "$key")
login dave "$right" 111111 111111
locked=$(shape)
is "locked_looks_like_not_enrolled" "${locked//$right/111111}" "$unenrolled"
unlike "and_is_refused" "$shown" "in as"
mfactl unlock dave > /dev/null
login dave "$(code "$key" 1)"
like "unlocked_lets_in_again" "$shown" "in as dave"

# ---- somebody without the first factor cannot lock a user out ----

add_user frank
enrol frank
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
	talk $SSH frank@127.0.0.1 true <<- 'END'
		? assword:
		> guess-number
		$
	END
done
login frank "$(code "$key")"
like "wrong_passwords_do_not_lock_the_second_factor" "$shown" "in as frank"

# ---- limits ----

configure <<- 'END'
	delay_after = 3
	delay = 60
END
add_user grace
enrol grace
login grace 111111 222222 333333
mark
login grace "$(code "$key")" 444444 555555
unlike "after_some_failures_even_the_right_code_must_wait" "$shown" "in as grace"
logged "and_the_log_says_so" 'verdict=deny user=grace .* reason=too_soon'
mfactl unlock grace > /dev/null
login grace "$(code "$key")"
like "and_has_not_been_spent_meanwhile" "$shown" "in as grace"

done_testing
