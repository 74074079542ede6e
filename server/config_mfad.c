/* SPDX-License-Identifier: BSD-2-Clause */
#include "config_mfad.h"

#include <stdlib.h>

#include "config_private.h"
#include "error.h"
#include "sockets.h"

static const struct config_form mfad_form = {
	mfad_keys, &mfad_key_count, "mfad.conf(5)", false
};

static int
settle_keys(struct config *written, struct mfad_config *c, struct config_error *e)
{
	const struct section *s = &written->sections[0];
	size_t i;
	int r = MFA_OK;

	for (i = 0; r == MFA_OK && i < mfad_key_count; i++) {
		const struct config_key *key = &mfad_keys[i];
		struct setting v = {
			.key = key, .e = e, .place = config_place(written, s, key->name),
			.value = s->values[i] != NULL ? s->values[i] : key->initial,
			.field = (char *)c + key->offset,
		};

		r = config_set(&v);
	}
	return r;
}

/* ---- what several keys make together ---- */

static int
check_listening(const struct config *written, const char *key, const struct names *list, bool tls,
    struct config_error *e)
{
	struct place p = config_place(written, &written->sections[0], key);
	struct socket_place at;
	const char *why;
	size_t i;

	for (i = 0; i < list->count; i++)
		if (socket_place(list->word[i], tls, &at, &why) != MFA_OK)
			return config_fail(e, p.file, p.line, "%s: %s: %s", key, list->word[i],
			    why);
	if (list->count > SOCKETS_MAX)
		return config_fail(e, p.file, p.line, "%s: at most %d are listened on", key,
		    SOCKETS_MAX);
	return MFA_OK;
}

static int
check_together(const struct config *written, const struct mfad_config *c, struct config_error *e)
{
	struct place p = config_place(written, &written->sections[0], "listen");
	int r;

	if ((r = check_listening(written, "listen", &c->listen, true, e)) != MFA_OK ||
	    (r = check_listening(written, "listen_plain", &c->listen_plain, false, e)) != MFA_OK)
		return r;
	if (c->listen.count + c->listen_plain.count == 0)
		return config_fail(e, p.file, p.line, "listen and listen_plain are both none: "
		    "nobody could reach the server");
	if (c->state == NULL || c->state_key == NULL)
		return config_fail(e, p.file, p.line, "state and state_key are not none");
	if (c->listen.count > 0 && (c->certificate == NULL || c->certificate_key == NULL))
		return config_fail(e, p.file, p.line, "listen needs certificate and "
		    "certificate_key");
	return MFA_OK;
}

static int
settle_metrics(const struct config *written, struct mfad_config *c, struct config_error *e)
{
	struct networks_builder *b = networks_builder_new();
	struct place p = config_place(written, &written->sections[0], "metrics_from");
	char why[NETWORKS_WHY_MAX];
	unsigned int line;
	int r = b != NULL ? MFA_OK : MFA_E_MEMORY;
	size_t i;

	for (i = 0; r == MFA_OK && i < c->metrics_from.count; i++)
		r = networks_add(b, c->metrics_from.word[i], why);
	if (r == MFA_OK)
		r = networks_build(&b, &c->metrics, &line, why);
	networks_builder_free(&b);
	return r == MFA_E_INVALID ?
	    config_fail(e, p.file, p.line, "metrics_from: %s", why) : r;
}

/* ---- loading ---- */

static int
load(struct config *written, const char *path, struct mfad_config *c, struct config_error *e)
{
	int r;

	if ((r = config_read(written, path, e)) != MFA_OK ||
	    (r = settle_keys(written, c, e)) != MFA_OK ||
	    (r = settle_metrics(written, c, e)) != MFA_OK)
		return r;
	return check_together(written, c, e);
}

int
mfad_config_load(const char *path, struct mfad_config **out, struct config_error *e)
{
	struct config *written = calloc(1, sizeof(*written));
	struct mfad_config *c = calloc(1, sizeof(*c));
	int r = MFA_E_MEMORY;

	*out = NULL;
	*e = (struct config_error){ .line = 0 };
	if (written != NULL && c != NULL) {
		written->form = &mfad_form;
		r = load(written, path, c, e);
	}
	if (r == MFA_OK) {
		*out = c;
		c = NULL;
	} else if (r != MFA_E_CONFIG) {
		(void)config_fail(e, path, 0, "%s", mfa_strerror(r));
	}
	config_free(&written);
	mfad_config_free(&c);
	return r;
}

static void
free_names(struct names *n)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		free(n->word[i]);
	free(n->word);
}

void
mfad_config_free(struct mfad_config **c)
{
	if (*c == NULL)
		return;
	free_names(&(*c)->listen);
	free_names(&(*c)->listen_plain);
	free_names(&(*c)->metrics_from);
	free((*c)->admin_socket);
	free((*c)->state);
	free((*c)->state_key);
	free((*c)->authority_key);
	free((*c)->alert_command);
	free((*c)->certificate);
	free((*c)->certificate_key);
	networks_free(&(*c)->metrics);
	free(*c);
	*c = NULL;
}
