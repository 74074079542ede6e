/* SPDX-License-Identifier: BSD-2-Clause */
#include "dtls.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>

#include "fingerprints.h"
#include "srtp.h"
#include "stack.h"

#define LAYER		0	/* below SRTP, as libre counts: it takes what is DTLS */
#define PROFILE		"SRTP_AES128_CM_SHA1_80"
#define LATE_MS		5000	/* after the answer */
#define LIFE_S		86400	/* of a certificate, to both sides: clocks may be apart */

struct handshake {
	struct tls *tls;
	struct dtls_sock *sock;
	struct tls_conn *conn;
	struct protection *protection;
	struct handshake_heard heard;
	struct sa peer;
	struct tmr late;
	struct fingerprints theirs;
	X509 *certificate;		/* that it showed in the handshake */
	bool agreed, active, up, over;
};

/* ---- our certificate ---- */

static int
fill_certificate(X509 *c, EVP_PKEY *key)
{
	X509_NAME *name = X509_get_subject_name(c);

	return X509_set_version(c, 2) == 1 && ASN1_INTEGER_set(X509_get_serialNumber(c), 1) == 1 &&
	    X509_gmtime_adj(X509_getm_notBefore(c), -LIFE_S) != NULL &&
	    X509_gmtime_adj(X509_getm_notAfter(c), LIFE_S) != NULL &&
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
	    (const unsigned char *)"mfa-call", -1, -1, 0) == 1 &&
	    X509_set_issuer_name(c, name) == 1 && X509_set_pubkey(c, key) == 1 &&
	    X509_sign(c, key, EVP_sha256()) > 0;
}

/* libre 1.1.0 makes RSA keys alone, which takes longer than all the rest of a call. */
static int
make_certificate(SSL_CTX *ctx)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *c = X509_new();
	int ok = key != NULL && c != NULL && fill_certificate(c, key) &&
	    SSL_CTX_use_certificate(ctx, c) == 1 && SSL_CTX_use_PrivateKey(ctx, key) == 1;

	X509_free(c);
	EVP_PKEY_free(key);
	return ok ? 0 : ENOMEM;
}

/* Any will do that has a fingerprint in the answer, which may come later. */
static int
on_certificate(X509_STORE_CTX *store, void *arg)
{
	struct handshake *h = arg;

	X509_free(h->certificate);
	h->certificate = X509_STORE_CTX_get0_cert(store);
	return X509_up_ref(h->certificate);
}

static int
make_tls(struct handshake *h)
{
	SSL_CTX *ctx;
	int err = tls_alloc(&h->tls, TLS_METHOD_DTLS, NULL, NULL);

	if (err != 0)
		return err;
	ctx = tls_openssl_context(h->tls);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, on_certificate, h);
	/* Another certificate is not shown later. */
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);
	if (SSL_CTX_set_min_proto_version(ctx, DTLS1_2_VERSION) != 1)
		return EINVAL;
	err = make_certificate(ctx);
	return err != 0 ? err : tls_set_srtp(h->tls, PROFILE);
}

/* ---- the handshake ---- */

static void
finish(struct handshake *h, bool well)
{
	if (h->over)
		return;
	h->over = true;
	tmr_cancel(&h->late);
	h->heard.end(well, h->heard.arg);
}

static void
on_late(void *arg)
{
	finish(arg, false);
}

static int
take_keys(struct handshake *h)
{
	unsigned char client[SRTP_KEY_BYTES], server[SRTP_KEY_BYTES];
	enum srtp_suite suite;
	int err = fingerprints_match(&h->theirs, h->certificate) ? 0 : EPROTO;

	if (err == 0)
		err = tls_srtp_keyinfo(h->conn, &suite, client, sizeof(client), server,
		    sizeof(server));
	if (err == 0 && suite != SRTP_AES_CM_128_HMAC_SHA1_80)
		err = EPROTO;
	if (err == 0)
		err = protection_set(h->protection, h->active ? client : server,
		    h->active ? server : client);
	OPENSSL_cleanse(client, sizeof(client));
	OPENSSL_cleanse(server, sizeof(server));
	return err;
}

static void
hang_up(struct handshake *h)
{
	h->conn = mem_deref(h->conn);
	X509_free(h->certificate);
	h->certificate = NULL;
	h->up = false;
}

