/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../server/call/twilio_form.h"
#include "error.h"

/*
 * What whoever reaches mfad's server may post about a call.  What is read has each name
 * once, in order, and no signature but the right one counts.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct twilio_form form;

static void
check(bool promise)
{
	if (!promise)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct secret token = { .len = 5, .data = "12345" };
	static const char url[] = "https://mfa.example/v1/callbacks/l?step=1";
	char signature[TWILIO_SIGNATURE_MAX], wrong[64];
	size_t i, len = size < sizeof(wrong) ? size : sizeof(wrong) - 1;

	if (twilio_form_read(data, size, &form) != MFA_OK)
		return 0;
	check(size <= TWILIO_BODY_MAX && form.count <= TWILIO_FIELDS_MAX);
	for (i = 0; i < form.count; i++) {
		check(form.fields[i].name[0] != '\0');
		check(i == 0 || strcmp(form.fields[i - 1].name, form.fields[i].name) < 0);
		check(twilio_form_value(&form, form.fields[i].name) == form.fields[i].value);
	}
	check(twilio_sign(&token, url, &form, signature) == MFA_OK);
	check(strlen(signature) == 28 && twilio_signed(&token, url, &form, signature));
	if (size > 0)
		memcpy(wrong, data, len);
	wrong[len] = '\0';
	check(!twilio_signed(&token, url, &form, wrong) || strcmp(wrong, signature) == 0);
	return 0;
}
