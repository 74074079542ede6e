/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "json.h"
#include "text.h"

static void
put(struct json_writer *w, const char *s, size_t len)
{
	if (w->failed || len >= w->size - w->len) {
		w->failed = true;
		return;
	}
	memcpy(w->buf + w->len, s, len);
	w->len += len;
}

/* RFC 8259 section 7. */
static void
put_string(struct json_writer *w, const char *s)
{
	w->failed |= !text_printable(s, strlen(s));
	put(w, "\"", 1);
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			put(w, "\\", 1);
		put(w, s, 1);
	}
	put(w, "\"", 1);
}

static void
put_name(struct json_writer *w, const char *name)
{
	put(w, w->len == 0 ? "{" : ",", 1);
	put_string(w, name);
	put(w, ":", 1);
}

void
json_begin(struct json_writer *w, char *buf, size_t size)
{
	*w = (struct json_writer){ .buf = buf, .size = size };
}

void
json_put_text(struct json_writer *w, const char *name, const char *value)
{
	put_name(w, name);
	put_string(w, value);
}

void
json_put_number(struct json_writer *w, const char *name, uint32_t value)
{
	char digits[16];
	int n = snprintf(digits, sizeof(digits), "%lu", (unsigned long)value);

	put_name(w, name);
	put(w, digits, (size_t)n);
}

void
json_put_flag(struct json_writer *w, const char *name, bool value)
{
	put_name(w, name);
	put(w, value ? "true" : "false", value ? 4 : 5);
}

int
json_end(struct json_writer *w)
{
	if (w->len == 0)
		put(w, "{", 1);
	put(w, "}", 1);
	w->buf[w->failed ? 0 : w->len] = '\0';
	return w->failed ? MFA_E_INVALID : MFA_OK;
}
