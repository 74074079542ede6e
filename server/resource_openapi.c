/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The description of the API, for anybody: openapi.json as it was when this was
 * built.
 */
#include <stddef.h>

#include "resources.h"

__asm__(
    ".section .rodata\n"
    ".local openapi_begin\n"
    ".local openapi_end\n"
    "openapi_begin: .incbin \"server/openapi.json\"\n"
    "openapi_end: .byte 0\n"
    ".previous\n");

extern const char openapi_begin[], openapi_end[];

static void
get_openapi(struct request *r)
{
	reply_field(r, "Cache-Control", "public, max-age=300");
	reply(r, 200, "application/json", openapi_begin, (size_t)(openapi_end - openapi_begin));
}

const struct route openapi_routes[] = {
	{ HTTP_GET, "/v1/openapi.json", get_openapi },
	{ .handle = NULL },
};
