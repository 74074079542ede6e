/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "../../server/call/numbers.h"
#include "../../server/call/texting.h"
#include "error.h"

/*
 * Messages between mfad and mfa-call, each two bytes of length and its content; the
 * first byte of all says from which side.  What is read is written again as it was;
 * nothing passes that the other side could not say; and a number or text that would
 * be let through is one.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool promise)
{
	if (!promise)
		abort();
}

static void
check_errand(const struct dial *d)
{
	static char prefix[] = "+3";
	char *words[] = { prefix, NULL };
	const struct names allowed = { words, 1 }, refused = { words + 1, 0 };
	char masked[NUMBER_MASKED_MAX], said[DIAL_WORDS_MAX];
	const struct text t = { .bytes = (const char *)d->text, .len = d->text_len };
	size_t len = strlen(d->to);

	check(!number_allowed(&allowed, &refused, d->to) ||
	    (len >= 8 && len <= 16 && strncmp(d->to, "+3", 2) == 0));
	check(strlen(number_masked(d->to, masked)) < sizeof(masked));
	if (d->type != DIAL_TEXT || !text_sendable(d->text, d->text_len))
		return;
	check(memchr(d->text, '\0', d->text_len) == NULL && d->text_len > 0);
	text_words(&t, d->id, said);
	check(strlen(said) < sizeof(said));
}

static bool
take(struct dial_dialogue *dialogue, const uint8_t *data, size_t len, enum dial_side from)
{
	static struct dial d;
	unsigned char again[WIRE_MAX];
	size_t again_len;

	if (dial_unpack(data, len, &d) != MFA_OK)
		return false;
	check(dial_pack(&d, again, &again_len) == MFA_OK);
	check(again_len == len && memcmp(again, data, len) == 0);
	if (dial_permit(dialogue, from, d.type) != MFA_OK) {
		check(dialogue->over);
		return false;
	}
	check(dialogue->begun);
	if (d.type == DIAL_CALL || d.type == DIAL_TEXT)
		check_errand(&d);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dial_dialogue dialogue = { .begun = false };
	size_t len;

	while (size >= 3) {
		len = (size_t)data[1] << 8 | data[2];
		if (len > size - 3)
			len = size - 3;
		if (!take(&dialogue, data + 3, len, data[0] % 2 == 0 ? DIAL_MFAD : DIAL_MFA_CALL))
			return 0;
		data += 3 + len;
		size -= 3 + len;
	}
	return 0;
}
