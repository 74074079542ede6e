/* SPDX-License-Identifier: BSD-2-Clause */
#include "http_syntax.h"

#include <string.h>
#include <strings.h>

#include "error.h"
#include "text.h"

#define LOWER		"abcdefghijklmnopqrstuvwxyz"
#define UPPER		"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS		"0123456789"
#define ALNUM		LOWER UPPER DIGITS
#define TOKEN		ALNUM "!#$%&'*+-.^_`|~"		/* RFC 9110 section 5.6.2 */
#define PCHAR		ALNUM "-._~!$&'()*+,;=:@"	/* RFC 3986 section 3.3, without % */

static const char *const methods[HTTP_METHODS] = {
	[HTTP_GET] = "GET",
	[HTTP_POST] = "POST",
	[HTTP_PUT] = "PUT",
	[HTTP_PATCH] = "PATCH",
	[HTTP_DELETE] = "DELETE",
};

static const char *const fields[HTTP_FIELDS] = {
	[HTTP_HOST] = "Host",
	[HTTP_CONTENT_LENGTH] = "Content-Length",
	[HTTP_TRANSFER_ENCODING] = "Transfer-Encoding",
	[HTTP_CONNECTION] = "Connection",
	[HTTP_EXPECT] = "Expect",
	[HTTP_AUTHORIZATION] = "Authorization",
	[HTTP_CONTENT_TYPE] = "Content-Type",
	[HTTP_IDEMPOTENCY_KEY] = "Idempotency-Key",
	[HTTP_ACCEPT] = "Accept",
	[HTTP_ACCEPT_LANGUAGE] = "Accept-Language",
	[HTTP_COOKIE] = "Cookie",
	[HTTP_IF_NONE_MATCH] = "If-None-Match",
	[HTTP_LAST_EVENT_ID] = "Last-Event-ID",
	[HTTP_ORIGIN] = "Origin",
	[HTTP_SEC_FETCH_SITE] = "Sec-Fetch-Site",
	[HTTP_USER_AGENT] = "User-Agent",
	[HTTP_TWILIO_SIGNATURE] = "X-Twilio-Signature",
};

const char *
http_method_name(enum http_method m)
{
	return (unsigned int)m < HTTP_METHODS ? methods[m] : "unknown";
}

enum http_method
http_method_of(const char *name)
{
	enum http_method m;

	for (m = HTTP_GET; m < HTTP_METHODS && strcmp(methods[m], name) != 0; m++)
		;
	return m;
}

const char *
http_field_name(enum http_field f)
{
	return (unsigned int)f < HTTP_FIELDS ? fields[f] : "unknown";
}

enum http_field
http_field_of(const char *name)
{
	enum http_field f;

	for (f = HTTP_HOST; f < HTTP_FIELDS && strcasecmp(fields[f], name) != 0; f++)
		;
	return f;
}

static bool
consists_of(const char *s, const char *accepted)
{
	return s[0] != '\0' && s[strspn(s, accepted)] == '\0';
}

bool
http_is_token(const char *s)
{
	return consists_of(s, TOKEN);
}

bool
http_is_digits(const char *s)
{
	return consists_of(s, DIGITS);
}

bool
http_is_version(const char *s)
{
	return strlen(s) == 8 && strncmp(s, "HTTP/", 5) == 0 && strchr(DIGITS, s[5]) != NULL &&
	    s[6] == '.' && strchr(DIGITS, s[7]) != NULL;
}

/* ---- targets ---- */

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The byte that "%XX" stands for, -1 when it is malformed. */
static int
decode(const char *s)
{
	int high = s[0] == '%' ? hex_digit(s[1]) : -1;
	int low = high >= 0 ? hex_digit(s[2]) : -1;

	return low >= 0 ? high * 16 + low : -1;
}

/* The length of a segment, and in *dots whether it means another place. */
static size_t
segment_length(const char *s, bool *dots)
{
	size_t len = 0, decoded = 0, dotted = 0;
	int byte;

	for (;; decoded++) {
		byte = s[len] == '%' ? decode(s + len) : (unsigned char)s[len];
		if (byte <= ' ' && s[len] != '%')
			break;
		if (s[len] == '%' ? byte < ' ' || byte == 0x7f || byte == '/' ||
		    strchr(ALNUM, byte) != NULL : strchr(PCHAR, byte) == NULL)
			break;
		dotted += byte == '.';
		len += s[len] == '%' ? 3 : 1;
	}
	*dots = decoded == dotted && (decoded == 1 || decoded == 2);
	return len;
}

bool
http_is_path(const char *s)
{
	size_t len;
	bool dots;

	if (s[0] != '/')
		return false;
	do {
		s++;
		len = segment_length(s, &dots);
		if (dots || (len == 0 && *s == '/'))
			return false;
		s += len;
	} while (*s == '/');
	return *s == '\0';
}

bool
http_is_query(const char *s)
{
	int byte;

	for (;;) {
		s += strspn(s, PCHAR "/?");
		if (*s == '\0')
			return true;
		byte = decode(s);
		if (byte < ' ' || byte == 0x7f)
			return false;
		s += 3;
	}
}

int
http_decode(const char *value, size_t len, char *out, size_t size)
{
	size_t i, n = 0;

	for (i = 0; i < len; n++) {
		bool encoded = value[i] == '%';

		if (n + 1 >= size)
			return MFA_E_INVALID;
		out[n] = encoded ? (char)decode(value + i) : value[i];
		i += encoded ? 3 : 1;
	}
	out[n] = '\0';
	return text_printable(out, n) ? MFA_OK : MFA_E_INVALID;
}

int
http_query_value(const char *query, const char *name, char *out, size_t size)
{
	size_t len, want = strlen(name);
	int r = MFA_E_ABSENT;

	out[0] = '\0';
	while (query != NULL && *query != '\0') {
		len = strcspn(query, "&");
		if (len > want && strncmp(query, name, want) == 0 && query[want] == '=') {
			if (r != MFA_E_ABSENT)
				return MFA_E_INVALID;
			r = http_decode(query + want + 1, len - want - 1, out, size);
		}
		query += len + (query[len] == '&');
	}
	return r;
}

/* ---- fields ---- */

static bool
is_port(const char *s)
{
	return *s == '\0' || (*s == ':' && http_is_digits(s + 1) && strlen(s) <= 6);
}

bool
http_is_host(const char *s)
{
	size_t len;

	if (s[0] == '[') {
		len = strspn(s + 1, "0123456789abcdefABCDEF:.");
		return len >= 2 && s[len + 1] == ']' && is_port(s + len + 2);
	}
	len = strspn(s, ALNUM "-._");
	return len > 0 && len <= 253 && is_port(s + len);
}

bool
http_has_token(const char *list, const char *word)
{
	size_t len;

	for (;; list += len) {
		list += strspn(list, ", \t");
		if (*list == '\0')
			return false;
		len = strcspn(list, ", \t");
		if (len == strlen(word) && strncasecmp(list, word, len) == 0)
			return true;
	}
}
