/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the shared parts of the unit tests want of Check, in a program that has
 * no runner of it.
 */
#include <check.h>
#include <stdlib.h>

void
_mark_point(const char *file, int line)
{
	(void)file;
	(void)line;
}

void
_ck_assert_failed(const char *file, int line, const char *expr, const char *msg, ...)
{
	(void)file;
	(void)line;
	(void)expr;
	(void)msg;
	abort();
}
