/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CONFIG_H
#define MFA_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "networks.h"

/*
 * /etc/pam_mfa/pam_mfa.conf and its drop-ins.  "key = value" lines, before
 * any section for all services, in "[service NAME]" for one; a key set for
 * the service wins over the general one, a later file over an earlier one.
 * "none" empties a list and whatever else may be empty.  A comment is a line
 * that begins with "#".  Whatever is unknown, given twice in one file,
 * malformed or out of range is an error with file and line, and no
 * configuration comes out of it.  config_keys is the one table: the parser,
 * the defaults, `mfactl check` and the tests of sample and man page all read it.
 */

enum factor {
	FACTOR_NONE = 0,
	FACTOR_PUSH,
	FACTOR_TOTP,
	FACTOR_HOTP,
	FACTOR_RECOVERY,
	FACTOR_PASS,
	/* Attested: this host believes what the approval service says. */
	FACTOR_SERVER_CODE,
	FACTOR_CALL,
	FACTOR_SMS,
	FACTOR_COUNT
};

enum unenrolled { UNENROLLED_DENY, UNENROLLED_ENROL, UNENROLLED_ALLOW };
enum show_at_once { SHOW_AUTO, SHOW_YES, SHOW_NO };
enum call_form { CALL_NUMBER, CALL_HASH };
enum language { LANGUAGE_EN, LANGUAGE_NL };
enum remember_for { REMEMBER_SESSION, REMEMBER_ORIGIN };

struct names {			/* a list of words, NULL-terminated; never NULL */
	char **word;
	size_t count;
};

struct groups {			/* group names with their ids, looked up when loaded */
	struct names names;
	uint32_t *gid;		/* UID_UNSET for one that no name service knows; NULL
				 * when there are none */
};

/* Everything about one service. */
struct settings {
	bool enabled;			/* no: every login is granted, "not enabled" */
	enum factor factors[FACTOR_COUNT];	/* in order, ends with FACTOR_NONE */
	enum factor attested[FACTOR_COUNT];	/* behind them; FACTOR_NONE first: none */
	struct names only_users, except_users;
	struct groups only_groups, except_groups;
	struct names trusted_networks;	/* as written */
	char *trusted_networks_file;	/* NULL: none */
	const struct networks *trusted;	/* both of the above; NULL: none */
	bool trust_console;
	int64_t grace_until;		/* seconds since 1970, when that day ends; 0: none */
	unsigned int grace_logins;
	enum unenrolled unenrolled;
	unsigned int remember;		/* seconds, 0: never */
	enum remember_for remember_for;
	char *service_class;		/* NULL: the service's own name */
	unsigned int tries;		/* per login */
	unsigned int deadline;		/* seconds */
	unsigned int delay_after;	/* failures in a row before waiting begins */
	unsigned int delay;		/* seconds, doubled by each further failure */
	unsigned int delay_max;		/* seconds */
	unsigned int max_failures;	/* in a row, then locked until an administrator unlocks */
	unsigned int totp_window;	/* steps to either side */
	unsigned int hotp_look_ahead;
	unsigned int hotp_resync;
	bool guard;			/* account phase */
	bool combined;
	unsigned int combined_digits;
	bool echo;
	bool display_manager;		/* an X display of it is the console */
	enum factor offline[FACTOR_COUNT];	/* what is left without the approval service */
	unsigned int number_digits;	/* of a push or call */
	enum language language;		/* of what people read at a login */
	enum call_form call_form;	/* what a call asks for; "#" alone counts with CALL_HASH */
	enum show_at_once show_at_once;	/* are lines without a prompt seen at once? */
	bool prompts;			/* can the client answer one, or does it only wait? */
	/* These stand outside [service] only. */
	char *issuer;			/* in otpauth:// URLs; default: the host's name */
	unsigned int audit_days;	/* audit records are kept that long */
	char *server;			/* https://NAME[:PORT]; NULL: no approval service */
	char *server_ca;		/* a file; NULL: the system's authorities */
	char *server_proxy;		/* http://NAME:PORT; NULL: none */
	char *host_certificate, *host_certificate_key;	/* files of this host's own, for
							 * TLS; NULL: it has a key */
	char *host_name;		/* in statements; NULL: what the kernel says */
	char *authorities;		/* a file of the keys that vouch for phones */
};

enum key_kind {
	KEY_BOOL, KEY_NUMBER, KEY_MINUTES /* kept as seconds */, KEY_WORD, KEY_TEXT, KEY_PATH,
	KEY_NAMES, KEY_GROUPS, KEY_NETWORKS, KEY_FACTORS, KEY_DATE, KEY_CHOICE
};

struct config_key {
	const char *name;
	enum key_kind kind;
	size_t offset;			/* in struct settings */
	const char *initial;		/* the default, as it would be written; "" is none */
	unsigned long min, max;		/* KEY_NUMBER, KEY_MINUTES; enum factor of KEY_FACTORS */
	const char *const *choices;	/* KEY_CHOICE: the words of the enum, NULL-terminated */
	bool global_only;
	const char *expects;		/* "a number from 1 to 10": for the error */
};

extern const struct config_key config_keys[];
extern const size_t config_key_count;

struct config;

/* Where an error is; file is "" when it is none's. */
struct config_error {
	char file[256];
	unsigned int line;		/* 0: the file as a whole */
	char text[256];			/* what is wrong and what was expected */
};

#define CONFIG_PLACE_MAX 300

/* Where it is, to stand before its text: "FILE:LINE: ", "FILE: " for a file as a
 * whole, or "". */
const char *config_error_place(const struct config_error *e, char place[CONFIG_PLACE_MAX]);

/*
 * Reads path and then DIR/NAME.conf in the order of their names (a missing
 * directory is none).  The main file must exist.  Every file, and every
 * networks file, is opened once, without following a symbolic link at its
 * end, and must be a regular file, owned by root, writable by no other, at
 * most CONFIG_FILE_MAX bytes; checked on the open descriptor.  Group names
 * are looked up here (NSS), a service's networks are built here.  On success
 * the caller frees *out with config_free.  On MFA_E_CONFIG, MFA_E_MEMORY,
 * MFA_E_SYSTEM *out is NULL and *error says where and why.
 */
#define CONFIG_FILE_MAX (1024 * 1024)		/* a networks file: 8 MiB */
int config_load(const char *path, const char *dir, struct config **out,
    struct config_error *error);

/* Has a file that made this configuration changed, come or gone since?
 * A handful of stat(2) calls; true when in doubt. */
bool config_stale(const struct config *c);

/* The settings of a service, or the general ones; never NULL; owned by c. */
const struct settings *config_service(const struct config *c, const char *service);

/* The services that have a section, for `mfactl check`; owned by c. */
const struct names *config_services(const struct config *c);

/* "SERVICE" or "" and a key: the file and line it was set in, or NULL when it
 * is the default; for `mfactl why`.  *line is set. */
const char *config_where(const struct config *c, const char *service, const char *key,
    unsigned int *line);

/* The file and line in which [service NAME] begins; NULL when it has none. */
const char *config_section(const struct config *c, const char *service, unsigned int *line);

void config_free(struct config **c);

const char *factor_name(enum factor f);		/* "totp" …; "none" */

/* Does only the approval service vouch for it? */
bool factor_is_attested(enum factor f);

/* Is it in the list, which ends with FACTOR_NONE or is full? */
bool factor_is_in(enum factor f, const enum factor list[FACTOR_COUNT]);

#endif
