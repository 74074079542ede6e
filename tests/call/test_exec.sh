#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Calls that an administrator's own program places: what it is told, what it may
# say, and what becomes of it.
. "$TOP/tests/tap.sh"
. "$TOP/tests/call/lib.sh"

# with SCRIPT SETTING=VALUE...: a call with that program
with() {
	printf '#!/bin/sh\n%s\n' "$1" > "$work/program"
	chmod +x "$work/program"
	shift
	timeout 40 "$place" exec call_command="$work/program" number=42 ms=20000 "$@" \
	    2> "$work/complaints" | paste -sd ';'
}

bad='ended gateway units=0 words=[call_command wrote what it must not]'

is a_call "$(with 'echo ringing; echo answered; echo keys 42; read a; echo ended done "$a"')" \
    "ringing;answered;keys [42];say thanks;ended done units=3 words=[say thanks]"
is once_more "$(with 'echo answered; echo keys 41; read a; echo keys 42; read b; echo ended done "$a, $b"')" \
    "answered;keys [41];say once-more;keys [42];say thanks;ended done units=3 words=[say once-more, say thanks]"
is not_me "$(with 'echo answered; echo keys 0; read a; echo ended done "$a"')" \
    "answered;keys [0];say reported;ended done units=3 words=[say reported]"
is hash_alone "$(with 'echo answered; echo keys; read a; echo ended done' form=hash)" \
    "answered;keys [];say thanks;ended done units=3 words=[]"
is hash_alone_where_the_number_is_wanted "$(with 'echo answered; echo keys; read a; echo ended done')" \
    "answered;ended gateway units=3 words=[call_command wrote what it must not]"
is keys_before_the_answer "$(with 'echo ringing; echo keys 42; read a')" "ringing;$bad"
is keys_before_the_say "$(with 'echo answered; printf "keys 1\nkeys 2\n"; read a; sleep 100')" \
    "answered;keys [1];say once-more;ended gateway units=3 words=[call_command wrote what it must not]"

for outcome in no-answer busy declined hung-up no-keys gateway; do
	is "it_ends_with_$outcome" "$(with "echo ended $outcome; sleep 100")" "ended $outcome units=0 words=[]"
done

# What it must not write.
for line in '' 'Ringing' 'ringing ' 'keys  42' 'keys 4 2' 'keys 42x' 'keys 12345678901234567' 'keys -1' \
    'ended' 'ended ' 'ended well' 'ended cancelled' 'ended refused' 'say thanks' 'ended done ' "$(printf 'ended done \033[31m')"; do
	is "it_must_not_write_[${line//[^ -~]/?}]" "$(with "printf '%s\n' '$line'; sleep 100")" "$bad"
done
is nor_a_line_without_end "$(with 'head -c 100000 /dev/zero | tr "\0" a; sleep 100')" "$bad"
is nor_a_zero "$(with 'printf "ringing\0\n"; sleep 100')" "$bad"
is it_ends_and_says_nothing "$(with 'exit 0')" \
    "ended gateway units=0 words=[call_command ended and did not say how the call did]"
is many_lines_at_once "$(with 'printf "ringing\nringing\nanswered\nringing\nended hung-up bye\n"')" \
    "ringing;answered;ended hung-up units=3 words=[bye]"

# ---- what it is told ----

SECRET=canary with 'env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^OLDPWD= | LC_ALL=C sort > '"$work"'/env
	echo "$# $(ls -l /proc/$$/fd | grep -c socket)" > '"$work"'/rest; echo ended done' \
    ms=20900 organisation='$(us); "x"' language=nl > "$work/seen"
is its_environment_is_this "$(cat "$work/env")" 'MFA_DIGITS=2
MFA_FORM=number
MFA_HOST=web1
MFA_ID=t1
MFA_LANGUAGE=nl
MFA_ORGANISATION=$(us); "x"
MFA_SECONDS=20
MFA_SERVICE=sshd
MFA_TO=+31612345678
PATH=/usr/sbin:/usr/bin:/sbin:/bin'
is no_arguments_and_no_socket_of_ours "$(cat "$work/rest")" "0 0"

# ---- its end ----

is cancelled "$(with 'echo answered; read a; echo "$a" > '"$work"'/told; echo ended done' cancel=answered)" \
    "answered;cancel;ended cancelled units=3 words=[]"
is it_was_told "$(cat "$work/told")" cancel
is mfad_leaves "$(with 'echo answered; read a; echo "$a" > '"$work"'/told' leave=answered)" answered
is it_was_told_as_well "$(cat "$work/told")" cancel
start=$SECONDS
is time_is_up "$(with 'trap "" TERM; echo $$ > '"$work"'/pid; sleep 1000 & echo $! >> '"$work"'/pid; echo answered; wait' ms=500)" \
    "answered;ended cancelled units=3 words=[]"
[ $((SECONDS - start)) -le 5 ] && pass in_time || fail in_time
gone() { for pid in $(cat "$work/pid"); do ! kill -0 "$pid" 2> /dev/null || return 1; done; }
until_true gone && pass nothing_of_it_is_left || fail nothing_of_it_is_left
for program in relative/path /nowhere /etc/passwd; do
	is "no_program_$program" "$("$place" exec call_command=$program 2> /dev/null)" \
	    "ended misconfigured units=0 words=[call_command is not a program]"
done
done_testing
