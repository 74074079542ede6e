/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>

#include "config.h"

static const char *const unenrolled_words[] = { "deny", "enrol", "allow", NULL };
static const char *const show_words[] = { "auto", "yes", "no", NULL };
static const char *const language_words[] = { "en", "nl", NULL };
static const char *const call_words[] = { "number", "hash", NULL };
static const char *const remember_words[] = { "session", "origin", NULL };

#define FIELD_OF(key, kind)	#key, kind, offsetof(struct settings, key)
#define YES_NO(key, initial) \
	{ FIELD_OF(key, KEY_BOOL), initial, 0, 0, NULL, false, "yes or no" }
#define NUMBER(key, initial, min, max, what) \
	{ FIELD_OF(key, KEY_NUMBER), initial, min, max, NULL, false, \
	    what " from " #min " to " #max }
#define OTHER(key, kind, initial, expects) \
	{ FIELD_OF(key, kind), initial, 0, 0, NULL, false, expects }
#define GLOBAL(key, kind, initial, expects) \
	{ FIELD_OF(key, kind), initial, 0, 0, NULL, true, expects }
#define CHOICE(key, initial, words, expects) \
	{ FIELD_OF(key, KEY_CHOICE), initial, 0, 0, words, false, expects }

#define FACTORS(key, initial, first, last, expects) \
	{ FIELD_OF(key, KEY_FACTORS), initial, first, last, NULL, false, expects }

#define USERS		"a list of user names with commas between them, or none,"
#define GROUPS		"a list of group names with commas between them, or none,"

/* In the order of sample and man page. */
const struct config_key config_keys[] = {
	YES_NO(enabled, "yes"),
	FACTORS(factors, "push, totp, hotp, recovery, pass", FACTOR_PUSH, FACTOR_PASS,
	    "a list of push, totp, hotp, recovery and pass, each at most once,"),
	FACTORS(offline, "totp, recovery", FACTOR_TOTP, FACTOR_PASS,
	    "a list of totp, hotp, recovery and pass, each at most once,"),
	FACTORS(attested, "", FACTOR_SERVER_CODE, FACTOR_SMS,
	    "a list of server_code, call and sms, each at most once, or none,"),
	/* who */
	OTHER(only_users, KEY_NAMES, "", USERS),
	OTHER(only_groups, KEY_GROUPS, "", GROUPS),
	OTHER(except_users, KEY_NAMES, "", USERS),
	OTHER(except_groups, KEY_GROUPS, "", GROUPS),
	/* from where */
	OTHER(trusted_networks, KEY_NETWORKS, "",
	    "a list of prefixes with commas between them, or none,"),
	OTHER(trusted_networks_file, KEY_PATH, "", "an absolute path, or none,"),
	YES_NO(trust_console, "no"),
	YES_NO(display_manager, "no"),
	/* not enrolled */
	CHOICE(unenrolled, "deny", unenrolled_words, "deny, enrol or allow"),
	OTHER(grace_until, KEY_DATE, "", "a date as 2031-12-31, or none,"),
	NUMBER(grace_logins, "0", 0, 100, "a number"),
	/* remembered */
	{ FIELD_OF(remember, KEY_MINUTES), "0", 0, 1440, NULL, false, "minutes from 0 to 1440" },
	CHOICE(remember_for, "session", remember_words, "session or origin"),
	OTHER(service_class, KEY_WORD, "", "one word, or none,"),
	/* limits */
	NUMBER(tries, "3", 1, 10, "a number"),
	NUMBER(deadline, "90", 10, 600, "seconds"),
	NUMBER(delay_after, "5", 1, 99, "a number"),
	NUMBER(delay, "30", 0, 3600, "seconds"),
	NUMBER(delay_max, "900", 0, 86400, "seconds"),
	NUMBER(max_failures, "50", 5, 99, "a number"),
	NUMBER(totp_window, "1", 0, 10, "a number"),
	NUMBER(hotp_look_ahead, "10", 1, 50, "a number"),
	NUMBER(hotp_resync, "100", 0, 1000, "a number"),
	/* how it is asked */
	CHOICE(language, "en", language_words, "en or nl"),
	YES_NO(guard, "no"),
	YES_NO(combined, "no"),
	NUMBER(combined_digits, "6", 6, 8, "a number"),
	YES_NO(echo, "yes"),
	NUMBER(number_digits, "6", 2, 8, "a number"),
	CHOICE(call_form, "number", call_words, "number or hash"),
	CHOICE(show_at_once, "auto", show_words, "auto, yes or no"),
	YES_NO(prompts, "yes"),
	/* for all services */
	GLOBAL(server, KEY_TEXT, "", "https://, a host name and perhaps a port, or none,"),
	GLOBAL(server_ca, KEY_PATH, "", "an absolute path, or none,"),
	GLOBAL(server_proxy, KEY_TEXT, "", "http://, a host name and a port, or none,"),
	GLOBAL(host_certificate, KEY_PATH, "", "an absolute path, or none,"),
	GLOBAL(host_certificate_key, KEY_PATH, "", "an absolute path, or none,"),
	GLOBAL(host_name, KEY_WORD, "", "one word, or none,"),
	GLOBAL(authorities, KEY_PATH, "/etc/pam_mfa/authorities", "an absolute path, or none,"),
	GLOBAL(issuer, KEY_TEXT, "", "at most 255 bytes of text, or none,"),
	{ FIELD_OF(audit_days, KEY_NUMBER), "365", 1, 3650, NULL, true, "days from 1 to 3650" },
};

const size_t config_key_count = sizeof(config_keys) / sizeof(config_keys[0]);

bool
factor_is_attested(enum factor f)
{
	return f >= FACTOR_SERVER_CODE && f < FACTOR_COUNT;
}

bool
factor_is_in(enum factor f, const enum factor list[FACTOR_COUNT])
{
	size_t i;

	for (i = 0; i < FACTOR_COUNT && list[i] != FACTOR_NONE; i++)
		if (list[i] == f)
			return true;
	return false;
}

const char *
factor_name(enum factor f)
{
	static const char *const names[FACTOR_COUNT] = {
		[FACTOR_NONE] = "none",
		[FACTOR_PUSH] = "push",
		[FACTOR_TOTP] = "totp",
		[FACTOR_HOTP] = "hotp",
		[FACTOR_RECOVERY] = "recovery",
		[FACTOR_PASS] = "pass",
		[FACTOR_SERVER_CODE] = "server_code",
		[FACTOR_CALL] = "call",
		[FACTOR_SMS] = "sms",
	};

	return (unsigned int)f < FACTOR_COUNT ? names[f] : "unknown";
}
