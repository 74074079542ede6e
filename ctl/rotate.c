/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl rotate: another key for this host at its approval service.  The old
 * one works until the new one was used, so it is in its place before it is.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../client/link.h"
#include "ctl.h"
#include "error.h"
#include "paths.h"
#include "place.h"
#include "remote.h"
#include "state.h"
#include "user.h"

static int
ask_key(struct api *a, char key[API_SECRET_MAX])
{
	struct fetch_request rq;
	struct api_reply reply = { .json = NULL };
	int r;

	api_request(&rq, "POST", "/v1/hosts/self/key");
	(void)snprintf(rq.body, sizeof(rq.body), "{}");
	if ((r = api_once(&rq)) != MFA_OK)
		return complain(CTL_STATE, "%s", mfa_strerror(r));
	r = remote_ask(a, &rq, true, &reply);
	if (r == CTL_DONE && api_secret(reply.json, "key", key) != MFA_OK)
		r = remote_nonsense("key");
	api_reply_free(&reply);
	return r;
}

/* The id of the host stays. */
static int
put(struct places *p, struct api *a, const char *key)
{
	char line[SERVICE_KEY_FILE_MAX];
	uint32_t uid, gid;
	int n, r;

	if (user_find(MFA_HTTP_USER, &uid, &gid) != MFA_OK)
		return complain(CTL_STATE, "there is no user %s: install pam_mfa again",
		    MFA_HTTP_USER);
	n = snprintf(line, sizeof(line), "%.*s.%s\n", LINK_ID_LEN,
	    (const char *)a->service.key.data, key);
	if ((r = places_add(p, MFA_HOST_KEY, line, (size_t)n, 0640, gid, true)) == MFA_OK)
		r = places_put(p);
	if (r == MFA_OK)
		r = secret_set(&a->service.key, line, (size_t)n - 1);
	explicit_bzero(line, sizeof(line));
	if (r == MFA_OK)
		return CTL_DONE;
	return complain(CTL_STATE, "%s cannot be written: %s: nothing was changed", MFA_HOST_KEY,
	    r == MFA_E_SYSTEM ? strerror(errno) : mfa_strerror(r));
}

/* A question with the new key, which makes the old one void.  One that was not
 * answered says nothing about the key: the new one stays, as the service may
 * have heard it. */
static int
use(struct api *a, bool *refused)
{
	struct fetch_request rq;
	struct api_reply reply;
	int r;

	api_request(&rq, "GET", "/v1/hosts/self");
	r = api_ask(a, &rq, deadline_in(API_MS), &reply);
	*refused = r == MFA_E_REFUSED && (reply.status == 401 || reply.status == 403);
	if (r != MFA_OK)
		r = remote_complain(r, &reply);
	api_reply_free(&reply);
	return r;
}

static int
rotate(struct api *a)
{
	static struct places p;
	char key[API_SECRET_MAX];
	bool refused = false;
	int r;

	if ((r = ask_key(a, key)) != CTL_DONE || (r = put(&p, a, key)) != CTL_DONE) {
		explicit_bzero(key, sizeof(key));
		places_back(&p);
		return r;
	}
	explicit_bzero(key, sizeof(key));
	r = use(a, &refused);
	if (refused) {
		places_back(&p);
		return complain(r, "the new key does not work: the old one is back");
	}
	places_keep(&p);
	if (r != CTL_DONE)
		return complain(r, "the new key is in its place, and was not tried");
	(void)puts("This host has a new key; the old one is void.");
	return CTL_DONE;
}

int
cmd_rotate(int argc, char **argv)
{
	struct api a = { .heed = -1 };
	int first, r;

	if ((r = opts_read(argc, argv, NULL, 0, 0, 0, &first)) != CTL_DONE ||
	    (r = need_root()) != CTL_DONE)
		return r;
	if ((r = remote_open_host(&a)) == CTL_DONE)
		r = rotate(&a);
	remote_close(&a);
	return r;
}
