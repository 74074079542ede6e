/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfactl join: makes this host known to an approval service, once; a token that
 * its administrator gave lets it in.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../client/link.h"
#include "ask.h"
#include "believe.h"
#include "ctl.h"
#include "error.h"
#include "paths.h"
#include "place.h"
#include "remote.h"
#include "state.h"
#include "text.h"
#include "user.h"

#define DROP_IN		MFA_CONF_DIR "/50-server.conf"
#define TOKEN_LEN	(LINK_ID_LEN + API_SECRET_MAX)	/* "j_….SECRET" */

struct join {
	const char *url, *name, *ca;
	bool yes, force;
	char authorities[PATH_MAX];	/* the file of this host */
	char proxy[SERVICE_URL_MAX];	/* "": none */
	uint32_t gid;			/* of those who read the host's key */

	char id[LINK_ID_LEN + 1], host[STATEMENT_HOST_MAX];
	char key[API_SECRET_MAX];
	struct believed believed, offered;
	bool believe;
};

/* ---- before anything is asked ---- */

static int
check_absent(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		return errno == ENOENT ? CTL_DONE : complain(CTL_STATE, "%s: %s", path,
		    strerror(errno));
	return complain(CTL_REFUSED, "%s is there already: this host has joined a service; --force "
	    "writes it anew", path);
}

static int
read_config(struct join *j)
{
	const struct settings *v;
	struct config *config;
	int r = need_config(&config);

	if (r != CTL_DONE)
		return r;
	v = config_service(config, "");
	if (v->authorities == NULL ||
	    text_copy(j->authorities, sizeof(j->authorities), v->authorities) != MFA_OK)
		r = complain(CTL_CONFIG, "authorities names no file: then no phone is believed");
	if (v->server_proxy != NULL)
		(void)text_copy(j->proxy, sizeof(j->proxy), v->server_proxy);
	config_free(&config);
	return r;
}

static int
look_around(struct join *j)
{
	uint32_t uid;
	int r;

	if ((r = need_root()) != CTL_DONE || (r = read_config(j)) != CTL_DONE ||
	    (r = believe_read(j->authorities, &j->believed)) != CTL_DONE)
		return r;
	if (!j->force && ((r = check_absent(MFA_HOST_KEY)) != CTL_DONE ||
	    (r = check_absent(DROP_IN)) != CTL_DONE))
		return r;
	if (user_find(MFA_HTTP_USER, &uid, &j->gid) != MFA_OK)
		return complain(CTL_STATE, "there is no user %s: install pam_mfa again",
		    MFA_HTTP_USER);
	if (j->name != NULL && (strlen(j->name) >= sizeof(j->host) || *j->name == '\0' ||
	    strpbrk(j->name, " \t") != NULL || !text_printable(j->name, strlen(j->name))))
		return complain(CTL_USAGE, "--name: not one word of at most %zu bytes",
		    sizeof(j->host) - 1);
	return CTL_DONE;
}

/* ---- asking ---- */

