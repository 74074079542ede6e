/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base64url.h"
#include "enrol.h"
#include "error.h"
#include "statement.h"
#include "text.h"

/*
 * Whatever arrives as a statement or an enrolment: what is read is written
 * again as the same bytes, and every value is of its form.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool promise)
{
	if (!promise)
		abort();
}

static void
check_value(const char *value, size_t size)
{
	size_t len = strnlen(value, size);

	check(len > 0 && len < size && text_printable(value, len));
}

static void
check_number(const struct statement *s)
{
	size_t len = strlen(s->number);

	if (s->decision == DECISION_APPROVE)
		check(len >= STATEMENT_DIGITS_MIN && len <= STATEMENT_DIGITS_MAX &&
		    strspn(s->number, "0123456789") == len);
	else
		check((s->decision == DECISION_DENY || s->decision == DECISION_REPORT) &&
		    strcmp(s->number, "-") == 0);
}

static void
try_statement(const char *text, size_t len)
{
	static const struct statement none;
	char again[RECORD_MAX + 1];
	unsigned char digest[STATEMENT_DIGEST_LEN];
	struct record_error e;
	struct statement s;
	size_t again_len;

	if (statement_parse(text, len, &s, &e) != MFA_OK) {
		check(memcmp(&s, &none, sizeof(s)) == 0);
		check(e.line >= 1 && e.line <= 10 && e.why[0] != '\0');
		return;
	}
	check_value(s.host, sizeof(s.host));
	check_value(s.user, sizeof(s.user));
	check_value(s.service, sizeof(s.service));
	check_value(s.origin, sizeof(s.origin));
	check_number(&s);
	check(s.expires >= 1 && s.expires <= RECORD_TIME_MAX);
	check(statement_format(&s, again, sizeof(again), &again_len) == MFA_OK);
	check(again_len == len && memcmp(again, text, len) == 0);
	check(statement_digest(&s, digest) == MFA_OK);
}

static void
try_enrolment(const char *text, size_t len)
{
	static const struct device none;
	char again[RECORD_MAX + 1], rp[DEVICE_RP_MAX];
	struct record_error e;
	struct device d;
	size_t again_len;

	if (enrol_parse(text, len, &d, &e) != MFA_OK) {
		check(memcmp(&d, &none, sizeof(d)) == 0);
		check(e.line >= 1 && e.line <= 7 && e.why[0] != '\0');
		return;
	}
	check_value(d.user, sizeof(d.user));
	check_value(d.id, sizeof(d.id));
	check(signature_key_check(device_algorithm((enum device_kind)d.kind), &d.key) == MFA_OK);
	check(device_is_passkey((enum device_kind)d.kind) == (device_rp(d.origin, rp) == MFA_OK));
	check(enrol_format(&d, again, sizeof(again), &again_len) == MFA_OK);
	check(again_len == len && memcmp(again, text, len) == 0);
}

static void
try_base64url(const char *text, size_t len)
{
	unsigned char bytes[256];
	char again[BASE64URL_CHARS(sizeof(bytes)) + 1];
	size_t count;

	if (base64url_decode(text, len, bytes, sizeof(bytes), &count) != MFA_OK) {
		check(count == 0);
		return;
	}
	check(base64url_encode(bytes, count, again, sizeof(again)) == MFA_OK);
	check(strlen(again) == len && memcmp(again, text, len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A copy of its own, so that a read beyond it is seen. */
	char *text = malloc(size > 0 ? size : 1);

	if (text == NULL)
		return -1;
	memcpy(text, data, size);
	try_statement(text, size);
	try_enrolment(text, size);
	try_base64url(text, size);
	free(text);
	return 0;
}
