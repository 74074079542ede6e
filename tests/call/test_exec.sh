#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Calls that an administrator's own program places: what it is told, what it may
# say, and what becomes of it.
. "$TOP/tests/tap.sh"
. "$TOP/tests/call/lib.sh"

# with SCRIPT SETTING=VALUE...: a call with that program, which has read its order
with() {
	printf '#!/bin/sh\nwhile IFS="=" read -r name value && [ -n "$name" ]; do eval "_$name=\\$value"; done\n%s\n' \
	    "$1" > "$work/program"
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
is a_key_that_comes_through_twice "$(with 'echo answered; echo keys 442; read a; echo keys 42; read b; echo ended done "$a, $b"')" \
    "answered;keys [442];say twice;keys [42];say thanks;ended done units=3 words=[say twice, say thanks]"
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

is its_words_do_not_repeat_the_number "$(with 'echo "ended gateway no line to $_to, error 1234"')" \
    "ended gateway units=0 words=[no line to +***********, error 1234]"

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

printf '#!/bin/sh
tr "\\0" "\\n" < /proc/$$/environ > %s/env
while read -r line && [ -n "$line" ]; do echo "$line"; done > %s/order
echo "$* $(ls -l /proc/$$/fd | grep -c socket)" > %s/rest
echo answered; echo keys 42; read -r line; echo "ended done $line"\n' "$work" "$work" "$work" > "$work/program"
is it_is_told_its_order_and_then_what_to_say "$(SECRET=canary timeout 40 "$place" exec call_command="$work/program" number=42 \
    ms=20900 organisation='$(us); "x"=y' language=nl 2> "$work/complaints" | paste -sd ';')" \
    "answered;keys [42];say thanks;ended done units=3 words=[say thanks]"
is its_order_is_this "$(cat "$work/order")" 'to=+31612345678
id=t1
form=number
digits=2
language=nl
organisation=$(us); "x"=y
host=web1
service=sshd
seconds=20'
is its_environment_is_empty "$(cat "$work/env")" ""
is one_argument_and_no_socket_of_ours "$(cat "$work/rest")" "call 0"

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
is one_that_reads_nothing "$(printf '#!/bin/sh\nexec < /dev/null\necho ended busy\n' > "$work/program"
    "$place" exec call_command="$work/program" 2> /dev/null)" "ended busy units=0 words=[]"

# ---- the process that reads what it writes ----

filters() { echo "sed -n 's/^Seccomp_filters:.//p' /proc/$1/status"; }
with 'echo answered; echo keys 42; read -r line
	echo "$('"$(filters '$PPID')"') $('"$(filters '$$')"')" > '"$work"'/filters; echo ended done' > /dev/null
read -r ours its < "$work/filters"
is it_is_secluded_and_the_program_is_not "$((ours - its))" 1
done_testing
