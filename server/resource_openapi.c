/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The description of the API, for anybody: openapi.json as it was when this was
 * built.
 */
#include "resources.h"

__asm__(
    ".section .rodata\n"
    ".local openapi_text\n"
    "openapi_text: .incbin \"server/openapi.json\"\n"
    ".byte 0\n"
    ".previous\n");

extern const char openapi_text[];

static void
get_openapi(struct request *r)
{
	reply_field(r, "Cache-Control", "public, max-age=300");
	reply_json(r, 200, openapi_text);
}

const struct route openapi_routes[] = {
	{ HTTP_GET, "/v1/openapi.json", get_openapi },
	{ .handle = NULL },
};