/* Somebody else, who was there first, is no reason to end: the line may still come. */
static void
fail(struct handshake *h)
{
	if (h->agreed && sa_cmp(dtls_peer(h->conn), &h->peer, SA_ALL))
		finish(h, false);
	else if (!h->over)
		hang_up(h);
}

/* A call that is picked up and its answer may come in either order. */
static void
look(struct handshake *h)
{
	if (!h->agreed || !h->up || h->over)
		return;
	if (take_keys(h) == 0)
		finish(h, true);
	else
		fail(h);
}

static void
on_up(void *arg)
{
	((struct handshake *)arg)->up = true;
	look(arg);
}

static void
on_close(int err, void *arg)
{
	struct handshake *h = arg;

	(void)err;
	h->up = false;
	fail(h);
}

/* Until the answer is read, anybody may be the other; then whoever has its address, and
 * first of all its port. */
static void
on_peer(const struct sa *peer, void *arg)
{
	struct handshake *h = arg;

	if (h->over || h->active || (h->agreed && !sa_cmp(peer, &h->peer, SA_ADDR)))
		return;
	if (h->agreed && sa_cmp(peer, &h->peer, SA_ALL))
		hang_up(h);
	if (h->conn == NULL)
		(void)dtls_accept(&h->conn, h->tls, h->sock, on_up, NULL, on_close, h);
}

static void
forget(void *arg)
{
	struct handshake *h = arg;

	tmr_cancel(&h->late);
	mem_deref(h->conn);
	X509_free(h->certificate);
	mem_deref(h->sock);
	mem_deref(h->tls);
}

int
handshake_open(struct handshake **out, struct udp_sock *us, struct protection *protection,
    const struct handshake_heard *heard)
{
	struct handshake *h = mem_zalloc(sizeof(*h), forget);
	int err;

	*out = NULL;
	if (h == NULL)
		return ENOMEM;
	h->protection = protection;
	h->heard = *heard;
	tmr_init(&h->late);
	err = make_tls(h);
	if (err == 0)
		err = dtls_listen(&h->sock, NULL, us, 2, LAYER, on_peer, h);
	if (err != 0)
		mem_deref(h);
	else
		*out = h;
	return err;
}

/* ---- SDP ---- */

int
handshake_offer(struct handshake *h, struct sdp_media *media)
{
	const X509 *c = SSL_CTX_get0_certificate(tls_openssl_context(h->tls));
	unsigned char digest[EVP_MAX_MD_SIZE];
	char *text;
	unsigned int len = 0;
	int err;

	if (X509_digest(c, EVP_sha256(), digest, &len) != 1 ||
	    (text = OPENSSL_buf2hexstr(digest, len)) == NULL)
		return ENOMEM;
	err = sdp_media_set_lattr(media, true, "fingerprint", "sha-256 %s", text);
	OPENSSL_free(text);
	if (err == 0)
		err = sdp_media_set_lattr(media, true, "setup", "%s",
		    !h->agreed ? "actpass" : h->active ? "active" : "passive");
	return err != 0 ? err : sdp_media_set_lattr(media, true, "rtcp-mux", NULL);
}

int
handshake_agree(struct handshake *h, const struct sdp_session *session,
    const struct sdp_media *media)
{
	const char *setup = sdp_media_session_rattr(media, session, "setup");
	struct fingerprints theirs;
	int err = fingerprints_read(&theirs, session, media);

	if (err != 0)
		return err;
	if (h->agreed)
		return fingerprints_same(&theirs, &h->theirs) ? 0 : EPROTO;
	if (setup == NULL || (strcmp(setup, "active") != 0 && strcmp(setup, "passive") != 0))
		return EPROTO;
	h->theirs = theirs;
	h->agreed = true;
	h->active = strcmp(setup, "passive") == 0;
	h->peer = *sdp_media_raddr(media);
	tmr_start(&h->late, LATE_MS, on_late, h);
	if (h->conn != NULL && (h->active || !sa_cmp(dtls_peer(h->conn), &h->peer, SA_ADDR)))
		hang_up(h);
	if (h->active)
		return dtls_connect(&h->conn, h->tls, h->sock, &h->peer, on_up, NULL, on_close, h);
	look(h);
	return 0;
}
