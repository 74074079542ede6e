/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CALL_CONFIG_H
#define MFA_CALL_CONFIG_H

#include "config.h"

/*
 * /etc/mfad/mfa-call.conf: "key = value" lines, as strict as mfad.conf.
 * call_config_keys is the one table: the parser, the defaults and the tests of
 * sample and man page all read it.
 */
enum config_call_gateway { CALL_BY_NONE, CALL_BY_SIP, CALL_BY_TWILIO, CALL_BY_EXEC };
enum config_text_gateway { TEXT_BY_NONE, TEXT_BY_HTTP, TEXT_BY_SMSTOOLS, TEXT_BY_EXEC };
enum config_http_method { TEXT_HTTP_GET, TEXT_HTTP_POST };
enum config_http_type { TEXT_HTTP_FORM, TEXT_HTTP_JSON };

struct call_config {
	unsigned int calls;		/* and texts, at once */
	struct names prefixes, refused_prefixes;	/* "+31" */
	/* calls */
	unsigned int call_gateway;	/* enum config_call_gateway */
	char *sip_server, *sip_user;
	char *sip_auth_user;		/* NULL: sip_user */
	char *sip_password_file;	/* NULL: an account without a password */
	bool sip_register;
	unsigned int sip_media;		/* enum sip_media */
	char *sip_address;		/* of ours; NULL: the one that routes to the world */
	char *sip_ca;			/* NULL: the system's authorities */
	unsigned int rtp_low, rtp_high;	/* UDP ports of the sound */
	char *twilio_api, *twilio_account, *twilio_token_file, *twilio_from, *twilio_callback;
	char *prompt_dir, *cache_dir;
	unsigned int ring_seconds;
	char *call_command;
	unsigned int call_units;	/* of cost */
	/* texts */
	unsigned int text_gateway;	/* enum config_text_gateway */
	char *text_http_url;		/* a template, as are headers and body */
	unsigned int text_http_method, text_http_type;	/* enum config_http_… */
	char *text_http_headers;	/* "NAME: VALUE, NAME: VALUE"; NULL: none */
	char *text_http_body;		/* NULL: none */
	char *text_http_secret_file;	/* holds {secret}; NULL: there is none */
	char *text_http_success;	/* POSIX extended; NULL: the status alone says it */
	char *text_http_ca;		/* NULL: the system's authorities */
	char *text_smstools_dir;
	char *text_command;
	unsigned int text_units;	/* of cost */

	struct config *written;		/* for call_config_stale */
};

extern const struct config_key call_config_keys[];
extern const size_t call_config_key_count;

/* Reads path, which must be root's alone to write.  On success *out is freed with
 * call_config_free; on MFA_E_CONFIG, MFA_E_MEMORY it is NULL and *e says where and
 * why. */
int call_config_load(const char *path, struct call_config **out, struct config_error *e);
void call_config_free(struct call_config **c);

/* Has the file changed since?  One stat(2). */
bool call_config_stale(const struct call_config *c);

#endif
