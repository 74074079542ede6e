/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_PHONE_CARD_H
#define MFA_PHONE_CARD_H

#include "../../client/api.h"
#include "../../client/link.h"
#include "device.h"
#include "sign.h"

/*
 * What a phone keeps: who it is, to which service, and the key that it signs
 * with.  One record (record.h) in DIR/phone, mode 0600, complete or not there.
 */

/* ---- all limits ---- */
#define CARD_NAME_MAX	65	/* with the terminator, as are the others */
#define CARD_CA_MAX	512

struct card {
	char server[SERVICE_URL_MAX];
	char ca[CARD_CA_MAX];		/* a file, or "-": the system's authorities */
	char user[STATEMENT_USER_MAX];
	char name[CARD_NAME_MAX];
	char device[LINK_ID_LEN + 1];
	char secret[API_SECRET_MAX];	/* what the service knows it by */
	uint32_t kind;			/* enum device_kind */
	unsigned char private[SIGN_KEY_LEN];
	struct blob public;
};

/* Why is static, and follows the path.  MFA_E_ABSENT, MFA_E_CONFIG,
 * MFA_E_SYSTEM (errno); *c is wiped on error, and by the caller in the end. */
int card_read(const char *dir, struct card *c, const char **why);

/* May one be written there?  Makes the directory, mode 0700, if there is none.
 * MFA_E_EXISTS when it has a phone already, MFA_E_SYSTEM (errno). */
int card_place(const char *dir);
/* MFA_E_EXISTS, MFA_E_INVALID, MFA_E_SYSTEM (errno). */
int card_write(const char *dir, const struct card *c);

/* The key that it signs with; MFA_E_INVALID, MFA_E_CRYPTO. */
int card_key(const struct card *c, struct sign_key *key);

#endif
