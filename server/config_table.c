/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>

#include "config_mfad.h"
#include "paths_mfad.h"

#define FIELD_OF(key, kind)	#key, kind, offsetof(struct mfad_config, key)
#define NUMBER(key, initial, min, max, what) \
	{ FIELD_OF(key, KEY_NUMBER), initial, min, max, NULL, false, \
	    what " from " #min " to " #max }
#define OTHER(key, kind, initial, expects) \
	{ FIELD_OF(key, kind), initial, 0, 0, NULL, false, expects }

/* In the order of sample and man page. */
const struct config_key mfad_keys[] = {
	/* where */
	OTHER(listen, KEY_NAMES, "0.0.0.0:443, [::]:443",
	    "a list of ADDRESS:PORT with commas between them, or none,"),
	OTHER(listen_plain, KEY_NAMES, "",
	    "a list of loopback addresses with ports, and of absolute paths, or none,"),
	OTHER(admin_socket, KEY_PATH, MFAD_RUNDIR "/admin.sock", "an absolute path, or none,"),
	/* what it knows */
	OTHER(state, KEY_PATH, MFAD_STATEDIR "/mfad.db", "an absolute path"),
	OTHER(state_key, KEY_PATH, MFAD_SYSCONFDIR "/state.key", "an absolute path"),
	NUMBER(audit_days, "365", 1, 3650, "days"),
	/* what it signs and demands */
	OTHER(authority_key, KEY_PATH, MFAD_SYSCONFDIR "/authority.key",
	    "an absolute path, or none,"),
	OTHER(sign_for, KEY_NAMES, "any",
	    "any, or a list of hosts' names with commas between them, or none,"),
	NUMBER(certificate_days, "90", 1, 366, "days"),
	NUMBER(number_digits, "6", 2, 8, "digits"),
	OTHER(compulsory_from, KEY_DATE, "", "a date as 2031-12-31, or none,"),
	/* codes */
	NUMBER(delay_after, "5", 1, 99, "a number"),
	NUMBER(delay, "30", 0, 3600, "seconds"),
	NUMBER(delay_max, "900", 0, 86400, "seconds"),
	NUMBER(max_failures, "50", 5, 99, "a number"),
	NUMBER(totp_window, "1", 0, 10, "a number"),
	NUMBER(hotp_look_ahead, "10", 1, 50, "a number"),
	NUMBER(hotp_resync, "100", 0, 1000, "a number"),
	OTHER(issuer, KEY_TEXT, "", "at most 255 bytes of text, or none,"),
	/* calls and texts */
	OTHER(telephone, KEY_NAMES, "", "call, text, both with a comma, or none,"),
	OTHER(call_socket, KEY_PATH, MFAD_CALL_SOCKET, "an absolute path"),
	OTHER(country, KEY_TEXT, "", "a country's code as 31, or none,"),
	NUMBER(text_digits, "6", 6, 8, "digits"),
	NUMBER(calls_per_user, "6", 1, 1000, "a number"),
	NUMBER(calls_per_number, "6", 1, 1000, "a number"),
	NUMBER(calls_per_hour, "100", 1, 100000, "a number"),
	/* who is told */
	OTHER(alert_command, KEY_PATH, "", "an absolute path, or none,"),
	/* TLS */
	OTHER(certificate, KEY_PATH, MFAD_SYSCONFDIR "/tls.crt", "an absolute path"),
	OTHER(certificate_key, KEY_PATH, MFAD_SYSCONFDIR "/tls.key", "an absolute path"),
	OTHER(host_ca, KEY_PATH, "", "an absolute path, or none,"),
	/* who may read the counters */
	OTHER(metrics_from, KEY_NETWORKS, "127.0.0.0/8, ::1",
	    "a list of prefixes with commas between them, or none,"),
	/* limits */
	NUMBER(connections, "20000", 1, 1000000, "a number"),
	NUMBER(connections_per_address, "1000", 1, 1000000, "a number"),
	NUMBER(handshake_timeout, "10", 1, 60, "seconds"),
	NUMBER(head_timeout, "10", 1, 60, "seconds"),
	NUMBER(body_timeout, "20", 1, 300, "seconds"),
	NUMBER(write_timeout, "30", 1, 300, "seconds"),
	NUMBER(idle_timeout, "75", 1, 3600, "seconds"),
	NUMBER(drain_timeout, "10", 1, 300, "seconds"),
};

const size_t mfad_key_count = sizeof(mfad_keys) / sizeof(mfad_keys[0]);
