/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl phone: enrols a phone at this host.  Files are read as root;
 * then it becomes the user of the state, unless a request is to be written.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "ctl.h"
#include "error.h"
#include "json.h"
#include "phone.h"
#include "record_file.h"
#include "state.h"
#include "when.h"

#define LIFE "90d"	/* without --life, as of authority sign */

struct wishes {
	const char *authority, *certificate, *life;
};

/* ---- before anything is asked ---- */

static int
read_believed(struct phone *p, const char *path)
{
	unsigned int line;
	const char *why;
	int r;

	if (path == NULL)
		return complain(CTL_CONFIG, "authorities names no file: then no phone is believed");
	r = authorities_read(path, 0, p->believed, AUTHORITIES_MAX, &p->believed_count, &line,
	    &why);
	if (r == MFA_E_ABSENT)
		return complain(CTL_CONFIG, "%s is missing: no phone is believed here without the "
		    "public key of an authority: mfactl join asks for the service's", path);
	return r == MFA_OK ? CTL_DONE : record_file_explain(path, line, r, why);
}

static int
look_around(struct phone *p, const struct wishes *w)
{
	int r;

	if ((r = need_root()) != CTL_DONE || (r = user_known(p->user)) != CTL_DONE)
		return r;
	if ((w->life != NULL && w->authority == NULL) ||
	    (w->authority != NULL) + (w->certificate != NULL) + (p->request != NULL) > 1)
		return complain(CTL_USAGE, "phone: one of --authority (with --life), --request and "
		    "--certificate: see mfactl help phone");
	if (duration_parse(w->life != NULL ? w->life : LIFE, &p->life) != MFA_OK ||
	    p->life > CERTIFICATE_LIFE_MAX)
		return complain(CTL_USAGE, "--life: not a length of time up to 366d, like 90d");
	if ((r = remote_open_host(&p->api)) != CTL_DONE ||
	    (r = read_believed(p,
	    config_service(p->api.service.config, "")->authorities)) != CTL_DONE)
		return r;
	p->own = w->authority != NULL;
	if (w->certificate != NULL)
		return record_file_read(w->certificate, p->brought, sizeof(p->brought) - 1,
		    &p->brought_len);
	return p->own ? authority_key_load(w->authority, &p->authority) : CTL_DONE;
}

/* From now on whoever wants us to stop is heard by who waits. */
static int
heed(struct phone *p)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGQUIT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == 0 &&
	    (p->api.heed = signalfd(-1, &set, SFD_CLOEXEC)) != -1)
		return CTL_DONE;
	return complain(CTL_STATE, "signals cannot be waited for: %s", strerror(errno));
}

/* ---- the end ---- */

static int
nothing(struct state *st, void *arg)
{
	(void)st;
	(void)arg;
	return MFA_OK;
}

static int
record(struct state *st, const struct phone *p)
{
	struct change c = { .event = "phone", .user = p->user };
	char until[WHEN_MAX];
	int r;

	change_add(&c, "device", p->device.id);
	change_add(&c, "kind", record_word(device_kinds, p->device.kind));
	change_add(&c, "until", when_format_full(until, p->certificate.expires));
	if ((r = state_change(st, &c, nothing, NULL)) == MFA_OK)
		return CTL_DONE;
	return complain(CTL_STATE, "the phone is enrolled, but this host could not note it down, "
	    "and the user is not told of it: %s", mfa_strerror(r));
}

static void
print_json(const struct phone *p)
{
	char print[AUTHORITY_ID_MAX];
	struct json_object *o = json_new();

	json_add_text(o, "user", p->user);
	json_add_text(o, "device", p->device.id);
	json_add_text(o, "kind", record_word(device_kinds, p->device.kind));
	json_add_text(o, "fingerprint", fingerprint(&p->device.key, print));
	json_add_bool(o, "enrolled", p->certificate.expires != 0);
	json_add_time(o, "expires", p->certificate.expires);
	json_print(o);
}

static void
tell(const struct phone *p)
{
	char user[SHOW_MAX], until[WHEN_MAX];

	if (p->json)
		print_json(p);
	else if (p->certificate.expires != 0)
		(void)printf("Enrolled: %s can approve logins with it until %s.\n",
		    show(user, sizeof(user), p->user), when_format(until, p->certificate.expires));
}

static int
enrol(struct phone *p, bool brought, struct state *st)
{
	bool done = true;
	int r;

	if (brought)
		r = phone_bring(p);
	else if ((r = phone_offer(p)) == CTL_DONE)
		r = phone_certify(p, &done);
	if (r == CTL_DONE && done)
		r = record(st, p);
	if (r == CTL_DONE)
		tell(p);
	return r;
}

int
cmd_phone(int argc, char **argv)
{
	static struct phone p;
	struct wishes w = { .life = NULL };
	const struct opt opts[] = {
		{ "authority", &w.authority, NULL }, { "life", &w.life, NULL },
		{ "certificate", &w.certificate, NULL }, { "request", &p.request, NULL },
		{ "json", NULL, &p.json },
	};
	struct state st = { .now = 0 };
	int first, r;

	p.api.heed = -1;
	if ((r = opts_read(argc, argv, opts, sizeof(opts) / sizeof(opts[0]), 1, 1, &first)) !=
	    CTL_DONE)
		return r;
	p.user = argv[first];
	if ((r = look_around(&p, &w)) == CTL_DONE && (r = heed(&p)) == CTL_DONE &&
	    (p.request != NULL ||
	    (r = state_open(&st, STATE_CHANGE | STATE_MAKE)) == CTL_DONE))
		r = enrol(&p, w.certificate != NULL, &st);
	state_close(&st);
	remote_close(&p.api);
	sign_key_wipe(&p.authority);
	explicit_bzero(&p, sizeof(p));
	return r;
}
