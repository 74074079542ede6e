/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "../../helper/http/provider.h"
#include "error.h"
#include "reply_head.h"

/*
 * Replies of an approval service.  The first byte says what was asked, the
 * second is the status; header lines end with an empty one, and the rest is the
 * body.  Whatever it is, what goes to the helper is a message that may be sent
 * now, or none.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
	const struct provider_op *op;
	unsigned int step, asked;
	bool has_phone;
	uint32_t method;
} ops[] = {
	{ &provider_mfad.begin, 0, QUERY_BEGIN, false, 0 },
	{ &provider_mfad.begin, 1, QUERY_BEGIN, true, 0 },
	{ &provider_mfad.choose, 0, QUERY_PUSH, false, QUERY_BY_PUSH },
	{ &provider_mfad.poll, 0, 0, false, QUERY_BY_PUSH },
	{ &provider_mfad.code, 0, QUERY_CODE, false, 0 },
	{ &provider_mfad.begin, 1, QUERY_BEGIN, false, 0 },
	{ &provider_mfad.choose, 0, QUERY_PUSH, false, QUERY_BY_CALL },
	{ &provider_mfad.poll, 0, 0, false, QUERY_BY_CALL },
	{ &provider_mfad.poll, 0, 0, false, QUERY_BY_TEXT },
	{ &provider_mfad.wrong, 0, QUERY_WRONG, false, QUERY_BY_CALL },
};
static const long statuses[] = { 200, 201, 204, 302, 401, 403, 404, 409, 423, 429, 500, 503 };

static struct fetch_incoming in;

static void
check(bool promise)
{
	if (!promise)
		abort();
}

static void
judge(unsigned int which)
{
	struct query_dialogue d = { .begun = true, .asked = ops[which].asked,
	    .method = ops[which].method, .waits = ops[which].asked == 0 };
	struct errand e = { .user = "anna", .login = "l_0123456789abcdefghijkl",
	    .has_phone = ops[which].has_phone, .method = ops[which].method };
	static struct query out;
	unsigned char buf[WIRE_MAX];
	size_t len;
	int r;

	memset(&out, 0, sizeof(out));
	r = ops[which].op->read(&e, &in.reply, ops[which].step, &out);
	check(r == MFA_OK || r == MFA_E_INVALID);
	if (r != MFA_OK || out.type == 0)
		return;
	check(query_pack(&out, buf, &len) == MFA_OK);
	check(query_permit(&d, QUERY_HTTP, &out) == MFA_OK);
	check(out.type != QUERY_PUSHED || e.login[0] == 'l');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int which;
	char *body;

	if (size < 2)
		return -1;
	memset(&in, 0, sizeof(in));
	which = data[0] % (sizeof(ops) / sizeof(ops[0]));
	in.reply.status = statuses[data[1] % (sizeof(statuses) / sizeof(statuses[0]))];
	data += 2;
	size -= 2;
	reply_head(&data, &size, &in);
	check((body = malloc(size > 0 ? size : 1)) != NULL);
	memcpy(body, data, size);
	(void)fetch_take_body(body, 1, size, &in);
	free(body);
	in.reply.body[in.reply.len] = '\0';
	judge(which);
	return 0;
}
