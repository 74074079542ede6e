/* SPDX-License-Identifier: BSD-2-Clause */
#include "link.h"

#include <stdio.h>
#include <string.h>

#include "base64url.h"
#include "error.h"
#include "text.h"

#define ALNUM	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define SECRET_CHARS BASE64URL_CHARS(ENROL_SECRET_LEN)

bool
link_id(const char *text, char letter)
{
	return text[0] == letter && text[1] == '_' && strlen(text) == LINK_ID_LEN &&
	    strspn(text + 2, ALNUM "-_") == LINK_ID_LEN - 2;
}

void
link_device(const char *enrolment, char device[LINK_ID_LEN + 1])
{
	(void)snprintf(device, LINK_ID_LEN + 1, "d%s", enrolment + 1);
}

/* ---- writing ---- */

/* RFC 3986 section 2.3; the rest is percent-encoded. */
static int
encode(const char *s, char *out, size_t size)
{
	size_t at = 0;

	for (; *s != '\0'; s++) {
		bool plain = strchr(ALNUM "-._~", *s) != NULL;

		if (at + 4 > size)
			return MFA_E_INVALID;
		at += (size_t)snprintf(out + at, size - at, plain ? "%c" : "%%%02X",
		    (unsigned int)(unsigned char)*s);
	}
	out[at] = '\0';
	return MFA_OK;
}

int
link_format(const struct link *l, char out[LINK_MAX])
{
	char secret[SECRET_CHARS + 1], user[3 * STATEMENT_USER_MAX + 1];
	int n = -1;

	if (link_id(l->enrolment, 'e') && encode(l->user, user, sizeof(user)) == MFA_OK &&
	    base64url_encode(l->secret, sizeof(l->secret), secret, sizeof(secret)) == MFA_OK)
		n = snprintf(out, LINK_MAX, "%s/#%s.%s.%s", l->server, l->enrolment, secret, user);
	explicit_bzero(secret, sizeof(secret));
	if (n > 0 && n < LINK_MAX)
		return MFA_OK;
	explicit_bzero(out, LINK_MAX);
	return MFA_E_INVALID;
}

/* ---- reading ---- */

static bool
hex(char c, unsigned int *value)
{
	static const char digits[] = "0123456789ABCDEF0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	*value = at == NULL ? 0 : (unsigned int)(at - digits) % 16;
	return at != NULL;
}

static int
decode(const char *s, char *out, size_t size)
{
	unsigned int high, low;
	size_t at = 0;

	for (; *s != '\0' && at + 1 < size; s++) {
		if (*s != '%') {
			out[at++] = *s;
			continue;
		}
		if (!hex(s[1], &high) || !hex(s[2], &low))
			return MFA_E_INVALID;
		out[at++] = (char)(unsigned char)(high * 16 + low);
		s += 2;
	}
	out[at] = '\0';
	return *s == '\0' && strlen(out) == at && text_printable(out, at) ? MFA_OK : MFA_E_INVALID;
}

/* "https://NAME:PORT/PATH" up to the "#", of which the path is left out. */
static int
read_server(const char *text, size_t len, struct link *l)
{
	char server[SERVICE_URL_MAX];
	const char *slash;

	if (len > 8 && (slash = memchr(text + 8, '/', len - 8)) != NULL)
		len = (size_t)(slash - text);
	if (len >= sizeof(server))
		return MFA_E_INVALID;
	memcpy(server, text, len);
	server[len] = '\0';
	return service_url(server, "https", l->server);
}

static int
read_fragment(const char *s, struct link *l)
{
	size_t len;

	if (strlen(s) < LINK_ID_LEN + 1 + SECRET_CHARS || s[LINK_ID_LEN] != '.')
		return MFA_E_INVALID;
	memcpy(l->enrolment, s, LINK_ID_LEN);
	s += LINK_ID_LEN + 1;
	if (!link_id(l->enrolment, 'e') ||
	    base64url_decode(s, SECRET_CHARS, l->secret, sizeof(l->secret), &len) != MFA_OK ||
	    len != sizeof(l->secret))
		return MFA_E_INVALID;
	s += SECRET_CHARS;
	if (*s == '\0')
		return MFA_OK;
	return *s == '.' && s[1] != '\0' ? decode(s + 1, l->user, sizeof(l->user)) : MFA_E_INVALID;
}

int
link_parse(const char *text, struct link *l)
{
	const char *hash = strchr(text, '#');

	memset(l, 0, sizeof(*l));
	if (hash != NULL && read_server(text, (size_t)(hash - text), l) == MFA_OK &&
	    read_fragment(hash + 1, l) == MFA_OK)
		return MFA_OK;
	explicit_bzero(l, sizeof(*l));
	return MFA_E_INVALID;
}
