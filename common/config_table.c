/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>
#include <string.h>

#include "config.h"

static const char *const unenrolled_words[] = { "deny", "enrol", "allow", NULL };
static const char *const remember_words[] = { "session", "origin", NULL };

#define AT(field) offsetof(struct settings, field)

/* name, kind, offset, initial, min, max, choices, global only, expected */
const struct config_key config_keys[] = {
	{ "enabled", KEY_BOOL, AT(enabled), "yes", 0, 0, NULL, false, "yes or no" },
	{ "factors", KEY_FACTORS, AT(factors), "totp, hotp, recovery, pass", 0, 0, NULL, false,
	    "a list of totp, hotp, recovery and pass" },
	{ "only_users", KEY_NAMES, AT(only_users), "", 0, 0, NULL, false, "a list of user names" },
	{ "only_groups", KEY_GROUPS, AT(only_groups), "", 0, 0, NULL, false, "a list of group names" },
	{ "except_users", KEY_NAMES, AT(except_users), "", 0, 0, NULL, false, "a list of user names" },
	{ "except_groups", KEY_GROUPS, AT(except_groups), "", 0, 0, NULL, false, "a list of group names" },
	{ "trusted_networks", KEY_NETWORKS, AT(trusted_networks), "", 0, 0, NULL, false,
	    "a list of numeric prefixes, or none" },
	{ "trusted_networks_file", KEY_PATH, AT(trusted_networks_file), "", 0, 0, NULL, false,
	    "an absolute path, or none" },
	{ "trust_console", KEY_BOOL, AT(trust_console), "no", 0, 0, NULL, false, "yes or no" },
	{ "display_manager", KEY_BOOL, AT(display_manager), "no", 0, 0, NULL, false, "yes or no" },
	{ "unenrolled", KEY_CHOICE, AT(unenrolled), "deny", 0, 0, unenrolled_words, false,
	    "deny, enrol or allow" },
	{ "grace_until", KEY_DATE, AT(grace_until), "", 0, 0, NULL, false,
	    "a date such as 2027-01-31, or none" },
	{ "grace_logins", KEY_NUMBER, AT(grace_logins), "0", 0, 100, NULL, false,
	    "a number from 0 to 100" },
	{ "remember", KEY_MINUTES, AT(remember), "0", 0, 1440, NULL, false,
	    "minutes from 0 to 1440" },
	{ "remember_for", KEY_CHOICE, AT(remember_for), "session", 0, 0, remember_words, false,
	    "session or origin" },
	{ "service_class", KEY_WORD, AT(service_class), "", 0, 0, NULL, false, "one word, or none" },
	{ "tries", KEY_NUMBER, AT(tries), "3", 1, 10, NULL, false, "a number from 1 to 10" },
	{ "deadline", KEY_NUMBER, AT(deadline), "90", 10, 600, NULL, false, "seconds from 10 to 600" },
	{ "delay_after", KEY_NUMBER, AT(delay_after), "5", 1, 50, NULL, false, "a number from 1 to 50" },
	{ "delay", KEY_NUMBER, AT(delay), "30", 0, 3600, NULL, false, "seconds from 0 to 3600" },
	{ "delay_max", KEY_NUMBER, AT(delay_max), "900", 0, 86400, NULL, false,
	    "seconds from 0 to 86400" },
	{ "max_failures", KEY_NUMBER, AT(max_failures), "50", 5, 99, NULL, false,
	    "a number from 5 to 99" },
	{ "totp_window", KEY_NUMBER, AT(totp_window), "1", 0, 10, NULL, false, "a number from 0 to 10" },
	{ "hotp_look_ahead", KEY_NUMBER, AT(hotp_look_ahead), "10", 1, 50, NULL, false,
	    "a number from 1 to 50" },
	{ "hotp_resync", KEY_NUMBER, AT(hotp_resync), "100", 0, 1000, NULL, false,
	    "a number from 0 to 1000" },
	{ "guard", KEY_BOOL, AT(guard), "no", 0, 0, NULL, false, "yes or no" },
	{ "combined", KEY_BOOL, AT(combined), "no", 0, 0, NULL, false, "yes or no" },
	{ "combined_digits", KEY_NUMBER, AT(combined_digits), "6", 6, 8, NULL, false,
	    "a number from 6 to 8" },
	{ "echo", KEY_BOOL, AT(echo), "yes", 0, 0, NULL, false, "yes or no" },
	{ "issuer", KEY_TEXT, AT(issuer), "", 0, 0, NULL, true, "a name to show in apps" },
	{ "audit_days", KEY_NUMBER, AT(audit_days), "365", 1, 3650, NULL, true,
	    "a number from 1 to 3650" },
};

const size_t config_key_count = sizeof(config_keys) / sizeof(config_keys[0]);

const char *
factor_name(enum factor f)
{
	static const char *const names[FACTOR_COUNT] = {
		[FACTOR_NONE] = "none",
		[FACTOR_TOTP] = "totp",
		[FACTOR_HOTP] = "hotp",
		[FACTOR_RECOVERY] = "recovery",
		[FACTOR_PASS] = "pass",
	};

	return (unsigned int)f < FACTOR_COUNT ? names[f] : "unknown";
}
