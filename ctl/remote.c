/* SPDX-License-Identifier: BSD-2-Clause */
#include "remote.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "error.h"
#include "text.h"

#define ADMIN_SOCKET "/run/mfad/admin.sock"

/* ---- opening ---- */

static int
begin(struct api *a)
{
	int r = api_open(a);

	if (r == MFA_OK)
		return CTL_DONE;
	return complain(CTL_STATE, "the connection cannot be prepared: %s", mfa_strerror(r));
}

static int
set_ca(struct api *a, const char *ca)
{
	char *path = realpath(ca, NULL);
	int r;

	if (path == NULL)
		return complain(CTL_USAGE, "--ca: %s", strerror(errno));
	r = text_printable(path, strlen(path)) ?
	    text_copy(a->service.ca, sizeof(a->service.ca), path) : MFA_E_INVALID;
	free(path);
	if (r != MFA_OK)
		return complain(CTL_USAGE, "--ca: the path is too long, or not printable");
	return CTL_DONE;
}

int
remote_open(struct api *a, const char *url, const char *ca, const char *proxy)
{
	int r;

	*a = (struct api){ .heed = -1 };
	if (service_url(url, "https", a->service.url) != MFA_OK)
		return complain(CTL_USAGE, "not the URL of a service: it is https://, a host name "
		    "and perhaps a port");
	if (ca != NULL && (r = set_ca(a, ca)) != CTL_DONE)
		return r;
	if (proxy != NULL && service_url(proxy, "http", a->service.proxy) != MFA_OK)
		return complain(CTL_CONFIG, "server_proxy is not http://, a host name and a port");
	return begin(a);
}

int
remote_open_host(struct api *a)
{
	*a = (struct api){ .heed = -1 };
	service_load(&a->service);
	if (a->service.fault[0] != '\0')
		return complain(CTL_CONFIG, "%s", a->service.fault);
	return begin(a);
}

int
remote_open_admin(struct api *a)
{
	*a = (struct api){ .heed = -1 };
	(void)text_copy(a->service.url, sizeof(a->service.url), "http://localhost");
	(void)text_copy(a->service.socket, sizeof(a->service.socket), ADMIN_SOCKET);
	if (access(ADMIN_SOCKET, W_OK) == 0)
		return begin(a);
	if (errno == EACCES)
		return complain(CTL_ROOT, "only root and the user mfad may do this: try it with "
		    "sudo");
	return complain(CTL_SERVICE, "%s: %s: this is for the machine that mfad runs on, while it "
	    "does", ADMIN_SOCKET, strerror(errno));
}

void
remote_close(struct api *a)
{
	api_close(a);
	service_drop(&a->service);
}

/* ---- complaints ---- */

/* What to do about what the service says no to; else its own words stand. */
static const struct {
	const char *problem;
	int status;
	const char *words;
} problems[] = {
	{ "unauthenticated", CTL_REFUSED, "the service does not know this host, or not any more: "
	    "mfactl join makes it known" },
	{ "forbidden", CTL_REFUSED, "the service does not let this caller do that" },
	{ "bad-token", CTL_REFUSED, "the token is not accepted: it was used, has expired or is "
	    "mistyped: mfactl --server token makes one" },
	{ "name-taken", CTL_REFUSED, "that name or number is taken at the service already: "
	    "choose another, or remove the one that has it" },
	{ "no-consent", CTL_REFUSED, "a telephone of the user's has to consent to another: begin "
	    "again, or --vouch where it is lost" },
	{ "push-locked", CTL_REFUSED, "the user's phones are locked, as after a report: "
	    "mfactl --server unlock USER --phones ends that" },
	{ "locked", CTL_REFUSED, "the user is locked at the service: mfactl --server unlock USER "
	    "ends that" },
	{ "not-found", CTL_ABSENT, "the service knows nothing of that name" },
	{ "no-device", CTL_REFUSED, "the user has no telephone that was proved: "
	    "mfactl --server telephone USER NUMBER gives one" },
	{ "no-authority", CTL_REFUSED, "the service signs no certificates for this host: "
	    "sign the request with mfactl authority sign" },
	{ "bad-certificate", CTL_REFUSED, "the service does not take that certificate: it is of "
	    "another phone, or has expired" },
	{ "wrong-code", CTL_REFUSED, "the service did not take the code: begin again; is the clock "
	    "right, here and on the device?" },
	{ "too-many-calls", CTL_REFUSED, "too many calls and texts were placed in this hour: wait, "
	    "or look at calls_per_user and the others in mfad.conf(5)" },
	{ "no-gateway", CTL_REFUSED, "the service has no line for that: see telephone in "
	    "mfad.conf(5)" },
	{ "gone", CTL_REFUSED, "it is over: begin again" },
	{ "already-used", CTL_REFUSED, "it was used already: begin again" },
};

int
remote_complain(int error, const struct api_reply *reply)
{
	size_t i;

	if (error == MFA_E_CONFIG)
		return complain(CTL_CONFIG, "the service cannot be asked: %s", reply->words);
	if (error != MFA_E_REFUSED)
		return complain(CTL_SERVICE, "the service cannot be asked: %s", reply->words);
	for (i = 0; i < sizeof(problems) / sizeof(problems[0]); i++)
		if (strcmp(reply->problem, problems[i].problem) == 0)
			return complain(problems[i].status, "%s", problems[i].words);
	if (reply->status >= 500)
		return complain(CTL_SERVICE, "the service failed: %s", reply->words);
	return complain(CTL_REFUSED, "the service refuses: %s", reply->words);
}

int
remote_nonsense(const char *what)
{
	return complain(CTL_SERVICE, "the service answers with something that is no %s", what);
}

int
remote_ask(struct api *a, struct fetch_request *rq, bool body, struct api_reply *reply)
{
	int r = api_ask(a, rq, deadline_in(API_MS), reply);

	/* What libcurl says of the socket names a host and a port that there are not. */
	if (r == MFA_E_ABSENT && a->service.socket[0] != '\0')
		return complain(CTL_SERVICE,
		    "%s: nobody answers: does mfad run? its log says why not", a->service.socket);
	if (r != MFA_OK)
		return remote_complain(r, reply);
	return body && reply->json == NULL ? remote_nonsense("answer") : CTL_DONE;
}
