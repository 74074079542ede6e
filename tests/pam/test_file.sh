#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What the shipped module file is: what it links, exports and can write to.
. "$TOP/tests/lib.sh"

module=$BUILD/pam_mfa.so

needed=$(readelf -d "$module" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' ')
is module_links_libc_and_libpam_only "$needed" "libc.so.6 libpam.so.0 "

exported=$(nm -D --defined-only "$module" | awk '{ print $3 }' | sort | tr '\n' ' ')
is module_exports_its_five_entry_points_only "$exported" \
    "pam_sm_acct_mgmt pam_sm_authenticate pam_sm_close_session pam_sm_open_session pam_sm_setcred "

# .data and .bss hold what the compiler's start files put there, 8 bytes each.
sections=$(readelf -SW "$module" | sed 's/^ *\[ *[0-9]*\] *//')
like module_sections_are_read "$sections" '^\.bss '
while read -r name _ _ _ size _; do
	case $name in
	.data | .bss) is "module_${name#.}_is_empty" $((0x$size > 8)) 0 ;;
	.tdata | .tbss) fail module_has_no_thread_local_state ;;
	esac
done <<< "$sections"

calls=$(nm -D --undefined-only "$module" | sed 's/.* \([^ @]*\).*/\1/')
like module_calls_are_read "$calls" '^pam_get_item$'
unlike module_starts_no_thread_and_ends_nothing "$calls" '^(pthread_create|exit|abort)$'
unlike module_changes_no_application "$calls" \
    '^(setenv|putenv|unsetenv|clearenv|setlocale|openlog|closelog|signal|atexit|__cxa_atexit|printf|puts|system|popen|getenv|sleep|alarm|setitimer)$'

flags=$(readelf -dW "$module")
like module_is_bound_at_once_and_read_only_then "$flags" 'FLAGS.*NOW'
like module_has_relro "$(readelf -lW "$module")" GNU_RELRO
unlike module_has_no_executable_stack "$(readelf -lW "$module" | grep GNU_STACK)" 'RWE'

done_testing
