/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ctl.h"
#include "error.h"
#include "phone.h"
#include "record_file.h"

/* ---- believing it ---- */

/* Whoever signed it: only a certificate that this host itself would take at a
 * login is one. */
static int
believe(struct phone *p, const char *text, size_t len)
{
	const struct trust trust = { .authorities = p->believed,
	    .authority_count = p->believed_count };
	enum refusal why;
	char user[SHOW_MAX];

	if (certificate_verify(text, len, &trust, p->user, (int64_t)time(NULL), &p->certificate,
	    &why) == MFA_OK)
		return CTL_DONE;
	if (why == REFUSAL_AUTHORITY)
		return complain(CTL_REFUSED, "this host does not believe the authority that signed "
		    "the certificate: add its public key to the file of authorities");
	if (why == REFUSAL_USER)
		return complain(CTL_REFUSED, "that certificate is not of a phone of %s's",
		    show(user, sizeof(user), p->user));
	return complain(CTL_REFUSED, "that is no certificate that counts here: %s",
	    refusal_text(why));
}

/* It is of the phone that proved itself. */
static int
same_device(const struct phone *p)
{
	const struct device *a = &p->device, *b = &p->certificate.device;

	if (strcmp(a->id, b->id) == 0 && a->kind == b->kind && a->key.len == b->key.len &&
	    memcmp(a->key.data, b->key.data, a->key.len) == 0 && strcmp(a->origin, b->origin) == 0)
		return CTL_DONE;
	return complain(CTL_REFUSED, "the certificate is of another phone than the one that "
	    "answered");
}

/* ---- the service ---- */

static int
put_certificate(struct phone *p, const char *enrolment, const char *text)
{
	struct fetch_request rq;
	struct api_reply reply = { .json = NULL };
	struct json_writer w;
	int r;

	api_request(&rq, "PUT", "/v1/enrolments/%s/certificate", enrolment);
	json_begin(&w, rq.body, sizeof(rq.body));
	api_put_lines(&w, "certificate", text);
	if ((r = json_end(&w)) != MFA_OK || (r = api_once(&rq)) != MFA_OK)
		return complain(CTL_STATE, "the certificate cannot be sent: %s", mfa_strerror(r));
	r = remote_ask(&p->api, &rq, false, &reply);
	api_reply_free(&reply);
	return r;
}

static int
have_signed(struct phone *p)
{
	char text[SIGNED_MAX + 1];
	struct fetch_request rq;
	struct api_reply reply = { .json = NULL };
	struct json_writer w;
	size_t len;
	int r;

	api_request(&rq, "PUT", "/v1/enrolments/%s/certificate", p->link.enrolment);
	json_begin(&w, rq.body, sizeof(rq.body));
	api_put_true(&w, "sign");
	if ((r = json_end(&w)) != MFA_OK || (r = api_once(&rq)) != MFA_OK)
		return complain(CTL_STATE, "the request cannot be sent: %s", mfa_strerror(r));
	r = remote_ask(&p->api, &rq, true, &reply);
	if (r == CTL_DONE && json_text(reply.json, "certificate", text, sizeof(text), &len) !=
	    MFA_OK)
		r = remote_nonsense("certificate");
	if (r == CTL_DONE && (r = believe(p, text, len)) == CTL_DONE)
		r = same_device(p);
	api_reply_free(&reply);
	return r;
}

/* ---- the ways to one ---- */

static int
sign_here(struct phone *p)
{
	struct certificate c = { .device = p->device, .created = (int64_t)time(NULL) };
	char text[SIGNED_MAX + 1];
	size_t len;
	int r;

	c.expires = c.created + p->life;
	if ((r = certificate_issue(&p->authority, &c, text, sizeof(text), &len)) != MFA_OK)
		return complain(CTL_STATE, "it cannot be signed: %s: check the clock of this "
		    "machine", mfa_strerror(r));
	if ((r = believe(p, text, len)) != CTL_DONE)
		return r;
	return put_certificate(p, p->link.enrolment, text);
}

static int
write_request(const struct phone *p)
{
	char text[RECORD_MAX + 1], path[SHOW_MAX], user[SHOW_MAX];
	size_t len;
	int r;

	if ((r = enrol_format(&p->device, text, sizeof(text), &len)) != MFA_OK)
		return complain(CTL_STATE, "the request cannot be written: %s", mfa_strerror(r));
	if ((r = record_file_write(p->request, text, len)) != CTL_DONE)
		return r;
	if (!p->json)
		(void)printf("The request is in %s.  Where the authority is kept:\n"
		    "    mfactl authority sign KEY REQUEST CERTIFICATE\n"
		    "and here, before the enrolment is over:\n"
		    "    mfactl phone %s --certificate CERTIFICATE\n",
		    show(path, sizeof(path), p->request), show(user, sizeof(user), p->user));
	return CTL_DONE;
}

int
phone_certify(struct phone *p, bool *done)
{
	*done = p->request == NULL;
	if (p->request != NULL)
		return write_request(p);
	return p->own ? sign_here(p) : have_signed(p);
}

int
phone_bring(struct phone *p)
{
	char enrolment[LINK_ID_LEN + 1];
	int r;

	if ((r = believe(p, p->brought, p->brought_len)) != CTL_DONE)
		return r;
	p->device = p->certificate.device;
	if (!link_id(p->device.id, 'd'))
		return complain(CTL_REFUSED, "that is a certificate of no phone of the service's");
	(void)snprintf(enrolment, sizeof(enrolment), "e%s", p->device.id + 1);
	return put_certificate(p, enrolment, p->brought);
}
