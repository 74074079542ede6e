/* SPDX-License-Identifier: BSD-2-Clause */
#include "call_config.h"

#include <stdlib.h>
#include <string.h>

#include "config_private.h"
#include "error.h"
#include "numbers.h"
#include "text_form.h"
#include "web.h"

static const struct config_form call_form = {
	call_config_keys, &call_config_key_count, "mfa-call.conf(5)", false
};

static int
settle_keys(struct call_config *c, struct config_error *e)
{
	const struct section *s = &c->written->sections[0];
	size_t i;
	int r = MFA_OK;

	for (i = 0; r == MFA_OK && i < call_config_key_count; i++) {
		const struct config_key *key = &call_config_keys[i];
		struct setting v = {
			.key = key, .e = e, .place = config_place(c->written, s, key->name),
			.value = s->values[i] != NULL ? s->values[i] : key->initial,
			.field = (char *)c + key->offset,
		};

		r = config_set(&v);
	}
	return r;
}

/* ---- what several keys make together ---- */

static int
wrong(const struct call_config *c, const char *key, const char *why, struct config_error *e)
{
	struct place p = config_place(c->written, &c->written->sections[0], key);

	return config_fail(e, p.file, p.line, "%s: %s", key, why);
}

static int
check_prefixes(const struct call_config *c, const char *key, const struct names *list,
    struct config_error *e)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (!number_prefix_valid(list->word[i]))
			return wrong(c, key, "a prefix is written as +31: \"+\", and digits of "
			    "which the first is not 0", e);
	return MFA_OK;
}

static int
check_needs(const struct call_config *c, struct config_error *e)
{
	const struct {
		bool missing;
		const char *key;	/* whose line is named */
		const char *text;
	} rules[] = {
		{ c->text_gateway == TEXT_BY_HTTP && c->text_http_url == NULL, "text_gateway",
		    "http needs text_http_url" },
		{ c->text_gateway == TEXT_BY_SMSTOOLS && c->text_smstools_dir == NULL,
		    "text_gateway", "smstools needs text_smstools_dir" },
		{ c->text_gateway == TEXT_BY_EXEC && c->text_command == NULL, "text_gateway",
		    "exec needs text_command" },
		{ c->call_gateway == CALL_BY_SIP && (c->sip_server == NULL || c->sip_user == NULL),
		    "call_gateway", "sip needs sip_server and sip_user" },
		{ c->call_gateway == CALL_BY_SIP && c->cache_dir == NULL, "call_gateway",
		    "sip needs cache_dir" },
		{ c->call_gateway == CALL_BY_TWILIO && (c->twilio_api == NULL ||
		    c->twilio_account == NULL || c->twilio_token_file == NULL ||
		    c->twilio_from == NULL || c->twilio_callback == NULL), "call_gateway",
		    "twilio needs twilio_account, twilio_token_file, twilio_from and "
		    "twilio_callback" },
		{ c->rtp_low >= c->rtp_high, "rtp_low", "rtp_high must be more" },
		{ c->call_gateway == CALL_BY_EXEC && c->call_command == NULL, "call_gateway",
		    "exec needs call_command" },
	};
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].missing)
			return wrong(c, rules[i].key, rules[i].text, e);
	return MFA_OK;
}

/* The account stands in an address as it is. */
static int
check_twilio(const struct call_config *c, struct config_error *e)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789";
	const char *why = c->twilio_api != NULL ? web_url_check(c->twilio_api) : NULL;

	if (why != NULL)
		return wrong(c, "twilio_api", why, e);
	if (c->twilio_callback != NULL && (why = web_url_check(c->twilio_callback)) != NULL)
		return wrong(c, "twilio_callback", why, e);
	if (c->twilio_callback != NULL && strpbrk(c->twilio_callback, "?# ") != NULL)
		return wrong(c, "twilio_callback", "a path without ? and # was expected", e);
	if (c->twilio_account != NULL &&
	    c->twilio_account[strspn(c->twilio_account, plain)] != '\0')
		return wrong(c, "twilio_account", "letters and digits were expected", e);
	if (c->twilio_from != NULL && !number_valid(c->twilio_from))
		return wrong(c, "twilio_from", "a number as +31201234567 was expected", e);
	return MFA_OK;
}

static int
check_together(const struct call_config *c, struct config_error *e)
{
	char why[TEXT_FORM_WHY_MAX];
	const char *key;
	int r;

	if ((r = check_prefixes(c, "prefixes", &c->prefixes, e)) != MFA_OK ||
	    (r = check_prefixes(c, "refused_prefixes", &c->refused_prefixes, e)) != MFA_OK ||
	    (r = check_needs(c, e)) != MFA_OK || (r = check_twilio(c, e)) != MFA_OK)
		return r;
	r = text_form_check(c, &key, why);
	return r == MFA_E_INVALID ? wrong(c, key, why, e) : r;
}

/* ---- loading ---- */

static int
load(const char *path, struct call_config *c, struct config_error *e)
{
	int r;

	if ((c->written = calloc(1, sizeof(*c->written))) == NULL)
		return MFA_E_MEMORY;
	c->written->form = &call_form;
	if ((r = config_read(c->written, path, e)) != MFA_OK ||
	    (r = settle_keys(c, e)) != MFA_OK)
		return r;
	return check_together(c, e);
}

int
call_config_load(const char *path, struct call_config **out, struct config_error *e)
{
	struct call_config *c = calloc(1, sizeof(*c));
	int r = c != NULL ? MFA_OK : MFA_E_MEMORY;

	*out = NULL;
	*e = (struct config_error){ .line = 0 };
	if (r == MFA_OK)
		r = load(path, c, e);
	if (r == MFA_OK) {
		*out = c;
		return MFA_OK;
	}
	if (r != MFA_E_CONFIG)
		(void)config_fail(e, path, 0, "%s", mfa_strerror(r));
	call_config_free(&c);
	return r;
}

bool
call_config_stale(const struct call_config *c)
{
	return config_stale(c->written);
}

static void
free_names(struct names *n)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		free(n->word[i]);
	free(n->word);
}

/* The fields of texts are those of the table that hold one. */
static void
free_texts(struct call_config *c)
{
	const struct config_key *key = call_config_keys;
	size_t i;

	for (i = 0; i < call_config_key_count; i++, key++)
		if (key->kind == KEY_TEXT || key->kind == KEY_WORD || key->kind == KEY_PATH)
			free(*(char **)(void *)((char *)c + key->offset));
}

void
call_config_free(struct call_config **c)
{
	if (*c == NULL)
		return;
	free_names(&(*c)->prefixes);
	free_names(&(*c)->refused_prefixes);
	free_texts(*c);
	config_free(&(*c)->written);
	free(*c);
	*c = NULL;
}
