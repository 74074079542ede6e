/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "enrolment.h"
#include "error.h"
#include "json.h"
#include "qr.h"

#define GROUP		4	/* characters of a key that people type at once */
#define GROUPS		13	/* in a line: the longest key takes two lines */

bool
offer_pictures(void)
{
	const char *term = secure_getenv("TERM");

	return isatty(STDOUT_FILENO) && term != NULL && strcmp(term, "") != 0 &&
	    strcmp(term, "dumb") != 0;
}

static void
print_key(const char *base32)
{
	size_t i, len = strlen(base32);

	for (i = 0; i < len; i += GROUP) {
		bool first = i % (GROUP * GROUPS) == 0;

		(void)printf("%s%.*s", !first ? " " : i == 0 ? "    " : "\n    ", GROUP,
		    base32 + i);
	}
	(void)putchar('\n');
}

static int
print(const struct enrolment *e, const char *base32, const char *url)
{
	char user[SHOW_MAX];
	int r = MFA_OK;

	(void)printf("A new key for %s.  %s\n\n", show(user, sizeof(user), e->user),
	    offer_pictures() ? "Scan this code with the authenticator app:" :
	    "Give it to the authenticator app.");
	if (offer_pictures() && (r = qr_print(stdout, url)) == MFA_E_INVALID) {
		(void)puts("(It is too long for a QR code.)");
		r = MFA_OK;
	}
	(void)fputs(offer_pictures() ? "\nor type this key into it:\n\n" : "Key:\n\n", stdout);
	print_key(base32);
	(void)printf("\nAs a link: %s\n\n", url);
	return r;
}

static void
print_json(const struct enrolment *e, const char *base32, const char *url)
{
	(void)fputs("{ \"user\": ", stdout);
	json_print_text(e->user);
	(void)fputs(", \"token\": ", stdout);
	json_print_text(e->token.name);
	(void)printf(", \"secret\": \"%s\", \"url\": \"%s\" }\n", base32, url);
}

int
offer(const struct enrolment *e, const char *issuer)
{
	char base32[OTP_BASE32_MAX];
	struct secret url = { .len = 0 };
	int r;

	if ((r = otp_key_export(&e->token.key, base32)) != MFA_OK ||
	    (r = otp_url(&e->token.params, &e->token.key, issuer, e->user, e->counter, &url)) !=
	    MFA_OK)
		goto out;
	if (e->json)
		print_json(e, base32, (const char *)url.data);
	else
		r = print(e, base32, (const char *)url.data);
	if (fflush(stdout) != 0 && r == MFA_OK)
		r = MFA_E_SYSTEM;
out:
	explicit_bzero(base32, sizeof(base32));
	secret_wipe(&url);
	return r;
}
