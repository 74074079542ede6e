/* SPDX-License-Identifier: BSD-2-Clause */
#include "import_line.h"

#include <limits.h>
#include <stdarg.h>
#include <string.h>

#include "error.h"
#include "text.h"

void
import_begin(struct import_reader *r, FILE *in, const struct import_sink *sink,
    struct import_error *error)
{
	explicit_bzero(r, sizeof(*r));
	r->in = in;
	r->sink = sink;
	r->error = error;
	r->rest = r->text;
	*error = (struct import_error){ .line = 0 };
}

void
import_end(struct import_reader *r)
{
	explicit_bzero(r, sizeof(*r));
}

static void __attribute__((format(printf, 3, 0)))
say(struct import_error *e, unsigned int line, const char *format, va_list ap)
{
	e->line = line;
	(void)vsnprintf(e->text, sizeof(e->text), format, ap);
}

int
import_fail(struct import_reader *r, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(r->error, r->line, format, ap);
	va_end(ap);
	return MFA_E_INVALID;
}

void
import_remark(struct import_reader *r, const char *format, ...)
{
	struct import_error e;
	va_list ap;

	va_start(ap, format);
	say(&e, r->line, format, ap);
	va_end(ap);
	r->sink->remark(r->sink->arg, &e);
}

int
import_next(struct import_reader *r)
{
	size_t len = 0;
	int c;

	r->rest = r->text;
	r->text[0] = '\0';
	if ((c = getc(r->in)) == EOF)
		return ferror(r->in) ? MFA_E_SYSTEM : MFA_E_CLOSED;
	if (++r->line > IMPORT_LINES_MAX)
		return import_fail(r, "more than %d lines", IMPORT_LINES_MAX);
	for (; c != EOF && c != '\n'; c = getc(r->in)) {
		if (len == IMPORT_LINE_MAX)
			return import_fail(r, "longer than %d bytes", IMPORT_LINE_MAX);
		r->text[len++] = (char)c;
	}
	if (ferror(r->in))
		return MFA_E_SYSTEM;
	if (len > 0 && r->text[len - 1] == '\r')
		len--;
	r->text[len] = '\0';
	while (len-- > 0) {
		unsigned char byte = (unsigned char)r->text[len];

		if ((byte < ' ' && byte != '\t') || byte == 0x7f)
			return import_fail(r, "a control character");
	}
	return MFA_OK;
}

char *
import_word(struct import_reader *r)
{
	char *word = r->rest + strspn(r->rest, " \t");
	size_t len = strcspn(word, " \t");

	if (len == 0)
		return NULL;
	r->rest = word + len;
	if (*r->rest != '\0')
		*r->rest++ = '\0';
	return word;
}

int
import_counter(const char *word, int64_t *out)
{
	unsigned long n;

	if (text_number(word, 0, LONG_MAX - 1, &n) != MFA_OK)
		return MFA_E_INVALID;
	*out = (int64_t)n;
	return MFA_OK;
}
