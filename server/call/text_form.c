/* SPDX-License-Identifier: BSD-2-Clause */
#include "text_form.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "../../helper/http/json.h"
#include "error.h"
#include "web.h"

struct check {
	const struct call_config *c;
	const char *key;
	char *why;
	unsigned int uses;
};

static int
wrong(struct check *k, const char *key, const char *why)
{
	k->key = key;
	(void)snprintf(k->why, TEXT_FORM_WHY_MAX, "%s", why);
	return MFA_E_INVALID;
}

static int
check_template(struct check *k, const char *key, const char *text, enum template_place place)
{
	char why[TEMPLATE_WHY_MAX];

	return template_check(text, place, &k->uses, why) == MFA_OK ? MFA_OK :
	    wrong(k, key, why);
}

/* ---- the address ---- */

static int
check_url(struct check *k)
{
	const char *url = k->c->text_http_url, *at, *why;

	for (at = url; *at > ' ' && *at <= '~' && strchr("#\"<>\\^`|", *at) == NULL; at++)
		;
	if (*at != '\0')
		return wrong(k, "text_http_url", "a character cannot stand in an address: "
		    "write it as %XX");
	if ((why = web_url_check(url)) != NULL)
		return wrong(k, "text_http_url", why);
	return check_template(k, "text_http_url", url, TEMPLATE_URL);
}

/* ---- headers ---- */

bool
text_form_header(const char **at, char line[TEXT_FORM_HEADER_MAX])
{
	size_t len;

	*at += strspn(*at, ", ");
	if (**at == '\0')
		return false;
	len = strcspn(*at, ",");
	line[0] = '\0';
	if (len < TEXT_FORM_HEADER_MAX) {
		memcpy(line, *at, len);
		line[len] = '\0';
	}
	*at += len;
	return true;
}

/* What belongs to the body, or to the connection, is not for the administrator. */
static bool
is_ours(const char *line, size_t len)
{
	static const char *const ours[] = { "Content-Type", "Content-Length", "Host", "Expect",
	    "Transfer-Encoding", "Connection" };
	size_t i;

	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (strlen(ours[i]) == len && strncasecmp(ours[i], line, len) == 0)
			return true;
	return false;
}

static bool
is_blank(const char *s)
{
	return s[strspn(s, " ")] == '\0';
}

static int
check_headers(struct check *k)
{
	static const char token[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-_";
	const char *at = k->c->text_http_headers;
	char line[TEXT_FORM_HEADER_MAX];
	size_t len;

	while (at != NULL && text_form_header(&at, line)) {
		len = strspn(line, token);
		if (len == 0 || line[len] != ':' || is_blank(line + len + 1))
			return wrong(k, "text_http_headers",
			    "NAME: VALUE was expected, with commas between them");
		if (is_ours(line, len))
			return wrong(k, "text_http_headers",
			    "one of them is for mfa-call to write");
		if (check_template(k, "text_http_headers", line, TEMPLATE_HEADER) != MFA_OK)
			return MFA_E_INVALID;
	}
	return MFA_OK;
}

/* ---- the body ---- */

enum template_place
text_form_body_place(const struct call_config *c)
{
	return c->text_http_type == TEXT_HTTP_JSON ? TEMPLATE_JSON : TEMPLATE_FORM;
}

/* A placeholder within a string leaves it JSON, one that is not in one does not. */
static bool
stays_json(const char *body)
{
	static const struct secret secret = { .len = 1, .data = "\"" };
	static const struct template_values values = { .to = "+31612345678", .id = "\"",
	    .text = "\"\\\n", .text_len = 3, .secret = &secret };
	char out[TEMPLATE_FILLED_MAX];
	struct json_object *o = NULL;
	bool good = template_fill(body, TEMPLATE_JSON, &values, out) == MFA_OK &&
	    json_read(out, strlen(out), &o) == MFA_OK;

	json_drop(&o);
	return good;
}

static int
check_body(struct check *k)
{
	const char *body = k->c->text_http_body;

	if (k->c->text_http_method == TEXT_HTTP_GET)
		return body == NULL ? MFA_OK :
		    wrong(k, "text_http_body", "a GET has no body");
	if (body == NULL)
		return MFA_OK;
	if (check_template(k, "text_http_body", body, text_form_body_place(k->c)) != MFA_OK)
		return MFA_E_INVALID;
	if (k->c->text_http_type == TEXT_HTTP_JSON && !stays_json(body))
		return wrong(k, "text_http_body",
		    "a JSON object was expected, with placeholders within its strings");
	return MFA_OK;
}

/* ---- all of it ---- */

static int
check_uses(struct check *k)
{
	bool uses_secret = (k->uses & TEMPLATE_USES_SECRET) != 0;

	if ((k->uses & TEMPLATE_USES_TO) == 0)
		return wrong(k, "text_http_url", "neither here nor in text_http_body is {to} or "
		    "{to_digits}");
	if ((k->uses & TEMPLATE_USES_TEXT) == 0)
		return wrong(k, "text_http_url", "neither here nor in text_http_body is {text}");
	if (uses_secret && k->c->text_http_secret_file == NULL)
		return wrong(k, "text_http_secret_file", "{secret} is used: a file was expected");
	if (!uses_secret && k->c->text_http_secret_file != NULL)
		return wrong(k, "text_http_secret_file", "{secret} is not used anywhere");
	return MFA_OK;
}

static int
check_success(struct check *k)
{
	regex_t compiled;
	char said[TEXT_FORM_WHY_MAX];
	int r;

	if (k->c->text_http_success == NULL)
		return MFA_OK;
	r = regcomp(&compiled, k->c->text_http_success, REG_EXTENDED | REG_NOSUB);
	if (r == 0) {
		regfree(&compiled);
		return MFA_OK;
	}
	(void)regerror(r, &compiled, said, sizeof(said));
	return wrong(k, "text_http_success", said);
}

int
text_form_check(const struct call_config *c, const char **key, char why[TEXT_FORM_WHY_MAX])
{
	struct check k = { .c = c, .why = why };
	int r = MFA_OK;

	why[0] = '\0';
	if (c->text_http_url != NULL)
		r = check_url(&k);
	if (r == MFA_OK && (r = check_headers(&k)) == MFA_OK && (r = check_body(&k)) == MFA_OK)
		r = check_success(&k);
	if (r == MFA_OK && c->text_http_url != NULL)
		r = check_uses(&k);
	*key = k.key;
	return r;
}
