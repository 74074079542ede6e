/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MFA_CTL_PHONE_H
#define MFA_CTL_PHONE_H

#include "../client/link.h"
#include "certificate.h"
#include "remote.h"

/*
 * A phone that is being enrolled at this host: phone.c is the command,
 * phone_offer.c shows the link and waits for a phone that proves itself,
 * phone_certify.c gets its certificate.  Statuses are enum ctl_exit, after a
 * complaint.
 */

/* ---- all limits ---- */
#define PHONE_LIFE	600	/* seconds that the link is good for */
#define PHONE_NAME_MAX	65	/* with the terminator */

struct phone {
	const char *user;
	bool json;
	struct api api;
	int64_t life;			/* seconds, of a certificate that is signed here */
	const char *request;		/* a file for the request, or NULL */
	bool own;			/* it is signed here, with: */
	struct sign_key authority;
	char brought[SIGNED_MAX + 2];	/* a certificate that somebody else signed; or "" */
	size_t brought_len;
	struct authority believed[AUTHORITIES_MAX];
	size_t believed_count;

	struct link link;
	struct device device;		/* proved */
	char name[PHONE_NAME_MAX];	/* what the person calls it; printable */
	struct certificate certificate;
};

/* Makes a link, shows it, and waits for the phone; fills in device and name. */
int phone_offer(struct phone *p);

/* Has the device certified: signed here, or by the service; or writes the
 * request.  *done says whether it is certified now. */
int phone_certify(struct phone *p, bool *done);

/* Hands over the certificate that was brought. */
int phone_bring(struct phone *p);

#endif
