/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../helper/http/json.h"
#include "../../server/call/template.h"
#include "error.h"
#include "text.h"

/*
 * The first byte says where a template stands, which ends at a zero; then comes the
 * text.  Whatever is filled in is read back by who gets it as the value that it was,
 * and adds nothing to what stands around it.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct secret secret = { .len = 5, .data = "a\"&b\\" };
static char out[TEMPLATE_FILLED_MAX];

static void
check(bool promise)
{
	if (!promise)
		abort();
}

static unsigned int
nibble(char c)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	check(at != NULL);
	return (unsigned int)(at - digits);
}

/* As a server reads it. */
static void
check_percent(const struct template_values *v)
{
	size_t i, n = 0;

	if (template_fill("{text}", TEMPLATE_URL, v, out) != MFA_OK)
		return;
	for (i = 0; out[i] != '\0'; i++, n++) {
		check(strchr("&=+?#/ \"<>{}", out[i]) == NULL && out[i] > ' ' && out[i] <= '~');
		check(n < v->text_len);
		if (out[i] != '%') {
			check(out[i] == v->text[n]);
			continue;
		}
		check((nibble(out[i + 1]) << 4 | nibble(out[i + 2])) == (uint8_t)v->text[n]);
		i += 2;
	}
	check(n == v->text_len);
}

static void
check_json(const struct template_values *v)
{
	static char text[TEMPLATE_FILLED_MAX];
	struct json_object *o = NULL;
	size_t len;

	if (!text_printable(v->text, v->text_len) ||
	    template_fill("{\"a\": \"{text}\"}", TEMPLATE_JSON, v, out) != MFA_OK)
		return;
	check(json_read(out, strlen(out), &o) == MFA_OK);
	check(json_text(o, "a", text, sizeof(text), &len) == MFA_OK);
	check(len == v->text_len && memcmp(text, v->text, len) == 0);
	json_drop(&o);
}

static void
check_any(const char *template, enum template_place place, const struct template_values *v)
{
	char why[TEMPLATE_WHY_MAX];
	unsigned int uses = 0;
	int r = template_check(template, place, &uses, why);

	check((r == MFA_OK) == (why[0] == '\0'));
	if (r != MFA_OK || template_fill(template, place, v, out) != MFA_OK)
		return;
	check(strnlen(out, sizeof(out)) < sizeof(out));
	check(uses != 0 || strcmp(out, template) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct template_values v = { .to = "+31612345678", .id = "l_1", .secret = &secret };
	const uint8_t *end;
	char *template, *text;

	if (size < 2 || (end = memchr(data + 1, '\0', size - 1)) == NULL)
		return -1;
	template = strdup((const char *)data + 1);
	v.text_len = size - (size_t)(end + 1 - data);
	text = malloc(v.text_len + 1);
	check(template != NULL && text != NULL);
	memcpy(text, end + 1, v.text_len);
	v.text = text;
	check_any(template, (enum template_place)(data[0] % 4), &v);
	check_percent(&v);
	check_json(&v);
	free(template);
	free(text);
	return 0;
}
