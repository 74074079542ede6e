#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Text messages by a program of the administrator's: what it is given, what of it
# counts, and that it cannot hold anything up.
. "$TOP/tests/call/texts.sh"

configure_call <<< "prefixes = +31
text_gateway = exec
text_command = /usr/local/bin/send
text_units = 4"
start_call

# program: /usr/local/bin/send from standard input; what it leaves is in $place
place=$made/place
mkdir -m 0777 $place
program() {
	cat > /usr/local/bin/send.new
	chmod 0755 /usr/local/bin/send.new
	mv /usr/local/bin/send.new /usr/local/bin/send
	find $place -mindepth 1 -delete
}

# ---- what it is given ----

program <<- END
	#!/bin/bash
	cd $place
	cat > input
	tr '\0' '\n' < /proc/\$\$/cmdline > arguments
	tr '\0' '\n' < /proc/\$\$/environ > environment
	ls -l /proc/\$\$/fd > descriptors
	mapfile -t all < /proc/self/status
	printf '%s\n' "\${all[@]}" > status
	ulimit -c > core
	pwd -P > directory
	echo sent as 77
END
canary 482913
text=$'Your code is 482913 & \'Söhne\' $(id) `id`\n@web1.example #482913'
send_text "$text"
is "a text is taken" "$heard" "ended done units=4 words=sent as 77
end"
printf 'to=+31612345678\nid=l_0123456789abcdefghijkl\n\n%s' "$text" > wanted
succeeds "its input is this, byte for byte" cmp $place/input wanted
rm wanted $place/input
is "its arguments" "$(cat $place/arguments)" "/bin/bash
/usr/local/bin/send
text"
is "its environment is empty" "$(cat $place/environment)" ""
is "it can gain no privilege" "$(grep NoNewPrivs $place/status | tr -dc 0-9)" 1
is "no signal is blocked" "$(grep SigBlk $place/status | tr -dc 1-9)" ""
is "nor is SIGPIPE ignored" "$((0x$(sed -n 's/^SigIgn:\t//p' $place/status) & 0x1000))" 0
is "it has no descriptor of ours" "$(grep -cE ' -> (socket|anon_inode)' $place/descriptors)" 0
is "its errors go nowhere" "$(grep -oE ' 2 -> .*' $place/descriptors)" " 2 -> /dev/null"
is "it leaves no core" "$(cat $place/core)" 0

# ---- what counts ----

# says NAME WANTED < PROGRAM
says() {
	program
	send_text "${3-code 482913}"
	is "$1" "$(head -n 1 <<< "$heard")" "$2"
}
says "exit status 0, nothing said" "ended done units=4 words=" <<< '#!/bin/sh'
says "exit status 1" "ended gateway units=0 words=the program's exit status is 1" <<< '#!/bin/sh
exit 1'
says "exit status 3, and why" "ended refused units=0 words=a landline" <<< '#!/bin/sh
echo a landline
exit 3'
says "only its first line" "ended gateway units=0 words=no credit" <<< '#!/bin/sh
echo no credit
echo second line
exit 7'
says "death of a signal" "ended gateway units=0 words=the program died of signal 9" <<< '#!/bin/sh
kill -9 $$'
says "what repeats the code is not passed on" "ended done units=4 words=(its words repeat the text)" <<< '#!/bin/sh
tail -n 1'
says "nor a part of it" "ended done units=4 words=(its words repeat the text)" <<< '#!/bin/sh
echo 1234829'
says "nor the number" "ended gateway units=0 words=+*********** is not reached" <<< '#!/bin/sh
read to
echo "${to#to=} is not reached"
exit 1'
says "what is not printable is escaped" 'ended done units=4 words=a\x1b[31mb\xff' <<< '#!/bin/sh
printf "a\033[31mb\377\nc"'
says "a long line is cut" "ended done units=4 words=$(printf 'x%.0s' {1..199})" <<< '#!/bin/sh
printf "%0300d\n" 0 | tr 0 x'
says "it need not read" "ended done units=4 words=" <<< '#!/bin/sh
exec < /dev/null'
says "no interpreter" "ended gateway units=0 words=the program's exit status is 127" <<< '#!/nonexistent'
rm /usr/local/bin/send
send_text hello
like "no program" "$heard" "ended gateway units=0 words=the program's exit status is 127"

# ---- what it cannot do ----

hang='#!/bin/sh
echo $$ > '$place'/pid
sleep 1000 &
echo $! > '$place'/child
'
gone() { ! kill -0 "$(cat $place/pid)" 2> /dev/null && ! kill -0 "$(cat $place/child)" 2> /dev/null; }
program <<< "$hang wait"
printf hello > text
chmod 0644 text
dial text $text_to 1500 text hear
like "hang" "$heard" "ended gateway units=0 words=no answer in time"
is "mfad hears of it in its time" "$((ms >= 1000 && ms < 1500))" 1
succeeds "it and its child are killed" wait_until 5 gone
program <<< "$hang exec > /dev/null 2>&1; trap '' TERM; wait"
dial text $text_to 1500 text hear
like "hang with nothing open" "$heard" "ended gateway units=0 words=no answer in time"
succeeds "both are killed" wait_until 5 gone
program <<< "$hang exit 0"
dial text $text_to 20000 text hear
like "leave a child that holds its output" "$heard" "ended done"
is "that is not waited for" "$((ms < 2000))" 1
succeeds "but killed" wait_until 5 gone
program <<< "$hang exec yes"
dial text $text_to 20000 text hear
like "flood" "$heard" "ended gateway units=0 words=it says too much"
is "for no longer than 64 KiB" "$((ms < 2000))" 1
succeeds "it is killed" wait_until 5 gone
program <<< "$hang wait"
dial text $text_to 20000 text await $place/child cancel hear
like "outlive a cancel" "$heard" "ended cancelled"
succeeds "it is killed then" wait_until 5 gone
program <<< "$hang wait"
dial text $text_to 20000 text await $place/child leave
succeeds "or outlive mfad" wait_until 5 gone
is "no process of ours died of any of it" "$(grep -c 'process of a call died' /var/log/auth.log)" 0
no_children() { ! pgrep -P "$call" > /dev/null; }
succeeds "none is left" wait_until 5 no_children

stop_call
done_testing
