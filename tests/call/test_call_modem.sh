#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# needs the world
#
# Text messages through the spool of the SMS Server Tools: the file, byte for byte,
# and their own daemon, which makes of it what a modem would send.
. "$TOP/tests/call/texts.sh"

spool=/var/spool/sms/outgoing
basics="prefixes = +31
text_gateway = smstools
text_units = 2"
usermod -aG smsd mfad_call
configure_call <<< "$basics"
start_call

# ---- the file ----

canary 482913
text=$'Your code is 482913 & Söhne\n\n@web1.example #482913'
send_text "$text"
is "a text is taken" "$heard" "ended done units=2 words=
end"
file=$(ls $spool)
is "there is one file" "$(wc -w <<< "$file")" 1
is "the daemon may read, move and mark it" "$(stat -c '%a %U %G' "$spool/$file")" "660 mfad_call smsd"
printf 'To: 31612345678\nAlphabet: UTF-8\n\n%s' "$text" > wanted
succeeds "it is exactly this" cmp "$spool/$file" wanted
rm wanted
second=$'Zoë ł € 17'	# not all of it is in the alphabet of the network
send_text "$second"
is "names are not used again" "$(ls $spool | wc -l)" 2

# ---- the daemon ----

mkdir -p /run/sms && chown smsd:smsd /run/sms
cat > smsd.conf <<- END
	devices = GSM1
	outgoing = $spool
	checked = /var/spool/sms/checked
	incoming = /var/spool/sms/incoming
	sent = /var/spool/sms/sent
	failed = /var/spool/sms/failed
	logfile = /run/sms/log
	infofile = /run/sms/running
	pidfile = /run/sms/pid
	delaytime = 1
	delaytime_mainprocess = 1
	loglevel = 7
	store_sent_pdu = 3
	[GSM1]
	device = /dev/null
	modem_disabled = yes
	incoming = no
END
mkdir -p /var/spool/sms/{checked,incoming,sent,failed}
chown smsd:smsd /var/spool/sms/{checked,incoming,sent,failed}
setpriv --reuid=smsd --regid=smsd --init-groups /usr/sbin/smsd -c$PWD/smsd.conf -t < /dev/null > smsd.out 2>&1 &
smsd=$!
pdus() { sed -n 's/.*PDU to 31612345678: AT+CMGS=[0-9]* //p' /run/sms/log; }
both() { [ "$(pdus | wc -l)" = 2 ]; }
succeeds "it takes both" wait_until 60 both
kill $smsd
wait $smsd

# What a PDU of the log says (3GPP TS 23.040): the number, and the text in 7 bits or
# in UCS-2.
decode() {
	perl -e '
		use open qw(:std :utf8);
		my %gsm = (0x0a => 10, 0x7c => 0xf6, 0 => 64);
		while (<STDIN>) {
			my @b = unpack("C*", pack("H*", s/\s//gr));
			my $n = $b[3];
			my $to = substr(join("", map { sprintf("%x%x", $_ & 15, $_ >> 4) } @b[5 .. 4 + ($n + 1) / 2]), 0, $n);
			my $at = 5 + int(($n + 1) / 2);
			my ($coding, $len) = @b[$at + 1, $at + 3];
			my @d = @b[$at + 4 .. $#b];
			print "$to: ";
			if ($coding == 8) {
				print pack("U*", map { $d[2 * $_] << 8 | $d[2 * $_ + 1] } 0 .. $len / 2 - 1);
			} else {
				my $bits = unpack("b*", pack("C*", @d));
				my @c = map { oct("0b" . reverse substr($bits, 7 * $_, 7)) } 0 .. $len - 1;
				print map { chr($gsm{$_} // $_) } @c;
			}
			print "\n";
		}'
}
is "a modem would send what mfad said" "$(pdus | decode | sort)" "$(printf '31612345678: %s\n' "$text" "$second" | sort)"

# ---- a spool that cannot be used ----

left_over() { ls -A $spool | grep -c 'mfa-.*LOCK'; }
chmod 0755 $spool
send_text hello
like "a directory that it may not write to" "$heard" "ended gateway units=0 words=no file can be put into $spool: Permission denied"
chmod 2775 $spool
mount -t tmpfs -o size=4k,mode=1777 full $spool
head -c 4096 /dev/zero > $spool/full
send_text hello
like "one that is full" "$heard" "ended gateway units=0 words=.*No space left"
is "nothing is left of it" "$(left_over)" 0
umount $spool
configure_call <<< "$basics
text_smstools_dir = /nonexistent"
send_text hello
like "one that is not there" "$heard" "ended gateway units=0 words=.*No such file"
configure_call <<< "$basics
text_smstools_dir = /nonexistent/../etc"
send_text hello
like "another" "$heard" "ended gateway units=0 words=.*(Permission denied|No such file)"
is "no process died of any of it" "$(grep -c 'died of signal' /var/log/auth.log)" 0

stop_call
done_testing
