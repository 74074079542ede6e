#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Every call out of module, helper and common either goes through a wrapper
# (calls.h), so that the torture makes it fail, or stands here.
. "$TOP/tests/tap.sh"

# Cannot fail, or fails only by a mistake in our own arguments.
sure="__asan_.* __ubsan_.* __lsan_.* __sanitizer.* __errno_location __ctype_.* __explicit_bzero_chk
	__libc_current_sigrtmax _GLOBAL_OFFSET_TABLE_ _exit alarm alphasort close closelog EVP_CIPHER_CTX_free
	EVP_MAC_CTX_free EVP_MD_CTX_free EVP_PKEY_free EVP_PKEY_CTX_free ERR_set_mark ERR_pop_to_mark
	OSSL_PARAM_construct_(utf8_string|octet_string|end) memmem explicit_bzero fclose feof ferror free geteuid getpid
	inet_ntop inet_pton isspace memchr memcmp memcpy memmove memset mktime munmap openlog qsort secure_getenv
	setsid shutdown sig(add|empty|fill)set signal sleep snprintf strcasecmp strchr strcmp strcspn strerror
	strerrorname_np strstr strlen strncmp strncpy strnlen strpbrk strrchr strspn strtok_r tolower tzset umask
	vsnprintf vsyslog syslog __stack_chk_fail __assert_fail bsearch
	sqlite3_(busy_timeout|db_readonly|changes|clear_bindings|close|column_.*|db_config|errmsg|errstr|extended_.*|file_control
	|finalize|get_autocommit|last_insert_rowid|stmt_.*|system_errno|wal_hook|wal_autocheckpoint|libversion.*)
	timer_delete unlink unlinkat"
# Played by tests/fault/fake_pam.c, which fails where libpam does.
played="pam_(get|set)_(data|item) pam_get_user pam_getenv pam_syslog"
# The way to a login rather than the login: failed one by one in tests/pam
# (connect, spawn) and in tests/e2e (listener, sandbox).
elsewhere="accept4 access bind chdir chmod chown clone dup3 epoll_(create1|ctl|wait) faccessat fork getresuid listen linkat mkdir pthread_sigmask
	scandir sendmsg setgroups setresgid setresuid setsockopt signalfd sigprocmask waitpid gethostname
	_?_?getdelim dup"

# Of those who sign, which no login does: common/sign.c, authority_key.c, newfile.c, enrol.c.
signing="BN_.* EVP_DigestSign.* EVP_PKEY_Q_keygen EVP_PKEY_get_.* EVP_PKEY_new_raw_private_key_ex EVP_Q_mac
	OSSL_PARAM_BLD_.* OSSL_PARAM_free renameat2"

wrapped=$(sed -n 's/^CALL.[^,]*, \([A-Za-z0-9_]*\),.*/\1/p' "$TOP/tests/fault/calls.h")
known=$(echo "$sure $played $elsewhere $signing $wrapped" | tr -s ' \n\t' '|' | sed 's/||*|/|/g; s/^|//; s/|$//; s/(|/(/g')
objects=("$BUILD"/san/pam_mfa/*.o "$BUILD"/san/helper.a "$BUILD"/san/common.a)
defined=$(nm "${objects[@]}" 2>/dev/null | awk '$2 ~ /[TtDdBbRrVvWw]/ { print $3 }' | sort -u)
called=$(nm -u "${objects[@]}" 2>/dev/null | awk '$1 == "U" { print $2 }' | sort -u)

is "every_call_that_can_fail_is_wrapped" \
    "$(comm -23 <(echo "$called") <(echo "$defined") | grep -vxE "$known")" ""
done_testing
