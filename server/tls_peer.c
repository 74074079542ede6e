/* SPDX-License-Identifier: BSD-2-Clause */
#include "tls_peer.h"

#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "error.h"
#include "text.h"

/* ---- during the handshake ---- */

static int
index_of_fault(void)
{
	static int index = -1;

	if (index == -1)
		index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	return index;
}

/* A certificate that does not count ends no connection: the answer to a request
 * says what is wrong with it, and to whom.  The first fault is kept; where it
 * cannot be, the handshake fails. */
static int
keep_fault(int ok, X509_STORE_CTX *chain)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx());
	const char *fault;

	if (ok)
		return 1;
	if (ssl == NULL)
		return 0;
	fault = X509_verify_cert_error_string(X509_STORE_CTX_get_error(chain));
	return SSL_get_ex_data(ssl, index_of_fault()) != NULL ||
	    SSL_set_ex_data(ssl, index_of_fault(), (void *)(uintptr_t)fault) == 1;
}

bool
tls_peer_ask(SSL_CTX *c)
{
	X509_VERIFY_PARAM *p = SSL_CTX_get0_param(c);

	SSL_CTX_set_verify(c, SSL_VERIFY_PEER, keep_fault);
	/* What the file names is believed, be it the end of a chain or not. */
	return index_of_fault() >= 0 &&
	    X509_VERIFY_PARAM_set_flags(p, X509_V_FLAG_PARTIAL_CHAIN) == 1 &&
	    X509_VERIFY_PARAM_set_purpose(p, X509_PURPOSE_SSL_CLIENT) == 1;
}

/* ---- after it ---- */

static const char *
fault_of(SSL *ssl)
{
	const char *fault = SSL_get_ex_data(ssl, index_of_fault());

	return fault != NULL || SSL_get_verify_result(ssl) == X509_V_OK ? fault :
	    "it was not verified";
}

/* Of one name, printable and without a zero; else nobody's. */
static char *
copy_name(const ASN1_STRING *s)
{
	const char *data = (const char *)ASN1_STRING_get0_data(s);
	size_t len = (size_t)ASN1_STRING_length(s);

	return len > 0 && text_printable(data, len) ? strndup(data, len) : NULL;
}

static char *
name_of(const X509 *x)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	const ASN1_STRING *found = NULL;
	char *name = NULL;
	int i, count = 0;

	for (i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *n = sk_GENERAL_NAME_value(names, i);

		if (n->type == GEN_DNS && ++count == 1)
			found = n->d.dNSName;
	}
	if (count == 1)
		name = copy_name(found);
	GENERAL_NAMES_free(names);
	return name;
}

/* 0, older than anything, when it cannot be told. */
static int64_t
begin_of(const X509 *x)
{
	struct tm tm = { .tm_isdst = 0 };

	return ASN1_TIME_to_tm(X509_get0_notBefore(x), &tm) == 1 ? timegm(&tm) : 0;
}

int
tls_peer_read(SSL *ssl, struct tls_peer **out)
{
	const X509 *x = SSL_get0_peer_certificate(ssl);

	*out = NULL;
	if (x == NULL)
		return MFA_OK;
	if ((*out = calloc(1, sizeof(**out))) == NULL)
		return MFA_E_MEMORY;
	(*out)->fault = fault_of(ssl);
	(*out)->since = begin_of(x);
	(*out)->name = name_of(x);
	return MFA_OK;
}

void
tls_peer_free(struct tls_peer **p)
{
	if (*p != NULL)
		free((*p)->name);
	free(*p);
	*p = NULL;
}
