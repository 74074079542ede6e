/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CONFIG_MFAD_H
#define MFA_CONFIG_MFAD_H

#include "config.h"

/*
 * /etc/mfad/mfad.conf: "key = value" lines, as strict as pam_mfa.conf.
 * mfad_keys is the one table: the parser, the defaults and the tests of sample
 * and man page all read it.
 */
struct mfad_config {
	struct names listen;		/* ADDRESS:PORT, TLS */
	struct names listen_plain;	/* ADDRESS:PORT of this host, or a path */
	char *admin_socket;		/* NULL: nobody administers */
	char *state, *state_key;
	char *authority_key;		/* NULL: mfad signs nothing */
	struct names sign_for;		/* hosts; or "any" alone */
	char *alert_command;		/* NULL: the log alone */
	unsigned int certificate_days, audit_days;
	int64_t compulsory_from;	/* seconds since 1970; 0: not */
	unsigned int number_digits;
	/* of codes, as in pam_mfa.conf; delay and delay_max in seconds */
	unsigned int delay_after, delay, delay_max, max_failures;
	unsigned int totp_window, hotp_look_ahead, hotp_resync;
	char *issuer;			/* in otpauth:// URLs; default: the host's name */
	struct names telephone;		/* "call", "text": there is a line for it */
	char *call_socket;
	char *country;			/* "31", before national numbers; NULL: none */
	unsigned int text_digits;	/* of the code of a text */
	unsigned int calls_per_user, calls_per_number, calls_per_hour;
	char *certificate, *certificate_key;
	char *host_ca;			/* of hosts' certificates; NULL: none is asked for */
	struct names metrics_from;	/* as written */
	struct networks *metrics;	/* of the above; NULL: nobody */
	unsigned int connections;
	unsigned int connections_per_address;
	/* seconds */
	unsigned int handshake_timeout;
	unsigned int head_timeout;
	unsigned int body_timeout;
	unsigned int write_timeout;
	unsigned int idle_timeout;
	unsigned int drain_timeout;
};

extern const struct config_key mfad_keys[];
extern const size_t mfad_key_count;

/* Reads path, which must be root's alone to write.  On success *out is freed
 * with mfad_config_free; on MFA_E_CONFIG, MFA_E_MEMORY it is NULL and *e says
 * where and why. */
int mfad_config_load(const char *path, struct mfad_config **out, struct config_error *e);
void mfad_config_free(struct mfad_config **c);

#endif
