/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be read and still is not meant. */
#include <string.h>
#include <time.h>

#include "check.h"
#include "message.h"

static void
at_key(struct findings *f, const struct check_paths *paths, const struct config *c,
    const char *service, const char *key, const char *id, enum level level, const char *todo,
    const char *what, const char *about)
{
	unsigned int line = 0;
	const char *file = config_where(c, service, key, &line);

	finding_add(f, level, id, (struct spot){ file != NULL ? file : paths->conf, line, service },
	    todo, "%s%s", what, about);
}

static void
check_groups(struct findings *f, const struct check_paths *paths, const struct config *c,
    const char *service, const char *key, const struct groups *g)
{
	size_t i;

	for (i = 0; i < g->names.count; i++)
		if (g->gid[i] == UID_UNSET)
			at_key(f, paths, c, service, key, "no_such_group", LEVEL_WARNING,
			    "correct the name, or remove it", "there is no group ",
			    g->names.word[i]);
}

/* Addresses of different owners all over the Internet: no office has two. */
static void
check_breadth(struct findings *f, const struct check_paths *paths, const struct config *c,
    const char *service)
{
	const struct settings *s = config_service(c, service);
	static const char *const far[] = { "1.1.1.1", "8.8.8.8", "100.0.0.1", "150.0.0.1",
	    "200.0.0.1", "2001:4860::1", "2600::1", "2a00::1" };
	size_t i, trusted = 0;
	struct address a;

	for (i = 0; i < sizeof(far) / sizeof(far[0]); i++)
		if (address_parse(far[i], &a) == 0)
			trusted += networks_contain(s->trusted, &a);
	if (trusted > 1)
		at_key(f, paths, c, service, "trusted_networks", "networks_too_wide",
		    LEVEL_WARNING, "name the networks that are meant",
		    "logins from large parts of the Internet are not asked", "");
}

/* Ways to be asked that there are not. */
static void
check_ways(struct findings *f, const struct check_paths *paths, const struct config *c,
    const char *service)
{
	const struct settings *s = config_service(c, service);
	bool waits = !s->prompts && !s->combined;

	if (s->attested[0] != FACTOR_NONE && s->server == NULL)
		at_key(f, paths, c, service, "attested", "attested_by_nobody", LEVEL_WARNING,
		    "join this host to an approval service (mfactl join), or remove it",
		    "only an approval service attests that, and there is none", "");
	if (waits && (s->server == NULL || !(factor_is_in(FACTOR_PUSH, s->factors) ||
	    factor_is_in(FACTOR_CALL, s->attested))))
		at_key(f, paths, c, service, "prompts", "nobody_is_asked", LEVEL_ERROR,
		    "set prompts = yes, or have push in factors or call in attested, and a server",
		    "without a prompt only a phone or a call can be asked, and neither may be: "
		    "every login that needs it is denied", "");
}

static void
check_settings(struct findings *f, const struct check_paths *paths, const struct config *c,
    const char *service)
{
	const struct settings *s = config_service(c, service);

	if (!s->enabled)
		at_key(f, paths, c, service, "enabled", "disabled", LEVEL_WARNING,
		    "remove it when it is no longer meant",
		    "the second factor is switched off", "");
	if (s->unenrolled == UNENROLLED_ALLOW && s->grace_until <= (int64_t)time(NULL))
		at_key(f, paths, c, service, "grace_until", "grace_is_over", LEVEL_NOTE,
		    "set unenrolled = deny or enrol",
		    "the date is past: who is not enrolled is denied", "");
	if (s->combined)
		at_key(f, paths, c, service, "combined", "combined_has_one_try", LEVEL_NOTE,
		    "nothing needs to be done, if that is meant",
		    "a combined service has one try, and takes codes only: no recovery codes, "
		    "no passes", "");
	check_ways(f, paths, c, service);
	check_groups(f, paths, c, service, "only_groups", &s->only_groups);
	check_groups(f, paths, c, service, "except_groups", &s->except_groups);
	check_breadth(f, paths, c, service);
}

struct config *
check_config(const struct check_paths *paths, struct findings *f)
{
	struct config_error e = { .line = 0 };
	struct config *c = NULL;
	const struct names *services;
	size_t i;

	if (config_load(paths->conf, paths->conf_dir, &c, &e) != 0) {
		finding_add(f, LEVEL_ERROR, "config",
		    (struct spot){ e.file[0] != '\0' ? e.file : paths->conf, e.line, "" },
		    "correct it: until then every login is denied", "%s", e.text);
		return NULL;
	}
	check_settings(f, paths, c, "");
	services = config_services(c);
	for (i = 0; i < services->count; i++)
		check_settings(f, paths, c, services->word[i]);
	return c;
}
