/* SPDX-License-Identifier: BSD-2-Clause */
/* From what was written to the settings of a service. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config_private.h"
#include "error.h"
#include "text.h"

#define HOST_MAX 65	/* HOST_NAME_MAX and the terminator */

struct place
config_place(const struct config *c, const struct section *s, const char *key)
{
	size_t i = config_find(c, key);
	struct place p = { NULL, 0 };

	if (i < *c->form->count)
		p = s->places[i].file != NULL ? s->places[i] : c->sections[0].places[i];
	if (p.file == NULL)
		p = (struct place){ c->seen[0].path, 0 };
	return p;
}

static bool
is_set(const struct config *c, const struct section *s, const char *key)
{
	size_t i = config_find(c, key);

	return i < *c->form->count && s->values[i] != NULL;
}

/* ---- networks ---- */

static int
add_file(struct config *c, const char *path, struct networks_builder *b, struct config_error *e)
{
	char why[NETWORKS_WHY_MAX];
	unsigned int line = 0;
	struct stat st;
	int fd, r;

	if ((fd = config_open(path, NETWORKS_FILE_MAX, &st, e)) == -1)
		return MFA_E_CONFIG;
	r = networks_add_fd(b, fd, &line, why);
	(void)close(fd);
	if (r == MFA_OK)
		return config_saw(c, path, &st, NULL);
	return r == MFA_E_MEMORY ? r : config_fail(e, path, line, "%s", why);
}

static int
add_list(const struct names *list, const struct place *p, struct networks_builder *b,
    struct config_error *e)
{
	char why[NETWORKS_WHY_MAX];
	size_t i;
	int r = MFA_OK;

	for (i = 0; r == MFA_OK && i < list->count; i++)
		r = networks_add(b, list->word[i], why);
	return r == MFA_E_INVALID ?
	    config_fail(e, p->file, p->line, "trusted_networks: %s", why) : r;
}

static int
build(struct config *c, struct section *s, struct networks_builder **b, struct config_error *e)
{
	const struct settings *v = &s->settings;
	struct place p = config_place(c, s, "trusted_networks");
	char why[NETWORKS_WHY_MAX];
	unsigned int line;
	int r = add_list(&v->trusted_networks, &p, *b, e);

	if (r == MFA_OK && v->trusted_networks_file != NULL)
		r = add_file(c, v->trusted_networks_file, *b, e);
	if (r != MFA_OK || (r = networks_build(b, &s->own, &line, why)) != MFA_E_INVALID)
		return r;
	if (line > 0)
		return config_fail(e, v->trusted_networks_file, line, "%s", why);
	return config_fail(e, p.file, p.line, "trusted_networks: %s", why);
}

static int
settle_networks(struct config *c, struct section *s, struct config_error *e)
{
	struct networks_builder *b;
	int r;

	/* A service that says nothing about them shares the general ones. */
	if (s != c->sections && !is_set(c, s, "trusted_networks") &&
	    !is_set(c, s, "trusted_networks_file")) {
		s->settings.trusted = c->sections[0].own;
		return MFA_OK;
	}
	if (s->settings.trusted_networks.count == 0 && s->settings.trusted_networks_file == NULL)
		return MFA_OK;
	if ((b = networks_builder_new()) == NULL)
		return MFA_E_MEMORY;
	r = build(c, s, &b, e);
	s->settings.trusted = s->own;
	networks_builder_free(&b);
	return r;
}

/* ---- what several keys make together ---- */

/* What is this host's name, where nobody said otherwise. */
static int
settle_names(struct settings *s)
{
	char host[HOST_MAX] = "";

	if (gethostname(host, sizeof(host) - 1) == -1 || host[0] == '\0' ||
	    !text_printable(host, strlen(host)))
		(void)text_copy(host, sizeof(host), "linux");
	if (s->issuer == NULL)
		s->issuer = strdup(host);
	if (s->host_name == NULL)
		s->host_name = strdup(host);
	return s->issuer != NULL && s->host_name != NULL ? MFA_OK : MFA_E_MEMORY;
}

/* SCHEME, a host name or address, perhaps a port, and no more. */
static bool
is_address(const char *url, const char *scheme)
{
	const char *host = url + strlen(scheme);

	return strncmp(url, scheme, strlen(scheme)) == 0 && *host != '\0' && *host != ':' &&
	    host[strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    ".-:[]")] == '\0';
}

static int
check_together(const struct config *c, const struct section *s, struct config_error *e)
{
	const struct settings *v = &s->settings;
	const struct {
		bool wrong;
		const char *key;	/* whose line is named */
		const char *text;
	} rules[] = {
		{ v->server != NULL && !is_address(v->server, "https://"), "server",
		    "server must be https://, a host name and perhaps a port" },
		{ v->server_proxy != NULL && !is_address(v->server_proxy, "http://"),
		    "server_proxy", "server_proxy must be http://, a host name and a port" },
		{ (v->host_certificate != NULL) != (v->host_certificate_key != NULL),
		    v->host_certificate != NULL ? "host_certificate" : "host_certificate_key",
		    "host_certificate and host_certificate_key need each other" },
		{ v->unenrolled == UNENROLLED_ALLOW && v->grace_until == 0, "unenrolled",
		    "unenrolled = allow needs grace_until, the date on which that ends" },
		{ v->delay > v->delay_max, is_set(c, s, "delay_max") ? "delay_max" : "delay",
		    "delay is longer than delay_max" },
		{ v->delay_after > v->max_failures,
		    is_set(c, s, "max_failures") ? "max_failures" : "delay_after",
		    "delay_after is more than max_failures" },
	};
	struct place p;
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (!rules[i].wrong)
			continue;
		p = config_place(c, s, rules[i].key);
		return config_fail(e, p.file, p.line, "%s", rules[i].text);
	}
	return MFA_OK;
}

static int
settle_keys(struct config *c, struct section *s, struct config_error *e)
{
	const struct section *general = &c->sections[0];
	size_t i;
	int r = MFA_OK;

	for (i = 0; r == MFA_OK && i < config_key_count; i++) {
		const struct config_key *key = &config_keys[i];
		bool own = s == general || s->values[i] != NULL;
		const char *written = own ? s->values[i] : general->values[i];
		struct setting v = {
			.key = key, .e = e, .place = config_place(c, s, key->name),
			.value = written != NULL ? written : key->initial,
			.field = (char *)&s->settings + key->offset,
			.general = own ? NULL : (const char *)&general->settings + key->offset,
		};

		r = config_set(&v);
	}
	return r;
}

int
config_settle(struct config *c, struct section *s, struct config_error *e)
{
	int r;

	if ((r = settle_keys(c, s, e)) != MFA_OK ||
	    (r = settle_names(&s->settings)) != MFA_OK ||
	    (r = settle_networks(c, s, e)) != MFA_OK)
		return r;
	return check_together(c, s, e);
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
config_settings_free(struct settings *s)
{
	free_names(&s->only_users);
	free_names(&s->except_users);
	free_names(&s->only_groups.names);
	free_names(&s->except_groups.names);
	free_names(&s->trusted_networks);
	free(s->only_groups.gid);
	free(s->except_groups.gid);
	free(s->trusted_networks_file);
	free(s->service_class);
	free(s->issuer);
	free(s->server);
	free(s->server_ca);
	free(s->server_proxy);
	free(s->host_certificate);
	free(s->host_certificate_key);
	free(s->host_name);
	free(s->authorities);
}
