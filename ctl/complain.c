/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "text.h"

int
complain(int status, const char *format, ...)
{
	va_list ap;

	(void)fflush(stdout);
	(void)fputs("mfactl: ", stderr);
	va_start(ap, format);
	(void)vfprintf(stderr, format, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	return (int)status;
}

const char *
show(char *dst, size_t size, const char *src)
{
	size_t len = strnlen(src, size);

	if (len == 0 || len >= size || !text_printable(src, len))
		return text_escape(dst, size, src);
	memcpy(dst, src, len + 1);
	return dst;
}
