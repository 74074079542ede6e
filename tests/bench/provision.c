/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * provision FROM TO: enrols users uFROM … uTO with the bench's secret, in one
 * transaction, as the user that runs it (pam_mfa); root made the key.
 * provision reset USER: makes what USER spent unspent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "paths.h"
#include "seal.h"
#include "store.h"

#define KEY "12345678901234567890"

static int
reset(struct store *s, const char *user)
{
	struct token tokens[TOKENS_MAX];
	size_t count;

	if (store_begin(s, 10000) != 0 || store_tokens(s, user, tokens, &count) != 0 || count != 1)
		return 2;
	tokens[0].last = -1;
	if (store_token_replace(s, user, tokens[0].id, &tokens[0], time(NULL)) != 0 ||
	    store_commit(s, true) != 0)
		return 2;
	return 0;
}

int
main(int argc, char **argv)
{
	struct seal_key key;
	struct store *s = NULL;
	const char *why = "";
	char text[256], user[32];
	unsigned long i, to;

	if (argc != 3)
		return 2;
	to = strtoul(argv[2], NULL, 10);
	if (seal_key_read(MFA_STATE_KEY, &key, &why) != 0) {
		fprintf(stderr, "%s: %s\n", MFA_STATE_KEY, why);
		return 2;
	}
	if (store_open(MFA_STATEDIR, &key, STORE_CREATE, &s, text, sizeof(text)) != 0) {
		fprintf(stderr, "%s\n", text);
		return 2;
	}
	if (strcmp(argv[1], "reset") == 0)
		return reset(s, argv[2]);
	if (store_begin(s, 10000) != 0)
		return 2;
	for (i = strtoul(argv[1], NULL, 10); i <= to; i++) {
		struct token t = { .name = "bench", .params = otp_default, .last = -1, .resync = -1 };

		snprintf(user, sizeof(user), "u%lu", i);
		if (secret_set(&t.key, KEY, strlen(KEY)) != 0 ||
		    store_token_add(s, user, &t, time(NULL)) != 0) {
			fprintf(stderr, "%s: %s\n", user, store_message(s));
			return 2;
		}
	}
	if (store_commit(s, true) != 0)
		return 2;
	store_tidy(s, time(NULL), 365);
	store_close(&s);
	return 0;
}
