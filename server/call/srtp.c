/* SPDX-License-Identifier: BSD-2-Clause */
#include "srtp.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>

#include "stack.h"

#define SUITE		"AES_CM_128_HMAC_SHA1_80"
#define KEY_BYTES	SRTP_KEY_BYTES
#define KEY_BASE64	40
#define LAYER		10	/* below RTP, as libre counts */

struct protection {
	unsigned char key[KEY_BYTES];	/* what we send is under it */
	char tag[10];			/* of the line in SDP */
	bool closed;			/* nothing passes without keys */
	struct srtp *out, *in;
	struct udp_helper *helper;
};

static void
forget(void *arg)
{
	struct protection *p = arg;

	mem_deref(p->helper);
	mem_deref(p->out);
	mem_deref(p->in);
	OPENSSL_cleanse(p->key, sizeof(p->key));
}

/* ---- packets: true is "dealt with" ---- */

static bool
leaves(int *err, struct sa *dst, struct mbuf *mb, void *arg)
{
	struct protection *p = arg;

	(void)dst;
	if (p->out == NULL)
		return p->closed;
	*err = srtp_encrypt(p->out, mb);
	return *err != 0;
}

/* What does not open is dropped. */
static bool
arrives(struct sa *src, struct mbuf *mb, void *arg)
{
	struct protection *p = arg;

	(void)src;
	return p->in != NULL ? srtp_decrypt(p->in, mb) != 0 : p->closed;
}

int
protection_open(struct protection **out, struct udp_sock *us, bool closed)
{
	struct protection *p = mem_zalloc(sizeof(*p), forget);
	int err = ENOMEM;

	*out = NULL;
	if (p == NULL)
		return ENOMEM;
	p->tag[0] = '1';
	p->closed = closed;
	if (RAND_bytes(p->key, sizeof(p->key)) == 1)
		err = udp_register_helper(&p->helper, us, LAYER, leaves, arrives, p);
	if (err != 0)
		mem_deref(p);
	else
		*out = p;
	return err;
}

/* ---- SDP ---- */

int
protection_offer(struct protection *p, struct sdp_media *media)
{
	char text[KEY_BASE64 + 1] = "";
	size_t len = KEY_BASE64;
	int err = base64_encode(p->key, sizeof(p->key), text, &len);

	if (err == 0)
		err = sdp_media_set_lattr(media, true, "crypto", "%s " SUITE " inline:%s", p->tag,
		    text);
	OPENSSL_cleanse(text, sizeof(text));
	return err;
}

/* TAG SUITE inline:KEY, and perhaps "|" with a lifetime; no other parameter, since
 * those change what is sent. */
static int
read_key(const char *value, struct pl *tag, unsigned char *key)
{
	struct pl suite, text, more;
	size_t len = KEY_BYTES;

	if (re_regex(value, strlen(value), "[0-9]+ [^ ]+ inline:[A-Za-z0-9+/=]+[^]*", tag, &suite,
	    &text, &more) != 0 || pl_strcmp(&suite, SUITE) != 0 || text.l != KEY_BASE64 ||
	    tag->l >= sizeof(((struct protection *)NULL)->tag) ||
	    (more.l > 0 && (more.p[0] != '|' || pl_strchr(&more, ' ') != NULL)))
		return EPROTO;
	return base64_decode(text.p, text.l, key, &len) == 0 && len == KEY_BYTES ? 0 : EPROTO;
}

static int
set_keys(struct protection *p, const unsigned char *theirs)
{
	struct srtp *in = NULL, *out = NULL;
	int err = srtp_alloc(&in, SRTP_AES_CM_128_HMAC_SHA1_80, theirs, KEY_BYTES, 0);

	if (err == 0 && p->out == NULL)
		err = srtp_alloc(&out, SRTP_AES_CM_128_HMAC_SHA1_80, p->key, KEY_BYTES, 0);
	if (err != 0) {
		mem_deref(in);
		return err;
	}
	mem_deref(p->in);
	p->in = in;
	p->out = p->out != NULL ? p->out : out;
	return 0;
}

int
protection_set(struct protection *p, const unsigned char *ours, const unsigned char *theirs)
{
	memcpy(p->key, ours, KEY_BYTES);
	return set_keys(p, theirs);
}

static bool
take_line(const char *name, const char *value, void *arg)
{
	struct protection *p = arg;
	unsigned char theirs[KEY_BYTES];
	bool taken = false;
	struct pl tag;

	(void)name;
	if (read_key(value, &tag, theirs) == 0 && set_keys(p, theirs) == 0) {
		(void)pl_strcpy(&tag, p->tag, sizeof(p->tag));
		taken = true;
	}
	OPENSSL_cleanse(theirs, sizeof(theirs));
	return taken;
}

int
protection_agree(struct protection *p, struct sdp_media *media)
{
	return sdp_media_rattr_apply(media, "crypto", take_line, p) != NULL ? 0 : EPROTO;
}
