/* SPDX-License-Identifier: BSD-2-Clause */
#include "config_mfad.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config_private.h"
#include "e164.h"
#include "error.h"
#include "sockets.h"
#include "text.h"

#define HOST_MAX 256

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
check_codes(const struct config *written, const struct mfad_config *c, struct config_error *e)
{
	const struct {
		bool wrong;
		const char *key, *other;	/* whose line is named: one that is written */
		const char *text;
	} rules[] = {
		{ c->delay > c->delay_max, "delay_max", "delay", "delay is longer than delay_max" },
		{ c->delay_after > c->max_failures, "max_failures", "delay_after",
		    "delay_after is more than max_failures" },
		{ c->issuer != NULL && strchr(c->issuer, ':') != NULL, "issuer", "issuer",
		    "issuer: no colon can be in it" },
	};
	struct place p;
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (!rules[i].wrong)
			continue;
		p = config_place(written, &written->sections[0], rules[i].key);
		if (p.line == 0)
			p = config_place(written, &written->sections[0], rules[i].other);
		return config_fail(e, p.file, p.line, "%s", rules[i].text);
	}
	return MFA_OK;
}

static int
check_telephone(const struct config *written, const struct mfad_config *c,
    struct config_error *e)
{
	const struct names *words = &c->telephone;
	struct place p = config_place(written, &written->sections[0], "telephone");
	size_t i;

	for (i = 0; i < words->count; i++)
		if (strcmp(words->word[i], "call") != 0 && strcmp(words->word[i], "text") != 0)
			return config_fail(e, p.file, p.line, "telephone: %s: call or text was "
			    "expected", words->word[i]);
	if (words->count > 0 && c->call_socket == NULL)
		return config_fail(e, p.file, p.line, "telephone needs call_socket");
	p = config_place(written, &written->sections[0], "country");
	if (c->country != NULL && e164_country(c->country) != strlen(c->country))
		return config_fail(e, p.file, p.line, "country: %s is the code of no country: "
		    "digits as 31 were expected", c->country);
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
	r = check_telephone(written, c, e);
	return r != MFA_OK ? r : check_codes(written, c, e);
}

/* What is this host's name, where nobody said otherwise. */
static int
settle_issuer(struct mfad_config *c)
{
	char host[HOST_MAX] = "";

	if (c->issuer != NULL)
		return MFA_OK;
	if (gethostname(host, sizeof(host) - 1) == -1 || host[0] == '\0' ||
	    !text_printable(host, strlen(host)))
		(void)text_copy(host, sizeof(host), "mfad");
	c->issuer = strdup(host);
	return c->issuer != NULL ? MFA_OK : MFA_E_MEMORY;
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
	    (r = settle_keys(written, c, e)) != MFA_OK || (r = settle_issuer(c)) != MFA_OK ||
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
	free_names(&(*c)->sign_for);
	free_names(&(*c)->telephone);
	free_names(&(*c)->metrics_from);
	free((*c)->admin_socket);
	free((*c)->state);
	free((*c)->state_key);
	free((*c)->authority_key);
	free((*c)->call_socket);
	free((*c)->country);
	free((*c)->issuer);
	free((*c)->alert_command);
	free((*c)->certificate);
	free((*c)->certificate_key);
	free((*c)->host_ca);
	networks_free(&(*c)->metrics);
	free(*c);
	*c = NULL;
}
