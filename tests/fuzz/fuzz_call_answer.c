/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "../../server/call/stack.h"
#include "../../server/call/media.h"

/*
 * What the line answers to our offer, and then offers (SDP): read by libre, and the
 * keys of SRTP by us.  An answer without a key of ours never begins a call that must
 * be protected.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
key(char k, void *arg)
{
	(void)k;
	(void)arg;
}

static void
prompt_end(void *arg)
{
	(void)arg;
}

static int
contains(const uint8_t *data, size_t size, const char *what)
{
	return memmem(data, size, what, strlen(what)) != NULL;
}

static struct mbuf *
buffer(const uint8_t *data, size_t size)
{
	struct mbuf *mb = mbuf_alloc(size + 1);

	if (mb == NULL || mbuf_write_mem(mb, data, size) != 0)
		abort();
	mb->pos = 0;
	return mb;
}

static void
try_one(const struct call_settings *s, const uint8_t *data, size_t size)
{
	const struct media_heard heard = { key, prompt_end, prompt_end, NULL };
	struct mbuf *first = buffer(data, size), *second = buffer(data, size), *answer = NULL;
	struct media *m;
	struct sa local;

	if (sa_set_str(&local, "127.0.0.1", 0) != 0 || media_open(&m, s, &local, &heard) != 0)
		abort();
	if (media_answered(m, first, &local) == 0 && s->sip_media != SIP_MEDIA_SRTP &&
	    !contains(data, size, s->sip_media == SIP_MEDIA_DTLS ? "-256 " : "inline:"))
		abort();
	(void)media_offered(m, second, &local, &answer);
	mem_deref(answer);
	mem_deref(first);
	mem_deref(second);
	media_free(&m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct call_settings protected = { .sip_media = SIP_MEDIA_SRTP_MANDATORY },
		nice = { .sip_media = SIP_MEDIA_SRTP }, dtls = { .sip_media = SIP_MEDIA_DTLS };
	static int ready;

	if (!ready && libre_init() != 0)
		abort();
	ready = 1;
	dbg_init(DBG_EMERG, DBG_NONE);
	try_one(&protected, data, size);
	try_one(&nice, data, size);
	try_one(&dtls, data, size);
	return 0;
}
