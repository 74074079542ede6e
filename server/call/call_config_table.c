/* SPDX-License-Identifier: BSD-2-Clause */
#include <stddef.h>

#include "../paths_mfad.h"
#include "call_config.h"

#define FIELD_OF(key, kind)	#key, kind, offsetof(struct call_config, key)
#define NUMBER(key, initial, min, max, what) \
	{ FIELD_OF(key, KEY_NUMBER), initial, min, max, NULL, false, \
	    what " from " #min " to " #max }
#define OTHER(key, kind, initial, expects) \
	{ FIELD_OF(key, kind), initial, 0, 0, NULL, false, expects }
#define CHOICE(key, initial, words, expects) \
	{ FIELD_OF(key, KEY_CHOICE), initial, 0, 0, words, false, expects }

static const char *const call_gateways[] = { "none", "sip", "twilio", "exec", NULL };
static const char *const text_gateways[] = { "none", "http", "smstools", "exec", NULL };
static const char *const media[] = { "none", "srtp", "srtp-mandatory", "dtls",
	NULL };
static const char *const methods[] = { "GET", "POST", NULL };
static const char *const types[] = { "form", "json", NULL };

/* In the order of sample and man page. */
const struct config_key call_config_keys[] = {
	/* who may be called */
	OTHER(prefixes, KEY_NAMES, "", "a list as +31, +32, or none,"),
	OTHER(refused_prefixes, KEY_NAMES, "", "a list as +3190, +3187, or none,"),
	NUMBER(calls, "100", 1, 1000, "a number"),
	/* calls */
	CHOICE(call_gateway, "none", call_gateways, "none, sip, twilio or exec"),
	OTHER(sip_server, KEY_TEXT, "", "a host, perhaps with a port, or none,"),
	OTHER(sip_user, KEY_WORD, "", "a word, or none,"),
	OTHER(sip_auth_user, KEY_WORD, "", "a word, or none,"),
	OTHER(sip_password_file, KEY_PATH, "", "an absolute path, or none,"),
	OTHER(sip_register, KEY_BOOL, "yes", "yes or no"),
	CHOICE(sip_media, "none", media, "none, srtp, srtp-mandatory or dtls"),
	OTHER(sip_address, KEY_WORD, "", "an address, or none,"),
	OTHER(sip_ca, KEY_PATH, "", "an absolute path, or none,"),
	NUMBER(rtp_low, "16384", 1024, 65534, "a port"),
	NUMBER(rtp_high, "32767", 1024, 65535, "a port"),
	OTHER(twilio_api, KEY_TEXT, "https://api.twilio.com/2010-04-01",
	    "at most 255 bytes of text"),
	OTHER(twilio_account, KEY_WORD, "", "a word, or none,"),
	OTHER(twilio_token_file, KEY_PATH, "", "an absolute path, or none,"),
	OTHER(twilio_from, KEY_WORD, "", "a number as +31201234567, or none,"),
	OTHER(twilio_callback, KEY_TEXT, "", "at most 255 bytes of text, or none,"),
	OTHER(prompt_dir, KEY_PATH, "", "an absolute path, or none,"),
	OTHER(cache_dir, KEY_PATH, MFA_CALL_CACHEDIR, "an absolute path"),
	NUMBER(ring_seconds, "30", 5, 120, "seconds"),
	OTHER(call_command, KEY_PATH, "", "an absolute path, or none,"),
	NUMBER(call_units, "1", 0, 1000, "a number"),
	/* texts */
	CHOICE(text_gateway, "none", text_gateways, "none, http, smstools or exec"),
	OTHER(text_http_url, KEY_TEXT, "", "at most 255 bytes of text, or none,"),
	CHOICE(text_http_method, "POST", methods, "GET or POST"),
	CHOICE(text_http_type, "form", types, "form or json"),
	OTHER(text_http_headers, KEY_TEXT, "", "at most 255 bytes of text, or none,"),
	OTHER(text_http_body, KEY_TEXT, "", "at most 255 bytes of text, or none,"),
	OTHER(text_http_secret_file, KEY_PATH, "", "an absolute path, or none,"),
	OTHER(text_http_success, KEY_TEXT, "", "at most 255 bytes of text, or none,"),
	OTHER(text_http_ca, KEY_PATH, "", "an absolute path, or none,"),
	OTHER(text_smstools_dir, KEY_PATH, "/var/spool/sms/outgoing", "an absolute path"),
	OTHER(text_command, KEY_PATH, "", "an absolute path, or none,"),
	NUMBER(text_units, "1", 0, 1000, "a number"),
};

const size_t call_config_key_count = sizeof(call_config_keys) / sizeof(call_config_keys[0]);
