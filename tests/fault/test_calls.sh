#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# Every call out of module, helper and common, and out of mfad, either goes
# through a wrapper (calls.h, mfad_calls.h), so that it is made to fail, or
# stands here.
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
elsewhere="accept4 access bind chdir chmod chown clone dup3 epoll_(create1|ctl|wait) faccessat fork getresuid initgroups listen linkat mkdir pthread_sigmask
	scandir setgroups setresgid setresuid setsockopt signalfd sigprocmask waitpid gethostname
	_?_?getdelim dup"

# Of those who sign, which no login does: common/sign.c, authority_key.c, newfile.c, enrol.c.
signing="BN_.* EVP_DigestSign.* EVP_PKEY_Q_keygen EVP_PKEY_get_.* EVP_PKEY_new_raw_private_key_ex EVP_Q_mac
	OSSL_PARAM_BLD_.* OSSL_PARAM_free renameat2"

# Of mfad: cannot fail, or as above.
mfad_sure="fprintf ASN1_STRING_.* BIO_free CRYPTO_get_ex_new_index ERR_.* EVP_sha256 GENERAL_NAMES_free OPENSSL_(init_ssl|sk_.*)
	SSL_(get.*|select_next_proto|set_ex_data|shutdown) SSL_CTX_(free|get0?_.*|ctrl|set_(alpn_select_cb|options|verify))
	TLS_server_method X509_(STORE_CTX_.*|free|get0_.*|verify_cert_error_string|cmp_current_time) ASN1_TIME_to_tm
	bufferevent_(disable|free|get.*|setcb|openssl_get_ssl) evbuffer_(drain|get_length|peek) event_(active|assign|del|free|get_fd)
	event_base_(dispatch|free|loopbreak) event_config_(free|set_flag) json_object_(get_.*|is_type|iter_.*|object_get_ex|object_length|put)
	json_tokener_(free|get_.*|parse_ex|set_flags) pthread_.* gmtime_r strftime time timegm strcasestr strtoll strncasecmp kill
	clock_gettime __(fprintf|snprintf|vsnprintf)_chk sqlite3_(stmt_readonly|wal_checkpoint_v2)"
# At its start, at a connection or in another process, and tested there
# (unit/test_mfad_*, test_api_*): sockets, certificates, backup, alerts; and
# evbuffer_add_printf, whose arguments no wrapper can pass on.
mfad_elsewhere="BIO_new_fd PEM_.* SSL_CTX_.* X509_.* open link lchown lstat realpath fsync fstat read recv send sendmsg write poll execve
	socket socketpair connect getsockname getsockopt getrlimit setrlimit pipe2 dup2 eventfd prctl event_base_new_with_config
	event_config_new evbuffer_add_printf sqlite3_open_v2 gethostname"

wrapped=$(sed -n 's/^CALL.[^,]*, \([A-Za-z0-9_]*\),.*/\1/p' "$TOP/tests/fault/calls.h")
known=$(echo "$sure $played $elsewhere $signing $wrapped" | tr -s ' \n\t' '|' | sed 's/||*|/|/g; s/^|//; s/|$//; s/(|/(/g')
objects=("$BUILD"/san/pam_mfa/*.o "$BUILD"/san/helper.a "$BUILD"/san/common.a)
defined=$(nm "${objects[@]}" 2>/dev/null | awk '$2 ~ /[TtDdBbRrVvWw]/ { print $3 }' | sort -u)
called=$(nm -u "${objects[@]}" 2>/dev/null | awk '$1 == "U" { print $2 }' | sort -u)

mfad_wrapped=$(sed -n 's/^CALL.[^,]*, \([A-Za-z0-9_]*\),.*/\1/p' "$TOP/tests/fault/mfad_calls.h")
mfad_known=$(echo "$sure $elsewhere $mfad_sure $mfad_elsewhere $mfad_wrapped" | tr -s ' \n\t' '|' |
    sed 's/||*|/|/g; s/^|//; s/|$//; s/(|/(/g')
mfad_defined=$(nm "$BUILD"/san/server.a "$BUILD"/san/common.a 2>/dev/null |
    awk '$2 ~ /[TtDdBbRrVvWw]/ { print $3 }' | sort -u)
mfad_called=$(nm -u "$BUILD"/san/server.a 2>/dev/null | awk '$1 == "U" { print $2 }' | sort -u)

is "every_call_that_can_fail_is_wrapped" \
    "$(comm -23 <(echo "$called") <(echo "$defined") | grep -vxE "$known")" ""
like "mfad_is_there" "$mfad_called" "sqlite3_step"
is "and_of_mfad" \
    "$(comm -23 <(echo "$mfad_called") <(echo "$mfad_defined") | grep -vxE "$mfad_known")" ""
done_testing