static bool
is_token(const struct secret *typed)
{
	char id[LINK_ID_LEN + 1];

	if (typed->len != TOKEN_LEN || typed->data[LINK_ID_LEN] != '.')
		return false;
	memcpy(id, typed->data, LINK_ID_LEN);
	id[LINK_ID_LEN] = '\0';
	return link_id(id, 'j') && strspn((const char *)typed->data + LINK_ID_LEN + 1,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
	    API_SECRET_MAX - 1;
}

static int
ask_token(struct secret *typed)
{
	int r = ask("Type the token to join with: ", false, typed);

	if (r == MFA_E_CLOSED)
		return complain(CTL_REFUSED, "no token was typed: nothing was changed");
	if (r != MFA_OK || !is_token(typed))
		return complain(CTL_REFUSED, "that is no token to join with: it is j_, an id, a "
		    "dot and a secret; mfactl --server token makes one");
	return CTL_DONE;
}

static int
ask_once(struct api *a, const struct secret *token, const char *name, struct api_reply *reply)
{
	struct fetch_request rq;
	struct json_writer w;
	int r;

	api_request(&rq, "POST", "/v1/hosts");
	json_begin(&w, rq.body, sizeof(rq.body));
	json_put_text(&w, "token", (const char *)token->data);
	if (name != NULL)
		json_put_text(&w, "name", name);
	if ((r = json_end(&w)) == MFA_OK && (r = api_once(&rq)) == MFA_OK)
		return api_ask(a, &rq, deadline_in(API_MS), reply);
	explicit_bzero(&rq, sizeof(rq));
	*reply = (struct api_reply){ .words = "out of random numbers" };
	return r;
}

/* Without --name the token says what the host is called, or else the host. */
static int
ask_service(struct api *a, const struct join *j, const struct secret *token,
    struct api_reply *reply)
{
	char name[HOST_NAME_MAX + 1] = "";
	int r = ask_once(a, token, j->name, reply);

	if (r != MFA_E_REFUSED || j->name != NULL || reply->status != 400)
		return r == MFA_OK ? CTL_DONE : remote_complain(r, reply);
	api_reply_free(reply);
	if (gethostname(name, sizeof(name) - 1) == -1 || *name == '\0')
		return complain(CTL_USAGE, "this host has no name: add --name");
	r = ask_once(a, token, name, reply);
	return r == MFA_OK ? CTL_DONE : remote_complain(r, reply);
}

/* ---- its answer ---- */

static int
take_authority(void *arg, const char *text, size_t len)
{
	struct join *j = arg;
	struct authority *a = &j->offered.list[j->offered.count];

	(void)len;
	if (j->offered.count == AUTHORITIES_MAX || authority_parse(text, a) != MFA_OK)
		return MFA_E_INVALID;
	if (!believe_has(&j->believed, a) && !believe_has(&j->offered, a))
		j->offered.count++;
	return MFA_OK;
}

static int
take(struct join *j, struct json_object *o)
{
	if (o == NULL || api_id(o, "host", 'h', j->id, sizeof(j->id)) != MFA_OK ||
	    api_text(o, "name", j->host, sizeof(j->host)) != MFA_OK ||
	    strpbrk(j->host, " \t") != NULL ||
	    (j->name != NULL && strcmp(j->name, j->host) != 0) ||
	    json_texts(o, "authorities", take_authority, j) != MFA_OK ||
	    api_secret(o, "key", j->key) != MFA_OK)
		return remote_nonsense("host");
	if (j->offered.count + j->believed.count > AUTHORITIES_MAX)
		return complain(CTL_REFUSED, "%s would have more than %d keys", j->authorities,
		    AUTHORITIES_MAX);
	return CTL_DONE;
}

/* ---- keeping it ---- */

static int
add(struct places *p, const char *path, const void *data, size_t len, unsigned int mode,
    uint32_t gid, bool force)
{
	int r = places_add(p, path, data, len, mode, gid, force);

	if (r == MFA_OK)
		return CTL_DONE;
	if (r == MFA_E_EXISTS)
		return complain(CTL_REFUSED, "%s is there already: --force writes it anew", path);
	return complain(CTL_STATE, "%s cannot be written: %s", path,
	    r == MFA_E_SYSTEM ? strerror(errno) : mfa_strerror(r));
}

static int
add_key(struct places *p, const struct join *j)
{
	char line[SERVICE_KEY_FILE_MAX];
	int n = snprintf(line, sizeof(line), "%s.%s\n", j->id, j->key), r;

	r = add(p, MFA_HOST_KEY, line, (size_t)n, 0640, j->gid, j->force);
	explicit_bzero(line, sizeof(line));
	return r;
}

static int
add_authorities(struct places *p, const struct join *j)
{
	char text[BELIEVE_MAX];
	size_t len;
	int r;

	if (!j->believe || j->offered.count == 0)
		return CTL_DONE;
	if ((r = believe_text(j->authorities, j->offered.list, j->offered.count, j->url, text,
	    &len)) != CTL_DONE)
		return r;
	return add(p, j->authorities, text, len, 0644, 0, true);
}

static int
add_drop_in(struct places *p, const struct join *j, const struct service *s)
{
	char text[PATH_MAX + 1024];
	int n;

	if (mkdir(MFA_CONF_DIR, 0755) == 0 && chmod(MFA_CONF_DIR, 0755) == -1)
		return complain(CTL_STATE, "%s: %s", MFA_CONF_DIR, strerror(errno));
	n = snprintf(text, sizeof(text), "# Made by mfactl join.\nserver = %s\n%s%s%s"
	    "host_name = %s\n", s->url, s->ca[0] != '\0' ? "server_ca = " : "", s->ca,
	    s->ca[0] != '\0' ? "\n" : "", j->host);
	return add(p, DROP_IN, text, (size_t)n, 0644, 0, j->force);
}

/* What was written must be a configuration; another file may speak against it. */
static int
put(struct places *p)
{
	struct config *config = NULL;
	int r;

	if (places_put(p) != MFA_OK)
		return complain(CTL_STATE, "the files cannot be put into their places: %s",
		    strerror(errno));
	r = need_config(&config);
	config_free(&config);
	return r;
}

static int
keep(const struct join *j, const struct service *s)
{
	static struct places p;
	int r;

	if ((r = add_key(&p, j)) == CTL_DONE && (r = add_authorities(&p, j)) == CTL_DONE &&
	    (r = add_drop_in(&p, j, s)) == CTL_DONE && (r = put(&p)) == CTL_DONE) {
		places_keep(&p);
		return CTL_DONE;
	}
	places_back(&p);
	(void)complain(r, "this host is as it was; the service has it as %s: mfactl --server "
	    "remove %s there, and join again", j->host, j->id);
	return r;
}

static void
tell(const struct join *j)
{
	char host[SHOW_MAX], path[SHOW_MAX];

	(void)printf("Joined: this host is %s (%s) at %s.\n", show(host, sizeof(host), j->host),
	    j->id, j->url);
	if (j->believe || j->believed.count > 0)
		(void)puts("People enrol their phones with mfactl phone USER.");
	else
		(void)printf("No phone is believed yet: put the public key of an authority into "
		    "%s.\n", show(path, sizeof(path), j->authorities));
}

/* A login asks for the state, also on a host where nobody was ever enrolled. */
static int
make_state(void)
{
	struct state st;
	int r = state_open(&st, STATE_CHANGE | STATE_MAKE);

	state_close(&st);
	if (r != CTL_DONE)
		(void)complain(r, "this host has joined, but nobody can log in with a phone here "
		    "until there is a state: see mfactl status");
	return r;
}

static int
join(struct join *j, struct api *a)
{
	struct secret token = { .len = 0 };
	struct api_reply reply = { .json = NULL };
	int r;

	if ((r = ask_token(&token)) == CTL_DONE &&
	    (r = ask_service(a, j, &token, &reply)) == CTL_DONE)
		r = take(j, reply.json);
	api_reply_free(&reply);
	secret_wipe(&token);
	if (r == CTL_DONE && j->offered.count > 0)
		r = believe_ask(j->offered.list, j->offered.count, j->yes, &j->believe);
	if (r == CTL_DONE && (r = keep(j, &a->service)) == CTL_DONE)
		tell(j);
	return r == CTL_DONE ? make_state() : r;
}

int
cmd_join(int argc, char **argv)
{
	static struct join j;
	const struct opt opts[] = {
		{ "name", &j.name, NULL }, { "ca", &j.ca, NULL }, { "yes", NULL, &j.yes },
		{ "force", NULL, &j.force },
	};
	struct api a = { .heed = -1 };
	int first, r;

	if ((r = opts_read(argc, argv, opts, sizeof(opts) / sizeof(opts[0]), 1, 1, &first)) !=
	    CTL_DONE || (r = look_around(&j)) != CTL_DONE)
		return r;
	j.url = argv[first];
	if ((r = remote_open(&a, j.url, j.ca, j.proxy[0] != '\0' ? j.proxy : NULL)) == CTL_DONE)
		r = join(&j, &a);
	remote_close(&a);
	explicit_bzero(&j, sizeof(j));
	return r;
}
